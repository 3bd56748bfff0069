import Foundation
import Markup
import Raster
import Testing

@testable import Onesheet

/// Layers that set type, as presets use them.
@Suite struct TypeLayersTests {
  private func picture(_ layers: String, size: String = "240x160") throws -> Framebuffer {
    try PictureTests.preset("onesheet: 1\ncanvas: {size: \(size)}\nlayers:\n" + layers).render().framebuffer
  }

  /// The largest difference of two pictures.
  private func difference(_ a: Framebuffer, _ b: Framebuffer) -> Float {
    var worst: Float = 0
    for (p, q) in zip(a.planes, b.planes) {
      for y in 0..<p.height { for x in 0..<p.width { worst = max(worst, abs(p.row(y)[x] - q.row(y)[x])) } }
    }
    return worst
  }

  private static let sea =
    "  - {gradient: conic, id: sea, stops: {0: red, 0.5: lime, 1: blue}, visible: false}\n"
  private static let word = "text: SEA, size: 0.6, font: League Spartan Bold"

  @Test(
    "a layer as a fill is that layer with the letters as its mask",
    arguments: ["", ", opacity: 0.5, blend: screen"])
  func layerFill(_ keys: String) throws {
    let filled = try picture(
      Self.sea + "  - {solid: \"#203040\"}\n  - {\(Self.word), color: {layer: sea}\(keys)}\n")
    let masked = try picture(
      Self.sea + """
          - {solid: "#203040"}
          - {\(Self.word), id: word, visible: false}
          - {group: [{copy: sea}], mask: {layer: word}\(keys)}

        """)
    #expect(difference(filled, masked) < 1e-5)
  }

  @Test("the letters of a filled layer are a mask like others, and keep their shadow") func filledLetters()
    throws
  {
    let frame = try picture(
      Self.sea + """
          - {solid: white}
          - {\(Self.word), color: {layer: sea}, shadow: black, shadow-offset: [0.2, 0.2]}

        """)
    var (dark, colored) = (0, 0)
    for y in 0..<160 {
      for x in 0..<240 {
        let row = frame.row(y)
        if row.red[x] + row.green[x] + row.blue[x] < 0.05 { dark += 1 }
        if max(row.red[x], row.green[x], row.blue[x]) > 0.5, min(row.red[x], row.green[x], row.blue[x]) < 0.1
        {
          colored += 1
        }
      }
    }
    #expect(dark > 300 && colored > 1000)
  }

  @Test("letters are cut out of their group, not of what lies below it") func knockOut() throws {
    let layers = """
        - solid: red
        - group:
            - solid: blue
            - {\(Self.word), knock-out: group, stroke: lime}
          id: wall

      """
    let cut = try picture(layers)
    let masked = try picture(
      """
        - solid: red
        - {\(Self.word), id: word, visible: false}
        - {solid: blue, mask: {layer: word, invert: true}}
        - {\(Self.word), color: transparent, stroke: lime, mask: {layer: word, invert: true}}

      """)
    #expect(difference(cut, masked) < 1e-4)
    var red = 0
    for y in 0..<160 {
      for x in 0..<240 where cut.row(y).red[x] > 0.99 && cut.row(y).green[x] < 0.01 { red += 1 }
    }
    #expect(red > 1000, "the line lies about the hole, not in it")
    let bare = try picture("  - solid: red\n  - {\(Self.word), knock-out: group}\n")
    #expect(bare.alpha.row(80)[2] == 1)
    var least: Float = 1
    for y in 0..<160 { for x in 0..<240 { least = min(least, bare.row(y).alpha[x]) } }
    #expect(least == 0, "the picture itself is a group, too")
  }

  @Test("blend: erase cuts with any layer") func erase() throws {
    let frame = try picture(
      "  - solid: red\n  - group: [{solid: blue}, {shape: rectangle, width: 0.5h, height: 0.5, blend: erase, opacity: 0.5}]\n"
    )
    #expect(abs(frame.row(80).red[120] - 0.5) < 1e-5 && abs(frame.row(80).blue[120] - 0.5) < 1e-5)
    #expect(frame.row(4).blue[4] == 1 && frame.row(4).red[4] == 0)
  }

  @Test("kinds have places of their own, which a preset may change") func placement() throws {
    func ink(_ layer: String) throws -> (top: Int, bottom: Int) {
      let frame = try picture("  - \(layer)\n", size: "270x400")
      let rows = (0..<400).filter { y in (0..<270).contains { frame.row(y).alpha[$0] > 0.2 } }
      return (try #require(rows.first), try #require(rows.last))
    }
    let title = try ink("title: NEON STATIC")
    #expect(abs(Double(title.bottom + 1) - 0.852 * 400) < 1.5)
    let presents = try ink("presents: [A, B]")
    #expect(abs(Double(presents.top) - 0.034 * 400) < 1.5)
    #expect(try ink("release").top > 380 && ink("tagline: HELLO").top > 340)
    let moved = try ink("{title: NEON STATIC, at: [0.5, 0.5], anchor: center}")
    #expect(abs(Double(moved.top + moved.bottom + 1) / 2 - 200) < 1)
    // The anchor stays the kind's own.
    #expect(abs(Double(try ink("{title: NEON STATIC, at: [0.5, 0.5]}").bottom + 1) - 200) < 1.5)
    let keys = try #require(Reference.named("title").first { $0.topic == .layer }).keys
    #expect(keys.first { $0.name == "anchor" }?.standard == "bottom")
    #expect(keys.first { $0.name == "at" }?.standard == "[0.5, 0.852]")
  }

  @Test("a preset that extends another replaces a fill as a whole") func extended() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try """
    onesheet: 1
    canvas: {size: 100x100}
    layers:
      - {solid: red, id: back}
      - {title: OX, id: title, color: {gradient: linear, stops: {0: red, 1: blue}}}
    """.write(to: folder.appendingPathComponent("a.yaml"), atomically: true, encoding: .utf8)
    for fill in ["{layer: back}", "{chrome: gold}", "white"] {
      let text = "onesheet: 1\nextends: a.yaml\nlayers: [{id: title, color: \(fill)}]\n"
      var options = Preset.Options()
      options.resources = PictureTests.resources
      try Preset(text: text, folder: folder.path, options: options).check()
    }
  }

  @Test(
    "mistakes are told with their places",
    arguments: [
      ("text: A, color: {layer: see}", "error: there is no layer 'see'"),
      (
        "text: A, id: a, color: {layer: a}",
        "error: the reference 'color' goes in a circle: 'a' is needed to draw 'a'"
      ),
      ("group: [{text: A, color: {layer: h}}], id: h", "error: the reference 'color' goes in a circle"),
      ("text: A, color: {chrome: brass}", "error: 'brass' is not one of dusk, steel, gold"),
      ("text: A, color: {chrome: gold, horizn: 0.5}", "hint: did you mean 'horizon'?"),
      ("text: A, color: {image: nowhere.png}", "error: there is no file 'nowhere.png'"),
      ("text: A, shadow: black, shadow-offset: 3", "error: an offset [x, y] is due here, not a text"),
      ("text: A, shadow-blur: 0.2", "error: there is no shadow that this could be of"),
      ("text: A, plate-radius: 0.2", "error: there is no plate that this could be of"),
      (
        "text: A, knock-out: plate",
        "error: there is no plate that the letters could be cut out of"
      ),
      ("title: UP, size: 0.1, fit: 0.9", "error: 'UP' is 0."),
      ("title: ''", "error: a title has at least one letter"),
      (
        "tagline: \"\(String(repeating: "TAPE ", count: 60))\"",
        "error: 'TAPE TAPE TAPE TAPE TAPE TA…' is"
      ),
      ("title: A, fit: 0", "error:"),
      ("title: A, tracking-limits: [4]", "error:"),
      ("presents: []", "error:"),
    ])
  func mistakes(_ layer: String, _ told: String) {
    let text = PresetMistakesTests.complaint(
      """
      onesheet: 1
      canvas: {size: 60x90}
      layers:
        - {\(layer)}
        - {solid: red, id: sea}

      """)
    #expect(text.contains(told) && text.contains("p.yaml:4:"), "\(text)")
  }
}
