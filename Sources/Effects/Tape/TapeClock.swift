import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The tape's time, for faults that last longer than a frame. Every moment can be asked for alone, and where the
/// preset loops, the end runs into the beginning.
struct TapeClock: Sendable {
  /// A stretch of time, of those that follow each other at a steady rate.
  struct Step: Sendable {
    let index: Int
    /// How much of the step has gone by, 0..<1.
    let share: Double
    /// Steps in a loop; nil without one.
    let count: Int?

    /// The number of the step `distance` steps later (or, below 0, earlier).
    func neighbor(_ distance: Int) -> Int {
      guard let count else { return index + distance }
      return (((index + distance) % count) + count) % count
    }
  }

  /// Seconds.
  let time: Double
  let loop: Double?
  /// What noise changes with.
  let frame: Int

  init(_ moment: Moment) {
    frame = moment.frame
    let time = moment.time.isFinite ? max(-1e9, min(1e9, moment.time)) : 0
    if let loop = moment.loop, loop > 0, loop.isFinite {
      self.loop = loop
      let t = time.truncatingRemainder(dividingBy: loop)
      self.time = t < 0 ? t + loop : t
    } else {
      loop = nil
      self.time = time
    }
  }

  /// - Parameter rate: steps a second; a loop takes the nearest that goes into it.
  func step(_ rate: Double) -> Step {
    var count: Int?
    var position = time * rate
    if let loop {
      let steps = max(1, min(1e6, (loop * rate).rounded()))
      count = Int(steps)
      position = time / loop * steps
    }
    // A hair of tolerance: the frame at which a step begins belongs to it.
    let whole = (position + 1e-7).rounded(.down)
    let index = Int(max(-1e12, min(1e12, whole)))
    return Step(
      index: count.map { ((index % $0) + $0) % $0 } ?? index, share: max(0, min(1, position - whole)),
      count: count)
  }

  /// Turns gone by of something that turns `rate` times a second; a loop takes the nearest whole number of turns.
  func turns(_ rate: Double) -> Double {
    guard let loop else { return time * rate }
    return time / loop * (loop * rate).rounded()
  }

  /// Smooth noise in time, of deviation about 0.8 and mean 0, with a knot `rate` times a second.
  func sway(_ rate: Double, _ seed: Seed) -> Double {
    let step = step(rate)
    let s = step.share * step.share * (3 - 2 * step.share)
    let (a, b) = (seed.normal(step.index), seed.normal(step.neighbor(1)))
    return a + (b - a) * s
  }
}
