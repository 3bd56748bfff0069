import Outline
import Raster
import Testing
import Typography

@testable import Layers

/// What a bender of glass makes of the strokes of letters.
@Suite struct TubeBenderTests {
  private static let diameter = 0.05

  private func path(_ points: (Double, Double)...) -> Path {
    Path(Polyline(points.map { Point($0.0, $0.1) }))
  }

  private func bend(_ strokes: [Path], spur: Double = 0, _ set: (inout GlassBending) -> Void = { _ in })
    -> [Tube]
  {
    var bending = GlassBending()
    bending.supports = 0
    bending.jumpers = false
    set(&bending)
    return TubeBender.tubes(
      of: [LetterStrokes(letter: 0, strokes: strokes, diameter: Self.diameter, spur: spur)], bending)
  }

  private func line(_ tube: Tube) throws -> Polyline {
    try #require(tube.path.flattened(tolerance: 0.0005).first)
  }

  /// Between the center lines of two tubes.
  private func distance(_ a: Tube, _ b: Tube) throws -> Double {
    let (a, b) = (try line(a), try line(b))
    return try a.points.map { try #require(b.nearest(to: $0)).distance }.min() ?? .infinity
  }

  @Test("a stroke that ends at another keeps its distance from it", arguments: [0.2, 0.4, 1])
  func clearance(_ clearance: Double) throws {
    // A T whose stem reaches the bar, and one whose stem goes a little beyond.
    for end in [0.0, -0.03] {
      let tubes = bend([path((-0.4, 0), (0.4, 0)), path((0, end), (0, 0.6))]) { $0.clearance = clearance }
      try #require(tubes.count == 2)
      let wanted = Self.diameter * (1 + clearance)
      let found = try distance(tubes[1], tubes[0])
      #expect(found >= wanted - 1e-6 && found < wanted + Self.diameter / 5)
    }
    let touching = bend([path((-0.4, 0), (0.4, 0)), path((0, 0), (0, 0.6))]) { $0.clearance = 0 }
    #expect(try distance(touching[1], touching[0]) < 1e-6)
  }

  @Test("strokes that cross stay whole, one before the other")
  func crossing() throws {
    let tubes = bend([path((-0.4, 0), (0.4, 0)), path((0, -0.4), (0, 0.4)), path((-0.4, 0.2), (0.4, 0.2))])
    #expect(tubes.map(\.depth) == [1, 2, 3])
    #expect(tubes.allSatisfy { abs($0.length - 0.8) < 1e-6 })
  }

  @Test("neighbors that run side by side are left alone")
  func neighbors() throws {
    let tubes = bend([path((0, 0), (0.5, 0)), path((0, 0.06), (0.5, 0.06))])
    #expect(tubes.allSatisfy { abs($0.length - 0.5) < 1e-6 })
  }

  @Test("two strokes that meet at their ends are one piece of glass with a bend")
  func corner() throws {
    // The second begins a little before the corner, as a brush does.
    let strokes = [path((0, 0), (0.5, 0)), path((0.53, -0.02), (0.1, 0.5))]
    #expect(bend(strokes).count == 2)
    let tubes = bend(strokes, spur: 0.09)
    try #require(tubes.count == 1)
    let points = try line(tubes[0]).points
    #expect(points.map(\.x).max() ?? 9 < 0.52)
    for (a, b, c) in zip(zip(points, points.dropFirst()), points.dropFirst(2)).map({ ($0.0.0, $0.0.1, $0.1) })
    {
      let (p, q) = (b - a, c - b)
      let cosine = (p.x * q.x + p.y * q.y) / (p.magnitude * q.magnitude)
      #expect(cosine > 0.85, "a corner at \(b)")
    }
  }

  @Test("a loop has two ends side by side at its foot, or none without clearance")
  func loop() throws {
    let square = Path([
      .move(Point(0, 0)), .line(Point(0.5, 0)), .line(Point(0.5, 0.5)), .line(Point(0, 0.5)), .close,
    ])
    let tube = try #require(bend([square]).first)
    #expect(!tube.isClosed)
    let points = try line(tube).points
    let (a, b) = (try #require(points.first), try #require(points.last))
    #expect(abs((a - b).magnitude - Self.diameter * 1.4) < 1e-6)
    #expect(abs((a.x + b.x) / 2 - 0.25) < 0.02 && abs(a.y - 0.5) < 1e-6)
    #expect(bend([square]) { $0.clearance = 0 }.first?.isClosed == true)
  }

  @Test("a double stroke is one tube that turns round at the stroke's end")
  func double() throws {
    let tubes = bend([path((0, 0), (0.6, 0))]) {
      $0.strands = 2
      $0.strandGap = 1
    }
    try #require(tubes.count == 1)
    // Center lines are two diameters apart.
    let side = Self.diameter
    let bent = try line(tubes[0])
    let axis = Polyline([Point(0, 0), Point(0.6, 0)])
    #expect(try bent.points.allSatisfy { abs(try #require(axis.nearest(to: $0)).distance - side) < 0.002 })
    let (a, b) = (try #require(bent.points.first), try #require(bent.points.last))
    #expect(abs(a.x) < 1e-9 && abs(b.x) < 1e-9 && abs(abs(a.y - b.y) - 2 * side) < 1e-6)
    #expect(abs(tubes[0].length - (2 * 0.6 + .pi * side)) < 0.003)

    #expect(bend([path((0, 0), (0.6, 0))]) { $0.strands = 3 }.count == 2)
  }

  @Test("jumpers lead from glass to glass behind it, and never too far")
  func jumpers() throws {
    let strokes = [path((0, 0), (0, 0.5)), path((0.3, 0), (0.3, 0.5)), path((3, 0), (3, 0.5))]
    let tubes = bend(strokes) { $0.jumpers = true }
    let jumpers = tubes.filter { $0.part == .jumper }
    #expect(jumpers.count == 1 && jumpers.allSatisfy { $0.depth == Tube.back })
    let ends = try tubes.filter { $0.part == .glass }.flatMap { tube in
      let points = try line(tube).points
      return [points.first, points.last].compactMap { $0 }
    }
    for jumper in jumpers {
      let points = try line(jumper).points
      for end in [points.first, points.last].compactMap({ $0 }) {
        #expect(ends.contains { ($0 - end).magnitude < 1e-6 })
      }
    }
    // A unit of glass ends after seven em.
    let many = bend((0..<40).map { path((Double($0) * 0.2, 0), (Double($0) * 0.2, 0.5)) }) {
      $0.jumpers = true
    }
    #expect(many.filter { $0.part == .jumper }.count < 39)
    #expect(many.filter { $0.part == .jumper }.count > 30)
  }

  @Test("supports sit on the glass, away from what crosses it")
  func supports() throws {
    let tubes = bend([path((-0.9, 0), (0.9, 0)), path((0, -0.4), (0, 0.4))]) { $0.supports = 0.6 }
    let glass = tubes.filter { $0.part == .glass }
    let ties = tubes.filter { $0.part == .tie }
    let feet = tubes.filter { $0.part == .foot }
    // A clip has two lugs. Every end has its electrode.
    #expect(ties.count == 2 * feet.count && feet.count > 3)
    #expect(tubes.filter { $0.part == .boot }.count == 4)
    for foot in feet {
      let box = foot.path.bounds
      let middle = Point((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
      let distances = try glass.map { try #require(try line($0).nearest(to: middle)).distance }.sorted()
      #expect(distances[0] < 1e-6 && distances[1] > Self.diameter)
    }
  }

  @Test("circuits take equal lengths of glass, in order, and take all of it along when they fail")
  func circuits() {
    let strokes = (0..<8).map { path((Double($0) * 0.2, 0), (Double($0) * 0.2, 0.5)) }
    var bending = GlassBending()
    bending.circuits = 4
    bending.deadCircuits = [2]
    let tubes = bend(strokes) { $0.jumpers = true }
    let glass = tubes.indices.filter { tubes[$0].part == .glass }
    let circuits = bending.circuits(of: tubes)
    #expect(glass.map { circuits[$0] } == [0, 0, 1, 1, 2, 2, 3, 3])
    // Letters hang on one circuit each.
    let letters = TubeBender.tubes(
      of: (0..<4).map {
        LetterStrokes(
          letter: $0,
          strokes: [path((Double($0), 0), (Double($0), 0.5)), path((Double($0), 0), (Double($0) + 0.3, 0))],
          diameter: Self.diameter)
      }, bending
    ).filter { $0.part == .glass }
    #expect(bending.circuits(of: letters) == letters.map(\.letter))
    let levels = bending.levels(of: tubes, letters: [0.5]) { $0 == 3 ? 0.5 : 1 }
    #expect(glass.map { levels[$0] } == [0.5, 0.5, 0, 0, 0.5, 0.5, 0.25, 0.25])
    #expect(GlassBending.means(of: tubes, levels: levels, count: 2) == [0.3125, 0])
  }

  @Test("林小艺 and 霓虹静电 keep all their strokes, and no two of them touch", arguments: ["林小艺", "霓虹静电"])
  func hanzi(_ text: String) throws {
    let lettering = try Lettering(
      text, parameter: "neon", fonts: ["Noto Sans SC Light"], library: Painting.fonts
    ) { _ in }
    let letters = try LetterStrokes.letters(of: lettering, diameter: nil)
    var bending = GlassBending()
    bending.jumpers = false
    bending.supports = 0
    for letter in letters {
      let tubes = TubeBender.tubes(of: [letter], bending)
      let drawn = letter.strokes.reduce(0) { $0 + $1.length }
      let glass = tubes.reduce(0) { $0 + $1.length }
      #expect(glass > 0.78 * drawn && glass <= drawn)
      let lines = try tubes.map { try line($0) }
      for i in tubes.indices {
        for j in 0..<i where !lines[i].crosses(lines[j]) {
          #expect(try distance(tubes[i], tubes[j]) > letter.diameter, "strokes \(i) and \(j) touch")
        }
      }
    }
  }

  @Test(
    "no part of a letter is lost, in any face with strokes",
    arguments: [
      "EMS Allure", "EMS Nixish", "EMS Osmotron", "EMS Readability", "EMS Tech", "Hershey Sans 1-stroke",
      "Hershey Script 1-stroke", "Noto Sans SC Light",
    ])
  func whole(_ font: String) throws {
    let text =
      font.hasPrefix("Noto")
      ? "霓虹静电林小艺海霧旅社深酒夜光面影國あホ" : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz&?!0123456789"
    let lettering = try Lettering(text, parameter: "neon", fonts: [font], library: Painting.fonts) { _ in }
    var bending = GlassBending()
    bending.jumpers = false
    bending.supports = 0
    for letter in try LetterStrokes.letters(of: lettering, diameter: nil) {
      let glass = try TubeBender.tubes(of: [letter], bending).map { try line($0) }
      for stroke in letter.strokes.flatMap({ $0.flattened(tolerance: 0.002) }) {
        for share in stride(from: 0.0, through: 1, by: 0.1) {
          let p = (stroke.isClosed ? stroke.opened(at: 0) : stroke).point(at: stroke.length * share)
          let off = glass.compactMap { $0.nearest(to: p)?.distance }.min() ?? .infinity
          // Spurs beyond corners are cut, and ends that touch others, most where they meet at an acute angle.
          #expect(
            off < letter.spur + 2.2 * letter.diameter,
            "letter \(letter.letter) of \(font) at \(p): \(off / letter.diameter)")
        }
      }
    }
  }
}
