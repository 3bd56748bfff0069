import CVector
import Catalog
import Raster

/// How a plane is moved: aside, and turned by so little that two shears do for the turn.
struct SmallMotion: Sendable, Hashable {
  /// Pixels by which the picture moves right and down.
  var x = 0.0, y = 0.0
  /// Radians, clockwise, about `center`.
  var turn = 0.0
  /// Pixels of the whole picture.
  var center = Point(0, 0)

  var isNone: Bool { x == 0 && y == 0 && turn == 0 }

  /// How far any pixel of `bounds` moves, and what sampling reaches for beyond, pixels.
  func reach(in bounds: PixelRect) -> Int {
    guard !isNone else { return 0 }
    let farX = max(abs(center.x - Double(bounds.minX)), abs(Double(bounds.maxX) - center.x))
    let farY = max(abs(center.y - Double(bounds.minY)), abs(Double(bounds.maxY) - center.y))
    let far = max(abs(x) + abs(turn) * farY, abs(y) + abs(turn) * farX)
    return Int(max(0, min(1e6, far)).rounded(.up)) + 4
  }
}

/// A plane of a picture moved a little: by cubic splines, held between the nearest samples.
///
/// Catmull–Rom splines keep what is fine, and move whole pixels exactly. Beside light a thousand times as strong they
/// would swing far below black; held between the four samples around a place they swing nowhere.
struct ShiftedPlane: Sendable {
  /// What is moved; row 0 is row `region.minY` of the picture.
  let source: Plane
  let region: PixelRect
  let motion: SmallMotion

  /// Writes row `y` of the picture, as it is after the motion. Beyond the region its edge goes on.
  func draw(row y: Int, into out: UnsafeMutablePointer<Float>) {
    let width = region.width
    // Where column 0 comes from, and how that falls or rises along the row.
    let down = Double(y) - motion.y - Double(region.minY)
    let slope = -motion.turn
    let middle = motion.center.x - 0.5 - Double(region.minX)
    // Addresses, taken once a row: counting references to the plane for every eight pixels costs more than the
    // pixels, and threads get in each other's way.
    let samples = Samples(base: source.row(0), stride: source.stride, region: region, motion: motion)
    var x = 0
    while x < width {
      let count = min(8, width - x)
      // The turn moves columns by different heights: one height for eight of them differs by a hundredth of a pixel.
      let block = (x + region.minX) / 8 * 8 - region.minX
      let height = down + slope * (Double(block) + 3.5 - middle)
      let end = min(count, block + 8 - x)
      ShiftedPlane.draw(samples, x, count: end, height: height, into: out + x)
      x += end
    }
  }

  /// Where the samples of the plane lie; valid while the plane is held.
  private struct Samples {
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    let region: PixelRect
    let motion: SmallMotion
  }

  private static func draw(
    _ samples: Samples, _ x: Int, count: Int, height: Double, into out: UnsafeMutablePointer<Float>
  ) {
    let top = max(-1e7, min(1e7, height)).rounded(.down)
    let fy = ShiftedPlane.fraction(height - top)
    let row = Int(top)
    let lines = (
      Line(samples, row - 1), Line(samples, row), Line(samples, row + 1), Line(samples, row + 2)
    )
    let w = ShiftedPlane.weights(fy)
    if lines.0.reads(x, count), lines.1.reads(x, count), lines.2.reads(x, count), lines.3.reads(x, count) {
      let a = lines.0.value(x)
      let b = lines.1.range(x)
      let c = lines.2.range(x)
      let d = lines.3.value(x)
      let low = v8_min(b.low, c.low)
      let high = v8_max(b.high, c.high)
      let value = v8_max(low, v8_min(high, (a * w.0 + b.value * w.1) + (c.value * w.2 + d * w.3)))
      if count == 8 { v8_store(out, value) } else { store(value, out, count) }
      return
    }
    for i in 0..<count {
      let a = lines.0.carefully(x + i)
      let b = lines.1.carefully(x + i)
      let c = lines.2.carefully(x + i)
      let d = lines.3.carefully(x + i)
      let low = min(b.low, c.low)
      let high = max(b.high, c.high)
      out[i] = max(low, min(high, (a.value * w.0 + b.value * w.1) + (c.value * w.2 + d.value * w.3)))
    }
  }

  /// A hair beside a whole pixel is that pixel: a plane that rests is copied.
  private static func fraction(_ f: Double) -> Float { f < 1e-4 ? 0 : f > 1 - 1e-4 ? 1 : Float(f) }

  /// Catmull–Rom weights at `t` behind the second of four samples.
  private static func weights(_ t: Float) -> (Float, Float, Float, Float) {
    let t2 = t * t
    let t3 = t2 * t
    return (
      0.5 * (2 * t2 - t - t3), 0.5 * (2 - 5 * t2 + 3 * t3), 0.5 * (t + 4 * t2 - 3 * t3), 0.5 * (t3 - t2)
    )
  }

  /// A row of the source, moved aside.
  private struct Line {
    let row: UnsafeMutablePointer<Float>
    let width, offset: Int
    let w: (Float, Float, Float, Float)

    init(_ samples: Samples, _ row: Int) {
      let region = samples.region
      let motion = samples.motion
      self.row = samples.base + max(0, min(region.height - 1, row)) * samples.stride
      width = region.width
      // Every row is moved as far as the turn says at its own height.
      let y = Double(row + region.minY) + 0.5 - motion.center.y
      let shift = -motion.x + motion.turn * y
      let whole = max(-1e7, min(1e7, shift)).rounded(.down)
      offset = Int(whole)
      w = ShiftedPlane.weights(ShiftedPlane.fraction(shift - whole))
    }

    func reads(_ x: Int, _ count: Int) -> Bool { x + offset >= 1 && x + offset + 10 <= width }

    @inline(__always)
    func value(_ x: Int) -> v8f {
      let p = row + (x + offset)
      return (v8_load(p - 1) * w.0 + v8_load(p) * w.1) + (v8_load(p + 1) * w.2 + v8_load(p + 2) * w.3)
    }

    @inline(__always)
    func range(_ x: Int) -> (value: v8f, low: v8f, high: v8f) {
      let p = row + (x + offset)
      let (b, c) = (v8_load(p), v8_load(p + 1))
      let value = (v8_load(p - 1) * w.0 + b * w.1) + (c * w.2 + v8_load(p + 2) * w.3)
      return (value, v8_min(b, c), v8_max(b, c))
    }

    func carefully(_ x: Int) -> (value: Float, low: Float, high: Float) {
      func at(_ i: Int) -> Float { row[max(0, min(width - 1, i))] }
      let p = x + offset
      let (b, c) = (at(p), at(p + 1))
      return ((at(p - 1) * w.0 + b * w.1) + (c * w.2 + at(p + 2) * w.3), min(b, c), max(b, c))
    }
  }
}
