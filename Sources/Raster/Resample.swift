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

  /// The cells that touch a rectangle of pixels.
  package func cells(touching rect: PixelRect) -> PixelRect {
    func low(_ pixel: Int) -> Int { Int(((Double(pixel) - origin) / unit).rounded(.down)) }
    func high(_ pixel: Int) -> Int { Int(((Double(pixel) - origin) / unit).rounded(.up)) }
    return PixelRect(minX: low(rect.minX), minY: low(rect.minY), maxX: high(rect.maxX), maxY: high(rect.maxY))
  }

  /// The pixels that a cell overlaps within `bounds`, and how much of its first and of its last pixel.
  private func overlap(
    _ cell: Int, _ bounds: Range<Int>
  ) -> (pixels: Range<Int>, first: Double, last: Double, sum: Double) {
    let start = max(origin + Double(cell) * unit, Double(bounds.lowerBound))
    let end = min(origin + Double(cell + 1) * unit, Double(bounds.upperBound))
    guard end > start else { return (bounds.lowerBound..<bounds.lowerBound, 0, 0, 0) }
    let low = Int(start.rounded(.down))
    let high = max(low + 1, Int(end.rounded(.up)))
    return (low..<high, min(end, Double(low + 1)) - start, end - max(start, Double(high - 1)), end - start)
  }

  /// The mean color of each of `cells`, by exact areas; what lies outside the frame does not count.
  package func means(of frame: Framebuffer, cells: PixelRect, workers: Workers) throws(OutOfMemory)
    -> PyramidScale
  {
    let result = try PyramidScale(rect: cells)
    let region = frame.region
    // All of a cell is summed by one thread, in one order: rows first, then along the row of sums.
    let cost = max(1, Int(Double(frame.width) * unit))
    workers.bands(rows: cells.height, width: cost) { band in
      let room = (frame.width + 15) / 16 * 16
      let sums = UnsafeMutablePointer<Float>.allocate(capacity: room)
      defer { sums.deallocate() }
      for j in band {
        let rows = overlap(cells.minY + j, region.rows)
        for (source, target) in zip(frame.colorPlanes, result.planes) {
          sums.initialize(repeating: 0, count: room)
          for y in rows.pixels {
            let weight =
              y == rows.pixels.lowerBound ? rows.first : y == rows.pixels.upperBound - 1 ? rows.last : 1
            Lattice.add(source.row(y - region.minY), times: Float(weight), to: sums, vectors: room / 8)
          }
          let line = target.row(j)
          for i in 0..<cells.width {
            let columns = overlap(cells.minX + i, region.columns)
            guard columns.sum > 0, rows.sum > 0 else {
              line[i] = 0
              continue
            }
            let base = sums - region.minX
            let (low, high) = (columns.pixels.lowerBound, columns.pixels.upperBound - 1)
            var sum = base[low] * Float(columns.first)
            if high > low {
              for x in low + 1..<high { sum += base[x] }
              sum += base[high] * Float(columns.last)
            }
            line[i] = sum * Float(1 / (columns.sum * rows.sum))
          }
        }
      }
    }
    return result
  }

  private static func add(
    _ row: UnsafeMutablePointer<Float>, times weight: Float, to sums: UnsafeMutablePointer<Float>,
    vectors: Int
  ) {
    for v in 0..<vectors { v8_store(sums + 8 * v, v8_load(sums + 8 * v) + v8_load(row + 8 * v) * weight) }
  }
}
