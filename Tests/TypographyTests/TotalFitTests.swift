import Foundation
import Testing

@testable import Typography

@Suite struct TotalFitTests {
  /// All ways to break, one after the other: slow, and right by its plainness.
  private struct Exhaustive {
    let fit: TotalFit
    private(set) var best = Double.infinity
    private(set) var count = 0

    init(_ fit: TotalFit) {
      self.fit = fit
      search(from: 0, fitness: 1, sum: 0)
    }

    private mutating func search(from first: Int, fitness: Int, sum: Double) {
      let end = fit.places.count - 1
      if first == end {
        count += 1
        best = min(best, sum)
        return
      }
      for last in first + 1...end {
        guard let line = fit.line(first, last) else { continue }
        var next = sum + line.demerits + (abs(fitness - line.fitness) > 1 ? TotalFit.contrastDemerits : 0)
        if first > 0, fit.places[first].isHyphen, fit.places[last].isHyphen {
          next += TotalFit.doubleHyphenDemerits
        }
        search(from: last, fitness: line.fitness, sum: next)
      }
    }
  }

  private func cost(_ breaks: [Int], _ fit: TotalFit) throws -> Double {
    var sum = 0.0
    var first = 0
    var fitness = 1
    for last in breaks {
      let line = try #require(fit.line(first, last))
      sum += line.demerits + (abs(fitness - line.fitness) > 1 ? TotalFit.contrastDemerits : 0)
      if first > 0, fit.places[first].isHyphen, fit.places[last].isHyphen {
        sum += TotalFit.doubleHyphenDemerits
      }
      fitness = line.fitness
      first = last
    }
    #expect(first == fit.places.count - 1)
    return sum
  }

  /// A paragraph of words of random widths, with hyphens and margins of its own at every place.
  private func paragraph(_ random: inout SplitMix, words: Int, isJustified: Bool) -> TotalFit {
    var places = [TotalFit.Place()]
    var pen = 0.0
    var stretch = 0.0
    for word in 0..<words {
      pen += Double.random(in: 0.3...3, using: &random)
      var place = TotalFit.Place()
      place.end = pen - Double.random(in: 0...0.3, using: &random)
      (place.endStretch, place.endShrink) = (stretch, stretch * 0.6)
      place.isHyphen = Int.random(in: 0..<4, using: &random) == 0
      if place.isHyphen { place.penalty = 50 } else { pen += 0.25; stretch += 0.12 }
      place.begin = pen + Double.random(in: 0...0.2, using: &random)
      (place.beginStretch, place.beginShrink) = (stretch, stretch * 0.6)
      if word == words - 1 { (place.penalty, place.isHyphen) = (0, false) }
      places.append(place)
    }
    return TotalFit(places: places, width: Double.random(in: 2...9, using: &random), isJustified: isJustified)
  }

  @Test(arguments: [false, true]) func equalsTheSearchOfAllWays(isJustified: Bool) throws {
    var random = SplitMix(state: isJustified ? 7 : 11)
    var ways = 0
    for _ in 0..<400 {
      let fit = paragraph(&random, words: Int.random(in: 1...15, using: &random), isJustified: isJustified)
      let slow = Exhaustive(fit)
      ways += slow.count
      let found = try cost(fit.breaks(), fit)
      #expect(abs(found - slow.best) <= 1e-6 * slow.best)
    }
    #expect(ways > 10_000, "the paragraphs leave too little choice to prove anything: \(ways) ways")
  }

  @Test func balancedLinesAreAsNarrowAsTheyCanBe() {
    var random = SplitMix(state: 3)
    for _ in 0..<200 {
      let fit = paragraph(&random, words: Int.random(in: 2...12, using: &random), isJustified: false)
      let greedy = fit.greedyBreaks()
      func width(_ breaks: [Int]) -> Double {
        zip([0] + breaks, breaks).map { fit.naturalWidth($0, $1) }.max() ?? 0
      }
      // Every choice of as many lines.
      var best = Double.infinity
      func search(_ first: Int, _ lines: Int, _ widest: Double) {
        if first == fit.places.count - 1 {
          best = min(best, widest)
          return
        }
        guard lines > 0 else { return }
        for last in first + 1..<fit.places.count {
          search(last, lines - 1, max(widest, fit.naturalWidth(first, last)))
        }
      }
      search(0, greedy.count, 0)
      let balanced = fit.balancedBreaks()
      #expect(balanced.count == greedy.count)
      if width(greedy) <= fit.width { #expect(width(balanced) <= best + 1e-5) }
    }
  }

  /// The optimum over real type: each line of every possible breaking set by itself, kerns and all.
  @Test(arguments: [TextStyle.Alignment.left, .justify], [0.0, 1.0])
  func equalsSettingAllWaysInType(alignment: TextStyle.Alignment, hanging: Double) throws {
    var random = SplitMix(state: 5)
    let words = [
      "AVATAR", "To", "Wave", "LTD,", "7.4", "“Ty”", "P.", "V-Y", "Tokyo,", "of", "L'Y", "Yes.", "夜雨，", "十里",
      "a/b",
    ]
    for round in 0..<12 {
      let chosen = (0..<9).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
      let text = chosen.joined(separator: " ")
      var style = TextStyle(faces: [
        try BundledFonts.face("Roboto Condensed Bold"), try BundledFonts.face("Noto Sans SC"),
      ])
      style.maxWidth = 3.5 + Double(round) * 0.4
      style.alignment = alignment
      style.hanging = hanging
      let item = ItemizedText(text, faces: style.faces)
      let opportunities = LineBreaking(item, paragraph: item.paragraphs[0]).opportunities
      // The width of every possible line, set on a line of its own. Sizes are those of the whole text.
      let match = HanziMatch(item, faces: style.faces)
      let scalars = Array(text.unicodeScalars)
      let ends = opportunities.map { item.clusters[$0.cluster].range.lowerBound } + [scalars.count]
      var alone = style
      alone.maxWidth = nil
      alone.alignment = .left
      alone.hanziScale = match.scale
      alone.hanziRaise = match.raise
      var widths: [[Int]: Double] = [:]
      func width(_ first: Int, _ last: Int) throws -> Double {
        if let known = widths[[first, last]] { return known }
        let part = scalars[(first == 0 ? 0 : ends[first - 1])..<ends[last - 1]]
        let width = try TextLayout(String(String.UnicodeScalarView(part)), style: alone).lines[0].width
        widths[[first, last]] = width
        return width
      }
      let layout = try TextLayout(text, style: style)
      // What the layout chose, as ends of lines.
      let starts = layout.lines.dropFirst().map { layout.glyphs[$0.glyphs.lowerBound].cluster }
      for line in starts { #expect(ends.contains(line), "a line begins where none may") }
      guard alignment == .left else { continue }
      // Ragged lines: demerits follow from the widths alone.
      let limit = try #require(style.maxWidth)
      func demerits(_ breaks: [Int]) throws -> Double {
        var sum = 0.0
        for (first, last) in zip([0] + breaks, breaks) {
          let isLast = last == ends.count
          let natural = try width(first, last)
          if natural > limit + 1e-9 {
            guard last == first + 1 else { return .infinity }
            sum += TotalFit.overfullDemerits
            continue
          }
          let ratio = isLast ? 0 : (limit - natural) / max(0.05, limit / 8)
          let badness = min(1e5, 100 * ratio * ratio * ratio)
          let penalty = last <= opportunities.count && opportunities[last - 1].kind != .plain ? 50.0 : 0
          sum += (10 + badness) * (10 + badness) + penalty * penalty
          if isLast, first > 0, natural < limit / 5 { sum += TotalFit.runtDemerits }
          if first > 0, last <= opportunities.count, opportunities[first - 1].kind == .hyphen,
            opportunities[last - 1].kind == .hyphen
          {
            sum += TotalFit.doubleHyphenDemerits
          }
        }
        return sum
      }
      var best = Double.infinity
      for mask in 0..<(1 << opportunities.count) {
        let breaks = (0..<opportunities.count).filter { mask >> $0 & 1 == 1 }.map { $0 + 1 } + [ends.count]
        // Cheap tests first: no line may be far too wide.
        guard breaks.count <= layout.lines.count + 2, breaks.count >= layout.lines.count - 1 else { continue }
        best = min(best, try demerits(breaks))
      }
      let chosenBreaks =
        starts.compactMap { start in ends.firstIndex(of: start).map { $0 + 1 } } + [ends.count]
      let own = try demerits(chosenBreaks)
      #expect(own <= best * (1 + 1e-9), "\(text) at \(limit)")
    }
  }

  @Test func linesOfAJustifiedParagraphFillIt() throws {
    let text = String(
      repeating: "The last train to the coast leaves at midnight, and nobody is on it. ", count: 6)
    let layout = try BundledFonts.layout(text, "League Spartan") { style in
      style.maxWidth = 16
      style.alignment = .justify
    }
    #expect(layout.lines.count > 4)
    for line in layout.lines.dropLast() { #expect(abs(line.width - 16) < 1e-6) }
    // Better on the whole than line by line: its loosest line is tighter.
    func loosest(_ wrap: TextStyle.Wrap) throws -> Double {
      let ragged = try BundledFonts.layout(text, "League Spartan") { style in
        style.maxWidth = 16
        style.wrap = wrap
      }
      return ragged.lines.dropLast().map { 16 - $0.width }.max() ?? 0
    }
    #expect(try loosest(.pretty) <= loosest(.greedy))
  }

  @Test func softHyphensShowWhereTheyBreak() throws {
    let text = "phos\u{AD}pho\u{AD}res\u{AD}cence"
    let wide = try BundledFonts.layout(text, "League Spartan")
    let plain = try BundledFonts.layout("phosphorescence", "League Spartan")
    #expect(abs(wide.lines[0].width - plain.lines[0].width) < 1e-9)
    let narrow = try BundledFonts.layout(text, "League Spartan") { $0.maxWidth = 4.2 }
    #expect(narrow.lines.count > 1)
    let hyphen = try BundledFonts.layout("-", "League Spartan").glyphs[0].id
    let dash = try BundledFonts.layout("\u{2010}", "League Spartan").glyphs[0].id
    for line in narrow.lines.dropLast() {
      #expect([hyphen, dash].contains(narrow.glyphs[line.glyphs.upperBound - 1].id))
      #expect(line.width <= 4.2 + 1e-9)
    }
  }
}
