/// An error of libyaml's, told in the words of somebody who writes presets.
///
/// The parser reports where it was stuck, which is often lines after the slip that caused it. What was written around
/// that position decides what is said, and where.
struct SyntaxProblem {
  /// The parser's own words.
  let problem: String
  /// What it was doing; empty where it does not say.
  let context: String
  /// The byte at which it was stuck.
  let offset: Int
  /// The byte at which what it was reading began.
  let contextOffset: Int
  /// The scalar read last, in bytes.
  let lastScalar: Range<Int>?
  /// The last quoted text that went over several lines, in bytes.
  let longQuote: Range<Int>?
  /// The brackets and braces that are open, in bytes, outermost first.
  let openBrackets: [Int]
  let places: PlaceFinder

  var diagnostic: Diagnostic {
    switch problem {
    case "mapping values are not allowed in this context": misplacedColon
    case "could not find expected ':'": missingColon
    case "did not find expected key", "did not find expected '-' indicator": misalignedLine
    case "did not find expected ',' or ']'", "did not find expected ',' or '}'": missingComma
    case "did not find expected node content": missingValue
    case "did not find expected <document start>": trailingText ?? afterEnd
    case "block sequence entries are not allowed in this context":
      .error(
        "a list cannot begin here", at: place(offset),
        hint: "begin it on a line of its own, or write [a, b]; put quotes around a text that begins with '- '"
      )
    case "mapping keys are not allowed in this context": needsQuotes(offset)
    case "found unexpected end of stream":
      .error("this quote is never closed", at: place(contextOffset))
    case "found unexpected document indicator":
      .error("this quote is not closed before line \(place(offset).line)", at: place(contextOffset))
    case "found character that cannot start any token":
      byte(offset) == UInt8(ascii: "\t") ? tab : needsQuotes(offset)
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      tab
    case "found unknown escape character", "did not find expected hexdecimal number",
      "found invalid Unicode character escape code":
      badEscape
    case "found unexpected ':'":
      .error("':' cannot stand here", at: place(offset), hint: "put quotes around a text that holds ':'")
    case "found duplicate %YAML directive", "found incompatible YAML document",
      "found duplicate %TAG directive":
      directive(at: offset)
    case "Maximum nesting level reached, set with yaml_set_max_nest_level())":
      .error("values are nested deeper than \(YAMLReader.depthLimit) levels", at: place(offset))
    default: other
    }
  }

  private var other: Diagnostic {
    if context.contains("directive") { return directive(at: contextOffset) }
    if context.hasSuffix("alias") || context.hasSuffix("anchor") || context.hasSuffix("tag")
      || context == "while scanning a block scalar" || problem == "found undefined tag handle"
    {
      return needsQuotes(contextOffset)
    }
    return .error("this cannot be read: \(problem)", at: place(offset))
  }

  // MARK: Colons

  private var misplacedColon: Diagnostic {
    let lineStart = firstOnLine(of: offset)
    if let scalar = lastScalar, scalar.lowerBound < lineStart, scalar.upperBound <= offset {
      // The parser took the name before the colon for the next line of this scalar.
      let scalarLine = firstOnLine(of: scalar.lowerBound)
      if beginsItem(scalar.lowerBound) { return lacksColon(scalar.lowerBound) }
      return .error(
        "this line is indented too far", at: places.place(fromOffset: lineStart, to: offset),
        hint: "line \(place(scalarLine).line) has its value already: align this line with it")
    }
    return .error(
      "a second ':' on one line", at: place(offset), hint: "put quotes around a text that holds ': '")
  }

  private var missingColon: Diagnostic {
    if let byte = byte(contextOffset), Self.isQuote(byte) {
      return .error("this quote is not closed on its line", at: place(contextOffset))
    }
    return lacksColon(contextOffset)
  }

  /// The scalar at `start` should have been a name.
  private func lacksColon(_ start: Int) -> Diagnostic {
    let line = places.restOfLine(fromOffset: start)
    let text = Diagnostic.quote(line.text)
    if let colon = line.text.firstIndex(of: ":"), line.text.index(after: colon) < line.text.endIndex {
      let name = line.text[...colon]
      return .error(
        "a space is missing after ':'", at: places.place(fromOffset: start + name.utf8.count - 1, to: start),
        hint: "write \(Diagnostic.quote(name + " " + line.text[line.text.index(after: colon)...]))")
    }
    return .error("a ':' is missing after \(text)", at: line.place)
  }

  // MARK: Lines

  private var misalignedLine: Diagnostic {
    if let quote = longQuote, quote.upperBound <= offset, quote.upperBound >= lineStart(of: offset) {
      return .error(
        "this quote is closed only on line \(place(quote.upperBound).line)", at: place(quote.lowerBound),
        hint: "close it on its own line")
    }
    if let trailingText { return trailingText }
    if byte(offset) == UInt8(ascii: ":") { return .error("a name is missing before ':'", at: place(offset)) }
    let here = place(offset)
    let began = place(contextOffset)
    let isList = context.contains("collection")
    if here.column == began.column {
      return isList
        ? .error("a list item was due here", at: here, hint: "every item of a list begins with '- '")
        : .error(
          "a name was due here, not a list item", at: here,
          hint: "indent the list below the name it belongs to")
    }
    return .error(
      "the indentation of this line fits no line above", at: here,
      hint: "the \(isList ? "list" : "mapping") above begins in column \(began.column) of line \(began.line)")
  }

  /// What is said when something follows a closing quote or bracket.
  private var trailingText: Diagnostic? {
    var end = offset
    while end > 0, Self.isBlank(places.bytes[end - 1]) { end -= 1 }
    guard end > 0, offset < places.bytes.count else { return nil }
    let closing = places.bytes[end - 1]
    if let byte = byte(offset), byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
      return closesNothing
    }
    if Self.isQuote(closing), lastScalar?.upperBound == end {
      return .error(
        "nothing may follow the closing quote", at: place(offset),
        hint: closing == UInt8(ascii: "'")
          ? "write '' for an apostrophe within single quotes" : "write \\\" for a quote within double quotes")
    }
    if closing == UInt8(ascii: "]") || closing == UInt8(ascii: "}") {
      return .error(
        "nothing may follow the closing '\(Character(Unicode.Scalar(closing)))'", at: place(offset),
        hint: "put quotes around a text that begins with a bracket or brace")
    }
    return nil
  }

  private var afterEnd: Diagnostic {
    .error("nothing may follow the end of the preset", at: place(offset))
  }

  // MARK: Brackets

  private var missingComma: Diagnostic {
    if let comment = commentInBrackets { return comment }
    guard offset < places.bytes.count, !isAtEnd else { return neverClosed(contextOffset) }
    if let mismatch { return mismatch }
    // A name at the start of a line is most likely not meant to stand within brackets.
    if lineStart(of: offset) > contextOffset { return neverClosed(contextOffset) }
    let closing = problem.suffix(3)
    return .error(
      "a ',' or \(closing) is missing", at: place(offset),
      hint: byte(offset) == UInt8(ascii: ":") ? "put quotes around a text that holds ': '" : nil)
  }

  private var missingValue: Diagnostic {
    if let comment = commentInBrackets { return comment }
    if isAtEnd, let open = openBrackets.last { return neverClosed(open) }
    switch byte(offset) {
    case UInt8(ascii: ","):
      return openBrackets.isEmpty
        ? needsQuotes(offset) : .error("a value is missing before ','", at: place(offset))
    case UInt8(ascii: ":"): return .error("a name is missing before ':'", at: place(offset))
    case UInt8(ascii: "]"), UInt8(ascii: "}"): return mismatch ?? closesNothing
    default: return .error("a value is missing here", at: place(offset))
    }
  }

  private func neverClosed(_ open: Int) -> Diagnostic {
    .error("this '\(character(open))' is never closed", at: place(open))
  }

  private var closesNothing: Diagnostic {
    .error("this '\(character(offset))' closes nothing", at: place(offset))
  }

  /// A bracket that is closed by a brace, or the other way round.
  private var mismatch: Diagnostic? {
    guard let open = openBrackets.last, let byte = byte(offset),
      byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
    else { return nil }
    let opened = place(open)
    let due = character(open) == "[" ? "]" : "}"
    guard due != String(character(offset)) else { return nil }
    return .error(
      "'\(due)' is due here, not '\(character(offset))'", at: place(offset),
      hint: "the '\(character(open))' is in column \(opened.column) of line \(opened.line)")
  }

  /// A color within brackets that lacks its quotes: the rest of its line, with the closing bracket, is a comment.
  private var commentInBrackets: Diagnostic? {
    guard let start = openBrackets.first else { return nil }
    var position = start
    var quote: UInt8?
    let bytes = places.bytes
    while position + 1 < min(offset, bytes.count) {
      let previous = bytes[position]
      position += 1
      let byte = bytes[position]
      if let open = quote {
        // A backslash escapes in double quotes, a second quote in single ones.
        let next = position + 1 < bytes.count ? bytes[position + 1] : 0
        if open == UInt8(ascii: "\"") ? byte == UInt8(ascii: "\\") : byte == open && next == open {
          position += 1
        } else if byte == open {
          quote = nil
        }
        continue
      }
      guard Self.isBlank(previous) || Self.isBreak(previous) || "[{,".utf8.contains(previous) else {
        continue
      }
      if Self.isQuote(byte) { quote = byte }
      guard byte == UInt8(ascii: "#") else { continue }
      let digits = bytes[(position + 1)...].prefix { Self.isHexDigit($0) }
      if [3, 4, 6, 8].contains(digits.count) {
        let end = position + 1 + digits.count
        let color = String(decoding: bytes[position..<end], as: UTF8.self)
        return .error(
          "'\(color)' is read as a comment", at: places.place(fromOffset: position, to: end),
          hint: "quote it: \"\(color)\"")
      }
      // Another comment: its brackets and quotes mean nothing.
      while position < bytes.count, !Self.isBreak(bytes[position]) { position += 1 }
    }
    return nil
  }

  // MARK: Signs

  private var tab: Diagnostic {
    .error("tabs cannot indent", at: place(offset), hint: "indent with spaces")
  }

  private func needsQuotes(_ start: Int) -> Diagnostic {
    let line = places.restOfLine(fromOffset: start)
    return .error(
      "a text cannot begin with '\(character(start))'", at: line.place, hint: "put quotes around it")
  }

  private func directive(at start: Int) -> Diagnostic {
    .error(
      "lines that begin with '%' are not part of the preset language",
      at: places.restOfLine(fromOffset: firstOnLine(of: start)).place)
  }

  private var badEscape: Diagnostic {
    // The parser stands at the backslash, or where digits are due.
    var start = offset
    while start > contextOffset, byte(start) != UInt8(ascii: "\\") { start -= 1 }
    let end = min(places.bytes.count, max(start + 2, offset))
    return .error(
      "this escape names no character", at: places.place(fromOffset: start, to: end),
      hint: "write \\\\ for a backslash, or use single quotes")
  }

  // MARK: Text

  private func place(_ offset: Int) -> Place {
    // Past the end, a place on the last line that holds something is more to the point.
    offset >= places.bytes.count ? places.endPlace : places.place(fromOffset: offset, to: offset)
  }

  private func byte(_ offset: Int) -> UInt8? {
    places.bytes.indices.contains(offset) ? places.bytes[offset] : nil
  }

  /// The character at `offset`, which is one of YAML's signs.
  private func character(_ offset: Int) -> Character {
    byte(offset).map { Character(Unicode.Scalar($0)) } ?? " "
  }

  private var isAtEnd: Bool {
    places.bytes[min(offset, places.bytes.count)...].allSatisfy { Self.isBlank($0) || Self.isBreak($0) }
  }

  private func lineStart(of offset: Int) -> Int {
    var start = min(offset, places.bytes.count)
    while start > 0, !Self.isBreak(places.bytes[start - 1]) { start -= 1 }
    return start
  }

  /// The first byte of the line that is not blank.
  private func firstOnLine(of offset: Int) -> Int {
    var start = lineStart(of: offset)
    while let byte = byte(start), Self.isBlank(byte) { start += 1 }
    return start
  }

  /// Whether nothing but the hyphens of list items stands before `offset` on its line.
  private func beginsItem(_ offset: Int) -> Bool {
    places.bytes[lineStart(of: offset)..<min(offset, places.bytes.count)]
      .allSatisfy { Self.isBlank($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
  private static func isBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }
  private static func isHexDigit(_ byte: UInt8) -> Bool { Character(Unicode.Scalar(byte)).isHexDigit }
}
