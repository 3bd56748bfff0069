import Raster

extension Path {
  /// A polygon with equal sides and angles.
  ///
  /// - Parameters:
  ///   - radius: from the center to each corner.
  ///   - sides: clamped to 3…10 000.
  ///   - rotation: clock angle of the first corner in degrees: 0 points up.
  package static func regularPolygon(center: Point, radius: Double, sides: Int, rotation: Double = 0) -> Path
  {
    let count = Repetition.clamped(sides, from: 3)
    let points = (0..<count).map { i in
      center + clockVector(degrees: rotation + 360 * Double(i) / Double(count)) * radius
    }
    return Path(Polyline(points, isClosed: true))
  }
}

/// How often a shape may repeat its parts.
enum Repetition {
  static let maximum = 10_000
  static func clamped(_ count: Int, from minimum: Int) -> Int { max(minimum, min(maximum, count)) }
}
