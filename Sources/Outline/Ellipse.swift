import Raster

extension Path {
  /// An ellipse of four cubic curves, clockwise from the top; radius true to 2.7e-4.
  package static func ellipse(center: Point, radiusX: Double, radiusY: Double) -> Path {
    let (rx, ry) = (abs(radiusX), abs(radiusY))
    return arc(center: .zero, radius: 1, from: 0, sweep: 360)
      .transformed(by: Affine(a: rx, b: 0, c: 0, d: ry, tx: center.x, ty: center.y))
  }

  package static func circle(center: Point, radius: Double) -> Path {
    ellipse(center: center, radiusX: radius, radiusY: radius)
  }
}
