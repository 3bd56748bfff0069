import Raster

extension Path {
  /// What of the filled path lies between two heights. Curves become lines, no further from them than `tolerance`.
  ///
  /// Contours are cut one by one, along the edges of the band (Sutherland, Hodgman 1974): every winding number within
  /// the band stays as it was, and holes stay holes.
  package func clipped(fromY top: Double, toY bottom: Double, tolerance: Double) -> Path {
    guard top < bottom else { return Path() }
    var result = Path()
    for contour in flattened(tolerance: tolerance) {
      let inside = contour.points.cut(at: top, keepsBelow: true).cut(at: bottom, keepsBelow: false)
      if inside.count > 2 { result.append(Path(Polyline(inside, isClosed: true))) }
    }
    return result
  }
}

extension [Point] {
  /// The polygon's part on one side of a horizontal line; below is where y is larger.
  fileprivate func cut(at y: Double, keepsBelow: Bool) -> [Point] {
    guard var last = self.last else { return [] }
    func isInside(_ p: Point) -> Bool { keepsBelow ? p.y >= y : p.y <= y }
    var result: [Point] = []
    for point in self {
      if isInside(point) != isInside(last) {
        let t = (y - last.y) / (point.y - last.y)
        result.append(Point(last.x + (point.x - last.x) * t, y))
      }
      if isInside(point) { result.append(point) }
      last = point
    }
    return result
  }
}
