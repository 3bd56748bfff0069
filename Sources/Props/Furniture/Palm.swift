import Catalog
import Raster
import Stage

/// A palm that the wind moves.
public struct Palm: Prop {
  /// How the leaves are built: along a rib, or like a hand.
  public enum Leaves: String, CaseIterable, Sendable { case feather, fan }

  public static let name = "palm"
  public static let summary = "A palm with leaves of every age, moving in the wind."

  var leaves = Leaves.feather
  var at = SIMD3<Float>(6.4, 0, 11.5)
  var height: Float = 7
  var lean: Float = 6
  var wind: Float = 1
  var rim = LinearColor(1, 0.16, 0.10)
  var rimLight: Float = 0.2
  var rimAngle: Float = 280
  var shadow = false

  public static let parameters: [Parameter<Palm>] = [
    .init(
      "palm", \.leaves, .choice,
      "Its leaves: `feather` as of a coconut palm, `fan` with a skirt of dead ones."),
    .init("at", \.at, .place, "Where its foot stands."),
    .init("height", \.height, .meters(0.3...60, suggested: 4...12), "From the foot to the top of the crown."),
    .init("lean", \.lean, .angle(-40...40), "From foot to crown, clockwise from the vertical."),
    .init(
      "wind", \.wind, .number(0...4, suggested: 0...2), "How far the wind bends and moves it, to the right."),
    .init("rim", \.rim, .color, "Color of the light along its edges."),
    .init("rim-light", \.rimLight, .number(0...100, suggested: 0...1.5), "Strength of that light."),
    .init("rim-angle", \.rimAngle, .angle(), "Where that light comes from: 0 above, 90 from the right."),
    .init("shadow", \.shadow, .flag, "Whether it throws shadows into the fog."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) {
    let seed = set.seed.derived("palm")
    let picture = PalmPicture(
      leaves: leaves, height: height, lean: lean, wind: wind, rim: rim.light * rimLight, rimAngle: rimAngle,
      seed: seed, moment: set.moment)
    var card = Card(
      origin: at - Vector(picture.foot, 0, 0), right: Vector(picture.width, 0, 0),
      up: Vector(0, picture.cardHeight, 0), picture: picture)
    card.castsShadow = shadow
    set.add(card)
  }
}
