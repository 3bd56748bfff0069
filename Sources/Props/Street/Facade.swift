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
    let facing = max(0.03, FacadeMaterial.inward(point))
    let slopeX = (isLong ? point.direction.z : point.direction.x) / facing
    // Windows lie behind the wall: aslant, their reveals hide a part of them. Never all, else a street seen along
    // its axis would be dark.
    let opening = (grid.high - grid.low) * grid.pitch
    let hidden = min(0.35, abs(slopeX) * FacadeMaterial.reveal / max(0.1, opening.x))
    var light = glimpse.light * (part * (1 - hidden) * FacadeMaterial.farGain)
    // Frames and cloth are lighter than glass.
    var wallAndGlass = albedo.mixed(with: Vector(repeating: glassAlbedo + 0.014), glass)
    // Mirrors more the flatter one looks at it; toward the ground there is less sky.
    let miss = 1 - min(1, facing)
    let fresnel = 0.06 + 0.94 * miss * miss * miss * miss
    let lift = 0.35 + 0.65 * SurfaceNoise.step(-0.1, 0.6, point.direction.y)
    let sky = reflection * (fresnel * lift)
    light += sky * (glass * (1 - hidden))
    let finest = max(footprint.x, footprint.y)
    if finest < 0.35, part > 0.5 {
      let near = nearWindow(
        point, wall: albedo, place: place, offset: offset, footprint: footprint, slopeX: slopeX, sky: sky)
      let detail = 1 - SurfaceNoise.step(0.16, 0.35, finest)
      light = light.mixed(with: near.light, detail)
      wallAndGlass = wallAndGlass.mixed(with: near.albedo, detail)
    }
    return SurfaceLook(albedo: wallAndGlass, light: light)
  }

  /// How far the glass lies behind the wall, meters.
  private static let reveal: Float = 0.17
  /// Frames and curtains take light from a window, lamps and ceilings give it more: factors, measured over many
  /// windows, that make near and far walls equally bright.
  private static let nearGain: Float = 1.5
  private static let farGain: Float = 0.83

  /// How fast the ray goes into the wall.
  @inline(__always)
  private static func inward(_ point: SurfacePoint) -> Float {
    let n = point.face.normal
    return -(n.x * point.direction.x + n.y * point.direction.y + n.z * point.direction.z)
  }

  /// One window from near.
  private func nearWindow(
    _ point: SurfacePoint, wall: Vector, place: SIMD2<Float>, offset: SIMD2<Float>, footprint f: SIMD2<Float>,
    slopeX: Float, sky: Vector
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let i = noise.floor(place.x + offset.x)
    let j = noise.floor(place.y + offset.y)
    let cell = place - SIMD2(place.x.rounded(.down), place.y.rounded(.down))
    let size = (grid.high - grid.low) * grid.pitch
    // Meters from the opening's lower left corner, on the wall.
    let wallX = (cell.x - grid.low.x) * grid.pitch.x
    let wallY = (cell.y - grid.low.y) * grid.pitch.y
    let opening = noise.cover(0, size.x, wallX, f.x) * noise.cover(0, size.y, wallY, f.y)
    guard opening > 0.01 else {
      // Water that drips from the sill's ends has washed two streaks.
      let ends = min(abs(wallX + 0.04), abs(wallX - size.x - 0.04))
      let streak = noise.cover(-0.05, 0.05, ends, f.x) * noise.cover(-0.9, 0, wallY, f.y)
      return SurfaceLook(albedo: wall * (1 - 0.3 * streak * noise.kept(6, f.x)))
    }
    // On the glass, behind the reveal.
    let shiftX = max(-0.35 * size.x, min(0.35 * size.x, slopeX * FacadeMaterial.reveal))
    let slopeY = point.direction.y / max(0.03, FacadeMaterial.inward(point))
    let shiftY = max(-0.35 * size.y, min(0.35 * size.y, slopeY * FacadeMaterial.reveal))
    let x = wallX + shiftX
    let y = wallY + shiftY
    let seen = noise.cover(0, size.x, x, f.x) * noise.cover(0, size.y, y, f.y)
    let kind = noise.cell(i, j, point.seed &+ 21)
    // Frame: round the edge, one post, one bar.
    let inner = noise.cover(0.05, size.x - 0.05, x, f.x) * noise.cover(0.06, size.y - 0.05, y, f.y)
    let split: Float = size.x > 1.6 ? 3 : size.x > 0.8 ? 2 : 1
    let post = 0.024 * split / size.x
    var bars =
      split > 1
      ? Stripes.share(0, post, of: x / size.x * split, width: f.x / size.x * split)
        + Stripes.share(1 - post, 1, of: x / size.x * split, width: f.x / size.x * split) : 0
    if point.seed & 3 != 0 {
      bars = max(bars, noise.cover(size.y * 0.68 - 0.02, size.y * 0.68 + 0.02, y, f.y))
    }
    let pane = inner * (1 - min(1, bars))
    let base = grid.lights.light(i, j)
    var behind = Vector(repeating: glassAlbedo)
    var color = base
    if max(base.x, max(base.y, base.z)) > 0.001 {
      color *= room(
        point, x: x, y: y, size: size, kind: kind, seed: noise.cell(i, j, point.seed &+ 23), slopeX: slopeX,
        slopeY: slopeY)
    }
    // What hangs before the room.
    let cloth = noise.cell(i, j, point.seed &+ 24)
    if cloth < 0.26 {
      // Blinds, let down in part.
      let drop = size.y * (0.15 + 2.6 * cloth)
      let down = noise.cover(drop, size.y + 1, y, f.y)
      let slats = Stripes.share(0.2, 1, of: y / 0.05, width: f.y / 0.05)
      color *= 1 - down * (0.30 + 0.65 * slats) * 0.62
      behind = behind.mixed(with: Vector(repeating: 0.04), down * slats)
    } else if cloth < 0.6 {
      // Curtains at both sides, or closed.
      let open = size.x * 0.5 * min(1, max(0, (cloth - 0.30) * 4.2))
      let wave = 0.5 + noise.relief(x, y * 0.1, scale: SIMD2(11, 1), footprint: f, seed: point.seed &+ 25)
      let hung = noise.cover(open, size.x, abs(x - size.x * 0.5), f.x + 0.03)
      color *= 1 - hung * (0.7 - 0.75 * wave)
      color *= Vector(1, 1, 1).mixed(
        with: cloth < 0.4 ? Vector(1.12, 0.94, 0.8) : Vector(1, 1, 1), hung)
      behind = behind.mixed(with: Vector(0.042, 0.037, 0.032) * (0.5 + wave), hung)
    } else if cloth > 0.93 {
      // Newspaper and foil against the heat.
      let patch = noise.cell(noise.floor(x / 0.42), noise.floor(y / 0.33), point.seed &+ 26)
      color *= 0.25 + 0.4 * patch
      behind = Vector(repeating: 0.036 + 0.024 * patch)
    }
    let frame = Vector(repeating: 0.016 + 0.05 * noise.cell(1, 1, point.seed &+ 22))
    // The reveal's underside is dark, its sill light; a lit room shines on both.
    let isLow = y < 0
    let revealed = wall * (isLow ? 0.8 : 0.42)
    let glassy = frame.mixed(with: behind, pane)
    let inside = revealed.mixed(with: glassy, seen)
    let light =
      (color * FacadeMaterial.nearGain + sky) * (pane * seen) + base * (0.10 * (1 - seen))
    return SurfaceLook(albedo: wall.mixed(with: inside, opening), light: light * opening)
  }

  /// The room behind a window relative to its mean: the ray goes on to the ceiling, a side or the back wall.
  private func room(
    _ point: SurfacePoint, x: Float, y: Float, size: SIMD2<Float>, kind: Float, seed: Float,
    slopeX: Float, slopeY: Float
  ) -> Float {
    let noise = SurfaceNoise.self
    let depth: Float = 2.2 + 2.4 * seed
    let ceiling = size.y + 0.35
    let margin: Float = 0.7
    let toSide =
      slopeX > 1e-4 ? (size.x + margin - x) / slopeX : slopeX < -1e-4 ? (-margin - x) / slopeX : 1e9
    let toCeiling = slopeY > 1e-4 ? (ceiling - y) / slopeY : 1e9
    let toFloor = slopeY < -1e-4 ? (-0.9 - y) / slopeY : 1e9
    let pz = max(0, min(min(depth, toSide), min(toCeiling, toFloor)))
    let px = x + slopeX * pz
    let py = y + slopeY * pz
    // The lamp hangs off the middle.
    let lampX = size.x * (0.25 + 0.5 * kind)
    let lampZ = depth * 0.5
    let across = (px - lampX) * (px - lampX) + (pz - lampZ) * (pz - lampZ)
    let away = across + (py - ceiling + 0.4) * (py - ceiling + 0.4)
    var tone = 0.40 + 1.5 / (1 + 0.55 * away)
    if pz == depth {
      // A cupboard, a picture, a door.
      let cupboard = size.x * (0.1 + 0.9 * seed)
      let tall = -0.9 + 1.2 + 0.9 * kind
      if abs(px - cupboard) < 0.45 && py < tall { tone *= 0.35 }
      let frame = cupboard > size.x * 0.5 ? cupboard - 1.15 : cupboard + 1.15
      if abs(px - frame) < 0.3 && abs(py - 0.75) < 0.22 { tone *= 0.5 }
    } else if pz == toCeiling {
      let r = across.squareRoot()
      tone = 0.9 + 2.2 * (1 - noise.step(0.10, 0.26, r)) + 0.4 / (1 + r * r)
    } else if pz == toFloor {
      tone *= 0.4
    } else {
      tone *= 0.8
    }
    return tone
  }
}
