import Catalog
import Outline
import Raster
import Typography

/// Type: a word, a title, a paragraph.
///
/// The layer's box is that of the ink, pen and outline included; with `width` it is as wide as the paragraph.
/// Its baseline is that of the first line. Clearances therefore count from what is seen, and lines from the em.
public struct Text: TypeLayer {
  public static let name = "text"
  public static let summary = "Type: a word, a title, a paragraph."

  var text = ""
  var font = ["Bebas Neue", "Noto Sans SC Bold"]
  var size = 0.05
  var fit: Double?
  var tracking = 0.0
  var align = TextStyle.Alignment.center
  var width: Double?
  var lineSpacing = 1.15
  var hanziScale = 1.0
  var hanziRaise = 0.0
  var language: String?
  var look = TypeLook()
  var wear = LetterWear()

  /// In em: the pen of single-stroke fonts.
  private static let penWidth = 0.06

  public static let parameters = own + including(\.look) + including(\.wear)

  private static let own: [Parameter<Text>] = [
    .init("text", \.text, .text, required: true, "What is set; a line break begins a line."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(1...16),
      "A font, or a list of them: the first that has a letter draws it. Your own list replaces the whole default."
    ),
    .init("size", \.size, .length(0.0001...20, suggested: 0.01...0.3), "The em."),
    .init(
      "fit", \.fit, Codec<Double>.number(0.001...100, suggested: 0.3...0.95).optional,
      "Share of the picture's width that the ink of the widest line fills; takes the place of size."),
    .init(
      "tracking", \.tracking, .number(-10_000...10_000, suggested: -50...600, unit: .thousandths),
      "Added after each letter."),
    .init("align", \.align, .choice, "How lines stand in the column; justify needs a width."),
    .init(
      "width", \.width, Codec<Double>.width(0.0001...100).optional,
      "Width of the column; longer lines are broken."),
    .init(
      "line-spacing", \.lineSpacing, .number(-20...20, suggested: 0.8...2, unit: .em),
      "From baseline to baseline."),
    .init(
      "hanzi-scale", \.hanziScale, .number(0.05...10, suggested: 0.7...1.2),
      "Size of Chinese characters and kana; 0.78 suits Latin capitals."),
    .init(
      "hanzi-raise", \.hanziRaise, .number(-10...10, suggested: -0.1...0.2, unit: .em),
      "How far Chinese characters and kana are moved up; 0.06 suits Latin capitals."),
    .init(
      "language", \.language, Codec<String>.text.optional,
      "The text's language, such as zh-Hans or ja, for forms that depend on it."),
  ]

  public init() {}

  public var looks: [LayerLook] { look.looks }

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    try check()
    let lettering = try set(context)
    let penStrokes = lettering.penStrokes
    let pen = Line(width: look.strokeWidth.map { g.pixels($0) }, orEm: Text.penWidth)
    let outline = Line(width: look.strokeWidth.map { g.pixels($0) }, orEm: TypeLook.outlineWidth)
    var extent = InkExtent()
    extent.add(
      lettering.outlineBox, em: look.stroke == nil ? 0 : outline.em / 2,
      length: look.stroke == nil ? 0 : outline.length / 2)
    extent.add(penStrokes.bounds, em: pen.em / 2, length: pen.length / 2)
    guard !extent.isEmpty else { return PainterStack([]) }
    var em = g.pixels(size)
    if let fit {
      guard let fitting = extent.size(fitting: fit * Double(g.trimWidth)) else {
        throw LayerProblems("fit", "at no size is this text \(trimmed(fit)) of the picture wide")
      }
      em = fitting
    }

    let ink = extent.box(size: em)
    var box = ink
    if width != nil {
      box.minX = 0
      box.maxX = lettering.layout.columnWidth * em
    }
    let transform = context.transform(of: LayerBox(box, baseline: 0))
    let letters = lettering.letters(
      em: em, pen: pen.em + pen.length / em, tolerance: 0.05 / max(1e-9, em * transform.meanScale))
    let block = TypeBlock(
      letters: letters, em: em, ink: ink,
      words: [.init(.text, lettering, em: em, letters: letters.indices)])
    return try block.painter(
      look, wear, transform, hasPen: lettering.layout.glyphs.contains { $0.face.isStroke }, in: context)
  }

  /// A line's width, which grows with the letters unless it is given.
  private struct Line {
    var em = 0.0
    /// In pixels.
    var length = 0.0

    init(width: Double?, orEm em: Double) {
      if let width { length = width } else { self.em = em }
    }
  }

  private func set(_ context: LayerContext) throws(LayerProblems) -> Lettering {
    try Lettering(text, parameter: "text", fonts: font, library: context.fonts) { style in
      style.tracking = tracking
      style.alignment = align
      style.lineSpacing = lineSpacing
      style.maxWidth = width.map { $0 / size }
      style.hanziScale = hanziScale
      style.hanziRaise = hanziRaise
      style.language = language
    }
  }

  private func check() throws(LayerProblems) {
    if fit != nil, width != nil {
      throw LayerProblems(
        "width", "'fit' chooses the size by the width of the lines, and 'width' breaks them by the size",
        hint: "leave one of them out")
    }
    if align == .justify, width == nil {
      throw LayerProblems("align", "justified lines need a 'width' to fill")
    }
  }
}
