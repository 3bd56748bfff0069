import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct GradeTests {
  private func graded(_ color: SIMD4<Double>, _ change: (inout Grade) -> Void) throws -> SIMD4<Double> {
    var grade = Grade()
    change(&grade)
    let frame = try NeonPicture.applied(grade, Geometry(trimWidth: 9, trimHeight: 1)) { _, _ in color }
    let row = frame.row(0)
    for i in 1..<9 { #expect(row.red[i] == row.red[0] && row.blue[i] == row.blue[0]) }
    return SIMD4(Double(row.red[0]), Double(row.green[0]), Double(row.blue[0]), Double(row.alpha[0]))
  }

  private func near(_ a: SIMD4<Double>, _ b: SIMD4<Double>, _ tolerance: Double = 1e-5) -> Bool {
    (0..<4).allSatisfy { abs(a[$0] - b[$0]) <= tolerance * max(1, abs(b[$0])) }
  }

  @Test func exposureCountsStops() throws {
    #expect(try near(graded([0.1, 0.2, 3, 1]) { $0.exposure = 2 }, [0.4, 0.8, 12, 1]))
  }

  @Test func contrastTurnsAboutItsPivot() throws {
    let c = try graded([0.18, 0.36, 0.045, 1]) { $0.contrast = 1.5 }
    #expect(near(c, [0.18, 0.18 * pow(2, 1.5), 0.18 * pow(0.25, 1.5), 1]))
    let half = try graded([0.09, 0.18, 0.0225, 0.5]) { $0.contrast = 1.5 }
    #expect(near(half, c * SIMD4(0.5, 0.5, 0.5, 0.5)))
  }

  @Test func saturationKeepsLuminance() throws {
    let before = LinearColor(0.5, 0.2, 0.4).luminance
    let gray = try graded([0.5, 0.2, 0.4, 1]) { $0.saturation = 0 }
    #expect(near(gray, [before, before, before, 1]))
    let strong = try graded([0.5, 0.2, 0.4, 1]) { $0.saturation = 1.3 }
    #expect(abs(LinearColor(strong.x, strong.y, strong.z).luminance - before) < 1e-5)
    #expect(strong.x > 0.5 && strong.y < 0.2)
  }

  @Test func temperatureMovesWhiteAlongTheLocusOfBlackBodies() throws {
    let warm = try graded([1, 1, 1, 1]) { $0.temperature = 1 }
    #expect(warm.x > warm.y && warm.y > warm.z)
    #expect(abs(LinearColor(warm.x, warm.y, warm.z).luminance - 1) < 1e-3)
    // The white of 10^6 / (153.75 + 100) K = 3941 K: CIE x, y from Planck's law are 0.3834, 0.3812 and D65 lies
    // 0.003 beside the locus.
    let xyz = WhiteBalance.toXYZ * [warm.x, warm.y, warm.z]
    let sum = xyz[0] + xyz[1] + xyz[2]
    #expect(abs(xyz[0] / sum - 0.3834) < 0.008 && abs(xyz[1] / sum - 0.3812) < 0.01)
    let cold = try graded([1, 1, 1, 1]) { $0.temperature = -1 }
    #expect(cold.x < cold.y && cold.y < cold.z)
    let magenta = try graded([1, 1, 1, 1]) { $0.tint = 1 }
    #expect(magenta.y < magenta.x && magenta.y < magenta.z)
  }

  @Test func liftRaisesBlackAndGainScalesWhite() throws {
    let c = try graded([0, 0.5, 1, 1]) {
      $0.lift = LinearColor(0.1, 0.1, 0.1)
      $0.gain = LinearColor(1, 0.8, 1)
    }
    #expect(near(c, [0.1, 0.4 + 0.06, 1, 1]))
    // Nothing has no blacks.
    #expect(try near(graded([0, 0, 0, 0]) { $0.lift = LinearColor(0.1, 0.1, 0.1) }, [0, 0, 0, 0]))
  }

  @Test func gammaMovesMiddleGrayOnly() throws {
    let c = try graded([0.18, 0.18, 0.18, 1]) { $0.gamma = LinearColor(1.3, 1, 0.8) }
    #expect(near(c, [0.18 * 1.3, 0.18, 0.18 * 0.8, 1]))
    #expect(try near(graded([1, 0, 1, 1]) { $0.gamma = LinearColor(1.3, 1, 0.8) }, [1, 0, 1, 1]))
  }

  @Test func splitToningTintsShadowsAndLightsAndKeepsGraysBright() throws {
    func toned(_ level: Double) throws -> SIMD4<Double> {
      try graded([level, level, level, 1]) {
        $0.shadows = LinearColor(0.1, 0.3, 0.5)
        $0.highlights = LinearColor(1, 0.8, 0.5)
      }
    }
    let (dark, light) = (try toned(0.01), try toned(0.8))
    #expect(dark.z > dark.y && dark.y > dark.x)
    #expect(light.x > light.y && light.y > light.z)
    for (c, level) in [(dark, 0.01), (light, 0.8)] {
      #expect(abs(LinearColor(c.x, c.y, c.z).luminance - level) < 1e-4)
    }
    let plain = try graded([0.3, 0.3, 0.3, 1]) { $0.shadows = LinearColor(0.5, 0.5, 0.5) }
    #expect(near(plain, [0.3, 0.3, 0.3, 1]))
  }

  @Test func hueTurnsAtEqualLuminance() throws {
    let c = try graded([0.5, 0.3, 0.3, 1]) { $0.hue = 120 }
    #expect(abs(LinearColor(c.x, c.y, c.z).luminance - LinearColor(0.5, 0.3, 0.3).luminance) < 1e-5)
    #expect(c.y > c.x && c.y > c.z)
    #expect(try near(graded([0.4, 0.4, 0.4, 1]) { $0.hue = 77 }, [0.4, 0.4, 0.4, 1]))
    let once = ColorMatrix.hue(degrees: 50) * ColorMatrix.hue(degrees: 70)
    let there = ColorMatrix.hue(degrees: 120)
    for i in 0..<3 { for j in 0..<3 { #expect(abs(once.rows[i][j] - there.rows[i][j]) < 1e-12) } }
  }

  @Test func amountMixes() throws {
    #expect(
      try near(
        graded([0.1, 0.2, 0.4, 1]) {
          $0.exposure = 1; $0.amount = 0.25
        }, [0.125, 0.25, 0.5, 1]))
  }

  @Test func laws() throws {
    var grade = Grade()
    grade.exposure = 0.5
    grade.contrast = 1.4
    grade.saturation = 1.6
    grade.temperature = -0.4
    grade.tint = 0.3
    grade.lift = LinearColor(0.01, 0, 0.05)
    grade.gamma = LinearColor(1.2, 1, 0.7)
    grade.hue = 20
    grade.shadows = LinearColor(0, 0, 1)
    grade.balance = 0.4
    try NeonPicture.checkLaws(grade)
    grade.exposure = 16
    grade.contrast = 4
    #expect(
      try NeonPicture.isFinite(
        NeonPicture.applied(grade, Geometry(trimWidth: 40, trimHeight: 30), NeonPicture.hostile)))
  }
}
