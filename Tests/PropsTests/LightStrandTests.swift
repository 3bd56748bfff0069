import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite struct LightStrandTests {
  static func strand(_ form: LightStrand.Form, _ change: (inout LightStrand) -> Void = { _ in })
    -> LightStrand
  {
    var strand = LightStrand()
    strand.form = form
    strand.from = Vector(-2, 1, 6)
    strand.to = Vector(3, 2, 9)
    change(&strand)
    return strand
  }

  static func distance(_ a: Vector, _ b: Vector) -> Float { ((a - b) * (a - b)).sum().squareRoot() }

  @Test("every form runs from end to end", arguments: LightStrand.Form.allCases)
  func ends(_ form: LightStrand.Form) throws {
    for strand in try Staging.scene(Self.strand(form)).strands {
      let first = try #require(strand.points.first)
      let last = try #require(strand.points.last)
      #expect(Self.distance(first, Vector(-2, 1, 6)) < 1e-4)
      #expect(Self.distance(last, Vector(3, 2, 9)) < 1e-4)
    }
  }

  @Test("a sine swings by its amplitude, square to the line") func sine() throws {
    let scene = try Staging.scene(
      Self.strand(.sine) {
        $0.amplitude = 0.3
        $0.fade = 0
        $0.cycles = 5
        $0.slant = 37
      })
    let points = try #require(scene.strands.first).points
    let way = Vector(5, 1, 3)
    let length = (way * way).sum().squareRoot()
    var most: Float = 0
    for (i, p) in points.enumerated() {
      let off = p - (Vector(-2, 1, 6) + way * (Float(i) / Float(points.count - 1)))
      most = max(most, (off * off).sum().squareRoot())
      #expect(abs((off * way).sum() / length) < 1e-4)
    }
    #expect(abs(most - 0.3) < 0.004)
  }

  @Test("two strands of a braid lie opposite to each other") func braid() throws {
    let scene = try Staging.scene(Self.strand(.braid) { $0.fade = 0 })
    try #require(scene.strands.count == 2)
    let (a, b) = (scene.strands[0].points, scene.strands[1].points)
    let way = Vector(5, 1, 3)
    let isOpposite = zip(a, b).enumerated().allSatisfy { i, pair in
      let middle = (pair.0 + pair.1) * 0.5
      let expected = Vector(-2, 1, 6) + way * (Float(i) / Float(a.count - 1))
      return Self.distance(middle, expected) < 1e-4 && abs(Self.distance(pair.0, pair.1) - 1) < 1e-3
    }
    #expect(isOpposite)
  }

  @Test("loops close, and move between", arguments: [LightStrand.Form.waveform, .sine, .braid])
  func loops(_ form: LightStrand.Form) throws {
    let prop = Self.strand(form) { $0.speed = 1.7 }
    func points(_ time: Double) throws -> [Vector] {
      try #require(Staging.scene(prop, moment: Moment(time: time, loop: 6)).strands.first).points
    }
    let (start, middle, end) = (try points(0), try points(2.3), try points(6))
    #expect(zip(start, end).allSatisfy { Self.distance($0, $1) < 1e-3 })
    #expect(zip(start, middle).contains { Self.distance($0, $1) > 0.02 })
  }

  @Test("a waveform is its seed's") func seeds() throws {
    func points(_ seed: UInt64) throws -> [Vector] {
      try #require(Staging.scene(Self.strand(.waveform), seed: seed).strands.first).points
    }
    #expect(try points(1) == points(1))
    #expect(try points(1) != points(2))
  }

  @Test("numbers without measure stay bounded") func bounds() throws {
    let prop = try #require(
      Staging.prop(
        LightStrand.self,
        [
          "strand": "braid", "cycles": "400", "turns": "200", "count": "12", "phase": "1e6", "speed": "1000",
          "amplitude": "200", "shine": "10000", "from": "[-10000, 0, 0]", "to": "[10000, 10000, 10000]",
        ]))
    let scene = try Staging.scene(prop, moment: Moment(time: 1e9))
    #expect(scene.strands.count == 12 && scene.lights.count <= 10)
    #expect(scene.strands.allSatisfy { $0.points.count <= 3000 })
    let isFinite = scene.strands.allSatisfy { $0.points.allSatisfy { ($0 * $0).sum().isFinite } }
    #expect(isFinite)
    #expect(Staging.problems(Self.strand(.line) { $0.to = $0.from }).map { $0.parameter } == ["to"])
  }
}
