import Effects
import Foundation
import Layers
import Onesheet
import Props
import Testing

@Suite("Reference")
struct ReferenceTests {
  @Test func holdsEverythingThatPresetsCanName() {
    #expect(Set(Reference.all(.effect).map(\.name)) == Set(EffectCatalog.all.map { $0.name }))
    #expect(
      Set(Reference.all(.layer).map(\.name))
        == Set(LayerCatalog.all.map { $0.name } + ["group", "copy", "set"]))
    #expect(Set(Reference.all(.prop).map(\.name)) == Set(PropCatalog.all.map { $0.name }))
    #expect(Reference.all(.format).map(\.name) == Format.all.map(\.name))
    for entry in Reference.all {
      #expect(entry.summary.hasSuffix("."), "\(entry.name)")
      #expect(entry.keys.allSatisfy { !$0.help.isEmpty && !$0.values.isEmpty }, "\(entry.name)")
    }
  }

  /// A folder with what examples refer to.
  private static func gallery() throws -> Folder {
    let folder = try Folder(["plain.yaml": Sample.plain])
    try Preset(path: folder.path + "/plain.yaml").render().write(to: folder.path + "/photo.png")
    try "LUT_1D_SIZE 2\n0 0 0\n1 0.9 0.8\n".write(
      toFile: folder.path + "/look.cube", atomically: true, encoding: .utf8)
    return folder
  }

  /// Each example is a preset without mistakes, and can be rendered.
  @Test(arguments: Reference.all.map { "\($0.topic.rawValue) \($0.name)" })
  func examples(_ title: String) throws {
    let entry = try #require(Reference.all.first { "\($0.topic.rawValue) \($0.name)" == title })
    let folder = try ReferenceTests.gallery()
    var options = Preset.Options()
    options.scale = entry.topic == .format ? 0.01 : 0.1
    let preset = try Preset(text: entry.example, folder: folder.path, options: options)
    try preset.check()
    #expect(preset.notes.isEmpty)
    #expect(try preset.render().width == preset.geometry.width)
  }

  @Test func describedByTheProgram() throws {
    let folder = try ReferenceTests.gallery()
    for name in Set(Reference.all.map(\.name)).sorted() {
      let result = try Program.run(["describe", name], in: folder)
      #expect(result.status == 0)
      for entry in Reference.named(name) {
        #expect(result.text.contains(entry.example))
        for key in entry.keys { #expect(result.text.contains("\n  \(key.name) "), "\(name): \(key.name)") }
      }
    }
  }

  @Test func rangesUnitsAndDefaultsAreTold() throws {
    let text = try Program.run(["describe", "vignette"], in: Folder()).text
    #expect(text.contains("vignette   a number from 0 to 1; default 0.5\n"))
    #expect(text.contains("a number from 0.1 to 4; usually from 0.5 to 1; default 0.72\n"))
    let noise = try Program.run(["describe", "noise"], in: Folder()).text
    #expect(noise.contains("share of the picture's height"))
    #expect(noise.contains("one of value, simplex,"))
  }

  @Test(arguments: ["layers", "effects", "props", "fonts", "formats", "presets"]) func lists(_ topic: String)
    throws
  {
    let result = try Program.run(["list", topic], in: Folder())
    #expect(result.status == 0)
    #expect(result.messages == "")
    let lines = result.text.split(separator: "\n")
    switch topic {
    case "layers": #expect(lines.count == Reference.all(.layer).count)
    case "props": #expect(lines.count == Reference.all(.prop).count)
    case "effects": #expect(lines.contains { $0.hasPrefix("vignette ") && $0.hasSuffix("as a lens does.") })
    case "fonts":
      #expect(
        lines.contains { $0.hasPrefix("Bebas Neue ") && $0.contains("Latin") && $0.hasSuffix("OFL 1.1") })
      #expect(lines.allSatisfy { !$0.hasSuffix("unknown") })
      #expect(lines.contains { $0.hasPrefix("EMS Osmotron ") && $0.contains("strokes") })
    case "formats": #expect(lines.contains { $0.hasPrefix("one-sheet  8100 × 12000 px ") })
    default: #expect(lines.count == Resources.standard.presets.count)
    }
  }
}
