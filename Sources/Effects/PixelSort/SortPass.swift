import CVector
import Catalog
import Raster
import Synchronization

/// What is done to a span, wherever it lies.
struct SortWork: Sendable {
  let key: SortKey
  let isReverse, isDescending, isMirrored: Bool
  /// Share of a span that its last pixels are drawn out over, 0…1.
  let stretch: Float

  init(_ effect: PixelSort, isReverse: Bool) {
    key = effect.key
    self.isReverse = isReverse
    isDescending = effect.order == .descending
    isMirrored = effect.order == .mirrored
    stretch = Float(min(1, max(0, effect.stretch)))
  }
}

extension SortWork {
  /// Whether spans are to look otherwise than sorted.
  var arranges: Bool { stretch > 0 || isMirrored }

  /// Changes the sorted `order` of a span into the one that is asked for; `spare` has room for as many numbers.
  func arrange(
    _ order: UnsafeMutablePointer<UInt32>, count: Int, spare: UnsafeMutablePointer<UInt32>
  ) {
    let last = count - 1
    if stretch > 0 {
      let kept = 1 - stretch
      for i in 0..<count { order[i] = order[last - Int(Float(last - i) * kept)] }
    }
    if isMirrored {
      // From both ends in turn, so that the last meet in the middle.
      for i in 0..<count { spare[i % 2 == 0 ? i / 2 : last - i / 2] = order[i] }
      order.update(from: spare, count: count)
    }
  }
}

/// Pixels in the order in which they stand on a path, with what is known of them. Only ``row`` is changed.
struct SortLine {
  var row: Row
  /// Meters, if that is the key.
  var depth: UnsafeMutablePointer<Float>?
  /// More than ``protection`` where a pixel is to stay.
  var protect: UnsafeMutablePointer<Float>?
  /// What was found out about pixels before any was moved.
  var marks: UnsafeMutablePointer<Float>?
  /// Whether every pixel's alpha is known to be 1. It need not be moved then.
  var isOpaque = false

  /// The least coverage that keeps a pixel in place: its soft edge stays with what is protected.
  static let protection: Float = 0.05

  func dropping(_ offset: Int, count: Int) -> SortLine {
    SortLine(
      row: row.dropping(offset, count: count), depth: depth.map { $0 + offset },
      protect: protect.map { $0 + offset }, marks: marks.map { $0 + offset }, isOpaque: isOpaque)
  }
}

/// The planes that lines are read from: those of the picture, then those of what else is known of its pixels.
struct SortPlanes: Sendable {
  let frame: Framebuffer
  private let depth, protect, marks: Plane?
  let all: [Plane]
  /// Whether the whole picture's alpha is 1: it then stays as it is, and so do those of ``all`` that are not looked at.
  let isOpaque: Bool

  init(_ frame: Framebuffer, context: EffectContext, marks: Plane? = nil) {
    func plane(_ name: String) -> Plane? {
      context.planes[name].flatMap { $0.region == frame.region ? $0.plane : nil }
    }
    self.frame = frame
    self.marks = marks
    (depth, protect) = (plane("depth-of"), plane("protect"))
    all = frame.planes + [depth, protect, marks].compactMap { $0 }
    isOpaque = SortPlanes.isOpaque(frame, workers: context.workers)
  }

  private static func isOpaque(_ frame: Framebuffer, workers: Workers) -> Bool {
    let isClear = Atomic<Bool>(false)
    let (alpha, stride) = (frame.alpha.row(0), frame.alpha.stride)
    nonisolated(unsafe) let samples = alpha
    workers.bands(rows: frame.height, width: frame.width) { rows in
      guard !isClear.load(ordering: .relaxed) else { return }
      for y in rows {
        let row = samples + y * stride
        var others: Int32 = 0
        for x in 0..<frame.width { others |= row[x] == 1 ? 0 : 1 }
        if others != 0 { return isClear.store(true, ordering: .relaxed) }
      }
    }
    return !isClear.load(ordering: .relaxed)
  }

  /// The most planes that there can be, and which of them is alpha.
  static let most = 7, alpha = 3

  /// Whether the samples of a plane of ``all`` matter.
  func isRead(_ plane: Int) -> Bool { plane != SortPlanes.alpha || !isOpaque }

  /// The line whose samples lie in `memory`, `pitch` apart for each plane of ``all``.
  func line(_ memory: UnsafeMutablePointer<Float>, pitch: Int, count: Int) -> SortLine {
    line(count: count) { memory + $0 * pitch }
  }

  /// The line that is row `y` of the picture itself.
  func line(row y: Int) -> SortLine {
    let planes = all
    return line(count: frame.width) { planes[$0].row(y - frame.region.minY) }
  }

  private func line(count: Int, _ samples: (Int) -> UnsafeMutablePointer<Float>) -> SortLine {
    var next = 4
    func extra(_ plane: Plane?) -> UnsafeMutablePointer<Float>? {
      guard plane != nil else { return nil }
      next += 1
      return samples(next - 1)
    }
    return SortLine(
      row: Row(red: samples(0), green: samples(1), blue: samples(2), alpha: samples(3), count: count),
      depth: extra(depth), protect: extra(protect), marks: extra(marks), isOpaque: isOpaque)
  }
}

/// Sorts spans in scratch memory of its own; one for each job.
struct SpanSorter {
  private let sorter: RadixSorter
  private let moved: UnsafeMutablePointer<Float>
  /// A line as it was, where several strips take their share of it.
  private let original: UnsafeMutablePointer<Float>?
  private let room: Int
  private let work: SortWork

  /// - Parameter shares: whether lines may be shared by several strips.
  init(length: Int, work: SortWork, shares: Bool) {
    sorter = RadixSorter(capacity: length)
    moved = .allocate(capacity: length + 8)
    room = SpanSorter.pitch(length: length)
    original = shares ? .allocate(capacity: 4 * room) : nil
    original?.initialize(repeating: 0, count: 4 * room)
    self.work = work
  }

  func deallocate() {
    sorter.deallocate()
    moved.deallocate()
    original?.deallocate()
  }

  /// Samples from turned line to turned line: not a power of two, so that lines do not share a place in the cache.
  static func pitch(length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

  static func bytes(length: Int) -> Int {
    RadixSorter.bytes(capacity: length) + length * 4 + 4 * pitch(length: length) * 4
  }

  /// Sorts all of a line that is neither clear nor protected.
  func sort(_ line: SortLine) {
    forEachRun(of: line) { run in
      let part = line.dropping(run.lowerBound, count: run.count)
      findOrder(of: part)
      let count = part.row.count
      let order = sorter.order
      for plane in part.row.planes.prefix(line.isOpaque ? 3 : 4) {
        for i in 0..<count { moved[i] = plane[Int(order[i])] }
        plane.update(from: moved, count: count)
      }
    }
  }

  /// Replaces a line by the mean of what several strips make of it.
  func sort(_ line: SortLine, shares: [(weight: Float, spans: [Range<Int>])]) {
    guard let original else { return }
    let row = line.row
    var before = line
    before.row = Row(
      red: original, green: original + room, blue: original + 2 * room, alpha: original + 3 * room,
      count: row.count)
    before.row.copy(from: row)
    for share in shares {
      for span in share.spans {
        let part = before.dropping(span.lowerBound, count: span.count)
        forEachRun(of: part) { run in
          let run = part.dropping(run.lowerBound, count: run.count)
          let offset = run.row.red - before.row.red
          findOrder(of: run)
          let order = sorter.order
          for (from, to) in zip(run.row.planes, row.dropping(offset, count: run.row.count).planes) {
            for i in 0..<run.row.count { to[i] += (from[Int(order[i])] - from[i]) * share.weight }
          }
        }
      }
    }
  }

  /// Calls `body` with each run of two pixels or more that are neither clear nor protected.
  @inline(__always)
  private func forEachRun(of line: SortLine, _ body: (Range<Int>) -> Void) {
    let row = line.row
    func stays(_ i: Int) -> Bool {
      if let protect = line.protect, protect[i] > SortLine.protection { return true }
      return row.alpha[i] == 0 && row.red[i] == 0 && row.green[i] == 0 && row.blue[i] == 0
    }
    if line.protect == nil {
      if line.isOpaque {
        if row.count > 1 { body(0..<row.count) }
        return
      }
      // Most spans have no clear pixel, and this loop becomes one over vectors.
      var clear: Int32 = 0
      for i in 0..<row.count { clear |= row.alpha[i] == 0 ? 1 : 0 }
      guard clear != 0 else {
        if row.count > 1 { body(0..<row.count) }
        return
      }
    }
    var i = 0
    while i < row.count {
      while i < row.count, stays(i) { i += 1 }
      let start = i
      while i < row.count, !stays(i) { i += 1 }
      if i - start > 1 { body(start..<i) }
    }
  }

  /// The order in which the pixels of `line` are to stand.
  private func findOrder(of line: SortLine) {
    let row = line.row
    let count = row.count
    if work.key == .depth, let depth = line.depth {
      SortKey.write(depth, count: count, to: sorter.keys)
    } else {
      work.key.write(red: row.red, green: row.green, blue: row.blue, count: count, to: sorter.keys)
    }
    let keys = sorter.keys
    if work.isReverse {
      // Numbers count from where the sorting begins.
      for i in 0..<count / 2 { (keys[i], keys[count - 1 - i]) = (keys[count - 1 - i], keys[i]) }
    }
    if work.isDescending {
      for i in 0..<count { keys[i] = RadixSorter.largestKey - keys[i] }
    }
    sorter.sort(count)
    let order = sorter.order
    work.arrange(order, count: count, spare: keys)
    if work.isReverse {
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
