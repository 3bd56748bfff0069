import Foundation
import Raster
import Testing

@testable import Typography

@Suite struct VerticalSettingTests {
  private func layout(
    _ text: String, _ names: String..., change: (inout TextStyle) -> Void = { _ in }
  ) throws -> TextLayout {
    var style = TextStyle(faces: try names.map(BundledFonts.face))
    style.direction = .vertical
    style.closesMarks = false
    change(&style)
    return try TextLayout(text, style: style)
  }

  /// Glyphs, and where their origins lie, as the program hb-shape has them from top to bottom.
  @Test(arguments: [
    ("Noto Sans SC Bold", "林小艺"), ("Noto Sans SC", "夜雨，十里。"), ("Noto Sans SC", "《夜》「雨」（十）"),
    ("Noto Serif SC", "春风：十里！"), ("Noto Sans TC", "電霧，錄「喫」。"), ("Noto Sans SC Light", "ホテル"),
    ("Noto Sans SC Light", "チョット"), ("Smiley Sans", "得意黑。"), ("Noto Sans SC Bold", "你好？〔世〕、"),
  ])
  func equalsHarfBuzzProgram(font: String, text: String) throws {
    let layout = try layout(text, font)
    #expect(layout.missing.isEmpty && !layout.glyphs.contains { $0.isTurned })
    let reference = try HarfBuzzShape.glyphs(
      of: text, font: BundledFonts.url(font), script: Script(of: text.unicodeScalars.first ?? " "),
      direction: "ttb")
    #expect(layout.glyphs.map(\.id) == reference.map(\.glyph))
    let units = try BundledFonts.face(font).unitsPerEm
    var pen = 0.0
    for (glyph, expected) in zip(layout.glyphs, reference) {
      #expect(abs(glyph.origin.x - expected.offsetX / units) < 1e-9)
      #expect(abs(glyph.origin.y - (pen - expected.offsetY / units)) < 1e-9)
      #expect(abs(glyph.advance - expected.advance / units) < 1e-9)
      pen += expected.advance / units
    }
    #expect(abs(layout.lines[0].width - pen) < 1e-9)
    // Squares stand in the middle of their column.
    for glyph in layout.glyphs where LineBreaking.isIdeographic(text.scalar(glyph.cluster)) {
      guard CharacterSpacing.mark(text.scalar(glyph.cluster)) == nil else { continue }
      #expect(abs((glyph.inkBox.minX + glyph.inkBox.maxX) / 2) < 0.12)
    }
  }

  @Test func columnsFollowFromRightToLeft() throws {
    let layout = try layout("夜雨十里春风", "Noto Sans SC") { style in
      style.maxWidth = 2
      style.lineSpacing = 1.5
    }
    #expect(layout.lines.count == 3)
    #expect(layout.lines.map(\.x) == [0, -1.5, -3])
    #expect(layout.lines.allSatisfy { abs($0.width - 2) < 1e-9 && $0.baseline == 0 })
    let box = layout.inkBox
    #expect(box.minX > -3.6 && box.maxX < 0.6 && box.minY > -0.1 && box.maxY < 2.1)
    let bottom = try self.layout("夜雨十\n里", "Noto Sans SC") { $0.alignment = .right }
    #expect(abs(bottom.lines[1].baseline - 2) < 1e-9)
    #expect(bottom.glyphs[3].inkBox.minY > 1.9)
    let justified = try self.layout("夜雨十里春风", "Noto Sans SC") { style in
      style.maxWidth = 4.6
      style.alignment = .justify
    }
    #expect(abs(justified.lines[0].width - 4.6) < 1e-9)
    #expect(abs(justified.glyphs[3].origin.y - justified.glyphs[0].origin.y - 3.6) < 1e-9)
  }

  @Test func kinsokuHoldsInColumns() throws {
    let layout = try layout("夜雨，十里。", "Noto Sans SC") { $0.maxWidth = 2 }
    let starts = layout.lines.map { "夜雨，十里。".scalar(layout.glyphs[$0.glyphs.lowerBound].cluster) }
    #expect(starts == ["夜", "雨", "十", "里"])
  }

  @Test func latinLiesOrStands() throws {
    let fonts = ["Bebas Neue", "Noto Sans SC"]
    func turned(_ text: String, _ latin: TextStyle.UprightLatin = .auto) throws -> [Bool] {
      try layout(text, fonts[0], fonts[1]) { $0.uprightLatin = latin }.glyphs.map(\.isTurned)
    }
    #expect(try turned("夜HOTEL雨") == [false, true, true, true, true, true, false])
    #expect(try turned("夜TV雨") == [false, false, false, false])
    #expect(try turned("夜TV雨", .turned) == [false, true, true, false])
    #expect(try turned("夜HOTEL", .upright) == [false, false, false, false, false, false])
    #expect(try turned("夜NEW YORK") == [false] + [Bool](repeating: true, count: 8))
    #expect(try turned("夜24时") == [false, false, false, false])
    #expect(try turned("夜1984年") == [false, true, true, true, true, false])
    // 縦中横: two figures side by side in the middle of the column, as high as one letter.
    let pair = try layout("夜24时", fonts[0], fonts[1])
    #expect(pair.glyphs[1].origin.y == pair.glyphs[2].origin.y)
    let ink = pair.glyphs[1].inkBox.union(pair.glyphs[2].inkBox)
    #expect(abs(ink.minX + ink.maxX) < 0.06 && ink.width < 1.1)
    // Capitals below each other.
    let capitals = try layout("夜TV", fonts[0], fonts[1])
    #expect(capitals.glyphs[2].inkBox.minY > capitals.glyphs[1].inkBox.maxY + 0.05)
    #expect(abs(capitals.glyphs[2].inkBox.minX + capitals.glyphs[2].inkBox.maxX) < 0.05)
    // A turned word is a line of type turned about the middle of the column, kerns and all.
    let word = try layout("AVATAR", fonts[0])
    let line = try BundledFonts.layout("AVATAR", fonts[0])
    #expect(abs(word.lines[0].width - line.lines[0].width) < 1e-9)
    for (a, b) in zip(word.glyphs, line.glyphs) {
      #expect(a.isTurned && a.id == b.id && abs(a.origin.y - b.origin.x) < 1e-9)
    }
    #expect(abs(word.inkBox.minX + word.inkBox.maxX) < 0.02)
    #expect(abs(word.inkBox.height - line.inkBox.width) < 1e-9)
  }

  @Test func marksStandInTheirPlaces() throws {
    // At the right top of their squares, those of fonts without forms for columns as well.
    for font in ["Noto Sans SC", "Unifont", "Smiley Sans"] {
      let layout = try layout("夜，雨", font)
      let comma = layout.glyphs[1].inkBox
      let cell = (layout.glyphs[0].inkBox.maxY + layout.glyphs[2].inkBox.minY) / 2
      // Unifont has its comma in the middle of the square's lower edge.
      #expect((comma.minX + comma.maxX) / 2 > (font == "Unifont" ? -0.1 : 0.1), "\(font): \(comma)")
      #expect((comma.minY + comma.maxY) / 2 < cell + 0.01, "\(font): \(comma) \(cell)")
    }
    // A dash lies along the column.
    let dash = try layout("夜——雨", "Noto Sans SC")
    let box = dash.glyphs.dropFirst().dropLast().reduce(Rect.null) { $0.union($1.inkBox) }
    #expect(box.height > 1.5 && box.width < 0.2)
    let brackets = try layout("「夜」", "Unifont")
    #expect(brackets.glyphs.allSatisfy { $0.isTurned == ($0.cluster != 1) })
  }

  @Test func lettersFollowTheirGlyphs() throws {
    let layout = try layout("夜HOTEL，TV24", "Bebas Neue", "Noto Sans SC")
    var box = Rect.null
    for letter in layout.letters {
      let bounds = letter.path.bounds
      box = box.union(
        Rect(
          minX: bounds.minX + letter.origin.x, minY: bounds.minY + letter.origin.y,
          maxX: bounds.maxX + letter.origin.x, maxY: bounds.maxY + letter.origin.y))
    }
    let ink = layout.inkBox
    #expect(abs(box.minX - ink.minX) < 1e-9 && abs(box.maxY - ink.maxY) < 1e-9)
    #expect(abs(box.maxX - ink.maxX) < 1e-9 && abs(box.minY - ink.minY) < 1e-9)
    let tracked = try self.layout("夜雨", "Noto Sans SC") { $0.tracking = 500 }
    #expect(abs(tracked.lines[0].width - 2.5) < 1e-9)
  }
}

extension String {
  func scalar(_ index: Int) -> Unicode.Scalar {
    unicodeScalars[unicodeScalars.index(startIndex, offsetBy: index)]
  }
}
