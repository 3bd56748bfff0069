import Catalog
import Raster

/// Clouds, smoke, ridges: coherent noise run through a color ramp.
public struct Noise: Layer {
  public static let name = "noise"
  public static let summary = "Clouds, smoke, ridges: coherent noise run through a color ramp."

  var form = CoherentNoise.Form.fbm
  var size = 0.25
  var octaves = 5
  var lacunarity = 2.0
  var gain = 0.5
  var warp = 0.0
  var stretch = Point(1, 1)
  var drift = Point(0, 0)
  var phase = 0.0
  var stops: [RampStop] = [
    RampStop(0.2, LinearColor(1, 1, 1, alpha: 0)), RampStop(0.8, LinearColor(1, 1, 1)),
  ]
  var space = RampSpace.oklab

  public static let parameters: [Parameter<Noise>] = [
    .init(
      "noise", \.form, .choice, "value and simplex have one size of detail; fbm and ridged have octaves."),
    .init("size", \.size, .length(0.0005...10, suggested: 0.02...1), "Size of the largest detail."),
    .init("octaves", \.octaves, .integer(1...10), "How many sizes of detail, each finer than the last."),
    .init("lacunarity", \.lacunarity, .number(1.1...4), "How much finer the next octave is."),
    .init("gain", \.gain, .number(0...1, suggested: 0.3...0.7), "How strong the next octave is."),
    .init("warp", \.warp, .number(0...8, suggested: 0...2), "How far the noise is bent by other noise."),
    .init("stretch", \.stretch, .scale, "Wider or higher than it is described; [3, 1] gives banks of fog."),
    .init("drift", \.drift, .point, "How far the noise has moved; a moving value makes it drift."),
    .init(
      "phase", \.phase, .number(-1e6...1e6),
      "Turns of the noise in itself; a whole turn repeats, so it can loop."),
    .init("stops", \.stops, .stops, "Colors by value, 0 to 1."),
    .init("space", \.space, .choice, "The space in which the colors mix."),
  ]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    guard stretch.x != 0, stretch.y != 0 else {
      throw LayerProblems("stretch", "a stretch of 0 leaves nothing to draw")
    }
    let g = context.geometry
    let noise = CoherentNoise(
      form: form, octaves: octaves, lacunarity: Float(lacunarity), gain: Float(gain), warp: Float(warp),
      phase: Float(phase - phase.rounded(.down)), seed: context.seed.low)
    let cell = g.pixels(size)
    let toCells = Affine.translation(
      -Double(g.bleed) - drift.x * Double(g.trimWidth), -Double(g.bleed) - drift.y * Double(g.trimHeight)
    ).then(.scale(1 / (cell * stretch.x), 1 / (cell * stretch.y)))
    let ramp = RampTable(
      Ramp(stops: stops, space: space), from: stops.map { $0.position }.min() ?? 0,
      to: stops.map { $0.position }.max() ?? 1)
    return NoisePainter(context, noise: noise, toCells: toCells, ramp: ramp)
  }
}

/// Paints noise, evaluated pixel by pixel or read from a raster.
private struct NoisePainter: Painter {
  let bounds: PixelRect
  private let noise: CoherentNoise
  private let toCells: Affine
  private let ramp: RampTable
  /// From picture pixels to those in which the noise lies.
  private let inverse: Affine
  /// nil where evaluating every pixel costs less.
  private let layout: NoiseRaster.Layout?
  private var raster: NoiseRaster?

  init(_ context: LayerContext, noise: CoherentNoise, toCells: Affine, ramp: RampTable) {
    (bounds, inverse) = FieldPainter.place(in: context)
    self.noise = noise
    self.toCells = toCells
    self.ramp = ramp
    layout =
      bounds.isEmpty
      ? nil : NoiseRaster.Layout(noise, over: bounds, pixelToCell: inverse.then(toCells))
  }

  var rasterMemory: PainterMemory {
    guard let layout, raster == nil else { return .none }
    return PainterMemory(held: Plane.bytes(width: layout.width, height: layout.height))
  }

  func withRasters(workers: Workers) throws -> any Painter {
    guard let layout, raster == nil else { return self }
    var painter = self
    painter.raster = try NoiseRaster(noise, layout, workers: workers)
    return painter
  }

  func paint(_ row: Row, x: Int, y: Int) {
    let line = FieldPainter.Line(inverse, x: x, y: y)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count * 3) { scratch in
      guard let base = scratch.baseAddress else { return }
      let (xs, ys, values) = (base, base + row.count, base + 2 * row.count)
      let start = toCells.apply(line.start)
      let step = Point(line.step.x * toCells.a, line.step.y * toCells.d)
      for i in 0..<row.count {
        let k = Double(line.first + i)
        xs[i] = Float(start.x + step.x * k)
        ys[i] = Float(start.y + step.y * k)
      }
      if let raster, step.y == 0 {
        raster.fillUpright(values, x: xs, y: Float(start.y), count: row.count)
      } else if let raster {
        raster.fill(values, x: xs, y: ys, count: row.count)
      } else {
        noise.fill(values, x: xs, y: ys, count: row.count)
      }
      ramp.fill(row, positions: values)
    }
  }
}

/// Noise evaluated on a raster much finer than its finest detail, for pictures that are finer still.
///
/// The raster is tied to the lattice, not to the pixels, so the cost does not grow with the picture.
private struct NoiseRaster: Sendable {
  /// Samples over the finest cell: with cubic interpolation the error stays below one code of 8 bits.
  private static let density = 10.0
  private let plane: Plane
  private let origin: Point
  private let perCell: Double

  /// Where the samples lie.
  struct Layout: Sendable {
    let width, height: Int
    let origin: Point
    let perCell: Double

    /// nil where evaluating every pixel costs less.
    init?(_ noise: CoherentNoise, over bounds: PixelRect, pixelToCell: Affine) {
      var extent = Rect.null
      for x in [bounds.minX, bounds.maxX] {
        for y in [bounds.minY, bounds.maxY] {
          extent.extend(to: pixelToCell.apply(Point(Double(x), Double(y))))
        }
      }
      let perCell = NoiseRaster.density / noise.finestCell
      let width = extent.width * perCell + 8
      let height = extent.height * perCell + 8
      guard width.isFinite, height.isFinite, width * height < Double(bounds.area) / 3 else { return nil }
      self.width = Int(width) + 1
      self.height = Int(height) + 1
      origin = Point(
        (extent.minX * perCell).rounded(.down) / perCell - 2 / perCell,
        (extent.minY * perCell).rounded(.down) / perCell - 2 / perCell)
      self.perCell = perCell
    }
  }

  init(_ noise: CoherentNoise, _ layout: Layout, workers: Workers) throws(OutOfMemory) {
    let plane = try Plane(width: layout.width, height: layout.height)
    let (origin, perCell) = (layout.origin, layout.perCell)
    workers.bands(rows: plane.height, width: plane.width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: plane.width * 2) { scratch in
        guard let xs = scratch.baseAddress else { return }
        let ys = xs + plane.width
        for i in 0..<plane.width { xs[i] = Float(origin.x + Double(i) / perCell) }
        for y in rows {
          ys.update(repeating: Float(origin.y + Double(y) / perCell), count: plane.width)
          noise.fill(plane.row(y), x: xs, y: ys, count: plane.width)
        }
      }
    }
    self.plane = plane
    self.origin = origin
    self.perCell = perCell
  }

  /// Catmull–Rom interpolation.
  func fill(
    _ out: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>, count: Int
  ) {
    let scale = Float(perCell)
    let (ox, oy) = (Float(origin.x), Float(origin.y))
    let (right, bottom) = (Float(plane.width - 3), Float(plane.height - 3))
    for i in 0..<count {
      let px = min(right, max(1, (x[i] - ox) * scale))
      let py = min(bottom, max(1, (y[i] - oy) * scale))
      let ix = Int(px)
      let iy = Int(py)
      let tx = px - Float(ix)
      let ty = py - Float(iy)
      @inline(__always)
      func across(_ row: Int) -> Float {
        let p = plane.row(row) + (ix - 1)
        return cubic(p[0], p[1], p[2], p[3], tx)
      }
      out[i] = cubic(across(iy - 1), across(iy), across(iy + 1), across(iy + 2), ty)
    }
  }

  /// The same for a row of the raster's own direction: its four rows are joined once, for all pixels.
  func fillUpright(
    _ out: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: Float, count: Int
  ) {
    guard count > 0 else { return }
    let scale = Float(perCell)
    let ox = Float(origin.x)
    let right = Float(plane.width - 3)
    @inline(__always)
    func column(_ i: Int) -> Float { min(right, max(1, (x[i] - ox) * scale)) }
    let py = min(Float(plane.height - 3), max(1, (y - Float(origin.y)) * scale))
    let iy = Int(py)
    let ty = py - Float(iy)
    let ends = (Int(column(0)), Int(column(count - 1)))
    let first = min(ends.0, ends.1) - 1
    let columns = max(ends.0, ends.1) + 3 - first
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { joined in
      guard let joined = joined.baseAddress else { return }
      let rows = (iy - 1...iy + 2).map { plane.row($0) + first }
      let (a, b, c, d) = (rows[0], rows[1], rows[2], rows[3])
      for i in 0..<columns { joined[i] = cubic(a[i], b[i], c[i], d[i], ty) }
      for i in 0..<count {
        let px = column(i)
        let ix = Int(px)
        let p = joined + (ix - 1 - first)
        out[i] = cubic(p[0], p[1], p[2], p[3], px - Float(ix))
      }
    }
  }

  /// Between `b` and `c`.
  @inline(__always)
  private func cubic(_ a: Float, _ b: Float, _ c: Float, _ d: Float, _ t: Float) -> Float {
    b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
  }
}
