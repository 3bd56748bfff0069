import Raster

// What a pen's line becomes when it is bent from a rod: corners get a radius, ends are cut, others run beside it.

extension Polyline {
  /// A bend that turns by more, in degrees, is a corner; less is a facet of a curve.
  private static let corner = 22.0
  /// The cosine of the turn, 168°, from which a line goes back on its own way.
  private static let retrace = -0.978
  /// In radii: acute corners are bent more narrowly, or they would lose their tips.
  private static let longestTangent = 2.2
  /// Of the pieces that round corners, in degrees.
  private static let facet = 5.0

  /// The arc lengths at which the points lie; a closed line's last is its whole length.
  private var arcs: [Double] {
    var arcs = [0.0]
    arcs.reserveCapacity(points.count + 1)
    for (a, b) in zip(points, points.dropFirst()) { arcs.append((arcs.last ?? 0) + (b - a).magnitude) }
    return arcs
  }

  /// The place at an arc length of an open line, and how many points come before it or lie there.
  private func place(at arc: Double, _ arcs: [Double]) -> (point: Point, index: Int) {
    guard let first = points.first, let last = points.last else { return (.zero, 0) }
    if arc <= 0 { return (first, 1) }
    guard let next = arcs.firstIndex(where: { $0 > arc }), next > 0, next < points.count else {
      return (last, points.count)
    }
    let share = (arc - arcs[next - 1]) / (arcs[next] - arcs[next - 1])
    return (points[next - 1].mixed(with: points[next], at: share), next)
  }

  /// The least distance of a point, and the arc length at which it is met; nil without points.
  package func nearest(to p: Point) -> (distance: Double, arc: Double)? {
    var best: (distance: Double, arc: Double)?
    for line in FieldSegment.segments(self) {
      let (distance, along) = line.place(nearestTo: p)
      if distance < best?.distance ?? .infinity { best = (distance, line.arcStart + along) }
    }
    return best
  }

  /// The place at an arc length from the start of an open line; beyond an end, the end.
  package func point(at arc: Double) -> Point { place(at: arc, arcs).point }

  /// What is left of an open line when a length is cut off either end; nil if that is nothing.
  package func trimmed(start: Double, end: Double) -> Polyline? {
    let arcs = arcs
    guard !isClosed, let length = arcs.last, points.count > 1, start + end < length else { return nil }
    let (a, b) = (place(at: start, arcs), place(at: length - end, arcs))
    var cut = [a.point]
    if a.index < b.index { cut += points[a.index..<b.index] }
    if cut.last != b.point { cut.append(b.point) }
    return Polyline(cut)
  }

  /// A closed line cut open: it begins and ends at the place that is `arc` along it.
  package func opened(at arc: Double) -> Polyline {
    guard isClosed, let first = points.first, points.count > 1, length.isFinite else { return self }
    let whole = Polyline(points + [first])
    let arcs = whole.arcs
    let cut = whole.place(at: arc, arcs)
    let index = min(cut.index, points.count)
    var turned = [cut.point]
    turned += points[index...]
    turned += points[..<index]
    turned.append(cut.point)
    return Polyline(turned)
  }

  /// The line with a radius at its corners, as far as there is room between them.
  ///
  /// Where the line is straight beside a corner the bend is an arc of that radius. Neighbors share the room that
  /// lies between them; an end gives all of its own.
  package func filleted(radius: Double) -> Polyline {
    guard radius > 0, radius.isFinite, points.count > 2, length.isFinite else { return self }
    if isClosed {
      // From the middle of the longest piece, which is no corner.
      let arcs = Polyline(points + points.prefix(1)).arcs
      var (longest, middle) = (0.0, 0.0)
      for (a, b) in zip(arcs, arcs.dropFirst()) where b - a > longest {
        (longest, middle) = (b - a, (a + b) / 2)
      }
      var open = opened(at: middle).filleted(radius: radius)
      open.points.removeLast()
      open.isClosed = true
      return open
    }
    let arcs = arcs
    let length = arcs.last ?? 0
    let least = unitVector(degrees: Polyline.corner).x
    var corners: [(index: Int, tangent: Double, angle: Double)] = []
    for i in 1..<points.count - 1 {
      let (a, b) = (points[i] - points[i - 1], points[i + 1] - points[i])
      let sizes = a.magnitude * b.magnitude
      guard sizes > 0, sizes.isFinite else { continue }
      let cosine = max(-1, min(1, a.dot(b) / sizes))
      // A pen that goes back on its own way makes no corner.
      guard cosine < least, cosine > Polyline.retrace else { continue }
      // tan(angle / 2).
      let half = ((1 - cosine) / (1 + cosine)).squareRoot()
      corners.append((i, radius * min(half, Polyline.longestTangent), 2 * arcTangent(half, 1)))
    }
    guard !corners.isEmpty else { return self }
    var result: [Point] = []
    var from = 0.0
    for (number, corner) in corners.enumerated() {
      let at = arcs[corner.index]
      let before = number == 0 ? at : (at - arcs[corners[number - 1].index]) / 2
      let after =
        number == corners.count - 1 ? length - at : (arcs[corners[number + 1].index] - at) / 2
      let room = min(corner.tangent, 0.98 * min(before, after))
      let (a, b) = (place(at: at - room, arcs), place(at: at + room, arcs))
      let start = place(at: from, arcs)
      if from == 0 { result.append(start.point) }
      if start.index < a.index { result += points[start.index..<a.index] }
      result.append(a.point)
      // The handle of the cubic nearest to an arc, as a share of the tangent: (4/3) tan(angle/4) / tan(angle/2).
      // With q = tan(angle/4) that is (2/3) (1 − q²).
      let quarter = tangent(corner.angle / 4)
      let share = 2.0 / 3 * (1 - quarter * quarter)
      let tip = points[corner.index]
      let (p, q) = (a.point.mixed(with: tip, at: share), b.point.mixed(with: tip, at: share))
      let pieces = max(2, Int((corner.angle * 180 / .pi / Polyline.facet).rounded(.up)))
      for piece in 1...pieces {
        let t = Double(piece) / Double(pieces)
        let u = 1 - t
        let outer = a.point * (u * u * u) + b.point * (t * t * t)
        result.append(outer + p * (3 * u * u * t) + q * (3 * u * t * t))
      }
      from = at + room
    }
    let last = place(at: from, arcs)
    if last.index < points.count { result += points[last.index...] }
    return Polyline(result)
  }

  /// A line that runs beside this one, at its right hand if `distance` is positive and y runs downward.
  ///
  /// What would come nearer to the line than that, inside narrow bends, is left out.
  package func parallel(at distance: Double) -> Polyline {
    guard points.count > 1, distance != 0, distance.isFinite, length.isFinite else { return self }
    let points = divided(longest: abs(distance) / 2).points
    let count = points.count
    func direction(_ i: Int) -> Point? {
      let d = points[(i + 1) % count] - points[i]
      let size = d.magnitude
      return size > 0 ? d * (1 / size) : nil
    }
    let segments = FieldSegment.segments(self)
    var result: [Point] = []
    for i in 0..<count {
      let before = i > 0 || isClosed ? direction((i + count - 1) % count) : nil
      let after = i < count - 1 || isClosed ? direction(i) : nil
      guard let a = before ?? after, let b = after ?? before else { continue }
      // The miter of both normals; a corner that is sharper than 120° is cut.
      let sum = Point(-(a.y + b.y), a.x + b.x)
      let p = points[i] + sum * (distance / max(0.5, 1 + a.dot(b)))
      let isClear = segments.allSatisfy { $0.place(nearestTo: p).distance > abs(distance) * 0.97 }
      if isClear { result.append(p) }
    }
    return Polyline(result, isClosed: isClosed)
  }

  /// The same line with more points on its longer pieces; never so many that it would be felt.
  private func divided(longest: Double) -> Polyline {
    let step = max(longest, length / 4096)
    var result: [Point] = []
    let ends = isClosed ? points + points.prefix(1) : points
    for (a, b) in zip(ends, ends.dropFirst()) {
      let parts = step > 0 ? max(1, Int(((b - a).magnitude / step).rounded(.up))) : 1
      for part in 0..<parts { result.append(a.mixed(with: b, at: Double(part) / Double(parts))) }
    }
    if !isClosed, let last = points.last { result.append(last) }
    return Polyline(result, isClosed: isClosed)
  }

  /// Whether the lines cross; touching at ends counts.
  package func crosses(_ other: Polyline) -> Bool {
    let (a, b) = (FieldSegment.segments(self), FieldSegment.segments(other))
    return a.contains { first in
      b.contains { second in
        let (d, e) = (first.to - first.from, second.to - second.from)
        let cross = d.cross(e)
        guard abs(cross) > 1e-15 else { return false }
        let gap = second.from - first.from
        let (t, u) = (gap.cross(e) / cross, gap.cross(d) / cross)
        return t >= 0 && t <= 1 && u >= 0 && u <= 1
      }
    }
  }
}
