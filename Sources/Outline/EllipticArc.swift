import Raster

/// Cubic curves for an arc given by its ends (SVG 1.1, appendix F.6.5 and F.6.6). Radii that are too small to
/// reach grow; a radius of 0 gives a line; equal ends give nothing.
///
/// - Parameters:
///   - rotation: of the ellipse's x axis, in degrees clockwise (y grows downward).
///   - isLarge: whether the arc spans more than half a turn.
///   - isClockwise: whether the angle grows along the arc.
func ellipticArc(
  from start: Point, to end: Point, radiusX: Double, radiusY: Double, rotation: Double,
  isLarge: Bool, isClockwise: Bool
) -> [Path.Element] {
  guard start != end else { return [] }
  var rx = abs(radiusX)
  var ry = abs(radiusY)
  guard rx > 0, ry > 0 else { return [.line(end)] }

  let axis = unitVector(degrees: rotation)
  let half = (start - end) * 0.5
  let px = axis.x * half.x + axis.y * half.y
  let py = axis.x * half.y - axis.y * half.x
  let u = px / rx
  let v = py / ry
  let excess = u * u + v * v
  guard excess.isFinite else { return [.line(end)] }
  if excess > 1 {
    rx *= excess.squareRoot()
    ry *= excess.squareRoot()
  }
  // On the unit circle: the ends are ±(px/rx, py/ry) about the middle, and the center lies across from them.
  let ends = Point(px / rx, py / ry)
  let size = ends.dot(ends)
  guard size > 0 else { return [.line(end)] }
  let lift = max(0, 1 / size - 1).squareRoot() * (isLarge == isClockwise ? -1 : 1)
  let center = Point(ends.y * lift, -ends.x * lift)
  let from = ends - center
  let to = (ends * -1) - center

  var sweep = arcTangent(from.cross(to), from.dot(to))
  if isClockwise, sweep < 0 { sweep += 2 * .pi }
  if !isClockwise, sweep > 0 { sweep -= 2 * .pi }
  let pieces = max(1, min(4, Int((abs(sweep) / (.pi / 2) - 1e-9).rounded(.up))))

  let middle = start.mixed(with: end, at: 0.5)
  let map = Affine(
    a: axis.x * rx, b: axis.y * rx, c: -axis.y * ry, d: axis.x * ry, tx: middle.x, ty: middle.y)
  let step = sweep / Double(pieces)
  let handle = 4.0 / 3 * tangent(step / 4)
  let (cosine, sine) = cosineAndSine(step)
  var radius = from
  var curves: [Path.Element] = []
  for piece in 1...pieces {
    let next = Point(radius.x * cosine - radius.y * sine, radius.x * sine + radius.y * cosine)
    let a = radius + Point(-radius.y, radius.x) * handle
    let b = next - Point(-next.y, next.x) * handle
    curves.append(
      .cubic(map.apply(center + a), map.apply(center + b), piece == pieces ? end : map.apply(center + next)))
    radius = next
  }
  return curves
}
