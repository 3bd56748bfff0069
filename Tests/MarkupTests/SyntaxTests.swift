import Testing

@testable import Markup

/// What a user reads for every slip, in full.
@Suite struct SyntaxTests {
  struct Slip: Sendable, CustomTestStringConvertible {
    let text: String
    let rendered: String
    init(_ text: String, _ rendered: String) {
      self.text = text
      self.rendered = rendered
    }
    var testDescription: String { text.debugDescription }
  }

  @Test(arguments: slips)
  func isExplained(_ slip: Slip) {
    let (_, diagnostics) = YAMLReader.read(Source(name: "p", text: slip.text))
    #expect(Diagnostics(diagnostics).rendered == slip.rendered)
  }

  static let slips: [Slip] = [
    Slip(
      "a: \"abc\nb: c\n",
      #"""
      p:1:4: error: this quote is never closed
      a: "abc
         ^
      """#),
    Slip(
      "a: \"abc\nother: \"def\"\nx: 1\n",
      #"""
      p:1:4: error: this quote is closed only on line 2
      a: "abc
         ^
      hint: close it on its own line
      """#),
    Slip(
      "a: 'it's'\n",
      #"""
      p:1:8: error: nothing may follow the closing quote
      a: 'it's'
             ^
      hint: write '' for an apostrophe within single quotes
      """#),
    Slip(
      "a: \"x\" y\n",
      #"""
      p:1:8: error: nothing may follow the closing quote
      a: "x" y
             ^
      hint: write \" for a quote within double quotes
      """#),
    Slip(
      "a:\n\tb: 1\n",
      #"""
      p:2:1: error: tabs cannot indent
      	b: 1
      ^
      hint: indent with spaces
      """#),
    Slip(
      "a: 1\n\tb: 2\n",
      #"""
      p:2:1: error: tabs cannot indent
      	b: 2
      ^
      hint: indent with spaces
      """#),
    Slip(
      "\ta: 1\n",
      #"""
      p:1:1: error: tabs cannot indent
      	a: 1
      ^
      hint: indent with spaces
      """#),
    Slip(
      "a\nb: 1\n",
      #"""
      p:1:1: error: a ':' is missing after 'a'
      a
      ^
      """#),
    Slip(
      "a: 1\nb\nc: 2\n",
      #"""
      p:2:1: error: a ':' is missing after 'b'
      b
      ^
      """#),
    Slip(
      "a: b: c\n",
      #"""
      p:1:5: error: a second ':' on one line
      a: b: c
          ^
      hint: put quotes around a text that holds ': '
      """#),
    Slip(
      "a: [1, 2\nb: 3\n",
      #"""
      p:1:4: error: this '[' is never closed
      a: [1, 2
         ^
      """#),
    Slip(
      "a: [1, 2}\n",
      #"""
      p:1:9: error: ']' is due here, not '}'
      a: [1, 2}
              ^
      hint: the '[' is in column 4 of line 1
      """#),
    Slip(
      "a: [1 2]]\n",
      #"""
      p:1:9: error: this ']' closes nothing
      a: [1 2]]
              ^
      """#),
    Slip(
      "a:\n   b: 1\n  c: 2\n",
      #"""
      p:3:3: error: the indentation of this line fits no line above
        c: 2
        ^
      hint: the mapping above begins in column 1 of line 1
      """#),
    Slip(
      "a:\n  b: 1\n   c: 2\n",
      #"""
      p:3:4: error: this line is indented too far
         c: 2
         ^
      hint: line 2 has its value already: align this line with it
      """#),
    Slip(
      "a: 1\n  b: 2\n",
      #"""
      p:2:3: error: this line is indented too far
        b: 2
        ^
      hint: line 1 has its value already: align this line with it
      """#),
    Slip(
      "- a\nb: 1\n",
      #"""
      p:2:1: error: a list item was due here
      b: 1
      ^
      hint: every item of a list begins with '- '
      """#),
    Slip(
      "a: 1\n- b\n",
      #"""
      p:2:1: error: a name was due here, not a list item
      - b
      ^
      hint: indent the list below the name it belongs to
      """#),
    Slip(
      "a:\n  - b\n c: 1\n",
      #"""
      p:3:2: error: the indentation of this line fits no line above
       c: 1
       ^
      hint: the mapping above begins in column 1 of line 1
      """#),
    Slip(
      "a: [#ff0000, #00ff00]\nb: 1\n",
      #"""
      p:1:5: error: '#ff0000' is read as a comment
      a: [#ff0000, #00ff00]
          ^~~~~~~
      hint: quote it: "#ff0000"
      """#),
    Slip(
      "a: {c: #ff0000, d: 1}\n",
      #"""
      p:1:8: error: '#ff0000' is read as a comment
      a: {c: #ff0000, d: 1}
             ^~~~~~~
      hint: quote it: "#ff0000"
      """#),
    Slip(
      "a: %x\n",
      #"""
      p:1:4: error: a text cannot begin with '%'
      a: %x
         ^~
      hint: put quotes around it
      """#),
    Slip(
      "a: @x\n",
      #"""
      p:1:4: error: a text cannot begin with '@'
      a: @x
         ^~
      hint: put quotes around it
      """#),
    Slip(
      "a: *bold*\n",
      #"""
      p:1:4: error: a text cannot begin with '*'
      a: *bold*
         ^~~~~~
      hint: put quotes around it
      """#),
    Slip(
      "a: * b\n",
      #"""
      p:1:4: error: a text cannot begin with '*'
      a: * b
         ^~~
      hint: put quotes around it
      """#),
    Slip(
      "a: &\n",
      #"""
      p:1:4: error: a text cannot begin with '&'
      a: &
         ^
      hint: put quotes around it
      """#),
    Slip(
      "a: !x\n",
      #"""
      p:1:4: error: tags such as '!x' are not part of the preset language
      a: !x
         ^~
      hint: leave the tag out, or put quotes around a text that begins with '!'
      """#),
    Slip(
      "a: ! b\n",
      #"""
      p:1:4: error: tags such as '!' are not part of the preset language
      a: ! b
         ^
      hint: leave the tag out, or put quotes around a text that begins with '!'
      """#),
    Slip(
      "a: |x\n",
      #"""
      p:1:4: error: a text cannot begin with '|'
      a: |x
         ^~
      hint: put quotes around it
      """#),
    Slip(
      "a: \"\\q\"\n",
      #"""
      p:1:5: error: this escape names no character
      a: "\q"
          ^~
      hint: write \\ for a backslash, or use single quotes
      """#),
    Slip(
      "a: \"\\u12\"\n",
      #"""
      p:1:5: error: this escape names no character
      a: "\u12"
          ^~
      hint: write \\ for a backslash, or use single quotes
      """#),
    Slip(
      "a:1\nb: 2\n",
      #"""
      p:1:2: error: a space is missing after ':'
      a:1
       ^
      hint: write 'a: 1'
      """#),
    Slip(
      "a: 1\n---\nb: 2\n",
      #"""
      p:2:1: error: a second document begins here: a preset is one document
      ---
      ^~~
      hint: put every preset into a file of its own
      """#),
    Slip(
      "%YAML 3.0\n---\na: 1",
      #"""
      p:1:1: error: lines that begin with '%' are not part of the preset language
      %YAML 3.0
      ^~~~~~~~~
      """#),
    Slip(
      "...\na: 1",
      #"""
      p:1:1: error: a value is missing here
      ...
      ^
      """#),
    Slip(
      "a: 1\n...\nb: 2\n",
      #"""
      p:3:1: error: nothing may follow the end of the preset
      b: 2
      ^
      """#),
    Slip(
      "a: -\n",
      #"""
      p:1:4: error: a list cannot begin here
      a: -
         ^
      hint: begin it on a line of its own, or write [a, b]; put quotes around a text that begins with '- '
      """#),
    Slip(
      "a: - b\n",
      #"""
      p:1:4: error: a list cannot begin here
      a: - b
         ^
      hint: begin it on a line of its own, or write [a, b]; put quotes around a text that begins with '- '
      """#),
    Slip(
      "? [a]\n: b\n",
      #"""
      p:1:3: error: a list cannot be a name before ':'
      ? [a]
        ^~~
      """#),
    Slip(
      "{a: 1}: 2\n",
      #"""
      p:1:1: error: a mapping cannot be a name before ':'
      {a: 1}: 2
      ^~~~~~
      """#),
    Slip(
      "[a]: 2\n",
      #"""
      p:1:1: error: a list cannot be a name before ':'
      [a]: 2
      ^~~
      """#),
    Slip(
      ": x\n",
      #"""
      p:1:1: error: a name is missing before ':'
      : x
      ^
      """#),
    Slip(
      "a: {: 1}\n",
      #"""
      p:1:5: error: a name is missing before ':'
      a: {: 1}
          ^
      """#),
    Slip(
      "a: ]\n",
      #"""
      p:1:4: error: this ']' closes nothing
      a: ]
         ^
      """#),
    Slip(
      "a: }\n",
      #"""
      p:1:4: error: this '}' closes nothing
      a: }
         ^
      """#),
    Slip(
      "a: , b\n",
      #"""
      p:1:4: error: a text cannot begin with ','
      a: , b
         ^~~
      hint: put quotes around it
      """#),
    Slip(
      "a: [1,,2]\n",
      #"""
      p:1:7: error: a value is missing before ','
      a: [1,,2]
            ^
      """#),
    Slip(
      "a: {b: 1 c: 2}\n",
      #"""
      p:1:11: error: a ',' or '}' is missing
      a: {b: 1 c: 2}
                ^
      hint: put quotes around a text that holds ': '
      """#),
    Slip(
      "a: [1\n\t, 2]",
      #"""
      p:2:1: error: tabs cannot indent
      	, 2]
      ^
      hint: indent with spaces
      """#),
    Slip(
      "a: |\n\tx\n",
      #"""
      p:2:1: error: tabs cannot indent
      	x
      ^
      hint: indent with spaces
      """#),
    Slip(
      "a: >\n  x\n y\nb: 1",
      #"""
      p:3:2: error: the indentation of this line fits no line above
       y
       ^
      hint: the mapping above begins in column 1 of line 1
      """#),
    Slip(
      "- a: 1\n b: 2",
      #"""
      p:2:2: error: the indentation of this line fits no line above
       b: 2
       ^
      hint: the list above begins in column 1 of line 1
      """#),
    Slip(
      "<<: {a: 1}\n",
      #"""
      p:1:1: error: merge keys are not part of the preset language
      <<: {a: 1}
      ^~
      hint: use 'extends' to build on another preset, or 'vars' for values that recur
      """#),
    Slip(
      "a: 1\na: 2\na: 3",
      #"""
      p:2:1: error: 'a' is given twice
      a: 2
      ^
      hint: the first is on line 1
      p:3:1: error: 'a' is given twice
      a: 3
      ^
      hint: the first is on line 1
      """#),
    Slip(
      "a: &x 1\nb: *x\n",
      #"""
      p:1:4: error: anchors such as '&x' are not part of the preset language
      a: &x 1
         ^~
      hint: name the value in 'vars' and write $name, or put quotes around a text that begins with '&'
      p:2:4: error: aliases such as '*x' are not part of the preset language
      b: *x
         ^~
      hint: name the value in 'vars' and write $name, or put quotes around a text that begins with '*'
      """#),
    Slip(
      "&a b: c",
      #"""
      p:1:1: error: anchors such as '&a' are not part of the preset language
      &a b: c
      ^~
      hint: name the value in 'vars' and write $name, or put quotes around a text that begins with '&'
      """#),
    Slip(
      "&a\nb: &c !!d e",
      #"""
      p:1:1: error: anchors such as '&a' are not part of the preset language
      &a
      ^~
      hint: name the value in 'vars' and write $name, or put quotes around a text that begins with '&'
      p:2:4: error: anchors such as '&c' are not part of the preset language
      b: &c !!d e
         ^~
      hint: name the value in 'vars' and write $name, or put quotes around a text that begins with '&'
      p:2:7: error: tags such as '!!d' are not part of the preset language
      b: &c !!d e
            ^~~
      hint: leave the tag out, or put quotes around a text that begins with '!'
      """#),
    Slip(
      "a: ? b",
      #"""
      p:1:4: error: a text cannot begin with '?'
      a: ? b
         ^~~
      hint: put quotes around it
      """#),
    Slip(
      "a: \"b\n---\nc\"",
      #"""
      p:1:4: error: this quote is not closed before line 2
      a: "b
         ^
      """#),
    Slip(
      "[",
      #"""
      p:1:1: error: this '[' is never closed
      [
      ^
      """#),
    Slip(
      "\"",
      #"""
      p:1:1: error: this quote is never closed
      "
      ^
      """#),
    Slip(
      "a: [",
      #"""
      p:1:4: error: this '[' is never closed
      a: [
         ^
      """#),
    Slip(
      "a: {x: [1, 2}, y]",
      #"""
      p:1:13: error: ']' is due here, not '}'
      a: {x: [1, 2}, y]
                  ^
      hint: the '[' is in column 8 of line 1
      """#),
    Slip(
      "text: SOME: TAPES",
      #"""
      p:1:11: error: a second ':' on one line
      text: SOME: TAPES
                ^
      hint: put quotes around a text that holds ': '
      """#),
    Slip(
      "layers:\n  - group:\n    - text: a\n    at: [1]\n   id: b\n",
      #"""
      p:5:4: error: the indentation of this line fits no line above
         id: b
         ^
      hint: the list above begins in column 3 of line 2
      """#),
    Slip(
      "a: 'x\n\nb: 'y'\n",
      #"""
      p:1:4: error: this quote is closed only on line 3
      a: 'x
         ^
      hint: close it on its own line
      """#),
    Slip(
      "# only\n",
      #"""
      p:1:1: error: this preset holds nothing but comments
      # only
      ^
      hint: a preset begins with 'onesheet: 1'
      """#),
    Slip(
      "",
      #"""
      p:1:1: error: this preset is empty
      hint: a preset begins with 'onesheet: 1'
      """#),
    Slip(
      "---\n",
      #"""
      p:1:1: error: this preset holds nothing but comments
      ---
      ^
      hint: a preset begins with 'onesheet: 1'
      """#),
    Slip(
      "日本: {低:1, b: 2}\n",
      #"""
      p:1:6: error: a space is missing after ':'
      日本: {低:1, b: 2}
             ^~~~
      hint: write '低: 1'
      """#),
    Slip(
      "a:\r\n\tb: 1\r\n",
      #"""
      p:2:1: error: tabs cannot indent
      	b: 1
      ^
      hint: indent with spaces
      """#),
    Slip(
      "a: ['it''s #fff', \"\\\" #fff\", # [ \"\n  #0a0b0c]\n",
      #"""
      p:2:3: error: '#0a0b0c' is read as a comment
        #0a0b0c]
        ^~~~~~~
      hint: quote it: "#0a0b0c"
      """#),
  ]
}
