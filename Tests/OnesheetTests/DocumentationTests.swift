import Foundation
import Markup
import Raster
import Testing

@testable import Onesheet

/// The examples of the documentation are presets that render.
@Suite struct DocumentationTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct Example: CustomTestStringConvertible, Sendable {
    var page: String
    var line: Int
    var text: String
    var file: String?
    /// Whether it is a preset, and not a drawing for one.
    var isPreset = true
    var testDescription: String { "\(page):\(line)" }
  }

  /// The fenced blocks of a page that are whole presets, or drawings. A comment before a block may name its file.
  static func examples(_ page: String) -> [Example] {
    guard let text = try? String(contentsOf: root.appendingPathComponent(page), encoding: .utf8) else {
      return []
    }
    var result: [Example] = []
    var current: Example?
    var file: String?
    for (number, line) in text.components(separatedBy: "\n").enumerated() {
      if line.hasPrefix("<!-- file: ") {
        file = String(line.dropFirst("<!-- file: ".count).dropLast(" -->".count))
      } else if line == "```yaml" || line == "```xml" {
        current = Example(
          page: page, line: number + 2, text: "", file: file, isPreset: line == "```yaml")
        file = nil
      } else if line == "```", let example = current {
        result.append(example)
        current = nil
      } else if current != nil {
        current?.text += line + "\n"
      }
    }
    return result
  }

  static let all = ["presets/README.md", "README.md"].flatMap { examples($0) }

  @Test("the pages have examples") func someExamples() {
    #expect(Self.examples("presets/README.md").count >= 18)
  }

  @Test("each example is right and renders", arguments: all.filter(\.isPreset))
  func renders(_ example: Example) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for other in Self.all where other.page == example.page {
      guard let file = other.file else { continue }
      try other.text.write(to: folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
    }
    var options = Preset.Options()
    options.resources = Resources(root: Self.root.path)
    do {
      var preset = try Preset(text: example.text, name: "example", folder: folder.path, options: options)
      // Large canvases are rendered as drafts.
      options.scale = min(1, 220 / Double(max(preset.geometry.width, preset.geometry.height)))
      preset = try Preset(text: example.text, name: "example", folder: folder.path, options: options)
      let picture = try preset.render()
      #expect(picture.width > 0 && picture.height > 0)
    } catch let problems as Diagnostics {
      Issue.record("\(problems.rendered)")
    }
  }
}
