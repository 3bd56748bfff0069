import Catalog
import Foundation
import Outline
import Raster
import Stage
import Testing
import Typography

@testable import Props

/// A painted card, read back.
struct PaintedCard {
  let width, height: Int
  let red, green, blue, alpha: [Float]
  let surface: [[Float]]

  init(_ picture: any CardPicture, width: Int, height: Int) {
    self.width = width
    self.height = height
    let count = width * height
    let (light, surface) = CardCanvas.withCanvas(
      width: width, height: height, hasSurface: picture.hasSurface
    ) { canvas -> ([[Float]], [[Float]]) in
      picture.paint(canvas)
      func copy(_ plane: CardCanvas.Plane) -> [Float] {
        Array(UnsafeBufferPointer(start: plane, count: count))
      }
      let s = canvas.surface.map { [$0.red, $0.green, $0.blue, $0.slopeX, $0.slopeY, $0.gloss].map(copy) }
      return ([canvas.red, canvas.green, canvas.blue, canvas.alpha].map(copy), s ?? [])
    }
    red = light[0]
    green = light[1]
    blue = light[2]
    alpha = light[3]
    self.surface = surface
  }

  var planes: [[Float]] { [red, green, blue, alpha] + surface }

  /// The first and last covered column of the rows between two heights, as shares of the width; nil if empty.
  func extent(rows: Range<Int>) -> ClosedRange<Int>? {
    var found: ClosedRange<Int>?
    for y in rows where y >= 0 && y < height {
      for x in 0..<width where alpha[y * width + x] > 0.5 {
        found = min(found?.lowerBound ?? x, x)...max(found?.upperBound ?? x, x)
      }
    }
    return found
  }

  /// Means over blocks of `k` × `k`.
  func reduced(_ plane: [Float], by k: Int) -> [Float] {
    let w = width / k
    let h = height / k
    return (0..<w * h).map { i in
      var sum: Float = 0
      for y in 0..<k { for x in 0..<k { sum += plane[((i / w) * k + y) * width + (i % w) * k + x] } }
      return sum / Float(k * k)
    }
  }
}

@Suite struct FigureTests {
  static let rims: [FigurePicture.Rim] = [
    .init(direction: SIMD2(-0.97, 0.24), light: Vector(1, 0.1, 0.26), width: 2.6),
    .init(direction: SIMD2(0.958, 0.287), light: Vector(0.1, 0.5, 1), width: 3.7),
  ]
  static let dressed: [(FigurePose, FigureCoat)] = FigurePose.allCases.flatMap { pose in
    FigureCoat.allCases.map { (pose, $0) }
  }

  /// A picture whose frame is `width` × `height` thousandths, so that canvases can be whole multiples.
  static func picture(_ pose: FigurePose, _ coat: FigureCoat = .trench) throws -> FigurePicture {
    let drawing = try FigureDrawing(pose.text).wearing(coat)
    var picture = FigurePicture(
      drawing: drawing, frame: Rect(minX: -440, minY: -40, maxX: 440, maxY: 1060))
    picture.rims = rims
    return picture
  }

  @Test(arguments: FigurePose.allCases) func textsCanBeRead(_ pose: FigurePose) throws {
    let drawing = try FigureDrawing(pose.text)
    for coat in FigureCoat.allCases {
      let parts = drawing.wearing(coat).bodies
      #expect(parts.contains { $0.form == .cloth }, "\(coat)")
      #expect(parts.contains { $0.name == "head" })
    }
  }

  @Test func mistakesAreSaid() {
    func mistake(_ text: String) -> String {
      do {
        _ = try FigureDrawing(text)
        return ""
      } catch { return "\(error)" }
    }
    #expect(mistake("shape coat\n1,2 3,4") == "line 0: 'coat' has too few points")
    #expect(mistake("1,2") == "line 1: points without a part")
    #expect(mistake("limb leg\n1,2,3 4,5") == "line 2: '4,5' is no point of a limb")
    #expect(mistake("shape coat\n1,nan 3,4 5,6").hasPrefix("line 2"))
    #expect(mistake("shape coat | tails\n1,2 3,4 5,6") == "line 1: 'tails' is no coat")
    #expect(mistake("blob head") == "line 1: 'blob' is no part")
  }

  /// Head, shoulders and feet where a body of eight heads has them.
  @Test(arguments: [FigurePose.walk, .stand, .hold, .palm]) func proportionsAreHuman(_ pose: FigurePose)
    throws
  {
    let drawing = try FigureDrawing(pose.text).wearing(.trench)
    let bounds = drawing.bounds
    #expect((970...1012).contains(bounds.maxY), "top \(bounds.maxY)")
    #expect((-16...2).contains(bounds.minY), "feet \(bounds.minY)")
    let head = try #require(drawing.parts.first { $0.name == "head" }).outline.bounds
    let hair = try #require(drawing.parts.first { $0.name == "hair" }).outline.bounds
    let size = max(head.maxY, hair.maxY) - head.minY
    #expect((115...150).contains(size), "head \(size)")
    let painted = PaintedCard(try Self.picture(pose), width: 440, height: 550)
    func width(from low: Double, to high: Double) -> Double {
      let rows = Int((1060 - high) / 2)..<Int((1060 - low) / 2)
      guard let columns = painted.extent(rows: rows) else { return 0 }
      return Double(columns.count) * 2
    }
    let shoulders = width(from: 790, to: 800)
    #expect((pose == .palm ? 150...330 : 215...300).contains(shoulders), "shoulders \(shoulders)")
    let hem = width(from: 260, to: 280)
    #expect((210...430).contains(hem), "hem \(hem)")
    // Between the legs there is light.
    let gaps = (0..<440).filter { x in
      (440..<500).contains { painted.alpha[$0 * 440 + x] < 0.05 }
        && painted.extent(rows: 440..<500).map { $0.contains(x) } == true
    }
    #expect(!gaps.isEmpty)
  }

  @Test(arguments: dressed) func picturesAreWhole(_ pose: FigurePose, _ coat: FigureCoat) throws {
    let painted = PaintedCard(try Self.picture(pose, coat), width: 176, height: 220)
    let isFinite = painted.planes.allSatisfy { $0.allSatisfy(\.isFinite) }
    #expect(isFinite)
    let isShare = painted.alpha.allSatisfy { (0...1).contains($0) }
    #expect(isShare)
    let covered = painted.alpha.reduce(0, +) / Float(painted.alpha.count)
    #expect((0.12...0.4).contains(covered), "covers \(covered)")
    // Light and surface lie within the silhouette alone.
    let strays = painted.alpha.indices.contains { i in
      painted.alpha[i] == 0 && painted.planes.contains { $0[i] != 0 }
    }
    #expect(!strays)
    let isLit = painted.red.contains { $0 > 0.3 } && painted.blue.contains { $0 > 0.3 }
    #expect(isLit)
    // The card's edge cuts nothing off.
    let cut = (0..<176).contains { painted.alpha[$0] > 0 || painted.alpha[219 * 176 + $0] > 0 }
    #expect(!cut)
  }

  @Test(arguments: FigurePose.allCases) func smallAndLargeAgree(_ pose: FigurePose) throws {
    let picture = try Self.picture(pose)
    let small = PaintedCard(picture, width: 32, height: 40)
    let large = PaintedCard(picture, width: 1600, height: 2000)
    for (plane, name) in [(\PaintedCard.alpha, "alpha"), (\.red, "red"), (\.blue, "blue")] {
      let reduced = large.reduced(large[keyPath: plane], by: 50)
      let worst = zip(reduced, small[keyPath: plane]).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 0.02, "\(name) \(worst)")
    }
  }

  /// A silhouette by brute force: a pixel's share of points that lie within any part.
  @Test(arguments: FigurePose.allCases) func coverageIsTheUnion(_ pose: FigurePose) throws {
    let picture = try Self.picture(pose)
    let contours = FigureContours(picture.drawing)
    let width = 88
    let height = 110
    let painted = PaintedCard(picture, width: width, height: height)
    var worst: Float = 0
    for y in 0..<height {
      for x in 0..<width {
        var hits = 0
        for k in 0..<64 {
          let p = Point(
            -440 + (Double(x) + (Double(k % 8) + 0.5) / 8) * 10,
            1060 - (Double(y) + (Double(k / 8) + 0.5) / 8) * 10)
          if contours.polygons.contains(where: { $0.contains(p) }) { hits += 1 }
        }
        worst = max(worst, abs(Float(hits) / 64 - painted.alpha[y * width + x]))
      }
    }
    #expect(worst < 0.09, "\(worst)")
  }

  /// The silhouette's lines close: at every place as many end as begin there.
  @Test(arguments: dressed) func silhouettesClose(_ pose: FigurePose, _ coat: FigureCoat) throws {
    let contours = FigureContours(try FigureDrawing(pose.text).wearing(coat))
    // Where parts cross, ends meet within the step beside an edge at which the other part was looked for.
    let open = contours.silhouette.filter { line in
      !contours.silhouette.contains { ($0.from - line.to).magnitude < 0.6 }
    }
    #expect(open.count * 100 <= contours.silhouette.count, "\(open.count) of \(contours.silhouette.count)")
  }

  @Test(arguments: FigurePose.allCases) func rimsHugTheEdge(_ pose: FigurePose) throws {
    var picture = try Self.picture(pose)
    picture.inner = 0
    let painted = PaintedCard(picture, width: 880, height: 1100)
    // Distance to the nearest pixel outside, searched within a square; light ends where the falloff does.
    let reach = 20
    var deep = 0
    for y in stride(from: reach, to: 1100 - reach, by: 7) {
      for x in stride(from: reach, to: 880 - reach, by: 7) {
        let i = y * 880 + x
        guard painted.red[i] + painted.green[i] + painted.blue[i] > 0 else { continue }
        var isNear = false
        for dy in -reach...reach where !isNear {
          for dx in -reach...reach where dx * dx + dy * dy <= reach * reach {
            if painted.alpha[i + dy * 880 + dx] < 0.999 { isNear = true }
          }
        }
        if !isNear { deep += 1 }
      }
    }
    #expect(deep == 0)
  }

  @Test func lightFromTheLeftIsOnTheLeft() throws {
    var picture = try Self.picture(.stand)
    picture.inner = 0
    let painted = PaintedCard(picture, width: 220, height: 275)
    func center(_ plane: [Float]) -> Float {
      var sum: Float = 0
      var weight: Float = 0
      for (i, value) in plane.enumerated() {
        sum += value * Float(i % 220)
        weight += value
      }
      return sum / weight
    }
    #expect(center(painted.red) < center(painted.alpha) - 8)
    #expect(center(painted.blue) > center(painted.alpha) + 8)
  }

  /// Turned figures are the same drawing; lights stay where they are.
  @Test(arguments: FigurePose.allCases) func mirrorIsExact(_ pose: FigurePose) throws {
    let picture = try Self.picture(pose)
    var turned = picture
    turned.isMirrored = true
    turned.rims = picture.rims.map { rim in
      var rim = rim
      rim.direction.x = -rim.direction.x
      return rim
    }
    let a = PaintedCard(picture, width: 88, height: 110)
    let b = PaintedCard(turned, width: 88, height: 110)
    for (index, (one, other)) in zip(a.planes, b.planes).enumerated() {
      // Plane 7 is the slope to the right.
      let sign: Float = index == 7 ? -1 : 1
      let isSame = one.indices.allSatisfy { one[$0] == sign * other[$0 / 88 * 88 + 87 - $0 % 88] }
      #expect(isSame, "plane \(index)")
    }
  }

  @Test func posesAndCoatsDiffer() throws {
    var seen: [(String, [Float])] = []
    for (pose, coat) in Self.dressed {
      let alpha = PaintedCard(try Self.picture(pose, coat), width: 88, height: 110).alpha
      for (name, other) in seen {
        let difference = zip(alpha, other).reduce(0) { $0 + abs($1.0 - $1.1) } / alpha.reduce(0, +)
        #expect(difference > 0.02, "\(pose) \(coat) and \(name)")
      }
      seen.append(("\(pose) \(coat)", alpha))
    }
  }

  @Test func bodiesAreRound() throws {
    let painted = PaintedCard(try Self.picture(.stand), width: 440, height: 550)
    // On the left half of the legs the surface rises to the right, on the right half it falls.
    let row = 480
    let leg = (0..<440).filter { painted.alpha[row * 440 + $0] > 0.99 }
    let first = try #require(leg.first)
    #expect(painted.surface[3][row * 440 + first + 2] > 0.3)
    let end = try #require(leg.first { !leg.contains($0 + 1) })
    #expect(painted.surface[3][row * 440 + end - 2] < -0.3)
  }

  // MARK: The prop

  static func builder(seed: UInt64 = 7, time: Double = 0, loop: Double? = nil) -> SetBuilder {
    SetBuilder(
      scene: Scene(), seed: Seed(seed), moment: Moment(time: time, loop: loop),
      geometry: Geometry(trimWidth: 320, trimHeight: 200),
      fonts: FontSearch(folders: [], bundled: FontLibrary(roots: [])))
  }

  @Test func cardStandsOnTheGround() throws {
    var figure = Figure()
    figure.at = Vector(1, 0, 6)
    figure.height = 2
    figure.sway = 0
    var set = Self.builder()
    try figure.build(in: &set)
    let card = try #require(set.scene.cards.first)
    #expect(card.castsShadow && card.visibility == .everything)
    #expect(card.origin.z == 6 && card.right.z == 0 && card.up.z == 0)
    // Soles: the lowest covered row is within 2 cm of the ground.
    let painted = PaintedCard(card.picture, width: 300, height: 600)
    let rows = (0..<600).filter { y in (0..<300).contains { painted.alpha[y * 300 + $0] > 0.5 } }
    let lowest = card.origin.y + card.up.y * (1 - Float(rows.max() ?? 0) / 600)
    let top = card.origin.y + card.up.y * (1 - Float(rows.min() ?? 0) / 600)
    #expect(abs(lowest) < 0.03, "\(lowest)")
    #expect(abs(top - 2) < 0.06, "\(top)")
    figure.hang = true
    figure.visible = .reflectionOnly
    set = Self.builder()
    try figure.build(in: &set)
    let hung = try #require(set.scene.cards.first)
    #expect(hung.visibility == .reflectionOnly)
    #expect(abs(hung.origin.y + 2 * Float(card.origin.y + card.up.y) / 2) < 1e-4)
  }

  @Test func windMovesClothAlone() throws {
    let drawing = try FigureDrawing(FigurePose.walk.text).wearing(.trench)
    func blown(_ time: Double, loop: Double? = nil) -> FigureDrawing {
      FigureWind(strength: 1, moment: Moment(time: time, loop: loop), seed: Seed(3)).blowing(drawing)
    }
    for (still, moved) in zip(drawing.parts, blown(0.4).parts) {
      let isSame = still.points == moved.points
      #expect(isSame == (still.form != .cloth), "\(still.name)")
      for (a, b) in zip(still.points, moved.points) {
        #expect((a - b).magnitude < 60)
        if a.y >= drawing.windBelow { #expect(a == b) }
      }
    }
    let isMoving = zip(blown(0).parts, blown(0.4).parts).contains { $0.points != $1.points }
    #expect(isMoving)
    // A loop closes.
    for (a, b) in zip(blown(0, loop: 10).parts, blown(10, loop: 10).parts) {
      let closes = zip(a.points, b.points).allSatisfy { ($0 - $1).magnitude < 1e-6 }
      #expect(closes)
    }
    let isStill = zip(
      FigureWind(strength: 0, moment: Moment(time: 1), seed: Seed(3)).blowing(drawing).parts, drawing.parts
    ).allSatisfy { $0.points == $1.points }
    #expect(isStill)
  }

  @Test func aTurnOfTheLegsEndsWhereItBegan() throws {
    let drawing = try FigureDrawing(FigurePose.walk.text).wearing(.trench)
    func foot(_ name: String, _ turn: Double) throws -> Rect {
      try #require(FigureStride(turn: turn).stepping(drawing).parts.first { $0.name == name }).outline.bounds
    }
    for turn in [0.0, 1, -3] {
      let isSame = zip(FigureStride(turn: turn).stepping(drawing).parts, drawing.parts).allSatisfy {
        $0.points == $1.points
      }
      #expect(isSame)
    }
    let near = try (foot("near shoe", 0), foot("near shoe", 0.5))
    let far = try (foot("far shoe", 0), foot("far shoe", 0.5))
    // It looks to the left: half a turn later the other foot is in front.
    #expect(near.0.minX < far.0.minX && near.1.minX > far.1.minX)
    for turn in stride(from: 0.0, to: 1, by: 0.05) {
      let lowest = try min(foot("near shoe", turn).minY, foot("far shoe", turn).minY)
      #expect((-8...4).contains(lowest), "\(turn): \(lowest)")
      let isFinite = FigureStride(turn: turn).stepping(drawing).parts.allSatisfy { part in
        part.points.allSatisfy { $0.isFinite }
      }
      #expect(isFinite)
    }
    let odd = FigureStride(turn: .infinity).stepping(drawing).parts.allSatisfy {
      $0.points.allSatisfy { $0.isFinite }
    }
    #expect(odd)
  }

  @Test func seedsAreStable() throws {
    func planes(_ seed: UInt64) throws -> [[Float]] {
      var set = Self.builder(seed: seed)
      try Figure().build(in: &set)
      let card = try #require(set.scene.cards.first)
      return PaintedCard(card.picture, width: 60, height: 100).planes
    }
    let isStable = try planes(5) == planes(5)
    let differs = try planes(5) != planes(6)
    #expect(isStable && differs)
  }

  @Test func hostileValuesHarmNothing() throws {
    var picture = try Self.picture(.walk)
    for frame in [
      Rect.null, Rect(minX: 0, minY: 0, maxX: 0, maxY: 0), Rect(minX: 9000, minY: 0, maxX: 9100, maxY: 9),
    ] {
      picture.frame = frame
      let painted = PaintedCard(picture, width: 8, height: 8)
      #expect(painted.alpha.allSatisfy { $0 == 0 })
    }
    picture = try Self.picture(.walk)
    #expect(PaintedCard(picture, width: 1, height: 1).alpha[0] > 0)
    #expect(PaintedCard(picture, width: 500, height: 1).alpha.allSatisfy { (0...1).contains($0) })
    #expect(PaintedCard(picture, width: 1, height: 500).alpha.allSatisfy { (0...1).contains($0) })
  }
}
