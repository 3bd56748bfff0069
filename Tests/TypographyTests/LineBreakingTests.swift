import Foundation
import Testing

@testable import Typography

@Suite struct LineBreakingTests {
  /// Where a text may be broken, as bars.
  private func marked(_ text: String, _ fonts: String...) throws -> String {
    let faces = try fonts.map(BundledFonts.face)
    let item = ItemizedText(text, faces: faces)
    let scalars = Array(text.unicodeScalars)
    var result = ""
    var start = 0
    for opportunity in LineBreaking(item, paragraph: item.paragraphs[0]).opportunities {
      let end = item.clusters[opportunity.cluster].range.lowerBound
      result += String(String.UnicodeScalarView(scalars[start..<end])) + "|"
      start = end
    }
    return result + String(String.UnicodeScalarView(scalars[start...]))
  }

  @Test func latin() throws {
    let font = "Roboto Condensed"
    #expect(try marked("the last train", font) == "the |last |train")
    #expect(try marked("self-made and/or", font) == "self-|made |and/|or")
    #expect(try marked("7/4 at -5 °C, 12.5%", font) == "7/4 |at |-5 |°C, |12.5%")
    #expect(try marked("rain—and then—nothing", font) == "rain—|and |then—|nothing")
    #expect(try marked("1984–2026", font) == "1984–|2026")
    #expect(try marked("(a) “b” [c]", font) == "(a) |“b” |[c]")
    #expect(try marked("what ?! « non » …", font) == "what ?! |« non » |…")
    #expect(try marked("a\u{A0}b\u{200B}c\u{2060}d e", font) == "a\u{A0}b\u{200B}|c\u{2060}d |e")
    #expect(try marked("$5.20 or 30€", font) == "$5.20 |or |30€")
    #expect(try marked("  two", font) == "  two")
    #expect(try marked("ab\u{AD}cd", font) == "ab\u{AD}|cd")
  }

  @Test func chinese() throws {
    let font = "Noto Sans SC"
    #expect(try marked("夜雨，十里。", font) == "夜|雨，|十|里。")
    #expect(try marked("他说“走”。", font) == "他|说|“走”。")
    #expect(try marked("《夜雨》——林", font) == "《夜|雨》——|林")
    #expect(try marked("夜……林", font) == "夜……|林")
    #expect(try marked("第12章30%", font) == "第|12|章|30%")
    #expect(try marked("林·小艺", font) == "林·|小|艺")
    #expect(try marked("夜LIN雨", "Bebas Neue", font) == "夜|LIN|雨")
    #expect(
      try marked("ホッテーㇽ", "Noto Sans SC Light") == "ホッ|テー|ㇽ"
        || marked("ホッテー", "Noto Sans SC Light") == "ホッ|テー")
  }

  /// Against Perl, whose \b{lb} is Unicode Standard Annex 14 with the data of the Unicode Consortium.
  @Test func equalsPerl() throws {
    var random = SplitMix(state: 14)
    let letters: [Unicode.Scalar] = Array(
      "aZéж7 3,.:;!?-/()[]{}%$€°#&@*+=<>~_|\\'\"…·•§©A ab ".unicodeScalars)
    let hanzi: [Unicode.Scalar] = Array("夜雨林，。、「」《》（）！？：；—…あっアーッ 々％￥".unicodeScalars)
    var texts: [String] = []
    for round in 0..<600 {
      let pool = round % 3 == 0 ? hanzi : round % 3 == 1 ? letters : letters + hanzi
      let length = Int.random(in: 2...9, using: &random)
      var text = String.UnicodeScalarView()
      for _ in 0..<length { text.append(pool[Int.random(in: 0..<pool.count, using: &random)]) }
      texts.append(String(text).trimmingCharacters(in: .whitespaces))
    }
    let expected = try Perl.lineBreaks(texts)
    let faces = [try BundledFonts.face("Roboto Condensed"), try BundledFonts.face("Noto Sans SC Light")]
    var differences: [String] = []
    var compared = 0
    for (text, breaks) in zip(texts, expected) where !text.isEmpty {
      let item = ItemizedText(text, faces: faces)
      let breaking = LineBreaking(item, paragraph: item.paragraphs[0])
      let scalars = Array(text.unicodeScalars)
      for index in 1..<max(1, item.clusters.count) {
        let position = item.clusters[index].range.lowerBound
        guard Self.isPlain(scalars, position) else { continue }
        compared += 1
        if breaking.canBreak(before: index) != breaks.contains(position) {
          differences.append("\(text) at \(position): Perl \(breaks.contains(position))")
        }
      }
    }
    #expect(compared > 1000)
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(12))")
  }

  /// Whether the place is one where we mean to do as the annex of Unicode 14 does: we do better beside quotation
  /// marks and dashes, and in what was added to the rules since.
  private static func isPlain(_ scalars: [Unicode.Scalar], _ position: Int) -> Bool {
    let right = scalars[position]
    var start = position
    while start > 0, scalars[start - 1] == " " { start -= 1 }
    guard start > 0 else { return false }
    let left = scalars[start - 1]
    let special = Set("\"'—·~-".unicodeScalars)
    if special.contains(left) || special.contains(right) { return false }
    // LB15c and LB25: a number may begin with its point.
    if start < position, [",", ".", ":", ";"].contains(right) { return false }
    if [",", ".", ":", ";"].contains(left), right.properties.numericType != nil { return false }
    // Ambiguous characters take the script of their neighbors.
    let ambiguous = Set("…§©°•*+=<>|\\_#&@~$€".unicodeScalars)
    return !ambiguous.contains(left) && !ambiguous.contains(right)
  }
}

/// The program perl as an independent reference for Unicode's rules.
enum Perl {
  struct Failure: Error {}

  /// The places, counted in characters, before which each text may be broken.
  static func lineBreaks(_ texts: [String]) throws -> [Set<Int>] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "perl", "-CSD", "-e",
      #"while (<STDIN>) { chomp; my $n = 0; print join(",", map { $n += length } split /\b{lb}/), "\n" }"#,
    ]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let writer = Thread { [data = Data((texts.joined(separator: "\n") + "\n").utf8)] in
      try? input.fileHandleForWriting.write(contentsOf: data)
      try? input.fileHandleForWriting.close()
    }
    writer.start()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure() }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return zip(texts, lines).map { _, line in Set(line.split(separator: ",").compactMap { Int($0) }) }
  }
}
