import Raster
import Stage

/// Materials that all houses of a street share, by their number in the scene.
struct StreetMaterials: Sendable {
  var concrete: Int
  var pale: Int
  var metal: Int
  var rust: Int
  var black: Int
  var cooler: Int
  var poster: Int
  var pavement: Int
  var kerb: Int
  var vending: Int
  var crate: Int

  init(in set: inout SetBuilder) {
    concrete = set.material(PaintMaterial(albedo: Vector(0.040, 0.040, 0.041)))
    pale = set.material(PaintMaterial(albedo: Vector(0.066, 0.063, 0.058)))
    metal = set.material(PaintMaterial(albedo: Vector(0.030, 0.033, 0.036)))
    rust = set.material(PaintMaterial(albedo: Vector(0.042, 0.026, 0.018), grime: 1))
    black = set.material(PaintMaterial(albedo: Vector(0.012, 0.012, 0.013)))
    cooler = set.material(CoolerMaterial())
    poster = set.material(PosterMaterial())
    pavement = set.material(PavementMaterial())
    kerb = set.material(KerbMaterial())
    vending = set.material(VendingMaterial())
    crate = set.material(CrateMaterial())
  }
}

/// The outdoor part of an air conditioner: a fan behind a round grille, and slats.
struct CoolerMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let u = point.across
    let v = point.local.y
    let isSide = point.face == .left || point.face == .right
    let width = isSide ? point.size.z : point.size.x
    let f = point.footprint
    var tone =
      1 + SurfaceNoise.relief(u, v, scale: SIMD2(4, 1.6), footprint: f, seed: point.seed)
      + 0.6 * SurfaceNoise.relief(u, v, scale: SIMD2(13, 3), footprint: f, seed: point.seed &+ 1)
    if point.face == .bottom { tone *= 0.6 }
    var color = Vector(0.070, 0.068, 0.060)
    if isSide && width > 0.5 {
      let size = max(f.x, f.y)
      let dx = u - width * 0.36
      let dy = v - point.size.y * 0.5
      let r = (dx * dx + dy * dy).squareRoot()
      let rim = point.size.y * 0.43
      let disc = SurfaceNoise.cover(-1, rim, r, size)
      let rings = Stripes.share(0.3, 1, of: r / 0.035, width: size / 0.035)
      color = color.mixed(with: Vector(0.010, 0.011, 0.012) + Vector(repeating: 0.030 * (1 - rings)), disc)
      let hub = SurfaceNoise.cover(-1, rim * 0.2, r, size)
      color = color.mixed(with: Vector(repeating: 0.045), hub)
      let field =
        SurfaceNoise.cover(width * 0.72, width * 0.95, u, f.x)
        * SurfaceNoise.cover(0.08, point.size.y - 0.1, v, f.y)
      color *= 1 - 0.75 * field * Stripes.share(0, 0.4, of: v / 0.03, width: f.y / 0.03)
      // Rust runs from the lower edge.
      let rust = SurfaceNoise.step(
        0.1, 0.45,
        0.3 - v + SurfaceNoise.relief(u, 0, scale: SIMD2(9, 1), footprint: f, seed: point.seed &+ 4))
      color = color.mixed(with: Vector(0.045, 0.024, 0.012), rust * 0.5)
    }
    return SurfaceLook(albedo: color * max(0.2, tone))
  }
}

/// Slabs with joints, patched and worn.
struct PavementMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let x = point.position.x
    let z = point.position.z
    // On top, the footprint is told along x and z.
    let f = point.footprint
    guard point.face == .top else { return SurfaceLook(albedo: Vector(repeating: 0.04)) }
    let slab: Float = 0.5
    let i = SurfaceNoise.floor(x / slab)
    let j = SurfaceNoise.floor(z / slab)
    let joint =
      1 - Stripes.share(0.035, 1, of: x / slab, width: f.x / slab)
      * Stripes.share(0.035, 1, of: z / slab, width: f.y / slab)
    let kept = min(SurfaceNoise.kept(2, f.x), SurfaceNoise.kept(2, f.y))
    var tone = 1.02 - 0.6 * joint
    if kept > 0.01 { tone *= 1 + 0.35 * kept * (SurfaceNoise.cell(i, j, point.seed) - 0.5) }
    tone += 0.9 * SurfaceNoise.relief(x, z, scale: SIMD2(0.6, 0.5), footprint: f, seed: point.seed)
    tone += 0.5 * SurfaceNoise.relief(x, z, scale: SIMD2(5, 5), footprint: f, seed: point.seed &+ 1)
    if max(f.x, f.y) < 0.03 {
      tone += 0.5 * SurfaceNoise.relief(x, z, scale: SIMD2(90, 90), footprint: f, seed: point.seed &+ 2)
    }
    return SurfaceLook(albedo: Vector(0.040, 0.041, 0.043) * max(0.15, tone))
  }
}

/// Kerbstones of one meter.
struct KerbMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let z = point.position.z
    let f = point.footprint
    let along = point.face == .top ? f.y : f.x
    let joint = 1 - Stripes.share(0.015, 1, of: z, width: along)
    let kept = SurfaceNoise.kept(1, along)
    var tone = 1 - 0.6 * joint
    if kept > 0.01 {
      tone *= 1 + 0.4 * kept * (SurfaceNoise.cell(SurfaceNoise.floor(z), 0, point.seed) - 0.5)
    }
    tone +=
      0.5
      * SurfaceNoise.relief(
        z, point.position.y, scale: SIMD2(6, 9), footprint: SIMD2(along, f.y), seed: point.seed)
    return SurfaceLook(albedo: Vector(0.058, 0.057, 0.054) * max(0.2, tone))
  }
}

/// A machine that sells drinks: the brightest thing on a dark pavement.
struct VendingMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let isSide = point.face == .left || point.face == .right
    let width = isSide ? point.size.z : point.size.x
    let height = point.size.y
    let u = point.across
    let v = point.local.y
    let f = point.footprint
    let noise = SurfaceNoise.self
    let paint = noise.cell(1, 1, point.seed) < 0.5 ? Vector(0.075, 0.072, 0.068) : Vector(0.085, 0.012, 0.016)
    // Only a wide face that looks at the street is a front.
    guard isSide, width > 0.8 else { return SurfaceLook(albedo: paint * 0.7) }
    let window = noise.cover(0.07, width - 0.07, u, f.x) * noise.cover(0.78, height - 0.22, v, f.y)
    let sign = noise.cover(0.04, width - 0.04, u, f.x) * noise.cover(height - 0.18, height - 0.03, v, f.y)
    var light = Vector(0, 0, 0)
    var albedo = paint
    if window > 0 {
      let row: Float = 0.29
      let column: Float = 0.088
      let j = noise.floor((v - 0.78) / row)
      let y = v - 0.78 - Float(j) * row
      let i = noise.floor((u - 0.07) / column)
      let kept = min(noise.kept(1 / column, f.x), noise.kept(1 / row, f.y))
      let shelf = Stripes.share(0, 0.16, of: (v - 0.78) / row, width: f.y / row)
      let can =
        Stripes.share(0.12, 0.88, of: (u - 0.07) / column, width: f.x / column)
        * noise.cover(0.05, 0.19, y, f.y)
      let own = noise.cell(i >> 1, j, point.seed &+ 2)
      let hue: Vector =
        own < 0.25
        ? Vector(1, 0.3, 0.2)
        : own < 0.5 ? Vector(0.2, 0.6, 0.9) : own < 0.75 ? Vector(0.95, 0.85, 0.4) : Vector(0.35, 0.75, 0.4)
      let field = Vector(0.82, 0.95, 1.0)
      let detail = field.mixed(with: hue * 0.55, can).mixed(with: Vector(1.3, 1.35, 1.4), shelf)
      let color = Vector(0.76, 0.82, 0.82).mixed(with: detail, kept)
      light = color * (0.30 * window)
      albedo = albedo.mixed(with: Vector(repeating: 0.02), window)
    }
    let tint = noise.cell(2, 1, point.seed) < 0.5 ? Vector(0.9, 0.16, 0.14) : Vector(0.2, 0.6, 0.95)
    light += tint * (0.28 * sign)
    let slot = noise.cover(width * 0.25, width * 0.75, u, f.x) * noise.cover(0.2, 0.42, v, f.y)
    let keys = noise.cover(width * 0.62, width * 0.85, u, f.x) * noise.cover(0.5, 0.72, v, f.y)
    albedo = albedo.mixed(with: Vector(repeating: 0.01), max(slot, keys))
    light += Vector(0.1, 0.6, 0.25) * (0.12 * keys * Stripes.share(0.3, 0.6, of: v / 0.06, width: f.y / 0.06))
    return SurfaceLook(albedo: albedo, light: light)
  }
}

/// The board above a shop: painted, or lit from behind in bands of color.
struct FasciaMaterial: SurfaceMaterial {
  var paint = Vector(0.05, 0.05, 0.05)
  /// Light of the field and of the bands; black for a painted board.
  var field = Vector(0, 0, 0)
  var stripe = Vector(0, 0, 0)

  func look(at point: SurfacePoint) -> SurfaceLook {
    let u = point.across
    let v = point.local.y / max(0.05, point.size.y)
    let f = SIMD2(point.footprint.x, point.footprint.y / max(0.05, point.size.y))
    let noise = SurfaceNoise.self
    let tone =
      1 + 0.8
      * noise.relief(u, point.local.y, scale: SIMD2(1.1, 2), footprint: point.footprint, seed: point.seed)
      + 0.5
      * noise.relief(u, point.local.y, scale: SIMD2(6, 3), footprint: point.footprint, seed: point.seed &+ 1)
    let isFront = point.face == .left || point.face == .right
    guard isFront else { return SurfaceLook(albedo: paint * 0.8) }
    let inner = noise.cover(0.07, 0.93, v, f.y)
    let bands = noise.cover(0.16, 0.30, v, f.y) + noise.cover(0.70, 0.84, v, f.y)
    // A rim of metal about the board; seams every 1.8 m.
    let seam = Stripes.share(0, 0.012, of: u / 1.8, width: f.x / 1.8)
    var albedo = paint * max(0.2, tone)
    albedo = albedo.mixed(with: Vector(repeating: 0.02), 1 - inner)
    albedo *= 1 - 0.5 * seam
    var light = Vector(0, 0, 0)
    if field.x + field.y + field.z > 0 {
      // Tubes behind: brighter over each, one of them tired.
      let tube = Stripes.share(0.1, 0.9, of: u / 1.25, width: f.x / 1.25)
      let tired: Float = noise.cell(noise.floor(u / 1.25), 4, point.seed) < 0.15 ? 0.35 : 1
      light = field.mixed(with: stripe, min(1, bands)) * (inner * (0.72 + 0.28 * tube) * (1 - 0.6 * seam))
      light *= 1 + (tired - 1) * noise.kept(0.8, f.x)
    }
    return SurfaceLook(albedo: albedo, light: light)
  }
}

/// Crates for bottles and boxes of cardboard, by seed.
struct CrateMaterial: SurfaceMaterial {
  func look(at point: SurfacePoint) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let isSide = point.face == .left || point.face == .right
    let width = isSide ? point.size.z : point.size.x
    let height = point.size.y
    let f = point.footprint
    let u = point.across
    let v = point.face == .top || point.face == .bottom ? point.local.x : point.local.y
    let tone = 1 + 0.8 * noise.relief(u, v, scale: SIMD2(5, 7), footprint: f, seed: point.seed)
    let kind = noise.cell(1, 2, point.seed)
    guard kind > 0.4 else {
      // Cardboard with a strip of tape and a print.
      let tape = noise.cover(-0.03, 0.03, u - width * 0.5, f.x)
      let print = noise.cover(0.08, 0.2, u, f.x) * noise.cover(height * 0.3, height * 0.7, v, f.y)
      let board = Vector(0.078, 0.054, 0.032) * tone
      return SurfaceLook(
        albedo: board.mixed(with: Vector(0.085, 0.072, 0.05), tape * 0.7).mixed(
          with: Vector(repeating: 0.025), print))
    }
    // A crate: a rim, posts, two rows of holes.
    let paints = [
      Vector(0.085, 0.05, 0.012), Vector(0.07, 0.013, 0.014), Vector(0.012, 0.04, 0.06),
      Vector(0.022, 0.05, 0.026),
    ]
    let paint = paints[min(3, Int((kind - 0.4) / 0.15))]
    if point.face == .top || point.face == .bottom {
      let cell =
        Stripes.share(0.12, 1, of: u / 0.09, width: f.x / 0.09)
        * Stripes.share(0.12, 1, of: v / 0.09, width: f.y / 0.09)
      return SurfaceLook(albedo: (paint * tone).mixed(with: Vector(repeating: 0.006), 0.9 * cell))
    }
    let rows =
      noise.cover(height * 0.14, height * 0.44, v, f.y) + noise.cover(height * 0.54, height * 0.84, v, f.y)
    let holes =
      Stripes.share(0.14, 0.86, of: u / 0.11, width: f.x / 0.11) * noise.cover(0.03, width - 0.03, u, f.x)
    return SurfaceLook(albedo: (paint * tone).mixed(with: paint * 0.08, rows * holes))
  }
}
