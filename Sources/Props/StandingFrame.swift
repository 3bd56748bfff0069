#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Stage

/// How a flat thing stands: its foot, and the directions of its width, height and depth, all of unit length.
struct StandingFrame: Sendable, Hashable {
  /// On the ground under the middle of the thing.
  var foot: Vector
  /// To the right of somebody who looks at its front.
  var right: Vector
  /// Up along the front; leans back with the thing.
  var up: Vector
  /// From the front into the thing.
  var depth: Vector
  /// Away from the front along the ground.
  var back: Vector

  /// - Parameters:
  ///   - turn: about the vertical in degrees; 0 faces the camera, positive turns the right side away.
  ///   - lean: of the upper edge away from the viewer, in degrees.
  init(foot: Vector, turn: Float = 0, lean: Float = 0) {
    let (cosTurn, sinTurn) = StandingFrame.circle(turn)
    let (cosLean, sinLean) = StandingFrame.circle(lean)
    self.foot = foot
    right = Vector(cosTurn, 0, sinTurn)
    back = Vector(-sinTurn, 0, cosTurn)
    up = Vector(0, cosLean, 0) + back * sinLean
    depth = back * cosLean - Vector(0, sinLean, 0)
  }

  /// A place on the front: `x` to the right of the foot, `y` up along the front, `z` into the thing; meters.
  func point(_ x: Float, _ y: Float, _ z: Float = 0) -> Vector {
    foot + right * x + up * y + depth * z
  }

  /// A place above the ground: `x` to the right, `y` straight up, `z` away along the ground; meters.
  func groundPoint(_ x: Float, _ y: Float, _ z: Float) -> Vector {
    foot + right * x + Vector(0, y, 0) + back * z
  }

  /// Cosine and sine of degrees; exact at quarter turns.
  static func circle(_ degrees: Float) -> (cosine: Float, sine: Float) {
    guard degrees.isFinite else { return (1, 0) }
    let turned = Double(degrees).remainder(dividingBy: 360)
    let quarters = (turned / 90).rounded()
    let rest = (turned - quarters * 90) * (.pi / 180)
    let (c, s) = (Float(cos(rest)), Float(sin(rest)))
    switch Int(quarters) & 3 {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
  }
}
