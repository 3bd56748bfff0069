import Catalog
import Raster
import Stage

/// The air of a set.
public struct FogSettings: SetSection {
  public static let name = "fog"
  public static let summary = "The air of a set: what makes lights glow, and far things pale."

  var density: Float = 0.0165
  var thickness: Float = 14
  var floor: Float = 0.001
  var glow: Float = 0.0046
  var dimming: Float = 0.02
  var wisps: Float = 0.5
  var ambient = LinearColor(0.005, 0.019, 0.025)
  var ambientOnWalls: Float = 0.35
  var wind = SIMD3<Float>(0.25, 0, 0)
  var reach: Float = 400

  public static let parameters: [Parameter<FogSettings>] = [
    .init(
      "density", \.density, .number(0...2, suggested: 0.003...0.04),
      "Share of light that is lost on one meter at the ground: 0.004 is haze, 0.018 a foggy night."),
    .init(
      "thickness", \.thickness, .meters(0.1...10_000, suggested: 4...30),
      "Height over which the fog thins to about a third."),
    .init("floor", \.floor, .number(0...1, suggested: 0...0.003), "Density that is left at any height."),
    .init(
      "glow", \.glow, .number(0...1, suggested: 0.002...0.01),
      "How much light the air sends to the camera: the strength of halos and beams."),
    .init(
      "dimming", \.dimming, .number(0...2, suggested: 0.01...0.03),
      "Share of light that is lost on one meter between a lamp and the wall that it lights."),
    .init("wisps", \.wisps, .number(0...1), "How uneven the fog is."),
    .init(
      "ambient", \.ambient, .color,
      "Light that comes from everywhere: the color of thick fog. Keep it dark: `$cyan * 0.02`."),
    .init(
      "ambient-on-walls", \.ambientOnWalls, .number(0...10, suggested: 0...1),
      "Share of the ambient light that falls on walls and things."),
    .init("wind", \.wind, .place, "Meters a second that the wisps drift; in a loop they sway instead."),
    .init(
      "reach", \.reach, .meters(1...10_000, suggested: 200...800),
      "How far the camera sees. What stands further away is not drawn."),
  ]

  public init() {}

  public func apply(to scene: inout Scene, at moment: Moment, seed: Seed) {
    scene.air.density = density
    scene.air.thickness = thickness
    scene.air.floor = floor
    scene.air.scatter = glow
    scene.air.dimming = dimming
    scene.air.wisps = wisps
    scene.air.ambient = ambient.light
    scene.air.ambientOnSurfaces = ambientOnWalls
    scene.air.drift = wind * moment.drifted
    scene.air.reach = reach
    scene.air.seed = seed.low
  }
}
