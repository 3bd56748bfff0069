/// The source line of a diagnostic and the marker beneath it, fit for a terminal.
///
/// The marker lines up on displays that draw wide characters in two columns. Tabs stay tabs in both lines, so that
/// it lines up whatever the width of a tab. What a terminal could act on (escape sequences, changes of writing
/// direction) is shown as a symbol instead.
struct Excerpt {
  let text: String
  let marker: String

  /// Lines that need more columns are shortened around the marker.
  private static let widthLimit = 110
  /// Columns kept before the marker in a shortened line.
  private static let lead = 40

  /// Columns are counted from the start of the line: beyond this one it takes time, and nobody reads such a line.
  private static let columnLimit = 100_000

  /// Nil when there is nothing to show: the line is blank, or the place far out on an endless one.
  init?(of place: Place) {
    guard place.column <= Self.columnLimit else { return nil }
    guard let range = place.source.utf8Range(ofLine: place.line) else { return nil }
    let line = place.source.text[range]
    guard line.utf8.contains(where: { $0 > UInt8(ascii: " ") }) else { return nil }
    // A place beyond the end of the line is shown at its end.
    var caret = line.startIndex
    var left = place.column - 1
    while left > 0, caret < line.endIndex {
      line.formIndex(after: &caret)
      left -= 1
    }

    var before: [(text: String, width: Int)] = []
    var beforeWidth = 0
    var index = caret
    while index > line.startIndex, beforeWidth <= Self.widthLimit {
      line.formIndex(before: &index)
      let cell = Self.cell(line[index])
      before.append(cell)
      beforeWidth += cell.width
    }
    let startsInside = index > line.startIndex
    var after: [(text: String, width: Int)] = []
    var afterWidth = 0
    index = caret
    while index < line.endIndex, afterWidth <= Self.widthLimit {
      let cell = Self.cell(line[index])
      after.append(cell)
      afterWidth += cell.width
      line.formIndex(after: &index)
    }
    let endsInside = index < line.endIndex

    var shortenedStart = startsInside
    var shortenedEnd = endsInside
    if startsInside || endsInside || beforeWidth + afterWidth > Self.widthLimit {
      // A short tail leaves more room for what comes before.
      let room = max(Self.lead, Self.widthLimit - afterWidth)
      var kept = 0
      var count = 0
      for cell in before {
        if kept + cell.width > room { break }
        kept += cell.width
        count += 1
      }
      if count < before.count { shortenedStart = true }
      before.removeSubrange(count...)
      var end = 0
      for cell in after {
        if kept + cell.width > Self.widthLimit { break }
        kept += cell.width
        end += 1
      }
      if end < after.count { shortenedEnd = true }
      after.removeSubrange(end...)
    }
    before.reverse()

    let start = shortenedStart ? "\u{2026}" : ""
    text =
      start + before.map(\.text).joined() + after.map(\.text).joined() + (shortenedEnd ? "\u{2026}" : "")
    let padding = before.map { $0.text == "\t" ? "\t" : String(repeating: " ", count: $0.width) }.joined()
    let underlined = after.prefix(place.length).reduce(0) { $0 + ($1.text == "\t" ? 1 : $1.width) }
    marker =
      (shortenedStart ? " " : "") + padding + "^" + String(repeating: "~", count: max(0, underlined - 1))
  }

  /// Columns a tab counts for when lines are shortened.
  private static let tabWidth = 8
  /// More scalars than the longest emoji sequences have; what heaps up more marks on one letter is cut.
  private static let scalarLimit = 16

  /// A character as shown, and its width in columns.
  private static func cell(_ character: Character) -> (text: String, width: Int) {
    if character == "\t" { return ("\t", tabWidth) }
    let scalars = character.unicodeScalars
    if scalars.contains(where: { symbol(for: $0) != nil }) {
      let shown = scalars.prefix(scalarLimit).map { symbol(for: $0) ?? String($0) }.joined()
      return (shown, shown.reduce(0) { $0 + displayWidth($1) })
    }
    var shown = ""
    shown.unicodeScalars.append(contentsOf: scalars.prefix(scalarLimit))
    return (shown, displayWidth(character))
  }

  /// `text` with everything a terminal could act on shown as symbols, cut to `limit` characters.
  static func safe(_ text: String, limit: Int) -> String {
    var result = ""
    var count = 0
    for character in text {
      if count == limit { return result + "\u{2026}" }
      result += character == "\t" ? "\u{2409}" : cell(character).text
      count += 1
    }
    return result
  }

  /// What stands for a scalar that must not reach a terminal; nil for those that may.
  private static func symbol(for scalar: Unicode.Scalar) -> String? {
    let value = scalar.value
    switch value {
    case 0x00..<0x20:
      // The pictures of the control characters: ␛ for escape.
      return Unicode.Scalar(0x2400 + value).map { String($0) }
    case 0x7F: return "\u{2421}"
    case 0x80...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFF9...0xFFFB: break
    // Marks that reverse the order of what follows: a line could be made to show what it does not say.
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: break
    // Tags are invisible; noncharacters have no glyph. Those of the flags of England and so on are lost with them.
    case 0xE0000...0xE007F, 0xFDD0...0xFDEF: break
    default:
      if value & 0xFFFE == 0xFFFE { break }
      return nil
    }
    let digits = String(value, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
  }
}
