import Catalog
import Foundation
import Markup
import Testing

@testable import Onesheet

/// One preset in many formats: safe areas, and what a preset says of single formats.
@Suite struct FormatTests {
  private static func preset(
    _ text: String, format: String? = nil, _ change: (inout Preset.Options) -> Void = { _ in }
  ) throws -> Preset {
    try PictureTests.preset(text) {
      $0.format = format
      change(&$0)
    }
  }

  private static let poster = """
    onesheet: 1
    canvas: {format: one-sheet, dpi: 20}
    vars: {word: TALL}
    formats:
      landscape:
        vars: {word: WIDE}
        layers:
          - id: title
            size: 0.2
      9:16:
        layers:
          - id: title
            at: [0.5, 1]
      16:9:
        vars: {word: SCREEN}
    layers:
      - solid: black
      - text: $word
        id: title
        size: 0.1
        at: [0.5, 0.9]
        anchor: bottom
        within: safe
    """

  @Test(
    "the shape's changes come before the format's own",
    arguments: [
      (nil, "TALL", 0.1), ("one-sheet", "TALL", 0.1), ("quad", "WIDE", 0.2), ("16:9", "SCREEN", 0.2),
      ("9:16", "TALL", 0.1), ("scope", "WIDE", 0.2),
    ] as [(String?, String, Double)])
  func layers(_ format: String?, _ word: String, _ size: Double) throws {
    let preset = try Self.preset(Self.poster, format: format)
    let piece = try #require(try preset.plan(time: nil, workers: .standard).type.first)
    #expect(piece.type.text == word)
    #expect(abs(piece.type.em - size * Double(preset.geometry.trimHeight)) < 1e-6)
  }

  @Test("a size in pixels has a shape, too; --set goes before everything") func sizes() throws {
    func word(_ change: (inout Preset.Options) -> Void) throws -> String? {
      try Self.preset(Self.poster, change).plan(time: nil, workers: .standard).type.first?.type.text
    }
    #expect(try word { $0.size = (300, 100) } == "WIDE")
    #expect(try word { $0.size = (100, 300) } == "TALL")
    #expect(try word { $0.overrides = [Override(path: "canvas.format", value: "16:9")] } == "SCREEN")
    #expect(
      try word {
        $0.format = "quad"
        $0.overrides = [Override(path: "vars.word", value: "MINE")]
      } == "MINE")
  }

  @Test("every format keeps type in its safe area, whatever is asked for", arguments: Format.all.map(\.name))
  func safe(_ format: String) throws {
    let known = try #require(Format.named(format))
    let preset = try Self.preset(Self.poster, format: format)
    let g = preset.geometry
    let unit = known.isPaper ? g.dpi : 1
    #expect(abs(g.safe.top - known.safe.top * unit) < 1e-9)
    let box = try #require(try preset.plan(time: nil, workers: .standard).type.first?.type.box)
    let area = g.safeArea
    // `at` counts in the safe area; the story's title stands on its lower edge.
    let share = format == "9:16" ? 1 : 0.9
    #expect(abs(box.maxY - (area.minY + share * area.height)) < 1e-6)
    #expect(abs((box.minX + box.maxX) / 2 - (area.minX + area.maxX) / 2) < 1e-6)
  }

  @Test("safe margins scale with the picture, and a preset's own go before the format's") func margins()
    throws
  {
    let text = """
      onesheet: 1
      canvas: {format: 9:16, safe: {top: 100px, left: 20px}}
      layers: [{solid: black}]
      """
    let half = try Self.preset(text) { $0.scale = 0.5 }.geometry
    #expect(half.safe == Insets(top: 50, right: 0, bottom: 0, left: 10))
    #expect(try Self.preset(text, format: "quad").geometry.safe.top == 100)
    let all = text.replacingOccurrences(of: "{top: 100px, left: 20px}", with: "30px")
    #expect(try Self.preset(all).geometry.safe == Insets(30))
    #expect(
      try Self.preset("{onesheet: 1, canvas: {size: 90x60}, layers: [{solid: red}]}").geometry.safe
        == Insets())
  }

  @Test("a file's recipe is the preset in the format that it was rendered in") func recipe() throws {
    let preset = try Self.preset(Self.poster, format: "16:9")
    let again = try Self.preset(preset.recipe)
    #expect(again.geometry == preset.geometry && again.format == "16:9")
    #expect(again.variants.isEmpty)
    #expect(try again.render().pngData() == preset.render().pngData())
  }

  @Test("what extends a poster may say more of its formats") func extended() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.poster.write(to: folder.appendingPathComponent("poster.yaml"), atomically: true, encoding: .utf8)
    var options = Preset.Options()
    options.resources = PictureTests.resources
    options.format = "quad"
    let text = """
      onesheet: 1
      extends: poster.yaml
      formats: {landscape: {layers: [{id: title, at: [0.5, 0.5]}]}, quad: {vars: {word: QUAD}}}
      """
    let preset = try Preset(text: text, name: "p.yaml", folder: folder.path, options: options)
    let piece = try #require(try preset.plan(time: nil, workers: .standard).type.first)
    #expect(piece.type.text == "QUAD")
    #expect(abs(piece.type.em - 0.2 * Double(preset.geometry.trimHeight)) < 1e-6)
    #expect(preset.variants == ["quad", "9:16", "16:9", "quad"])
  }

  @Test(
    "mistakes in formats are told, whatever is rendered",
    arguments: [
      ("portait: {}", "there is no format or shape 'portait'", "did you mean 'portrait'?"),
      ("quad: {seed: 3}", "'seed' cannot differ from format to format", "what can"),
      ("quad: {layer: []}", "'layer' cannot differ", "did you mean 'layers'?"),
      ("quad: {canvas: {size: 3x3}}", "the size is what tells 'quad' from others", ""),
      ("quad: wide", "a mapping of what differs is due here", ""),
    ])
  func mistakes(_ entry: String, _ message: String, _ hint: String) {
    let told = PresetMistakesTests.complaint(
      "onesheet: 1\ncanvas: {size: 60x90}\nformats:\n  \(entry)\nlayers: [{solid: red}]\n")
    #expect(told.hasPrefix("p.yaml:4:"))
    #expect(told.contains(message) && (hint.isEmpty || told.contains(hint)))
  }

  @Test("an item that a format changes must exist, or be whole") func unknownItem() {
    let told = PresetMistakesTests.complaint(
      "onesheet: 1\ncanvas: {size: 60x90}\nformats:\n  portrait:\n    layers: [{id: titel, size: 1}]\nlayers: [{solid: red}]\n"
    )
    #expect(told.contains("p.yaml:5:"))
  }

  @Test("a safe area that leaves nothing is a mistake") func nothingSafe() {
    let told = PresetMistakesTests.complaint(
      "onesheet: 1\ncanvas: {size: 60x90, safe: 40px}\nlayers: [{solid: red}]\n")
    #expect(told.contains("p.yaml:2:") && told.contains("nothing of the picture would be safe"))
  }
}
