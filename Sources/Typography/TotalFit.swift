/// Breaks a paragraph into lines so that all of them together look best.
///
/// D. E. Knuth and M. F. Plass, "Breaking Paragraphs into Lines", Software: Practice and Experience 11 (1981):
/// a line's badness is 100 |r|³, where r is the share of its stretch or shrink that is used; its demerits are
/// (10 + badness)² and what its break costs; the breaks with the least sum are found by dynamic programming.
/// Ragged lines have spaces of one width and, at their loose ends, a stretch of an eighth of the line.
struct TotalFit: Sendable {
  /// A place where lines may end and begin. The first is where the paragraph begins, the last where it ends.
  struct Place: Sendable {
    /// Where the pen stands at the beginning of a line that begins here, in a paragraph set in one line.
    var begin = 0.0
    /// Where it stands at the end of a line that ends here, without spaces and what else is left out there.
    var end = 0.0
    /// What the gaps up to `begin` and to `end` can grow and give way.
    var beginStretch = 0.0
    var endStretch = 0.0
    var beginShrink = 0.0
    var endShrink = 0.0
    /// What a break here costs, on the scale of badness.
    var penalty = 0.0
    /// Whether the line ends with a hyphen, of which two below each other are ugly.
    var isHyphen = false
  }

  var places: [Place]
  var width: Double
  /// Whether lines are spread to the width.
  var isJustified: Bool

  static let linePenalty = 10.0
  /// For neighbors of which one is tight or normal and the other much looser.
  static let contrastDemerits = 10_000.0
  static let doubleHyphenDemerits = 10_000.0
  /// For a last line of less than a fifth of the width.
  static let runtDemerits = 5_000.0
  /// For a single word that is wider than the line.
  static let overfullDemerits = 1e12
  /// No line of text that is worth it has more places to break than this; it bounds the work.
  static let reach = 400

  private static let slack = 1e-9
  /// Even a line without any gap can be compared with others, em.
  private static let leastStretch = 0.05

  /// A line between two places, as it would be set.
  struct Line {
    var demerits: Double
    /// 0 tight, 1 normal, 2 loose, 3 very loose.
    var fitness: Int
  }

  /// The natural width of a line.
  func naturalWidth(_ first: Int, _ last: Int) -> Double { places[last].end - places[first].begin }

  func fits(_ first: Int, _ last: Int) -> Bool {
    let shrink = isJustified ? max(0, places[last].endShrink - places[first].beginShrink) : 0
    return naturalWidth(first, last) - shrink <= width + Self.slack
  }

  /// nil if the line is too wide, unless nothing narrower could begin with it.
  func line(_ first: Int, _ last: Int) -> Line? {
    let isLast = last == places.count - 1
    guard fits(first, last) else {
      return last == first + 1 ? Line(demerits: Self.overfullDemerits, fitness: 1) : nil
    }
    let rest = width - naturalWidth(first, last)
    let ratio: Double
    if rest < 0 {
      ratio = rest / max(1e-12, places[last].endShrink - places[first].beginShrink)
    } else if isLast {
      ratio = 0
    } else if isJustified {
      ratio = rest / (max(0, places[last].endStretch - places[first].beginStretch) + Self.leastStretch)
    } else {
      ratio = rest / max(Self.leastStretch, width / 8)
    }
    let size = abs(ratio)
    let badness = min(1e5, 100 * size * size * size)
    var demerits = (Self.linePenalty + badness) * (Self.linePenalty + badness)
    let penalty = places[last].penalty
    demerits += penalty * penalty
    if isLast, first > 0, naturalWidth(first, last) < width / 5 { demerits += Self.runtDemerits }
    let fitness =
      !isJustified || isLast && ratio == 0 ? 1 : ratio < -0.5 ? 0 : ratio <= 0.5 ? 1 : ratio <= 1 ? 2 : 3
    return Line(demerits: demerits, fitness: fitness)
  }

  /// What two lines that follow each other cost together.
  func demerits(after previous: Int, fitness: Int, at place: Int) -> Double {
    abs(previous - fitness) > 1 ? Self.contrastDemerits : 0
  }

  private struct State {
    var demerits = Double.infinity
    /// The place where the line that ends here begins, and that line's predecessor's fitness.
    var start = -1
    var previous = 0
  }

  /// The places where lines end, in order; the last place is the last of them.
  func breaks() -> [Int] {
    let count = places.count
    guard count > 1 else { return [] }
    // By place and by the fitness of the line that ends there.
    var states = [State](repeating: State(), count: count * 4)
    states[1].demerits = 0
    for last in 1..<count {
      var first = last - 1
      while first >= 0, last - first <= Self.reach {
        if let line = line(first, last) {
          extend(&states, by: line, from: first, to: last)
        } else if isHopeless(first, last) {
          break
        }
        first -= 1
      }
    }
    var ends: [Int] = []
    var place = count - 1
    var fitness = cheapest(states, at: place)
    while place > 0 {
      ends.append(place)
      let state = states[place * 4 + fitness]
      guard state.start >= 0 else { break }
      place = state.start
      fitness = state.previous
    }
    return ends.reversed()
  }

  private func extend(_ states: inout [State], by line: Line, from first: Int, to last: Int) {
    let hyphens = first > 0 && places[first].isHyphen && places[last].isHyphen
    let own = line.demerits + (hyphens ? Self.doubleHyphenDemerits : 0)
    for fitness in 0..<4 {
      var sum = states[first * 4 + fitness].demerits
      guard sum < .infinity else { continue }
      // A paragraph begins as if a normal line stood before it.
      sum += own + demerits(after: fitness, fitness: line.fitness, at: last)
      if sum < states[last * 4 + line.fitness].demerits {
        states[last * 4 + line.fitness] = State(demerits: sum, start: first, previous: fitness)
      }
    }
  }

  private func cheapest(_ states: [State], at place: Int) -> Int {
    var best = 0
    for fitness in 1..<4 where states[place * 4 + fitness].demerits < states[place * 4 + best].demerits {
      best = fitness
    }
    return best
  }

  /// Whether lines that begin still earlier are too wide as well; kerns and margins differ by less than 4 em.
  private func isHopeless(_ first: Int, _ last: Int) -> Bool {
    let shrink = isJustified ? max(0, places[last].endShrink - places[first].beginShrink) : 0
    return naturalWidth(first, last) - shrink > width + 4
  }

  // MARK: Other ways

  /// Each line takes what it can hold.
  func greedyBreaks() -> [Int] { greedyBreaks(width: width) }

  private func greedyBreaks(width: Double) -> [Int] {
    var ends: [Int] = []
    var first = 0
    while first < places.count - 1 {
      var last = first + 1
      while last + 1 < places.count, naturalWidth(first, last + 1) <= width + Self.slack { last += 1 }
      ends.append(last)
      first = last
    }
    return ends
  }

  /// No more lines than needed, and the widest of them as narrow as it can be: they come out even.
  func balancedBreaks() -> [Int] {
    var best = greedyBreaks()
    guard best.count > 1 else { return best }
    var low = 0.0
    var high = width
    for _ in 0..<48 where high - low > 1e-6 {
      let middle = (low + high) / 2
      let breaks = greedyBreaks(width: middle)
      if breaks.count > best.count || breaks.count == best.count && isOverfull(breaks, middle) {
        low = middle
      } else {
        high = middle
        best = breaks
      }
    }
    return best
  }

  private func isOverfull(_ breaks: [Int], _ limit: Double) -> Bool {
    var first = 0
    for last in breaks {
      let width = naturalWidth(first, last)
      // A word that is too wide for the column is as wide in every setting.
      if width > limit + Self.slack, width <= self.width + Self.slack { return true }
      first = last
    }
    return false
  }
}
