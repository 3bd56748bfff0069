/// How far letters and marks at the ends of a line may stand over the margin so that its edge looks straight.
///
/// Shares of the character's width. Those of punctuation are what is customary in print; those of letters follow
/// Hàn Thế Thành, "Micro-typographic extensions to the TeX typesetting system" (2000), and its successor microtype.
enum OpticalMargin {
  enum Side: Sendable { case start, end }

  static func share(of scalar: Unicode.Scalar, at side: Side) -> Double {
    switch side {
    case .start: starts[scalar] ?? both[scalar] ?? 0
    case .end: ends[scalar] ?? both[scalar] ?? 0
    }
  }

  /// Whether the character is a mark: marks hang by their whole width, letters from their ink.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool { scalar.isPunctuationOrSpace }

  private static let both: [Unicode.Scalar: Double] = [
    "'": 1, "\"": 1, "\u{2018}": 1, "\u{2019}": 1, "\u{201C}": 1, "\u{201D}": 1, "\u{201A}": 1, "\u{201E}": 1,
    "\u{2039}": 0.5, "\u{203A}": 0.5, "\u{AB}": 0.5, "\u{BB}": 0.5, "-": 0.8, "\u{2010}": 0.8,
    "\u{2013}": 0.5,
    "\u{2014}": 0.3, "\u{B7}": 0.8, "\u{2022}": 1, "*": 0.5, "†": 0.5,
    "A": 0.05, "T": 0.06, "V": 0.06, "W": 0.04, "Y": 0.07, "X": 0.03, "O": 0.02, "Q": 0.02, "C": 0.02,
    "G": 0.02,
    "v": 0.05, "w": 0.04, "x": 0.04, "y": 0.05, "o": 0.02, "c": 0.02, "e": 0.02, "7": 0.03, "4": 0.03,
  ]

  private static let starts: [Unicode.Scalar: Double] = [
    "(": 0.25, "[": 0.15, "J": 0.05, "D": 0, "S": 0.02, "s": 0.02, "「": 0.5, "『": 0.5, "（": 0.5, "《": 0.5,
    "〈": 0.5, "【": 0.5, "〔": 0.5,
  ]

  private static let ends: [Unicode.Scalar: Double] = [
    ".": 1, ",": 1, ":": 0.5, ";": 0.5, "!": 0.25, "?": 0.25, ")": 0.25, "]": 0.15, "\u{2026}": 0.4,
    "%": 0.05,
    "/": 0.25, "F": 0.06, "P": 0.03, "L": 0.04, "K": 0.03, "R": 0.02, "D": 0.02, "S": 0.02, "k": 0.03,
    "r": 0.08,
    "t": 0.05, "f": 0.05, "s": 0.02,
    // The marks that Chinese and Japanese printers let hang.
    "。": 1, "，": 1, "、": 1, "．": 1, "」": 0.5, "』": 0.5, "）": 0.5, "》": 0.5, "〉": 0.5, "】": 0.5, "〕": 0.5,
  ]
}
