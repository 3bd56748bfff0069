import Outline
import Raster

/// Breaks paragraphs into lines and places their glyphs from the left edge on.
struct LineSetter {
  let text: ItemizedText
  private let style: TextStyle
  private let features: FontFeatures
  /// The cluster of each character.
  private let clusterOfScalar: [Int]

  private(set) var glyphs: [PositionedGlyph] = []
  private(set) var lines: [TextLayout.Line] = []
  /// The clusters of each line, and whether a paragraph ends with it.
  private var clustersOfLine: [Range<Int>] = []
  private(set) var endsParagraph: [Bool] = []
  /// Characters that a face maps to a glyph without ink.
  private(set) var blank: [MissingCharacter] = []

  init(text: ItemizedText, style: TextStyle) {
    self.text = text
    self.style = style
    features = style.shapingFeatures
    var map = [Int](repeating: 0, count: text.scalars.count)
    for (number, cluster) in text.clusters.enumerated() {
      for position in cluster.range { map[position] = number }
    }
    clusterOfScalar = map
  }

  /// A glyph out of shaping, in em and with the size of its run.
  private struct Item {
    var shaped: ShapedGlyph
    var face: Face
    var scale: Double
    var raise: Double
    /// In em.
    var advance: Double
    /// Whether tracking follows: after the last glyph of its cluster, unless the cluster has no width.
    var isTracked = false
  }

  private func shape(_ clusters: Range<Int>) -> [Item] {
    var items: [Item] = []
    // Only the characters at hand: a run's cost must not grow with the text.
    let all = text.scalarRange(of: clusters)
    let scalars = Array(text.scalars[all])
    for run in text.runs(in: clusters) {
      let range = text.scalarRange(of: run.clusters)
      let face = style.faces[run.face]
      let isHanzi = run.script.isIdeographic
      let scale = isHanzi ? style.hanziScale : 1
      let shaped = face.source.shape(
        ShapingRun(
          scalars: scalars, range: range.lowerBound - all.lowerBound..<range.upperBound - all.lowerBound,
          script: run.script, language: style.language, features: features))
      let start = items.count
      for var glyph in shaped {
        glyph.cluster += all.lowerBound
        items.append(
          Item(
            shaped: glyph, face: face, scale: scale, raise: isHanzi ? style.hanziRaise : 0,
            advance: glyph.advance / face.unitsPerEm * scale))
      }
      markTracked(&items, from: start)
    }
    return items
  }

  private func markTracked(_ items: inout [Item], from start: Int) {
    var first = start
    while first < items.count {
      var last = first
      var advance = items[first].advance
      while last + 1 < items.count, items[last + 1].shaped.cluster == items[first].shaped.cluster {
        last += 1
        advance += items[last].advance
      }
      items[last].isTracked = advance != 0
      first = last + 1
    }
  }

  private var tracking: Double { style.tracking / 1000 }

  // MARK: Lines

  mutating func set(_ paragraph: Range<Int>) throws(TextError) {
    let whole = shape(trimmed(paragraph))
    guard let limit = style.maxWidth, width(of: whole) > limit + 1e-9 else {
      try place(whole, clusters: trimmed(paragraph), endsParagraph: true)
      return
    }
    // Where the pen stands before each cluster if there were no breaks.
    var pen = [Double](repeating: 0, count: paragraph.count + 1)
    for item in shape(paragraph) {
      pen[clusterOfScalar[item.shaped.cluster] - paragraph.lowerBound + 1] +=
        item.advance + (item.isTracked ? tracking : 0)
    }
    for index in 1..<pen.count { pen[index] += pen[index - 1] }

    var start = paragraph.lowerBound
    while start < paragraph.upperBound {
      var end = lineEnd(from: start, in: paragraph, limit: limit, pen: pen)
      var items = shape(trimmed(start..<end))
      // Shaped by itself, a line can turn out a little wider than as part of the paragraph.
      var attempts = 0
      while width(of: items) > limit + 1e-9, attempts < 4,
        let earlier = (start + 1..<end).last(where: { LineBreaking.canBreak(before: $0, in: text) })
      {
        end = earlier
        items = shape(trimmed(start..<end))
        attempts += 1
      }
      try place(items, clusters: trimmed(start..<end), endsParagraph: end == paragraph.upperBound)
      start = end
    }
  }

  /// The last place to break before the line grows too wide; the first there is if even that is too far.
  private func lineEnd(from start: Int, in paragraph: Range<Int>, limit: Double, pen: [Double]) -> Int {
    func width(to end: Int) -> Double { pen[end - paragraph.lowerBound] - pen[start - paragraph.lowerBound] }
    var best: Int?
    var index = start + 1
    while index < paragraph.upperBound {
      if LineBreaking.canBreak(before: index, in: text) {
        let end = trimmed(start..<index).upperBound
        // Tracking after the last letter does not count.
        let isTooWide = width(to: end) - tracking > limit + 1e-9
        if isTooWide { return best ?? index }
        best = index
      }
      index += 1
    }
    let end = trimmed(start..<paragraph.upperBound).upperBound
    return width(to: end) - tracking > limit + 1e-9 ? best ?? paragraph.upperBound : paragraph.upperBound
  }

  /// Without the spaces at its end.
  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, text.clusters[end - 1].isSpace { end -= 1 }
    return range.lowerBound..<end
  }

  private func width(of items: [Item]) -> Double {
    var width = 0.0
    for item in items { width += item.advance + (item.isTracked ? tracking : 0) }
    if items.last(where: \.isTracked) != nil { width -= tracking }
    return width
  }

  // MARK: Placing

  private mutating func place(_ items: [Item], clusters: Range<Int>, endsParagraph: Bool) throws(TextError) {
    let number = lines.count
    let baseline = style.lineSpacing * Double(number)
    let start = glyphs.count
    var line = TextLayout.Line(
      glyphs: start..<start, x: 0, baseline: baseline, width: width(of: items), ascent: 0, descent: 0)
    var pen = 0.0
    for item in items {
      let units = item.face.unitsPerEm / item.scale
      let glyph: Glyph
      do {
        glyph = try item.face.glyph(item.shaped.glyph)
      } catch {
        throw .font(error)
      }
      glyphs.append(
        PositionedGlyph(
          id: item.shaped.glyph, face: item.face, glyph: glyph, scale: item.scale,
          origin: Point(
            pen + item.shaped.offsetX / units, baseline - item.shaped.offsetY / units - item.raise),
          advance: item.advance, cluster: item.shaped.cluster,
          letter: text.clusters[clusterOfScalar[item.shaped.cluster]].letter, line: number))
      pen += item.advance + (item.isTracked ? tracking : 0)
      line.ascent = max(line.ascent, item.face.metrics.ascent * item.scale + item.raise)
      line.descent = max(line.descent, item.face.metrics.descent * item.scale - item.raise)
    }
    if items.isEmpty, let face = style.faces.first {
      line.ascent = face.metrics.ascent
      line.descent = face.metrics.descent
    }
    line.glyphs = start..<glyphs.count
    noteBlanks(in: line.glyphs)
    lines.append(line)
    clustersOfLine.append(clusters)
    self.endsParagraph.append(endsParagraph)
  }

  /// A face that maps a letter to an empty glyph, or to the one for missing characters, does not have it.
  private mutating func noteBlanks(in range: Range<Int>) {
    var first = range.lowerBound
    while first < range.upperBound {
      let position = glyphs[first].cluster
      var last = first
      while last + 1 < range.upperBound, glyphs[last + 1].cluster == position { last += 1 }
      let members = glyphs[first...last]
      let isBlank = members.allSatisfy { $0.glyph.path.isEmpty } || members.contains { $0.id == 0 }
      if isBlank, let scalar = visibleScalar(at: position) {
        blank.append(MissingCharacter(scalar: scalar, index: position))
      }
      first = last + 1
    }
  }

  private func visibleScalar(at position: Int) -> Unicode.Scalar? {
    guard let scalar = Unicode.Scalar(text.scalars[position]), !scalar.isIgnorable,
      !scalar.properties.isWhitespace, scalar != "\u{2800}"
    else { return nil }
    return scalar
  }

  /// The first characters of the clusters of a line that a justified line grows after: its spaces, and every
  /// ideograph that a line could have ended with.
  func gaps(ofLine number: Int) -> Set<Int> {
    let range = clustersOfLine[number]
    let gaps = range.dropLast().filter {
      text.clusters[$0].isSpace || LineBreaking.isBetweenIdeographs($0 + 1, in: text)
    }
    return Set(gaps.map { text.clusters[$0].range.lowerBound })
  }
}
