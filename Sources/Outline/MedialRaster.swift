import Raster

/// A filled path in square cells, thinned to the ridges of the distance from its border.
struct MedialRaster {
  let width: Int
  let height: Int
  /// From cells to the path's own unit.
  let toPath: Affine
  /// Twice the area over the length of the border, in cells.
  let strokeWidth: Double
  /// Distance of each cell's middle from the border, in cells; 0 outside.
  let distance: [Float]
  /// Whether a cell belongs to the thinned lines.
  private(set) var isLine: [Bool]
  /// The border, for exact distances.
  let border: SegmentField

  /// Cells that a stroke is wide.
  private static let cellsPerStroke = 14.0
  /// Cells along the longer side, at least and at most.
  private static let extent = 192.0...1264.0
  /// Free cells around.
  private static let margin = 3
  /// Feet of perpendiculars that are further apart than this, seen from the ridge, make a ridge that stays: those
  /// in corners of 40° and more do not. cos 140°.
  private static let ridgeCosine: Float = -0.766
  /// The longest piece of border that is looked at as a whole, in cells.
  private static let pieceLength = 8.0
  private static let maximumPieces = 400_000

  /// The offsets of a cell's neighbors, around it from the right.
  static func neighbors(width: Int) -> [Int] {
    [1, 1 - width, -width, -1 - width, -1, width - 1, width, width + 1]
  }

  /// Nil if nothing is filled.
  init?(_ path: Path, rule: FillRule) {
    let box = path.bounds
    let longer = max(box.width, box.height)
    guard !box.isNull, longer > 1e-9, longer < 1e9 else { return nil }

    // A first look, at a fixed number of cells, tells how wide strokes are.
    let coarse = MedialRaster.shape(path, rule, box, cell: longer / 256)
    guard coarse.area > 0 else { return nil }
    let wanted = 2 * coarse.area / max(1, coarse.length) / MedialRaster.cellsPerStroke
    let cells = min(
      max(256 / max(wanted, 1e-6), MedialRaster.extent.lowerBound), MedialRaster.extent.upperBound)
    let fine = MedialRaster.shape(path, rule, box, cell: longer / cells)
    guard fine.area > 0 else { return nil }

    width = fine.width
    height = fine.height
    toPath = fine.toPath
    strokeWidth = max(1, 2 * fine.area / max(1, fine.length))
    let inside = fine.inside
    let count = width * height
    border = SegmentField(
      fine.pieces, reach: MedialRaster.depth(inside, width: width, height: height) + 3,
      clip: PixelRect(minX: 0, minY: 0, maxX: width, maxY: height))

    var distance = [Float](repeating: 0, count: count)
    // From the border's nearest point to the cell, unit length.
    var away = [SIMD2<Float>](repeating: .zero, count: count)
    for cell in 0..<count where inside[cell] {
      let p = Point(Double(cell % width) + 0.5, Double(cell / width) + 0.5)
      guard let near = border.nearest(x: p.x, y: p.y) else { continue }
      let piece = border.segments[Int(near.payload)]
      let length = piece.length
      let foot = piece.from + (piece.to - piece.from) * (length > 0 ? near.arcLength / length : 0)
      distance[cell] = Float(near.distance)
      if near.distance > 0.01 {
        let d = (p - foot) * (1 / near.distance)
        away[cell] = SIMD2(Float(d.x), Float(d.y))
      }
    }
    self.distance = distance

    var isRidge = [Bool](repeating: false, count: count)
    for cell in 0..<count where inside[cell] {
      for next in [cell + 1, cell + width] where inside[next] {
        let cosine = away[cell].x * away[next].x + away[cell].y * away[next].y
        let higher = distance[next] > distance[cell] ? next : cell
        if cosine < MedialRaster.ridgeCosine, distance[higher] > 1 { isRidge[higher] = true }
      }
    }

    isLine = inside
    thin(order: MedialRaster.order(distance, inside), keeping: isRidge)
  }

  // MARK: The shape

  private struct Shape {
    var inside: [Bool]
    var width: Int
    var height: Int
    var toPath: Affine
    /// In cells.
    var area: Double
    var length: Double
    var pieces: [FieldSegment]
  }

  private static func shape(_ path: Path, _ rule: FillRule, _ box: Rect, cell: Double) -> Shape {
    let width = Int((box.width / cell).rounded(.up)) + 2 * margin
    let height = Int((box.height / cell).rounded(.up)) + 2 * margin
    let toPath = Affine.scale(cell, cell).then(
      .translation(box.minX - Double(margin) * cell, box.minY - Double(margin) * cell))
    let toCells = Affine.translation(-box.minX, -box.minY).then(.scale(1 / cell, 1 / cell))
      .then(.translation(Double(margin), Double(margin)))
    let mapped = path.transformed(by: toCells)
    let mask = CoverageMask(
      path: mapped, rule: rule, clip: PixelRect(minX: 0, minY: 0, maxX: width, maxY: height), tolerance: 0.02)
    var inside = [Bool](repeating: false, count: width * height)
    var area = 0.0
    var row = [Float](repeating: 0, count: width)
    for y in 0..<height {
      row.withUnsafeMutableBufferPointer { values in
        if let base = values.baseAddress { mask.cover(row: y, columns: 0..<width, into: base) }
      }
      for x in 0..<width {
        area += Double(row[x])
        // The margin stays free, so that neighbors need no checks.
        if row[x] >= 0.5, x > 0, y > 0, x < width - 1, y < height - 1 { inside[y * width + x] = true }
      }
    }
    func isInside(_ p: Point) -> Bool {
      let x = Int(max(0, min(Double(width - 1), p.x)))
      let y = Int(max(0, min(Double(height - 1), p.y)))
      return inside[y * width + x]
    }
    var pieces: [FieldSegment] = []
    var length = 0.0
    for contour in mapped.flattened(tolerance: 0.02) {
      for line in FieldSegment.segments(Polyline(contour.points, isClosed: true)) {
        let d = line.to - line.from
        let size = d.magnitude
        guard size > 0, pieces.count < maximumPieces else { continue }
        let normal = Point(-d.y / size, d.x / size)
        let parts = max(1, Int((size / pieceLength).rounded(.up)))
        for part in 0..<parts {
          let a = line.from + d * (Double(part) / Double(parts))
          let b = line.from + d * (Double(part + 1) / Double(parts))
          let middle = (a + b) * 0.5
          // Where contours overlap, their lines are no border.
          if isInside(middle + normal), isInside(middle - normal) { continue }
          pieces.append(FieldSegment(from: a, to: b, payload: Int32(pieces.count)))
          length += size / Double(parts)
        }
      }
    }
    return Shape(
      inside: inside, width: width, height: height, toPath: toPath, area: area, length: length, pieces: pieces
    )
  }

  /// The most that a cell can be away from the border, in cells: steps along rows and columns.
  private static func depth(_ inside: [Bool], width: Int, height: Int) -> Double {
    var steps = [Int32](repeating: 0, count: inside.count)
    var deepest: Int32 = 0
    for cell in 0..<inside.count where inside[cell] {
      steps[cell] = min(steps[cell - 1], steps[cell - width]) + 1
    }
    for cell in (0..<inside.count).reversed() where inside[cell] {
      steps[cell] = min(steps[cell], min(steps[cell + 1], steps[cell + width]) + 1)
      deepest = max(deepest, steps[cell])
    }
    return Double(deepest)
  }

  // MARK: Thinning

  /// Cells by rising distance, in steps of an eighth of a cell; row by row among equals.
  private static func order(_ distance: [Float], _ inside: [Bool]) -> [Int] {
    func bucket(_ cell: Int) -> Int { Int(min(16_000, distance[cell] * 8)) }
    var counts = [Int](repeating: 0, count: 16_002)
    var total = 0
    for cell in inside.indices where inside[cell] {
      counts[bucket(cell) + 1] += 1
      total += 1
    }
    for i in 1..<counts.count { counts[i] += counts[i - 1] }
    var order = [Int](repeating: 0, count: total)
    for cell in inside.indices where inside[cell] {
      order[counts[bucket(cell)]] = cell
      counts[bucket(cell)] += 1
    }
    return order
  }

  /// Whether a cell may go without changing how its neighbors are connected, by which of them are filled
  /// (8-connected lines on a 4-connected ground; S. Yokoi, J. Toriwaki, T. Fukumura 1975).
  private static let isSimple: [Bool] = (0..<256).map { pattern in
    func free(_ k: Int) -> Int { pattern >> (k & 7) & 1 == 0 ? 1 : 0 }
    return [0, 2, 4, 6].reduce(0) { $0 + free($1) - free($1) * free($1 + 1) * free($1 + 2) } == 1
  }

  private mutating func thin(order: [Int], keeping isRidge: [Bool]) {
    let neighbors = MedialRaster.neighbors(width: width)
    func pattern(_ cell: Int, _ isLine: [Bool]) -> Int {
      var bits = 0
      for k in 0..<8 where isLine[cell + neighbors[k]] { bits |= 1 << k }
      return bits
    }
    // Ridges stay; then lines two cells wide lose one, and ends stay.
    for round in 0..<2 {
      var left = order.filter { isLine[$0] }
      for _ in 0..<64 {
        let before = left.count
        left = left.filter { cell in
          let bits = pattern(cell, isLine)
          guard MedialRaster.isSimple[bits], round == 0 ? !isRidge[cell] : bits.nonzeroBitCount > 1 else {
            return true
          }
          isLine[cell] = false
          return false
        }
        if left.count == before { break }
      }
    }
  }
}
