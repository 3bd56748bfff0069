import Markup
import Raster

/// Reads nodes as typed values against the preset's names and geometry, and collects every complaint.
public struct Reader {
  public private(set) var diagnostics: [Diagnostic] = []
  public let geometry: Geometry
  public let names: NameTable
  public let files: FileAccess
  /// Seconds after which the preset repeats, or nil; motions report what they round.
  public let loop: Double?
  /// The preset's seed followed by the path of ids down to the item that is read.
  public var itemSeed: Seed
  /// The parameter that is read, outermost first; moving values derive their seeds from it.
  public var parameterPath: [String] = []
  /// Where parts of the parameter that is read stand, by their paths in it.
  private var partPlaces: [String: Place] = [:]

  public init(
    geometry: Geometry, names: NameTable, files: FileAccess, seed: Seed, loop: Double? = nil
  ) {
    self.geometry = geometry
    self.names = names
    self.files = files
    self.loop = loop
    itemSeed = seed
  }

  public mutating func error(_ message: String, at place: Place?, hint: String? = nil) {
    diagnostics.append(Diagnostic(.error, message, at: place, hint: hint))
  }

  public mutating func note(_ message: String, at place: Place?) {
    diagnostics.append(Diagnostic(.note, message, at: place))
  }

  /// Keeps where a part of the parameter that is read stands, for complaints that can only be made later: `2.names`.
  public mutating func note(part path: String, at place: Place) { partPlaces[path] = place }

  /// The parts that were noted since the last call.
  mutating func takePartPlaces() -> [String: Place] {
    defer { partPlaces = [:] }
    return partPlaces
  }

  public mutating func add(_ more: [Diagnostic]) { diagnostics += more }

  // MARK: References

  /// The node that `$name` stands for, or the node itself; nil (complained of) if the name is unknown.
  public mutating func resolved(_ node: Node) -> Node? {
    guard let text = node.scalarText, text.hasPrefix("$"), !text.hasPrefix("$$"),
      let name = NameTable.wholeReference(text)
    else { return node }
    switch names.value(of: name) {
    case .found(let target): return target.moved(to: node.place)
    case .unknown:
      unknownName(name, at: node.place)
      return nil
    case .cycle(let chain):
      error(
        "the reference goes in a circle: \(chain.map { "$" + $0 }.joined(separator: " → "))", at: node.place)
      return nil
    }
  }

  mutating func unknownName(_ name: String, at place: Place) {
    let known = names.all
    error(
      "nothing in vars or palette is called '\(name)'", at: place,
      hint: nearest(name, among: known).map { "did you mean '$\($0)'?" }
        ?? (known.isEmpty
          ? "define it under vars or palette" : "known names: \(known.joined(separator: ", "))"))
  }

  /// A text with `${name}` and `$name` replaced and `$$` turned into a dollar sign.
  public mutating func text(_ node: Node) -> String? {
    guard case .scalar = node.content else {
      if case .null = node.content, let raw = node.scalarText, !raw.isEmpty { return raw }
      error("a text is due here, not \(node.kindName)", at: node.place, hint: emptyHint(node))
      return nil
    }
    return node.scalarText.flatMap { expand($0, at: node.place, depth: 0) }
  }

  private mutating func expand(_ text: String, at place: Place, depth: Int) -> String? {
    guard text.contains("$") else { return text }
    var result = ""
    var rest = Substring(text)
    var failed = false
    // A whole text that is one reference may also be written without braces.
    if let name = NameTable.wholeReference(text) {
      guard let value = substitute(name, at: place, depth: depth) else { return nil }
      return value
    }
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest = rest.dropFirst()
      } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        if let value = substitute(name, at: place, depth: depth) { result += value } else { failed = true }
        rest = rest[rest.index(after: end)...]
      } else {
        error(
          "a dollar sign in a text begins a reference such as ${name}", at: place,
          hint: "write $$ for a dollar sign")
        return nil
      }
      if result.count > 200_000 {
        error("the text grows beyond 200000 characters by its references", at: place)
        return nil
      }
    }
    return failed ? nil : result + rest
  }

  private mutating func substitute(_ name: String, at place: Place, depth: Int) -> String? {
    guard depth < 16 else {
      error("the references in this text go in a circle or nest too deeply (at '\(name)')", at: place)
      return nil
    }
    switch names.value(of: name) {
    case .found(let node):
      guard let text = node.scalarText else {
        error("'\(name)' is \(node.kindName) and cannot stand in a text", at: place)
        return nil
      }
      return expand(text, at: place, depth: depth + 1)
    case .unknown:
      unknownName(name, at: place)
      return nil
    case .cycle(let chain):
      error("the reference goes in a circle: \(chain.map { "$" + $0 }.joined(separator: " → "))", at: place)
      return nil
    }
  }

  /// "quote it", where a `#` was taken for a comment.
  public func emptyHint(_ node: Node) -> String? {
    node.commentFollows
      ? "YAML takes an unquoted # for the beginning of a comment: quote it, \"#ff2e88\"" : nil
  }

  // MARK: Scalars

  /// The text of an unresolved or referenced scalar, or nil (complained of as `due`).
  mutating func scalar(_ node: Node, due: String) -> (String, Node)? {
    guard let node = resolved(node) else { return nil }
    guard case .scalar(let text, _) = node.content else {
      error("\(due) is due here, not \(node.kindName)", at: node.place, hint: emptyHint(node))
      return nil
    }
    return (text.trimmingSpaces, node)
  }

  public mutating func flag(_ node: Node) -> Bool? {
    guard let (text, node) = scalar(node, due: "true or false") else { return nil }
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      error("'\(text)' is neither true nor false", at: node.place)
      return nil
    }
  }

  /// A name out of a fixed list.
  public mutating func choice(_ node: Node, among names: [String]) -> String? {
    guard let (text, node) = scalar(node, due: "one of \(names.joined(separator: ", "))") else { return nil }
    if names.contains(text) { return text }
    error(
      "'\(text)' is not one of \(names.joined(separator: ", "))", at: node.place,
      hint: nearest(text, among: names).map { "did you mean '\($0)'?" })
    return nil
  }

  /// Items of a list of a legal length.
  public mutating func items(_ node: Node, count: ClosedRange<Int>, due: String) -> [Node]? {
    guard let node = resolved(node) else { return nil }
    guard case .sequence(let items) = node.content else {
      error("\(due) is due here, not \(node.kindName)", at: node.place, hint: emptyHint(node))
      return nil
    }
    guard count.contains(items.count) else {
      let wanted =
        count.lowerBound == count.upperBound
        ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      error("\(due) is due here: \(wanted) items, not \(items.count)", at: node.place)
      return nil
    }
    return items
  }

  /// A mapping whose keys are all known and none missing; pairs come in the order of `keys`.
  public mutating func fields(
    _ node: Node, required: [String], optional: [String] = [], of what: String
  ) -> [String: Node]? {
    guard case .mapping(let pairs) = node.content else {
      error("\(what) is due here, not \(node.kindName)", at: node.place)
      return nil
    }
    var found: [String: Node] = [:]
    var failed = false
    for pair in pairs {
      let key = pair.key.scalarText ?? ""
      guard required.contains(key) || optional.contains(key) else {
        error(
          "\(what) has no '\(key)'", at: pair.key.place,
          hint: nearest(key, among: required + optional).map { "did you mean '\($0)'?" }
            ?? "it knows \((required + optional).joined(separator: ", "))")
        failed = true
        continue
      }
      found[key] = pair.value
    }
    for key in required where found[key] == nil {
      error("\(what) needs '\(key)'", at: node.place)
      failed = true
    }
    return failed ? nil : found
  }
}

extension String {
  var trimmingSpaces: String {
    var s = Substring(self)
    while let c = s.first, c.isWhitespace { s = s.dropFirst() }
    while let c = s.last, c.isWhitespace { s = s.dropLast() }
    return String(s)
  }
}
