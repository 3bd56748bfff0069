import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A distant transmitter on the same channel.
///
/// Two carriers of nearly the same frequency beat. A detector follows the sum's envelope, which for a weak second one is
/// 1 + r·c·cos φ: `r` is how much weaker it is, `c` the level of its carrier, which its picture modulates, and φ turns
/// with the difference of both. At some hundred hertz that is a dozen bars over a field, like the slats of a
/// blind, and the other's picture is seen in them, light in one and dark in the next. Its carrier is strongest where there is
/// no picture: 100 % in sync, 75 % in blanking, 10 % in white (ITU-R BT.470, negative modulation). So the
/// bars are plainest in its blanking; and since its lines and fields keep another time, that drifts through the picture.
///
/// What it sends at night is a test card.
struct CoChannel: Sendable {
  /// The picture's width, in its height; where the other's picture lies and its beat is, in turns.
  let width, across, down, beat: Double

  /// A line is active for 52.6 of 63.6 µs, a field for 480 of 525 lines.
  private static let line = 63.556 / 52.6, field = 525.0 / 480
  /// Bars of the beat over the picture's height, and what they lean over its width, turns.
  private static let bars = 11.0, lean = 0.35
  /// The second carrier beside the first at full strength, and what is seen of its picture in all bars.
  private static let level: Float = 0.17, steady: Float = 0.75

  /// How far the other's field pulse pulls a line at `place` aside, −1…1: at once, and back after it.
  func pull(at place: Double) -> Double {
    let v = CoChannel.vertical(place, down)
    guard v >= 1 else { return v < 0.16 ? -0.6 * exp(-v / 0.035) : 0 }
    // In blanking, towards its end.
    let t = (v - 1) / (CoChannel.field - 1)
    return t * t * (1 - 1.6 * max(0, t - 0.6) / 0.4)
  }

  private static func vertical(_ place: Double, _ turn: Double) -> Double {
    let v = place / field + turn
    return (v - v.rounded(.down)) * field
  }

  /// Adds what a line at height `place` receives, at samples that begin `first` heights from the left, `step` apart.
  func add(
    _ place: Double, from first: Double, step: Double, count: Int, strength: Float,
    to out: UnsafeMutablePointer<Float>
  ) {
    let v = CoChannel.vertical(place, down)
    let turn = place * CoChannel.bars + beat
    for k in 0..<count {
      let u = (first + Double(k) * step) / width
      let t = u / CoChannel.line + across
      let own = (t - t.rounded(.down)) * CoChannel.line
      let carrier = CoChannel.carrier(own, v)
      let phase = cosine(ofTurns: turn + u * CoChannel.lean)
      out[k] +=
        strength * CoChannel.level * (carrier * Float(phase) + CoChannel.steady * (0.5 - carrier))
    }
  }

  /// The level of the other's carrier where its picture, 1 wide and 1 high, is at (`u`, `v`); blanking lies beyond.
  static func carrier(_ u: Double, _ v: Double) -> Float {
    if v >= 1 { return v > 1.03 && v < 1.045 ? 1 : 0.75 }
    if u >= 1 { return u > 1.03 && u < 1.12 ? 1 : 0.75 }
    return 0.75 - 0.65 * TestCard.brightness(u, v)
  }
}

/// A test card as stations sent it: a grid, a circle, gray steps, gratings.
private enum TestCard {
  /// Coded brightness at (`u`, `v`), 0…1 each.
  static func brightness(_ u: Double, _ v: Double) -> Float {
    let (x, y) = ((u - 0.5) * 4 / 3, v - 0.5)
    if x * x + y * y < 0.43 * 0.43 { return circle(u, x, y) }
    // Squares, as many as fit, between white lines; a border of black and white pieces.
    let (i, j) = ((u * 18).rounded(.down), (v * 14).rounded(.down))
    let (across, down) = (u * 18 - i, v * 14 - j)
    if i == 0 || i == 17 || j == 0 || j == 13 {
      return (Int(i) + Int(j)) & 1 == 0 ? 0.95 : 0.05
    }
    return across < 0.07 || down < 0.09 ? 0.95 : 0.42
  }

  private static func circle(_ u: Double, _ x: Double, _ y: Double) -> Float {
    switch y {
    case ..<(-0.31): return abs(x) < 0.14 ? 0.05 : 0.95
    case ..<(-0.2): return (x * 14).rounded(.down).truncatingRemainder(dividingBy: 2) == 0 ? 0.7 : 0.05
    case ..<(-0.07):
      // Six colors, as brightness.
      let bar = min(5, max(0, Int((x + 0.43) / 0.86 * 6)))
      return [0.67, 0.53, 0.45, 0.32, 0.24, 0.09][bar]
    case ..<0.04:
      // White lines on black, and the middle.
      if abs(x) < 0.01 || abs(y + 0.015) < 0.006 { return 0.95 }
      return 0.05
    case ..<0.16:
      // Gratings, ever finer.
      let group = min(4, max(0, Int((x + 0.43) / 0.86 * 5)))
      let cycles = [14.0, 24, 36, 50, 66][group]
      return 0.5 + 0.42 * Float(cosine(ofTurns: u * cycles))
    case ..<0.28:
      let step = min(5, max(0, Int((x + 0.43) / 0.86 * 6)))
      return Float(step) / 5
    default: return abs(x) < 0.05 ? 0.05 : 0.95
    }
  }
}
