import Raster

extension Path {
  /// The length of all drawn pieces, in the path's unit; relative error below 1e-6. 0 if not finite.
  ///
  /// A curve is longer than its chord and shorter than its control polygon: it is halved until they agree.
  /// Their mean then is far better than that (J. Gravesen, "Adaptive subdivision and the length and energy of
  /// Bézier curves", 1997).
  package var length: Double {
    guard isFinite else { return 0 }
    var total = 0.0
    forEachCurve { curve in
      switch curve {
      case .point: break
      case .line(let p, let q): total += (q - p).magnitude
      case .quad(let p, let a, let q):
        total += cubicLength(p, p.mixed(with: a, at: 2.0 / 3), q.mixed(with: a, at: 2.0 / 3), q, depth: 0)
      case .cubic(let p, let a, let b, let q):
        total += cubicLength(p, a, b, q, depth: 0)
      }
    }
    // Lengths beyond the largest number.
    return total.isNaN ? .infinity : total
  }
}

private func cubicLength(_ p: Point, _ a: Point, _ b: Point, _ q: Point, depth: Int) -> Double {
  let chord = (q - p).magnitude
  let polygon = (a - p).magnitude + (b - a).magnitude + (q - b).magnitude
  if depth >= 16 || (depth >= 2 && polygon - chord <= 2e-6 * polygon) { return (chord + polygon) / 2 }
  let pa = p.mixed(with: a, at: 0.5)
  let ab = a.mixed(with: b, at: 0.5)
  let bq = b.mixed(with: q, at: 0.5)
  let left = pa.mixed(with: ab, at: 0.5)
  let right = ab.mixed(with: bq, at: 0.5)
  let middle = left.mixed(with: right, at: 0.5)
  return cubicLength(p, pa, left, middle, depth: depth + 1)
    + cubicLength(middle, right, bq, q, depth: depth + 1)
}
