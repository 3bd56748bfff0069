import CVector

/// Light as sRGB codes of 8 bits.
///
/// The curve is taken apart: a root of the mantissa (a polynomial, fitted for the least relative error) and one of the
/// power of two (a table). Codes are as exact as 0.0004 of a step, at half the cost of the curve itself.
struct EightBitCode {
  /// What a mantissa's root is multiplied by, from 2^-15 on.
  private let low, high: v8f

  init() {
    low = v8f(
      3.5347212, 4.7182868, 6.2981572, 8.4070313, 11.22204, 14.979627, 19.995403, 26.690660)
    high = v8f(
      35.627757, 47.557350, 63.481447, 84.737565, 113.11108, 150.98518, 201.54103, 269.025)
  }

  @inline(__always)
  func callAsFunction(_ light: v8f) -> v8i {
    let x = v8_clamp(light, 0, 1)
    let bits = unsafeBitCast(x, to: v8i.self)
    let mantissa = (bits & v8i(repeating: 0x7f_ffff)) | v8i(repeating: 0x3f80_0000)
    let m = unsafeBitCast(mantissa, to: v8f.self)
    var root: v8f = m * Float(0.0054351874) - Float(0.05141517)
    root = root * m + Float(0.20856097)
    root = root * m - Float(0.49171826)
    root = root * m + Float(0.95280506)
    root = root * m + Float(0.37633353)
    let curved: v8f = root * v8_lookup16(low, high, bits) - Float(14.025)
    let straight: v8f = x * Float(12.92 * 255)
    return v8_to_int(v8_select(v8_less_equal(x, v8_splat(0.0031308)), straight, curved) + Float(0.5))
  }
}
