/// A point on a block that somebody looks at.
public struct SurfacePoint: Sendable {
  public enum Face: Int, Sendable {
    /// Towards smaller x, larger x; down, up; towards the camera, away from it.
    case left, right, bottom, top, front, back

    public var normal: Vector {
      switch self {
      case .left: Vector(-1, 0, 0)
      case .right: Vector(1, 0, 0)
      case .bottom: Vector(0, -1, 0)
      case .top: Vector(0, 1, 0)
      case .front: Vector(0, 0, -1)
      case .back: Vector(0, 0, 1)
      }
    }
  }
  /// Meters.
  public var position: Vector
  /// `position` from the block's lowest corner.
  public var local: Vector
  public var size: Vector
  public var face: Face
  /// Of the ray that met the point; unit length.
  public var direction: Vector
  /// Length of the way that light takes from here to the eye, meters.
  public var distance: Float
  /// What one look covers of the surface: its extent along the wall and upward (or along x and z of a roof),
  /// meters. Detail finer than that must be averaged.
  public var footprint: SIMD2<Float>
  public var seed: UInt32

  public init(
    position: Vector, local: Vector, size: Vector, face: Face, direction: Vector, distance: Float,
    footprint: SIMD2<Float>, seed: UInt32
  ) {
    self.position = position
    self.local = local
    self.size = size
    self.face = face
    self.direction = direction
    self.distance = distance
    self.footprint = footprint
    self.seed = seed
  }

  /// Along the wall: z for side walls, x for all others. Meters from the block's corner.
  public var across: Float { face == .left || face == .right ? local.z : local.x }
}

/// How a point of a surface looks.
public struct SurfaceLook: Sendable {
  /// Share of light that comes back, per channel.
  public var albedo: Vector
  /// Light of its own, linear.
  public var light: Vector

  public init(albedo: Vector, light: Vector = Vector(0, 0, 0)) {
    self.albedo = albedo
    self.light = light
  }
}

/// What a block is made of. Called once per point that is seen, from many threads; the answer may depend on
/// nothing but the point.
public protocol SurfaceMaterial: Sendable {
  func look(at point: SurfacePoint) -> SurfaceLook
}

/// Concrete: one gray with soft stains.
public struct PlainMaterial: SurfaceMaterial {
  public var albedo: Float
  public var tint: Vector

  public init(albedo: Float = 0.06, tint: Vector = Vector(1, 1, 1)) {
    self.albedo = albedo
    self.tint = tint
  }

  public func look(at point: SurfacePoint) -> SurfaceLook {
    let n = SurfaceNoise.value(point.across * 1.3, point.local.y * 0.7, point.seed)
    return SurfaceLook(albedo: tint * (albedo * (0.6 + 0.8 * n)))
  }
}
