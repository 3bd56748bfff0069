import Catalog
import Outline
import Raster

/// Paints what paths cover: each with its own color or gradient, the first lowest.
struct InkPainter: Painter {
  /// A covered area and what fills it.
  struct Coat: Sendable {
    var coverage: CoverageMask
    var fill: InkFill
  }

  let bounds: PixelRect
  private let coats: [Coat]

  init(_ coats: [Coat]) {
    self.coats = coats.filter { !$0.coverage.isEmpty }
    bounds = self.coats.reduce(PixelRect(width: 0, height: 0)) { $0.union($1.coverage.bounds) }
  }

  func extent(ofRow y: Int) -> Range<Int>? {
    let extents = coats.compactMap { $0.coverage.extent(row: y) }
    guard let first = extents.map({ $0.lowerBound }).min(), let last = extents.map({ $0.upperBound }).max()
    else { return nil }
    return first..<last
  }

  func paint(_ row: Row, x: Int, y: Int) {
    guard row.count > 0 else { return }
    row.clear()
    let columns = x..<x + row.count
    let n = row.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: n * 5) { scratch in
      guard let cover = scratch.baseAddress else { return }
      let paint = Row(
        red: cover + n, green: cover + 2 * n, blue: cover + 3 * n, alpha: cover + 4 * n, count: n)
      for coat in coats {
        guard let inked = coat.coverage.extent(row: y)?.clamped(to: columns), !inked.isEmpty else { continue }
        let start = inked.lowerBound - x
        coat.coverage.cover(row: y, columns: inked, into: cover)
        let source = paint.dropping(0, count: inked.count)
        coat.fill.fill(source, x: inked.lowerBound, y: y)
        let target = row.dropping(start, count: inked.count)
        for i in 0..<inked.count {
          let k = cover[i]
          let keep = 1 - source.alpha[i] * k
          target.red[i] = source.red[i] * k + target.red[i] * keep
          target.green[i] = source.green[i] * k + target.green[i] * keep
          target.blue[i] = source.blue[i] * k + target.blue[i] * keep
          target.alpha[i] = source.alpha[i] * k + target.alpha[i] * keep
        }
      }
    }
  }
}

/// A color or a gradient in its place on the picture.
enum InkFill: Sendable {
  /// Premultiplied.
  case color(SIMD4<Float>)
  case gradient(GradientFill, pictureToLayer: Affine)

  /// - Parameters:
  ///   - box: what a gradient runs over, in the layer's own pixels.
  ///   - transform: from those to picture pixels.
  init(_ paint: Paint, box: Rect, transform: Affine) {
    switch paint {
    case .color(let color): self.init(color)
    case .gradient(let gradient):
      let fill = GradientFill(gradient, box: box, pixel: 1 / max(1e-9, transform.meanScale))
      // What is flattened to a line covers nothing.
      self = .gradient(fill, pictureToLayer: transform.inverse ?? .identity)
    }
  }

  init(_ color: LinearColor) {
    let alpha = color.alpha
    self = .color(
      SIMD4(
        Float(color.red * alpha), Float(color.green * alpha), Float(color.blue * alpha), Float(alpha)))
  }

  /// Overwrites a run whose first pixel is (`x`, `y`).
  func fill(_ row: Row, x: Int, y: Int) {
    switch self {
    case .color(let c):
      row.red.update(repeating: c.x, count: row.count)
      row.green.update(repeating: c.y, count: row.count)
      row.blue.update(repeating: c.z, count: row.count)
      row.alpha.update(repeating: c.w, count: row.count)
    case .gradient(let gradient, let inverse):
      let start = inverse.apply(Point(Double(x) + 0.5, Double(y) + 0.5))
      gradient.fill(row, from: start, step: Point(inverse.a, inverse.b))
    }
  }
}
