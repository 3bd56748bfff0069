import CVector

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The shape of halftone dots, as a threshold: ink lies wherever its area in the cell exceeds the threshold there.
///
/// Thresholds are ranks: all of them are equally frequent in a cell, so that the inked part of it is the area that is due.
public enum ScreenDot: String, CaseIterable, Sendable, Hashable {
  /// Round dots in lights, a checkerboard in middle tones, round holes in shadows.
  case round
  case diamond, square, line

  /// Length of the dots' outline beside the root of min(a, 1 − a), or of all lines, in cells.
  fileprivate var outline: Float {
    switch self {
    case .round: 3.545
    case .diamond, .square: 4
    case .line: 2
    }
  }
}

/// A halftone screen: thresholds over the picture.
struct Screen: Sendable {
  private let dot: ScreenDot
  /// Cells to a pixel, along and across the screen, and where in its cell pixel (0, 0) lies: in 2⁻³² cells, so that a
  /// pixel's place does not depend on where counting began.
  private let cosine, sine, startU, startV: UInt32
  private let pixel: Float
  /// How much of the dots is left where a cell has few pixels: the rest is their mean.
  private let presence: Float

  /// Ranks of (cos 2πu + cos 2πv) / 2 from −1 to 1.
  private static let ranks: [Float] = {
    let steps = 512
    let columns = 1024
    var table = [Float](repeating: 0, count: steps + 2)
    for i in 0...steps {
      let level = 2 * (-1 + 2 * Double(i) / Double(steps))
      var covered = 0.0
      for k in 0..<columns {
        let rest = level - cos(Double.pi * (Double(k) + 0.5) / Double(columns))
        // The part of a column in which the cosine exceeds the rest.
        covered += acos(max(-1, min(1, rest))) / Double.pi
      }
      table[i] = Float(covered / Double(columns))
    }
    table[steps + 1] = table[steps]
    return table
  }()

  /// - Parameters:
  ///   - pitch: pixels from dot to dot.
  ///   - degrees: clockwise.
  ///   - origin: a place where a dot lies, pixels.
  init(_ dot: ScreenDot, pitch: Double, degrees: Double, originX: Double, originY: Double) {
    self.dot = dot
    let pitch = max(0.25, pitch)
    let angle = degrees * .pi / 180
    let (c, s) = (cos(angle) / pitch, sin(angle) / pitch)
    let (x, y) = (0.5 - originX, 0.5 - originY)
    cosine = Screen.turns(c)
    sine = Screen.turns(s)
    startU = Screen.turns(x * c + y * s)
    startV = Screen.turns(y * c - x * s)
    pixel = Float(1 / pitch)
    // Below two pixels to a cell there are no dots but patterns of beating.
    presence = Float(max(0, min(1, (pitch - 1.6) / 1.6)))
  }

  private static func turns(_ cells: Double) -> UInt32 {
    let bounded = max(-1e9, min(1e9, cells))
    return UInt32(truncatingIfNeeded: Int64(((bounded - bounded.rounded(.down)) * 0x1p32).rounded()))
  }

  /// The share of eight pixels from (`x`, `y`) that is inked, where `area` of the paper is to be.
  @inline(__always)
  func cover(_ area: v8f, x: Int, y: Int) -> v8f {
    let a = v8_clamp(area, 0, 1)
    guard presence > 0 else { return a }
    let columns = v8u(0, 1, 2, 3, 4, 5, 6, 7) &+ UInt32(truncatingIfNeeded: x)
    let line = UInt32(truncatingIfNeeded: y)
    let u = v8_unit(columns &* cosine &+ (line &* sine &+ startU))
    let v = v8_unit((line &* cosine &+ startV) &- columns &* sine)
    let threshold = rank(u, v)
    let least = v8_min(a, 1 - a)
    // The width, in ranks, of what a pixel sees of an edge; never so wide that white would get a veil of ink.
    let edge = dot == .line ? v8_splat(dot.outline) : v8_sqrt(least) * dot.outline
    let width = v8_max(v8_min(edge * pixel, least * 2), v8_splat(1e-5))
    let inked = v8_clamp((a - threshold) / width + 0.5, 0, 1)
    return a + (inked - a) * presence
  }

  @inline(__always)
  private func rank(_ u: v8f, _ v: v8f) -> v8f {
    switch dot {
    case .round:
      let s = (cosine(u) + cosine(v)) * 0.5
      let place = v8_clamp((s + 1) * 256, 0, 512)
      let index = v8_to_int(place)
      return Screen.ranks.withUnsafeBufferPointer { table in
        guard let base = table.baseAddress else { return s }
        return v8_mix_values(base, index, place - v8_to_float(index))
      }
    case .diamond:
      let d = centered(u) + centered(v)
      // Area of the diamond up to where it touches its neighbors, and of what is left beyond.
      let rest = 1 - d
      return v8_select(v8_less(d, v8_splat(0.5)), d * d * 2, 1 - rest * rest * 2)
    case .square:
      let m = v8_max(centered(u), centered(v))
      return m * m * 4
    case .line: return centered(v) * 2
    }
  }

  /// Distance from the middle of the cell, 0…0.5.
  @inline(__always)
  private func centered(_ t: v8f) -> v8f { v8_abs(t - v8_floor(t + 0.5)) }

  /// cos(2π t) to 1e-6, by its series about the nearest quarter.
  @inline(__always)
  private func cosine(_ t: v8f) -> v8f {
    // 1/4 where the cosine is 0: an odd function of the distance from there.
    let d = (0.25 - centered(t)) * 6.2831853
    let d2 = d * d
    return d * (1 + d2 * (d2 * (d2 * (d2 * 2.7557e-6 - 1.98412698e-4) + 8.33333333e-3) - 0.16666667))
  }
}
