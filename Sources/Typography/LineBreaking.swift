/// Where a line may end: after spaces and hyphens, and between ideographs as far as punctuation allows.
///
/// A small part of Unicode Standard Annex 14 with the rules of Chinese and Japanese setting that no line begins
/// with a closing mark or ends with an opening one.
enum LineBreaking {
  /// Marks that may not begin a line.
  static let neverFirst = Set(
    """
    ,.:;?!)]}'"%…‥·’”»›–—‐-。，、．：；？！％）］｝」』】〕〉》〗〙〛｣､｡･・ー々〻ヽヾゝゞ゛゜℃‰°′″\
    ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ～〜
    """.unicodeScalars)

  /// The same after a space, where quotation marks open and a hyphen is a sign.
  private static let neverFirstAfterSpace = neverFirst.subtracting("\"'’-\u{2010}….·‥".unicodeScalars)

  /// Marks that may not end a line.
  static let neverLast = Set("([{'\"‘“«‹$£€¥￥＄#（［｛「『【〔〈《〖〘〚｢".unicodeScalars)

  private static let neverBeside: Set<Unicode.Scalar> = [
    "\u{A0}", "\u{2007}", "\u{202F}", "\u{2060}", "\u{FEFF}",
  ]

  /// Whether a line may end before the cluster of that index and begin with it.
  static func canBreak(before index: Int, in text: ItemizedText) -> Bool {
    guard index > 0, text.clusters.indices.contains(index) else { return false }
    let left = text.clusters[index - 1]
    let right = text.clusters[index]
    guard let a = scalar(left.range.last, in: text), let b = scalar(right.range.first, in: text) else {
      return false
    }
    if right.isContinuation || neverBeside.contains(a) || neverBeside.contains(b)
      || right.isSpace && b != "\u{200B}"
    {
      return false
    }
    if a == "\u{200B}" { return true }
    let first = scalar(left.range.first, in: text) ?? a
    if left.isSpace { return !neverFirstAfterSpace.contains(b) }
    if neverFirst.contains(b) || neverLast.contains(first) { return false }
    if isIdeographic(first) || isIdeographic(b) { return true }
    // A hyphen within a word; one at its start is a sign.
    guard ["-", "\u{2010}", "\u{2013}", "\u{2014}"].contains(first), index > 1,
      let before = scalar(text.clusters[index - 2].range.first, in: text)
    else { return false }
    return isWordCharacter(before) && isWordCharacter(b)
  }

  /// Whether a line may be broken or widened before a cluster because an ideograph stands beside that place.
  static func isBetweenIdeographs(_ index: Int, in text: ItemizedText) -> Bool {
    guard canBreak(before: index, in: text), !text.clusters[index - 1].isSpace else { return false }
    return [index - 1, index].contains { cluster in
      scalar(text.clusters[cluster].range.first, in: text).map(isIdeographic) ?? false
    }
  }

  private static func scalar(_ position: Int?, in text: ItemizedText) -> Unicode.Scalar? {
    position.flatMap { Unicode.Scalar(text.scalars[$0]) }
  }

  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// Ideographs, kana and the full-width marks that go with them.
  static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3001...0x303F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
    default: Script(of: scalar).isIdeographic
    }
  }
}
