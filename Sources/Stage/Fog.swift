import CVector

/// Extinction and air-light in closed form.
package struct Fog: Sendable {
  package let air: Air

  package init(_ air: Air) { self.air = air }

  /// e^x, relative error below 3e-7; 0 far below −87.
  @inline(__always)
  static func exp(_ x: Float) -> Float { v8_exp2(v8_splat(x * 1.4426950408889634))[0] }

  @inline(__always)
  static func exp(_ x: v8f) -> v8f { v8_exp2(x * 1.4426950408889634) }

  /// Extinction per meter at height `y`: density · e^(−y / thickness) + floor.
  @inline(__always)
  package func extinction(at y: Float) -> Float {
    air.density * Fog.exp(-max(0, y) / air.thickness) + air.floor
  }

  /// The integral of the extinction along a ray from height `y` with slope `dy`, over `t` meters: for
  /// exponential fog in closed form (Quílez, "Better fog", 2010; checked against quadrature in the tests).
  @inline(__always)
  package func depth(from y: Float, slope dy: Float, over t: Float) -> Float {
    let start = air.density * Fog.exp(-max(0, y) / air.thickness)
    let k = dy / air.thickness
    let kt = max(-60, k * t)
    if abs(kt) < 1e-2 {
      // 1 − e^(−x) over x, by its series where the difference would cancel.
      return start * t * (1 - kt * 0.5 + kt * kt / 6) + air.floor * t
    }
    return start * (1 - Fog.exp(-kt)) / k + air.floor * t
  }

  /// Eight lengths at once.
  @inline(__always)
  func depths(from y: Float, slope dy: Float, over t: v8f) -> v8f {
    let start = air.density * Fog.exp(-max(0, y) / air.thickness)
    let k = dy / air.thickness
    if abs(k) < 1e-6 { return t * (start + air.floor) }
    let kt = v8_max(v8_splat(-60), t * k)
    let series = v8_splat(1) - kt * 0.5 + kt * kt * (1 / 6.0)
    let exact = (v8_splat(1) - Fog.exp(-kt)) / kt
    return t * start * v8_select(v8_less(v8_abs(kt), v8_splat(1e-2)), series, exact) + t * air.floor
  }

  @inline(__always)
  package func transmittance(from y: Float, slope dy: Float, over t: Float) -> Float {
    Fog.exp(-depth(from: y, slope: dy, over: t))
  }

  /// ∫ dt / (h² + (t − t0)²) from 0 to `t`: what a point light at distance h from the ray, nearest at t0, adds to
  /// the air before `t` without extinction (Sun et al., "A practical analytic single scattering model", 2005).
  package static func airlight(nearest t0: Float, distance h: Float, over t: Float) -> Float {
    let angles = v8_atan(v8f((t - t0) / h, t0 / h, 0, 0, 0, 0, 0, 0))
    return (angles[0] + angles[1]) / h
  }
}
