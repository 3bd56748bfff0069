import Catalog
import Layers
import Raster
import Stage

/// A parked car of the eighties.
public struct Car: Prop {
  public enum Form: String, CaseIterable, Sendable { case sedan, wagon, van }
  public enum Facing: String, CaseIterable, Sendable { case away, towards, left, right }
  public enum Lights: String, CaseIterable, Sendable { case off, tail, head, hazard }

  public static let name = "car"
  public static let summary =
    "A parked car of the eighties, seen from all sides; its lights shine on the street and into the fog."

  var form = Form.sedan
  var at = SIMD3<Float>(3.3, 0, 9)
  var facing = Facing.away
  var length: Float?
  var color = LinearColor(0.03, 0.055, 0.075)
  var lights = Lights.off
  var power: Float = 1
  var haze: Float = 1
  var wet: Float = 0.8
  var shadows = true

  public static let parameters: [Parameter<Car>] = [
    .init("car", \.form, .choice, "Its kind."),
    .init("at", \.at, .place, "Where the middle of the car stands."),
    .init("facing", \.facing, .choice, "Where its front is, as the camera sees it."),
    .init(
      "length", \.length, Codec<Float>.meters(0.1...50, suggested: 3.5...5.5).optional,
      "Of the body between its bumpers, all else in proportion; about 4.45 m if left out."),
    .init("color", \.color, .color, "Of the paint."),
    .init(
      "lights", \.lights, .choice, "What is on: red tail lights, those and the headlights, or all indicators."
    ),
    .init(
      "power", \.power, .number(0...100, suggested: 0.5...2, unit: .times),
      "Factor on its lights; let it move for indicators that blink."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0.5...2, unit: .times), "Share of its light in the fog."),
    .init("wet", \.wet, .number(0...1), "How wet it is: highlights along its roof and shoulders."),
    .init("shadows", \.shadows, .flag, "Whether it throws shadows."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    CarBody(self, seed: set.seed.low, sky: set.scene.sky.horizon).build(in: &set)
  }
}
