import Foundation
import PNGCodec
import Raster
import Testing

/// The curve in double precision.
private func coded(_ light: Double) -> Double {
  light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
}
private func light(_ coded: Double) -> Double {
  coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4)
}

@Suite struct FinishTests {
  typealias Color = (Float, Float, Float, Float)

  /// Finishes one row of made-up pixels, `cuts` says where it is cut into pieces.
  private func row(
    _ finish: Finish, width: Int, x: Int = 0, y: Int = 0, cuts: [Int] = [], _ pixel: (Int) -> Color
  ) throws -> [UInt8] {
    let framebuffer = try Framebuffer(region: PixelRect(width: width, height: 1))
    let row = framebuffer.row(0)
    for i in 0..<width {
      (row.red[i], row.green[i], row.blue[i], row.alpha[i]) = pixel(i)
    }
    // Something behind the end to see whether it stays.
    var result = [UInt8](repeating: 0xa5, count: width * finish.bytesPerPixel + 16)
    result.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      for (from, to) in zip([0] + cuts, cuts + [width]) {
        finish.finish(
          row: row.dropping(from, count: to - from), y: y, x: x + from,
          into: base + from * finish.bytesPerPixel)
      }
    }
    #expect(result.suffix(16).allSatisfy { $0 == 0xa5 })
    return Array(result.dropLast(16))
  }

  private func words(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
  }

  @Test func curveMatchesTheLibrary() {
    var worst = 0.0
    for step in 0..<400_000 {
      // Even steps in light, odd ones in the coded value, so that the dark end is covered.
      let t = Double(step) / 399_999
      let x = Float(step % 2 == 0 ? t : light(t))
      let difference = abs(Double(Finish.encode(SIMD8(repeating: x))[step % 8]) - coded(Double(x)))
      worst = max(worst, difference)
    }
    #expect(worst < 5e-7, "worst difference \(worst)")
    #expect(Finish.encode(SIMD8(repeating: 0))[0] == 0)
  }

  @Test(arguments: [false, true])
  func flatColorsAreExact(hasAlpha: Bool) throws {
    for code in 0..<256 {
      let value = Float(light(Double(code) / 255))
      for y in [0, 1, 777] {
        let finish = Finish(hasAlpha: hasAlpha, seed: UInt32(code))
        let bytes = try row(finish, width: 67, y: y) { _ in (value, value, value, 1) }
        let isExact = bytes.enumerated().allSatisfy { index, byte in
          byte == (hasAlpha && index % 4 == 3 ? 255 : UInt8(code))
        }
        #expect(isExact, "code \(code)")
      }
    }
    let paper = [0xf4, 0xe6, 0xc8].map { Float(light(Double($0) / 255)) }
    for y in 0..<64 {
      let bytes = try row(Finish(seed: 5), width: 333, y: y) { _ in (paper[0], paper[1], paper[2], 1) }
      #expect(bytes == Array(repeatElement([0xf4, 0xe6, 0xc8], count: 333).joined()))
    }
  }

  @Test func everyCodeOf16BitsComesBack() throws {
    let values = (0..<65_536).map { Float(light(Double($0) / 65_535)) }
    let opaque = words(
      try row(Finish(depth: .sixteen), width: 65_536) { (values[$0], values[65_535 - $0], values[$0 / 2], 1) }
    )
    #expect(opaque == (0..<65_536).flatMap { [$0, 65_535 - $0, $0 / 2] })
    // With alpha: premultiplied by it, divided again.
    let alpha: Float = 0.75
    let straight = words(
      try row(Finish(depth: .sixteen, hasAlpha: true), width: 65_536) {
        (values[$0] * alpha, values[65_535 - $0] * alpha, 0, alpha)
      })
    let expected = (0..<65_536).flatMap { [$0, 65_535 - $0, 0, Int((0.75 * 65_535).rounded())] }
    #expect(zip(straight, expected).allSatisfy { abs($0 - $1) <= 1 })
    #expect(zip(straight, expected).count { $0 != $1 } < 40)
  }

  /// The gradient #101018 → #181828 over 4000 pixels has everywhere the mean that it should have.
  @Test func gradientsHaveNoBands() throws {
    let width = 4000
    let from = [0x10, 0x10, 0x18].map { light(Double($0) / 255) }
    let to = [0x18, 0x18, 0x28].map { light(Double($0) / 255) }
    func value(_ channel: Int, _ x: Int) -> Float {
      Float(from[channel] + (to[channel] - from[channel]) * Double(x) / Double(width - 1))
    }
    let exact = (0..<3).map { channel in (0..<width).map { coded(Double(value(channel, $0))) * 255 } }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: width), count: 3)
    var largest = 0.0
    var leastVariety = Int.max
    for y in 0..<64 {
      let bytes = try row(Finish(seed: 1), width: width, y: y + 129) {
        (value(0, $0), value(1, $0), value(2, $0), 1)
      }
      for x in 0..<width {
        for channel in 0..<3 {
          let byte = Double(bytes[x * 3 + channel])
          sums[channel][x] += byte
          largest = max(largest, abs(byte - exact[channel][x]))
        }
      }
      leastVariety = min(leastVariety, Set(bytes).count)
    }
    // Never another code than the two neighbors.
    #expect(largest < 1)
    #expect(leastVariety > 16)
    var worst = 0.0
    for channel in 0..<3 {
      for start in stride(from: 0, through: width - 64, by: 3) {
        let mean = sums[channel][start..<start + 64].reduce(0, +) / 4096
        worst = max(worst, abs(mean - exact[channel][start..<start + 64].reduce(0, +) / 64))
      }
    }
    #expect(worst < 0.03, "a block of 64 × 64 is off by \(worst) codes")
  }

  /// Probability against fraction of a code: nothing within 1/64, and the mean never off by more.
  @Test func ditherIsUnbiasedAndKeepsFlatPartsClean() throws {
    for step in 0...64 {
      let fraction = Double(step) / 64
      let value = Float(light((100 + fraction) / 255))
      var sum = 0
      for y in 0..<128 {
        let bytes = try row(Finish(seed: 9), width: 128, y: y) { _ in (value, value, value, 1) }
        sum += bytes.reduce(0) { $0 + Int($1) - 100 }
        if step < 1 { #expect(bytes.allSatisfy { $0 == 100 }) }
        if step > 63 { #expect(bytes.allSatisfy { $0 == 101 }) }
      }
      #expect(abs(Double(sum) / (128 * 128 * 3) - fraction) < 1.0 / 64 + 0.004, "fraction \(fraction)")
    }
    // Just inside 1/64 on both sides.
    for code in [100 + 0.9 / 64, 100 - 0.9 / 64] {
      let value = Float(light(code / 255))
      for y in 0..<64 {
        #expect(try row(Finish(), width: 64, y: y) { _ in (value, value, value, 1) }.allSatisfy { $0 == 100 })
      }
    }
  }

  /// Within any 2 × 2 block at most one code of difference from its share, which white noise does not have.
  @Test func ditherIsFine() throws {
    let value = Float(light(100.5 / 255))
    let rows = try (0..<64).map { y in
      try row(Finish(seed: 3), width: 64, y: y) { _ in (value, value, value, 1) }
    }
    for y in stride(from: 0, to: 64, by: 2) {
      for x in stride(from: 0, to: 64, by: 2) {
        for channel in 0..<3 {
          let sum = [(0, 0), (1, 0), (0, 1), (1, 1)].reduce(0) {
            $0 + Int(rows[y + $1.1][(x + $1.0) * 3 + channel]) - 100
          }
          #expect(sum == 2)
        }
      }
    }
    // Channels and seeds differ.
    #expect((0..<64).contains { x in rows[0][x * 3] != rows[0][x * 3 + 1] })
    #expect((0..<64).contains { x in rows[0][x * 3 + 1] != rows[0][x * 3 + 2] })
    #expect(try row(Finish(seed: 4), width: 64) { _ in (value, value, value, 1) } != rows[0])
  }

  @Test(arguments: [PNGHeader.Depth.eight, .sixteen], [false, true])
  func cutsDoNotMatter(depth: PNGHeader.Depth, hasAlpha: Bool) throws {
    let finish = Finish(depth: depth, hasAlpha: hasAlpha, seed: 77)
    func pixel(_ i: Int) -> Color {
      let t = Float(i) / 250
      return (t * 1.7, 0.3 + t * 0.1, 0.9 - t * 0.5, 0.2 + t * 0.7)
    }
    let whole = try row(finish, width: 250, x: 1000, y: 31, pixel)
    for cuts in [[1], [7, 8, 9], [100, 101, 249], Array(1..<250)] {
      #expect(try row(finish, width: 250, x: 1000, y: 31, cuts: cuts, pixel) == whole)
    }
    // The same pixels as part of a wider picture.
    let part = try row(finish, width: 200, x: 1003, y: 31) { pixel($0 + 3) }
    #expect(part == Array(whole[3 * finish.bytesPerPixel..<203 * finish.bytesPerPixel]))
  }

  // MARK: Light above 1

  @Test func brightLightTurnsWhiteWithoutAStep() throws {
    let hue: (Float, Float, Float) = (1, 0.2, 0.05)
    let finish = Finish(depth: .sixteen)
    let levels = (0..<4000).map { 0.9 + Float($0) * 0.005 }
    let samples = words(
      try row(finish, width: levels.count) { (hue.0 * levels[$0], hue.1 * levels[$0], hue.2 * levels[$0], 1) }
    )
    for i in 0..<levels.count {
      if levels[i] >= 1 { #expect(samples[i * 3] == 65_535) }
      #expect(samples[i * 3] >= samples[i * 3 + 1] && samples[i * 3 + 1] >= samples[i * 3 + 2])
      guard i > 0 else { continue }
      for channel in 0..<3 {
        // More light never looks darker, and there is no step.
        let step = samples[i * 3 + channel] - samples[i * 3 - 3 + channel]
        #expect(0...500 ~= step)
      }
    }
    // The formula, in double precision.
    for (index, level) in levels.enumerated() where level > 1 {
      let mix = 1 - 1 / (1 + 0.15 * (Double(level) - 1))
      let expected = [hue.0, hue.1, hue.2].map { coded(Double($0) * (1 - mix) + mix) * 65_535 }
      for channel in 0..<3 { #expect(abs(Double(samples[index * 3 + channel]) - expected[channel]) < 1) }
    }
    #expect(words(try row(finish, width: 1) { _ in (3, 3, 3, 1) }) == [65_535, 65_535, 65_535])
  }

  @Test(arguments: [PNGHeader.Depth.eight, .sixteen], [false, true])
  func notNumbersAreHarmless(depth: PNGHeader.Depth, hasAlpha: Bool) throws {
    let finish = Finish(depth: depth, hasAlpha: hasAlpha)
    let last = depth == .eight ? 255 : 65_535
    func pixel(_ color: Color) throws -> [Int] {
      // Nine pixels: eight in a vector and one behind.
      let bytes = try row(finish, width: 9) { _ in color }
      let samples = depth == .eight ? bytes.map(Int.init) : words(bytes)
      let channels = hasAlpha ? 4 : 3
      for i in 1..<9 { #expect(samples[i * channels..<(i + 1) * channels] == samples[..<channels]) }
      return Array(samples[..<3])
    }
    #expect(try pixel((.nan, .nan, .nan, .nan)) == [0, 0, 0])
    #expect(try pixel((.nan, 1, 0, 1)) == [0, last, 0])
    #expect(try pixel((-1, -.infinity, 1, 1)) == [0, 0, last])
    #expect(try pixel((.infinity, 1, 0, 1))[0] == last)
    #expect(try pixel((-1, -5, 0, -2)) == [0, 0, 0])
    #expect(try pixel((1e30, 1e30, 1e30, 1e30)) == [last, last, last])
    let faint = Float.leastNonzeroMagnitude
    #expect(try pixel((faint, faint, faint, faint)) == [0, 0, 0])
  }

  // MARK: Alpha

  @Test func alphaIsStraight() throws {
    let color = [0x40, 0x80, 0xc0].map { Float(light(Double($0) / 255)) }
    for alpha in [Float(1), 0.8, 0.6] {
      let bytes = try row(Finish(hasAlpha: true), width: 64) { _ in
        (color[0] * alpha, color[1] * alpha, color[2] * alpha, alpha)
      }
      let exact = Double(alpha) * 255
      for i in 0..<64 {
        #expect(Array(bytes[i * 4..<i * 4 + 3]) == [0x40, 0x80, 0xc0])
        #expect(abs(Double(bytes[i * 4 + 3]) - exact) < 1)
      }
    }
    #expect(
      try row(Finish(hasAlpha: true), width: 3) { _ in (0, 0, 0, 0) } == [UInt8](repeating: 0, count: 12))
  }

  /// Light without a body over black: the file with alpha shows what the opaque one does.
  @Test func lightWithoutABodyStaysVisible() throws {
    for glow: (Float, Float, Float, Float) in [(0.3, 0.1, 0.02, 0), (0.5, 0.4, 0.1, 0.2), (2, 0.5, 0.1, 0.3)]
    {
      let straight = words(try row(Finish(depth: .sixteen, hasAlpha: true), width: 1) { _ in glow })
      let opaque = words(try row(Finish(depth: .sixteen), width: 1) { _ in glow })
      let alpha = Double(straight[3]) / 65_535
      for channel in 0..<3 {
        let overBlack = light(Double(straight[channel]) / 65_535) * alpha
        #expect(abs(overBlack - light(Double(opaque[channel]) / 65_535)) < 3e-5)
      }
    }
  }

  /// A picture that is read and written again is the same.
  @Test func decodeAndFinishAreInverse() throws {
    let header = PNGHeader(width: 256, height: 4)
    let samples = (0..<256 * 4 * 3).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }
    let image = try PNGImage.read(bytes: try encoded(header, samples))
    let framebuffer = try image.framebuffer(workers: Workers(count: 2))
    var again = [UInt8](repeating: 0, count: samples.count)
    again.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      for y in 0..<4 { Finish().finish(row: framebuffer.row(y), y: y, x: 0, into: base + y * 768) }
    }
    #expect(again == samples)
  }
}
