import CVector

/// How the pixels of a row or column see a lattice of random values: smooth between lattice points (cubic
/// B-spline), averaged over each pixel's own extent.
///
/// A pixel's taps depend on its number in the whole picture only, so parts come out as in the whole. Nothing
/// changes after the initializer: threads may share it.
public final class AreaTaps: @unchecked Sendable {
  /// Taps of every pixel; those that do not count have weight 0.
  public let count: Int
  public let pixels: Int
  /// The mean variance of the weights over all places between two lattice points, for small pixels.
  public static let meanVariance = 151.0 / 315
  /// The first lattice index of each pixel.
  public let first: UnsafePointer<Int32>
  /// `count` weights for each pixel, which add up to 1.
  public let weights: UnsafePointer<Float>
  /// The weights once more, in blocks of eight pixels, tap after tap; nil if the pixels of a block do not begin close enough
  /// to each other for ``v8_expand``.
  let blocks: UnsafePointer<Float>?
  /// Whether those of any block begin farther from each other than seven lattice points.
  let hasWideBlocks: Bool
  /// Variance of what each pixel gets from uncorrelated lattice values of variance 1; 8 readable floats beyond.
  public let variance: UnsafePointer<Float>

  /// - Parameters:
  ///   - range: pixels of the whole picture.
  ///   - origin: the place of lattice coordinate 0, pixels.
  ///   - cell: distance of lattice points, pixels; at least 1/4096.
  public init(_ range: Range<Int>, origin: Double, cell: Double) {
    let cell = max(1.0 / 4096, cell)
    let pixels = range.count
    let reach = 1 / cell
    let taps = Int(reach.rounded(.up)) + 4
    let first = UnsafeMutablePointer<Int32>.allocate(capacity: pixels + 8)
    first.update(repeating: 0, count: pixels + 8)
    let weights = UnsafeMutablePointer<Float>.allocate(capacity: max(1, pixels * taps))
    let variance = UnsafeMutablePointer<Float>.allocate(capacity: pixels + 8)
    variance.update(repeating: 0, count: pixels + 8)
    for (i, pixel) in range.enumerated() {
      let low = (Double(pixel) - origin) / cell
      let high = (Double(pixel + 1) - origin) / cell
      let start = (low - 2).rounded(.down) + 1
      first[i] = Int32(max(-2e9, min(2e9, start)))
      var sum = 0.0
      for tap in 0..<taps {
        let at = start + Double(tap)
        let weight =
          (AreaTaps.integral(high - at) - AreaTaps.integral(low - at)) / (high - low)
        weights[i * taps + tap] = Float(weight)
        sum += weight * weight
      }
      variance[i] = Float(sum)
    }
    for i in pixels..<pixels + 8 { first[i] = pixels > 0 ? first[pixels - 1] : 0 }
    count = taps
    self.pixels = pixels
    let widest = stride(from: 0, to: pixels, by: 8).map { first[$0 + 7] &- first[$0] }.max() ?? 0
    blocks = widest < 16 ? AreaTaps.blocks(weights, taps: taps, pixels: pixels) : nil
    hasWideBlocks = widest > 7
    self.first = UnsafePointer(first)
    self.weights = UnsafePointer(weights)
    self.variance = UnsafePointer(variance)
  }

  deinit {
    first.deallocate()
    weights.deallocate()
    blocks?.deallocate()
    variance.deallocate()
  }

  private static func blocks(
    _ weights: UnsafeMutablePointer<Float>, taps: Int, pixels: Int
  ) -> UnsafePointer<Float> {
    let room = (pixels + 7) / 8 * 8 * taps
    let blocks = UnsafeMutablePointer<Float>.allocate(capacity: max(1, room))
    blocks.update(repeating: 0, count: max(1, room))
    for i in 0..<pixels {
      for tap in 0..<taps { blocks[(i / 8 * taps + tap) * 8 + i % 8] = weights[i * taps + tap] }
    }
    return UnsafePointer(blocks)
  }

  /// Integral of the cubic B-spline from −∞ to x.
  static func integral(_ x: Double) -> Double {
    let a = min(2, abs(x))
    let b = 2 - a
    // From a to 2, and for the inner pieces from a to 1 beside it.
    let tail =
      a >= 1 ? b * b * b * b / 24 : 0.5 - a * (2.0 / 3) + a * a * a / 3 - a * a * a * a / 8
    return x > 0 ? 1 - tail : tail
  }
}

/// Random numbers on a lattice, brought to the columns of a picture and kept for a few lattice rows at a time.
/// For one thread.
public final class LatticeStrip {
  /// What each field gets of all of them. What is mixed at the lattice's points is mixed between them as well, and
  /// there are fewer points than pixels.
  public struct Mixing: Hashable, Sendable {
    let own, other: Float

    /// - Parameters:
    ///   - own: the weight of a field's own values.
    ///   - other: that of the values of each of the others.
    public init(own: Float, other: Float) { (self.own, self.other) = (own, other) }
  }

  private let columns: AreaTaps
  private let fields, taps, rowStride: Int
  private let mixing: Mixing?
  /// Lattice rows, one for each field; behind them, what they need to be woven.
  private let cells: UnsafeMutablePointer<Float>
  private let ring, result: UnsafeMutablePointer<Float>
  private let sources: UnsafeMutablePointer<UnsafePointer<Float>?>
  private let cellStart, cellCount: Int
  /// Floats from one of the rows in ``cells`` to the next: eight at a time are made, 16 looked at.
  private let pitch: Int
  private var held: [Int?]

  /// - Parameters:
  ///   - fields: independent noises.
  ///   - taps: lattice rows that one pixel row sees.
  ///   - mixing: how the fields are mixed; nil if they are not.
  public init(columns: AreaTaps, fields: Int, taps: Int, mixing: Mixing? = nil) {
    self.columns = columns
    self.fields = fields
    self.taps = taps
    self.mixing = mixing
    rowStride = columns.pixels / 8 * 8 + 8
    let last = columns.pixels - 1
    cellStart = columns.pixels > 0 ? Int(columns.first[0]) : 0
    cellCount = (columns.pixels > 0 ? Int(columns.first[last]) - cellStart : 0) + columns.count
    pitch = cellCount + 16
    let room = (fields + 4) * pitch + 4 * rowStride
    cells = .allocate(capacity: room)
    cells.update(repeating: 0, count: room)
    ring = .allocate(capacity: taps * fields * rowStride)
    ring.update(repeating: 0, count: taps * fields * rowStride)
    result = .allocate(capacity: fields * rowStride)
    sources = .allocate(capacity: taps)
    sources.update(repeating: nil, count: taps)
    held = Array(repeating: nil, count: taps)
  }

  deinit {
    cells.deallocate()
    ring.deallocate()
    result.deallocate()
    sources.deallocate()
  }

  /// Bytes that an object takes for `pixels` columns and as many taps in either direction.
  public static func bytes(pixels: Int, fields: Int, taps: Int) -> Int {
    // The ring and the sum; lattice rows, with as many points to a pixel as there are taps beyond three; what is woven.
    (pixels + 16) * 4 * ((taps + 1) * fields + (fields + 4) * (taps - 3) + 4)
  }

  /// Floats from one field to the next in what ``combine(_:row:seeds:)`` gives.
  public var fieldStride: Int { rowStride }

  /// The noise of pixel row `row` of `rows`: all fields one behind the other, valid until the next call.
  public func combine(_ rows: AreaTaps, row: Int, seeds: [UInt32]) -> UnsafePointer<Float> {
    combine(rows, row: row) { j, field, start, count, cells in
      LatticeNoise.row(j, from: start, count: count, seed: seeds[field], into: cells)
    }
  }

  /// Pixel row `row` of `rows` as it sees other lattice rows: `make` fills one of them, given its number, the field,
  /// and the lattice columns. It may overrun them by 7 floats.
  public func combine(
    _ rows: AreaTaps, row: Int,
    make: (_ j: Int, _ field: Int, _ start: Int, _ count: Int, _ cells: UnsafeMutablePointer<Float>) -> Void
  ) -> UnsafePointer<Float> {
    let first = Int(rows.first[row])
    let length = fields * rowStride
    for tap in 0..<taps {
      let j = first + tap
      let slot = ((j % taps) + taps) % taps
      let row = ring + slot * length
      if held[slot] != j {
        for field in 0..<fields { make(j, field, cellStart, cellCount, cells + field * pitch) }
        mix()
        expand(into: row)
        held[slot] = j
      }
      sources[tap] = UnsafePointer(row)
    }
    v8_combine(sources, rows.weights + row * taps, taps, length, result)
    return UnsafePointer(result)
  }

  private func mix() {
    guard let mixing else { return }
    let extra = mixing.own - mixing.other
    for v in 0..<cellCount / 8 + 1 {
      let cell = cells + 8 * v
      var sum = v8_load(cell)
      for field in 1..<max(1, fields) { sum += v8_load(cell + field * pitch) }
      sum *= mixing.other
      for field in 0..<fields {
        v8_store(cell + field * pitch, v8_load(cell + field * pitch) * extra + sum)
      }
    }
  }

  /// The lattice rows of all fields at the columns' places.
  private func expand(into row: UnsafeMutablePointer<Float>) {
    if let blocks = columns.blocks {
      for field in 0..<fields {
        v8_expand(
          cells + (field * pitch - cellStart), columns.first, blocks, columns.count, columns.pixels,
          columns.hasWideBlocks, row + field * rowStride)
      }
    } else if fields == 3 {
      // Side by side, four floats to a pixel, they share the weights of its taps.
      let woven = cells + fields * pitch
      let wide = woven + 4 * pitch
      for field in 0..<fields {
        let from = cells + field * pitch
        for k in 0..<cellCount { woven[4 * k + field] = from[k] }
      }
      v4_weigh(
        woven, columns.first, Int32(truncatingIfNeeded: cellStart), columns.weights, columns.count,
        columns.pixels, wide)
      for v in 0..<rowStride / 8 {
        let i = 8 * v
        v8_part_three(wide + 4 * i, row + i, row + rowStride + i, row + 2 * rowStride + i)
      }
    } else {
      for field in 0..<fields { expand(cells + field * pitch, into: row + field * rowStride) }
    }
  }

  private func expand(_ cells: UnsafePointer<Float>, into row: UnsafeMutablePointer<Float>) {
    let taps = columns.count
    var weights = columns.weights
    for x in 0..<columns.pixels {
      let source = cells + (Int(columns.first[x]) - cellStart)
      var sum = source[0] * weights[0]
      for tap in 1..<taps { sum += source[tap] * weights[tap] }
      row[x] = sum
      weights += taps
    }
  }
}

/// Random numbers of mean 0 and variance 1 at the points of a lattice, a function of place and seed.
public enum LatticeNoise {
  /// Values of row `j` at columns `start ..< start + count`, about normal (the sum of four uniform bytes, which
  /// never exceeds 3.45 deviations). Up to 7 floats beyond `count` are written too.
  public static func row(
    _ j: Int, from start: Int, count: Int, seed: UInt32, into out: UnsafeMutablePointer<Float>
  ) {
    let key = latticeHash(Int32(truncatingIfNeeded: j), 0x51ed, seed)
    let lanes = v8u(0, 1, 2, 3, 4, 5, 6, 7)
    let scale: Float = 1 / 147.7994  // sqrt(4 (256² − 1) / 12)
    var i = 0
    while i < count {
      let x = lanes &+ UInt32(truncatingIfNeeded: start + i)
      let h = v8_hash((x &* 0x9e37_79b1) ^ key)
      let pairs = (h & 0x00ff_00ff) &+ ((h &>> 8) & 0x00ff_00ff)
      let sum = (pairs & 0xffff) &+ (pairs &>> 16)
      v8_store(out + i, (v8_to_float(unsafeBitCast(sum, to: v8i.self)) - 510) * scale)
      i += 8
    }
  }
}
