import Catalog
import Outline
import Raster

/// A film's title: each line as wide as the picture allows, measured by its ink.
///
/// Lines lie above each other by their ink, too, so that accents touch nothing. The layer's box is that of the ink,
/// lines about letters included; its baseline is that of the first line.
public struct Title: TypeLayer {
  public static let name = "title"
  public static let summary =
    "A film's title, fitted to the width line by line, with a translation if it has one."

  /// How the lines of a title share the width.
  enum Stack: String, CaseIterable, Sendable { case fill, even }
  enum Alignment: String, CaseIterable, Sendable { case left, center, right }
  enum Side: String, CaseIterable, Sendable { case above, below }

  var text = ""
  var fit = 0.86
  var size: Double?
  var stack = Stack.fill
  var align = Alignment.center
  var gap = 0.16
  var translation = ""
  var translationFont: [String]?
  var translationSize = 0.42
  var translationSide = Side.below
  var setting = {
    var setting = RowSetting()
    setting.font = ["League Spartan Bold", "Noto Sans SC Bold"]
    return setting
  }()
  var look = TypeLook()
  var wear = LetterWear()

  public static let parameters: [Parameter<Title>] =
    [
      .init("title", \.text, .text, required: true, "The title; a line break begins a line."),
      .init(
        "fit", \.fit, .number(0.001...100, suggested: 0.5...0.95),
        "Share of the picture's width that the ink of each line fills."),
      .init(
        "size", \.size, Codec<Double>.length(0.0001...20, suggested: 0.05...0.3).optional,
        "The largest em. A short line that would have to be larger is tracked, then stretched; without it lines are as large as the width makes them."
      ),
      .init(
        "stack", \.stack, .choice,
        "fill makes each line as wide as the title; even gives all lines the size of the widest."),
      .init("align", \.align, .choice, "How lines of even size stand beside each other."),
      .init(
        "gap", \.gap, .number(-2...20, suggested: 0.05...0.4, unit: .em),
        "Between the ink of one line and the next, in em of the smallest line of the title."),
      .init(
        "translation", \.translation, .text,
        "The title in another language or script, tracked to the same width: 霓虹静电."),
      .init(
        "translation-font", \.translationFont, Codec<String>.text.oneOrMore(1...16).optional,
        "Its fonts; those of the title unless given."),
      .init(
        "translation-size", \.translationSize, .number(0.02...5, suggested: 0.2...1, unit: .times),
        "Its size beside that of the title's line next to it, as far as tracking can make it as wide."),
      .init("translation-side", \.translationSide, .choice, "Where it stands."),
    ] + including(\.setting) + including(\.look) + including(\.wear)

  public static let sampleValues = ["title": "NEON STATIC", "translation": "霓虹静电"]

  public static var placement: Placement {
    var placement = Placement()
    placement.at = Point(0.5, 0.852)
    placement.anchor = .named(.bottom)
    return placement
  }

  /// Share of the picture's height; what is smaller is no title.
  private static let smallestSize = 0.004
  private static let mostLines = 40
  /// The tracking that makes a translation as wide as the title.
  private static let translationTracking = 0.0...2400.0

  public init() {}

  public var looks: [LayerLook] { look.looks }

  public func prepare(in context: LayerContext) throws -> any Painter {
    try setting.check()
    let g = context.geometry
    let width = fit * Double(g.trimWidth)
    var rows = try titleRows(width: width, in: context)
    if look.stroke != nil {
      // The line about the letters is a share of the em that it makes smaller.
      let outline = look.outline(em: rows.map { $0.em }.max() ?? 0, g)
      guard width > outline else {
        throw LayerProblems("fit", "at no size is this title \(trimmed(fit)) of the picture wide")
      }
      rows = try titleRows(width: width - outline, in: context)
    }
    guard let smallest = rows.map({ $0.em }).min(), let largest = rows.map({ $0.em }).max() else {
      return PainterStack([])
    }
    guard smallest >= g.pixels(Title.smallestSize) else {
      throw LayerProblems(
        Title.name,
        "a line of \(rows.map { $0.lettering.layout.letters.count }.max() ?? 0) letters has a size of \(trimmed((smallest / Double(max(1, g.trimHeight)) * 1e5).rounded() / 1e5)) when it fills the width; a title is not smaller than \(trimmed(Title.smallestSize))",
        hint: "break it into lines")
    }
    let gap = self.gap * smallest
    var isTranslation = rows.map { _ in false }
    if let row = try translationRow(beside: rows, in: context) {
      let index = translationSide == .below ? rows.count : 0
      rows.insert(row, at: index)
      isTranslation.insert(true, at: index)
    }

    // Every row below the ink of the one before; about the middle of the widest.
    let widest = rows.map { $0.ink.width }.max() ?? 0
    var ink = Rect.null
    var origins: [Point] = []
    for row in rows {
      let top = ink.isNull ? row.ink.minY : ink.maxY + gap
      let free = widest - row.ink.width
      let left =
        switch align {
        case .left: 0.0
        case .center: free / 2
        case .right: free
        }
      let origin = Point(left - row.ink.minX, top - row.ink.minY)
      origins.append(origin)
      ink = ink.union(
        Rect(minX: left, minY: top, maxX: left + row.ink.width, maxY: top + row.ink.height))
    }
    let box = ink.expanded(by: look.outline(em: largest, g) / 2)
    let first = isTranslation.firstIndex(of: false) ?? 0
    let transform = context.transform(of: LayerBox(box, baseline: origins[first].y))
    let tolerance = 0.05 / max(1e-9, transform.meanScale)
    var letters: [TypeLetter] = []
    var words: [TypeBlock.Words] = []
    for (index, row) in rows.enumerated() {
      let number = (letters.map { $0.number }.max() ?? -1) + 1
      let start = letters.count
      letters += row.letters(at: origins[index], number: number, line: index, tolerance: tolerance)
      words.append(.init(.title, row.lettering, em: row.em, letters: start..<letters.count))
    }
    return try TypeBlock(letters: letters, em: largest, ink: box, words: words)
      .painter(look, wear, transform, in: context)
  }

  private func titleRows(width: Double, in context: LayerContext) throws -> [TypeRow] {
    let lines = text.split(whereSeparator: \.isNewline).map { String($0) }
      .filter { !$0.allSatisfy(\.isWhitespace) }
    guard !lines.isEmpty else { throw LayerProblems(Title.name, "a title has at least one letter") }
    guard lines.count <= Title.mostLines else {
      throw LayerProblems(Title.name, "a title has at most \(Title.mostLines) lines, not \(lines.count)")
    }
    let largest = size.map { context.geometry.pixels($0) }
    let fitters = lines.map {
      RowFitter(text: $0, parameter: Title.name, setting: setting, context: context)
    }
    switch stack {
    case .fill:
      return try fitters.compactMap { try $0.row(filling: width, largest: largest) }
    case .even:
      let sizes = try fitters.compactMap { try $0.size(filling: width) }
      guard let fitting = sizes.min() else { return [] }
      let em = min(fitting, largest ?? fitting)
      return try fitters.map { try $0.natural(em: em) }.filter { !$0.ink.isNull }
    }
  }

  private func translationRow(beside rows: [TypeRow], in context: LayerContext) throws -> TypeRow? {
    guard !translation.allSatisfy(\.isWhitespace),
      let neighbor = translationSide == .below ? rows.last : rows.first
    else { return nil }
    var own = setting
    own.font = translationFont ?? setting.font
    return try RowFitter(text: translation, parameter: "translation", setting: own, context: context)
      .row(
        matching: rows.map { $0.ink.width }.max() ?? 0, em: neighbor.em * translationSize,
        tracking: Title.translationTracking)
  }
}
