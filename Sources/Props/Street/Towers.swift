import Catalog
import Raster
import Stage

/// Towers strewn over a region: a city behind the street.
public struct Towers: Prop {
  public static let name = "towers"
  public static let summary = "Towers strewn over a region, windows by the thousand: a city far off."

  var count = 24
  var from: Float = 130
  var to: Float = 380
  var left: Float = -120
  var right: Float = 120
  var height: [Float] = [30, 110]
  var width: [Float] = [8, 22]
  var lit: Float = 0.35
  var warm: Float = 0.4
  var tint = LinearColor(1, 0.22, 0.55)
  var glow: Float = 2
  var masts: Float = 0.45
  var beacon: Float = 1
  var breath: Float = 0
  var breathLength: Float = 40
  var breathPeriod: Double = 5

  public static let parameters: [Parameter<Towers>] = [
    .init("towers", \.count, .integer(0...600), "How many there are."),
    .init("from", \.from, .meters(-10_000...10_000, suggested: 60...300), "Nearest, from the camera."),
    .init("to", \.to, .meters(-10_000...10_000, suggested: 100...600), "Farthest, from the camera."),
    .init("left", \.left, .meters(-10_000...10_000), "Left end of the region."),
    .init("right", \.right, .meters(-10_000...10_000), "Right end of the region."),
    .init(
      "height", \.height, Codec<Float>.meters(0...2000, suggested: 10...200).list(2...2),
      "The lowest and the highest; those in the middle of the region are higher."),
    .init(
      "width", \.width, Codec<Float>.meters(0...1000, suggested: 6...40).list(2...2),
      "The slimmest and the widest."),
    .init("lit", \.lit, .number(0...1), "Share of the windows that are lit."),
    .init("warm", \.warm, .number(0...1), "Share of the lit windows that are warm; the others are cool."),
    .init("tint", \.tint, .color, "Color of the rare window that is neither."),
    .init("glow", \.glow, .number(0...100, suggested: 0...6), "Factor on the light of the windows."),
    .init("masts", \.masts, .number(0...1), "Share of the towers with masts."),
    .init("beacon", \.beacon, .number(0...100, suggested: 0...3), "Light of the red lamps on the masts."),
    .init(
      "breath", \.breath, .number(0...0.8, suggested: 0...0.3),
      "They breathe, all in step: what the width gains and loses, as a share, in waves that run up; 0 stands still."
    ),
    .init(
      "breath-length", \.breathLength, .meters(1...2000, suggested: 15...80), "From swell to swell."),
    .init(
      "breath-period", \.breathPeriod, .number(0.1...600, suggested: 2...10, unit: .seconds),
      "Of one breath; in a loop whole ones."),
  ]

  public init() {}

  /// Towers share their windows by kind: all lit alike, some nearly dark, some bright.
  private static let kinds = 5

  public func build(in set: inout SetBuilder) throws {
    guard count > 0 else { return }
    let metal = set.material(PaintMaterial(albedo: Vector(0.02, 0.022, 0.024)))
    let tables = (0..<Towers.kinds).map { kind in
      let draws = Draws(set.seed.derived("kind").derived(kind))
      return TowerBlock.lights(
        WindowLights.Habits(
          lit: min(1, lit * (0.35 + 0.32 * Float(kind))),
          warm: min(1, warm * draws.number("warm", 0.3...1.7)),
          tinted: 0.05, tint: tint.light, gain: glow, moment: set.moment), seed: draws.bits("windows"))
    }
    let middle = (left + right) / 2
    let reach = max(1, abs(right - left) / 2)
    for index in 0..<min(count, 600) {
      let draws = Draws(set.seed.derived("tower").derived(index))
      let x = left + (right - left) * draws.unit("x")
      let z = from + (to - from) * draws.unit("z")
      let wide = Towers.drawn(width, draws.unit("width"))
      let tall = Towers.drawn(height, draws.unit("height")) * (1 - 0.35 * abs(x - middle) / reach)
      let block = TowerBlock(
        x: x, z: z, width: wide, depth: wide * draws.number("depth", 0.7...1.2), height: tall, draws: draws,
        hasMast: draws.unit("mast") < masts, beacon: beacon,
        breath: breath > 0
          ? Breath(share: breath, length: breathLength, period: breathPeriod, moment: set.moment) : nil)
      block.build(in: &set, lights: tables[draws.pick("kind", Towers.kinds)], metal: metal)
    }
  }

  private static func drawn(_ range: [Float], _ unit: Float) -> Float {
    let a = range.first ?? 0
    let b = range.last ?? a
    return a + (b - a) * unit
  }
}
