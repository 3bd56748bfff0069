import Stage

/// What is cut into the stone of the impossible city: courses, joints, and rows of signs that nobody reads.
///
/// All of it is averaged over the footprint, so that it fades into an even tone with distance.
struct StoneRelief {
  /// Height of a course, meters.
  var course: Float = 2.4
  /// Size of a sign, meters.
  var sign: Float = 0.85
  /// Share of the courses that bear signs.
  var inscribed: Float = 0.3
  var seed: UInt32

  /// How bright the stone is at a place beside untouched stone, 0…1.2.
  ///
  /// - Parameters:
  ///   - x: along the wall, meters; y: height, meters.
  ///   - footprint: what is covered along either, meters.
  func tone(_ x: Float, _ y: Float, footprint: SIMD2<Float>) -> Float {
    let fx = max(1e-4, footprint.x)
    let fy = max(1e-4, footprint.y)
    // Gaps between courses.
    var tone = 1 - 0.65 * StoneRelief.lines(y, period: course, width: 0.07, footprint: fy)
    let row = SurfaceNoise.floor(y / course)
    let up = y - Float(row) * course
    // Each course has a tone of its own, and its blocks a little more.
    let rows = 1 - SurfaceNoise.step(0.5, 1.5, fy / course)
    tone *= 1 + 0.22 * (SurfaceNoise.cell(row, 11, seed) - 0.5) * rows
    let block = course * (1.2 + 1.6 * SurfaceNoise.cell(row, 12, seed))
    let shifted = x + block * SurfaceNoise.cell(row, 13, seed)
    tone *= 1 - 0.5 * StoneRelief.lines(shifted, period: block, width: 0.05, footprint: fx) * rows
    tone *= 1 - 0.40 * signs(x, up, row, fx, fy) * rows
    let stain = 1 - SurfaceNoise.step(1.5, 4, max(fx, fy))
    tone *= 1 + 0.5 * (SurfaceNoise.fbm(x * 0.23, y * 0.09, seed &+ 3, octaves: 3) - 0.5) * stain
    return max(0, min(1.2, tone))
  }

  /// Share of the footprint that is cut out as signs.
  private func signs(_ x: Float, _ up: Float, _ row: Int, _ fx: Float, _ fy: Float) -> Float {
    guard SurfaceNoise.cell(row, 21, seed) < inscribed else { return 0 }
    // A band of signs in the middle of the course: three strokes wide, four high.
    let bit = sign / 4
    let low = (course - sign) / 2
    let band = SurfaceNoise.cover(low, low + sign, up, fy)
    guard band > 0 else { return 0 }
    let mean: Float = 0.36
    let far = SurfaceNoise.step(0.8, 1.8, max(fx, fy) / bit)
    guard far < 1 else { return band * mean }
    // The strokes that the footprint touches: three by three are enough where it is no larger than that.
    let i0 = SurfaceNoise.floor((x - fx / 2) / bit)
    let j0 = SurfaceNoise.floor((up - low - fy / 2) / bit)
    var cut: Float = 0
    for i in i0...i0 + 3 {
      let a = SurfaceNoise.cover(Float(i) * bit, Float(i + 1) * bit, x, fx)
      if a <= 0 { continue }
      let column = ((i % 4) + 4) % 4
      guard column != 3 else { continue }
      let number = (i - column) / 4
      for j in max(0, j0)...max(0, min(3, j0 + 3)) {
        let b = SurfaceNoise.cover(Float(j) * bit, Float(j + 1) * bit, up - low, fy)
        if b <= 0 { continue }
        // Signs are symmetric more often than not: that is what makes them signs.
        let mirrored = SurfaceNoise.cell(number, row &* 7 &+ 2, seed) < 0.6
        let place = mirrored && column == 2 ? 0 : column
        if SurfaceNoise.cell(number &* 3 &+ place, j &* 131 &+ row, seed &+ 9) < 0.48 { cut += a * b }
      }
    }
    return cut * (1 - far) + band * mean * far
  }

  /// Share of an interval about `x` that is covered by lines of a width, one every period: exact for any interval.
  static func lines(_ x: Float, period: Float, width: Float, footprint: Float) -> Float {
    let p = max(1e-4, period)
    func sum(_ x: Float) -> Float {
      let turns = (x / p).rounded(.down)
      return turns * width + min(x - turns * p, width)
    }
    let f = max(1e-4, footprint)
    return max(0, min(1, (sum(x + f / 2) - sum(x - f / 2)) / f))
  }
}

/// Light that gathers along an edge, over a width that it falls to a quarter in.
///
/// - Parameters:
///   - distance: from the edge, into the surface.
///   - footprint: what is averaged over, as far as it lies on the surface.
func edgeLight(_ distance: Float, width: Float, footprint: Float) -> Float {
  // The integral of 1 / (1 + d / w)^2 is w · d / (d + w).
  let width = max(1e-4, width)
  func sum(_ d: Float) -> Float { width * d / (d + width) }
  let half = max(1e-4, footprint) / 2
  let low = max(0, distance - half)
  let high = max(low + 1e-4, distance + half)
  return (sum(high) - sum(low)) / (high - low)
}

/// Stone in the light of a far glow: what faces it is faintly lit, and its edge on that side most.
struct StoneMaterial: SurfaceMaterial {
  var relief: StoneRelief
  var albedo: Float = 0.05
  /// Light of the glow on stone that faces it.
  var glow: Vector
  /// Which way the glow lies: −1 to the left, 1 to the right, 0 behind.
  var side: Float
  /// Light on the surfaces that face down: what an inner light leaves there.
  var below = Vector(0, 0, 0)
  /// Share of the glow that stands in the air before all of it: what is far is pale.
  var mist: Float = 0.05

  func look(at point: SurfacePoint) -> SurfaceLook {
    let across = point.face == .left || point.face == .right ? point.position.z : point.position.x
    let tone: Float
    var light: Vector
    switch point.face {
    case .front, .back:
      tone = relief.tone(across, point.position.y, footprint: point.footprint)
      let w = min(0.35, point.size.x * 0.12)
      let left = edgeLight(point.local.x, width: w, footprint: point.footprint.x)
      let right = edgeLight(point.size.x - point.local.x, width: w, footprint: point.footprint.x)
      let broken = 0.35 + 0.8 * SurfaceNoise.value(point.position.y * 0.45, 3.5, point.seed)
      light =
        glow * ((left * max(0, 0.35 - 0.65 * side) + right * max(0, 0.35 + 0.65 * side)) * broken + mist)
      let top = edgeLight(point.size.y - point.local.y, width: 0.12, footprint: point.footprint.y)
      light += glow * (0.12 * top)
    case .left, .right:
      tone = relief.tone(across, point.position.y, footprint: point.footprint)
      let facing = point.face == .left ? -side : side
      light = glow * (0.07 + mist + 0.45 * max(0, facing))
    case .top:
      tone = 0.9
      light = glow * 0.6
    case .bottom:
      tone = 0.9
      light = glow * (mist * 0.8) + below
    }
    return SurfaceLook(albedo: Vector(1, 0.96, 0.92) * (albedo * tone), light: light * tone)
  }
}

/// What shines inside a slit: white-hot in the middle of its width, weaker towards its ends.
struct SlitMaterial: SurfaceMaterial {
  var light: Vector
  var low: Float
  var high: Float

  func look(at point: SurfacePoint) -> SurfaceLook {
    let span = max(0.01, high - low)
    let t = max(0, min(1, (point.position.y - low) / span))
    let ends = SurfaceNoise.step(0, 0.05, t) * (1 - 0.75 * SurfaceNoise.step(0.72, 1, t))
    let uneven = 0.75 + 0.5 * SurfaceNoise.value(point.position.y * 0.8, 1.5, point.seed)
    let face: Float = point.face == .front || point.face == .back ? 1 : 0.35
    return SurfaceLook(albedo: Vector(0.02, 0.02, 0.02), light: light * (ends * uneven * face))
  }
}
