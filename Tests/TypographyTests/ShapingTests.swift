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
    ("Roboto Condensed Bold", "a\u{200D}b\u{FE0F}c"), ("Bebas Neue", "THE LAST TRAIN TO THE COAST"),
    ("Bebas Neue", "“YOU’LL HEAR IT — BEFORE YOU SEE IT”"), ("Bebas Neue Bold", "PŘÍLIŠ ŽLUŤOUČKÝ KŮŇ"),
    ("Bebas Neue Book", "A\u{308}O\u{302}U\u{30A}N\u{303}"), ("League Spartan", "Ty\u{301}pog\u{327}raphy"),
    ("League Spartan", "waffle fjord office fi ffl"), ("League Spartan Light", "Łódź, Ærø & Þingvellir"),
    ("League Spartan", "(AV) [TA] {LT}"), ("Jura Bold", "Ωμέγα Άλφα"), ("Jura Bold", "Журнал Щука"),
    ("Jura", "fi fl ff ffi 1/2 0"), ("Jura", "e\u{301}\u{323}o\u{302}\u{301}"),
    ("Lexend Zetta", "Wavy Typo To."),
    ("Lexend Zetta", "ÀÉÎÕÜ àéîõü ŠŽ"), ("Kaushan Script", "Tonight & Always, Vera!"),
    ("Kaushan Script", "“Après” — Ça"), ("Roboto Condensed Bold", "LTAVWYKRPF. LT, AV; WA: Yo- T—"),
    ("Roboto Condensed Bold", "x\u{30A}q\u{303}\u{323}z\u{331}"), ("Roboto Condensed Light", "Việt Nam Ế Ỗ"),
    ("Roboto Condensed Light", "Ёлка Ўзбек Їжак"), ("Roboto Condensed Light", "Ἀρχή ᾧ Ὦ"),
    ("Noto Sans SC", "“夜雨”——‘十里’……"), ("Noto Sans SC", "〈一〉《二》「三」『四』【五】〔六〕"),
    ("Noto Sans SC", "１２３ＡＢＣ"), ("Noto Sans SC Bold", "T. Y, AV “Wa”"), ("Noto Serif SC", "“春”，。！？：；"),
    ("Noto Serif SC", "AVATAR To, We."), ("Noto Sans TC", "「電」，『霧』。——"), ("Noto Sans SC Light", "パピプー"),
    ("Noto Sans SC Light", "がぎぐ"),
    ("Noto Sans SC Light", "ハ\u{309A}"), ("Smiley Sans", "得意黑，很得意！"), ("Smiley Sans", "To AV fi (7) 1/2"),
    ("Unifont", "PLAY 0:12:34"), ("Unifont", "播放"),
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

  /// What a designer asks for by name, and how the program is told.
  static let designers: [(font: String, text: String, wanted: [(String, UInt32)])] = [
    ("Jura", "Small Caps 1984", [("small-caps", 1)]), ("Jura", "ALL Small Caps", [("smcp", 1), ("c2sc", 1)]),
    ("Jura", "2000", [("slashed-zero", 1)]), ("Jura", "1/2 3/4", [("fractions", 1)]),
    ("Jura", "(AV-TO)", [("case-sensitive-forms", 1)]), ("Jura", "office", [("ligatures", 0)]),
    ("Jura", "Quart 1a", [("stylistic-set-1", 1), ("ordinals", 1)]),
    ("League Spartan", "Quay Game", [("ss01", 1)]), ("League Spartan", "Quay Game", [("ss02", 1)]),
    ("League Spartan", "AVATAR", [("capital-spacing", 1)]),
    ("League Spartan", "x2 1st", [("superscript", 1)]),
    ("League Spartan", "(A) fi", [("case", 1), ("liga", 0)]),
    ("Bebas Neue", "1984 711", [("proportional-figures", 1)]),
    ("Bebas Neue", "AVATAR", [("kerning", 0)]), ("Bebas Neue", "1711", [("all-alternates", 1)]),
    ("Noto Sans SC", "「夜」，（雨）。", [("half-width-punctuation", 1)]),
    ("Noto Sans SC", "「夜」，（雨）。", [("proportional-punctuation", 1)]), ("Noto Serif SC", "“春”，", [("palt", 1)]),
    ("Noto Sans TC", "「電」，", [("halt", 1)]), ("Smiley Sans", "1984", [("tabular-figures", 1)]),
    ("Smiley Sans", "A1b", [("full-widths", 1)]),
  ]

  @Test(arguments: designers)
  func featuresByNameEqualHarfBuzzProgram(font: String, text: String, wanted: [(String, UInt32)]) throws {
    let face = try BundledFonts.face(font)
    let item = ItemizedText(text, faces: [face])
    let script = item.clusters.first { $0.script != .common }?.script ?? .latin
    var features: FontFeatures = [:]
    for (name, value) in wanted { features[try #require(FontFeature(named: name))] = value }
    let written = features.sorted { $0.key.tag < $1.key.tag }.map { "\($0.key)=\($0.value)" }.joined(
      separator: ",")
    func shaped(_ features: FontFeatures) -> [ShapedGlyph] {
      face.source.shape(
        ShapingRun(scalars: item.scalars, range: 0..<item.scalars.count, script: script, features: features)
      ).map(\.placed)
    }
    let reference = try HarfBuzzShape.glyphs(
      of: text, font: BundledFonts.url(font), script: script, features: written)
    #expect(shaped(features) == reference)
    #expect(shaped(features) != shaped([:]), "the case shows nothing of the feature")
    // The face knows of it.
    for (name, value) in wanted where value > 0 {
      let feature = try #require(FontFeature(named: name))
      #expect(face.features(of: script).contains(feature))
    }
  }

  @Test func missingFeaturesAreTold() throws {
    let faces = ["Bebas Neue", "Noto Sans SC"]
    func missing(_ text: String, _ names: String...) throws -> [String] {
      try BundledFonts.layout(text, faces[0], faces[1]) { style in
        for name in names { FontFeature(named: name).map { style.features[$0] = 1 } }
      }.missingFeatures.map(\.name)
    }
    #expect(try missing("LIN 林", "small-caps", "kerning", "half-width-punctuation") == ["small-caps"])
    // Fonts that set nothing of the text do not count.
    #expect(try missing("LIN", "half-width-punctuation") == ["half-width-punctuation"])
    #expect(try missing("LIN", "stylistic-set-3") == ["stylistic-set-3"])
    let off = try BundledFonts.layout("LIN", faces[0]) { $0.features[FontFeature("smcp")!] = 0 }
    #expect(off.missingFeatures.isEmpty, "what is switched off need not be there")
    #expect(try BundledFonts.face("Jura").optionalFeatures.map(\.name).contains("small-caps"))
    #expect(try BundledFonts.face("EMS Osmotron").optionalFeatures.isEmpty)
  }

  @Test func featureNamesAreOneToOne() throws {
    #expect(Set(FontFeature.names.map(\.name)).count == FontFeature.names.count)
    #expect(Set(FontFeature.names.map(\.tag)).count == FontFeature.names.count)
    for (name, tag) in FontFeature.names {
      let feature = try #require(FontFeature(named: name))
      #expect(feature.description == tag && feature.name == name && FontFeature(named: tag) == feature)
    }
    #expect(FontFeature(named: "stylistic-set-7")?.description == "ss07")
    #expect(FontFeature(named: "character-variant-12")?.description == "cv12")
    #expect(FontFeature(named: "ss20")?.name == "stylistic-set-20")
    for name in ["", "small", "small caps", "stylistic-set-0", "stylistic-set-x", "ké00", "smallcaps"] {
      #expect(FontFeature(named: name) == nil, "\(name)")
    }
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
