import Foundation
import Testing

@testable import Markup

/// Texts that are made to harm: all are answered, and within a second.
@Suite(.serialized) struct HostileInputTests {
  private func read(_ text: String) -> (node: Node?, first: String, places: [String]) {
    let clock = ContinuousClock()
    var result: (Node?, [Diagnostic]) = (nil, [])
    let time = clock.measure {
      result = YAMLReader.read(Source(name: "p", text: text))
      _ = Diagnostics(result.1).rendered
    }
    #expect(time < .seconds(1), "\(text.prefix(20).debugDescription) took \(time)")
    return (
      result.0, result.1.first?.message ?? "",
      result.1.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
    )
  }

  private func repeated(_ text: String, toBytes size: Int = YAMLReader.sizeLimit) -> String {
    String(repeating: text, count: size / text.utf8.count)
  }

  static let deep = "values are nested deeper than 100 levels"

  @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: ", "{? "])
  func depthIsBounded(_ unit: String) {
    let result = read(repeated(unit))
    #expect(result.node == nil)
    #expect(result.first == Self.deep)
    #expect(result.places.count == 1)
  }

  @Test func depthHasAPlace() {
    #expect(read(String(repeating: "[", count: 101)).places == ["1:101"])
    #expect(read(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)).places == [])
    let indented = (0..<150).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(read(indented).places == ["101:101"])
  }

  @Test func aliasesAreNeverExpanded() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<20 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(read(bomb).first == "anchors such as '&a0' are not part of the preset language")
    #expect(read(bomb + "? *a19\n: x\n? *a19\n: y\n").places.first == "1:5")
    #expect(read("a: &a [*a, *a]\n").places == ["1:4", "1:8", "1:12"])
    #expect(read(repeated("- *a\n")).places.count == YAMLReader.errorLimit + 1)
  }

  @Test func valuesAreCounted() {
    let result = read("[" + repeated("a,", toBytes: 1 << 20) + "]")
    #expect(result.first == "a preset may not hold more than 200000 values")
    // The list itself counts.
    #expect(result.places == ["1:400000"])
    #expect(read("[" + String(repeating: "a,", count: 199_999) + "]").places == [])
    #expect(read(repeated("a: b\n")).places.count == YAMLReader.errorLimit + 1)
  }

  @Test(arguments: [
    "#", "#\n", "\n", " ", "\t", "\"", "'", ":", "- a\n", "a\n", "a ", "\"a\" ", "&a ", "!a ", "*a ", "|\n",
    "%a ", "---\n",
    "]", "[]", "a: [\n", ": ", "\\", "é", "e\u{301}", "日本 ", "\u{2028}", "a\r", "\"\\u0041",
  ])
  func nothingTakesLong(_ unit: String) { _ = read(repeated(unit, toBytes: 1 << 20)) }

  @Test func longLinesOfErrorsAreRenderedInTime() {
    let text =
      "[\"" + repeated("é", toBytes: 2_000_000) + "\", " + String(repeating: "*a, ", count: 200) + "]"
    #expect(read(text).places.count == YAMLReader.errorLimit + 1)
  }

  @Test func sizeIsBounded() {
    #expect(read(repeated(" ", toBytes: YAMLReader.sizeLimit + 1)).first == "this text is longer than 4 MiB")
  }

  @Test func controlCharactersAreRefusedWithTheirPlace() {
    #expect(read("a: 1\nb: x\u{1B}[0m\n").places == ["2:5"])
    #expect(read("a: 1\nb: x\u{1B}[0m\n").first == "the control character U+001B cannot stand here")
    #expect(read("a: \u{FEFF}").places == ["1:4"])
    #expect(read("a: \0").first == "this is not a text: it holds a NUL character")
    // Written as an escape it is a value like any other.
    #expect(read(#"a: "\0\e""#).node?.value(forKey: "a")?.scalarText == "\0\u{1B}")
  }

  @Test func prefixesOfAPresetNeverTrap() throws {
    let preset = """
      # é
      a: {b: [1, "é\\u00e9", 'it''s'], #c
        d: }
      e: &x !t |-
         日本
      f: >+1
        x

      ? g
      : - *x
        - - h: "\\
          i"
      "j": %
      <<: 1
      ---
      k
      """
    let scalars = Array(preset.unicodeScalars)
    for end in scalars.indices {
      for start in [0, end / 2, max(0, end - 7)] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        let (node, diagnostics) = YAMLReader.read(Source(name: "p", text: String(text)))
        #expect(node != nil || !diagnostics.isEmpty)
        _ = Diagnostics(diagnostics).rendered
        for scalar in ["[", "\"", "'", "{"] {
          let source = Source(name: "p", text: "x=\(scalar)\(String(text))")
          _ = YAMLReader.read(fragment: "\(scalar)\(String(text))", in: source, column: 3)
        }
      }
    }
  }
}

@Suite struct PresetFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "markup-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func read(_ bytes: [UInt8]) throws -> (node: Node?, rendered: String) {
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "p.yaml")
    try Data(bytes).write(to: url)
    let (node, diagnostics) = YAMLReader.read(path: url.path)
    return (
      node, Diagnostics(diagnostics).rendered.replacingOccurrences(of: url.path, with: "p.yaml")
    )
  }

  @Test func aFileIsRead() throws {
    let result = try read([0xEF, 0xBB, 0xBF] + Array("a: é\r\nb: 2\r\n".utf8))
    #expect(result.rendered == "")
    let b = try #require(result.node?.value(forKey: "b"))
    #expect(b.scalarText == "2")
    #expect(b.place.line == 2 && b.place.column == 4)
    #expect(result.node?.value(forKey: "a")?.scalarText == "é")
    #expect(b.place.source.folder == folder.path)
  }

  @Test func latin1IsRefusedAtItsByte() throws {
    #expect(
      try read(Array("a: 1\nb: caf".utf8) + [0xE9] + Array(" noir\n".utf8)).rendered
        == """
        p.yaml:2:7: error: this file is not in UTF-8: byte 0xE9 begins no character
        b: caf\u{FFFD} noir
              ^
        hint: save it as UTF-8
        """)
    // An overlong form, half of a surrogate pair, a character cut short.
    for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE6, 0x97], [0xF5, 0x80, 0x80, 0x80]] {
      #expect(
        try PresetFileTests().read([0x61, 0x3A, 0x20] + bytes).rendered.hasPrefix(
          "p.yaml:1:4: error: this file"))
    }
  }

  @Test func otherFilesAreRefused() throws {
    #expect(
      try read(Array("a: 1\nb: \0".utf8)).rendered
        == """
        p.yaml:2:4: error: this is not a text: it holds a NUL character
        b: ␀
           ^
        """)
    #expect(
      try PresetFileTests().read([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]).rendered
        .hasPrefix("p.yaml:1:1: error: this is not a text: it holds a NUL character"))
    #expect(
      try PresetFileTests().read([0xFF, 0xFE, 0x61, 0]).rendered.hasPrefix(
        "p.yaml:1:1: error: this file is in UTF-16"))
    #expect(
      try PresetFileTests().read([]).rendered
        == "p.yaml:1:1: error: this preset is empty\nhint: a preset begins with 'onesheet: 1'")
  }

  @Test func sizeIsBounded() throws {
    #expect(
      try read([UInt8](repeating: 0x20, count: YAMLReader.sizeLimit + 1)).rendered
        == "error: cannot read 'p.yaml': it is longer than 4 MiB")
  }

  @Test(arguments: [
    ("/nonexistent/p.yaml", "there is no such file"), ("/", "it is a folder"), ("", "it names no file"),
    ("/dev/zero", "it is longer than 4 MiB"), ("a\0b", "it names no file"),
  ])
  func whatCannotBeReadIsNamed(_ path: String, _ reason: String) {
    let (node, diagnostics) = YAMLReader.read(path: path)
    #expect(node == nil)
    #expect(diagnostics.map(\.message) == ["cannot read '\(path)': \(reason)"])
    #expect(diagnostics.first?.place == nil)
  }
}
