import Stage

/// Means of periodic patterns over an interval, in closed form: what a pixel sees of slats, bricks and windows.
enum Stripes {
  /// The share of an interval of `width` about `x` that lies in stripes a…b of every period 0…1.
  @inline(__always)
  static func share(_ a: Float, _ b: Float, of x: Float, width: Float) -> Float {
    let w = max(width, 1e-4)
    // Counted from the nearest period, so that differences keep their digits far from the origin.
    let center = x - x.rounded(.down)
    return (integral(a, b, center + 0.5 * w) - integral(a, b, center - 0.5 * w)) / w
  }

  @inline(__always)
  private static func integral(_ a: Float, _ b: Float, _ x: Float) -> Float {
    let period = x.rounded(.down)
    return period * (b - a) + max(0, min(b - a, x - period - a))
  }
}

extension SurfaceNoise {
  /// How much of a pattern with `frequency` per meter a footprint leaves: 1 when it is much finer than the
  /// pattern, 0 when it covers it.
  @inline(__always)
  static func kept(_ frequency: Float, _ footprint: Float) -> Float {
    1 - step(0.35, 1.1, frequency * footprint)
  }

  /// Noise about 0 (−0.5…0.5) of which only what the footprint leaves is computed.
  @inline(__always)
  static func relief(
    _ u: Float, _ v: Float, scale: SIMD2<Float>, footprint: SIMD2<Float>, seed: UInt32
  ) -> Float {
    let left = min(kept(scale.x, footprint.x), kept(scale.y, footprint.y))
    guard left > 0.01 else { return 0 }
    return (value(u * scale.x, v * scale.y, seed) - 0.5) * left
  }
}

extension SIMD3 where Scalar == Float {
  @inline(__always)
  func mixed(with other: SIMD3<Float>, _ share: Float) -> SIMD3<Float> { self + (other - self) * share }
}
