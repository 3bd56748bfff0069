import Foundation
import Markup
import Testing

@testable import Onesheet

/// Fonts of one's own, beside a preset.
@Suite struct FontFolderTests {
  private static let bundled = DocumentationTests.root.appendingPathComponent("fonts")

  /// Checks a preset in a folder that holds `files` (name to bundled font); the complaints, or nothing.
  private func complaint(font: String, files: [String: String], bundle: Bool = false) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, source) in files {
      let target = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Self.bundled.appendingPathComponent(source), to: target)
    }
    let preset = folder.appendingPathComponent("p.yaml")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try "onesheet: 1\ncanvas: {size: 60x90}\nlayers:\n  - text: ABC\n    font: \(font)\n".write(
      to: preset, atomically: true, encoding: .utf8)
    var options = Preset.Options()
    options.resources = Resources(root: bundle ? DocumentationTests.root.path : nil)
    do {
      try Preset(path: preset.path, options: options).check()
      return ""
    } catch let problems as Diagnostics {
      return problems.rendered
    }
  }

  @Test(
    "a font is found by file, by path, and by name in a folder of fonts",
    arguments: [
      ("MyFont.otf", "MyFont.otf"), ("type/MyFont.otf", "type/MyFont.otf"), ("./MyFont.otf", "MyFont.otf"),
      ("Jura", "fonts/any-name.otf"), ("Jura Bold", "fonts/deeper/still.otf"),
    ])
  func found(_ font: String, _ file: String) throws {
    #expect(try complaint(font: font, files: [file: "jura/Jura-Bold.otf"]) == "")
  }

  @Test("what is neither beside the preset nor bundled is unknown") func unknown() throws {
    #expect(try complaint(font: "Jura", files: [:]).contains("Jura"))
    #expect(try complaint(font: "Jura", files: [:], bundle: true) == "")
    #expect(try complaint(font: "../MyFont.otf", files: ["a/MyFont.otf": "jura/Jura-Bold.otf"]) != "")
    #expect(try complaint(font: "Jurra", files: [:], bundle: true).contains("Jura"))
  }

  @Test("a damaged font beside the preset is told, not passed over") func damaged() throws {
    let told = try complaint(font: "Broken.otf", files: ["Broken.otf": "README.md"], bundle: true)
    #expect(told.contains("Broken.otf"))
  }
}
