import Catalog
import Outline
import PNGCodec
import PhotoCodec
import Raster

/// Painters for those who draw outside of layers: on cards that stand in a set.
package enum Coat {
  /// Decoding takes up to 24 bytes a pixel.
  private static let limits = PNGLimits(maxPixels: 40_000_000)

  /// A path in pixels, filled.
  ///
  /// - Parameters:
  ///   - box: what a gradient is laid over, pixels.
  package static func fill(
    _ path: Path, _ rule: FillRule = .nonZero, with paint: Paint, over box: Rect, clip: PixelRect
  ) -> any Painter {
    PaintedCoverage(
      CoverageMask(path: path, rule: rule, clip: clip), paint: paint, box: box, transform: .identity)
  }

  /// Painters laid over each other, the first at the bottom.
  package static func stack(_ coats: [any Painter]) -> any Painter {
    coats.count == 1 ? coats[0] : PainterStack(coats)
  }

  /// A picture file.
  ///
  /// - Throws: ``LayerProblems`` named by `parameter` if the file cannot be read.
  package static func image(contentsOf file: String, parameter: String) throws(LayerProblems) -> PhotoImage {
    try PhotoImage.read(contentsOf: file, limits: limits, parameter: parameter)
  }

  /// A picture stretched over `width` × `height` pixels.
  ///
  /// - Throws: ``Raster/OutOfMemory``.
  package static func image(_ image: PhotoImage, width: Int, height: Int) throws -> any Painter {
    let bounds = PixelRect(width: width, height: height)
    let placement = Affine.scale(
      Double(width) / Double(max(1, image.width)), Double(height) / Double(max(1, image.height)))
    let raster = try ImageRaster(
      image, placement: placement, repeats: false, filter: .smooth, bounds: bounds, workers: Workers(count: 1)
    )
    guard let raster else { return PainterStack([]) }
    let frame = Path.rectangle(Rect(minX: 0, minY: 0, maxX: Double(width), maxY: Double(height)))
    return PaintedCoverage(CoverageMask(path: frame, clip: bounds), source: raster)
  }
}
