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
  var center = Point(0.5, 0.5)

  public static let parameters: [Parameter<Vignette>] = [
    .init("vignette", \.amount, .number(0...1), "Share of the light that the corners lose."),
    .init(
      "radius", \.radius, .number(0.1...4, suggested: 0.5...1),
      "Where the loss is full, in shares of the picture's width and height from the center."),
    .init(
      "power", \.power, .number(0.5...8, suggested: 1.5...4),
      "How the loss sets in: 2 falls off evenly, more keeps the middle clear."),
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
    let settings: Vignette
    let geometry: Geometry

    func process(_ row: Row, x: Int, y: Int) {
      // Rounded: the corners of a poster lie as far out as those of a wide picture.
      let v = settings
      let center = geometry.point(v.center.x, v.center.y)
      let dy = Float((Double(y) + 0.5 - center.y) / Double(geometry.trimHeight)) / v.radius
      let step = 1 / (Float(geometry.trimWidth) * v.radius)
      let start = Float(Double(x) + 0.5 - center.x) * step
      for i in 0..<row.count {
        let dx = start + Float(i) * step
        let r = min(1.3, (dx * dx + dy * dy).squareRoot())
        let k = max(0, 1 - v.amount * Vignette.power(r, v.power))
        row.red[i] *= k
        row.green[i] *= k
        row.blue[i] *= k
      }
    }
  }

  /// x to the power of p for x >= 0, without the C library.
  @inline(__always)
  static func power(_ x: Float, _ p: Float) -> Float { x <= 0 ? 0 : x * x }
}
