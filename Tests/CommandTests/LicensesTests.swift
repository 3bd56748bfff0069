import Foundation
import Testing

@Suite("Licenses")
struct LicensesTests {
  private static let preset = """
    onesheet: 1
    canvas: {size: 300x200}
    layers:
      - text: Night
        font: [Kaushan Script, Jura]
        size: 0.2
    """

  @Test func theFontsOfAPresetAndWhatTheyAskFor() throws {
    let folder = try Folder(["night.yaml": Self.preset])
    let result = try Program.run(["licenses", "night.yaml"], in: folder)
    #expect(result.status == 0 && result.messages == "")
    #expect(result.text.hasPrefix("night.yaml uses one font.\n\nKaushan Script Regular\n"))
    for words in [
      "OFL 1.1, in ", "LICENSE.txt", "Pablo Impallari", "reserved name  Kaushan Script", "for pictures",
      "for font files",
    ] {
      #expect(result.text.contains(words), "\(words)")
    }
    #expect(!result.text.contains("Jura"))
    #expect(result.text.split(separator: "\n").allSatisfy { $0.count <= 130 })
  }

  @Test func asJSON() throws {
    let folder = try Folder(["night.yaml": Self.preset])
    let result = try Program.run(["licenses", "night.yaml", "--set", "text.text=AŒ", "--json"], in: folder)
    let fonts = try result.objects
    #expect(fonts.count == 1)
    #expect(fonts.first?["license"] as? String == "OFL 1.1")
    #expect(fonts.first?["reservedName"] as? String == "Kaushan Script")
    #expect((fonts.first?["fontFiles"] as? [String])?.count == 3)
  }

  @Test func aPresetWithoutTypeAndAWrongOne() throws {
    let folder = try Folder(["plain.yaml": Sample.plain, "wrong.yaml": Sample.wrong])
    #expect(try Program.run(["licenses", "plain.yaml"], in: folder).text == "plain.yaml sets no type.\n")
    let wrong = try Program.run(["licenses", "wrong.yaml"], in: folder)
    #expect(wrong.status == 65 && wrong.output.isEmpty && wrong.messages.contains("3 errors in wrong.yaml"))
    #expect(try Program.run(["licenses", "none.yaml"], in: folder).status == 66)
  }
}
