import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Maps scene light to the range of a display, still in linear light.
public struct Tone: PointEffect {
  public static let name = "tone"
  public static let summary = "Maps the light of a scene to what a display can show, as a film stock does."

  public enum Curve: String, CaseIterable, Sendable, Hashable {
    case agx, filmic, neutral, none
  }

  var curve = Curve.agx
  /// Stops.
  var exposure: Float = 0
  var contrast: Float = 1
  var saturation: Float = 1

  public static let parameters: [Parameter<Tone>] = [
    .init(
      "tone", \.curve, .choice,
      "The curve: agx lets bright colors run towards white, filmic is harder, neutral keeps colors true, none changes nothing."
    ),
    .init(
      "exposure", \.exposure, .number(-16...16, suggested: -2...2, unit: .stops),
      "Brightness of the scene before the curve."),
    .init(
      "contrast", \.contrast, .number(0.25...3, suggested: 0.8...1.5),
      "Steepness about middle gray; 1 is the curve's own."),
    .init(
      "saturation", \.saturation, .number(0...3, suggested: 0.8...1.4),
      "Strength of colors; 1 is the curve's own, 0 is gray."),
  ]

  public static let neutral: Tone? = {
    var tone = Tone()
    tone.curve = .none
    return tone
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor {
    switch curve {
    case .agx: AgX(self)
    case .filmic: Filmic(self)
    case .neutral: Neutral(self)
    case .none: Unchanged()
    }
  }

  private struct Unchanged: RowProcessor {
    func process(_ row: Row, x: Int, y: Int) {}
  }
}

/// Light that no curve tells from infinite; keeps products finite.
private let brightest: Float = 1e9

/// AgX by Troy Sobotka (github.com/sobotka/AgX), with the matrices and the polynomial sigmoid of Benjamin
/// Wrensch's "Minimal AgX Implementation" (iolite-engine.com, 2023), ending in a look of more contrast and color.
struct AgX: RowProcessor {
  /// The look that makes up for AgX's pale base: contrast about the middle of the coded values, and saturation.
  static let look = (contrast: 1.3, saturation: 1.3)

  /// Black in stops about 1, and the stops from there to white.
  static let darkest = -12.47393
  static let range = 12.47393 + 4.026069

  /// Every row adds up to exactly 1, so that grays stay gray.
  static let inset = ColorMatrix(
    [
      [0.842479062253094, 0.0784335999999992, 0.0792237451477643],
      [0.0423282422610123, 0.878468636469772, 0.0791661274605434],
      [0.0423756549057051, 0.0784336, 0.879142973793104],
    ].map { row in row.map { $0 / (row[0] + row[1] + row[2]) } })

  /// The sigmoid on 0…1, scaled by a hair so that black is 0 and white is 1.
  static func sigmoid(_ x: Double) -> Double {
    (((((15.5 * x - 40.14) * x + 31.96) * x - 6.868) * x + 0.4298) * x + 0.1191) * x / top
  }
  /// What the published coefficients, less their constant, give for white.
  static let top = 15.5 - 40.14 + 31.96 - 6.868 + 0.4298 + 0.1191

  /// An S through 0, 1/2 and 1 with slope `c` in the middle: the odds of the value are raised to the power c.
  static func contrast(_ v: Double, _ c: Double) -> Double {
    guard v > 0 else { return 0 }
    guard v < 1 else { return 1 }
    return 1 / (1 + pow((1 - v) / v, c))
  }

  /// Light of black and white.
  static let black = exp2(darkest)
  static let white = exp2(darkest + range)

  private let into, out: RowMatrix
  /// Added to scaled light, so that black lies where the curve starts.
  private let offset: Float
  private let curve: OctaveCurve
  /// Set where polynomials cannot follow so flat a contrast: its ends are vertical.
  private let stepwise: Bool
  private let power: Float

  init(_ tone: Tone) {
    let c = AgX.look.contrast * Double(tone.contrast)
    let scale = (OctaveCurve.end - OctaveCurve.start) / (AgX.white - AgX.black)
    offset = Float(OctaveCurve.start - AgX.black * scale)
    out = RowMatrix(AgX.inset.inverse * .saturation(AgX.look.saturation * Double(tone.saturation)))
    // Logarithm, sigmoid and contrast are one function of the light.
    func exact(_ x: Double) -> Double {
      // Black is 0 to the last bit.
      guard x > OctaveCurve.start else { return 0 }
      let light = AgX.black + (x - OctaveCurve.start) / scale
      let t = (log2(light) - AgX.darkest) / AgX.range
      return AgX.contrast(AgX.sigmoid(max(0, min(1, t))), c)
    }
    curve = OctaveCurve(exact)
    // An eighth of an 8-bit code; the matrix that follows may double it.
    stepwise = !(curve.error(from: exact) < 5e-4)
    power = Float(c)
    into = RowMatrix(AgX.inset * (exp2(Double(tone.exposure)) * (stepwise ? 1 : scale)))
  }

  /// Logarithm, sigmoid and contrast one after the other.
  @inline(__always)
  private func shapeStepwise(_ light: v8f) -> v8f {
    let x = quickLog2(v8_clamp(light, 0.000175779, 16.2919)) * Float(1 / AgX.range)
    // From a hair below 0, so that black comes out as nothing.
    let t = v8_clamp(x + (Float(-AgX.darkest / AgX.range) - 1e-6), 0, 1)
    let t2 = t * t
    let s = ((t2 * 15.5 + (31.96 - t * 40.14)) * t2 + (0.4298 - t * 6.868)) * t2 + t * 0.1191
    let v = v8_clamp(s * Float(1 / AgX.top), 1e-9, 1 - 1e-6)
    let curved = 1 / (1 + v8_exp2((quickLog2(1 - v) - quickLog2(v)) * power))
    return v8_select(v8_less(v8_splat(0), t), curved, v8_splat(0))
  }

  @inline(__always)
  private func develop(
    _ r: inout v8f, _ g: inout v8f, _ b: inout v8f, _ shape: (v8f) -> v8f
  ) {
    into.apply(&r, &g, &b)
    r = shape(r)
    g = shape(g)
    b = shape(b)
    out.apply(&r, &g, &b)
    // The look is made in coded values; the framebuffer stays in linear light.
    r = quickDecode(v8_clamp(r, 0, 1))
    g = quickDecode(v8_clamp(g, 0, 1))
    b = quickDecode(v8_clamp(b, 0, 1))
  }

  func process(_ row: Row, x: Int, y: Int) {
    if stepwise {
      row.develop { r, g, b in develop(&r, &g, &b) { shapeStepwise($0) } }
    } else {
      row.develop { r, g, b in develop(&r, &g, &b) { curve($0 + offset) } }
    }
  }
}

/// The reference rendering transform of ACES as fitted by Stephen Hill ("ACES Fitted", BakingLab, 2016).
struct Filmic: RowProcessor {
  /// Scene light before the fit, which alone would bring middle gray to 0.1.
  static let exposure = 1 / 0.6
  static let into = ColorMatrix([
    [0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777],
  ])
  static let out = ColorMatrix([
    [1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602],
  ])

  private let grade: SceneGrade
  private let into, out: RowMatrix

  init(_ tone: Tone) {
    grade = SceneGrade(tone)
    into = RowMatrix(Filmic.into * Filmic.exposure)
    out = RowMatrix(Filmic.out)
  }

  @inline(__always)
  private func fit(_ light: v8f) -> v8f {
    let v = v8_clamp(light, 0, brightest)
    return (v * (v + 0.0245786) - 0.000090537) / (v * (v * 0.983729 + 0.4329510) + 0.238081)
  }

  func process(_ row: Row, x: Int, y: Int) {
    row.develop { r, g, b in
      grade.apply(&r, &g, &b)
      into.apply(&r, &g, &b)
      r = fit(r)
      g = fit(g)
      b = fit(b)
      out.apply(&r, &g, &b)
      r = v8_clamp(r, 0, 1)
      g = v8_clamp(g, 0, 1)
      b = v8_clamp(b, 0, 1)
    }
  }
}

/// Khronos PBR Neutral (Khronos Group, 2024): colors up to 0.8 keep hue and saturation, brighter ones run to white.
struct Neutral: RowProcessor {
  private let grade: SceneGrade

  init(_ tone: Tone) { grade = SceneGrade(tone) }

  func process(_ row: Row, x: Int, y: Int) {
    let start: Float = 0.8 - 0.04
    let room = 1 - start
    row.develop { r, g, b in
      grade.apply(&r, &g, &b)
      // Reflection at normal incidence, taken off again: at most 0.04.
      let least = v8_min(r, v8_min(g, b))
      let offset = v8_select(v8_less(least, v8_splat(0.08)), least - least * least * 6.25, v8_splat(0.04))
      r -= offset
      g -= offset
      b -= offset
      let peak = v8_max(r, v8_max(g, b))
      let bright = v8_less(v8_splat(start), peak)
      let newPeak = 1 - (room * room) / v8_max(peak + (room - start), v8_splat(room))
      let scale = newPeak / v8_max(peak, v8_splat(start))
      let white = 1 - 1 / ((peak - newPeak) * 0.15 + 1)
      r = v8_select(bright, r * scale + (newPeak - r * scale) * white, r)
      g = v8_select(bright, g * scale + (newPeak - g * scale) * white, g)
      b = v8_select(bright, b * scale + (newPeak - b * scale) * white, b)
    }
  }
}

/// Exposure, contrast about middle gray and saturation of scene light, before a curve that has no look of its own.
struct SceneGrade: Sendable {
  private let matrix: RowMatrix
  private let contrast: Float
  private let hasContrast: Bool

  init(_ tone: Tone) {
    matrix = RowMatrix(ColorMatrix.saturation(Double(tone.saturation)) * exp2(Double(tone.exposure)))
    contrast = tone.contrast
    hasContrast = tone.contrast != 1
  }

  @inline(__always)
  func apply(_ r: inout v8f, _ g: inout v8f, _ b: inout v8f) {
    r = v8_clamp(r, -brightest, brightest)
    g = v8_clamp(g, -brightest, brightest)
    b = v8_clamp(b, -brightest, brightest)
    matrix.apply(&r, &g, &b)
    if hasContrast {
      r = 0.18 * v8_pow(r * (1 / 0.18), contrast)
      g = 0.18 * v8_pow(g * (1 / 0.18), contrast)
      b = 0.18 * v8_pow(b * (1 / 0.18), contrast)
    }
    r = v8_clamp(r, 0, brightest)
    g = v8_clamp(g, 0, brightest)
    b = v8_clamp(b, 0, brightest)
  }
}

extension Row {
  /// Applies `curve` to the color of bodies and to light; what is transparent stays so.
  @inline(__always)
  fileprivate func develop(_ curve: (inout v8f, inout v8f, inout v8f) -> Void) {
    if isOpaque() {
      mapVectors { r, g, b, _, _ in curve(&r, &g, &b) }
    } else {
      mapVectors { r, g, b, a, _ in
        let divisor = bodyDivisor(r, g, b, a)
        r /= divisor
        g /= divisor
        b /= divisor
        curve(&r, &g, &b)
        r *= divisor
        g *= divisor
        b *= divisor
      }
    }
  }
}

/// A function of a logarithm, without the logarithm: a polynomial of the fourth degree for each of 16 octaves.
///
/// Neighbors meet, since each interpolates at its octave's ends.
struct OctaveCurve: Sendable {
  static let start = 1.0 / 32768
  static let end = 2.0

  /// Coefficients of a polynomial's powers of (mantissa − 1), of the lower and upper eight octaves. The exponents of
  /// floats from `start` on end in four bits that count from 0.
  private let c0, c1, c2, c3, c4: (low: v8f, high: v8f)

  init(_ f: (Double) -> Double) {
    var c = [(low: v8f, high: v8f)](repeating: (v8f(), v8f()), count: 5)
    for octave in 0..<16 {
      let first = OctaveCurve.start * exp2(Double(octave))
      // Chebyshev's extrema.
      let nodes = (0...4).map { 0.5 - 0.5 * cos(.pi * Double($0) / 4) }
      let powers = OctaveCurve.interpolate(nodes, nodes.map { f(first * (1 + $0)) })
      for (k, power) in powers.enumerated() {
        if octave < 8 {
          c[k].low[octave] = Float(power)
        } else {
          c[k].high[octave - 8] = Float(power)
        }
      }
    }
    (c0, c1, c2, c3, c4) = (c[0], c[1], c[2], c[3], c[4])
  }

  /// The largest difference from `f`.
  func error(from f: (Double) -> Double) -> Double {
    var error = 0.0
    // 33 places in an octave, at most half of them places where the curve was interpolated.
    for i in 0..<33 * 16 {
      let x = OctaveCurve.start * exp2(Double(i) / 33)
      error = max(error, abs(Double(self(v8_splat(Float(x)))[0]) - f(x)))
    }
    return error
  }

  /// The curve at `x`; at the ends for what lies beyond them or is not a number.
  @inline(__always)
  func callAsFunction(_ x: v8f) -> v8f {
    let inside = v8_clamp(x, Float(OctaveCurve.start), Float(OctaveCurve.end).nextDown)
    let bits = unsafeBitCast(inside, to: v8i.self)
    let t = unsafeBitCast((bits & 0x007f_ffff) | 0x3f80_0000, to: v8f.self) - 1
    // Pairs of powers side by side: the wait for each other's results is what takes time here.
    let t2 = t * t
    let a = t * v8_lookup16(c1.low, c1.high, bits) + v8_lookup16(c0.low, c0.high, bits)
    let b = t * v8_lookup16(c3.low, c3.high, bits) + v8_lookup16(c2.low, c2.high, bits)
    return (t2 * v8_lookup16(c4.low, c4.high, bits) + b) * t2 + a
  }

  /// Coefficients, lowest power first, of the polynomial through the values at the nodes (Newton's differences).
  private static func interpolate(_ nodes: [Double], _ values: [Double]) -> [Double] {
    var differences = values
    for k in 1..<nodes.count {
      for i in (k..<nodes.count).reversed() {
        differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - k])
      }
    }
    var powers = [Double](repeating: 0, count: nodes.count)
    for i in nodes.indices.reversed() {
      // powers = powers · (x − node) + difference
      for k in powers.indices.reversed() {
        powers[k] = (k > 0 ? powers[k - 1] : 0) - nodes[i] * powers[k]
      }
      powers[0] += differences[i]
    }
    return powers
  }
}

/// Base-2 logarithm of positive finite numbers, without a division; absolute error below 4e-6.
/// The mantissa is taken in sqrt(1/2)…sqrt(2); polynomial by least squares at Chebyshev's nodes.
@inline(__always)
private func quickLog2(_ x: v8f) -> v8f {
  let bits = unsafeBitCast(x, to: v8i.self)
  let exponent = (bits &- 0x3f35_04f3) &>> 23
  let z = unsafeBitCast(bits &- (exponent &<< 23), to: v8f.self) - 1
  var p = z * -0.206858124 + 0.318407118
  p = p * z - 0.366413259
  p = p * z + 0.479793884
  p = p * z - 0.721208468
  p = p * z + 1.4427018
  return v8_to_float(exponent) + p * z
}

/// The sRGB curve from coded values in 0…1 to linear light; absolute error below 6e-7, relative below 5e-6.
/// x^2.4 is a polynomial of the root of x to that accuracy (least squares of the relative error).
@inline(__always)
private func quickDecode(_ x: v8f) -> v8f {
  let s = v8_sqrt(x * Float(1 / 1.055) + Float(0.055 / 1.055))
  let s2 = s * s
  let a = s * -0.00394197573 + 0.000265417585
  let b = s * -0.0974716383 + 0.0254510454
  let c = s * 0.819489175 + 0.294639889
  let p = ((s2 * -0.0384323904 + c) * s2 + b) * s2 + a
  return v8_select(v8_less(x, v8_splat(0.04045)), x * Float(1 / 12.92), p)
}
