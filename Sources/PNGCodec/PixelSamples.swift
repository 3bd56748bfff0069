import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The pixels of a file as it codes them: red, green, blue and straight alpha, rows without padding.
///
/// Its memory is not touched before rows arrive: a small file that claims a huge picture costs nothing. Whoever makes it
/// fills it before anybody else sees it, which is why it may be `Sendable`.
package final class PixelSamples: @unchecked Sendable {
  package let width, height: Int
  package let depth: PNGHeader.Depth
  /// Four samples of ``depth`` bits a pixel, those of 16 bits in the machine's byte order.
  package let base: UnsafeMutableRawPointer

  /// nil if there is no memory for it, or if it would take more than `maxBytes`.
  package init?(width: Int, height: Int, depth: PNGHeader.Depth, maxBytes: Int = .max) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard width >= 0, height >= 0, !overflow, pixels < 1 << 48 else { return nil }
    let bytes = pixels * 4 * depth.rawValue / 8
    guard bytes <= maxBytes, let base = malloc(max(1, bytes)) else { return nil }
    self.width = width
    self.height = height
    self.depth = depth
    self.base = base
  }

  deinit { free(base) }

  package var byteCount: Int { width * height * 4 * depth.rawValue / 8 }
  package var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
  package var words: UnsafeMutablePointer<UInt16> { base.assumingMemoryBound(to: UInt16.self) }
}

/// Takes samples to premultiplied linear light, by what each possible code stands for.
package struct LightTable: Sendable {
  /// The light of each code, channel after channel; one channel if all are alike.
  private let light: [Float]
  /// The share of each code.
  private let cover: [Float]
  private let codes: Int
  private let isShared: Bool

  /// - Parameter curve: linear light for a coded value of 0…1. Each code is converted once, and rounded to Float.
  package init(depth: PNGHeader.Depth, curve: (Double) -> Double) {
    let codes = LightTable.codes(of: depth)
    self.init(depth: depth, light: (0..<codes).map { Float(curve(Double($0) / Double(codes - 1))) })
  }

  /// - Parameter light: of each code, for all channels, or for red, then green, then blue.
  package init(depth: PNGHeader.Depth, light: [Float]) {
    codes = LightTable.codes(of: depth)
    isShared = light.count < 3 * codes
    // Tables that are too short would be read beyond their ends.
    self.light =
      light.count >= codes ? light : light + [Float](repeating: light.last ?? 0, count: codes - light.count)
    let last = Double(codes - 1)
    cover = (0..<codes).map { Float(Double($0) / last) }
  }

  package static func codes(of depth: PNGHeader.Depth) -> Int { depth == .eight ? 256 : 65_536 }

  /// The most light that a sample can stand for.
  package var peak: Float { light.reduce(0, max) }

  /// Writes `row.count` pixels of row `y`, from column `x` on. The samples must have the depth of the table, and hold
  /// these pixels.
  package func convert(_ samples: PixelSamples, x: Int, y: Int, into row: Row) {
    let first = (y * samples.width + x) * 4
    light.withUnsafeBufferPointer { lightTable in
      cover.withUnsafeBufferPointer { coverTable in
        guard let light = lightTable.baseAddress, let cover = coverTable.baseAddress else { return }
        let green = isShared ? light : light + codes
        let blue = isShared ? light : light + 2 * codes
        switch samples.depth {
        case .eight: Self.convert(samples.bytes + first, light, green, blue, cover, to: row)
        case .sixteen: Self.convert(samples.words + first, light, green, blue, cover, to: row)
        }
      }
    }
  }

  @inline(__always)
  private static func convert<Sample: FixedWidthInteger>(
    _ samples: UnsafePointer<Sample>, _ red: UnsafePointer<Float>, _ green: UnsafePointer<Float>,
    _ blue: UnsafePointer<Float>, _ cover: UnsafePointer<Float>, to row: Row
  ) {
    var at = samples
    for x in 0..<row.count {
      let alpha = cover[Int(at[3])]
      row.red[x] = red[Int(at[0])] * alpha
      row.green[x] = green[Int(at[1])] * alpha
      row.blue[x] = blue[Int(at[2])] * alpha
      row.alpha[x] = alpha
      at += 4
    }
  }
}
