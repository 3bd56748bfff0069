import Outline
import Raster

/// A glyph in its place.
package struct PositionedGlyph: Sendable {
  package var id: GlyphID
  package var face: Face
  /// The face's own drawing in em units, shared by all glyphs of the kind.
  package var glyph: Glyph
  /// The size in the layout: 1, or the scale of Chinese beside Latin.
  package var scale: Double
  /// Where the glyph's origin lies in the layout, in em.
  package var origin: Point
  /// How far the pen moves, in em, without tracking.
  package var advance: Double
  /// The index of its first character, counted in Unicode scalars.
  package var cluster: Int
  /// The number of its letter in the text, from 0; spaces and newlines do not count and have nil.
  package var letter: Int?
  package var line: Int
  /// Whether it lies in a column, turned by 90° clockwise.
  package var isTurned = false

  /// From the glyph's em units to the layout's.
  package var transform: Affine {
    isTurned
      ? Affine(a: 0, b: scale, c: -scale, d: 0, tx: origin.x, ty: origin.y)
      : Affine(a: scale, b: 0, c: 0, d: scale, tx: origin.x, ty: origin.y)
  }

  /// In the layout; null for a glyph without ink.
  package var inkBox: Rect {
    let box = glyph.inkBox
    guard !box.isNull else { return box }
    if isTurned {
      return Rect(
        minX: -box.maxY * scale + origin.x, minY: box.minX * scale + origin.y,
        maxX: -box.minY * scale + origin.x, maxY: box.maxX * scale + origin.y)
    }
    return Rect(
      minX: box.minX * scale + origin.x, minY: box.minY * scale + origin.y,
      maxX: box.maxX * scale + origin.x, maxY: box.maxY * scale + origin.y)
  }
}

/// Text in lines, in em units: y downward, the first baseline at 0, the left edge of the text's column at 0. In
/// vertical setting, the middle of the first column lies at 0 and the others to the left of it; columns begin at 0.
package struct TextLayout: Sendable {
  package struct Line: Hashable, Sendable {
    /// Its glyphs, as indices of `glyphs`.
    package var glyphs: Range<Int>
    /// Where the line begins; the middle of a column.
    package var x: Double
    /// The baseline; where a column begins.
    package var baseline: Double
    /// Without spaces at the end, without tracking after the last letter, and without what hangs over the margin;
    /// of a column, its height.
    package var width: Double
    /// Above and below the baseline, both positive: the most of the faces in the line. Of a column, to the right
    /// and to the left of its middle.
    package var ascent: Double
    package var descent: Double
  }

  /// A letter of the text, perhaps of several glyphs.
  package struct Letter: Sendable {
    package var index: Int
    /// Pen strokes in a single-stroke face, closed contours in others, about the letter's origin.
    package var path: Path
    package var origin: Point
    package var isStroke: Bool
  }

  /// The longest text that is set, in Unicode scalars.
  package static let maximumLength = 100_000

  package private(set) var glyphs: [PositionedGlyph] = []
  package private(set) var lines: [Line] = []
  /// In the order of the text.
  package private(set) var missing: [MissingCharacter] = []
  /// Features that the style asks for and no face of the text has, in the order of their tags.
  package private(set) var missingFeatures: [FontFeature] = []
  /// The width that lines are aligned in: the style's, or that of the longest line; of columns, the height.
  package private(set) var columnWidth = 0.0
  package let direction: TextStyle.Direction

  /// Sets a text. Characters that no face has are left out and listed in `missing`; the caller decides whether
  /// that is an error.
  ///
  /// - Throws: `TextError` for a text or a style out of bounds and for damaged glyphs.
  package init(_ text: String, style: TextStyle) throws(TextError) {
    guard !style.faces.isEmpty else { throw .noFaces }
    let count = text.unicodeScalars.count
    guard count <= Self.maximumLength else { throw .tooLong(count: count, limit: Self.maximumLength) }
    try style.check()
    direction = style.direction
    var setter = LineSetter(text: ItemizedText(text, faces: style.faces), style: style)
    missing = setter.text.missing
    missingFeatures = setter.text.missingFeatures(style)
    for paragraph in setter.text.paragraphs {
      try setter.set(paragraph)
    }
    glyphs = setter.glyphs
    lines = setter.lines
    columnWidth = style.maxWidth ?? lines.map(\.width).max() ?? 0
    align(setter, style: style)
    missing += setter.blank
    missing.sort { $0.index < $1.index }
  }

  private mutating func align(_ setter: LineSetter, style: TextStyle) {
    for (number, line) in lines.enumerated() {
      let rest = columnWidth - line.width
      let shift: Double
      switch style.alignment {
      case .left: shift = 0
      case .center: shift = rest / 2
      case .right: shift = rest
      case .justify:
        shift = 0
        let setting = setter.settings[number]
        if style.maxWidth != nil, rest < 0 || !setting.endsParagraph { spread(rest, over: number, setting) }
      }
      switch direction {
      case .horizontal: lines[number].x += shift
      case .vertical: lines[number].baseline += shift
      }
      for index in line.glyphs { move(index, by: shift) }
    }
  }

  private mutating func move(_ index: Int, by distance: Double) {
    switch direction {
    case .horizontal: glyphs[index].origin.x += distance
    case .vertical: glyphs[index].origin.y += distance
    }
  }

  /// Widens a line by `rest`, its gaps each in proportion to what they can give; a line that is too wide is
  /// narrowed no further than that.
  private mutating func spread(_ rest: Double, over number: Int, _ setting: LineSetter.Setting) {
    let whole = rest > 0 ? setting.wholeStretch : setting.wholeShrink
    guard whole > 1e-12 else { return }
    let change = rest > 0 ? rest : max(rest, -whole)
    let parts = rest > 0 ? setting.stretch : setting.shrink
    for (index, part) in zip(lines[number].glyphs, parts) { move(index, by: change * part / whole) }
    lines[number].width += change
  }

  /// The baselines of the lines, downward from 0.
  package var baselines: [Double] { lines.map(\.baseline) }

  /// From the first line's ascent to the last one's descent, as wide as the widest line; around all columns.
  package var advanceBox: Rect {
    var box = Rect.null
    for line in lines {
      switch direction {
      case .horizontal:
        box.extend(to: Point(line.x, line.baseline - line.ascent))
        box.extend(to: Point(line.x + line.width, line.baseline + line.descent))
      case .vertical:
        box.extend(to: Point(line.x - line.descent, line.baseline))
        box.extend(to: Point(line.x + line.ascent, line.baseline + line.width))
      }
    }
    return box
  }

  /// The box of all that is drawn; for stroke faces, of the pen's path. Null if nothing is.
  package var inkBox: Rect { glyphs.reduce(.null) { $0.union($1.inkBox) } }

  /// The size of the em at which the ink is as wide as `width`, in the unit of `width`; nil without any ink.
  package func fitted(toWidth width: Double) -> Double? {
    let ink = inkBox
    guard !ink.isNull, ink.width > 0, width.isFinite, width > 0 else { return nil }
    return width / ink.width
  }

  /// Everything as one path.
  package var path: Path {
    var path = Path()
    for glyph in glyphs where !glyph.glyph.path.isEmpty {
      path.append(glyph.glyph.path.transformed(by: glyph.transform))
    }
    return path
  }

  /// The letters in the order of the text; those without ink are left out.
  package var letters: [Letter] {
    var letters: [Letter] = []
    for glyph in glyphs where !glyph.glyph.path.isEmpty {
      guard let index = glyph.letter else { continue }
      if let last = letters.last, last.index == index {
        let shift = glyph.transform.then(.translation(-last.origin.x, -last.origin.y))
        letters[letters.count - 1].path.append(glyph.glyph.path.transformed(by: shift))
      } else {
        var place = glyph.transform
        (place.tx, place.ty) = (0, 0)
        let path = place == .identity ? glyph.glyph.path : glyph.glyph.path.transformed(by: place)
        letters.append(Letter(index: index, path: path, origin: glyph.origin, isStroke: glyph.face.isStroke))
      }
    }
    return letters
  }
}
