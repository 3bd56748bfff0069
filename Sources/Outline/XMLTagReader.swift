/// Reads the tags of an XML document one after another, as far as SVG drawings and fonts need it.
///
/// Text between tags is skipped. Declarations of a DOCTYPE are skipped unread, so that no entity is ever
/// expanded but the five of XML itself and numeric ones; any other entity in an attribute is an error.
package struct XMLTagReader {
  package enum Tag: Hashable {
    case start(name: String, attributes: [String: String])
    /// Also follows the start of an element written `<a/>`.
    case end(name: String)
  }

  package struct Failure: Error, Hashable {
    /// Bytes from the start of the document.
    package var offset: Int
    /// From 1.
    package var line: Int
    package var reason: String
  }

  static let maximumDepth = 64
  static let maximumAttributeCount = 64
  static let maximumNameLength = 128

  private let bytes: [UInt8]
  private var position = 0
  /// Where the tag that was read last begins, in bytes from the start.
  package private(set) var tagStart = 0
  private var open: [String] = []
  private var closesAtOnce: String?
  private var hasRoot = false

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next tag; nil at the end of a complete document.
  package mutating func next() throws(Failure) -> Tag? {
    if let name = closesAtOnce {
      closesAtOnce = nil
      return .end(name: name)
    }
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "<") else {
        position += 1
        continue
      }
      tagStart = position
      if skips("<!--") {
        try skip(past: "-->", of: "a comment")
      } else if skips("<![CDATA[") {
        try skip(past: "]]>", of: "a CDATA section")
      } else if skips("<?") {
        try skip(past: "?>", of: "a processing instruction")
      } else if skips("<!DOCTYPE") {
        try skipDocumentType()
      } else if skips("</") {
        let name = try readName()
        skipSpace()
        guard skips(">") else { throw failure("the end tag of \(name) is not closed") }
        guard open.popLast() == name else { throw failure("the end tag \(name) has no start") }
        return .end(name: name)
      } else {
        return try readStart()
      }
    }
    if let name = open.last { throw failure("the element \(name) is not closed") }
    guard hasRoot else { throw failure("there is no element") }
    return nil
  }

  private mutating func readStart() throws(Failure) -> Tag {
    position += 1
    let name = try readName()
    guard !(open.isEmpty && hasRoot) else { throw failure("there is a second root element, \(name)") }
    guard open.count < Self.maximumDepth else { throw failure("elements are nested too deeply") }
    hasRoot = true
    var attributes: [String: String] = [:]
    while true {
      skipSpace()
      if skips("/>") {
        closesAtOnce = name
        return .start(name: name, attributes: attributes)
      }
      if skips(">") {
        open.append(name)
        return .start(name: name, attributes: attributes)
      }
      guard attributes.count < Self.maximumAttributeCount else {
        throw failure("\(name) has too many attributes")
      }
      let key = try readName()
      skipSpace()
      guard skips("=") else { throw failure("the attribute \(key) has no value") }
      skipSpace()
      guard attributes.updateValue(try readValue(of: key), forKey: key) == nil else {
        throw failure("the attribute \(key) is given twice")
      }
    }
  }

  private mutating func readName() throws(Failure) -> String {
    let start = position
    while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
    let length = position - start
    guard length > 0, length <= Self.maximumNameLength else { throw failure("a name was expected") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  private mutating func readValue(of key: String) throws(Failure) -> String {
    guard position < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position]) else {
      throw failure("the value of \(key) is not in quotes")
    }
    let quote = bytes[position]
    position += 1
    var value: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case quote:
        position += 1
        return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "<"):
        throw failure("the value of \(key) holds a <")
      case UInt8(ascii: "&"):
        value += try readEntity().utf8
      default:
        value.append(byte)
        position += 1
      }
    }
    throw failure("the value of \(key) does not end")
  }

  private mutating func readEntity() throws(Failure) -> String {
    let start = position + 1
    guard let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
      throw failure("an entity does not end")
    }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    let code =
      name.hasPrefix("#x")
      ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst(1)) : nil
    guard let code, let scalar = Unicode.Scalar(code), code != 0 else {
      throw failure("the entity &\(name); is not expanded")
    }
    return String(Character(scalar))
  }

  private mutating func skipDocumentType() throws(Failure) {
    var brackets = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let end = bytes[position...].firstIndex(of: byte) else { throw failure("a text does not end") }
        position = end + 1
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets -= 1
      case UInt8(ascii: "<") where bytes[position...].starts(with: "!--".utf8):
        try skip(past: "-->", of: "a comment")
      case UInt8(ascii: ">") where brackets <= 0: return
      default: break
      }
    }
    throw failure("the DOCTYPE does not end")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func skips(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard position + length <= bytes.count else { return false }
    for index in 0..<length where bytes[position + index] != text.utf8Start[index] { return false }
    position += length
    return true
  }

  private mutating func skip(past end: StaticString, of what: String) throws(Failure) {
    while position < bytes.count {
      if skips(end) { return }
      position += 1
    }
    throw failure("\(what) does not end")
  }

  /// That something is wrong where reading has come to.
  package func failure(_ reason: String) -> Failure {
    Failure(
      offset: position, line: 1 + bytes.prefix(position).count { $0 == UInt8(ascii: "\n") }, reason: reason)
  }
}
