import Foundation

@testable import Typography

/// The program hb-shape as an independent reference for shaping.
enum HarfBuzzShape {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The glyphs of a text in one run, in font units.
  static func glyphs(
    of text: String, font: URL, script: Script? = nil, features: String = "", direction: String = "ltr"
  ) throws -> [ShapedGlyph] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let codes = text.unicodeScalars.map { "U+" + String($0.value, radix: 16) }.joined(separator: ",")
    process.arguments =
      [
        "hb-shape", "--no-glyph-names", "--direction=\(direction)", "--language=und",
        "--features=\(features)",
        "--unicodes=\(codes)",
      ] + (script.map { ["--script=\($0.code)"] } ?? []) + [font.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "hb-shape failed; it belongs to the package libharfbuzz-bin")
    }
    return try parse(String(decoding: data, as: UTF8.self))
  }

  /// "[12=0+500|7=1@-3,20+0]": glyph=cluster@offset+advance; in columns +0,-1000.
  private static func parse(_ line: String) throws -> [ShapedGlyph] {
    let inner = line.trimmingCharacters(in: CharacterSet(charactersIn: "[]\n"))
    guard !inner.isEmpty else { return [] }
    let form = /(\d+)=(\d+)(?:@(-?\d+),(-?\d+))?\+(-?\d+)(?:,(-?\d+))?/
    return try inner.split(separator: "|").map { item in
      guard let match = try form.wholeMatch(in: item), let glyph = GlyphID(match.1),
        let cluster = Int(match.2),
        let advance = Double(match.5)
      else { throw Failure(description: "hb-shape printed \(item)") }
      return ShapedGlyph(
        glyph: glyph, cluster: cluster, advance: match.6.flatMap { Double($0) }.map { -$0 } ?? advance,
        offsetX: match.3.flatMap { Double($0) } ?? 0, offsetY: match.4.flatMap { Double($0) } ?? 0)
    }
  }
}

extension ShapedGlyph {
  /// Without what the program does not print.
  var placed: ShapedGlyph {
    var copy = self
    copy.isUnsafeToBreak = false
    return copy
  }
}
