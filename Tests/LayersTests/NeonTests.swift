import Catalog
import Outline
import Raster
import Testing

@testable import Layers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct NeonTests {
  private func sign(_ text: String, _ set: (inout Neon) -> Void = { _ in }) -> Neon {
    var layer = Neon()
    layer.text = text
    layer.size = 0.4
    set(&layer)
    return layer
  }

  /// One straight tube from left to right, half the picture's height long.
  private func bar(_ set: (inout Neon) -> Void = { _ in }) -> Neon {
    var layer = Neon()
    layer.path = Drawing.outline("M0 0H0.5")
    layer.size = 1
    layer.tube = 0.04
    layer.wear = 0
    layer.color = .white
    set(&layer)
    return layer
  }

  @Test func lightIsInProportionToBrightness() throws {
    let context = Painting.context(80, 60)
    func sum(_ brightness: Double) throws -> SIMD4<Double> {
      let layer = sign("HI") {
        $0.brightness = brightness
        $0.glass = .black
        $0.halo = 0
      }
      return try Painted(layer, context).sum
    }
    let (one, three) = (try sum(1), try sum(3))
    #expect(one.x > 100 && abs(three.x / one.x - 3) < 1e-4)
    #expect(one.w == three.w)

    func glow(_ brightness: Double) throws -> Double {
      Double(try Painted(sign("HI") { $0.brightness = brightness }, context)[40, 12].x)
    }
    #expect(try glow(1) > 1e-3 && abs(try glow(3) / glow(1) - 3) < 1e-3)
  }

  @Test func glowFallsAsOneOverTheDistanceBesideALongTube() throws {
    let layer = bar {
      $0.path = Drawing.outline("M-9 0H9")
      $0.haloRadius = 200
      $0.color = LinearColor(1, 1, 1)
    }
    let painted = try Painted(layer, Painting.context(40, 400))
    func light(_ y: Int) -> Double { Double(painted[20, y].x) }
    /// Of a tube that reaches 3600 pixels to either side; r₀ is 1.7 radii of 8 pixels.
    func expected(_ y: Int) -> Double {
      let d = 200 - (Double(y) + 0.5)
      let h = (d * d + 13.6 * 13.6).squareRoot()
      return 2 * atan(3600 / h) / h
    }
    for y in [5, 40, 90, 140, 170] {
      #expect(abs(light(y) / light(175) / (expected(y) / expected(175)) - 1) < 0.01, "\(y)")
    }
    #expect(light(90) / light(170) < 0.4)
  }

  @Test func glowIsTheIntegralOverTheTubes() throws {
    // Against the sum over many small sources, near the tubes and far off, on both sides of every grid.
    let lines = [
      LightLine(from: Point(60, 70), to: Point(140, 90), weight: 1),
      LightLine(from: Point(140, 90), to: Point(130, 20), weight: 0.3),
      LightLine(from: Point(20, 150), to: Point(20, 150.001), weight: 0),
    ]
    let reach = 150.0
    let light = try TubeLight(
      lines, core: 4, reach: reach, origin: Point(3.3, 1.7), region: PixelRect(width: 300, height: 200)
    ).withGrids(workers: Workers(count: 2))
    func fade(_ d: Double) -> Double {
      let u = min(1, d * d / (reach * reach))
      return 1 - u * u * (3 - 2 * u)
    }
    var worst = 0.0
    for y in stride(from: 0, to: 200, by: 7) {
      for x in stride(from: 0, to: 300, by: 7) {
        let p = Point(Double(x) + 0.5, Double(y) + 0.5)
        var sum = 0.0
        for line in lines {
          let d = line.to - line.from
          let length = (d.x * d.x + d.y * d.y).squareRoot()
          let along = max(0, min(1, ((p - line.from).x * d.x + (p - line.from).y * d.y) / (length * length)))
          let foot = p - line.from - d * along
          let n = 2000
          var part = 0.0
          for i in 0..<n {
            let q = p - line.from - d * ((Double(i) + 0.5) / Double(n))
            part += 1 / (q.x * q.x + q.y * q.y + 16)
          }
          sum +=
            part * length / Double(n) * Double(line.weight) * 4 / .pi
            * fade((foot.x * foot.x + foot.y * foot.y).squareRoot())
        }
        var value: Float = -1
        light.fill(&value, x: x, y: y, count: 1)
        worst = max(worst, abs(Double(value) - sum))
      }
    }
    // Full strength is 1.
    #expect(worst < 0.012, "\(worst)")
  }

  @Test func deadLettersShowGlassAndNoLight() throws {
    let context = Painting.context(120, 120)
    let off = try Painted(sign("I") { $0.dead = [1] }, context)
    #expect(off.pixels.contains { $0.w == 1 })
    #expect(off.pixels.allSatisfy { $0.x <= 0.036 && ($0.w > 0 || $0 == .zero) })
    let on = try Painted(sign("I"), context)
    #expect(on.pixels.contains { $0.x > 5 })
    // Of two letters only the lit one shines, and lights the other's glass.
    let half = try Painted(sign("II") { ($0.dead, $0.tracking) = ([2], 300) }, Painting.context(200, 120))
    let left = half.pixels.indices.filter { $0 % 200 < 100 }.map { half.pixels[$0].x }.max() ?? 0
    let right = half.pixels.indices.filter { $0 % 200 >= 106 }.map { half.pixels[$0].x }.max() ?? 0
    #expect(left > 5 && right < 1 && right > 0.05, "\(left) \(right)")
  }

  @Test func lettersHaveTheirOwnBrightness() throws {
    let context = Painting.context(100, 60)
    func peaks(_ layer: Neon) throws -> (Float, Float) {
      let painted = try Painted(layer, context)
      func peak(_ columns: Range<Int>) -> Float {
        columns.reduce(0) { sum, x in (0..<60).reduce(sum) { max($0, painted[x, $1].x) } }
      }
      return (peak(0..<50), peak(50..<100))
    }
    let (a, b) = try peaks(
      sign("I I") {
        $0.letters = [0.5]
        $0.wear = 0
        $0.halo = 0
      })
    #expect(abs(a / b - 0.5) < 0.01)
  }

  @Test func thinTubesKeepTheirLight() throws {
    // A tube a quarter as thick sends a quarter of the light, however few pixels it has.
    func sum(_ tube: Double) throws -> Double {
      let layer = bar {
        $0.tube = tube
        $0.halo = 0
      }
      return try Painted(layer, Painting.context(50, 50)).sum.x
    }
    let thick = try sum(0.08)
    for part in [2.0, 8, 64] { #expect(abs(try sum(0.08 / part) * part / thick - 1) < 0.12, "1/\(part)") }
  }

  /// Tubes of 1.2 and of 2.3 pixels, with what holds them, beside ones four times as thick.
  @Test(arguments: [(1, Float(0.05)), (2, 0.015)])
  func smallAndLargeAreTheSamePicture(size: Int, tolerance: Float) throws {
    let layer = sign("Ro") { $0.blockOut = 0.05 }
    let small = try Painted(layer, Painting.context(64 * size, 48 * size))
    let large = try Painted(layer, Painting.context(256 * size, 192 * size)).reduced(by: 4)
    let error = zip(small.pixels, large.pixels).reduce(Float(0)) { $0 + abs($1.0.x - $1.1.x) }
    let mean = large.pixels.reduce(Float(0)) { $0 + $1.x }
    #expect(error / mean < tolerance, "\(error / mean)")
  }

  @Test func samePixelsForAnyRunAndThread() throws {
    let layer = sign("Ab") { $0.flicker = 0.5 }
    let whole = try Painted(layer, Painting.context(90, 60))
    #expect(whole.pixels.allSatisfy { $0.x.isFinite && $0.x >= 0 && $0.w >= 0 && $0.w <= 1 })
    #expect(try Painted(layer, Painting.context(90, 60, threads: 3), run: 5) == whole)
  }

  @Test func boxIsThatOfTheTubes() throws {
    let layer = sign("O") {
      $0.fit = 0.5
      // Feet stand out a little.
      $0.bending.supports = 0
    }
    let context = Painting.context(120, 120) {
      $0.anchor = .named(.topLeft)
      $0.at = Point(0.25, 0.125)
    }
    let ink = try #require(try Painted(layer, context).ink)
    #expect(abs(ink.minX - 30) < 0.7 && abs(ink.width - 60) < 1 && abs(ink.minY - 15) < 0.7)
  }

  @Test func flickerLoopsAndRests() throws {
    func levels(_ time: Double) throws -> SIMD4<Double> {
      try Painted(sign("IIII") { $0.flicker = 1 }, Painting.context(60, 20, time: time, loop: 2)).sum
    }
    #expect(try levels(0) == levels(2))
    let sums = try (0..<14).map { try levels(Double($0) / 7).x }
    #expect(Set(sums).count > 3)
    #expect(
      try Painted(sign("I"), Painting.context(30, 30, time: 1.3))
        == Painted(sign("I"), Painting.context(30, 30)))
  }

  @Test func chineseIsBentAlongItsBorders() throws {
    let painted = try Painted(sign("海") { $0.size = 0.9 }, Painting.context(100, 100))
    let covered = painted.pixels.filter { $0.w > 0.5 }.count
    #expect(covered > 800 && covered < 5000)
  }

  @Test func strokesThatMeetAreOneTube() {
    let (a, b, c, d) = (Point(0, 0), Point(1, 0), Point(1, 1), Point(2, 1))
    #expect(LetterStrokes.joined([[a, b], [c, b], [c, d]]) == [[a, b, c, d]])
    // Three ends in one place stay apart.
    #expect(LetterStrokes.joined([[a, b], [c, b], [b, d]]).count == 3)
  }

  @Test func waysBackAlongATubeShineOnce() throws {
    let context = Painting.context(80, 80)
    let once = try Painted(bar { $0.path = Drawing.outline("M0 0H0.5") }, context)
    let twice = try Painted(bar { $0.path = Drawing.outline("M0 0H0.5H0") }, context)
    // Crossing is not running back.
    let cross = try Painted(bar { $0.path = Drawing.outline("M0 0H0.5M0.25 -0.2V0.2") }, context)
    #expect(zip(once.pixels, twice.pixels).allSatisfy { abs($0.x - $1.x) <= 1e-4 * max(1, $0.x) })
    #expect(cross[50, 55].x > once[50, 55].x * 1.4)
  }

  @Test func complaintsNameTheParameter() {
    let context = Painting.context(40, 40)
    func parameters(_ layer: Neon) -> [String?] { Painting.problems(layer, context).map(\.parameter) }
    #expect(parameters(sign("AB") { $0.dead = [3] }) == ["dead"])
    #expect(parameters(sign("AB") { $0.letters = [1, 1, 1] }) == ["letters"])
    #expect(parameters(sign("AB") { $0.path = Drawing.outline("M0 0H1") }) == ["path"])
    #expect(Neon().setting("path", to: "M0 0Hx", geometry: context.geometry) == nil)
    #expect(parameters(sign("A") { $0.font = ["Osmotronn"] }) == ["font"])
    #expect(parameters(sign("☃")) == ["neon"])
    #expect(parameters(sign(String(repeating: "A", count: 10_000))) == ["neon"])
    #expect(
      parameters(sign("") { $0.path = Drawing.outline(String(repeating: "M0 0H1", count: 10_000)) }) == [
        "path"
      ])
  }

  @Test func nothingIsDrawnForNothing() throws {
    for layer in [
      sign(""), sign(" "), sign("") { $0.path = Drawing.outline("") }, sign("A") { $0.size = 0.0005 },
    ] {
      let painted = try Painted(layer, Painting.context(20, 20))
      #expect(painted.pixels.allSatisfy { $0.x.isFinite })
    }
    #expect(try sign("").prepare(in: Painting.context(20, 20)).bounds.isEmpty)
    let flat = Painting.context(20, 20) { $0.scale = Point(0, 1) }
    #expect(try sign("A").prepare(in: flat).bounds.isEmpty)
  }

  @Test func hugeSignsStayFinite() throws {
    let context = Painting.context(24, 24) { $0.scale = Point(1000, 1000) }
    for layer in [sign("S") { $0.size = 20 }, sign("") { $0.path = Drawing.outline("M0 0H1e9V1e9") }] {
      let painted = try Painted(layer, context)
      #expect(painted.pixels.allSatisfy { $0.x.isFinite && $0.w >= 0 && $0.w <= 1 })
    }
  }

  @Test func wallReturnsWhatFallsWithTheSquareOfTheDistance() throws {
    let layer = bar {
      $0.path = Drawing.outline("M-9 0H9")
      $0.halo = 0
      $0.wall = .white
      $0.standoff = 0.1
    }
    let painted = try Painted(layer, Painting.context(40, 400) { $0.at = Point(0.5, 0.5) })
    // A tenth of the em, which is the picture's height, away from the wall.
    let rows = [230, 260, 300]
    let light = rows.map { Double(painted[20, $0].x) }
    let expected = rows.map { row -> Double in
      let d = Double(row) + 0.5 - 200
      return 1600 / (1600 + d * d)
    }
    for (a, b) in zip(light, expected) {
      #expect(abs(a / light[0] - b / expected[0]) < 0.03 * b / expected[0])
    }
    #expect(light[0] > 0.01)
  }

  @Test func whatLiesBeforeHidesWhatLiesBehind() throws {
    func tube(_ data: String, depth: Int) throws -> Tube {
      Tube(path: try Path(svg: data), isClosed: false, letter: 0, diameter: 20, depth: depth)
    }
    let look = NeonPainter.Look(
      color: .white, borderColor: .white, core: 0.5, glass: .black, halo: 0, haloReach: 1, wall: nil)
    /// Light where a bright tube from left to right and a dark one from top to bottom cross.
    func crossing(darkDepth: Int) throws -> (light: Float, cover: Float) {
      let tubes = [try tube("M0 50H100", depth: 2), try tube("M50 0V100", depth: darkDepth)]
      let lamps = zip(tubes, [Float(1), 0]).map {
        TubeLamp($0, level: $1, wear: 0, blockOut: 0, seed: Seed(1))
      }
      let painter = try NeonPainter(
        tubes, lamps, toPicture: .identity, look: look, region: PixelRect(width: 100, height: 100))
      let frame = try Framebuffer(region: PixelRect(width: 100, height: 100))
      painter.paint(frame.row(50), x: 0, y: 50)
      return (frame.row(50).red[50], frame.row(50).alpha[50])
    }
    let (behind, before) = (try crossing(darkDepth: 1), try crossing(darkDepth: 3))
    #expect(behind.light > 0.5 && before.light < 0.01)
    #expect(abs(behind.cover - 1) < 1e-4 && abs(before.cover - 1) < 1e-4)
  }

  @Test func deadCircuitsTakeTheirLettersAlong() throws {
    let context = Painting.context(200, 60)
    func halves(_ dead: [Int]) throws -> (left: Double, right: Double) {
      let painted = try Painted(
        sign("IIII") {
          $0.bending.circuits = 2
          $0.bending.deadCircuits = dead
          $0.halo = 0
          $0.glass = .black
        }, context)
      func sum(_ columns: Range<Int>) -> Double {
        columns.reduce(0) { sum, x in (0..<60).reduce(sum) { $0 + Double(painted[x, $1].x) } }
      }
      return (sum(0..<100), sum(100..<200))
    }
    let (whole, half) = (try halves([]), try halves([2]))
    #expect(whole.left > 1 && whole.right > 1)
    #expect(abs(half.left - whole.left) < 0.05 * whole.left && half.right < 0.01 * whole.right)
    #expect(
      Painting.problems(sign("A") { $0.bending.deadCircuits = [2] }, context).map(\.parameter)
        == ["dead-circuits"])
  }

  @Test func borderSurroundsTheLettersInItsOwnColor() throws {
    let layer = sign("I") {
      $0.size = 0.3
      $0.border = 1
      $0.borderColor = LinearColor(0, 1, 0)
      $0.color = LinearColor(1, 0, 0)
      $0.core = 0
      $0.halo = 0
      $0.borderGap = 0.4
    }
    let context = Painting.context(200, 200)
    let painted = try Painted(layer, context)
    func box(_ isLit: (SIMD4<Float>) -> Bool) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
      var (columns, rows): ([Int], [Int]) = ([], [])
      for y in 0..<200 {
        for x in 0..<200 where isLit(painted[x, y]) {
          columns.append(x)
          rows.append(y)
        }
      }
      guard let a = columns.min(), let b = columns.max(), let c = rows.min(), let d = rows.max() else {
        return nil
      }
      return (a...b, c...d)
    }
    let letter = try #require(box { $0.x > 0.2 })
    let border = try #require(box { $0.y > 0.2 })
    for (inner, outer) in [(letter.columns, border.columns), (letter.rows, border.rows)] {
      // 0.4 em of 60 pixels.
      #expect(abs(Double(inner.lowerBound - outer.lowerBound) - 24) < 5)
      #expect(abs(Double(outer.upperBound - inner.upperBound) - 24) < 5)
    }
  }
}
