import CPNG

/// Why a PNG could not be read or written.
package enum PNGError: Error, Hashable, CustomStringConvertible {
  case notPNG
  /// The file ends before its last chunk does.
  case truncated
  /// A checksum does not match; the text names the chunk.
  case badChecksum(String)
  case corrupt(String)
  case tooLarge(width: Int, height: Int, limits: PNGLimits)
  /// The system could not open or read the file.
  case unreadable(path: String, reason: String)
  case outOfMemory
  /// The header asked for cannot be written.
  case invalidHeader(String)

  package var description: String {
    switch self {
    case .notPNG: "not a PNG file"
    case .truncated: "the PNG file is cut short"
    case .badChecksum(let detail): "the PNG file is damaged: \(detail)"
    case .corrupt(let detail): "the PNG file is damaged: \(detail)"
    case .tooLarge(let width, let height, let limits):
      """
      the picture has \(width) × \(height) pixels; at most \(limits.maxWidth) × \(limits.maxHeight) \
      and \(limits.maxPixels / 1_000_000) megapixels are read
      """
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .outOfMemory: "no memory for the picture"
    case .invalidHeader(let detail): "cannot write this PNG: \(detail)"
    }
  }

  init(_ status: CPNGStatus, message: UnsafePointer<CChar>) {
    let text = String(cString: message)
    switch status {
    case CPNGStatusNotPNG: self = .notPNG
    case CPNGStatusTruncated: self = .truncated
    case CPNGStatusBadChecksum: self = .badChecksum(text)
    case CPNGStatusOutOfMemory: self = .outOfMemory
    default: self = .corrupt(text.isEmpty ? "unknown reason" : text)
    }
  }
}

/// The largest picture that is read; compared with the header before anything is allocated.
package struct PNGLimits: Hashable, Sendable {
  /// Pixels.
  package var maxWidth, maxHeight, maxPixels: Int
  /// What the samples of a picture may take.
  package var maxBytes: Int

  package init(
    maxWidth: Int = 30_000, maxHeight: Int = 30_000, maxPixels: Int = 200_000_000, maxBytes: Int = .max
  ) {
    self.maxWidth = maxWidth
    self.maxHeight = maxHeight
    self.maxPixels = maxPixels
    self.maxBytes = maxBytes
  }
}
