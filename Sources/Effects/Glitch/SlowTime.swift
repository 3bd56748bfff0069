import Catalog
import Raster

/// Time as faults see it: they hold for a while, then become others. In a loop everything fits into it a whole number of
/// times, so that the end is the beginning.
struct SlowTime: Sendable {
  private let time: Double
  private let loop: Double?

  init(_ moment: Moment) {
    let time = moment.time.isFinite ? max(-1e9, min(1e9, moment.time)) : 0
    if let loop = moment.loop, loop > 0, loop.isFinite {
      self.loop = loop
      let turns = time / loop
      self.time = (turns - turns.rounded(.down)) * loop
    } else {
      loop = nil
      self.time = time
    }
  }

  /// `rate` (a second) as it is used: in a loop the nearest that goes into it a whole number of times.
  private func fitted(_ rate: Double, atLeast: Double) -> Double {
    guard let loop else { return rate }
    let turns = (abs(rate) * loop).rounded()
    return (rate < 0 ? -1 : 1) * max(atLeast, turns) / loop
  }

  /// How often something that turns `rate` times a second has turned since the beginning.
  func turns(rate: Double) -> Double { time * fitted(rate, atLeast: 0) }

  /// A state that lasts 1/`rate` seconds: its number, and how much of it is over, 0..<1. `phase` (0..<1) sets states apart
  /// that would otherwise all change at once. A rate of 0 is one state for ever.
  func step(rate: Double, phase: Double) -> (number: Int, progress: Double) {
    guard rate > 0 else { return (0, 0) }
    let fitted = fitted(rate, atLeast: 1)
    let steps = time * fitted + phase
    let whole = steps.rounded(.down)
    var number = Int(max(-1e15, min(1e15, whole)))
    if let loop {
      let count = max(1, Int(min(1e15, (loop * fitted).rounded())))
      number = ((number % count) + count) % count
    }
    return (number, steps - whole)
  }

  /// Smooth noise between −1 and 1 with a knot `rate` times a second, but three in a loop at least.
  func drift(_ seed: Seed, rate: Double) -> Double {
    guard rate > 0 else { return 2 * seed.unit(0) - 1 }
    let fitted = fitted(rate, atLeast: 3)
    let place = time * fitted + seed.derived("phase").unit(0)
    let whole = place.rounded(.down)
    let t = place - whole
    func knot(_ k: Int) -> Double {
      var k = k
      if let loop {
        let count = max(1, Int(min(1e15, (loop * fitted).rounded())))
        k = ((k % count) + count) % count
      }
      return 2 * seed.unit(k) - 1
    }
    let number = Int(max(-1e15, min(1e15, whole)))
    let (a, b) = (knot(number), knot(number + 1))
    return a + (b - a) * t * t * (3 - 2 * t)
  }
}
