/// The middle of a face as heights: brow, bridge of the nose, sockets, lids and cheeks.
///
/// Places are counted in widths of an eye from the middle between the eyes, y downward. All forms are bumps of compact
/// support, so that nothing outside of a form costs or changes anything.
struct FaceRelief: Sendable {
  /// How far the eyes are open, and half of the distance between them.
  let openness: Float
  let apart: Float
  private let frown: Float

  init(open: Float, apart: Float, frown: Float) {
    openness = max(0, min(1, open))
    self.apart = apart
    self.frown = frown
  }

  /// 1 at 0, 0 from 1 on, smooth between.
  static func bump(_ x: Float) -> Float {
    let k = max(0, 1 - x * x)
    return k * k * k
  }

  static func smooth(_ from: Float, _ to: Float, _ x: Float) -> Float {
    let t = max(0, min(1, (x - from) / (to - from)))
    return t * t * (3 - 2 * t)
  }

  /// Upper and lower lid, at a place across the eye: -1 the outer corner, 1 the corner at the nose.
  func lids(at x: Float) -> (upper: Float, lower: Float) {
    let t = max(0, 1 - x * x)
    // The outer corner is higher than the inner one, the upper lid fullest towards the nose.
    let corner = 0.035 * x
    let fuller = 1 + 0.16 * x
    let closed = corner + 0.1 * t
    let upper = corner - 0.17 * t.squareRoot() * (0.45 + 0.55 * t) * fuller
    let lower = corner + 0.145 * t * (1 - 0.22 * x)
    return (closed + (upper - closed) * openness, closed + (lower - closed) * (0.35 + 0.65 * openness))
  }

  /// Height of the brow's middle and half of its breadth, at a distance from the middle of the face.
  func brow(at a: Float) -> (middle: Float, width: Float) {
    let t = (a - (apart - 0.62)) / 1.5
    guard t > -0.15, t < 1.1 else { return (0, 0) }
    // It rises to two thirds of its way, then falls; a frown pulls its inner end down.
    let arch = t < 0.66 ? smoothRise(t / 0.66) : 1 - 0.75 * smoothRise((t - 0.66) / 0.44)
    let middle = -0.46 - 0.17 * arch + frown * 0.17 * FaceRelief.smooth(0.75, 0, t)
    let width = 0.085 * FaceRelief.smooth(-0.15, 0.18, t) * FaceRelief.smooth(1.1, 0.45, t)
    return (middle, width)
  }

  private func smoothRise(_ t: Float) -> Float { FaceRelief.smooth(0, 1, t) }

  /// How deep in a socket a place lies.
  func socket(at p: SIMD2<Float>) -> Float {
    let d = SIMD2((abs(p.x) - apart * 0.96) / 0.95, (p.y + 0.06) / 0.52)
    return FaceRelief.bump((d * d).sum().squareRoot())
  }

  private func height(_ p: SIMD2<Float>) -> Float {
    let a = abs(p.x)
    var h = -0.13 * p.x * p.x - 0.03 * p.y * p.y
    h -= 0.34 * socket(at: p)
    // The ridge below the brow.
    let ridge = p.y + 0.5 + 0.1 * FaceRelief.bump((a - apart) / 0.9) - frown * 0.1 * FaceRelief.bump(a / 0.8)
    h += 0.24 * FaceRelief.bump(ridge / 0.36) * FaceRelief.smooth(apart + 1.35, apart + 0.3, a)
    // Two folds between brows that are drawn together.
    h -= 0.05 * frown * FaceRelief.bump((a - 0.13) / 0.07) * FaceRelief.bump((p.y + 0.55) / 0.32)
    // The nose comes forward on its way down, and broadens.
    let down = FaceRelief.smooth(-0.7, 1.5, p.y)
    h += (0.16 + 0.3 * down) * FaceRelief.bump(a / (0.42 + 0.34 * down)) * FaceRelief.smooth(-0.9, -0.1, p.y)
    let cheek = SIMD2((a - apart - 0.22) / 0.95, (p.y - 1.0) / 0.62)
    h += 0.34 * FaceRelief.bump((cheek * cheek).sum().squareRoot())

    // The ball under the lids, and their folds.
    let q = SIMD2(a - apart, p.y)
    h += 0.17 * FaceRelief.bump((q * q).sum().squareRoot() / 0.68)
    let x = -q.x * 2
    if abs(x) < 1.2 {
      let (upper, lower) = lids(at: x)
      let fade = FaceRelief.bump(x / 1.2)
      let crease = upper - 0.07 - 0.07 * fade
      h -= 0.05 * FaceRelief.bump((p.y - crease) / 0.05) * fade
      h += 0.035 * FaceRelief.bump((p.y - upper + 0.03) / 0.07) * fade
      h += 0.02 * FaceRelief.bump((p.y - lower - 0.05) / 0.07) * fade
      // The fold below, deepest towards the nose.
      h -= 0.03 * FaceRelief.bump((p.y - lower - 0.2 - 0.05 * fade) / 0.1) * fade * (0.6 + 0.4 * x)
    }
    return h
  }

  /// Unit normal; z points at us.
  func normal(at p: SIMD2<Float>, step: Float) -> SIMD3<Float> {
    let dx = height(p + SIMD2(step, 0)) - height(p - SIMD2(step, 0))
    let dy = height(p + SIMD2(0, step)) - height(p - SIMD2(0, step))
    let n = SIMD3(-dx, -dy, step)
    return n / (n * n).sum().squareRoot()
  }

  /// Unit normal of the eyeball, at a place counted from its middle.
  func ballNormal(at q: SIMD2<Float>) -> SIMD3<Float> {
    let d = q / 0.56
    let z = max(0.15, 1 - (d * d).sum()).squareRoot()
    let n = SIMD3(d.x, d.y, z)
    return n / (n * n).sum().squareRoot()
  }
}
