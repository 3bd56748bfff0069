import Raster
import Stage

/// Cables across a street, sagging between the walls.
struct StreetCables: Sendable {
  var halfWidth: Float
  /// 0…1.
  var amount: Float

  /// Bundles are at least that far apart, meters; more of them than ``maximum`` nobody can tell apart.
  private static let pitch: Float = 7
  private static let maximum = 60

  func build(
    from near: Float, to far: Float, in set: inout SetBuilder, sides: [Float], heights: ClosedRange<Float>
  ) {
    let count = max(0, min(StreetCables.maximum, Int((far - near) / StreetCables.pitch)))
    let top = max(4.2, heights.lowerBound)
    for k in 0..<count {
      let draws = Draws(set.seed.derived("cables").derived(k))
      guard draws.chance("here", 0.75 * amount) else { continue }
      let z = near + 3 + (Float(k) + 0.7 * draws.unit("z")) * StreetCables.pitch
      let lines = 1 + draws.pick("lines", 4)
      for i in 0..<lines {
        let y0 = 4.4 + (top - 4.4) * draws.unit("y0", i) + 0.4
        let y1 = 4.4 + (top - 4.4) * draws.unit("y1", i) + 0.4
        let dz = draws.number("dz", -2.5...2.5, i)
        set.line(
          StreetCables.sagging(
            from: Vector(-halfWidth - 0.05, y0, z + 0.3 * Float(i)),
            to: Vector(halfWidth + 0.05, y1, z + dz), sag: draws.number("sag", 0.35...1.1, i), pieces: 18),
          radius: draws.chance("thick", 0.3, i) ? 0.02 : 0.011)
      }
    }
  }

  /// A cable between two points: a parabola, which a catenary of little sag is.
  static func sagging(from a: Vector, to b: Vector, sag: Float, pieces: Int) -> [Vector] {
    (0...max(1, pieces)).map { i in
      let t = Float(i) / Float(max(1, pieces))
      return a + (b - a) * t - Vector(0, 4 * sag * t * (1 - t), 0)
    }
  }
}
