import Catalog
import Raster
import Stage

/// A sun at the end of the street, opaque: a spinning record with the hub of a cassette, a plain disc, or sliced.
public struct Sun: Prop {
  public enum Form: String, CaseIterable, Sendable { case record, disc, slits }

  public static let name = "sun"
  public static let summary =
    "An opaque sun at the end of the street: a record with the hub of a cassette, a plain disc, or one in slices. It lights the fog before it and throws shadows towards the camera."

  var form = Form.record
  var at = SIMD3<Float>(0, 4.9, 27)
  var radius: Float = 5.4
  var colors: [RampStop] = [
    RampStop(0, LinearColor(1.35, 0.40, 0.03)), RampStop(0.5, LinearColor(1.0, 0.06, 0.03)),
    RampStop(1, LinearColor(0.55, 0.01, 0.16)),
  ]
  var hub: Float = 0.27
  var hubColor = LinearColor(1.0, 0.60, 0.22) * 2.6
  var turn = 12.0
  var rings: Float = 0.5
  var brightness: Float = 1.15
  var glowColor = LinearColor(1, 0.15, 0.10)
  var power: Float = 42
  var backColor = LinearColor(1, 0.17, 0.09)
  var backLight: Float = 42
  var haze: Float = 0.3

  private static let sources = 6

  public static let parameters: [Parameter<Sun>] = [
    .init("sun", \.form, .choice, "A record with its hub, a plain disc, or a disc with slits."),
    .init("at", \.at, .place, "Its middle."),
    .init("radius", \.radius, .meters(0.05...2000, suggested: 2...12), "Radius."),
    .init("colors", \.colors, .stops, "Light from its top (0) to its foot (1)."),
    .init("hub", \.hub, .number(0...0.9, suggested: 0.15...0.4), "Radius of the hub as a share; 0 for none."),
    .init("hub-color", \.hubColor, .color, "Light of the hub's ring, the hottest place."),
    .init(
      "turn", \.turn, .angle(), "Of the hub and the shine on the grooves; let it move for a tape that plays."),
    .init("rings", \.rings, .number(0...1), "Depth of grooves, or of slits."),
    .init("brightness", \.brightness, .number(0...100, suggested: 0.3...2, unit: .times), "Of the disc."),
    .init("glow-color", \.glowColor, .color, "Hue of the light it throws on fog and street."),
    .init("power", \.power, .number(0...100_000, suggested: 10...80), "All of that light."),
    .init("back-color", \.backColor, .color, "Hue of the light that comes from its middle."),
    .init(
      "back-light", \.backLight, .number(0...100_000, suggested: 20...80),
      "That light, which throws shadows towards the camera; 0 for none."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0.1...1, unit: .times), "Share of the glow in the fog."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let picture = SunPicture(
      form: form, ramp: Ramp(stops: colors, space: .linear), hub: hub, hubLight: hubColor.light * brightness,
      turn: turn, depth: rings, brightness: brightness, seed: set.seed.low)
    set.add(
      Card(
        origin: at - SIMD3(radius, radius, 0), right: SIMD3(2 * radius, 0, 0), up: SIMD3(0, 2 * radius, 0),
        picture: picture))
    if power > 0 {
      for index in 0..<Sun.sources {
        let (sine, cosine) = sineAndCosine(degrees: Double(index) * 360 / Double(Sun.sources) + 61)
        var light = Light(
          position: at + SIMD3(Float(sine), Float(cosine), 0) * (radius * 0.72) - SIMD3(0, 0, 0.3),
          color: glowColor.light * (power / Float(Sun.sources)))
        light.position.y = max(0.2, light.position.y)
        light.softness = 1.5
        light.halo = radius * 0.32
        light.haze = haze
        set.add(light)
      }
    }
    guard backLight > 0 else { return }
    var back = Light(position: at - SIMD3(0, radius * 0.09, 0.5), color: backColor.light * backLight)
    back.softness = 1
    back.halo = max(0.3, radius * 0.22)
    back.haze = haze * 1.8
    back.castsShadow = true
    set.add(back)
  }
}
