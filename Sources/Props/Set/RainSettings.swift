import Catalog
import Raster
import Stage

/// Drops between the camera and a set.
public struct RainSettings: SetSection {
  public enum Fall: String, CaseIterable, Sendable { case down, up }

  public static let name = "rain"
  public static let summary = "Drops between the camera and a set. They shine in the light behind them."

  var amount: Float = 0
  var fall = Fall.down
  var rise: Float?
  var angle: Float = 3.5
  var speed: Float = 8
  var brightness: Float = 1

  public static let parameters: [Parameter<RainSettings>] = [
    .init("amount", \.amount, .number(0...1), "0 is none, 1 a downpour."),
    .init("fall", \.fall, .choice, "Where the drops go: up is rain in reverse."),
    .init(
      "rise", \.rise, Codec<Float>.number(0...1).optional,
      "Share of the drops that go up; as `fall` says if left out. Let it move for rain that turns round for a moment."
    ),
    .init(
      "angle", \.angle, .number(-80...80, suggested: -15...15, unit: .degrees),
      "Lean of the drops from the vertical, clockwise."),
    .init("speed", \.speed, .number(0...100, suggested: 4...10), "Meters a second."),
    .init(
      "brightness", \.brightness, .number(0...100, suggested: 0.5...4, unit: .times),
      "How much of the light behind them drops gather."),
  ]

  public init() {}

  public func apply(to scene: inout Scene, at moment: Moment, seed: Seed) {
    scene.rain.amount = amount
    scene.rain.rise = rise ?? (fall == .up ? 1 : 0)
    scene.rain.brightness = brightness
    scene.rain.angle = angle
    scene.rain.speed = speed
    scene.rain.time = Float(moment.time)
    scene.rain.period = moment.loop.map { Float($0) }
    scene.rain.seed = seed.low
  }
}
