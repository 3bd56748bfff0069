/// How a color ramp runs from one stop to the next.
public enum Ease: String, CaseIterable, Sendable, Hashable {
  case linear, smooth
  case easeIn = "in"
  case easeOut = "out"
  case hold

  /// Maps 0…1 to 0…1.
  public func apply(_ t: Double) -> Double {
    switch self {
    case .linear: t
    case .smooth: t * t * (3 - 2 * t)
    case .easeIn: t * t
    case .easeOut: t * (2 - t)
    case .hold: t < 1 ? 0 : 1
    }
  }
}

/// The space in which a ramp mixes two colors.
public enum RampSpace: String, CaseIterable, Sendable, Hashable {
  case oklab, oklch, linear
}

/// Which way round the hue circle an OKLCH ramp goes (CSS Color 4, hue interpolation).
public enum HuePath: String, CaseIterable, Sendable, Hashable {
  case shorter, longer, increasing, decreasing
}

/// A color at a position of a ramp, and how the ramp leaves it.
public struct RampStop: Hashable, Sendable {
  public var position: Double
  public var color: LinearColor
  public var ease: Ease

  public init(_ position: Double, _ color: LinearColor, ease: Ease = .linear) {
    self.position = position
    self.color = color
    self.ease = ease
  }
}

/// A color ramp, ready to be evaluated; colors come out premultiplied.
///
/// Colors mix premultiplied by alpha, so that a fade to transparent never passes through gray.
public struct Ramp: Sendable {
  private struct Segment: Sendable {
    var from, to: Double
    var ease: Ease
    // Premultiplied coordinates of both ends in the ramp's space: OKLab, L-C-h, or linear red-green-blue.
    var start, end: SIMD4<Double>
    /// Light above display white is carried beside the perceptual mix, which is defined for 0…1.
    var startGain, endGain: Double
  }
  private let segments: [Segment]
  private let space: RampSpace
  public let first, last: SIMD4<Float>
  /// Where the first stop lies.
  private let start: Double
  /// True if two neighboring stops lie at one place, which makes a hard edge.
  public let hasHardEdges: Bool

  public init(stops: [RampStop], space: RampSpace, hue: HuePath = .shorter) {
    // Stable sort by position: stops at one place keep their order.
    let sorted = stops.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map { $0.element }
    self.space = space
    func coordinates(_ color: LinearColor) -> (SIMD4<Double>, Double) {
      // Intensity above 1 is taken out before the perceptual mix and multiplied in afterwards.
      let peak = max(color.red, color.green, color.blue)
      let gain = peak > 1 && space != .linear ? peak : 1
      let unit = color * (1 / gain)
      switch space {
      case .linear: return (SIMD4(unit.red, unit.green, unit.blue, 1), gain)
      case .oklab:
        let lab = OKLab(unit)
        return (SIMD4(lab.lightness, lab.a, lab.b, 1), gain)
      case .oklch:
        let lab = OKLab(unit)
        return (SIMD4(lab.lightness, lab.chroma, lab.hue, 1), gain)
      }
    }
    var segments: [Segment] = []
    var hard = false
    for (from, to) in zip(sorted, sorted.dropFirst()) {
      if to.position <= from.position {
        hard = true
        continue
      }
      var (start, startGain) = coordinates(from.color)
      var (end, endGain) = coordinates(to.color)
      if space == .oklch {
        // A gray has no hue of its own: it takes its neighbor's.
        if start.y < 1e-4 { start.z = end.z }
        if end.y < 1e-4 { end.z = start.z }
        var turn = end.z - start.z
        switch hue {
        case .shorter: if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        case .longer: if turn > 0, turn < 180 { turn -= 360 } else if turn > -180, turn <= 0 { turn += 360 }
        case .increasing: if turn < 0 { turn += 360 }
        case .decreasing: if turn > 0 { turn -= 360 }
        }
        end.z = start.z + turn
        start *= SIMD4(from.color.alpha, from.color.alpha, 1, from.color.alpha)
        end *= SIMD4(to.color.alpha, to.color.alpha, 1, to.color.alpha)
      } else {
        start *= from.color.alpha
        end *= to.color.alpha
      }
      // A transparent end contributes no gain of its own.
      if from.color.alpha == 0 { startGain = endGain }
      if to.color.alpha == 0 { endGain = startGain }
      segments.append(
        Segment(
          from: from.position, to: to.position, ease: from.ease, start: start, end: end,
          startGain: startGain, endGain: endGain))
    }
    func premultiplied(_ color: LinearColor) -> SIMD4<Float> {
      SIMD4(
        Float(color.red * color.alpha), Float(color.green * color.alpha), Float(color.blue * color.alpha),
        Float(color.alpha))
    }
    self.segments = segments
    start = sorted.first?.position ?? 0
    first = premultiplied(sorted.first?.color ?? .clear)
    last = premultiplied(sorted.last?.color ?? .clear)
    hasHardEdges = hard || segments.contains { $0.ease == .hold }
  }

  /// The premultiplied linear color at `t`; the end colors continue outside the stops.
  public func color(at t: Double) -> SIMD4<Float> {
    guard let head = segments.first, let tail = segments.last else { return t < start ? first : last }
    guard t >= head.from else { return first }
    guard t < tail.to else { return last }
    var low = 0
    var high = segments.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if segments[middle].from <= t { low = middle } else { high = middle - 1 }
    }
    let s = segments[low]
    let k = s.ease.apply(min(1, (t - s.from) / (s.to - s.from)))
    var v = s.start + (s.end - s.start) * k
    let alpha = v.w
    guard alpha > 1e-9 else { return SIMD4(0, 0, 0, 0) }
    let gain = s.startGain == s.endGain ? s.startGain : s.startGain + (s.endGain - s.startGain) * k
    let color: LinearColor
    switch space {
    case .linear:
      return SIMD4(Float(v.x), Float(v.y), Float(v.z), Float(alpha))
    case .oklab:
      v /= alpha
      color = OKLab(lightness: v.x, a: v.y, b: v.z).linear()
    case .oklch:
      color = OKLab(lightness: v.x / alpha, chroma: v.y / alpha, hue: v.z).linear()
    }
    let k2 = gain * alpha
    // A perceptual mix of two displayable colors can leave the gamut by a hair: negative light is no light.
    return SIMD4(
      Float(max(0, color.red) * k2), Float(max(0, color.green) * k2), Float(max(0, color.blue) * k2),
      Float(alpha))
  }

  /// The mean color over `t ± width / 2`: hard edges come out anti-aliased.
  public func color(at t: Double, width: Double) -> SIMD4<Float> {
    guard hasHardEdges, width > 0 else { return color(at: t) }
    var sum = SIMD4<Float>()
    let taps = 8
    for tap in 0..<taps {
      sum += color(at: t + width * ((Double(tap) + 0.5) / Double(taps) - 0.5))
    }
    return sum / Float(taps)
  }
}
