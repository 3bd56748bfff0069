import Raster
import Testing

@testable import Typography

@Suite struct CharacterSpacingTests {
  private func width(
    _ text: String, _ names: String..., change: (inout TextStyle) -> Void = { _ in }
  ) throws -> Double {
    var style = TextStyle(faces: try names.map(BundledFonts.face))
    style.hanziScale = 1
    style.hanziRaise = 0
    change(&style)
    return try TextLayout(text, style: style).lines[0].width
  }

  @Test func marksBesideEachOtherClose() throws {
    let font = "Noto Sans SC"
    // Two marks of 2 em take 1.5 em; the empty half of one at the end of a line is left out.
    #expect(abs(try width("夜（林）雨", font) - 5) < 1e-9)
    #expect(abs(try width("夜」，雨", font) - 3.5) < 1e-9)
    #expect(abs(try width("夜，「雨", font) - 3.5) < 1e-9)
    #expect(abs(try width("夜「『雨", font) - 3.5) < 1e-9)
    #expect(abs(try width("夜。）”雨", font) - 4) < 1e-9)
    #expect(abs(try width("夜。", font) - 1.5) < 1e-9)
    #expect(abs(try width("「夜", font) - 1.5) < 1e-9)
    #expect(abs(try width("「夜」，「雨」", font) { $0.closesMarks = false } - 7) < 1e-9)
    // An opening mark keeps its distance from the closing one before it.
    #expect(abs(try width("夜）（雨", font) - 3.5) < 1e-9)
    #expect(abs(try width("夜……雨——林", font) - width("夜……雨——林", font) { $0.closesMarks = false }) < 1e-9)
    // Traditional marks stand in the middle of their squares: ink never meets ink.
    let layout = try BundledFonts.layout("「電」，「霧」。", "Noto Sans TC")
    for (a, b) in zip(layout.glyphs, layout.glyphs.dropFirst()) {
      #expect(a.inkBox.maxX <= b.inkBox.minX + 0.01)
    }
    #expect(layout.lines[0].width < 6.6)
  }

  @Test func aQuarterOfAnEmBetweenHanziAndLatin() throws {
    let fonts = ("Bebas Neue", "Noto Sans SC")
    func gaps(_ text: String) throws -> Double {
      try width(text, fonts.0, fonts.1) - width(text, fonts.0, fonts.1) { $0.hanziGap = 0 }
    }
    #expect(abs(try gaps("夜LIN雨") - 0.5) < 1e-9)
    #expect(abs(try gaps("第12章") - 0.5) < 1e-9)
    #expect(try gaps("夜 LIN 雨") == 0)
    #expect(try gaps("夜，LIN") == 0)
    #expect(try gaps("夜雨") == 0)
    #expect(try gaps("夜／LIN") == 0)
    #expect(
      abs(
        try width("夜A", fonts.0, fonts.1) { $0.hanziScale = 0.8 } - width("夜", fonts.1) * 0.8
          - width("A", fonts.0) - 0.2) < 1e-9)
    // At a break nothing is left of it.
    let broken = try BundledFonts.layout("夜LIN", fonts.0, fonts.1) { style in
      style.maxWidth = 1.4
      style.hanziScale = 1
    }
    #expect(broken.lines.count == 2 && abs(broken.lines[0].width - 1) < 1e-9)
    #expect(broken.glyphs[1].origin.x == 0)
  }

  @Test func quotationMarksTakeTheWidthOfTheirText() throws {
    // A Chinese font alone: full-width in Chinese, tight in Latin.
    let chinese = try BundledFonts.layout("说“夜”了", "Noto Sans SC")
    #expect(abs(chinese.lines[0].width - 5) < 1e-9)
    let latin = try BundledFonts.layout("say “night” now", "Noto Sans SC")
    let bare = try BundledFonts.layout("say night now", "Noto Sans SC")
    #expect(latin.lines[0].width - bare.lines[0].width < 1.1)
    // With a Latin font first, each takes its own, whatever stands in between.
    let faces = try ["Roboto Condensed", "Noto Sans SC"].map(BundledFonts.face)
    func quotes(_ text: String) -> [Int] {
      let item = ItemizedText(text, faces: faces)
      return item.clusters.indices.filter { "“”‘’".unicodeScalars.contains(item.firstScalar(of: $0)) }
        .map { item.clusters[$0].face }
    }
    #expect(quotes("“LIN’S 林”") == [0, 0, 0])
    #expect(quotes("林“小艺”LIN “It’s”") == [1, 1, 0, 0, 0])
    #expect(quotes("“林 LIN”") == [1, 1])
  }

  @Test func hanziMatchTheLettersBesideThem() throws {
    func match(_ text: String, _ names: String...) throws -> HanziMatch {
      let faces = try names.map(BundledFonts.face)
      return HanziMatch(ItemizedText(text, faces: faces), faces: faces)
    }
    // What typographers set beside capitals: 0.75 to 0.8 of the size, raised by about 0.06 em.
    let bebas = try match("LIN 林小艺", "Bebas Neue", "Noto Sans SC Bold")
    #expect((0.74...0.82).contains(bebas.scale) && (0.03...0.08).contains(bebas.raise), "\(bebas)")
    // Their ink then has the middle of the capitals and about their height.
    let layout = try BundledFonts.layout("H国", "Bebas Neue", "Noto Sans SC Bold")
    let (letter, square) = (layout.glyphs[0].inkBox, layout.glyphs[1].inkBox)
    #expect(abs(letter.minY + letter.maxY - square.minY - square.maxY) < 0.06)
    #expect((0.97...1.1).contains(square.height / letter.height), "\(square.height / letter.height)")
    // Lower case with descenders wants them larger and lower.
    let roboto = try match("Lin Xiaoyi 林小艺 page", "Roboto Condensed", "Noto Sans SC")
    #expect(roboto.scale > bebas.scale && roboto.raise < bebas.raise, "\(roboto)")
    #expect(try match("林小艺", "Bebas Neue", "Noto Sans SC") == HanziMatch())
    #expect(try match("LIN 林小艺", "Smiley Sans") == HanziMatch())
    let own = try BundledFonts.layout("LIN 林", "Bebas Neue", "Noto Sans SC") { $0.hanziScale = 0.9 }
    #expect(own.glyphs.last?.scale == 0.9)
  }

  @Test func hangingPunctuation() throws {
    let font = "Roboto Condensed"
    func lines(_ share: Double) throws -> TextLayout {
      try BundledFonts.layout("“Toward the sea,\nand away.”", font) { style in
        style.hanging = share
        style.maxWidth = 20
      }
    }
    let (plain, hung) = (try lines(0), try lines(1))
    let quote = plain.glyphs[0].advance
    #expect(abs(plain.glyphs[0].origin.x) < 1e-9 && abs(hung.glyphs[0].origin.x + quote) < 1e-9)
    // The letters below stand on the edge with their ink.
    let below = hung.glyphs[hung.lines[1].glyphs.lowerBound]
    #expect(abs(below.inkBox.minX) < 0.02)
    let right = try BundledFonts.layout("the sea,\nthe sea", font) { style in
      style.hanging = 1
      style.alignment = .right
      style.maxWidth = 10
    }
    let comma = right.glyphs[right.lines[0].glyphs.upperBound - 1]
    #expect(abs(comma.origin.x - 10) < 1e-9, "the comma begins where the column ends")
    let a = right.glyphs[right.lines[1].glyphs.upperBound - 1].inkBox.maxX
    #expect(abs(a - 10) < 0.02)
    // Chinese stops hang whole, so that the column keeps its squares.
    let chinese = try BundledFonts.layout("夜雨，十里。春风", "Noto Sans SC") { style in
      style.maxWidth = 2
      style.hanging = 1
    }
    #expect(chinese.lines.map { $0.glyphs.count } == [3, 3, 2])
    for line in chinese.lines { #expect(abs(line.width - 2) < 1e-9) }
  }

  @Test func baselineShift() throws {
    let plain = try BundledFonts.layout("夜 A", "Bebas Neue", "Noto Sans SC")
    let raised = try BundledFonts.layout("夜 A", "Bebas Neue", "Noto Sans SC") { $0.baselineShift = 0.3 }
    for (a, b) in zip(plain.glyphs, raised.glyphs) { #expect(abs(a.origin.y - b.origin.y - 0.3) < 1e-9) }
    #expect(raised.baselines == plain.baselines)
  }
}
