/// What a list of fonts needs of an OpenType file: a few hundred bytes of it, read in place.
///
/// Field offsets follow the OpenType specification 1.9 (chapters "Font file", `name`, `OS/2`, `head`, `maxp`).
struct OpenTypeHeader {
  /// A name with its identifier of the `name` table: 1 family, 2 style, 4 full name, 16 and 17 the same
  /// without the limit of four styles.
  struct Name {
    var identifier: Int
    var isEnglish: Bool
    var text: String
  }

  var names: [Name] = []
  /// 1…1000; 400 is regular.
  var weight = 400
  var isItalic = false
  var glyphCount = 0

  /// The name of an identifier, in English if there is one.
  func name(_ identifier: Int) -> String? {
    let fitting = names.filter { $0.identifier == identifier }
    return (fitting.first { $0.isEnglish } ?? fitting.first)?.text
  }

  static let maximumTableCount = 256
  static let maximumNameCount = 2_000
  static let maximumNameTableSize = 1 << 20

  /// The first face of a font file.
  init(file path: String) throws(FontError) {
    let reader = try FontFile.Reader(path: path)
    guard reader.size <= FontFile.maximumSize else {
      throw .tooLarge(file: path, bytes: reader.size, limit: FontFile.maximumSize)
    }
    var start = 0
    var head = BigEndian(reader.bytes(at: 0, count: 16))
    if head.tag(0) == "ttcf" {
      start = Int(head.uint32(12))
      head = BigEndian(reader.bytes(at: start, count: 12))
    }
    guard let version = head.tag(0), ["\0\u{1}\0\0", "OTTO", "true"].contains(version) else {
      throw .corrupt(file: path, detail: "it does not start like an OpenType font")
    }
    let count = min(Int(head.uint16(4)), Self.maximumTableCount)
    let directory = BigEndian(reader.bytes(at: start + 12, count: count * 16))
    func table(_ tag: String, limit: Int) -> BigEndian {
      for index in 0..<count where directory.tag(index * 16) == tag {
        let offset = Int(directory.uint32(index * 16 + 8))
        let length = Int(directory.uint32(index * 16 + 12))
        return BigEndian(reader.bytes(at: offset, count: min(length, limit)))
      }
      return BigEndian([])
    }
    glyphCount = Int(table("maxp", limit: 6).uint16(4))
    guard glyphCount > 0 else { throw .corrupt(file: path, detail: "it does not say how many glyphs it has") }
    let metrics = table("OS/2", limit: 78)
    if metrics.count >= 64 {
      let stated = Int(metrics.uint16(4))
      // Some old fonts count in 1…9.
      weight = stated == 0 ? 400 : min(1000, stated < 10 ? stated * 100 : stated)
      isItalic = metrics.uint16(62) & 0x201 != 0
    } else {
      let style = table("head", limit: 54).uint16(44)
      weight = style & 1 != 0 ? 700 : 400
      isItalic = style & 2 != 0
    }
    readNames(table("name", limit: Self.maximumNameTableSize))
  }

  private mutating func readNames(_ table: BigEndian) {
    let count = min(Int(table.uint16(2)), Self.maximumNameCount)
    let storage = Int(table.uint16(4))
    for index in 0..<count {
      let record = 6 + index * 12
      guard record + 12 <= table.count else { return }
      let identifier = Int(table.uint16(record + 6))
      guard [0, 1, 2, 4, 6, 13, 14, 16, 17].contains(identifier) else { continue }
      let platform = table.uint16(record)
      let encoding = table.uint16(record + 2)
      let language = table.uint16(record + 4)
      let length = min(Int(table.uint16(record + 8)), 8_192)
      let bytes = table.slice(storage + Int(table.uint16(record + 10)), count: length)
      let text: String
      switch platform {
      case 0, 3:
        text = String(
          decoding: stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
          }, as: UTF16.self)
      case 1 where encoding == 0 && bytes.allSatisfy { $0 < 128 }:
        text = String(decoding: bytes, as: UTF8.self)
      default:
        continue
      }
      let shown = text.filter { $0 != "\0" }
      guard !shown.isEmpty else { continue }
      let isEnglish = platform == 3 ? language & 0x3FF == 0x09 : language == 0
      names.append(Name(identifier: identifier, isEnglish: isEnglish, text: shown))
    }
  }
}

/// Bytes read as big-endian numbers; what lies past the end reads as zero.
struct BigEndian {
  private let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  var count: Int { bytes.count }

  func uint16(_ offset: Int) -> UInt16 {
    guard offset >= 0, offset <= bytes.count - 2 else { return 0 }
    return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
  }

  func uint32(_ offset: Int) -> UInt32 {
    UInt32(uint16(offset)) << 16 | UInt32(uint16(offset + 2))
  }

  func tag(_ offset: Int) -> String? {
    guard offset >= 0, offset <= bytes.count - 4 else { return nil }
    return String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }

  func slice(_ offset: Int, count: Int) -> ArraySlice<UInt8> {
    guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
    return bytes[offset..<min(bytes.count, offset + count)]
  }
}
