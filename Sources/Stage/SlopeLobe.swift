import CVector

/// The slopes of rough water that are seen from one direction, cut into parts of which one ray each stands for.
///
/// Slopes of the surface are taken as normally distributed. A facet that leans towards the eye shows more of itself
/// than one that leans away (Heitz, "Understanding the masking-shadowing function", 2014): at grazing angles only
/// the former are seen, and rough ground far away mirrors what is higher up. So, along the view, slopes s have the
/// density φ(s / σ) · max(0, e − s), where e is the slope of the ray; a normal distribution of the same mean and
/// deviation stands for it. Across the view they stay as they are.
///
/// The parts lie side by side without gap or overlap. Cards and strands are averaged over the part that a ray
/// stands for, so what is mirrored of them is the same wherever the cuts are: no noise, however few rays there are.
struct SlopeLobe: Sendable {
  /// Horizontal unit vector of the view, x and z.
  let view: SIMD2<Float>
  /// Mean slope along the view; negative towards the eye.
  let mean: Float
  /// Deviations along the view and across it.
  let along: Float
  let across: Float

  /// A part: the slope in its middle, its width and its share of the lobe.
  struct Part {
    /// Along the view and across it.
    var slope: SIMD2<Float>
    var width: SIMD2<Float>
    var share: Float
  }

  /// - Parameters:
  ///   - direction: of the ray from the eye, unit length.
  ///   - roughness: √2 times the deviation of slopes along the view.
  ///   - aspect: deviation across the view as a share of that along it.
  init(_ direction: Vector, roughness: Float, aspect: Float) {
    let level = max(1e-4, (direction.x * direction.x + direction.z * direction.z).squareRoot())
    view = SIMD2(direction.x, direction.z) / level
    let sigma = roughness * 0.70710678
    across = sigma * aspect
    let e = max(1e-4, -direction.y) / level
    let x = e / max(1e-6, sigma)
    guard x < 6 else {
      (mean, along) = (-sigma * sigma / e, sigma)
      return
    }
    // In units of σ: ∫ φ(s) (x − s) ds below x, and the first two moments of the same.
    let density = 0.39894228 * Fog.exp(-0.5 * x * x)
    let below = SlopeLobe.below(x)
    let whole = x * below + density
    let first = -below / whole
    let second = (x * below + 2 * density) / whole
    mean = first * sigma
    along = sigma * max(0.05, second - first * first).squareRoot()
  }

  /// One of `count` parts and one more, all of one width, cut so that the first has a share of `shift` of the others'
  /// width, 0…1.
  @inline(__always)
  static func interval(_ number: Int, of count: Int, shift: Float) -> (from: Float, to: Float, share: Float) {
    let step = 2 * reach / Float(count)
    let a = max(-reach, (Float(number) - 1 + shift) * step - reach)
    let b = min(reach, (Float(number) + shift) * step - reach)
    return (a, b, max(0, cumulated(b) - cumulated(a)))
  }

  /// What of a standard normal distribution, without its outermost slopes, lies below `x`.
  @inline(__always)
  private static func cumulated(_ x: Float) -> Float {
    let place = (x + reach) / (2 * reach) * Float(shares.count - 1)
    let i = max(0, min(Int(place), shares.count - 2))
    return shares[i] + (shares[i + 1] - shares[i]) * (place - Float(i))
  }

  /// One of `count` parts of equal share across the view.
  @inline(__always)
  static func column(_ number: Int, of count: Int) -> (Float, Float, Float) {
    let step = 1 / Float(count)
    return (quantile(Float(number) * step), quantile(Float(number + 1) * step), step)
  }

  /// The slope below which a share of a standard normal distribution lies; the outermost are cut off.
  @inline(__always)
  static func quantile(_ share: Float) -> Float {
    let place = max(0, min(1, share)) * Float(quantiles.count - 1)
    let i = min(Int(place), quantiles.count - 2)
    return quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (place - Float(i))
  }

  /// Share of a standard normal distribution below `x` (Abramowitz and Stegun 26.2.17, error below 1e-7).
  static func below(_ x: Float) -> Float {
    let t = 1 / (1 + 0.2316419 * abs(x))
    let tail =
      0.39894228 * Fog.exp(-0.5 * x * x) * t
      * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return x < 0 ? tail : 1 - tail
  }

  /// Slopes beyond so many deviations are left out.
  static let reach: Float = 2.6

  /// ``quantile(_:)`` at equal steps of the share, and ``cumulated(_:)`` at equal steps of the slope.
  private static let quantiles = LobeTable { share in
    // By halving: what lies below grows with x.
    var (low, high) = (-reach, reach)
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if below(middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
  private static let shares = LobeTable { place in
    let (low, high) = (below(-reach), below(reach))
    return (below((2 * place - 1) * reach) - low) / (high - low)
  }
}

/// A function of 0…1 that pixels read without counting references.
private struct LobeTable: @unchecked Sendable {
  let count = 513
  private let values: UnsafeMutablePointer<Float>

  init(_ value: (Float) -> Float) {
    values = .allocate(capacity: count)
    for i in 0..<count { (values + i).initialize(to: value(Float(i) / Float(count - 1))) }
  }

  @inline(__always)
  subscript(_ i: Int) -> Float { values[i] }
}
