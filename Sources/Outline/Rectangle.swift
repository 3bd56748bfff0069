import Raster

/// The radii of a rectangle's four corners, in the rectangle's unit.
package struct CornerRadii: Hashable, Sendable {
  package var topLeft, topRight, bottomRight, bottomLeft: Double

  package init(topLeft: Double, topRight: Double, bottomRight: Double, bottomLeft: Double) {
    self.topLeft = topLeft
    self.topRight = topRight
    self.bottomRight = bottomRight
    self.bottomLeft = bottomLeft
  }

  package init(_ all: Double) {
    self.init(topLeft: all, topRight: all, bottomRight: all, bottomLeft: all)
  }

  package static let zero = CornerRadii(0)

  /// Negative radii become 0; if two neighbors exceed their side, all shrink by one factor
  /// (CSS Backgrounds and Borders 3, section 4.5).
  func fitted(width: Double, height: Double) -> CornerRadii {
    func legal(_ r: Double) -> Double { r.isFinite ? max(0, r) : 0 }
    var r = CornerRadii(
      topLeft: legal(topLeft), topRight: legal(topRight), bottomRight: legal(bottomRight),
      bottomLeft: legal(bottomLeft))
    var factor = 1.0
    for (side, sum) in [
      (width, r.topLeft + r.topRight), (width, r.bottomLeft + r.bottomRight),
      (height, r.topLeft + r.bottomLeft), (height, r.topRight + r.bottomRight),
    ] where sum > side {
      factor = min(factor, side / sum)
    }
    r.topLeft *= factor
    r.topRight *= factor
    r.bottomRight *= factor
    r.bottomLeft *= factor
    return r
  }
}

extension Path {
  /// A rectangle with quarter circles for corners, clockwise from the top left; empty for a null rectangle.
  package static func rectangle(_ rect: Rect, corners: CornerRadii = .zero) -> Path {
    guard !rect.isNull else { return Path() }
    let r = corners.fitted(width: rect.width, height: rect.height)
    var path = Path([.move(Point(rect.minX + r.topLeft, rect.minY))])

    /// A line to `start`, then a quarter circle about the corner to `end`.
    func turn(_ start: Point, _ corner: Point, _ end: Point) {
      path.elements.append(.line(start))
      guard start != end else { return }
      path.elements.append(
        .cubic(start.mixed(with: corner, at: quarterHandle), end.mixed(with: corner, at: quarterHandle), end))
    }
    let (l, t, right, b) = (rect.minX, rect.minY, rect.maxX, rect.maxY)
    turn(Point(right - r.topRight, t), Point(right, t), Point(right, t + r.topRight))
    turn(Point(right, b - r.bottomRight), Point(right, b), Point(right - r.bottomRight, b))
    turn(Point(l + r.bottomLeft, b), Point(l, b), Point(l, b - r.bottomLeft))
    if r.topLeft > 0 { turn(Point(l, t + r.topLeft), Point(l, t), Point(l + r.topLeft, t)) }
    path.elements.append(.close)
    return path
  }
}

/// The length of a Bézier handle for a quarter of a unit circle, 4/3·tan(π/8): radius true to 2.7e-4.
let quarterHandle = 0.552_284_749_830_793_4
