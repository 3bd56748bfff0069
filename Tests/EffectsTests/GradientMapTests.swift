import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct GradientMapTests {
  private func mapped(_ color: SIMD4<Double>, _ change: (inout GradientMap) -> Void = { _ in }) throws
    -> SIMD4<Float>
  {
    var map = GradientMap()
    map.stops = [RampStop(0, LinearColor(0, 0, 0.2)), RampStop(1, LinearColor(1, 0.5, 0))]
    map.space = .linear
    change(&map)
    let frame = try NeonPicture.applied(map, Geometry(trimWidth: 9, trimHeight: 1)) { _, _ in color }
    let row = frame.row(0)
    for i in 1..<9 { #expect(row.red[i] == row.red[0] && row.blue[i] == row.blue[0]) }
    return SIMD4(row.red[0], row.green[0], row.blue[0], row.alpha[0])
  }

  private func near(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Bool {
    (0..<4).allSatisfy { abs(a[$0] - b[$0]) < 1e-3 * max(1, abs(b[$0])) }
  }

  @Test func blackGetsTheFirstColorAndWhiteTheLast() throws {
    #expect(try near(mapped([0, 0, 0, 1]), [0, 0, 0.2, 1]))
    #expect(try near(mapped([1, 1, 1, 1]), [1, 0.5, 0, 1]))
    let half = SRGB.decode(0.5)
    #expect(try near(mapped([half, half, half, 1]), [0.5, 0.25, 0.1, 1]))
    #expect(try near(mapped([half / 2, half / 2, half / 2, 0.5]), [0.25, 0.125, 0.05, 0.5]))
    #expect(try near(mapped([0, 0, 0, 0]), [0, 0, 0, 0]))
  }

  @Test func lightAboveWhiteKeepsItsStrength() throws {
    #expect(try near(mapped([7, 7, 7, 1]), [7, 3.5, 0, 1]))
    let a = try mapped([0.999, 0.999, 0.999, 1])
    let b = try mapped([1.001, 1.001, 1.001, 1])
    #expect(abs(a.x - b.x) < 0.005)
  }

  @Test func brightnessIsMeasuredAsAsked() throws {
    let green = LinearColor(0, 1, 0).luminance
    let level = Float(SRGB.encode(green))
    #expect(try near(mapped([0, 1, 0, 1]), [level, level / 2, 0.2 * (1 - level), 1]))
    #expect(try near(mapped([0, 1, 0, 1]) { $0.measure = .red }, [0, 0, 0.2, 1]))
    #expect(try near(mapped([0, 1, 0, 1]) { $0.measure = .maximum }, [1, 0.5, 0, 1]))
    #expect(try near(mapped([0, 0, 0, 1]) { ($0.from, $0.to) = (1, 0) }, [1, 0.5, 0, 1]))
  }

  @Test func thePictureShowsThroughTransparentStops() throws {
    let c = try mapped([0.3, 0.2, 0.1, 1]) {
      $0.stops = [RampStop(0, LinearColor(0, 0, 0, alpha: 0)), RampStop(1, LinearColor(0, 0, 0, alpha: 0))]
    }
    #expect(near(c, [0.3, 0.2, 0.1, 1]))
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(GradientMap())
    var flat = GradientMap()
    flat.to = flat.from
    #expect(
      try NeonPicture.isFinite(
        NeonPicture.applied(flat, Geometry(trimWidth: 20, trimHeight: 10), NeonPicture.hostile)))
  }
}
