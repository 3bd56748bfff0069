import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is unsteady about a machine, as a function of time: any moment can be asked for alone, and loops close.
struct Unsteadiness: Sendable {
  let seed: Seed
  let moment: Moment

  /// Frequencies beside the middle one, and strengths, of what adds up to a slow drift. No two are multiples of each
  /// other, so that it does not come back soon.
  private static let parts: [(frequency: Double, strength: Double)] = [
    (0.19, 0.8), (0.37, 1), (0.61, 1), (1, 0.8), (1.47, 0.5), (2.13, 0.3),
  ]

  init(_ name: String, in context: EffectContext) {
    seed = context.seed.derived(name)
    moment = context.moment
  }

  /// A smooth course of mean 0 and variance 1, about `rate` times a second up and down.
  func drift(_ name: String, rate: Double) -> Double {
    let phases = seed.derived(name)
    var sum = 0.0
    var squares = 0.0
    for (i, part) in Self.parts.enumerated() {
      var frequency = part.frequency * rate
      // In a loop every part goes round a whole number of times.
      if let loop = moment.loop, loop > 0 { frequency = max(1, (frequency * loop).rounded()) / loop }
      let turns = moment.time * frequency + phases.unit(i)
      sum += part.strength * sin(2 * .pi * (turns - turns.rounded(.down)))
      squares += part.strength * part.strength / 2
    }
    return sum / squares.squareRoot()
  }

  /// The number of the step that holds this moment, if there are about `rate` a second, and how far it has come.
  func step(rate: Double, offset: Double = 0) -> (number: Int, share: Double) {
    var position = moment.time * rate
    var count: Double?
    if let loop = moment.loop, loop > 0 {
      let steps = max(1, min(1e12, (loop * rate).rounded()))
      position = moment.time / loop * steps
      count = steps
    }
    position = max(-1e12, min(1e12, position + 1e-9)) + offset
    if let count { position -= (position / count).rounded(.down) * count }
    let whole = position.rounded(.down)
    return (Int(whole), position - whole)
  }

  /// Frames of film that have run by, and after how many they repeat.
  func film(rate: Double) -> (position: Double, length: Double?) {
    guard let loop = moment.loop, loop > 0 else { return (moment.time * rate, nil) }
    let frames = max(1, (loop * rate).rounded())
    return (moment.time / loop * frames, frames)
  }
}
