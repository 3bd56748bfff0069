import Catalog
import Outline
import Raster

/// Colors for runs of picture pixels: what a shape, a letter or a frame is filled with.
protocol PixelSource: Sendable {
  /// Overwrites `row`, whose first pixel is (`x`, `y`) of the whole picture, with premultiplied linear light.
  /// A pixel's value may depend on nothing but its place, not even on where the run starts.
  func fill(_ row: Row, x: Int, y: Int)
  /// As of ``Painter/memory``.
  var memory: PainterMemory { get }
}

extension PixelSource {
  var memory: PainterMemory { .none }
}

/// Coverage filled with a paint: each pixel is the paint times the share that is covered.
///
/// Colors are laid down exactly where the coverage is 1; intensities above 1 are kept.
struct PaintedCoverage: Painter {
  private enum Source {
    case color(SIMD4<Float>)
    case pixels(any PixelSource)
  }
  private let mask: CoverageMask
  private let source: Source

  /// - Parameters:
  ///   - box: what a gradient is laid over, in the layer's own pixels.
  ///   - transform: from the layer's own pixels to picture pixels; gradients turn with it.
  init(_ mask: CoverageMask, paint: Paint, box: Rect, transform: Affine) {
    self.mask = mask
    switch paint {
    case .color(let color):
      let alpha = Float(color.alpha)
      source = .color(
        SIMD4(Float(color.red) * alpha, Float(color.green) * alpha, Float(color.blue) * alpha, alpha))
    case .gradient(let gradient):
      let pixel = 1 / max(1e-9, transform.meanScale)
      source = .pixels(
        PlacedGradient(
          fill: GradientFill(gradient, box: box, pixel: pixel), inverse: transform.inverse ?? .identity))
    }
  }

  init(_ mask: CoverageMask, source: any PixelSource) {
    self.mask = mask
    self.source = .pixels(source)
  }

  var bounds: PixelRect { mask.bounds }

  var memory: PainterMemory {
    let coverage = PainterMemory(held: mask.bytes)
    guard case .pixels(let source) = source else { return coverage }
    return source.memory.then(coverage)
  }

  func extent(ofRow y: Int) -> Range<Int>? { mask.extent(row: y) }

  func paint(_ row: Row, x: Int, y: Int) {
    var written = 0
    for span in mask.spans(row: y, columns: x..<x + row.count) {
      let start = span.columns.lowerBound - x
      row.dropping(written, count: start - written).clear()
      written = span.columns.upperBound - x
      let part = row.dropping(start, count: span.columns.count)
      switch source {
      case .color(let color): fill(part, color, span, y)
      case .pixels(let source): fill(part, source, span, y)
      }
    }
    row.dropping(written, count: row.count - written).clear()
  }

  private func fill(_ row: Row, _ color: SIMD4<Float>, _ span: CoverageSpan, _ y: Int) {
    if span.isSolid {
      row.red.update(repeating: color.x, count: row.count)
      row.green.update(repeating: color.y, count: row.count)
      row.blue.update(repeating: color.z, count: row.count)
      row.alpha.update(repeating: color.w, count: row.count)
      return
    }
    // The alpha plane holds the coverage until it is needed no more.
    mask.cover(row: y, columns: span.columns, into: row.alpha)
    for i in 0..<row.count {
      let coverage = row.alpha[i]
      row.red[i] = color.x * coverage
      row.green[i] = color.y * coverage
      row.blue[i] = color.z * coverage
      row.alpha[i] = color.w * coverage
    }
  }

  private func fill(_ row: Row, _ source: any PixelSource, _ span: CoverageSpan, _ y: Int) {
    source.fill(row, x: span.columns.lowerBound, y: y)
    guard !span.isSolid else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count) { scratch in
      guard let coverage = scratch.baseAddress else { return }
      mask.cover(row: y, columns: span.columns, into: coverage)
      for plane in [row.red, row.green, row.blue, row.alpha] {
        for i in 0..<row.count { plane[i] *= coverage[i] }
      }
    }
  }
}

/// A gradient that was moved and turned with what it fills.
private struct PlacedGradient: PixelSource {
  let fill: GradientFill
  /// From picture pixels to the pixels in which the gradient was laid out.
  let inverse: Affine

  func fill(_ row: Row, x: Int, y: Int) {
    // Counted from column 0, so that where a run starts makes no difference.
    let start = inverse.apply(Point(0.5, Double(y) + 0.5))
    fill.fill(row, from: start, step: Point(inverse.a, inverse.b), first: x)
  }
}

/// Painters laid over each other, bottom to top, as one: a fill and its outline, a letter and its shadow.
struct PainterStack: Painter {
  private var painters: [any Painter]
  let bounds: PixelRect

  init(_ painters: [any Painter]) {
    self.painters = painters
    bounds = painters.reduce(PixelRect(width: 0, height: 0)) { $0.union($1.bounds) }
  }

  var memory: PainterMemory { painters.reduce(.none) { $0.then($1.memory) } }

  var rasterMemory: PainterMemory { painters.reduce(.none) { $0.then($1.rasterMemory) } }

  func withRasters(workers: Workers) throws -> any Painter {
    guard rasterMemory != .none else { return self }
    var stack = self
    stack.painters = try painters.map { try $0.withRasters(workers: workers) }
    return stack
  }

  func extent(ofRow y: Int) -> Range<Int>? {
    painters.reduce(nil) { union, painter in
      guard let extent = painter.extent(ofRow: y) else { return union }
      guard let union else { return extent }
      return min(union.lowerBound, extent.lowerBound)..<max(union.upperBound, extent.upperBound)
    }
  }

  func paint(_ row: Row, x: Int, y: Int) {
    guard let first = painters.first else { return row.clear() }
    first.paint(row, x: x, y: y)
    guard painters.count > 1 else { return }
    let compositor = Compositor(mode: .normal, opacity: 1)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count * 4) { scratch in
      guard let base = scratch.baseAddress else { return }
      for painter in painters.dropFirst() {
        guard let columns = painter.extent(ofRow: y)?.clamped(to: x..<x + row.count), !columns.isEmpty else {
          continue
        }
        let n = columns.count
        let over = Row(red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n)
        painter.paint(over, x: columns.lowerBound, y: y)
        compositor.composite(over, onto: row.dropping(columns.lowerBound - x, count: n))
      }
    }
  }
}
