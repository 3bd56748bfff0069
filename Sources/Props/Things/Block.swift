import Catalog
import Raster
import Stage

/// A plain block: a wall, a kerb, a plinth.
public struct Block: Prop {
  public static let name = "block"
  public static let summary = "A plain block of concrete: a wall, a kerb, a plinth."

  /// Width, height and depth, meters.
  public var size = SIMD3<Float>(1, 1, 1)
  /// Where the middle of its foot stands.
  public var at = SIMD3<Float>(0, 0, 8)
  public var color = LinearColor(0.06, 0.06, 0.06)

  public static let parameters: [Parameter<Block>] = [
    .init("block", \.size, .place, "Width, height and depth, meters."),
    .init("at", \.at, .place, "Where the middle of its foot stands."),
    .init(
      "color", \.color, .color, "Share of light that comes back. Above 0.1 walls look like milk at night."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let half = SIMD3<Float>(abs(size.x) / 2, 0, abs(size.z) / 2)
    let material = set.material(PlainMaterial(albedo: 1, tint: color.light))
    set.box(
      at - half, at + half + SIMD3(0, abs(size.y), 0), material: material, seed: set.seed.low)
  }
}
