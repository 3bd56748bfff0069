import CPNG
import CVector
import Raster

/// The one place where linear light ends: transfer curve, dither and packing of rows for the encoder.
///
/// **Light above 1** cannot be shown. Such a pixel is scaled until its largest channel m is 1 and then mixed with
/// white by g = 1 − 1 / (1 + k (m − 1)), the desaturation of the Khronos PBR Neutral tone mapper (k = 0.15):
/// nothing at m = 1, white in the limit, and never a change of hue towards a clipped channel.
///
/// **Dither** (8 bits only): a coded value of n + f becomes n + 1 with probability f, but none is added within
/// 1/64 of a code, so that flat colors stay exact; between those ends the probability runs in a straight line,
/// and the mean is never off by more than 1/64 of a code. Each 2 × 2 block of pixels of the whole picture uses
/// four equally spaced thresholds in an order drawn by a hash, separately for each channel, which keeps the noise
/// fine. Nothing depends on where a row is cut.
///
/// **Alpha**: light without a body has color and no alpha. Straight alpha cannot say that, so alpha is raised to
/// the largest channel, and the file laid over black looks like the opaque one.
package struct Finish: Hashable, Sendable {
  package var depth: PNGHeader.Depth
  /// With alpha the color is divided by it; without, the picture is laid over black.
  package var hasAlpha: Bool
  /// Seeds the dither.
  package var seed: UInt32

  package init(depth: PNGHeader.Depth = .eight, hasAlpha: Bool = false, seed: UInt32 = 0) {
    self.depth = depth
    self.hasAlpha = hasAlpha
    self.seed = seed
  }

  /// Bytes that a pixel takes in a finished row.
  package var bytesPerPixel: Int { (hasAlpha ? 4 : 3) * depth.rawValue / 8 }

  /// Writes `row.count` pixels, of which the first is pixel (x, y) of the whole picture.
  /// `target` must have room for `row.count * bytesPerPixel` bytes.
  package func finish(row: Row, y: Int, x: Int, into target: UnsafeMutableRawPointer) {
    switch (depth, hasAlpha) {
    case (.eight, false): pack(row, x, y, target, depth: .eight, hasAlpha: false)
    case (.eight, true): pack(row, x, y, target, depth: .eight, hasAlpha: true)
    case (.sixteen, false): pack(row, x, y, target, depth: .sixteen, hasAlpha: false)
    case (.sixteen, true): pack(row, x, y, target, depth: .sixteen, hasAlpha: true)
    }
  }

  // `depth` and `hasAlpha` are literals at each call, so that the compiler makes four loops without branches.
  @inline(__always)
  private func pack(
    _ row: Row, _ x: Int, _ y: Int, _ target: UnsafeMutableRawPointer, depth: PNGHeader.Depth, hasAlpha: Bool
  ) {
    let thresholds = Thresholds(y: y, seed: seed)
    let pixelBytes = (hasAlpha ? 4 : 3) * (depth == .eight ? 1 : 2)
    let whole = row.count & ~7
    var i = 0
    while i < whole {
      Self.pack(
        v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i),
        hasAlpha ? v8_load(row.alpha + i) : v8_splat(1), thresholds, x: x &+ i, target + i * pixelBytes,
        depth: depth, hasAlpha: hasAlpha)
      i += 8
    }
    let rest = row.count - whole
    if rest > 0 {
      var red = v8f(), green = v8f(), blue = v8f(), alpha = v8f()
      for lane in 0..<rest {
        red[lane] = row.red[whole + lane]
        green[lane] = row.green[whole + lane]
        blue[lane] = row.blue[whole + lane]
        alpha[lane] = hasAlpha ? row.alpha[whole + lane] : 1
      }
      withUnsafeTemporaryAllocation(byteCount: 64, alignment: 16) { space in
        guard let base = space.baseAddress else { return }
        Self.pack(
          red, green, blue, alpha, thresholds, x: x &+ whole, base, depth: depth, hasAlpha: hasAlpha)
        (target + whole * pixelBytes).copyMemory(from: base, byteCount: rest * pixelBytes)
      }
    }
  }

  @inline(__always)
  private static func pack(
    _ red: v8f, _ green: v8f, _ blue: v8f, _ alpha: v8f, _ thresholds: Thresholds, x: Int,
    _ target: UnsafeMutableRawPointer, depth: PNGHeader.Depth, hasAlpha: Bool
  ) {
    // The clamp also turns NaN into 0, and bounds infinities so that m − 1 below stays finite.
    var r = v8_clamp(red, 0, brightest)
    var g = v8_clamp(green, 0, brightest)
    var b = v8_clamp(blue, 0, brightest)
    var a = v8_splat(1)
    var m = v8_max(v8_max(r, g), b)
    if hasAlpha {
      a = v8_max(v8_clamp(alpha, 0, 1), v8_min(m, v8_splat(1)))
      // Below half a 16-bit code alpha becomes 0, and the color does not matter.
      let scale = v8_select(v8_less(v8_splat(faintestAlpha), a), 1 / a, v8_splat(0))
      r *= scale
      g *= scale
      b *= scale
      m *= scale
    }
    let excess = v8_max(m - 1, v8_splat(0))
    let mix = 1 - 1 / (1 + desaturation * excess)
    let keep = (1 - mix) / v8_max(m, v8_splat(1))
    r = r * keep + mix
    g = g * keep + mix
    b = b * keep + mix

    switch depth {
    case .eight:
      let (thresholdR, thresholdG, thresholdB, thresholdA) = thresholds.at(x: x)
      var pixels = code(encode(r) * 255 + thresholdR)
      pixels |= code(encode(g) * 255 + thresholdG) &<< 8
      pixels |= code(encode(b) * 255 + thresholdB) &<< 16
      if hasAlpha {
        pixels |= code(a * 255 + thresholdA) &<< 24
        cpng_store_rgba8(target, pixels)
      } else {
        cpng_store_rgb8(target, pixels)
      }
    case .sixteen:
      let r = code(encode(r) * 65535 + 0.5)
      let g = code(encode(g) * 65535 + 0.5)
      let b = code(encode(b) * 65535 + 0.5)
      if hasAlpha {
        cpng_store_rgba16(target, r, g, b, code(a * 65535 + 0.5))
      } else {
        cpng_store_rgb16(target, r, g, b)
      }
    }
  }

  /// Rounds down a value that is not negative.
  @inline(__always)
  private static func code(_ value: v8f) -> v8u { v8u(truncatingIfNeeded: v8_to_int(value)) }

  private static let brightest: Float = 65_536
  private static let faintestAlpha: Float = 1 / 131_072
  private static let desaturation: Float = 0.15

  /// The sRGB curve for 0…1; absolute error below 5e-7 (tested against libm).
  ///
  /// Above the linear part 1.055 x^(1/2.4) − 0.055 is u^(5/3) of u = x^(1/4), on [0.2365, 1] a tame function: a
  /// polynomial of the seventh degree about the interval's middle (minimax, weights by Lawson's iteration) does.
  @inline(__always)
  package static func encode(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let u = v8_sqrt(v8_sqrt(x)) - 0.618_154_24
    var p = u * -0.076_335_378 + 0.064_963_378
    p = p * u - 0.045_964_759
    p = p * u + 0.064_698_16
    p = p * u - 0.123_893_902
    p = p * u + 0.688_102_245
    p = p * u + 1.275_949_478
    p = p * u + 0.418_238_729
    return v8_min(v8_select(v8_less(x, v8_splat(0.003_130_8)), x * 12.92, p), v8_splat(1))
  }

  /// What is added to coded values of a row before they are rounded down.
  private struct Thresholds {
    let key: UInt32
    let flip: UInt32

    init(y: Int, seed: UInt32) {
      let block = UInt32(truncatingIfNeeded: y >> 1)
      key = Self.hash(block ^ Self.hash(seed ^ 0x9e37_79b9))
      flip = y & 1 == 0 ? 0 : 3
    }

    private static func hash(_ value: UInt32) -> UInt32 { v8_hash(v8u(repeating: value))[0] }

    @inline(__always)
    func at(x: Int) -> (v8f, v8f, v8f, v8f) {
      let column = v8u(repeating: UInt32(truncatingIfNeeded: x)) &+ v8u(0, 1, 2, 3, 4, 5, 6, 7)
      let hash = v8_hash((column &>> 1) ^ key)
      // 0 2
      // 3 1: neighbors take thresholds that are far apart; the hash permutes them by exclusive or.
      let order = ((column & 1) &<< 1) ^ flip
      func threshold(_ bits: v8u) -> v8f {
        let step = (bits ^ (order &<< 8)) & 1023
        let unit = v8_to_float(v8i(truncatingIfNeeded: step))
        return unit * (31.0 / 32 / 1024) + (1.0 / 64 + 31.0 / 32 / 2048)
      }
      return (
        threshold(hash), threshold(hash &>> 10), threshold(hash &>> 20),
        threshold((hash &* 0x9e37_79b1) &>> 22)
      )
    }
  }
}
