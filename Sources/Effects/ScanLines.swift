import CVector
import Catalog
import Raster

/// The dark gaps between the lines of a picture tube, and nothing else of it.
///
/// Where it is bright the lines swell and close their gaps. The sum of light stays the same.
public struct ScanLines: PointEffect {
  public static let name = "scan-lines"
  public static let summary =
    "The lines of a picture tube with dark gaps between them, which bright light closes."

  var amount: Float = 0.6
  var lines = 240
  var closing: Float = 0.7

  public static let parameters: [Parameter<ScanLines>] = [
    .init("scan-lines", \.amount, .number(0...1, suggested: 0.2...0.8), "How dark the gaps are."),
    .init(
      "lines", \.lines, .integer(20...2400),
      "Lines over the picture's height; where they are finer than about three pixels they fade away."),
    .init("closing", \.closing, .number(0...1), "How far bright light closes the gaps."),
  ]

  public static let neutral: ScanLines? = {
    var lines = ScanLines()
    lines.amount = 0
    return lines
  }()

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor {
    Processor(self, context.geometry)
  }

  /// The height of a line's Gaussian (a deviation of 0.22) over its mean of 1: its first two harmonics, seen by pixels.
  private struct Processor: RowProcessor {
    private let amount, closing: Float
    private let origin, pitch: Double
    private let first, second: Float

    init(_ settings: ScanLines, _ geometry: Geometry) {
      amount = settings.amount
      closing = settings.closing
      origin = Double(geometry.bleed)
      pitch = Double(max(1, geometry.trimHeight)) / Double(max(1, settings.lines))
      // 2 exp(−2 π² σ² k²), faded, and scaled so that gaps at 1 are black.
      let frequency = 1 / pitch
      let (one, two) = (0.769, 0.0438)
      let black = 1 / (one - two)
      first = Float(one * black * PatternFade.share(frequency: frequency))
      second = Float(two * black * PatternFade.share(frequency: 2 * frequency))
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard amount > 0, first > 0 else { return }
      let place = (Double(y) + 0.5 - origin) / pitch - 0.5
      let t = place - place.rounded(.down)
      let c = Float(ScanLines.cosine(t))
      let wave = amount * (first * c + second * (2 * c * c - 1))
      let open = closing
      row.mapVectors { r, g, b, _, _ in
        r *= 1 + (1 - ScanLines.swell(r) * open) * wave
        g *= 1 + (1 - ScanLines.swell(g) * open) * wave
        b *= 1 + (1 - ScanLines.swell(b) * open) * wave
        r = v8_clamp(r, -ScanLines.brightest, ScanLines.brightest)
        g = v8_clamp(g, -ScanLines.brightest, ScanLines.brightest)
        b = v8_clamp(b, -ScanLines.brightest, ScanLines.brightest)
      }
    }
  }

  /// Values beyond this stay finite only by being cut.
  private static let brightest: Float = 3e38

  /// 0 in the dark, 1 in bright light.
  @inline(__always)
  private static func swell(_ light: v8f) -> v8f {
    let light = v8_clamp(light, 0, 1e6)
    return light / (light + TubeRaster.half)
  }

  /// cos(2π t) for t in 0…1, by its series about the nearest quarter; error below 1e-7.
  private static func cosine(_ t: Double) -> Double {
    // Distance from the nearest whole turn, then from a quarter: an odd function there.
    let d = abs(t - (t + 0.5).rounded(.down))
    let x = (0.25 - d) * 2 * Double.pi
    let z = x * x
    return x * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110)))))
  }
}
