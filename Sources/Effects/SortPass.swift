import CVector
import Raster

/// Carries out a plan.
struct SortPass: Sendable {
  let key: SortKey
  let isReverse, isDescending: Bool
  let plan: SpanPlan

  func sortRows(of frame: Framebuffer, workers: Workers) {
    let region = frame.region
    workers.bands(rows: frame.height, width: frame.width) { band in
      let sorter = LineSorter(length: frame.width, pass: self)
      defer { sorter.deallocate() }
      for i in band {
        let strip = plan.strips[i]
        guard strip >= 0 else { continue }
        let row = frame.row(region.minY + i)
        for span in plan.spans[strip] {
          sorter.sort(row.dropping(span.lowerBound - region.minX, count: span.count))
        }
      }
    }
  }

  /// Sixteen columns at a time, a cache line wide, are turned into rows, sorted and turned back.
  func sortColumns(of frame: Framebuffer, workers: Workers) {
    let region = frame.region
    let lanes = LineSorter.lanes
    // Several tiles to a job share one scratch memory.
    let tiles = (frame.width + lanes - 1) / lanes
    let jobTiles = max(1, min(8, tiles / (4 * workers.count)))
    workers.each((tiles + jobTiles - 1) / jobTiles) { job in
      let sorter = LineSorter(length: frame.height, pass: self)
      let pitch = LineSorter.pitch(length: frame.height)
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4 * lanes * pitch)
      memory.initialize(repeating: 0, count: 4 * lanes * pitch)
      defer {
        memory.deallocate()
        sorter.deallocate()
      }
      for tile in job * jobTiles..<min(tiles, (job + 1) * jobTiles) {
        let columns = tile * lanes..<min(frame.width, (tile + 1) * lanes)
        // The rows that any span of these columns touches.
        var low = Int.max
        var high = Int.min
        for column in columns where plan.strips[column] >= 0 {
          let spans = plan.spans[plan.strips[column]]
          low = min(low, spans.first?.lowerBound ?? Int.max)
          high = max(high, spans.last?.upperBound ?? Int.min)
        }
        guard low < high else { continue }
        let rows = low - region.minY..<high - region.minY
        for (index, plane) in frame.planes.enumerated() {
          SortPass.turn(plane, columns.lowerBound, rows, into: memory + index * lanes * pitch, pitch)
        }
        for column in columns where plan.strips[column] >= 0 {
          let line = memory + (column - columns.lowerBound) * pitch
          let whole = Row(
            red: line, green: line + lanes * pitch, blue: line + 2 * lanes * pitch,
            alpha: line + 3 * lanes * pitch, count: rows.count)
          for span in plan.spans[plan.strips[column]] {
            sorter.sort(whole.dropping(span.lowerBound - low, count: span.count))
          }
        }
        for (index, plane) in frame.planes.enumerated() {
          SortPass.turnBack(memory + index * lanes * pitch, pitch, into: plane, columns.lowerBound, rows)
        }
      }
    }
  }

  /// Columns `x ..< x + 16` of a plane become rows of `lines`. Rows of planes are padded to sixteen samples.
  private static func turn(
    _ plane: Plane, _ x: Int, _ rows: Range<Int>, into lines: UnsafeMutablePointer<Float>, _ pitch: Int
  ) {
    let whole = rows.count / 8 * 8
    for y in stride(from: 0, to: whole, by: 8) {
      let from = plane.row(rows.lowerBound + y) + x
      v8_transpose(from, plane.stride, lines + y, pitch)
      v8_transpose(from + 8, plane.stride, lines + 8 * pitch + y, pitch)
    }
    for y in whole..<rows.count {
      let from = plane.row(rows.lowerBound + y) + x
      for lane in 0..<LineSorter.lanes { lines[lane * pitch + y] = from[lane] }
    }
  }

  private static func turnBack(
    _ lines: UnsafeMutablePointer<Float>, _ pitch: Int, into plane: Plane, _ x: Int, _ rows: Range<Int>
  ) {
    let whole = rows.count / 8 * 8
    for y in stride(from: 0, to: whole, by: 8) {
      let to = plane.row(rows.lowerBound + y) + x
      v8_transpose(lines + y, pitch, to, plane.stride)
      v8_transpose(lines + 8 * pitch + y, pitch, to + 8, plane.stride)
    }
    for y in whole..<rows.count {
      let to = plane.row(rows.lowerBound + y) + x
      for lane in 0..<LineSorter.lanes { to[lane] = lines[lane * pitch + y] }
    }
  }
}

/// Sorts spans of lines in scratch memory of its own; one for each job.
struct LineSorter {
  /// Columns that are turned together.
  static let lanes = 16

  private let sorter: RadixSorter
  private let moved: UnsafeMutablePointer<Float>
  private let pass: SortPass

  init(length: Int, pass: SortPass) {
    sorter = RadixSorter(capacity: length)
    moved = .allocate(capacity: length + 8)
    self.pass = pass
  }

  func deallocate() {
    sorter.deallocate()
    moved.deallocate()
  }

  /// Samples from turned line to turned line: not a power of two, so that lines do not share a place in the cache.
  static func pitch(length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

  static func bytes(length: Int, transposed: Bool) -> Int {
    RadixSorter.bytes(capacity: length) + length * 4
      + (transposed ? 4 * lanes * pitch(length: length) * 4 : 0)
  }

  /// Sorts all of `row`.
  func sort(_ row: Row) {
    let count = row.count
    pass.key.write(red: row.red, green: row.green, blue: row.blue, count: count, to: sorter.keys)
    let keys = sorter.keys
    if pass.isReverse {
      // Numbers count from where the sorting begins.
      for i in 0..<count / 2 { (keys[i], keys[count - 1 - i]) = (keys[count - 1 - i], keys[i]) }
    }
    if pass.isDescending {
      for i in 0..<count { keys[i] = RadixSorter.largestKey - keys[i] }
    }
    sorter.sort(count)
    let order = sorter.order
    if pass.isReverse {
      // What comes first goes to the end, and numbers become places again.
      let last = UInt32(truncatingIfNeeded: count - 1)
      for i in 0..<count { order[i] = last - order[i] }
      for i in 0..<count / 2 { (order[i], order[count - 1 - i]) = (order[count - 1 - i], order[i]) }
    }
    for plane in [row.red, row.green, row.blue, row.alpha] {
      for i in 0..<count { moved[i] = plane[Int(order[i])] }
      plane.update(from: moved, count: count)
    }
  }
}
