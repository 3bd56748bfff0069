/// Why a font could not be found or used.
package enum FontError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No font of that name; `nearest` holds up to three names that look alike, best first.
  case unknown(name: String, nearest: [String])
  /// The path leads outside the folders that fonts may be read from.
  case outside(path: String)
  case unreadable(file: String, reason: String)
  case tooLarge(file: String, bytes: Int, limit: Int)
  /// The file is no font, or a damaged one.
  case corrupt(file: String, detail: String)
  /// A font of bitmaps or color pictures only: there are no outlines to draw.
  case noOutlines(file: String, detail: String)
  /// A font without glyphs or without any character.
  case empty(file: String)

  package var description: String {
    switch self {
    case .unknown(let name, let nearest):
      guard !nearest.isEmpty else { return "no font is named “\(name)”" }
      let names = nearest.map { "“\($0)”" }.joined(separator: ", ")
      return "no font is named “\(name)”; the nearest names are \(names)"
    case .outside(let path):
      return "\(path) lies outside the folders that fonts may be read from"
    case .unreadable(let file, let reason):
      return "\(file) cannot be read: \(reason)"
    case .tooLarge(let file, let bytes, let limit):
      return "\(file) has \(bytes) bytes; a font may have \(limit)"
    case .corrupt(let file, let detail):
      return "\(file) is not a usable font: \(detail)"
    case .noOutlines(let file, let detail):
      return "\(file) has no outlines to draw: \(detail)"
    case .empty(let file):
      return "\(file) is a font without characters"
    }
  }
}
