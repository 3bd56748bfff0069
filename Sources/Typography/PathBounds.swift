import Outline
import Raster

extension Path {
  /// The box of the curve itself, not of its control points; null for an empty path.
  ///
  /// A lone `move` draws nothing and does not count.
  var tightBounds: Rect {
    var box = Rect.null
    var start = Point.zero
    var current = Point.zero
    for element in elements {
      switch element {
      case .move(let p):
        start = p
        current = p
      case .line(let p):
        box.extend(to: current)
        box.extend(to: p)
        current = p
      case .quad(let c, let p):
        // A quadratic as the cubic of the same shape.
        let first = current + (c - current) * (2.0 / 3)
        let second = p + (c - p) * (2.0 / 3)
        box.extend(toCubic: current, first, second, p)
        current = p
      case .cubic(let c1, let c2, let p):
        box.extend(toCubic: current, c1, c2, p)
        current = p
      case .close:
        current = start
      }
    }
    return box
  }

  func mapped(by map: Affine) -> Path {
    Path(
      elements.map { element in
        switch element {
        case .move(let p): .move(map.apply(p))
        case .line(let p): .line(map.apply(p))
        case .quad(let c, let p): .quad(map.apply(c), map.apply(p))
        case .cubic(let c1, let c2, let p): .cubic(map.apply(c1), map.apply(c2), map.apply(p))
        case .close: .close
        }
      })
  }
}

extension Rect {
  /// Extends by the ends and the extrema of a cubic Bézier curve.
  fileprivate mutating func extend(toCubic a: Point, _ b: Point, _ c: Point, _ d: Point) {
    extend(to: a)
    extend(to: d)
    for t in Self.extrema(a.x, b.x, c.x, d.x) {
      let x = Self.cubic(a.x, b.x, c.x, d.x, at: t)
      minX = min(minX, x)
      maxX = max(maxX, x)
    }
    for t in Self.extrema(a.y, b.y, c.y, d.y) {
      let y = Self.cubic(a.y, b.y, c.y, d.y, at: t)
      minY = min(minY, y)
      maxY = max(maxY, y)
    }
  }

  private static func cubic(_ a: Double, _ b: Double, _ c: Double, _ d: Double, at t: Double) -> Double {
    let s = 1 - t
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d
  }

  /// The roots in 0…1 of the derivative, a quadratic p·t² + 2·q·t + r.
  private static func extrema(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> [Double] {
    // Control points between the ends cannot push the curve beyond them.
    if min(b, c) >= min(a, d) && max(b, c) <= max(a, d) { return [] }
    let p = d - a + 3 * (b - c)
    let q = a - 2 * b + c
    let r = b - a
    let discriminant = q * q - p * r
    guard discriminant >= 0 else { return [] }
    // The form that does not subtract nearly equal numbers.
    let sum = -(q + (q < 0 ? -1 : 1) * discriminant.squareRoot())
    return [sum / p, r / sum].filter { $0 > 0 && $0 < 1 }
  }
}
