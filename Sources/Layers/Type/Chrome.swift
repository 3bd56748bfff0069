import Catalog
import Markup
import Outline
import Raster

/// Lettering of polished metal as airbrushed in the eighties: it mirrors a sky that brightens towards a horizon, and
/// the dark ground below it, with a bright lower edge, and a bevel all round.
struct Chrome: Hashable, Sendable {
  enum Style: String, CaseIterable, Sendable { case dusk, steel, gold }
  /// The key that names it among fills.
  static let key = "chrome"

  var style = Style.dusk
  /// Where the horizon lies in the height of the letters.
  var horizon = 0.52
  /// The bevel's width, em.
  var bevel = 0.022
  /// The strength of the light that glints on a few letters.
  var sparkle = 0.0

  /// The sky from the letters' top to the horizon, the ground from there, both as 0…1, and the bevel.
  private var colors: (sky: [(Double, String)], ground: [(Double, String)], bevel: [(Double, String)]) {
    switch style {
    case .dusk:
      (
        [(0, "#141450"), (0.4, "#3d5fd0"), (0.78, "#9fd0ff"), (1, "#ffffff")],
        [(0, "#12041c"), (0.22, "#4a1048"), (0.6, "#d8407e"), (0.88, "#ffb2a0"), (1, "#fff2dc")],
        [(0, "#ffffff"), (0.35, "#a8c4ff"), (0.5, "#3a3a86"), (0.75, "#e08ac0"), (1, "#ffffff")]
      )
    case .steel:
      (
        [(0, "#1a2634"), (0.45, "#5f7c98"), (0.8, "#c4d8e6"), (1, "#ffffff")],
        [(0, "#0a0d12"), (0.2, "#26303a"), (0.6, "#7a8a98"), (0.88, "#d4dee6"), (1, "#ffffff")],
        [(0, "#ffffff"), (0.4, "#9fb0be"), (0.52, "#2c3844"), (0.8, "#aebcc8"), (1, "#ffffff")]
      )
    case .gold:
      (
        [(0, "#3a1c04"), (0.4, "#b06a12"), (0.78, "#ffd878"), (1, "#fffbe8")],
        [(0, "#1c0a02"), (0.2, "#5a2c06"), (0.6, "#d8912a"), (0.88, "#ffe49a"), (1, "#fffbe0")],
        [(0, "#fff6d0"), (0.35, "#ffce60"), (0.5, "#6a3a08"), (0.78, "#e8a838"), (1, "#fffbe8")]
      )
    }
  }

  private static func stops(_ colors: [(Double, String)], from: Double, to: Double) -> [RampStop] {
    colors.map { RampStop(from + (to - from) * $0.0, LinearColor(hex: $0.1)) }
  }

  /// What the faces mirror, over the height of a line.
  var face: Paint {
    let colors = colors
    return .gradient(
      GradientPaint(
        stops: Chrome.stops(colors.sky, from: 0, to: horizon)
          + Chrome.stops(colors.ground, from: horizon, to: 1)))
  }

  /// What the bevel mirrors.
  var edge: Paint { .gradient(GradientPaint(stops: Chrome.stops(colors.bevel, from: 0, to: 1))) }

  /// The fine dark line between both.
  var groove: LinearColor { (colors.ground.first.map { LinearColor(hex: $0.1) } ?? .black) }

  var meanColor: LinearColor { edge.meanColor }
}

extension LinearColor {
  /// A color of this program's own tables: `#rrggbb`.
  fileprivate init(hex: String) {
    let value = Int(hex.dropFirst(), radix: 16) ?? 0
    self.init(
      coded: Double(value >> 16 & 255) / 255, Double(value >> 8 & 255) / 255, Double(value & 255) / 255)
  }
}

extension Reader {
  /// `{chrome: dusk, horizon: 0.5, bevel: 0.02, sparkle: 1}`.
  mutating func chrome(_ node: Node, style: Node) -> (@Sendable (Moment) -> Chrome)? {
    let numbers:
      [(name: String, legal: ClosedRange<Double>, set: WritableKeyPath<Chrome, Double> & Sendable)] = [
        ("horizon", 0...1, \.horizon), ("bevel", 0...0.2, \.bevel), ("sparkle", 0...10, \.sparkle),
      ]
    let fields = fields(node, required: [Chrome.key], optional: numbers.map { $0.name }, of: "chrome")
    guard let name = choice(style, among: Chrome.Style.allCases.map { $0.rawValue }),
      let style = Chrome.Style(rawValue: name), let fields
    else { return nil }
    var motions: [(set: WritableKeyPath<Chrome, Double> & Sendable, motion: Motion)] = []
    for number in numbers {
      guard let node = fields[number.name] else { continue }
      guard let motion = motion(node, NumberRule(number.legal, .percent)) else { return nil }
      motions.append((number.set, motion))
    }
    let complete = motions
    return { moment in
      var chrome = Chrome(style: style)
      for (set, motion) in complete { chrome[keyPath: set] = motion.value(at: moment) }
      return chrome
    }
  }
}
