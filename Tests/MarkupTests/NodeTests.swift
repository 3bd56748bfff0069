import Testing

@testable import Markup

@Suite struct NodeTests {
  private func node(_ text: String) throws -> Node {
    let (node, diagnostics) = YAMLReader.read(Source(name: "p", text: text))
    #expect(diagnostics.map(\.rendered) == [])
    return try #require(node)
  }

  /// Places as `line:column+length`.
  private func describe(_ place: Place) -> String { "\(place.line):\(place.column)+\(place.length)" }

  @Test func scalarsStayText() throws {
    let list = try #require(
      try node("[16:9, NO, 1e3, 0x10, 007, true, .inf, 2001-01-01, 'NO', \"~\", null, ~, ~x, '']").items)
    #expect(
      list.map(\.scalarText)
        == [
          "16:9", "NO", "1e3", "0x10", "007", "true", ".inf", "2001-01-01", "NO", "~", "null", "~", "~x", "",
        ])
    #expect(
      list.map(\.isQuoted) == Array(repeating: false, count: 8) + [true, true, false, false, false, true])
    #expect(list.map(\.isNull) == Array(repeating: false, count: 10) + [true, true, false, false])
  }

  @Test func blocksCountAsQuoted() throws {
    let root = try node("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: one\n  two\n")
    #expect(root.value(forKey: "a")?.scalarText == "one\ntwo\n")
    #expect(root.value(forKey: "a")?.isQuoted == true)
    #expect(root.value(forKey: "b")?.scalarText == "one two")
    #expect(root.value(forKey: "b")?.isQuoted == true)
    #expect(root.value(forKey: "c")?.scalarText == "one two")
    #expect(root.value(forKey: "c")?.isQuoted == false)
  }

  @Test func keysAreTexts() throws {
    let pairs = try #require(try node("null: 1\n~: 2\n0.6: 3\n\"q r\": 4\n? e\n: 5\n").pairs)
    #expect(pairs.map(\.key.scalarText) == ["null", "~", "0.6", "q r", "e"])
    #expect(pairs.allSatisfy { !$0.key.isNull })
  }

  @Test func kindsHaveNames() throws {
    let pairs = try #require(try node("a: {}\nb: []\nc: x\nd:\n").pairs)
    #expect(pairs.map(\.value.kindName) == ["a mapping", "a list", "a text", "nothing"])
    #expect(pairs.last?.value.scalarText == nil)
    #expect(pairs.first?.value.value(forKey: "x") == nil)
  }

  @Test(arguments: [
    // Plain, quoted, over two lines, with blanks at the end.
    ("a: one two  \n", "1:4+7"), ("a: \"one\"  # c\n", "1:4+5"), ("a: 'it''s'\n", "1:4+7"),
    ("a: one\n  two\n", "1:4+3"), ("a: \"one\n  two\"\n", "1:4+4"), ("a: |-\n  x\n", "1:4+2"),
    // Collections.
    ("a: [1, 2]\n", "1:4+6"), ("a: {b: 1,\n  c: 2}\n", "1:4+6"), ("a:\n  - x\n", "2:3+1"),
    ("a:\n  bc: x\n", "2:3+2"),
    // Missing values.
    ("a:\n", "1:3+1"), ("a:", "1:3+1"), ("a:   \n", "1:3+1"), ("a: #ff0000 red\n", "1:4+7"),
    // Columns count characters, whatever their size in bytes or scalars.
    ("日本: 値段\n", "1:5+2"), ("\"👨‍👩‍👧‍👦\": x\n", "1:6+1"), ("e\u{301}te\u{301}: 'e\u{301}'\n", "1:6+3"),
    ("🇩🇪🇫🇷: 🏴‍☠️\n", "1:5+1"),
    // Line breaks; YAML's own ones are not an editor's.
    ("x: 1\r\na: one\r\n", "2:4+3"), ("x: 1\ra: one\r", "2:4+3"), ("x: 'a\u{2028}b'\na: one\n", "2:4+3"),
    ("\u{FEFF}a: one\n", "1:4+3"),
  ])
  func placesAreThoseOfAnEditor(_ text: String, _ place: String) throws {
    let value = try #require(try node(text).pairs?.last?.value)
    #expect(describe(value.place) == place)
  }

  @Test func keysHavePlaces() throws {
    let root = try node("layers:\n  - neon: \"日本\"\n    at: [0.5, 0.3]\n")
    let item = try #require(root.value(forKey: "layers")?.items?.first)
    #expect(describe(item.place) == "2:5+4")
    #expect(item.pairs.map { $0.map { describe($0.key.place) } } == ["2:5+4", "3:5+2"])
    #expect(item.value(forKey: "at")?.items.map { $0.map { describe($0.place) } } == ["3:10+3", "3:15+3"])
  }

  @Test func aColorWithoutQuotesIsAComment() throws {
    let root = try node(
      "a: #ff0000\nb: {c: #00ff00\n  }\nd:\ne: # later\n  x\nf:\n  - #fff\n  - 1\ng: '#fff'\n")
    #expect(root.value(forKey: "a")?.commentFollows == true)
    #expect(root.value(forKey: "a")?.comment == "#ff0000")
    let inBraces = try #require(root.value(forKey: "b")?.value(forKey: "c"))
    #expect(inBraces.comment == "#00ff00")
    #expect(describe(inBraces.place) == "2:8+7")
    #expect(root.value(forKey: "d")?.commentFollows == false)
    #expect(root.value(forKey: "e")?.commentFollows == false)
    #expect(root.value(forKey: "e")?.scalarText == "x")
    #expect(root.value(forKey: "f")?.items?.first?.comment == "#fff")
    #expect(root.value(forKey: "g")?.commentFollows == false)
  }

  @Test func duplicatesKeepTheFirst() throws {
    let (root, diagnostics) = YAMLReader.read(Source(name: "p", text: "{a: 1, \"a\": 2, b: {c: 1, c: 2}}"))
    #expect(root?.value(forKey: "a")?.scalarText == "1")
    #expect(root?.pairs?.count == 2)
    #expect(diagnostics.map(\.message) == ["'a' is given twice", "'c' is given twice"])
    #expect(diagnostics.first?.hint == "the first is on line 1, column 2")
  }

  @Test func placesAreEqualOnlyWithinOneSource() {
    let a = Source(name: "p", text: "x")
    let b = Source(name: "p", text: "x")
    #expect(Place(source: a, line: 1, column: 1) == Place(source: a, line: 1, column: 1))
    #expect(Place(source: a, line: 1, column: 1) != Place(source: b, line: 1, column: 1))
  }

  @Test func sourcesHaveLines() {
    let source = Source(name: "p", text: "a\r\n\r\nb\rc\n")
    #expect((0...6).map { source.line($0) } == [nil, "a", "", "b", "c", "", nil])
    #expect(Source(name: "p", text: "").line(1) == "")
    #expect(Source(name: "p", text: "\u{FEFF}a").text == "a")
  }
}

@Suite struct FragmentTests {
  private func read(_ option: String) throws -> (Node?, [Diagnostic]) {
    let source = Source(name: "--set", text: option)
    let equals = try #require(option.firstIndex(of: "="))
    let column = option.distance(from: option.startIndex, to: equals) + 2
    return YAMLReader.read(
      fragment: String(option[option.index(after: equals)...]), in: source, line: 1, column: column)
  }

  @Test(arguments: [
    ("color=#ff0000", "#ff0000", "1:7+7"), ("text= TAPE #4: REWIND ", "TAPE #4: REWIND", "1:7+15"),
    ("at=- 5", "- 5", "1:4+3"), ("text=&c *d !e", "&c *d !e", "1:6+8"), ("text='#4: x'", "#4: x", "1:6+7"),
    ("文字=日本", "日本", "1:4+2"), ("x=null", "null", "1:3+4"),
  ])
  func plainValuesStandAsTheyAre(_ option: String, _ text: String, _ place: String) throws {
    let (node, diagnostics) = try read(option)
    let value = try #require(node)
    #expect(diagnostics.isEmpty)
    #expect(value.scalarText == text)
    #expect("\(value.place.line):\(value.place.column)+\(value.place.length)" == place)
  }

  @Test func nothingIsNull() throws {
    let (node, diagnostics) = try read("x=")
    #expect(node?.isNull == true)
    #expect(node?.place.column == 3)
    #expect(diagnostics.isEmpty)
  }

  @Test func flowValuesHavePlacesInTheOption() throws {
    let (list, _) = try read("at=[0.5, 0.3]")
    #expect(list?.items.map { $0.map(\.place.column) } == [5, 10])
    let (mapping, _) = try read("size={wave: {low: 0.1,\n high: 1}}")
    let wave = try #require(mapping?.value(forKey: "wave"))
    #expect(
      wave.pairs.map { $0.map { [$0.value.place.line, $0.value.place.column] } } == [[1, 19], [2, 8]])
  }

  @Test(arguments: [
    (
      "at=[0.5, 0.3",
      """
      --set:1:4: error: this '[' is never closed
      at=[0.5, 0.3
         ^
      """
    ),
    (
      "at=[0.5, 0.3] x",
      """
      --set:1:15: error: nothing may follow the closing ']'
      at=[0.5, 0.3] x
                    ^
      hint: put quotes around a text that begins with a bracket or brace
      """
    ),
    (
      "stops=[#ff0000, #00ff00]",
      """
      --set:1:8: error: '#ff0000' is read as a comment
      stops=[#ff0000, #00ff00]
             ^~~~~~~
      hint: quote it: "#ff0000"
      """
    ),
    (
      "日本={a: 1, a: 2}",
      """
      --set:1:11: error: 'a' is given twice
      日本={a: 1, a: 2}
                  ^
      hint: the first is on line 1, column 5
      """
    ),
  ])
  func slipsPointIntoTheOption(_ option: String, _ rendered: String) throws {
    let (_, diagnostics) = try read(option)
    #expect(Diagnostics(diagnostics).rendered == rendered)
  }
}
