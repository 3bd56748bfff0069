import CVector
import Catalog
import Raster

/// Colors by brightness: from the darkest to the lightest along a ramp.
///
/// Light above white keeps the last color and its strength.
public struct GradientMap: PointEffect {
  public static let name = "gradient-map"
  public static let summary = "Colors by brightness, from the darkest to the lightest along color stops."

  public enum Measure: String, CaseIterable, Sendable, Hashable {
    case luminance, maximum, red, green, blue
  }

  var stops: [RampStop] = [
    RampStop(0, LinearColor(coded: 0.05, 0.04, 0.13)), RampStop(0.32, LinearColor(coded: 0.36, 0.10, 0.42)),
    RampStop(0.62, LinearColor(coded: 0.93, 0.29, 0.38)),
    RampStop(0.85, LinearColor(coded: 0.99, 0.68, 0.38)),
    RampStop(1, LinearColor(coded: 1, 0.94, 0.80)),
  ]
  var measure = Measure.luminance
  var space = RampSpace.oklab
  var hue = HuePath.shorter
  var from: Float = 0
  var to: Float = 1

  public static let parameters: [Parameter<GradientMap>] = [
    .init(
      "gradient-map", \.stops, .stops,
      "Colors by coded brightness, {0: navy, 1: gold}; where they are transparent the picture shows through."),
    .init("measure", \.measure, .choice, "What counts as brightness."),
    .init("space", \.space, .choice, "The space in which colors mix."),
    .init("hue", \.hue, .choice, "Which way round the hue circle mixtures in oklch go."),
    .init(
      "from", \.from, .number(-1...2, suggested: 0...0.5), "The coded brightness that gets the color at 0."),
    .init("to", \.to, .number(-1...2, suggested: 0.5...1), "The coded brightness that gets the color at 1."),
  ]

  public static let sampleValues = ["gradient-map": "{0: \"#16213a\", 0.6: \"#e8432e\", 1: \"#f4e6c8\"}"]

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Colorist(self) }

  private struct Colorist: RowProcessor {
    private let table: RampTable
    private let weights: (Float, Float, Float)
    private let isMaximum: Bool
    private let from, scale: Float
    private static let chunk = 1024

    init(_ settings: GradientMap) {
      table = RampTable(Ramp(stops: settings.stops, space: settings.space, hue: settings.hue), from: 0, to: 1)
      isMaximum = settings.measure == .maximum
      weights =
        switch settings.measure {
        case .luminance, .maximum: (0.2126, 0.7152, 0.0722)
        case .red: (1, 0, 0)
        case .green: (0, 1, 0)
        case .blue: (0, 0, 1)
        }
      from = settings.from
      let span = settings.to - settings.from
      // Ends that meet make a step.
      scale = abs(span) < 1e-4 ? 1e4 : 1 / span
    }

    func process(_ row: Row, x: Int, y: Int) {
      let chunk = Colorist.chunk
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * (chunk + 8)) { scratch in
        guard let base = scratch.baseAddress else { return }
        let n = chunk + 8
        let (positions, light) = (base, base + n)
        let colors = { (count: Int) in
          Row(red: base + 2 * n, green: base + 3 * n, blue: base + 4 * n, alpha: base + 5 * n, count: count)
        }
        var start = 0
        while start < row.count {
          let part = row.dropping(start, count: min(chunk, row.count - start))
          measure(part, positions, light)
          let mapped = colors(part.count)
          table.fill(mapped, positions: positions)
          part.mapVectors { r, g, b, _, i in
            // The scratch reaches beyond the row, and so may be read in whole vectors.
            let k = v8_load(light + i)
            let rest = 1 - v8_load(mapped.alpha + i)
            r = r * rest + v8_load(mapped.red + i) * k
            g = g * rest + v8_load(mapped.green + i) * k
            b = b * rest + v8_load(mapped.blue + i) * k
          }
          start += chunk
        }
      }
    }

    /// Places on the ramp, and what the ramp's colors are multiplied with.
    private func measure(
      _ row: Row, _ positions: UnsafeMutablePointer<Float>, _ light: UnsafeMutablePointer<Float>
    ) {
      let opaque = row.isOpaque()
      row.mapVectors { r, g, b, a, i in
        r = v8_clamp(r, -1e12, 1e12)
        g = v8_clamp(g, -1e12, 1e12)
        b = v8_clamp(b, -1e12, 1e12)
        let divisor = opaque ? v8_splat(1) : bodyDivisor(r, g, b, a)
        let value =
          isMaximum ? v8_max(r, v8_max(g, b)) : r * weights.0 + g * weights.1 + b * weights.2
        let level = v8_max(value / divisor, v8_splat(0))
        v8_store(positions + i, (v8_srgb_encode(v8_min(level, v8_splat(4))) - from) * scale)
        // Light without a body has no darkest color: it gets that of its strength, and fades out with it.
        let body = v8_min(v8_max(a, v8_splat(0)) / divisor, v8_splat(1))
        let shown = body + (1 - body) * v8_min(level, v8_splat(1))
        v8_store(light + i, v8_max(level, v8_splat(1)) * shown * divisor)
      }
    }
  }
}
