import CVector
import Catalog
import Raster

/// Straight lines that a lens bends: outward as a barrel, inward as a cushion, or first one way and then the other.
///
/// After D. C. Brown ("Close-range camera calibration", 1971): what a pixel shows at the distance r from the center lies in
/// the undistorted picture at r (1 + k₁ r² + k₂ r⁴), r being 1 in the corner farthest from the center.
public struct Distortion: Effect {
  public static let name = "distortion"
  public static let summary = "Straight lines bent by the lens, as a barrel or a cushion."

  var amount: Double = 0.3
  var mustache: Double = 0
  var center = Point(0.5, 0.5)
  var fill = true

  public static let parameters: [Parameter<Distortion>] = [
    .init(
      "distortion", \.amount, .number(-1...1, suggested: -0.6...0.6),
      "How far lines bend: outward as a barrel above 0, inward as a cushion below; at 1 corners are drawn in by a quarter."
    ),
    .init(
      "mustache", \.mustache, .number(0...1),
      "How much the bend turns round towards the corners: a line near the edge becomes a wave."),
    .init("center", \.center, .point, "Where the lens looks."),
    .init(
      "fill", \.fill, .flag,
      "Whether the picture is enlarged or reduced until it just fills its edges; otherwise the center keeps its size, and what lies beyond the edges is clear."
    ),
  ]

  public static let neutral: Distortion? = {
    var d = Distortion()
    d.amount = 0
    return d
  }()

  public init() {}

  /// k₁ at amount 1; −1/3 would fold the corners.
  static let strength = 0.3

  /// The bend in a picture.
  struct Bend: WarpMap {
    let centerX, centerY: Double
    /// Pixels from the center to the farthest corner.
    let radius: Double
    let k1, k2: Double
    /// What the undistorted picture is reduced by.
    private(set) var scale: Double

    init(_ settings: Distortion, _ geometry: Geometry) {
      let (low, high) = (geometry.point(0, 0), geometry.point(1, 1))
      let place = geometry.point(settings.center.x, settings.center.y)
      centerX = max(low.x, min(high.x, place.x))
      centerY = max(low.y, min(high.y, place.y))
      let (w, h) = (Double(geometry.width), Double(geometry.height))
      let (x, y) = (max(centerX, w - centerX), max(centerY, h - centerY))
      radius = max(0.5, (x * x + y * y).squareRoot())
      k1 = Distortion.strength * settings.amount
      k2 = -k1 * settings.mustache
      scale = 1
      guard settings.fill else { return }
      // What the edges show must lie within the picture: as far out as the center allows on each side.
      var most = 0.0
      for step in 0...256 {
        let t = Double(step) / 256
        for (px, py) in [(t * w, 0), (t * w, h), (0, t * h), (w, t * h)] {
          let (dx, dy) = ((px - centerX) / radius, (py - centerY) / radius)
          most = max(most, gain(dx * dx + dy * dy))
        }
      }
      scale = 1 / max(1e-3, most)
    }

    /// How much farther out than it is shown something lies, at the square of a distance.
    func gain(_ r2: Double) -> Double { 1 + (k1 + k2 * r2) * r2 }

    /// The largest displacement and footprint, pixels.
    var farthest: (displacement: Double, footprint: Double) {
      var (displacement, footprint) = (0.0, 1.0)
      for step in 0...512 {
        let r = Double(step) / 512
        let r2 = r * r
        displacement = max(displacement, abs(scale * gain(r2) - 1) * r * radius)
        footprint = max(footprint, scale * max(gain(r2), 1 + (3 * k1 + 5 * k2 * r2) * r2))
      }
      return (displacement * 1.01 + 1, footprint * 1.01)
    }

    func fill(
      x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>,
      footprint: UnsafeMutablePointer<Float>
    ) {
      let inverse = Float(1 / radius)
      let (a, b, s) = (Float(k1), Float(k2), Float(scale))
      let v = Float(Double(y) + 0.5 - centerY)
      let middle = Float(centerX - 0.5)
      for n in 0..<(count + 7) / 8 {
        // Whole numbers first: the sum is the same whichever lane a pixel is in.
        let u = (v8f(0, 1, 2, 3, 4, 5, 6, 7) + Float(x + 8 * n)) - middle
        let (ru, rv) = (u * inverse, v * inverse)
        let r2 = ru * ru + rv * rv
        let bend = (r2 * b + a) * r2
        let k = bend * s + (s - 1)
        v8_store(dx + 8 * n, u * k)
        v8_store(dy + 8 * n, k * v)
        let radial = (r2 * (5 * b) + 3 * a) * r2
        v8_store(footprint + 8 * n, (v8_max(bend, radial) + 1) * s)
      }
    }
  }

  private var isNeutral: Bool { amount == 0 }

  public func reach(in geometry: Geometry) -> Reach {
    guard !isNeutral else { return .none }
    let farthest = Bend(self, geometry).farthest
    let pixels = min(
      Reach.everything, Int(farthest.displacement.rounded(.up)) + Warp.margin(footprint: farthest.footprint))
    return Reach(x: pixels, y: pixels)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    isNeutral || region.isEmpty ? 0 : Warp.scratchBytes(for: region)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard !isNeutral else { return }
    try Warp(map: Bend(self, context.geometry), surroundings: fill ? .continued : .clear)
      .apply(to: frame, workers: context.workers)
  }
}
