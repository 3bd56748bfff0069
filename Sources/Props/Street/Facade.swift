import Stage

/// A wall with windows by the dozen: the upper storeys of a street and the whole of a tower.
///
/// Seen from far a wall is the mean of its windows over the footprint, exactly; from near each window has a frame,
/// curtains or blinds, and a room behind the glass whose ceiling and back wall shift with the eye.
struct FacadeMaterial: SurfaceMaterial {
  var wall = WallTexture()
  var grid: WindowGrid
  /// Width of the wall that has windows at its long sides, and at the other two, in bays; 0 for none.
  var longBays = 4
  var shortBays = 0
  var storeys = 3
  /// Height of the lowest storey's floor above the block's foot, meters.
  var sill: Float = 0
  /// Share of the wall's light that window frames and dark glass give back.
  var glassAlbedo: Float = 0.012
  /// Light on roofs.
  var roof = Vector(0.02, 0.021, 0.022)
  /// Height of a band above each floor that stands out lighter, share of the storey; 0 for none.
  var band: Float = 0.07
  /// Bays and storeys by which this block's windows are shifted in the table, so that blocks can share one.
  var shift = SIMD2<Int>(0, 0)
  /// Light of the sky in dark glass.
  var reflection = Vector(0.0015, 0.0042, 0.0052)

  func look(at point: SurfacePoint) -> SurfaceLook {
    let u = point.across
    let v = point.local.y
    guard point.face != .top && point.face != .bottom else {
      let n = SurfaceNoise.relief(
        point.position.x, point.position.z, scale: SIMD2(0.8, 0.8), footprint: point.footprint,
        seed: point.seed)
      return SurfaceLook(albedo: roof * (1 + n))
    }
    let footprint = SIMD2(max(1e-4, point.footprint.x), max(1e-4, point.footprint.y))
    var albedo = wall.albedo(
      u, v, footprint: footprint, distance: point.distance, seed: point.seed)
    let isLong = point.face == .left || point.face == .right
    let bays = isLong ? longBays : shortBays
    let width = isLong ? point.size.z : point.size.x
    // Rain does not reach under the cornice, and soot stays there.
    let below = point.size.y - v
    if below < 1.2 { albedo *= 0.62 + 0.38 * max(0, below) / 1.2 }
    guard bays > 0, storeys > 0 else { return SurfaceLook(albedo: albedo) }

    // The part of the footprint that lies on the field of windows.
    let left = (width - Float(bays) * grid.pitch.x) * 0.5
    let u0 = max(u - footprint.x * 0.5, left)
    let u1 = min(u + footprint.x * 0.5, width - left)
    let v0 = max(v - footprint.y * 0.5, sill)
    let v1 = min(v + footprint.y * 0.5, sill + Float(storeys) * grid.pitch.y)
    guard u1 > u0, v1 > v0 else { return SurfaceLook(albedo: albedo) }
    let part = min(1, (u1 - u0) / footprint.x) * min(1, (v1 - v0) / footprint.y)
    let place = SIMD2(((u0 + u1) * 0.5 - left) / grid.pitch.x, ((v0 + v1) * 0.5 - sill) / grid.pitch.y)
    let extent = SIMD2((u1 - u0) / grid.pitch.x, (v1 - v0) / grid.pitch.y)
    if band > 0 {
      albedo *= 1 + 0.45 * (Stripes.share(0, band, of: place.y, width: extent.y) - band) * part
    }
    let offset = SIMD2<Float>(
      Float(shift.x + (isLong ? 0 : longBays) + (point.face == .right || point.face == .back ? 17 : 0)),
      Float(shift.y))
    let glimpse = grid.glimpse(place + offset, extent)
    let glass = glimpse.glass * part
    var light = glimpse.light * part
    if footprint.x < 0.35, glass > 0 {
      let near = nearWindow(point, place: place, offset: offset, extent: extent, mean: light)
      let detail = 1 - SurfaceNoise.step(0.16, 0.35, max(footprint.x, footprint.y))
      light = light.mixed(with: near.light, detail)
      albedo = albedo.mixed(with: near.albedo, detail)
    } else {
      // Sills are dirty below, lintels dark: a wall of windows is darker than the wall.
      albedo *= 0.94
    }
    // Mirrors more the flatter one looks at it; toward the ground there is less sky.
    let facing = abs(FacadeMaterial.inward(point))
    let miss = 1 - facing
    let fresnel = 0.06 + 0.94 * miss * miss * miss * miss
    let lift = 0.35 + 0.65 * SurfaceNoise.step(-0.1, 0.6, point.direction.y)
    light += reflection * (fresnel * lift * glass)
    albedo = albedo.mixed(with: Vector(repeating: glassAlbedo), glass)
    return SurfaceLook(albedo: albedo, light: light)
  }

  /// How fast the ray goes into the wall.
  @inline(__always)
  private static func inward(_ point: SurfacePoint) -> Float {
    let n = point.face.normal
    return -(n.x * point.direction.x + n.y * point.direction.y + n.z * point.direction.z)
  }

  /// One window from near.
  private func nearWindow(
    _ point: SurfacePoint, place: SIMD2<Float>, offset: SIMD2<Float>, extent: SIMD2<Float>, mean: Vector
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let i = noise.floor(place.x + offset.x)
    let j = noise.floor(place.y + offset.y)
    let cell = place - SIMD2(place.x.rounded(.down), place.y.rounded(.down))
    let span = grid.high - grid.low
    let size = span * grid.pitch
    // Meters inside of the opening, from its lower left corner.
    let x = (cell.x - grid.low.x) * grid.pitch.x
    let y = (cell.y - grid.low.y) * grid.pitch.y
    let f = point.footprint
    let kind = noise.cell(i, j, point.seed &+ 21)
    // Frame: round the edge, one post, one bar.
    let bars = noise.cell(i >> 8, j >> 8, point.seed &+ 22)
    let inner =
      noise.cover(0.05, size.x - 0.05, x, f.x) * noise.cover(0.06, size.y - 0.05, y, f.y)
    var pane = inner
    pane *= 1 - noise.cover(size.x * 0.5 - 0.025, size.x * 0.5 + 0.025, x, f.x)
    if bars > 0.4 { pane *= 1 - noise.cover(size.y * 0.66 - 0.02, size.y * 0.66 + 0.02, y, f.y) }
    let opening = max(1e-3, noise.cover(0, size.x, x, f.x) * noise.cover(0, size.y, y, f.y))
    let base = grid.lights.light(i, j)
    let brightest = max(base.x, max(base.y, base.z))
    // The sill below and the reveal above are part of the wall's color.
    var albedo = Vector(repeating: 0.02 + 0.012 * kind)
    let sill = noise.cover(-0.09, 0, y, f.y) * noise.cover(-0.06, size.x + 0.06, x, f.x)
    if opening < 0.5, sill > 0 {
      return SurfaceLook(albedo: wall.albedo * (1 + 0.6 * sill), light: mean)
    }
    guard opening > 0.02 else { return SurfaceLook(albedo: wall.albedo, light: mean) }
    var color = base
    if brightest > 0.001 {
      let inside = room(
        point, x: x, y: y, size: size, kind: kind, seed: noise.cell(i, j, point.seed &+ 23))
      color = base * inside
    }
    // What hangs before the room.
    let cloth = noise.cell(i, j, point.seed &+ 24)
    if cloth < 0.26 {
      // Blinds, let down in part.
      let drop = size.y * (0.15 + 2.6 * cloth)
      let down = noise.cover(drop, size.y + 1, y, f.y)
      let slats = Stripes.share(0.2, 1, of: y / 0.05, width: f.y / 0.05)
      color *= 1 - down * (0.30 + 0.65 * slats) * 0.62
      albedo = albedo.mixed(with: Vector(repeating: 0.05), down * slats)
    } else if cloth < 0.6 {
      // Curtains at both sides, or closed.
      let open = size.x * 0.5 * min(1, max(0, (cloth - 0.30) * 4.2))
      let wave = 0.5 + noise.relief(x, y * 0.1, scale: SIMD2(11, 1), footprint: f, seed: point.seed &+ 25)
      let middle = abs(x - size.x * 0.5)
      let hung = noise.cover(open, size.x, middle, f.x + 0.03)
      let thin = 0.30 + 0.75 * wave
      color *= 1 - hung * (1 - thin)
      let tint = cloth < 0.4 ? Vector(1.12, 0.94, 0.8) : Vector(1, 1, 1)
      color *= Vector(1, 1, 1).mixed(with: tint, hung)
      albedo = albedo.mixed(with: Vector(0.05, 0.045, 0.04) * (0.5 + wave), hung)
    } else if cloth > 0.93 {
      // Newspaper and foil against the heat.
      let patch = noise.cell(noise.floor(x / 0.42), noise.floor(y / 0.33), point.seed &+ 26)
      color *= 0.25 + 0.4 * patch
      albedo = Vector(repeating: 0.045 + 0.03 * patch)
    }
    color *= pane
    return SurfaceLook(albedo: albedo.mixed(with: wall.albedo * 0.6, 1 - inner), light: color * opening)
  }

  /// The room behind a window relative to its mean: the ray goes on to the ceiling, a side or the back wall.
  private func room(
    _ point: SurfacePoint, x: Float, y: Float, size: SIMD2<Float>, kind: Float, seed: Float
  ) -> Vector {
    let noise = SurfaceNoise.self
    let d = point.direction
    let du = point.face == .left || point.face == .right ? d.z : d.x
    let dn = max(0.04, FacadeMaterial.inward(point))
    let depth: Float = 2.2 + 2.4 * seed
    let ceiling = size.y + 0.35
    let margin: Float = 0.7
    let toBack = depth / dn
    let toSide = du > 1e-4 ? (size.x + margin - x) / du : du < -1e-4 ? (-margin - x) / du : 1e9
    let toCeiling = d.y > 1e-4 ? (ceiling - y) / d.y : 1e9
    let toFloor = d.y < -1e-4 ? (-0.9 - y) / d.y : 1e9
    let t = min(min(toBack, toSide), min(toCeiling, toFloor))
    let px = x + du * t
    let py = y + d.y * t
    let pz = dn * t
    // The lamp hangs off the middle.
    let lampX = size.x * (0.25 + 0.5 * kind)
    let lampZ = depth * 0.5
    let away = (px - lampX) * (px - lampX) + (pz - lampZ) * (pz - lampZ) + (py - ceiling + 0.4) * (py - ceiling + 0.4)
    var tone = 0.40 + 1.5 / (1 + 0.55 * away)
    if t == toBack {
      // A cupboard, a picture, a door.
      let cupboard = size.x * (0.1 + 0.9 * seed)
      let tall = -0.9 + 1.2 + 0.9 * kind
      if abs(px - cupboard) < 0.45 && py < tall { tone *= 0.35 }
      let frame = cupboard > size.x * 0.5 ? cupboard - 1.15 : cupboard + 1.15
      if abs(px - frame) < 0.3 && abs(py - 0.75) < 0.22 { tone *= 0.5 }
    } else if t == toCeiling {
      let r = ((px - lampX) * (px - lampX) + (pz - lampZ) * (pz - lampZ)).squareRoot()
      tone = 0.9 + 2.2 * (1 - noise.step(0.10, 0.26, r)) + 0.4 / (1 + r * r)
    } else if t == toFloor {
      tone *= 0.4
    } else {
      tone *= 0.8
    }
    return Vector(repeating: tone)
  }
}
