import PNGCodec
import Raster

/// From a file's samples to premultiplied linear light with the primaries of Rec. 709.
///
/// Light that Rec. 709 cannot show without a negative channel (the greens of a camera, the reds of a wide screen) is
/// mixed with gray of its own luminance until no channel is negative: a hue keeps its place, where cutting channels off
/// would turn it. What exceeds 1 on the other side stays: it is light.
struct LightConversion: Sendable {
  private enum Way: Sendable {
    /// By tables alone.
    case table(LightTable)
    /// By tables, then a matrix.
    case matrix(LightTable, Matrix)
    case transform(ProfileTransform, PNGHeader.Depth)
  }
  private let way: Way
  /// The most light that a channel can hold.
  let peak: Float

  /// A curve for all channels, and primaries, where they are not those of Rec. 709.
  init(depth: PNGHeader.Depth, curve: (Double) -> Double, primaries: PNGChromaticities?) {
    let table = LightTable(depth: depth, curve: curve)
    guard let primaries, let matrix = Matrix(from: primaries) else {
      (way, peak) = (.table(table), table.peak)
      return
    }
    (way, peak) = (.matrix(table, matrix), table.peak * matrix.gain)
  }

  init(depth: PNGHeader.Depth, profile: ColorProfile) throws(ColorProfile.Refusal) {
    let codes = LightTable.codes(of: depth)
    if let shaper = profile.shaper(codes: codes) {
      // A profile's curves are its own affair, but light is bounded and no less than black.
      var light = shaper.curves.map { $0.isFinite ? max(0, min(LightConversion.brightest, $0)) : 0 }
      for channel in 0..<3 {
        let part = channel * codes..<(channel + 1) * codes
        if LightConversion.isSRGB(light[part]) {
          light.replaceSubrange(part, with: LightConversion.sRGB(codes))
        }
      }
      let table = LightTable(depth: depth, light: light)
      let matrix = Matrix(shaper.matrix).balanced
      if matrix.isIdentity {
        (way, peak) = (.table(table), table.peak)
      } else {
        (way, peak) = (.matrix(table, matrix), table.peak * matrix.gain)
      }
      return
    }
    let transform = try ProfileTransform(profile)
    switch profile.space {
    case .gray:
      // One channel has no more colors than codes.
      let from = (0..<codes).map { Float($0) / Float(codes - 1) }
      var to = [Float](repeating: 0, count: 3 * codes)
      transform.run(from, &to, pixels: codes)
      var light = stride(from: 0, to: 3 * codes, by: 3).map { i in
        let y = (to[i] + to[i + 1] + to[i + 2]) / 3
        return y.isFinite ? max(0, min(LightConversion.brightest, y)) : 0
      }
      if LightConversion.isSRGB(light[...]) { light = LightConversion.sRGB(codes) }
      let table = LightTable(depth: depth, light: light)
      (way, peak) = (.table(table), table.peak)
    case .rgb:
      (way, peak) = (.transform(transform, depth), 2)
    }
  }

  private static let brightest: Float = 64

  private static func sRGB(_ codes: Int) -> [Float] {
    (0..<codes).map { Float(PNGTransfer.sRGB.decode(Double($0) / Double(codes - 1))) }
  }

  /// Whether a curve is the sRGB curve but for the roundings of profiles, which have 8 to 16 bits: then it is taken for
  /// that, so that what was written as sRGB comes back code for code.
  private static func isSRGB(_ light: ArraySlice<Float>) -> Bool {
    zip(light, sRGB(light.count)).allSatisfy { abs($0 - $1) <= 1e-4 + 1e-3 * $1 }
  }

  /// Converts `row.count` pixels of row `y` from column `x` on.
  func convert(_ samples: PixelSamples, x: Int, y: Int, into row: Row) {
    switch way {
    case .table(let table): table.convert(samples, x: x, y: y, into: row)
    case .matrix(let table, let matrix):
      table.convert(samples, x: x, y: y, into: row)
      // Premultiplied light is as good for a matrix as any.
      matrix.apply(to: row)
    case .transform(let transform, let depth):
      switch depth {
      case .eight:
        Self.convert(samples.bytes + (y * samples.width + x) * 4, 1 / 255, transform, row)
      case .sixteen:
        Self.convert(samples.words + (y * samples.width + x) * 4, 1 / 65_535, transform, row)
      }
    }
  }

  private static func convert<Sample: FixedWidthInteger>(
    _ samples: UnsafePointer<Sample>, _ unit: Float, _ transform: ProfileTransform, _ row: Row
  ) {
    let most = 256
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * most) { scratch in
      guard let from = scratch.baseAddress else { return }
      let to = from + 3 * most
      for first in stride(from: 0, to: row.count, by: most) {
        let count = min(most, row.count - first)
        let at = samples + 4 * first
        for i in 0..<count {
          for channel in 0..<3 { from[3 * i + channel] = Float(Int(at[4 * i + channel])) * unit }
        }
        transform.run(from, to, pixels: count)
        for i in 0..<count {
          let alpha = Float(Int(at[4 * i + 3])) * unit
          func light(_ value: Float) -> Float {
            value.isFinite ? max(-brightest, min(brightest, value)) * alpha : 0
          }
          let shown = Matrix.shown(light(to[3 * i]), light(to[3 * i + 1]), light(to[3 * i + 2]))
          row.red[first + i] = shown.red
          row.green[first + i] = shown.green
          row.blue[first + i] = shown.blue
          row.alpha[first + i] = alpha
        }
      }
    }
  }
}

/// From the linear light of some primaries to that of Rec. 709.
struct Matrix: Sendable {
  /// Row after row.
  private var m: [Float]

  /// - Parameter rows: nine numbers.
  init(_ rows: [Double]) {
    m = rows.map(Float.init)
  }

  /// From these primaries; a white point other than D65 is adapted by Bradford's transform, as ICC profiles do. nil for
  /// chromaticities that span no space.
  init?(from primaries: PNGChromaticities) {
    let bradford = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]
    func whitePoint(_ xy: SIMD2<Double>) -> [Double] { [xy.x / xy.y, 1, (1 - xy.x - xy.y) / xy.y] }
    guard let source = Matrix.toXYZ(primaries), let rec709 = Matrix.toXYZ(.rec709),
      let back = Matrix.inverse(rec709), let bradfordBack = Matrix.inverse(bradford)
    else { return nil }
    let cones = zip(
      Matrix.product(bradford, whitePoint(PNGChromaticities.rec709.white)),
      Matrix.product(bradford, whitePoint(primaries.white))
    ).map { $0 / $1 }
    let scaled = (0..<9).map { bradford[$0] * cones[$0 / 3] }
    let all = Matrix.product(back, Matrix.product(Matrix.product(bradfordBack, scaled), source))
    guard all.allSatisfy({ $0.isFinite && abs($0) < 100 }) else { return nil }
    self.init(all)
  }

  /// White stays white: rows that miss 1 by the rounding of a profile are scaled to it.
  var balanced: Matrix {
    var result = self
    for row in 0..<3 {
      let sum = m[3 * row] + m[3 * row + 1] + m[3 * row + 2]
      guard abs(sum - 1) < 0.02 else { continue }
      for column in 0..<3 { result.m[3 * row + column] /= sum }
    }
    return result
  }

  /// Whether nothing changes but by the rounding of profiles.
  var isIdentity: Bool {
    (0..<9).allSatisfy { abs(m[$0] - ($0 % 4 == 0 ? 1 : 0)) < 2e-3 }
  }

  /// The most that white light of 1 can become in a channel.
  var gain: Float {
    (0..<3).map { row in (0..<3).reduce(0) { $0 + max(0, m[3 * row + $1]) } }.max() ?? 1
  }

  func apply(to row: Row) {
    m.withUnsafeBufferPointer { m in
      for i in 0..<row.count {
        let (r, g, b) = (row.red[i], row.green[i], row.blue[i])
        let shown = Matrix.shown(
          m[0] * r + m[1] * g + m[2] * b, m[3] * r + m[4] * g + m[5] * b, m[6] * r + m[7] * g + m[8] * b)
        row.red[i] = shown.red
        row.green[i] = shown.green
        row.blue[i] = shown.blue
      }
    }
  }

  /// The light, mixed with gray of its luminance until no channel is negative.
  @inline(__always)
  static func shown(_ red: Float, _ green: Float, _ blue: Float) -> (red: Float, green: Float, blue: Float) {
    let least = min(red, green, blue)
    guard least < 0 else { return (red, green, blue) }
    let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    guard luminance > 0 else { return (0, 0, 0) }
    let share = luminance / (luminance - least)
    return (
      max(0, luminance + (red - luminance) * share), max(0, luminance + (green - luminance) * share),
      max(0, luminance + (blue - luminance) * share)
    )
  }

  // MARK: Colorimetry

  /// From linear light to CIE XYZ, so that white has Y = 1 (SMPTE RP 177).
  private static func toXYZ(_ c: PNGChromaticities) -> [Double]? {
    guard [c.white, c.red, c.green, c.blue].allSatisfy({ $0.y > 1e-4 && $0.x.isFinite && $0.y.isFinite })
    else { return nil }
    let columns = [c.red, c.green, c.blue].map { [$0.x / $0.y, 1, (1 - $0.x - $0.y) / $0.y] }
    let primaries = (0..<9).map { columns[$0 % 3][$0 / 3] }
    guard let inverse = inverse(primaries) else { return nil }
    let amounts = product(inverse, [c.white.x / c.white.y, 1, (1 - c.white.x - c.white.y) / c.white.y])
    return (0..<9).map { primaries[$0] * amounts[$0 % 3] }
  }

  private static func inverse(_ m: [Double]) -> [Double]? {
    func minor(_ row: Int, _ column: Int) -> Double {
      let (a, b, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
      return m[3 * a + c] * m[3 * b + d] - m[3 * a + d] * m[3 * b + c]
    }
    let determinant = (0..<3).reduce(0) { $0 + m[$1] * minor(0, $1) }
    guard abs(determinant) > 1e-9 else { return nil }
    return (0..<9).map { minor($0 % 3, $0 / 3) / determinant }
  }

  /// The product with a matrix or with a vector.
  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    let columns = b.count / 3
    return (0..<b.count).map { index in
      (0..<3).reduce(0) { $0 + a[3 * (index / columns) + $1] * b[columns * $1 + index % columns] }
    }
  }
}
