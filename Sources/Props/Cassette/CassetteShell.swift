import CVector
import Raster

/// The outline of a cassette's shell and what heat makes of it, in widths of the cassette.
///
/// u runs to the right from the middle, −0.5…0.5; v runs down from the upper edge, 0…``height``, where the ground
/// is. Heat is a map from where a thing is seen to where it is in the sound cassette (``source(u:v:)``), so
/// that everything drawn on the shell sags with it.
struct CassetteShell: Sendable, Hashable {
  /// Of a compact cassette: 100.4 × 63.8 × 12 mm.
  static let height: Float = 0.635
  static let thickness: Float = 0.115
  /// How far plastic may run to either side, and how far above the upper edge the picture begins.
  static let reach: Float = 0.72
  static let top: Float = -0.03

  /// 0 sound, 1 molten.
  let melt: Float
  /// Where the molten part begins on its way from left to right; all is molten at `frontRange.lowerBound`.
  let front: Float
  /// What all of it becomes where it is hot.
  let relief: MoltenRelief

  /// Width of the step from sound to molten.
  static let frontWidth: Float = 0.3
  static let frontRange: ClosedRange<Float> = -1.03...0.73

  /// - Parameter healed: 0 all molten, 1 all whole; between, the left is whole.
  init(melt: Float, healed: Float, seed: Seed) {
    self.melt = max(0, min(1, melt))
    let range = CassetteShell.frontRange
    front = range.lowerBound + (range.upperBound - range.lowerBound) * max(0, min(1, healed))
    relief = MoltenRelief(seed: seed)
  }

  /// Where the bright border runs in the middle of the shell; nil while it is off the cassette or nothing melts.
  var border: Float? {
    let u = front + 0.09
    return melt > 0 && abs(u) < 0.56 ? u : nil
  }

  // MARK: Eight places at a time

  /// How molten a column is, 0…1.
  @inline(__always)
  func heat(_ u: v8f) -> v8f {
    let t = v8_clamp((u - front) * (1 / CassetteShell.frontWidth), 0, 1)
    return t * t * (3 - 2 * t) * melt
  }

  /// (1 − x²)², 0 beyond ±1.
  @inline(__always)
  static func bump(_ x: v8f) -> v8f {
    let t = v8_max(v8_splat(0), 1 - x * x)
    return t * t
  }

  /// A wave of period 1 between −1 and 1, of parabolas.
  @inline(__always)
  static func wave(_ x: v8f) -> v8f {
    let t = x - v8_floor(x) - 0.5
    return t * (8 - v8_abs(t) * 16) * -1
  }

  /// Where in the sound cassette lies what is seen at a place; `settled` is how low it lay before plastic ran.
  @inline(__always)
  func source(u: v8f, v: v8f, heat: v8f) -> (u: v8f, v: v8f, settled: v8f) {
    guard melt > 0 else { return (u, v, v) }
    // The upper edge bends like a shelf in the sun, most right of the middle.
    let bend =
      heat
      * (CassetteShell.bump((u - 0.30) * 1.9) * 0.060 + CassetteShell.bump((u + 0.44) * 2.6) * 0.026 + 0.012)
    let upper = v8_max(v8_splat(0), 1 - v8_max(v, v8_splat(0)) * 1.7)
    // All below the middle sags with the square of how low it is, and most where no corner holds it.
    let low = v8_clamp((v - 0.2) * 2.3, 0, 1.2)
    let bow =
      CassetteShell.bump((u + 0.05) * 1.7) * 0.040 + CassetteShell.wave(u * 1.43 + 0.2) * 0.010 + 0.016
    let sag = heat * low * low * bow
    let sway = heat * CassetteShell.wave(v * 2.3 + 0.4) * v8_clamp(v * 2, 0, 1) * 0.011
    let wide = 1 + heat * relief.spread(u: u, v: v)
    let settled = v - sag - bend * upper
    return (u / wide + sway, settled - relief.drag(u: u, v: settled, heat: heat), settled)
  }

  /// Signed distance to a rectangle with round corners.
  @inline(__always)
  static func box(
    _ u: v8f, _ v: v8f, _ centerU: Float, _ centerV: Float, _ halfWidth: Float, _ halfHeight: Float,
    _ radius: Float
  ) -> v8f {
    let zero = v8_splat(0)
    let x = v8_abs(u - centerU) - (halfWidth - radius)
    let y = v8_abs(v - centerV) - (halfHeight - radius)
    let ax = v8_max(x, zero)
    let ay = v8_max(y, zero)
    return v8_sqrt(ax * ax + ay * ay) + v8_min(v8_max(x, y), zero) - radius
  }

  /// Signed distance to the shell, negative inside: exact where it is whole, near enough to draw an edge elsewhere. The
  /// molten shell runs into the ground, which cuts it; the whole one ends there.
  @inline(__always)
  func body(source: (u: v8f, v: v8f, settled: v8f)) -> v8f {
    let h = CassetteShell.height
    return CassetteShell.box(source.u, source.v, 0, h / 2, 0.5, h / 2, 0.022)
  }

  /// Signed distance at places of the picture.
  @inline(__always)
  func body(u: v8f, v: v8f) -> v8f { body(source: source(u: u, v: v, heat: heat(u))) }

  // MARK: Outline

  /// Corners of the outline from the left foot over the upper edge to the right foot, (u, v); few where it is
  /// straight.
  func outline() -> [SIMD2<Float>] {
    func body(_ u: Float, _ v: Float) -> Float { self.body(u: v8_splat(u), v: v8_splat(v))[0] }
    /// Where the shell begins on the way from one place to another, found in steps and by halving.
    func entry(_ from: SIMD2<Float>, _ to: SIMD2<Float>) -> SIMD2<Float>? {
      let steps = 64
      for i in 1...steps {
        let b = from + (to - from) * (Float(i) / Float(steps))
        guard body(b.x, b.y) < 0 else { continue }
        var outside = from + (to - from) * (Float(i - 1) / Float(steps))
        var inside = b
        for _ in 0..<14 {
          let middle = (outside + inside) * 0.5
          if body(middle.x, middle.y) < 0 { inside = middle } else { outside = middle }
        }
        return inside
      }
      return nil
    }
    let h = CassetteShell.height
    let side = CassetteShell.reach
    var points: [SIMD2<Float>] = []
    // Denser towards the ground, where molten plastic spreads.
    let rows = (0...26).map { (i: Int) -> Float in
      let t = Float(i) / 26
      return h - 0.003 - (h - 0.05) * t * (0.35 + 0.65 * t)
    }
    points += rows.compactMap { entry(SIMD2(-side, $0), SIMD2(0, $0)) }
    points += (0...48).compactMap { i in
      let u = -0.485 + 0.97 * Float(i) / 48
      return entry(SIMD2(u, CassetteShell.top), SIMD2(u, h * 0.6))
    }
    points += rows.reversed().compactMap { entry(SIMD2(side, $0), SIMD2(0, $0)) }
    return CassetteShell.simplified(points, tolerance: 0.0008)
  }

  /// Leaves out points that lie on the line of those kept (Douglas and Peucker, 1973).
  static func simplified(_ points: [SIMD2<Float>], tolerance: Float) -> [SIMD2<Float>] {
    guard points.count > 2, let first = points.first, let last = points.last else { return points }
    let chord = last - first
    let length = max(1e-6, (chord * chord).sum().squareRoot())
    var worst = (index: 0, distance: Float(0))
    for (index, p) in points.enumerated().dropFirst().dropLast() {
      let d = p - first
      let distance = abs(d.x * chord.y - d.y * chord.x) / length
      if distance > worst.distance { worst = (index, distance) }
    }
    guard worst.distance > tolerance else { return [first, last] }
    return simplified(Array(points[...worst.index]), tolerance: tolerance).dropLast()
      + simplified(Array(points[worst.index...]), tolerance: tolerance)
  }
}
