/// A place where a line may end and the next one begin.
struct BreakOpportunity: Hashable, Sendable {
  enum Kind: Sendable {
    /// After a space or beside an ideograph; the line's end shows nothing of the break.
    case plain
    /// After a hyphen or a dash within a word.
    case hyphen
    /// At a soft hyphen, which is drawn only there.
    case softHyphen
    /// After a slash.
    case slash
  }
  /// The cluster that the next line begins with.
  var cluster: Int
  var kind: Kind
}

/// Where a line may end: the rules of Unicode Standard Annex 14 with those of Chinese setting.
///
/// Beyond the annex, quotation marks in Chinese open and close as they do on paper, ～ and · keep from beginning a
/// line, and Latin text is broken after a dash but not before it.
struct LineBreaking {
  private let text: ItemizedText
  /// By cluster, as far as this paragraph reaches.
  private let classes: [LineBreakClass]
  private let paragraph: Range<Int>

  init(_ text: ItemizedText, paragraph: Range<Int>) {
    self.text = text
    self.paragraph = paragraph
    classes = paragraph.map { Self.resolvedClass(of: text.clusters[$0], in: text) }
  }

  /// The places within the paragraph, in order. None lies before the first letter: no line is of spaces alone.
  var opportunities: [BreakOpportunity] {
    var found: [BreakOpportunity] = []
    var hasLetter = false
    for index in paragraph.dropFirst() {
      hasLetter = hasLetter || !text.clusters[index - 1].isSpace
      if hasLetter, canBreak(before: index) { found.append(.init(cluster: index, kind: kind(of: index))) }
    }
    return found
  }

  private static func scalar(_ position: Int?, in text: ItemizedText) -> Unicode.Scalar {
    position.flatMap { Unicode.Scalar(text.scalars[$0]) } ?? "\u{2060}"
  }

  private static func resolvedClass(of cluster: ItemizedText.Cluster, in text: ItemizedText) -> LineBreakClass
  {
    let scalar = scalar(cluster.range.first, in: text)
    let isChinese = cluster.script.isIdeographic
    switch LineBreakClass(of: scalar) {
    // A mark or a joiner without a letter before it is a letter itself.
    case .combining: return .alphabetic
    case .quotation where isChinese && scalar.properties.generalCategory == .initialPunctuation:
      return .opening
    case .quotation where isChinese && scalar.properties.generalCategory == .finalPunctuation: return .closing
    case .ideographic where scalar == "\u{FF5E}": return .nonStarter
    case .alphabetic where isChinese:
      // Letters of ambiguous width, such as ① and ※, are Chinese among Chinese.
      if scalar == "\u{B7}" { return .nonStarter }
      return scalar.properties.isAlphabetic ? .alphabetic : .ideographic
    case let other: return other
    }
  }

  private func lineClass(_ index: Int) -> LineBreakClass { classes[index - paragraph.lowerBound] }

  /// Whether a line may end before the cluster of that index and begin with it. The numbers are those of the
  /// annex's rules.
  func canBreak(before index: Int) -> Bool {
    guard index > paragraph.lowerBound, index < paragraph.upperBound else { return false }
    let right = lineClass(index)
    let left = lineClass(index - 1)
    if text.clusters[index].isContinuation { return false }
    // LB7
    if right == .space || right == .zeroWidthSpace { return false }
    // The last character that is no space, and whether spaces follow it.
    var base = index - 1
    while base > paragraph.lowerBound, lineClass(base) == .space { base -= 1 }
    let before = lineClass(base)
    let isSpaced = left == .space
    // LB8, LB8a
    if before == .zeroWidthSpace { return true }
    if Self.scalar(text.clusters[index - 1].range.last, in: text) == "\u{200D}" { return false }
    // LB11, LB12, LB12a
    if right == .wordJoiner || left == .wordJoiner || left == .glue { return false }
    if right == .glue { return left == .space || left == .breakAfter || left == .hyphen }
    // LB13, LB15c, LB15d
    switch right {
    case .closing, .closingParenthesis, .exclamation, .solidus: return false
    case .infix: return isSpaced && index + 1 < paragraph.upperBound && lineClass(index + 1) == .numeric
    default: break
    }
    // LB14, LB15, LB15a, LB16, LB17
    if before == .opening { return false }
    if before == .quotation, isSpaced, opens(base) { return false }
    if right == .quotation, isSpaced, closes(index) { return false }
    if before == .closing || before == .closingParenthesis, right == .nonStarter { return false }
    if before == .dash, right == .dash { return false }
    // LB18
    if isSpaced { return true }
    return canBreak(left, right, before: index)
  }

  /// LB19 to LB31, without a space in between.
  private func canBreak(_ left: LineBreakClass, _ right: LineBreakClass, before index: Int) -> Bool {
    if left == .quotation || right == .quotation { return false }
    if left == .contingent || right == .contingent { return true }
    // A hyphen at the start of a word is a sign of it (LB20a).
    if left == .hyphen || Self.isHyphen(text, index - 1) {
      let isFirst = index - 2 < paragraph.lowerBound || lineClass(index - 2) == .space
      if isFirst, right != .ideographic { return false }
    }
    switch right {
    // Beyond the annex: not before a dash.
    case .breakAfter, .hyphen, .nonStarter, .inseparable, .dash: return false
    default: break
    }
    let isLetter = [left == .alphabetic || left == .hebrew, right == .alphabetic || right == .hebrew]
    // LB21, LB21a, LB21b
    if left == .breakBefore { return false }
    if left == .hyphen || left == .breakAfter, index - 2 >= paragraph.lowerBound,
      lineClass(index - 2) == .hebrew
    {
      return false
    }
    if left == .solidus, right == .hebrew { return false }
    switch (left, right) {
    // LB23
    case (_, .numeric) where isLetter[0], (.numeric, _) where isLetter[1]: return false
    // LB23a
    case (.prefix, .ideographic), (.ideographic, .postfix): return false
    // LB24
    case (.prefix, _) where isLetter[1], (.postfix, _) where isLetter[1]: return false
    case (_, .prefix) where isLetter[0], (_, .postfix) where isLetter[0]: return false
    // LB25
    case (.closing, .postfix), (.closingParenthesis, .postfix), (.closing, .prefix),
      (.closingParenthesis, .prefix):
      return !endsNumber(index - 2)
    case (.postfix, .opening), (.prefix, .opening):
      return index + 1 >= paragraph.upperBound || lineClass(index + 1) != .numeric
    case (.solidus, .numeric): return !endsNumber(index - 2)
    case (.numeric, .postfix), (.numeric, .prefix), (.postfix, .numeric), (.prefix, .numeric),
      (.hyphen, .numeric),
      (.infix, .numeric), (.numeric, .numeric):
      return false
    // LB28, LB29
    case (_, _) where isLetter[0] && isLetter[1]: return false
    case (.infix, _) where isLetter[1]: return false
    // LB30
    case (_, .opening) where isLetter[0] || left == .numeric:
      return Self.isWide(Self.scalar(text.clusters[index].range.first, in: text))
    case (.closingParenthesis, _) where isLetter[1] || right == .numeric: return false
    default: return true
    }
  }

  /// Whether a number, perhaps with points and slashes after it, ends at the cluster.
  private func endsNumber(_ index: Int) -> Bool {
    var index = index
    while index >= paragraph.lowerBound, lineClass(index) == .infix || lineClass(index) == .solidus {
      index -= 1
    }
    return index >= paragraph.lowerBound && lineClass(index) == .numeric
  }

  private func opens(_ index: Int) -> Bool {
    Self.scalar(text.clusters[index].range.first, in: text).properties.generalCategory == .initialPunctuation
      && (index == paragraph.lowerBound || lineClass(index - 1) == .space || lineClass(index - 1) == .opening)
  }

  private func closes(_ index: Int) -> Bool {
    guard
      Self.scalar(text.clusters[index].range.first, in: text).properties.generalCategory == .finalPunctuation
    else { return false }
    guard index + 1 < paragraph.upperBound else { return true }
    switch lineClass(index + 1) {
    case .space, .glue, .wordJoiner, .closing, .closingParenthesis, .quotation, .exclamation, .infix,
      .solidus,
      .zeroWidthSpace:
      return true
    default: return false
    }
  }

  private static func isHyphen(_ text: ItemizedText, _ index: Int) -> Bool {
    scalar(text.clusters[index].range.first, in: text) == "\u{2010}"
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool { isIdeographic(scalar) }

  private func kind(of index: Int) -> BreakOpportunity.Kind {
    switch Self.scalar(text.clusters[index - 1].range.first, in: text) {
    case "\u{AD}": .softHyphen
    case "-", "\u{2010}", "\u{2012}", "\u{2013}", "\u{2014}": .hyphen
    case "/": .slash
    default: .plain
    }
  }

  // MARK: Chinese

  /// Whether a justified line may be widened before a cluster because an ideograph stands beside that place.
  func isBetweenIdeographs(_ index: Int) -> Bool {
    guard canBreak(before: index), !text.clusters[index - 1].isSpace else { return false }
    return [index - 1, index].contains { cluster in
      Self.isIdeographic(Self.scalar(text.clusters[cluster].range.first, in: text))
    }
  }

  /// Ideographs, kana and the full-width marks that go with them.
  static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3001...0x303F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
    default: Script(of: scalar).isIdeographic
    }
  }
}
