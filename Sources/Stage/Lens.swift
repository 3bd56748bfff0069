/// A thin lens: what lies in the plane of `focus` is sharp, a point elsewhere becomes a disc.
///
/// A ray that leaves a pixel through the lens at `shift` meets the ray through the lens's middle in the plane of
/// focus. With slopes, as a view camera has them, that is: it begins at eye + shift and its slope is
/// slope − shift / focus. A point at distance z becomes a disc of diameter aperture · |1 / focus − 1 / z| in slopes.
struct Lens: Sendable {
  /// Meters; 0 is a pinhole.
  let aperture: Float
  /// One over the distance in focus, 1 / m.
  let perFocus: Float

  init(_ camera: Camera) {
    aperture = camera.aperture > 0 ? min(camera.aperture, 10) : 0
    perFocus = 1 / max(0.01, camera.focus)
  }

  /// The whole lens, seen along the middle of the picture.
  var whole: LensPart { LensPart(extent: aperture, perFocus: perFocus) }

  /// Diameter of the disc of a point at distance `z`, in slopes.
  @inline(__always)
  func disc(at z: Float) -> Float { aperture * abs(perFocus - 1 / max(z, 1e-3)) }
}

/// A part of a lens that one look stands for: things that are not in focus are averaged over what is seen of them
/// through the whole of it.
struct LensPart: Sendable {
  /// Width of the part, meters.
  var extent: Float
  /// One over the distance in focus along the ray, 1 / m.
  var perFocus: Float
  /// The number of the look among those of its pixel, and how many there are about: they share the work on what is
  /// seen in mirrors.
  var number = 0
  var count = 1

  static let point = LensPart(extent: 0, perFocus: 0)

  /// What the part sees of a plane after so many meters, meters.
  @inline(__always)
  func width(after way: Float) -> Float { extent * abs(way * perFocus - 1) }

  /// The same as a slope.
  @inline(__always)
  func spread(after way: Float) -> Float { extent * abs(perFocus - 1 / max(way, 1e-3)) }
}
