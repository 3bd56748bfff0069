import Catalog
import Outline
import Raster

/// Small lines that belong to a poster: taglines, dates, names. They keep to their size, and to a width.
struct Caption: Parameterized, Hashable {
  var size = 0.0125
  var fit = 0.86
  var lineSpacing = 1.7
  var setting = RowSetting()
  var look = TypeLook()
  var wear = LetterWear()

  static let parameters: [Parameter<Caption>] =
    [
      .init("size", \.size, .length(0.0001...20, suggested: 0.006...0.03), "The em."),
      .init(
        "fit", \.fit, .number(0.001...100, suggested: 0.5...0.95),
        "Share of the picture's width that the ink may fill at most."),
      .init(
        "line-spacing", \.lineSpacing, .number(0...20, suggested: 1.2...2.2, unit: .em),
        "From baseline to baseline."),
    ] + including(\.setting) + including(\.look) + including(\.wear)

  init() {}

  /// As posters have them: light, wide, nearly white.
  init(size: Double, tracking: Double) {
    self.size = size
    setting.tracking = tracking
    setting.trackingLimits = [40, max(800, tracking)]
    look.color = .color(LinearColor(coded: 0.945, 0.89, 0.84))
  }

  /// Rows laid out about a common middle, first baseline at 0, as a layer.
  ///
  /// - Parameter rows: with the places of their first baselines; x is where the row's ink has its middle.
  func painter(
    _ rows: [(row: TypeRow, middle: Point, opacity: Double)], in context: LayerContext
  ) throws -> any Painter {
    var extent = Rect.null
    for (row, middle, _) in rows where !row.ink.isNull {
      let shift = middle.x - (row.ink.minX + row.ink.maxX) / 2
      extent = extent.union(
        Rect(
          minX: row.ink.minX + shift, minY: row.ink.minY + middle.y, maxX: row.ink.maxX + shift,
          maxY: row.ink.maxY + middle.y))
    }
    guard let first = rows.first, !extent.isNull else { return PainterStack([]) }
    let ink = extent.expanded(by: look.outline(em: first.row.em, context.geometry) / 2)
    let transform = context.transform(of: LayerBox(ink, baseline: first.middle.y))
    let tolerance = 0.05 / max(1e-9, transform.meanScale)
    var letters: [TypeLetter] = []
    var words: [TypeBlock.Words] = []
    var line = 0
    for (row, middle, opacity) in rows where !row.ink.isNull {
      let number = (letters.last?.number ?? -1) + 1
      let shift = middle.x - (row.ink.minX + row.ink.maxX) / 2
      let own = row.letters(at: Point(shift, middle.y), number: number, line: line, tolerance: tolerance)
      letters += own.map { letter in
        var letter = letter
        letter.opacity = opacity
        return letter
      }
      words.append(
        .init(.text, row.lettering, em: row.em, letters: letters.count - own.count..<letters.count))
      line += row.lettering.layout.lines.count
    }
    let block = TypeBlock(letters: letters, em: first.row.em, ink: ink, words: words)
    return try block.painter(look, wear, transform, in: context)
  }

  /// A text at its size, within its width.
  ///
  /// - Parameter parameter: the one that holds the text.
  func row(_ text: String, parameter: String, in context: LayerContext) throws(LayerProblems) -> TypeRow {
    try setting.check()
    guard !text.allSatisfy(\.isWhitespace) else {
      throw LayerProblems(parameter, "there is nothing to set", hint: "visible: false hides a layer")
    }
    let g = context.geometry
    let em = g.pixels(size)
    return try RowFitter(
      text: text, parameter: parameter, setting: setting, lineSpacing: lineSpacing, context: context
    ).row(em: em, within: fit * Double(g.trimWidth) - look.outline(em: em, g))
  }
}
