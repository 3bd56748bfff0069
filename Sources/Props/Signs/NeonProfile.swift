import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is seen across a neon tube from its middle outward, averaged over a texel: hot core, colored sleeve, the
/// glow around it, and how much it covers. Read from a table.
struct NeonProfile: Sendable {
  /// Of light without color, of light in color, of the glow, and of cover.
  private let table: [SIMD4<Float>]
  private let perStep: Float

  /// Distances in tube units at which core, sleeve and glass end.
  static let glassEnd = 2.1
  /// Light of the core; the sleeve has 0.45 of it.
  static let coreLight: Float = 9

  /// - Parameters:
  ///   - tube: the unit of the profile in texels; the glowing glass is about four units wide.
  ///   - reach: where the glow has faded to nothing, in texels.
  init(tube: Double, reach: Double) {
    let step = max(min(0.125, tube / 12), reach / 60_000)
    let count = Int((reach / step).rounded(.up)) + 2
    perStep = Float(1 / step)
    table = (0..<count).map { index in
      let d = Double(index) * step
      guard d < tube * (NeonProfile.glassEnd + 1) + 1 else { return NeonProfile.section(d, tube, reach) }
      var sum = SIMD4<Float>()
      for i in 0..<16 { sum += NeonProfile.section(abs(d + (Double(i) + 0.5) / 16 - 0.5), tube, reach) }
      return sum / 16
    }
  }

  private static func section(_ d: Double, _ tube: Double, _ reach: Double) -> SIMD4<Float> {
    let x = d / tube
    let core = pow(max(0, min(1, 1.3 - x)), 0.8)
    let sleeve = max(0, min(1, 2.1 - x))
    let fade = max(0, 1 - d / max(1e-9, reach))
    let halo = 1 / (1 + pow(x / 1.7, 2.2)) * fade * fade * (3 - 2 * fade)
    return SIMD4(Float(core), Float(sleeve), Float(halo), Float(max(0, min(1, 1.6 - x)) * 0.9))
  }

  @inline(__always)
  func values(at distance: Float) -> SIMD4<Float> {
    let position = min(max(0, distance) * perStep, Float(table.count) - 1.001)
    let index = Int(position)
    return table[index] + (table[index + 1] - table[index]) * (position - Float(index))
  }
}
