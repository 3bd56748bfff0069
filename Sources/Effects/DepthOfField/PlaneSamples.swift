import CVector
import Raster

/// Where the samples of planes of one size lie.
///
/// Addresses are taken once for a picture: counting references to planes and arrays for every pixel costs more than the
/// pixels do, and threads wait for each other's counts. They do not hold the planes.
struct PlaneSamples: @unchecked Sendable {
  private let bases: (Base?, Base?, Base?, Base?, Base?)
  private let stride: Int
  let width, height, planes: Int

  private typealias Base = UnsafeMutablePointer<Float>

  /// Of up to five planes.
  init(_ planes: [Plane]) {
    func base(_ index: Int) -> Base? { index < planes.count ? planes[index].base : nil }
    bases = (base(0), base(1), base(2), base(3), base(4))
    stride = planes.first?.stride ?? 0
    (width, height) = (planes.first?.width ?? 0, planes.first?.height ?? 0)
    self.planes = min(5, planes.count)
  }

  /// The first sample of a row of a plane.
  @inline(__always)
  func row(_ plane: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
    let base =
      switch plane {
      case 0: bases.0
      case 1: bases.1
      case 2: bases.2
      case 3: bases.3
      default: bases.4
      }
    return base.unsafelyUnwrapped + y * stride
  }

  /// Copies whole vectors of a stretch of the first plane.
  func copy(_ stretch: TileBlur.Stretch, to out: UnsafeMutablePointer<Float>) {
    let from = row(0, stretch.row) + stretch.first
    for v in 0..<(stretch.count + 7) / 8 { v8_store(out + 8 * v, v8_load(from + 8 * v)) }
  }
}
