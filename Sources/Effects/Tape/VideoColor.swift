import CVector
import Raster

/// The color space of analog video: Y'IQ of gamma-coded R'G'B' (NTSC, 1953).
enum VideoColor {
  static let fromRGB = ColorMatrix([
    [0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112],
  ])
  static let toRGB = fromRGB.inverse

  /// What coded light never exceeds on its way onto the tape: 120 IRE.
  static let ceiling: Float = 1.2

  /// Turns samples of linear red, green and blue into Y', I and Q, in place.
  ///
  /// Light above 100 IRE passes a knee and never exceeds 120 IRE; its three channels shrink by one factor, so
  /// that neon keeps its hue.
  static func encode(_ samples: [UnsafeMutablePointer<Float>], count: Int) {
    let matrix = RowMatrix(fromRGB)
    let row = Row(red: samples[0], green: samples[1], blue: samples[2], alpha: samples[3], count: count)
    row.mapVectors { r, g, b, _, _ in
      r = v8_srgb_encode(r)
      g = v8_srgb_encode(g)
      b = v8_srgb_encode(b)
      let peak = v8_max(v8_max(r, g), v8_max(b, v8_splat(1)))
      let over = (peak - 1) * 5
      let scale = (1 + over / (1 + over) * 0.2) / peak
      r *= scale
      g *= scale
      b *= scale
      matrix.apply(&r, &g, &b)
    }
  }

  /// The linear light of a coded value: nothing below black, and a second knee above what was recorded, for the
  /// overshoot of edges.
  @inline(__always)
  static func light(_ coded: v8f) -> v8f {
    let v = v8_max(coded, v8_splat(0))
    let over = v8_max(v - ceiling, v8_splat(0)) * 8
    let low = v8_min(v, v8_splat(ceiling))
    return v8_srgb_decode(low + over / (1 + over) * 0.125)
  }
}
