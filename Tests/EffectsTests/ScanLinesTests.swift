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
    let (dark, bright) = (try contrast(0.01), try contrast(8))
    // A cosine of amplitude 1 has a deviation of 0.707.
    #expect(dark > 0.68 && dark < 0.78, "\(dark)")
    #expect(bright < 0.45 * dark, "\(bright)")
  }

  /// In a gap nothing is left at amount 1, the middle of a line is at its brightest.
  @Test func gapsAreBlack() throws {
    let geometry = Geometry(trimWidth: 3, trimHeight: 270)
    let frame = try NeonPicture.applied(lines(10, closing: 0), geometry, NeonPicture.gray(0.5))
    // 27 rows a line: row 13 is its middle, the edge lies between rows 26 and 27.
    #expect(frame.red.row(13)[1] > 0.95)
    #expect(frame.red.row(26)[1] < 0.01 && frame.red.row(27)[1] < 0.01 && frame.red.row(26)[1] >= 0)
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
