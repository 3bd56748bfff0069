import CVector
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How an emulsion scatters light: a narrow Gaussian, as weights of pixels to either side.
struct Scatter: Sendable {
  /// Of the pixels at 1, 2 … to either side; what is left is that of the pixel itself.
  let weights: [Float]

  /// Deviations that are not worth a look at the neighbors, and that no film has.
  private static let least = 0.25, most = 5.0

  /// - Parameter sigma: deviation, pixels. nil if it is too small to be seen.
  init?(sigma: Double) {
    guard sigma >= Scatter.least else { return nil }
    let variance = min(Scatter.most, sigma) * min(Scatter.most, sigma)
    guard variance > 0.3 else {
      // Three taps have the variance of so narrow a Gaussian exactly.
      weights = [Float(variance / 2)]
      return
    }
    let reach = Int((2.3 * variance.squareRoot()).rounded(.up))
    let taps = (0...reach).map { exp(-0.5 * Double($0 * $0) / variance) }
    let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    weights = taps.dropFirst().map { Float($0 / sum) }
  }

  var reach: Int { weights.count }

  func bytes(_ region: PixelRect, strip: Int, workers: Workers) -> Int {
    let strips = (region.height + strip - 1) / max(1, strip)
    let kept = 4 * Plane.bytes(width: region.width, height: 2 * reach * strips)
    return kept + workers.count * (4 * (reach + 1) + 1) * (region.width + 2 * reach + 32) * 4
  }
}

/// A frame whose rows are to be softened in place, strip by strip, by several threads: what strips need of each other is
/// put aside first.
struct ScatteredFrame: Sendable {
  fileprivate let frame: Framebuffer
  fileprivate let scatter: Scatter
  /// The rows above and below each strip, as they were; those of the frame's edges repeat.
  fileprivate let kept: [Plane]
  fileprivate let isOpaque: [Bool]
  fileprivate let height: Int

  init(_ frame: Framebuffer, _ scatter: Scatter, strip: Int, workers: Workers) throws(OutOfMemory) {
    self.frame = frame
    self.scatter = scatter
    height = strip
    let (region, reach) = (frame.region, scatter.reach)
    let strips = (region.height + strip - 1) / strip
    var planes: [Plane] = []
    for _ in 0..<4 { planes.append(try Plane(width: region.width, height: 2 * reach * strips)) }
    let kept = planes
    self.kept = kept
    workers.each(strips) { job in
      for n in 0..<reach {
        let above = max(0, job * strip - reach + n)
        let below = min(region.height - 1, (job + 1) * strip + n)
        for (from, to) in zip(frame.planes, kept) {
          to.row(2 * reach * job + n).update(from: from.row(above), count: region.width)
          to.row(2 * reach * job + reach + n).update(from: from.row(below), count: region.width)
        }
      }
    }
    var isOpaque = [Bool](repeating: false, count: region.height)
    isOpaque.withUnsafeMutableBufferPointer { flags in
      // Every row has a flag of its own.
      nonisolated(unsafe) let flags = flags
      workers.bands(rows: region.height, width: region.width) { rows in
        for i in rows { flags[i] = frame.row(region.minY + i).isOpaque() }
      }
    }
    self.isOpaque = isOpaque
  }

  func strip(_ number: Int) -> ScatteredStrip { ScatteredStrip(self, number) }
}

/// One strip of a ``ScatteredFrame``, whose rows are asked for in turn. For one thread.
final class ScatteredStrip {
  private let frame: ScatteredFrame
  private let number, width, pitch: Int
  /// The last rows as they were, by row number, and a line with its margins.
  private let ring, line: UnsafeMutablePointer<Float>
  private let weights: UnsafeMutablePointer<Float>
  private let reach: Int

  fileprivate init(_ frame: ScatteredFrame, _ number: Int) {
    self.frame = frame
    self.number = number
    width = frame.frame.width
    let reach = frame.scatter.reach
    pitch = (width + 7) / 8 * 8 + 8
    self.reach = reach
    weights = .allocate(capacity: max(1, reach))
    weights.initialize(from: frame.scatter.weights, count: reach)
    ring = .allocate(capacity: 4 * (reach + 1) * pitch)
    ring.initialize(repeating: 0, count: 4 * (reach + 1) * pitch)
    line = .allocate(capacity: pitch + 2 * reach + 16)
    line.initialize(repeating: 0, count: pitch + 2 * reach + 16)
  }

  deinit {
    ring.deallocate()
    line.deallocate()
    weights.deallocate()
  }

  /// Softens `row`, the frame's row `i` counted from its first.
  func soften(_ row: Row, _ i: Int) {
    let reach = self.reach
    let weights = self.weights
    let height = frame.frame.height
    let first = number * frame.height
    let end = min(height, first + frame.height)
    let slots = reach + 1
    let isOpaque = (max(0, i - reach)...min(height - 1, i + reach)).allSatisfy { frame.isOpaque[$0] }
    let planes = [row.red, row.green, row.blue, row.alpha]
    for channel in 0..<4 {
      let own = ring + (channel * slots + i % slots) * pitch
      own.update(from: planes[channel], count: width)
      if channel == 3 && isOpaque { continue }
      func before(_ y: Int) -> UnsafeMutablePointer<Float> {
        if y < first { return frame.kept[channel].row(2 * reach * number + max(0, y - first + reach)) }
        if y >= end { return frame.kept[channel].row(2 * reach * number + reach + min(reach - 1, y - end)) }
        if y <= i { return ring + (channel * slots + y % slots) * pitch }
        return frame.frame.planes[channel].row(y)
      }
      let middle = line + reach
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: 2 * reach) { rows in
        for k in 1...reach {
          rows[2 * k - 2] = before(max(0, i - k))
          rows[2 * k - 1] = before(min(height - 1, i + k))
        }
        for v in 0..<(width + 7) / 8 {
          let at = 8 * v
          let c = ScatteredStrip.bounded(v8_load(own + at))
          var sum = c
          // Differences: where all is even it stays exactly as it is.
          for k in 0..<reach {
            let (above, below) = (v8_load(rows[2 * k] + at), v8_load(rows[2 * k + 1] + at))
            sum += (ScatteredStrip.bounded(above) + ScatteredStrip.bounded(below) - (c + c)) * weights[k]
          }
          v8_store(middle + at, sum)
        }
      }
      for k in 1...reach {
        middle[-k] = middle[0]
      }
      let last = middle[width - 1]
      for k in width..<width + reach + 8 { middle[k] = last }
      let out = planes[channel]
      var at = 0
      while at < width {
        let c = v8_load(middle + at)
        var sum = c
        for k in 1...reach {
          sum += (v8_load(middle + at - k) + v8_load(middle + at + k) - (c + c)) * weights[k - 1]
        }
        if at + 8 <= width {
          v8_store(out + at, sum)
        } else {
          store(sum, out + at, width - at)
        }
        at += 8
      }
    }
  }

  @inline(__always)
  private static func bounded(_ v: v8f) -> v8f { v8_clamp(v, -1e30, 1e30) }
}
