import Foundation
import Raster
import Testing

@testable import Typography

/// Texts and columns that nobody means: whatever comes, it comes soon and is finite.
@Suite struct HostileTextTests {
  private static let texts: [(String, String)] = [
    ("controls", "a\u{0}b\u{1}c\u{7F}d\u{85}e\u{9F}f"), ("emoji", "a😀b👩‍👩‍👧‍👦c🇩🇪d1️⃣e"),
    ("bidi", "a\u{202E}b\u{2066}c\u{2069}d\u{200F}e\u{61C}f"),
    ("Hebrew and Arabic", "שלום مرحبا abc"), ("marks alone", "\u{301}\u{302}a \u{20DD} \u{3099}"),
    ("joiners", "\u{200D}\u{200C}\u{FE0F}\u{2060}\u{FEFF}\u{AD}\u{AD}"),
    ("private use", "\u{E000}\u{F8FF}\u{10FFFD}"),
    ("unassigned", "\u{378}\u{1FFFF}\u{E0001}\u{E0041}"), ("separators", "a\u{2028}b\u{2029}c\r\nd\n\r"),
    ("spaces", " \u{A0}\u{2003}\u{3000}\u{200B}\u{202F}\t"), ("open marks", "（「『（“‘“‘"),
    ("closed marks", "」』））”’。，、"),
    ("soft hyphens", "\u{AD}a\u{AD}\u{AD}b\u{AD}"), ("one of each", "林A1，\u{301}“é”—…/-\u{AD}・"),
    ("interlinear", "\u{FFF9}a\u{FFFA}b\u{FFFB}\u{FFFC}\u{FFFD}"), ("Hangul", "한국어 \u{1112}\u{1161}\u{11AB}"),
    ("Thai", "กรุงเทพ"), ("Devanagari", "क्षत्रिय"),
  ]

  @Test(arguments: texts, [TextStyle.Direction.horizontal, .vertical])
  func finite(named: (String, String), direction: TextStyle.Direction) throws {
    let text = named.1
    for (width, alignment) in [
      (nil, TextStyle.Alignment.left), (0.0, .justify), (0.5, .center), (1.3, .justify), (1e6, .right),
    ] {
      for hanging in [0, 1.0] {
        let layout = try BundledFonts.layout(text, "Roboto Condensed", "Noto Sans SC", "EMS Tech") { style in
          style.direction = direction
          style.maxWidth = width
          style.alignment = alignment
          style.hanging = hanging
          style.tracking = 40
        }
        let count = text.unicodeScalars.count
        #expect(layout.lines.count <= count + 1)
        for glyph in layout.glyphs {
          #expect(glyph.origin.x.isFinite && glyph.origin.y.isFinite && glyph.cluster < count)
        }
        #expect(layout.missing.allSatisfy { $0.index < count })
        #expect(layout.lines.allSatisfy { $0.width.isFinite && $0.x.isFinite })
        // What is told as missing is not drawn, and what is not told is drawn or needs no ink.
        if width == nil, direction == .horizontal {
          let missing = Set(layout.missing.map(\.index))
          let drawn = Set(layout.glyphs.filter { !$0.glyph.path.isEmpty }.map(\.cluster))
          #expect(missing.isDisjoint(with: drawn))
        }
      }
    }
  }

  @Test func emojiAndControlsAreNamed() throws {
    let layout = try BundledFonts.layout("OK😀\u{7}", "Bebas Neue", "Noto Sans SC")
    #expect(layout.missing.map(\.description) == ["“😀” (U+1F600)", "U+0007"])
  }

  @Test(arguments: [TextStyle.Direction.horizontal, .vertical])
  func hundredThousandCharacters(direction: TextStyle.Direction) throws {
    let samples = [
      String(repeating: "林AV，", count: 25_000), String(repeating: "“", count: 100_000),
      String(repeating: "a-", count: 50_000), String(repeating: "a\u{AD}", count: 50_000),
      String(repeating: "1 ", count: 50_000), String(repeating: "。", count: 100_000),
      String(repeating: "TV24时", count: 20_000), String(repeating: "\u{200B}", count: 100_000),
      String(repeating: "（林", count: 50_000), String(repeating: "’a", count: 50_000),
    ]
    for (number, text) in samples.enumerated() {
      for (width, alignment) in number % 2 == 0 ? [(12.0, TextStyle.Alignment.justify)] : [(20_000, .left)] {
        let time = try processorTime {
          let layout = try BundledFonts.layout(text, "Roboto Condensed", "Noto Sans SC") { style in
            style.maxWidth = width
            style.alignment = alignment
            style.direction = direction
            style.hanging = 1
          }
          #expect(layout.lines.count >= 1)
        }
        #expect(time < 15, "\(text.prefix(3)) at \(width): \(time) s")
      }
    }
  }

  @Test func absurdStyles() throws {
    for tracking in [-1e5, 1e5, -1000] {
      for wrap in TextStyle.Wrap.allCases {
        let layout = try BundledFonts.layout("the last train 夜雨", "Roboto Condensed", "Noto Sans SC") {
          style in
          style.tracking = tracking
          style.maxWidth = 5
          style.wrap = wrap
          style.alignment = .justify
          style.hanging = 10
        }
        #expect(layout.glyphs.allSatisfy { $0.origin.x.isFinite })
        #expect(layout.glyphs.filter { $0.letter != nil }.count == 14)
      }
    }
    let changes: [(inout TextStyle) -> Void] = [
      { $0.hanging = -1 }, { $0.hanging = .nan }, { $0.hanziGap = .infinity }, { $0.baselineShift = .nan },
      { $0.hanziScale = .nan },
    ]
    for change in changes {
      #expect(throws: TextError.self) { try BundledFonts.layout("A", "Bebas Neue", change: change) }
    }
  }
}
