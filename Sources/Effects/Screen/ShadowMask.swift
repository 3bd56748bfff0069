import CVector
import Catalog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What of each channel's light a mask lets through, with a mean of 1: stripes, slots or dots, one set for each color.
///
/// Edges are as soft as two pixels at least, and the pattern fades before it would beat with the pixels. Upright periods are
/// whole multiples or parts of the distance of scan lines, so that mask and lines do not beat with each other either.
struct ShadowMask: Sendable {
  let kind: CRT.Mask
  /// Triads in a pixel across, periods in a line down.
  let across: Float
  let down: Float
  /// Width of edges, in periods across and down.
  private let edgeX, edgeY: Float
  /// Contrast that is shown across and down.
  private let shareX, shareY: Float
  /// The open share of the pattern across, and down.
  private let meanX, meanY: Float
  /// Change of the light by the pattern: (pattern − mean) · gain.
  private let gain: Float
  /// Mean light behind the mask.
  let brightness: Float

  /// Half of the open width of a stripe, of a slot's height, and the radius of a dot, in periods.
  private static let stripe: Float = 0.14, slot: Float = 0.42, dot: Float = 0.165
  /// Height of a period of dots beside its width: equilateral triangles.
  private static let dotHeight: Float = 0.57735

  /// Whether there is nothing to see of the mask.
  var isBlank: Bool { gain == 0 }

  init(_ settings: CRT, _ layout: TubeLayout, _ geometry: Geometry) {
    kind = settings.mask
    let pitch = max(1e-3, settings.maskPitch * Double(geometry.trimHeight))
    across = Float(1 / pitch)
    // Slots are half as high again as wide.
    let height = pitch * (kind == .dot ? Double(ShadowMask.dotHeight) : 1.5)
    let ratio = layout.pitch / height
    let periods = ratio >= 1 ? min(64, ratio.rounded()) : 1 / min(4096, (1 / ratio).rounded())
    down = Float(periods)
    let downPitch = layout.pitch / periods
    func edge(_ period: Double) -> Float { Float(min(1, max(0.08, 2 / period))) }
    (edgeX, edgeY) = (edge(pitch), edge(downPitch))
    let (shownX, shownY) = (
      PatternFade.share(frequency: 1 / pitch), PatternFade.share(frequency: 1 / downPitch)
    )
    // Rows of dots, and bricks of slots, are staggered: without the height there is no pattern of dots.
    shareX = Float(kind == .dot ? min(shownX, shownY) : shownX)
    shareY = Float(shownY)
    let depth = max(0, min(1, settings.maskDepth))
    func mean(_ value: (Float) -> Float) -> Float {
      let steps = 4096
      var sum = 0.0
      for i in 0..<steps { sum += Double(value((Float(i) + 0.5) / Float(steps) - 0.5)) }
      return Float(sum / Double(steps))
    }
    let (ex, ey) = (edgeX, edgeY)
    var open: Float
    switch kind {
    case .none: (meanX, meanY, open) = (1, 1, 1)
    case .grille:
      meanX = mean { ShadowMask.bar(v8_splat(abs($0)), ShadowMask.stripe, ex)[0] }
      (meanY, open) = (1, meanX)
    case .slot:
      meanX = mean { ShadowMask.bar(v8_splat(abs($0)), ShadowMask.stripe, ex)[0] }
      meanY = mean { ShadowMask.bar(v8_splat(abs($0)), ShadowMask.slot, ey)[0] }
      open = meanX * meanY
    case .dot:
      // Over a period of either direction.
      let steps = 96
      var sum = 0.0
      for j in 0..<steps {
        for i in 0..<steps {
          let (u, v) = ((Float(i) + 0.5) / Float(steps), (Float(j) + 0.5) / Float(steps))
          sum += Double(ShadowMask.dots(v8_splat(u), v8_splat(v), ex)[0])
        }
      }
      open = Float(sum / Double(steps * steps))
      (meanX, meanY) = (open, 1)
    }
    open = max(1e-3, open)
    let behind = 1 - depth * (1 - open)
    let lost = 1 - max(0, min(1, settings.compensation))
    brightness = kind == .none ? 1 : 1 - lost * (1 - behind)
    gain = kind == .none || (shareX == 0 && shareY == 0) ? 0 : depth / behind
  }

  /// A bar of half width `half` about 0, its edges smoothed over `edge`.
  @inline(__always)
  private static func bar(_ d: v8f, _ half: Float, _ edge: Float) -> v8f {
    // Both edges, so that its mean is its width even where they overlap.
    func step(_ x: v8f) -> v8f {
      let t = v8_clamp(x * (1 / edge) + 0.5, 0, 1)
      return t * t * (3 - t * 2)
    }
    return step(d + half) + step(half - d) - 1
  }

  /// Two dots a period, the second half a period to the side and down.
  @inline(__always)
  private static func dots(_ u: v8f, _ v: v8f, _ edge: Float) -> v8f {
    func one(_ u: v8f, _ v: v8f) -> v8f {
      let x = u - v8_floor(u + 0.5)
      let y = (v - v8_floor(v + 0.5)) * dotHeight
      let t = v8_clamp((dot - v8_sqrt(x * x + y * y)) * (1 / edge) + 0.5, 0, 1)
      return t * t * (3 - t * 2)
    }
    return one(u, v) + one(u + 0.5, v + 0.5)
  }

  /// The light of a channel behind the mask, where 1 comes on average; `u` in pixels, `v` in lines.
  @inline(__always)
  func light(_ channel: Int, _ u: v8f, _ v: v8f) -> v8f {
    let t = u * across - Float(channel) * (1.0 / 3)
    switch kind {
    case .none: return v8_splat(1)
    case .grille:
      let d = v8_abs(t - v8_floor(t + 0.5))
      return (ShadowMask.bar(d, ShadowMask.stripe, edgeX) - meanX) * (gain * shareX) + 1
    case .slot:
      let column = v8_floor(t + 0.5)
      let stripe = (ShadowMask.bar(v8_abs(t - column), ShadowMask.stripe, edgeX) - meanX) * shareX + meanX
      // Every other triad stands half a slot lower.
      let w = v * down + (column - v8_floor(column * 0.5) * 2) * 0.5
      let d = v8_abs(w - v8_floor(w + 0.5))
      let slot = (ShadowMask.bar(d, ShadowMask.slot, edgeY) - meanY) * shareY + meanY
      return (stripe * slot - meanX * meanY) * gain + 1
    case .dot:
      return (ShadowMask.dots(t, v * down, edgeX) - meanX) * (gain * shareX) + 1
    }
  }
}
