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
    let rip =
      corner + SurfaceNoise.relief(
        point.across, point.local.y, scale: SIMD2(14, 14), footprint: point.footprint, seed: point.seed &+ 2)
      * 0.2
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
    // A picture above, in one of six manners.
    let kind = draw(4)
    let center = SIMD2<Float>(0.35 + 0.3 * draw(5), 0.60 + 0.08 * draw(6))
    let picture = noise.cover(0.08, 0.92, p.x, f.x) * noise.cover(0.36, 0.92, p.y, f.y)
    if kind < 0.18 {
      // Somebody before a disc.
      let d = SIMD2(p.x - center.x, (p.y - center.y) * 1.41)
      let disc = noise.cover(-1, 0.24 + 0.12 * draw(7), (d.x * d.x + d.y * d.y).squareRoot(), size)
      color = color.mixed(with: ink, disc)
      let head = ((p.x - center.x) * (p.x - center.x) + (p.y - 0.60) * (p.y - 0.60) * 2).squareRoot()
      let half = 0.14 - (p.y - 0.4) * 0.3
      let figure = max(
        noise.cover(-1, 0.075, head, size),
        noise.cover(-half, half, p.x - center.x, f.x) * noise.cover(0.3, 0.52, p.y, f.y))
      color = color.mixed(with: black, figure)
    } else if kind < 0.36 {
      // Rings about a hub, cut by the edge.
      let d = SIMD2(p.x - draw(7), (p.y - 0.5 - 0.4 * draw(6)) * 1.41)
      let r = (d.x * d.x + d.y * d.y).squareRoot()
      color = color.mixed(
        with: ink,
        Stripes.share(0, 0.55, of: r * 6, width: size * 6) * noise.cover(-1, 0.62, r, size)
          * noise.cover(0.34, 2, p.y, f.y))
    } else if kind < 0.52 {
      let hill = noise.value(p.x * 4, 0.5, seed) * 0.22 + 0.42
      let far = noise.value(p.x * 3 + 9, 0.5, seed) * 0.25 + 0.55
      let sky = ink.mixed(with: paper, 0.5)
      let land = sky.mixed(with: ink, 1 - noise.cover(far, 2, p.y, f.y))
        .mixed(with: black, 1 - noise.cover(hill, 2, p.y, f.y))
      color = color.mixed(with: land, picture)
    } else if kind < 0.66 {
      // Goods in four fields.
      let cell = SIMD2(noise.floor(p.x * 2), noise.floor(p.y * 3.2))
      let hue = inks(noise.cell(cell.x, cell.y, seed))
      let field =
        Stripes.share(0.12, 0.9, of: p.x * 2, width: f.x * 2)
        * Stripes.share(0.14, 0.86, of: p.y * 3.2, width: f.y * 3.2)
      color = color.mixed(with: hue, field * noise.cover(0.33, 0.95, p.y, f.y) * noise.kept(2, size))
    } else if kind < 0.82 {
      // Columns of writing, read downward.
      let columns = Stripes.share(0.25, 0.75, of: p.x * 5, width: f.x * 5)
      let marks = Stripes.share(0.1, 0.86, of: p.y * 11 + draw(9) * 3, width: f.y * 11)
      let foot = 0.40 + 0.3 * noise.cell(noise.floor(p.x * 5), 93, seed)
      color = color.mixed(
        with: kind < 0.74 ? black : ink, columns * marks * picture * noise.cover(foot, 2, p.y, f.y))
    } else {
      let slant = p.y + p.x * 0.6
      color = color.mixed(
        with: ink,
        Stripes.share(0, 0.5, of: slant * 3.2, width: size * 3.2) * noise.cover(0.34, 2, p.y, f.y))
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
