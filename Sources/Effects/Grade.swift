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

/// Balances and grades scene light, as a colorist does before the tone curve.
public struct Grade: PointEffect {
  public static let name = "grade"
  public static let summary =
    "Exposure, contrast, saturation, white balance, lift, gamma and gain, and split toning."

  /// Share of the graded picture in the result.
  var amount: Float = 1
  /// Stops.
  var exposure: Float = 0
  var contrast: Float = 1
  /// Light that contrast leaves as it is.
  var pivot: Float = 0.18
  var saturation: Float = 1
  var temperature: Float = 0
  var tint: Float = 0
  /// Degrees.
  var hue: Float = 0
  var lift = LinearColor.black
  var gamma = LinearColor.white
  var gain = LinearColor.white
  var shadows = LinearColor.white
  var highlights = LinearColor.white
  var toning: Float = 0.5
  var balance: Float = 0

  public static let parameters: [Parameter<Grade>] = [
    .init("grade", \.amount, .number(0...1), "Share of the graded picture in the result."),
    .init("exposure", \.exposure, .number(-16...16, suggested: -2...2, unit: .stops), "Brightness."),
    .init(
      "contrast", \.contrast, .number(0.25...4, suggested: 0.8...1.5),
      "Steepness about the pivot, in stops of light; 1 changes nothing."),
    .init(
      "pivot", \.pivot, .number(0.001...10, suggested: 0.05...0.5, unit: .linearLight),
      "The light that contrast leaves as it is."),
    .init(
      "saturation", \.saturation, .number(0...4, suggested: 0.5...1.5),
      "Strength of colors at equal luminance; 0 is gray."),
    .init(
      "temperature", \.temperature, .number(-1...1, suggested: -0.5...0.5),
      "White balance from blue (−1, about 18,000 K) to amber (1, about 3900 K)."),
    .init(
      "tint", \.tint, .number(-1...1, suggested: -0.5...0.5), "White balance from green (−1) to magenta (1)."),
    .init("hue", \.hue, .angle(-180...180), "Turns all colors, at equal luminance."),
    .init("lift", \.lift, .color, "The color that black becomes; lights stay."),
    .init(
      "gamma", \.gamma, .color,
      "What middle gray is multiplied with; black and white stay. white * 1.2 lifts middle tones."),
    .init("gain", \.gain, .color, "The color that white becomes; shadows stay."),
    .init("shadows", \.shadows, .color, "The color that shadows lean to; grays change nothing."),
    .init("highlights", \.highlights, .color, "The color that lights lean to; grays change nothing."),
    .init(
      "toning", \.toning, .number(0...1, suggested: 0.2...0.7),
      "How far shadows and lights lean to their colors."),
    .init(
      "balance", \.balance, .number(-1...1, suggested: -0.5...0.5),
      "Where shadows end: −1 tones nearly all as lights, 1 nearly all as shadows."),
  ]

  // The defaults change nothing.
  public static let sampleValues = ["contrast": "1.2", "saturation": "0.8", "temperature": "-0.3"]

  public static let neutral: Grade? = Grade()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Balanced(self) }

  private struct Balanced: RowProcessor {
    private let amount, contrast, pivot: Float
    private let lift: (Float, Float, Float)
    private let light, color: RowMatrix
    private let gamma: (Float, Float, Float)
    /// What shadows and lights are multiplied with, less 1.
    private let shadows, highlights: (Float, Float, Float)
    private let balance: Float
    private let hasContrast, hasLift, hasGamma, hasToning, isIdle: Bool

    init(_ grade: Grade) {
      amount = grade.amount
      contrast = grade.contrast
      pivot = grade.pivot
      func bounded(_ x: Double) -> Double { x.isFinite ? max(-1e4, min(1e4, x)) : 0 }
      lift = (
        Float(bounded(grade.lift.red)), Float(bounded(grade.lift.green)), Float(bounded(grade.lift.blue))
      )
      hasLift = lift != (0, 0, 0)
      hasContrast = contrast != 1
      let gain = [grade.gain.red, grade.gain.green, grade.gain.blue].map { bounded($0) }
      let white = WhiteBalance.matrix(
        temperature: Double(grade.temperature), tint: Double(grade.tint))
      light = RowMatrix(.diagonal(gain) * white * exp2(Double(grade.exposure)))
      color = RowMatrix(.hue(degrees: Double(grade.hue)) * .saturation(Double(grade.saturation)))
      // pivot → color · pivot, with black and white where they are.
      let exponents = [grade.gamma.red, grade.gamma.green, grade.gamma.blue].map { c in
        Float(max(0.1, min(8, 1 + log(max(1e-4, bounded(c))) / log(Balanced.middle))))
      }
      gamma = (exponents[0], exponents[1], exponents[2])
      hasGamma = gamma != (1, 1, 1)
      let toning = Double(grade.toning)
      func tint(_ c: LinearColor) -> (Float, Float, Float) {
        // Of luminance 1, so that a gray keeps its brightness.
        let y = max(1e-6, bounded(c.luminance))
        let parts = [c.red, c.green, c.blue].map { Float(toning * (min(8, max(0, bounded($0) / y)) - 1)) }
        return abs(parts[0]) + abs(parts[1]) + abs(parts[2]) < 1e-5
          ? (0, 0, 0) : (parts[0], parts[1], parts[2])
      }
      shadows = tint(grade.shadows)
      highlights = tint(grade.highlights)
      hasToning = shadows != (0, 0, 0) || highlights != (0, 0, 0)
      balance = exp2(grade.balance * 2.5)
      var plain = Grade()
      plain.amount = grade.amount
      plain.pivot = grade.pivot
      plain.balance = grade.balance
      plain.toning = grade.toning
      isIdle = amount == 0 || grade.hasSettings(of: plain)
    }

    /// The gray that gamma moves by its color.
    private static let middle = 0.18

    func process(_ row: Row, x: Int, y: Int) {
      guard !isIdle else { return }
      let limit: Float = 1e12
      let opaque = row.isOpaque()
      row.mapVectors { r, g, b, a, _ in
        r = v8_clamp(r, -limit, limit)
        g = v8_clamp(g, -limit, limit)
        b = v8_clamp(b, -limit, limit)
        let (r0, g0, b0) = (r, g, b)
        light.apply(&r, &g, &b)
        if hasLift {
          // Only a body has blacks to lift.
          r += v8_max(a - r, v8_splat(0)) * lift.0
          g += v8_max(a - g, v8_splat(0)) * lift.1
          b += v8_max(a - b, v8_splat(0)) * lift.2
        }
        if hasGamma {
          let divisor = opaque ? v8_splat(1) : bodyDivisor(r, g, b, a)
          r = divisor * v8_pow(r / divisor, gamma.0)
          g = divisor * v8_pow(g / divisor, gamma.1)
          b = divisor * v8_pow(b / divisor, gamma.2)
        }
        if hasContrast {
          let divisor = opaque ? v8_splat(pivot) : bodyDivisor(r, g, b, a) * pivot
          r = divisor * v8_pow(r / divisor, contrast)
          g = divisor * v8_pow(g / divisor, contrast)
          b = divisor * v8_pow(b / divisor, contrast)
        }
        color.apply(&r, &g, &b)
        if hasToning {
          let divisor = opaque ? v8_splat(1) : bodyDivisor(r, g, b, a)
          let luminance = (r * 0.2126 + g * 0.7152 + b * 0.0722) / divisor
          // About as bright as it looks.
          var level = v8_sqrt(v8_clamp(luminance, 0, 1))
          if balance != 1 { level = v8_pow(level, balance) }
          let light = level * level
          let dark = (1 - level) * (1 - level)
          r *= light * highlights.0 + dark * shadows.0 + 1
          g *= light * highlights.1 + dark * shadows.1 + 1
          b *= light * highlights.2 + dark * shadows.2 + 1
        }
        // Strong saturation drives the weakest channel below black.
        r = r0 + (v8_clamp(r, 0, limit) - r0) * amount
        g = g0 + (v8_clamp(g, 0, limit) - g0) * amount
        b = b0 + (v8_clamp(b, 0, limit) - b0) * amount
      }
    }
  }

  private func hasSettings(of other: Grade) -> Bool {
    exposure == other.exposure && contrast == other.contrast && saturation == other.saturation
      && temperature == other.temperature && tint == other.tint && hue == other.hue && lift == other.lift
      && gamma == other.gamma && gain == other.gain && shadows == other.shadows
      && highlights == other.highlights
  }
}

extension ColorMatrix {
  /// Turns hues about the axis of grays, at equal Rec. 709 luminance (Haeberli, "Matrix operations for image processing",
  /// 1993): the plane of equal luminance is sheared to stand square on that axis before the turn, and back after it.
  static func hue(degrees: Double) -> ColorMatrix {
    guard degrees != 0 else { return .identity }
    let (s, c) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
    let third = (1 - c) / 3
    let root = s / 3.0.squareRoot()
    let (own, next, other) = (c + third, third - root, third + root)
    let turn = ColorMatrix([[own, next, other], [other, own, next], [next, other, own]])
    // Adds to a color the gray by which its luminance differs from its mean.
    let gray = [0.2126 - 1.0 / 3, 0.7152 - 1.0 / 3, 0.0722 - 1.0 / 3]
    let shear = ColorMatrix((0..<3).map { i in (0..<3).map { j in (i == j ? 1.0 : 0.0) + gray[j] } })
    return shear.inverse * turn * shear
  }
}

/// White balance as an adaptation between two whites.
enum WhiteBalance {
  /// Linear Rec. 709 to CIE XYZ, D65 (IEC 61966-2-1).
  static let toXYZ = ColorMatrix([
    [0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322],
  ])
  /// Cone responses after Bradford (Lam 1985).
  static let bradford = ColorMatrix([
    [0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296],
  ])

  /// Chromaticity x, y of a black body, 1667…25000 K (Kim et al., US patent 7024034, 2006).
  static func planck(kelvin: Double) -> (x: Double, y: Double) {
    let t = 1000 / kelvin
    let x =
      kelvin < 4000
      ? ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
      : ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390
    let y: Double
    if kelvin < 2222 {
      y = ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
    } else if kelvin < 4000 {
      y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
    } else {
      y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483
    }
    return (x, y)
  }

  /// The matrix for linear Rec. 709: what was white under D65 becomes the chosen white, of the same luminance.
  /// A unit of temperature is 100 mired (10⁶/K); a unit of tint is 0.02 in CIE 1960 v.
  static func matrix(temperature: Double, tint: Double) -> ColorMatrix {
    guard temperature != 0 || tint != 0 else { return .identity }
    func uv(_ c: (x: Double, y: Double)) -> (u: Double, v: Double) {
      let d = -2 * c.x + 12 * c.y + 3
      return (4 * c.x / d, 6 * c.y / d)
    }
    let mired = 1e6 / 6504
    let white = uv((0.3127, 0.3290))
    let from = uv(planck(kelvin: 1e6 / mired))
    let to = uv(planck(kelvin: 1e6 / (mired + 100 * temperature)))
    // The locus of black bodies passes D65 by a hair: only the way along it counts.
    let u = white.u + to.u - from.u
    let v = white.v + to.v - from.v - 0.02 * tint
    let d = 2 * u - 8 * v + 4
    let (x, y) = (3 * u / d, 2 * v / d)
    let source = toXYZ * [1, 1, 1]
    let target = [x / y, 1, (1 - x - y) / y]
    let (a, b) = (bradford * source, bradford * target)
    let gains = ColorMatrix.diagonal((0..<3).map { b[$0] / a[$0] })
    return toXYZ.inverse * bradford.inverse * gains * bradford * toXYZ
  }
}
