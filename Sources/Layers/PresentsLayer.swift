import Catalog
import Raster

/// Who presents the film, at the head of a poster: names large, the verb small.
public struct Presents: TypeLayer {
  public static let name = "presents"
  public static let summary = "Who presents the film, at the head of the poster: names large, the verb small."

  /// Where the verb stands: below the names, or after them on their line.
  enum Arrangement: String, CaseIterable, Sendable { case stacked, line }

  var names: [String] = []
  var join = "&"
  var verb = "PRESENT"
  var verbSize = 0.6
  var verbOpacity = 0.7
  var arrangement = Arrangement.stacked
  var caption = {
    var caption = Caption(size: 0.0125, tracking: 420)
    caption.lineSpacing = 1.32
    return caption
  }()

  public static let parameters: [Parameter<Presents>] =
    [
      .init(
        "presents", \.names, Codec<String>.text.oneOrMore(1...50), required: true,
        "A name, or a list of names, which are joined: [林小艺, $second-name]."),
      .init("join", \.join, .text, "What stands before the last of several names."),
      .init("verb", \.verb, .text, "What they do; empty for nothing."),
      .init(
        "verb-size", \.verbSize, .number(0.05...5, suggested: 0.4...1, unit: .times),
        "Size of the verb beside that of the names."),
      .init("verb-opacity", \.verbOpacity, .number(0...1), "How strongly the verb is inked."),
      .init(
        "arrangement", \.arrangement, .choice, "Whether the verb stands below the names or on their line."),
    ] + including(\.caption)

  public static let sampleValues = [
    "presents": "[林小艺, ADA FILM]", "size": "0.05", "verb": "PRESENT",
  ]

  public static var placement: Placement {
    var placement = Placement()
    placement.at = Point(0.5, 0.034)
    placement.anchor = .named(.top)
    return placement
  }

  public init() {}

  public var looks: [LayerLook] { caption.look.looks }

  /// Small letters need more air between them.
  private static let verbTracking = 1.2
  /// Between the names and a verb on their line, em.
  private static let gap = 0.9

  public func prepare(in context: LayerContext) throws -> any Painter {
    guard names.allSatisfy({ !$0.allSatisfy(\.isWhitespace) }) else {
      throw LayerProblems(Presents.name, "a name is empty")
    }
    var small = caption
    small.size *= verbSize
    small.setting.tracking = min(
      caption.setting.trackingLimits[1], caption.setting.tracking * Presents.verbTracking)
    let verb =
      self.verb.allSatisfy(\.isWhitespace)
      ? nil : try small.row(self.verb, parameter: "verb", in: context)
    let em = context.geometry.pixels(caption.size)
    guard let verb, arrangement == .line else {
      let row = try caption.row(joined, parameter: Presents.name, in: context)
      let lines = Double(max(1, row.lettering.layout.lines.count))
      return try caption.painter(
        [(row, .zero, 1)]
          + (verb.map { [($0, Point(0, caption.lineSpacing * em * lines), verbOpacity)] } ?? []),
        in: context)
    }
    var large = caption
    let beside = verb.ink.width + Presents.gap * em
    large.fit -= beside / Double(max(1, context.geometry.trimWidth))
    guard large.fit > 0 else {
      throw LayerProblems("fit", "the verb leaves no room for the names", hint: "raise 'fit' or lower 'size'")
    }
    let row = try large.row(joined, parameter: Presents.name, in: context)
    let whole = row.ink.width + beside
    return try caption.painter(
      [
        (row, Point((row.ink.width - whole) / 2, 0), 1),
        (verb, Point((whole - verb.ink.width) / 2, 0), verbOpacity),
      ], in: context)
  }

  /// A; A & B; A, B & C.
  private var joined: String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(join) " + last
  }
}
