import CVector
import Catalog
import Raster

/// Colors that part towards the corners: a simple lens magnifies red and blue differently.
///
/// Red is drawn outward and blue inward, each spread over its own part of the spectrum, so that edges get fringes
/// and not three sharp copies. Green, and the middle of the picture, stay as they are.
public struct ChromaticAberration: Effect {
  public static let name = "chromatic-aberration"
  public static let summary = "Red and blue part towards the corners, as in a simple lens."

  var amount: Float = 0.3
  var center = Point(0.5, 0.5)

  public static let parameters: [Parameter<ChromaticAberration>] = [
    .init(
      "chromatic-aberration", \.amount, .number(0...1, suggested: 0.1...0.5),
      "Strength; at 1 red and blue lie 1 % of the picture's height beside green in the corners."),
    .init("center", \.center, .point, "Where the lens looks."),
  ]

  public static let neutral: ChromaticAberration? = {
    var aberration = ChromaticAberration()
    aberration.amount = 0
    return aberration
  }()

  /// Displacement at amount 1, half a diagonal away from the center, shares of the picture's height.
  static let displacement = 0.01
  public init() {}

  /// Half the trimmed picture's diagonal, pixels.
  private static func radius(_ geometry: Geometry) -> Double {
    let (w, h) = (Double(geometry.trimWidth), Double(geometry.trimHeight))
    return max(0.5, (w * w + h * h).squareRoot() / 2)
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let pixels = farthest(in: geometry.bounds, geometry)
    return Reach(x: pixels, y: pixels)
  }

  /// How far from a pixel of `region` its light may come from, pixels.
  private func farthest(in region: PixelRect, _ geometry: Geometry) -> Int {
    // Where the region ends farthest from the center.
    let middle = geometry.point(bounded(center.x), bounded(center.y))
    let x = max(abs(middle.x - Double(region.minX)), abs(Double(region.maxX) - middle.x))
    let y = max(abs(middle.y - Double(region.minY)), abs(Double(region.maxY) - middle.y))
    let far = min(
      ChromaticAberration.farthest, (x * x + y * y).squareRoot() / ChromaticAberration.radius(geometry))
    let most = geometry.pixels(Double(amount) * ChromaticAberration.displacement) * far * far * 1.4
    return Int(most.rounded(.up)) + 2
  }

  /// Displacement grows no more beyond this many half diagonals from the center.
  private static let farthest = 2.0

  /// Centers far outside are as good as at the bound, and keep the arithmetic exact.
  private func bounded(_ x: Double) -> Double { max(-4, min(4, x)) }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let slab = Slab(width: region.width, height: region.height, halo: farthest(in: region, context.geometry))
    return Plane.bytes(width: region.width, height: slab.window)
  }

  /// The picture is drawn in place, slab by slab; a window of original rows moves along with them.
  private struct Slab {
    /// Rows drawn at once, and original rows held meanwhile.
    let rows, window: Int

    init(width: Int, height: Int, halo: Int) {
      // Enough pixels to keep many threads at work.
      rows = min(height, max(halo, (1 << 21) / max(1, width) + 1))
      window = min(height, rows + 2 * halo)
    }
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let geometry = context.geometry
    let halo = farthest(in: frame.region, geometry)
    let slab = Slab(width: frame.width, height: frame.height, halo: halo)
    let window = try Plane(width: frame.width, height: slab.window)
    let middle = geometry.point(bounded(center.x), bounded(center.y))
    let most = geometry.pixels(Double(amount) * ChromaticAberration.displacement)
    for (plane, sign) in [(frame.red, -1.0), (frame.blue, 1.0)] {
      var copied = 0
      for top in stride(from: 0, to: frame.height, by: slab.rows) {
        let bottom = min(frame.height, top + slab.rows)
        let fresh = copied..<min(frame.height, bottom + halo)
        copied = fresh.upperBound
        context.workers.bands(rows: fresh.count, width: frame.width) { rows in
          for i in rows {
            let y = fresh.lowerBound + i
            window.row(y % slab.window).update(from: plane.row(y), count: frame.width)
          }
        }
        let lens = Lens(
          window: window, start: max(0, top - halo) / slab.window * slab.window, region: frame.region,
          centerX: Float(middle.x - 0.5), centerY: Float(middle.y - 0.5),
          radius: Float(ChromaticAberration.radius(geometry)), strength: Float(sign * most), halo: halo)
        context.workers.bands(rows: bottom - top, width: frame.width) { rows in
          for i in rows { lens.draw(row: top + i, into: plane.row(top + i)) }
        }
      }
    }
  }

  /// One channel, sampled bilinearly at three radially displaced places, the outer ones half as strong as the middle.
  private struct Lens: Sendable {
    /// Original rows: row y of the region lies in row y modulo the height.
    let window: Plane
    /// A multiple of the window's height, at most twice which the rows held lie beyond.
    let start: Int
    let region: PixelRect
    let centerX, centerY, radius, strength: Float
    /// How far offsets reach, pixels.
    let halo: Int

    @inline(__always)
    private func original(_ y: Int) -> UnsafeMutablePointer<Float> {
      let i = y &- start
      return window.base + (i < window.height ? i : i &- window.height) &* window.stride
    }

    func draw(row i: Int, into out: UnsafeMutablePointer<Float>) {
      let isInside = i >= halo && i + halo + 1 < region.height
      let end = region.width - halo - 9
      var x = 0
      while x < region.width {
        if isInside, x >= halo, x < end {
          let (kx, ky) = displacement(x, i)
          let (a, b, c) = (Offset(kx, ky, 0.6), Offset(kx, ky, 1), Offset(kx, ky, 1.4))
          if a.isUniform, b.isUniform, c.isUniform {
            v8_store(
              out + x, displaced(x, i, a) * 0.25 + displaced(x, i, b) * 0.5 + displaced(x, i, c) * 0.25)
            x &+= 8
            continue
          }
        }
        drawCarefully(x, i, out)
        x &+= 8
      }
    }

    /// The middle of the spectrum's displacement of eight pixels from (`x`, `row`), in 1/1024 pixels.
    @inline(__always)
    private func displacement(_ x: Int, _ row: Int) -> (v8f, v8f) {
      let inverse = 1 / radius
      let dx = v8_splat(Float(region.minX &+ x)) + v8f(0, 1, 2, 3, 4, 5, 6, 7) - centerX
      let dy = Float(region.minY &+ row) - centerY
      let r = v8_sqrt(dx * dx + dy * dy) * inverse
      // As far as twice the radius the displacement grows with the square of the distance.
      let k = v8_min(v8_splat(4) / v8_max(r, v8_splat(1e-3)), r) * (strength * inverse)
      return (dx * k * 1024, k * (dy * 1024))
    }

    /// Where a part of the channel's spectrum, at a share of its mean displacement, comes from.
    private struct Offset {
      let x, y, wholeX, wholeY: v8f

      @inline(__always)
      init(_ kx: v8f, _ ky: v8f, _ share: Float) {
        // A grid of 1/1024 pixel: offsets are exact then, whichever pixel they are counted from.
        x = v8_floor(kx * share + 0.5) * v8_splat(1 / 1024)
        y = v8_floor(ky * share + 0.5) * v8_splat(1 / 1024)
        wholeX = v8_floor(x)
        wholeY = v8_floor(y)
      }

      @inline(__always)
      var isUniform: Bool { v8_uniform(wholeX, wholeY) }
    }

    /// Eight pixels displaced by as many whole pixels, and by parts of one: so it is almost everywhere.
    @inline(__always)
    private func displaced(_ x: Int, _ row: Int, _ offset: Offset) -> v8f {
      let (fx, fy) = (offset.x - offset.wholeX, offset.y - offset.wholeY)
      let left = x &+ Int(v8_to_int(offset.wholeX)[0])
      let top = row &+ Int(v8_to_int(offset.wholeY)[0])
      let (p, q) = (original(top) + left, original(top &+ 1) + left)
      let upper = v8_load(p) * (1 - fx) + v8_load(p + 1) * fx
      let lower = v8_load(q) * (1 - fx) + v8_load(q + 1) * fx
      return upper * (1 - fy) + lower * fy
    }

    /// Draws up to eight pixels near the picture's edges, and where displacements pass a whole pixel.
    @inline(never)
    private func drawCarefully(_ x: Int, _ row: Int, _ out: UnsafeMutablePointer<Float>) {
      let (kx, ky) = displacement(x, row)
      let dx = Float(region.minX &+ x) - centerX
      let crosses = dx < 0 && dx + 7 > 0
      func part(_ share: Float) -> v8f {
        let offset = Offset(kx, ky, share)
        return crosses ? scattered(x, row, offset.x, offset.y) : sample(x, row, offset.x, offset.y)
      }
      store(part(0.6) * 0.25 + part(1) * 0.5 + part(1.4) * 0.25, out + x, region.width - x)
    }

    /// The channel at (`x` + lane + `ox`, `row` + `oy`) where the whole pixels of the offsets differ: by one, so that
    /// three unbroken runs in as many rows hold all that is needed.
    @inline(__always)
    private func sample(_ x: Int, _ row: Int, _ ox: v8f, _ oy: v8f) -> v8f {
      // On either side of the center offsets rise or fall steadily: the outer lanes are the extremes.
      let (low, high) = (min(ox[0], ox[7]), max(ox[0], ox[7]))
      let (above, below) = (min(oy[0], oy[7]), max(oy[0], oy[7]))
      let (floorX, floorY) = (low.rounded(.down), above.rounded(.down))
      let start = x + Int(floorX)
      let top = row + Int(floorY)
      guard high - floorX <= 2, below - floorY <= 2, start >= 0, start + 10 <= region.width, top >= 0,
        top + 2 < region.height
      else { return scattered(x, row, ox, oy) }
      let fx = ox - floorX
      let fy = oy - floorY
      let (p, q, t) = (original(top) + start, original(top + 1) + start, original(top + 2) + start)
      let (w0, w1, w2) = (tent(fx), tent(fx - 1), tent(fx - 2))
      let upper = v8_load(p) * w0 + v8_load(p + 1) * w1 + v8_load(p + 2) * w2
      let lower = v8_load(q) * w0 + v8_load(q + 1) * w1 + v8_load(q + 2) * w2
      let third = v8_load(t) * w0 + v8_load(t + 1) * w1 + v8_load(t + 2) * w2
      return upper * tent(fy) + lower * tent(fy - 1) + third * tent(fy - 2)
    }

    @inline(__always)
    private func tent(_ d: v8f) -> v8f { v8_max(1 - v8_abs(d), v8_splat(0)) }

    /// The same sums, lane by lane: the runs' other taps have weight 0, so that both ways give the same bits.
    @inline(never)
    private func scattered(_ x: Int, _ row: Int, _ ox: v8f, _ oy: v8f) -> v8f {
      var result = v8_splat(0)
      for lane in 0..<8 {
        let baseX = ox[lane].rounded(.down)
        let baseY = oy[lane].rounded(.down)
        guard abs(baseX) < 1e6, abs(baseY) < 1e6 else { continue }
        let (fx, fy) = (ox[lane] - baseX, oy[lane] - baseY)
        let (x0, y0) = (x + lane + Int(baseX), row + Int(baseY))
        func at(_ x: Int, _ y: Int) -> Float {
          original(max(0, min(region.height - 1, y)))[max(0, min(region.width - 1, x))]
        }
        let upper = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
        let lower = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
        result[lane] = upper * (1 - fy) + lower * fy
      }
      return result
    }
  }
}
