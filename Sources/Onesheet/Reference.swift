import Catalog
import Effects
import Layers
import Markup
import Props
import Raster

/// Everything that presets can name, described for people: what `onesheet describe` shows and completion offers.
///
/// It derives from the tables that presets are read with, so it cannot say anything else than they do.
public struct Reference: Sendable {
  public enum Topic: String, Sendable, Hashable, CaseIterable { case layer, effect, prop, format, part }

  /// A key of a preset.
  public struct Key: Sendable {
    public let name: String
    /// What may stand there: "a number from 0 to 1".
    public let values: String
    /// Values that look right in most pictures, "from 0.5 to 1", or nil.
    public let usual: String?
    /// As a preset would write it; nil if leaving the key out means something of its own.
    public let standard: String?
    public let isRequired: Bool
    public let help: String

    init(
      _ name: String, _ values: String, usual: String? = nil, standard: String? = nil,
      isRequired: Bool = false,
      _ help: String
    ) {
      self.name = name
      self.values = values
      self.usual = usual
      self.standard = standard
      self.isRequired = isRequired
      self.help = help
    }

    init(_ parameter: ParameterDescription, standard: String? = nil) {
      self.init(
        parameter.name, parameter.form.summary, usual: parameter.form.suggestion,
        standard: standard
          ?? (parameter.isRequired || parameter.defaultText.isEmpty ? nil : parameter.defaultText),
        isRequired: parameter.isRequired, parameter.help)
    }
  }

  public let name: String
  public let topic: Topic
  /// One sentence.
  public let summary: String
  /// The main parameter first.
  public let keys: [Key]
  /// A whole preset that can be rendered.
  public let example: String
}

extension Reference {
  /// Everything, topic by topic; layers, effects and props in the order of their names.
  public static let all: [Reference] = layers + effects + props + formats + parts

  public static func all(_ topic: Topic) -> [Reference] { all.filter { $0.topic == topic } }

  /// What bears this name; a layer, an effect and a prop may share one.
  public static func named(_ name: String) -> [Reference] { all.filter { $0.name == name } }

  private static let layers: [Reference] =
    (LayerCatalog.all.map { layer($0) } + structural).sorted { $0.name < $1.name }
  private static let effects: [Reference] = EffectCatalog.all.map { effect($0) }.sorted { $0.name < $1.name }
  private static let props: [Reference] = PropCatalog.all.map { prop($0) }.sorted { $0.name < $1.name }
  private static let formats: [Reference] = Format.all.map { format($0) }

  private static func layer(_ type: (some Layer).Type) -> Reference {
    // Keys of every layer, where this kind has defaults of its own.
    let own = Placement.parameters.map { $0.name }.filter {
      type.placement.text(of: $0) != Placement().text(of: $0)
    }
    let placement = Placement.parameterDescriptions.filter { own.contains($0.name) }.map {
      Key($0, standard: type.placement.text(of: $0.name))
    }
    return Reference(
      name: type.name, topic: .layer, summary: type.summary,
      keys: type.parameterDescriptions.map { Key($0) } + placement,
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
        \(item(type))
        """)
  }

  private static func effect(_ type: (some Effect).Type) -> Reference {
    Reference(
      name: type.name, topic: .effect, summary: type.summary,
      keys: type.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
        \(type.init().looks.contains { $0.channel == .depth } ? setting : ground)
        effects:
        \(item(type))
        """)
  }

  /// What the examples of effects are applied to: a plain one, and one with depth.
  private static let ground = """
      - gradient: linear
        stops: {0: "#06070d", 0.6: "#1b1440", 1: "#ff2e88"}
    """
  private static let setting = """
      - set: street
    """

  private static func prop(_ type: (some Prop).Type) -> Reference {
    // A place stands under a key of its own; everything else in a list.
    let isPlace = SetLayer.placeKeys.contains(type.name)
    let sample = item(type).split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return Reference(
      name: type.name, topic: .prop, summary: type.summary,
      keys: type.parameterDescriptions.map { Key($0) },
      example: """
        onesheet: 1
        canvas: {size: 600x250}
        layers:
          - set: \(isPlace ? type.name : "empty")
        \(isPlace ? "" : "    props:\n\(sample)\n")effects:
          - tone: agx
        """)
  }

  private static let structural: [Reference] = [
    set,
    Reference(
      name: "group", topic: .layer, summary: "Layers that are treated as one picture.",
      keys: [Key("group", "a list of layers", isRequired: true, "What the group is made of, bottom to top.")],
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
          - group:
              - solid: "#06070d"
              - noise: fbm
                opacity: 0.5
            id: picture
            effects:
              - vignette: 0.8
        """),
    Reference(
      name: "copy", topic: .layer, summary: "Another layer once more, moved as a whole.",
      keys: [Key("copy", "the id of a layer", isRequired: true, "Which layer is shown again.")],
      example: """
        onesheet: 1
        canvas: {size: 600x400}
        layers:
          - gradient: radial
            id: lamp
            stops: {0: "#ff2e88", 1: transparent}
            radius: 0.2
            at: [0.3, 0.5]
          - copy: lamp
            at: [0.8, 0.5]
            blend: add
        """),
  ]

  private static func format(_ format: Format) -> Reference {
    let pixels = format.pixels(dpi: 300)
    let name = format.name.contains(":") ? "\"\(format.name)\"" : format.name
    let bleed =
      format.usualBleed > 0 ? ", bleed: \(trimmed((format.usualBleed * 1000).rounded() / 1000))in" : ""
    return Reference(
      name: format.name, topic: .format,
      summary: format.isPaper
        ? "\(format.summary): \(pixels.width) × \(pixels.height) px at 300 dpi." : "\(format.summary).",
      keys: [],
      example: """
        onesheet: 1
        canvas: {format: \(name)\(format.isPaper ? ", dpi: 300\(bleed)" : "")}
        layers:
          - solid: "#f4e6c8"
        """)
  }

  // MARK: Examples

  /// The most parameters beside the main one that an example shows.
  private static let shownParameters = 3

  /// A list item of this kind: its main parameter, what is required, and some others at their defaults.
  private static func item<K: Kind>(_ type: K.Type) -> String {
    var lines: [String] = []
    var others = 0
    for parameter in type.parameterDescriptions {
      let sample = type.sampleValues[parameter.name]
      guard parameter.isMain || parameter.isRequired || sample != nil || type.sampleValues.isEmpty else {
        continue
      }
      let isOptional = !parameter.isMain && !parameter.isRequired && sample == nil
      if isOptional, others == shownParameters { continue }
      var value = sample ?? parameter.defaultText
      if sample == nil, parameter.isRequired { value = Reference.value(of: parameter.form) }
      // Not every default can be written: some stand for "as the picture demands".
      let isLegal =
        K().setting(parameter.name, to: value, geometry: Geometry(trimWidth: 600, trimHeight: 400)) != nil
      guard !value.isEmpty, isLegal || parameter.isRequired || sample != nil else {
        if parameter.isMain { lines.append("\(parameter.name):") }
        continue
      }
      if isOptional { others += 1 }
      lines.append("\(parameter.name): \(value)")
    }
    return lines.enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }.joined(separator: "\n")
  }

  /// A value of this form for a parameter without a default.
  private static func value(of form: Form) -> String {
    switch form {
    case .number(let legal, let suggested, _):
      let range = suggested ?? (legal.clamped(to: 0...1))
      return trimmed((range.lowerBound + range.upperBound) / 2)
    case .integer(let legal): return "\(min(legal.upperBound, max(legal.lowerBound, 3)))"
    case .flag: return "true"
    case .choice(let names): return names.first ?? ""
    case .text: return "MIDNIGHT"
    case .color, .paint, .fill: return "\"#ff2e88\""
    case .stops: return "{0: \"#06070d\", 1: \"#ff2e88\"}"
    case .point: return "[0.5, 0.5]"
    case .offset: return "[0.05, 0.05]"
    case .place: return "[0, 0, 10]"
    case .file: return "photo.png"
    case .layer: return "picture"
    case .list(let form, let count):
      let items = Array(repeating: value(of: form), count: min(4, max(1, count.lowerBound)))
      return "[\(items.joined(separator: ", "))]"
    case .layers: return "[{solid: \"#1b1440\"}]"
    // A kind with such a parameter gives a sample of it.
    case .structure: return "{}"
    case .either(let first, _): return value(of: first)
    }
  }
}
