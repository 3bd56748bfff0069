import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is seen across a glass tube, from its center line outward, as pixels see it.
///
/// Each value is the mean over a pixel's width, so that tubes thinner than a pixel keep their light and edges
/// show no steps. Made once for a tube's radius, then read from a table.
struct TubeProfile: Sendable {
  /// Beyond this distance from the center line there is neither glass nor glare, in pixels.
  let reach: Float
  private let perStep: Float
  private let radius: Float
  /// Hot gas, glare of its color, glass, and the light that falls on unlit glass.
  private let table: [SIMD4<Float>]

  /// In radii.
  private static let glareEnd = 2.2
  private static let rimWidth: Float = 0.7

  /// - Parameter radius: of the tube, in pixels.
  init(radius: Double) {
    let r = max(1e-6, radius)
    self.radius = Float(r)
    let reach = r * TubeProfile.glareEnd + 0.5
    self.reach = Float(reach)
    // Fine enough for the shape of a thin tube and for the edge of a thick one.
    let step = max(min(max(0.5, r) / 64, 0.25), reach / 65_536)
    perStep = Float(1 / step)
    let count = Int((reach / step).rounded(.up)) + 2
    table = (0..<count).map { index in TubeProfile.mean(at: Double(index) * step, radius: r) }
  }

  /// The mean over one pixel's width; Simpson's rule on enough pieces for the sharpest edge.
  private static func mean(at d: Double, radius: Double) -> SIMD4<Float> {
    let pieces = 64
    var sum = SIMD4<Double>()
    for i in 0..<pieces {
      let x = abs(d - 0.5 + (Double(i) + 0.5) / Double(pieces)) / radius
      sum += section(x)
    }
    // A tube thinner than the pieces would fall between them: what the pixel sees is the section's whole light.
    if radius * Double(pieces) < 4 {
      let inside = max(0, min(1, (0.5 + radius - d) / max(1e-9, 2 * radius)))
      return SIMD4<Float>(wholeSection * (radius * inside))
    }
    return SIMD4<Float>(sum / Double(pieces))
  }

  /// The integral of the section over both sides of a tube of radius 1.
  private static let wholeSection: SIMD4<Double> = {
    let pieces = 4096
    var sum = SIMD4<Double>()
    for i in 0..<pieces { sum += section((Double(i) + 0.5) / Double(pieces) * glareEnd) }
    return sum * (2 * glareEnd / Double(pieces))
  }()

  /// At `x` radii from the center line.
  private static func section(_ x: Double) -> SIMD4<Double> {
    // The column of gas is brightest where it is thickest.
    let core = smooth((1.02 - x) / 0.75)
    // The coating glows evenly up to the edge; beyond it, glare falls off quickly.
    let glare = x < 1 ? 1 : 0.42 * square(max(0, (glareEnd - x) / (glareEnd - 1)))
    let glass = x < 1 ? 1.0 : 0
    // Unlit glass: a milky body with a window's glint to either side of its middle.
    let glint = square(max(0, 1 - abs(x - 0.42) / 0.16))
    let shade = x < 1 ? 0.2 + 0.65 * (1 - x * x).squareRoot() + 0.4 * glint : 0
    return SIMD4(core, glare, glass, shade)
  }

  private static func smooth(_ t: Double) -> Double {
    let u = max(0, min(1, t))
    return u * u * (3 - 2 * u)
  }

  private static func square(_ x: Double) -> Double { x * x }

  /// How much of the light behind a tube is lost beside it, at the rim where the glass bends it away: 1 at the glass,
  /// 0 from half a radius on.
  @inline(__always)
  func rim(at distance: Float) -> Float {
    let x = max(0, (distance - radius) / (radius * TubeProfile.rimWidth))
    return x < 1 ? (1 - x) * (1 - x) : 0
  }

  @inline(__always)
  func values(at distance: Float) -> SIMD4<Float> {
    let position = min(distance * perStep, Float(table.count - 2))
    let index = Int(position)
    return table[index] + (table[index + 1] - table[index]) * (position - Float(index))
  }
}
