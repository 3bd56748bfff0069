extension Reference {
  /// The page that lists every layer, effect, prop, format and common key: `presets/REFERENCE.md`.
  public static var page: String {
    var page = """
      # Every layer, effect, prop and format

      Written by the program from the tables that presets are read with; `onesheet describe NAME` shows one entry with an
      example. How presets are written is told in [README.md](README.md).

      """
    for (title, topic, intro) in [
      ("Layers", Topic.layer, "Each also has the [keys of every layer](#layer)."),
      ("Effects", Topic.effect, "Each also has the [keys of every effect](#effect)."),
      ("Props of a set", Topic.prop, "Each also has the [keys of every prop](#prop)."),
      ("Parts of a preset", Topic.part, ""),
    ] {
      page += "\n## \(title)\n"
      if !intro.isEmpty { page += "\n\(intro)\n" }
      for reference in all(topic) { page += "\n\(reference.section)" }
    }
    page += "\n## Formats\n\n| format | size |\n|---|---|\n"
    for format in all(.format) { page += "| `\(format.name)` | \(format.summary) |\n" }
    return page
  }

  private var section: String {
    let text = "### \(name)\n\n\(summary)\n"
    return keys.isEmpty ? text : text + "\n" + table
  }

  /// The keys as a table of Markdown, a line each.
  var table: String {
    var text = "| key | values | default | |\n|---|---|---|---|\n"
    for key in keys {
      var values = key.values
      if let usual = key.usual { values += "; usually \(usual)" }
      let standard = key.isRequired ? "required" : key.standard.map { "`\($0)`" } ?? ""
      text +=
        "| `\(key.name)` | \(Reference.escaped(values)) | \(Reference.escaped(standard)) | \(Reference.escaped(key.help)) |\n"
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
      .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
  }
}
