import Raster

extension Path {
  /// The path with every point mapped. An affine map of a Bézier curve is the curve of the mapped points.
  package func transformed(by map: Affine) -> Path {
    if map == .identity { return self }
    return Path(
      elements.map { element in
        switch element {
        case .move(let p): .move(map.apply(p))
        case .line(let p): .line(map.apply(p))
        case .quad(let a, let p): .quad(map.apply(a), map.apply(p))
        case .cubic(let a, let b, let p): .cubic(map.apply(a), map.apply(b), map.apply(p))
        case .close: .close
        }
      })
  }

  /// Whether no coordinate is infinite or not a number.
  package var isFinite: Bool {
    elements.allSatisfy { element in
      switch element {
      case .move(let p), .line(let p): p.isFinite
      case .quad(let a, let p): a.isFinite && p.isFinite
      case .cubic(let a, let b, let p): a.isFinite && b.isFinite && p.isFinite
      case .close: true
      }
    }
  }

  /// The smallest rectangle around all points, control points included; null if empty or not finite.
  package var controlBounds: Rect {
    guard isFinite else { return .null }
    var box = Rect.null
    for element in elements {
      switch element {
      case .move(let p), .line(let p):
        box.extend(to: p)
      case .quad(let a, let p):
        box.extend(to: a)
        box.extend(to: p)
      case .cubic(let a, let b, let p):
        box.extend(to: a)
        box.extend(to: b)
        box.extend(to: p)
      case .close:
        break
      }
    }
    return box
  }

  /// The smallest rectangle around the curves themselves (extrema from the roots of the derivative);
  /// null if empty or not finite. A move that nothing is drawn from counts as a point.
  package var bounds: Rect {
    guard isFinite else { return .null }
    var box = Rect.null
    forEachCurve { curve in
      switch curve {
      case .point(let p):
        box.extend(to: p)
      case .line(let p, let q):
        box.extend(to: p)
        box.extend(to: q)
      case .quad(let p, let a, let q):
        box.extend(to: p)
        box.extend(to: q)
        for t in [extremum(p.x, a.x, q.x), extremum(p.y, a.y, q.y)] {
          if let t { box.extend(to: quadPoint(p, a, q, at: t)) }
        }
      case .cubic(let p, let a, let b, let q):
        box.extend(to: p)
        box.extend(to: q)
        let x = extrema(p.x, a.x, b.x, q.x)
        let y = extrema(p.y, a.y, b.y, q.y)
        for t in [x.0, x.1, y.0, y.1] {
          if let t { box.extend(to: cubicPoint(p, a, b, q, at: t)) }
        }
      }
    }
    return box
  }
}

extension Point {
  package var isFinite: Bool { x.isFinite && y.isFinite }
  /// The vector's length.
  package var magnitude: Double { (x * x + y * y).squareRoot() }
  func dot(_ other: Point) -> Double { x * other.x + y * other.y }
  /// Positive if `other` points clockwise of this vector (y grows downward).
  func cross(_ other: Point) -> Double { x * other.y - y * other.x }
  func mixed(with other: Point, at t: Double) -> Point {
    Point(x + (other.x - x) * t, y + (other.y - y) * t)
  }
}

/// One drawn piece of a path, with its start.
enum Curve {
  /// A move that nothing is drawn from.
  case point(Point)
  case line(Point, Point)
  case quad(Point, Point, Point)
  case cubic(Point, Point, Point, Point)

  var start: Point {
    switch self {
    case .point(let p), .line(let p, _), .quad(let p, _, _), .cubic(let p, _, _, _): p
    }
  }
}

extension Path {
  /// Visits drawn pieces with their starts. Closing lines are visited only where the path says `close`.
  /// An element that has no current point to start from acts as a move to its end.
  func forEachCurve(_ visit: (Curve) -> Void) {
    var start: Point?
    var current: Point?
    var drewSinceMove = true
    for element in elements {
      switch element {
      case .move(let p):
        if !drewSinceMove, let current { visit(.point(current)) }
        start = p
        current = p
        drewSinceMove = false
      case .close:
        if let from = current, let to = start { visit(.line(from, to)) }
        current = start
        drewSinceMove = true
      case .line(let p), .quad(_, let p), .cubic(_, _, let p):
        guard let from = current else {
          start = p
          current = p
          drewSinceMove = false
          continue
        }
        switch element {
        case .quad(let a, _): visit(.quad(from, a, p))
        case .cubic(let a, let b, _): visit(.cubic(from, a, b, p))
        default: visit(.line(from, p))
        }
        current = p
        drewSinceMove = true
      }
    }
    if !drewSinceMove, let current { visit(.point(current)) }
  }
}

func quadPoint(_ p: Point, _ a: Point, _ q: Point, at t: Double) -> Point {
  let s = 1 - t
  return p * (s * s) + a * (2 * s * t) + q * (t * t)
}

func cubicPoint(_ p: Point, _ a: Point, _ b: Point, _ q: Point, at t: Double) -> Point {
  let s = 1 - t
  return p * (s * s * s) + a * (3 * s * s * t) + b * (3 * s * t * t) + q * (t * t * t)
}

/// The inner parameter at which one coordinate of a quadratic curve turns back, if any.
private func extremum(_ p: Double, _ a: Double, _ q: Double) -> Double? {
  inner((p - a) / (p - 2 * a + q))
}

/// The inner parameters at which one coordinate of a cubic curve turns back.
private func extrema(_ p: Double, _ a: Double, _ b: Double, _ q: Double) -> (Double?, Double?) {
  // The derivative is 3·(u·t² + 2·v·t + w). Scaled, so that squares of huge coordinates stay finite.
  let scale = max(abs(p), abs(a), abs(b), abs(q))
  guard scale > 0 else { return (nil, nil) }
  let (p, a, b, q) = (p / scale, a / scale, b / scale, q / scale)
  let u = q - 3 * b + 3 * a - p
  let v = b - 2 * a + p
  let w = a - p
  let discriminant = v * v - u * w
  guard discriminant >= 0 else { return (nil, nil) }
  // The root of larger size first, then the other from their product: no cancellation.
  let k = -(v + (v < 0 ? -discriminant.squareRoot() : discriminant.squareRoot()))
  return (inner(k / u), inner(w / k))
}

private func inner(_ t: Double) -> Double? { t > 0 && t < 1 ? t : nil }
