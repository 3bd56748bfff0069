import CVector

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A sum of Gaussians of any widths, whose cost does not grow with them.
///
/// Down a pyramid until the narrowest Gaussian is a few pixels wide, there a filter of just the variance that is
/// missing, and up again. Ways down and up have a variance of their own (``PyramidScale/variance(halvings:)``), so
/// the whole is a Gaussian of the width asked for, to about one part in a hundred of its peak. Terms may be negative: a
/// wide Gaussian less a narrow one is a ring.
package struct GaussianBlur: Sendable {
  /// One Gaussian of the sum.
  package struct Term: Hashable, Sendable {
    /// Standard deviation, pixels.
    package var sigma: Double
    /// What it sums to, for red, green and blue.
    package var gains: SIMD3<Float>

    package init(sigma: Double, gains: SIMD3<Float> = SIMD3(repeating: 1)) {
      self.sigma = max(0, min(1e6, sigma))
      self.gains = gains
    }
  }

  /// A Gaussian on the scale where it is applied: the middle weight and those to one side of it.
  struct Kernel: Sendable {
    let weights: [Float]
    let gains: SIMD3<Float>
    var reach: Int { weights.count - 1 }

    /// - Parameter variance: in pixels² of the scale.
    init(variance: Double, gains: SIMD3<Float>) {
      self.gains = gains
      guard variance > 0.3 else {
        // Sampling would miss the variance of so narrow a Gaussian; three taps have it exactly.
        let side = Float(max(0, variance) / 2)
        weights = side > 0 ? [1 - 2 * side, side] : [1]
        return
      }
      let reach = max(1, min(GaussianBlur.mostTaps, Int((3.6 * variance.squareRoot()).rounded(.up))))
      let taps = (0...reach).map { exp(-0.5 * Double($0 * $0) / variance) }
      let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
      weights = taps.map { Float($0 / sum) }
    }
  }

  /// What a term that is far wider than the narrowest is cut off at, so that cost is bounded.
  private static let mostTaps = 512

  /// Steps down the pyramid.
  package let halvings: Int
  private let kernels: [Kernel]

  /// - Parameter size: the larger side of the picture in pixels, which bounds how far down it pays to go.
  package init(_ terms: [Term], size: Int) {
    let narrowest = terms.map { $0.sigma }.min() ?? 0
    // What the pyramid does must leave something to the filter: 5/2 of its 3/2 pixels² of variance.
    let limit = Int.bitWidth - max(1, size).leadingZeroBitCount
    var count = 0
    while count < limit, narrowest * narrowest >= 2.4 * GaussianBlur.area(count + 1) { count += 1 }
    halvings = count
    let own = PyramidScale.variance(halvings: count)
    kernels = terms.map {
      // Wider than the picture is as good as even.
      let sigma = min($0.sigma, 4 * Double(max(1, size)))
      return Kernel(
        variance: (sigma * sigma - own) / GaussianBlur.area(count), gains: $0.gains)
    }
  }

  /// Pixels of the picture in a pixel of a scale.
  private static func area(_ halvings: Int) -> Double {
    Double(sign: .plus, exponent: 2 * halvings, significand: 1)
  }

  /// How many pixels away a pixel may lie and still count.
  package var support: Int {
    let taps = kernels.map { $0.reach }.max() ?? 0
    return PyramidScale.support(halvings: halvings) + (taps + 1) << halvings
  }

  /// Parts must begin at multiples of this, so that scales lie as in the whole picture.
  package var alignment: Int { 1 << halvings }

  private func rects(for region: PixelRect) -> [PixelRect] {
    var rects = [region]
    for i in 0..<halvings { rects.append(PyramidScale.rect(above: rects[i], .both)) }
    return rects
  }

  /// The bytes of the planes that are held at once.
  package func scratchBytes(for region: PixelRect) -> Int {
    let rects = rects(for: region)
    let scales = (halvings == 0 ? rects : Array(rects.dropFirst())).reduce(0) {
      $0 + PyramidScale.bytes(of: $1)
    }
    return scales + PyramidScale.bytes(of: rects[halvings])
  }

  /// Blurs rows that `fill` makes, and hands the results to `emit` in turn, from many threads.
  ///
  /// Lines may be read and written up to 15 samples beyond their end. All rows have been filled, some more than once,
  /// before the first is emitted.
  package func apply(
    to region: PixelRect, workers: Workers, fill: @Sendable (_ y: Int, Lines) -> Void,
    emit: @Sendable (_ y: Int, Lines) -> Void
  ) throws(OutOfMemory) {
    guard !region.isEmpty else { return }
    let rects = rects(for: region)
    let filtered = try PyramidScale(rect: rects[halvings])
    guard halvings > 0 else {
      let source = try PyramidScale(rect: region)
      workers.bands(rows: region.height, width: region.width) { band in
        let room = LineBlock(samples: region.width)
        defer { room.deallocate() }
        for i in band {
          fill(region.minY + i, room.lines)
          for channel in 0..<PyramidScale.channels {
            source.planes[channel].row(i).update(from: room.lines.channel(channel), count: region.width)
          }
        }
      }
      filtered.filter(source, kernels, workers: workers)
      workers.bands(rows: region.height, width: region.width) { band in
        let room = LineBlock(samples: region.width)
        defer { room.deallocate() }
        for i in band {
          // The three planes are three blocks of memory: their rows are brought side by side.
          for channel in 0..<PyramidScale.channels {
            room.lines.channel(channel).update(from: filtered.planes[channel].row(i), count: region.width)
          }
          emit(region.minY + i, room.lines)
        }
      }
      return
    }
    var scales: [PyramidScale] = []
    for i in 1...halvings {
      let scale = try PyramidScale(rect: rects[i])
      if let finer = scales.last {
        scale.reduce(finer, .both, workers: workers)
      } else {
        scale.reduce(.both, rect: region, workers: workers, fill: fill)
      }
      scales.append(scale)
    }
    filtered.filter(scales[halvings - 1], kernels, workers: workers)
    scales[halvings - 1] = filtered
    let one = SIMD3<Float>(repeating: 1)
    for i in (1..<halvings).reversed() {
      scales[i - 1].add(scales[i], .both, gains: one, ownGains: SIMD3(), workers: workers)
    }
    scales[0].enlarge(.both, to: region, gains: one, workers: workers, emit: emit)
  }
}

/// Room for three lines.
private struct LineBlock {
  let lines: Lines

  init(samples: Int) {
    let pitch = (samples + 7) / 8 * 8 + 16
    let floats = PyramidScale.channels * pitch
    let base = UnsafeMutablePointer<Float>.allocate(capacity: floats)
    base.update(repeating: 0, count: floats)
    lines = Lines(base: base, pitch: pitch)
  }

  func deallocate() { lines.base.deallocate() }
}

extension PyramidScale {
  /// Fills this scale with `source`, of the same pixels, filtered by a sum of kernels.
  fileprivate func filter(_ source: PyramidScale, _ kernels: [GaussianBlur.Kernel], workers: Workers) {
    let (width, height) = (rect.width, rect.height)
    guard width > 0, height > 0 else { return }
    let reach = kernels.map { $0.reach }.max() ?? 0
    // Rows of small scales are worth more than their pixels: each is a sum of many.
    workers.bands(rows: height, width: width * max(1, reach / 2)) { band in
      let vectors = (width + 7) / 8
      let margin = (reach + 7) / 8 * 8
      let line = UnsafeMutablePointer<Float>.allocate(capacity: 8 * vectors + 2 * margin + 8)
      line.update(repeating: 0, count: 8 * vectors + 2 * margin + 8)
      defer { line.deallocate() }
      let middle = line + margin
      for y in band {
        for channel in 0..<PyramidScale.channels {
          let plane = source.planes[channel]
          let out = planes[channel].row(y)
          for (index, kernel) in kernels.enumerated() {
            let gain = kernel.gains[channel]
            kernel.weights.withUnsafeBufferPointer { weights in
              // Rows first: no row is needed beyond the sum.
              let center = plane.row(y)
              for v in 0..<vectors { v8_store(middle + 8 * v, v8_load(center + 8 * v) * weights[0]) }
              for k in 1..<max(1, weights.count) {
                let above = plane.row(max(0, y - k))
                let below = plane.row(min(height - 1, y + k))
                let w = weights[k]
                for v in 0..<vectors {
                  let i = 8 * v
                  v8_store(middle + i, v8_load(middle + i) + (v8_load(above + i) + v8_load(below + i)) * w)
                }
              }
              for i in 1..<margin + 1 where margin > 0 { middle[-i] = middle[0] }
              let last = middle[width - 1]
              for i in width..<8 * vectors + margin { middle[i] = last }
              for v in 0..<vectors {
                let p = middle + 8 * v
                var sum = v8_load(p) * weights[0]
                for k in 1..<max(1, weights.count) { sum += (v8_load(p - k) + v8_load(p + k)) * weights[k] }
                if index == 0 {
                  v8_store(out + 8 * v, sum * gain)
                } else {
                  v8_store(out + 8 * v, v8_load(out + 8 * v) + sum * gain)
                }
              }
            }
          }
        }
      }
    }
  }
}
