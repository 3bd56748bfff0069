/// The measures of a kind of car, meters: s runs from its rear to its front, y from the ground upward.
struct CarShape: Sendable {
  /// What a stretch of the middle line is.
  enum Facet: Sendable { case under, lamps, trunk, rearGlass, roof, windshield, hood, grille }

  struct Corner: Sendable {
    var place: SIMD2<Double>
    /// Of the stretch from here to the next corner.
    var facet: Facet

    init(_ s: Double, _ y: Double, _ facet: Facet) {
      place = SIMD2(s, y)
      self.facet = facet
    }
  }

  var length: Double
  var halfWidth: Double
  /// Where side windows begin, and the highest point.
  var belt: Double
  var top: Double
  var roofHalf: Double
  /// The middle line over the car from below its rear to below its front; all above `belt` is between two corners on it.
  var corners: [Corner]
  /// Axles.
  var wheels: [Double]
  var wheelRadius = 0.31
  var sill = 0.2
  /// Side windows.
  var windows: [[SIMD2<Double>]]
  /// Seams of the doors below the belt.
  var seams: [Double]
  var seats: [Double]
  /// By how much the ends are narrower, and over what length.
  var rearTaper = SIMD2(0.06, 0.24)
  var frontTaper = SIMD2(0.09, 0.36)

  /// Half the width at a place of the middle line.
  func half(_ s: Double, _ y: Double) -> Double {
    if y > belt { return halfWidth - (halfWidth - roofHalf) * (y - belt) / (top - belt) }
    let rear = rearTaper.x * max(0, 1 - max(0, s) / max(1e-6, rearTaper.y))
    let front = frontTaper.x * max(0, 1 - max(0, length - s) / max(1e-6, frontTaper.y))
    return halfWidth - rear - front
  }

  init(_ form: Car.Form) {
    switch form {
    case .sedan:
      (length, halfWidth, belt, top, roofHalf) = (4.45, 0.84, 0.93, 1.39, 0.58)
      corners = [
        .init(0.04, 0.24, .under), .init(0, 0.56, .lamps), .init(0.06, 0.88, .trunk),
        .init(0.16, 0.91, .trunk), .init(0.66, 0.93, .rearGlass), .init(1.22, 1.335, .roof),
        .init(1.46, 1.38, .roof), .init(1.9, 1.39, .roof), .init(2.34, 1.365, .roof),
        .init(2.5, 1.325, .windshield), .init(3.12, 0.93, .hood), .init(3.7, 0.87, .hood),
        .init(4.22, 0.79, .hood), .init(4.38, 0.74, .grille), .init(4.45, 0.48, .under),
        .init(4.38, 0.24, .under),
      ]
      wheels = [0.98, 3.58]
      windows = [
        [SIMD2(0.98, 0.965), SIMD2(1.3, 1.275), SIMD2(1.84, 1.315), SIMD2(1.84, 0.965)],
        [SIMD2(1.91, 0.965), SIMD2(1.91, 1.315), SIMD2(2.4, 1.295), SIMD2(2.93, 0.965)],
      ]
      seams = [1.22, 1.875, 2.96]
      seats = [1.2, 2.05]
    case .wagon:
      (length, halfWidth, belt, top, roofHalf) = (4.5, 0.84, 0.93, 1.42, 0.62)
      corners = [
        .init(0.03, 0.24, .under), .init(0, 0.56, .lamps), .init(0.04, 0.93, .rearGlass),
        .init(0.3, 1.35, .roof), .init(0.42, 1.4, .roof), .init(1.2, 1.42, .roof), .init(1.9, 1.41, .roof),
        .init(2.36, 1.375, .roof), .init(2.52, 1.33, .windshield), .init(3.15, 0.93, .hood),
        .init(3.75, 0.87, .hood), .init(4.27, 0.79, .hood), .init(4.43, 0.74, .grille),
        .init(4.5, 0.48, .under), .init(4.43, 0.24, .under),
      ]
      wheels = [1, 3.62]
      windows = [
        [SIMD2(0.2, 0.965), SIMD2(0.4, 1.31), SIMD2(1.05, 1.335), SIMD2(1.05, 0.965)],
        [SIMD2(1.13, 0.965), SIMD2(1.13, 1.335), SIMD2(1.84, 1.335), SIMD2(1.84, 0.965)],
        [SIMD2(1.91, 0.965), SIMD2(1.91, 1.335), SIMD2(2.42, 1.3), SIMD2(2.96, 0.965)],
      ]
      seams = [1.09, 1.875, 2.99]
      seats = [1.2, 2.05]
      rearTaper = SIMD2(0, 0)
    case .van:
      (length, halfWidth, belt, top, roofHalf) = (4.4, 0.84, 1.06, 1.95, 0.7)
      corners = [
        .init(0.03, 0.26, .under), .init(0, 0.56, .lamps), .init(0.02, 1.06, .rearGlass),
        .init(0.14, 1.76, .roof), .init(0.2, 1.88, .roof), .init(0.36, 1.93, .roof), .init(2, 1.95, .roof),
        .init(3.3, 1.93, .roof), .init(3.56, 1.86, .roof), .init(3.64, 1.78, .windshield),
        .init(4.1, 1.06, .hood), .init(4.26, 0.98, .grille), .init(4.4, 0.5, .under),
        .init(4.36, 0.26, .under),
      ]
      wheels = [0.92, 3.5]
      windows = [
        [SIMD2(0.26, 1.12), SIMD2(0.32, 1.72), SIMD2(1.45, 1.74), SIMD2(1.45, 1.12)],
        [SIMD2(1.56, 1.12), SIMD2(1.56, 1.74), SIMD2(2.74, 1.74), SIMD2(2.74, 1.12)],
        [SIMD2(2.85, 1.12), SIMD2(2.85, 1.74), SIMD2(3.52, 1.72), SIMD2(3.92, 1.12)],
      ]
      seams = [1.5, 2.8, 3.96]
      seats = [1.3, 2.9]
      rearTaper = SIMD2(0, 0)
      frontTaper = SIMD2(0, 0)
      sill = 0.24
    }
  }
}
