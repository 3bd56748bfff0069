import Catalog
import Raster
import Stage

/// What a set stands on.
public struct GroundSettings: SetSection {
  /// What the ground is made of: the values of everything that a preset does not say.
  public enum Surface: String, CaseIterable, Sendable {
    case asphalt, glass

    var ground: Ground {
      var ground = Ground()
      guard self == .glass else { return ground }
      // All of it is open water, stiller than any puddle, and mirrors less than water does.
      ground.puddles = 1
      ground.roughness = 0.006
      ground.waterRoughness = 0.0022
      ground.gloss = 1
      ground.waterGloss = 0.58
      ground.waves = 0.004
      ground.ripples = 0.006
      ground.halfWidth = 900
      return ground
    }
  }

  public static let name = "ground"
  public static let summary = "What a set stands on: wet asphalt with puddles, or black glass."

  var surface = Surface.asphalt
  var albedo: [Float]?
  var puddles: Float?
  var puddleSize: Float?
  var pools: [[Float]] = []
  var roughness: Float?
  var anisotropy: Float?
  var stones: Float?
  var drying: Float?
  var wetness: Float?
  var waterRoughness: Float?
  var waterGloss: Float?
  var waves: Float?
  var ripples: Float?
  var rippleReach: Float?
  var halfWidth: Float?
  var reflectance: Float?
  var laneMarks: Float?
  var crossing: Float?

  public static let parameters: [Parameter<GroundSettings>] = [
    .init("surface", \.surface, .choice, "What it is made of. Decides all that is not said."),
    .init(
      "albedo", \.albedo, Codec<Float>.number(0...1, suggested: 0...0.1).list(2...2).optional,
      "Share of light that the darkest and the lightest stones send back when dry."),
    .init(
      "puddles", \.puddles, Codec<Float>.number(0...1).optional, "Share of the ground that is under water."),
    .init(
      "puddle-size", \.puddleSize, Codec<Float>.meters(0.05...1000, suggested: 0.5...5).optional,
      "From puddle to puddle."),
    .init(
      "pools", \.pools, Codec<Float>.number(-10_000...10_000).list(3...3).list(0...24),
      "Puddles where the picture needs them, [x, z, radius] each, in meters."),
    .init(
      "wetness", \.wetness, Codec<Float>.number(0...1).optional,
      "How strongly the ground between puddles mirrors."),
    .init(
      "roughness", \.roughness, Codec<Float>.number(0...1, suggested: 0.1...0.3).optional,
      "How far reflections between puddles are drawn out; 0 is a mirror."),
    .init(
      "anisotropy", \.anisotropy, Codec<Float>.number(0...1).optional,
      "How much narrower the streaks of rough ground are than the asphalt alone would make them."),
    .init(
      "stones", \.stones, Codec<Float>.number(0...1).optional,
      "How much of the roughness is seen as single stones near the camera; the rest is too fine to be seen."),
    .init(
      "drying", \.drying, Codec<Float>.number(0...1).optional,
      "How far the ground between puddles has dried in patches, which mirror less."),
    .init(
      "water-gloss", \.waterGloss, Codec<Float>.number(0...1).optional, "How strongly puddles mirror."),
    .init(
      "water-roughness", \.waterRoughness, Codec<Float>.number(0...1, suggested: 0...0.03).optional,
      "How far reflections in puddles are drawn out; 0 is a mirror."),
    .init(
      "reflectance", \.reflectance, Codec<Float>.number(0...1, suggested: 0.02...0.2).optional,
      "Share of light mirrored when looked at from straight above: 0.02 is water; more makes a mirror of what is near."
    ),
    .init(
      "waves", \.waves, Codec<Float>.number(0...2, suggested: 0...0.3).optional,
      "Slope of the ground's long unevenness."),
    .init(
      "ripples", \.ripples, Codec<Float>.number(0...1, suggested: 0...0.3).optional,
      "Strength of the rings that drops make on water."),
    .init(
      "ripple-reach", \.rippleReach, Codec<Float>.meters(0...1000, suggested: 10...50).optional,
      "Distance up to which rings are drawn."),
    .init(
      "half-width", \.halfWidth, Codec<Float>.meters(0...10_000, suggested: 3...8).optional,
      "From the middle of the carriageway to its gutters, which hold water."),
    .init(
      "lane-marks", \.laneMarks, Codec<Float>.number(0...1).optional, "How bright the paint on the road is."),
    .init(
      "crossing", \.crossing, Codec<Float>.meters(0...1000, suggested: 3...30).optional,
      "How far away a zebra crossing begins; left out, there is none."),
  ]

  public init() {}

  public func apply(to scene: inout Scene, at moment: Moment, seed: Seed) {
    var ground = surface.ground
    if let albedo, let low = albedo.min(), let high = albedo.max() { ground.albedo = low...high }
    ground.puddles = puddles ?? ground.puddles
    ground.puddleSize = puddleSize ?? ground.puddleSize
    ground.pools = pools.compactMap { $0.count == 3 && $0[2] > 0 ? SIMD3($0[0], $0[1], $0[2]) : nil }
    ground.roughness = roughness ?? ground.roughness
    ground.anisotropy = anisotropy ?? ground.anisotropy
    ground.stones = stones ?? ground.stones
    ground.drying = drying ?? ground.drying
    ground.gloss = wetness ?? ground.gloss
    ground.waterRoughness = waterRoughness ?? ground.waterRoughness
    ground.waterGloss = waterGloss ?? ground.waterGloss
    ground.reflectance = reflectance ?? ground.reflectance
    ground.waves = waves ?? ground.waves
    ground.ripples = ripples ?? ground.ripples
    ground.rippleReach = rippleReach ?? ground.rippleReach
    ground.halfWidth = halfWidth ?? ground.halfWidth
    ground.paint = laneMarks ?? ground.paint
    ground.crossing = crossing
    ground.time = Float(moment.time)
    ground.period = moment.loop.map { Float($0) }
    ground.seed = seed.low
    scene.ground = ground
  }
}
