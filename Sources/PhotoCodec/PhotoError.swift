import CJPEG
import PNGCodec

/// Why a picture file could not be read.
package enum PhotoError: Error, Hashable, CustomStringConvertible {
  /// Neither PNG nor JPEG; the text says what it is, if that is known.
  case unknownFormat(String?)
  case png(PNGError)
  /// The JPEG ends before its last row does.
  case truncatedJPEG
  /// In libjpeg's words.
  case corruptJPEG(String)
  /// Legal, but nothing that is read here.
  case unsupportedJPEG(String)
  case tooLarge(width: Int, height: Int, limits: PNGLimits)
  case fileTooLarge(limit: Int)
  case unreadable(path: String, reason: String)
  case outOfMemory

  package var description: String {
    switch self {
    case .unknownFormat(nil): "neither a PNG nor a JPEG file"
    case .unknownFormat(let name?): "\(name), not a PNG or a JPEG"
    case .png(let error): error.description
    case .truncatedJPEG: "the JPEG file is cut short"
    case .corruptJPEG(let detail): "the JPEG file is damaged: \(detail)"
    case .unsupportedJPEG(let detail): detail
    case .tooLarge(let width, let height, let limits):
      PNGError.tooLarge(width: width, height: height, limits: limits).description
    case .fileTooLarge(let limit): "the file is longer than \(limit >> 20) MiB"
    case .unreadable(let path, let reason): PNGError.unreadable(path: path, reason: reason).description
    case .outOfMemory: PNGError.outOfMemory.description
    }
  }

  init(_ error: PNGError) {
    switch error {
    case .tooLarge(let width, let height, let limits):
      self = .tooLarge(width: width, height: height, limits: limits)
    case .unreadable(let path, let reason): self = .unreadable(path: path, reason: reason)
    case .outOfMemory: self = .outOfMemory
    default: self = .png(error)
    }
  }

  init(_ status: CJPEGStatus, message: String) {
    switch status {
    case CJPEGStatusNotJPEG: self = .unknownFormat(nil)
    case CJPEGStatusTruncated: self = .truncatedJPEG
    case CJPEGStatusUnsupported: self = .unsupportedJPEG("this kind of JPEG is not read: \(message)")
    case CJPEGStatusOutOfMemory: self = .outOfMemory
    default: self = .corruptJPEG(message.isEmpty ? "unknown reason" : message)
    }
  }
}
