import Stage

/// What a wall is made of, without its openings: plaster, brick, tiles or concrete panels, with the dirt of years.
struct WallTexture: Sendable {
  enum Style: Int, CaseIterable, Sendable {
    case plaster, brick, tile, concrete
  }
  var style = Style.plaster
  /// Share of light that comes back from the clean wall, per channel; walls above 0.1 look like daylight.
  var albedo = Vector(0.05, 0.05, 0.05)
  /// Depth of the stains, 0…1.
  var grime: Float = 0.6

  /// Albedo at (u, v) meters along and up the wall. Its mean over any area of several meters is near `albedo`.
  func albedo(_ u: Float, _ v: Float, footprint: SIMD2<Float>, distance: Float, seed: UInt32) -> Vector {
    let noise = SurfaceNoise.self
    // Large patches: repairs and damp.
    var tone =
      1 + grime * 0.9 * noise.relief(u, v, scale: SIMD2(0.31, 0.23), footprint: footprint, seed: seed)
    // Water runs down: narrow and tall.
    tone +=
      grime * 0.8 * noise.relief(u, v, scale: SIMD2(2.3, 0.16), footprint: footprint, seed: seed &+ 1)
    let finest = max(footprint.x, footprint.y)
    if finest < 0.5 {
      tone += grime * 0.5 * noise.relief(u, v, scale: SIMD2(1.3, 1.1), footprint: footprint, seed: seed &+ 2)
    }
    if finest < 0.08 {
      tone += grime * 0.35 * noise.relief(u, v, scale: SIMD2(7, 6), footprint: footprint, seed: seed &+ 3)
      tone += grime * 0.3 * noise.relief(u, v, scale: SIMD2(37, 31), footprint: footprint, seed: seed &+ 4)
    }
    var color = albedo
    switch style {
    case .plaster:
      // Where plaster has come off, the bricks' dark red shows.
      if finest < 0.4 {
        let wear = noise.relief(u + 40, v, scale: SIMD2(0.7, 0.8), footprint: footprint, seed: seed &+ 7)
        let edge = noise.relief(u, v, scale: SIMD2(5, 5), footprint: footprint, seed: seed &+ 8) * 0.12
        let bare = noise.step(0.36, 0.40, wear + edge)
        if bare > 0 { color = color.mixed(with: Vector(0.042, 0.026, 0.020), bare * 0.8) }
      }
    case .brick:
      let course = v / 0.075
      let row = course.rounded(.down)
      // Every other course is shifted by half a brick; where courses blur, so do their joints.
      let sharp = noise.kept(1 / 0.075, footprint.y)
      let shift: Float = row.truncatingRemainder(dividingBy: 2) == 0 ? 0 : 0.5
      let place = u / 0.25 + shift
      let lying = Stripes.share(0, 0.14, of: course, width: footprint.y / 0.075)
      let standing = 0.05 + (Stripes.share(0, 0.05, of: place, width: footprint.x / 0.25) - 0.05) * sharp
      let joint = lying + standing * (1 - lying)
      tone *= 1.09 - 0.45 * joint
      let own = min(sharp, noise.kept(4, footprint.x))
      if own > 0.01 {
        tone *= 1 + 0.5 * own * (noise.cell(noise.floor(place), noise.floor(course), seed) - 0.5)
      }
    case .tile:
      let i = u / 0.11
      let j = v / 0.055
      let joint =
        1 - Stripes.share(0.07, 1, of: i, width: footprint.x / 0.11)
        * Stripes.share(0.14, 1, of: j, width: footprint.y / 0.055)
      tone *= 1.11 - 0.55 * joint
      let own = min(noise.kept(9, footprint.x), noise.kept(18, footprint.y))
      if own > 0.01 { tone *= 1 + 0.22 * own * (noise.cell(noise.floor(i), noise.floor(j), seed) - 0.5) }
    case .concrete:
      let joint =
        1 - Stripes.share(0.012, 1, of: u / 1.8, width: footprint.x / 1.8)
        * Stripes.share(0.016, 1, of: v / 1.2, width: footprint.y / 1.2)
      tone *= 1.02 - 0.6 * joint
      if finest < 0.05 {
        // Holes of the formwork's anchors.
        let a = (u / 0.9 - (u / 0.9).rounded(.down) - 0.5) * 0.9
        let b = (v / 0.6 - (v / 0.6).rounded(.down) - 0.5) * 0.6
        let hole = noise.cover(0, 0.02, (a * a + b * b).squareRoot(), max(footprint.x, footprint.y))
        tone *= 1 - 0.6 * min(1, hole * 2)
      }
    }
    return color * max(0.15, tone)
  }
}

/// Ledges, pipes, brackets, machines: one paint with dirt that runs down from its edges.
struct PaintMaterial: SurfaceMaterial {
  var albedo = Vector(0.045, 0.045, 0.045)
  var grime: Float = 0.7

  func look(at point: SurfacePoint) -> SurfaceLook {
    let u = point.across + point.position.x * 0.37
    let v = point.face == .top || point.face == .bottom ? point.local.x : point.position.y
    var tone =
      1 + grime * 0.9
      * SurfaceNoise.relief(u, v, scale: SIMD2(2.9, 0.9), footprint: point.footprint, seed: point.seed)
    if point.footprint.x < 0.06 {
      tone +=
        grime * 0.5
        * SurfaceNoise.relief(u, v, scale: SIMD2(17, 9), footprint: point.footprint, seed: point.seed &+ 1)
    }
    if point.face == .bottom { tone *= 0.7 }
    return SurfaceLook(albedo: albedo * max(0.1, tone))
  }
}
