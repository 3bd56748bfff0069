import Outline
import Raster
import Stage

/// A flat piece of a car: parts in front of each other, in the card's own measure: meters from its lower left corner,
/// y upward.
struct CarPanel: CardPicture {
  struct Part: Sendable {
    var outline: Path
    var rule = FillRule.nonZero
    /// Below 1 for glass.
    var opacity: Float = 1
    /// What lies at a place of the card.
    var paint: @Sendable (SIMD2<Float>) -> CardPaint

    init(
      _ outline: Path, rule: FillRule = .nonZero, opacity: Float = 1,
      paint: @escaping @Sendable (SIMD2<Float>) -> CardPaint
    ) {
      self.outline = outline
      self.rule = rule
      self.opacity = opacity
      self.paint = paint
    }

    /// One paint all over.
    init(_ outline: Path, _ paint: CardPaint) {
      self.init(outline) { _ in paint }
    }
  }

  var size: SIMD2<Double>
  var parts: [Part] = []

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    let drawing = CardDrawing(canvas, width: Float(size.x), height: Float(size.y))
    let toTexels = Affine(
      a: drawing.scale.x, b: 0, c: 0, d: -drawing.scale.y, tx: 0, ty: Double(canvas.height))
    for part in parts {
      canvas.cover(part.outline.transformed(by: toTexels), rule: part.rule, opacity: part.opacity) { x, y in
        part.paint(drawing.place(x, y))
      }
    }
  }
}

extension Path {
  /// A closed polygon in a panel's measure, turned one way so that overlapping ones unite.
  static func panel(_ points: [SIMD2<Double>]) -> Path {
    var area = 0.0
    for (i, a) in points.enumerated() {
      let b = points[(i + 1) % points.count]
      area += a.x * b.y - b.x * a.y
    }
    let turned = area < 0 ? points.reversed() : points
    return Path(Polyline(turned.map { Point($0.x, $0.y) }, isClosed: true))
  }

  /// An upright rectangle between two corners.
  static func panel(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> Path {
    .rectangle(Rect(minX: x.lowerBound, minY: y.lowerBound, maxX: x.upperBound, maxY: y.upperBound))
  }
}
