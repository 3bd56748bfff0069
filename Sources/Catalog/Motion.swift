import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A number that stands still or moves: an exact function of time, so that any moment renders alone.
public enum Motion: Hashable, Sendable {
  /// A place on the time line.
  public struct Key: Hashable, Sendable {
    /// Seconds.
    public var time: Double
    public var value: Double

    public init(_ time: Double, _ value: Double) {
      self.time = time
      self.value = value
    }
  }

  case constant(Double)
  /// Runs from key to key and rests before the first and after the last. In a loop it runs from the last key
  /// round to the first, so that end and beginning meet.
  case keys([Key], Ease)
  /// A sine between `low` and `high`; `phase` in turns, period in seconds. At phase 0 it starts in the middle, rising.
  case wave(low: Double, high: Double, period: Double, phase: Double)
  /// A heart: two beats, the second weaker, `bpm` times a minute.
  case pulse(low: Double, high: Double, bpm: Double, phase: Double)
  /// Steps `rate` times a second; `steady` is the share of the steps that rest at `high`.
  case flicker(low: Double, high: Double, rate: Double, steady: Double, seed: Seed)

  public var isConstant: Bool {
    if case .constant = self { return true }
    return false
  }

  /// The cycle length that is used in a loop: the nearest that goes into it a whole number of times.
  static func period(_ period: Double, in loop: Double?) -> Double {
    guard let loop, loop > 0 else { return period }
    return loop / max(1, (loop / period).rounded())
  }

  public func value(at moment: Moment) -> Double {
    let t = moment.time
    switch self {
    case .constant(let value): return value
    case .keys(let keys, let ease): return Motion.run(keys, ease, at: t, loop: moment.loop)
    case .wave(let low, let high, let period, let phase):
      let turns = t / Motion.period(period, in: moment.loop) + phase
      return low + (high - low) * (0.5 + 0.5 * sin(2 * .pi * (turns - turns.rounded(.down))))
    case .pulse(let low, let high, let bpm, let phase):
      let turns = t / Motion.period(60 / bpm, in: moment.loop) + phase
      return low + (high - low) * Motion.heartbeat(turns - turns.rounded(.down))
    case .flicker(let low, let high, let rate, let steady, let seed):
      var step = Int(max(-1e15, min(1e15, (t * rate + 1e-9).rounded(.down))))
      if let loop = moment.loop, loop > 0 {
        let steps = max(1, Int(min(1e15, (loop * rate).rounded())))
        step = Int(max(0, min(1e15, (t * Double(steps) / loop + 1e-9).rounded(.down)))) % steps
      }
      let u = seed.unit(step)
      guard u >= steady else { return high }
      return low + (high - low) * (u - steady) / max(1e-9, 1 - steady)
    }
  }

  /// What a loop changes about this motion, in words, or nil.
  public func adjustment(forLoop loop: Double) -> String? {
    let wanted: Double
    switch self {
    case .wave(_, _, let period, _): wanted = period
    case .pulse(_, _, let bpm, _): wanted = 60 / bpm
    default: return nil
    }
    let used = Motion.period(wanted, in: loop)
    guard abs(used - wanted) > 1e-6 * wanted else { return nil }
    return
      "a period of \(trimmed(wanted)) s becomes \(trimmed(used)) s, so that the loop of \(trimmed(loop)) s closes"
  }

  private static func run(_ keys: [Key], _ ease: Ease, at t: Double, loop: Double?) -> Double {
    guard let first = keys.first, let last = keys.last else { return 0 }
    if let loop, loop > 0, keys.count > 1, t < first.time || t >= last.time {
      // The way round: from the last key through the loop's end to the first.
      let gap = first.time + loop - last.time
      guard gap > 1e-9 else { return first.value }
      let since = t >= last.time ? t - last.time : t + loop - last.time
      return last.value + (first.value - last.value) * ease.apply(min(1, max(0, since / gap)))
    }
    guard t > first.time else { return first.value }
    guard t < last.time else { return last.value }
    for (a, b) in zip(keys, keys.dropFirst()) where t < b.time {
      let span = b.time - a.time
      return span <= 0 ? b.value : a.value + (b.value - a.value) * ease.apply((t - a.time) / span)
    }
    return last.value
  }

  /// The course of one beat, 0…1 over a turn: "lub" at a tenth, "dub" at a third, rest after it.
  static func heartbeat(_ turn: Double) -> Double {
    func bump(_ center: Double, _ width: Double) -> Double {
      // Distance on the circle, so that the beat has no seam.
      let d = abs(turn - center)
      let x = min(d, 1 - d) / width
      return exp(-x * x)
    }
    return min(1, bump(0.1, 0.055) + 0.62 * bump(0.33, 0.075))
  }
}

/// A number as a person would write it: no trailing zeros, at most six significant digits.
public func trimmed(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
  let magnitude = abs(value)
  var digits = 0
  var scale = 1.0
  while digits < 9, magnitude * scale < 1e5 || digits == 0,
    abs((value * scale).rounded() / scale - value) > 1e-7 * magnitude
  {
    scale *= 10
    digits += 1
  }
  return "\((value * scale).rounded() / scale)"
}
