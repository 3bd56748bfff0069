import Foundation
import Testing

@testable import Typography

@Suite struct ShapingTests {
  /// Texts of one script each, as hb-shape guesses one script for a whole text.
  static let cases: [(font: String, text: String)] = [
    ("Bebas Neue", "AVATAR"), ("Bebas Neue", "LAST YEAR"), ("Bebas Neue", "ÉTÉ À PARIS"),
    ("Bebas Neue", "To “Wave” — Ty."), ("Bebas Neue", "2026"), ("Bebas Neue", "P.A. 7/4 & CO"),
    ("Bebas Neue", "E\u{301}tude"), ("Bebas Neue", "WAŻNA ŁÓDŹ"), ("Bebas Neue Book", "AVATAR"),
    ("Bebas Neue Book", "DIRECTED BY"), ("Bebas Neue Book", "ÑANDÚ"), ("Bebas Neue Bold", "KYOTO"),
    ("Bebas Neue Bold", "T-A-V"), ("League Spartan", "VOYAGE"), ("League Spartan", "office affliction"),
    ("League Spartan", "Tomorrow, Yes."), ("League Spartan Light", "first flight"),
    ("League Spartan Light", "AWAY"), ("League Spartan Light", "Ça va où"), ("Lexend Zetta", "LTYAV"),
    ("Lexend Zetta", "first office"), ("Lexend Zetta", "Ångström"), ("Roboto Condensed Bold", "AV To We."),
    ("Roboto Condensed Bold", "office fjord ffi"), ("Roboto Condensed Light", "produced by"),
    ("Roboto Condensed Light", "Tïpö\u{323}graphie"), ("Roboto Condensed Light", "Москва Туда"),
    ("Roboto Condensed Light", "Αθήνα ΤΑΥ"), ("Kaushan Script", "Night Fever"),
    ("Kaushan Script", "waffle Toffee"),
    ("Kaushan Script", "Señor"), ("Jura", "FUTURE 1984"), ("Jura", "AVATAR Tyr"), ("Jura", "fiancé"),
    ("Noto Sans SC Bold", "林小艺"), ("Noto Sans SC Bold", "你好，世界。"), ("Noto Sans SC", "《夜雨》——林"),
    ("Noto Sans SC Light", "ホテル"), ("Noto Sans SC Bold", "AVATAR Toy"), ("Noto Serif SC", "春风十里"),
    ("Noto Sans TC", "電霧錄喫"), ("Noto Sans TC", "「雨」"), ("Smiley Sans", "得意黑"), ("Smiley Sans", "AVATAR Type"),
    ("Smiley Sans", "“引号”"), ("Roboto Condensed Bold", "a\u{2011}b\u{2009}c\u{A0}d"),
    ("Roboto Condensed Bold", "a\u{200D}b\u{FE0F}c"),
  ]

  @Test(arguments: cases) func equalsHarfBuzzProgram(font: String, text: String) throws {
    let face = try BundledFonts.face(font)
    let item = ItemizedText(text, faces: [face])
    #expect(item.missing.isEmpty)
    let all = Set(item.clusters.map(\.script))
    try #require(all.count == 1, "the case has more than one script")
    let ours = face.source.shape(
      ShapingRun(
        scalars: item.scalars, range: 0..<item.scalars.count, script: item.clusters[0].script, features: [:])
    ).map(\.placed)
    let reference = try HarfBuzzShape.glyphs(of: text, font: BundledFonts.url(font))
    #expect(ours == reference)
    #expect(!ours.isEmpty)
  }

  @Test func theTableHasKerningAndLigatures() throws {
    // Otherwise equality above would prove less than it seems to.
    func width(_ font: String, _ text: String, _ features: FontFeatures) throws -> Double {
      let face = try BundledFonts.face(font)
      let scalars = text.unicodeScalars.map(\.value)
      return face.source.shape(
        ShapingRun(scalars: scalars, range: 0..<scalars.count, script: .latin, features: features)
      ).map(\.advance).reduce(0, +)
    }
    for font in ["Bebas Neue", "League Spartan", "Jura", "Roboto Condensed Bold", "Noto Sans SC Bold"] {
      #expect(try width(font, "AVATAR", [:]) < width(font, "AVATAR", [.kerning: 0]), "\(font)")
    }
    var merged: [String] = []
    for font in BundledFonts.library.all where !font.isStroke {
      let face = try BundledFonts.library.face(font)
      let scalars = "office fi fl".unicodeScalars.map(\.value)
      let run = ShapingRun(scalars: scalars, range: 0..<scalars.count, script: .latin, features: [:])
      if face.source.shape(run).count < scalars.count { merged.append(font.name) }
    }
    #expect(merged.count >= 2, "fonts with ligatures: \(merged)")
  }

  static let featureCases: [(String, FontFeatures)] = [
    ("-kern", [.kerning: 0]), ("-liga", [.ligatures: 0]), ("kern=1", [.kerning: 1]),
  ]

  @Test(arguments: featureCases)
  func featuresEqualHarfBuzzProgram(written: String, features: FontFeatures) throws {
    for (font, text) in [
      ("League Spartan", "office AVATAR"), ("Jura", "fiancé AVATAR"), ("Kaushan Script", "waffle To"),
    ] {
      let face = try BundledFonts.face(font)
      let scalars = text.unicodeScalars.map(\.value)
      let ours = face.source.shape(
        ShapingRun(scalars: scalars, range: 0..<scalars.count, script: .latin, features: features)
      ).map(\.placed)
      #expect(try ours == HarfBuzzShape.glyphs(of: text, font: BundledFonts.url(font), features: written))
    }
  }

  @Test func mixedTextEqualsHarfBuzzRunByRun() throws {
    let text = "LIN 林小艺, “2026” ホテル 夜雨 — É!"
    let names = ["Bebas Neue", "Noto Sans SC Light"]
    let faces = try names.map(BundledFonts.face)
    var style = TextStyle(faces: faces)
    style.hanziScale = 1
    let layout = try TextLayout(text, style: style)
    #expect(layout.missing.isEmpty)
    let item = ItemizedText(text, faces: faces)
    var expected: [(GlyphID, Int, Double)] = []
    let scalars = Array(text.unicodeScalars)
    for run in item.runs(in: 0..<item.clusters.count) {
      let range = item.scalarRange(of: run.clusters)
      let part = String(String.UnicodeScalarView(scalars[range]))
      for glyph in try HarfBuzzShape.glyphs(
        of: part, font: BundledFonts.url(names[run.face]), script: run.script)
      {
        expected.append(
          (glyph.glyph, glyph.cluster + range.lowerBound, glyph.advance / faces[run.face].unitsPerEm))
      }
    }
    #expect(layout.glyphs.map(\.id) == expected.map(\.0))
    #expect(layout.glyphs.map(\.cluster) == expected.map(\.1))
    #expect(layout.glyphs.map(\.advance) == expected.map(\.2))
    #expect(layout.glyphs.count == scalars.count)
  }

  @Test func featureNames() {
    #expect(FontFeature("kern") == .kerning)
    #expect(FontFeature("liga") == .ligatures)
    #expect(FontFeature("clig") == .contextualLigatures)
    #expect(FontFeature("ss01")?.description == "ss01")
    #expect(FontFeature("") == nil && FontFeature("toolong") == nil && FontFeature("ké") == nil)
  }
}
