import Catalog
import Raster
import Stage

/// The impossible city: gates, slits, obelisks, rings and spires about an axis, in four depths of mist.
public struct Monoliths: Prop {
  public static let name = "monoliths"
  public static let summary =
    "The impossible city: floating lintels, slit towers, obelisks, ziggurats, rings and spires about an axis."

  var glow: Float = 1
  var variety: Float = 0.6
  var symmetry: Float = 0.6
  var distance: Float = 1
  var gate = true
  var center = true
  var glowColor = LinearColor(0.10, 0.75, 0.72)
  var line = LinearColor(1, 0.36, 0.10)
  var lineLight: Float = 14
  var secondLine = LinearColor(0.2, 0.9, 0.9)
  var secondLight: Float = 1.5

  public static let parameters: [Parameter<Monoliths>] = [
    .init("monoliths", \.glow, .number(0...20, suggested: 0...2), "Strength of all lights of the city."),
    .init(
      "variety", \.variety, .number(0...1),
      "How many kinds of forms there are, and how far they stray from a grid."),
    .init(
      "symmetry", \.symmetry, .number(0...1), "1 makes the left side the exact mirror image of the right."),
    .init("distance", \.distance, .number(0.2...5, suggested: 0.6...1.6), "Factor on all distances."),
    .init("gate", \.gate, .flag, "Whether the gate with the floating lintel stands at 75 m."),
    .init("center", \.center, .flag, "Whether the tower with the slit of light stands at 95 m."),
    .init("glow-color", \.glowColor, .color, "Color of the glow behind everything."),
    .init("line", \.line, .color, "Color of the slit."),
    .init("line-light", \.lineLight, .number(0...200, suggested: 0...20), "Strength of the slit."),
    .init("second-line", \.secondLine, .color, "Color of the lines in obelisks."),
    .init("second-light", \.secondLight, .number(0...200, suggested: 0...4), "Strength of those lines."),
  ]

  public init() {}

  /// A place beside the axis, for a form on either side.
  private struct Plot {
    var z: Float
    var x: Float
    var width: Float
    var height: Float
    /// What may stand here; the first where there is no variety.
    var forms: [MonolithForm]
    var isLit = false
  }

  private static let plots: [Plot] = [
    // Far: silhouettes that the mist nearly takes.
    Plot(z: 336, x: 155, width: 45, height: 84, forms: [.spire, .spire, .obelisk]),
    Plot(z: 318, x: 238, width: 40, height: 66, forms: [.spire, .blades, .spire]),
    Plot(z: 290, x: 84, width: 60, height: 68, forms: [.ring, .ring, .spire]),
    Plot(z: 344, x: 44, width: 11, height: 58, forms: [.slab, .obelisk, .slab]),
    // Middle.
    Plot(z: 213, x: 121, width: 26, height: 55, forms: [.obelisk, .obelisk, .spire, .slab]),
    Plot(z: 174, x: 70, width: 34, height: 40, forms: [.obelisk, .ziggurat, .blades, .ziggurat, .blades]),
    Plot(z: 150, x: 38, width: 9.5, height: 37.5, forms: [.obelisk], isLit: true),
  ]

  public func build(in set: inout SetBuilder) {
    let seed = set.seed.derived("monoliths")
    let edge = glowColor.light * (0.55 * glow)
    for (number, plot) in Monoliths.plots.enumerated() {
      let right = monument(plot, seed.derived("right").derived(number), edge)
      var left = right
      left.foot.x = -right.foot.x
      left.side = -right.side
      left.isMirrored = true
      if symmetry < 1 {
        // On its way from the mirror image to one of its own: the form turns over at once, the rest moves.
        let own = monument(plot, seed.derived("left").derived(number), edge)
        let loose = 1 - max(0, symmetry)
        if Float(seed.derived("turn").unit(number)) < loose {
          left.form = own.form
          left.seed = own.seed
          left.isMirrored = false
        }
        left.foot.x += (-own.foot.x - left.foot.x) * loose
        left.foot.z += (own.foot.z - left.foot.z) * loose
        left.width += (own.width - left.width) * loose
        left.height += (own.height - left.height) * loose
      }
      right.raise(in: &set)
      left.raise(in: &set)
    }
    axis(in: &set, seed, edge)
    lights(in: &set)
  }

  private func monument(_ plot: Plot, _ seed: Seed, _ edge: Vector) -> Monument {
    let stray = 0.16 * variety
    func near(_ index: Int) -> Float { 1 + stray * Float(2 * seed.unit(index) - 1) }
    let kinds = max(1, Int((Float(plot.forms.count) * variety + 0.6).rounded(.down)))
    let choices = variety > 0 ? plot.forms.prefix(max(kinds, 1)) : plot.forms.prefix(1)
    let form = choices[min(choices.count - 1, Int(seed.unit(0) * Double(choices.count)))]
    let isLit = plot.isLit && form == .obelisk
    return Monument(
      form: form, foot: Vector(plot.x * near(1), 0, plot.z * distance * near(2)), width: plot.width * near(3),
      height: plot.height * near(4), line: isLit ? secondLine.light * (secondLight * glow) : Vector(0, 0, 0),
      hasLights: false, edge: edge, side: -0.9, isMirrored: false, seed: seed.derived("form"))
  }

  /// What stands on the axis: ring, slit and gate, one within the other.
  private func axis(in set: inout SetBuilder, _ seed: Seed, _ edge: Vector) {
    func raise(_ form: MonolithForm, z: Float, width: Float, height: Float, line: Vector, lights: Bool) {
      Monument(
        form: form, foot: Vector(0, 0, z * distance), width: width, height: height, line: line,
        hasLights: lights,
        edge: edge, side: 0, isMirrored: false, seed: seed.derived(form.rawValue)
      ).raise(in: &set)
    }
    raise(.ring, z: 250, width: 64, height: 62, line: Vector(0, 0, 0), lights: false)
    if center {
      raise(
        .slit, z: 95, width: 8.5, height: 25, line: line.light * (lineLight * glow),
        lights: glow > 0 && lineLight > 0)
    }
    if gate { raise(.gate, z: 75, width: 34, height: 19.5, line: line.light * glow, lights: false) }
  }

  /// The warm light before the slit, and the glow beyond the city.
  private func lights(in set: inout SetBuilder) {
    guard glow > 0 else { return }
    if lineLight > 0 {
      var warm = Light(
        position: Vector(0, 3.2, 60 * distance), color: line.light * (75 * glow * lineLight / 14))
      warm.softness = 1
      warm.halo = 1.5
      warm.haze = 0.7
      warm.castsShadow = true
      set.add(warm)
    }
    var far = Light(position: Vector(0, 14, 190 * distance), color: glowColor.light * (420 * glow))
    far.softness = 4
    far.halo = 900
    set.add(far)
  }
}
