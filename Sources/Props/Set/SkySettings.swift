import Catalog
import Raster
import Stage

/// What is above a set.
public struct SkySettings: SetSection {
  public static let name = "sky"
  public static let summary = "What is above a set: light at the horizon that fades upward, and clouds."

  var zenith = LinearColor(0.0015, 0.004, 0.007)
  var horizon = LinearColor(0.03, 0.15, 0.18)
  var falloff: Float = 22
  var clouds: Float = 0.6
  var wind = SIMD3<Float>(0.002, 0, 0.001)

  public static let parameters: [Parameter<SkySettings>] = [
    .init("zenith", \.zenith, .color, "Light straight above."),
    .init("horizon", \.horizon, .color, "Light above the horizon: the glow of the city."),
    .init(
      "falloff", \.falloff, .number(0.1...90, suggested: 8...40, unit: .degrees),
      "Height above the horizon at which its light has fallen to about a third."),
    .init("clouds", \.clouds, .number(0...1), "How much the clouds stand out."),
    .init(
      "wind", \.wind, .place,
      "How fast the clouds drift, [x, z] in shares of their height a second; in a loop they sway instead."),
  ]

  public init() {}

  public func apply(to scene: inout Scene, at moment: Moment, seed: Seed) {
    scene.sky.zenith = zenith.light
    scene.sky.horizon = horizon.light
    scene.sky.falloff = falloff
    scene.sky.clouds = clouds
    scene.sky.drift = SIMD2(wind.x, wind.z) * moment.drifted
    scene.sky.seed = seed.low
  }
}
