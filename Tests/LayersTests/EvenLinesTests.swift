import Raster
import Testing

@testable import Layers

@Suite struct EvenLinesTests {
  /// Numbers that look random and are the same everywhere.
  private struct Dice {
    var state: UInt64
    mutating func next(_ range: ClosedRange<Double>) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Double(state >> 11) / Double(1 << 53) * (range.upperBound - range.lowerBound)
    }
  }

  private func row(_ seed: UInt64, pieces: Int) -> EvenLines {
    var dice = Dice(state: seed)
    return EvenLines(
      widths: (0..<pieces).map { _ in dice.next(0.5...9) },
      isNarrow: (0..<pieces).map { _ in dice.next(0...1) < 0.3 }, wide: 0.9, narrow: 0.25)
  }

  /// Every way to break a row into so many lines.
  private func all(_ pieces: Int, _ lines: Int) -> [[Int]] {
    guard lines > 1 else { return [[0]] }
    return (lines - 1..<pieces).flatMap { last in all(last, lines - 1).map { $0 + [last] } }
  }

  @Test("no other breaks have a smaller spread", arguments: 1...40 as ClosedRange<UInt64>)
  func best(_ seed: UInt64) throws {
    let pieces = 2 + Int(seed % 10)
    let row = row(seed, pieces: pieces)
    for lines in 1...min(5, pieces) {
      let found = try #require(row.even(lines))
      #expect(found.count == lines && found.first == 0)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
      let spreads = all(pieces, lines).map { EvenLines.spread(row.widths($0)) }
      let least = try #require(spreads.min())
      #expect(EvenLines.spread(row.widths(found)) <= least + 1e-9, "\(lines) lines of \(pieces)")
    }
  }

  @Test("within a limit, too", arguments: 1...20 as ClosedRange<UInt64>)
  func limited(_ seed: UInt64) throws {
    let row = row(seed, pieces: 9)
    for lines in 2...4 {
      let best = try #require(row.even(lines))
      let widest = try #require(row.widths(best).max())
      for limit in [widest * 0.97, widest * 1.03] {
        let legal = all(9, lines).filter { row.widths($0).allSatisfy { $0 <= limit } }
        guard let found = row.even(lines, limit: limit) else {
          #expect(legal.isEmpty)
          continue
        }
        let least = try #require(legal.map { EvenLines.spread(row.widths($0)) }.min())
        #expect(EvenLines.spread(row.widths(found)) <= least + 1e-9)
      }
    }
  }

  @Test("filled lines are as few as can be, and none is too wide") func filled() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let row = row(seed, pieces: 9)
      let lines = row.filled(to: 14)
      #expect(row.widths(lines).allSatisfy { $0 <= 14 })
      #expect(lines.count == 1 || row.even(lines.count - 1, limit: 14) == nil)
      #expect(row.even(lines.count, limit: 14) != nil)
    }
  }

  @Test("more lines than pieces, and a piece wider than the limit, cannot be") func impossible() {
    let row = row(3, pieces: 4)
    #expect(row.even(5) == nil)
    #expect(row.even(0) == nil)
    #expect(row.even(4, limit: 0.1) == nil)
  }

  @Test("a thousand pieces are broken like few") func many() throws {
    var dice = Dice(state: 9)
    let row = EvenLines(
      widths: (0..<1000).map { _ in dice.next(1...6) }, isNarrow: (0..<1000).map { $0 % 3 == 0 }, wide: 0.9,
      narrow: 0.25)
    let lines = try #require(row.even(40))
    let widths = row.widths(lines)
    // A third of the widest piece; lines are about ninety wide.
    #expect(EvenLines.spread(widths) < 2)
    #expect(lines.count == 40)
  }
}
