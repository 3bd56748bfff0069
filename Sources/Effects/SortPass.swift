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
        sorter.sort(frame.row(region.minY + i), line: i, from: region.minX)
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
        for strip in columns.flatMap(plan.stripsTouching) {
          low = min(low, plan.spans[strip].first?.lowerBound ?? Int.max)
          high = max(high, plan.spans[strip].last?.upperBound ?? Int.min)
        }
        guard low < high else { continue }
        let rows = low - region.minY..<high - region.minY
        for (index, plane) in frame.planes.enumerated() {
          SortPass.turn(plane, columns.lowerBound, rows, into: memory + index * lanes * pitch, pitch)
        }
        for column in columns {
          let line = memory + (column - columns.lowerBound) * pitch
          let whole = Row(
            red: line, green: line + lanes * pitch, blue: line + 2 * lanes * pitch,
            alpha: line + 3 * lanes * pitch, count: rows.count)
          sorter.sort(whole, line: column, from: low)
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
  /// A line as it was, where several strips take their share of it.
  private let original: UnsafeMutablePointer<Float>?
  private let room: Int
  private let pass: SortPass

  init(length: Int, pass: SortPass) {
    sorter = RadixSorter(capacity: length)
    moved = .allocate(capacity: length + 8)
    room = LineSorter.pitch(length: length)
    original = pass.plan.shares.isEmpty ? nil : .allocate(capacity: 4 * room)
    original?.initialize(repeating: 0, count: 4 * room)
    self.pass = pass
  }

  func deallocate() {
    sorter.deallocate()
    moved.deallocate()
    original?.deallocate()
  }

  /// Samples from turned line to turned line: not a power of two, so that lines do not share a place in the cache.
  static func pitch(length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

  static func bytes(length: Int, transposed: Bool) -> Int {
    RadixSorter.bytes(capacity: length) + length * 4 + 4 * pitch(length: length) * 4
      + (transposed ? 4 * lanes * pitch(length: length) * 4 : 0)
  }

  /// Sorts the spans of a line, of which `row` begins at place `start`.
  func sort(_ row: Row, line: Int, from start: Int) {
    let plan = pass.plan
    if let original, plan.shares[line].count > 1 {
      let whole = Row(
        red: original, green: original + room, blue: original + 2 * room, alpha: original + 3 * room,
        count: row.count)
      for (from, to) in zip(row.planes, whole.planes) { to.update(from: from, count: row.count) }
      for share in plan.shares[line] {
        for span in plan.spans[share.strip] {
          let part = whole.dropping(span.lowerBound - start, count: span.count)
          forEachRun(of: part) { run in
            let sum = row.dropping(span.lowerBound - start + run.lowerBound, count: run.count)
            add(part.dropping(run.lowerBound, count: run.count), times: share.weight, to: sum)
          }
        }
      }
    } else if plan.strips[line] >= 0 {
      for span in plan.spans[plan.strips[line]] {
        let part = row.dropping(span.lowerBound - start, count: span.count)
        forEachRun(of: part) { sort(part.dropping($0.lowerBound, count: $0.count)) }
      }
    }
  }

  /// Calls `body` with each run of two pixels or more that are not clear.
  @inline(__always)
  private func forEachRun(of row: Row, _ body: (Range<Int>) -> Void) {
    func isClear(_ i: Int) -> Bool {
      row.alpha[i] == 0 && row.red[i] == 0 && row.green[i] == 0 && row.blue[i] == 0
    }
    // Most spans have no clear pixel, and this loop becomes one over vectors.
    var clear: Int32 = 0
    for i in 0..<row.count { clear |= row.alpha[i] == 0 ? 1 : 0 }
    guard clear != 0 else { return body(0..<row.count) }
    var i = 0
    while i < row.count {
      while i < row.count, isClear(i) { i += 1 }
      let start = i
      while i < row.count, !isClear(i) { i += 1 }
      if i - start > 1 { body(start..<i) }
    }
  }

  /// Sorts all of `row`.
  private func sort(_ row: Row) {
    let count = row.count
    findOrder(of: row)
    let order = sorter.order
    for plane in row.planes {
      for i in 0..<count { moved[i] = plane[Int(order[i])] }
      plane.update(from: moved, count: count)
    }
  }

  /// Adds what sorting changes in `row`, weighted.
  private func add(_ row: Row, times weight: Float, to sum: Row) {
    findOrder(of: row)
    let order = sorter.order
    for (from, to) in zip(row.planes, sum.planes) {
      for i in 0..<row.count { to[i] += (from[Int(order[i])] - from[i]) * weight }
    }
  }

  /// The order in which the pixels of `row` are to stand.
  private func findOrder(of row: Row) {
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
  }
}

extension Row {
  fileprivate var planes: [UnsafeMutablePointer<Float>] { [red, green, blue, alpha] }
}
