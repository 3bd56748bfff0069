import Catalog
import Outline
import Raster
import Stage

/// A traffic sign on its post.
public struct TrafficSign: Prop {
  public enum Form: String, CaseIterable, Sendable { case round, triangle, octagon, square }
  public enum Shows: String, CaseIterable, Sendable { case back, front }

  public static let name = "traffic-sign"
  public static let summary =
    "A traffic sign on its post, seen from behind or from the front; it throws a long shadow."

  var form = Form.round
  var shows = Shows.back
  var at = SIMD3<Float>(3.1, 0, 9.6)
  var height: Float = 2.5
  var plate: Float = 0.7
  var color = LinearColor(0.30, 0.012, 0.016)
  var field = LinearColor(0.34, 0.33, 0.31)
  var metal = LinearColor(0.04, 0.041, 0.045)
  var lower = true
  var shadows = true

  public static let parameters: [Parameter<TrafficSign>] = [
    .init("traffic-sign", \.form, .choice, "The plate's shape."),
    .init("shows", \.shows, .choice, "The gray back with its clamps, or the painted front."),
    .init("at", \.at, .place, "Where its foot stands."),
    .init("height", \.height, .meters(0.1...100, suggested: 2...3), "From the ground to its top."),
    .init("plate", \.plate, .meters(0.02...50, suggested: 0.5...0.9), "Width of the plate."),
    .init("color", \.color, .color, "The front's border."),
    .init("field", \.field, .color, "The front's field."),
    .init("metal", \.metal, .color, "Post and back."),
    .init("lower", \.lower, .flag, "Whether a smaller plate hangs below."),
    .init("shadows", \.shadows, .flag, "Whether it throws shadows."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let (h, w) = (Double(height), Double(min(plate, height)))
    let (middle, radius) = (w * 0.54, w / 2)
    let center = Point(middle, h - radius)
    let post = 0.03 + h * 0.004
    func rectangle(_ halfWidth: Double, _ low: Double, _ high: Double) -> Path {
      .rectangle(Rect(minX: middle - halfWidth, minY: low, maxX: middle + halfWidth, maxY: high))
    }
    /// The plate's shape at a share of its size.
    func shape(_ share: Double) -> Path {
      switch form {
      case .round: return .circle(center: center, radius: radius * share)
      // Corners up in the card's measure, whose y runs upward.
      case .triangle:
        let low = Point(middle, h - radius * 1.15)
        return .regularPolygon(center: low, radius: radius * 1.12 * share, sides: 3, rotation: 180)
      case .octagon:
        return .regularPolygon(center: center, radius: radius * 1.06 * share, sides: 8, rotation: 22.5)
      case .square:
        let r = radius * share
        return .rectangle(
          Rect(minX: middle - r, minY: center.y - r, maxX: middle + r, maxY: center.y + r),
          corners: CornerRadii(radius * 0.12))
      }
    }
    let steel = metal.light
    var parts: [PostPicture.Part] = []
    func add(_ path: Path, _ albedo: SIMD3<Float>, gloss: Float = 0.3, round: SIMD2<Float>? = nil) {
      parts.append(.init(outline: path, albedo: albedo, gloss: gloss, round: round))
    }
    let axis = SIMD2(Float(middle), Float(post))
    func addPost() {
      add(rectangle(post, 0, h - radius * 0.3), steel * 1.2, gloss: 0.5, round: axis)
      add(rectangle(post * 2.2, 0, 0.04), steel, round: SIMD2(Float(middle), Float(post * 2.2)))
    }
    func addLower(_ color: SIMD3<Float>) {
      guard lower else { return }
      let top = h - 2 * radius - 0.06 * h
      add(rectangle(w * 0.3, top - w * 0.28, top), color, gloss: 0.5)
    }
    switch shows {
    case .back:
      addLower(steel)
      add(shape(1), steel * 1.5, gloss: 0.3)
      add(shape(0.95), steel, gloss: 0.3)
      addPost()
      // Clamps hold the plate to the post.
      for y in [h - radius * 0.55, h - radius * 1.45] {
        add(
          rectangle(post * 2.6, y - 0.02, y + 0.02), steel * 1.6, round: SIMD2(Float(middle), Float(post * 3))
        )
      }
    case .front:
      addPost()
      addLower(field.light)
      add(shape(1), field.light, gloss: 0.6)
      add(shape(0.96), color.light, gloss: 0.6)
      if form != .octagon { add(shape(form == .triangle ? 0.66 : 0.72), field.light, gloss: 0.6) }
      let ink = SIMD3<Float>(repeating: 0.015)
      switch form {
      case .triangle:
        // Danger: a stroke and a dot.
        let foot = h - radius * 1.15 - radius * 0.3
        add(rectangle(radius * 0.08, foot + radius * 0.18, foot + radius * 0.72), ink, gloss: 0.6)
        add(rectangle(radius * 0.08, foot - radius * 0.04, foot + radius * 0.1), ink, gloss: 0.6)
      case .octagon, .round, .square:
        add(
          rectangle(radius * 0.5, center.y - radius * 0.1, center.y + radius * 0.1),
          form == .octagon ? field.light : ink, gloss: 0.6)
      }
    }
    let size = SIMD2(Float(2 * middle), height)
    let picture = PostPicture(size: size, parts: parts, seed: set.seed.low)
    var card = Card.standing(at: at, width: size.x, height: size.y, picture: picture)
    card.castsShadow = shadows
    set.add(card)
  }
}
