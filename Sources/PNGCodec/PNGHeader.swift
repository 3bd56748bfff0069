/// A record of text in a PNG file.
package struct PNGText: Hashable, Sendable {
  /// 1 to 79 characters of printable ASCII without leading, trailing or double spaces, such as "Title".
  package var keyword: String
  package var text: String

  package init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }
}

/// What the encoder writes in front of the pixels. The samples are coded with the sRGB curve, and the file says
/// so (sRGB, gAMA, cHRM).
package struct PNGHeader: Hashable, Sendable {
  package enum Color: Hashable, Sendable {
    case gray, rgb
    /// Straight alpha, not premultiplied.
    case rgba

    package var channels: Int {
      switch self {
      case .gray: 1
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  package enum Depth: Int, Hashable, Sendable {
    case eight = 8
    /// Samples are big-endian.
    case sixteen = 16
  }

  package var width, height: Int
  package var color: Color
  package var depth: Depth
  /// Print density in both directions (300 dpi are 11811); nil writes none.
  package var pixelsPerMeter: Int?
  /// Also writes cICP (BT.709 primaries, sRGB curve, full range), which outranks all other color chunks.
  package var writesCodePoints = false
  package var texts: [PNGText] = []

  package init(
    width: Int, height: Int, color: Color = .rgb, depth: Depth = .eight, pixelsPerMeter: Int? = nil,
    writesCodePoints: Bool = false, texts: [PNGText] = []
  ) {
    self.width = width
    self.height = height
    self.color = color
    self.depth = depth
    self.pixelsPerMeter = pixelsPerMeter
    self.writesCodePoints = writesCodePoints
    self.texts = texts
  }

  package var bytesPerPixel: Int { color.channels * depth.rawValue / 8 }

  /// What is wrong with the header, or nil.
  var problem: String? {
    guard 1...Self.maxSide ~= width, 1...Self.maxSide ~= height else {
      return "width and height must be 1 to \(Self.maxSide) pixels, not \(width) × \(height)"
    }
    if let pixelsPerMeter, !(1...Int(Int32.max) ~= pixelsPerMeter) {
      return "\(pixelsPerMeter) pixels per meter are out of range"
    }
    for record in texts {
      let keyword = record.keyword.utf8
      let isPrintable = keyword.allSatisfy { 0x20...0x7e ~= $0 }
      guard
        1...79 ~= keyword.count, isPrintable, keyword.first != 0x20, keyword.last != 0x20,
        !zip(keyword, keyword.dropFirst()).contains(where: { $0 == 0x20 && $1 == 0x20 })
      else { return "\"\(record.keyword)\" is not a keyword" }
      if record.text.utf8.contains(0) { return "the text of \"\(record.keyword)\" contains a NUL" }
      if record.text.utf8.count > Self.maxTextBytes {
        return "the text of \"\(record.keyword)\" is longer than \(Self.maxTextBytes >> 20) MiB"
      }
    }
    return nil
  }

  /// Keeps the bytes of a row far below what zlib counts in 32 bits.
  static let maxSide = 1 << 24
  static let maxTextBytes = 4 << 20
  /// Texts longer than this are deflated.
  static let longestPlainText = 1024
}
