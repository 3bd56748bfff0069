import CVector
import Catalog
import Markup
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Printed with screens of dots: one screen an ink, each at its own angle.
///
/// The picture is taken apart into areas of ink whose mean on the paper is its color, as far as the inks can give it; a
/// draft too small for dots shows that mean. Light above white is printed as its color and made as bright again.
public struct Halftone: PointEffect {
  public static let name = "halftone"
  public static let summary = "Printed with dots: process colors or any inks, each on a screen of its own."

  public enum Process: String, CaseIterable, Sendable, Hashable {
    case cmyk, black, duotone, tritone
    /// What `inks` says.
    case inks
  }

  var process = Process.cmyk
  var inks: [LinearColor] = []
  var stock = LinearColor(coded: 0.973, 0.955, 0.905)
  var frequency = ScreenRuling.perHeight(130)
  var angles: [Double] = []
  var dot = ScreenDot.round

  public static let parameters: [Parameter<Halftone>] = [
    .init(
      "halftone", \.process, .choice,
      "The inks: cmyk, black, two (duotone) or three (tritone) that suit a poster, or your own inks."),
    .init("inks", \.inks, .inks, "Up to four inks of your own, the first one printed first."),
    .init("stock", \.stock, .color, "The paper. A color as light as it gets no ink."),
    .init(
      "frequency", \.frequency, .screenRuling,
      "Rows of dots over the picture's height, or on an inch of paper: 65lpi."
    ),
    .init(
      "angles", \.angles, .screenAngles,
      "Of each ink's screen, clockwise; by default 15, 75, 0 and 45 degrees."),
    .init("dot", \.dot, .choice, "The shape of the dots."),
  ]

  public static let sampleValues = ["halftone": "duotone", "frequency": "60", "dot": "diamond"]

  public init() {}

  /// Inks as they look on white paper; process inks after ISO 12647-2, rounded.
  private var set: [LinearColor] {
    func coded(_ r: Double, _ g: Double, _ b: Double) -> LinearColor {
      LinearColor(coded: r / 255, g / 255, b / 255)
    }
    switch process {
    case .cmyk: return [coded(0, 150, 220), coded(222, 10, 128), coded(255, 237, 10), coded(26, 24, 27)]
    case .black: return [coded(26, 24, 27)]
    case .duotone: return [coded(238, 70, 52), coded(27, 42, 91)]
    case .tritone: return [coded(246, 191, 60), coded(226, 60, 60), coded(22, 40, 88)]
    case .inks: return inks.isEmpty ? [coded(26, 24, 27)] : inks
    }
  }

  public func prepare(in context: EffectContext) -> any RowProcessor {
    let shown = process == .inks || inks.isEmpty ? set : inks
    return Press(self, Array(shown.prefix(4)), context.geometry)
  }

  private struct Press: RowProcessor {
    private let separation: InkSeparation
    private let screens: [Screen]
    private static let chunk = 512

    init(_ settings: Halftone, _ inks: [LinearColor], _ geometry: Geometry) {
      separation = InkSeparation(
        inks: inks, stock: settings.stock, black: settings.process == .cmyk && settings.inks.isEmpty)
      let usual = inks.count == 1 ? [45.0] : inks.count == 2 ? [15, 45] : [15, 75, 0, 45]
      let pitch = settings.frequency.pitch(geometry)
      let middle = geometry.point(0.5, 0.5)
      screens = inks.indices.map { i in
        // Each screen begins elsewhere: dots of equal angles shall not all lie on each other.
        Screen(
          settings.dot, pitch: pitch,
          degrees: i < settings.angles.count ? settings.angles[i] : usual[i % usual.count],
          originX: middle.x + pitch * 0.37 * Double(i), originY: middle.y + pitch * 0.61 * Double(i))
      }
    }

    func process(_ row: Row, x: Int, y: Int) {
      let opaque = row.isOpaque()
      let last = Float(InkSeparation.count - 1)
      let stock = separation.stock
      let inverse = 1 / stock
      separation.areas.withUnsafeBufferPointer { areas in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { scratch in
          guard let table = areas.baseAddress, let out = scratch.baseAddress else { return }
          let lookup = Tetrahedra(table: table, count: InkSeparation.count)
          row.mapVectors { r, g, b, a, i in
            r = v8_clamp(r, 0, 1e12)
            g = v8_clamp(g, 0, 1e12)
            b = v8_clamp(b, 0, 1e12)
            let divisor = opaque ? v8_splat(1) : bodyDivisor(r, g, b, a)
            let k = v8_max(divisor, v8_max(r, v8_max(g, b)))
            lookup(
              v8_clamp(v8_sqrt(r / k * inverse.x) * last, 0, last),
              v8_clamp(v8_sqrt(g / k * inverse.y) * last, 0, last),
              v8_clamp(v8_sqrt(b / k * inverse.z) * last, 0, last), into: out)
            var (red, green, blue) = (v8_splat(stock.x), v8_splat(stock.y), v8_splat(stock.z))
            for (n, screen) in screens.enumerated() {
              let inked = screen.cover(v8_load(out + 8 * n), x: x + i, y: y)
              let filter = separation.inks[n]
              red *= 1 - inked * (1 - filter.x)
              green *= 1 - inked * (1 - filter.y)
              blue *= 1 - inked * (1 - filter.z)
            }
            // Where nothing is, nothing is printed; light without a body fades out as it did.
            let body = opaque ? v8_splat(1) : v8_min(v8_max(a, v8_splat(0)) / divisor, v8_splat(1))
            let level = v8_min(v8_max(r, v8_max(g, b)) / divisor, v8_splat(1))
            let shown = k * (body + (1 - body) * level)
            r = red * shown
            g = green * shown
            b = blue * shown
          }
        }
      }
    }
  }
}

/// How fine a halftone screen is.
public enum ScreenRuling: Hashable, Sendable {
  /// Rows of dots over the picture's height.
  case perHeight(Double)
  /// Rows of dots on an inch of the printed sheet.
  case perInch(Double)

  static let legal = 4.0...4000

  /// Pixels from dot to dot.
  func pitch(_ geometry: Geometry) -> Double {
    switch self {
    case .perHeight(let rows): Double(geometry.trimHeight) / max(Self.legal.lowerBound, rows)
    case .perInch(let lines): geometry.dpi / max(Self.legal.lowerBound, lines)
    }
  }
}

extension Codec where Value == ScreenRuling {
  /// Rows over the picture's height, which may move, or `65lpi`.
  static var screenRuling: Codec<ScreenRuling> {
    Codec<ScreenRuling>(
      form: .number(legal: ScreenRuling.legal, suggested: 40...200, unit: .none),
      read: { node, reader in reader.screenRuling(node) },
      text: {
        switch $0 {
        case .perHeight(let rows): trimmed(rows)
        case .perInch(let lines): "\(trimmed(lines))lpi"
        }
      })
  }
}

extension Codec where Value == [LinearColor] {
  /// One ink or a list of up to four; none stands for those of the process.
  static var inks: Codec<[LinearColor]> { Codec<LinearColor>.color.oneOrMore(0...4) }
}

extension Codec where Value == [Double] {
  /// One angle or a list of up to four; none stands for the usual ones.
  static var screenAngles: Codec<[Double]> { Codec<Double>.angle(-360...360).oneOrMore(0...4) }
}

extension Reader {
  fileprivate mutating func screenRuling(_ node: Node) -> (@Sendable (Moment) -> ScreenRuling)? {
    guard let node = resolved(node) else { return nil }
    if let text = node.scalarText, text.hasSuffix("lpi") {
      let bare = Node(scalar: String(text.dropLast(3)), quoted: false, place: node.place)
      guard let lines = number(bare, NumberRule(ScreenRuling.legal, name: "lines per inch")) else {
        return nil
      }
      return { _ in .perInch(lines) }
    }
    guard let motion = motion(node, NumberRule(ScreenRuling.legal, name: "rows of dots")) else { return nil }
    return { .perHeight(motion.value(at: $0)) }
  }
}
