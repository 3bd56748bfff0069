import Outline
import Raster
import Typography

/// A glyph of a billing block. Lengths in em of the names; places grow with the tracking that justifying adds.
struct CreditGlyph: Sendable {
  var face: Face
  var glyph: Glyph
  var scale: Point
  var x: Double
  /// How far the glyph moves for each em that tracking grows.
  var growth: Double
  /// Of its baseline, downward.
  var y: Double
  var isRole: Bool
  /// The number of its credit, from 0.
  var credit = 0

  /// From the face's em to em of the names, for tracking that has grown by `stretch`.
  func transform(stretch: Double) -> Affine {
    Affine(a: scale.x, b: 0, c: 0, d: scale.y, tx: x + growth * stretch, ty: y)
  }

  func inkBox(stretch: Double) -> Rect {
    let box = glyph.inkBox
    guard !box.isNull else { return box }
    let x = x + growth * stretch
    return Rect(
      minX: x + box.minX * scale.x, minY: y + box.minY * scale.y, maxX: x + box.maxX * scale.x,
      maxY: y + box.maxY * scale.y)
  }
}

/// What is never torn: a job title with its name, or a name alone. Starts at 0, on the baseline 0.
struct CreditPiece: Sendable {
  var glyphs: [CreditGlyph] = []
  /// What it says.
  var text = ""
  var width = 0.0
  /// How far the end moves for each em that tracking grows.
  var growth = 0.0

  /// Appends what follows after a gap.
  mutating func append(_ next: CreditPiece, gap: Double, gapGrowth: Double) {
    let start = glyphs.isEmpty ? 0 : width + gap
    let moved = glyphs.isEmpty ? 0 : growth + gapGrowth
    for var glyph in next.glyphs {
      glyph.x += start
      glyph.growth += moved
      glyphs.append(glyph)
    }
    text += (text.isEmpty ? "" : " ") + next.text
    width = start + next.width
    growth = moved + next.growth
  }

  /// Puts a line above this one, both ending (or else beginning) together. Job titles do not grow.
  func below(_ upper: CreditPiece, rise: Double, isFlushRight: Bool) -> CreditPiece {
    var piece = CreditPiece()
    piece.text = "\(upper.text) \(text)"
    piece.width = max(width, upper.width)
    for (line, y) in [(upper, -rise), (self, 0)] {
      let start = isFlushRight ? piece.width - line.width : 0
      for var glyph in line.glyphs {
        glyph.x += start
        glyph.y += y
        piece.glyphs.append(glyph)
      }
    }
    return piece
  }
}

/// How the letters of a billing block are set.
struct CreditStyle: Sendable {
  var fonts: [String]
  /// Width of letters, and of Chinese characters and kana, as a share of the font's own.
  var letterWidth, hanziWidth: Double
  /// Thousandths of an em.
  var tracking: Double
  var hanzi: HanziSetting
  /// Size beside the names.
  var scale = 1.0
  var isRole = false

  /// Word spaces grow this many times as much as letters, when lines are justified.
  static let wordGrowth = 3.0

  /// Sets one line.
  ///
  /// - Parameter parameter: what complaints are named after.
  func set(_ text: String, parameter: String, library: FontSearch) throws(LayerProblems) -> CreditPiece {
    let lettering = try Lettering(text, parameter: parameter, fonts: fonts, library: library) { style in
      hanzi.apply(to: &style)
      // Tracking is added here, where it can grow; tracked letters have no ligatures.
      style.features = [.ligatures: 0, .contextualLigatures: 0]
    }
    let layout = lettering.layout
    guard let line = layout.lines.first else { return CreditPiece() }
    let scalars = Array(text.unicodeScalars)
    var piece = CreditPiece(text: text)
    let growth = isRole ? 0 : 1.0
    let glyphs = layout.glyphs[line.glyphs]
    for (index, glyph) in zip(glyphs.indices, glyphs) {
      let scalar = scalars.indices.contains(glyph.cluster) ? scalars[glyph.cluster] : " "
      let width = scalar.isSquare ? hanziWidth : letterWidth
      piece.glyphs.append(
        CreditGlyph(
          face: glyph.face, glyph: glyph.glyph,
          scale: Point(glyph.scale * width * scale, glyph.scale * scale), x: piece.width,
          growth: piece.growth,
          y: (glyph.origin.y - line.baseline) * scale, isRole: isRole))
      let isLast = index + 1 == glyphs.endIndex
      let end = isLast ? line.x + line.width : glyphs[index + 1].origin.x
      piece.width += (end - glyph.origin.x) * width * scale
      guard !isLast, glyphs[index + 1].cluster != glyph.cluster else { continue }
      // A letter ends here. Marks without a width of their own belong to it.
      if glyphs[index + 1].advance == 0, glyphs[index + 1].glyph.path.isEmpty == false { continue }
      piece.width += tracking / 1000 * scale
      piece.growth += growth * (scalar.properties.isWhitespace ? CreditStyle.wordGrowth : 1)
    }
    return piece
  }
}

extension Unicode.Scalar {
  /// Chinese characters, kana, Hangul and the full-width marks that go with them.
  var isSquare: Bool {
    switch value {
    case 0x3001...0x303F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
    default: [.han, .hiragana, .katakana, .bopomofo, .hangul].contains(Script(of: self))
    }
  }
}
