import Outline
import Raster

/// A blurred shape: what shadows, halos and glows are made of.
///
/// It is blurred on a grid that is tied to the shape and to the width of the blur, not to the pixels, by a filter of a
/// fixed number of cells. So a glow a hundred pixels wide costs no more than one of ten, and a draft shows the glow of
/// the sheet.
struct SoftCoverage: Sendable {
  /// Where there can be any of it.
  let bounds: PixelRect
  private let path: Path
  private let origin: Point
  private let step: Double
  private var grid: SampledGrid?

  /// Cells of the three boxes that blur.
  private static let radius = 6
  /// Standard deviation in cells: three boxes of five cells, and the cells themselves.
  private static let sigma = (6 + 1.0 / 12).squareRoot()
  /// Cells of the border that the boxes reach over, and those that are read around a point.
  private static let margin = 9.0
  /// The blur within a pixel, pixels: what is finer would only be jagged.
  private static let leastSigma = 0.45
  private static let mostCells = 16_000_000.0

  /// - Parameters:
  ///   - path: in picture pixels; filled by the nonzero rule.
  ///   - sigma: the standard deviation of the blur, in picture pixels.
  ///   - origin: what the grid is tied to, a point of the layer.
  ///   - region: the pixels that are ever asked for.
  init(_ path: Path, sigma: Double, origin: Point, region: PixelRect) {
    let wanted = min(1e6, (sigma * sigma + SoftCoverage.leastSigma * SoftCoverage.leastSigma).squareRoot())
    let box = path.controlBounds
    let area = box.isNull ? 0 : box.width * box.height
    let step = max(wanted / SoftCoverage.sigma, 0.25, (area / SoftCoverage.mostCells).squareRoot())
    let lit = box.expanded(by: SoftCoverage.margin * step)
    self.path = path
    self.step = step
    self.origin = origin
    bounds =
      box.isNull || !step.isFinite
      ? PixelRect(width: 0, height: 0)
      : PixelRect(covering: lit.minX, lit.minY, lit.maxX, lit.maxY).intersection(region)
  }

  /// What the grid covers: also what is blurred into the picture from outside.
  private var source: PixelRect {
    let margin = Int((SoftCoverage.margin * step).rounded(.up))
    return bounds.expanded(byX: margin, y: margin)
  }

  /// What ``withGrid(workers:)`` takes, and what stays.
  var memory: PainterMemory {
    guard grid == nil, !bounds.isEmpty else { return .none }
    let size = SampledGrid.size(step: step, region: source)
    let plane = Plane.bytes(width: size.width, height: size.height)
    return PainterMemory(held: plane, peak: plane.adding(plane))
  }

  /// This with the shape blurred.
  func withGrid(workers: Workers) throws(OutOfMemory) -> SoftCoverage {
    guard grid == nil, !bounds.isEmpty else { return self }
    let made = try SampledGrid(step: step, origin: origin, region: source)
    let plane = made.plane
    // A sample is the middle of a cell.
    let toCells = Affine.translation(-made.corner.x, -made.corner.y).then(.scale(1 / step, 1 / step))
      .then(.translation(0.5, 0.5))
    let mask = CoverageMask(
      path: path.transformed(by: toCells), clip: PixelRect(width: plane.width, height: plane.height),
      workers: workers)
    workers.bands(rows: plane.height, width: plane.width) { rows in
      for y in rows { mask.cover(row: y, columns: 0..<plane.width, into: plane.row(y)) }
    }
    try plane.soften(radius: SoftCoverage.radius, workers: workers)
    var soft = self
    soft.grid = made
    return soft
  }

  /// Writes how much of the blurred shape lies in the pixels from (`x`, `y`) on, 0…1.
  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    guard let grid else { return out.update(repeating: 0, count: count) }
    grid.fill(out, x: Double(x) + 0.5, step: 1, y: Double(y) + 0.5, count: count)
  }
}

/// A blurred shape as a layer's coat.
struct SoftCoat: Painter {
  enum Kind: Sendable {
    /// Covers what lies behind it, in proportion.
    case shadow(LinearColor)
    /// The same, but thin parts cover nearly as much as dense ones, so that it carries light type and heavy alike.
    case halo(LinearColor)
    /// Light without a body.
    case glow(LinearColor)
  }
  private let kind: Kind
  /// With their shares, which add up to one.
  private var layers: [(soft: SoftCoverage, share: Float)]

  /// How much faster a halo grows than what it surrounds.
  private static let haloGain: Float = 30

  init(_ kind: Kind, _ layers: [(soft: SoftCoverage, share: Float)]) {
    self.kind = kind
    self.layers = layers
  }

  var bounds: PixelRect { layers.reduce(PixelRect(width: 0, height: 0)) { $0.union($1.soft.bounds) } }

  var rasterMemory: PainterMemory { layers.reduce(.none) { $0.then($1.soft.memory) } }

  func withRasters(workers: Workers) throws -> any Painter {
    var coat = self
    coat.layers = try layers.map { (try $0.soft.withGrid(workers: workers), $0.share) }
    return coat
  }

  func paint(_ row: Row, x: Int, y: Int) {
    let out = row.alpha
    out.update(repeating: 0, count: row.count)
    for layer in layers {
      let columns = (x..<x + row.count).clamped(to: layer.soft.bounds.columns)
      guard layer.soft.bounds.rows.contains(y), !columns.isEmpty else { continue }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns.count) { scratch in
        guard let values = scratch.baseAddress else { return }
        layer.soft.fill(values, x: columns.lowerBound, y: y, count: columns.count)
        let to = out + (columns.lowerBound - x)
        for i in 0..<columns.count { to[i] += values[i] * layer.share }
      }
    }
    switch kind {
    case .shadow(let color): tint(row, color) { $0 }
    case .halo(let color):
      let k = SoftCoat.haloGain
      tint(row, color) { $0 * (1 + k) / (1 + k * $0) }
    case .glow(let color):
      tint(row, color) { $0 }
      row.alpha.update(repeating: 0, count: row.count)
    }
  }

  @inline(__always)
  private func tint(_ row: Row, _ color: LinearColor, _ curve: (Float) -> Float) {
    let alpha = Float(color.alpha)
    let (red, green, blue) = (Float(color.red), Float(color.green), Float(color.blue))
    for i in 0..<row.count {
      let body = min(1, curve(row.alpha[i])) * alpha
      row.red[i] = red * body
      row.green[i] = green * body
      row.blue[i] = blue * body
      row.alpha[i] = body
    }
  }
}
