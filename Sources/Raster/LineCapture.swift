import CVector

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Averages a picture's rows and columns into the samples of one line of a coarser or finer raster, by area.
///
/// Holds one line; for one thread.
public final class LineCapture {
  /// The samples of the line: red, green, blue, alpha, `count` each.
  public let samples: [UnsafeMutablePointer<Float>]
  public let count: Int
  /// Whether every pixel that went into the line has alpha 1.
  public private(set) var isOpaque = true
  private let sums: UnsafeMutablePointer<Float>
  private let storage: UnsafeMutablePointer<Float>
  private let width: Int
  private let spans: [Span]

  /// - Parameters:
  ///   - region: the part of the picture that the rows hold.
  ///   - origin: the left edge of sample 0, pixels of the whole picture.
  ///   - pitch: width of a sample, pixels.
  ///   - samples: the samples that make a line.
  public init(region: PixelRect, origin: Double, pitch: Double, samples range: Range<Int>) {
    let pitch = max(1e-6, pitch)
    spans = range.map { LineCapture.span($0, origin: origin, pitch: pitch, columns: region) }
    count = range.count
    width = region.width
    sums = .allocate(capacity: 4 * (width + 8))
    storage = .allocate(capacity: 4 * (range.count + 8))
    storage.update(repeating: 0, count: 4 * (range.count + 8))
    let stride = range.count + 8
    samples = [storage, storage + stride, storage + 2 * stride, storage + 3 * stride]
  }

  deinit {
    sums.deallocate()
    storage.deallocate()
  }

  /// Averages the picture between the heights `top` and `bottom` (pixels of the whole picture).
  /// Light is bounded to 0…`limit`: one pixel of no bounds would be all that is left of its surroundings.
  public func capture(_ frame: Framebuffer, top: Double, bottom: Double, limit: Float) {
    let rows = frame.region.rows
    let low = max(Double(rows.lowerBound), min(Double(rows.upperBound) - 1, top))
    let high = max(low + 1e-9, min(Double(rows.upperBound), bottom))
    sums.update(repeating: 0, count: 4 * (width + 8))
    var total: Float = 0
    isOpaque = true
    var y = Int(low)
    while Double(y) < high, y < rows.upperBound {
      let weight = Float(min(high, Double(y + 1)) - max(low, Double(y)))
      total += weight
      let row = frame.row(y)
      var least: Float = 1
      for (channel, plane) in [row.red, row.green, row.blue, row.alpha].enumerated() {
        let lowest = add(plane, weight, into: sums + channel * (width + 8), limit: channel == 3 ? 1 : limit)
        if channel == 3 { least = lowest }
      }
      if least < 1 { isOpaque = false }
      y += 1
    }
    let scale = 1 / max(1e-12, total)
    for channel in 0..<4 { reduce(sums + channel * (width + 8), scale, into: samples[channel]) }
  }

  /// Adds a row and returns its smallest value.
  private func add(
    _ row: UnsafePointer<Float>, _ weight: Float, into sum: UnsafeMutablePointer<Float>, limit: Float
  ) -> Float {
    var least = v8_splat(limit)
    var i = 0
    while i + 8 <= width {
      let v = v8_clamp(v8_load(row + i), 0, limit)
      least = v8_min(least, v)
      v8_store(sum + i, v8_load(sum + i) + v * weight)
      i += 8
    }
    var low = limit
    for lane in 0..<8 { low = min(low, least[lane]) }
    while i < width {
      let v = row[i] > 0 ? min(limit, row[i]) : 0
      low = min(low, v)
      sum[i] += v * weight
      i += 1
    }
    return low
  }

  /// The pixels that make a sample: one alone, or a part of the first, whole ones, and a part of the last.
  private struct Span {
    let start, count: Int32
    let first, last, scale: Float
  }

  private static func span(_ sample: Int, origin: Double, pitch: Double, columns: PixelRect) -> Span {
    let first = Double(columns.minX)
    let last = Double(columns.maxX)
    let left = origin + Double(sample) * pitch
    let low = max(first, min(last - 1e-3, left))
    let high = max(low + 1e-6, min(last, left + pitch))
    let x = max(0, min(columns.width - 1, Int(low - first)))
    let end = min(columns.width, Int((high - first).rounded(.up)))
    guard end - x > 1 else { return Span(start: Int32(x), count: 1, first: 1, last: 0, scale: 1) }
    return Span(
      start: Int32(x), count: Int32(end - x), first: Float(Double(x + 1) + first - low),
      last: Float(high - first - Double(end - 1)), scale: Float(1 / (high - low)))
  }

  private func reduce(
    _ sum: UnsafePointer<Float>, _ scale: Float, into out: UnsafeMutablePointer<Float>
  ) {
    spans.withUnsafeBufferPointer { spans in
      for n in 0..<count {
        let span = spans[n]
        let p = sum + Int(span.start)
        let pixels = Int(span.count)
        var value = p[0] * span.first
        if pixels > 1 {
          for k in 1..<pixels - 1 { value += p[k] }
          value += p[pixels - 1] * span.last
        }
        out[n] = value * (span.scale * scale)
      }
    }
  }
}

/// A symmetric filter on evenly spaced samples.
public struct SymmetricFilter: Sendable {
  /// The middle weight and those to one side of it.
  public let weights: [Float]
  public var reach: Int { weights.count - 1 }
  /// Frequencies at which a wanted response is looked at: the middles of so many equal parts of the band.
  public static let designSteps = 256

  /// Designs a filter with the amplitude `response(f)`, f in cycles per sample: its Fourier series, scaled to leave
  /// constants unchanged.
  ///
  /// - Parameters:
  ///   - reach: samples to either side that count.
  ///   - limit: where the response has fallen to nothing; at most 1/2.
  ///   - tapers: whether the series is faded out (Hann), for responses that need more than `reach` samples.
  public init(reach: Int, upTo limit: Double = 0.5, tapers: Bool, response: (Double) -> Double) {
    let reach = max(1, reach)
    let steps = SymmetricFilter.designSteps
    let band = min(0.5, limit)
    let amplitudes = (0..<steps).map { response((Double($0) + 0.5) / Double(steps) * band) }
    var taps: [Double] = []
    for n in 0...reach {
      var sum = 0.0
      for (k, amplitude) in amplitudes.enumerated() {
        sum += amplitude * cos(2 * .pi * (Double(k) + 0.5) / Double(steps) * band * Double(n))
      }
      taps.append(sum * (tapers ? 0.5 + 0.5 * cos(.pi * Double(n) / Double(reach + 1)) : 1))
    }
    let total = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    weights = taps.map { Float($0 / (total == 0 ? 1 : total)) }
  }

  /// A Gaussian of `deviation` samples, sampled to 3.5 deviations and scaled to leave constants unchanged.
  public init(gaussian deviation: Double) {
    let deviation = max(0, min(4096, deviation))
    let reach = max(1, Int((3.5 * deviation).rounded(.up)))
    let taps = (0...reach).map { n in
      n == 0 ? 1 : deviation > 0 ? exp(-0.5 * Double(n * n) / (deviation * deviation)) : 0
    }
    let total = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    weights = taps.map { Float($0 / total) }
  }

  /// The amplitude at `f` cycles per sample.
  public func amplitude(at f: Double) -> Double {
    var sum = Double(weights[0])
    for n in 1..<weights.count { sum += 2 * Double(weights[n]) * cos(2 * .pi * f * Double(n)) }
    return sum
  }

  /// Filters `count` samples. `padded` holds `reach` samples more on either side, and may be read 8 floats on.
  public func apply(
    _ padded: UnsafePointer<Float>, count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    weights.withUnsafeBufferPointer { weights in
      let center = padded + reach
      var i = 0
      while i < count {
        var sum = v8_load(center + i) * weights[0]
        for k in 1..<weights.count {
          sum += (v8_load(center + i - k) + v8_load(center + i + k)) * weights[k]
        }
        if i + 8 <= count {
          v8_store(out + i, sum)
        } else {
          for lane in 0..<(count - i) { out[i + lane] = sum[lane] }
        }
        i += 8
      }
    }
  }
}

/// Cubic B-spline interpolation of evenly spaced samples. The spline is smooth, not interpolating: it damps a
/// frequency f (cycles per sample) to sinc(f)⁴, which ``SymmetricFilter`` designs are to make up for.
public enum SplineShift {
  /// out[i] = the spline through `source` at i − `shift`, for i in `range`; beyond the ends the samples are
  /// mirrored. `scratch` has room for `range.count` + 16.
  public static func apply(
    _ source: UnsafePointer<Float>, count: Int, shift: Double, range: Range<Int>,
    scratch: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    guard count > 0, !range.isEmpty else { return }
    let bounded = max(-1e6, min(1e6, shift))
    let whole = (-bounded).rounded(.down)
    let t = Float(-bounded - whole)
    let start = range.lowerBound + Int(whole) - 1
    for i in 0..<(range.count + 3) { scratch[i] = source[mirrored(start + i, count)] }
    for i in 0..<8 { scratch[range.count + 3 + i] = 0 }
    let s = 1 - t
    let w0 = s * s * s / 6
    let w3 = t * t * t / 6
    let w1 = (4 - 6 * t * t + 3 * t * t * t) / 6
    let w2 = (4 - 6 * s * s + 3 * s * s * s) / 6
    var i = 0
    while i < range.count {
      var v = v8_load(scratch + i) * w0
      v += v8_load(scratch + i + 1) * w1
      v += v8_load(scratch + i + 2) * w2
      v += v8_load(scratch + i + 3) * w3
      let at = out + range.lowerBound + i
      if i + 8 <= range.count {
        v8_store(at, v)
      } else {
        for lane in 0..<(range.count - i) { at[lane] = v[lane] }
      }
      i += 8
    }
  }

  @inline(__always)
  public static func mirrored(_ i: Int, _ count: Int) -> Int {
    if i >= 0, i < count { return i }
    let period = 2 * count
    let r = ((i % period) + period) % period
    return r < count ? r : period - 1 - r
  }
}
