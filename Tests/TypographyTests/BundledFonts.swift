import Foundation

@testable import Typography

/// The fonts of the repository.
enum BundledFonts {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fonts").path
  static let library = FontLibrary(roots: [root])

  static func face(_ name: String) throws -> Face { try library.find(name) }
  static func url(_ name: String) throws -> URL { URL(filePath: try library.find(name).descriptor.path) }

  static func layout(
    _ text: String, _ names: String..., change: (inout TextStyle) -> Void = { _ in }
  ) throws -> TextLayout {
    var style = TextStyle(faces: try names.map(face))
    change(&style)
    return try TextLayout(text, style: style)
  }
}
