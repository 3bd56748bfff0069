#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The sRGB transfer function (IEC 61966-2-1), exact, for set-up code; rows use `v8_srgb_encode`.
public enum SRGB {
  /// Linear light to coded value; odd about 0 and continued above 1.
  public static func encode(_ x: Double) -> Double {
    let a = abs(x)
    let y = a <= 0.0031308 ? a * 12.92 : 1.055 * pow(a, 1 / 2.4) - 0.055
    return x < 0 ? -y : y
  }

  /// Coded value to linear light; odd about 0 and continued above 1.
  public static func decode(_ x: Double) -> Double {
    let a = abs(x)
    let y = a <= 0.04045 ? a / 12.92 : pow((a + 0.055) / 1.055, 2.4)
    return x < 0 ? -y : y
  }
}

/// A color in linear-light Rec. 709 primaries, not premultiplied; components above 1 are light.
public struct LinearColor: Hashable, Sendable {
  public var red, green, blue, alpha: Double

  public init(_ red: Double, _ green: Double, _ blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// From sRGB-coded components in 0…1.
  public init(coded red: Double, _ green: Double, _ blue: Double, alpha: Double = 1) {
    self.init(SRGB.decode(red), SRGB.decode(green), SRGB.decode(blue), alpha: alpha)
  }

  public static let black = LinearColor(0, 0, 0)
  public static let white = LinearColor(1, 1, 1)
  public static let clear = LinearColor(0, 0, 0, alpha: 0)

  /// Light of `intensity` times this color; the body (alpha) stays as it is.
  public static func * (color: LinearColor, intensity: Double) -> LinearColor {
    LinearColor(
      color.red * intensity, color.green * intensity, color.blue * intensity, alpha: color.alpha)
  }

  /// Rec. 709 luminance.
  public var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }
}

/// OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020).
public struct OKLab: Hashable, Sendable {
  /// Lightness (0 black, 1 white) and the two opponent axes.
  public var lightness, a, b: Double

  public init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  /// Chroma and a hue in degrees.
  public init(lightness: Double, chroma: Double, hue: Double) {
    self.init(lightness: lightness, a: chroma * cos(hue * .pi / 180), b: chroma * sin(hue * .pi / 180))
  }

  public init(_ color: LinearColor) {
    let l = cbrt(0.4122214708 * color.red + 0.5363325363 * color.green + 0.0514459929 * color.blue)
    let m = cbrt(0.2119034982 * color.red + 0.6806995451 * color.green + 0.1073969566 * color.blue)
    let s = cbrt(0.0883024619 * color.red + 0.2817188376 * color.green + 0.6299787005 * color.blue)
    self.init(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  public var chroma: Double { (a * a + b * b).squareRoot() }
  /// Degrees, 0..<360; 0 for grays.
  public var hue: Double {
    guard chroma > 1e-6 else { return 0 }
    let h = atan2(b, a) * 180 / .pi
    return h < 0 ? h + 360 : h
  }

  public func linear(alpha: Double = 1) -> LinearColor {
    let l = lightness + 0.3963377774 * a + 0.2158037573 * b
    let m = lightness - 0.1055613458 * a - 0.0638541728 * b
    let s = lightness - 0.0894841775 * a - 1.2914855480 * b
    let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
    return LinearColor(
      4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
      -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
      -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3, alpha: alpha)
  }
}
