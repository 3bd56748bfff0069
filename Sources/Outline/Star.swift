import Raster

extension Path {
  /// A star: corners on two circles by turns.
  ///
  /// - Parameters:
  ///   - radius: from the center to the points.
  ///   - points: clamped to 2…10 000.
  ///   - innerRatio: radius of the inner corners, as a share of `radius`.
  ///   - rotation: clock angle of the first point in degrees: 0 is up.
  ///   - rounding: how much of each side its rounded corners take, 0 (sharp) … 1 (nothing stays straight).
  package static func star(
    center: Point, radius: Double, points: Int, innerRatio: Double, rotation: Double = 0, rounding: Double = 0
  ) -> Path {
    let count = Repetition.clamped(points, from: 2)
    let corners = (0..<2 * count).map { i in
      let r = i % 2 == 0 ? radius : radius * innerRatio
      return center + clockVector(degrees: rotation + 180 * Double(i) / Double(count)) * r
    }
    let share = rounding.isFinite ? max(0, min(1, rounding)) / 2 : 0
    guard share > 0 else { return Path(Polyline(corners, isClosed: true)) }
    var path = Path()
    for i in corners.indices {
      let corner = corners[i]
      let before = corners[(i + corners.count - 1) % corners.count]
      let after = corners[(i + 1) % corners.count]
      let start = corner.mixed(with: before, at: share)
      path.elements.append(i == 0 ? .move(start) : .line(start))
      path.elements.append(.quad(corner, corner.mixed(with: after, at: share)))
    }
    path.elements.append(.close)
    return path
  }
}
