import CVector
import Catalog
import Raster

/// Darkens the picture towards its corners, as a lens does.
public struct Vignette: PointEffect {
  public static let name = "vignette"
  public static let summary = "Darkens the picture towards its corners, as a lens does."

  /// Share of light lost in the corners.
  var amount: Float = 0.5
  var radius: Float = 0.72
  var power: Float = 2.4
  var roundness: Double = 0
  var center = Point(0.5, 0.5)

  public static let parameters: [Parameter<Vignette>] = [
    .init("vignette", \.amount, .number(0...1), "Share of the light that the corners lose."),
    .init(
      "radius", \.radius, .number(0.1...4, suggested: 0.5...1),
      "Where the loss is full, in shares of the picture's width and height from the center."),
    .init(
      "power", \.power, .number(0.5...8, suggested: 1.5...4),
      "How the loss sets in: 2 falls off evenly, more keeps the middle clear."),
    .init(
      "roundness", \.roundness, .number(0...1),
      "From an oval as wide and high as the picture (0) to the circle of a lens (1); corners lose the same."),
    .init("center", \.center, .point, "The brightest place."),
  ]

  public static let neutral: Vignette? = {
    var v = Vignette()
    v.amount = 0
    return v
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor {
    Falloff(settings: self, geometry: context.geometry)
  }

  private struct Falloff: RowProcessor {
    private let amount, halfPower, stepX, stepY: Float
    private let center: Point

    init(settings: Vignette, geometry: Geometry) {
      amount = settings.amount
      // The square of the distance is at hand: its root is taken by the same power.
      halfPower = settings.power / 2
      // Oval: the corners of a poster lie as far out as those of a wide picture. The circle through the corners has
      // its radius in the mean square of the sides.
      let (width, height) = (Double(geometry.trimWidth), Double(geometry.trimHeight))
      let round = ((width * width + height * height) / 2).squareRoot()
      stepX = 1 / (Float(width + (round - width) * settings.roundness) * settings.radius)
      stepY = 1 / (Float(height + (round - height) * settings.roundness) * settings.radius)
      let place = geometry.point(settings.center.x, settings.center.y)
      center = Point(place.x - 0.5, place.y - 0.5)
    }

    func process(_ row: Row, x: Int, y: Int) {
      let dy = Float(Double(y) - center.y) * stepY
      let dy2 = dy * dy
      let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
      let cx = Float(center.x)
      row.mapVectors { r, g, b, _, i in
        let dx = (lanes + Float(x + i) - cx) * stepX
        // Beyond 1.3 radii nothing changes any more.
        let r2 = v8_min(dx * dx + dy2, v8_splat(1.69))
        let k = v8_max(1 - v8_pow(r2, halfPower) * amount, v8_splat(0))
        r *= k
        g *= k
        b *= k
      }
    }
  }
}
