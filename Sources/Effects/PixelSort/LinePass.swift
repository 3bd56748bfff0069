import CVector
import Catalog
import Raster

/// Sorts a picture along parallel lines.
struct LinePass: Sendable {
  /// Upright lines that are turned into rows together: a cache line of pixels.
  static let lanes = 16

  private let lines: SortLines
  private let planes: SortPlanes
  private let work: SortWork
  private let decisions: Decisions
  private let workers: Workers
  private let region: PixelRect
  private let major, minor: Range<Int>
  /// ``SortLines/shift(_:)`` of each place of the frame.
  private let shifts: [Int]

  /// Where spans begin and end.
  private enum Decisions: Sendable {
    case plan(SpanPlan)
    case compatible(CompatibleSettings)
  }

  init(effect: PixelSort, frame: Framebuffer, context: EffectContext) throws(OutOfMemory) {
    let lines = effect.lines(in: context.geometry)
    self.lines = lines
    var marks: Plane?
    if effect.compatible == .none {
      decisions = .plan(try SpanPlan(effect, along: lines, frame: frame, context: context))
    } else {
      decisions = .compatible(CompatibleSettings(effect, context: context))
      marks = try CompatibleMarks.plane(for: effect, frame: frame, context: context)
    }
    planes = SortPlanes(frame, context: context, marks: marks)
    work = SortWork(effect, isReverse: lines.isReverse)
    workers = context.workers
    region = frame.region
    (major, minor) = lines.axes(of: region)
    shifts = lines.isStraight ? [] : major.map { lines.shift($0) }
  }

  static func jobBytes(length: Int, lanes: Int) -> Int {
    max(SpanSorter.bytes(length: length), CompatibleSorter.bytes(length: length))
      + SortPlanes.most * lanes * SpanSorter.pitch(length: length) * 4 + length * 8
  }

  func run() {
    if lines.isVertical { sortUprightLines() } else { sortLevelLines() }
  }

  // MARK: Lines

  private func shift(_ m: Int) -> Int { shifts.isEmpty ? 0 : shifts[m - major.lowerBound] }

  /// The places of a line that lie in the frame.
  private func places(of line: Int) -> Range<Int> {
    guard !shifts.isEmpty else { return minor.contains(line) ? major : major.lowerBound..<major.lowerBound }
    // Shifts never turn back: the first place at which the line has come as far as `limit`.
    func first(_ isBehind: (Int) -> Bool) -> Int {
      var (low, high) = (major.lowerBound, major.upperBound)
      while low < high {
        let middle = (low + high) / 2
        if isBehind(line + shift(middle)) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let range =
      lines.slope > 0
      ? (first { $0 >= minor.lowerBound }, first { $0 >= minor.upperBound })
      : (first { $0 < minor.upperBound }, first { $0 < minor.lowerBound })
    return range.0..<max(range.0, range.1)
  }

  /// The part of a line that may change; nil if there is none.
  private func extent(of line: Int) -> Range<Int>? {
    let places = places(of: line)
    guard places.count > 1 else { return nil }
    guard case .plan(let plan) = decisions else { return places }
    var low = Int.max
    var high = Int.min
    for strip in plan.stripsTouching(line) {
      guard let first = plan.spans[strip].first, let last = plan.spans[strip].last else { continue }
      low = min(low, lines.firstPlace(ofCell: first.lowerBound, line: line))
      high = max(high, lines.firstPlace(ofCell: last.upperBound, line: line))
    }
    guard low < high else { return nil }
    let extent = (low..<high).clamped(to: places)
    return extent.count > 1 ? extent : nil
  }

  /// A strip's spans on a line, counted from `extent`.
  private func spans(_ cells: [Range<Int>], on line: Int, in extent: Range<Int>) -> [Range<Int>] {
    cells.compactMap { span in
      let low = max(extent.lowerBound, lines.firstPlace(ofCell: span.lowerBound, line: line))
      let high = min(extent.upperBound, lines.firstPlace(ofCell: span.upperBound, line: line))
      return high - low > 1 ? low - extent.lowerBound..<high - extent.lowerBound : nil
    }
  }

  /// Sorts lines one after the other, with memory for one.
  private struct Sorter {
    let pass: LinePass
    private let spans: SpanSorter?
    private let compatible: CompatibleSorter?

    init(_ pass: LinePass) {
      self.pass = pass
      switch pass.decisions {
      case .plan(let plan):
        spans = SpanSorter(length: pass.major.count, work: pass.work, shares: !plan.shares.isEmpty)
        compatible = nil
      case .compatible(let settings):
        spans = nil
        compatible = CompatibleSorter(length: pass.major.count, settings: settings, work: pass.work)
      }
    }

    func deallocate() {
      spans?.deallocate()
      compatible?.deallocate()
    }

    /// Sorts a line of which `pixels` hold `extent`.
    func sort(_ pixels: SortLine, line: Int, in extent: Range<Int>) {
      compatible?.sort(pixels, line: line)
      guard let spans, case .plan(let plan) = pass.decisions else { return }
      let shares = plan.shares(ofLine: line)
      if shares.count > 1 {
        spans.sort(
          pixels,
          shares: shares.map { ($0.weight, pass.spans(plan.spans[$0.strip], on: line, in: extent)) })
      } else if let strip = plan.strip(ofLine: line) {
        for span in pass.spans(plan.spans[strip], on: line, in: extent) {
          spans.sort(pixels.dropping(span.lowerBound, count: span.count))
        }
      }
    }
  }

  // MARK: Level lines

  private func sortLevelLines() {
    let all = lines.lines(crossing: region)
    let pitch = SpanSorter.pitch(length: region.width)
    workers.bands(rows: all.count, width: region.width) { band in
      let sorter = Sorter(self)
      defer { sorter.deallocate() }
      guard !lines.isStraight else {
        for i in band {
          let y = all.lowerBound + i
          guard let extent = extent(of: y) else { continue }
          let whole = planes.line(row: y)
          sorter.sort(
            whole.dropping(extent.lowerBound - major.lowerBound, count: extent.count), line: y, in: extent)
        }
        return
      }
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: planes.all.count * pitch)
      memory.initialize(repeating: 0, count: planes.all.count * pitch)
      let offsets = UnsafeMutablePointer<Int>.allocate(capacity: region.width)
      defer {
        memory.deallocate()
        offsets.deallocate()
      }
      let stride = planes.frame.red.stride
      for i in band {
        let line = all.lowerBound + i
        guard let extent = extent(of: line) else { continue }
        let count = extent.count
        for (j, m) in extent.enumerated() {
          offsets[j] = (line + shift(m) - region.minY) * stride + m - region.minX
        }
        for (k, plane) in planes.all.enumerated() {
          let (from, to) = (plane.base, memory + k * pitch)
          for j in 0..<count { to[j] = from[offsets[j]] }
        }
        sorter.sort(planes.line(memory, pitch: pitch, count: count), line: line, in: extent)
        for (k, plane) in planes.frame.planes.enumerated() {
          let (from, to) = (memory + k * pitch, plane.base)
          for j in 0..<count { to[offsets[j]] = from[j] }
        }
      }
    }
  }

  // MARK: Upright lines

  /// Sixteen lines at a time, a cache line wide, are turned into rows, sorted and turned back.
  private func sortUprightLines() {
    let lanes = LinePass.lanes
    let all = lines.lines(crossing: region)
    // Several tiles to a job share one scratch memory.
    let tiles = (all.count + lanes - 1) / lanes
    let jobTiles = max(1, min(8, tiles / (4 * workers.count)))
    let pitch = SpanSorter.pitch(length: region.height)
    workers.each((tiles + jobTiles - 1) / jobTiles) { job in
      let sorter = Sorter(self)
      let room = planes.all.count * lanes * pitch
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: room)
      memory.initialize(repeating: 0, count: room)
      // What is opaque is neither read nor written.
      if planes.isOpaque {
        (memory + SortPlanes.alpha * lanes * pitch).update(repeating: 1, count: lanes * pitch)
      }
      defer {
        memory.deallocate()
        sorter.deallocate()
      }
      for tile in job * jobTiles..<min(tiles, (job + 1) * jobTiles) {
        let first = all.lowerBound + tile * lanes
        let extents = (first..<min(all.upperBound, first + lanes)).map { extent(of: $0) }
        // The rows that any span of these lines touches.
        let low = extents.compactMap { $0?.lowerBound }.min() ?? 0
        let high = extents.compactMap { $0?.upperBound }.max() ?? 0
        guard low < high else { continue }
        let rows = low..<high
        for (k, plane) in planes.all.enumerated() where planes.isRead(k) {
          turn(plane, first, rows, into: memory + k * lanes * pitch, pitch)
        }
        for (lane, extent) in extents.enumerated() {
          guard let extent else { continue }
          let start = memory + lane * pitch + extent.lowerBound - low
          sorter.sort(
            planes.line(start, pitch: lanes * pitch, count: extent.count), line: first + lane, in: extent)
        }
        for (k, plane) in planes.frame.planes.enumerated() where planes.isRead(k) {
          turnBack(memory + k * lanes * pitch, pitch, into: plane, first, rows)
        }
      }
    }
  }

  /// The column, counted from the frame's, at which lines `first ..< first + 16` stand in row `y`.
  private func column(_ first: Int, _ y: Int) -> Int { first + shift(y) - region.minX }

  /// Whether lines stand side by side in memory for eight rows from `y`. Rows of planes are padded to sixteen samples,
  /// but padding may only be written to where no other tile does.
  private func isWhole(_ first: Int, _ y: Int, _ rows: Range<Int>) -> Bool {
    guard y + 8 <= rows.upperBound else { return false }
    let (a, b) = (column(first, y), column(first, y + 7))
    let width = lines.isStraight ? planes.frame.red.stride : region.width
    return min(a, b) >= 0 && max(a, b) + LinePass.lanes <= width
  }

  /// Lines from `first` on become rows of `memory`.
  private func turn(
    _ plane: Plane, _ first: Int, _ rows: Range<Int>, into memory: UnsafeMutablePointer<Float>, _ pitch: Int
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 8) { offsets in
      guard let offsets = offsets.baseAddress else { return }
      var y = rows.lowerBound
      while y < rows.upperBound {
        let i = y - rows.lowerBound
        if isWhole(first, y, rows) {
          for k in 0..<8 { offsets[k] = (y + k - region.minY) * plane.stride + column(first, y + k) }
          v8_fetch(plane.base, offsets, 16 * plane.stride)
          v8_transpose_gather(plane.base, offsets, memory + i, pitch)
          v8_transpose_gather(plane.base + 8, offsets, memory + 8 * pitch + i, pitch)
          y += 8
        } else {
          let x = column(first, y)
          let row = plane.row(y - region.minY)
          for lane in lanesInside(x) { memory[lane * pitch + i] = row[x + lane] }
          y += 1
        }
      }
    }
  }

  private func turnBack(
    _ memory: UnsafeMutablePointer<Float>, _ pitch: Int, into plane: Plane, _ first: Int, _ rows: Range<Int>
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 8) { offsets in
      guard let offsets = offsets.baseAddress else { return }
      var y = rows.lowerBound
      while y < rows.upperBound {
        let i = y - rows.lowerBound
        if isWhole(first, y, rows) {
          for k in 0..<8 { offsets[k] = (y + k - region.minY) * plane.stride + column(first, y + k) }
          v8_transpose_scatter(memory + i, pitch, plane.base, offsets)
          v8_transpose_scatter(memory + 8 * pitch + i, pitch, plane.base + 8, offsets)
          y += 8
        } else {
          let x = column(first, y)
          let row = plane.row(y - region.minY)
          for lane in lanesInside(x) { row[x + lane] = memory[lane * pitch + i] }
          y += 1
        }
      }
    }
  }

  /// The lanes of a tile at column `x` that lie in the frame.
  private func lanesInside(_ x: Int) -> Range<Int> {
    max(0, -x)..<max(max(0, -x), min(LinePass.lanes, region.width - x))
  }
}
