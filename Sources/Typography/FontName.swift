/// How the names of fonts are compared.
enum FontName {
  /// Longer names are cut: no font has one, and comparing takes the square of the length.
  static let maximumLength = 128

  /// Letters and digits alone, without case: "Bebas Neue", "bebas-neue" and "BebasNeue" are one name.
  static func key(_ name: some StringProtocol) -> String {
    var key = String.UnicodeScalarView()
    for scalar in name.unicodeScalars.prefix(maximumLength) {
      let properties = scalar.properties
      guard properties.isAlphabetic || properties.numericType != nil else { continue }
      key.append(contentsOf: properties.lowercaseMapping.unicodeScalars)
    }
    return String(key)
  }

  /// The names of weights in CSS and OpenType, by key.
  static let weights: [String: Int] = [
    "thin": 100, "hairline": 100, "extralight": 200, "ultralight": 200, "light": 300, "book": 400,
    "regular": 400, "normal": 400, "roman": 400, "medium": 500, "semibold": 600, "demibold": 600, "demi": 600,
    "bold": 700, "extrabold": 800, "ultrabold": 800, "black": 900, "heavy": 900,
  ]

  /// A weight by its name or by its number in hundreds.
  static func weight(_ key: some StringProtocol) -> Int? {
    if let weight = weights[String(key)] { return weight }
    guard key.utf8.count == 3, let number = Int(key), number % 100 == 0, number > 0 else { return nil }
    return number
  }

  /// How many letters must be put in, left out, replaced or swapped with their neighbor to make `b` of `a`
  /// (optimal string alignment).
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      row.reserveCapacity(b.count + 1)
      for j in 1...b.count {
        var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, beforeLast[j - 2] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }

  /// Up to three of the names that look like the one asked for, best first.
  static func nearest(to name: String, among names: [String]) -> [String] {
    let wanted = key(name)
    guard !wanted.isEmpty else { return [] }
    var seen: Set<String> = []
    var candidates: [(score: Int, name: String)] = []
    for candidate in names where seen.insert(candidate).inserted {
      let key = key(candidate)
      let distance = distance(wanted, key)
      if distance <= max(2, wanted.unicodeScalars.count / 3) {
        candidates.append((distance, candidate))
      } else if key.unicodeScalars.count >= 3, wanted.unicodeScalars.count >= 3,
        key.contains(wanted) || wanted.contains(key)
      {
        // A name with too much or too little of it comes after misspellings.
        candidates.append((100 + distance, candidate))
      }
    }
    return candidates.sorted { ($0.score, $0.name) < ($1.score, $1.name) }.prefix(3).map(\.name)
  }
}
