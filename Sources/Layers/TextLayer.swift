import Catalog
import Outline
import Raster
import Typography

/// Type: a word, a title, a paragraph.
///
/// The layer's box is that of the ink, pen and outline included; with `width` it is as wide as the paragraph, and with
/// `height` as high as the columns. Its baseline is that of the first line; columns have none. Clearances therefore
/// count from what is seen, and lines from the em.
public struct Text: TypeLayer {
  public static let name = "text"
  public static let summary = "Type: a word, a title, a paragraph."

  var text = ""
  var font = ["Bebas Neue", "Noto Sans SC Bold"]
  var size = 0.05
  var fit: Double?
  var tracking = 0.0
  var align: TextStyle.Alignment?
  var width: Double?
  var height: Double?
  var wrap = TextStyle.Wrap.pretty
  var lineSpacing = 1.15
  var setting = TypeSetting()
  var look = TypeLook()
  var wear = LetterWear()

  /// In em: the pen of single-stroke fonts.
  private static let penWidth = 0.06

  public static let parameters = own + including(\.setting) + including(\.look) + including(\.wear)

  private static let own: [Parameter<Text>] = [
    .init("text", \.text, .text, required: true, "What is set; a line break begins a line."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(1...16),
      "A font, or a list of them: the first that has a letter draws it. Your own list replaces the whole default."
    ),
    .init("size", \.size, .length(0.0001...20, suggested: 0.01...0.3), "The em."),
    .init(
      "fit", \.fit, Codec<Double>.number(0.001...100, suggested: 0.3...0.95).optional,
      "Share of the picture's width that the ink of the widest line fills, in vertical setting of its height; takes the place of size."
    ),
    .init(
      "tracking", \.tracking, .number(-10_000...10_000, suggested: -50...600, unit: .thousandths),
      "Added after each letter."),
    .init(
      "align", \.align, Codec<TextStyle.Alignment>.choice.optional,
      "How lines stand in the column: center unless said otherwise; in vertical setting left is the top, and the rule. justify needs a width."
    ),
    .init(
      "width", \.width, Codec<Double>.width(0.0001...100).optional,
      "Width of the column; longer lines are broken."),
    .init(
      "height", \.height, Codec<Double>.length(0.0001...100).optional,
      "Height of the columns of vertical setting; longer ones are broken."),
    .init(
      "wrap", \.wrap, .choice,
      "How paragraphs are broken: pretty looks at all lines together, balance makes them as even as can be, greedy fills one after the other."
    ),
    .init(
      "line-spacing", \.lineSpacing, .number(-20...20, suggested: 0.8...2, unit: .em),
      "From baseline to baseline, and from column to column."),
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
      let side = isVertical ? \Rect.height : \Rect.width
      guard let fitting = extent.size(fitting: fit * Double(isVertical ? g.trimHeight : g.trimWidth), side)
      else {
        throw LayerProblems(
          "fit", "at no size is this text \(trimmed(fit)) of the picture \(isVertical ? "high" : "wide")")
      }
      em = fitting
    }

    let ink = extent.box(size: em)
    var box = ink
    if width != nil {
      box.minX = 0
      box.maxX = lettering.layout.columnWidth * em
    }
    if height != nil {
      box.minY = 0
      box.maxY = lettering.layout.columnWidth * em
    }
    let transform = context.transform(of: LayerBox(box, baseline: isVertical ? nil : 0))
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
      style.alignment = align ?? (isVertical ? .left : .center)
      style.lineSpacing = lineSpacing
      style.maxWidth = (width ?? height).map { $0 / size }
      style.wrap = wrap
      setting.apply(to: &style)
    }
  }

  private var isVertical: Bool { setting.direction == .vertical }

  private func check() throws(LayerProblems) {
    if isVertical, width != nil {
      throw LayerProblems(
        "width", "columns of vertical setting are broken by their height", hint: "give it a 'height'")
    }
    if !isVertical, height != nil {
      throw LayerProblems(
        "height", "only columns have a height, and this text is set in lines",
        hint: "give it a 'width', or 'direction: vertical'")
    }
    let (limit, name) = isVertical ? (height, "height") : (width, "width")
    if fit != nil, limit != nil {
      throw LayerProblems(
        name, "'fit' chooses the size by the \(name) of the lines, and '\(name)' breaks them by the size",
        hint: "leave one of them out")
    }
    guard limit == nil else { return }
    if align == .justify { throw LayerProblems("align", "justified lines need a '\(name)' to fill") }
    if wrap != .pretty { throw LayerProblems("wrap", "lines are broken only by a '\(name)'") }
  }
}
