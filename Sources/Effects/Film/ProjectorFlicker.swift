import CVector
import Catalog
import Raster

/// The unsteady light of a projector: each frame gets a little more or less, and the lamp's bright middle wanders.
public struct ProjectorFlicker: PointEffect {
  public static let name = "projector-flicker"
  public static let summary =
    "The unsteady light of an old projector: frames differ, and the lamp's middle wanders."

  var amount: Float = 0.4
  /// Hertz.
  var rate: Float = 16
  var unevenness: Float = 0.5
  var warmth: Float = 0.2

  public static let parameters: [Parameter<ProjectorFlicker>] = [
    .init(
      "projector-flicker", \.amount, .number(0...1),
      "Strength; at 1 the light of two frames differs by a third."),
    .init("rate", \.rate, .number(0.1...60, suggested: 8...24, unit: .hertz), "How often the light changes."),
    .init(
      "unevenness", \.unevenness, .number(0...1),
      "How much the lamp favors the middle, which wanders: at 1 the corners get half the light."),
    .init("warmth", \.warmth, .number(0...1, suggested: 0...0.5), "How amber the lamp is."),
  ]

  public static let neutral: ProjectorFlicker? = {
    var flicker = ProjectorFlicker()
    flicker.amount = 0
    return flicker
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Lamp(self, context) }

  private struct Lamp: RowProcessor {
    private let red, green, blue: Float
    private let centerX, centerY, scale, loss: Float
    private let isIdle: Bool

    init(_ settings: ProjectorFlicker, _ context: EffectContext) {
      let lamp = Unsteadiness("projector-flicker", in: context)
      let amount = Double(settings.amount)
      let rate = Double(settings.rate)
      let (number, _) = lamp.step(rate: rate)
      // Changes from step to step, over a slower swell.
      let step = lamp.seed.derived("step").unit(number) * 2 - 1
      let swell = lamp.drift("swell", rate: rate / 20)
      let light = 1 + amount * max(-0.3, min(0.16, 0.14 * step + 0.05 * swell))
      let warmth = amount * Double(settings.warmth)
      red = Float(light)
      green = Float(light * (1 - 0.10 * warmth))
      blue = Float(light * (1 - 0.32 * warmth))
      let geometry = context.geometry
      let middle = geometry.point(
        0.5 + 0.03 * lamp.drift("x", rate: 0.5), 0.5 + 0.03 * lamp.drift("y", rate: 0.43))
      centerX = Float(middle.x - 0.5)
      centerY = Float(middle.y - 0.5)
      let (w, h) = (Double(geometry.trimWidth), Double(geometry.trimHeight))
      scale = Float(2 / max(1, (w * w + h * h).squareRoot()))
      loss = Float(0.5 * amount * Double(settings.unevenness))
      isIdle = amount == 0
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard !isIdle else { return }
      let dy = (Float(y) - centerY) * scale
      let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
      row.mapVectors { r, g, b, _, i in
        let dx = (lanes + Float(x + i) - centerX) * scale
        let r2 = v8_min(dx * dx + dy * dy, v8_splat(4))
        // Once to a half, as a reflector spreads its light.
        let k = 1 - (r2 / (0.5 + r2 * 0.5)) * loss
        r *= k * red
        g *= k * green
        b *= k * blue
      }
    }
  }
}
