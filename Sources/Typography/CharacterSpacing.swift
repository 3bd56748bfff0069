/// Which full-width marks have an empty half, and where hanzi and Latin letters keep a distance.
///
/// After the W3C's "Requirements for Chinese Text Layout" (CLREQ) and JIS X 4051.
enum CharacterSpacing {
  /// The side on which a full-width mark is empty.
  enum Mark: Sendable {
    /// Empty before its ink.
    case opening
    /// Empty after its ink, or on both sides.
    case closing
  }

  /// Whether the mark's two halves are one of ink and one of air. Only the font tells whether it really is.
  static func mark(_ scalar: Unicode.Scalar) -> Mark? {
    switch scalar {
    case "「", "『", "（", "《", "〈", "【", "〔", "〖", "〘", "〚", "［", "｛", "｟", "\u{201C}", "\u{2018}", "〝":
      .opening
    case "」", "』", "）", "》", "〉", "】", "〕", "〗", "〙", "〛", "］", "｝", "｠", "\u{201D}", "\u{2019}", "〞", "〟",
      "。", "，", "、", "．", "；", "：", "！", "？":
      .closing
    default: nil
    }
  }

  static let quotes: Set<Unicode.Scalar> = ["\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}"]

  /// A character that keeps a distance from Latin letters: an ideograph or kana, but no mark.
  static func isHanzi(_ scalar: Unicode.Scalar) -> Bool {
    Script(of: scalar).isIdeographic || scalar == "\u{3007}" || scalar == "\u{30FC}"
  }

  /// A letter or digit that keeps a distance from hanzi. Full-width ones stand in squares of their own.
  static func isWestern(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return (properties.isAlphabetic || properties.numericType == .decimal) && !isHanzi(scalar)
      && !(0xFF00...0xFFEF).contains(scalar.value) && Script(of: scalar) != .hangul
  }
}

extension ShapedLine {
  /// A word space grows by half and gives way by a third, as in TeX; hanzi move apart a little.
  private static let spaceStretch = 0.5
  private static let spaceShrink = 1.0 / 3
  private static let hanziStretch = 0.04

  /// Adds the gaps between hanzi and Latin letters, closes marks beside each other, and notes what may be spread.
  mutating func addSpacing(_ text: ItemizedText, _ style: TextStyle, _ breaking: LineBreaking?) {
    guard clusters.count > 1 else { return }
    for cluster in clusters.dropLast() {
      let index = cluster - clusters.lowerBound
      let left = text.firstScalar(of: cluster)
      let right = text.firstScalar(of: cluster + 1)
      if text.isSpace(cluster) {
        stretch[index] = advances[index] * Self.spaceStretch
        shrink[index] = advances[index] * Self.spaceShrink
      } else if style.closesMarks, let first = CharacterSpacing.mark(left),
        let second = CharacterSpacing.mark(right),
        first == .closing || second == .opening
      {
        gaps[index] = -closing(cluster, cluster + 1)
      } else if style.hanziGap != 0, let gap = hanziGap(cluster, left, right) {
        gaps[index] = gap * style.hanziGap
        stretch[index] = abs(gaps[index]) / 2
        shrink[index] = max(0, gaps[index]) / 2
      }
      if stretch[index] == 0, let breaking, breaking.isBetweenIdeographs(cluster + 1) {
        stretch[index] = Self.hanziStretch
      }
    }
  }

  /// The size of the hanzi if one of two neighbors is one and the other a Latin letter in the line's direction.
  private func hanziGap(_ cluster: Int, _ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Double? {
    let hanzi: Int
    if CharacterSpacing.isHanzi(left), CharacterSpacing.isWestern(right) {
      hanzi = cluster
    } else if CharacterSpacing.isWestern(left), CharacterSpacing.isHanzi(right) {
      hanzi = cluster + 1
    } else {
      return nil
    }
    let other = hanzi == cluster ? cluster + 1 : cluster
    // Letters that stand upright in a column stand there like hanzi.
    guard let square = items(of: hanzi).first,
      let letter = items(of: other).first ?? items(of: cluster).first,
      letter.stance != .upright
    else { return nil }
    return square.scale
  }

  /// What stays between the ink of two marks, in em.
  private static let leastAir = 0.06

  /// By how much two full-width marks close up: half an em, as far as there is air between them.
  private func closing(_ left: Int, _ right: Int) -> Double {
    guard let before = square(left), let after = square(right) else { return 0 }
    let air = before.size - before.ink.upperBound + after.ink.lowerBound
    return max(0, min(min(before.size, after.size) / 2, air - Self.leastAir * min(before.size, after.size)))
  }

  /// The width of a full-width mark and where its ink lies in it; nil for marks of other widths.
  private func square(_ cluster: Int) -> (size: Double, ink: ClosedRange<Double>)? {
    guard let item = items(of: cluster).first, let ink = ink(of: cluster) else { return nil }
    let size = advances[cluster - clusters.lowerBound]
    // Condensed Chinese faces have squares of 0.8 em.
    return size > 0.75 * item.scale ? (size, ink) : nil
  }

  /// How much of a cluster is left out where a line begins or ends with it: the empty half of a mark, and what hangs
  /// over the margin.
  func overhang(_ cluster: Int, _ side: OpticalMargin.Side, _ text: ItemizedText, _ style: TextStyle)
    -> Double
  {
    let scalar = text.firstScalar(of: cluster)
    var width = advances[cluster - clusters.lowerBound]
    var cut = 0.0
    if style.closesMarks, CharacterSpacing.mark(scalar) == (side == .start ? .opening : .closing),
      let square = square(cluster)
    {
      let air = side == .start ? square.ink.lowerBound : square.size - square.ink.upperBound
      cut = max(0, min(square.size / 2, air))
      width -= cut
    }
    guard style.hanging > 0 else { return cut }
    let share = OpticalMargin.share(of: scalar, at: side)
    if OpticalMargin.isMark(scalar) { return cut + width * share * style.hanging }
    // Hanzi keep their squares; letters stand on the edge with their ink.
    guard !CharacterSpacing.isHanzi(scalar), let ink = ink(of: cluster) else { return cut }
    let bearing = side == .start ? ink.lowerBound : width - ink.upperBound
    return cut + (min(max(bearing, -0.1), 0.15) + (ink.upperBound - ink.lowerBound) * share) * style.hanging
  }
}

extension ItemizedText {
  /// A character of no width stands in for none.
  func firstScalar(of cluster: Int) -> Unicode.Scalar {
    Unicode.Scalar(scalars[clusters[cluster].range.lowerBound]) ?? "\u{2060}"
  }

  func lastScalar(of cluster: Int) -> Unicode.Scalar {
    Unicode.Scalar(scalars[clusters[cluster].range.upperBound - 1]) ?? "\u{2060}"
  }

  /// Whether the cluster is a space that is seen, not a character of no width.
  func isSpace(_ cluster: Int) -> Bool { clusters[cluster].isSpace && firstScalar(of: cluster).isSpace }
}
