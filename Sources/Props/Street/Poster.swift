import Stage

/// Paper on a wall: a disc, bars and lines of print, bleached and torn.
struct PosterMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let isSide = point.face == .left || point.face == .right
    let width = max(0.01, isSide ? point.size.z : point.size.x)
    let height = max(0.01, point.size.y)
    guard point.face != .top && point.face != .bottom else {
      return SurfaceLook(albedo: Vector(repeating: 0.05))
    }
    let place = SIMD2(point.across / width, point.local.y / height)
    let footprint = SIMD2(point.footprint.x / width, point.footprint.y / height)
    let ink = PosterMaterial.print(place, footprint, seed: point.seed)
    // Folds, stains and paste.
    var tone =
      1 + 0.7
      * SurfaceNoise.relief(
        point.across, point.local.y, scale: SIMD2(3, 2.2), footprint: point.footprint, seed: point.seed)
    tone +=
      0.35
      * SurfaceNoise.relief(
        point.across, point.local.y, scale: SIMD2(19, 16), footprint: point.footprint, seed: point.seed &+ 1)
    // A corner has come off.
    let corner = place.x * (point.seed & 1 == 0 ? 1 : -1) + (point.seed & 1 == 0 ? 0 : 1) + (1 - place.y)
    let rip = corner + SurfaceNoise.relief(
      point.across, point.local.y, scale: SIMD2(14, 14), footprint: point.footprint, seed: point.seed &+ 2) * 0.2
    let torn = point.seed & 6 == 0 ? 1 - SurfaceNoise.step(0.28, 0.30, rip) : 0
    let color = ink * 0.075 * max(0.3, tone)
    return SurfaceLook(albedo: color.mixed(with: Vector(0.05, 0.048, 0.042), torn))
  }

  /// The print at a place of the sheet (shares, from its lower left corner); mean about 0.55.
  static func print(_ p: SIMD2<Float>, _ f: SIMD2<Float>, seed: UInt32) -> Vector {
    let noise = SurfaceNoise.self
    let draw = { (i: Int) in noise.cell(i, 91, seed) }
    let paper = draw(1) < 0.5 ? Vector(0.95, 0.9, 0.78) : inks(draw(2)) * 0.9
    let ink = draw(1) < 0.5 ? inks(draw(3)) : Vector(0.95, 0.92, 0.85)
    let black = Vector(0.06, 0.06, 0.07)
    var color = paper
    let size = max(f.x, f.y)
    // A picture above: a disc, a figure's block, or a slanted field.
    let kind = draw(4)
    let center = SIMD2<Float>(0.35 + 0.3 * draw(5), 0.60 + 0.08 * draw(6))
    if kind < 0.45 {
      let dx = p.x - center.x
      let dy = (p.y - center.y) * 1.41
      let disc = noise.cover(-1, 0.24 + 0.12 * draw(7), (dx * dx + dy * dy).squareRoot(), size)
      color = color.mixed(with: ink, disc)
      // Somebody before it.
      let head = ((p.x - center.x) * (p.x - center.x) + (p.y - 0.60) * (p.y - 0.60) * 2).squareRoot()
      let figure = max(
        noise.cover(-1, 0.075, head, size),
        noise.cover(-0.14 + (p.y - 0.4) * 0.3, 0.14 - (p.y - 0.4) * 0.3, p.x - center.x, f.x)
          * noise.cover(0.3, 0.52, p.y, f.y))
      color = color.mixed(with: black, figure)
    } else if kind < 0.75 {
      let picture = noise.cover(0.08, 0.92, p.x, f.x) * noise.cover(0.36, 0.92, p.y, f.y)
      let hill = noise.value(p.x * 4, 0.5, seed) * 0.22 + 0.42
      let sky = noise.cover(hill, 2, p.y, f.y)
      color = color.mixed(with: ink.mixed(with: black, 1 - sky), picture)
    } else {
      let slant = p.y + p.x * 0.6
      color = color.mixed(with: ink, Stripes.share(0, 0.5, of: slant * 3.2, width: size * 3.2) * noise.cover(0.34, 2, p.y, f.y))
    }
    // A heading, then lines of print.
    let heading = noise.cover(0.1, 0.9, p.x, f.x) * noise.cover(0.2, 0.31, p.y, f.y)
    let letters = Stripes.share(0.14, 1, of: p.x * 7.3 + 0.3 * draw(8), width: f.x * 7.3)
    color = color.mixed(with: kind < 0.5 ? black : ink * 0.8, heading * letters)
    let lines = Stripes.share(0.3, 0.75, of: p.y * 26, width: f.y * 26) * noise.cover(0.05, 0.17, p.y, f.y)
    let right = 0.55 + 0.35 * noise.cell(noise.floor(p.y * 26), 92, seed)
    color = color.mixed(with: black, 0.75 * lines * noise.cover(0.1, right, p.x, f.x))
    return color
  }

  private static func inks(_ h: Float) -> Vector {
    h < 0.25
      ? Vector(0.85, 0.12, 0.12)
      : h < 0.5 ? Vector(0.08, 0.32, 0.42) : h < 0.75 ? Vector(0.85, 0.5, 0.1) : Vector(0.55, 0.08, 0.35)
  }
}
