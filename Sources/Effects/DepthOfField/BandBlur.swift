import CVector
import Raster

/// A few rows of a picture that is laid down part by part, the foremost first. For one thread.
///
/// Each part covers by its share of a pixel, and parts share it out: what is behind is seen where those before it leave
/// room. That is right for parts of one surface, which are never behind each other, and for edges, where the share of
/// one part is what the other has lost.
struct BandBlur {
  /// Rows of a band.
  static let height = 32
  /// The farthest that a disk reaches, on its scale, and room for a vector.
  private static let margin = 8
  /// Columns that are left out together where a part has nothing.
  private static let block = 64

  /// Lines of one row: red, green, blue, share.
  struct Lines {
    let base: UnsafeMutablePointer<Float>
    let pitch: Int

    func channel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * pitch }
  }

  private let first, count, width, rows: Int
  private let pitch: Int
  private let sums, source: UnsafeMutablePointer<Float>
  private let isUsed: UnsafeMutablePointer<Bool>
  private let blocks: Int

  init(band: Int, width: Int, rows: Int) {
    first = band * BandBlur.height
    self.width = width
    self.rows = rows
    count = max(0, min(BandBlur.height, rows - first))
    pitch = BandBlur.pitch(width: width)
    let floats = BandBlur.floats(width: width)
    sums = .allocate(capacity: floats)
    sums.initialize(repeating: 0, count: floats)
    source = sums + 4 * BandBlur.height * pitch
    blocks = width / BandBlur.block + 1
    isUsed = .allocate(capacity: (BandBlur.height + 2 * BandBlur.margin) * blocks)
    isUsed.initialize(repeating: false, count: (BandBlur.height + 2 * BandBlur.margin) * blocks)
  }

  func deallocate() {
    sums.deallocate()
    isUsed.deallocate()
  }

  private static func pitch(width: Int) -> Int { (width + 15) / 16 * 16 + 4 * margin }

  private static func floats(width: Int) -> Int {
    4 * (height + height + 2 * margin + 3) * pitch(width: width)
  }

  /// Of the two that a thread has at a time.
  static func bytes(width: Int) -> Int { 2 * (4 * floats(width: width) + width + 4096) }

  private func sum(_ row: Int) -> Lines {
    Lines(base: sums + row * 4 * pitch + BandBlur.margin, pitch: pitch)
  }

  private func line(_ row: Int) -> Lines {
    Lines(base: source + row * 4 * pitch + BandBlur.margin, pitch: pitch)
  }

  // MARK: Laying

  /// Lays a part behind what is there, blurred by a disk. `fill` writes rows of it.
  func lay(_ disk: DiskKernel, fill: (_ y: Int, Lines) -> Void) {
    let reach = min(disk.reach, BandBlur.margin - 1)
    var isEmpty = true
    for i in 0..<count + 2 * reach {
      // Beyond its border a picture goes on as it ends.
      let y = max(0, min(rows - 1, first + i - reach))
      let lines = line(i)
      fill(y, lines)
      for channel in 0..<4 {
        let samples = lines.channel(channel)
        for k in 1...BandBlur.margin { samples[-k] = samples[0] }
        let last = samples[width - 1]
        for k in 0..<2 * BandBlur.margin { samples[width + k] = last }
      }
      let shares = lines.channel(3)
      for block in 0..<blocks {
        let columns = block * BandBlur.block..<min(width, (block + 1) * BandBlur.block)
        var most: Float = 0
        for x in columns { most = max(most, shares[x]) }
        isUsed[i * blocks + block] = most > 0
        if most > 0 { isEmpty = false }
      }
    }
    guard !isEmpty else { return }
    for i in 0..<count {
      for block in 0..<blocks where isNeeded(block, rows: i..<i + 2 * reach + 1) {
        let end = min(width, (block + 1) * BandBlur.block)
        lay(disk.taps, row: i, reach: reach, columns: block * BandBlur.block..<end)
      }
    }
  }

  private func isNeeded(_ block: Int, rows: Range<Int>) -> Bool {
    for row in rows {
      for b in max(0, block - 1)...min(blocks - 1, block + 1) where isUsed[row * blocks + b] { return true }
    }
    return false
  }

  private func lay(_ taps: [DiskKernel.Tap], row: Int, reach: Int, columns: Range<Int>) {
    let target = sum(row)
    let pitch = pitch
    let start = line(row + reach).base
    taps.withUnsafeBufferPointer { taps in
      var x = columns.lowerBound
      while x < columns.upperBound {
        var (r, g, b, a) = (v8_splat(0), v8_splat(0), v8_splat(0), v8_splat(0))
        for tap in taps {
          let p = start + (tap.y &* 4 &* pitch &+ tap.x &+ x)
          r += v8_load(p) * tap.weight
          g += v8_load(p + pitch) * tap.weight
          b += v8_load(p + 2 &* pitch) * tap.weight
          a += v8_load(p + 3 &* pitch) * tap.weight
        }
        BandBlur.lay(r, g, b, a, behind: target, x)
        x &+= 8
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

  /// Lays a veil of half the resolution behind what is there, enlarged.
  func lay(_ veil: LensBlur.Veil) {
    forEachEnlarged(veil) { i, lines in
      for v in 0..<(width + 7) / 8 {
        let x = 8 * v
        BandBlur.lay(
          v8_load(lines.channel(0) + x), v8_load(lines.channel(1) + x), v8_load(lines.channel(2) + x),
          v8_load(lines.channel(3) + x), behind: sum(i), x)
      }
    }
  }

  /// Calls `body` with each row of the band of what comes from half the resolution, interpolated.
  private func forEachEnlarged(_ veil: LensBlur.Veil, _ body: (Int, Lines) -> Void) {
    // Memory that sources need only while they are laid.
    let (mixed, wide) = (line(0), line(1))
    let (columns, last) = (veil.planes[0].width, veil.planes[0].height - 1)
    for i in 0..<count {
      let y = first + i
      let near = min(last, y / 2)
      let far = max(0, min(last, y % 2 == 0 ? near - 1 : near + 1))
      for (channel, plane) in veil.planes.enumerated() {
        let (a, b, to) = (plane.row(near), plane.row(far), mixed.channel(channel))
        for v in 0..<(columns + 7) / 8 {
          v8_store(to + 8 * v, v8_load(a + 8 * v) * 0.75 + v8_load(b + 8 * v) * 0.25)
        }
        to[-1] = to[0]
        to[columns] = to[columns - 1]
        let out = wide.channel(channel)
        for x in 0..<width {
          let n = x / 2
          out[x] = to[n] * 0.75 + to[x % 2 == 0 ? n - 1 : n + 1] * 0.25
        }
      }
      body(i, wide)
    }
  }

  func write(to veil: LensBlur.Veil) {
    for i in 0..<count {
      for (channel, plane) in veil.planes.enumerated() {
        plane.row(first + i).update(from: sum(i).channel(channel), count: width)
      }
    }
  }

  /// Fills what is missing of a veil.
  func fill(_ veil: LensBlur.Veil, from coarse: LensBlur.Veil) {
    forEachEnlarged(coarse) { i, lines in
      let share = veil.planes[3].row(first + i)
      for x in 0..<width {
        // Colors of what is filled in are not dimmed where even the coarser scale knows nothing.
        let missing = max(0, 1 - share[x]) / max(1e-6, lines.channel(3)[x])
        guard share[x] < 1, lines.channel(3)[x] > 0 else { continue }
        for channel in 0..<3 { veil.planes[channel].row(first + i)[x] += lines.channel(channel)[x] * missing }
        share[x] = 1
      }
    }
  }

  /// Lays what is near over what is far, and that over what fills its holes, into a picture.
  static func finish(
    near: BandBlur, far: BandBlur, fill: LensBlur.Veil?, parts: Plane, into result: Framebuffer
  ) {
    func finish(_ i: Int, _ filling: Lines?) {
      let y = far.first + i
      let (front, back) = (near.sum(i), far.sum(i))
      let part = parts.row(y)
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
        for (channel, plane) in result.colorPlanes.enumerated() {
          var behind = v8_load(back.channel(channel) + x)
          if let filling {
            behind += v8_load(filling.channel(channel) + x) / v8_max(known, v8_splat(1e-6)) * missing
          }
          let value = v8_load(front.channel(channel) + x) + behind * whole * left
          v8_store(plane.row(y) + x, value)
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
