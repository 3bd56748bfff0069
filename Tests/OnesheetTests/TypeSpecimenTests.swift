import Foundation
import Markup
import Testing

@testable import Onesheet

/// The specimens of type: a preset and a picture for each feature.
@Suite struct TypeSpecimenTests {
  private static let root = DocumentationTests.root
  static let specimens = PresetFolder.files(in: root.path + "/presets/type")
    .map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension }

  @Test("there are specimens") func some() { #expect(Self.specimens.count >= 9) }

  @Test("each is right, fits on a page, and has its picture", arguments: specimens)
  func right(_ name: String) throws {
    var options = Preset.Options()
    options.resources = Resources(root: Self.root.path)
    do {
      let preset = try Preset(
        path: Self.root.appendingPathComponent("presets/type/\(name).yaml").path, options: options)
      try preset.check()
      #expect(preset.geometry.width <= 1280)
    } catch let problems as Diagnostics {
      Issue.record("\(problems.rendered)")
    }
    let picture = Self.root.appendingPathComponent("samples/type/\(name).png").path
    #expect(FileManager.default.fileExists(atPath: picture), "make samples renders it")
  }
}
