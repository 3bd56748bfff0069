import CVector
import Raster

/// A line that a ``SegmentField`` measures distances to.
package struct FieldSegment: Hashable, Sendable {
  package var from, to: Point
  /// What the line belongs to, such as a letter's number.
  package var payload: Int32
  /// The length of what comes before it.
  package var arcStart: Double

  package init(from: Point, to: Point, payload: Int32 = 0, arcStart: Double = 0) {
    self.from = from
    self.to = to
    self.payload = payload
    self.arcStart = arcStart
  }

  /// The lines of a polyline, with their arc lengths from its start.
  package static func segments(_ line: Polyline, payload: Int32 = 0, arcStart: Double = 0) -> [FieldSegment] {
    var ends = line.points
    if line.isClosed, let first = ends.first { ends.append(first) }
    if ends.count == 1 { ends.append(ends[0]) }
    var arc = arcStart
    return zip(ends, ends.dropFirst()).map { a, b in
      defer { arc += (b - a).magnitude }
      return FieldSegment(from: a, to: b, payload: payload, arcStart: arc)
    }
  }
}

/// Distances to many lines, such as the tubes of a neon sign.
///
/// The plane is cut into square tiles; each lists the lines that can be nearest to any of its points, which
/// are few. Any thread may ask; values depend on neither `clip` nor the columns asked for.
package struct SegmentField: Sendable {
  /// The nearest place on a line.
  package struct Nearest: Hashable, Sendable {
    package let distance: Double
    /// Along the line's contour: the line's `arcStart` and what of the line comes before the place.
    package let arcLength: Double
    package let payload: Int32
  }

  /// Distances are known up to this, in pixels.
  package let reach: Double
  package let segments: [FieldSegment]

  /// A tile's side in pixels; tiles start at its multiples.
  private let side: Int
  private let columns: Range<Int>
  private let rows: Range<Int>
  private let starts: [Int32]
  private let entries: [Int32]

  private static let coordinateLimit = 16_777_216.0
  private static let maximumTiles = 1_048_576.0
  /// Pairs of a line and a tile within reach.
  private static let maximumPairs = 8_000_000.0

  /// - Parameters:
  ///   - segments: those that are not finite, or lie beyond ±2^24 pixels, are left out; at most a million.
  ///   - reach: the largest distance that is ever asked for; clamped to 0…65 536.
  ///   - clip: the pixels that are ever asked for.
  package init(_ segments: [FieldSegment], reach: Double, clip: PixelRect) {
    let limit = Self.coordinateLimit
    let segments = segments.prefix(1_000_000).filter { s in
      [s.from.x, s.from.y, s.to.x, s.to.y].allSatisfy { abs($0) <= limit } && s.arcStart.isFinite
    }
    let reach = reach.isFinite ? max(0, min(65_536, reach)) : 0
    self.segments = segments
    self.reach = reach

    // The tiles' side comes from the lines alone, so that no clip changes a value.
    var box = Rect.null
    for s in segments {
      box.extend(to: s.from)
      box.extend(to: s.to)
    }
    box = box.expanded(by: reach + 1)
    var side = 16
    if !box.isNull {
      while true {
        let size = Double(side)
        var pairs = 0.0
        for s in segments {
          pairs +=
            ((abs(s.from.x - s.to.x) + 2 * reach) / size + 1)
            * ((abs(s.from.y - s.to.y) + 2 * reach) / size + 1)
        }
        let tiles = (box.width / size + 2) * (box.height / size + 2)
        if side >= 1 << 20 || (pairs <= Self.maximumPairs && tiles <= Self.maximumTiles) { break }
        side *= 2
      }
    }
    self.side = side

    let far = Int(limit) * 2
    let area = clip.intersection(PixelRect(minX: -far, minY: -far, maxX: far, maxY: far))
      .intersection(PixelRect(covering: box.minX, box.minY, box.maxX, box.maxY))
    guard !area.isEmpty else {
      columns = 0..<0
      rows = 0..<0
      starts = [0]
      entries = []
      return
    }
    let columns = Self.tile(area.minX, side)..<Self.tile(area.maxX - 1, side) + 1
    let rows = Self.tile(area.minY, side)..<Self.tile(area.maxY - 1, side) + 1
    self.columns = columns
    self.rows = rows

    let half = Double(side) / 2
    /// Half a tile's diagonal.
    let spread = half * 1.414_213_563
    func forEachPair(_ visit: (_ segment: Int, _ tile: Int, _ distance: Double) -> Void) {
      for (index, s) in segments.enumerated() {
        func span(_ a: Double, _ b: Double, _ range: Range<Int>) -> Range<Int> {
          let low = Self.tile(Int((min(a, b) - reach).rounded(.down)), side)
          let high = Self.tile(Int((max(a, b) + reach).rounded(.down)), side) + 1
          return max(low, range.lowerBound)..<max(max(low, range.lowerBound), min(high, range.upperBound))
        }
        let across = span(s.from.x, s.to.x, columns)
        for row in span(s.from.y, s.to.y, rows) {
          let y = Double(row * side) + half
          for column in across {
            let distance = s.place(nearestTo: Point(Double(column * side) + half, y)).distance
            if distance <= reach + spread {
              visit(index, (row - rows.lowerBound) * columns.count + column - columns.lowerBound, distance)
            }
          }
        }
      }
    }
    let count = columns.count * rows.count
    var least = [Double](repeating: .infinity, count: count)
    forEachPair { _, tile, distance in least[tile] = min(least[tile], distance) }
    // A point of the tile lies within `spread` of its center: no line further than this can be its nearest.
    var starts = [Int32](repeating: 0, count: count + 1)
    forEachPair { _, tile, distance in if distance <= least[tile] + 2 * spread { starts[tile + 1] += 1 } }
    for tile in 0..<count { starts[tile + 1] += starts[tile] }
    var entries = [Int32](repeating: 0, count: Int(starts[count]))
    var next = starts
    forEachPair { segment, tile, distance in
      guard distance <= least[tile] + 2 * spread else { return }
      entries[Int(next[tile])] = Int32(segment)
      next[tile] += 1
    }
    self.starts = starts
    self.entries = entries
  }

  /// Bytes that its lines and tiles take.
  package var bytes: Int {
    segments.count * MemoryLayout<FieldSegment>.stride
      + (starts.count + entries.count) * MemoryLayout<Int32>.stride
  }

  /// The place nearest to a point, if it lies within both `limit` and ``reach``; of equally near lines the first.
  package func nearest(x: Double, y: Double, within limit: Double = .infinity) -> Nearest? {
    guard abs(x) <= Self.coordinateLimit * 2, abs(y) <= Self.coordinateLimit * 2 else { return nil }
    let candidates = candidates(
      Self.tile(Int(x.rounded(.down)), side), Self.tile(Int(y.rounded(.down)), side))
    var best: Nearest?
    for index in candidates {
      let segment = segments[Int(index)]
      let (distance, along) = segment.place(nearestTo: Point(x, y))
      if distance <= min(limit, reach), distance < best?.distance ?? .infinity {
        best = Nearest(distance: distance, arcLength: segment.arcStart + along, payload: segment.payload)
      }
    }
    return best
  }

  /// Distances of a run of points `(x0, y), (x0 + 1, y), …` to the nearest line.
  ///
  /// - Parameters:
  ///   - limit: written where no line is nearer than this or ``reach``, with payload −1.
  ///   - distance: room for `count` floats, accurate to 1e-3 pixels or better.
  ///   - payload: room for `count` integers.
  ///   - arcLength: if given, room for `count` floats: arc lengths as of ``Nearest``, 0 where there is no line.
  package func distances(
    y: Double, x0: Double, count: Int, limit: Float, into distance: UnsafeMutablePointer<Float>,
    payload: UnsafeMutablePointer<Int32>, arcLength: UnsafeMutablePointer<Float>? = nil
  ) {
    guard count > 0 else { return }
    distance.update(repeating: limit, count: count)
    payload.update(repeating: -1, count: count)
    arcLength?.update(repeating: 0, count: count)
    let far = Self.coordinateLimit * 2
    guard abs(y) <= far, abs(x0) <= far, Double(count) <= far, limit > 0 else { return }
    let row = Self.tile(Int(y.rounded(.down)), side)
    guard rows.contains(row) else { return }

    let near = min(limit, Float(reach))
    let firstColumn = Int(x0.rounded(.down))
    let fraction = v8_splat(Float(x0 - Double(firstColumn)))
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    var done = 0
    while done < count {
      let column = Self.tile(firstColumn + done, side)
      let end = min(count, (column + 1) * side - firstColumn)
      let candidates = candidates(column, row)
      if !candidates.isEmpty {
        // Relative to the tile's corner, where floats are fine enough.
        let corner = Point(Double(column * side), Double(row * side))
        let py = v8_splat(Float(y - corner.y))
        for i in stride(from: done, to: end, by: 8) {
          // Whole numbers first: the sum is rounded once, whatever column the run begins at.
          let px = (lanes + v8_splat(Float(firstColumn + i - column * side))) + fraction
          var least = v8_splat(near * near)
          var index = unsafeBitCast(SIMD8<Int32>(repeating: -1), to: SIMD8<Float>.self)
          var along = v8_splat(0)
          for candidate in candidates {
            let segment = segments[Int(candidate)]
            let dx = Float(segment.to.x - segment.from.x)
            let dy = Float(segment.to.y - segment.from.y)
            let size = dx * dx + dy * dy
            let ax = px - v8_splat(Float(segment.from.x - corner.x))
            let ay = py - v8_splat(Float(segment.from.y - corner.y))
            let inverse: Float = size > 0 ? 1 / size : 0
            let t = v8_clamp((ax * dx + ay * dy) * inverse, 0, 1)
            let ex = ax - t * dx
            let ey = ay - t * dy
            let square = ex * ex + ey * ey
            let isNearer = v8_less(square, least)
            least = v8_min(square, least)
            index = v8_select(
              isNearer, unsafeBitCast(SIMD8<Int32>(repeating: candidate), to: SIMD8<Float>.self), index)
            along = v8_select(isNearer, t, along)
          }
          let found = unsafeBitCast(index, to: SIMD8<Int32>.self)
          let root = v8_sqrt(least)
          for lane in 0..<min(8, end - i) where found[lane] >= 0 {
            let segment = segments[Int(found[lane])]
            distance[i + lane] = root[lane]
            payload[i + lane] = segment.payload
            if let arcLength {
              arcLength[i + lane] = Float(segment.arcStart + segment.length * Double(along[lane]))
            }
          }
        }
      }
      done = end
    }
  }

  private func candidates(_ column: Int, _ row: Int) -> ArraySlice<Int32> {
    guard columns.contains(column), rows.contains(row) else { return [] }
    let tile = (row - rows.lowerBound) * columns.count + column - columns.lowerBound
    return entries[Int(starts[tile])..<Int(starts[tile + 1])]
  }

  /// Division that rounds down.
  private static func tile(_ pixel: Int, _ side: Int) -> Int {
    pixel >= 0 ? pixel / side : -((-pixel + side - 1) / side)
  }
}

extension FieldSegment {
  var length: Double { (to - from).magnitude }

  /// The least distance of a point, and how far along the line it is met.
  @inline(__always)
  func place(nearestTo p: Point) -> (distance: Double, along: Double) {
    let d = to - from
    let size = d.dot(d)
    let t = size > 0 ? max(0, min(1, (p - from).dot(d) / size)) : 0
    return ((p - from - d * t).magnitude, t * size.squareRoot())
  }
}
