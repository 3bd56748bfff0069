import Raster

/// Draws the edges of a skeleton as strokes: centered, straightened, joined at crossings. All in cells.
struct SkeletonStrokes {
  private let graph: SkeletonGraph
  private let raster: MedialRaster
  private var nodePoints: [Point]
  private let degrees: [Int]
  private let width: Double

  /// Of simplified lines from the way itself, in widths of a stroke.
  private static let tolerance = 0.05
  /// Lines of neighboring edges that bend less than this are one stroke. cos 36°.
  private static let throughCosine = 0.81

  init(_ graph: SkeletonGraph, _ raster: MedialRaster) {
    self.graph = graph
    self.raster = raster
    width = raster.strokeWidth
    degrees = graph.degrees
    nodePoints = graph.nodes.map(\.point)
  }

  mutating func lines() -> [Polyline] {
    let ways = graph.edges.map(way)
    placeNodes(ways)
    var lines: [Polyline] = []
    var open: [Stroke] = []
    for (edge, way) in zip(graph.edges, ways) {
      guard let from = edge.from, let to = edge.to else {
        lines.append(Polyline(simplified(closed: way.points), isClosed: true))
        continue
      }
      open.append(
        Stroke(from: from, to: to, points: simplified(ended(way, from: from, to: to))))
    }
    lines += joined(open)
    for dot in graph.dots { lines.append(Polyline([graph.nodes[dot].point])) }
    return lines.filter { line in line.points.allSatisfy(\.isFinite) }
  }

  // MARK: Centering

  /// An edge's points in the middle of their stroke; those near crossings and ends, which lie elsewhere, left out.
  private struct Way {
    var points: [Point] = []
    /// Directions outward at the first and the last point; nil if there is no straight enough piece.
    var start: Arm?
    var end: Arm?
  }
  /// The line that an edge leaves or reaches a node by.
  private struct Arm {
    var point: Point
    /// Unit length, towards the node.
    var direction: Point
  }

  private func way(_ edge: SkeletonGraph.Edge) -> Way {
    let points = edge.points
    let count = points.count
    let isClosed = edge.from == nil
    var arcs = [0.0]
    for i in stride(from: 1, to: count, by: 1) {
      arcs.append(arcs[i - 1] + (points[i] - points[i - 1]).magnitude)
    }
    let length = arcs.last ?? 0
    /// Room that a node takes: crossings bend the ridge, ends do only at their very end.
    func room(_ node: Int?) -> Double {
      guard let node else { return 0 }
      return graph.nodes[node].radius * (isEnd(node) ? 0.25 : 1.1)
    }
    let (low, high) = (room(edge.from), length - room(edge.to))
    let reach = max(3, Int((width / 3).rounded()))

    var centered: [(point: Point, isGood: Bool)] = []
    for i in 0..<count where isClosed || (arcs[i] >= low && arcs[i] <= high) {
      let (a, b) =
        isClosed
        ? (points[(i + count - reach % count) % count], points[(i + reach) % count])
        : (points[max(0, i - reach)], points[min(count - 1, i + reach)])
      let d = b - a
      let size = d.magnitude
      guard size > 1e-9 else { continue }
      let normal = Point(-d.y / size, d.x / size)
      if let middle = middle(points[i], normal) {
        centered.append((middle, true))
      } else {
        centered.append((points[i], false))
      }
    }
    // A few good points between bad ones are chance.
    var start = 0
    for i in 0...centered.count {
      if i < centered.count, centered[i].isGood { continue }
      let isCut = isClosed || (start > 0 && i < centered.count)
      if isCut, Double(i - start) < width / 2 {
        for k in start..<i { centered[k].isGood = false }
      }
      start = i + 1
    }
    if !isClosed, let first = centered.firstIndex(where: \.isGood),
      let last = centered.lastIndex(where: \.isGood)
    {
      // What a crossing bends goes straight to it.
      let reach = Int(1.5 * width)
      if last + reach >= centered.count { centered.removeSubrange((last + 1)...) }
      if first <= reach { centered.removeSubrange(..<first) }
    }
    var way = Way()
    way.points = cornered(centered, isClosed: isClosed)
    if !isClosed {
      // Up to the first corner.
      let span = max(4, Int(2.5 * width))
      way.start = arm(centered.prefix { $0.isGood }.prefix(span).map(\.point).reversed())
      way.end = arm(centered.reversed().prefix { $0.isGood }.prefix(span).map(\.point).reversed())
    }
    return way
  }

  /// The middle between the borders on both sides of a point of the ridge; nil where these are no parallels, such
  /// as in a crossing or a corner.
  private func middle(_ p: Point, _ normal: Point) -> Point? {
    guard let radius = raster.border.nearest(x: p.x, y: p.y)?.distance, radius > 0.5,
      let left = way(from: p, along: normal, within: 2 * radius + 2),
      let right = way(from: p, along: normal * -1, within: 2 * radius + 2)
    else { return nil }
    let half = (left + right) / 2
    let middle = p + normal * ((left - right) / 2)
    guard abs(left - right) < 0.5 * half + 1,
      let own = raster.border.nearest(x: middle.x, y: middle.y)?.distance, half < own * 1.1 + 0.3
    else { return nil }
    return middle
  }

  /// How far the border is in a direction, in steps that no border can be nearer than.
  private func way(from p: Point, along direction: Point, within limit: Double) -> Double? {
    var travelled = 0.0
    for _ in 0..<48 {
      let q = p + direction * travelled
      guard let distance = raster.border.nearest(x: q.x, y: q.y)?.distance else { return nil }
      travelled += distance
      if travelled > limit { return nil }
      if distance < 0.01 { return travelled }
    }
    return travelled
  }

  /// Fills the gaps between well centered points: with a corner where both sides are straight and turn, else with
  /// the ridge.
  private func cornered(_ points: [(point: Point, isGood: Bool)], isClosed: Bool) -> [Point] {
    var points = points
    if isClosed, let start = points.firstIndex(where: \.isGood) {
      // Begin beside a gap, so that none spans the seam.
      let gap = points.indices.first { !points[$0].isGood && points[($0 + 1) % points.count].isGood }
      let shift = gap.map { $0 + 1 } ?? start
      points = Array(points[shift...] + points[..<shift])
    }
    var result: [Point] = []
    var i = 0
    let span = max(4, Int(width))
    while i < points.count {
      if points[i].isGood {
        result.append(points[i].point)
        i += 1
        continue
      }
      var next = i
      while next < points.count, !points[next].isGood { next += 1 }
      let gap = points[i..<next].map(\.point)
      let before = points[..<i].reversed().prefix { $0.isGood }.prefix(span).map(\.point)
      var after = points[next...].prefix { $0.isGood }.prefix(span).map(\.point)
      if isClosed, next >= points.count { after = points.prefix { $0.isGood }.prefix(span).map(\.point) }
      if let a = arm(before.reversed()), let b = arm(after.reversed()), let corner = meeting(a, b, near: gap)
      {
        // The points next to a corner lean towards its round inner side.
        let room = width * 0.6
        while let last = result.last, result.count > 1, (last - corner).magnitude < room {
          result.removeLast()
        }
        result.append(corner)
        i = next
        while i < points.count, points[i].isGood, (points[i].point - corner).magnitude < room { i += 1 }
      } else {
        result += gap
        i = next
      }
    }
    return result
  }

  private func meeting(_ a: Arm, _ b: Arm, near gap: [Point]) -> Point? {
    // Both look towards the gap; strokes that go straight on look at each other.
    let turn = a.direction.dot(b.direction)
    guard turn > -0.9, let middle = gap.isEmpty ? nil : gap[gap.count / 2] else { return nil }
    let cross = a.direction.cross(b.direction)
    guard abs(cross) > 0.2 else { return nil }
    let t = (b.point - a.point).cross(b.direction) / cross
    let corner = a.point + a.direction * t
    return (corner - middle).magnitude < 1.6 * width ? corner : nil
  }

  /// The line through points, towards the last of them: the one with the least squares of distances.
  private func arm(_ points: [Point]) -> Arm? {
    guard points.count >= 3, let first = points.first, let last = points.last else { return nil }
    let middle = points.reduce(Point.zero, +) * (1 / Double(points.count))
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for p in points {
      let d = p - middle
      xx += d.x * d.x
      xy += d.x * d.y
      yy += d.y * d.y
    }
    // The eigenvector of the larger eigenvalue of the scatter.
    let half = (xx - yy) / 2
    let root = (half * half + xy * xy).squareRoot()
    var axis = half >= 0 ? Point(half + root, xy) : Point(xy, root - half)
    let size = axis.magnitude
    guard size > 1e-12 else { return nil }
    axis = axis * (1 / size)
    if axis.dot(last - first) < 0 { axis = axis * -1 }
    return Arm(point: middle + axis * axis.dot(last - middle), direction: axis)
  }

  // MARK: Nodes

  private func isEnd(_ node: Int) -> Bool { degrees[node] == 1 }

  /// Puts crossings where the lines of their edges come nearest to meeting.
  private mutating func placeNodes(_ ways: [Way]) {
    for node in nodePoints.indices where degrees[node] > 2 {
      let start = graph.nodes[node].point
      var arms: [Arm] = []
      for (edge, way) in zip(graph.edges, ways) {
        arms += [edge.from == node ? way.start : nil, edge.to == node ? way.end : nil].compactMap { $0 }
      }
      // Normal equations of the distances from the lines, and weakly from the cell.
      var (xx, xy, yy, x, y) = (0.05, 0.0, 0.05, 0.0, 0.0)
      for (index, arm) in arms.enumerated() {
        let n = Point(-arm.direction.y, arm.direction.x)
        // A stroke that goes straight through stays straight, whatever joins it.
        let goesThrough = arms.indices.contains { other in
          other != index && arms[other].direction.dot(arm.direction) < -0.97
            && abs(n.dot(arms[other].point - arm.point)) < 0.4 * width
        }
        let weight = goesThrough ? 10.0 : 1
        let off = n.dot(arm.point - start)
        xx += weight * n.x * n.x
        xy += weight * n.x * n.y
        yy += weight * n.y * n.y
        x += weight * n.x * off
        y += weight * n.y * off
      }
      let determinant = xx * yy - xy * xy
      guard determinant > 1e-9 else { continue }
      let shift = Point((yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant)
      if shift.magnitude < 0.9 * graph.nodes[node].radius { nodePoints[node] = start + shift }
    }
  }

  /// The way with its ends: at crossings, and half a stroke before the border at open ends.
  private func ended(_ way: Way, from: Int, to: Int) -> [Point] {
    func end(_ node: Int, _ arm: Arm?) -> Point {
      guard isEnd(node), let arm else { return nodePoints[node] }
      let radius = raster.border.nearest(x: arm.point.x, y: arm.point.y)?.distance ?? graph.nodes[node].radius
      guard let room = self.way(from: arm.point, along: arm.direction, within: 4 * width) else {
        return nodePoints[node]
      }
      return arm.point + arm.direction * (room - radius)
    }
    var middle = way.points
    let (a, b) = (end(from, way.start), end(to, way.end))
    if isEnd(from), let first = middle.first, way.start != nil, (first - a).magnitude < width * 0.5 {
      middle.removeFirst()
    }
    if isEnd(to), let last = middle.last, way.end != nil, (last - b).magnitude < width * 0.5 {
      middle.removeLast()
    }
    return [a] + middle + [b]
  }

  // MARK: Lines

  /// Fewer points within the tolerance (D. Douglas, T. Peucker 1973).
  private func simplified(_ points: [Point]) -> [Point] {
    guard points.count > 2 else { return points }
    let limit = SkeletonStrokes.tolerance * width
    var isKept = [Bool](repeating: false, count: points.count)
    isKept[0] = true
    isKept[points.count - 1] = true
    var open = [0..<points.count - 1]
    while let range = open.popLast() {
      let line = FieldSegment(from: points[range.lowerBound], to: points[range.upperBound])
      var furthest: (index: Int, distance: Double)?
      for i in range.dropFirst() {
        let distance = line.place(nearestTo: points[i]).distance
        if distance > furthest?.distance ?? limit { furthest = (i, distance) }
      }
      guard let furthest else { continue }
      isKept[furthest.index] = true
      open.append(range.lowerBound..<furthest.index)
      open.append(furthest.index..<range.upperBound)
    }
    return points.indices.filter { isKept[$0] }.map { points[$0] }
  }

  private func simplified(closed points: [Point]) -> [Point] {
    guard points.count > 4, let first = points.first else { return points }
    // Cut at two points that are far apart: both stay.
    let far =
      points.indices.max { (points[$0] - first).magnitude < (points[$1] - first).magnitude } ?? points.count
      / 2
    let there = simplified(Array(points[...far]))
    let back = simplified(Array(points[far...]) + [first])
    return Array(there.dropLast() + back.dropLast())
  }

  /// An open line between nodes.
  private struct Stroke {
    var from: Int
    var to: Int
    var points: [Point]
  }

  /// Joins lines that go straight through crossings.
  private func joined(_ strokes: [Stroke]) -> [Polyline] {
    // Ends are numbered: 2·stroke for its start, one more for its end.
    func direction(_ end: Int) -> Point {
      let points = strokes[end / 2].points
      let last = points.count - 1
      guard last > 0 else { return Point(1, 0) }
      // Away from the node, over the first stroke's width.
      let node = end % 2 == 0 ? points[0] : points[last]
      var away = Point(1, 0)
      for k in 1...last {
        away = (end % 2 == 0 ? points[k] : points[last - k]) - node
        if away.magnitude > width { break }
      }
      return away * (1 / max(1e-12, away.magnitude))
    }
    var partner = [Int?](repeating: nil, count: strokes.count * 2)
    var endsOf: [Int: [Int]] = [:]
    for (index, stroke) in strokes.enumerated() {
      endsOf[stroke.from, default: []].append(2 * index)
      endsOf[stroke.to, default: []].append(2 * index + 1)
    }
    for node in endsOf.keys.sorted() {
      let ends = (endsOf[node] ?? []).prefix(64).map { ($0, direction($0)) }
      var pairs: [(cosine: Double, a: Int, b: Int)] = []
      for (i, a) in ends.enumerated() {
        for b in ends.dropFirst(i + 1) {
          let cosine = -a.1.dot(b.1)
          if cosine > SkeletonStrokes.throughCosine { pairs.append((cosine, a.0, b.0)) }
        }
      }
      for pair in pairs.sorted(by: { ($1.cosine, $0.a, $0.b) < ($0.cosine, $1.a, $1.b) })
      where partner[pair.a] == nil && partner[pair.b] == nil {
        partner[pair.a] = pair.b
        partner[pair.b] = pair.a
      }
    }
    var isDrawn = [Bool](repeating: false, count: strokes.count)
    var lines: [Polyline] = []
    func draw(from start: Int) {
      var points: [Point] = []
      var end = start
      while !isDrawn[end / 2] {
        isDrawn[end / 2] = true
        let piece = end % 2 == 0 ? strokes[end / 2].points : strokes[end / 2].points.reversed()
        points += points.isEmpty ? piece : Array(piece.dropFirst())
        guard let next = partner[end ^ 1] else {
          lines.append(Polyline(points))
          return
        }
        end = next
      }
      // Back where it began.
      lines.append(Polyline(Array(points.dropLast()), isClosed: true))
    }
    for end in partner.indices where partner[end] == nil && !isDrawn[end / 2] { draw(from: end) }
    for index in strokes.indices where !isDrawn[index] { draw(from: 2 * index) }
    return lines
  }
}
