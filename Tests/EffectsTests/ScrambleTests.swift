import Catalog
import Raster
import Testing

@testable import Effects

/// Pay television without a key.
@Suite struct ScrambleTests {
  private func scrambled(_ system: Scramble.System, color: Float = 0, _ scene: (Int, Int) -> SIMD4<Float>)
    throws
    -> Framebuffer
  {
    var scramble = Scramble()
    scramble.system = system
    scramble.lines = 288
    scramble.color = color
    let geometry = Geometry(trimWidth: 128, trimHeight: 288)
    let frame = try Pictures.frame(geometry.bounds, scene)
    try scramble.apply(to: frame, in: Pictures.context(geometry))
    return frame
  }

  private static func gray(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let v = Pictures.noise(0, x, y)
    return SIMD4(v, v, v, 1)
  }

  /// Every line is turned about one place, each another; only where its ends meet it is not what it was.
  @Test func linesAreCutAndTurned() throws {
    let frame = try scrambled(.cut, Self.gray)
    var starts: Set<Int> = []
    for y in 0..<288 {
      func wrong(_ start: Int) -> Int {
        (0..<128).filter { abs(frame.row(y).green[$0] - Self.gray((start + $0) % 128, y).x) > 1e-3 }.count
      }
      let start = (0..<128).min { wrong($0) < wrong($1) } ?? 0
      #expect(wrong(start) <= 4, "line \(y)")
      #expect(start > 8 && start < 120)
      starts.insert(start)
    }
    #expect(starts.count > 60)
  }

  /// Every line is there once, within the memory of 32 lines that it belongs to.
  @Test func linesAreShuffled() throws {
    let frame = try scrambled(.shuffle, Self.gray)
    var from: Set<Int> = []
    var moved = 0
    for y in 0..<288 {
      let block = y / 32 * 32
      let source = (block..<block + 32).first { line in
        (0..<128).allSatisfy { abs(frame.row(y).green[$0] - Self.gray($0, line).x) < 1e-3 }
      }
      guard let source else {
        Issue.record("line \(y) is none of its block")
        return
      }
      from.insert(source)
      if source != y { moved += 1 }
    }
    #expect(from.count == 288 && moved > 250)
  }

  /// Without sync the gap between lines is seen, everywhere in the picture and never at the same place.
  @Test func theGapWanders() throws {
    let frame = try scrambled(.sync) { _, _ in SIMD4(1, 1, 1, 1) }
    var places: Set<Int> = []
    var dark = 0
    for y in 0..<288 {
      let row = (0..<128).filter { frame.row(y).green[$0] < 0.1 }
      dark += row.count
      if let first = row.first { places.insert(first) }
    }
    // 21 parts of 121, or all but that where brightness is inverted.
    let share = Double(dark) / Double(288 * 128)
    #expect(abs(min(share, 1 - share) - 0.21 / 1.21) < 0.06, "\(share)")
    #expect(places.count > 20)
  }

  @Test func colorIsWrong() throws {
    let frame = try scrambled(.cut, color: 1) { _, _ in SIMD4(0.5, 0.05, 0.05, 1) }
    var (red, hues) = (0.0, 0)
    for y in 0..<288 {
      red += Double(frame.row(y).red[5] - frame.row(y).green[5]) / 288
      if frame.row(y).blue[5] > frame.row(y).green[5] + 0.02 { hues += 1 }
    }
    #expect(red > 0.05 && red < 0.4, "\(red)")
    #expect(hues > 40 && hues < 260, "\(hues)")
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    for system in Scramble.System.allCases {
      var scramble = Scramble()
      scramble.system = system
      try GlitchLaws.check(scramble)
    }
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var scramble = Scramble()
      scramble.amount = amount
      for system in Scramble.System.allCases {
        scramble.system = system
        try NeonPicture.checkLaws(scramble)
        try NeonPicture.checkLaws(scramble, Geometry(trimWidth: 60, trimHeight: 900, bleed: 2))
      }
    }
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    var scramble = Scramble()
    scramble.lines = 60
    #expect(try GlitchLaws.distance(scramble) < 0.25)
  }
}
