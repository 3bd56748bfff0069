import Foundation
import Outline
import Raster
import Testing

@testable import Typography

@Suite struct StrokeFontTests {
  private func font(_ glyphs: String, head: String = "") throws -> StrokeFont {
    let document = """
      \(head)<svg><defs><font horiz-adv-x="300"><font-face font-family="Test" units-per-em="1000"/>
      <missing-glyph horiz-adv-x="100"/>\(glyphs)</font></defs></svg>
      """
    return try StrokeFont(bytes: Array(document.utf8), file: "test.svg")
  }

  private func shape(_ text: String, _ font: StrokeFont) -> [ShapedGlyph] {
    let scalars = text.unicodeScalars.map(\.value)
    return font.shape(ShapingRun(scalars: scalars, range: 0..<scalars.count, script: .latin, features: [:]))
  }

  @Test func readsGlyphs() throws {
    let font = try font(
      """
      <glyph unicode="A" horiz-adv-x="600.5" d="M 0 0 L 500 700 M 100,200 h 300"/><glyph unicode="&amp;" d="M0 0 0 100"/>
      <glyph unicode="&#x42;" d="m 10 10 c 0 10 10 10 10 0 z"/><glyph unicode='&#67;' d=''/>
      """)
    let shaped = shape("A&BC", font)
    #expect(shaped.map(\.advance) == [600.5, 300, 300, 300])
    #expect(shaped.map(\.glyph) == [1, 2, 3, 4])
    let path = try font.outline(of: 1)
    // Back in font units, where rounding hides what the division left.
    #expect(
      path.elements.map { element in
        switch element {
        case .move(let p): "M\((p.x * 1000).rounded()),\((p.y * 1000).rounded())"
        case .line(let p): "L\((p.x * 1000).rounded()),\((p.y * 1000).rounded())"
        default: "?"
        }
      } == ["M0.0,0.0", "L500.0,-700.0", "M100.0,-200.0", "L400.0,-200.0"])
    #expect(font.characters() == ["&", "A", "B", "C"])
  }

  @Test func substitutesTypographicMarks() throws {
    let font = try font(
      """
      <glyph unicode="'" d="M0 0L0 1"/><glyph unicode="&quot;" d="M0 0L0 1"/><glyph unicode="." d="M0 0L0 1"/>
      <glyph unicode="é" d="M0 0L0 1"/><glyph unicode="-" d="M0 0L0 1"/><glyph unicode=" "/>
      """)
    #expect(shape("‘’“”…—\u{A0}", font).map(\.glyph) == [1, 1, 2, 2, 3, 3, 3, 5, 6])
    #expect(shape("…e\u{301}", font).map(\.cluster) == [0, 0, 0, 1])
    #expect(font.covers(0x2026) && !font.covers(0x41))
    #expect(shape("e\u{301}", font).map(\.glyph) == [4])
    #expect(shape("Q", font).map(\.glyph) == [0])
  }

  @Test func entityBombIsNotExpanded() throws {
    var declarations = "<!ENTITY a0 \"M 0 0 L 1 1 \">"
    for level in 1..<30 {
      let references = String(repeating: "&a\(level - 1);", count: 10)
      declarations += "<!ENTITY a\(level) \"\(references)\">"
    }
    let head = "<!DOCTYPE svg [\(declarations)<!-- ]> -->]>"
    let time = ContinuousClock().measure {
      #expect(throws: FontError.corrupt(file: "test.svg", detail: "line 2: the entity &a29; is not expanded"))
      {
        try font("<glyph unicode=\"A\" d=\"&a29;\"/>", head: head)
      }
    }
    #expect(time < .seconds(1))
    // The declarations alone do no harm.
    #expect(try font("<glyph unicode=\"A\" d=\"M0 0L9 9\"/>", head: head).glyphCount == 2)
  }

  @Test(arguments: [
    "<glyph unicode=\"A\" d=\"M 0 0 L 1\"/>", "<glyph unicode=\"A\" d=\"L 0 0\"/>",
    "<glyph unicode=\"A\" d=\"M 0 0 X\"/>",
    "<glyph unicode=\"A\" d=\"M 1e999 0 L 1 1\"/>", "<glyph unicode=\"A\" d=\"M 1e99 0 L 1 1\"/>",
    "<glyph unicode=\"A\" horiz-adv-x=\"nan\" d=\"M0 0L1 1\"/>",
    "<glyph unicode=\"A\" horiz-adv-x=\"1e300\" d=\"M0 0L1 1\"/>",
    "<glyph unicode=A d=\"M0 0\"/>", "<glyph unicode=\"A\" unicode=\"B\"/>", "<glyph unicode=\"A\"",
    "<glyph unicode=\"A\">",
    "</glyph>", "<a></b>", "<glyph unicode=\"&#0;\"/>", "<glyph unicode=\"&#xD800;\"/>",
    "<glyph unicode=\"&#99999999999;\"/>",
    "<glyph unicode=\"&\"/>", "<!-- ", "<![CDATA[ ", "<? ", "<font/>", "", "<glyph unicode=\"A\"/>",
    "<font-face units-per-em=\"0\"/>",
  ])
  func wrongDocuments(glyphs: String) {
    #expect(throws: FontError.self) { try font(glyphs) }
  }

  @Test func deepNesting() {
    let deep = String(repeating: "<g>", count: 200_000)
    #expect(throws: FontError.self) { try font(deep) }
  }

  @Test func measuredHeights() throws {
    let font = try font("<glyph unicode=\"H\" d=\"M0 0L0 662\"/><glyph unicode=\"x\" d=\"M0 0L9 441\"/>")
    #expect(abs(font.metrics.capHeight - 0.662) < 1e-12)
    #expect(abs(font.metrics.xHeight - 0.441) < 1e-12)
  }

  @Test func everyBundledStrokeFontDrawsItsCharacters() throws {
    var count = 0
    for descriptor in BundledFonts.library.all where descriptor.isStroke {
      count += 1
      let face = try BundledFonts.library.face(descriptor)
      let layout = try TextLayout("Neon Motel — “Ça va?” it’s…", style: TextStyle(faces: [face]))
      #expect(layout.missing.isEmpty, "\(descriptor.name): \(layout.missing)")
      #expect(layout.letters.allSatisfy { $0.isStroke && !$0.path.elements.contains(.close) })
      // One letter's strokes begin with a move and lie about its origin.
      #expect(layout.letters.allSatisfy { $0.path.bounds.maxX < 1.5 && $0.path.bounds.minX > -0.6 })
    }
    #expect(count == 7)
  }
}
