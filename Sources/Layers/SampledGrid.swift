import Raster

/// Samples of a smooth function at the multiples of `step` from an origin, read with Catmull–Rom interpolation.
struct SampledGrid: Sendable {
  let step: Double
  /// Where the first sample lies, in pixels.
  let corner: Point
  let plane: Plane

  init(step: Double, origin: Point, region: PixelRect) throws(OutOfMemory) {
    self.step = step
    // Two samples beyond the region on every side, for the interpolation.
    let left = ((Double(region.minX) - origin.x) / step).rounded(.down) - 2
    let top = ((Double(region.minY) - origin.y) / step).rounded(.down) - 2
    corner = Point(origin.x + left * step, origin.y + top * step)
    let size = SampledGrid.size(step: step, region: region)
    plane = try Plane(width: size.width, height: size.height)
  }

  /// Samples across and down.
  static func size(step: Double, region: PixelRect) -> (width: Int, height: Int) {
    (Int(Double(region.width) / step) + 7, Int(Double(region.height) / step) + 7)
  }

  func clear(workers: Workers) { plane.fill(0, workers: workers) }

  /// Overwrites the samples with another grid's.
  func add(_ other: SampledGrid, workers: Workers) {
    workers.bands(rows: plane.height, width: plane.width) { rows in
      for row in rows {
        other.fill(
          plane.row(row), x: corner.x, step: step, y: corner.y + Double(row) * step, count: plane.width)
      }
    }
  }

  /// Values at (x, y), (x + step, y), …: pixels.
  func fill(_ out: UnsafeMutablePointer<Float>, x: Double, step: Double, y: Double, count: Int) {
    guard count > 0 else { return }
    let perStep = 1 / self.step
    let (row, down) = SampledGrid.cell((y - corner.y) * perStep, count: plane.height)
    let first = SampledGrid.cell((x - corner.x) * perStep, count: plane.width).index
    let last = SampledGrid.cell((x + Double(count - 1) * step - corner.x) * perStep, count: plane.width).index
    let n = last - first + 4
    let v = SampledGrid.weights(down)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: n) { line in
      guard let base = line.baseAddress else { return }
      let (a, b, c, d) = (
        plane.row(row - 1) + (first - 1), plane.row(row) + (first - 1), plane.row(row + 1) + (first - 1),
        plane.row(row + 2) + (first - 1)
      )
      for i in 0..<n { base[i] = a[i] * v.x + b[i] * v.y + c[i] * v.z + d[i] * v.w }
      for i in 0..<count {
        let (column, k) = SampledGrid.cell((x + Double(i) * step - corner.x) * perStep, count: plane.width)
        let w = SampledGrid.weights(k)
        let p = base + (column - first)
        out[i] = max(0, p[0] * w.x + p[1] * w.y + p[2] * w.z + p[3] * w.w)
      }
    }
  }

  /// The sample at or before a position, with room for its neighbors, and how far beyond it lies.
  @inline(__always)
  private static func cell(_ position: Double, count: Int) -> (index: Int, rest: Float) {
    let inside = max(1, min(Double(count - 3), position))
    let index = Int(inside)
    return (index, Float(inside - Double(index)))
  }

  /// Catmull–Rom.
  @inline(__always)
  private static func weights(_ t: Float) -> SIMD4<Float> {
    let (t2, t3) = (t * t, t * t * t)
    return SIMD4(
      (2 * t2 - t - t3) / 2, (3 * t3 - 5 * t2 + 2) / 2, (4 * t2 + t - 3 * t3) / 2, (t3 - t2) / 2)
  }
}
