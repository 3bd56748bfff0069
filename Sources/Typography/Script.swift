import CHarfBuzz

/// A writing system, by its four letters of ISO 15924.
package struct Script: Hashable, Sendable, CustomStringConvertible {
  /// The four letters as one big-endian number, as OpenType and HarfBuzz write tags.
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }
  init(_ script: hb_script_t) { rawValue = script.rawValue }

  /// The script that a character belongs to; punctuation and digits are `common`, marks `inherited`.
  package init(of scalar: Unicode.Scalar) { self.init(hb_unicode_script(Canonical.functions, scalar.value)) }

  package static let common = Script(HB_SCRIPT_COMMON)
  package static let inherited = Script(HB_SCRIPT_INHERITED)
  package static let unknown = Script(HB_SCRIPT_UNKNOWN)
  package static let latin = Script(HB_SCRIPT_LATIN)
  package static let greek = Script(HB_SCRIPT_GREEK)
  package static let cyrillic = Script(HB_SCRIPT_CYRILLIC)
  package static let han = Script(HB_SCRIPT_HAN)
  package static let hiragana = Script(HB_SCRIPT_HIRAGANA)
  package static let katakana = Script(HB_SCRIPT_KATAKANA)
  package static let bopomofo = Script(HB_SCRIPT_BOPOMOFO)
  package static let hangul = Script(HB_SCRIPT_HANGUL)

  var shapingScript: hb_script_t { hb_script_t(rawValue: rawValue) }

  /// Whether the character says nothing about its neighbors' script.
  var isNeutral: Bool { self == .common || self == .inherited || self == .unknown }

  /// Scripts whose characters fill a square em and break between any two.
  var isIdeographic: Bool {
    self == .han || self == .hiragana || self == .katakana || self == .bopomofo
  }

  /// The code of ISO 15924, such as `Latn`.
  package var code: String { Self.letters(of: rawValue) }

  package var description: String {
    switch self {
    case .latin: "Latin"
    case .greek: "Greek"
    case .cyrillic: "Cyrillic"
    case .han: "Han"
    case .hiragana: "Hiragana"
    case .katakana: "Katakana"
    case .bopomofo: "Bopomofo"
    case .hangul: "Hangul"
    default: Self.otherNames[code] ?? code
    }
  }

  /// Scripts that fonts have beside those that type is set in.
  private static let otherNames = [
    "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Cher": "Cherokee", "Deva": "Devanagari",
    "Ethi": "Ethiopic", "Geor": "Georgian", "Hebr": "Hebrew", "Kali": "Kayah Li", "Khmr": "Khmer",
    "Laoo": "Lao",
    "Mong": "Mongolian", "Mymr": "Myanmar", "Taml": "Tamil", "Thai": "Thai", "Tibt": "Tibetan",
  ]

  static func letters(of tag: UInt32) -> String {
    String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: tag >> $0) }, as: UTF8.self)
  }
}

/// Canonical equivalence of single characters, from HarfBuzz's own tables so that coverage and shaping agree.
enum Canonical {
  /// Immutable for the life of the process, and safe on any thread.
  nonisolated(unsafe) static let functions: OpaquePointer? = hb_unicode_funcs_get_default()

  /// The character that two others make together, such as é for e and a combining acute.
  static func composed(_ a: UInt32, _ b: UInt32) -> UInt32? {
    var result: hb_codepoint_t = 0
    return hb_unicode_compose(functions, a, b, &result) != 0 ? result : nil
  }

  /// The two characters that one stands for; the second is zero if it stands for one other alone.
  static func decomposed(_ scalar: UInt32) -> (UInt32, UInt32)? {
    var a: hb_codepoint_t = 0
    var b: hb_codepoint_t = 0
    return hb_unicode_decompose(functions, scalar, &a, &b) != 0 ? (a, b) : nil
  }

  /// A cluster with each character joined to the one before it where the two make one.
  static func composed(_ scalars: some Sequence<UInt32>) -> [UInt32] {
    var result: [UInt32] = []
    for scalar in scalars {
      if let last = result.last, let joined = composed(last, scalar) {
        result[result.count - 1] = joined
      } else {
        result.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Nothing is drawn for it: joiners, variation selectors, direction marks.
  var isIgnorable: Bool { properties.isDefaultIgnorableCodePoint }

  var isSpace: Bool { properties.generalCategory == .spaceSeparator }

  /// Spaces and punctuation, which take the face of their neighbors.
  var isPunctuationOrSpace: Bool {
    switch properties.generalCategory {
    case .spaceSeparator, .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  var isOpening: Bool {
    properties.generalCategory == .openPunctuation || properties.generalCategory == .initialPunctuation
  }

  var isClosing: Bool {
    properties.generalCategory == .closePunctuation || properties.generalCategory == .finalPunctuation
  }

  /// Whether the character closes what this one opens.
  func isClosed(by closer: Unicode.Scalar) -> Bool {
    switch self {
    case "\u{2018}", "\u{201A}": closer == "\u{2019}" || closer == "\u{2018}"
    case "\u{201C}", "\u{201E}": closer == "\u{201D}" || closer == "\u{201C}"
    case "\u{AB}": closer == "\u{BB}"
    case "\u{2039}": closer == "\u{203A}"
    case "(": closer == ")"
    case "[": closer == "]"
    case "{": closer == "}"
    case "〝": closer == "〞" || closer == "〟"
    // Brackets of Chinese and of mathematics stand in pairs.
    default: closer.value == value + 1 || closer.value == value + 2
    }
  }
}
