import CVector

/// A square lattice laid over the picture: cell (0, 0) begins at the trim's top left corner.
///
/// Effects that decide (which strips, which blocks) decide in such cells, whose size is a share of the picture's
/// height, so that a draft and the sheet take the same decisions.
package struct Lattice: Hashable, Sendable {
  /// Pixels in a cell's side; may be less than one.
  package let unit: Double
  /// Pixels from the picture's edge to the trim's.
  package let origin: Double

  /// `unit` must be positive.
  package init(unit: Double, origin: Double) {
    self.unit = max(1e-6, unit)
    self.origin = origin
  }

  /// The cell that holds the center of pixel `pixel`, in either direction.
  package func cell(ofPixel pixel: Int) -> Int {
    Int(((Double(pixel) + 0.5 - origin) / unit).rounded(.down))
  }

  /// The first pixel whose center lies in or behind cell `cell`.
  package func firstPixel(ofCell cell: Int) -> Int {
    Int((origin + Double(cell) * unit - 0.5).rounded(.up))
  }

  /// Where the edge before pixel `pixel` lies, in cells.
  package func place(ofEdge pixel: Int) -> Double { (Double(pixel) - origin) / unit }

  /// The cells that touch a rectangle of pixels.
  package func cells(touching rect: PixelRect) -> PixelRect {
    func low(_ pixel: Int) -> Int { Int(((Double(pixel) - origin) / unit).rounded(.down)) }
    func high(_ pixel: Int) -> Int { Int(((Double(pixel) - origin) / unit).rounded(.up)) }
    return PixelRect(minX: low(rect.minX), minY: low(rect.minY), maxX: high(rect.maxX), maxY: high(rect.maxY))
  }

  /// The pixels that a cell overlaps, and how much of its first and of its last pixel.
  private struct Overlap {
    var low = 0, high = 0
    var first: Float = 0, last: Float = 0
    var sum = 0.0
  }

  private func overlap(_ cell: Int, _ bounds: Range<Int>) -> Overlap {
    let start = max(origin + Double(cell) * unit, Double(bounds.lowerBound))
    let end = min(origin + Double(cell + 1) * unit, Double(bounds.upperBound))
    guard end > start else { return Overlap() }
    let low = Int(start.rounded(.down))
    let high = max(low, Int(end.rounded(.up)) - 1)
    return Overlap(
      low: low, high: high, first: Float(min(end, Double(low + 1)) - start),
      last: Float(end - Double(high)), sum: end - start)
  }

  /// The mean color of each of `cells`, by exact areas; what lies outside the frame does not count.
  package func means(of frame: Framebuffer, cells: PixelRect, workers: Workers) throws(OutOfMemory)
    -> PyramidScale
  {
    let result = try PyramidScale(rect: cells)
    for (source, target) in zip(frame.colorPlanes, result.planes) {
      mean(of: source, in: frame.region, cells: cells, into: target, workers: workers)
    }
    return result
  }

  /// The mean of each of `cells` in a plane that holds `region` of the picture; `target` holds the cells.
  package func mean(
    of source: Plane, in region: PixelRect, cells: PixelRect, into target: Plane, workers: Workers
  ) {
    let columns = cells.columns.map { overlap($0, region.columns) }
    // All of a cell is summed by one thread, in one order: rows first, then along the row of sums.
    let cost = max(1, Int(Double(region.width) * min(1e6, unit)))
    workers.bands(rows: cells.height, width: cost) { band in
      let room = (region.width + 15) / 16 * 16
      let sums = UnsafeMutablePointer<Float>.allocate(capacity: room)
      defer { sums.deallocate() }
      for j in band {
        let rows = overlap(cells.minY + j, region.rows)
        guard rows.sum > 0 else {
          target.row(j).update(repeating: 0, count: cells.width)
          continue
        }
        sums.initialize(repeating: 0, count: room)
        for y in rows.low...rows.high {
          let weight = y == rows.low ? rows.first : y == rows.high ? rows.last : 1
          Lattice.add(source.row(y - region.minY), times: weight, to: sums, vectors: room / 8)
        }
        Lattice.gather(sums - region.minX, columns, gain: 1 / rows.sum, into: target.row(j))
      }
    }
  }

  /// Sums along a row of sums of rows; `sums[x]` belongs to column x of the picture.
  private static func gather(
    _ sums: UnsafeMutablePointer<Float>, _ columns: [Overlap], gain: Double,
    into line: UnsafeMutablePointer<Float>
  ) {
    for (i, column) in columns.enumerated() {
      guard column.sum > 0 else {
        line[i] = 0
        continue
      }
      var sum = sums[column.low] * column.first
      if column.high > column.low {
        for x in column.low + 1..<column.high { sum += sums[x] }
        sum += sums[column.high] * column.last
      }
      line[i] = sum * Float(gain / column.sum)
    }
  }

  private static func add(
    _ row: UnsafeMutablePointer<Float>, times weight: Float, to sums: UnsafeMutablePointer<Float>,
    vectors: Int
  ) {
    for v in 0..<vectors { v8_store(sums + 8 * v, v8_load(sums + 8 * v) + v8_load(row + 8 * v) * weight) }
  }
}
