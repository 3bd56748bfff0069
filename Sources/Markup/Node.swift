/// A value of a preset file with its place. Scalars are text: what a text means is decided by the type that the
/// parameter declares, never by YAML's guess.
public struct Node: Sendable {
  public indirect enum Content: Sendable {
    /// A text. `quoted` is false for plain scalars, true for every other style.
    case scalar(String, quoted: Bool)
    case sequence([Node])
    /// Pairs in the order of the file. Every key is a scalar; no two keys are the same text.
    case mapping([Pair])
    /// Nothing after the colon, or an unquoted `~` or `null`; `scalarText` tells which.
    case null
  }

  public struct Pair: Sendable {
    public let key: Node
    public let value: Node

    public init(key: Node, value: Node) {
      self.key = key
      self.value = value
    }
  }

  public let content: Content
  /// Where the value stands. Scalars and lists or mappings in brackets are underlined as far as they reach on their
  /// first line, lists by their first hyphen, mappings by their first key. For a value that is missing: the place
  /// right after the colon, or the comment that stands there instead.
  public let place: Place
  /// The comment that stands where a value was due, from `#` to the end of the line: a color that lacks its quotes.
  public let comment: String?
  /// How a null was written; nil when there was nothing.
  private let nullText: String?

  public init(_ content: Content, place: Place) {
    self.init(content, place: place, nullText: nil, comment: nil)
  }

  /// A scalar. An unquoted empty text, `~` or `null` has the content `.null`, as it would in a file.
  public init(scalar text: String, quoted: Bool, place: Place) {
    self.init(scalar: text, quoted: quoted, place: place, comment: nil)
  }

  init(scalar text: String, quoted: Bool, place: Place, comment: String?) {
    if !quoted, ["", "~", "null", "Null", "NULL"].contains(text) {
      self.init(.null, place: place, nullText: text.isEmpty ? nil : text, comment: comment)
    } else {
      self.init(.scalar(text, quoted: quoted), place: place, nullText: nil, comment: nil)
    }
  }

  private init(_ content: Content, place: Place, nullText: String?, comment: String?) {
    self.content = content
    self.place = place
    self.nullText = nullText
    self.comment = comment
  }

  /// The text of a scalar, also of a null that was written as `~` or `null`, which is a text where a text is due.
  /// Nil for lists, mappings, and where there was nothing.
  public var scalarText: String? {
    switch content {
    case .scalar(let text, _): text
    case .null: nullText
    case .sequence, .mapping: nil
    }
  }

  /// Whether a scalar was written in quotes or as a block (`|`, `>`).
  public var isQuoted: Bool {
    if case .scalar(_, quoted: true) = content { true } else { false }
  }

  public var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// Whether a comment stands where a value was due, as in `color: #ff0000`.
  public var commentFollows: Bool { comment != nil }

  /// The items of a list; nil for everything else.
  public var items: [Node]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The pairs of a mapping; nil for everything else.
  public var pairs: [Pair]? {
    if case .mapping(let pairs) = content { pairs } else { nil }
  }

  /// The value of `key` in a mapping; nil when there is none or this is no mapping.
  public func value(forKey key: String) -> Node? { pair(forKey: key)?.value }

  /// The pair with this key in a mapping; nil when there is none or this is no mapping.
  public func pair(forKey key: String) -> Pair? { pairs?.first { $0.key.scalarText == key } }

  /// What messages call this kind of value: "a mapping", "a list", "a text", "nothing".
  public var kindName: String {
    switch content {
    case .scalar: "a text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .null: "nothing"
    }
  }
}
