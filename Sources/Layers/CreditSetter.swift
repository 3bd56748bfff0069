import Outline
import Raster
import Typography

/// Makes the pieces of a billing block out of its credits: job titles, names, what joins them.
struct CreditSetter {
  var names: CreditStyle
  var roles: CreditStyle
  /// Heights of capitals, in em of the names.
  var capHeight, roleCapHeight: Double
  /// Whether job titles of several words stand in two lines.
  var stacksRoles: Bool
  var capitals: Credits.Capitals
  /// Between a job title and its name, and between words, in em.
  var roleGap, wordGap: Double
  let library: FontSearch

  private(set) var pieces: [CreditPiece] = []
  /// Whether only a word space stands before the piece.
  private(set) var isNarrow: [Bool] = []
  private(set) var problems: [LayerProblems.Problem] = []

  /// The growth of gaps for each em that tracking grows.
  static let gapGrowth = 10.0
  private static let wordGrowth = CreditStyle.wordGrowth

  init(
    names: CreditStyle, roles: CreditStyle, capHeight: Double, roleCapHeight: Double, stacksRoles: Bool,
    capitals: Credits.Capitals, roleGap: Double, wordGap: Double, library: FontSearch
  ) {
    self.names = names
    self.roles = roles
    self.capHeight = capHeight
    self.roleCapHeight = roleCapHeight
    self.stacksRoles = stacksRoles
    self.capitals = capitals
    self.roleGap = roleGap
    self.wordGap = wordGap
    self.library = library
  }

  private mutating func set(_ text: String, _ style: CreditStyle, _ parameter: String) -> CreditPiece {
    var text = text
    if capitals == .all || capitals == .names && !style.isRole { text = text.uppercased() }
    do throws(LayerProblems) {
      return try style.set(text, parameter: parameter, library: library)
    } catch {
      problems += error.problems
      return CreditPiece()
    }
  }

  // MARK: Entries

  /// Appends the pieces of a credit; `number` counts as in the preset, from 0.
  mutating func add(_ credit: Credit, number: Int) {
    let path = "\(Credits.name).\(number)"
    let isBehind = !credit.role.isEmpty && credit.after.isEmpty && BillingPlace.followsNames(credit.role)
    var before = credit.role.isEmpty || isBehind ? nil : role(credit.role, path + ".role", facesLeft: false)
    let after =
      isBehind
      ? role(credit.role, path + ".role", facesLeft: true)
      : credit.after.isEmpty ? nil : role(credit.after, path + ".after", facesLeft: true)
    let join = Join(credit)
    var piece = CreditPiece()
    var narrow = false
    func finish(_ setter: inout CreditSetter) {
      for index in piece.glyphs.indices { piece.glyphs[index].credit = number }
      setter.pieces.append(piece)
      setter.isNarrow.append(narrow)
      piece = CreditPiece()
    }
    if let before, credit.names.isEmpty { piece = before }
    for (index, name) in credit.names.enumerated() {
      let comma = join.comma(after: index, of: credit.names)
      var word = set(name + comma, names, "\(path).names.\(index)")
      // A full-width mark brings the space behind it along.
      if comma == "、" { word.width -= wordGap }
      if let role = before {
        piece = role
        piece.append(word, gap: roleGap, gapGrowth: 1)
        before = nil
      } else if piece.glyphs.isEmpty {
        piece = word
      } else {
        piece.append(word, gap: wordGap, gapGrowth: CreditSetter.wordGrowth)
      }
      guard index + 1 < credit.names.count else { continue }
      switch join.between(index, of: credit.names.count) {
      case .gap:
        finish(&self)
        narrow = false
      case .comma:
        finish(&self)
        narrow = true
      case .name(let text):
        let sign = set(text, names, "\(path).join")
        piece.append(sign, gap: wordGap, gapGrowth: CreditSetter.wordGrowth)
      case .small(let text):
        let words = role(text, "\(path).join", facesLeft: false)
        piece.append(words, gap: wordGap, gapGrowth: CreditSetter.wordGrowth)
      }
    }
    if let after { piece.append(after, gap: roleGap, gapGrowth: 1) }
    finish(&self)
  }

  // MARK: Job titles

  /// A job title, in two lines if it has several words: their capitals reach from the names' baseline to the top of
  /// their capitals.
  private mutating func role(_ text: String, _ parameter: String, facesLeft: Bool) -> CreditPiece {
    let parts = text.split(separator: "\n").map(String.init)
    if parts.count > 1 {
      let first = set(parts[0], roles, parameter)
      let rest = set(parts.dropFirst().joined(separator: " "), roles, parameter)
      return stacked(first, rest, facesLeft: facesLeft)
    }
    let found = problems.count
    let whole = set(text, roles, parameter)
    // What is wrong with the whole is wrong with its halves.
    guard stacksRoles, problems.count == found else { return whole }
    var best: (upper: CreditPiece, lower: CreditPiece)?
    for (upper, lower) in CreditSetter.halves(of: text) {
      let pair = (set(upper, roles, parameter), set(lower, roles, parameter))
      let width = max(pair.0.width, pair.1.width)
      // Of two that are about as wide the one with the longer first line: "a film" / "by".
      guard let last = best, width > max(last.upper.width, last.lower.width) * 1.06 else {
        best = pair
        continue
      }
    }
    return best.map { stacked($0.upper, $0.lower, facesLeft: facesLeft) } ?? whole
  }

  private func stacked(_ upper: CreditPiece, _ lower: CreditPiece, facesLeft: Bool) -> CreditPiece {
    lower.below(upper, rise: capHeight - roleCapHeight, isFlushRight: !facesLeft)
  }

  /// The ways to write a text in two lines: at its spaces, or in the middle of Chinese of four characters and more.
  static func halves(of text: String) -> [(String, String)] {
    let words = text.split(separator: " ")
    if words.count > 1 {
      let splits = (1..<words.count).map {
        (words[..<$0].joined(separator: " "), words[$0...].joined(separator: " "))
      }
      // Letters are as wide as each other, more or less: setting those near the middle tells the best.
      func slant(_ halves: (String, String)) -> Int { abs(halves.0.count - halves.1.count) }
      guard splits.count > 3 else { return splits }
      let middle = splits.indices.min { slant(splits[$0]) < slant(splits[$1]) } ?? 0
      return Array(splits[max(0, middle - 1)...min(splits.count - 1, middle + 1)])
    }
    guard text.count >= 4, text.unicodeScalars.allSatisfy(\.isSquare) else { return [] }
    let middle = text.index(text.startIndex, offsetBy: (text.count + 1) / 2)
    return [(String(text[..<middle]), String(text[middle...]))]
  }
}

/// What stands between the names of a credit.
private struct Join {
  enum Link {
    /// As wide as between credits.
    case gap
    /// After a comma; a line may end here.
    case comma
    /// In the size of the names.
    case name(String)
    /// In the size of job titles.
    case small(String)
  }
  private let link: Link

  /// By custom a team is joined by "&"; a cast, and names in Chinese alone, stand apart.
  init(_ credit: Credit) {
    switch credit.join {
    case nil:
      let isChinese = credit.names.allSatisfy { name in
        name.unicodeScalars.allSatisfy { $0.isSquare || $0.properties.isWhitespace || $0 == "·" }
      }
      link = credit.role.isEmpty || isChinese ? .gap : .name("&")
    case "none": link = .gap
    case ",", "、": link = .comma
    case let text? where text == "&" || text == "+" || text == "·": link = .name(text)
    case let text?: link = .small(text)
    }
  }

  func between(_ index: Int, of count: Int) -> Link {
    if case .gap = link { return .gap }
    return index + 2 < count ? .comma : link
  }

  func comma(after index: Int, of names: [String]) -> String {
    guard index + 1 < names.count, case .comma = between(index, of: names.count) else { return "" }
    let isChinese = [names[index].unicodeScalars.last, names[index + 1].unicodeScalars.first]
      .allSatisfy { $0?.isSquare ?? false }
    return isChinese ? "、" : ","
  }
}
