import Stage

/// A small box that stands out from a wall and shows a print to both ends of the street, lit from inside or dead.
struct BladeMaterial: SurfaceMaterial {
  /// Light of white paper on it; black if its tubes are dead.
  var light = Vector(0, 0, 0)

  func look(at point: SurfacePoint) -> SurfaceLook {
    guard point.face == .front || point.face == .back else {
      return SurfaceLook(albedo: Vector(repeating: 0.03))
    }
    let noise = SurfaceNoise.self
    let size = SIMD2(max(0.01, point.size.x), max(0.01, point.size.y))
    let f = point.footprint
    let x = point.face == .front ? point.local.x : size.x - point.local.x
    let y = point.local.y
    let inner = noise.cover(0.035, size.x - 0.035, x, f.x) * noise.cover(0.035, size.y - 0.035, y, f.y)
    let print = PosterMaterial.print(SIMD2(x, y) / size, f / size, seed: point.seed)
    // Tubes stand upright: the middle is brighter, the corners gray.
    let middle = 1 - 0.5 * abs(x / size.x - 0.5) * 2 * noise.kept(1 / size.x, f.x)
    return SurfaceLook(
      albedo: Vector(repeating: 0.02).mixed(with: print * 0.05, inner),
      light: light * print * (inner * middle))
  }
}
