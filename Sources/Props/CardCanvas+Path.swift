import Outline
import Raster
import Stage

/// What a filled path leaves on a card at one texel.
struct CardPaint {
  /// Light of its own, linear.
  var light = Vector(0, 0, 0)
  /// Share of light that comes back.
  var albedo = Vector(0, 0, 0)
  /// Slope to the right and upward.
  var slope = SIMD2<Float>(0, 0)
  /// Strength of highlights, 0…1.
  var gloss: Float = 0
}

extension CardCanvas {
  /// Covers what lies inside of a path. `path` is in texels, y downward; contours that may overlap must turn the
  /// same way. `paint` is asked once for every texel touched, by column and row. `opacity` is below 1 for glass.
  func cover(
    _ path: Path, rule: FillRule = .nonZero, opacity: Float = 1, paint: (_ x: Int, _ y: Int) -> CardPaint
  ) {
    let mask = CoverageMask(path: path, rule: rule, clip: PixelRect(width: width, height: height))
    guard !mask.isEmpty else { return }
    var coverage = [Float](repeating: 0, count: width)
    coverage.withUnsafeMutableBufferPointer { buffer in
      guard let share = buffer.baseAddress else { return }
      for y in mask.bounds.rows {
        for span in mask.spans(row: y, columns: 0..<width) {
          mask.cover(row: y, columns: span.columns, into: share)
          for x in span.columns {
            lay(paint(x, y), cover: opacity * share[x - span.columns.lowerBound], at: y * width + x)
          }
        }
      }
    }
  }

  /// Lays paint over one texel that it covers by a share.
  @inline(__always)
  private func lay(_ paint: CardPaint, cover c: Float, at i: Int) {
    let rest = 1 - c
    red[i] = red[i] * rest + paint.light.x * c
    green[i] = green[i] * rest + paint.light.y * c
    blue[i] = blue[i] * rest + paint.light.z * c
    alpha[i] = alpha[i] * rest + c
    guard let surface else { return }
    surface.red[i] = surface.red[i] * rest + paint.albedo.x * c
    surface.green[i] = surface.green[i] * rest + paint.albedo.y * c
    surface.blue[i] = surface.blue[i] * rest + paint.albedo.z * c
    surface.slopeX[i] = surface.slopeX[i] * rest + paint.slope.x * c
    surface.slopeY[i] = surface.slopeY[i] * rest + paint.slope.y * c
    surface.gloss[i] = surface.gloss[i] * rest + paint.gloss * c
  }
}

/// A drawing in meters on the texels of a card: x from the card's left edge, y up from its lower one.
struct CardDrawing {
  let size: SIMD2<Double>
  let scale: SIMD2<Double>

  init(_ canvas: CardCanvas, width: Float, height: Float) {
    size = SIMD2(Double(width), Double(height))
    scale = SIMD2(Double(canvas.width) / max(1e-6, size.x), Double(canvas.height) / max(1e-6, size.y))
  }

  /// The extent of a texel, meters.
  var texel: SIMD2<Float> { SIMD2(Float(1 / scale.x), Float(1 / scale.y)) }

  func point(_ x: Double, _ y: Double) -> Point { Point(x * scale.x, (size.y - y) * scale.y) }

  /// The place of a texel's middle, meters.
  func place(_ x: Int, _ y: Int) -> SIMD2<Float> {
    SIMD2(Float((Double(x) + 0.5) / scale.x), Float(size.y - (Double(y) + 0.5) / scale.y))
  }

  /// A closed polygon, turned clockwise so that overlapping ones unite.
  func polygon(_ points: [SIMD2<Double>]) -> Path {
    var area = 0.0
    for (i, a) in points.enumerated() {
      let b = points[(i + 1) % points.count]
      area += a.x * b.y - b.x * a.y
    }
    let turned = area > 0 ? points.reversed() : points
    return Path(Polyline(turned.map { point($0.x, $0.y) }, isClosed: true))
  }

  func ellipse(_ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) -> Path {
    .ellipse(center: point(x, y), radiusX: radiusX * scale.x, radiusY: radiusY * scale.y)
  }
}
