import Catalog
import Raster

/// A pair of eyes that looks out of the dark: lids, sockets, brow and cheeks in two grazing lights.
///
/// It is light on something solid, so that it can be sorted, sliced and smeared like a photograph. An outline cannot.
public struct Eyes: Layer {
  public static let name = "eyes"
  public static let summary =
    "A pair of eyes in the dark, with brow, sockets and cheeks in two lights; their irises are reels of tape."

  var open = 1.0
  var size = 0.3
  var distance = 1.8
  var gaze = Point(0, 0)
  var frown = 0.4
  var leftColor = LinearColor(1, 0.15, 0.24)
  var rightColor = LinearColor(0.05, 0.78, 0.85)
  var light = 1.0
  var iris = LinearColor(1, 0.5, 0.14)
  var glow = 1.0
  var hub = 0.0
  var cover = 0.85

  public static let parameters: [Parameter<Eyes>] = [
    .init("eyes", \.open, .number(0...1), "How far they are open; let it move."),
    .init(
      "size", \.size, .length(0.001...20, suggested: 0.05...0.6), "Width of an eye, from corner to corner."),
    .init(
      "distance", \.distance, .number(1.1...6, suggested: 1.5...2.4, unit: .times),
      "From pupil to pupil, beside the width of an eye."),
    .init(
      "gaze", \.gaze, .point,
      "Where they look: [0, 0] at us, [1, 0] as far to the right and [0, 1] as far down as eyes turn."),
    .init("frown", \.frown, .number(0...1), "How low the brows are drawn, and how close together."),
    .init("left-color", \.leftColor, .color, "Light that grazes the face from the left."),
    .init("right-color", \.rightColor, .color, "Light that grazes it from the right."),
    .init(
      "light", \.light, .number(0...100, suggested: 0...3, unit: .times), "Strength of both lights."),
    .init("iris", \.iris, .color, "Light of the irises."),
    .init("glow", \.glow, .number(0...100, suggested: 0...3, unit: .times), "Strength of that light."),
    .init("hub", \.hub, .angle(), "Turn of the reels; every 60° looks the same."),
    .init("cover", \.cover, .number(0...1), "How much of what is below the face hides."),
  ]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    let box = context.wholePicture.rect
    let unit = context.geometry.pixels(size)
    let scale = context.transform(of: context.wholePicture).meanScale
    let picture = EyesPicture(self, pixel: 1 / max(1e-6, unit * scale), seed: context.seed.low)
    let middle = Point((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
    return FieldPainter(context) { row, line in
      for i in 0..<row.count {
        let p = line.point(i)
        let color = picture.color(at: SIMD2(Float((p.x - middle.x) / unit), Float((p.y - middle.y) / unit)))
        row.red[i] = color.x
        row.green[i] = color.y
        row.blue[i] = color.z
        row.alpha[i] = color.w
      }
    }
  }
}
