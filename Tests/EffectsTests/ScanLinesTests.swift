import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct ScanLinesTests {
  private func lines(_ count: Int, amount: Float = 1, closing: Float = 0.7) -> ScanLines {
    var lines = ScanLines()
    lines.lines = count
    lines.amount = amount
    lines.closing = closing
    return lines
  }

  @Test func keepsTheMeanAndCloses() throws {
    let geometry = Geometry(trimWidth: 9, trimHeight: 240)
    func contrast(_ level: Double) throws -> Double {
      let frame = try NeonPicture.applied(lines(20), geometry, NeonPicture.gray(level))
      let light = NeonPicture.statistics(frame.green)
      #expect(abs(light.mean / level - 1) < 1e-4)
      return light.deviation / level
    }
    let (dark, dim, light, bright) = (
      try contrast(0.001), try contrast(0.1), try contrast(1), try contrast(8)
    )
    // Gaussians of a deviation of 0.15 periods: 0.91 of it in the fundamental, 0.24 in its octave.
    #expect(dark > 0.88 && dark < 1, "\(dark)")
    // The spot grows with the light that it makes.
    #expect(dim > 0.55 && dim < 0.8 * dark, "\(dim)")
    #expect(light < 0.35 * dim, "\(light)")
    #expect(bright < 0.6 * light, "\(bright)")
  }

  /// Lines are fatter where they are brighter: more of a period is brighter than half of the brightest.
  @Test func linesSwell() throws {
    let geometry = Geometry(trimWidth: 3, trimHeight: 400)
    func breadth(_ level: Double) throws -> Double {
      let frame = try NeonPicture.applied(lines(10), geometry, NeonPicture.gray(level))
      let column = (0..<400).map { Double(frame.green.row($0)[1]) }
      let most = column.max() ?? 1
      return Double(column.filter { $0 > most / 2 }.count) / 400
    }
    let (thin, middle, full) = (try breadth(0.002), try breadth(0.2), try breadth(2))
    #expect(thin > 0.3 && thin < 0.42, "\(thin)")
    #expect(middle > 1.25 * thin, "\(middle)")
    #expect(full > 0.95, "\(full)")
  }

  /// Beams draw on one supply: beside a bright red the lines of a weak green swell, too.
  @Test func neonHasNoGaps() throws {
    let geometry = Geometry(trimWidth: 3, trimHeight: 240)
    func contrast(_ color: SIMD4<Double>) throws -> Double {
      let frame = try NeonPicture.applied(lines(20, closing: 1), geometry) { _, _ in color }
      return NeonPicture.statistics(frame.green).deviation / color.y
    }
    let (alone, neon) = (try contrast([0.05, 0.05, 0.05, 1]), try contrast([1, 0.05, 0.4, 1]))
    #expect(alone > 0.5 && neon < 0.12, "\(alone) \(neon)")
    #expect(try contrast([1, 1, 1, 1]) < 0.01)
  }

  /// In a gap nothing is left at amount 1, the middle of a line is at its brightest.
  @Test func gapsAreBlack() throws {
    let geometry = Geometry(trimWidth: 3, trimHeight: 270)
    let frame = try NeonPicture.applied(lines(10, closing: 0), geometry, NeonPicture.gray(0.5))
    // 27 rows a line: row 13 is its middle, the edge lies between rows 26 and 27.
    #expect(frame.red.row(13)[1] > 0.95)
    #expect(frame.red.row(26)[1] < 0.02 && frame.red.row(27)[1] < 0.02 && frame.red.row(26)[1] >= 0)
  }

  @Test func fadesWhereItIsTooFine() throws {
    for height in [100, 120, 137, 160, 200, 230] {
      let geometry = Geometry(trimWidth: 5, trimHeight: height)
      let frame = try NeonPicture.applied(lines(100), geometry, NeonPicture.gray(0.2))
      let deviation = NeonPicture.statistics(frame.green).deviation
      #expect(deviation < 1e-6, "\(height)")
    }
    let shown = try NeonPicture.applied(
      lines(100), Geometry(trimWidth: 5, trimHeight: 600), NeonPicture.gray(0.2))
    #expect(NeonPicture.statistics(shown.green).deviation > 0.05)
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(lines(12))
    try NeonPicture.checkLaws(
      lines(40, amount: 0.3, closing: 1), Geometry(trimWidth: 131, trimHeight: 300, bleed: 3))
  }
}
