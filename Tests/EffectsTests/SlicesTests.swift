import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct SlicesTests {
  /// Every row of a torn picture is a turn of what it was: no pixel is lost, none is doubled.
  @Test func slicesTurnRows() throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 540)
    var slices = Slices()
    slices.amount = 1
    slices.split = 0
    slices.noise = 0
    let before = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4(Pictures.noise(0, x, y), Pictures.noise(1, x, y), Pictures.noise(2, x, y), 1)
    }
    let after = try before.copy(workers: Workers(count: 1))
    try slices.apply(to: after, in: Pictures.context(geometry))
    var moved = 0
    for y in 0..<540 {
      let (a, b) = (before.green.row(y), after.green.row(y))
      guard let shift = (0..<90).first(where: { s in (0..<90).allSatisfy { b[($0 + s) % 90] == a[$0] } })
      else {
        Issue.record("row \(y) is no turn of itself")
        return
      }
      if shift != 0 { moved += 1 }
    }
    #expect(moved > 60 && moved < 500, "\(moved)")
  }

  /// Thrown aside at once, lines come back slowly, fast at first.
  @Test func tearsSwingBack() {
    var slices = Slices()
    slices.amount = 1
    slices.noise = 0
    let geometry = Geometry(trimWidth: 90, trimHeight: 540)
    var (closer, farther, thrown) = (0, 0, 0)
    for seed in 0..<8 {
      let (shifts, damage) = slices.plan(geometry.bounds, Pictures.context(geometry, seed: UInt64(seed)))
      #expect(damage.isEmpty && shifts.turns.isEmpty)
      for line in 1..<540 {
        let (a, b) = (abs(shifts[line - 1].y), abs(shifts[line].y))
        guard max(a, b) > 0 else { continue }
        if b < a { closer += 1 } else if b > a { farther += 1 }
        // A jump of more than a hundredth of the height from line to line.
        if b - a > 0.01 { thrown += 1 }
      }
    }
    #expect(closer > 4 * farther, "\(closer) \(farther)")
    #expect(thrown > 20 && thrown * 2 > farther / 4, "\(thrown) \(farther)")
  }

  /// Where it tears there is static, and color is lost; where it does not, nothing has changed.
  @Test func tearsAreRagged() throws {
    var slices = Slices()
    slices.amount = 1
    slices.split = 0
    slices.noise = 1
    let geometry = Geometry(trimWidth: 160, trimHeight: 540)
    let frame = try NeonPicture.applied(slices, geometry) { _, _ in SIMD4(0.5, 0.1, 0.05, 1) }
    var (noisy, gray, whole) = (0, 0, 0)
    for y in 0..<540 {
      let row = frame.row(y)
      let levels = (0..<160).map { Double(row.red[$0]) }
      if levels.allSatisfy({ $0 == 0.5 }) {
        whole += 1
        continue
      }
      if TestDeck.deviation(levels) > 0.03 { noisy += 1 }
      var apart = 0.0
      for x in 0..<160 { apart += Double(row.red[x] - row.green[x]) / 160 }
      if apart < 0.2 { gray += 1 }
    }
    #expect(noisy > 30 && noisy < 300, "\(noisy)")
    #expect(gray > 30 && gray < 400, "\(gray)")
    #expect(whole > 40, "\(whole)")
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    var slices = Slices()
    slices.amount = 1
    try GlitchLaws.check(slices)
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var slices = Slices()
      slices.amount = amount
      slices.shift = 1
      try NeonPicture.checkLaws(slices)
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    var slices = Slices()
    slices.amount = 0.8
    #expect(try GlitchLaws.distance(slices) < 0.2)
  }
}
