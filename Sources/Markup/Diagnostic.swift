/// One thing to tell the user about a source: what is wrong, where, and what to do about it.
public struct Diagnostic: Error, Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable { case error, warning, note }

  public var severity: Severity
  /// One line, in plain English, without a full stop.
  public var message: String
  public var place: Place?
  /// What to do about it: `did you mean 'radius'?`
  public var hint: String?

  public init(_ severity: Severity = .error, _ message: String, at place: Place? = nil, hint: String? = nil) {
    self.severity = severity
    self.message = message
    self.place = place
    self.hint = hint
  }

  public static func error(_ message: String, at place: Place? = nil, hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: place, hint: hint)
  }

  public static func warning(_ message: String, at place: Place? = nil, hint: String? = nil) -> Diagnostic {
    Diagnostic(.warning, message, at: place, hint: hint)
  }

  public static func note(_ message: String, at place: Place? = nil, hint: String? = nil) -> Diagnostic {
    Diagnostic(.note, message, at: place, hint: hint)
  }

  /// The diagnostic as the user reads it, without a line break at the end:
  /// ```
  /// neon.yaml:3:5: error: there is no parameter 'raduis'
  ///     raduis: 0.04
  ///     ^~~~~~
  /// hint: did you mean 'radius'?
  /// ```
  public var rendered: String {
    var lines: [String] = []
    var head = "\(severity.rawValue): \(Excerpt.safe(message, limit: 1000))"
    if let place {
      head = "\(Excerpt.safe(place.source.name, limit: 1000)):\(place.line):\(place.column): \(head)"
    }
    lines.append(head)
    if let place, let excerpt = Excerpt(of: place) {
      lines.append(excerpt.text)
      lines.append(excerpt.marker)
    }
    if let hint { lines.append("hint: \(Excerpt.safe(hint, limit: 1000))") }
    return lines.joined(separator: "\n")
  }

  /// A word of the user's in single quotes, shortened to fit into a message.
  public static func quote(_ word: some StringProtocol) -> String {
    "'\(Excerpt.safe(String(word), limit: 40))'"
  }
}

/// All that is to be said about a preset, in the order in which a reader meets it.
public struct Diagnostics: Error, Sendable {
  private var reports: [Diagnostic]

  public init(_ all: [Diagnostic] = []) { reports = all }

  /// Without duplicates; sources in the order in which they were first reported on, places in the order of the
  /// text. What has no place comes first.
  public var all: [Diagnostic] {
    get { Self.sorted(reports) }
    set { reports = newValue }
  }

  public var isEmpty: Bool { reports.isEmpty }
  public var hasErrors: Bool { reports.contains { $0.severity == .error } }

  public mutating func append(_ diagnostic: Diagnostic) { reports.append(diagnostic) }
  public mutating func append(contentsOf more: some Sequence<Diagnostic>) { reports.append(contentsOf: more) }
  public mutating func append(contentsOf more: Diagnostics) { reports.append(contentsOf: more.reports) }

  /// At most this many are rendered in full: beyond it a reader would only scroll.
  public static let renderedLimit = 50

  /// All diagnostics as the user reads them, one after the other, without a line break at the end.
  public var rendered: String {
    let all = all
    var blocks = all.prefix(Self.renderedLimit).map(\.rendered)
    if all.count > Self.renderedLimit { blocks.append("... and \(all.count - Self.renderedLimit) more") }
    return blocks.joined(separator: "\n")
  }

  private static func sorted(_ reports: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    var ranks: [Source: Int] = [:]
    var keyed: [(rank: Int, line: Int, column: Int, order: Int, diagnostic: Diagnostic)] = []
    for diagnostic in reports where seen.insert(diagnostic).inserted {
      var rank = 0
      if let source = diagnostic.place?.source {
        let next = ranks.count + 1
        rank = ranks[source] ?? next
        ranks[source] = rank
      }
      keyed.append(
        (rank, diagnostic.place?.line ?? 0, diagnostic.place?.column ?? 0, keyed.count, diagnostic))
    }
    keyed.sort { ($0.rank, $0.line, $0.column, $0.order) < ($1.rank, $1.line, $1.column, $1.order) }
    return keyed.map(\.diagnostic)
  }
}
