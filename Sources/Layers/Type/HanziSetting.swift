import Catalog
import Raster
import Typography

/// How Chinese characters and kana are set among Latin letters, and the language that their forms are those of: what all
/// layers with type have in common.
struct HanziSetting: Parameterized, Hashable {
  var hanziScale: Double?
  var hanziRaise: Double?
  var hanziGap = 0.25
  var language: String?

  static let parameters: [Parameter<HanziSetting>] = [
    .init(
      "hanzi-scale", \.hanziScale, Codec<Double>.number(0.05...10, suggested: 0.7...1.2).orAuto,
      "Size of Chinese characters and kana beside other letters; auto makes them look as large as the Latin letters of the text."
    ),
    .init(
      "hanzi-raise", \.hanziRaise, Codec<Double>.number(-10...10, suggested: -0.1...0.2, unit: .em).orAuto,
      "How far Chinese characters and kana are moved up; auto puts their middle at that of the Latin letters."
    ),
    .init(
      "hanzi-gap", \.hanziGap, .number(0...1, suggested: 0...0.25, unit: .em),
      "Between Chinese and Latin letters or digits where no space stands."),
    .init(
      "language", \.language, Codec<String>.text.optional,
      "The text's language, such as zh-Hans or ja, for forms that depend on it."),
  ]

  init() {}

  /// As capitals want it: nil for what the text's own letters tell.
  init(scale: Double?, raise: Double?) {
    hanziScale = scale
    hanziRaise = raise
  }

  func apply(to style: inout TextStyle) {
    style.hanziScale = hanziScale
    style.hanziRaise = hanziRaise
    style.hanziGap = hanziGap
    style.language = language
  }
}

extension Codec where Value == Double {
  /// A number, or `auto` for nil.
  var orAuto: Codec<Double?> {
    let inner = optional
    return Codec<Double?>(
      form: .either(.choice(["auto"]), form),
      read: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        if node.scalarText == "auto" { return { _ in nil } }
        return inner.reading(node, &reader)
      }, text: { $0.map { self.written($0) } ?? "auto" })
  }
}
