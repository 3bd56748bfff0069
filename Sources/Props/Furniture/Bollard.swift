import Catalog
import Outline
import Raster
import Stage

/// A low post at the edge of the road, or a row of them: they throw long shadows.
public struct Bollard: Prop {
  public enum Form: String, CaseIterable, Sendable { case dome, flat, iron }

  public static let name = "bollard"
  public static let summary =
    "A low post at the edge of the road, or a row of them, that throws a long shadow."

  var form = Form.dome
  var at = SIMD3<Float>(4.1, 0, 9)
  var height: Float = 0.9
  var count = 1
  var step = SIMD3<Float>(0, 0, 3)
  var color = LinearColor(0.035, 0.036, 0.04)
  var band = LinearColor(0.3, 0.29, 0.26)
  var shadows = true

  public static let parameters: [Parameter<Bollard>] = [
    .init("bollard", \.form, .choice, "Its head: a dome, a flat cap, or an old one of cast iron."),
    .init("at", \.at, .place, "Where its foot stands; the first of a row."),
    .init("height", \.height, .meters(0.05...50, suggested: 0.7...1.2), "From the ground to its top."),
    .init("count", \.count, .integer(1...200), "How many stand in the row."),
    .init("step", \.step, .place, "From one to the next, meters."),
    .init("color", \.color, .color, "Share of light that its paint gives back."),
    .init("band", \.band, .color, "The reflecting band below the head."),
    .init("shadows", \.shadows, .flag, "Whether it throws shadows."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let h = Double(height)
    let radius = h * 0.075
    let half = radius * 2.2
    let middle = half
    func box(_ halfWidth: Double, _ low: Double, _ high: Double) -> Path {
      .rectangle(Rect(minX: middle - halfWidth, minY: low * h, maxX: middle + halfWidth, maxY: high * h))
    }
    func part(_ path: Path, _ color: LinearColor, _ r: Double, gloss: Float = 0.35) -> PostPicture.Part {
      .init(outline: path, albedo: color.light, gloss: gloss, round: SIMD2(Float(middle), Float(r)))
    }
    var parts = [part(box(radius * 1.5, 0, 0.035), color, radius * 1.5)]
    switch form {
    case .dome:
      parts.append(part(box(radius, 0, 1 - 0.075), color, radius))
      parts.append(
        part(.ellipse(center: Point(middle, h * 0.925), radiusX: radius, radiusY: h * 0.075), color, radius))
      parts.append(part(box(radius * 1.02, 0.78, 0.86), band, radius, gloss: 0.8))
    case .flat:
      parts.append(part(box(radius * 0.8, 0, 0.97), color, radius * 0.8))
      parts.append(part(box(radius * 1.15, 0.955, 1), color, radius * 1.15))
      parts.append(part(box(radius * 0.83, 0.8, 0.87), band, radius * 0.83, gloss: 0.8))
    case .iron:
      let taper = Path([
        .move(Point(middle - radius * 1.2, 0)), .line(Point(middle + radius * 1.2, 0)),
        .line(Point(middle + radius * 0.85, h * 0.86)), .line(Point(middle - radius * 0.85, h * 0.86)),
        .close,
      ])
      parts.append(part(taper, color, radius * 1.1))
      parts.append(part(box(radius * 1.35, 0.1, 0.13), color, radius * 1.35))
      parts.append(part(box(radius * 1.2, 0.84, 0.87), color, radius * 1.2))
      parts.append(
        part(
          .ellipse(center: Point(middle, h * 0.925), radiusX: radius * 1.1, radiusY: h * 0.075), color,
          radius * 1.1))
      parts.append(part(box(radius * 1.0, 0.7, 0.75), band, radius, gloss: 0.8))
    }
    for number in 0..<max(1, min(200, count)) {
      let picture = PostPicture(
        size: SIMD2(Float(2 * half), height), parts: parts, seed: set.seed.derived(number).low)
      var card = Card.standing(
        at: at + step * Float(number), width: Float(2 * half), height: height, picture: picture)
      card.castsShadow = shadows
      set.add(card)
    }
  }
}
