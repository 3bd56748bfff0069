import Layers
import Outline
import Raster
import Typography

/// The letters of a sign in their places, in em: y downward, the block's top left corner at 0.
struct SignLettering: Sendable {
  struct Letter: Sendable {
    /// What tubes of neon follow, and how thick they are.
    var strokes: [Path] = []
    var diameter = TubeSign.penDiameter
    var spur = 0.0
    /// Of a light box: filled areas, one for each face.
    var outlines: [Path] = []
    /// What is drawn; null for a letter without ink.
    var box = Rect.null
  }

  private(set) var letters: [Letter] = []
  private(set) var size = Point(0, 0)

  /// Longer texts are no signs.
  static let maximumLength = 80
  /// From a letter's ink to the next one's in a column, in em, beside tracking.
  private static let columnGap = 0.13
  /// From a column to the next one.
  private static let columnPitch = 1.25
  /// What is drawn along the line, and so turns with it.
  private static let turning: Set<Character> = ["ー", "〜", "～", "—", "–", "…", "-"]

  enum Kind { case tubes(diameter: Double?), outlines }

  /// - Parameters:
  ///   - tracking: between letters, in thousandths of an em.
  init(
    _ text: String, fonts: [String], library: FontSearch, isVertical: Bool, tracking: Double, kind: Kind
  ) throws(LayerProblems) {
    guard text.unicodeScalars.count <= SignLettering.maximumLength else {
      throw LayerProblems("text", "a sign has at most \(SignLettering.maximumLength) letters")
    }
    if isVertical {
      try setColumns(text, fonts, library, tracking / 1000, kind)
    } else {
      let lettering = try Lettering(text, parameter: "text", fonts: fonts, library: library) { style in
        style.tracking = tracking
        style.alignment = .center
        style.lineSpacing = 1.15
      }
      letters = try SignLettering.letters(lettering, kind)
    }
    var box = letters.reduce(Rect.null) { $0.union($1.box) }
    if box.isNull { box = Rect(minX: 0, minY: 0, maxX: 1, maxY: 1) }
    move(by: .translation(-box.minX, -box.minY))
    size = Point(box.width, box.height)
  }

  private static func letters(_ lettering: Lettering, _ kind: Kind) throws(LayerProblems) -> [Letter] {
    let count = (lettering.layout.glyphs.compactMap { $0.letter }.max() ?? -1) + 1
    var letters = [Letter](repeating: Letter(), count: count)
    for glyph in lettering.layout.glyphs {
      guard let index = glyph.letter, letters.indices.contains(index) else { continue }
      letters[index].box = letters[index].box.union(glyph.inkBox)
      if case .outlines = kind, !glyph.face.isStroke, !glyph.glyph.path.isEmpty {
        letters[index].outlines.append(glyph.glyph.path.transformed(by: glyph.transform))
      }
    }
    guard case .tubes(let diameter) = kind else {
      // Pen strokes on a light box are as thick as a brush.
      for letter in lettering.layout.letters where letter.isStroke && letters.indices.contains(letter.index) {
        let brush = StrokeStyle(width: 0.08, join: .round, cap: .round)
        letters[letter.index].outlines.append(
          letter.path.transformed(by: .translation(letter.origin.x, letter.origin.y)).stroked(
            brush, tolerance: 0.002))
      }
      return letters
    }
    for letter in try LetterStrokes.letters(of: lettering, diameter: diameter)
    where letters.indices.contains(letter.letter) {
      letters[letter.letter].strokes = letter.strokes
      letters[letter.letter].diameter = letter.diameter
      letters[letter.letter].spur = letter.spur
    }
    return letters
  }

  /// Upright letters in columns, which follow each other from right to left.
  private mutating func setColumns(
    _ text: String, _ fonts: [String], _ library: FontSearch, _ tracking: Double, _ kind: Kind
  ) throws(LayerProblems) {
    var columns: [[Letter?]] = [[]]
    for character in text {
      if character.isNewline {
        columns.append([])
        continue
      }
      if character.isWhitespace {
        columns[columns.count - 1].append(nil)
        continue
      }
      let lettering = try Lettering(String(character), parameter: "text", fonts: fonts, library: library) {
        _ in
      }
      // One character is one letter, of however many glyphs.
      var letter = Letter()
      for part in try SignLettering.letters(lettering, kind) {
        letter.strokes += part.strokes
        letter.diameter = part.diameter
        letter.spur = part.spur
        letter.outlines += part.outlines
        letter.box = letter.box.union(part.box)
      }
      if SignLettering.turning.contains(character) {
        letter = letter.transformed(by: .rotation(degrees: 90))
      }
      columns[columns.count - 1].append(letter)
    }
    // Chinese fills its square: shorter signs, such as 一, keep their room.
    let tallest = columns.joined().compactMap { $0?.box.height }.max() ?? 1
    let pitch = tallest + SignLettering.columnGap + tracking
    for (column, entries) in columns.enumerated() {
      let x = -Double(column) * SignLettering.columnPitch
      var y = 0.0
      for entry in entries {
        guard let letter = entry else {
          y += pitch / 2
          continue
        }
        let middle = Point((letter.box.minX + letter.box.maxX) / 2, (letter.box.minY + letter.box.maxY) / 2)
        if !letter.box.isNull {
          letters.append(letter.transformed(by: .translation(x - middle.x, y - middle.y)))
        }
        y += pitch
      }
    }
  }

  /// The glass of all letters, in the places of their strokes, and what holds it.
  func tubes(_ bending: GlassBending) -> [Tube] {
    TubeBender.tubes(
      of: letters.enumerated().map {
        LetterStrokes(
          letter: $0.offset, strokes: $0.element.strokes, diameter: $0.element.diameter, spur: $0.element.spur
        )
      }, bending)
  }

  private mutating func move(by map: Affine) { letters = letters.map { $0.transformed(by: map) } }
}

extension SignLettering.Letter {
  fileprivate func transformed(by map: Affine) -> SignLettering.Letter {
    var letter = self
    letter.strokes = strokes.map { $0.transformed(by: map) }
    letter.outlines = outlines.map { $0.transformed(by: map) }
    if !box.isNull {
      letter.box = .null
      for corner in [Point(box.minX, box.minY), Point(box.maxX, box.maxY)] {
        letter.box.extend(to: map.apply(corner))
      }
    }
    return letter
  }
}
