import Catalog
import Raster
import Stage

/// Who looks at a set, and through what lens.
public struct CameraSettings: SetSection {
  public static let name = "camera"
  public static let summary =
    "Who looks at a set: a camera that is level, so that verticals stay vertical; the horizon is set by shifting the lens."

  var height: Float = 1.6
  var offset: Float = 0
  var focalLength: Float = 25
  var fieldOfView: Float?
  var verticalFieldOfView: Float?
  var vanishingPoint = Point(0.5, 0.55)
  var horizon: Float?
  var aperture: Float = 0
  var focus: Float = 5

  public static let parameters: [Parameter<CameraSettings>] = [
    .init(
      "height", \.height, .meters(0.01...2000, suggested: 0.2...2.5),
      "Of the lens above the ground. Near the ground wet streets become mirrors."),
    .init(
      "offset", \.offset, .meters(-2000...2000, suggested: -3...3), "To the right of the street's middle."),
    .init(
      "focal-length", \.focalLength, .number(4...2000, suggested: 18...85, unit: .millimeters),
      "Of the lens, as on a negative 36 mm wide: 24 is wide, 50 is normal, 85 is long."),
    .init(
      "field-of-view", \.fieldOfView, Codec<Float>.number(1...150, unit: .degrees).optional,
      "From the left to the right edge of the picture; another way to give the focal length."),
    .init(
      "vertical-field-of-view", \.verticalFieldOfView, Codec<Float>.number(1...150, unit: .degrees).optional,
      "From the upper to the lower edge, in place of the focal length: in a wider format things keep their size, and more is seen beside them."
    ),
    .init(
      "vanishing-point", \.vanishingPoint, .point,
      "Where all that goes straight away meets, in shares of the picture's width and height; its height is the horizon's."
    ),
    .init(
      "horizon", \.horizon, Codec<Float>.number(-2...3, suggested: 0.3...0.7).optional,
      "Share of the picture's height at which the horizon lies, with the vanishing point in the middle; another way to give the vanishing point."
    ),
    .init(
      "aperture", \.aperture, .meters(0...1, suggested: 0...0.05),
      "Diameter of the opened lens: 25mm for 35 mm at f/1.4. 0 keeps everything sharp."),
    .init("focus", \.focus, .meters(0.05...10_000, suggested: 1...50), "The distance that is sharp."),
  ]

  public static let alternatives = [
    ["focal-length", "field-of-view", "vertical-field-of-view"],
    ["vanishing-point", "horizon"],
  ]

  public init() {}

  public func apply(to scene: inout Scene, at moment: Moment, seed: Seed) {
    scene.camera.height = height
    scene.camera.offset = offset
    scene.camera.focal = focalLength / 36
    if let fieldOfView { scene.camera.focal = CameraSettings.focal(fieldOfView) }
    scene.camera.focalOfHeight = verticalFieldOfView.map(CameraSettings.focal)
    scene.camera.vanishing = SIMD2(Float(vanishingPoint.x), Float(vanishingPoint.y))
    if let horizon { scene.camera.vanishing = SIMD2(0.5, horizon) }
    scene.camera.aperture = aperture
    scene.camera.focus = focus
  }

  /// The focal length of a field of view in degrees, in widths (or heights) of what is seen.
  private static func focal(_ degrees: Float) -> Float {
    let half = sineAndCosine(degrees: Double(degrees) / 2)
    return Float(0.5 * half.cosine / max(1e-6, half.sine))
  }
}
