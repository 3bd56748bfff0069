import Catalog
import Outline
import Raster

/// How letters differ from each other by chance: rows that slipped, gaps, letters out of line, lamps that fail.
///
/// Everything comes from the layer's seed and from the number of the row or of the letter, so that another letter at
/// the end changes nothing about the others. All of it is cut out of the outlines: edges are as smooth as those of the
/// letters, at every size.
struct LetterWear: Parameterized, Hashable {
  var tears = 0
  var tearHeight = 0.025
  var tearShift = 0.07
  var tearZone = [0.1, 0.9]
  var slits = 0
  var slitHeight = 0.022
  var slitZone = [0.66, 1.0]
  var wornLetters: [Int] = []
  var jitter = 0.0
  var jitterAngle = 0.0
  var jitterSize = 0.0
  var flicker = 0.0
  var misprint = 0.0

  static let parameters: [Parameter<LetterWear>] = [
    .init("tears", \.tears, .integer(0...200), "How many thin rows of each line have slipped aside."),
    .init(
      "tear-height", \.tearHeight, .number(0...1, suggested: 0.01...0.06, unit: .em),
      "About how high such a row is."),
    .init(
      "tear-shift", \.tearShift, .number(0...10, suggested: 0.02...0.2, unit: .em),
      "How far it slips at most."),
    .init(
      "tear-zone", \.tearZone, Codec<Double>.number(-1...2, suggested: 0...1).list(2...2),
      "The part of the letters' height in which rows slip, from the top: [0.5, 1] is the lower half."),
    .init("slits", \.slits, .integer(0...200), "How many thin gaps go through each line."),
    .init(
      "slit-height", \.slitHeight, .number(0...1, suggested: 0.01...0.05, unit: .em),
      "How high the largest gap is; they grow downward."),
    .init(
      "slit-zone", \.slitZone, Codec<Double>.number(-1...2, suggested: 0...1).list(2...2),
      "The part of the letters' height that has gaps, from the top: [0.66, 1] is the lowest third."),
    .init(
      "worn-letters", \.wornLetters, Codec<Int>.integer(1...2000).oneOrMore(0...2000),
      "Numbers of the letters that tears and slits go through, spaces not counted; all if there are none."),
    .init(
      "jitter", \.jitter, .number(0...10, suggested: 0...0.1, unit: .em),
      "How far letters stand out of line at most."),
    .init(
      "jitter-angle", \.jitterAngle, .angle(0...180), "How far letters are turned at most, to either side."),
    .init(
      "jitter-size", \.jitterSize, .number(0...0.9, suggested: 0...0.2),
      "How much larger or smaller than the others a letter may be."),
    .init("flicker", \.flicker, .number(0...1), "How much and how often single letters fail for a moment."),
    .init(
      "misprint", \.misprint, .number(-1...1, suggested: 0...0.03, unit: .em),
      "How far the red part of the letters' color lies to the left, and the blue part to the right."),
  ]

  init() {}

  /// Complains of letters that there are not.
  func check(_ letters: [TypeLetter]) throws(LayerProblems) {
    let count = (letters.map { $0.number }.max() ?? -1) + 1
    for number in wornLetters where number > count && count > 0 {
      throw LayerProblems("worn-letters", "there is no letter \(number): the text has \(count)")
    }
    for (name, zone) in [("tear-zone", tearZone), ("slit-zone", slitZone)]
    where zone.count != 2 || zone[0] > zone[1] {
      throw LayerProblems(name, "a zone is its upper and its lower end, in this order")
    }
  }

  // MARK: Shape

  /// The letters out of line.
  ///
  /// - Parameter em: in the unit of the letters.
  func moved(_ letters: [TypeLetter], em: Double, seed: Seed) -> [TypeLetter] {
    guard jitter > 0 || jitterAngle > 0 || jitterSize > 0 else { return letters }
    return letters.map { letter in
      var letter = letter
      move(&letter, em: em, seed: seed)
      return letter
    }
  }

  /// What tears and slits do to the letters, and to all that is drawn along them.
  func cuts(through letters: [TypeLetter], em: Double, seed: Seed) -> Cuts {
    guard tears > 0 || slits > 0 else { return Cuts() }
    var zones: [Int: Rect] = [:]
    for letter in letters {
      zones[letter.line] = (zones[letter.line] ?? .null).union(letter.path.bounds)
    }
    var cuts = Cuts(letters: Set(wornLetters.map { $0 - 1 }))
    for (line, zone) in zones {
      cuts.rows[line] = rows(in: zone, em: em, seed: seed.derived("rows").derived(line))
    }
    return cuts
  }

  /// The rows of each line that have slipped or are gone.
  struct Cuts: Sendable {
    fileprivate var rows: [Int: [Row]] = [:]
    /// The letters that they go through; all if there are none.
    fileprivate var letters: Set<Int> = []

    fileprivate init(letters: Set<Int> = []) { self.letters = letters }

    var isEmpty: Bool { rows.isEmpty }

    /// A path that belongs to a letter, cut as that is. Curves become lines, no further from them than `tolerance`.
    func applied(to path: Path, of letter: TypeLetter, tolerance: Double) -> Path {
      guard letters.isEmpty || letters.contains(letter.number), let rows = rows[letter.line] else {
        return path
      }
      return path.cut(by: rows, tolerance: tolerance)
    }
  }

  private func move(_ letter: inout TypeLetter, em: Double, seed: Seed) {
    let seed = seed.derived("jitter").derived(letter.number)
    func spread(_ index: Int) -> Double { 2 * seed.unit(index) - 1 }
    let box = letter.path.bounds
    let middle = Point((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
    let size = 1 + jitterSize * spread(3)
    letter.path = letter.path.transformed(
      by: Affine.translation(-middle.x, -middle.y).then(.scale(size, size))
        .then(.rotation(degrees: jitterAngle * spread(2)))
        .then(.translation(middle.x + jitter * em * spread(0), middle.y + jitter * em * spread(1))))
  }

  /// A row of a line that has slipped, or is gone.
  struct Row: Hashable, Sendable {
    var top, bottom: Double
    /// nil for a gap.
    var shift: Double?
  }

  private func rows(in zone: Rect, em: Double, seed: Seed) -> [Row] {
    guard !zone.isNull, tearZone.count == 2, slitZone.count == 2 else { return [] }
    var rows: [Row] = []
    for i in 0..<tears {
      let seed = seed.derived("tear").derived(i)
      // Spread evenly enough that no two meet as a rule.
      let place = (Double(i) + 0.15 + 0.7 * seed.unit(0)) / Double(tears)
      let height = tearHeight * em * (0.6 + 0.8 * seed.unit(1))
      let shift = tearShift * em * (0.45 + 0.55 * seed.unit(2)) * (seed.unit(3) < 0.5 ? -1 : 1)
      let middle = zone.minY + (tearZone[0] + (tearZone[1] - tearZone[0]) * place) * zone.height
      rows.append(Row(top: middle - height / 2, bottom: middle + height / 2, shift: shift))
    }
    let (from, to) = (slitZone[0], slitZone[1])
    for i in 0..<slits {
      let seed = seed.derived("slit").derived(i)
      let share = (Double(i) + 0.5 + 0.3 * (seed.unit(0) - 0.5)) / Double(slits)
      let height =
        slitHeight * em * (0.45 + 0.55 * Double(i + 1) / Double(slits)) * (0.85 + 0.3 * seed.unit(1))
      let middle = zone.minY + (from + (to - from) * share) * zone.height
      rows.append(Row(top: middle - height / 2, bottom: middle + height / 2, shift: nil))
    }
    return rows
  }

  // MARK: Light

  /// The brightness of a letter at the moment, 0…1, in sixteenths: letters of one brightness are drawn together.
  func level(ofLetter number: Int, seed: Seed, at moment: Moment) -> Double {
    guard flicker > 0 else { return 1 }
    // A lamp that fails drops out for single steps of the mains' hum.
    let motion = Motion.flicker(
      low: 1 - flicker, high: 1, rate: 14, steady: 1 - 0.45 * flicker,
      seed: seed.derived("flicker").derived(number))
    return (motion.value(at: moment) * 16).rounded() / 16
  }
}

extension Path {
  /// The path with rows moved aside or taken out; where rows overlap, gaps win, then later ones.
  fileprivate func cut(by rows: [LetterWear.Row], tolerance: Double) -> Path {
    let box = bounds
    let rows = rows.filter { $0.bottom > box.minY && $0.top < box.maxY && $0.bottom > $0.top }
    guard !box.isNull, !rows.isEmpty else { return self }
    var edges = rows.flatMap { [$0.top, $0.bottom] }.filter { $0 > box.minY && $0 < box.maxY }
    edges = [box.minY - 1] + Set(edges).sorted() + [box.maxY + 1]
    var result = Path()
    for (top, bottom) in zip(edges, edges.dropFirst()) {
      let middle = (top + bottom) / 2
      let there = rows.filter { $0.top < middle && $0.bottom > middle }
      if there.contains(where: { $0.shift == nil }) { continue }
      let part = clipped(fromY: top, toY: bottom, tolerance: tolerance)
      result.append(part.transformed(by: .translation(there.last?.shift ?? 0, 0)))
    }
    return result
  }
}
