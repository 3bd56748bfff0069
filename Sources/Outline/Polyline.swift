import Raster

/// Points joined by straight lines.
package struct Polyline: Hashable, Sendable {
  package var points: [Point]
  /// Whether a line leads from the last point back to the first, which is not repeated.
  package var isClosed: Bool

  package init(_ points: [Point], isClosed: Bool = false) {
    self.points = points
    self.isClosed = isClosed
  }

  /// The length of all lines, the closing one included.
  package var length: Double {
    guard let first = points.first, let last = points.last else { return 0 }
    let open = zip(points, points.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0).magnitude }
    return isClosed ? open + (first - last).magnitude : open
  }
}

extension Path {
  /// Straight lines through the points of `polyline`.
  package init(_ polyline: Polyline) {
    var elements: [Element] = []
    elements.reserveCapacity(polyline.points.count + 1)
    for (index, point) in polyline.points.enumerated() {
      elements.append(index == 0 ? .move(point) : .line(point))
    }
    if polyline.isClosed, !elements.isEmpty { elements.append(.close) }
    self.init(elements)
  }
}
