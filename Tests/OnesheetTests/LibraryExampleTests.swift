import Foundation
import Onesheet
import Testing

/// What README shows of the library, done with its public face alone.
@Suite struct LibraryExampleTests {
  @Test("a preset becomes a framebuffer, PNG data and a file") func example() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let root = DocumentationTests.root.path

    var options = Preset.Options()
    options.scale = 0.01
    options.resources = Resources(root: root)
    options.overrides = [Override(path: "palette.ink", value: "#19e3ff")]
    let preset = try Preset(path: root + "/presets/festival.yaml", options: options)
    let picture = try preset.render(time: 3.7)
    let path = folder.appendingPathComponent("festival.png").path
    try picture.write(to: path)
    let bytes = try picture.pngData(.init(depth: .sixteen))
    let light = picture.framebuffer

    #expect(light.region == PixelRect(width: 81, height: 120))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    let written = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try [UInt8](written) == picture.pngData())
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["festival.png"])
  }

  @Test("mistakes are thrown, all of them") func mistakes() {
    do {
      _ = try Preset(text: "onesheet: 1\nlayers:\n  - sold: red\neffects:\n  - blom: 1\n")
      Issue.record("two mistakes were not found")
    } catch let problems as Diagnostics {
      #expect(problems.all.count == 2)
    } catch {
      Issue.record("\(error)")
    }
  }
}
