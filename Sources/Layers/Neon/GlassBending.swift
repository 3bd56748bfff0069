import Catalog
import Outline
import Raster

/// How the lines of letters become glass: what the bender decides, in common to the flat sign and to those of a set.
package struct GlassBending: Parameterized, Hashable {
  package var strands = 1
  package var strandGap = 0.7
  package var bend = 1.1
  package var clearance = 0.4
  package var jumpers = true
  package var supports = 0.9
  package var circuits = 1
  package var deadCircuits: [Int] = []

  /// One circuit for each of the letters a sign may have is enough.
  package static let maximumCircuits = 64

  package static let parameters: [Parameter<GlassBending>] = [
    .init(
      "strands", \.strands, .integer(1...3), "Tubes side by side that draw each stroke; 2 is a double stroke."
    ),
    .init(
      "strand-gap", \.strandGap, .number(0...10, suggested: 0.3...1.5, unit: .times),
      "Between the tubes of a stroke, in diameters."),
    .init(
      "bend", \.bend, .number(0...20, suggested: 0.6...3, unit: .times),
      "Least radius that the glass is bent to, in diameters; 0 leaves corners sharp."),
    .init(
      "clearance", \.clearance, .number(0...10, suggested: 0.2...1, unit: .times),
      "Between the glass of strokes that meet, and between the ends of a loop, in diameters; 0 lets them touch."
    ),
    .init(
      "jumpers", \.jumpers, .flag,
      "Whether glass that is painted black leads behind the letters from stroke to stroke and from letter to letter."
    ),
    .init(
      "supports", \.supports, .number(0...100, suggested: 0.4...2, unit: .em),
      "Length of tube from one glass support to the next; 0 for none, and no boots over the electrodes."),
    .init(
      "circuits", \.circuits, .integer(1...maximumCircuits),
      "Sections that the tubes hang on in series, about equally long from the first letter to the last; a failing one takes all its tubes along."
    ),
    .init(
      "dead-circuits", \.deadCircuits, Codec<Int>.integer(1...maximumCircuits).oneOrMore(0...maximumCircuits),
      "Numbers of circuits that are dark; the first is 1."),
  ]

  package init() {}

  /// What is wrong with the circuits that are named.
  package func check() throws(LayerProblems) {
    for number in deadCircuits where number > circuits {
      throw LayerProblems(
        "dead-circuits", "there is no circuit \(number): the sign has \(circuits)",
        hint: "circuits: \(number) gives it as many")
    }
  }

  /// How wide the tubes of a stroke are together, with a diameter in any unit.
  func width(_ diameter: Double) -> Double { diameter * (1 + Double(strands - 1) * (1 + strandGap)) }

  /// The circuit of each tube, from 0: in their order, about equal lengths of glass to each. A letter hangs on one
  /// circuit, unless there are more circuits than letters.
  package func circuits(of tubes: [Tube]) -> [Int] {
    guard circuits > 1 else { return tubes.map { _ in 0 } }
    let lit = tubes.filter { $0.part == .glass }
    let total = lit.reduce(0) { $0 + $1.length }
    let isWhole = circuits <= Set(lit.map(\.letter)).count
    // Where along all glass the middle of each piece, or letter, lies.
    var before = 0.0
    var spans: [Int: (from: Double, to: Double)] = [:]
    let places = tubes.map { tube -> Double in
      guard tube.part == .glass else { return 0 }
      defer { before += tube.length }
      spans[tube.letter] = (spans[tube.letter]?.from ?? before, before + tube.length)
      return before + tube.length / 2
    }
    return zip(tubes, places).map { tube, place in
      guard tube.part == .glass, total > 0 else { return 0 }
      let span = spans[tube.letter] ?? (place, place)
      let share = (isWhole ? (span.from + span.to) / 2 : place) / total
      return min(circuits - 1, Int(share * Double(circuits)))
    }
  }

  /// The brightness of each tube: that of its letter times that of its circuit, 0 if that is dead.
  package func levels(of tubes: [Tube], letters: [Float], circuit: (Int) -> Float) -> [Float] {
    let dead = Set(deadCircuits.map { $0 - 1 })
    let levels = (0..<circuits).map { dead.contains($0) ? 0 : circuit($0) }
    return zip(tubes, circuits(of: tubes)).map { tube, circuit in
      guard tube.part == .glass else { return 0 }
      return (letters.indices.contains(tube.letter) ? letters[tube.letter] : 1) * levels[circuit]
    }
  }

  /// The mean brightness of each letter's glass, 0 for letters without any.
  package static func means(of tubes: [Tube], levels: [Float], count: Int) -> [Float] {
    var (light, length) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (tube, level) in zip(tubes, levels) where tube.part == .glass && tube.letter < count {
      light[tube.letter] += Double(level) * tube.length
      length[tube.letter] += tube.length
    }
    return zip(light, length).map { $1 > 0 ? Float($0 / $1) : 0 }
  }
}
