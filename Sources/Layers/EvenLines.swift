#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Breaks a row of pieces into lines that come out even: the best of all ways to break it.
///
/// Pieces stand a wide gap apart (between two credits) or a narrow one (after the comma of a list). A gap goes where
/// a line ends. The measure is the spread, the standard deviation of the widths of the lines.
struct EvenLines {
  private let widths: [Double]
  /// Of the gap before each piece: whether it is narrow. The first piece has none.
  private let isNarrow: [Bool]
  private let wide, narrow: Double
  /// Where each piece begins if nothing is broken, and the end of the last.
  private let starts: [Double]

  /// - Parameters:
  ///   - widths: of the pieces, each above 0.
  ///   - isNarrow: for each piece, whether the gap before it is narrow.
  init(widths: [Double], isNarrow: [Bool], wide: Double, narrow: Double) {
    self.widths = widths
    self.isNarrow = isNarrow
    self.wide = wide
    self.narrow = narrow
    var starts: [Double] = []
    var pen = 0.0
    for (index, width) in widths.enumerated() {
      if index > 0 { pen += isNarrow[index] ? narrow : wide }
      starts.append(pen)
      pen += width
    }
    self.starts = starts
  }

  /// The width of a line of these pieces.
  func width(_ line: Range<Int>) -> Double {
    guard let first = line.first, let last = line.last else { return 0 }
    return starts[last] + widths[last] - starts[first]
  }

  /// The widths of all lines that begin with these pieces.
  func widths(_ lines: [Int]) -> [Double] { ranges(lines).map { width($0) } }

  /// The pieces of each line, by the lines' first pieces.
  func ranges(_ lines: [Int]) -> [Range<Int>] {
    zip(lines, lines.dropFirst() + [widths.count]).map { $0..<$1 }
  }

  /// Standard deviation of some widths.
  static func spread(_ widths: [Double]) -> Double {
    guard !widths.isEmpty else { return 0 }
    let mean = widths.reduce(0, +) / Double(widths.count)
    return (widths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(widths.count)).squareRoot()
  }

  // MARK: Filled lines

  /// Lines filled one after the other: the fewest whose widths do not exceed `limit`. A wider piece has a line alone.
  func filled(to limit: Double) -> [Int] {
    var lines: [Int] = []
    for piece in widths.indices {
      guard let start = lines.last, width(start..<piece + 1) <= limit * (1 + 1e-12) else {
        lines.append(piece)
        continue
      }
    }
    return lines
  }

  /// Lines whose ends lie near to even ones; not the best, but a bound for them.
  private func roughlyEven(_ count: Int) -> [Int] {
    let total = width(0..<widths.count)
    var lines = [0]
    for line in 1..<max(1, count) {
      let end = total * Double(line) / Double(count)
      let first = (lines.last ?? 0) + 1
      let last = widths.count - (count - line)
      var best = first
      for piece in first...max(first, last) where abs(starts[piece] - end) < abs(starts[best] - end) {
        best = piece
      }
      lines.append(best)
    }
    return lines
  }

  // MARK: Even lines

  /// The first pieces of `count` lines with the least spread of all; nil if there are fewer pieces than lines, or if
  /// some line must be wider than `limit`. Of two equal ways the one with the longer lines first is taken.
  ///
  /// The sum of the widths depends only on how many narrow gaps the breaks use up. So the best lines for each such
  /// number are those with the least sum of squares, which dynamic programming finds.
  func even(_ count: Int, limit: Double = .infinity) -> [Int]? {
    let n = widths.count
    guard count >= 1, count <= n else { return nil }
    let limit = limit * (1 + 1e-12)
    guard count > 1 else { return width(0..<n) <= limit ? [0] : nil }
    let range = admissible(count, limit: limit)
    let kinds = isNarrow.dropFirst().contains(true) ? count : 1
    var table = Table(lines: count, pieces: n, kinds: kinds)
    table[0, 0, 0] = 0
    for line in 1...count {
      for end in line...n - (count - line) {
        // From the longest line that ends here to shorter ones.
        for start in (line - 1..<end).reversed() {
          let width = width(start..<end)
          guard width <= range.upperBound else { break }
          guard width >= range.lowerBound else { continue }
          let used = start > 0 && isNarrow[start] ? 1 : 0
          for kind in 0..<min(kinds, line) where kind + used < kinds {
            let sum = table[line - 1, start, kind] + width * width
            // A hair of tolerance, so that rounding does not decide between equals.
            if sum < table[line, end, kind + used] * (1 - 1e-12) {
              table[line, end, kind + used] = sum
              table.remember(line, end, kind + used, start: start)
            }
          }
        }
      }
    }
    var best: (spread: Double, kind: Int)?
    let total = width(0..<n)
    for kind in 0..<kinds where table[count, n, kind].isFinite {
      let gaps = Double(kind) * narrow + Double(count - 1 - kind) * wide
      let mean = (total - gaps) / Double(count)
      let spread = max(0, table[count, n, kind] / Double(count) - mean * mean)
      if spread < (best?.spread ?? .infinity) * (1 - 1e-9) { best = (spread, kind) }
    }
    return best.map { table.lines(to: n, kind: $0.kind, isNarrow: isNarrow) }
  }

  /// Widths that lines of the best solution can have, by a solution that is at hand: no line is further from the mean
  /// than all of that one's lines together.
  private func admissible(_ count: Int, limit: Double) -> ClosedRange<Double> {
    let total = width(0..<widths.count)
    let gaps = Double(count - 1)
    let means = [wide, narrow].map { (total - gaps * $0) / Double(count) }
    let known = [roughlyEven(count), filled(to: limit)].filter { $0.count == count }.map { widths($0) }
      .filter { ($0.max() ?? 0) <= limit }
    guard let spread = known.map({ EvenLines.spread($0) }).min() else { return 0...max(0, limit) }
    let reach = spread * Double(count).squareRoot() * (1 + 1e-9) + 1e-9 * total
    let low = max(0, (means.min() ?? 0) - reach)
    return low...max(low, min(limit, (means.max() ?? 0) + reach))
  }

  /// Least sums of squares by lines, pieces and narrow gaps, and how they came about.
  private struct Table {
    private let pieces, kinds: Int
    private let count: Int
    private var sums: [Double]
    private var starts: [Int32]

    init(lines: Int, pieces: Int, kinds: Int) {
      self.pieces = pieces
      self.kinds = kinds
      count = lines
      let size = (lines + 1) * (pieces + 1) * kinds
      sums = Array(repeating: .infinity, count: size)
      starts = Array(repeating: -1, count: size)
    }

    private func index(_ line: Int, _ end: Int, _ kind: Int) -> Int {
      (line * (pieces + 1) + end) * kinds + kind
    }

    subscript(line: Int, end: Int, kind: Int) -> Double {
      get { sums[index(line, end, kind)] }
      set { sums[index(line, end, kind)] = newValue }
    }

    mutating func remember(_ line: Int, _ end: Int, _ kind: Int, start: Int) {
      starts[index(line, end, kind)] = Int32(start)
    }

    func lines(to end: Int, kind: Int, isNarrow: [Bool]) -> [Int] {
      var result: [Int] = []
      var (end, kind) = (end, kind)
      for line in (1...count).reversed() {
        let start = Int(starts[index(line, end, kind)])
        result.append(start)
        if start > 0, isNarrow[start], kinds > 1 { kind -= 1 }
        end = start
      }
      return result.reversed()
    }
  }
}
