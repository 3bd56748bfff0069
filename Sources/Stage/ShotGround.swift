import CVector

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

    // Rays about the mirror direction, spread evenly over the slopes of the water: the more scattered, the more of
    // them, and each stands for a part of the lobe.
    let scattered = look.roughness
    let (few, most) = rays(roughness: scattered, looks: lens.count)
    let isMirror = reflections.fixed == nil && scattered < Shot.mirrorRoughness
    let turn = SurfaceNoise.cell(Int(x), Int(y), 0x51f1)
    let shift = SurfaceNoise.cell(Int(x), Int(y), 0x9d27)
    var sum = Vector(0, 0, 0)
    var sum2: Float = 0
    var k = 0
    var goal = few
    while k < goal {
      let i = Float(k * lens.count + lens.number)
      // A two-dimensional golden ratio sequence (Roberts, 2018): every beginning of it is evenly spread.
      let a = shift + i * 0.7548776662
      let b = turn + i * 0.5698402909
      let u = a - a.rounded(.down)
      // Slopes of a Gaussian surface have Rayleigh-distributed lengths: σ √(−2 ln u), here with σ √2 as roughness.
      let length =
        isMirror ? 0 : scattered * (-0.6931472 * v8_log2(v8_splat(max(1e-4, 1 - u * 0.999)))[0]).squareRoot()
      let slope = SIMD2(
        look.slope.x + length * 0.75 * WetGround.sine(b + 0.25), look.slope.y + length * WetGround.sine(b))
      let within = isMirror && most > 1 ? Shot.pattern[k] * pixel : SIMD2(0, 0)
      let light = mirrored(
        p, ray.direction, slope: slope, within: within, t: t, gloss: look.gloss, roughness: scattered,
        rays: Float(goal * lens.count), lens, scratch)
      sum += light
      let value = (light.x + light.y + light.z) * 0.333
      sum2 += value * value
      k += 1
      if k == goal, goal < most {
        // More rays where those so far disagree, judged as the eye will see it: against the brightness there.
        let n = Float(k)
        let mean = (sum.x + sum.y + sum.z) * 0.333 / n
        let variance = max(0, sum2 / n - mean * mean) / n
        let visible = variance.squareRoot() / (mean + (diffuse.x + diffuse.y + diffuse.z) * 0.333 + 0.05)
        if visible > reflections.tolerance / noiseScale { goal = min(most, goal * 2) }
      }
    }
    scratch.counts.pointee.reflected += k
    scratch.counts.pointee.reflections += 1
    return diffuse + sum / Float(max(1, k))
  }

  /// How many rays a point of ground begins with and how many it may have, when the pixel looks at so many points.
  @inline(__always)
  private func rays(roughness: Float, looks: Int) -> (few: Int, most: Int) {
    if let fixed = reflections.fixed {
      let n = max(1, fixed / looks)
      return (n, n)
    }
    guard roughness >= Shot.mirrorRoughness else { return looks == 1 ? (Shot.few, Shot.few) : (1, 1) }
    let scale = noiseScale
    let most = max(2, Int((reflections.base + reflections.perRoughness * roughness) * scale * scale))
    let few = max(1, min(most, Int(reflections.few * scale)))
    return looks == 1 ? (few, most) : (max(1, few / looks), max(1, most / looks))
  }

  /// Water that is calmer than this is a mirror: its rays are spread over the pixel, for edges without stairs.
  private static let mirrorRoughness: Float = 0.004
  /// Noise is judged in a picture of ``referenceHeight`` rows: in larger ones pixels may be noisier, for they are
  /// averaged.
  var noiseScale: Float { max(0.25, min(1, Shot.referenceHeight / max(1, view.height))) }

  /// What one mirrored ray brings, times the share of light that the surface turns back.
  @inline(__always)
  private func mirrored(
    _ p: Vector, _ d: Vector, slope: SIMD2<Float>, within: SIMD2<Float>, t: Float, gloss: Float,
    roughness: Float, rays: Float,
    _ lens: LensPart, _ scratch: Scratch
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
    // What one ray stands for: its part of the lobe. Across the view, slopes turn rays less than along it.
    let part = 1.6 * roughness / max(1, rays).squareRoot()
    let spread = SIMD2(pixel + part * max(0.05, min(1, c * 2)), pixel + part)
    var light = reflectedLight(
      BoundsTree.Ray(origin: p + Vector(0, 0.002, 0), direction: r), spread: spread, before: t, lens, scratch)
    // A lamp met by chance by one ray of few is a white dot, not a reflection.
    let peak = light.max()
    if peak > 14 { light *= 14 / peak }
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
