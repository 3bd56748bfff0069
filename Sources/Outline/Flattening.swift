import Raster

/// How curves are replaced by lines.
///
/// A curve is cut at equal steps of its parameter; their number comes from Wang's bound on the second
/// differences of the control points (G. Wang, "The subdivision method for finding the intersection between
/// two Bézier curves or surfaces", 1984), so that no line strays from its curve by more than `tolerance`.
struct Flattening {
  /// The largest distance between curve and line, in the path's unit (commonly pixels).
  let tolerance: Double
  /// Lines for one curve are never more, however large it is.
  static let maximumPerCurve = 2048
  /// Beyond this many lines in all, every further curve becomes its chord.
  static let maximumCount = 4_000_000

  static let defaultTolerance = 0.05

  init(tolerance: Double) {
    self.tolerance = tolerance.isFinite ? max(1e-6, tolerance) : Self.defaultTolerance
  }

  /// How many lines a curve needs, at least 1.
  func count(_ curve: Curve) -> Int {
    let n: Double
    switch curve {
    case .point, .line:
      return 1
    case .quad(let p, let a, let q):
      n = ((p - a * 2 + q).magnitude / (4 * tolerance)).squareRoot()
    case .cubic(let p, let a, let b, let q):
      let second = max((p - a * 2 + b).magnitude, (a - b * 2 + q).magnitude)
      n = (0.75 * second / tolerance).squareRoot()
    }
    // Written so that a number too large to be one gives the maximum.
    return n < Double(Self.maximumPerCurve) ? max(1, Int(n.rounded(.up))) : Self.maximumPerCurve
  }
}

extension Curve {
  /// Visits the ends of `count` lines that replace the curve; the last is the curve's own end.
  func forEachLineEnd(count: Int, _ visit: (Point) -> Void) {
    let step = 1 / Double(max(1, count))
    switch self {
    case .point(let p):
      visit(p)
    case .line(_, let q):
      visit(q)
    case .quad(let p, let a, let q):
      for i in stride(from: 1, to: count, by: 1) { visit(quadPoint(p, a, q, at: Double(i) * step)) }
      visit(q)
    case .cubic(let p, let a, let b, let q):
      for i in stride(from: 1, to: count, by: 1) { visit(cubicPoint(p, a, b, q, at: Double(i) * step)) }
      visit(q)
    }
  }
}

/// A contour made of lines that remembers where they stand for a smooth curve.
struct FlattenedContour {
  var points: [Point]
  /// For each point, whether it lies within a curve, so that the bend there is no corner.
  var isSmooth: [Bool]
  var isClosed: Bool
}

extension Path {
  /// The contours as straight lines; empty if the path is not finite.
  ///
  /// - Parameter tolerance: the largest distance between curve and line, in the path's unit.
  package func flattened(tolerance: Double = 0.05) -> [Polyline] {
    contours(tolerance: tolerance).map { Polyline($0.points, isClosed: $0.isClosed) }
  }

  /// Contours with a drawn piece; points that repeat their predecessor are left out.
  func contours(tolerance: Double) -> [FlattenedContour] {
    guard isFinite else { return [] }
    let flattening = Flattening(tolerance: tolerance)
    var contours: [FlattenedContour] = []
    var contour = FlattenedContour(points: [], isSmooth: [], isClosed: false)
    var drawn = false
    var total = 0

    func finish() {
      if drawn { contours.append(contour) }
      contour = FlattenedContour(points: [], isSmooth: [], isClosed: false)
      drawn = false
    }
    func add(_ point: Point, isSmooth: Bool) {
      guard contour.points.last != point else { return }
      contour.points.append(point)
      contour.isSmooth.append(isSmooth)
    }

    for element in elements {
      switch element {
      case .move(let p):
        finish()
        add(p, isSmooth: false)
      case .close:
        guard let first = contour.points.first else { continue }
        if contour.points.count > 1, contour.points.last == first {
          contour.points.removeLast()
          contour.isSmooth.removeLast()
        }
        contour.isClosed = true
        drawn = true
        finish()
        add(first, isSmooth: false)
      case .line(let p), .quad(_, let p), .cubic(_, _, let p):
        guard let from = contour.points.last else {
          add(p, isSmooth: false)
          continue
        }
        drawn = true
        let curve: Curve
        switch element {
        case .quad(let a, _): curve = .quad(from, a, p)
        case .cubic(let a, let b, _): curve = .cubic(from, a, b, p)
        default: curve = .line(from, p)
        }
        let count = total < Flattening.maximumCount ? flattening.count(curve) : 1
        total += count
        var left = count
        curve.forEachLineEnd(count: count) { point in
          left -= 1
          add(point, isSmooth: left > 0)
        }
      }
    }
    finish()
    return contours
  }
}
