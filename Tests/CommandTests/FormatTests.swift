import Foundation
import Testing

/// One preset in many formats, and what is found in its type.
@Suite struct FormatTests {
  private static let poster = """
    onesheet: 1
    canvas: {format: one-sheet, dpi: 10}
    layers:
      - solid: black
      - {text: STATIC, size: 0.05, at: [0.5, 0.8]}
    """
  private static let faint = poster + "\n  - {text: FAINT, size: 0.1, color: \"#0a0a0a\"}\n"

  @Test func everyFormatIsAFileInAFolder() throws {
    let folder = try Folder(["a.yaml": Self.poster])
    let result = try Program.run(
      ["render", "a.yaml", "--format", "one-sheet,9:16,quad", "--scale", "0.2", "-o", "out/"], in: folder)
    #expect(result.status == 0)
    #expect(
      folder.contents.filter { $0.hasPrefix("out/") }.sorted() == [
        "out/a-9x16.png", "out/a-one-sheet.png", "out/a-quad.png",
      ])
    #expect(
      try Program.run(["render", "a.yaml", "--format", "9:16", "--scale", "0.2"], in: folder).status == 0)
    #expect(try folder.data("a.png") == folder.data("out/a-9x16.png"))
  }

  @Test func batchRendersEveryPresetInEveryFormat() throws {
    let folder = try Folder(["in/a.yaml": Self.poster, "in/b.yaml": Self.poster])
    let result = try Program.run(
      ["batch", "in", "--format", "4:5,1:1", "--scale", "0.1", "-o", "out"], in: folder)
    #expect(result.status == 0)
    #expect(folder.contents.filter { $0.hasPrefix("out/") }.count == 4)
  }

  @Test func severalFormatsNeedAFolder() throws {
    let folder = try Folder(["a.yaml": Self.poster])
    let result = try Program.run(["render", "a.yaml", "--format", "4:5,1:1", "-o", "b.png"], in: folder)
    #expect(result.status == 64)
    #expect(!folder.contents.contains("b.png"))
    #expect(
      try Program.run(["render", "a.yaml", "--format", "4:5,nope", "-o", "out/"], in: folder).status == 64)
    #expect(!folder.contents.contains("out"))
  }

  @Test func findingsAreWarningsAndStrictlyMistakes() throws {
    let folder = try Folder(["a.yaml": Self.faint, "good.yaml": Self.poster])
    let plain = try Program.run(["render", "a.yaml", "-o", "a.png"], in: folder)
    #expect(plain.status == 0)
    #expect(plain.messages.contains("a.yaml:6:6: warning: 'FAINT' is hard to read"))
    #expect(folder.contents.contains("a.png"))
    let strict = try Program.run(["render", "a.yaml", "--strict", "-o", "b.png"], in: folder)
    #expect(strict.status == 65)
    #expect(strict.messages.contains("error: 'FAINT' is hard to read"))
    #expect(!folder.contents.contains("b.png"))
    #expect(try Program.run(["render", "good.yaml", "--strict"], in: folder).status == 0)
  }

  @Test func checkMeasuresADraft() throws {
    let folder = try Folder(["a.yaml": Self.faint, "good.yaml": Self.poster])
    let result = try Program.run(["check", "a.yaml", "good.yaml"], in: folder)
    #expect(result.status == 0)
    #expect(result.text == "a.yaml: ok, with 1 warning\ngood.yaml: ok\n")
    #expect(result.messages.contains("warning: 'FAINT' is hard to read"))
    #expect(try Program.run(["check", "a.yaml", "--no-picture"], in: folder).text == "a.yaml: ok\n")
    #expect(try Program.run(["check", "a.yaml", "--strict"], in: folder).status == 65)
    let json = try Program.run(["check", "a.yaml", "--json"], in: folder).objects
    #expect(json.last?["warnings"] as? Int == 1 && json.last?["errors"] as? Int == 0)
  }

  @Test func checkTriesTheFormatsThatAPresetSpeaksOf() throws {
    let formats = """
      formats:
        9:16: {layers: [{id: word, font: No Such Font}]}
        square: {layers: [{id: word, color: black}]}

      """
    let preset = Self.poster.replacingOccurrences(of: "layers:\n", with: formats + "layers:\n")
      .replacingOccurrences(of: "{text: STATIC,", with: "{text: STATIC, id: word,")
    let folder = try Folder(["a.yaml": preset])
    let result = try Program.run(["check", "a.yaml"], in: folder)
    #expect(result.status == 65)
    #expect(result.messages.contains("there is no font 'No Such Font'"))
    let square = try Program.run(["check", "a.yaml", "--format", "1:1"], in: folder)
    #expect(square.status == 0)
    #expect(square.messages.contains("'STATIC' is hard to read"))
    #expect(try Program.run(["check", "a.yaml", "--format", "quad"], in: folder).text == "a.yaml: ok\n")
  }
}
