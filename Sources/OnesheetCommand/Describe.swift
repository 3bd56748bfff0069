import ArgumentParser
import Markup
import Onesheet

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Describe a layer, an effect, a prop of a set, a format or a part of a preset, with an example.",
    discussion: """
      onesheet describe vignette
      onesheet describe canvas

      The parts of a preset are \(Reference.all(.part).map(\.name).joined(separator: ", ")).
      """)

  @Argument(help: "What to describe.", completion: .list(Reference.all.map(\.name)))
  var name: String

  func run() throws {
    try Console(.full).run {
      let found = Reference.named(name)
      guard !found.isEmpty else {
        throw Failure(
          .wrongUsage, "there is nothing called \(Diagnostic.quote(name)) to describe",
          hint: suggestion(for: name, among: Reference.all.map(\.name))
            ?? "'onesheet list layers', 'list effects', 'list props' and 'list formats' name what there is",
          subject: name)
      }
      try StandardOutput.write(found.map { Describe.text($0) }.joined(separator: "\n"))
      return .done
    }
  }

  private static let width = 100

  static func text(_ reference: Reference) -> String {
    var text = "\(reference.name) (\(word(for: reference.topic)))\n\(wrapped(reference.summary, indent: 0))\n"
    let indent = 4 + (reference.keys.map(\.name.count).max() ?? 0)
    for key in reference.keys {
      let name = "  " + key.name
      let facts = wrapped(facts(about: key), indent: indent)
      text += name + facts.dropFirst(name.count) + wrapped(key.help, indent: indent)
    }
    if !reference.keys.isEmpty { text += "\n" }
    switch reference.topic {
    case .layer: text += "Every layer also has the keys of 'onesheet describe layer'.\n\n"
    case .effect: text += "Every effect also has the keys of 'onesheet describe effect'.\n\n"
    case .prop: text += "Every prop also has the keys of 'onesheet describe prop'.\n\n"
    case .format, .part: break
    }
    return text + "Example:\n\n" + reference.example + "\n"
  }

  private static func word(for topic: Reference.Topic) -> String {
    switch topic {
    case .layer: "a layer"
    case .effect: "an effect"
    case .prop: "a prop of a set"
    case .format: "a format"
    case .part: "part of a preset"
    }
  }

  private static func facts(about key: Reference.Key) -> String {
    var facts = [key.values]
    if let usual = key.usual { facts.append("usually \(usual)") }
    if key.isRequired { facts.append("required") }
    if let standard = key.standard { facts.append("default \(standard)") }
    return facts.joined(separator: "; ")
  }

  /// Lines of at most ``width`` columns, each indented and ended.
  static func wrapped(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count > indent, line.count + 1 + word.count > width {
        lines.append(line)
        line = margin
      }
      line += (line.count > indent ? " " : "") + word
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}
