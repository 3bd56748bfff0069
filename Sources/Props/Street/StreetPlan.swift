import Raster

/// One plot of a street: what is needed to build a house on it. Depends on the street's seed, on its side and
/// number, and on the plots before it; never on how far the street goes.
struct StreetPlot: Sendable {
  var side: Float
  var index: Int
  var seed: Seed
  /// Near end and length along the street, meters.
  var z: Float
  var length: Float
  /// Height of the house, meters.
  var height: Float
  /// An alley beyond the house, meters wide; 0 for none.
  var gap: Float
}

enum StreetPlan {
  /// Beyond that many houses on a side, there is fog.
  static let maximumHouses = 160

  static func plots(
    side: Float, near: Float, far: Float, height: ClosedRange<Float>, seed: Seed
  ) -> [StreetPlot] {
    let seed = seed.derived(side < 0 ? "left" : "right")
    var plots: [StreetPlot] = []
    var z = near
    while z < far, plots.count < maximumHouses {
      let index = plots.count
      let own = seed.derived(index)
      let draws = Draws(own)
      let length = draws.number("length", 7...15)
      // Low and high houses alternate: a street of one height is a corridor.
      let unit = draws.unit("height")
      let rise = index % 2 == 0 ? unit * 0.6 : 0.4 + unit * 0.6
      let height = height.lowerBound + (height.upperBound - height.lowerBound) * rise
      let gap = draws.chance("gap", 0.2) ? draws.number("gap width", 1.6...3.6) : 0
      plots.append(
        StreetPlot(side: side, index: index, seed: own, z: z, length: length, height: height, gap: gap))
      z += length + gap
    }
    return plots
  }
}
