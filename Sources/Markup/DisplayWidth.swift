/// The number of terminal columns a character takes: 0, 1 or 2, or more for conjuncts of several spacing letters.
///
/// Follows Unicode's East Asian Width (UAX #11): W and F take two columns, ambiguous ones take one. Emoji take two.
func displayWidth(_ character: Character) -> Int {
  var width = 0
  var isEmoji = false
  var last: Unicode.Scalar?
  for scalar in character.unicodeScalars {
    if scalar.properties.isEmojiPresentation { isEmoji = true }
    // The variation selector asks for the colored form of a sign that is else drawn as text.
    if scalar == "\u{FE0F}", let last, last.properties.isEmoji { isEmoji = true }
    width += displayWidth(scalar)
    last = scalar
  }
  // Joined sequences (families, flags) are drawn as one picture.
  return isEmoji ? 2 : width
}

/// The number of terminal columns of one scalar: 0, 1 or 2.
func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return value == 0xAD || value >= 0xA0 || (value >= 0x20 && value < 0x7F) ? 1 : 0 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return 0
  default: break
  }
  // Vowels and final consonants of Hangul join the syllable before them.
  if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
  if scalar.properties.isEmojiPresentation { return 2 }
  return wideRanges.contains { $0.contains(value) } ? 2 : 1
}

/// Ranges of East Asian Width W and F, besides emoji. Includes code points reserved for CJK.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
  0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
  0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x2FFFD,
  0x30000...0x3FFFD,
]
