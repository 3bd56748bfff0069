/// The candidate that `word` was most likely meant to be, or nil when none is near.
///
/// In this order: the same letters but for case, hyphens and underscores; few slips of the keyboard (letters left
/// out, added, replaced or swapped); a candidate that `word` begins, or that begins `word`. Among equals the first
/// candidate wins.
public func nearest(_ word: String, among candidates: [String]) -> String? {
  // Names are short; a longer word is no slip, and comparing it would take time.
  let letters = folded(word.prefix(65))
  guard !letters.isEmpty, letters.count <= 64 else { return nil }

  // One slip in three letters, at most three: more, and every short name is near every other.
  let limit = min(3, max(1, letters.count / 3))
  var best: (name: String, distance: Int, sameStart: Bool)?
  var extended: String?
  for candidate in candidates {
    let other = folded(candidate.prefix(65))
    guard !other.isEmpty, other.count <= 64 else { continue }
    if other == letters { return candidate }
    if extended == nil, min(letters.count, other.count) >= 3,
      other.starts(with: letters) || letters.starts(with: other)
    {
      extended = candidate
    }
    guard abs(other.count - letters.count) <= limit else { continue }
    let distance = editDistance(letters, other)
    let sameStart = other.first == letters.first
    // A name with no letter in common is not near, however short.
    guard distance <= limit, distance < max(letters.count, other.count) else { continue }
    if let current = best,
      (current.distance, current.sameStart ? 0 : 1) <= (distance, sameStart ? 0 : 1)
    {
      continue
    }
    best = (candidate, distance, sameStart)
  }
  return best?.name ?? extended
}

/// The hint `did you mean 'radius'?`, or nil when no candidate is near `word`.
public func suggestion(for word: String, among candidates: [String]) -> String? {
  nearest(word, among: candidates).map { "did you mean \(Diagnostic.quote($0))?" }
}

/// Letters without case, hyphens, underscores and spaces.
private func folded(_ word: Substring) -> [Character] {
  word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
}

/// The number of letters to leave out, add, replace or swap with their neighbor to make `a` into `b`: the
/// Damerau-Levenshtein distance in its restricted form (optimal string alignment).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, beforeLast[j - 1] + 1) }
      row.append(distance)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
