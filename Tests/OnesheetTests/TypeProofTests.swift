import Foundation
import Layers
import Markup
import Raster
import Testing

@testable import Onesheet

/// Posters made to break each rule of type, and posters that keep it.
@Suite struct TypeProofTests {
  private static func findings(_ body: String, format: String? = nil, canvas: String = "{size: 600x900}")
    throws
    -> [Diagnostic]
  {
    let text = "onesheet: 1\ncanvas: \(canvas)\n\(body)"
    var options = Preset.Options()
    options.resources = PictureTests.resources
    options.format = format
    return try Preset(text: text, name: "p.yaml", options: options).render().findings
  }

  // MARK: Contrast

  @Test(
    "the contrast of flat colors is that of WCAG 2",
    arguments: [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48), ("#404040", "#808080", 2.63)])
  func contrast(_ ink: String, _ ground: String, _ expected: Double) throws {
    var options = Preset.Options()
    options.resources = PictureTests.resources
    let preset = try Preset(
      text: """
        onesheet: 1
        canvas: {size: 600x300}
        layers:
          - solid: "\(ground)"
          - {text: STATIC, size: 0.4, color: "\(ink)"}
        """, options: options)
    let plan = try preset.plan(time: nil, workers: .standard)
    let picture = try preset.render()
    let type = try #require(plan.type.first?.type)
    let measured = try #require(TypeContrast(of: type, in: picture.framebuffer, region: picture.region))
    #expect(abs(measured.ratio - expected) < 0.02 * expected)
  }

  @Test("type that drowns is told with its place and its figure") func drowns() throws {
    let found = try Self.findings(
      """
      layers:
        - solid: "#203040"
        - text: BARELY THERE
          size: 0.06
          at: [0.25, 0.75]
          color: "#2c3c4c"
      """)
    #expect(found.count == 1)
    let finding = try #require(found.first)
    #expect(finding.severity == .warning)
    #expect(finding.place?.line == 5)
    #expect(finding.message.hasPrefix("'BARELY THERE' is hard to read at [0.25, 0.75]: its contrast is 1."))
  }

  @Test("what lies under type counts, and what is laid over it later") func ground() throws {
    func text(_ stops: String, over: String = "") -> String {
      """
      layers:
        - gradient: linear
          angle: 0
          stops: \(stops)
        - {text: WHITE WORDS, size: 0.06, color: white}
      \(over)
      """
    }
    #expect(try Self.findings(text("{0: black, 1: navy}")).isEmpty)
    // Half of the words stand on white: a tenth of that is enough to be told.
    #expect(try Self.findings(text("[[0, black], [0.5, black], [0.5, white], [1, white]]")).count == 1)
    #expect(
      try Self.findings(text("{0: black, 1: navy}", over: "  - {solid: black, opacity: 0.97}")).count == 1)
  }

  @Test("a dark halo makes white words readable on a bright sky") func halo() throws {
    func text(_ stroke: String) -> String {
      "layers:\n  - solid: \"#b0b0b0\"\n  - {text: HALO, size: 0.2, color: white\(stroke)}\n"
    }
    #expect(try Self.findings(text("")).count == 1)
    #expect(try Self.findings(text(", stroke: black, stroke-width: 0.1")).isEmpty)
  }

  @Test("letters of nothing but a line are read by that line") func outlined() throws {
    func text(_ stroke: String) -> String {
      """
      layers:
        - solid: "#a03020"
        - {text: HOLLOW, size: 0.2, color: transparent, stroke: "\(stroke)", stroke-width: 0.006}
      """
    }
    #expect(try Self.findings(text("#fff0d0")).isEmpty)
    #expect(try Self.findings(text("#b04030")).count == 1)
    // The ground drowns the line where it is as bright.
    let striped = """
      layers:
        - gradient: linear
          angle: 0
          stops: [[0, black], [0.5, black], [0.5, white], [1, white]]
        - {text: HOLLOW, size: 0.2, color: transparent, stroke: white, stroke-width: 0.006}
      """
    #expect(try Self.findings(striped).count == 1)
  }

  @Test("masks, invisible layers and ignored ones are not type that somebody reads") func notRead() throws {
    #expect(
      try Self.findings(
        """
        checks: {ignore: sign}
        layers:
          - solid: "#203040"
            mask: {text: MASK, size: 0.1}
          - {text: HIDDEN, size: 0.1, color: "#203040", visible: false}
          - {text: STRIP, size: 0.1, color: "#203040", mask: {shape: rectangle, width: 0.1, height: 0.1}}
          - copy: shop
            mask: {shape: rectangle, width: 0.01, height: 0.01, at: [0, 0]}
          - {text: COPIED, id: shop, size: 0.1, color: "#203040", visible: false}
          - {text: SHOP, id: sign, size: 0.1, color: "#101010"}
        """
      ).isEmpty)
    #expect(
      try Self.findings(
        "checks: {contrast: 0}\nlayers:\n  - solid: black\n  - {text: A, size: 0.3, color: black}\n"
      )
      .isEmpty)
  }

  // MARK: Places

  @Test(
    "type beyond the safe area is told with distance and edge",
    arguments: [
      ("[0.5, 0.01]", "one-sheet", "over its top edge"), ("[0.01, 0.5]", "one-sheet", "over its left edge"),
      ("[0.5, 0.06]", "9:16", "over its top edge"), ("[0.5, 0.94]", "9:16", "over its bottom edge"),
    ])
  func beyond(_ at: String, _ format: String, _ edge: String) throws {
    let body = "layers:\n  - solid: black\n  - {text: EDGE, size: 0.04, at: \(at)}\n"
    let found = try Self.findings(body, canvas: "{format: \"\(format)\", dpi: 20}")
    #expect(found.count == 1)
    #expect(found.first?.message.contains(edge) == true)
    #expect(found.first?.message.contains(format == "9:16" ? " px" : " in") == true)
    #expect(
      try Self.findings("checks: {safe-area: false}\n" + body, canvas: "{format: \"\(format)\", dpi: 20}")
        .isEmpty)
  }

  @Test("type within the safe area is no finding, in no format", arguments: Format.all.map(\.name))
  func within(_ format: String) throws {
    for (at, anchor) in [("[0, 0]", "top-left"), ("[1, 1]", "bottom-right")] {
      let body =
        "layers:\n  - solid: black\n  - {text: EDGE, size: 0.04, at: \(at), anchor: \(anchor), within: safe}\n"
      #expect(try Self.findings(body, canvas: "{format: \"\(format)\", dpi: 20}").isEmpty)
    }
  }

  // MARK: Billing

  private static func poster(_ checks: String = "{}", size: Double, roles: String = "0.43") -> String {
    """
    checks: \(checks)
    layers:
      - solid: black
      - {title: NEON STATIC, size: 0.1, fit: 0.6, at: [0.5, 0.3]}
      - credits:
          - music by: SOMEBODY ELSE
          - written and directed by: LIN XIAOYI
        size: \(size)
        min-size: \(size)
        role-size: \(roles)
        at: [0.5, 0.8]
    """
  }

  @Test("names that contracts care for are measured against the title") func billingShare() throws {
    // At 0.6 of the width the title's em is about 0.06: an eighth of it is too small, two fifths will do.
    let found = try Self.findings(Self.poster(size: 0.008))
    #expect(found.count == 1)
    let finding = try #require(found.first)
    #expect(finding.place?.line == 7)
    #expect(
      finding.message.hasPrefix("the capitals of 'LIN XIAOYI' (written and directed by) have 1"),
      "\(finding.message)")
    #expect(finding.message.hasSuffix("15 % are due"))
    #expect(try Self.findings(Self.poster(size: 0.025)).isEmpty)
    // The share, whose names and the measure are the preset's.
    #expect(try Self.findings(Self.poster("{billing-share: 0.6}", size: 0.025)).count == 1)
    #expect(try Self.findings(Self.poster("{billing-share: 0}", size: 0.008)).isEmpty)
    #expect(try Self.findings(Self.poster("{billing-roles: producers}", size: 0.008)).isEmpty)
    let music = try Self.findings(Self.poster("{billing-roles: music by}", size: 0.008))
    #expect(music.count == 1 && music.first?.message.contains("'SOMEBODY ELSE'") == true)
    #expect(
      try Self.findings(Self.poster("{metric: em}", size: 0.008)).first?.message.contains("the ems of")
        == true)
    // Without a title there is nothing to measure against.
    let untitled = Self.poster(size: 0.008).replacingOccurrences(
      of: "title: NEON STATIC", with: "text: NEON STATIC")
    #expect(try Self.findings(untitled).isEmpty)
  }

  @Test("job titles are measured against their names") func jobShare() throws {
    let found = try Self.findings(Self.poster(size: 0.03, roles: "0.2"))
    #expect(found.count == 2)
    #expect(found.allSatisfy { $0.message.contains("of the height of its name; 30 % are due") })
    #expect(try Self.findings(Self.poster("{job-share: 0.15}", size: 0.03, roles: "0.2")).isEmpty)
    #expect(try Self.findings(Self.poster("{job-share: 0.5}", size: 0.03)).count == 2)
  }

  @Test("key art of video services carries no billing block") func keyArt() throws {
    let body = Self.poster(size: 0.025)
    let found = try Self.findings(body, canvas: "{format: key-art}")
    #expect(found.count == 1)
    #expect(found.first?.message.contains("carries no billing block") == true)
    #expect(
      try Self.findings(Self.poster("{key-art: false}", size: 0.025), canvas: "{format: key-art}").isEmpty)
    #expect(try Self.findings(body, canvas: "{format: one-sheet, dpi: 20}").isEmpty)
    // What the hint proposes helps.
    let hint = try #require(found.first?.hint)
    let named = body.replacingOccurrences(of: "- credits:", with: "- id: credits\n    credits:")
    #expect(try Self.findings(hint + "\n" + named, canvas: "{format: key-art}").isEmpty)
  }

  // MARK: Mistakes

  @Test("checks that name no layer, or are none, are mistakes") func mistakes() {
    let head = "onesheet: 1\ncanvas: {size: 60x90}\n"
    let unknown = PresetMistakesTests.complaint(
      head + "checks: {title: titel}\nlayers: [{text: A, id: title}]\n")
    #expect(unknown.contains("p.yaml:3:17: error: there is no layer 'titel'"))
    #expect(unknown.contains("did you mean 'title'?"))
    let key = PresetMistakesTests.complaint(head + "checks: {contrst: 3}\nlayers: [{text: A}]\n")
    #expect(key.contains("did you mean 'contrast'?"))
    #expect(
      PresetMistakesTests.complaint(head + "checks: 3\nlayers: [{text: A}]\n").contains(
        "'checks' is a mapping"))
  }
}
