import Outline
import Raster

/// Breaks paragraphs into lines and places their glyphs from the beginning of the line on.
struct LineSetter {
  let text: ItemizedText
  private let style: TextStyle
  private let shaper: LineShaper

  private(set) var glyphs: [PositionedGlyph] = []
  private(set) var lines: [TextLayout.Line] = []
  /// By line, for spreading: what stands in it, and whether a paragraph ends with it.
  private(set) var settings: [Setting] = []
  /// Characters that a face maps to a glyph without ink.
  private(set) var blank: [MissingCharacter] = []

  struct Setting {
    /// By glyph: what a justified line grows by, and gives way by, before the glyph, in em, from the line's beginning.
    var stretch: [Double]
    var shrink: [Double]
    /// All of both.
    var wholeStretch: Double
    var wholeShrink: Double
    var endsParagraph: Bool
  }

  init(text: ItemizedText, style: TextStyle) {
    self.text = text
    self.style = style
    shaper = LineShaper(text: text, style: style)
  }

  private var tracking: Double { style.tracking / 1000 }
  private var isVertical: Bool { style.direction == .vertical }

  // MARK: Breaking

  mutating func set(_ paragraph: Range<Int>) throws(TextError) {
    let breaking = LineBreaking(text, paragraph: paragraph)
    let content = trimmed(paragraph)
    guard let limit = style.maxWidth, !content.isEmpty else {
      return try place(line(content, breaking), endsParagraph: true)
    }
    var whole = shaper.shape(paragraph)
    whole.addSpacing(text, style, breaking)
    let opportunities = breaking.opportunities
    let places = places(paragraph, opportunities, whole)
    let fit = TotalFit(places: places, width: limit, isJustified: style.alignment == .justify)
    let breaks: [Int]
    if fit.naturalWidth(0, places.count - 1) <= limit + 1e-9 {
      breaks = [places.count - 1]
    } else {
      switch style.wrap {
      case .pretty: breaks = fit.breaks()
      case .balance: breaks = fit.balancedBreaks()
      case .greedy: breaks = fit.greedyBreaks()
      }
    }
    var start = paragraph.lowerBound
    for last in breaks {
      let opportunity = last <= opportunities.count ? opportunities[last - 1] : nil
      let end = opportunity?.cluster ?? paragraph.upperBound
      try place(
        line(trimmed(start..<end), breaking, isHyphenated: opportunity?.kind == .softHyphen),
        endsParagraph: end == paragraph.upperBound)
      start = end
    }
  }

  /// A line by itself.
  private func line(
    _ clusters: Range<Int>, _ breaking: LineBreaking, isHyphenated: Bool = false
  ) -> ShapedLine {
    var line = shaper.shape(clusters)
    if isHyphenated, let last = clusters.last {
      line = ShapedLine(line.items + shaper.hyphen(after: last), clusters: clusters)
    }
    line.addSpacing(text, style, breaking)
    return line
  }

  /// Without the spaces at its end.
  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, text.clusters[end - 1].isSpace { end -= 1 }
    return range.lowerBound..<end
  }

  /// What the optimum is chosen by: the beginning of a paragraph, the places to break, its end.
  private func places(
    _ paragraph: Range<Int>, _ opportunities: [BreakOpportunity], _ whole: ShapedLine
  ) -> [TotalFit.Place] {
    // Where the pen stands before each cluster if there were no breaks, and the sums of what may grow.
    let count = paragraph.count
    var pen = [Double](repeating: 0, count: count + 1)
    var stretch = pen
    var shrink = pen
    for index in 0..<count {
      pen[index + 1] =
        pen[index] + whole.advances[index] + (whole.tracked[index] ? tracking : 0) + whole.gaps[index]
      stretch[index + 1] = stretch[index] + whole.stretch[index]
      shrink[index + 1] = shrink[index] + whole.shrink[index]
    }
    var isUnsafe = [Bool](repeating: false, count: count)
    for item in whole.items where item.isUnsafeToBreak {
      isUnsafe[item.cluster - paragraph.lowerBound] = true
    }

    var places: [TotalFit.Place] = []
    places.reserveCapacity(opportunities.count + 2)
    func begin(_ place: inout TotalFit.Place, _ cluster: Int, _ change: Double) {
      let index = cluster - paragraph.lowerBound
      place.begin = pen[index] + whole.overhang(cluster, .start, text, style) - change
      place.beginStretch = stretch[index]
      place.beginShrink = shrink[index]
    }
    func end(_ place: inout TotalFit.Place, _ cluster: Int, _ change: Double) {
      let last = max(0, cluster - paragraph.lowerBound - 1)
      place.end =
        pen[last] + whole.advances[last] - whole.overhang(paragraph.lowerBound + last, .end, text, style)
        + change
      place.endStretch = stretch[last]
      place.endShrink = shrink[last]
    }
    var first = TotalFit.Place()
    begin(&first, paragraph.lowerBound, 0)
    places.append(first)
    for (number, opportunity) in opportunities.enumerated() {
      let cluster = opportunity.cluster
      let start = number > 0 ? opportunities[number - 1].cluster : paragraph.lowerBound
      let content = trimmed(start..<cluster)
      var place = TotalFit.Place()
      var changes = (end: 0.0, begin: 0.0)
      let edge = content.upperBound - paragraph.lowerBound
      if isUnsafe[cluster - paragraph.lowerBound] || edge < count && isUnsafe[edge] {
        let next = number + 1 < opportunities.count ? opportunities[number + 1].cluster : paragraph.upperBound
        changes = changesOfWidth(start, content.upperBound, cluster, trimmed(cluster..<next).upperBound)
      }
      if opportunity.kind == .softHyphen, let last = content.last {
        changes.end += shaper.hyphen(after: last).reduce(0) { $0 + $1.advance }
      }
      begin(&place, cluster, changes.begin)
      end(&place, content.upperBound, changes.end)
      place.penalty = opportunity.kind == .plain ? 0 : 50
      place.isHyphen = opportunity.kind == .hyphen || opportunity.kind == .softHyphen
      places.append(place)
    }
    var last = TotalFit.Place()
    end(&last, trimmed(paragraph).upperBound, 0)
    places.append(last)
    return places
  }

  /// How much wider the line's end and the next one's beginning are because they are not shaped together: kerns
  /// across the break, and ligatures.
  private func changesOfWidth(
    _ start: Int, _ end: Int, _ begin: Int, _ next: Int
  ) -> (end: Double, begin: Double) {
    let together = shaper.shape(start..<next).advances
    let before = shaper.shape(start..<end).advances
    let after = shaper.shape(begin..<next).advances
    return (
      before.reduce(0, +) - together[..<(end - start)].reduce(0, +),
      after.reduce(0, +) - together[(begin - start)...].reduce(0, +)
    )
  }

  // MARK: Placing

  private mutating func place(_ content: ShapedLine, endsParagraph: Bool) throws(TextError) {
    let number = lines.count
    // Down the page, or in columns to the left.
    let position = style.lineSpacing * Double(number) * (isVertical ? -1 : 1)
    let start = glyphs.count
    var line = TextLayout.Line(
      glyphs: start..<start, x: isVertical ? position : 0, baseline: isVertical ? 0 : position, width: 0,
      ascent: 0,
      descent: 0)
    var setting = Setting(
      stretch: [], shrink: [], wholeStretch: 0, wholeShrink: 0, endsParagraph: endsParagraph)
    var pen = 0.0
    if let first = content.clusters.first { pen -= content.overhang(first, .start, text, style) }
    var previous = content.clusters.lowerBound
    var isTracked = false
    for item in content.items {
      // What stands between this glyph's cluster and the one before.
      while previous < item.cluster {
        let index = previous - content.clusters.lowerBound
        pen += content.gaps[index]
        setting.wholeStretch += content.stretch[index]
        setting.wholeShrink += content.shrink[index]
        previous += 1
      }
      let glyph: Glyph
      do {
        glyph = try item.face.glyph(item.id)
      } catch {
        throw .font(error)
      }
      let origin =
        isVertical
        ? Point(position + item.across, pen + item.along) : Point(pen + item.along, position + item.across)
      glyphs.append(
        PositionedGlyph(
          id: item.id, face: item.face, glyph: glyph, scale: item.scale, origin: origin,
          advance: item.advance,
          cluster: item.scalar, letter: text.clusters[item.cluster].letter, line: number,
          isTurned: item.stance == .turned))
      setting.stretch.append(setting.wholeStretch)
      setting.shrink.append(setting.wholeShrink)
      pen += item.advance + (item.isTracked ? tracking : 0)
      isTracked = isTracked || item.isTracked
      line.extend(by: item)
    }
    if isTracked { pen -= tracking }
    if let last = content.clusters.last { pen -= content.overhang(last, .end, text, style) }
    line.width = pen
    if content.items.isEmpty, let face = style.faces.first {
      line.ascent = isVertical ? 0.5 : face.metrics.ascent
      line.descent = isVertical ? 0.5 : face.metrics.descent
    }
    line.glyphs = start..<glyphs.count
    noteBlanks(in: line.glyphs)
    lines.append(line)
    settings.append(setting)
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
}

extension TextLayout.Line {
  /// Above and below the baseline; in a column, right and left of its middle.
  fileprivate mutating func extend(by item: LineItem) {
    let metrics = item.face.metrics
    switch item.stance {
    case .lying:
      ascent = max(ascent, metrics.ascent * item.scale - item.across)
      descent = max(descent, metrics.descent * item.scale + item.across)
    case .turned:
      ascent = max(ascent, metrics.ascent * item.scale + item.across)
      descent = max(descent, metrics.descent * item.scale - item.across)
    case .upright:
      ascent = max(ascent, item.scale / 2)
      descent = max(descent, item.scale / 2)
    }
  }
}
