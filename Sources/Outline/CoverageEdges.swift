import Raster

/// A line of a contour that leads downward (`y0 < y1`), or a horizontal one between two rows' borders.
struct CoverageEdge {
  let x0, y0, x1, y1: Double
  /// x per y; 0 for horizontal lines.
  let slope: Double
  /// +1 if the contour runs downward here, −1 if upward, 0 if horizontal.
  let direction: Int32
  /// The rows it passes through, both included.
  let firstRow, lastRow: Int32

  /// Where it crosses the height y, which must lie within its rows. Depends on nothing but the edge and y, so
  /// that any part of a picture sees the same numbers.
  @inline(__always)
  func x(at y: Double) -> Double {
    let x = x0 + (y - y0) * slope
    let low = Swift.min(x0, x1)
    let high = Swift.max(x0, x1)
    return x < low ? low : (x > high ? high : x)
  }
}

/// The edges of a path that pass through given rows, in order of their first row.
struct CoverageEdges {
  /// Edges per entry of `lastRows`.
  static let blockSize = 256
  /// Coordinates are clamped to ± this many pixels before curves are cut into lines: far enough not to show,
  /// near enough for exact column numbers.
  static let coordinateLimit = 1_073_741_824.0
  /// Lines lower than this (in pixels) count as horizontal.
  static let minimumHeight = 1e-12

  private(set) var edges: [CoverageEdge] = []
  /// The largest last row in each block of edges.
  private(set) var lastRows: [Int32] = []
  private(set) var bounds = Rect.null

  init(_ path: Path, rows: Range<Int>, tolerance: Double) {
    guard path.isFinite, !rows.isEmpty else { return }
    let flattening = Flattening(tolerance: tolerance)
    let top = Double(rows.lowerBound)
    let bottom = Double(rows.upperBound)
    var total = 0
    var start: Point?
    var current: Point?

    func add(_ p: Point, _ q: Point) {
      let isDown = p.y <= q.y
      let a = isDown ? p : q
      let b = isDown ? q : p
      guard b.y >= top, a.y < bottom else { return }
      let height = b.y - a.y
      let firstRow = a.y.rounded(.down)
      if height < Self.minimumHeight {
        // It has no area, but it joins what lies at its ends in this row.
        guard a.x != b.x, firstRow != a.y else { return }
        edges.append(
          CoverageEdge(
            x0: min(a.x, b.x), y0: a.y, x1: max(a.x, b.x), y1: a.y, slope: 0, direction: 0,
            firstRow: Int32(firstRow), lastRow: Int32(firstRow)))
        return
      }
      edges.append(
        CoverageEdge(
          x0: a.x, y0: a.y, x1: b.x, y1: b.y, slope: (b.x - a.x) / height, direction: isDown ? 1 : -1,
          firstRow: Int32(firstRow), lastRow: Int32(b.y.rounded(.up)) - 1))
    }
    /// Every contour of a filled path is closed.
    func closeContour() {
      if let from = current, let to = start, from != to { add(from, to) }
    }

    for element in path.elements {
      switch element {
      case .move(let p):
        closeContour()
        start = p.clamped
        current = start
      case .close:
        closeContour()
        current = start
      case .line(let end), .quad(_, let end), .cubic(_, _, let end):
        let end = end.clamped
        guard var from = current else {
          start = end
          current = end
          continue
        }
        let curve: Curve
        let low, high: Double
        switch element {
        case .quad(let a, _):
          let a = a.clamped
          curve = .quad(from, a, end)
          low = min(from.y, a.y, end.y)
          high = max(from.y, a.y, end.y)
        case .cubic(let a, let b, _):
          let a = a.clamped
          let b = b.clamped
          curve = .cubic(from, a, b, end)
          low = min(from.y, a.y, b.y, end.y)
          high = max(from.y, a.y, b.y, end.y)
        default:
          curve = .line(from, end)
          low = min(from.y, end.y)
          high = max(from.y, end.y)
        }
        if high >= top, low < bottom {
          let count = total < Flattening.maximumCount ? flattening.count(curve) : 1
          total += count
          curve.forEachLineEnd(count: count) { to in
            add(from, to)
            from = to
          }
        }
        current = end
      }
    }
    closeContour()
    index()
  }

  private mutating func index() {
    // Order of first row, then of the path: a stable sort by a key that no clip changes.
    let keys = edges.indices.sorted { a, b in
      let (p, q) = (edges[a].firstRow, edges[b].firstRow)
      return p != q ? p < q : a < b
    }
    edges = keys.map { edges[$0] }
    for edge in edges {
      bounds.extend(to: Point(edge.x0, edge.y0))
      bounds.extend(to: Point(edge.x1, edge.y1))
    }
    lastRows.reserveCapacity(edges.count / Self.blockSize + 1)
    for first in stride(from: 0, to: edges.count, by: Self.blockSize) {
      let block = edges[first..<min(first + Self.blockSize, edges.count)]
      lastRows.append(block.reduce(Int32.min) { max($0, $1.lastRow) })
    }
  }
}

extension Point {
  fileprivate var clamped: Point {
    let limit = CoverageEdges.coordinateLimit
    return Point(max(-limit, min(limit, x)), max(-limit, min(limit, y)))
  }
}
