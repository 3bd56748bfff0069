import CVector
import Catalog
import Raster
import Stage

/// The body of air that steam fills: a cone that leans in the wind. Meters.
struct Plume: Sendable, Hashable {
  var height: Float
  /// Half its width at the top and at the ground.
  var top: Float
  var foot: Float
  /// How far its top has been carried to the right.
  var drift: Float
  /// 0…1.
  var amount: Float

  /// Beyond so many half widths there is none.
  static let rim: Float = 1.5

  /// Size of the largest wisps halfway up.
  var cell: Float { max(0.005, 0.62 * (foot + top)) }

  /// From the left to the right edge of all steam, beside its foot.
  var extent: ClosedRange<Float> {
    let side = (max(top, foot) + 2 * swing) * Plume.rim * 1.02
    return min(0, drift) - side...max(0, drift) + side
  }

  /// How far it winds to either side.
  var swing: Float { 0.3 * top }

  func halfWidth(_ y: Float) -> Float { foot + (top - foot) * (y / height) }

  /// Where its middle is at a height, without winding.
  func lean(_ share: Float) -> Float { drift * share * (0.35 + 0.65 * share) }

  /// Growth of the wisps: 1 halfway up.
  func growth(_ y: Float) -> Float { (halfWidth(y) / halfWidth(height / 2)).squareRoot() }

  /// Height in sizes of the wisps there: the integral of 1 / ``growth(_:)``.
  func risen(_ y: Float) -> Float {
    // ∫ dy / √(a + k y) = 2 y / (√(a + k y) + √a), which needs no division by k.
    2 * y * halfWidth(height / 2).squareRoot() / (halfWidth(y).squareRoot() + foot.squareRoot())
  }
}

/// How far steam has risen and turned.
struct SteamMotion: Sendable, Hashable {
  /// Cells of the coarsest noise after which it repeats upward.
  var period: Int
  /// Cells by which it has risen, 0..<period.
  var risen: Double
  /// Turns of the slopes of the noise, 0..<1.
  var turned: Double
  var seed: UInt32

  /// Where the picture does not loop, the noise repeats after so many cells: minutes.
  private static let longPeriod = 2048
  /// Turns for each cell that it rises.
  private static let turning = 0.11

  /// - Parameters:
  ///   - speed: meters a second, not negative.
  ///   - cell: size of the coarsest noise, meters.
  init(speed: Double, cell: Double, moment: Moment, seed: Seed) {
    self.seed = seed.low
    // Where each begins, so that no two rise alike.
    let start = seed.unit(0)
    let rate = max(0, min(1e6, speed / max(1e-3, cell)))
    if let loop = moment.loop, loop > 0 {
      // In a loop as many cells rise as there are, once. One alone would not be noise.
      let wanted = min(rate * loop, 4 * Double(SteamMotion.longPeriod))
      let cells = wanted < 0.5 ? 0 : max(2, wanted.rounded())
      let share = moment.time / loop
      period = cells > 0 ? Int(cells) : SteamMotion.longPeriod
      risen = SteamMotion.wrapped(start * Double(period) + cells * share, Double(period))
      turned = SteamMotion.wrapped((rate * loop * SteamMotion.turning).rounded() * share, 1)
    } else {
      period = SteamMotion.longPeriod
      let cells = rate * moment.time
      risen = SteamMotion.wrapped(start * Double(period) + cells, Double(period))
      turned = SteamMotion.wrapped(cells * SteamMotion.turning, 1)
    }
  }

  /// 0..<period, for any finite number.
  private static func wrapped(_ x: Double, _ period: Double) -> Double {
    let rest = x - period * (x / period).rounded(.down)
    return rest >= 0 && rest < period ? rest : 0
  }
}

/// Gradient noise (Perlin, "Improving noise", 2002) that rises, repeats upward after whole cells, and whose slopes
/// turn (flow noise: Perlin and Neyret, 2001).
private struct RisingNoise {
  let rows: Float
  let risen: Float
  let turned: Float
  let seed: UInt32

  /// - Parameters:
  ///   - fineness: cells for one cell of the coarsest noise, a whole number.
  ///   - turns: whole turns for one turn of the motion.
  init(_ motion: SteamMotion, fineness: Int, turns: Int, name: UInt32) {
    rows = Float(motion.period * fineness)
    risen = Float(motion.risen * Double(fineness))
    let t = motion.turned * Double(turns)
    turned = Float(t - t.rounded(.down))
    seed = motion.seed &+ name &* 0x9e37_79b9
  }

  /// About −0.7…0.7, at a place in cells.
  @inline(__always)
  func value(_ x: v8f, _ y: v8f) -> v8f {
    let y = y - risen
    let fx = v8_clamp(v8_floor(x), -1e6, 1e6)
    let fy = v8_clamp(v8_floor(y), -1e6, 1e6)
    let u = x - fx
    let v = y - fy
    let j = fy - v8_floor(fy / rows) * rows
    let above = j + 1
    let ix = v8_to_int(fx)
    let low = v8_to_int(j)
    let high = v8_to_int(above - v8_floor(above / rows) * rows)
    let one = v8i(repeating: 1)
    let a = slope(v8_lattice_hash(ix, low, seed), u, v)
    let b = slope(v8_lattice_hash(ix &+ one, low, seed), u - 1, v)
    let c = slope(v8_lattice_hash(ix, high, seed), u, v - 1)
    let d = slope(v8_lattice_hash(ix &+ one, high, seed), u - 1, v - 1)
    let su = u * u * u * (u * (u * 6 - 15) + 10)
    let sv = v * v * v * (v * (v * 6 - 15) + 10)
    let near = a + (b - a) * su
    let far = c + (d - c) * su
    return near + (far - near) * sv
  }

  @inline(__always)
  private func slope(_ h: v8u, _ dx: v8f, _ dy: v8f) -> v8f {
    let turn = v8_unit(h) + turned
    return dx * wave(turn) + dy * wave(turn - 0.25)
  }

  /// A wave of period 1 like the cosine, of parabolas: a direction needs no more.
  @inline(__always)
  private func wave(_ t: v8f) -> v8f {
    let p = v8_splat(0.25) - v8_abs(t - v8_floor(t + 0.5))
    return p * (v8_splat(8) - v8_abs(p) * 16)
  }
}

/// One layer of steam: fBm, displaced by other noise that turns at another rate, cut off at a level that rises with
/// height and towards the rim, so that the body tears into wisps.
struct SteamPicture: CardPicture {
  var plume: Plume
  var motion: SteamMotion
  /// Alpha where it is densest.
  var densest: Float
  /// Share of the light that falls on it which it sends to the eye. Drops scatter mostly onward: more than 1, from
  /// lights behind.
  var brightness: Float
  /// Its own, at the ground.
  var light: Vector
  /// What thick fog looks like here: so does it.
  var ambient: Vector
  /// Where the layer as a whole leans, beside its wisps: slopes to the right and upward. Steam scatters light from
  /// all around, a surface from one side only; layers that lean differently together see all of it.
  var lean: SIMD2<Float>

  var hasSurface: Bool { true }

  private static let octaves = 5
  /// Over such a part of the plume's width its slopes are measured.
  private static let slopeReach: Float = 0.035
  /// Height of the surface that lights see, in half widths for an alpha of one.
  private static let relief: Float = 0.7

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    drawDensity(canvas)
    let box = plume.extent
    let perColumn = (box.upperBound - box.lowerBound) / Float(canvas.width)
    let perRow = plume.height / Float(canvas.height)
    let reach = max(plume.top, plume.foot) * 2 * SteamPicture.slopeReach
    let dx = max(1, Int(reach / perColumn + 0.5))
    let dy = max(1, Int(reach / perRow + 0.5))
    let thickness = SteamPicture.relief * max(plume.top, plume.foot) / max(0.01, densest)
    let alpha = canvas.alpha
    let (w, h) = (canvas.width, canvas.height)
    for y in 0..<h {
      let above = max(0, y - dy)
      let below = min(h - 1, y + dy)
      let up = thickness / (Float(max(1, below - above)) * perRow)
      let share = 1 - (Float(y) + 0.5) / Float(h)
      let glow = (1 - share) * (1 - share) * (1 - share)
      for x in 0..<w {
        let i = y * w + x
        let a = alpha[i]
        guard a > 0 else { continue }
        let left = max(0, x - dx)
        let right = min(w - 1, x + dx)
        let across = thickness / (Float(max(1, right - left)) * perColumn)
        surface.slopeX[i] =
          lean.x + max(-2, min(2, (alpha[y * w + right] - alpha[y * w + left]) * across))
        surface.slopeY[i] =
          lean.y + max(-2, min(2, (alpha[above * w + x] - alpha[below * w + x]) * up))
        let back = min(1, brightness * a)
        surface.red[i] = back
        surface.green[i] = back
        surface.blue[i] = back
        canvas.red[i] = (light.x * glow + ambient.x) * a
        canvas.green[i] = (light.y * glow + ambient.y) * a
        canvas.blue[i] = (light.z * glow + ambient.z) * a
      }
    }
  }

  /// Fills the canvas's alpha.
  private func drawDensity(_ canvas: CardCanvas) {
    let box = plume.extent
    let perColumn = (box.upperBound - box.lowerBound) / Float(canvas.width)
    let perRow = plume.height / Float(canvas.height)
    let cell = plume.cell
    let bodies = (0..<SteamPicture.octaves).map {
      RisingNoise(motion, fineness: 1 << $0, turns: $0 + 1, name: UInt32($0) &+ 1)
    }
    let warpX = RisingNoise(motion, fineness: 1, turns: 2, name: 21)
    let warpY = RisingNoise(motion, fineness: 1, turns: 3, name: 22)
    let fineWarp = RisingNoise(motion, fineness: 2, turns: 3, name: 23)
    let winding = RisingNoise(motion, fineness: 1, turns: 1, name: 24)
    // Wisps finer than two texels are left out, those a little larger fade.
    let texel = max(perColumn, perRow)
    var weights = (0..<SteamPicture.octaves).map { octave -> Float in
      let size = cell / Float(1 << octave)
      return SurfaceNoise.step(1.5, 4, size / max(1e-9, texel)) * SteamPicture.weight(octave)
    }
    weights[0] = SteamPicture.weight(0)
    let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
    let level = 0.5 - 0.46 * plume.amount.squareRoot()
    for row in 0..<canvas.height {
      let y = (Float(canvas.height - row) - 0.5) * perRow
      let share = y / plume.height
      let growth = max(1e-3, plume.growth(y))
      let rise = plume.risen(y) / cell
      // Slow: a fourth of the noise's own height, read where the wisps are.
      let wind = winding.value(v8_splat(0.37), v8_splat(rise))[0]
      let middle = plume.lean(share) + plume.swing * 2 * wind * share
      let half = max(1e-4, plume.halfWidth(y))
      // Out of the ground quickly, gone slowly.
      let rest = 1 - share
      let envelope = SurfaceNoise.step(0, 0.1, share) * rest * (1.25 - 0.25 * rest) * densest
      let cut = level + 0.34 * share
      let start = box.lowerBound + 0.5 * perColumn - middle
      let out = canvas.alpha + row * canvas.width
      // Only what lies between the rims.
      let first = Int(max(0, min(Float(canvas.width), (-half * Plume.rim - start) / perColumn - 1)))
      let end = Int(max(0, min(Float(canvas.width), (half * Plume.rim - start) / perColumn + 2)))
      var column = first
      while column < end {
        let x = (lanes + Float(column)) * perColumn + start
        let s = x / half
        let s2 = s * s * (1 / (Plume.rim * Plume.rim))
        let inside = v8_max(v8_splat(0), v8_splat(1) - s2)
        let px = x / (cell * growth)
        let py = v8_splat(rise)
        let qx = px + warpX.value(px * 0.7 + 5.3, py) * 1.1
        let qy = py + warpY.value(px * 0.7 - 8.1, py) * 0.9
        let bend = fineWarp.value(qx * 2, qy * 2) * 0.3
        var sum = v8_splat(0)
        var (ox, oy) = (qx + bend, qy - bend)
        for octave in 0..<SteamPicture.octaves {
          if weights[octave] <= 0 { break }
          sum += bodies[octave].value(ox, oy) * weights[octave]
          ox = ox * 2 + 3.7
          oy = oy * 2
        }
        // Thick in the middle, torn at the rim.
        let body = sum * 0.8 + 0.5 + (inside - 0.75) * 0.7
        let t = v8_clamp((body - cut) * (1 / 0.72), 0, 1)
        let density = t * t * (v8_splat(3) - t * 2) * v8_min(v8_splat(1), inside * 3) * envelope
        // Lanes beyond the end lie beyond the rim, where nothing is.
        if column + 8 <= canvas.width {
          v8_store(out + column, density)
        } else {
          for lane in 0..<canvas.width - column { out[column + lane] = density[lane] }
        }
        column += 8
      }
    }
  }

  private static func weight(_ octave: Int) -> Float {
    [1, 0.5, 0.24, 0.11, 0.05][min(octave, 4)]
  }
}

/// The iron that steam comes out of, lying in the road.
struct CoverPicture: CardPicture {
  var isGrate: Bool
  /// Meters, across and along the street.
  var size: SIMD2<Float>

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let texel = SIMD2(2 / Float(canvas.width), 2 / Float(canvas.height))
    for y in 0..<canvas.height {
      let v = 1 - (Float(y) + 0.5) * texel.y
      for x in 0..<canvas.width {
        let u = (Float(x) + 0.5) * texel.x - 1
        let iron = isGrate ? grate(u, v, texel) : manhole(u, v, texel)
        let i = y * canvas.width + x
        canvas.alpha[i] = iron.cover
        let albedo = (0.006 + 0.045 * iron.raised) * iron.cover
        surface.red[i] = albedo
        surface.green[i] = albedo * 0.97
        surface.blue[i] = albedo * 0.93
        surface.slopeX[i] = iron.slope.x
        surface.slopeY[i] = iron.slope.y
        surface.gloss[i] = (0.05 + 0.4 * iron.raised) * iron.cover
      }
    }
  }

  private struct Iron {
    var cover: Float
    /// 1 on the ribs, 0 in what lies deeper.
    var raised: Float
    var slope: SIMD2<Float>
  }

  /// A frame, a gap, and a lid with studs in rows and two holes for the hook. `u` and `v` run from −1 to 1.
  private func manhole(_ u: Float, _ v: Float, _ texel: SIMD2<Float>) -> Iron {
    let r = (u * u + v * v).squareRoot()
    let w = max(texel.x, texel.y)
    let frame = SurfaceNoise.cover(0.88, 1, r, w)
    let ring = SurfaceNoise.cover(0.72, 0.84, r, w)
    let lid = SurfaceNoise.cover(-1, 0.70, r, w)
    let (row, column) = (v * 7, u * 7)
    let studs =
      SurfaceNoise.cover(-0.3, 0.3, column - column.rounded(), texel.x * 7)
      * SurfaceNoise.cover(-0.3, 0.3, row - row.rounded(), texel.y * 7)
    let du = abs(u) - 0.5
    let hole = SurfaceNoise.cover(-1, 0.07, (du * du + v * v).squareRoot(), w)
    let raised = frame + ring * 0.9 + lid * (0.35 + 0.65 * studs) * (1 - hole)
    let bend = lid * (1 - studs) * 0.5
    return Iron(
      cover: SurfaceNoise.cover(-1, 1, r, w), raised: min(1, raised),
      slope: SIMD2(-(column - column.rounded()) * bend, -(row - row.rounded()) * bend))
  }

  /// Bars across the street between the sides of a frame, with the dark under them.
  private func grate(_ u: Float, _ v: Float, _ texel: SIMD2<Float>) -> Iron {
    let inner = SurfaceNoise.cover(-0.88, 0.88, u, texel.x) * SurfaceNoise.cover(-0.84, 0.84, v, texel.y)
    let place = u * 6.5
    let bars = SurfaceNoise.cover(-0.26, 0.26, place - place.rounded(), texel.x * 6.5)
    let beam = SurfaceNoise.cover(-0.06, 0.06, v, texel.y)
    let raised = 1 - inner * (1 - max(bars, beam))
    return Iron(
      cover: 1, raised: raised, slope: SIMD2(-(place - place.rounded()) * 1.2 * bars * inner, 0))
  }
}
