import Raster

/// Thinned lines as a graph: edges are ways of cells, nodes are ends, crossings and dots.
struct SkeletonGraph {
  struct Node {
    var point: Point
    /// Distance from the border, in cells.
    var radius: Double
  }
  struct Edge {
    /// Nodes; nil for a closed way without any.
    var from: Int?
    var to: Int?
    /// The way's cells, nodes included.
    var points: [Point]

    var length: Double { Polyline(points).length }

    /// The same way with the given node at its start; a way from a node to itself stays as it is.
    func leaving(_ node: Int) -> Edge {
      from == node ? self : Edge(from: to, to: from, points: points.reversed())
    }
  }

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  /// Nodes without edges that are dots of the drawing, not leftovers.
  private(set) var dots: [Int] = []

  init(_ raster: MedialRaster) {
    let width = raster.width
    let isLine = raster.isLine
    let offsets = MedialRaster.neighbors(width: width)
    func neighbors(_ cell: Int) -> [Int] { offsets.map { cell + $0 }.filter { isLine[$0] } }
    func point(_ cell: Int) -> Point { Point(Double(cell % width) + 0.5, Double(cell / width) + 0.5) }

    let cells = isLine.indices.filter { isLine[$0] }
    // Crossings that touch are one node, at the cell that lies deepest.
    var nodeOf: [Int: Int] = [:]
    var members: [[Int]] = []
    for cell in cells where nodeOf[cell] == nil {
      let degree = neighbors(cell).count
      guard degree != 2 else { continue }
      let node = members.count
      nodeOf[cell] = node
      var group = [cell]
      var next = 0
      while degree > 2, next < group.count {
        for other in neighbors(group[next])
        where nodeOf[other] == nil && neighbors(other).count > 2 {
          nodeOf[other] = node
          group.append(other)
        }
        next += 1
      }
      let deepest =
        group.max { (raster.distance[$0], $1) < (raster.distance[$1], $0) } ?? cell
      members.append(group)
      nodes.append(Node(point: point(deepest), radius: Double(raster.distance[deepest])))
      if degree == 0 { dots.append(node) }
    }

    var isSeen = [Bool](repeating: false, count: isLine.count)
    func walk(from start: Int, before: Int) -> (way: [Int], end: Int?) {
      var way: [Int] = []
      var previous = before
      var cell = start
      while nodeOf[cell] == nil, !isSeen[cell] {
        isSeen[cell] = true
        way.append(cell)
        guard let next = neighbors(cell).first(where: { $0 != previous }) else { return (way, nil) }
        previous = cell
        cell = next
      }
      return (way, nodeOf[cell])
    }
    for node in members.indices {
      for cell in members[node] {
        for next in neighbors(cell) where nodeOf[next] != node {
          if let other = nodeOf[next] {
            if node < other {
              edges.append(Edge(from: node, to: other, points: [nodes[node].point, nodes[other].point]))
            }
          } else if !isSeen[next] {
            let (way, end) = walk(from: next, before: cell)
            guard let end, way.count > 2 || end != node else { continue }
            edges.append(
              Edge(
                from: node, to: end, points: [nodes[node].point] + way.map(point) + [nodes[end].point]))
          }
        }
      }
    }
    for cell in cells where nodeOf[cell] == nil && !isSeen[cell] {
      guard let before = neighbors(cell).first else { continue }
      let way = walk(from: cell, before: before).way
      if way.count > 3 { edges.append(Edge(from: nil, to: nil, points: way.map(point))) }
    }
  }

  // MARK: Cleaning

  /// Drawings of more lines, which no letter has, are left as thinning gives them: cleaning takes their square.
  private static let maximumEdges = 2000

  /// For each node the ends of edges that meet there, those of an edge to itself twice.
  var degrees: [Int] {
    var degrees = [Int](repeating: 0, count: nodes.count)
    for edge in edges {
      if let node = edge.from { degrees[node] += 1 }
      if let node = edge.to { degrees[node] += 1 }
    }
    return degrees
  }

  /// Removes side lines that hardly leave the disc about the crossing they start from, the shortest first, and
  /// joins what is one line then.
  mutating func prune() {
    guard edges.count <= SkeletonGraph.maximumEdges else { return }
    while true {
      let degrees = degrees
      var shortest: (index: Int, crossing: Int, excess: Double)?
      for (index, edge) in edges.enumerated() {
        guard let a = edge.from, let b = edge.to, a != b else { continue }
        let (end, crossing) = degrees[a] == 1 ? (a, b) : (b, a)
        guard degrees[end] == 1, degrees[crossing] > 2 else { continue }
        let excess = edge.length + nodes[end].radius - 1.5 * nodes[crossing].radius
        if excess < shortest?.excess ?? 0 { shortest = (index, crossing, excess) }
      }
      guard let shortest else { break }
      edges.remove(at: shortest.index)
      if degrees[shortest.crossing] == 3 { dissolve(shortest.crossing) }
    }
  }

  /// Joins the two ends of edges that meet at a node.
  private mutating func dissolve(_ node: Int) {
    let ends = edges.indices.filter { edges[$0].from == node || edges[$0].to == node }
    if ends.count == 1 {
      // A way from a node to itself becomes a closed way.
      edges[ends[0]] = Edge(from: nil, to: nil, points: Array(edges[ends[0]].points.dropLast()))
    } else if ends.count == 2 {
      let second = edges.remove(at: ends[1]).leaving(node)
      let first = edges[ends[0]].leaving(node)
      edges[ends[0]] = Edge(
        from: first.to, to: second.to, points: first.points.reversed() + second.points.dropFirst())
    }
  }

  /// Whether two strokes share an edge because they cross at a small angle: each goes on beyond it as it came.
  private func crosses(_ index: Int, _ degrees: [Int]) -> Bool {
    let edge = edges[index]
    guard let a = edge.from, let b = edge.to, degrees[a] == 3, degrees[b] == 3 else { return false }
    func directions(_ node: Int) -> [Point] {
      edges.indices.filter { $0 != index && (edges[$0].from == node) != (edges[$0].to == node) }.map {
        other in
        let points = edges[other].leaving(node).points
        let reach = 3 * nodes[node].radius
        let far = points.first { ($0 - nodes[node].point).magnitude > reach } ?? points[points.count - 1]
        let d = far - nodes[node].point
        return d * (1 / max(1e-9, d.magnitude))
      }
    }
    let (from, to) = (directions(a), directions(b))
    guard from.count == 2, to.count == 2 else { return false }
    func opposed(_ i: Int, _ j: Int) -> Bool { from[i].dot(to[j]) < -0.93 }
    return opposed(0, 0) && opposed(1, 1) || opposed(0, 1) && opposed(1, 0)
  }

  /// Where two strokes cross at an angle, thinning gives two nodes with a short line between: makes them one.
  mutating func mergeCrossings() {
    guard edges.count <= SkeletonGraph.maximumEdges else { return }
    while true {
      let degrees = degrees
      var shortest: (index: Int, a: Int, b: Int, length: Double)?
      for (index, edge) in edges.enumerated() {
        guard let a = edge.from, let b = edge.to, a != b, degrees[a] > 2, degrees[b] > 2 else { continue }
        let length = edge.length
        let room = (nodes[a].radius + nodes[b].radius) * (crosses(index, degrees) ? 2.2 : 1)
        if length < room, length < shortest?.length ?? .infinity {
          shortest = (index, a, b, length)
        }
      }
      guard let shortest else { break }
      let (a, b) = (shortest.a, shortest.b)
      edges.remove(at: shortest.index)
      nodes[a].point = (nodes[a].point + nodes[b].point) * 0.5
      nodes[a].radius = max(nodes[a].radius, nodes[b].radius) + shortest.length / 2
      for index in edges.indices {
        if edges[index].from == b { edges[index].from = a }
        if edges[index].to == b { edges[index].to = a }
        if edges[index].from == a { edges[index].points[0] = nodes[a].point }
        if edges[index].to == a { edges[index].points[edges[index].points.count - 1] = nodes[a].point }
      }
      // What ran from one to the other within the crossing.
      let radius = nodes[a].radius
      edges.removeAll { $0.from == a && $0.to == a && $0.length < 3 * radius }
    }
  }
}
