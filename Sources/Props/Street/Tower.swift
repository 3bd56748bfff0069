import Catalog
import Raster
import Stage

/// One tower at a place.
public struct Tower: Prop {
  public static let name = "tower"
  public static let summary = "A tower at a place: lit windows, a crown in steps, a mast with a red light."

  var height: Float = 60
  var at = SIMD3<Float>(0, 0, 200)
  var width: Float = 14
  var depth: Float = 14
  var lit: Float = 0.42
  var warm: Float = 0.45
  var tint = LinearColor(1, 0.22, 0.55)
  var glow: Float = 2
  var mast = true
  var beacon: Float = 1
  var breath: Float = 0
  var breathLength: Float = 40
  var breathPeriod: Double = 5

  public static let parameters: [Parameter<Tower>] = [
    .init("tower", \.height, .meters(1...2000, suggested: 20...200), "Height without its mast."),
    .init("at", \.at, .place, "Middle of its near face, on the ground."),
    .init("width", \.width, .meters(0.5...1000, suggested: 8...40), "Width across the line of sight."),
    .init("depth", \.depth, .meters(0.5...1000, suggested: 8...40), "Width along the line of sight."),
    .init("lit", \.lit, .number(0...1), "Share of the windows that are lit."),
    .init("warm", \.warm, .number(0...1), "Share of the lit windows that are warm; the others are cool."),
    .init("tint", \.tint, .color, "Color of the rare window that is neither."),
    .init("glow", \.glow, .number(0...100, suggested: 0...6), "Factor on the light of the windows."),
    .init("mast", \.mast, .flag, "Whether masts stand on it."),
    .init("beacon", \.beacon, .number(0...100, suggested: 0...3), "Light of the red lamps on its masts."),
    .init(
      "breath", \.breath, .number(0...0.8, suggested: 0...0.3),
      "It breathes: what the width gains and loses, as a share, in waves that run up; 0 stands still."),
    .init(
      "breath-length", \.breathLength, .meters(1...2000, suggested: 15...80), "From swell to swell."),
    .init(
      "breath-period", \.breathPeriod, .number(0.1...600, suggested: 2...10, unit: .seconds),
      "Of one breath; in a loop whole ones."),
  ]

  public static var sampleValues: [String: String] { ["at": "[0, 0, 200]"] }

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let habits = WindowLights.Habits(
      lit: lit, warm: warm, tinted: 0.05, tint: tint.light, gain: glow, moment: set.moment)
    let metal = set.material(PaintMaterial(albedo: Vector(0.02, 0.022, 0.024)))
    let block = TowerBlock(
      x: at.x, z: at.z, width: width, depth: depth, height: height, draws: Draws(set.seed.derived("tower")),
      hasMast: mast, beacon: beacon,
      breath: breath > 0
        ? Breath(share: breath, length: breathLength, period: breathPeriod, moment: set.moment) : nil)
    block.build(
      in: &set, lights: TowerBlock.lights(habits, seed: set.seed.derived("windows").low), metal: metal)
  }
}
