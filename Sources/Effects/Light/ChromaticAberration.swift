import CVector
import Catalog
import Raster

/// Colors that part towards the corners: a simple lens magnifies red and blue differently.
///
/// Every wavelength lies at a distance of its own, in proportion to the square of the distance from the center. Red is
/// drawn outward and blue inward of green; each channel takes in a band of the spectrum, which falls off evenly from
/// its middle to both sides and overlaps its neighbor's. So edges get rainbows and not three sharp copies, flat colors
/// stay as they are, and so does the middle of the picture.
///
/// A band is a stretch of the ray from the center. The integral over it is taken by whole pixels of the direction,
/// row or column, in which the ray runs faster, and between two pixels of the other; from stretches of 16 pixels on by
/// every second, from 32 on by every fourth, and so on.
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
    let x = max(abs(middle.x - Double(region.minX)), abs(Double(region.maxX) + 8 - middle.x))
    let y = max(abs(middle.y - Double(region.minY)), abs(Double(region.maxY) - middle.y))
    let far = min(
      ChromaticAberration.farthest, (x * x + y * y).squareRoot() / ChromaticAberration.radius(geometry))
    let most = geometry.pixels(Double(amount) * ChromaticAberration.displacement) * far * far
    // A band is at least a pixel long, and is read up to two pixels beyond.
    return Int((most * Band.farthest).rounded(.up)) + 6
  }

  /// Displacement grows no more beyond this many half diagonals from the center.
  private static let farthest = 2.0

  /// Centers far outside are as good as at the bound, and keep the arithmetic exact.
  private func bounded(_ x: Double) -> Double { max(-4, min(4, x)) }

  /// A channel's part of the spectrum: which wavelengths it takes in, by how far they are displaced; red's middle
  /// lies at −1, blue's at 1.
  private struct Band {
    let middle: Float
    /// Where it ends to either side.
    let width: Float

    static let red = Band(middle: -1, width: 0.75)
    static let green = Band(middle: 0, width: 0.5)
    static let blue = Band(middle: 1, width: 0.75)
    /// The largest displacement of all bands.
    static let farthest = 1.75
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let slab = Slab(region, halo: farthest(in: region, context.geometry))
    return 3 * Plane.bytes(width: slab.width, height: slab.window)
  }

  /// The picture is drawn in place, slab by slab; a window of original rows moves along with them.
  private struct Slab {
    /// Rows drawn at once, and original rows held meanwhile.
    let rows, window: Int
    /// Samples of an original row, which continues to either side with its ends, and where the first pixel lies.
    let width, margin: Int

    init(_ region: PixelRect, halo: Int) {
      // Enough pixels to keep many threads at work.
      rows = min(region.height, max(halo, (1 << 21) / max(1, region.width) + 1))
      window = min(region.height, rows + 2 * halo)
      margin = halo + 8
      width = region.width + 2 * margin + 16
    }
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let geometry = context.geometry
    let halo = farthest(in: frame.region, geometry)
    let slab = Slab(frame.region, halo: halo)
    let windows = [
      try Plane(width: slab.width, height: slab.window), try Plane(width: slab.width, height: slab.window),
      try Plane(width: slab.width, height: slab.window),
    ]
    let middle = geometry.point(bounded(center.x), bounded(center.y))
    let most = geometry.pixels(Double(amount) * ChromaticAberration.displacement)
    var copied = 0
    for top in stride(from: 0, to: frame.height, by: slab.rows) {
      let bottom = min(frame.height, top + slab.rows)
      let fresh = copied..<min(frame.height, bottom + halo)
      copied = fresh.upperBound
      context.workers.bands(rows: fresh.count, width: frame.width) { rows in
        for i in rows {
          let y = fresh.lowerBound + i
          for (plane, window) in zip(frame.colorPlanes, windows) {
            Lens.copy(
              plane.row(y), count: frame.width, into: window.row(y % slab.window), margin: slab.margin,
              width: slab.width)
          }
        }
      }
      let lens = Lens(
        windows: windows, margin: slab.margin, top: max(0, top - halo), halo: halo, region: frame.region,
        center: middle, radius: ChromaticAberration.radius(geometry), strength: most)
      context.workers.bands(rows: bottom - top, width: frame.width) { rows in
        for i in rows { lens.draw(row: top + i, into: frame.row(frame.region.minY + top + i)) }
      }
    }
  }

  /// The three channels, each integrated over its band.
  private struct Lens: @unchecked Sendable {
    /// The first pixels of original rows: row y of the region lies in row y modulo the height.
    private let red, green, blue: UnsafeMutablePointer<Float>
    private let pitch, height: Int
    /// A multiple of the height, at most twice which the rows held lie beyond.
    private let start: Int
    private let region: PixelRect
    private let centerX, centerY, inverse, strength: Float
    /// Whether every pixel of every band counts.
    private let isShort: Bool

    /// - Parameters:
    ///   - windows: of red, green and blue, all of one size.
    ///   - margin: samples before a row's first pixel.
    ///   - top: the first row that is still held.
    ///   - halo: what no displacement exceeds, pixels.
    init(
      windows: [Plane], margin: Int, top: Int, halo: Int, region: PixelRect, center: Point, radius: Double,
      strength: Double
    ) {
      (red, green, blue) = (windows[0].base + margin, windows[1].base + margin, windows[2].base + margin)
      (pitch, height) = (windows[0].stride, windows[0].height)
      start = top / height * height
      self.region = region
      (centerX, centerY) = (Float(center.x - 0.5), Float(center.y - 0.5))
      inverse = 1 / Float(radius)
      self.strength = Float(strength)
      isShort = Float(halo) * Band.red.width < Float(Band.farthest) * Lens.stretch
    }

    /// What light is bounded to, so that sums of it stay finite.
    private static let brightest: Float = 1e30
    /// Up to half of so long a band every pixel counts, up to twice that every second, and so on.
    private static let stretch: Float = 8

    static func copy(
      _ from: UnsafePointer<Float>, count: Int, into to: UnsafeMutablePointer<Float>, margin: Int, width: Int
    ) {
      let out = to + margin
      var i = 0
      while i < count {
        let v = i &+ 8 <= count ? v8_load(from + i) : partial(from + i, count &- i)
        let bounded = v8_clamp(v, -brightest, brightest)
        // What is no number fails every comparison.
        v8_store(out + i, v8_select(v8_less_equal(v8_abs(v), v8_splat(.infinity)), bounded, v8_splat(0)))
        i &+= 8
      }
      to.update(repeating: out[0], count: margin)
      (out + count).update(repeating: out[count - 1], count: width - margin - count)
    }

    /// The original row `y`, or the nearest there is, from its first pixel on.
    @inline(__always)
    private func original(_ rows: UnsafeMutablePointer<Float>, _ y: Int) -> UnsafeMutablePointer<Float> {
      let i = (y < 0 ? 0 : y >= region.height ? region.height &- 1 : y) &- start
      let j = i < height ? i : i &- height
      return rows + (j < 0 ? 0 : j < height ? j : height &- 1) &* pitch
    }

    /// The ray through eight pixels.
    private struct Ray {
      /// How far a band's middle at 1 is displaced in the direction in which the ray runs faster, pixels, and how fast
      /// it runs in the other.
      let length, slope: v8f
      let acrossRows: Bool

      @inline(__always)
      init(fast: v8f, slow: v8f, displacement: v8f, acrossRows: Bool) {
        length = fast * displacement
        slope = v8_clamp(slow * fast / v8_max(fast * fast, v8_splat(1e-6)), -1, 1)
        self.acrossRows = acrossRows
      }
    }

    /// The stretch of a ray that a channel sees.
    private struct Stretch {
      /// Its middle and half its length, in pixels of the faster direction.
      let middle, half, slope: v8f

      @inline(__always)
      init(_ ray: Ray, _ band: Band) {
        middle = ray.length * band.middle
        half = v8_max(v8_abs(ray.length) * band.width, v8_splat(1))
        slope = ray.slope
      }
    }

    func draw(row i: Int, into out: Row) {
      let dy = v8_splat(Float(region.minY &+ i) - centerY)
      var x = 0
      while x < region.width {
        let dx = v8_splat(Float(region.minX &+ x)) + v8f(0, 1, 2, 3, 4, 5, 6, 7) - centerX
        let r = v8_sqrt(dx * dx + dy * dy) * inverse
        // As far as twice the radius the displacement grows with the square of the distance.
        let k = v8_lesser(v8_splat(4) / v8_max(r, v8_splat(1e-3)), r) * (strength * inverse)
        let isFlat = v8_less_equal(v8_abs(dy), v8_abs(dx))
        let flat = v8_bits(isFlat)
        var colors: (v8f, v8f, v8f)
        if flat == 255 {
          colors = draw(x, i, Ray(fast: dx, slow: dy, displacement: k, acrossRows: false), lanes: 255)
        } else if flat == 0 {
          colors = draw(x, i, Ray(fast: dy, slow: dx, displacement: k, acrossRows: true), lanes: 255)
        } else {
          let a = draw(x, i, Ray(fast: dx, slow: dy, displacement: k, acrossRows: false), lanes: flat)
          let b = draw(x, i, Ray(fast: dy, slow: dx, displacement: k, acrossRows: true), lanes: ~flat & 255)
          colors = (v8_select(isFlat, a.0, b.0), v8_select(isFlat, a.1, b.1), v8_select(isFlat, a.2, b.2))
        }
        if x &+ 8 <= region.width {
          v8_store(out.red + x, colors.0)
          v8_store(out.green + x, colors.1)
          v8_store(out.blue + x, colors.2)
        } else {
          store(colors.0, out.red + x, region.width &- x)
          store(colors.1, out.green + x, region.width &- x)
          store(colors.2, out.blue + x, region.width &- x)
        }
        x &+= 8
      }
    }

    @inline(__always)
    private func draw(_ x: Int, _ row: Int, _ ray: Ray, lanes: UInt32) -> (v8f, v8f, v8f) {
      let r = integral(red, x, row, Stretch(ray, .red), acrossRows: ray.acrossRows, lanes: lanes)
      let b = integral(blue, x, row, Stretch(ray, .blue), acrossRows: ray.acrossRows, lanes: lanes)
      // Where its band is no longer than a pixel, green is what it was.
      let isShort = v8_less_equal(v8_abs(ray.length) * Band.green.width, v8_splat(1))
      let g =
        v8_bits(isShort) == 255
        ? v8_load(original(green, row) + x)
        : integral(green, x, row, Stretch(ray, .green), acrossRows: ray.acrossRows, lanes: lanes)
      return (r, g, b)
    }

    /// The integral for the given lanes of eight pixels; the others' results mean nothing.
    @inline(__always)
    private func integral(
      _ rows: UnsafeMutablePointer<Float>, _ x: Int, _ row: Int, _ s: Stretch, acrossRows: Bool, lanes: UInt32
    ) -> v8f {
      if isShort {
        return acrossRows
          ? sumAcrossRows(rows, x, row, s, step: 1) : sumAlongRow(rows, x, row, s, step: 1)
      }
      return longIntegral(rows, x, row, s, acrossRows: acrossRows, lanes: lanes)
    }

    /// The same where steps may be longer than a pixel.
    @inline(__always)
    private func longIntegral(
      _ rows: UnsafeMutablePointer<Float>, _ x: Int, _ row: Int, _ s: Stretch, acrossRows: Bool, lanes: UInt32
    ) -> v8f {
      var result = v8_splat(0)
      var left = lanes
      repeat {
        // Lanes that take equally long steps, which are nearly always all.
        let half = s.half[left.trailingZeroBitCount]
        var step: Float = 1
        while half >= Lens.stretch * step { step *= 2 }
        let low = step == 1 ? 0 : Lens.stretch * step / 2
        let same = v8_and(
          v8_less_equal(v8_splat(low), s.half), v8_less(s.half, v8_splat(Lens.stretch * step)))
        let sum =
          acrossRows
          ? sumAcrossRows(rows, x, row, s, step: step) : sumAlongRow(rows, x, row, s, step: step)
        let bits = v8_bits(same)
        if bits == 255 { return sum }
        result = v8_select(same, sum, result)
        left &= ~bits
      } while left != 0
      return result
    }

    /// The range of steps that some lane's band holds.
    @inline(__always)
    private func steps(_ s: Stretch, _ step: Float) -> ClosedRange<Int> {
      let low = (v8_lowest(s.middle - s.half) / step).rounded(.up)
      let high = (v8_highest(s.middle + s.half) / step).rounded(.down)
      let first = Int(low)
      return first...max(first, Int(high))
    }

    /// Offsets in the slower direction on a grid of 1/1024 pixel: weights are exact then, whichever pixel they are
    /// counted from.
    @inline(__always)
    private func offset(_ s: Stretch, _ place: Float) -> v8f {
      v8_floor(s.slope * (place * 1024) + 0.5) * v8_splat(1 / 1024)
    }

    @inline(__always)
    private func sumAlongRow(
      _ rows: UnsafeMutablePointer<Float>, _ x: Int, _ row: Int, _ s: Stretch, step: Float
    ) -> v8f {
      var sum = v8_splat(0)
      var weights = v8_splat(0)
      for n in steps(s, step) {
        let place = Float(n) * step
        let weight = v8_max(s.half - v8_abs(place - s.middle), v8_splat(0))
        let o = offset(s, place)
        let whole = v8_floor(o)
        let column = x &+ Int(place)
        let value: v8f
        if v8_uniform(whole, whole) {
          let top = row &+ Int(whole[0])
          let f = o - whole
          value =
            v8_load(original(rows, top) + column) * (1 - f) + v8_load(original(rows, top &+ 1) + column) * f
        } else {
          let base = v8_lowest(whole)
          if v8_highest(whole) - base <= 1 {
            let top = row &+ Int(base)
            let f = o - base
            value =
              v8_load(original(rows, top) + column) * tent(f) + v8_load(original(rows, top &+ 1) + column)
              * tent(f - 1)
              + v8_load(original(rows, top &+ 2) + column) * tent(f - 2)
          } else {
            value = scattered(rows, row, column: column, whole, o - whole, acrossRows: false)
          }
        }
        sum += value * weight
        weights += weight
      }
      return sum / weights
    }

    @inline(__always)
    private func sumAcrossRows(
      _ rows: UnsafeMutablePointer<Float>, _ x: Int, _ row: Int, _ s: Stretch, step: Float
    ) -> v8f {
      var sum = v8_splat(0)
      var weights = v8_splat(0)
      for n in steps(s, step) {
        let place = Float(n) * step
        let weight = v8_max(s.half - v8_abs(place - s.middle), v8_splat(0))
        let o = offset(s, place)
        let whole = v8_floor(o)
        let line = original(rows, row &+ Int(place)) + x
        let value: v8f
        if v8_uniform(whole, whole) {
          let p = line + Int(whole[0])
          let f = o - whole
          value = v8_load(p) * (1 - f) + v8_load(p + 1) * f
        } else {
          let base = v8_lowest(whole)
          if v8_highest(whole) - base <= 1 {
            let p = line + Int(base)
            let f = o - base
            value = v8_load(p) * tent(f) + v8_load(p + 1) * tent(f - 1) + v8_load(p + 2) * tent(f - 2)
          } else {
            value = scattered(rows, row &+ Int(place), column: x, whole, o - whole, acrossRows: true)
          }
        }
        sum += value * weight
        weights += weight
      }
      return sum / weights
    }

    @inline(__always)
    private func tent(_ d: v8f) -> v8f { v8_max(1 - v8_abs(d), v8_splat(0)) }

    /// The same, lane by lane, where lanes look in different directions: about the center only.
    @inline(never)
    private func scattered(
      _ rows: UnsafeMutablePointer<Float>, _ row: Int, column: Int, _ whole: v8f, _ f: v8f, acrossRows: Bool
    ) -> v8f {
      var result = v8_splat(0)
      for lane in 0..<8 {
        let o = Int(whole[lane])
        let (a, b): (Float, Float)
        if acrossRows {
          let p = original(rows, row) + column + lane + o
          (a, b) = (p[0], p[1])
        } else {
          (a, b) = (original(rows, row + o)[column + lane], original(rows, row + o + 1)[column + lane])
        }
        result[lane] = a * (1 - f[lane]) + b * f[lane]
      }
      return result
    }
  }
}
