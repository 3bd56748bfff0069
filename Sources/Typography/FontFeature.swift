import CHarfBuzz

/// An OpenType feature by its tag of four letters, such as `kern`, `liga` or `ss01`.
package struct FontFeature: Hashable, Sendable, CustomStringConvertible {
  let tag: UInt32

  init(tag: UInt32) { self.tag = tag }

  /// nil unless the name is four printable ASCII characters; shorter names are padded with spaces.
  package init?(_ name: String) {
    var letters = Array(name.utf8)
    guard (1...4).contains(letters.count), letters.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    while letters.count < 4 { letters.append(0x20) }
    tag = letters.reduce(0) { $0 << 8 | UInt32($1) }
  }

  package static let kerning = FontFeature(tag: 0x6B65_726E)  // kern
  package static let ligatures = FontFeature(tag: 0x6C69_6761)  // liga
  package static let contextualLigatures = FontFeature(tag: 0x636C_6967)  // clig
  static let vertical = FontFeature(tag: 0x7665_7274)  // vert

  /// The tag, such as `smcp`.
  package var description: String { Script.letters(of: tag) }
}

extension FontFeature {
  /// Names of features as designers say them, and their tags.
  package static let names: [(name: String, tag: String)] = [
    ("kerning", "kern"), ("ligatures", "liga"), ("contextual-ligatures", "clig"),
    ("discretionary-ligatures", "dlig"),
    ("historical-ligatures", "hlig"), ("contextual-alternates", "calt"), ("small-caps", "smcp"),
    ("small-caps-from-caps", "c2sc"), ("petite-caps", "pcap"), ("petite-caps-from-caps", "c2pc"),
    ("unicase", "unic"),
    ("titling-caps", "titl"), ("case-sensitive-forms", "case"), ("capital-spacing", "cpsp"),
    ("oldstyle-figures", "onum"), ("lining-figures", "lnum"), ("proportional-figures", "pnum"),
    ("tabular-figures", "tnum"), ("slashed-zero", "zero"), ("fractions", "frac"), ("ordinals", "ordn"),
    ("superscript", "sups"), ("subscript", "subs"), ("scientific-inferiors", "sinf"), ("numerators", "numr"),
    ("denominators", "dnom"), ("swash", "swsh"), ("contextual-swash", "cswh"),
    ("stylistic-alternates", "salt"),
    ("all-alternates", "aalt"), ("historical-forms", "hist"), ("ornaments", "ornm"), ("half-widths", "hwid"),
    ("full-widths", "fwid"), ("proportional-widths", "pwid"), ("half-width-punctuation", "halt"),
    ("proportional-punctuation", "palt"), ("contextual-punctuation", "chws"), ("vertical-forms", "vert"),
    ("simplified-forms", "smpl"), ("traditional-forms", "trad"), ("ruby", "ruby"),
  ]

  /// A feature by its name, by `stylistic-set-N` and `character-variant-N`, or by its tag; nil for any other word.
  package init?(named name: String) {
    if let known = Self.names.first(where: { $0.name == name }) {
      self.init(known.tag)
      return
    }
    for (prefix, letters) in [("stylistic-set-", "ss"), ("character-variant-", "cv")]
    where name.hasPrefix(prefix) {
      guard let number = Int(name.dropFirst(prefix.count)), (1...99).contains(number) else { return nil }
      self.init(letters + (number < 10 ? "0" : "") + "\(number)")
      return
    }
    // Tags of registered features have four characters, lower-case letters and digits; private ones capitals.
    guard name.utf8.count == 4, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
      return nil
    }
    self.init(name)
  }

  /// The name that designers use, or else the tag.
  package var name: String {
    let tag = description
    if let known = Self.names.first(where: { $0.tag == tag }) { return known.name }
    for (prefix, letters) in [("stylistic-set-", "ss"), ("character-variant-", "cv")]
    where tag.hasPrefix(letters) {
      if let number = Int(tag.dropFirst(2)) { return prefix + "\(number)" }
    }
    return tag
  }

  /// Whether a designer asks for it: others belong to the shaping of scripts and are always on.
  package var isOptional: Bool {
    name != description || description == "vkrn" || description == "vpal" || description == "vhal"
  }
}

extension ItemizedText {
  /// Features that are switched on and that no face of the text has for the script it is used in.
  func missingFeatures(_ style: TextStyle) -> [FontFeature] {
    let wanted = style.features.filter { $0.value > 0 }.keys
    guard !wanted.isEmpty else { return [] }
    var found: Set<FontFeature> = []
    for (face, scripts) in usedScripts where style.faces.indices.contains(face) {
      for script in scripts { found.formUnion(style.faces[face].features(of: script)) }
    }
    return wanted.filter { !found.contains($0) }.sorted { $0.tag < $1.tag }
  }

  /// The scripts that each face is used for.
  private var usedScripts: [Int: Set<Script>] {
    var used: [Int: Set<Script>] = [:]
    for cluster in clusters where !cluster.isSpace { used[cluster.face, default: []].insert(cluster.script) }
    return used
  }
}

extension Face {
  /// The features that the face has for a script, in the order of their tags.
  package func features(of script: Script) -> [FontFeature] { source.features(of: script) }

  /// Those that a designer may ask for, of all its scripts.
  package var optionalFeatures: [FontFeature] {
    var all: Set<FontFeature> = []
    for script in scripts.prefix(16) { all.formUnion(features(of: script)) }
    return all.filter(\.isOptional).sorted { $0.tag < $1.tag }
  }
}

/// Which features are on (1), off (0) or take a variant (2 and more). Those not named keep the font's default:
/// kerning and standard ligatures are on.
package typealias FontFeatures = [FontFeature: UInt32]

extension FontFeatures {
  /// In the order of their tags, so that shaping never depends on the order of a dictionary.
  var shapingFeatures: [hb_feature_t] {
    sorted { $0.key.tag < $1.key.tag }.map {
      hb_feature_t(tag: $0.key.tag, value: $0.value, start: 0, end: UInt32.max)
    }
  }
}
