import Foundation
import Testing

@testable import Onesheet

/// The specimens of type, `presets/type`.
@Suite struct SpecimenTests {
  private static let root = DocumentationTests.root
  static let specimens = PresetFolder.files(in: root.path + "/presets/type")

  @Test("there is one for each of what type can do") func complete() {
    let names = Set(Self.specimens.map { URL(filePath: $0).deletingPathExtension().lastPathComponent })
    #expect(names.isSuperset(of: ["features", "paragraph", "hanging", "vertical", "bilingual"]))
  }

  @Test("each is right, has its picture, and fits on a page", arguments: specimens)
  func right(_ path: String) throws {
    var options = Preset.Options()
    options.resources = Resources(root: Self.root.path)
    do {
      let preset = try Preset(path: path, options: options)
      try preset.check()
      #expect(preset.geometry.width <= 1280)
    } catch let problems as Diagnostics {
      Issue.record("\(problems.rendered)")
    }
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    let picture = Self.root.appendingPathComponent("samples/type/\(name).png")
    #expect(FileManager.default.fileExists(atPath: picture.path), "make samples renders it")
  }
}
