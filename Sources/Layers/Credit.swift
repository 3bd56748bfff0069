import Catalog
import Markup

/// One entry of a billing block: who did what.
///
/// Any of it may be empty, but not all: a cast has no role, "and introducing" may stand without a name.
public struct Credit: Hashable, Sendable {
  /// Small words before the names, or behind them if they are of that kind ("presents").
  var role = ""
  var names: [String] = []
  /// What joins the names; nil leaves it to custom.
  var join: String?
  /// Small words behind the names.
  var after = ""
  /// The film's title.
  var isTitle = false

  /// The place in the order of billing, if it can be told.
  var place: BillingPlace? {
    if isTitle { return .title }
    if role.isEmpty { return after.isEmpty ? .cast : BillingPlace(role: after) }
    return BillingPlace(role: role) ?? BillingPlace(role: after)
  }
}

extension [Credit] {
  /// In the trade's order. Credits of one place keep theirs, and one with an unknown role stays behind the one that
  /// it follows.
  var inOrderOfBilling: [Int] {
    var last = BillingPlace.presentation
    let places = map { credit in
      last = credit.place ?? last
      return last
    }
    return indices.sorted { (places[$0], $0) < (places[$1], $1) }
  }
}

extension Codec where Value == [Credit] {
  /// The entries of a billing block.
  static var credits: Codec<[Credit]> {
    let form = Form.list(
      of: .structure("a name, {ROLE: NAME or [NAMES]}, {title: TEXT} or {role, names, join, after}"),
      count: 1...Credit.mostEntries)
    return Codec(
      form: form,
      still: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        guard let items = reader.items(node, count: 1...Credit.mostEntries, due: "a list of credits") else {
          return nil
        }
        let credits = items.enumerated().map { reader.credit($1, number: $0) }
        guard credits.allSatisfy({ $0 != nil }) else { return nil }
        let complete = credits.compactMap { $0 }
        let letters = complete.reduce(0) { sum, credit in
          (credit.names + [credit.role, credit.after]).reduce(sum) { $0 + $1.unicodeScalars.count }
        }
        let names = complete.reduce(0) { $0 + $1.names.count }
        guard names <= Credit.mostNames else {
          reader.error(
            "these credits have \(names) names; a billing block may have \(Credit.mostNames)", at: node.place)
          return nil
        }
        guard letters <= Credit.mostLetters else {
          reader.error(
            "these credits have \(letters) letters; a billing block may have \(Credit.mostLetters)",
            at: node.place)
          return nil
        }
        return complete
      },
      text: { "[\($0.map(\.text).joined(separator: ", "))]" })
  }
}

extension Credit {
  /// More is no billing block, and would take long to set.
  static let mostEntries = 400
  static let mostNames = 1000
  static let mostLetters = 20_000
  private static let longestText = 400

  fileprivate static let keys = ["role", "names", "join", "after", "title"]

  /// As a preset would write it.
  fileprivate var text: String {
    func quoted(_ text: String) -> String { "\"\(text)\"" }
    if isTitle { return "{title: \(quoted(names.first ?? ""))}" }
    var parts: [String] = []
    if !role.isEmpty { parts.append("role: \(quoted(role))") }
    if !names.isEmpty { parts.append("names: [\(names.map(quoted).joined(separator: ", "))]") }
    if let join { parts.append("join: \(quoted(join))") }
    if !after.isEmpty { parts.append("after: \(quoted(after))") }
    return "{\(parts.joined(separator: ", "))}"
  }

  fileprivate static func isLong(_ text: String) -> Bool { text.unicodeScalars.count > longestText }
}

extension Reader {
  /// One credit, or nil (complained of).
  fileprivate mutating func credit(_ node: Node, number: Int) -> Credit? {
    guard let node = resolved(node) else { return nil }
    note(part: "\(number)", at: node.place)
    switch node.content {
    case .mapping(let pairs): return credit(pairs, at: node.place, number: number)
    case .scalar, .sequence:
      var credit = Credit()
      guard let names = creditNames(node, number: number) else { return nil }
      credit.names = names
      return credit
    case .null:
      error("this credit is empty", at: node.place, hint: emptyHint(node))
      return nil
    }
  }

  private mutating func credit(_ pairs: [Node.Pair], at place: Place, number: Int) -> Credit? {
    var credit = Credit()
    var isRight = true
    func given(_ key: String) -> Node.Pair? { pairs.first { $0.key.scalarText == key } }
    /// Puts a text, or notes that something is wrong.
    func take<T>(_ value: T?, _ put: (T) -> Void) {
      if let value { put(value) } else { isRight = false }
    }
    let strangers = pairs.filter { !Credit.keys.contains($0.key.scalarText ?? "") }
    guard
      let roleKey = roleKey(
        strangers, isSpelledOut: ["role", "names", "title"].contains { given($0) != nil })
    else { return nil }
    var names = given("names")
    if let pair = roleKey {
      // `directed by: [A, B]`: the key is the role.
      take(creditText(pair.key, "a role", part: "\(number).role")) { credit.role = $0 }
      names = pair
    }
    if let pair = given("role") {
      take(creditText(pair.value, "a role", part: "\(number).role")) { credit.role = $0 }
    }
    if let pair = given("after") {
      take(creditText(pair.value, "a text", part: "\(number).after")) { credit.after = $0 }
    }
    if let pair = given("join") {
      take(creditText(pair.value, "a word that joins names", part: "\(number).join")) { credit.join = $0 }
    }
    if let title = given("title") {
      for pair in pairs where pair.key.scalarText != "title" {
        error("'\(pair.key.scalarText ?? "")' has no meaning beside 'title'", at: pair.key.place)
        isRight = false
      }
      take(creditText(title.value, "a title", part: "\(number).names.0")) { credit.names = [$0] }
      credit.isTitle = true
    }
    if let names {
      take(creditNames(names.value, number: number)) { credit.names = $0 }
    }
    guard isRight else { return nil }
    if credit.names.isEmpty {
      // Words without names: "and introducing" may stand alone, "directed by" must not.
      guard !credit.role.isEmpty, credit.after.isEmpty, credit.join == nil,
        [nil, .cast].contains(BillingPlace(role: credit.role))
      else {
        error(
          credit.role.isEmpty ? "a credit needs 'names'" : "the credit '\(credit.role)' needs 'names'",
          at: place,
          hint: "write {\(credit.role.isEmpty ? "directed by" : credit.role): [A NAME, ANOTHER]}")
        return nil
      }
    }
    return credit
  }

  /// The pair whose key is a role by itself, nil within if there is none; nil if keys are wrong (complained of).
  private mutating func roleKey(_ strangers: [Node.Pair], isSpelledOut: Bool) -> Node.Pair?? {
    guard let first = strangers.first else { return .some(nil) }
    func near(_ key: String) -> String? {
      nearest(key, among: Credit.keys).flatMap { abs($0.count - key.count) <= 2 ? $0 : nil }
    }
    guard !isSpelledOut else {
      for pair in strangers {
        let key = pair.key.scalarText ?? ""
        error(
          "a credit has no '\(key)'", at: pair.key.place,
          hint: near(key).map { "did you mean '\($0)'?" } ?? "it knows \(Credit.keys.joined(separator: ", "))"
        )
      }
      return nil
    }
    guard strangers.count == 1 else {
      error(
        "one credit has one role, but '\(first.key.scalarText ?? "")' and '\(strangers[1].key.scalarText ?? "")' are two",
        at: strangers[1].key.place, hint: "begin a new credit with a hyphen")
      return nil
    }
    if let key = first.key.scalarText, BillingPlace(role: key) == nil, let field = near(key) {
      error(
        "a credit has no '\(key)'", at: first.key.place,
        hint: "did you mean '\(field)'? A role of that name is written {role: \(key), names: …}")
      return nil
    }
    return .some(first)
  }

  /// One name or a list of names; a reference may stand for a list.
  private mutating func creditNames(_ node: Node, number: Int) -> [String]? {
    guard let node = resolved(node) else { return nil }
    guard case .sequence(let items) = node.content else {
      return creditText(node, "a name", part: "\(number).names.0").map { [$0] }
    }
    guard !items.isEmpty else {
      error("this list of names is empty", at: node.place)
      return nil
    }
    var names: [String] = []
    var isRight = true
    for item in items {
      guard let item = resolved(item) else {
        isRight = false
        continue
      }
      for part in item.items ?? [item] {
        if let name = creditText(part, "a name", part: "\(number).names.\(names.count)") {
          names.append(name)
        } else {
          isRight = false
        }
      }
    }
    return isRight ? names : nil
  }

  /// A text that shows something, with single spaces; a role may keep one line break.
  private mutating func creditText(_ node: Node, _ what: String, part: String) -> String? {
    guard !node.isNull || node.scalarText != nil else {
      error("\(what) is due here, but this is empty", at: node.place, hint: emptyHint(node))
      return nil
    }
    guard let text = text(node) else { return nil }
    note(part: part, at: node.place)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
    guard !lines.isEmpty else {
      error("\(what) is due here, but this is empty", at: node.place)
      return nil
    }
    guard !Credit.isLong(text) else {
      error("this has \(text.unicodeScalars.count) characters: too many for \(what)", at: node.place)
      return nil
    }
    return lines.joined(separator: what == "a role" || what == "a text" ? "\n" : " ")
  }
}
