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
      #expect(parts.contains { $0.name == "head" || $0.name == "hood" })
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

  static let upright: [FigurePose] = FigurePose.allCases.filter { $0 != .kneel }

  /// Head, shoulders and feet where a body of seven and a half heads has them.
  @Test(arguments: upright) func proportionsAreHuman(_ pose: FigurePose) throws {
    let drawing = try FigureDrawing(pose.text).wearing(.trench)
    let bounds = drawing.bounds
    #expect((985...1036).contains(bounds.maxY), "top \(bounds.maxY)")
    #expect((-8...2).contains(bounds.minY), "feet \(bounds.minY)")
    let painted = PaintedCard(try Self.picture(pose), width: 440, height: 550)
    func width(from low: Double, to high: Double) -> Double {
      let rows = Int((1060 - high) / 2)..<Int((1060 - low) / 2)
      guard let columns = painted.extent(rows: rows) else { return 0 }
      return Double(columns.count) * 2
    }
    let shoulders = width(from: 770, to: 780)
    // A raised arm hides a shoulder or stands out beside it.
    let isRaised = pose == .palm || pose == .stare || pose == .greet
    #expect((isRaised ? 150...420 : 225...330).contains(shoulders), "shoulders \(shoulders)")
    let hem = width(from: 260, to: 280)
    #expect((210...450).contains(hem), "hem \(hem)")
    // Between the legs there is light.
    let gaps = (0..<440).filter { x in
      (440..<500).contains { painted.alpha[$0 * 440 + x] < 0.05 }
        && painted.extent(rows: 440..<500).map { $0.contains(x) } == true
    }
    #expect(!gaps.isEmpty)
  }

  /// From the crown of the skull to the chin, without hair.
  @Test func headsAreASeventhAndAHalf() throws {
    for head in [FigureHead.profile, .facing] {
      let part = try #require(try FigureDrawing(head.text).parts.first { $0.name == "head" })
      // In profile the chin is in front; the neck hangs behind it.
      let chin = part.points.filter { head == .facing || $0.x > 20 }.map(\.y).min() ?? 0
      let crown = part.points.map(\.y).max() ?? 0
      #expect((1000 / 7.8...1000 / 7.1).contains(crown - chin), "\(head) \(crown - chin)")
    }
    // A profile has a nose before the lips, and lips and chin before the throat.
    let profile = try #require(try FigureDrawing(FigureHead.profile.text).parts.first { $0.name == "head" })
    func front(_ y: ClosedRange<Double>) -> Double {
      profile.points.filter { y.contains($0.y) }.map(\.x).max() ?? 0
    }
    #expect(front(-22 ... -10) > front(-45 ... -30) + 5)
    #expect(front(-60 ... -50) > front(-100 ... -60) + 4)
  }

  /// Where a shoe touches the ground.
  private static func contact(_ drawing: FigureDrawing, _ shoe: String) throws -> ClosedRange<Double> {
    let part = try #require(drawing.parts.first { $0.name == shoe })
    let line = try #require(part.outline.flattened(tolerance: 0.1).first)
    let low = line.points.filter { $0.y < 4.5 }.map(\.x)
    return try #require(low.min())...(try #require(low.max()))
  }

  @Test(arguments: upright.filter { $0 != .walk }) func bothFeetArePlanted(_ pose: FigurePose) throws {
    let drawing = try FigureDrawing(pose.text).wearing(.trench)
    var shoes = 0
    for part in drawing.parts where part.name.hasSuffix("shoe") {
      shoes += 1
      let bounds = part.outline.bounds
      #expect((-6...1).contains(bounds.minY), "\(part.name) \(bounds.minY)")
      let contact = try Self.contact(drawing, part.name)
      #expect(contact.upperBound - contact.lowerBound > 0.5 * bounds.width, "\(part.name)")
    }
    #expect(shoes == 2)
  }

  /// The leading foot strikes with its heel, the trailing one leaves with its toes; the weight is between them.
  @Test func walkingIsAStep() throws {
    let drawing = try FigureDrawing(FigurePose.walk.text).wearing(.trench)
    #expect(drawing.facesLeft)
    func bounds(_ name: String) throws -> Rect {
      try #require(drawing.parts.first { $0.name == name }).outline.bounds
    }
    let near = try bounds("near shoe")
    let far = try bounds("far shoe")
    #expect(abs(near.minY) < 3 && abs(far.minY) < 3)
    let heel = try Self.contact(drawing, "near shoe")
    #expect(heel.lowerBound > near.minX + 0.6 * near.width, "the heel strikes: \(heel)")
    let toes = try Self.contact(drawing, "far shoe")
    #expect(toes.upperBound < far.minX + 0.65 * far.width, "the toes push: \(toes)")
    // A step is a third of the height or more, seen at an angle.
    #expect(far.minX - near.minX > 250)
    let head = try bounds("head")
    let middle = (head.minX + head.maxX) / 2
    #expect(middle < (heel.lowerBound + toes.upperBound) / 2 && middle > heel.upperBound)
  }

  /// The raised hand is read at 40 pixels of height: apart from head and shoulder, with light between the legs.
  @Test(arguments: FigureCoat.allCases) func greetingIsReadFromFarOff(_ coat: FigureCoat) throws {
    // 25 thousandths a pixel: 40 from the soles to the crown.
    let painted = PaintedCard(try Self.picture(.greet, coat), width: 35, height: 44)
    func cover(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> Float {
      var most: Float = 0
      for row in Int((1060 - y.upperBound) / 25)...Int((1060 - y.lowerBound) / 25) {
        for column in Int((x.lowerBound + 440) / 25)...Int((x.upperBound + 440) / 25) {
          most = max(most, painted.alpha[row * 35 + column])
        }
      }
      return most
    }
    #expect(cover(300...350, 940...1000) > 0.8)
    // Air between head and hand, below the arm, and between the legs.
    #expect(cover(150...200, 950...1000) < 0.05)
    #expect(cover(240...400, 600...740) < 0.05)
    let row = Int((1060 - 90.0) / 25) * 35
    #expect((16...18).contains { painted.alpha[row + $0] < 0.2 })
    // The other arm hangs, unless the cloak hides it.
    #expect(cover(-380 ... -225, 300...900) < 0.05)
  }

  @Test func kneelingHasItsWeightOnShinAndFoot() throws {
    let drawing = try FigureDrawing(FigurePose.kneel.text).wearing(.jacket)
    func bounds(_ name: String) throws -> Rect {
      try #require(drawing.parts.first { $0.name == name }).outline.bounds
    }
    let (shin, toes, foot) = try (bounds("rear shin"), bounds("rear shoe"), bounds("front shoe"))
    #expect(abs(shin.minY) < 12 && abs(toes.minY) < 3 && abs(foot.minY) < 3)
    // The hand is a hand's breadth above the ground, before everything else.
    let fingers = drawing.parts.filter { $0.name.hasPrefix("finger") }.map { $0.outline.bounds.minY }
    #expect(fingers.count == 4 && (fingers.min() ?? 0) > 5 && (fingers.min() ?? 0) < 50)
    let palm = try bounds("palm")
    #expect(palm.minX > foot.maxX)
    #expect(drawing.bounds.maxY < 720)
  }

  /// No outline crosses itself: the winding rule would leave no hole, but edges would be lit within.
  @Test(arguments: FigurePose.allCases) func outlinesAreSimple(_ pose: FigurePose) throws {
    for part in try FigureDrawing(pose.text).parts
    where part.form == .shape || part.form == .cloth || part.form == .plate || part.form == .glow {
      let line = try #require(part.outline.flattened(tolerance: 0.3).first)
      let points = line.points
      var crossings = 0
      for i in points.indices {
        let (a, b) = (points[i], points[(i + 1) % points.count])
        for j in points.indices where j > i + 1 && (j + 1) % points.count != i {
          let (c, d) = (points[j], points[(j + 1) % points.count])
          func side(_ p: Point, _ q: Point, _ r: Point) -> Double {
            (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
          }
          if side(a, b, c) * side(a, b, d) < 0, side(c, d, a) * side(c, d, b) < 0 { crossings += 1 }
        }
      }
      #expect(crossings == 0, "\(part.name) \(part.coats)")
    }
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
      let differences = zip(reduced, small[keyPath: plane]).map { abs($0 - $1) }
      let worst = differences.max() ?? 1
      let mean = differences.reduce(0, +) / Float(max(1, differences.count))
      #expect(worst < (name == "alpha" ? 0.03 : 0.02) && mean < 0.004, "\(name) \(worst) \(mean)")
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
    // The edge's own light, without what wraps around the relief.
    picture.hasSurface = false
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

  /// Different at a glance: where two coats differ there is more than a sliver.
  @Test func posesAndCoatsDiffer() throws {
    var seen: [(pose: FigurePose, coat: FigureCoat, alpha: [Float])] = []
    for (pose, coat) in Self.dressed {
      let alpha = PaintedCard(try Self.picture(pose, coat), width: 88, height: 110).alpha
      for other in seen {
        let difference = zip(alpha, other.alpha).reduce(0) { $0 + abs($1.0 - $1.1) } / alpha.reduce(0, +)
        #expect(
          difference > 0.05,
          "\(pose) \(coat) and \(other.pose) \(other.coat): \(difference)")
      }
      seen.append((pose, coat, alpha))
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

  /// Cloth hangs open: it does not curve back to its hem as a closed form does.
  @Test func clothIsOpenBelow() throws {
    func fall(_ form: String) throws -> Float {
      let drawing = try FigureDrawing("\(form) sheet\n-100,100 100,100 100,700 -100,700")
      let frame = Rect(minX: -200, minY: 0, maxX: 200, maxY: 800)
      return FigureRelief(FigureContours(drawing), frame: frame).slope(0, 112).y
    }
    #expect(try fall("shape") > 0.4)
    #expect(abs(try fall("cloth")) < 0.08)
  }

  /// The long sides of a limb are half circles, flattened: steep at the edge, level in the middle.
  @Test func limbsAreHalfCircles() throws {
    let drawing = try FigureDrawing(
      "limb arm\n0,100,40 0,110,40 0,150,40 0,400,40 0,650,40 0,690,40 0,700,40")
    let frame = Rect(minX: -100, minY: 0, maxX: 100, maxY: 800)
    let relief = FigureRelief(FigureContours(drawing), frame: frame)
    for x: Float in [-30, -20, -8, 8, 20, 30] {
      // h = s / (1 + s / 70), s the half circle.
      let s = (40 * 40 - x * x).squareRoot()
      let expected = -x / s / ((1 + s / 70) * (1 + s / 70))
      #expect(abs(relief.slope(x, 400).x - expected) < 0.08, "\(x)")
    }
  }

  /// Light from the left brushes over the left sides of folds, and an arm's shadow keeps it off.
  @Test func foldsAreBrushedFromTheSide() throws {
    func light(_ text: String, _ x: Float) throws -> Float {
      let drawing = try FigureDrawing("cloth sheet\n-200,100 200,100 200,700 -200,700\n" + text)
      let relief = FigureRelief(
        FigureContours(drawing), frame: Rect(minX: -300, minY: 0, maxX: 300, maxY: 800))
      let rim = FigurePicture.Rim(direction: SIMD2(-1, 0), light: Vector(1, 1, 1), width: 3)
      return FigureSheen(relief, rims: [rim], inner: 1, lamps: []) { _, _, _ in 1 }.light(x, 400).x
    }
    let ridge = "ridge fold\n0,200,10 0,600,10"
    #expect(try light(ridge, -8) > 0.01)
    #expect(try light(ridge, 8) == 0)
    #expect(try light("", -8) == 0)
    let plate = "\nplate card, edged\n-60,150 -24,150 -24,650 -60,650"
    let shadowed = try light(ridge + plate + plate + plate, -8)
    let open = try light(ridge, -8)
    #expect(open > 3 * shadowed)
  }

  @Test func whatGlowsLightsWhatHoldsIt() throws {
    var picture = try Self.picture(.hold)
    let dark = PaintedCard(picture, width: 440, height: 550)
    picture.glow = Vector(2, 1, 0)
    let lit = PaintedCard(picture, width: 440, height: 550)
    // A hub, and the hand below it.
    let hub = (1060 - 762) / 2 * 440 + (440 + 0) / 2
    #expect(lit.red[hub] > 1.5 && lit.red[hub] < dark.red[hub] + 3)
    let hand = (1060 - 712) / 2 * 440 + (440 + 10) / 2
    #expect(lit.red[hand] > dark.red[hand] + 0.002)
    let isSame = lit.alpha == dark.alpha
    #expect(isSame)
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
      #expect(isSame == (still.form != .cloth && still.form != .hair), "\(still.name)")
      for (a, b) in zip(still.points, moved.points) {
        #expect((a - b).magnitude < 60)
        if still.form == .cloth, a.y >= drawing.windBelow { #expect(a == b) }
        if still.form == .hair { #expect((a - b).magnitude < 25) }
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
    // Bones keep their lengths, and the skirt is narrowest when the feet pass each other.
    func lengths(_ turn: Double) throws -> [Double] {
      let parts = FigureStride(turn: turn).stepping(drawing).parts
      return try ["near leg", "far leg"].flatMap { name -> [Double] in
        let points = try #require(parts.first { $0.name == name }).points
        let drawn = try #require(drawing.parts.first { $0.name == name }).points
        let knee = try #require(drawn.indices.min { abs(drawn[$0].y - 288) < abs(drawn[$1].y - 288) })
        return [(points[knee] - points[0]).magnitude, (points[points.count - 1] - points[knee]).magnitude]
      }
    }
    let still = try lengths(0)
    for turn in stride(from: 0.0, to: 1, by: 0.1) {
      let isSame = zip(try lengths(turn), still).allSatisfy { abs($0 - $1) < 1 }
      #expect(isSame, "\(turn)")
    }
    func skirt(_ turn: Double) throws -> Double {
      try #require(FigureStride(turn: turn).stepping(drawing).parts.first { $0.name == "coat" }).outline
        .bounds.width
    }
    let (wide, narrow, again) = try (skirt(0), skirt(0.25), skirt(0.5))
    #expect(narrow < 0.85 * wide && abs(again - wide) < 1)
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
