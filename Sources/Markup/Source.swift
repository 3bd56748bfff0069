/// A text that diagnostics can point into: a preset file, or the value of a `--set` option.
///
/// Two sources are equal only when they are the same object, so that two options with the same text stay apart.
public final class Source: Sendable {
  /// What diagnostics call the text: the path of a file as the user wrote it, or the option.
  public let name: String
  /// The whole text, without a byte order mark.
  public let text: String
  /// The folder that relative paths in the text start from; nil where the text comes from no file.
  public let folder: String?

  /// UTF-8 offsets at which lines begin.
  let lineStarts: [Int]

  /// Makes a source. A byte order mark at the start of `text` is dropped.
  public init(name: String, text: String, folder: String? = nil) {
    self.name = name
    self.folder = folder
    var text = text
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    // Native storage makes offsets into the UTF-8 view cheap.
    text.makeContiguousUTF8()
    self.text = text
    self.lineStarts = Self.lineStarts(of: text)
  }

  /// The number of lines, at least 1. A text that ends in a line break has an empty last line.
  public var lineCount: Int { lineStarts.count }

  /// Line `n`, counted from 1, without its line break; nil when there is no such line.
  public func line(_ n: Int) -> String? {
    guard let range = utf8Range(ofLine: n) else { return nil }
    return String(text[range])
  }

  /// The range of line `n`, counted from 1, without its line break.
  func utf8Range(ofLine n: Int) -> Range<String.Index>? {
    guard n >= 1, n <= lineStarts.count else { return nil }
    let bytes = text.utf8
    let start = bytes.index(bytes.startIndex, offsetBy: lineStarts[n - 1])
    guard n < lineStarts.count else { return start..<bytes.endIndex }
    var end = bytes.index(bytes.startIndex, offsetBy: lineStarts[n])
    // The break is one of "\n", "\r\n" and "\r".
    end = bytes.index(before: end)
    if bytes[end] == UInt8(ascii: "\n"), end > start {
      let previous = bytes.index(before: end)
      if bytes[previous] == UInt8(ascii: "\r") { end = previous }
    }
    return start..<end
  }

  /// Lines end at "\n", "\r\n" or a lone "\r", as editors have it. YAML's other line breaks (U+0085, U+2028,
  /// U+2029) do not count: few editors show them as such.
  static func lineStarts(of text: String) -> [Int] {
    var text = text
    return text.withUTF8 { bytes in
      var starts = [0]
      var offset = 0
      while offset < bytes.count {
        let byte = bytes[offset]
        offset += 1
        if byte == UInt8(ascii: "\r"), offset < bytes.count, bytes[offset] == UInt8(ascii: "\n") {
          offset += 1
        }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { starts.append(offset) }
      }
      return starts
    }
  }
}

extension Source: Hashable {
  public static func == (a: Source, b: Source) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A stretch of one line of a source.
public struct Place: Hashable, Sendable {
  public let source: Source
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in characters as a reader sees them: an accented letter or an emoji counts as one.
  public let column: Int
  /// Characters to underline, at least 1.
  public let length: Int

  /// Numbers below 1 become 1.
  public init(source: Source, line: Int, column: Int, length: Int = 1) {
    self.source = source
    self.line = max(1, line)
    self.column = max(1, column)
    self.length = max(1, length)
  }
}
