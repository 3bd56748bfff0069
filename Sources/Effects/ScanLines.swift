import CVector
import Catalog
import Raster

/// The lines of a picture tube with the dark gaps between them, and nothing else of it.
///
/// A line is drawn by a spot with a Gaussian profile, which is the wider the more current the beams carry: in the dark lines
/// are thin and the gaps deep, and at white they run into each other. Half of the growth is each gun's own, its space
/// charge; the other half all three share with the brightest, since they draw on one supply, which sags. So neon has
/// no gaps in the colors that it has little of either. The sum of light stays the same, since only the
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

  /// Deviation of the spot across the lines, in shares of their distance: in the dark, and of what white adds. At both
  /// together the lines of an even area differ by 0.7 % of its light.
  private static let thin = 0.15, swelling = 0.55
  /// What a beam adds to the variance grows with its current, and is bounded by this many times what white adds, less 1.
  private static let yield: Float = 1.4

  private struct Processor: RowProcessor {
    private let amount: Float
    private let origin, pitch: Double
    private let isSeen: Bool
    /// Of the spot: variance in the dark and by pixels, and what light adds to it.
    private let thin, swelling: Float

    init(_ settings: ScanLines, _ geometry: Geometry) {
      amount = settings.amount
      origin = Double(geometry.bleed)
      pitch = Double(max(1, geometry.trimHeight)) / Double(max(1, settings.lines))
      isSeen = PatternFade.share(frequency: 1 / pitch) > 0
      thin = Float(ScanLines.thin * ScanLines.thin + PatternFade.variance(frequency: 1 / pitch))
      let wide = settings.closing * Float(ScanLines.swelling)
      swelling = wide * wide * (1 + ScanLines.yield)
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard amount > 0, isSeen else { return }
      let place = (Double(y) + 0.5 - origin) / pitch - 0.5
      let t = place - place.rounded(.down)
      let c = Float(cosine(ofTurns: t))
      // Harmonics of Gaussians that lie one period apart: 2 exp(−2 π² σ² k²).
      let (first, second) = (2 * amount * c, 2 * amount * (2 * c * c - 1))
      let third = 2 * amount * c * (4 * c * c - 3)
      @inline(__always)
      func drawn(_ light: v8f, _ most: v8f) -> v8f {
        let level = (v8_clamp(light, 0, 1e6) + most) * 0.5
        let spot = level / (level + ScanLines.yield) * swelling + thin
        let e = v8_exp2(spot * -28.476_587)
        let e4 = e * e * (e * e)
        let profile = e * first + e4 * second + e4 * e4 * e * third + 1
        return v8_clamp(light * profile, -ScanLines.brightest, ScanLines.brightest)
      }
      row.mapVectors { r, g, b, _, _ in
        let most = v8_clamp(v8_max(v8_max(r, g), b), 0, 1e6)
        r = drawn(r, most)
        g = drawn(g, most)
        b = drawn(b, most)
      }
    }
  }

  /// Values beyond this stay finite only by being cut.
  private static let brightest: Float = 3e38
}
