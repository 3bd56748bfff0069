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

/// Scratches along the film: thin upright lines that last over frames, wander, chatter, break off and come back.
///
/// A scratch is a line on the running film: where it leaves a frame at the bottom it enters the next at the top. One of the
/// base bends light out of its way and is dark, with a bright lip. One of the emulsion goes down through the layers of a
/// color print, magenta first, then cyan, then yellow: green at its edges, yellow farther in, and white where it is deepest.
public struct Scratches: PointEffect {
  public static let name = "scratches"
  public static let summary = "Upright scratches of a worn film that wander and last over frames."

  public enum Side: String, CaseIterable, Sendable, Hashable {
    /// Scratched into the base: light is scattered away.
    case dark
    /// Scratched into the emulsion of a print, the deepest down to its bare base.
    case light
    /// Into the first layer of the emulsion only.
    case green
    case mixed
  }

  var amount: Float = 0.4
  var side = Side.mixed
  /// Share of the picture's height.
  var width: Float = 0.0022
  var wander: Float = 0.4
  /// Seconds.
  var lasting: Float = 1.2

  public static let parameters: [Parameter<Scratches>] = [
    .init(
      "scratches", \.amount, .number(0...1), "How many there are, and how deep; at 1 about twenty at a time."),
    .init(
      "side", \.side, .choice,
      "dark lines are scratches of the base, light ones of the emulsion, green ones of its first layer only."),
    .init("width", \.width, .length(0.0001...0.02, suggested: 0.0006...0.004), "Width of the widest."),
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
    /// Whether it is one of the emulsion, and how many of its three layers it goes through.
    var isEmulsion: Bool
    var depth: Double
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
        let strength = presence * (0.35 + 0.65 * depth * depth) * (0.4 + 0.6 * amount)
        let side: Side =
          settings.side != .mixed
          ? settings.side : own.unit(2) < 0.5 ? .light : own.unit(2) < 0.85 ? .dark : .green
        let deepest: Double =
          switch side {
          case .dark: 0.7 + 0.3 * depth
          case .light, .mixed: 0.55 + 0.85 * depth
          case .green: 0.3 + 0.15 * depth
          }
        // They keep to where rollers touch: to one side of the picture more than to the other.
        let u = own.unit(3)
        lines.append(
          Line(
            x: 0.02 + 0.96 * (own.unit(4) < 0.5 ? u : u * u),
            width: geometry.pixels(Double(settings.width)) * (0.35 + 0.65 * own.unit(5)), strength: strength,
            isEmulsion: side != .dark, depth: deepest,
            sway: geometry.pixels(0.03 * Double(settings.wander)) * (0.2 + 0.8 * own.unit(6)),
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
          noise(line.seed.derived("way"), place, cell: 3.1) + 0.6
          * noise(line.seed.derived("bend"), place, cell: 0.61)
          + 0.16 * noise(line.seed.derived("sway"), place, cell: 0.17)
          + 0.05 * noise(line.seed.derived("shake"), place, cell: 0.04)
        let middle = geometry.point(line.x, 0).x + line.sway * way
        // Where the noise is low the scratch breaks off; what scratched it skips over the film.
        let chatter = noise(line.seed.derived("chatter"), place, cell: 0.045)
        let depth =
          noise(line.seed.derived("depth"), place, cell: 0.7) + 0.55
          * noise(line.seed.derived("skip"), place, cell: 0.16) + 0.4 * chatter
        let presence = max(0, min(1, (depth + 0.95 - 1.25 * line.gaps) * 2))
        guard presence > 0 else { continue }
        // Lines thinner than a pixel are as wide as one, and fainter.
        let uneven = 1 + 0.35 * noise(line.seed.derived("breadth"), place, cell: 0.09) + 0.2 * chatter
        let width = line.width * (0.45 + 0.55 * presence) * uneven
        let half = max(0.5, width / 2)
        let cover = line.strength * (0.3 + 0.7 * presence) * min(1, width / (2 * half))
        let low = max(x, Int(max(-1e9, min(1e9, (middle - half - 1).rounded(.down)))))
        let high = min(x + row.count, Int(max(-1e9, min(1e9, (middle + half + 2).rounded(.up)))))
        guard low < high else { continue }
        for column in low..<high {
          let left = max(Double(column), middle - half)
          let right = min(Double(column) + 1, middle + half)
          guard right > left else { continue }
          let share = Float((right - left) * cover)
          // What of it a pixel sees: some places across it stand for all.
          let (from, to) = ((left - middle) / half, (right - middle) / half)
          if line.isEmulsion {
            var bare = SIMD3<Float>()
            for n in 0..<4 {
              bare += Lines.bared(
                from + (to - from) * (Double(n) + 0.5) / 4, depth: line.depth * (0.55 + 0.45 * presence))
            }
            lay(bare * (share / 4), row, column - x)
          } else {
            var light: Float = 0
            for n in 0..<4 { light += Lines.bent(from + (to - from) * (Double(n) + 0.5) / 4, line.depth) }
            bend(light / 4, share, row, column - x)
          }
        }
      }
    }

    /// What of red, green and blue a scratch of the emulsion lets through, at a place across it from −1 to 1. It takes
    /// away magenta, which holds back green, before cyan and yellow, which hold back red and blue.
    private static func bared(_ u: Double, depth: Double) -> SIMD3<Float> {
      // A furrow that is steeper on one side, and whose other lip lets some blue through as well.
      let d = depth * 1.5 * max(0, 1 - abs(u + 0.15) / (u < -0.15 ? 0.85 : 1.15))
      func gone(_ from: Double, _ to: Double) -> Float { Float(max(0, min(1, (d - from) / (to - from)))) }
      let (magenta, cyan, yellow) = (gone(0.02, 0.3), gone(0.4, 0.75), gone(0.75, 1.1))
      return SIMD3(cyan, magenta, max(yellow, u > 0.2 ? 0.7 * magenta * (1 - cyan) : 0))
    }

    /// What of its light a scratch of the base leaves at a place across it: little in its middle, and more than there was at
    /// one lip.
    private static func bent(_ u: Double, _ depth: Double) -> Float {
      if u > 0.62 { return Float(1 + 0.5 * depth) }
      return Float(1 - 0.95 * depth * max(0, min(1, (1 - abs(u)) * 3)))
    }

    private static let clear = SIMD3<Float>(0.66, 0.63, 0.54)

    private func lay(_ bare: SIMD3<Float>, _ row: Row, _ i: Int) {
      let a = max(0, min(1, row.alpha[i]))
      func through(_ c: Float, _ share: Float, _ clear: Float) -> Float {
        let c = max(-1e30, min(1e30, c))
        // What is brighter than the bare film stays so.
        return c + max(0, clear * a - c) * min(1, share)
      }
      row.red[i] = through(row.red[i], bare.x, Lines.clear.x)
      row.green[i] = through(row.green[i], bare.y, Lines.clear.y)
      row.blue[i] = through(row.blue[i], bare.z, Lines.clear.z)
    }

    private func bend(_ light: Float, _ share: Float, _ row: Row, _ i: Int) {
      let gain = 1 + (light - 1) * min(1, share)
      for plane in [row.red, row.green, row.blue] { plane[i] = max(-1e30, min(1e30, plane[i])) * gain }
    }
  }
}
