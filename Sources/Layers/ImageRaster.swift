import PhotoCodec
import Raster

/// A picture from a file in its place, ready to be sampled.
///
/// Where the picture is made smaller, it is first averaged, in linear light, to about one sample a pixel: exact
/// areas, aligned with the output's pixels where the picture stands upright. What remains (a magnification, a
/// turn) is interpolated by Catmull–Rom splines, held within the light that the file can hold.
struct ImageRaster: PixelSource {
  enum Filter: String, CaseIterable, Sendable { case smooth, nearest }

  private let pixels: Framebuffer
  /// From picture pixels to samples; the centers of samples lie at halves.
  private let toSamples: Affine
  private let repeats: Bool
  private let filter: Filter
  /// The most light that a sample of the file can stand for.
  private let peak: Float
  /// For upright pictures: the samples that make each column of the picture.
  private let columns: [Taps]

  let memory: PainterMemory

  /// Four neighboring samples and their weights.
  private struct Taps {
    /// The sample that counts by `weights.y`.
    var index: Int
    var weights: SIMD4<Float>

    /// Catmull–Rom weights at `position`, in samples whose centers lie at whole numbers.
    init(_ position: Double) {
      var floor = position.rounded(.down)
      var t = position - floor
      // Rounding must not turn a picture in its own size into a blurred one.
      if t > 1 - 1e-6 {
        floor += 1
        t = 0
      } else if t < 1e-6 {
        t = 0
      }
      index = Int(floor)
      let s = Float(t)
      let s2 = s * s
      let s3 = s2 * s
      weights = SIMD4(
        0.5 * (2 * s2 - s - s3), 0.5 * (2 - 5 * s2 + 3 * s3), 0.5 * (s + 4 * s2 - 3 * s3), 0.5 * (s3 - s2))
    }

    var isExact: Bool { weights.y == 1 }
  }

  /// - Parameters:
  ///   - placement: from the file's pixels to picture pixels.
  ///   - repeats: whether the picture continues beyond its edges as tiles; otherwise its edges do.
  /// - Returns: nil if the placement flattens the picture.
  init?(
    _ image: PhotoImage, placement: Affine, repeats: Bool, filter: Filter, bounds: PixelRect, workers: Workers
  ) throws {
    guard let inverse = placement.inverse,
      [inverse.a, inverse.b, inverse.c, inverse.d, inverse.tx, inverse.ty].allSatisfy({ $0.isFinite })
    else { return nil }
    let isUpright = inverse.b == 0 && inverse.c == 0
    let aligns = isUpright && !repeats
    let edge = inverse.apply(.zero)
    let across = SampleAxis(
      size: image.width, scale: Point(placement.a, placement.b).length, edge: aligns ? edge.x : nil)
    let down = SampleAxis(
      size: image.height, scale: Point(placement.c, placement.d).length, edge: aligns ? edge.y : nil)
    let whole = try image.framebuffer(workers: workers)
    pixels = try whole.averaged(across, down, workers: workers)
    toSamples =
      inverse
      .then(.translation(-across.origin, -down.origin))
      .then(.scale(1 / across.pitch, 1 / down.pitch))
    self.repeats = repeats
    self.filter = filter
    peak = image.peak
    let kept = Framebuffer.bytes(of: pixels.region)
    // The file's samples, all of them in linear light, and the mean of those beside them.
    memory = PainterMemory(
      held: kept,
      peak: image.bytes
        + max(image.decodingBytes, Framebuffer.bytes(of: whole.region) + (pixels === whole ? 0 : kept)))
    let width = pixels.width
    let map = toSamples
    columns =
      aligns && filter == .smooth
      ? bounds.columns.map { x in
        Taps(ImageRaster.held((Double(x) + 0.5) * map.a + map.tx - 0.5, width))
      } : []
  }

  /// Beyond one sample outside, all samples are those of the edge.
  private static func held(_ position: Double, _ count: Int) -> Double {
    max(-1, min(Double(count), position))
  }

  func fill(_ row: Row, x: Int, y: Int) {
    if filter == .nearest {
      fillNearest(row, x: x, y: y)
    } else if columns.indices.contains(x), columns.indices.contains(x + row.count - 1) {
      fillUpright(row, x: x, y: y)
    } else {
      fillTurned(row, x: x, y: y)
    }
  }

  // MARK: Upright

  private func fillUpright(_ row: Row, x: Int, y: Int) {
    let down = Taps(ImageRaster.held((Double(y) + 0.5) * toSamples.d + toSamples.ty - 0.5, pixels.height))
    let taps = columns[x..<x + row.count]
    guard let first = taps.first, let last = taps.last else { return }
    // A picture in its own size, or averaged to it.
    if down.isExact, first.isExact, last.isExact, last.index - first.index == row.count - 1, first.index >= 0,
      last.index < pixels.width, 0..<pixels.height ~= down.index
    {
      let from = pixels.row(down.index).dropping(first.index, count: row.count)
      for (to, from) in zip(row.planes, from.planes) { to.update(from: from, count: row.count) }
      return
    }
    let low = min(first.index, last.index) - 1
    let high = max(first.index, last.index) + 2
    let sources = (-1...2).map { pixels.row(max(0, min(pixels.height - 1, down.index + $0))) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: high - low + 1) { scratch in
      guard let blended = scratch.baseAddress else { return }
      for (plane, to) in row.planes.enumerated() {
        let rows = sources.map { UnsafePointer($0.planes[plane]) }
        blend(rows, down.weights, into: blended, from: low, through: high)
        var i = 0
        for tap in taps {
          let p = blended + (tap.index - 1 - low)
          to[i] = p[0] * tap.weights.x + p[1] * tap.weights.y + p[2] * tap.weights.z + p[3] * tap.weights.w
          i += 1
        }
      }
    }
    hold(row)
  }

  /// The weighted sum of four rows for the samples `low` through `high`; those outside repeat the edge.
  private func blend(
    _ rows: [UnsafePointer<Float>], _ weights: SIMD4<Float>, into out: UnsafeMutablePointer<Float>,
    from low: Int,
    through high: Int
  ) {
    let start = max(0, min(pixels.width - 1, low))
    let end = max(0, min(pixels.width - 1, high))
    let (a, b, c, d) = (rows[0], rows[1], rows[2], rows[3])
    let inside = out + (start - low)
    for i in 0...end - start {
      let k = start + i
      inside[i] = a[k] * weights.x + b[k] * weights.y + c[k] * weights.z + d[k] * weights.w
    }
    out.update(repeating: inside[0], count: start - low)
    (inside + (end - start)).update(repeating: inside[end - start], count: high - end + 1)
  }

  // MARK: Turned

  private func fillTurned(_ row: Row, x: Int, y: Int) {
    let start = toSamples.apply(Point(0.5, Double(y) + 0.5))
    let sources = pixels.planes
    for i in 0..<row.count {
      let k = Double(x + i)
      let across = taps(start.x + toSamples.a * k - 0.5, pixels.width)
      let down = taps(start.y + toSamples.b * k - 0.5, pixels.height)
      let xs = neighbors(across.index, pixels.width)
      let ys = neighbors(down.index, pixels.height)
      @inline(__always)
      func line(_ plane: Plane, _ y: Int) -> Float {
        let p = plane.row(y)
        return p[xs.x] * across.weights.x + p[xs.y] * across.weights.y + p[xs.z] * across.weights.z
          + p[xs.w] * across.weights.w
      }
      @inline(__always)
      func sample(_ plane: Plane) -> Float {
        line(plane, ys.x) * down.weights.x + line(plane, ys.y) * down.weights.y
          + line(plane, ys.z) * down.weights.z + line(plane, ys.w) * down.weights.w
      }
      row.red[i] = sample(sources[0])
      row.green[i] = sample(sources[1])
      row.blue[i] = sample(sources[2])
      row.alpha[i] = sample(sources[3])
    }
    hold(row)
  }

  @inline(__always)
  private func taps(_ position: Double, _ count: Int) -> Taps {
    Taps(repeats ? position.wrapped(count) : ImageRaster.held(position, count))
  }

  @inline(__always)
  private func neighbors(_ index: Int, _ count: Int) -> SIMD4<Int> {
    @inline(__always)
    func legal(_ i: Int) -> Int {
      if repeats { return (i % count + count) % count }
      return max(0, min(count - 1, i))
    }
    return SIMD4(legal(index - 1), legal(index), legal(index + 1), legal(index + 2))
  }

  private func fillNearest(_ row: Row, x: Int, y: Int) {
    let start = toSamples.apply(Point(0.5, Double(y) + 0.5))
    @inline(__always)
    func index(_ position: Double, _ count: Int) -> Int {
      let p = repeats ? position.wrapped(count) : max(0, min(Double(count), position))
      return min(count - 1, Int(p))
    }
    for i in 0..<row.count {
      let k = Double(x + i)
      let column = index(start.x + toSamples.a * k, pixels.width)
      let from = pixels.row(index(start.y + toSamples.b * k, pixels.height))
      row.red[i] = from.red[column]
      row.green[i] = from.green[column]
      row.blue[i] = from.blue[column]
      row.alpha[i] = from.alpha[column]
    }
  }

  /// Splines swing over at edges: back into what the file could hold, so that nothing is darker than black.
  private func hold(_ row: Row) {
    for i in 0..<row.count {
      let alpha = max(0, min(1, row.alpha[i]))
      let most = alpha * peak
      row.alpha[i] = alpha
      row.red[i] = max(0, min(most, row.red[i]))
      row.green[i] = max(0, min(most, row.green[i]))
      row.blue[i] = max(0, min(most, row.blue[i]))
    }
  }
}

/// How the pixels of a file are averaged in one direction: sample `i` is the mean of what lies from
/// `origin + i · pitch` to `origin + (i + 1) · pitch`, in pixels of the file.
struct SampleAxis: Hashable {
  var origin = 0.0
  var pitch = 1.0
  var count: Int
  /// Pixels of the file.
  let size: Int

  /// - Parameters:
  ///   - scale: output pixels for a pixel of the file.
  ///   - edge: where an edge between output pixels lies, if samples shall be such pixels.
  init(size: Int, scale: Double, edge: Double? = nil) {
    self.size = size
    count = size
    guard scale < 1 - 1e-9 else { return }
    let length = Double(size) * scale
    guard let edge, length > 1e-6 else {
      count = max(1, Int((length - 1e-6).rounded(.up)))
      pitch = Double(size) / Double(count)
      return
    }
    pitch = 1 / scale
    origin = edge - (edge * scale - 1e-6).rounded(.up) * pitch
    count = max(1, Int(((Double(size) - origin) * scale - 1e-6).rounded(.up)))
  }

  var isWhole: Bool { pitch == 1 }

  /// The file's pixels in a sample, with what they count; together 1.
  func shares(_ sample: Int) -> (first: Int, weights: [Float]) {
    let low = max(0, min(Double(size), origin + Double(sample) * pitch))
    let high = max(0, min(Double(size), origin + Double(sample + 1) * pitch))
    guard high - low > 1e-6 else { return (max(0, min(size - 1, Int(low))), [1]) }
    let first = min(size - 1, Int(low))
    let last = min(size - 1, Int(high.rounded(.up)) - 1)
    let weights = (first...last).map { pixel in
      Float((min(high, Double(pixel) + 1) - max(low, Double(pixel))) / (high - low))
    }
    return (first, weights)
  }
}

extension Framebuffer {
  /// The picture averaged along both axes; itself if there is nothing to average.
  func averaged(_ across: SampleAxis, _ down: SampleAxis, workers: Workers) throws(OutOfMemory) -> Framebuffer
  {
    if across.isWhole, down.isWhole { return self }
    let result = try Framebuffer(region: PixelRect(width: across.count, height: down.count))
    let shares = across.isWhole ? [] : (0..<across.count).map { across.shares($0) }
    // A band costs what it reads, not what it writes.
    workers.bands(rows: down.count, width: max(1, width * height / max(1, down.count))) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let sums = scratch.baseAddress else { return }
        for y in rows {
          let lines = down.shares(y)
          for (from, to) in zip(planes, result.planes) {
            sums.update(repeating: 0, count: width)
            for (i, weight) in lines.weights.enumerated() {
              let line = from.row(lines.first + i)
              for x in 0..<width { sums[x] += line[x] * weight }
            }
            let out = to.row(y)
            if across.isWhole {
              out.update(from: sums, count: width)
              continue
            }
            for (x, share) in shares.enumerated() {
              var sum: Float = 0
              let first = sums + share.first
              for i in 0..<share.weights.count { sum += first[i] * share.weights[i] }
              out[x] = sum
            }
          }
        }
      }
    }
    return result
  }
}

extension Row {
  fileprivate var planes: [UnsafeMutablePointer<Float>] { [red, green, blue, alpha] }
}

extension Point {
  fileprivate var length: Double { (x * x + y * y).squareRoot() }
}

extension Double {
  /// The remainder in `0 ..< count`.
  fileprivate func wrapped(_ count: Int) -> Double {
    let n = Double(count)
    let rest = self - (self / n).rounded(.down) * n
    return rest >= 0 && rest < n ? rest : 0
  }
}
