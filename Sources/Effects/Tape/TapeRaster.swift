import CVector
import Catalog
import Raster

/// The signal on its raster: Y' and alpha at every sample, I and Q at every fourth; a row for each line.
///
/// Written once, each line by one thread, and only read afterwards: therefore `Sendable` without a lock.
final class TapeRaster: @unchecked Sendable {
  let layout: Layout
  let luma, inPhase, quadrature, alpha: Plane
  /// For each held line whether nothing of it is transparent.
  let opaque: UnsafeMutablePointer<Bool>

  /// How the raster lies on the picture.
  struct Layout: Sendable {
    /// Lines that are worked on at once, one in each lane of a vector.
    static let lanes = 8
    /// Samples of brightness for one of color.
    static let decimation = 4

    /// Lines that the planes hold, whole blocks; 0 is the first of the trimmed picture.
    let lines: Range<Int>
    /// Samples of a line, always those of the whole picture: tape looks along the whole line.
    let samples: Range<Int>
    /// Left edge of sample 0 and upper edge of line 0, pixels.
    let originX, originY: Double
    /// Size of a sample, pixels.
    let pitchX, pitchY: Double

    var count: Int { samples.count }
    var colorCount: Int { (samples.count + Layout.decimation - 1) / Layout.decimation }
    var blocks: Int { lines.count / Layout.lanes }
    /// Eight more than a row needs: vectors are loaded whole.
    var planeWidth: Int { count + 8 }
    var colorPlaneWidth: Int { colorCount + 16 }

    init(settings: VHS, region: PixelRect, geometry: Geometry) {
      originX = Double(geometry.bleed)
      originY = Double(geometry.bleed)
      pitchX = Double(geometry.trimWidth) / settings.width
      pitchY = Double(geometry.trimHeight) / Double(max(1, settings.lines))
      func range(_ low: Int, _ high: Int, _ origin: Double, _ pitch: Double) -> Range<Int> {
        let first = Int(((Double(low) - origin) / pitch).rounded(.down))
        return first..<max(first + 1, Int(((Double(high) - origin) / pitch).rounded(.up)))
      }
      samples = range(0, geometry.width, originX, pitchX)
      let lines = range(region.minY, region.maxY, originY, pitchY)
      let first = Layout.block(of: lines.lowerBound) * Layout.lanes
      self.lines = first..<(Layout.block(of: lines.upperBound - 1) + 1) * Layout.lanes
    }

    /// Blocks of lines begin at multiples of their size, whatever part of the picture is drawn.
    static func block(of line: Int) -> Int {
      line >= 0 ? line / lanes : -((lanes - 1 - line) / lanes)
    }
  }

  init(settings: VHS, region: PixelRect, geometry: Geometry) throws(OutOfMemory) {
    layout = Layout(settings: settings, region: region, geometry: geometry)
    luma = try Plane(width: layout.planeWidth, height: layout.lines.count)
    inPhase = try Plane(width: layout.colorPlaneWidth, height: layout.lines.count)
    quadrature = try Plane(width: layout.colorPlaneWidth, height: layout.lines.count)
    alpha = try Plane(width: layout.planeWidth, height: layout.lines.count)
    opaque = .allocate(capacity: layout.lines.count)
    opaque.update(repeating: false, count: layout.lines.count)
  }

  deinit { opaque.deallocate() }

  static func bytes(_ layout: Layout) -> Int {
    2 * Plane.bytes(width: layout.planeWidth, height: layout.lines.count)
      + 2 * Plane.bytes(width: layout.colorPlaneWidth, height: layout.lines.count) + layout.lines.count
  }

  /// Where a line is held; the nearest one for lines that are not.
  func index(_ line: Int) -> Int {
    min(layout.lines.count - 1, max(0, line - layout.lines.lowerBound))
  }
}
