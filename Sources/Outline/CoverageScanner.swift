import Raster

/// Turns edges into the coverage of rows.
///
/// In each row, edges whose pixels touch form a cluster. Contours are closed, so a cluster changes the winding
/// number by the same whole number at every height: between clusters it is constant, and whole runs follow
/// without any sum that could drift. Within a cluster the row is cut into slabs at all ends and crossings;
/// in a slab edges have one order, and only those at which the inside begins or ends give area.
///
/// Areas are summed as integers (units of 2^-40 pixel), so that no order of summing and no clip changes a bit.
struct CoverageScanner {
  private struct Piece {
    /// Ends within the row: heights from the row's top, 0…1.
    var xa, ya, xb, yb: Double
    var direction: Int32
    /// Columns it touches, both included.
    var first, last: Int32
  }
  /// Where a piece passes through some height.
  private struct Crossing {
    var x: Double
    var piece: Int
  }

  private static let unit = 1_099_511_627_776.0  // 2^40
  /// Coverage this close to 0 or 1 is taken for 0 or 1.
  private static let residue = 1e-6
  /// The most pieces whose crossings are looked for; larger clusters are sampled at some heights.
  private static let maximumExact = 64
  private static let sampledHeights = 16
  /// The most pieces that are sorted at each of these heights; beyond, areas are summed.
  private static let maximumSampled = 512
  /// Rows of more pieces than this, which no picture has, are not sampled either.
  private static let maximumSampledRow = 16_384

  private let rule: FillRule
  private let minX, maxX: Int32
  private var band = CoverageBand()
  private var active: [CoverageEdge] = []
  private var pieces: [Piece] = []
  private var sparePieces: [Piece] = []
  private var keys: [UInt64] = []
  private var spareKeys: [UInt64] = []
  private var heights: [Double] = []
  private var crossings: [Crossing] = []
  /// Area within each column, and area of all columns from one on. Zero between clusters.
  private var area: [Int64]
  private var onward: [Int64]
  /// Area of all columns, from what lies left of the clip.
  private var base: Int64 = 0

  init(rule: FillRule, columns: Range<Int>) {
    self.rule = rule
    minX = Int32(columns.lowerBound)
    maxX = Int32(columns.upperBound)
    area = Array(repeating: 0, count: columns.count)
    onward = Array(repeating: 0, count: columns.count + 1)
  }

  mutating func scan(_ source: CoverageEdges, rows: Range<Int>) -> CoverageBand {
    let edges = source.edges
    var next = edges.startIndex
    active.removeAll(keepingCapacity: true)
    // What starts above this band and reaches into it.
    let top = Int32(rows.lowerBound)
    var block = 0
    while next < edges.count, edges[next].firstRow < top {
      if next % CoverageEdges.blockSize == 0, source.lastRows[block] < top,
        next + CoverageEdges.blockSize <= edges.count,
        edges[next + CoverageEdges.blockSize - 1].firstRow < top
      {
        next += CoverageEdges.blockSize
        block += 1
        continue
      }
      if edges[next].lastRow >= top { active.append(edges[next]) }
      next += 1
      block = next / CoverageEdges.blockSize
    }
    for row in rows {
      let y = Int32(row)
      active.removeAll { $0.lastRow < y }
      while next < edges.count, edges[next].firstRow <= y {
        if edges[next].lastRow >= y { active.append(edges[next]) }
        next += 1
      }
      if !active.isEmpty { scanRow(y) }
      band.endRow()
    }
    return band
  }

  private mutating func scanRow(_ row: Int32) {
    let top = Double(row)
    let bottom = top + 1
    pieces.removeAll(keepingCapacity: true)
    for edge in active {
      let startsHere = edge.y0 >= top
      let endsHere = edge.y1 <= bottom
      let ya = startsHere ? edge.y0 - top : 0
      let yb = endsHere ? edge.y1 - top : 1
      let xa = startsHere ? edge.x0 : edge.x(at: top)
      let xb = endsHere ? edge.x1 : edge.x(at: bottom)
      let first = Int32(min(xa, xb).rounded(.down))
      let last = Int32(max(xa, xb).rounded(.down))
      pieces.append(
        Piece(xa: xa, ya: ya, xb: xb, yb: yb, direction: edge.direction, first: first, last: last))
    }
    sortPieces()

    var winding = 0
    /// The column up to which everything is written.
    var written = minX
    var index = 0
    while index < pieces.count {
      let start = index
      var last = pieces[index].last
      index += 1
      while index < pieces.count, pieces[index].first <= last {
        last = max(last, pieces[index].last)
        index += 1
      }
      let cluster = start..<index
      let first = pieces[start].first
      // Only now: what lies right of the clip takes part in clusters that begin within it.
      if first >= maxX { break }
      let after = winding + turn(cluster)
      if last >= minX {
        let begin = max(first, minX)
        if rule.fills(winding) { band.appendSolid(written, begin) }
        let end = min(last, maxX - 1)
        cover(cluster, from: winding, to: after, columns: begin...end)
        written = end + 1
      }
      winding = after
    }
    if rule.fills(winding) { band.appendSolid(written, maxX) }
  }

  /// By first column; pieces of one column keep the order of the edges.
  private mutating func sortPieces() {
    if pieces.count > 32 {
      radixSortPieces()
      return
    }
    pieces.withUnsafeMutableBufferPointer { pieces in
      for i in stride(from: 1, to: pieces.count, by: 1) where pieces[i - 1].first > pieces[i].first {
        let piece = pieces[i]
        var j = i
        while j > 0, pieces[j - 1].first > piece.first {
          pieces[j] = pieces[j - 1]
          j -= 1
        }
        pieces[j] = piece
      }
    }
  }

  private mutating func radixSortPieces() {
    var low = Int32.max
    var high = Int32.min
    for piece in pieces {
      low = min(low, piece.first)
      high = max(high, piece.first)
    }
    let range = Int(high) - Int(low)
    // The column in the upper half, the piece's place in the lower.
    keys.removeAll(keepingCapacity: true)
    for (place, piece) in pieces.enumerated() {
      keys.append(UInt64(Int(piece.first) - Int(low)) << 32 | UInt64(place))
    }
    spareKeys.removeAll(keepingCapacity: true)
    spareKeys.append(contentsOf: keys)
    for shift in stride(from: 0, to: Int.bitWidth - range.leadingZeroBitCount, by: 8) {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
        places.initialize(repeating: 0)
        let shift = UInt64(shift + 32)
        for key in keys { places[Int(key >> shift & 255)] += 1 }
        var sum = 0
        for digit in 0..<256 {
          sum += places[digit]
          places[digit] = sum - places[digit]
        }
        for key in keys {
          let digit = Int(key >> shift & 255)
          spareKeys[places[digit]] = key
          places[digit] += 1
        }
      }
      swap(&keys, &spareKeys)
    }
    sparePieces.removeAll(keepingCapacity: true)
    for key in keys { sparePieces.append(pieces[Int(key & 0xffff_ffff)]) }
    swap(&pieces, &sparePieces)
  }

  /// By how much a cluster changes the winding number.
  private func turn(_ cluster: Range<Int>) -> Int {
    var sum = 0.0
    for i in cluster { sum += Double(pieces[i].direction) * (pieces[i].yb - pieces[i].ya) }
    return Int(sum.rounded())
  }

  // MARK: One cluster

  private mutating func cover(
    _ cluster: Range<Int>, from before: Int, to after: Int, columns: ClosedRange<Int32>
  ) {
    base = 0
    let crowd = cluster.reduce(0) { $0 + (pieces[$1].direction != 0 ? 1 : 0) }
    if isSingleCrossing(cluster, turn: after - before) {
      let change = (rule.fills(after) ? 1.0 : 0) - (rule.fills(before) ? 1.0 : 0)
      if change != 0 {
        for i in cluster {
          let p = pieces[i]
          deposit(p.xa, p.ya, p.xb, p.yb, change, columns)
        }
      }
    } else if crowd <= Self.maximumExact {
      coverSlabs(cluster, winding: before, columns)
    } else if crowd <= Self.maximumSampled, pieces.count <= Self.maximumSampledRow {
      coverSamples(cluster, winding: before, columns)
    } else {
      for i in cluster {
        let p = pieces[i]
        if p.direction != 0 { deposit(p.xa, p.ya, p.xb, p.yb, Double(p.direction), columns) }
      }
      write(columns) { [rule] sum in
        let winding = abs(sum + Double(before))
        switch rule {
        case .nonZero: return winding
        case .evenOdd:
          let folded = winding.truncatingRemainder(dividingBy: 2)
          return folded > 1 ? 2 - folded : folded
        }
      }
      return
    }
    let inside = rule.fills(before) ? 1.0 : 0
    write(columns) { $0 + inside }
  }

  /// Whether every height of the row is crossed exactly once, so that there are no other winding numbers than
  /// those at the cluster's sides.
  private func isSingleCrossing(_ cluster: Range<Int>, turn: Int) -> Bool {
    guard turn == 1 || turn == -1 else { return false }
    return cluster.allSatisfy { Int(pieces[$0].direction) == turn || pieces[$0].direction == 0 }
  }

  /// Cuts the row at all ends and crossings and deposits the borders between inside and outside.
  private mutating func coverSlabs(
    _ cluster: Range<Int>, winding before: Int, _ columns: ClosedRange<Int32>
  ) {
    heights.removeAll(keepingCapacity: true)
    for i in cluster where pieces[i].direction != 0 {
      heights.append(pieces[i].ya)
      heights.append(pieces[i].yb)
    }
    for i in cluster where pieces[i].direction != 0 {
      let p = pieces[i]
      for j in (i + 1)..<max(i + 1, cluster.upperBound) where pieces[j].direction != 0 {
        let q = pieces[j]
        // Pieces are in order of their first column.
        if q.first > p.last { break }
        let ya = max(p.ya, q.ya)
        let yb = min(p.yb, q.yb)
        guard ya < yb else { continue }
        let da = Self.x(p, at: ya) - Self.x(q, at: ya)
        let db = Self.x(p, at: yb) - Self.x(q, at: yb)
        if da * db < 0 { heights.append(ya + (yb - ya) * (da / (da - db))) }
      }
    }
    heights.sort()

    for h in stride(from: 1, to: heights.count, by: 1) {
      let ya = heights[h - 1]
      let yb = heights[h]
      guard yb - ya > CoverageEdges.minimumHeight else { continue }
      cross(cluster, at: (ya + yb) / 2)
      forEachBorder(winding: before) { scanner, piece, sign in
        scanner.deposit(Self.x(piece, at: ya), ya, Self.x(piece, at: yb), yb, sign, columns)
      }
    }
  }

  /// Deposits the borders found at equally spaced heights, as upright lines.
  private mutating func coverSamples(
    _ cluster: Range<Int>, winding before: Int, _ columns: ClosedRange<Int32>
  ) {
    let step = 1 / Double(Self.sampledHeights)
    for sample in 0..<Self.sampledHeights {
      let y = Double(sample) * step
      cross(cluster, at: y + step / 2)
      forEachBorder(winding: before) { scanner, piece, sign in
        let x = Self.x(piece, at: y + step / 2)
        scanner.deposit(x, y, x, y + step, sign, columns)
      }
    }
  }

  /// Sets `crossings` to those of one height, from left to right.
  private mutating func cross(_ cluster: Range<Int>, at y: Double) {
    crossings.removeAll(keepingCapacity: true)
    let isCrowd = cluster.count > Self.maximumExact
    for i in cluster where pieces[i].direction != 0 && pieces[i].ya < y && pieces[i].yb >= y {
      let crossing = Crossing(x: Self.x(pieces[i], at: y), piece: i)
      crossings.append(crossing)
      if isCrowd { continue }
      var j = crossings.count - 1
      while j > 0, crossings[j - 1].x > crossing.x {
        crossings[j] = crossings[j - 1]
        j -= 1
      }
      crossings[j] = crossing
    }
    if isCrowd { crossings.sort { $0.x != $1.x ? $0.x < $1.x : $0.piece < $1.piece } }
  }

  /// Visits those of the `crossings` at which the inside begins (+1) or ends (−1).
  @inline(__always)
  private mutating func forEachBorder(
    winding before: Int, _ visit: (inout CoverageScanner, Piece, _ sign: Double) -> Void
  ) {
    var winding = before
    var wasInside = rule.fills(winding)
    for i in crossings.indices {
      let piece = pieces[crossings[i].piece]
      winding += Int(piece.direction)
      let isInside = rule.fills(winding)
      if isInside != wasInside { visit(&self, piece, isInside ? 1 : -1) }
      wasInside = isInside
    }
  }

  @inline(__always)
  private static func x(_ piece: Piece, at y: Double) -> Double {
    if y <= piece.ya { return piece.xa }
    if y >= piece.yb { return piece.xb }
    return piece.xa + (piece.xb - piece.xa) * ((y - piece.ya) / (piece.yb - piece.ya))
  }

  /// Adds the area right of a line, times `sign`, to the cluster's `columns`.
  ///
  /// Left of `u` the line has ∫max(0, u − x(y))dy of area; each column gets a difference of two such values,
  /// which depends on the line and the column only.
  @inline(__always)
  private mutating func deposit(
    _ xa: Double, _ ya: Double, _ xb: Double, _ yb: Double, _ sign: Double,
    _ columns: ClosedRange<Int32>
  ) {
    let weight = sign * (yb - ya) * Self.unit
    let whole = Int64(weight)
    let low = min(xa, xb)
    let width = max(xa, xb) - low
    let first = Int32(low.rounded(.down))
    let final = Int32((low + width).rounded(.down))
    if final < columns.lowerBound {
      base &+= whole
      return
    }
    guard first <= columns.upperBound else { return }
    if first == final {
      // By far the commonest case: within one column.
      area[Int(first - minX)] &+= Int64(weight * (1 - (low - Double(first)) - width / 2))
    } else {
      let begin = max(first, columns.lowerBound)
      let end = min(final, columns.upperBound)
      let steepness = width > 1e-9 ? 0.5 / width : 0
      @inline(__always) func integral(_ u: Double) -> Double {
        u <= 0 ? 0 : (u >= width ? u - width / 2 : u * u * steepness)
      }
      var left = integral(Double(begin) - low)
      for column in begin...end {
        let right = integral(Double(column) + 1 - low)
        area[Int(column - minX)] &+= Int64(weight * (right - left))
        left = right
      }
    }
    if final < columns.upperBound { onward[Int(final + 1 - minX)] &+= whole }
  }

  @inline(__always)
  private mutating func write(_ columns: ClosedRange<Int32>, _ coverage: (Double) -> Double) {
    var sum = base
    for column in columns {
      let i = Int(column - minX)
      sum &+= onward[i]
      let value = coverage(Double(sum &+ area[i]) * (1 / Self.unit))
      onward[i] = 0
      area[i] = 0
      let snapped = value < Self.residue ? 0 : (value > 1 - Self.residue ? 1 : value)
      band.append(Float(snapped), column: column)
    }
  }
}
