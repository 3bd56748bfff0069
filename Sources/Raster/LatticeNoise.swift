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
    let first = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, pixels))
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
    count = taps
    self.pixels = pixels
    self.first = UnsafePointer(first)
    self.weights = UnsafePointer(weights)
    self.variance = UnsafePointer(variance)
  }

  deinit {
    first.deallocate()
    weights.deallocate()
    variance.deallocate()
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
  private let columns: AreaTaps
  private let fields, taps, rowStride: Int
  /// Floats of a row in the ring. Three fields lie side by side there, four floats to a pixel, so that they share the
  /// weights of its taps.
  private let ringStride: Int
  private let isWoven: Bool
  private let cells, ring, result: UnsafeMutablePointer<Float>
  private let cellStart, cellCount: Int
  private var held: [Int?]

  /// - Parameters:
  ///   - fields: independent noises.
  ///   - taps: lattice rows that one pixel row sees.
  public init(columns: AreaTaps, fields: Int, taps: Int) {
    self.columns = columns
    self.fields = fields
    self.taps = taps
    rowStride = columns.pixels + 8
    isWoven = fields == 3
    ringStride = isWoven ? 4 * rowStride : fields * rowStride
    let last = columns.pixels - 1
    cellStart = columns.pixels > 0 ? Int(columns.first[0]) : 0
    cellCount = (columns.pixels > 0 ? Int(columns.first[last]) - cellStart : 0) + columns.count
    // One lattice row, and if fields are woven, all of them.
    cells = .allocate(capacity: (isWoven ? 5 : 1) * (cellCount + 8))
    cells.update(repeating: 0, count: (isWoven ? 5 : 1) * (cellCount + 8))
    ring = .allocate(capacity: taps * ringStride)
    ring.update(repeating: 0, count: taps * ringStride)
    result = .allocate(capacity: fields * rowStride + ringStride)
    held = Array(repeating: nil, count: taps)
  }

  deinit {
    cells.deallocate()
    ring.deallocate()
    result.deallocate()
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
    let weights = rows.weights + row * taps
    for tap in 0..<taps {
      let j = first + tap
      let slot = ((j % taps) + taps) % taps
      if held[slot] != j {
        let row = ring + slot * ringStride
        if isWoven {
          let woven = cells + cellCount + 8
          for field in 0..<fields {
            make(j, field, cellStart, cellCount, cells)
            for k in 0..<cellCount { woven[4 * k + field] = cells[k] }
          }
          v4_weigh(
            woven, columns.first, Int32(truncatingIfNeeded: cellStart), columns.weights, columns.count,
            columns.pixels, row)
        } else {
          for field in 0..<fields {
            make(j, field, cellStart, cellCount, cells)
            expand(into: row + field * rowStride)
          }
        }
        held[slot] = j
      }
    }
    let sum = isWoven ? result + fields * rowStride : result
    for tap in 0..<taps {
      let slot = (((first + tap) % taps) + taps) % taps
      let w = v8_splat(weights[tap])
      let source = ring + slot * ringStride
      let end = ringStride
      var i = 0
      if tap == 0 {
        while i + 8 <= end {
          v8_store(sum + i, v8_load(source + i) * w)
          i += 8
        }
        while i < end {
          sum[i] = source[i] * w[0]
          i += 1
        }
      } else {
        while i + 8 <= end {
          v8_store(sum + i, v8_load(sum + i) + v8_load(source + i) * w)
          i += 8
        }
        while i < end {
          sum[i] += source[i] * w[0]
          i += 1
        }
      }
    }
    if isWoven {
      for v in 0..<columns.pixels / 8 + 1 {
        let i = 8 * v
        v8_part_three(sum + 4 * i, result + i, result + rowStride + i, result + 2 * rowStride + i)
      }
    }
    return UnsafePointer(result)
  }

  /// The lattice row at the columns' places.
  private func expand(into row: UnsafeMutablePointer<Float>) {
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
