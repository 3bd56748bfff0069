import CHarfBuzz

/// An OpenType feature by its tag of four letters, such as `kern`, `liga` or `ss01`.
package struct FontFeature: Hashable, Sendable, CustomStringConvertible {
  let tag: UInt32

  private init(tag: UInt32) { self.tag = tag }

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

  package var description: String { Script.letters(of: tag) }
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
