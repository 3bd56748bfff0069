import Catalog
import Raster

/// One color over the whole picture.
public struct Solid: Layer {
  public static let name = "solid"
  public static let summary = "One color over the whole picture, bleed included."

  var color = LinearColor.black

  public static let parameters: [Parameter<Solid>] = [
    .init("solid", \.color, .color, required: true, "The color.")
  ]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    let color = color
    return FieldPainter(context) { row, _ in
      let alpha = Float(color.alpha)
      row.red.update(repeating: Float(color.red) * alpha, count: row.count)
      row.green.update(repeating: Float(color.green) * alpha, count: row.count)
      row.blue.update(repeating: Float(color.blue) * alpha, count: row.count)
      row.alpha.update(repeating: alpha, count: row.count)
    }
  }
}

/// Paints what fills the whole picture and is known by its own coordinates: colors, gradients, noise.
///
/// The field extends beyond the trim in every direction; it is moved, turned and scaled with its layer.
struct FieldPainter: Painter {
  /// The field coordinates under a row, in pixels of the unmoved picture. They are counted from column 0, so
  /// that a pixel's value does not depend on where the row starts, not even in its last bit.
  struct Line {
    /// Under the center of the picture's column 0.
    var start: Point
    /// From one column to the next.
    var step: Point
    /// The column of the row's first pixel.
    var first: Int

    /// - Parameter inverse: from picture pixels to those of the unmoved picture.
    init(_ inverse: Affine, x: Int, y: Int) {
      start = inverse.apply(Point(0.5, Double(y) + 0.5))
      step = Point(inverse.a, inverse.b)
      first = x
    }

    /// Under the row's pixel `i`.
    func point(_ i: Int) -> Point {
      let k = Double(first + i)
      return Point(start.x + step.x * k, start.y + step.y * k)
    }
  }
  let bounds: PixelRect
  private let inverse: Affine
  private let fill: @Sendable (Row, Line) -> Void

  init(_ context: LayerContext, fill: @escaping @Sendable (Row, Line) -> Void) {
    (bounds, inverse) = FieldPainter.place(in: context)
    self.fill = fill
  }

  /// Where a field is seen, and the way from picture pixels to those of the unmoved picture.
  static func place(in context: LayerContext) -> (bounds: PixelRect, inverse: Affine) {
    // A field that is flattened to nothing is not seen.
    guard let inverse = context.transform(of: context.wholePicture).inverse else {
      return (PixelRect(width: 0, height: 0), .identity)
    }
    return (context.geometry.bounds, inverse)
  }

  func paint(_ row: Row, x: Int, y: Int) {
    fill(row, Line(inverse, x: x, y: y))
  }
}
