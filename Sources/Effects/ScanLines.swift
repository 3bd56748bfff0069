import CVector
import Catalog
import Raster

/// The lines of a picture tube with the dark gaps between them, and nothing else of it.
///
/// A line is drawn by a spot with a Gaussian profile, which is the wider the more current the beam carries: in the dark lines
/// are thin and the gaps deep, in highlights they run into each other. The sum of light stays the same, since only the
/// harmonics of the profile change, never its mean.
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

  /// Deviation of the spot across the lines, in shares of their distance: in the dark, and what bright light adds.
  private static let thin = 0.15, swelling = 0.36
  /// The light at which half of the swelling is reached.
  private static let half: Float = 0.4

  private struct Processor: RowProcessor {
    private let amount: Float
    private let origin, pitch: Double
    private let isSeen: Bool
    /// Of the spot: deviation in the dark, what light adds, and the variance that pixels add.
    private let thin, swelling, blur: Float

    init(_ settings: ScanLines, _ geometry: Geometry) {
      amount = settings.amount
      origin = Double(geometry.bleed)
      pitch = Double(max(1, geometry.trimHeight)) / Double(max(1, settings.lines))
      isSeen = PatternFade.share(frequency: 1 / pitch) > 0
      thin = Float(ScanLines.thin)
      swelling = settings.closing * Float(ScanLines.swelling)
      blur = Float(PatternFade.variance(frequency: 1 / pitch))
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard amount > 0, isSeen else { return }
      let place = (Double(y) + 0.5 - origin) / pitch - 0.5
      let t = place - place.rounded(.down)
      let c = Float(ScanLines.cosine(t))
      // Harmonics of Gaussians that lie one period apart: 2 exp(−2 π² σ² k²).
      let (first, second) = (2 * amount * c, 2 * amount * (2 * c * c - 1))
      let third = 2 * amount * c * (4 * c * c - 3)
      @inline(__always)
      func drawn(_ light: v8f) -> v8f {
        let level = v8_clamp(light, 0, 1e6)
        let spot = level / (level + ScanLines.half) * swelling + thin
        let e = v8_exp2((spot * spot + blur) * -28.476_587)
        let e4 = e * e * (e * e)
        let profile = e * first + e4 * second + e4 * e4 * e * third + 1
        return v8_clamp(light * profile, -ScanLines.brightest, ScanLines.brightest)
      }
      row.mapVectors { r, g, b, _, _ in
        r = drawn(r)
        g = drawn(g)
        b = drawn(b)
      }
    }
  }

  /// Values beyond this stay finite only by being cut.
  private static let brightest: Float = 3e38

  /// cos(2π t) for t in 0…1, by its series about the nearest quarter; error below 1e-7.
  private static func cosine(_ t: Double) -> Double {
    // Distance from the nearest whole turn, then from a quarter: an odd function there.
    let d = abs(t - (t + 0.5).rounded(.down))
    let x = (0.25 - d) * 2 * Double.pi
    let z = x * x
    return x * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110)))))
  }
}
