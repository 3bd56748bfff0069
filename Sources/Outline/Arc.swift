import Raster

extension Path {
  /// A circle's arc as an open contour; a whole turn is closed. Radius true to 2.7e-4.
  ///
  /// - Parameters:
  ///   - start: clock angle in degrees: 0 is up, 90 is right.
  ///   - sweep: degrees clockwise; negative runs the other way. Clamped to ±360.
  package static func arc(center: Point, radius: Double, from start: Double, sweep: Double) -> Path {
    var path = Path()
    path.appendArc(center: center, radius: radius, from: start, sweep: sweep)
    if abs(sweep) >= 360 { path.elements.append(.close) }
    return path
  }

  /// A part of a ring between two radii; a whole turn gives the ring itself. Angles as of
  /// ``arc(center:radius:from:sweep:)``.
  package static func ringSegment(
    center: Point, innerRadius: Double, outerRadius: Double, from start: Double, sweep: Double
  ) -> Path {
    if abs(sweep) >= 360 { return ring(center: center, innerRadius: innerRadius, outerRadius: outerRadius) }
    var path = Path()
    path.appendArc(center: center, radius: outerRadius, from: start, sweep: sweep)
    path.appendArc(center: center, radius: innerRadius, from: start + sweep, sweep: -sweep)
    path.elements.append(.close)
    return path
  }

  /// Goes on with an arc: by a line to its start, or by a move if the path is empty.
  mutating func appendArc(center: Point, radius: Double, from start: Double, sweep: Double) {
    let sweep = sweep.isFinite ? max(-360, min(360, sweep)) : 0
    let pieces = max(1, Int((abs(sweep) / 90 - 1e-9).rounded(.up)))
    let step = sweep / Double(pieces)
    let handle = 4.0 / 3 * tangent(step * (.pi / 720)) * radius
    var from = clockVector(degrees: start)
    let first = center + from * radius
    elements.append(elements.isEmpty ? .move(first) : .line(first))
    for piece in 1...pieces {
      let to =
        piece == pieces && abs(sweep) == 360
        ? clockVector(degrees: start) : clockVector(degrees: start + step * Double(piece))
      let p = center + from * radius
      let q = center + to * radius
      // The tangent of a clockwise circle: the radius turned by a quarter.
      elements.append(.cubic(p + Point(-from.y, from.x) * handle, q - Point(-to.y, to.x) * handle, q))
      from = to
    }
  }
}
