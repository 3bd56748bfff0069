import CVector

/// Wet asphalt or glass, ready to be looked at.
struct WetGround: Sendable {
  let ground: Ground
  let spills: [Spill]
  /// A rectangle about all that is spilt, (x, z) in meters: nothing is looked for elsewhere.
  let spillLow, spillHigh: SIMD2<Float>

  init(ground: Ground, spills: [Spill] = []) {
    self.ground = ground
    self.spills = spills
    let bounds = spills.map { $0.bounds }
    let far = SIMD2<Float>(repeating: .infinity)
    spillLow = bounds.reduce(far) { pointwiseMin($0, $1.low) }
    spillHigh = bounds.reduce(-far) { pointwiseMax($0, $1.high) }
  }

  /// Slopes of the sea's waves, about.
  private static let swell: Float = 0.12

  /// What a point of the ground is like.
  struct Look {
    var albedo: Vector
    /// Mean slope of the surface, dy/dx and dy/dz.
    var slope: SIMD2<Float>
    /// Deviation of slopes about the mean.
    var roughness: Float
    /// Mirror strength beside Fresnel's.
    var gloss: Float
  }

  /// Deviation of slopes across the view as a share of that along it.
  var aspect: Float { 0.75 * (1 - ground.anisotropy) }

  /// Octaves of noise, each fading to its mean where the footprint outgrows it.
  @inline(__always)
  private func fbm(_ x: Float, _ y: Float, _ seed: UInt32, _ octaves: Int, _ footprint: Float) -> Float {
    var sum: Float = 0
    var weight: Float = 0.5
    var total: Float = 0
    var x = x
    var y = y
    var size = footprint
    for octave in 0..<octaves {
      let fade = max(0, min(1, 1.6 - 1.6 * size))
      let value = fade > 0 ? SurfaceNoise.value(x, y, seed &+ UInt32(octave)) : 0.5
      sum += weight * (0.5 + (value - 0.5) * fade)
      total += weight
      weight *= 0.5
      x = x * 2.03 + 1.7
      y = y * 2.03 - 3.1
      size *= 2.03
    }
    return sum / total
  }

  /// - Parameters:
  ///   - footprint: extent along x and z of what one look covers, meters.
  func look(x: Float, z: Float, footprint: SIMD2<Float>) -> Look {
    let g = ground
    let seed = g.seed
    // The long side of the footprint decides along z; noise is read with it squeezed a little, as puddles lie.
    let fine = (footprint.x * footprint.y).squareRoot()
    let unit = 1 / max(0.02, g.puddleSize)
    var water: Float = 0
    let isSea = g.sea?.contains(x) ?? false
    if isSea || g.puddles >= 1 {
      water = 1
    } else if g.puddles > 0 {
      let n = fbm(x * unit + 5.1, z * unit * 0.6 + 2.2, seed, 5, fine * unit)
      // The noise's values lie between 0.3 and 0.7 nearly everywhere: the share under water picks the level.
      let level = 0.66 - 0.32 * g.puddles
      water = SurfaceNoise.step(level, level + 0.11, n)
    }
    for pool in g.pools where water < 1 {
      let (dx, dz) = (x - pool.x, z - pool.y)
      let far = (dx * dx + dz * dz).squareRoot() / max(0.01, pool.z)
      guard far < 1.6 else { continue }
      // Their shores wander like those of the others.
      let n = fbm(x * unit * 2 + 1.7, z * unit * 2 + 8.8, seed &+ 9, 4, fine * unit * 2)
      // Water thins out towards its shore.
      water = max(water, 1 - SurfaceNoise.step(0.6, 1.06, far + (n - 0.5) * 1.5))
    }
    let side = abs(x)
    if side > g.halfWidth - 0.6, side < g.halfWidth {
      water = max(water, SurfaceNoise.step(g.halfWidth - 0.6, g.halfWidth - 0.35, side))
    }
    let grain: Float =
      fine < 0.2
      ? SurfaceNoise.value(x * 38, z * 38, seed &+ 5) * SurfaceNoise.value(x * 11, z * 11, seed &+ 6) : 0.25
    let fade = max(0, min(1, 1.5 - fine * 12))
    var albedo =
      g.albedo.lowerBound
      + (g.albedo.upperBound - g.albedo.lowerBound) * (0.25 + (grain - 0.25) * fade)
    if g.paint > 0 { albedo += paint(x: x, z: z, footprint: footprint) * g.paint * 0.16 }
    albedo *= 1 - 0.75 * water

    var slope = SIMD2<Float>(0, 0)
    let calm = 1 - 0.6 * water
    if g.waves > 0 {
      slope.x = (fbm(x * 1.7 + 0.3, z * 1.7, seed &+ 31, 3, fine * 1.7) - 0.5) * g.waves * calm
      slope.y = (fbm(x * 1.7 + 7.3, z * 1.7 + 4, seed &+ 37, 3, fine * 1.7) - 0.5) * g.waves * calm
    }
    // The sea has a swell of several meters and short waves upon it, whatever the ground is like.
    if isSea {
      slope.x += (fbm(x * 0.31, z * 0.42, seed &+ 41, 5, fine * 0.4) - 0.5) * WetGround.swell
      slope.y += (fbm(x * 0.31 + 9.1, z * 0.42, seed &+ 43, 5, fine * 0.4) - 0.5) * WetGround.swell
    }
    if g.ripples > 0, z < g.rippleReach { slope += rings(x: x, z: z) * (g.ripples * (0.25 + 0.75 * water)) }
    // Waves that are too small to be seen one by one still scatter.
    let lost = min(1, fine * 0.8) * (g.waves * calm + (isSea ? WetGround.swell : 0)) * 0.25
    var own = g.roughness + (g.waterRoughness - g.roughness) * water
    var gloss = g.gloss + (g.waterGloss - g.gloss) * water
    if g.drying > 0, water < 1 {
      // Where the film of water is gone, stones stand out of it: they mirror less, and scatter it further.
      let n = fbm(x * unit * 0.8 + 3.9, z * unit * 0.5 + 6.1, seed &+ 61, 5, fine * unit)
      let dry = SurfaceNoise.step(0.4, 0.62, n) * g.drying * (1 - water)
      gloss *= 1 - 0.8 * dry
      own *= 1 + 0.7 * dry
      albedo *= 1 + 0.4 * dry
    }
    if g.stones > 0, water < 1 {
      let seen = stones(x: x, z: z, footprint: footprint)
      // What is seen stone by stone is no longer scattered.
      let share = g.stones * (1 - water)
      slope += seen.slope * (own * share * 0.70710678)
      own *= (1 - share * share * seen.share).squareRoot()
    }
    var look = Look(
      albedo: Vector(repeating: albedo), slope: slope, roughness: (own * own + lost * lost).squareRoot(),
      gloss: gloss)
    spilt(over: &look, x: x, z: z, footprint: footprint)
    return look
  }

  /// Slopes of single stones, of deviation 1 along z, and the share of their variance that the footprint leaves to be
  /// seen.
  private func stones(x: Float, z: Float, footprint: SIMD2<Float>) -> (slope: SIMD2<Float>, share: Float) {
    var slope = SIMD2<Float>(0, 0)
    var share: Float = 0
    for (size, weight, seed) in WetGround.stoneSizes {
      // Seen from low above, a stone is lost in its row before it is lost among its neighbors.
      let fade = max(0, min(1, 1.5 - max(footprint.x, footprint.y * 0.6) / size * 1.5))
      guard fade > 0 else { continue }
      let (u, v) = (x / size, z / size)
      let k = weight * fade * WetGround.perDeviation
      slope.x += (SurfaceNoise.value(u, v, ground.seed &+ seed) - 0.5) * k
      slope.y += (SurfaceNoise.value(u + 0.37, v + 0.61, ground.seed &+ seed &+ 1) - 0.5) * k
      share += weight * weight * fade * fade
    }
    slope.x *= aspect
    return (slope, share)
  }

  /// Sizes of stones and of the hollows between, meters; weights whose squares add up to 1.
  private static let stoneSizes: [(size: Float, weight: Float, seed: UInt32)] = [
    (0.031, 0.36, 51), (0.014, 0.64, 53), (0.007, 0.68, 55),
  ]
  /// One over the deviation of ``SurfaceNoise/value(_:_:_:)``, about.
  private static let perDeviation: Float = 4.6

  /// Lane marks, edge lines and a zebra crossing, worn.
  private func paint(x: Float, z: Float, footprint: SIMD2<Float>) -> Float {
    let g = ground
    let half = g.halfWidth
    var mark: Float = 0
    let dash = z / 5 - (z / 5).rounded(.down)
    let dashes =
      footprint.y > 5 ? 0.5 : SurfaceNoise.cover(0, 0.5, dash, footprint.y / 5)
    mark = max(mark, SurfaceNoise.cover(-0.07, 0.07, x, footprint.x) * dashes)
    mark = max(mark, SurfaceNoise.cover(half - 0.95, half - 0.85, abs(x), footprint.x))
    if let start = g.crossing, abs(x) < half - 0.9 {
      let bar = x / 0.9 - (x / 0.9).rounded(.down)
      mark = max(
        mark,
        SurfaceNoise.cover(0, 0.5, bar, footprint.x / 0.9)
          * SurfaceNoise.cover(start, start + 2.6, z, footprint.y))
    }
    guard mark > 0 else { return 0 }
    return mark * SurfaceNoise.step(0.38, 0.62, fbm(x * 2.2, z * 1.7, g.seed &+ 19, 4, footprint.y))
  }

  /// Slopes of rings about the places where drops have fallen: one lattice cell, one drop at a time.
  private func rings(x: Float, z: Float) -> SIMD2<Float> {
    let perMeter: Float = 2.2
    let cx = SurfaceNoise.floor(x * perMeter)
    let cz = SurfaceNoise.floor(z * perMeter)
    var slope = SIMD2<Float>(0, 0)
    let clock = Clock(rate: 1.1, time: ground.time, period: ground.period)
    for i in cx - 1...cx + 1 {
      for j in cz - 1...cz + 1 {
        // Each cell has its own clock; a drop lives for a part of its beat and falls elsewhere at the next.
        let phase = SurfaceNoise.cell(i, j, ground.seed &+ 203) + clock.turns
        let turn = SurfaceNoise.floor(phase)
        let age = (phase - Float(turn)) / 0.62
        guard age < 1 else { continue }
        let beat = clock.wrapped(turn)
        let dx = x - (Float(i) + SurfaceNoise.cell(i &+ beat &* 31, j, ground.seed &+ 201)) / perMeter
        let dz = z - (Float(j) + SurfaceNoise.cell(i, j &+ beat &* 17, ground.seed &+ 202)) / perMeter
        let d = (dx * dx + dz * dz).squareRoot() + 1e-5
        let radius = 0.3 * age + 0.02
        let off = (d - radius) / 0.025
        guard abs(off) < 3.5 else { continue }
        let strength = Fog.exp(-off * off) * (1 - 0.8 * age)
        // A wave train of 57 mm about the ring.
        let s = strength * WetGround.sine((d - radius) * (110 / (2 * Float.pi)))
        slope += SIMD2(dx, dz) * (s / d)
      }
    }
    return slope
  }

  /// sin(2π t), to about 1e-3.
  @inline(__always)
  static func sine(_ t: Float) -> Float {
    let r = t - t.rounded()
    let p = r * (8 - 16 * abs(r))
    return p * (0.225 * abs(p) + 0.775)
  }
}
