import CVector
import Catalog
import Raster

/// Where each pixel of a picture takes its light from. Called once per row, from many threads.
protocol WarpMap: Sendable {
  /// Fills what `count` pixels of row `y`, from (`x`, `y`) of the whole picture on, are displaced by: the light of a
  /// pixel comes from (x + dx, y + dy). Lines may be overrun by seven samples.
  func fill(
    x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>,
    footprint: UnsafeMutablePointer<Float>)
}

/// A picture drawn anew from displaced places.
///
/// Samples are joined by the cubic of E. Catmull and R. Rom (1974), sharp and without a sway of its own. Beside light far
/// above white it would undershoot into black rims, so a result never leaves the range of the samples it lies between.
/// Where the picture is drawn smaller the filter is as much wider as a pixel covers more.
struct Warp {
  /// What lies beyond the edges.
  enum Surroundings: Sendable {
    /// The outermost pixels.
    case continued
    /// Nothing.
    case clear
  }

  let map: any WarpMap
  let surroundings: Surroundings

  /// What light is bounded to, so that weighted sums of it are finite.
  private static let brightest: Float = 1e30

  static func scratchBytes(for region: PixelRect) -> Int { Framebuffer.bytes(of: region) }

  /// How many pixels the filter looks beyond the displacement, at most, where a pixel covers `footprint` pixels.
  static func margin(footprint: Double) -> Int {
    Int((2 * max(1, min(mostFootprint, footprint))).rounded(.up)) + 2
  }

  /// Pixels that a pixel covers in a line; beyond that the picture is sampled sparsely.
  private static let mostFootprint = 8.0

  func apply(to frame: Framebuffer, workers: Workers) throws(OutOfMemory) {
    let region = frame.region
    guard !region.isEmpty else { return }
    let source = try Framebuffer(region: region)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows {
        for (from, to) in zip(frame.planes, source.planes) {
          boundedCopy(from.row(i), to: to.row(i), count: region.width, limit: Warp.brightest)
        }
      }
    }
    let sampler = WarpSampler(source, surroundings)
    workers.bands(rows: region.height, width: region.width) { rows in
      let pitch = region.width + 8
      let lines = UnsafeMutablePointer<Float>.allocate(capacity: 3 * pitch)
      lines.update(repeating: 0, count: 3 * pitch)
      defer { lines.deallocate() }
      let (dx, dy, footprint) = (lines, lines + pitch, lines + 2 * pitch)
      for i in rows {
        let y = region.minY + i
        map.fill(x: region.minX, y: y, count: region.width, dx: dx, dy: dy, footprint: footprint)
        sampler.draw(frame.row(y), y: i, dx: dx, dy: dy, footprint: footprint)
      }
    }
  }
}

/// Copies samples bounded to ±`limit`; what is no number becomes 0. Reads and writes whole vectors.
func boundedCopy(
  _ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int, limit: Float
) {
  for i in 0..<(count + 7) / 8 {
    let v = v8_load(from + 8 * i)
    v8_store(
      to + 8 * i,
      v8_select(v8_less_equal(v8_abs(v), v8_splat(.infinity)), v8_clamp(v, -limit, limit), v8_splat(0)))
  }
}

/// Reads a framebuffer between its pixels.
struct WarpSampler: Sendable {
  private let source: Framebuffer
  private let isClear: Bool
  private let width, height, stride: Int

  /// Up to this many pixels in a pixel the cubic is wide enough as it is.
  private static let sharpest: Float = 1.15

  init(_ source: Framebuffer, _ surroundings: Warp.Surroundings) {
    self.source = source
    isClear = surroundings == .clear
    width = source.width
    height = source.height
    stride = source.red.stride
  }

  /// Draws row `y` of the region.
  func draw(
    _ row: Row, y: Int, dx: UnsafePointer<Float>, dy: UnsafePointer<Float>, footprint: UnsafePointer<Float>,
    withAlpha: Bool = true
  ) {
    let planes = (source.red.base, source.green.base, source.blue.base, source.alpha.base)
    // Farther away than the picture is large there is nothing more.
    let bound = Float(min(1 << 22, 4 * (width + height) + 64))
    var x = 0
    while x < row.count {
      let count = min(8, row.count - x)
      // Lanes that are left to be drawn one by one.
      var left = UInt32(1) << UInt32(count) - 1
      if count == 8 {
        let (u, v) = (
          WarpSampler.bounded(v8_load(dx + x), bound), WarpSampler.bounded(v8_load(dy + x), bound)
        )
        let whole = (x: v8_floor(u), y: v8_floor(v))
        let sharp = v8_bits(v8_less_equal(v8_load(footprint + x), v8_splat(WarpSampler.sharpest)))
        left = drawTogether(
          row, x, y, planes, whole, fraction: (u - whole.x, v - whole.y), lanes: sharp, withAlpha: withAlpha)
      }
      while left != 0 {
        let lane = x + left.trailingZeroBitCount
        left &= left - 1
        draw(row, lane, y, planes, dx[lane], dy[lane], footprint[lane], bound, withAlpha: withAlpha)
      }
      x += 8
    }
  }

  private typealias Planes = (
    UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
    UnsafeMutablePointer<Float>
  )

  /// Neighbors mostly come from neighbors: those of eight pixels that are displaced by equally many whole pixels are
  /// drawn at once.
  ///
  /// - Returns: the lanes that have not been drawn.
  @inline(__always)
  private func drawTogether(
    _ row: Row, _ x: Int, _ y: Int, _ planes: Planes, _ whole: (x: v8f, y: v8f), fraction: (v8f, v8f),
    lanes: UInt32, withAlpha: Bool
  ) -> UInt32 {
    var left = lanes
    var drawn: UInt32 = 0
    let (wx, wy) = (Weights(fraction.0), Weights(fraction.1))
    var (r, g, b, a) = (v8_splat(0), v8_splat(0), v8_splat(0), v8_splat(0))
    // Where displacements part more than that, one by one is as fast.
    for _ in 0..<3 {
      guard left != 0 else { break }
      let lane = left.trailingZeroBitCount
      let (ox, oy) = (whole.x[lane], whole.y[lane])
      let (i, j) = (x &+ Int(ox), y &+ Int(oy))
      guard i >= 1, j >= 1, i &+ 9 < width, j &+ 2 < height else { break }
      let same = v8_and(
        v8_and(v8_less_equal(whole.x, v8_splat(ox)), v8_less_equal(v8_splat(ox), whole.x)),
        v8_and(v8_less_equal(whole.y, v8_splat(oy)), v8_less_equal(v8_splat(oy), whole.y)))
      let at = (j &- 1) &* stride &+ i &- 1
      r = v8_select(same, sample(planes.0 + at, wx, wy), r)
      g = v8_select(same, sample(planes.1 + at, wx, wy), g)
      b = v8_select(same, sample(planes.2 + at, wx, wy), b)
      if withAlpha { a = v8_select(same, sample(planes.3 + at, wx, wy), a) }
      drawn |= v8_bits(same) & lanes
      left &= ~drawn
    }
    guard drawn != 0 else { return 255 }
    v8_store(row.red + x, r)
    v8_store(row.green + x, g)
    v8_store(row.blue + x, b)
    if withAlpha { v8_store(row.alpha + x, a) }
    return ~drawn & 255
  }

  @inline(__always)
  private func draw(
    _ row: Row, _ x: Int, _ y: Int, _ planes: Planes, _ dx: Float, _ dy: Float, _ footprint: Float,
    _ bound: Float, withAlpha: Bool
  ) {
    let (u, v) = (WarpSampler.bounded(dx, bound), WarpSampler.bounded(dy, bound))
    let (wholeX, wholeY) = (u.rounded(.down), v.rounded(.down))
    let (fx, fy) = (u - wholeX, v - wholeY)
    let (i, j) = (x &+ Int(wholeX), y &+ Int(wholeY))
    if footprint <= WarpSampler.sharpest, i >= 1, j >= 1, i &+ 2 < width, j &+ 2 < height {
      let at = (j &- 1) &* stride &+ i &- 1
      let (wx, wy) = (WarpSampler.weights(fx), WarpSampler.weights(fy))
      row.red[x] = sample(planes.0 + at, wx, wy)
      row.green[x] = sample(planes.1 + at, wx, wy)
      row.blue[x] = sample(planes.2 + at, wx, wy)
      if withAlpha { row.alpha[x] = sample(planes.3 + at, wx, wy) }
    } else {
      let color = carefully(i, j, fx, fy, footprint)
      (row.red[x], row.green[x], row.blue[x], row.alpha[x]) = (color.x, color.y, color.z, color.w)
    }
  }

  @inline(__always)
  static func bounded(_ x: Float, _ bound: Float) -> Float { x > -bound ? (x < bound ? x : bound) : -bound }

  @inline(__always)
  private static func bounded(_ x: v8f, _ bound: Float) -> v8f {
    let low = v8_splat(-bound)
    let high = v8_splat(bound)
    // What is no number lies at the lower bound.
    return v8_select(v8_less(low, x), v8_select(v8_less(x, high), x, high), low)
  }

  /// The weights of ``weights(_:)`` for eight places.
  private struct Weights {
    let a, b, c, d: v8f

    @inline(__always)
    init(_ t: v8f) {
      a = ((t * -0.5 + 1) * t - 0.5) * t
      b = (t * 1.5 - 2.5) * t * t + 1
      c = ((t * -1.5 + 2) * t + 0.5) * t
      d = (t * 0.5 - 0.5) * t * t
    }
  }

  /// Eight neighbors, each with weights of its own, from the samples at `p` and beside them.
  @inline(__always)
  private func sample(_ p: UnsafePointer<Float>, _ x: Weights, _ y: Weights) -> v8f {
    @inline(__always) func column(_ p: UnsafePointer<Float>) -> (sum: v8f, b: v8f, c: v8f) {
      let (b, c) = (v8_load(p + stride), v8_load(p + 2 &* stride))
      return ((v8_load(p) * y.a + b * y.b) + (c * y.c + v8_load(p + 3 &* stride) * y.d), b, c)
    }
    let (k0, k1, k2, k3) = (column(p), column(p + 1), column(p + 2), column(p + 3))
    let value = (k0.sum * x.a + k1.sum * x.b) + (k2.sum * x.c + k3.sum * x.d)
    let low = v8_min(v8_min(k1.b, k2.b), v8_min(k1.c, k2.c))
    let high = v8_max(v8_max(k1.b, k2.b), v8_max(k1.c, k2.c))
    return v8_min(v8_max(value, low), high)
  }

  /// The cubic's weights of the samples at −1, 0, 1 and 2 for the place `t`.
  @inline(__always)
  private static func weights(_ t: Float) -> SIMD4<Float> {
    let a = SIMD4<Float>(-0.5, 1.5, -1.5, 0.5) * t + SIMD4<Float>(1, -2.5, 2, -0.5)
    return (a * t + SIMD4<Float>(-0.5, 0, 0.5, 0)) * t + SIMD4<Float>(0, 1, 0, 0)
  }

  @inline(__always)
  private func sample(_ p: UnsafePointer<Float>, _ wx: SIMD4<Float>, _ wy: SIMD4<Float>) -> Float {
    @inline(__always) func load(_ p: UnsafePointer<Float>) -> SIMD4<Float> {
      UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self)
    }
    let (r0, r1) = (load(p), load(p + stride))
    let (r2, r3) = (load(p + 2 &* stride), load(p + 3 &* stride))
    let sum = ((r0 * wy[0] + r1 * wy[1]) + (r2 * wy[2] + r3 * wy[3])) * wx
    let value = (sum[0] + sum[1]) + (sum[2] + sum[3])
    let (a, b, c, d) = (r1[1], r1[2], r2[1], r2[2])
    let (ab, cd) = (a < b ? a : b, c < d ? c : d)
    let (abHigh, cdHigh) = (a < b ? b : a, c < d ? d : c)
    let low = ab < cd ? ab : cd
    let high = abHigh < cdHigh ? cdHigh : abHigh
    return value < low ? low : value > high ? high : value
  }

  /// Near the edges and where the picture gets smaller: any number of samples, one by one.
  @inline(never)
  private func carefully(_ i: Int, _ j: Int, _ fx: Float, _ fy: Float, _ footprint: Float) -> SIMD4<Float> {
    let scale = max(1, min(8, footprint / WarpSampler.sharpest))
    let reach = Int((2 * scale).rounded(.up))
    /// The same cubic as a function of the distance.
    func weight(_ distance: Float) -> Float {
      let d = abs(distance) / scale
      return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0
    }
    var (sum, total) = (SIMD4<Float>(), Float(0))
    var low = SIMD4<Float>(repeating: .infinity)
    var high = SIMD4<Float>(repeating: -.infinity)
    for n in 1 - reach...reach {
      let wy = weight(Float(n) - fy)
      for m in 1 - reach...reach {
        let w = wy * weight(Float(m) - fx)
        let isNear = abs(Float(n) - fy) < scale && abs(Float(m) - fx) < scale
        guard w != 0 || isNear else { continue }
        total += w
        let color = pixel(i &+ m, j &+ n)
        sum += color * w
        guard isNear else { continue }
        low.replace(with: color, where: color .< low)
        high.replace(with: color, where: color .> high)
      }
    }
    var value = abs(total) > 1e-6 ? sum / total : pixel(i, j)
    value.replace(with: low, where: value .< low)
    value.replace(with: high, where: value .> high)
    return value
  }

  @inline(__always)
  private func pixel(_ i: Int, _ j: Int) -> SIMD4<Float> {
    if isClear, i < 0 || j < 0 || i >= width || j >= height { return SIMD4() }
    let at = max(0, min(height - 1, j)) * stride + max(0, min(width - 1, i))
    return SIMD4(source.red.base[at], source.green.base[at], source.blue.base[at], source.alpha.base[at])
  }
}
