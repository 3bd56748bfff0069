import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Dust on the film: specks and hairs, others in every frame.
///
/// What lies on the print is dark; what lay on the negative when it was copied is light.
public struct Dust: PointEffect {
  public static let name = "dust"
  public static let summary = "Specks and hairs on the film, others in every frame."

  var amount: Float = 0.4
  /// Share of the picture's height.
  var size: Float = 0.007
  var hairs: Float = 0.4
  var white: Float = 0.45
  var softness: Float = 0.0006

  public static let parameters: [Parameter<Dust>] = [
    .init("dust", \.amount, .number(0...1), "How much of it; at 1 about 150 specks in a frame."),
    .init("size", \.size, .length(0.0002...0.1, suggested: 0.002...0.01), "Width of a large speck."),
    .init("hairs", \.hairs, .number(0...1), "How many hairs lie between the specks; at 1 about a dozen."),
    .init("white", \.white, .number(0...1), "Share of what lay on the negative, and is light therefore."),
    .init(
      "softness", \.softness, .length(0...0.02, suggested: 0...0.002),
      "Width of the edges: dust lies a hair's breadth beside the sharp plane."),
  ]

  public static let neutral: Dust? = {
    var dust = Dust()
    dust.amount = 0
    return dust
  }()

  private static let specksInFrame = 150.0
  private static let hairsInFrame = 12.0

  public init() {}

  public func prepare(in context: EffectContext) -> any RowProcessor { Litter(self, context) }

  /// A capsule: all that is closer than `radius` to a straight line. Pixels.
  private struct Piece: Sendable {
    var from, to: Point
    var radius: Double

    func distance(_ x: Double, _ y: Double) -> Double {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let (px, py) = (x - from.x, y - from.y)
      let length = dx * dx + dy * dy
      let t = length > 0 ? max(0, min(1, (px * dx + py * dy) / length)) : 0
      let (ex, ey) = (px - t * dx, py - t * dy)
      return (ex * ex + ey * ey).squareRoot() - radius
    }
  }

  private struct Item: Sendable {
    var pieces: [Piece]
    var bounds: Rect
    var strength: Double
    var isWhite: Bool

    init(_ pieces: [Piece], strength: Double, isWhite: Bool, margin: Double) {
      self.pieces = pieces
      self.strength = strength
      self.isWhite = isWhite
      let reach = (pieces.map { $0.radius }.max() ?? 0) + margin
      let xs = pieces.flatMap { [$0.from.x, $0.to.x] }
      let ys = pieces.flatMap { [$0.from.y, $0.to.y] }
      bounds = Rect(
        minX: (xs.min() ?? 0) - reach, minY: (ys.min() ?? 0) - reach, maxX: (xs.max() ?? 0) + reach,
        maxY: (ys.max() ?? 0) + reach)
    }
  }

  private struct Litter: RowProcessor {
    private let items: [Item]
    /// The items that rows of one band touch; bands are `band` rows high.
    private let bands: [[Int]]
    private static let band = 32
    private let edge: Double

    init(_ dust: Dust, _ context: EffectContext) {
      let geometry = context.geometry
      let seed = context.seed.derived("dust").derived(context.moment.frame)
      edge = max(1, geometry.pixels(Double(dust.softness)))
      var items: [Item] = []
      let amount = Double(dust.amount)
      let size = geometry.pixels(Double(dust.size))
      if amount > 0 {
        let specks = Int(Dust.specksInFrame * amount * amount + seed.derived("specks").unit(0))
        for i in 0..<specks {
          items += Litter.speck(seed.derived("speck").derived(i), size, dust.white, edge, geometry)
        }
        let hairs = Int(Dust.hairsInFrame * amount * Double(dust.hairs) + seed.derived("hairs").unit(0))
        for i in 0..<hairs {
          items += Litter.hair(seed.derived("hair").derived(i), size, dust.white, edge, geometry)
        }
      }
      self.items = items
      var bands = [[Int]](repeating: [], count: geometry.height / Litter.band + 1)
      for (i, item) in items.enumerated() {
        let low = max(0, min(bands.count - 1, Int(max(-1e6, item.bounds.minY)) / Litter.band))
        let high = max(0, min(bands.count - 1, Int(max(-1e6, min(1e9, item.bounds.maxY))) / Litter.band))
        for band in low...max(low, high) { bands[band].append(i) }
      }
      self.bands = bands
    }

    /// What is narrower than a pixel is drawn as wide as one, and fainter.
    private static func seen(_ radius: Double) -> (radius: Double, share: Double) {
      radius < 0.5 ? (0.5, radius / 0.5) : (radius, 1)
    }

    /// A few grains that stick together.
    private static func speck(
      _ seed: Seed, _ size: Double, _ white: Float, _ edge: Double, _ geometry: Geometry
    ) -> [Item] {
      let radius = min(2, exp(0.75 * seed.normal(0)) * 0.3) * size / 2
      let center = geometry.point(seed.unit(1), seed.unit(2))
      let (shown, share) = seen(radius)
      // A dot of a tenth of a pixel's area is not seen.
      guard share * share > 0.05 else { return [] }
      var pieces: [Piece] = []
      for k in 0..<3 {
        let own = seed.derived(k)
        let a = Point(center.x + shown * own.normal(0) * 0.45, center.y + shown * own.normal(1) * 0.45)
        let b = Point(a.x + shown * own.normal(2) * 0.5, a.y + shown * own.normal(3) * 0.5)
        pieces.append(Piece(from: a, to: b, radius: shown * (0.35 + 0.4 * own.unit(4))))
      }
      return [
        Item(
          pieces, strength: share * share * (0.55 + 0.45 * seed.unit(4)),
          isWhite: seed.unit(5) < Double(white), margin: edge)
      ]
    }

    /// A curl: its bend changes slowly along its length.
    private static func hair(
      _ seed: Seed, _ size: Double, _ white: Float, _ edge: Double, _ geometry: Geometry
    ) -> [Item] {
      let parts = 28
      let length = size * (6 + 22 * seed.unit(0) * seed.unit(1))
      let (radius, share) = seen(size * (0.05 + 0.06 * seed.unit(2)))
      guard share > 0.08 else { return [] }
      var place = geometry.point(seed.unit(3), seed.unit(4))
      var heading = 2 * Double.pi * seed.unit(5)
      let bend = seed.normal(6) * 2.2
      let swing = seed.normal(7) * 3.5
      let phase = 2 * Double.pi * seed.unit(8)
      var pieces: [Piece] = []
      for k in 0..<parts {
        let t = Double(k) / Double(parts)
        heading += (bend + swing * sin(2 * Double.pi * 1.2 * t + phase)) / Double(parts)
        let step = length / Double(parts)
        let next = Point(place.x + step * cos(heading), place.y + step * sin(heading))
        // Fibers taper.
        pieces.append(Piece(from: place, to: next, radius: radius * (1 - 0.35 * t)))
        place = next
      }
      return [
        Item(
          pieces, strength: share * (0.5 + 0.4 * seed.unit(9)), isWhite: seed.unit(10) < Double(white) * 0.7,
          margin: edge)
      ]
    }

    func process(_ row: Row, x: Int, y: Int) {
      let band = y / Litter.band
      guard bands.indices.contains(band) else { return }
      let middle = Double(y) + 0.5
      for index in bands[band] {
        let item = items[index]
        guard item.bounds.minY <= middle, item.bounds.maxY >= middle else { continue }
        let low = max(x, Int(max(-1e9, min(1e9, item.bounds.minX.rounded(.down)))))
        let high = min(x + row.count, Int(max(-1e9, min(1e9, item.bounds.maxX.rounded(.up)))))
        guard low < high else { continue }
        for column in low..<high {
          var distance = Double.infinity
          for piece in item.pieces {
            distance = min(distance, piece.distance(Double(column) + 0.5, middle))
          }
          let cover = max(0, min(1, 0.5 - distance / edge)) * item.strength
          guard cover > 0 else { continue }
          lay(Float(cover), isWhite: item.isWhite, on: row, column - x)
        }
      }
    }

    private func lay(_ k: Float, isWhite: Bool, on row: Row, _ i: Int) {
      let a = max(0, min(1, row.alpha[i]))
      func covered(_ c: Float, dark: Float, light: Float) -> Float {
        let c = max(-1e30, min(1e30, c))
        return c + ((isWhite ? max(c, light * a) : c * dark) - c) * k
      }
      row.red[i] = covered(row.red[i], dark: 0.05, light: 0.78)
      row.green[i] = covered(row.green[i], dark: 0.045, light: 0.76)
      row.blue[i] = covered(row.blue[i], dark: 0.04, light: 0.70)
    }
  }
}
