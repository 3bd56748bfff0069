/// Where a text that is read begins within its source.
struct Origin {
  let source: Source
  var line = 1
  var column = 1

  var place: Place { Place(source: source, line: line, column: column) }
}

/// Turns the parser's positions, which count scalars, into places, which count lines and characters.
///
/// Positions come mostly in rising order. The finder remembers the last of each kind, so that a file costs one walk
/// through its text, even when all of it is one line.
final class PlaceFinder {
  private let text: String
  let bytes: [UInt8]
  private let origin: Origin
  private let lineStarts: [Int]

  /// The last position asked for: its number of scalars and its offset in bytes.
  private var scalarCursor = (scalars: 0, offset: 0)
  /// A character boundary in the line last asked for (from 0), with its column (from 0).
  private var columnCursor: (line: Int, index: String.Index, column: Int)

  /// `text` begins at `origin`.
  init(_ text: String, origin: Origin) {
    var text = text
    text.makeContiguousUTF8()
    self.text = text
    self.origin = origin
    bytes = Array(text.utf8)
    lineStarts = Source.lineStarts(of: text)
    columnCursor = (0, text.startIndex, 0)
  }

  // MARK: Places

  /// The place of the scalars `start..<end`, as far as they are on one line.
  func place(from start: Int, to end: Int? = nil) -> Place {
    let first = offset(ofScalar: start)
    return place(fromOffset: first, to: end.map { offset(ofScalar: $0) } ?? first)
  }

  /// The place of the bytes `start..<end`, as far as they are on one line.
  func place(fromOffset start: Int, to end: Int) -> Place {
    let start = min(max(0, start), bytes.count)
    let line = self.line(at: start)
    let column = self.column(at: start, line: line)
    var end = min(end, endOfLine(from: start))
    while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
    let length = end > start ? text[index(start)..<index(end)].count : 1
    return Place(
      source: origin.source, line: line + origin.line,
      column: line == 0 ? column + origin.column : column + 1,
      length: length)
  }

  /// The place after the last character that is not blank: where something is missing at the end of the text.
  var endPlace: Place {
    var end = bytes.count
    while end > 0, Self.isBlank(bytes[end - 1]) || Self.isBreak(bytes[end - 1]) { end -= 1 }
    return place(fromOffset: end, to: end)
  }

  // MARK: Text around a position

  /// The text of the scalars `start..<end`.
  func text(from start: Int, to end: Int) -> String {
    let first = offset(ofScalar: start)
    let last = max(first, offset(ofScalar: end))
    return String(decoding: bytes[first..<last], as: UTF8.self)
  }

  /// The text from byte `start` to the end of its line, without blanks at its end, and its place.
  func restOfLine(fromOffset start: Int) -> (text: String, place: Place) {
    let start = min(max(0, start), bytes.count)
    var end = endOfLine(from: start)
    while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
    return (String(decoding: bytes[start..<end], as: UTF8.self), place(fromOffset: start, to: end))
  }

  /// The comment that follows scalar `start` after nothing but blanks. Its place is that of its first word.
  func comment(after start: Int) -> (text: String, place: Place)? {
    var first = offset(ofScalar: start)
    while first < bytes.count, Self.isBlank(bytes[first]) { first += 1 }
    guard first < bytes.count, bytes[first] == UInt8(ascii: "#") else { return nil }
    var last = endOfLine(from: first)
    while last > first, Self.isBlank(bytes[last - 1]) { last -= 1 }
    let word = bytes[first..<last].firstIndex { Self.isBlank($0) || Self.endsFlowValue($0) } ?? last
    return (
      String(decoding: bytes[first..<last], as: UTF8.self), place(fromOffset: first, to: max(word, first + 1))
    )
  }

  /// The position after the colon that follows scalar `end`, the end of a key; nil when no colon follows.
  func afterColon(following end: Int) -> Int? {
    let first = offset(ofScalar: end)
    var offset = first
    while offset < bytes.count, Self.isBlank(bytes[offset]) || Self.isBreak(bytes[offset]) { offset += 1 }
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { return nil }
    // Only blanks and breaks lie between, and those are one byte each.
    return end + (offset - first) + 1
  }

  /// The anchors and tags that stand at scalar `start`, with their signs.
  func properties(at start: Int) -> [(text: String, place: Place)] {
    var properties: [(text: String, place: Place)] = []
    var first = offset(ofScalar: start)
    while first < bytes.count, properties.count < 2,
      bytes[first] == UInt8(ascii: "&") || bytes[first] == UInt8(ascii: "!")
    {
      let end = endOfLine(from: first)
      let last = bytes[first..<end].firstIndex { Self.isBlank($0) || Self.endsFlowValue($0) } ?? end
      properties.append(
        (String(decoding: bytes[first..<last], as: UTF8.self), place(fromOffset: first, to: last)))
      first = last
      while first < end, Self.isBlank(bytes[first]) { first += 1 }
    }
    return properties
  }

  // MARK: Positions

  /// The byte at which scalar `position` begins; the end of the text for positions beyond it.
  func offset(ofScalar position: Int) -> Int {
    var (scalars, offset) = scalarCursor
    while scalars < position, offset < bytes.count {
      offset += 1
      while offset < bytes.count, Self.isContinuation(bytes[offset]) { offset += 1 }
      scalars += 1
    }
    while scalars > position, offset > 0 {
      offset -= 1
      while offset > 0, Self.isContinuation(bytes[offset]) { offset -= 1 }
      scalars -= 1
    }
    scalarCursor = (scalars, offset)
    return offset
  }

  /// The line, from 0, that holds the byte at `offset`.
  private func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The column, from 0, of the character that holds the byte at `offset` of `line`.
  private func column(at offset: Int, line: Int) -> Int {
    let target = index(offset)
    if columnCursor.line != line || columnCursor.index > target {
      columnCursor = (line, index(lineStarts[line]), 0)
    }
    while columnCursor.index < target {
      let next = text.index(after: columnCursor.index)
      // Inside a character: a mark that joined the letter before it.
      if next > target { break }
      columnCursor.index = next
      columnCursor.column += 1
    }
    return columnCursor.column
  }

  private func endOfLine(from start: Int) -> Int {
    let line = line(at: start)
    guard line + 1 < lineStarts.count else { return bytes.count }
    var end = lineStarts[line + 1]
    while end > start, Self.isBreak(bytes[end - 1]) { end -= 1 }
    return end
  }

  private func index(_ offset: Int) -> String.Index {
    text.utf8.index(text.utf8.startIndex, offsetBy: min(max(0, offset), bytes.count))
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
  private static func isBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
  private static func endsFlowValue(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
  }
}
