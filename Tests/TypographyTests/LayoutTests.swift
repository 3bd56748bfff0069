import CFreeType
import Foundation
import Outline
import Raster
import Testing

@testable import Typography

@Suite struct LayoutTests {
  private func runs(_ text: String, _ names: String...) throws -> [String] {
    let item = ItemizedText(text, faces: try names.map(BundledFonts.face))
    let scalars = Array(text.unicodeScalars)
    return item.runs(in: 0..<item.clusters.count).map { run in
      let part = String(String.UnicodeScalarView(scalars[item.scalarRange(of: run.clusters)]))
      return "\(run.face)\(run.script.code):\(part)"
    }
  }

  @Test func fallback() throws {
    #expect(try runs("林小艺", "Bebas Neue", "Noto Sans SC") == ["1Hani:林小艺"])
    #expect(try runs("LIN 林小艺", "Bebas Neue", "Noto Sans SC") == ["0Latn:LIN ", "1Hani:林小艺"])
    // Spaces and marks stay with what precedes them, digits do not.
    #expect(try runs("林, LIN. 2", "Bebas Neue", "Noto Sans SC") == ["1Hani:林, ", "0Latn:LIN. 2"])
    #expect(try runs("林2", "Bebas Neue", "Noto Sans SC") == ["1Hani:林", "0Zyyy:2"])
    // Quotation marks go with what they enclose.
    #expect(try runs("LIN “林”", "Bebas Neue", "Noto Sans SC") == ["0Latn:LIN ", "1Hani:“林”"])
    #expect(try runs("林“LIN”林", "Bebas Neue", "Noto Sans SC") == ["1Hani:林", "0Latn:“LIN”", "1Hani:林"])
    #expect(try runs("“LIN 林”", "Bebas Neue", "Noto Sans SC") == ["0Latn:“LIN ", "1Hani:林", "0Latn:”"])
    #expect(try runs("Lin’s 林", "Roboto Condensed", "Noto Sans SC") == ["0Latn:Lin’s ", "1Hani:林"])
    // A letter and its marks are in one face, composed or not.
    #expect(try runs("E\u{301}T", "Bebas Neue", "Noto Sans SC") == ["0Latn:E\u{301}T"])
    #expect(try runs("林。", "Bebas Neue", "Noto Sans SC") == ["1Hani:林。"])
    #expect(try runs("ホてル漢", "Noto Sans SC Light") == ["0Kana:ホ", "0Hira:て", "0Kana:ル", "0Hani:漢"])
  }

  @Test func missingCharacters() throws {
    let layout = try BundledFonts.layout("A林B\u{7}電\r\n林\u{1F600}", "Bebas Neue")
    #expect(layout.missing.map(\.scalar.value) == [0x6797, 7, 0x96FB, 0x6797, 0x1F600])
    #expect(layout.missing.map(\.index) == [1, 3, 4, 7, 8])
    #expect(
      layout.missing.map(\.description) == [
        "“林” (U+6797)", "U+0007", "“電” (U+96FB)", "“林” (U+6797)", "“😀” (U+1F600)",
      ])
    #expect(try BundledFonts.layout("A林\tB\n\u{200D}\u{FEFF}", "Bebas Neue", "Noto Sans SC").missing.isEmpty)
    // Nothing is drawn for what is missing.
    #expect(layout.letters.map(\.index) == [0, 2])
    // A mark that no face has, on a letter that one has.
    let mark = try BundledFonts.layout("Q\u{20DD}", "Bebas Neue")
    #expect(mark.missing == [MissingCharacter(scalar: "\u{20DD}", index: 1)])
  }

  /// FreeType's own exact boxes, in whole font units.
  private func freeTypeBoxes(_ url: URL, _ glyphs: [GlyphID]) throws -> [FT_BBox] {
    var library: FT_Library?
    try #require(FT_Init_FreeType(&library) == 0)
    defer { FT_Done_FreeType(library) }
    var opened: FT_Face?
    try #require(FT_New_Face(library, url.path, 0, &opened) == 0)
    let face = try #require(opened)
    return try glyphs.map { glyph in
      try #require(FT_Load_Glyph(face, glyph, FT_Int32(FT_LOAD_NO_SCALE)) == 0)
      var box = FT_BBox()
      let slot = try #require(face.pointee.glyph)
      try #require(FT_Outline_Get_BBox(&slot.pointee.outline, &box) == 0)
      return box
    }
  }

  @Test(arguments: [
    ("Bebas Neue", "SÉÑQ&@8"), ("League Spartan", "Saegjy&@"), ("Lexend Zetta", "Saegjy&@Ç"),
    ("Roboto Condensed Bold", "Saegjy&@Ç"), ("Kaushan Script", "Saegjy&@"), ("Noto Sans SC Bold", "林小艺雨"),
    ("Noto Serif SC", "春风夜"), ("Smiley Sans", "得意黑gS"),
  ])
  func inkBoxEqualsFreeType(name: String, text: String) throws {
    let layout = try BundledFonts.layout(text, name)
    let boxes = try freeTypeBoxes(BundledFonts.url(name), layout.glyphs.map(\.id))
    var whole = Rect.null
    for (glyph, box) in zip(layout.glyphs, boxes) {
      let units = glyph.face.unitsPerEm
      let expected = Rect(
        minX: glyph.origin.x + Double(box.xMin) / units, minY: glyph.origin.y - Double(box.yMax) / units,
        maxX: glyph.origin.x + Double(box.xMax) / units, maxY: glyph.origin.y - Double(box.yMin) / units)
      whole = whole.union(expected)
      // Whole units on its side, fractions at the extrema of curves on ours.
      #expect(distance(glyph.inkBox, expected) <= 1.01 / units)
    }
    #expect(distance(layout.inkBox, whole) <= 1.01 / layout.glyphs[0].face.unitsPerEm)
    #expect(distance(layout.path.bounds, layout.inkBox) < 1e-9)
    let width = layout.inkBox.width
    #expect(layout.fitted(toWidth: 250) == 250 / width)
  }

  private func distance(_ a: Rect, _ b: Rect) -> Double {
    [a.minX - b.minX, a.minY - b.minY, a.maxX - b.maxX, a.maxY - b.maxY].map(abs).max() ?? .infinity
  }

  @Test func contoursAreClosedAndUpright() throws {
    let layout = try BundledFonts.layout("H", "Bebas Neue")
    let box = layout.inkBox
    #expect(abs(box.minY + 0.7) < 1e-9 && abs(box.maxY) < 1e-9)
    #expect(layout.path.elements.last == .close)
    #expect(try BundledFonts.layout("i", "Jura").path.elements.count { $0 == .close } == 2)
  }

  @Test func trackingIsNotCountedAfterTheLastLetter() throws {
    let plain = try BundledFonts.layout("MOTEL", "Bebas Neue")
    let tracked = try BundledFonts.layout("MOTEL", "Bebas Neue") { $0.tracking = 200 }
    #expect(abs(tracked.lines[0].width - plain.lines[0].width - 4 * 0.2) < 1e-9)
    #expect(abs(tracked.glyphs[4].origin.x - plain.glyphs[4].origin.x - 0.8) < 1e-9)
    #expect(abs(plain.lines[0].width - plain.glyphs.map(\.advance).reduce(0, +)) < 1e-9)
    // Marks move with their letters.
    let marked = try BundledFonts.layout("Q\u{323}Q", "Roboto Condensed Bold") { $0.tracking = 500 }
    let close = try BundledFonts.layout("Q\u{323}Q", "Roboto Condensed Bold")
    #expect(abs(marked.lines[0].width - close.lines[0].width - 0.5) < 1e-9)
    // Tracked text has no ligatures unless they are asked for.
    func count(_ change: (inout TextStyle) -> Void) throws -> Int {
      try BundledFonts.layout("office", "League Spartan", change: change).glyphs.count
    }
    let joined = try count { _ in }
    #expect(joined < 6)
    #expect(try count { $0.tracking = 50 } == 6)
    #expect(
      try count { style in
        style.tracking = 50; style.features[.ligatures] = 1
      } == joined)
  }

  @Test func lettersCountWithoutSpaces() throws {
    let layout = try BundledFonts.layout("LIN YE\n林 É", "Bebas Neue", "Noto Sans SC")
    #expect(layout.letters.map(\.index) == [0, 1, 2, 3, 4, 5, 6])
    #expect(layout.glyphs.map(\.letter) == [0, 1, 2, nil, 3, 4, 5, nil, 6])
    var path = Path()
    for letter in layout.letters {
      path.append(letter.path.transformed(by: .translation(letter.origin.x, letter.origin.y)))
    }
    #expect(distance(path.bounds, layout.inkBox) < 1e-9)
    #expect(path.elements.count == layout.path.elements.count)
  }

  private func lines(
    _ text: String, width: Double, _ names: String..., change: (inout TextStyle) -> Void = { _ in }
  ) throws -> [String] {
    var style = TextStyle(faces: try names.map(BundledFonts.face))
    style.maxWidth = width
    style.wrap = .greedy
    style.hanziScale = 1
    change(&style)
    let layout = try TextLayout(text, style: style)
    let scalars = Array(text.unicodeScalars)
    for line in layout.lines where line.width > width + 1e-9 {
      // Only a single word may stand out.
      let start = layout.glyphs[line.glyphs.lowerBound].cluster
      let end = layout.glyphs[line.glyphs.upperBound - 1].cluster
      #expect(!scalars[start...end].contains(" "))
    }
    return layout.lines.map { line in
      guard let first = line.glyphs.first, let last = line.glyphs.last else { return "" }
      let end = layout.glyphs[last].cluster
      return String(String.UnicodeScalarView(scalars[layout.glyphs[first].cluster...end]))
    }
  }

  @Test func breaksLines() throws {
    let broken = try lines("THE LAST TRAIN TO THE COAST", width: 4, "Bebas Neue")
    #expect(broken == ["THE LAST", "TRAIN TO THE", "COAST"])
    #expect(try lines("A\n\nB ", width: 4, "Bebas Neue") == ["A", "", "B"])
    #expect(try lines("UNBREAKABLEWORD IT", width: 2, "Bebas Neue") == ["UNBREAKABLEWORD", "IT"])
    #expect(try lines("A\u{A0}B C", width: 1, "Bebas Neue") == ["A\u{A0}B", "C"])
    #expect(try lines("SELF-MADE -5", width: 2, "Bebas Neue") == ["SELF-", "MADE", "-5"])
    #expect(try lines("夜雨十里春风", width: 2, "Noto Sans SC") == ["夜雨", "十里", "春风"])
    #expect(try lines("夜雨LIN十里", width: 3.9, "Bebas Neue", "Noto Sans SC") == ["夜雨LIN", "十里"])
    #expect(try lines("", width: 3, "Bebas Neue") == [""])
    #expect(try lines("AB", width: 0, "Bebas Neue") == ["AB"])
    #expect(try lines("夜雨", width: 0, "Noto Sans SC") == ["夜", "雨"])
  }

  /// Against the obvious method: try a word more on the line, and set the line by itself to see if it fits.
  @Test(arguments: [1.0, 2, 3.3, 5, 8, 13]) func breaksLikeSettingEveryLineAnew(width: Double) throws {
    let text = "To Avoid a VAT Wave, Type AV Tomorrow & Yes: P. T. Yao, L'Y, “Ty” 7.4 AVATAR of LTD Works"
    var expected: [String] = []
    for word in text.split(separator: " ") {
      let longer = (expected.last.map { $0 + " " } ?? "") + word
      if !expected.isEmpty, try BundledFonts.layout(longer, "Roboto Condensed Bold").lines[0].width <= width {
        expected[expected.count - 1] = longer
      } else {
        expected.append(String(word))
      }
    }
    #expect(try lines(text, width: width, "Roboto Condensed Bold") == expected)
  }

  @Test func kinsoku() throws {
    #expect(try lines("夜雨，十里。", width: 2, "Noto Sans SC") == ["夜", "雨，", "十", "里。"])
    // A mark at the end of a line needs half of its square.
    #expect(try lines("夜雨「十里」", width: 3, "Noto Sans SC") == ["夜雨", "「十里」"])
    #expect(
      try lines("夜雨「十里」", width: 3, "Noto Sans SC") { $0.closesMarks = false } == ["夜雨", "「十", "里」"])
    #expect(try lines("夜《雨》十", width: 2, "Noto Sans SC") == ["夜", "《雨》", "十"])
    #expect(try lines("ホッテル", width: 1, "Noto Sans SC Light") == ["ホッ", "テ", "ル"])
    #expect(try lines("夜雨……十", width: 3, "Noto Sans SC") == ["夜", "雨……", "十"])
  }

  @Test func everyLineFitsUnlessItIsOneWord() throws {
    let words = "The procedural poster: AVATAR, “Tokyo” & Wave — 夜雨，十里春风。 Yes, Tomorrow (VAT) 7.4 self-made"
    let text = Array(repeating: words, count: 20).joined(separator: " ")
    for width in [1.5, 3, 7, 12.5, 40] {
      var style = TextStyle(faces: [
        try BundledFonts.face("Roboto Condensed"), try BundledFonts.face("Noto Sans SC"),
      ])
      style.maxWidth = width
      let layout = try TextLayout(text, style: style)
      #expect(layout.missing.isEmpty)
      // No glyph is lost but for the spaces at line ends.
      let visible = text.unicodeScalars.filter { $0 != " " }.count
      #expect(layout.glyphs.filter { $0.letter != nil }.count == visible)
      for line in layout.lines.dropLast() where width >= 7 { #expect(line.width <= width + 1e-9) }
    }
  }

  @Test func alignment() throws {
    for (alignment, share) in [(TextStyle.Alignment.left, 0.0), (.center, 0.5), (.right, 1)] {
      let layout = try BundledFonts.layout("LONGER LINE\nSHORT", "Bebas Neue") { $0.alignment = alignment }
      let rest = layout.lines[0].width - layout.lines[1].width
      #expect(abs(layout.lines[1].x - rest * share) < 1e-9)
      #expect(abs(layout.glyphs[layout.lines[1].glyphs.lowerBound].origin.x - rest * share) < 1e-9)
      #expect(layout.baselines == [0, 1.2])
      let box = layout.advanceBox
      #expect(box.minX == 0 && abs(box.maxX - layout.lines[0].width) < 1e-9)
      #expect(box.minY == -layout.lines[0].ascent && box.maxY == 1.2 + layout.lines[1].descent)
    }
    let justified = try BundledFonts.layout("THE LAST TRAIN TO THE COAST", "Bebas Neue") { style in
      style.alignment = .justify
      style.maxWidth = 4
    }
    #expect(justified.lines.dropLast().allSatisfy { abs($0.width - 4) < 1e-9 })
    #expect((justified.lines.last?.width ?? 4) < 3.99)
    for line in justified.lines.dropLast() {
      let last = justified.glyphs[line.glyphs.upperBound - 1]
      #expect(abs(last.origin.x + last.advance - 4) < 1e-9)
    }
    let chinese = try BundledFonts.layout("夜雨十里春风", "Noto Sans SC") { style in
      style.alignment = .justify
      style.maxWidth = 4.5
    }
    #expect(chinese.lines.count == 2 && abs(chinese.lines[0].width - 4.5) < 1e-9)
    // Three gaps between four ideographs share what is left.
    #expect(
      chinese.glyphs.prefix(4).map { ($0.origin.x * 1e6).rounded() } == [0, 1_166_667, 2_333_333, 3_500_000])
  }

  @Test func hanziBesideLatin() throws {
    let layout = try BundledFonts.layout("LIN 林", "Bebas Neue", "Noto Sans SC Bold") { style in
      style.hanziScale = 0.78
      style.hanziRaise = 0.06
    }
    let plain = try BundledFonts.layout("林", "Noto Sans SC Bold")
    let hanzi = try #require(layout.glyphs.last)
    #expect(hanzi.scale == 0.78 && abs(hanzi.advance - 0.78) < 1e-9)
    #expect(abs(hanzi.inkBox.height - plain.inkBox.height * 0.78) < 1e-9)
    #expect(abs(hanzi.inkBox.maxY - (plain.inkBox.maxY * 0.78 - 0.06)) < 1e-9)
    #expect(layout.glyphs[0].scale == 1 && layout.glyphs[0].origin.y == 0)
  }

  @Test func longTexts() throws {
    let faces = ["Roboto Condensed", "Noto Sans SC"]
    let samples = [
      String(repeating: "AVATAR 夜雨 ", count: 10_000), String(repeating: "x", count: 100_000),
      String(repeating: " ", count: 100_000), String(repeating: "夜", count: 100_000),
      "e" + String(repeating: "\u{301}", count: 99_999), String(repeating: "(", count: 100_000),
      String(repeating: "\n", count: 100_000), String(repeating: "a夜", count: 50_000),
      String(repeating: "\u{1F600}", count: 100_000),
    ]
    for text in samples {
      let time = try processorTime {
        let layout = try BundledFonts.layout(text, faces[0], faces[1]) { $0.maxWidth = 20 }
        #expect(layout.lines.count >= 1)
      }
      #expect(time < 8, "\(text.unicodeScalars.prefix(3).map(\.value))")
    }
    #expect(throws: TextError.tooLong(count: 100_001, limit: 100_000)) {
      try BundledFonts.layout(String(repeating: "x", count: 100_001), faces[0])
    }
  }

  @Test func stylesOutOfBounds() {
    #expect(throws: TextError.noFaces) { try TextLayout("A", style: TextStyle(faces: [])) }
    let changes: [(inout TextStyle) -> Void] = [
      { $0.tracking = .nan }, { $0.tracking = .infinity }, { $0.lineSpacing = -.infinity },
      { $0.maxWidth = .nan },
      { $0.maxWidth = -1 }, { $0.hanziScale = 0 }, { $0.hanziRaise = .nan }, { $0.language = "zh\0Hans" },
      { $0.language = String(repeating: "a", count: 36) },
    ]
    for (number, change) in changes.enumerated() {
      #expect(throws: TextError.self, "\(number)") {
        try BundledFonts.layout("A", "Bebas Neue", change: change)
      }
    }
  }

  @Test func emptyTexts() throws {
    for text in ["", " ", "\n", "\u{200B}"] {
      let layout = try BundledFonts.layout(text, "Bebas Neue")
      #expect(layout.inkBox.isNull && layout.path.isEmpty && layout.letters.isEmpty)
      #expect(layout.fitted(toWidth: 100) == nil)
      #expect(layout.advanceBox.width == 0 && layout.advanceBox.height > 0)
      #expect(layout.missing.isEmpty)
    }
  }
}
