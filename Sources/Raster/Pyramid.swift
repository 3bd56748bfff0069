import CVector

/// The directions in which one step of a pyramid halves or doubles the resolution.
package struct PyramidStep: OptionSet, Hashable, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let horizontal = PyramidStep(rawValue: 1)
  package static let vertical = PyramidStep(rawValue: 2)
  package static let both: PyramidStep = [.horizontal, .vertical]
}

/// A few lines of floats side by side in memory, one for each channel.
package struct Lines {
  let base: UnsafeMutablePointer<Float>
  let pitch: Int

  /// The first sample of a channel's line.
  package func channel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * pitch }

  func dropping(_ offset: Int) -> Lines { Lines(base: base + offset, pitch: pitch) }
}

/// One scale of a pyramid: red, green and blue of a part of the picture at a fraction of its resolution.
///
/// Pixel i of a scale covers pixels 2i and 2i + 1 of the scale below, counted from the whole picture's corner:
/// a part of the picture has the very pixels of the whole. Beyond a scale's edge its outermost pixels continue.
///
/// The filters are those of J. Jimenez, "Next Generation Post Processing in Call of Duty: Advanced Warfare"
/// (SIGGRAPH 2014): 13 bilinear taps on the way down, a 3 × 3 tent on the way up. Both sum to one. Going k
/// scales down and up again blurs with a variance of ``variance(halvings:)``, very nearly as a Gaussian does.
package final class PyramidScale: Sendable {
  package static let channels = 3

  /// The pixels that it holds, in pixels of this scale.
  package let rect: PixelRect
  package let planes: [Plane]

  package init(rect: PixelRect) throws(OutOfMemory) {
    self.rect = rect
    planes = [
      try Plane(width: rect.width, height: rect.height),
      try Plane(width: rect.width, height: rect.height),
      try Plane(width: rect.width, height: rect.height),
    ]
  }

  /// The pixels of the scale above that `rect` touches.
  package static func rect(above rect: PixelRect, _ step: PyramidStep) -> PixelRect {
    var r = rect
    if step.contains(.horizontal) { (r.minX, r.maxX) = (r.minX >> 1, (r.maxX + 1) >> 1) }
    if step.contains(.vertical) { (r.minY, r.maxY) = (r.minY >> 1, (r.maxY + 1) >> 1) }
    return r
  }

  /// The bytes that the planes of a scale count for in their pool.
  package static func bytes(of rect: PixelRect) -> Int {
    channels * min(1 << 55, Plane.bytes(width: rect.width, height: rect.height))
  }

  /// The variance, in pixels² of the finest scale, of what going down `halvings` scales and up again does to
  /// a point: 7/4 for each step down and 11/4 for each step up, in pixels² of the finer scale of the step.
  package static func variance(halvings: Int) -> Double {
    1.5 * (Double(sign: .plus, exponent: 2 * halvings, significand: 1) - 1)
  }

  /// How many pixels away a pixel may lie and still count after `halvings` steps down and up again.
  package static func support(halvings: Int) -> Int {
    var reach = 0
    // Up: a pixel takes from two pixels of the scale above on either side. Down: from two before, three behind.
    for _ in 0..<halvings { reach = (reach + 1) / 2 + 2 }
    for _ in 0..<halvings { reach = 2 * reach + 3 }
    return reach
  }

  // MARK: Down

  /// Fills this scale with the reduced `source`.
  package func reduce(_ source: PyramidScale, _ step: PyramidStep, workers: Workers) {
    reduce(step, rect: source.rect, workers: workers) { y, lines in
      for (channel, plane) in source.planes.enumerated() {
        lines.channel(channel).update(from: plane.row(y - source.rect.minY), count: source.rect.width)
      }
    }
  }

  /// Fills this scale with the reduction of rows that are computed as they are needed.
  ///
  /// `fill` is told a row of the source and lines to fill; it may overrun their end by up to 15 samples.
  package func reduce(
    _ step: PyramidStep, rect source: PixelRect, workers: Workers, fill: @Sendable (_ y: Int, Lines) -> Void
  ) {
    guard !source.isEmpty, !rect.isEmpty else { return }
    let across = step.contains(.horizontal)
    // A band needs four rows of its neighbors: higher bands than usual waste less.
    workers.bands(rows: rect.height, width: max(1, rect.width / 2)) { band in
      var reducer = Reducer(source: source, target: rect, across: across)
      defer { reducer.deallocate() }
      for i in band {
        if step.contains(.vertical) {
          reducer.prepare(rowsFor: rect.minY + i, fill)
          reducer.combineRows(rect.minY + i, into: self, at: i)
        } else {
          reducer.prepare(row: rect.minY + i, fill)
          reducer.copyRow(rect.minY + i, into: self, at: i)
        }
      }
    }
  }

  // MARK: Up

  /// Enlarges this scale by `step` to the pixels of `target` and multiplies each channel by its `gains`.
  ///
  /// `emit` is given each row of `target` in turn, from many threads; its lines may be read up to 15 samples
  /// beyond their end.
  package func enlarge(
    _ step: PyramidStep, to target: PixelRect, gains: SIMD3<Float>, workers: Workers,
    emit: @Sendable (_ y: Int, Lines) -> Void
  ) {
    guard !target.isEmpty, !rect.isEmpty else { return }
    let across = step.contains(.horizontal)
    workers.bands(rows: target.height, width: target.width) { band in
      let enlarger = Enlarger(source: self, target: target, across: across)
      defer { enlarger.deallocate() }
      for i in band {
        let y = target.minY + i
        enlarger.combineRows(y, doubling: step.contains(.vertical), gains: gains)
        emit(y, enlarger.finishedRow())
      }
    }
  }

  /// Adds `coarse`, enlarged and times `gains`, to this scale times `ownGains`, channel by channel.
  package func add(
    _ coarse: PyramidScale, _ step: PyramidStep, gains: SIMD3<Float>, ownGains: SIMD3<Float>,
    workers: Workers
  ) {
    coarse.enlarge(step, to: rect, gains: gains, workers: workers) { y, lines in
      let vectors = (self.rect.width + 7) / 8
      for (channel, plane) in self.planes.enumerated() {
        let ownGain = ownGains[channel]
        let row = plane.row(y - self.rect.minY)
        let line = lines.channel(channel)
        for i in 0..<vectors {
          v8_store(row + 8 * i, v8_load(row + 8 * i) * ownGain + v8_load(line + 8 * i))
        }
      }
    }
  }
}

/// Rows on their way down: each is reduced across once and kept until the last row that needs it is done.
private struct Reducer {
  private let source, target: PixelRect
  private let across: Bool
  /// Vectors of eight samples in a reduced row.
  private let vectors: Int
  private let linePitch, rowPitch: Int
  private let memory: UnsafeMutablePointer<Float>
  private let ring: UnsafeMutablePointer<Float>
  /// The source rows that the ring holds.
  private var held = 0..<0

  private static let slots = 6
  /// Sums over the inner four and, by weight, over all six neighbors: the two products the filter consists of.
  private static let sums = 2

  init(source: PixelRect, target: PixelRect, across: Bool) {
    self.source = source
    self.target = target
    self.across = across
    vectors = (target.width + 7) / 8
    linePitch = max(16 * vectors, source.width) + 64
    rowPitch = 8 * vectors
    let channels = PyramidScale.channels
    let floats = channels * linePitch + Reducer.slots * Reducer.sums * channels * rowPitch
    memory = .allocate(capacity: floats)
    memory.update(repeating: 0, count: floats)
    ring = memory + channels * linePitch
  }

  func deallocate() { memory.deallocate() }

  private func reduced(_ row: Int, sum: Int, channel: Int) -> UnsafeMutablePointer<Float> {
    let slot = ((row % Reducer.slots) + Reducer.slots) % Reducer.slots
    return ring + ((slot * Reducer.sums + sum) * PyramidScale.channels + channel) * rowPitch
  }

  mutating func prepare(rowsFor row: Int, _ fill: (Int, Lines) -> Void) {
    let needed = 2 * row - 2..<2 * row + 4
    for y in needed where !held.contains(y) { prepare(row: y, fill) }
    held = needed
  }

  /// Reduces source row `y`, or the nearest there is, across.
  func prepare(row y: Int, _ fill: (Int, Lines) -> Void) {
    let lines = Lines(base: memory, pitch: linePitch)
    let clamped = min(max(y, source.minY), source.maxY - 1)
    // Sample 0 of a line is two pixels before the first pair of the target, unless rows are only combined.
    let head = across ? source.minX - 2 * target.minX + 2 : 0
    fill(clamped, lines.dropping(head))
    for channel in 0..<PyramidScale.channels {
      let line = lines.channel(channel)
      for i in 0..<head { line[i] = line[head] }
      let end = head + source.width
      let last = line[end - 1]
      for i in end..<linePitch { line[i] = last }
      let inner = reduced(y, sum: 0, channel: channel)
      let outer = reduced(y, sum: 1, channel: channel)
      if across {
        for v in 0..<vectors {
          let a = line.pairs(at: 16 * v)
          let b = line.pairs(at: 16 * v + 2)
          let c = line.pairs(at: 16 * v + 4)
          let middle = b.even + b.odd
          v8_store(inner + 8 * v, middle + (a.odd + c.even))
          v8_store(outer + 8 * v, (middle + middle) + ((a.even + a.odd) + (c.even + c.odd)))
        }
      } else {
        inner.update(from: line, count: rowPitch)
      }
    }
  }

  /// The reduced rows around row `row` of the target, combined.
  func combineRows(_ row: Int, into scale: PyramidScale, at index: Int) {
    let first = 2 * row - 2
    // Weights by Jimenez: half the light from the inner box, half from the outer ones.
    let innerGain: Float = across ? 1 / 32 : 1 / 8
    let outerGain: Float = across ? 1 / 128 : 1 / 16
    for channel in 0..<PyramidScale.channels {
      let target = scale.planes[channel].row(index)
      let a1 = reduced(first + 1, sum: 0, channel: channel)
      let a2 = reduced(first + 2, sum: 0, channel: channel)
      let a3 = reduced(first + 3, sum: 0, channel: channel)
      let a4 = reduced(first + 4, sum: 0, channel: channel)
      let outer = across ? 1 : 0
      let b0 = reduced(first, sum: outer, channel: channel)
      let b1 = reduced(first + 1, sum: outer, channel: channel)
      let b2 = reduced(first + 2, sum: outer, channel: channel)
      let b3 = reduced(first + 3, sum: outer, channel: channel)
      let b4 = reduced(first + 4, sum: outer, channel: channel)
      let b5 = reduced(first + 5, sum: outer, channel: channel)
      for v in 0..<vectors {
        let i = 8 * v
        let inner = (v8_load(a2 + i) + v8_load(a3 + i)) + (v8_load(a1 + i) + v8_load(a4 + i))
        let middle = v8_load(b2 + i) + v8_load(b3 + i)
        let edges = (v8_load(b0 + i) + v8_load(b1 + i)) + (v8_load(b4 + i) + v8_load(b5 + i))
        v8_store(target + i, inner * innerGain + ((middle + middle) + edges) * outerGain)
      }
    }
  }

  /// Row `row`, which was only reduced across.
  func copyRow(_ row: Int, into scale: PyramidScale, at index: Int) {
    for channel in 0..<PyramidScale.channels {
      let target = scale.planes[channel].row(index)
      let inner = reduced(row, sum: 0, channel: channel)
      let outer = reduced(row, sum: 1, channel: channel)
      for v in 0..<vectors {
        let i = 8 * v
        v8_store(target + i, v8_load(inner + i) * Float(0.125) + v8_load(outer + i) * Float(0.0625))
      }
    }
  }
}

/// Rows on their way up: rows are combined first, while they are short, then enlarged across.
private struct Enlarger {
  private let source: PyramidScale
  private let target: PixelRect
  private let across: Bool
  private let memory: UnsafeMutablePointer<Float>
  private let columnPitch, linePitch: Int

  /// Samples before the first column, so that its neighbors can be read; a whole vector.
  private static let margin = 8

  init(source: PyramidScale, target: PixelRect, across: Bool) {
    self.source = source
    self.target = target
    self.across = across
    columnPitch = (source.rect.width + 7) / 8 * 8 + 2 * Enlarger.margin + 16
    linePitch = 2 * columnPitch + 32
    let floats = PyramidScale.channels * (columnPitch + linePitch)
    memory = .allocate(capacity: floats)
    memory.update(repeating: 0, count: floats)
  }

  func deallocate() { memory.deallocate() }

  private func column(_ channel: Int) -> UnsafeMutablePointer<Float> { memory + channel * columnPitch }

  /// Combines the rows of the source that row `y` of the target consists of.
  func combineRows(_ y: Int, doubling: Bool, gains: SIMD3<Float>) {
    let rect = source.rect
    func row(_ plane: Plane, _ y: Int) -> UnsafeMutablePointer<Float> {
      plane.row(min(max(y, rect.minY), rect.maxY - 1) - rect.minY)
    }
    let vectors = (rect.width + 7) / 8
    for channel in 0..<PyramidScale.channels {
      let plane = source.planes[channel]
      let gain = gains[channel]
      let line = column(channel) + Enlarger.margin
      if doubling {
        // Linear interpolation between rows, smoothed by a tent one row of the source wide to either side.
        let i = y >> 1
        let isOdd = y & 1 != 0
        let first = isOdd ? i - 1 : i - 2
        let k = gain / 16
        let (k0, k1, k2, k3) = isOdd ? (3 * k, 7 * k, 5 * k, k) : (k, 5 * k, 7 * k, 3 * k)
        let r0 = row(plane, first)
        let r1 = row(plane, first + 1)
        let r2 = row(plane, first + 2)
        let r3 = row(plane, first + 3)
        for v in 0..<vectors {
          let j = 8 * v
          let near = v8_load(r1 + j) * k1 + v8_load(r2 + j) * k2
          let far = v8_load(r0 + j) * k0 + v8_load(r3 + j) * k3
          v8_store(line + j, near + far)
        }
      } else {
        let r = row(plane, y)
        for v in 0..<vectors { v8_store(line + 8 * v, v8_load(r + 8 * v) * gain) }
      }
      for i in 1...Enlarger.margin { line[-i] = line[0] }
      let last = line[rect.width - 1]
      for i in rect.width..<rect.width + Enlarger.margin + 8 { line[i] = last }
    }
  }

  /// The combined rows enlarged across; sample 0 is the target's first pixel.
  func finishedRow() -> Lines {
    let rect = source.rect
    guard across else {
      return Lines(base: memory + Enlarger.margin + (target.minX - rect.minX), pitch: columnPitch)
    }
    let lines = Lines(base: memory + PyramidScale.channels * columnPitch, pitch: linePitch)
    let vectors = (rect.width + 7) / 8
    for channel in 0..<PyramidScale.channels {
      let from = column(channel) + Enlarger.margin
      let to = lines.channel(channel)
      for v in 0..<vectors {
        let c = from + 8 * v
        let a = v8_load(c - 2)
        let b = v8_load(c - 1)
        let m = v8_load(c)
        let d = v8_load(c + 1)
        let e = v8_load(c + 2)
        let m7 = m * Float(0.4375)
        to.storePairs(
          at: 16 * v,
          even: (b * Float(0.3125) + m7) + (a * Float(0.0625) + d * Float(0.1875)),
          odd: (d * Float(0.3125) + m7) + (e * Float(0.0625) + b * Float(0.1875)))
      }
    }
    return lines.dropping(target.minX - 2 * rect.minX)
  }
}

extension UnsafeMutablePointer<Float> {
  /// Sixteen samples, sorted by whether their distance from `index` is even or odd.
  @inline(__always)
  fileprivate func pairs(at index: Int) -> (even: v8f, odd: v8f) {
    let v = UnsafeRawPointer(self + index).loadUnaligned(as: SIMD16<Float>.self)
    return (v.evenHalf, v.oddHalf)
  }

  @inline(__always)
  fileprivate func storePairs(at index: Int, even: v8f, odd: v8f) {
    var v = SIMD16<Float>()
    v.evenHalf = even
    v.oddHalf = odd
    UnsafeMutableRawPointer(self + index).storeBytes(of: v, as: SIMD16<Float>.self)
  }
}
