import Typography

/// A font that presets find by name.
public struct BundledFont: Sendable, Hashable {
  public let family: String
  /// "Regular", "Bold Italic".
  public let style: String
  /// Writing systems, those with most characters first: "Latin", "Han".
  public let scripts: [String]
  /// How many characters it has.
  public let characterCount: Int
  /// Pen strokes instead of filled outlines: for neon.
  public let isStroke: Bool
  public let terms: FontTerms
  public let path: String
}

extension Resources {
  /// All fonts that come with the program, in the order of families and weights. Each is opened.
  public var bundledFonts: [BundledFont] {
    fonts.all.sorted { ($0.family, $0.weight, $0.style) < ($1.family, $1.weight, $1.style) }.map { font in
      let face = try? fonts.face(font)
      return BundledFont(
        family: font.family, style: font.style, scripts: face?.scripts.map(\.description) ?? [],
        characterCount: face?.characterCount ?? 0, isStroke: font.isStroke,
        terms: FontTerms(of: font, bundledIn: fonts.roots), path: font.path)
    }
  }
}
