import Outline
import Raster
import Typography

/// A letter as it is inked: an outline to be filled, in the pixels of its layer.
///
/// Contours of all letters of a text run the same way, whatever their fonts, so that letters may overlap in one path.
struct TypeLetter: Sendable {
  var path: Path
  /// Its number in the text, from 0; spaces do not count.
  var number: Int
  var line: Int
  /// Whether a pen has drawn it: the line is the letter, and there is none about it.
  var isPen = false
  /// How strongly it is inked beside the others.
  var opacity = 1.0
}

extension Lettering {
  /// The letters, in the order of the text.
  ///
  /// - Parameters:
  ///   - em: in pixels.
  ///   - pen: how wide the pen of single-stroke fonts is, in em.
  ///   - tolerance: how far the edges of pen strokes may lie from where they should, in em.
  func letters(em: Double, pen: Double, tolerance: Double) -> [TypeLetter] {
    let toPixels = Affine.scale(em, em)
    var letters: [TypeLetter] = []
    var areas: [ObjectIdentifier: Double] = [:]
    for glyph in layout.glyphs where !glyph.face.isStroke {
      areas[ObjectIdentifier(glyph.face), default: 0] += glyph.glyph.path.controlArea
    }
    for glyph in layout.glyphs where !glyph.face.isStroke && !glyph.glyph.path.isEmpty {
      var path = glyph.glyph.path.transformed(by: glyph.transform.then(toPixels))
      if areas[ObjectIdentifier(glyph.face), default: 0] < 0 { path = path.reversed }
      let number = glyph.letter ?? -1
      if let last = letters.last, last.number == number, last.line == glyph.line {
        letters[letters.count - 1].path.append(path)
      } else {
        letters.append(TypeLetter(path: path, number: number, line: glyph.line))
      }
    }
    var lines: [Int: Int] = [:]
    for glyph in layout.glyphs where glyph.face.isStroke {
      if let letter = glyph.letter { lines[letter] = glyph.line }
    }
    guard !lines.isEmpty else { return letters }
    let style = StrokeStyle(width: pen * em, join: .round, cap: .round)
    for letter in layout.letters where letter.isStroke {
      let line = letter.path.penSmoothed
        .transformed(by: Affine.translation(letter.origin.x, letter.origin.y).then(toPixels))
        .stroked(style, tolerance: tolerance * em)
      letters.append(
        TypeLetter(
          path: line.controlArea < 0 ? line.reversed : line, number: letter.index,
          line: lines[letter.index] ?? 0, isPen: true))
    }
    return letters.sorted { $0.number < $1.number }
  }
}
