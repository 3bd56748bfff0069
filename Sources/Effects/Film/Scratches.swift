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

/// Scratches along the film: thin upright lines that last over frames, wander, break off and come back.
///
/// A scratch is a line on the running film: where it leaves a frame at the bottom it enters the next at the top.
public struct Scratches: PointEffect {
  public static let name = "scratches"
  public static let summary = "Upright scratches of a worn film that wander and last over frames."

  public enum Side: String, CaseIterable, Sendable, Hashable {
    /// Scratched into the base: light is scattered away.
    case dark
    /// Scratched into the emulsion of a negative, or down to the bare base of a print.
    case light
    /// Down to the last layers of a color film.
    case green
    case mixed
  }

  var amount: Float = 0.4
  var side = Side.mixed
  /// Share of the picture's height.
  var width: Float = 0.0016
  var wander: Float = 0.3
  /// Seconds.
  var lasting: Float = 1.2

  public static let parameters: [Parameter<Scratches>] = [
    .init(
      "scratches", \.amount, .number(0...1), "How many there are, and how deep; at 1 about twenty at a time."),
    .init(
      "side", \.side, .choice,
      "dark lines are scratches of the base, light ones of the emulsion, green ones reach the last color."),
    .init("width", \.width, .length(0.0001...0.02, suggested: 0.0006...0.002), "Width of the widest."),
    .init("wander", \.wander, .number(0...1), "How far they leave the straight way."),
    .init(
      "lasting", \.lasting, .number(0.05...60, suggested: 0.3...4, unit: .seconds), "How long one lasts."),
  ]

  public static let neutral: Scratches? = {
    var scratches = Scratches()
    scratches.amount = 0
    return scratches
  }()

  /// Scratches that there may be at a time.
  private static let places = 28
  /// Frames a second of the film that is scratched, whatever the preset shows of it.
  private static let filmRate = 24.0

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor {
    Lines(self, context)
  }

  /// One scratch at one moment.
  private struct Line: Sendable {
    /// Middle, in shares of the picture's width.
    var x: Double
    /// Pixels.
    var width: Double
    var strength: Double
    /// What is left of each color in its middle, and light that is added.
    var gain, light: SIMD3<Float>
    /// Deviation from the straight way, pixels.
    var sway: Double
    /// Of the running film, in frames.
    var gaps: Double
    var seed: Seed
  }

  private struct Lines: RowProcessor {
    private let lines: [Line]
    private let geometry: Geometry
    private let film: Double
    private let filmLength: Double?

    init(_ settings: Scratches, _ context: EffectContext) {
      geometry = context.geometry
      let machine = Unsteadiness("scratches", in: context)
      (film, filmLength) = machine.film(rate: Scratches.filmRate)
      var lines: [Line] = []
      let amount = Double(settings.amount)
      for place in 0..<Scratches.places where amount > 0 {
        let seed = machine.seed.derived(place)
        let lasting = Double(settings.lasting) * (0.5 + seed.unit(0))
        let (number, share) = machine.step(rate: 1 / max(0.02, lasting), offset: seed.unit(1))
        let own = seed.derived(number)
        // More of them with a higher amount, and the same ones stay.
        guard own.unit(0) < 0.06 + 0.66 * amount else { continue }
        // They come and go at once, but not with a jump.
        let edge = 0.08
        let presence = min(1, min(share, 1 - share) / edge)
        let depth = own.unit(1)
        let strength = presence * (0.25 + 0.75 * depth * depth) * (0.4 + 0.6 * amount)
        let side: Side =
          settings.side != .mixed
          ? settings.side : own.unit(2) < 0.5 ? .light : own.unit(2) < 0.85 ? .dark : .green
        let (gain, light): (SIMD3<Float>, SIMD3<Float>) =
          switch side {
          case .dark: (SIMD3(0.12, 0.11, 0.10), SIMD3())
          case .light, .mixed: (SIMD3(0.7, 0.7, 0.7), SIMD3(0.62, 0.60, 0.52))
          case .green: (SIMD3(0.35, 0.8, 0.4), SIMD3(0.05, 0.42, 0.10))
          }
        // They keep to where rollers touch: to one side of the picture more than to the other.
        let u = own.unit(3)
        lines.append(
          Line(
            x: 0.02 + 0.96 * (own.unit(4) < 0.5 ? u : u * u),
            width: geometry.pixels(Double(settings.width)) * (0.35 + 0.65 * own.unit(5)), strength: strength,
            gain: gain, light: light,
            sway: geometry.pixels(0.02 * Double(settings.wander)) * (0.2 + 0.8 * own.unit(6)),
            gaps: own.unit(7), seed: own))
      }
      self.lines = lines
    }

    /// Smooth noise along the film, mean 0, from −1 to 1; `cell` counts frames.
    private func noise(_ seed: Seed, _ place: Double, cell: Double) -> Double {
      var cells = place / cell
      var count = 0
      if let filmLength {
        count = max(1, Int(max(1, min(1e9, (filmLength / cell).rounded()))))
        cells = place / filmLength * Double(count)
      }
      let low = max(-1e12, min(1e12, cells)).rounded(.down)
      func value(_ i: Int) -> Double {
        let n = count > 0 ? ((i % count) + count) % count : i
        return seed.unit(n) * 2 - 1
      }
      let t = cells - low
      let (a, b) = (value(Int(low)), value(Int(low) + 1))
      return a + (b - a) * t * t * (3 - 2 * t)
    }

    func process(_ row: Row, x: Int, y: Int) {
      guard !lines.isEmpty else { return }
      let height = (Double(y) + 0.5 - Double(geometry.bleed)) / Double(max(1, geometry.trimHeight))
      // The film runs downwards: what is above comes later.
      let place = film - height
      for line in lines {
        let way =
          noise(line.seed.derived("way"), place, cell: 3.1) + 0.35
          * noise(line.seed.derived("bend"), place, cell: 0.43)
          + 0.06 * noise(line.seed.derived("shake"), place, cell: 0.05)
        let middle = geometry.point(line.x, 0).x + line.sway * way
        // Where the noise is low the scratch breaks off.
        let depth =
          noise(line.seed.derived("depth"), place, cell: 0.9) + 0.5
          * noise(line.seed.derived("chatter"), place, cell: 0.07)
        let presence = max(0, min(1, (depth + 1.1 - 1.5 * line.gaps) * 2.5))
        guard presence > 0 else { continue }
        // Lines thinner than a pixel are as wide as one, and fainter.
        let half = max(0.5, line.width * (0.6 + 0.4 * presence) / 2)
        let cover = line.strength * presence * min(1, line.width / (2 * half))
        let low = max(x, Int(max(-1e9, min(1e9, (middle - half - 1).rounded(.down)))))
        let high = min(x + row.count, Int(max(-1e9, min(1e9, (middle + half + 2).rounded(.up)))))
        guard low < high else { continue }
        for column in low..<high {
          let left = max(Double(column), middle - half)
          let right = min(Double(column) + 1, middle + half)
          guard right > left else { continue }
          apply(line, share: Float((right - left) * cover), row, column - x)
        }
      }
    }

    private func apply(_ line: Line, share k: Float, _ row: Row, _ i: Int) {
      let a = max(0, min(1, row.alpha[i]))
      func through(_ c: Float, _ gain: Float, _ light: Float) -> Float {
        let c = max(-1e30, min(1e30, c))
        // What is brighter than the bare film stays so.
        return c + (max(c * gain, min(c, light * a)) + max(0, light * a - c) - c) * k
      }
      row.red[i] = through(row.red[i], line.gain.x, line.light.x)
      row.green[i] = through(row.green[i], line.gain.y, line.light.y)
      row.blue[i] = through(row.blue[i], line.gain.z, line.light.z)
    }
  }
}
