import Raster

extension Path {
  /// The area between two circles: contours of opposite direction, so that either rule fills it alike.
  package static func ring(center: Point, innerRadius: Double, outerRadius: Double) -> Path {
    var path = arc(center: center, radius: max(innerRadius, outerRadius), from: 0, sweep: 360)
    path.append(arc(center: center, radius: min(innerRadius, outerRadius), from: 0, sweep: -360))
    return path
  }
}
