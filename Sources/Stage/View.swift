/// From the picture's pixels to directions: what a camera and a picture's place make of each other.
public struct View: Sendable, Hashable {
  /// Slopes dx/dz and dy/dz of the ray through the middle of pixel (x, y): `origin + x · perColumn + y · perRow`.
  var origin: SIMD2<Float>
  var perColumn: SIMD2<Float>
  var perRow: SIMD2<Float>
  /// Pixels that may be asked for.
  public let columns: Range<Int>
  public let rows: Range<Int>
  /// Height in pixels of the picture for which noise is judged.
  let height: Float

  /// - Parameters:
  ///   - toShare: affine map from picture pixels to shares of the camera's picture:
  ///     u = a·x + c·y + tx, v = b·x + d·y + ty.
  ///   - aspect: width over height of the camera's picture.
  ///   - height: of the camera's picture, pixels.
  public init(
    camera: Camera, a: Double, b: Double, c: Double, d: Double, tx: Double, ty: Double, aspect: Double,
    height: Double, columns: Range<Int>, rows: Range<Int>
  ) {
    let f = Double(max(1e-3, camera.focal))
    let k = aspect > 0 ? 1 / (f * aspect) : 1
    func slope(_ u: Double, _ v: Double) -> SIMD2<Float> { SIMD2(Float(u / f), Float(-v * k)) }
    perColumn = slope(a, b)
    perRow = slope(c, d)
    origin = slope(
      tx + 0.5 * (a + c) - Double(camera.vanishing.x), ty + 0.5 * (b + d) - Double(camera.vanishing.y))
    self.columns = columns
    self.rows = rows
    self.height = Float(height)
  }

  /// A picture of `width` × `height` pixels that the camera fills.
  public init(camera: Camera, width: Int, height: Int) {
    self.init(
      camera: camera, a: 1 / Double(width), b: 0, c: 0, d: 1 / Double(height), tx: 0, ty: 0,
      aspect: Double(width) / Double(height), height: Double(height), columns: 0..<width, rows: 0..<height)
  }

  /// Slopes at a place within the pixel, −0.5…0.5 from its middle.
  @inline(__always)
  func slopes(x: Float, y: Float) -> SIMD2<Float> { origin + perColumn * x + perRow * y }

  /// Slope that one pixel covers.
  var pixel: Float {
    let area = abs(perColumn.x * perRow.y - perColumn.y * perRow.x)
    return max(1e-7, area.squareRoot())
  }

  /// The slopes of all pixels lie between.
  var bounds: (low: SIMD2<Float>, high: SIMD2<Float>) {
    var low = SIMD2<Float>(repeating: .infinity)
    var high = SIMD2<Float>(repeating: -.infinity)
    for x in [Float(columns.lowerBound), Float(columns.upperBound)] {
      for y in [Float(rows.lowerBound), Float(rows.upperBound)] {
        let s = slopes(x: x, y: y)
        low = low.replacing(with: s, where: s .< low)
        high = high.replacing(with: s, where: s .> high)
      }
    }
    return (low, high)
  }
}
