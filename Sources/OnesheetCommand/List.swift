import ArgumentParser
import Onesheet

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "List what presets can name: layers, effects, props of a set, fonts, formats; or the presets that come with the program."
  )

  enum Topic: String, ExpressibleByArgument, CaseIterable {
    case layers, effects, props, fonts, formats, presets
  }

  @Argument(help: "One of \(Topic.allCases.map(\.rawValue).joined(separator: ", ")).")
  var topic: Topic

  func run() throws {
    try Console(.full).run {
      try StandardOutput.write(List.text(topic))
      return .done
    }
  }

  private static func text(_ topic: Topic) -> String {
    switch topic {
    case .layers: table(Reference.all(.layer).map { [$0.name, $0.summary] })
    case .effects: table(Reference.all(.effect).map { [$0.name, $0.summary] })
    case .props: table(Reference.all(.prop).map { [$0.name, $0.summary] })
    case .formats:
      table(
        Format.all.map { format in
          let pixels = format.pixels(dpi: 300)
          return [format.name, "\(pixels.width) × \(pixels.height) px", format.summary]
        }, header: ["name", "at 300 dpi", "size"])
    case .fonts:
      table(
        Resources.standard.bundledFonts.map { font in
          [
            font.family, font.style, "\(font.characterCount)", font.scripts.joined(separator: ", "),
            font.isStroke ? "strokes" : "outlines", font.terms.license.rawValue,
          ]
        }, header: ["family", "style", "characters", "scripts", "drawn with", "license"])
    case .presets:
      table(Resources.standard.presets.map { [$0.name, Resources.standard.title(of: $0) ?? ""] })
    }
  }

  /// Columns, two spaces apart.
  private static func table(_ rows: [[String]], header: [String]? = nil) -> String {
    let all = (header.map { [$0] } ?? []) + rows
    let count = all.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
