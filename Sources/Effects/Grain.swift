import CVector
import Catalog
import Raster

/// The grain of film: fixed in the picture's own measure, so that a draft shows what the print will.
///
/// Grain lives on a lattice of cells in shares of the picture's height. Between cells it runs smoothly; a pixel
/// gets the mean over its own area, so that fine grain averages out in a small picture as it does in a camera.
/// It modulates the square root of light, strongest in middle tones and vanishing at black and at white, and
/// leaves the mean of the light unchanged.
public struct Grain: MixingEffect {
  public static let name = "grain"
  public static let summary = "Film grain, strongest in the middle tones, new in every frame."

  var amount: Float = 0.4
  /// Share of the picture's height.
  var size: Float = 1 / 1400
  var color: Float = 0.25

  public static let parameters: [Parameter<Grain>] = [
    .init(
      "grain", \.amount, .number(0...2, suggested: 0.1...1),
      "Strength; 1 is a deviation of 15 of 255 in the middle tones."),
    .init(
      "size", \.size, .length(0.0001...0.05, suggested: 0.0004...0.002), "Distance from grain to grain."),
    .init(
      "color", \.color, .number(0...1), "From silver grain (0) to grains of their own in each color (1)."),
  ]

  public static let neutral: Grain? = {
    var grain = Grain()
    grain.amount = 0
    return grain
  }()

  /// Standard deviation of the square root of light at amount 1 in the middle tones.
  static let deviation: Float = 0.06
  /// Rows that are done in one go; the lattice rows above and below them are made once.
  private static let strip = 64

  public init() {}

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    // Tables, and for each thread the lattice rows that one row of pixels sees.
    let cell = Double(size) * Double(context.geometry.trimHeight)
    guard amount > 0, cell > 1.0 / 32 else { return 0 }
    let taps = Int((1 / cell).rounded(.up)) + 4
    let rows = region.width + 8
    return (rows + region.height) * (taps + 2) * 4 + context.workers.count * (taps + 1) * rows
      * (color > 0 ? 12 : 4)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let cell = Double(size) * Double(geometry.trimHeight)
    // Beyond this a pixel averages a thousand grains: nothing is left to see.
    guard cell > 1.0 / 32 else { return }
    let columns = AreaTaps(region.columns, origin: Double(geometry.bleed), cell: cell)
    let rows = AreaTaps(region.rows, origin: Double(geometry.bleed), cell: cell)
    let seed = context.seed.derived("grain").derived(context.moment.frame)
    let fields = color > 0 ? 3 : 1
    let seeds = (0..<fields).map { seed.derived($0).low }
    // From place to place between the lattice points the deviation differs by 4 % from its mean.
    let exposer = Exposer(
      color: Double(color), amount: amount * Grain.deviation / Float(AreaTaps.meanVariance))
    let strip = context.workers.bandHeight ?? Grain.strip
    context.workers.each((region.height + strip - 1) / strip) { job in
      let span = job * strip..<min(region.height, (job + 1) * strip)
      let lattice = LatticeStrip(columns: columns, fields: fields, taps: rows.count)
      let memory = RowMemory(width: region.width, for: mixer)
      for i in span {
        let noise = lattice.combine(rows, row: i, seeds: seeds)
        memory.changing(frame.row(region.minY + i), x: region.minX, y: region.minY + i) { row in
          exposer.process(
            row, noise, stride: fields > 1 ? lattice.fieldStride : 0, variance: columns.variance,
            rows.variance[i])
        }
      }
    }
  }

  /// Adds noise to a row.
  private struct Exposer: Sendable {
    let amount: Float
    /// Own and foreign share of the three fields in a channel: unit variance, correlation 1 − color.
    let own, other: Float

    init(color: Double, amount: Float) {
      // The root of the matrix with 1 in the diagonal and 1 − color elsewhere.
      let equal = (1 + 2 * (1 - color)).squareRoot()
      let differing = color.squareRoot()
      own = Float((equal + 2 * differing) / 3)
      other = Float((equal - differing) / 3)
      self.amount = amount
    }

    @inline(__always)
    private func expose(_ c: v8f, _ n: v8f, _ variance: v8f) -> v8f {
      let s = v8_sqrt(v8_max(c, v8_splat(0)))
      let w = v8_max(s - s * s, v8_splat(0)) * (4 * amount)
      // (s + w n)², less what that adds on average.
      let change = w * (s * n * 2 + w * (n * n - variance))
      return v8_select(v8_less(v8_splat(0), w), v8_max(c + change, v8_splat(0)), c)
    }

    func process(
      _ row: Row, _ noise: UnsafePointer<Float>, stride: Int, variance: UnsafePointer<Float>,
      _ rowVariance: Float
    ) {
      let opaque = row.isOpaque()
      row.mapVectors { r, g, b, a, i in
        var n0 = v8_load(noise + i)
        var n1 = n0
        var n2 = n0
        if stride > 0 {
          let m1 = v8_load(noise + stride + i)
          let m2 = v8_load(noise + 2 * stride + i)
          let sum = (n0 + m1 + m2) * other
          n0 = sum + n0 * (own - other)
          n1 = sum + m1 * (own - other)
          n2 = sum + m2 * (own - other)
        }
        let v = v8_load(variance + i) * rowVariance
        if opaque {
          r = expose(r, n0, v)
          g = expose(g, n1, v)
          b = expose(b, n2, v)
        } else {
          let divisor = bodyDivisor(r, g, b, a)
          r = expose(r / divisor, n0, v) * divisor
          g = expose(g / divisor, n1, v) * divisor
          b = expose(b / divisor, n2, v) * divisor
        }
      }
    }
  }
}
