import Raster
import Stage

/// Poles at the kerb with arms, a transformer, and cables from one to the next.
struct StreetPoles: Sendable {
  var halfWidth: Float
  var pavement: Float

  private static let spacing: Float = 27
  private static let maximum = 60

  /// On the side that the seed says, from the near end.
  func build(
    from near: Float, to far: Float, sides: [Float], in set: inout SetBuilder, _ materials: StreetMaterials
  ) {
    let own = Draws(set.seed.derived("poles"))
    guard let side = sides.count > 1 ? (own.chance("side", 0.5) ? -1 : 1) : sides.first, pavement > 0.9 else {
      return
    }
    let frame = WallFrame(side: side, distance: halfWidth)
    let out = pavement - 0.42
    var before: [Vector] = []
    for k in 0..<StreetPoles.maximum {
      let z = near + 9 + StreetPoles.spacing * (Float(k) + 0.3 * (own.unit("z", k) - 0.5))
      guard z < far else { break }
      let tall = own.number("tall", 7.6...8.8, k)
      let foot = StreetHouse.pavementHeight
      // Thinner above: three pieces.
      for (piece, wide) in [Float(0.27), 0.23, 0.19].enumerated() {
        set.block(
          frame, out: .about(out, wide),
          y: Span(foot + tall * Float(piece) / 3, foot + tall * Float(piece + 1) / 3),
          z: .about(z, wide), material: materials.concrete, seed: own.bits("pole"))
      }
      // Bands of steel, steps, a plate with a number, bills.
      for i in 0..<3 {
        set.block(
          frame, out: .about(out, 0.31), y: .about(foot + 2.6 + 1.5 * Float(i), 0.06), z: .about(z, 0.31),
          material: materials.metal, seed: own.bits("band"))
      }
      set.block(
        frame, out: Span(out - 0.08, out + 0.15), y: Span(1.5, 2.05), z: Span(z - 0.155, z - 0.14),
        material: materials.poster,
        seed: own.bits("bill \(k)"))
      var ends: [Vector] = []
      for (i, y) in [tall - 0.35, tall - 1.15].enumerated() {
        let reach: Float = i == 0 ? 0.95 : 0.7
        set.block(
          frame, out: Span(out - reach, out + reach), y: .about(foot + y, 0.09), z: .about(z - 0.1, 0.08),
          material: materials.rust,
          seed: own.bits("arm"))
        for dx: Float in [-0.9, -0.35, 0.85] {
          let at = frame.point(out + dx * reach, foot + y + 0.05, z - 0.1)
          set.line([at, at + Vector(0, 0.2, 0)], radius: 0.035)
          ends.append(at + Vector(0, 0.2, 0))
        }
      }
      if own.chance("transformer", 0.6, k) {
        let y = foot + tall - 2.5
        set.block(
          frame, out: Span(out - 0.72, out - 0.16), y: Span(y, y + 0.95), z: .about(z, 0.46),
          material: materials.metal,
          seed: own.bits("transformer"))
        set.block(
          frame, out: Span(out - 0.66, out - 0.22), y: Span(y + 0.95, y + 1.05), z: .about(z, 0.56),
          material: materials.metal,
          seed: own.bits("lid"))
      }
      for (i, pair) in zip(before, ends).enumerated() {
        set.line(
          StreetCables.sagging(
            from: pair.0, to: pair.1, sag: own.number("sag", 0.35...0.8, k * 8 + i), pieces: 16),
          radius: i < 3 ? 0.014 : 0.02)
      }
      // Drops to the houses.
      for i in 0..<3 {
        let to = frame.point(
          0.03, foot + own.number("drop", 4.2...6.4, k * 8 + i), z + own.number("drop z", -6...7, k * 8 + i))
        let from = ends[i * 2 % max(1, ends.count)]
        set.line(StreetCables.sagging(from: from, to: to, sag: 0.3, pieces: 12), radius: 0.01)
      }
      before = ends
    }
  }
}
