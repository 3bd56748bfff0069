import Catalog
import Effects
import Markup

/// The page that shows every effect at work: `presets/GALLERY.md`.
///
/// It is written from the tables of the effects and from the examples in `presets/effects`, one preset for each effect,
/// called as it is. Their pictures are in `samples/effects`.
public struct Gallery: Sendable {
  /// An effect, and the preset that shows it.
  struct Example: Sendable {
    var reference: Reference
    /// What one sees; the preset's own words.
    var description: String
    /// The picture of the preset that it extends, which is that before the effect: its path in `samples`.
    var before: String
    /// The preset without its head, as it is written.
    var lines: String
  }

  /// Of all effects that have an example, by name.
  let examples: [Example]
  /// The names of effects without one.
  public let missing: [String]
  /// What is wrong with examples.
  public let problems: [String]

  /// Reads the examples that come with the program.
  public init(resources: Resources = .standard) {
    let folder = (resources.root ?? ".") + "/presets/effects"
    var examples: [Example] = []
    var missing: [String] = []
    var problems: [String] = []
    for reference in Reference.all(.effect) {
      guard case .success(let source) = YAMLReader.load(path: "\(folder)/\(reference.name).yaml") else {
        missing.append(reference.name)
        continue
      }
      let (root, mistakes) = YAMLReader.read(source)
      guard let root, !mistakes.contains(where: { $0.severity == .error }) else {
        problems.append(Diagnostics(mistakes).rendered)
        continue
      }
      let items = root.value(forKey: "effects")?.items ?? []
      if !items.contains(where: { PresetTree.name(of: $0, in: .effects).kind == reference.name }) {
        problems.append("\(reference.name).yaml does not use the effect that it is called by")
      }
      guard let parent = root.value(forKey: "extends")?.scalarText, let before = Gallery.picture(of: parent)
      else {
        problems.append("\(reference.name).yaml extends no other preset of its folder, or of the one above")
        continue
      }
      examples.append(
        Example(
          reference: reference, description: root.value(forKey: "description")?.scalarText ?? "",
          before: before, lines: Gallery.body(of: source, root)))
    }
    self.examples = examples
    self.missing = missing
    self.problems = problems
  }

  /// Where in `samples` the picture of a preset is that an example calls `path`.
  private static func picture(of path: String) -> String? {
    guard path.hasSuffix(PresetFolder.ending) else { return nil }
    let name = path.dropLast(PresetFolder.ending.count)
    if !name.contains("/") { return "effects/\(name)" }
    let outer = name.dropFirst(3)
    return name.hasPrefix("../") && !outer.contains("/") ? String(outer) : nil
  }

  /// What is told on the page by other means.
  private static let head: Set<String> = ["onesheet", "title", "description", "extends"]

  /// The lines of a preset, comments included, but for those of its head.
  private static func body(of source: Source, _ root: Node) -> String {
    let starts = (root.pairs ?? []).map { (line: $0.key.place.line, key: $0.key.scalarText ?? "") }
    var lines: [String] = []
    for number in 1...source.lineCount {
      let key = starts.last { $0.line <= number }?.key
      guard let key, !head.contains(key), let line = source.line(number) else { continue }
      lines.append(line)
    }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// The page, as Markdown.
  public var page: String {
    var page = """
      # What the effects look like

      Written by the program from the tables that presets are read with, and from the examples in [effects](effects), one
      for each effect; `make samples` renders them. On the left the picture before, on the right after.

      Each effect also has the [keys of every effect](REFERENCE.md#effect). On a photo, an item of these lists is applied
      by `onesheet apply photo.jpg -o out.png --effect '…'`.


      """
    page += examples.map { "[\($0.reference.name)](#\($0.reference.name))" }.joined(separator: " · ") + "\n"
    for example in examples { page += "\n\(example.section)" }
    return page
  }
}

extension Gallery.Example {
  fileprivate var section: String {
    let name = reference.name
    func picture(_ path: String, _ words: String) -> String { "![\(words)](../samples/\(path).png)" }
    return """
      ## \(name)

      \(reference.summary)

      | \(picture(before, "Before")) | \(picture("effects/\(name)", "After: \(name)")) |
      |---|---|

      \(description.split(whereSeparator: \.isNewline).joined(separator: " "))

      ```yaml
      \(lines)
      ```

      \(reference.table)
      """
  }
}
