import Foundation
import Testing

@testable import Markup

@Suite struct DiagnosticTests {
  private func lines(_ text: String, column: Int, length: Int = 1) -> [String] {
    let place = Place(source: Source(name: "p", text: text), line: 1, column: column, length: length)
    return Diagnostic.error("m", at: place).rendered.components(separatedBy: "\n").dropFirst().map { $0 }
  }

  @Test func rendersWithAndWithoutPlaceAndHint() {
    #expect(Diagnostic.error("no such file").rendered == "error: no such file")
    #expect(Diagnostic.note("m", hint: "h").rendered == "note: m\nhint: h")
    let place = Place(source: Source(name: "a.yaml", text: "x\n  raduis: 1\n"), line: 2, column: 3, length: 6)
    #expect(
      Diagnostic.warning("there is no 'raduis'", at: place, hint: "did you mean 'radius'?").rendered
        == """
        a.yaml:2:3: warning: there is no 'raduis'
          raduis: 1
          ^~~~~~
        hint: did you mean 'radius'?
        """)
  }

  @Test func caretLinesUpUnderWideAndCombiningCharacters() {
    #expect(lines("日本: x", column: 5) == ["日本: x", "      ^"])
    #expect(lines("日本: x", column: 1, length: 2) == ["日本: x", "^~~~"])
    #expect(lines("e\u{301}a: x", column: 2) == ["e\u{301}a: x", " ^"])
    #expect(lines("👨‍👩‍👧‍👦: 🇩🇪x", column: 5) == ["👨‍👩‍👧‍👦: 🇩🇪x", "      ^"])
    #expect(lines("ﾊﾝ각: x", column: 4) == ["ﾊﾝ각: x", "    ^"])
  }

  @Test func tabsStayTabs() {
    #expect(lines("a\t日\tb", column: 5) == ["a\t日\tb", " \t  \t^"])
  }

  @Test func placesOutsideTheTextAreHarmless() {
    #expect(lines("abc", column: 99, length: Int.max) == ["abc", "   ^"])
    #expect(lines("abc", column: Int.max) == [])
    #expect(lines("abc", column: Int.min, length: Int.min) == ["abc", "^"])
    let place = Place(source: Source(name: "p", text: "abc"), line: 7, column: 1)
    #expect(Diagnostic.error("m", at: place).rendered == "p:7:1: error: m")
  }

  @Test func terminalsGetNothingToActOn() {
    let shown = lines("a\u{1B}[31mb\u{202E}c", column: 8)
    #expect(shown == ["a␛[31mb<U+202E>c", "       ^~~~~~~~"])
    let place = Place(source: Source(name: "a\u{1B}b", text: "x"), line: 1, column: 1)
    let rendered = Diagnostic.error("m\u{7}\nn\t", at: place, hint: "\r\u{9B}").rendered
    #expect(rendered == "a␛b:1:1: error: m␇␊n␉\nx\n^\nhint: ␍<U+009B>")
  }

  @Test func longLinesAreShortenedAroundTheCaret() throws {
    let text = String(repeating: "0123456789", count: 1000)
    for column in [1, 30, 200, 5000, 9_950, 10_000] {
      let shown = lines(text, column: column, length: 500)
      try #require(shown.count == 2)
      #expect(shown[0].count <= 112)
      #expect(shown[1].count <= 112)
      let caret = try #require(shown[1].firstIndex(of: "^"))
      let position = shown[1].distance(from: shown[1].startIndex, to: caret)
      #expect(Array(shown[0])[position] == Array(text)[column - 1])
      #expect(shown[0].hasPrefix("…") == (column > 111))
      #expect(shown[0].hasSuffix("…") == (column < 9_900))
    }
  }

  @Test func marksHeapedOnOneLetterAreCut() {
    let text = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(
      Diagnostic.error("m", at: Place(source: Source(name: "p", text: text), line: 1, column: 1))
        .rendered.unicodeScalars.count < 100)
    #expect(Diagnostic.quote(String(repeating: "x", count: 1000)).count == 43)
  }

  @Test func diagnosticsAreSortedAndUnique() {
    let a = Source(name: "z", text: "1\n2\n3\n")
    let b = Source(name: "b", text: "1\n2\n3\n")
    func at(_ source: Source, _ line: Int, _ column: Int) -> Diagnostic {
      .error("m", at: Place(source: source, line: line, column: column))
    }
    var diagnostics = Diagnostics([at(a, 2, 1), at(b, 1, 1), at(a, 1, 5), at(a, 2, 1)])
    diagnostics.append(.warning("w"))
    diagnostics.append(at(a, 1, 3))
    #expect(diagnostics.all == [.warning("w"), at(a, 1, 3), at(a, 1, 5), at(a, 2, 1), at(b, 1, 1)])
    #expect(diagnostics.hasErrors)
    #expect(!Diagnostics([.warning("w"), .note("n")]).hasErrors)
    let many = Diagnostics((1...60).map { at(a, 1, $0) })
    #expect(many.rendered.hasSuffix("\n... and 10 more"))
  }

  /// The C library's table is an independent reference for all letters that stand alone.
  @Test func widthsAgreeWithTheSystem() throws {
    #if canImport(Glibc)
      // The header hides it from Swift.
      let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "wcwidth"))
      let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> CInt).self)
      let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
      let previous = uselocale(locale)
      defer {
        uselocale(previous)
        freelocale(locale)
      }
      let blocks: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0xA1...0xAC, 0xAE...0x36F, 0x400...0x482, 0x5D0...0x5EA, 0x1100...0x115F,
        0x2190...0x231B,
        0x2E80...0x2E99, 0x3041...0x3096, 0x3099...0x30FF, 0x3105...0x312F, 0x3220...0x3247, 0x3250...0x33FF,
        0x3400...0x4DBF, 0x4E00...0xA48C, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFA6D, 0xFE30...0xFE52,
        0xFF01...0xFFBE, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x20000...0x2A6D6,
      ]
      var different: [String] = []
      for value in blocks.joined() {
        guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned,
          // Skin tones stand alone as patches; as parts of emoji the C library gives them nothing.
          !scalar.properties.isEmojiModifier
        else { continue }
        let expected = Int(wcwidth(wchar_t(value)))
        if expected != displayWidth(scalar) { different.append("\(String(value, radix: 16)): \(expected)") }
      }
      #expect(different == [])
    #endif
  }
}

@Suite struct NearestNameTests {
  static let names = [
    "bloom", "radius", "threshold", "tracking", "scan-lines", "pixel-sort", "color", "opacity", "at", "size",
    "noise",
    "lines", "generations", "fps", "dpi", "seed",
  ]

  @Test(arguments: [
    ("raduis", "radius"), ("treshold", "threshold"), ("thresholds", "threshold"), ("colour", "color"),
    ("Color", "color"), ("scanlines", "scan-lines"), ("scan_lines", "scan-lines"),
    ("pixelSort", "pixel-sort"),
    ("gen", "generations"), ("opac", "opacity"), ("nosie", "noise"), ("szie", "size"), ("sede", "seed"),
    ("ta", "at"), ("fp", "fps"), ("track", "tracking"), ("bloom-radius", "bloom"),
  ])
  func isFound(_ word: String, _ name: String) {
    #expect(nearest(word, among: Self.names) == name)
  }

  @Test(arguments: ["", "x", "wobble", "zz", "halation", "---", String(repeating: "radius", count: 10_000)])
  func isNotInvented(_ word: String) {
    #expect(nearest(word, among: Self.names) == nil)
  }

  @Test func suggestionIsAHint() {
    #expect(suggestion(for: "raduis", among: Self.names) == "did you mean 'radius'?")
    #expect(suggestion(for: "wobble", among: Self.names) == nil)
  }
}
