import Catalog
import Markup
import Raster
import Typography

/// How letters are set, beside their size and their place in a column: what every kind of layer with type has in
/// common.
struct TypeSetting: Parameterized, Hashable {
  var features: [FeatureChoice] = []
  var hanging = 0.0
  var baselineShift = 0.0
  var direction = TextStyle.Direction.horizontal
  var uprightLatin = TextStyle.UprightLatin.auto
  var hanzi = HanziSetting()

  static let parameters: [Parameter<TypeSetting>] =
    [
      .init(
        "features", \.features, .features,
        "What the fonts offer: small-caps, oldstyle-figures, slashed-zero, stylistic-set-1 or a tag such as ss01; {ligatures: off} takes away what is on by itself."
      ),
      .init(
        "hanging", \.hanging, .number(0...2, suggested: 0...1, unit: .times),
        "How far quotation marks, hyphens, stops and slanting letters stand over the edge of the column, so that it looks straight; 1 is customary."
      ),
      .init(
        "baseline-shift", \.baselineShift, .number(-20...20, suggested: -0.5...0.5, unit: .em),
        "How far the letters are moved up from their lines; in columns, to the right."),
      .init(
        "direction", \.direction, .choice,
        "vertical sets columns from top to bottom, the first at the right, with upright Chinese."),
      .init(
        "upright-latin", \.uprightLatin, .choice,
        "How Latin letters and digits stand in columns: auto keeps up to three capitals and numbers of two digits upright and turns words."
      ),
    ] + including(\.hanzi)

  init() {}

  func apply(to style: inout TextStyle) {
    for choice in features { style.features[choice.feature] = choice.value }
    style.hanging = hanging
    style.baselineShift = baselineShift
    style.direction = direction
    style.uprightLatin = uprightLatin
    hanzi.apply(to: &style)
  }
}

/// A feature of OpenType and its value: 0 off, 1 on, more for the alternates of some.
struct FeatureChoice: Hashable, Sendable {
  var feature: FontFeature
  var value: UInt32
}

extension Codec where Value == [FeatureChoice] {
  private static var rule: String {
    "features are names, or names with a value: [small-caps, {ligatures: off}]"
  }
  private static var maximumCount: Int { 64 }

  /// A name, a map from names to values, or a list of both.
  static var features: Codec<[FeatureChoice]> {
    Codec(
      form: .either(.text, .list(of: .text, count: 0...maximumCount)),
      still: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        guard case .sequence(let items) = node.content else { return read(node, &reader) }
        guard items.count <= maximumCount else {
          reader.error("at most \(maximumCount) features are due here, not \(items.count)", at: node.place)
          return nil
        }
        let parts = items.map { item in reader.resolved(item).flatMap { read($0, &reader) } }
        let complete = parts.compactMap { $0 }
        return complete.count == parts.count ? complete.flatMap { $0 } : nil
      },
      text: { choices in
        guard !choices.isEmpty else { return "" }
        let items = choices.map { $0.value == 1 ? $0.feature.name : "{\($0.feature.name): \($0.value)}" }
        return "[\(items.joined(separator: ", "))]"
      })
  }

  private static func read(_ node: Node, _ reader: inout Reader) -> [FeatureChoice]? {
    switch node.content {
    case .mapping(let pairs):
      let choices = pairs.map { pair -> FeatureChoice? in
        guard let feature = feature(pair.key, &reader), let node = reader.resolved(pair.value),
          let value = value(node, of: feature, &reader)
        else { return nil }
        return FeatureChoice(feature: feature, value: value)
      }
      let complete = choices.compactMap { $0 }
      return complete.count == choices.count ? complete : nil
    case .scalar:
      return feature(node, &reader).map { [FeatureChoice(feature: $0, value: 1)] }
    default:
      reader.error("the name of a feature is due here, not \(node.kindName)", at: node.place, hint: rule)
      return nil
    }
  }

  private static func feature(_ node: Node, _ reader: inout Reader) -> FontFeature? {
    let name = node.scalarText ?? ""
    if let feature = FontFeature(named: name) { return feature }
    reader.error(
      "no feature of fonts is called '\(name)'", at: node.place,
      hint: nearest(name, among: FontFeature.names.map { $0.name }).map { "did you mean '\($0)'?" }
        ?? "write a name such as small-caps, or a tag of four letters such as ss01")
    return nil
  }

  private static func value(_ node: Node, of feature: FontFeature, _ reader: inout Reader) -> UInt32? {
    let text = node.scalarText?.lowercased() ?? ""
    switch text {
    case "on", "true", "yes": return 1
    case "off", "false", "no": return 0
    default:
      if let value = UInt32(text), value <= 255 { return value }
      reader.error(
        "'\(feature.name)' is on, off, or a number from 0 to 255", at: node.place,
        hint: node.scalarText == nil ? rule : nil)
      return nil
    }
  }
}
