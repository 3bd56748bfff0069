import CVector
import Raster

/// A small part of a picture that is laid down layer by layer, the foremost first. For one thread.
///
/// Each layer covers by its share of a pixel, and layers share it out: what is behind is seen where those before it
/// leave room. That is right for parts of one surface, which are never behind each other, and for edges, where the
/// share of one part is what the other has lost.
///
/// A tile is so small that all of it stays in a processor's own cache.
struct TileBlur {
  /// Pixels of a tile; the width is a multiple of ``block``.
  private static let height = 32
  private static let width = 256
  /// The farthest that a disk reaches, on its scale, and room for a vector.
  private static let margin = 8
  /// Columns that are left out together where a part has nothing.
  private static let block = 64

  /// Where a tile lies, of a picture of `size`.
  struct Place {
    let rows, columns: Range<Int>
    let size: (width: Int, height: Int)
  }

  /// What tiles are computed in, one after the other.
  struct Memory {
    fileprivate let sums, source, ranges: UnsafeMutablePointer<Float>
    fileprivate let isUsed: UnsafeMutablePointer<Bool>

    fileprivate init() {
      func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
        memory.initialize(repeating: 0, count: count)
        return memory
      }
      sums = floats(4 * TileBlur.height * TileBlur.pitch)
      source = floats(4 * TileBlur.lineCount * TileBlur.pitch)
      ranges = floats(2 * TileBlur.lineCount * TileBlur.blocks)
      isUsed = .allocate(capacity: TileBlur.lineCount * TileBlur.blocks)
      isUsed.initialize(repeating: false, count: TileBlur.lineCount * TileBlur.blocks)
    }

    fileprivate func deallocate() {
      for memory in [sums, source, ranges] { memory.deallocate() }
      isUsed.deallocate()
    }
  }

  /// Calls `body` with tiles that together cover a picture, and with memory for two, from several threads.
  static func each(
    width: Int, height: Int, _ workers: Workers, _ body: @Sendable (Place, (Memory, Memory)) -> Void
  ) {
    let across = (width + TileBlur.width - 1) / TileBlur.width
    let tiles = (height + TileBlur.height - 1) / TileBlur.height * across
    // Some tiles to a job, which share its memory.
    let batch = max(1, min(16, tiles / (8 * workers.count)))
    workers.each((tiles + batch - 1) / batch) { job in
      let memory = (Memory(), Memory())
      defer {
        memory.0.deallocate()
        memory.1.deallocate()
      }
      for index in job * batch..<min(tiles, (job + 1) * batch) {
        let (x, y) = (index % across * TileBlur.width, index / across * TileBlur.height)
        let place = Place(
          rows: y..<min(height, y + TileBlur.height), columns: x..<min(width, x + TileBlur.width),
          size: (width, height))
        body(place, memory)
      }
    }
  }

  /// Pixels side by side of a row of the picture. Whole vectors may be read of them, and written.
  struct Stretch {
    let row, first, count: Int
  }

  /// Lines of one row: red, green, blue, share.
  struct Lines {
    let base: UnsafeMutablePointer<Float>

    @inline(__always)
    func channel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * TileBlur.pitch }
  }

  private static let pitch = width + 4 * margin
  /// Blocks of a row, with one for the margin at either side.
  private static let blocks = width / block + 2
  private static let lineCount = height + 2 * margin

  private let place: Place
  private let count, width: Int
  private let sums, source: UnsafeMutablePointer<Float>
  /// The least and the greatest part in each block of each row.
  private let lowest, highest: UnsafeMutablePointer<Float>
  private let isUsed: UnsafeMutablePointer<Bool>

  init(_ place: Place, in memory: Memory) {
    self.place = place
    count = place.rows.count
    width = place.columns.count
    sums = memory.sums
    source = memory.source
    lowest = memory.ranges
    highest = lowest + TileBlur.lineCount * TileBlur.blocks
    isUsed = memory.isUsed
    sums.update(repeating: 0, count: 4 * count * TileBlur.pitch)
  }

  /// Of what a thread has at a time.
  static var bytes: Int { 2 * (16 * (height + lineCount) * pitch + 9 * lineCount * blocks + 4096) }

  @inline(__always)
  private func sum(_ row: Int) -> Lines { Lines(base: sums + (row * 4 * TileBlur.pitch + TileBlur.margin)) }

  @inline(__always)
  private func line(_ row: Int) -> Lines {
    Lines(base: source + (row * 4 * TileBlur.pitch + TileBlur.margin))
  }

  /// The columns of a block, from the tile's first; those beside the tile as far as disks reach, and nothing beyond
  /// the picture.
  private func columns(ofBlock block: Int) -> Range<Int> {
    let low = block == 0 ? -TileBlur.margin : (block - 1) * TileBlur.block
    let high = block == 0 ? 0 : block * TileBlur.block
    let first = max(low, -place.columns.lowerBound)
    let end = min(high, width + TileBlur.margin, place.size.width - place.columns.lowerBound)
    return first..<max(first, end)
  }

  /// The row of the picture for one of those that are looked at for the tile. Beyond its border a picture goes on as it
  /// ends.
  private func row(_ index: Int) -> Int {
    max(0, min(place.size.height - 1, place.rows.lowerBound + index - TileBlur.margin))
  }

  // MARK: Laying

  /// Finds out where parts are, so that the others are left out. `fill` writes the parts of a stretch; what is no number
  /// belongs to none.
  func survey(fill: (Stretch, UnsafeMutablePointer<Float>) -> Void) {
    let scratch = source
    for index in 0..<count + 2 * TileBlur.margin {
      for block in 0..<TileBlur.blocks {
        let columns = columns(ofBlock: block)
        let slot = index * TileBlur.blocks + block
        (lowest[slot], highest[slot]) = (.infinity, -.infinity)
        guard !columns.isEmpty else { continue }
        fill(
          Stretch(
            row: row(index), first: place.columns.lowerBound + columns.lowerBound, count: columns.count),
          scratch)
        var (low, high) = (Float.infinity, -Float.infinity)
        for i in 0..<columns.count {
          low = scratch[i] < low ? scratch[i] : low
          high = scratch[i] > high ? scratch[i] : high
        }
        (lowest[slot], highest[slot]) = (low, high)
      }
    }
  }

  /// Lays a part behind what is there, blurred by a disk. `fill` writes a stretch of it.
  func lay(_ disk: DiskKernel, part: Float, fill: (Stretch, Lines) -> Void) {
    let reach = min(disk.reach, TileBlur.margin - 1)
    let blocks = TileBlur.blocks
    var isEmpty = true
    for i in 0..<count + 2 * reach {
      let index = i + TileBlur.margin - reach
      for block in 0..<blocks {
        let slot = index * blocks + block
        let isHere = lowest[slot] < part + 1 && highest[slot] > part - 1
        isUsed[i * blocks + block] = isHere
        if isHere { isEmpty = false }
      }
    }
    guard !isEmpty else { return }
    for i in 0..<count + 2 * reach where isUsed(row: i, 0..<blocks) {
      fillLine(i, row(i + TileBlur.margin - reach), fill)
    }
    for i in 0..<count {
      for block in 1..<blocks {
        let first = (block - 1) * TileBlur.block
        guard first < width else { break }
        lay(
          disk, row: i, reach: reach, columns: first..<min(width, first + TileBlur.block), block: block)
      }
    }
  }

  private func isUsed(row: Int, _ range: Range<Int>) -> Bool {
    for block in range where isUsed[row * TileBlur.blocks + block] { return true }
    return false
  }

  /// Prepares the blocks of a line that have something of a part, those beside them, and those that are read with these.
  private func fillLine(_ i: Int, _ y: Int, _ fill: (Stretch, Lines) -> Void) {
    let line = line(i)
    let blocks = TileBlur.blocks
    for block in 0..<blocks where isUsed(row: i, max(0, block - 2)..<min(blocks, block + 3)) {
      let columns = columns(ofBlock: block)
      guard !columns.isEmpty else { continue }
      if isUsed[i * blocks + block] {
        fill(
          Stretch(row: y, first: place.columns.lowerBound + columns.lowerBound, count: columns.count),
          Lines(base: line.base + columns.lowerBound))
      } else {
        for channel in 0..<4 {
          (line.channel(channel) + columns.lowerBound).update(repeating: 0, count: columns.count)
        }
      }
      // Beyond its border a picture goes on as it ends.
      let end = place.size.width - place.columns.lowerBound
      for channel in 0..<4 {
        let samples = line.channel(channel)
        if place.columns.lowerBound == 0, columns.lowerBound == 0 {
          for k in 1...TileBlur.margin { samples[-k] = samples[0] }
        }
        if columns.upperBound == end {
          let last = samples[end - 1]
          for k in 0..<2 * TileBlur.margin { samples[end + k] = last }
        }
      }
    }
  }

  private func lay(_ disk: DiskKernel, row: Int, reach: Int, columns: Range<Int>, block: Int) {
    let neighbors = block - 1..<min(TileBlur.blocks, block + 2)
    var isNeeded = false
    for i in row...row + 2 * reach where isUsed(row: i, neighbors) { isNeeded = true }
    guard isNeeded else { return }
    let target = sum(row)
    let pitch = TileBlur.pitch
    disk.taps.withUnsafeBufferPointer { taps in
      disk.rows.withUnsafeBufferPointer { rows in
        var x = columns.lowerBound
        // Two vectors at a time, so that sums need not wait for each other.
        while x < columns.upperBound {
          var (r, g, b, a) = (v8_splat(0), v8_splat(0), v8_splat(0), v8_splat(0))
          var (r2, g2, b2, a2) = (v8_splat(0), v8_splat(0), v8_splat(0), v8_splat(0))
          for i in 0...2 * reach where isUsed(row: row &+ i, neighbors) {
            let start = line(row &+ i).base + x
            for tap in taps[rows[i]] {
              let p = start + tap.x
              let weight = v8_splat(tap.weight)
              r += v8_load(p) * weight
              r2 += v8_load(p + 8) * weight
              g += v8_load(p + pitch) * weight
              g2 += v8_load(p + (pitch &+ 8)) * weight
              b += v8_load(p + 2 &* pitch) * weight
              b2 += v8_load(p + (2 &* pitch &+ 8)) * weight
              a += v8_load(p + 3 &* pitch) * weight
              a2 += v8_load(p + (3 &* pitch &+ 8)) * weight
            }
          }
          TileBlur.lay(r, g, b, a, behind: target, x)
          TileBlur.lay(r2, g2, b2, a2, behind: target, x &+ 8)
          x &+= 16
        }
      }
    }
  }

  @inline(__always)
  private static func lay(_ r: v8f, _ g: v8f, _ b: v8f, _ a: v8f, behind target: Lines, _ x: Int) {
    let share = target.channel(3) + x
    let there = v8_load(share)
    let left = v8_max(v8_splat(1) - there, v8_splat(0))
    let gain = v8_min(left / v8_max(a, v8_splat(1e-9)), v8_splat(1))
    v8_store(share, there + a * gain)
    v8_store(target.channel(0) + x, v8_load(target.channel(0) + x) + r * gain)
    v8_store(target.channel(1) + x, v8_load(target.channel(1) + x) + g * gain)
    v8_store(target.channel(2) + x, v8_load(target.channel(2) + x) + b * gain)
  }

  // MARK: Other scales

  /// Lays a veil of half the resolution behind what is there, enlarged.
  func lay(_ veil: PlaneSamples) {
    forEachEnlarged(veil) { i, lines in
      let target = sum(i)
      for v in 0..<(width + 7) / 8 {
        let x = 8 * v
        TileBlur.lay(
          v8_load(lines.channel(0) + x), v8_load(lines.channel(1) + x), v8_load(lines.channel(2) + x),
          v8_load(lines.channel(3) + x), behind: target, x)
      }
    }
  }

  /// Calls `body` with each row of the tile of what comes from half the resolution, interpolated.
  private func forEachEnlarged(_ veil: PlaneSamples, _ body: (Int, Lines) -> Void) {
    // Memory that sources need only while they are laid.
    let (mixed, wide) = (line(0), line(1))
    let last = veil.height - 1
    // Columns of the veil, counted from that under the tile's first; whole vectors from a multiple of eight.
    let start = place.columns.lowerBound / 2
    let low = max(-TileBlur.margin, -start)
    let high = min(veil.width - start, width / 2 + 2)
    for i in 0..<count {
      let y = place.rows.lowerBound + i
      let near = min(last, y / 2)
      let far = max(0, min(last, y % 2 == 0 ? near - 1 : near + 1))
      for channel in 0..<4 {
        let (a, b) = (veil.row(channel, near) + start, veil.row(channel, far) + start)
        let to = mixed.channel(channel)
        var n = low
        while n < high {
          v8_store(to + n, v8_load(a + n) * 0.75 + v8_load(b + n) * 0.25)
          n += 8
        }
        if low == 0 { to[-1] = to[0] }
        if high == veil.width - start { to[high] = to[high - 1] }
        let out = wide.channel(channel)
        n = 0
        while n < (width + 1) / 2 {
          let here: v8f = v8_load(to + n) * Float(0.75)
          let left: v8f = here + v8_load(to + (n - 1)) * Float(0.25)
          let right: v8f = here + v8_load(to + (n + 1)) * Float(0.25)
          var both = SIMD16<Float>()
          both.evenHalf = left
          both.oddHalf = right
          UnsafeMutableRawPointer(out + 2 * n).storeBytes(of: both, as: SIMD16<Float>.self)
          n += 8
        }
      }
      body(i, wide)
    }
  }

  func write(to veil: PlaneSamples) {
    for i in 0..<count {
      for channel in 0..<4 {
        (veil.row(channel, place.rows.lowerBound + i) + place.columns.lowerBound).update(
          from: sum(i).channel(channel), count: width)
      }
    }
  }

  /// Fills what is missing of a veil.
  func fill(_ veil: PlaneSamples, from coarse: PlaneSamples) {
    forEachEnlarged(coarse) { i, lines in
      let y = place.rows.lowerBound + i
      let first = place.columns.lowerBound
      let share = veil.row(3, y) + first
      let known = lines.channel(3)
      for channel in 0..<3 {
        let (color, from) = (veil.row(channel, y) + first, lines.channel(channel))
        for x in 0..<width {
          // Colors of what is filled in are not dimmed where even the coarser scale knows nothing.
          let missing = max(0, 1 - share[x]) / max(1e-6, known[x])
          color[x] = share[x] < 1 && known[x] > 0 ? color[x] + from[x] * missing : color[x]
        }
      }
      for x in 0..<width { share[x] = share[x] < 1 && known[x] > 0 ? 1 : share[x] }
    }
  }

  /// Lays what is near over what is far, and that over what fills its holes, into a picture.
  static func finish(
    near: TileBlur, far: TileBlur, fill: PlaneSamples?, parts: PlaneSamples, into result: PlaneSamples
  ) {
    let place = far.place
    func finish(_ i: Int, _ filling: Lines?) {
      let y = place.rows.lowerBound + i
      let first = place.columns.lowerBound
      let (front, back) = (near.sum(i), far.sum(i))
      let part = parts.row(0, y) + first
      for v in 0..<(far.width + 7) / 8 {
        let x = 8 * v
        let covered = v8_load(back.channel(3) + x)
        // Behind what is near and blurred, holes are filled from around; elsewhere by more of what is there.
        let isNear = v8_clamp(-v8_load(part + x), 0, 1)
        let known = filling.map { v8_load($0.channel(3) + x) } ?? v8_splat(0)
        let hole = v8_max(v8_splat(1) - covered, v8_splat(0))
        let missing = v8_select(
          v8_less(v8_splat(0), known), v8_max(hole * isNear, v8_splat(1e-5) * hole), v8_splat(0))
        let whole = v8_splat(1) / v8_max(covered + missing, v8_splat(1e-9))
        let left = v8_splat(1) - v8_min(v8_load(front.channel(3) + x), v8_splat(1))
        for channel in 0..<3 {
          var behind = v8_load(back.channel(channel) + x)
          if let filling {
            behind += v8_load(filling.channel(channel) + x) / v8_max(known, v8_splat(1e-6)) * missing
          }
          let value = v8_load(front.channel(channel) + x) + behind * whole * left
          v8_store(result.row(channel, y) + (first &+ x), value)
        }
      }
    }
    if let fill {
      // The far one's parts are all laid: its memory is free.
      far.forEachEnlarged(fill) { finish($0, $1) }
    } else {
      for i in 0..<far.count { finish(i, nil) }
    }
  }
}
