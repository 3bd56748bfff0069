import Raster

/// Turns stretches of a text into glyphs along a line or a column.
struct LineShaper {
  let text: ItemizedText
  let style: TextStyle
  let hanzi: HanziMatch
  /// The cluster of each character.
  private let clusterOfScalar: [Int]
  private let features: FontFeatures
  /// By cluster; empty in horizontal setting.
  private let orientations: [VerticalOrientation]
  /// By face: whether it draws Chinese; where Latin letters and where squares have their middle, in em above the
  /// baseline.
  private let isIdeographic: [Bool]
  private let bands: [LatinBand]
  private let squareMiddles: [Double]

  /// Around a stacked letter, in em.
  private static let stackGap = 0.14
  /// Beside a quotation mark that was made for Chinese and stands in Latin text, in em.
  private static let quoteBearing = 0.06
  /// What may stand side by side in a column, in em.
  private static let combinedWidth = 1.1

  init(text: ItemizedText, style: TextStyle) {
    self.text = text
    self.style = style
    features = style.shapingFeatures
    var match = HanziMatch()
    if style.hanziScale == nil || style.hanziRaise == nil { match = HanziMatch(text, faces: style.faces) }
    if let scale = style.hanziScale { match.scale = scale }
    if let raise = style.hanziRaise { match.raise = raise }
    hanzi = match
    var map = [Int](repeating: 0, count: text.scalars.count)
    for (number, cluster) in text.clusters.enumerated() {
      for position in cluster.range { map[position] = number }
    }
    clusterOfScalar = map
    isIdeographic = style.faces.map(\.isIdeographic)
    guard style.direction == .vertical else {
      orientations = []
      bands = []
      squareMiddles = []
      return
    }
    let faces = style.faces
    bands = faces.indices.map { LatinBand(text, face: $0, faces: faces) }
    squareMiddles = faces.map { face in
      HanziMatch.body(of: face).map { ($0.minY + $0.maxY) / -2 } ?? face.metrics.capHeight / 2
    }
    var known: [VerticalKey: Bool] = [:]
    orientations = text.orientations(style) { face, scalar in
      guard faces.indices.contains(face) else { return false }
      let key = VerticalKey(face: face, scalar: scalar)
      if let answer = known[key] { return answer }
      let answer = faces[face].hasVerticalForm(of: scalar)
      known[key] = answer
      return answer
    }
  }

  private struct VerticalKey: Hashable {
    var face: Int
    var scalar: Unicode.Scalar
  }

  func cluster(of scalar: Int) -> Int { clusterOfScalar[scalar] }

  private func orientation(_ cluster: Int) -> VerticalOrientation? {
    orientations.isEmpty ? nil : orientations[cluster]
  }

  /// The glyphs of some clusters, which are set as a line of their own.
  func shape(_ clusters: Range<Int>) -> ShapedLine {
    var items: [LineItem] = []
    // Only the characters at hand: a run's cost must not grow with the text.
    let all = text.scalarRange(of: clusters)
    let scalars = Array(text.scalars[all])
    for run in text.runs(in: clusters) {
      var start = run.clusters.lowerBound
      while start < run.clusters.upperBound {
        var end = start + 1
        let stance = orientation(start)
        while end < run.clusters.upperBound, orientation(end) == stance, stance != .stacked { end += 1 }
        var part = run
        part.clusters = start..<end
        let from = items.count
        append(part, stance, scalars, from: all.lowerBound, to: &items)
        markTracked(&items, from: from)
        start = end
      }
    }
    return ShapedLine(items, clusters: clusters)
  }

  /// The hyphen that a line broken at a soft hyphen ends with; nothing if the face has none.
  func hyphen(after cluster: Int) -> [LineItem] {
    let owner = text.clusters[cluster]
    let face = style.faces[owner.face]
    guard let hyphen = ([0x2010, 0x2D] as [UInt32]).first(where: face.source.covers) else { return [] }
    var items: [LineItem] = []
    let run = ItemizedText.Run(clusters: cluster..<cluster + 1, face: owner.face, script: owner.script)
    append(
      run, orientation(cluster) == nil ? nil : .turned, [hyphen], from: owner.range.lowerBound,
      scalars: 0..<1, to: &items)
    return items
  }

  private func append(
    _ run: ItemizedText.Run, _ orientation: VerticalOrientation?, _ scalars: [UInt32], from origin: Int,
    scalars part: Range<Int>? = nil, to items: inout [LineItem]
  ) {
    let face = style.faces[run.face]
    let isHanzi = run.script.isIdeographic
    let scale = isHanzi ? hanzi.scale : 1
    // In columns every letter has its middle on the column's.
    let raise =
      (isHanzi && (orientation == nil || style.hanziRaise != nil) ? hanzi.raise : 0) + style.baselineShift
    var range = part ?? text.scalarRange(of: run.clusters)
    if part == nil { range = range.lowerBound - origin..<range.upperBound - origin }
    var shaping = ShapingRun(
      scalars: scalars, range: range, script: run.script, language: style.language, features: features)
    let isUpright = orientation == .upright
    let hasMetrics = face.source.hasVerticalMetrics
    shaping.isVertical = isUpright && hasMetrics
    if isUpright, !hasMetrics { shaping.features[.vertical] = 1 }
    let from = items.count
    let units = face.unitsPerEm / scale
    for glyph in face.source.shape(shaping) {
      var item = LineItem(
        id: glyph.glyph, face: face, scalar: glyph.cluster + origin,
        cluster: clusterOfScalar[glyph.cluster + origin],
        scale: scale, along: glyph.offsetX / units, across: -glyph.offsetY / units - raise,
        advance: glyph.advance / units)
      item.isUnsafeToBreak = glyph.isUnsafeToBreak
      switch orientation {
      case nil: trimQuote(&item, run)
      case .turned:
        trimQuote(&item, run)
        let middle = isHanzi ? squareMiddles[run.face] : bands[run.face].middle
        item.stance = .turned
        item.across = raise + glyph.offsetY / units - middle * scale
      case .upright where hasMetrics:
        item.stance = .upright
        item.along = -glyph.offsetY / units
        item.across = glyph.offsetX / units + raise
      case .upright:
        // A square that has the glyph's line in its middle.
        item.stance = .upright
        item.along = (0.5 + squareMiddles[run.face]) * scale - glyph.offsetY / units
        item.across = (glyph.offsetX - glyph.advance / 2) / units + raise
        item.advance = glyph.advance == 0 ? 0 : scale
        mirrorComma(&item)
      case .stacked, .combined:
        item.stance = .upright
        item.along = LineShaper.stackGap / 2 + bands[run.face].top * scale - glyph.offsetY / units
        item.across = raise + glyph.offsetX / units
      }
      items.append(item)
    }
    switch orientation {
    case .stacked, .combined: stack(&items, from: from, band: bands[run.face], scale: scale)
    default: break
    }
  }

  /// Sets letters that were shaped as a word side by side in the middle of the column. What is too wide for that
  /// is set below each other.
  private func stack(_ items: inout [LineItem], from: Int, band: LatinBand, scale: Double) {
    guard from < items.count else { return }
    let step = band.height * scale + LineShaper.stackGap
    let width = items[from...].reduce(0) { $0 + $1.advance }
    if width > LineShaper.combinedWidth, items[from].cluster != items[items.count - 1].cluster {
      for index in from..<items.count {
        items[index].across -= items[index].advance / 2
        let isLast = index + 1 == items.count || items[index + 1].cluster != items[index].cluster
        items[index].advance = isLast ? step : 0
      }
      return
    }
    var pen = -width / 2
    for index in from..<items.count {
      items[index].across += pen
      pen += items[index].advance
      items[index].advance = 0
    }
    items[items.count - 1].advance = step
  }

  /// A font without forms for columns has its commas at the left bottom of their squares, where columns have them
  /// at the right top.
  private func mirrorComma(_ item: inout LineItem) {
    guard let scalar = Unicode.Scalar(text.scalars[item.scalar]), ["。", "，", "、", "．"].contains(scalar),
      item.id == (item.face.nominalGlyph(of: scalar) ?? 0), let box = try? item.face.glyph(item.id).inkBox,
      !box.isNull
    else { return }
    let middle = (box.minX + box.maxX) / 2 * item.scale + item.across
    let height = (box.minY + box.maxY) / 2 * item.scale + item.along - 0.5 * item.scale
    item.across -= 2 * middle
    item.along -= 2 * height
  }

  /// Faces made for Chinese have quotation marks of a full em, which tear holes in Latin text.
  private func trimQuote(_ item: inout LineItem, _ run: ItemizedText.Run) {
    guard isIdeographic[run.face], !run.script.isIdeographic, item.advance > 0.75 * item.scale,
      let scalar = Unicode.Scalar(text.scalars[item.scalar]), CharacterSpacing.quotes.contains(scalar),
      let box = try? item.face.glyph(item.id).inkBox, !box.isNull
    else { return }
    let before = max(0, box.minX * item.scale + item.along - LineShaper.quoteBearing)
    let after = max(0, item.advance - box.maxX * item.scale - item.along - LineShaper.quoteBearing)
    item.along -= before
    item.advance -= before + after
  }

  private func markTracked(_ items: inout [LineItem], from start: Int) {
    var first = start
    while first < items.count {
      var last = first
      var advance = items[first].advance
      while last + 1 < items.count, items[last + 1].scalar == items[first].scalar {
        last += 1
        advance += items[last].advance
      }
      items[last].isTracked = advance != 0
      first = last + 1
    }
  }
}

extension Face {
  /// Whether the face has another glyph for a character where it stands in a column.
  func hasVerticalForm(of scalar: Unicode.Scalar) -> Bool {
    func glyphs(_ features: FontFeatures) -> [GlyphID] {
      source.shape(
        ShapingRun(scalars: [scalar.value], range: 0..<1, script: .han, features: features)
      ).map(\.glyph)
    }
    return glyphs([.vertical: 1]) != glyphs([:])
  }

  func nominalGlyph(of scalar: Unicode.Scalar) -> GlyphID? {
    source.shape(ShapingRun(scalars: [scalar.value], range: 0..<1, script: .han, features: [:])).first?.glyph
  }
}
