import Typography

/// A font that presets find by name.
public struct BundledFont: Sendable, Hashable {
  public let family: String
  /// "Regular", "Bold Italic".
  public let style: String
  /// Writing systems, those with most characters first: "Latin", "Han".
  public let scripts: [String]
  /// Pen strokes instead of filled outlines: for neon.
  public let isStroke: Bool
  /// "OFL 1.1", "Apache 2.0"; "see LICENSE.txt" or the like where it is none of the usual ones.
  public let license: String
  public let path: String
}

extension Resources {
  /// All fonts that come with the program, in the order of families and weights. Each is opened.
  public var bundledFonts: [BundledFont] {
    fonts.all.sorted { ($0.family, $0.weight, $0.style) < ($1.family, $1.weight, $1.style) }.map { font in
      BundledFont(
        family: font.family, style: font.style,
        scripts: (try? fonts.face(font))?.scripts.map(\.description) ?? [], isStroke: font.isStroke,
        license: BundledFont.name(ofLicense: font.license), path: font.path)
    }
  }
}

extension BundledFont {
  /// The usual short name of a license, by its text.
  static func name(ofLicense text: String?) -> String {
    guard let text = text?.lowercased() else { return "unknown" }
    // A file that lists the licenses of several parts names the font's first.
    let names = [
      ("ofl-1.1", "OFL 1.1"), ("sil open font license", "OFL 1.1"), ("apache-2.0", "Apache 2.0"),
      ("apache license", "Apache 2.0"), ("hershey", "Hershey notice"),
    ]
    let found = names.compactMap { needle, name in text.firstRange(of: needle).map { ($0.lowerBound, name) } }
    return found.min { $0.0 < $1.0 }?.1 ?? "see LICENSE.txt"
  }
}
