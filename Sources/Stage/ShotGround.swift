import CVector
import Raster

/// What wet ground sends to the eye.
extension Shot {
  /// Light that leaves the ground: what lamps put on it, and what it mirrors.
  func groundLight(
    _ ray: BoundsTree.Ray, _ t: Float, x: Float, y: Float, _ lens: LensPart, _ scratch: Scratch
  ) -> Vector {
    let pixel = self.pixel + lens.spread(after: t)
    let p = Vector(ray.origin.x + ray.direction.x * t, 0, ray.origin.z + ray.direction.z * t)
    let down = max(1e-4, -ray.direction.y)
    let footprint = SIMD2(t * pixel, t * pixel / down)
    let look = ground.look(x: p.x, z: p.z, footprint: footprint)
    findShares(p + Vector(0, 0.02, 0), scratch)
    let arriving =
      lights.irradiance(
        at: p, normal: Vector(0, 1, 0), dimming: scene.air.dimming,
        shares: hasShadows ? UnsafePointer(scratch.shares) : nil)
      + scene.air.ambient * scene.air.ambientOnSurfaces
    let diffuse = arriving * look.albedo

    let chance = Chance(x: x, y: y, number: lens.number)
    let mirrors =
      reflections.fixed == nil && look.roughness * (0.75 + 0.5 * chance.kind) < Shot.mirrorRoughness
      ? calmReflection(p, ray.direction, look, t: t, lens, scratch)
      : roughReflection(p, ray.direction, look, t: t, x: x, y: y, chance, lens, scratch)
    scratch.counts.pointee.reflections += 1
    return diffuse + mirrors
  }

  /// What water without roughness mirrors: rays spread over the pixel, for edges without stairs.
  private func calmReflection(
    _ p: Vector, _ d: Vector, _ look: WetGround.Look, t: Float, _ lens: LensPart, _ scratch: Scratch
  ) -> Vector {
    let count = lens.count == 1 ? Shot.few : 1
    var sum = Vector(0, 0, 0)
    for k in 0..<count {
      let within = count > 1 ? Shot.pattern[k] * pixel : SIMD2(0, 0)
      sum += mirrored(
        p, d, slope: look.slope, width: SIMD2(0, 0), within: within, t: t, gloss: look.gloss,
        brightest: Shot.brightestInMirror, lens, scratch)
    }
    scratch.counts.pointee.reflected += count
    return sum / Float(count)
  }

  /// What rough ground mirrors: rays for all parts of the slopes that are seen.
  private func roughReflection(
    _ p: Vector, _ d: Vector, _ look: WetGround.Look, t: Float, x: Float, y: Float, _ chance: Chance,
    _ lens: LensPart, _ scratch: Scratch
  ) -> Vector {
    let lobe = SlopeLobe(d, roughness: look.roughness, aspect: ground.aspect)
    // Across the view the lobe is narrow: slopes turn a ray less, the lower it comes in.
    let wide = lobe.across * 2 * max(0.02, -d.y) * (0.7 + 0.6 * chance.kind)
    let wanted = Int(rays(roughness: look.roughness, looks: lens.count) + chance.count)
    let columns = wanted < 6 || wide < Shot.narrowLobe ? 1 : wide < 3 * Shot.narrowLobe ? 2 : 3
    let rows = max(1, wanted / columns - 1)
    // The cuts between parts differ from pixel to pixel as evenly as they can (Roberts, 2018), and a little by chance:
    // an even pattern of dots is seen where noise is not.
    let place =
      Float(lens.number) * 0.6180339887 + x * 0.7548776662 + y * 0.5698402909 + Shot.jitter * chance.shift
    let shift = place - place.rounded(.down)
    // Parts that are narrow are made twice as wide: each place is then seen by two rays, and what is averaged at an odd
    // angle does not show where the cuts are.
    let overlap = max(1, min(2, Float(rows) / 6))
    var sum = Vector(0, 0, 0)
    var cast = 0
    for row in 0...rows {
      let (low, high, part) = SlopeLobe.interval(row, of: rows, shift: shift)
      guard part > 1e-4 else { continue }
      let along = lobe.mean + (low + high) * 0.5 * lobe.along
      for column in 0..<columns {
        // One ray for all of the width stands for a square of the same deviation.
        let (left, right, share): (Float, Float, Float) =
          columns == 1 ? (-1.732, 1.732, 1) : SlopeLobe.column(column, of: columns)
        let across = (left + right) * 0.5 * lobe.across
        let slope =
          look.slope
          + SIMD2(lobe.view.x * along + lobe.view.y * across, lobe.view.y * along - lobe.view.x * across)
        let light = mirrored(
          p, d, slope: slope, width: SIMD2((right - left) * lobe.across, (high - low) * lobe.along * overlap),
          within: SIMD2(0, 0), t: t, gloss: look.gloss, brightest: .greatestFiniteMagnitude, lens, scratch)
        sum += light * (part * share)
        cast += 1
      }
    }
    scratch.counts.pointee.reflected += cast
    return sum
  }

  /// How many rays a point of ground has, when the pixel looks at so many points.
  @inline(__always)
  private func rays(roughness: Float, looks: Int) -> Float {
    if let fixed = reflections.fixed { return Float(max(1, fixed / looks)) }
    let wanted = min(reflections.most, reflections.base + reflections.perRoughness * roughness) * noiseScale
    return max(looks == 1 ? 3 : 1, wanted / Float(looks))
  }

  /// Three numbers in 0..<1 by which a point's rays are chosen. How many rays there are, and of which kind, changes along
  /// lines on the ground; beside such a line pixels take one or the other by chance, or it would be seen as a contour.
  struct Chance {
    let count, kind, shift: Float

    @inline(__always)
    init(x: Float, y: Float, number: Int) {
      let h = latticeHash(
        Int32(x.rounded(.down)), Int32(y.rounded(.down)), UInt32(truncatingIfNeeded: number) &+ 17)
      count = Float(h & 1023) / 1024
      kind = Float(h >> 10 & 1023) / 1024
      shift = Float(h >> 20 & 1023) / 1024
    }
  }

  /// Of the cuts between parts, as a share of their width.
  private static let jitter: Float = 0.5

  /// A lamp that one of a mirror's few rays meets by chance is a white dot, not a reflection: such rays bring at most
  /// this.
  private static let brightestInMirror: Float = 14
  /// A lobe that turns rays by less than this to either side needs but one column of rays, radians.
  private static let narrowLobe: Float = 0.03
  /// Water that is calmer than this is a mirror: its rays are spread over the pixel, for edges without stairs.
  private static let mirrorRoughness: Float = 0.004
  /// Noise is judged in a picture of ``referenceHeight`` rows: in larger ones pixels may be noisier, for they are
  /// averaged.
  var noiseScale: Float { max(0.25, min(1, Shot.referenceHeight / max(1, view.height))) }

  /// What one mirrored ray brings, times the share of light that the surface turns back.
  @inline(__always)
  private func mirrored(
    _ p: Vector, _ d: Vector, slope: SIMD2<Float>, width: SIMD2<Float>, within: SIMD2<Float>, t: Float,
    gloss: Float, brightest: Float, _ lens: LensPart, _ scratch: Scratch
  ) -> Vector {
    var n = Vector(slope.x, 1, slope.y)
    n /= length(n)
    let c = max(0.01, -(d * n).sum())
    var r = d + n * (2 * c) + Vector(within.x, within.y, 0)
    // A facet that would mirror the ray into the ground throws it along the ground instead.
    r.y = max(abs(r.y), 0.0005)
    r /= length(r)
    // Schlick, "An inexpensive BRDF model" (1994).
    let g = 1 - min(1, c)
    let g2 = g * g
    let headOn = scene.ground.reflectance
    let share = (headOn + (1 - headOn) * g2 * g2 * g) * gloss
    guard share > 1e-4 else { return Vector(0, 0, 0) }
    // What the ray stands for: slopes turn it by twice their angle along the view, and by less across it.
    let spread = SIMD2(pixel + 2 * c * width.x, pixel + 2 * width.y * n.y * n.y)
    var light = reflectedLight(
      BoundsTree.Ray(origin: p + Vector(0, 0.002, 0), direction: r), spread: spread, before: t, lens, scratch)
    let peak = light.max()
    if peak > brightest { light *= brightest / peak }
    return light * share
  }

  /// Light along a ray that leaves the ground.
  private func reflectedLight(
    _ ray: BoundsTree.Ray, spread: SIMD2<Float>, before: Float, _ lens: LensPart, _ scratch: Scratch
  ) -> Vector {
    let hit = cast(ray, far: .greatestFiniteMagnitude, scratch)
    let cone = SoftThings.Cone(
      direction: ray.direction, spreadAcross: spread.x, spreadUpward: spread.y, before: before,
      lens: lens)
    let count = soft.gather(
      ray, cone, far: hit.t, reflected: true, shares: nil, scratch.stack, into: scratch.mirroredHits)
    let light: Vector
    if hit.item >= 0 {
      light = boxLight(
        scene.boxes[hit.item], hit.face, ray, hit.t, spread: spread, before: before, lens, shares: nil)
    } else {
      light = heaven.light(ray.direction, spread: (spread.x * spread.y).squareRoot())
    }
    // The air is looked up along the way from the mirrored eye to where the ray ends: nearly the ray itself.
    let eye = scene.camera.eye
    let below = Vector(eye.x, -eye.y, eye.z)
    let end = min(hit.t, scene.air.reach)
    let target = ray.point(at: end) - below
    let whole = length(target)
    let slope = SIMD2(target.x, target.y) / max(1e-3, target.z)
    let start = max(0, whole - end)
    var airBefore = mirroredAir.value(slope: slope, over: start)
    let passed = fog.transmittance(from: -eye.y, slope: 0, over: 0)
    var left: Float = 1
    var color = Vector(0, 0, 0)
    // The lattice dims from the mirrored eye on, through the ground's own depth of fog: taken back here.
    let undim = passed / max(1e-3, mirroredTransmittance(slope: slope, over: start))
    for i in 0..<count {
      let soft = scratch.mirroredHits[i]
      guard soft.t < hit.t else { break }
      let airNow = mirroredAir.value(slope: slope, over: start + soft.t)
      color += (airNow - airBefore) * (left * undim)
      airBefore = airNow
      color += soft.light * (left * fog.transmittance(from: 0, slope: ray.direction.y, over: soft.t))
      left *= 1 - soft.alpha
      if left < 0.001 { return color }
    }
    color += (mirroredAir.value(slope: slope, over: start + end) - airBefore) * (left * undim)
    return color + light * (left * fog.transmittance(from: 0, slope: ray.direction.y, over: end))
  }

  /// What the lattice of the mirrored eye takes from light on the way below the ground.
  @inline(__always)
  private func mirroredTransmittance(slope: SIMD2<Float>, over t: Float) -> Float {
    let y = slope.y / (slope.x * slope.x + slope.y * slope.y + 1).squareRoot()
    return fog.transmittance(from: -scene.camera.height, slope: y, over: t)
  }
}
