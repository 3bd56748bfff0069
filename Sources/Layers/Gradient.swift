import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A run of colors over the whole picture.
public struct Gradient: Layer {
  public static let name = "gradient"
  public static let summary = "A run of colors over the whole picture: linear, radial or conic."

  var form = GradientPaint.Form.linear
  var stops: [RampStop] = [RampStop(0, .black), RampStop(1, .white)]
  var angle = 90.0
  var center = Point(0.5, 0.5)
  var radius = 0.5
  var ratio = 1.0
  var space = RampSpace.oklab
  var hue = HuePath.shorter

  public static let parameters: [Parameter<Gradient>] = [
    .init("gradient", \.form, .choice, "Straight, round, or about a point."),
    .init(
      "stops", \.stops, .stops, required: true, "Colors by position: 0 where it begins, 1 where it ends."),
    .init(
      "angle", \.angle, .angle(), "Where a linear gradient runs, or where a conic one begins; 90 is down."),
    .init("center", \.center, .point, "The middle of a radial or conic gradient."),
    .init("radius", \.radius, .length(0.0001...100, suggested: 0.1...1), "Where a radial gradient ends."),
    .init(
      "ratio", \.ratio, .number(0.01...100, suggested: 0.2...5),
      "Width of a radial gradient beside its height."),
    .init(
      "space", \.space, .choice, "The space in which colors mix; oklab keeps them clean, linear mixes light."),
    .init("hue", \.hue, .choice, "The way round the hue circle, for oklch."),
  ]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    let box = context.wholePicture.rect
    let fill = GradientFill(
      GradientPaint(form: form, stops: stops, angle: angle, space: space, hue: hue), box: box,
      center: g.point(center.x, center.y), radius: g.pixels(radius), ratio: ratio,
      pixel: 1 / max(1e-9, context.transform(of: context.wholePicture).meanScale))
    return FieldPainter(context) { row, line in
      fill.fill(row, from: line.start, step: line.step, first: line.first)
    }
  }
}

/// A gradient laid over a box, ready to fill runs of pixels.
struct GradientFill: Sendable {
  private let ramp: Ramp
  private let table: RampTable
  private let form: GradientPaint.Form
  private let center: Point
  /// Linear: the direction, divided by the length of the run.
  private let direction: Point
  private let radius: Double
  private let ratio: Double
  private let angle: Double
  /// The size of an output pixel in the gradient's own pixels; hard edges are softened over it.
  private let pixel: Double

  /// A linear gradient runs through the middle of the box and reaches its ends at the corners, as in CSS; a
  /// radial one ends at `radius` or, without one, at half the larger side of the box.
  init(
    _ gradient: GradientPaint, box: Rect, center: Point? = nil, radius: Double? = nil, ratio: Double = 1,
    pixel: Double = 1
  ) {
    ramp = Ramp(stops: gradient.stops, space: gradient.space, hue: gradient.hue)
    let positions = gradient.stops.map { $0.position }
    table = RampTable(ramp, from: positions.min() ?? 0, to: positions.max() ?? 1)
    form = gradient.form
    let middle = Point((box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2)
    self.center = gradient.form == .linear ? middle : center ?? middle
    self.radius = max(1e-9, radius ?? max(box.width, box.height) / 2)
    self.ratio = ratio
    self.pixel = pixel
    angle = gradient.angle
    let (sine, cosine) = sineAndCosine(degrees: gradient.angle)
    let length = max(1e-9, abs(box.width * cosine) + abs(box.height * sine))
    direction = Point(cosine / length, sine / length)
  }

  /// Fills pixels `first`, `first + 1`, … of a line of pixels whose pixel 0 lies at `start`.
  func fill(_ row: Row, from start: Point, step: Point, first: Int = 0) {
    let along = direction.x * step.x + direction.y * step.y
    if form == .linear, along == 0 {
      let t = 0.5 + (start.x - center.x) * direction.x + (start.y - center.y) * direction.y
      let width = pixel * (direction.x * direction.x + direction.y * direction.y).squareRoot()
      let c = ramp.color(at: t, width: width)
      row.red.update(repeating: c.x, count: row.count)
      row.green.update(repeating: c.y, count: row.count)
      row.blue.update(repeating: c.z, count: row.count)
      row.alpha.update(repeating: c.w, count: row.count)
      return
    }
    if ramp.hasHardEdges {
      for i in 0..<row.count {
        let k = Double(first + i)
        let (t, slope) = position(start.x + step.x * k - center.x, start.y + step.y * k - center.y)
        let c = ramp.color(at: t, width: slope * pixel)
        row.red[i] = c.x
        row.green[i] = c.y
        row.blue[i] = c.z
        row.alpha[i] = c.w
      }
      return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count) { positions in
      guard let base = positions.baseAddress else { return }
      for i in 0..<row.count {
        let k = Double(first + i)
        base[i] = Float(position(start.x + step.x * k - center.x, start.y + step.y * k - center.y).t)
      }
      table.fill(row, positions: base)
    }
  }

  /// The position on the ramp at an offset from the center, and how fast it changes per pixel there.
  @inline(__always)
  private func position(_ dx: Double, _ dy: Double) -> (t: Double, slope: Double) {
    switch form {
    case .linear:
      return (
        0.5 + dx * direction.x + dy * direction.y,
        (direction.x * direction.x + direction.y * direction.y).squareRoot()
      )
    case .radial:
      let x = dx / ratio
      return ((x * x + dy * dy).squareRoot() / radius, 1 / (radius * min(1, ratio)))
    case .conic:
      var t = (atan2(dy, dx) * 180 / .pi - angle) / 360
      t -= t.rounded(.down)
      return (t, 1 / (2 * .pi * max(0.5, (dx * dx + dy * dy).squareRoot())))
    }
  }
}
