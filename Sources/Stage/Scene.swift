/// A place or a direction in a scene, meters: x to the right, y up from the ground, z away from the camera.
public typealias Vector = SIMD3<Float>

/// A small place in meters: what stands in it, what shines in it, the air between, and who looks at it.
///
/// A scene is plain data; a ``Shot`` makes it ready to be looked at.
public struct Scene: Sendable {
  public var camera = Camera()
  public var air = Air()
  public var sky = Sky()
  public var ground = Ground()
  public var rain = Rain()

  public var boxes: [Box] = []
  public var cards: [Card] = []
  public var strands: [Strand] = []
  /// What lies on the ground as part of it.
  public var spills: [Spill] = []
  public var lights: [Light] = []
  /// What the boxes are made of; ``Box/material`` counts in here.
  public var materials: [any SurfaceMaterial] = []

  public init() {}
}

/// An opaque block whose sides follow the axes: most of a city.
public struct Box: Sendable, Hashable {
  public var low: Vector
  public var high: Vector
  /// Index into ``Scene/materials``.
  public var material: Int
  /// What makes this block's surface its own.
  public var seed: UInt32

  public init(low: Vector, high: Vector, material: Int, seed: UInt32) {
    self.low = low
    self.high = high
    self.material = material
    self.seed = seed
  }

  public var size: Vector { high - low }
}

/// Who may see a card: what only the reflection shows is somebody else.
public enum Visibility: String, CaseIterable, Sendable {
  case everything
  case cameraOnly = "camera-only"
  case reflectionOnly = "reflection-only"
}

/// A flat picture standing in the scene: a sign, a figure, a palm. Light adds; alpha covers what is behind.
public struct Card: Sendable {
  /// The lower left corner of the picture.
  public var origin: Vector
  /// From the lower left to the lower right corner.
  public var right: Vector
  /// From the lower left to the upper left corner.
  public var up: Vector
  public var picture: any CardPicture
  /// Factor on the picture's own light.
  public var gain: Float = 1
  public var visibility = Visibility.everything
  /// Whether lights that cast shadows are blocked by its alpha.
  public var castsShadow = false
  /// Texels for each pixel, along a line: a soft picture needs less than 1.
  public var detail: Float = 1

  public init(origin: Vector, right: Vector, up: Vector, picture: any CardPicture) {
    self.origin = origin
    self.right = right
    self.up = up
    self.picture = picture
  }

  /// A card that faces the camera: upright, parallel to the picture, its foot's middle at `foot`.
  public static func standing(at foot: Vector, width: Float, height: Float, picture: any CardPicture) -> Card
  {
    Card(
      origin: foot - Vector(width / 2, 0, 0), right: Vector(width, 0, 0), up: Vector(0, height, 0),
      picture: picture)
  }
}

/// A thin round line in space with light of its own, or dark: a cable, a tube, a waveform in the air.
public struct Strand: Sendable {
  /// Joined by straight pieces; at least two, else nothing is drawn.
  public var points: [Vector]
  /// Half the thickness, meters.
  public var radius: Float
  /// Light of the line itself, linear; black for a cable.
  public var light = Vector(0, 0, 0)
  /// Light of the halo about it as a share of `light`, falling with distance as 1 / (1 + (d / radius)^2.2).
  public var halo: Float = 0
  /// How much of what is behind the line it covers, 0…1.
  public var cover: Float = 1
  public var visibility = Visibility.everything

  public init(points: [Vector], radius: Float) {
    self.points = points
    self.radius = radius
  }
}

/// A point from which light spreads: on surfaces, in the fog, on the street.
public struct Light: Sendable, Hashable {
  public var position: Vector
  /// Intensity, linear light at one meter on a white surface that faces it.
  public var color: Vector
  /// Added to the square of the distance, square meters: the size of what shines. Keeps near walls from burning.
  public var softness: Float = 0.4
  /// Added to the square of the distance between light and ray, square meters, so that the air-light does not burn
  /// where they meet: 0.1 for a sign, 2 to 4 for a sun, 60 to 400 for the glow of a far city.
  public var halo: Float = 0.1
  /// Factor on the air-light alone.
  public var haze: Float = 1
  /// The cone that a spot is limited to; nil shines everywhere.
  public var beam: Beam?
  /// Whether boxes and cards throw shadows in it, through the fog as well. Costs time for each such light.
  public var castsShadow = false
  /// Where shadows seem to be cast from; nil is `position`. Lets shadows lag behind a light that moves.
  public var shadowOrigin: Vector?

  /// A cone of light.
  public struct Beam: Sendable, Hashable {
    /// Unit vector from the light along the middle of the cone.
    public var axis: Vector
    /// Half the opening of the cone in degrees: all is dark outside of `outer`, and fully lit inside of `inner`.
    public var outer: Float
    public var inner: Float

    public init(axis: Vector, outer: Float, inner: Float) {
      self.axis = axis
      self.outer = outer
      self.inner = inner
    }
  }

  public init(position: Vector, color: Vector) {
    self.position = position
    self.color = color
  }
}

/// What is in the air. Density falls with height: s(y) = density · e^(−y / thickness) + floor.
public struct Air: Sendable, Hashable {
  /// Extinction at the ground beside `floor`, per meter: 0.015 is a foggy night.
  public var density: Float = 0.0165
  /// Height over which density falls to 1/e, meters.
  public var thickness: Float = 14
  /// Extinction that is left at any height, per meter.
  public var floor: Float = 0.001
  /// Light scattered towards the eye per meter and unit of light.
  public var scatter: Float = 0.0046
  /// Extinction between lights and the surfaces that they light, per meter.
  public var dimming: Float = 0.02
  /// Rays that meet nothing end here, meters.
  public var reach: Float = 400
  /// How uneven the fog is, 0…1.
  public var wisps: Float = 0.5
  /// Light that comes from everywhere: what thick fog looks like.
  public var ambient = Vector(0.005, 0.019, 0.025)
  /// Share of `ambient` that lights surfaces.
  public var ambientOnSurfaces: Float = 0.35
  /// Where the wisps have drifted to, meters; moves with time.
  public var drift = Vector(0, 0, 0)
  public var seed: UInt32 = 1

  public init() {}
}

/// What is above: horizon · e^(−elevation / falloff) towards the zenith, with clouds.
public struct Sky: Sendable, Hashable {
  public var zenith = Vector(0.0015, 0.004, 0.007)
  public var horizon = Vector(0.03, 0.15, 0.18)
  /// Elevation over which the horizon's light falls to 1/e, degrees.
  public var falloff: Float = 22
  /// Contrast of the clouds, 0…1.
  public var clouds: Float = 0.6
  /// Where the clouds have drifted to, meters at a height of one meter.
  public var drift = SIMD2<Float>(0, 0)
  public var seed: UInt32 = 1

  public init() {}
}

/// The plane y = 0: asphalt with puddles, or black glass.
public struct Ground: Sendable, Hashable {
  /// Reflected light of dry asphalt, from dark stones to light ones.
  public var albedo: ClosedRange<Float> = 0.03...0.065
  /// Share of the ground under water, 0…1.
  public var puddles: Float = 0.5
  /// Size of the puddles, meters.
  public var puddleSize: Float = 1.8
  /// Puddles at places of their own: x, z and radius, meters.
  public var pools: [SIMD3<Float>] = []
  /// Roughness (slope deviation) of wet asphalt and of open water.
  public var roughness: Float = 0.2
  public var waterRoughness: Float = 0.012
  /// How much further than it is wide rough ground draws out what it mirrors along the view, beside what the low
  /// angle does: 0…1.
  public var anisotropy: Float = 0
  /// Share of the roughness that is seen as single stones where the camera is near enough, 0…1.
  public var stones: Float = 0
  /// How far the ground between puddles has dried, in patches, 0…1.
  public var drying: Float = 0
  /// Mirror strength of wet asphalt and of water beside Fresnel's, 0…1.
  public var gloss: Float = 0.45
  public var waterGloss: Float = 1
  /// Share of light mirrored when looked at straight from above, 0…1. Water has 0.02; a picture may want more.
  public var reflectance: Float = 0.02
  /// Slope of the long unevenness of the ground.
  public var waves: Float = 0.16
  /// Strength of the rings that drops make, 0…1, and how far from the camera they are drawn, meters.
  public var ripples: Float = 0.1
  public var rippleReach: Float = 30
  /// Half the width of the carriageway, meters: its gutters hold water. Large for none.
  public var halfWidth: Float = 4.3
  /// Open water from one x to another, meters; nil for none.
  public var sea: ClosedRange<Float>?
  /// Paint of lane marks and crossings, 0…1.
  public var paint: Float = 0
  /// Where a zebra crossing begins, meters from the camera; nil for none.
  public var crossing: Float?
  /// Seconds into the pattern of the rings, and after how many it repeats; nil for never.
  public var time: Float = 0
  public var period: Float?
  public var seed: UInt32 = 1

  public init() {}
}

/// Drops between the camera and what it sees.
public struct Rain: Sendable, Hashable {
  /// 0 for none; 1 is a downpour.
  public var amount: Float = 0
  /// Lean of the streaks from the vertical, degrees clockwise.
  public var angle: Float = 3.5
  /// Meters a second.
  public var speed: Float = 8
  /// Share of the drops that fall upward.
  public var rise: Float = 0
  /// Factor on the light that drops gather from the air behind them.
  public var brightness: Float = 1
  /// Seconds into the fall, and after how many it repeats; nil for never.
  public var time: Float = 0
  public var period: Float?
  public var seed: UInt32 = 1

  public init() {}
}
