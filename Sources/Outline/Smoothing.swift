import Raster

extension Polyline {
  /// A smooth curve through all points, which keeps sharp corners.
  ///
  /// Each point's tangent is that of a Catmull-Rom spline over chord lengths; the handles' lengths are those of
  /// a circle's arc with that angle to the chord, so that points on a circle give the circle. Beside a corner
  /// or an end, a curve leaves as its other end arrives. Points that repeat their predecessor are left out.
  ///
  /// - Parameter cornerAngle: bends of more than this many degrees stay corners.
  package func smoothed(cornerAngle: Double = 62) -> Path {
    var points: [Point] = []
    for point in self.points where point.isFinite && point != points.last { points.append(point) }
    if isClosed, points.count > 1, points.first == points.last { points.removeLast() }
    guard points.count > 2 else { return Path(Polyline(points, isClosed: isClosed)) }

    let count = points.count
    let pieces = isClosed ? count : count - 1
    let chords = (0..<pieces).map { points[($0 + 1) % count] - points[$0] }
    let lengths = chords.map(\.magnitude)
    let sharpest = unitVector(degrees: max(0, min(180, cornerAngle))).x

    /// The direction through a point; nil at corners and ends.
    func direction(_ i: Int) -> Point? {
      guard isClosed || (i > 0 && i < count - 1) else { return nil }
      let before = (i + pieces - 1) % pieces
      let a = chords[before].unit(lengths[before])
      let b = chords[i % pieces].unit(lengths[i % pieces])
      guard a.dot(b) >= sharpest else { return nil }
      let tangent = a * lengths[i % pieces] + b * lengths[before]
      let size = tangent.magnitude
      return size > 0 && size.isFinite ? tangent.unit(size) : nil
    }
    let directions = points.indices.map(direction)

    var path = Path([.move(points[0])])
    for i in 0..<pieces {
      let end = points[(i + 1) % count]
      let chord = chords[i].unit(lengths[i])
      func mirrored(_ d: Point) -> Point { chord * (2 * d.dot(chord)) - d }
      let leaves = directions[i]
      let arrives = directions[(i + 1) % count]
      guard let out = leaves ?? arrives.map(mirrored), let into = arrives ?? leaves.map(mirrored) else {
        path.elements.append(.line(end))
        continue
      }
      // 4/3·tan(a/2)/(2·sin a) of the chord, a being the angle to it.
      func handle(_ d: Point) -> Double { lengths[i] * 2 / (3 * (1 + max(0, d.dot(chord)))) }
      path.elements.append(.cubic(points[i] + out * handle(out), end - into * handle(into), end))
    }
    if isClosed { path.elements.append(.close) }
    return path
  }
}

extension Point {
  fileprivate func unit(_ magnitude: Double) -> Point {
    magnitude > 0 ? Point(x / magnitude, y / magnitude) : Point(1, 0)
  }
}
