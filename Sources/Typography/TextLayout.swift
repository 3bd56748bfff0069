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

  /// From the glyph's em units to the layout's.
  package var transform: Affine {
    Affine(a: scale, b: 0, c: 0, d: scale, tx: origin.x, ty: origin.y)
  }

  /// In the layout; null for a glyph without ink.
  package var inkBox: Rect {
    let box = glyph.inkBox
    guard !box.isNull else { return box }
    return Rect(
      minX: box.minX * scale + origin.x, minY: box.minY * scale + origin.y,
      maxX: box.maxX * scale + origin.x, maxY: box.maxY * scale + origin.y)
  }
}

/// Text in lines, in em units: y downward, the first baseline at 0, the left edge of the text's column at 0.
package struct TextLayout: Sendable {
  package struct Line: Hashable, Sendable {
    /// Its glyphs, as indices of `glyphs`.
    package var glyphs: Range<Int>
    package var x: Double
    package var baseline: Double
    /// Without spaces at the end and without tracking after the last letter.
    package var width: Double
    /// Above and below the baseline, both positive: the most of the faces in the line.
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
  /// The width that lines are aligned in: the style's, or that of the longest line.
  package private(set) var columnWidth = 0.0

  /// Sets a text. Characters that no face has are left out and listed in `missing`; the caller decides whether
  /// that is an error.
  ///
  /// - Throws: `TextError` for a text or a style out of bounds and for damaged glyphs.
  package init(_ text: String, style: TextStyle) throws(TextError) {
    guard !style.faces.isEmpty else { throw .noFaces }
    let count = text.unicodeScalars.count
    guard count <= Self.maximumLength else { throw .tooLong(count: count, limit: Self.maximumLength) }
    try Self.check(style)
    var setter = LineSetter(text: ItemizedText(text, faces: style.faces), style: style)
    missing = setter.text.missing
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

  private static func check(_ style: TextStyle) throws(TextError) {
    let numbers: [(String, Double, ClosedRange<Double>)] = [
      ("tracking", style.tracking, -1e5...1e5), ("line spacing", style.lineSpacing, -1000...1000),
      ("width", style.maxWidth ?? 0, 0...1e6), ("hanzi scale", style.hanziScale, 0.01...100),
      ("hanzi raise", style.hanziRaise, -1000...1000),
    ]
    for (name, value, range) in numbers where !range.contains(value) { throw .outOfRange(name: name) }
    // HarfBuzz keeps every language it has heard of: hold it to the form and length of BCP 47 tags.
    let language = style.language ?? "und"
    let isTag =
      language.utf8.count <= 35
      && language.unicodeScalars.allSatisfy {
        $0.isASCII && $0.properties.isAlphabetic || $0.properties.numericType == .decimal || $0 == "-"
      }
    guard isTag else { throw .outOfRange(name: "language") }
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
        if style.maxWidth != nil, rest > 0, !setter.endsParagraph[number] {
          spread(rest, over: number, gaps: setter.gaps(ofLine: number))
        }
      }
      lines[number].x += shift
      for index in line.glyphs { glyphs[index].origin.x += shift }
    }
  }

  /// Widens a line by `rest`, in equal parts after the clusters that begin at the given characters.
  private mutating func spread(_ rest: Double, over number: Int, gaps: Set<Int>) {
    guard !gaps.isEmpty else { return }
    let part = rest / Double(gaps.count)
    var passed = 0
    var cluster: Int?
    for index in lines[number].glyphs {
      if let last = cluster, last != glyphs[index].cluster, gaps.contains(last) { passed += 1 }
      cluster = glyphs[index].cluster
      glyphs[index].origin.x += part * Double(passed)
    }
    lines[number].width += rest
  }

  /// The baselines of the lines, downward from 0.
  package var baselines: [Double] { lines.map(\.baseline) }

  /// From the first line's ascent to the last one's descent, as wide as the widest line.
  package var advanceBox: Rect {
    var box = Rect.null
    for line in lines {
      box.extend(to: Point(line.x, line.baseline - line.ascent))
      box.extend(to: Point(line.x + line.width, line.baseline + line.descent))
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
        let path =
          glyph.scale == 1
          ? glyph.glyph.path : glyph.glyph.path.transformed(by: .scale(glyph.scale, glyph.scale))
        letters.append(Letter(index: index, path: path, origin: glyph.origin, isStroke: glyph.face.isStroke))
      }
    }
    return letters
  }
}
