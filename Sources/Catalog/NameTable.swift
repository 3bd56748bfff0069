import Markup

/// What `$name` can mean: the preset's vars, then its palette.
public struct NameTable: Sendable {
  public enum Lookup: Sendable {
    case found(Node)
    case unknown
    case cycle([String])
  }
  private let vars, palette: [String: Node]

  public init(vars: [String: Node] = [:], palette: [String: Node] = [:]) {
    self.vars = vars
    self.palette = palette
  }

  /// All names, sorted.
  public var all: [String] { Set(vars.keys).union(palette.keys).sorted() }

  /// Follows references from name to name until something else than a reference is found.
  public func value(of name: String) -> Lookup {
    var chain = [name]
    while true {
      guard let last = chain.last, let node = vars[last] ?? palette[last] else { return .unknown }
      guard let text = node.scalarText, let next = NameTable.wholeReference(text) else { return .found(node) }
      if chain.contains(next) { return .cycle(chain + [next]) }
      chain.append(next)
    }
  }

  /// The name if the text is nothing but `$name` or `${name}`.
  public static func wholeReference(_ text: String) -> String? {
    guard text.hasPrefix("$"), !text.hasPrefix("$$") else { return nil }
    var name = text.dropFirst()
    if name.hasPrefix("{"), name.hasSuffix("}") { name = name.dropFirst().dropLast() }
    guard let first = name.first, first.isLetter || first == "_",
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    else { return nil }
    return String(name)
  }
}

extension Node {
  /// The same content, complained of at another place: where it is referred to.
  public func moved(to place: Place) -> Node { Node(content, place: place) }
}
