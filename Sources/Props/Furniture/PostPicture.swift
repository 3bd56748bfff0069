import Outline
import Raster
import Stage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Painted metal parts standing in front of each other, as a card shows them: lamp posts, bollards, traffic signs.
///
/// All lengths are meters in the card's own measure: x from its left edge, y upward from its foot.
struct PostPicture: CardPicture {
  struct Part: Sendable {
    var outline: Path
    /// Share of light that comes back.
    var albedo: SIMD3<Float>
    var gloss: Float = 0.3
    /// x of the axis and radius of an upright round post; nil for what is flat.
    var round: SIMD2<Float>?
    /// Light of its own.
    var light = SIMD3<Float>(0, 0, 0)
  }
  /// A soft spot of light.
  struct Lens: Sendable {
    var center: SIMD2<Float>
    /// Distance at which it has fallen to 1/e, across and upward.
    var radius: SIMD2<Float>
    var light: SIMD3<Float>
  }
  var size: SIMD2<Float>
  var parts: [Part]
  var lenses: [Lens] = []
  var seed: UInt32

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard let surface = canvas.surface else { return }
    let (w, h) = (canvas.width, canvas.height)
    let perX = Double(w) / Double(max(1e-6, size.x))
    let perY = Double(h) / Double(max(1e-6, size.y))
    let toTexels = Affine(a: perX, b: 0, c: 0, d: -perY, tx: 0, ty: Double(h))
    let clip = PixelRect(minX: 0, minY: 0, maxX: w, maxY: h)
    let (dx, dy) = (Float(1 / perX), Float(1 / perY))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: w) { memory in
      guard let cover = memory.baseAddress else { return }
      for part in parts {
        let mask = CoverageMask(path: part.outline.transformed(by: toTexels), clip: clip, tolerance: 0.05)
        for y in mask.bounds.rows {
          guard let columns = mask.extent(row: y) else { continue }
          mask.cover(row: y, columns: columns, into: cover)
          let v = Float(h - y) * dy - dy / 2
          for x in columns {
            let k = cover[x - columns.lowerBound]
            guard k > 0 else { continue }
            let i = y * w + x
            let u = (Float(x) + 0.5) * dx
            let wear = 0.65 + 0.7 * SurfaceNoise.fbm(u * 14, v * 3.5, seed, octaves: 3)
            var slope: Float = 0
            if let round = part.round {
              // A cylinder's normal leans outward: tan of the angle, held where it would run away.
              let t = max(-0.94, min(0.94, (u - round.x) / max(1e-4, round.y)))
              slope = -t / (1 - t * t).squareRoot()
            }
            func over(_ below: inout Float, _ value: Float) { below += (value - below) * k }
            over(&surface.red[i], part.albedo.x * wear)
            over(&surface.green[i], part.albedo.y * wear)
            over(&surface.blue[i], part.albedo.z * wear)
            over(&surface.slopeX[i], slope)
            over(&surface.slopeY[i], 0)
            over(&surface.gloss[i], part.gloss)
            over(&canvas.red[i], part.light.x)
            over(&canvas.green[i], part.light.y)
            over(&canvas.blue[i], part.light.z)
            over(&canvas.alpha[i], 1)
          }
        }
      }
    }
    for lens in lenses { draw(lens, canvas, dx, dy) }
  }

  private static func bell(_ x: Float) -> Float { x * x < 30 ? Float(exp(-Double(x) * Double(x))) : 0 }

  /// A Gaussian; where texels are large it is as wide as they, and as much weaker.
  private func draw(_ lens: Lens, _ canvas: CardCanvas, _ dx: Float, _ dy: Float) {
    let (w, h) = (canvas.width, canvas.height)
    // The variance of a texel's width is a twelfth of its square; that of the Gaussian half of its radius's.
    let wide = SIMD2(
      (lens.radius.x * lens.radius.x + dx * dx / 6).squareRoot(),
      (lens.radius.y * lens.radius.y + dy * dy / 6).squareRoot())
    let share = lens.radius.x * lens.radius.y / max(1e-9, wide.x * wide.y)
    /// One factor of the Gaussian at the middle of each texel.
    func falls(_ count: Int, _ step: Float, _ center: Float, _ radius: Float, flipped: Bool) -> [Float] {
      (0..<count).map { k in
        let at = (Float(flipped ? count - 1 - k : k) + 0.5) * step
        return PostPicture.bell((at - center) / radius)
      }
    }
    let across = falls(w, dx, lens.center.x, wide.x, flipped: false)
    let upward = falls(h, dy, lens.center.y, wide.y, flipped: true)
    for y in 0..<h where upward[y] > 1e-4 {
      for x in 0..<w where across[x] > 1e-4 {
        let k = share * across[x] * upward[y]
        let i = y * w + x
        canvas.red[i] += lens.light.x * k
        canvas.green[i] += lens.light.y * k
        canvas.blue[i] += lens.light.z * k
      }
    }
  }
}
