import Catalog
import Raster

/// What ``Eyes`` look like at a place, counted in widths of an eye from the middle between them, y downward.
struct EyesPicture: Sendable {
  private let face: FaceRelief
  /// Size of a pixel, in widths of an eye.
  private let pixel: Float
  private let gaze: SIMD2<Float>
  private let turn: SIMD2<Float>
  private let leftLight: SIMD3<Float>
  private let rightLight: SIMD3<Float>
  private let iris: SIMD3<Float>
  private let cover: Float
  private let seed: UInt32

  /// Beyond that nothing is left of the face.
  private static let reach = SIMD2<Float>(2.4, 1.5)
  /// Radius of the iris.
  private static let irisRadius: Float = 0.2

  init(_ eyes: Eyes, pixel: Double, seed: UInt32) {
    face = FaceRelief(open: Float(eyes.open), apart: Float(eyes.distance / 2), frown: Float(eyes.frown))
    self.pixel = max(1e-5, Float(pixel))
    // Eyes turn about their middle: the iris wanders, and no farther than the lids let it.
    gaze = SIMD2(Float(max(-1, min(1, eyes.gaze.x))) * 0.17, Float(max(-1, min(1, eyes.gaze.y))) * 0.09)
    let (sine, cosine) = sineAndCosine(degrees: eyes.hub)
    turn = SIMD2(Float(cosine), Float(sine))
    leftLight = eyes.leftColor.light * Float(eyes.light)
    rightLight = eyes.rightColor.light * Float(eyes.light)
    iris = eyes.iris.light * Float(eyes.glow)
    cover = Float(eyes.cover)
    self.seed = seed
  }

  /// Premultiplied light and cover.
  func color(at p: SIMD2<Float>) -> SIMD4<Float> {
    let edge = SIMD2(p.x / EyesPicture.reach.x, (p.y - 0.1) / EyesPicture.reach.y)
    let presence = FaceRelief.bump((edge * edge).sum().squareRoot())
    guard presence > 0 else { return SIMD4(0, 0, 0, 0) }

    let normal = face.normal(at: p, step: max(0.012, pixel))
    let ambient = (leftLight + rightLight) * (0.016 + 0.04 * max(0, -normal.y))
    let skin = (lit(normal, wet: 0.6) * 0.26 + ambient) * (pores(p) * (1 - 0.85 * hair(p)))
    // The lights come from the sides; a face turns away from them towards its middle, and sockets lie in its shadow.
    var light = skin * (0.25 + 0.75 * presence)
    let socket = face.socket(at: p)
    light *= (1 - 0.4 * socket) * (1 - 0.88 * FaceRelief.bump(p.x / 0.55))

    let side: Float = p.x < 0 ? -1 : 1
    let q = SIMD2(p.x - side * face.apart, p.y)
    // Towards the nose is +1 on both sides.
    let inward = -side * q.x * 2
    let (upper, lower) = face.lids(at: inward)
    let inside =
      abs(inward) >= 1 ? 0 : min(step(-pixel, pixel, q.y - upper), step(-pixel, pixel, lower - q.y))
    if inside > 0 {
      let ball = eyeball(q, normal: face.ballNormal(at: q), upper: upper)
      light += (ball - light) * inside
    }
    if abs(inward) < 1 {
      // Lashes: a dark line that is broadest above the iris. Tears: a bright one along the lower lid.
      let along = max(0, 1 - inward * inward)
      let dark = line(q.y - (upper - 0.012), width: 0.012 + 0.022 * along)
      light *= 1 - 0.92 * dark
      let wet = line(q.y - (lower + 0.012), width: 0.008) * along
      light +=
        (leftLight * FaceRelief.smooth(0.6, -0.6, p.x / 2) + rightLight
          * FaceRelief.smooth(-0.6, 0.6, p.x / 2))
        * (0.55 * wet)
    }
    // The iris lights the lids about it.
    let near = q - gaze
    let spill = FaceRelief.bump((near * near).sum().squareRoot() / 0.85) * face.openness
    light += iris * (0.05 * spill * max(0.25, normal.y * -0.6 + 0.5))
    let alpha = cover * presence * (0.55 + 0.45 * socket)
    return SIMD4(light * presence, alpha)
  }

  /// Both lights on a surface, with a wet sheen.
  private func lit(_ n: SIMD3<Float>, wet: Float) -> SIMD3<Float> {
    // From below, where the street is; grazing, so that every fold throws its shade.
    let left = SIMD3<Float>(-0.86, 0.32, 0.39)
    let right = SIMD3<Float>(0.88, 0.22, 0.42)
    func amount(_ l: SIMD3<Float>) -> Float {
      let d = max(0, (n * l).sum())
      var half = l + SIMD3(0, 0, 1)
      half /= (half * half).sum().squareRoot()
      let s = max(0, (n * half).sum())
      let s4 = s * s * s * s
      let s16 = s4 * s4 * s4 * s4
      return d * d + wet * s16 * d * 2.2
    }
    return leftLight * amount(left) + rightLight * amount(right)
  }

  /// The white of the eye, and in it the iris: a reel of tape about the six teeth of its hub.
  private func eyeball(_ q: SIMD2<Float>, normal: SIMD3<Float>, upper: Float) -> SIMD3<Float> {
    // The upper lid throws its shade on the ball.
    let shade = FaceRelief.smooth(-0.02, 0.17, q.y - upper)
    var light = lit(normal, wet: 1)
    // White is what mixes both lights; it darkens towards its corners.
    light =
      (light * 0.55 + SIMD3(repeating: light.sum() * 0.15)) * (0.3 * shade * (1 - 0.75 * (q.x * q.x * 4)))
    let d = q - gaze
    let radius = (d * d).sum().squareRoot()
    let r = radius / EyesPicture.irisRadius
    let blur = pixel / EyesPicture.irisRadius
    let within = step(-blur, blur, 1 - r)
    guard within > 0 else { return light }
    // Windings catch the light in two opposite sectors, as on a record; a dark ring bounds them.
    let winding = 0.62 + 0.38 * min(1, 0.08 / max(0.08, blur)) * triangle(r * 11)
    let sheen = radius > 0 ? d.x * d.y / (radius * radius) : 0
    let rim = FaceRelief.smooth(1, 0.82, r)
    var ring = iris * (winding * (0.32 + 0.9 * abs(sheen)) * (0.35 + 0.65 * rim))
    // The pupil: dark, with the hub's bright ring and teeth in it.
    let hole = step(-blur, blur, 0.52 - r)
    ring *= 1 - hole
    let bright = max(tooth(d / EyesPicture.irisRadius, blur), line(r - 0.44, width: 0.055 + blur))
    let hot = iris * 2.6 + SIMD3(repeating: iris.max() * 0.7)
    ring += hot * (bright * hole)
    ring *= 0.35 + 0.65 * shade
    // What stands before them is seen in them: one small window of light.
    let glint = d - SIMD2(-0.075, -0.085)
    ring +=
      (leftLight + SIMD3(repeating: leftLight.max()))
      * (0.9 * step(-pixel, pixel, 0.028 - (glint * glint).sum().squareRoot()))
    light += (ring - light) * within
    return light
  }

  /// Six teeth that point inward from the hub's ring.
  private func tooth(_ p: SIMD2<Float>, _ blur: Float) -> Float {
    let d = SIMD2(p.x * turn.x + p.y * turn.y, p.y * turn.x - p.x * turn.y)
    var best: Float = 0
    for k in 0..<3 {
      // Along and across each of three diameters.
      let axis = EyesPicture.axes[k]
      let along = abs(d.x * axis.x + d.y * axis.y)
      let across = abs(d.y * axis.x - d.x * axis.y)
      best = max(
        best,
        min(
          step(-blur, blur, 0.055 - across),
          min(step(-blur, blur, along - 0.24), step(-blur, blur, 0.44 - along))))
    }
    return best
  }

  private static let axes: [SIMD2<Float>] = [
    SIMD2(1, 0), SIMD2(0.5, 0.8660254), SIMD2(-0.5, 0.8660254),
  ]

  /// How much of a place is brow hair.
  private func hair(_ p: SIMD2<Float>) -> Float {
    let a = abs(p.x)
    let (middle, width) = face.brow(at: a)
    let d = (p.y - middle) / width
    guard abs(d) < 1.6, width > 0.001 else { return 0 }
    // Hairs lean outward and thin out at the edges.
    let lean = a * 26 + (p.y - middle) * 34
    let hairs = 0.55 + 0.45 * triangle(lean + noise(p * 9) * 2.5)
    return FaceRelief.bump(d / 1.6) * hairs
  }

  /// Uneven skin; fades where it is finer than pixels.
  private func pores(_ p: SIMD2<Float>) -> Float {
    let fine = min(1, 0.02 / pixel)
    return 1 + fine * (noise(p * 31) + noise(p * 67) - 1) * 0.22 + (noise(p * 4) + noise(p * 9) - 1) * 0.3
  }

  private func noise(_ p: SIMD2<Float>) -> Float {
    let x = p.x.rounded(.down)
    let y = p.y.rounded(.down)
    let f = p - SIMD2(x, y)
    let s = f * f * (3 - 2 * f)
    func corner(_ dx: Float, _ dy: Float) -> Float {
      Float(latticeHash(Int32(x + dx), Int32(y + dy), seed) >> 8) / 16_777_216
    }
    let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * s.x
    let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * s.x
    return top + (bottom - top) * s.y
  }

  /// 1 within half a width of nothing, softened over a pixel.
  private func line(_ d: Float, width: Float) -> Float {
    let half = max(width, pixel) / 2
    return step(-pixel, pixel, half - abs(d)) * min(1, width / max(width, pixel))
  }

  private func triangle(_ x: Float) -> Float { abs(2 * (x - x.rounded(.down)) - 1) }

  private func step(_ from: Float, _ to: Float, _ x: Float) -> Float { FaceRelief.smooth(from, to, x) }
}
