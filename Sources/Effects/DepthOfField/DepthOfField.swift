import Catalog
import Raster

/// Blurs what is nearer or farther than the plane of focus, as a lens with a round opening does.
///
/// A point at distance d becomes a disk, whose diameter is amount · |1/focus − 1/d| of the picture's height, distances
/// in meters: that of a thin lens which is `amount` as wide as the picture's plane is high a meter away. Lights stay
/// as bright as they are in all, so that small strong ones become disks.
///
/// The picture is parted by the size of disks (in steps of √2, each pixel between two) and by whether it lies before
/// or behind the focus; each part is blurred by itself, and they are laid over each other from front to back. What is
/// sharp covers blurred ground exactly, and lends it no color; what is blurred and near reaches over what is sharp,
/// and behind its soft edge one sees what surrounds it. Large disks are drawn on coarser scales of a pyramid, so that
/// the cost does not grow with them. Coverage stays as it is.
public struct DepthOfField: Effect {
  public static let name = "depth-of-field"
  public static let summary = "Blurs what is nearer or farther than the focus of a lens."

  var amount: Float = 0.3
  var focus: Float = 5
  var limit: Double = 0.06
  var depthOf: LayerReference?

  public static let parameters: [Parameter<DepthOfField>] = [
    .init(
      "depth-of-field", \.amount, .number(0...4, suggested: 0.05...1),
      "Width of the lens: at 1 the sky becomes disks a fifth of the picture's height wide, with a focus of 5 meters."
    ),
    .init(
      "focus", \.focus, .meters(0.05...10_000, suggested: 1...50),
      "The distance that is sharp; the nearer it is, the sooner everything else is not."),
    .init(
      "limit", \.limit, .length(0...0.25, suggested: 0.02...0.1), "Greatest radius of a disk."),
    .init(
      "depth-of", \.depthOf, .layer([.depth]),
      "The set whose depth counts; a preset's only set need not be named."),
  ]

  public static let neutral: DepthOfField? = {
    var d = DepthOfField()
    d.amount = 0
    return d
  }()

  public init() {}

  public var looks: [LayerLook] { [LayerLook("depth-of", depthOf, standard: .depth)] }

  public func reach(in geometry: Geometry) -> Reach { amount > 0 && limit > 0 ? .whole : .none }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, limit > 0 else { return 0 }
    let lens = LensBlur(self, geometry: context.geometry)
    return lens.bytes(width: region.width, height: region.height, workers: context.workers)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, limit > 0, !frame.region.isEmpty,
      let depth = context.planes["depth-of"], depth.region == frame.region
    else { return }
    let lens = LensBlur(self, geometry: context.geometry)
    try lens.blur(frame, depth: depth.plane, workers: context.workers)
  }
}
