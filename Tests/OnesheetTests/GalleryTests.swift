import Effects
import Foundation
import Markup
import Testing

@testable import Onesheet

@Suite struct GalleryTests {
  private static let root = DocumentationTests.root
  private static let gallery = Gallery(resources: Resources(root: root.path))
  static let examples = PresetFolder.files(in: root.path + "/presets/effects")
    .map { String($0.dropFirst(root.path.count + 1)) }

  @Test("every effect has an example, and examples are as the page needs them") func complete() {
    #expect(Self.gallery.missing.isEmpty, "write presets/effects/NAME.yaml for each of these")
    #expect(Self.gallery.problems.isEmpty)
  }

  @Test("every example is of an effect, but for the picture that they begin with") func known() {
    let names = Self.examples.map {
      ($0 as NSString).lastPathComponent.replacingOccurrences(of: ".yaml", with: "")
    }
    let strangers = Set(names).subtracting(EffectCatalog.all.map { $0.name })
      .subtracting(Self.gallery.examples.map { ($0.before as NSString).lastPathComponent })
    #expect(strangers.isEmpty)
  }

  @Test("each example is right, and its picture fits on a page", arguments: examples)
  func right(_ path: String) throws {
    var options = Preset.Options()
    options.resources = Resources(root: Self.root.path)
    do {
      let preset = try Preset(path: Self.root.appendingPathComponent(path).path, options: options)
      try preset.check()
      #expect(preset.geometry.width <= 1280)
    } catch let problems as Diagnostics {
      Issue.record("\(problems.rendered)")
    }
  }

  @Test("presets/GALLERY.md is what the program says") func fresh() throws {
    let page = Self.root.appendingPathComponent("presets/GALLERY.md")
    if ProcessInfo.processInfo.environment["ONESHEET_RECORD"] != nil {
      try Self.gallery.page.write(to: page, atomically: true, encoding: .utf8)
    }
    let isFresh = try String(contentsOf: page, encoding: .utf8) == Self.gallery.page
    #expect(isFresh, "the page is stale: run ONESHEET_RECORD=1 make test")
  }

  @Test("the pictures of the page are there") func pictures() {
    let folder = Self.root.appendingPathComponent("samples")
    let needed = Set(Self.gallery.examples.flatMap { ["effects/\($0.reference.name)", $0.before] }).sorted()
    let missing = needed.filter {
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("\($0).png").path)
    }
    #expect(missing.isEmpty, "make samples renders them")
  }

  @Test("what is shown of a preset is what is in it, without its head") func lines() throws {
    let example = try #require(Self.gallery.examples.first { $0.reference.name == "halation" })
    #expect(example.lines.hasPrefix("effects:\n"))
    #expect(example.lines.contains("- halation:") && !example.lines.contains("extends"))
    #expect(example.before == "effects/night")
    let page = Self.gallery.page
    #expect(
      page.contains(
        "| ![Before](../samples/effects/night.png) | ![After: halation](../samples/effects/halation.png) |"))
  }
}
