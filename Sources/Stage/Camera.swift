/// Who looks: level, so that verticals stay vertical; the horizon is moved by shifting the lens.
///
/// A pixel's ray goes along ((x − W · vanishing.x) / f, (H · vanishing.y − y) / f, 1) with f = `focal` · W: the
/// geometry of a view camera with a raised or lowered front.
public struct Camera: Sendable, Hashable {
  /// Of the eye, meters. z = 0.
  public var height: Float = 1.6
  /// To the right of the middle of the street, meters.
  public var offset: Float = 0
  /// Focal length in widths of the picture: 35 mm on a negative 36 mm wide is 0.97.
  public var focal: Float = 0.7
  /// The same in heights, if that is what is given; ``frame(aspect:)`` makes it the other.
  public var focalOfHeight: Float?
  /// Where parallels that go straight away meet: shares of the picture's width and height. y is the horizon.
  public var vanishing = SIMD2<Float>(0.5, 0.55)
  /// Diameter of the lens, meters; 0 keeps everything sharp.
  public var aperture: Float = 0
  /// Distance that is sharp, meters.
  public var focus: Float = 5

  public init() {}

  /// Settles the focal length for a picture that is `aspect` times as wide as high.
  public mutating func frame(aspect: Float) {
    if let focalOfHeight { focal = focalOfHeight / max(1e-6, aspect) }
  }

  public var eye: Vector { Vector(offset, height, 0) }

  /// Where a point is seen, in shares of the picture's width and height, for a picture `aspect` = width / height;
  /// nil unless it lies in front.
  public func project(_ p: Vector, aspect: Float) -> SIMD2<Float>? {
    guard p.z > 1e-4 else { return nil }
    return SIMD2(
      vanishing.x + focal * (p.x - offset) / p.z,
      vanishing.y - focal * aspect * (p.y - height) / p.z)
  }

  /// How many picture widths one meter takes at distance `z`, across the line of sight.
  public func widths(perMeterAt z: Float) -> Float { focal / max(z, 0.05) }
}
