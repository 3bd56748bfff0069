import Catalog
import Outline
import Raster
import Typography

/// The lines of a billing block: where they break, how large they are, and where every glyph stands.
struct CreditBlock {
  /// A line, starting at 0.
  private struct Line {
    var piece: CreditPiece
    /// How far tracking has grown, in em.
    var stretch = 0.0

    /// From the left edge of the ink to its right edge.
    var ink: ClosedRange<Double> {
      var (low, high) = (Double.infinity, -Double.infinity)
      for glyph in piece.glyphs {
        let box = glyph.inkBox(stretch: stretch)
        guard !box.isNull else { continue }
        low = min(low, box.minX)
        high = max(high, box.maxX)
      }
      return low <= high ? low...high : 0...0
    }
  }

  /// What a block must keep to. Lengths in the same unit, which is free.
  struct Limits {
    var width: Double
    var size, minimum: Double
    /// How many lines are wished for, and the most that there may be.
    var lines: Int?
    var maxLines: Int
    /// How far justified lines may change the tracking, in em.
    var stretch: Double
  }

  /// Tracking shrinks a quarter as far as it grows: letters must not touch.
  static let shrinkage = 0.25

  private let pieces: [CreditPiece]
  private let even: EvenLines
  private let gap: Double
  private let wordGap: Double
  private let isNarrow: [Bool]

  /// Gaps in em.
  init(_ pieces: [CreditPiece], isNarrow: [Bool], gap: Double, wordGap: Double) {
    self.pieces = pieces
    self.isNarrow = isNarrow
    self.gap = gap
    self.wordGap = wordGap
    even = EvenLines(widths: pieces.map(\.width), isNarrow: isNarrow, wide: gap, narrow: wordGap)
  }

  private func line(_ range: Range<Int>) -> Line {
    var line = CreditPiece()
    for index in range {
      let narrow = isNarrow[index]
      line.append(
        pieces[index], gap: narrow ? wordGap : gap,
        gapGrowth: narrow ? CreditStyle.wordGrowth : CreditSetter.gapGrowth)
    }
    return Line(piece: line)
  }

  // MARK: Fitting

  /// Breaks for lines that keep their tracking, and their size.
  func ragged(_ limits: Limits) throws(LayerProblems) -> (lines: [Int], size: Double) {
    let widest = limits.width / limits.size
    let needed = even.filled(to: widest).count
    if let wish = limits.lines, wish > pieces.count { throw tooFewPieces(wish) }
    let count = limits.lines ?? needed
    if count <= limits.maxLines, let lines = even.even(count, limit: widest) { return (lines, limits.size) }
    let most = min(count, limits.maxLines)
    guard let lines = even.even(most), let width = even.widths(lines).max() else { return ([], limits.size) }
    let size = limits.width / width
    guard size >= limits.minimum else {
      throw LayerProblems(
        limits.lines == nil ? "max-lines" : "lines",
        "these credits fit in \(CreditBlock.lines(most)) at a size of \(figure(size)), which is less than \(figure(limits.minimum)), the smallest allowed",
        hint: limits.lines == nil && needed > limits.maxLines
          ? "at \(figure(limits.size)) they take \(CreditBlock.lines(needed)); allow more with max-lines, more width, or a smaller min-size"
          : "allow more width, or a smaller min-size")
    }
    return (lines, min(size, limits.size))
  }

  /// Breaks for lines that fill the width with tracking that hardly differs, and their size: the largest of all
  /// numbers of lines.
  func justified(_ limits: Limits) throws(LayerProblems) -> (lines: [Int], size: Double) {
    if let wish = limits.lines, wish > pieces.count { throw tooFewPieces(wish) }
    var best: (lines: [Int], size: Double)?
    var nearest: (strain: Double, problem: LayerProblems)?
    let total = even.width(0..<pieces.count)
    let counts = limits.lines.map { $0...$0 } ?? 1...max(1, min(limits.maxLines, pieces.count))
    // Few numbers of lines come near to the size; the others need not be tried.
    let wished = limits.size * total / limits.width
    let near = counts.filter { limits.lines != nil || abs($0 - Int(wished.rounded())) <= 3 }
    for count in near.isEmpty ? [wished > Double(counts.upperBound) ? counts.upperBound : 1] : near {
      guard let starts = even.even(count) else { continue }
      let lines = even.ranges(starts).map { line($0).piece }
      let mean = lines.reduce(0) { $0 + $1.width } / Double(lines.count)
      let narrowest = lines.map { limits.width / ($0.width + $0.growth * limits.stretch) }.max() ?? .infinity
      let shrink = limits.stretch * CreditBlock.shrinkage
      let widest = lines.map { limits.width / max(1e-9, $0.width - $0.growth * shrink) }.min() ?? 0
      let low = max(narrowest, limits.minimum)
      let high = min(widest, limits.size)
      let ideal = limits.width / max(1e-9, mean)
      if low <= high {
        let size = min(high, max(low, ideal))
        if size > best?.size ?? 0 { best = (starts, size) }
      } else if best == nil {
        let size = min(limits.size, max(limits.minimum, ideal))
        let found = strain(of: lines, size: size, limits)
        if found.strain < nearest?.strain ?? .infinity { nearest = found }
      }
    }
    if let best { return best }
    throw nearest?.problem ?? LayerProblems("align", "these credits cannot be justified")
  }

  /// How far the worst line is beyond what its tracking may do, and the complaint of it.
  private func strain(
    of lines: [CreditPiece], size: Double, _ limits: Limits
  ) -> (strain: Double, problem: LayerProblems) {
    var worst = (strain: 0.0, line: 0, change: 0.0)
    for (number, line) in lines.enumerated() {
      let change = (limits.width / size - line.width) / max(1e-9, line.growth)
      let strain = change > 0 ? change : -change / CreditBlock.shrinkage
      if strain > worst.strain { worst = (strain, number + 1, change) }
    }
    let allowed = worst.change > 0 ? limits.stretch : limits.stretch * CreditBlock.shrinkage
    let problem = LayerProblems(
      "align",
      "in \(CreditBlock.lines(lines.count)) of size \(figure(size)), line \(worst.line) would fill the width with \(figure(abs(worst.change) * 1000, 0)) thousandths of \(worst.change > 0 ? "more" : "less") tracking; stretch allows \(figure(allowed * 1000, 0))",
      hint: worst.change > 0
        ? "make the width smaller or size larger, allow more stretch, or center the lines"
        : "allow more lines with max-lines, a smaller min-size or more stretch, or center the lines")
    return (worst.strain, problem)
  }

  private func tooFewPieces(_ wish: Int) -> LayerProblems {
    LayerProblems(
      "lines",
      "these credits cannot be broken into \(CreditBlock.lines(wish)): they have \(pieces.count) parts",
      hint: "a job title and its name are not parted")
  }

  private static func lines(_ count: Int) -> String { count == 1 ? "one line" : "\(count) lines" }

  /// What each line says.
  func texts(_ lines: [Int]) -> [String] { even.ranges(lines).map { line($0).piece.text } }

  // MARK: Setting

  /// Every glyph in its place, in em: the ink of lines is aligned about or from x = 0, the first baseline is 0.
  ///
  /// - Parameter column: the width that justified lines fill, in em.
  func glyphs(
    _ lines: [Int], align: TextStyle.Alignment, lineSpacing: Double, column: Double
  ) -> [(glyph: CreditGlyph, transform: Affine)] {
    var result: [(CreditGlyph, Affine)] = []
    for (number, range) in even.ranges(lines).enumerated() {
      var line = line(range)
      if align == .justify, line.piece.growth > 0 {
        // The first and the last letter's side bearings hang over; four steps find the rest of it.
        for _ in 0..<4 {
          let ink = line.ink
          line.stretch += (column - (ink.upperBound - ink.lowerBound)) / line.piece.growth
        }
      }
      let ink = line.ink
      let start: Double =
        switch align {
        case .left, .justify: -ink.lowerBound
        case .right: -ink.upperBound
        case .center: -(ink.lowerBound + ink.upperBound) / 2
        }
      let place = Affine.translation(start, lineSpacing * Double(number))
      for glyph in line.piece.glyphs {
        result.append((glyph, glyph.transform(stretch: line.stretch).then(place)))
      }
    }
    return result
  }
}

/// A number for people, without digits that nobody can see.
func figure(_ value: Double, _ digits: Int = 4) -> String {
  var power = 1.0
  for _ in 0..<digits { power *= 10 }
  return trimmed((value * power).rounded() / power)
}
