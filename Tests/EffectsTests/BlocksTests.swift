import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct BlocksTests {
  @Test func blocksAreMadeOfBlocks() throws {
    // Blocks of 10 pixels; only coarse squares: each is one color, the mean of what it covers, or as it was.
    let geometry = Geometry(trimWidth: 100, trimHeight: 300)
    var blocks = Blocks()
    blocks.amount = 1
    blocks.mosaic = 1
    blocks.tint = 0
    let before = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Pictures.noise(0, x, y), 0.5, 0.5, 1) }
    let after = try before.copy(workers: Workers(count: 1))
    try blocks.apply(to: after, in: Pictures.context(geometry))
    var broken = 0
    for by in 0..<30 {
      for bx in 0..<10 {
        var (changed, wrong) = (false, false)
        for half in 0..<4 {
          let (x0, y0) = (10 * bx + 5 * (half % 2), 10 * by + 5 * (half / 2))
          var (mean, block) = (0.0, 0.0)
          for y in 10 * by..<10 * by + 10 {
            for x in 10 * bx..<10 * bx + 10 { block += Double(before.red.row(y)[x]) / 100 }
          }
          for y in y0..<y0 + 5 { for x in x0..<x0 + 5 { mean += Double(before.red.row(y)[x]) / 25 } }
          for y in y0..<y0 + 5 {
            for x in x0..<x0 + 5 {
              let (a, b) = (before.red.row(y)[x], Double(after.red.row(y)[x]))
              if a == after.red.row(y)[x] { continue }
              changed = true
              if abs(b - mean) > 1e-5, abs(b - block) > 1e-5 { wrong = true }
            }
          }
        }
        if changed { broken += 1 }
        #expect(!wrong, "block \(bx), \(by)")
      }
    }
    #expect(broken > 20 && broken < 290, "\(broken)")
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    var blocks = Blocks()
    blocks.amount = 1
    try GlitchLaws.check(blocks)
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var blocks = Blocks()
      blocks.amount = max(0.7, amount)
      try NeonPicture.checkLaws(blocks, Geometry(trimWidth: 90, trimHeight: 300, bleed: 2))
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    var blocks = Blocks()
    blocks.amount = 0.8
    #expect(try GlitchLaws.distance(blocks) < 0.25)
  }
}
