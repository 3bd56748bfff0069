import Catalog
import Raster
import Stage

/// The light in the windows of a wall: one number for each window, and sums that give the mean over any
/// rectangle of windows in four look-ups.
struct WindowLights: Sendable {
  let columns: Int
  let rows: Int
  /// Mean light over each window's opening.
  private let lights: [Vector]
  /// Sums of all windows left of and below, (columns + 1) × (rows + 1).
  private let sums: [Vector]

  /// What is known of the people behind the windows.
  struct Habits: Sendable {
    /// Share of windows that are lit, and of those, share that is warm; 0…1.
    var lit: Float = 0.3
    var warm: Float = 0.5
    /// Share of the cool windows that have `tint` instead, 0…1.
    var tinted: Float = 0.12
    /// Color of the rare window that is neither warm nor cool.
    var tint = Vector(1, 0.22, 0.55)
    var gain: Float = 1
    /// Television and lights that go on and off follow it, and repeat with a loop.
    var moment = Moment()
  }

  /// Sizes are bounded to 1…128 columns and 1…256 rows; beyond, the wall repeats.
  init(columns: Int, rows: Int, habits: Habits, seed: UInt32) {
    let columns = max(1, min(128, columns))
    let rows = max(1, min(256, rows))
    self.columns = columns
    self.rows = rows
    var lights: [Vector] = []
    lights.reserveCapacity(columns * rows)
    for j in 0..<rows {
      let storey = SurfaceNoise.cell(1, j, seed)
      for i in 0..<columns {
        lights.append(WindowLights.light(i, j, storey: storey, habits: habits, seed: seed))
      }
    }
    var sums = [Vector](repeating: Vector(0, 0, 0), count: (columns + 1) * (rows + 1))
    for j in 0..<rows {
      var row = Vector(0, 0, 0)
      for i in 0..<columns {
        row += lights[j * columns + i]
        sums[(j + 1) * (columns + 1) + i + 1] = sums[j * (columns + 1) + i + 1] + row
      }
    }
    self.lights = lights
    self.sums = sums
  }

  private static func light(_ i: Int, _ j: Int, storey: Float, habits: Habits, seed: UInt32) -> Vector {
    var share = habits.lit
    // Whole floors work late or are empty, and some columns are stairs and bathrooms.
    if storey > 0.86 { share = min(max(habits.lit, 0.85), share * 3.2) }
    if storey < 0.15 { share *= 0.4 }
    if SurfaceNoise.cell(i >> 1, 3, seed &+ 5) < 0.18 { share *= 0.4 }
    let draw = SurfaceNoise.cell(i, j, seed)
    guard draw < share else {
      // A door to a lit corridor is open somewhere, or a clock glows.
      let rest = SurfaceNoise.cell(i, j, seed &+ 6)
      return rest < 0.12 * habits.lit ? Vector(0.02, 0.014, 0.008) * habits.gain : Vector(0, 0, 0)
    }
    let h = SurfaceNoise.cell(i, j, seed &+ 1)
    // Most are dim, a few are bright.
    var brightness = 0.07 + 0.26 * h * h + 1.1 * h * h * h * h * h * h
    let choice = SurfaceNoise.cell(i, j, seed &+ 2)
    let shade = SurfaceNoise.cell(i, j, seed &+ 3)
    var color: Vector
    if choice < habits.warm {
      // From candle to bulb to halogen.
      color = Vector(1, 0.40 + 0.22 * shade, 0.11 + 0.2 * shade * shade)
    } else if choice < habits.warm + (1 - habits.warm) * (1 - habits.tinted) {
      // Tubes: cyan to greenish white.
      color = Vector(0.28 + 0.42 * shade, 0.78, 0.86 - 0.22 * shade)
    } else {
      color = habits.tint
    }
    let habit = SurfaceNoise.cell(i, j, seed &+ 8)
    let phase = Double(SurfaceNoise.cell(i, j, seed &+ 9))
    if habit < 0.035 {
      // Television: a few steps of brightness a second.
      let k = WindowLights.step(at: habits.moment, rate: 5, start: phase * 64)
      let from = SurfaceNoise.cell(k, i &+ 31 &* j, seed)
      color = Vector(0.30, 0.55, 1)
      brightness *= 0.45 + 0.9 * from
    } else if habit < 0.075 {
      // Somebody comes and goes.
      let period = WindowLights.period(9 + 14 * phase, loop: habits.moment.loop)
      let t = Float((habits.moment.time / period + phase * 7).truncatingRemainder(dividingBy: 1))
      let on = SurfaceNoise.step(0.1, 0.13, abs(t)) * (1 - SurfaceNoise.step(0.72, 0.75, abs(t)))
      brightness *= 0.06 + 0.94 * on
    }
    return color * (brightness * habits.gain)
  }

  /// The number of a step that changes `rate` times a second; in a loop the last runs into the first.
  private static func step(at moment: Moment, rate: Double, start: Double) -> Int {
    guard let loop = moment.loop, loop > 0 else {
      return SurfaceNoise.floor(Float((moment.time * rate + start).truncatingRemainder(dividingBy: 4096)))
    }
    let steps = max(1, min(1e6, (loop * rate).rounded()))
    let first = start.rounded(.down)
    let gone = (moment.time / loop * steps + start).rounded(.down) - first
    return Int(first + gone.truncatingRemainder(dividingBy: steps))
  }

  /// A period in seconds, of which a loop holds whole ones.
  static func period(_ period: Double, loop: Double?) -> Double {
    guard let loop, loop > 0 else { return period }
    return loop / max(1, (loop / period).rounded())
  }

  /// The light of a window; the wall repeats beyond its table.
  @inline(__always)
  func light(_ i: Int, _ j: Int) -> Vector {
    lights[WindowLights.wrapped(j, rows) * columns + WindowLights.wrapped(i, columns)]
  }

  @inline(__always)
  private static func wrapped(_ i: Int, _ count: Int) -> Int {
    let r = i % count
    return r < 0 ? r + count : r
  }

  /// Mean over all windows.
  var mean: Vector { sums[sums.count - 1] / Float(columns * rows) }

  /// Mean of the lights over a rectangle in windows: from `low` to `high`, fractions count in part.
  func mean(_ low: SIMD2<Float>, _ high: SIMD2<Float>) -> Vector {
    let area = max(1e-6, (high.x - low.x) * (high.y - low.y))
    let sum =
      integral(high.x, high.y) - integral(low.x, high.y) - integral(high.x, low.y) + integral(low.x, low.y)
    // Differences of large sums may end a little below nothing.
    return pointwiseMax(Vector(0, 0, 0), sum / area)
  }

  /// ∫∫ light from (0, 0), the wall repeating.
  private func integral(_ x: Float, _ y: Float) -> Vector {
    let width = Float(columns)
    let height = Float(rows)
    let m = (x / width).rounded(.down)
    let n = (y / height).rounded(.down)
    let u = x - m * width
    let v = y - n * height
    let total = sums[sums.count - 1]
    return partial(u, v) + partial(u, height) * n + partial(width, v) * m + total * (m * n)
  }

  /// ∫∫ light from (0, 0) inside of the table.
  private func partial(_ u: Float, _ v: Float) -> Vector {
    let i = max(0, min(columns - 1, SurfaceNoise.floor(u)))
    let j = max(0, min(rows - 1, SurfaceNoise.floor(v)))
    let s = max(0, min(1, u - Float(i)))
    let t = max(0, min(1, v - Float(j)))
    let stride = columns + 1
    let a = sums[j * stride + i]
    let b = sums[j * stride + i + 1]
    let c = sums[(j + 1) * stride + i]
    let d = sums[(j + 1) * stride + i + 1]
    let low = a + (b - a) * s
    return low + (c + (d - c) * s - low) * t
  }
}

/// Openings in a regular wall, and what lights them.
struct WindowGrid: Sendable {
  var lights: WindowLights
  /// Width of a bay and height of a storey, meters.
  var pitch: SIMD2<Float>
  /// Where the opening lies in its cell, shares of the cell.
  var low: SIMD2<Float>
  var high: SIMD2<Float>

  /// What a footprint sees of the windows.
  struct Glimpse {
    /// Share of the footprint that is glass, 0…1.
    var glass: Float
    /// Mean light over the whole footprint, wall included.
    var light: Vector
  }

  /// - Parameters:
  ///   - place: in cells from the table's first window.
  ///   - extent: of the footprint, in cells.
  ///   - count: cells beyond 0..<count have no windows; nil repeats for ever.
  func glimpse(_ place: SIMD2<Float>, _ extent: SIMD2<Float>, first: Int = 0) -> Glimpse {
    let w = SIMD2(max(extent.x, 1e-4), max(extent.y, 1e-4))
    let shareX = Stripes.share(low.x, high.x, of: place.x, width: w.x)
    let shareY = Stripes.share(low.y, high.y, of: place.y, width: w.y)
    let from = place - w * 0.5
    let to = place + w * 0.5
    let i0 = SurfaceNoise.floor(from.x)
    let i1 = SurfaceNoise.floor(to.x)
    let j0 = SurfaceNoise.floor(from.y)
    let j1 = SurfaceNoise.floor(to.y)
    let glass = shareX * shareY
    guard i1 - i0 <= 3 && j1 - j0 <= 3 else {
      // Many windows: their mean over the rectangle. Which part of a window the edge cuts matters little.
      let offset = SIMD2(Float(first), 0)
      return Glimpse(glass: glass, light: lights.mean(from + offset, to + offset) * glass)
    }
    var sum = Vector(0, 0, 0)
    for j in j0...j1 {
      let b = min(to.y, Float(j) + high.y) - max(from.y, Float(j) + low.y)
      guard b > 0 else { continue }
      for i in i0...i1 {
        let a = min(to.x, Float(i) + high.x) - max(from.x, Float(i) + low.x)
        if a > 0 { sum += lights.light(first + i, j) * (a * b) }
      }
    }
    return Glimpse(glass: glass, light: sum / (w.x * w.y))
  }
}
