import Catalog
import Raster

/// Something that swings in the wind: slow waves that do not repeat visibly, or repeat exactly with the picture.
struct Sway {
  let moment: Moment

  /// -1…1, about zero.
  ///
  /// - Parameters:
  ///   - rate: swings a second; where the picture loops, rounded to a whole number of them in a loop.
  ///   - phase: 0…1, what makes one thing swing unlike another.
  func value(rate: Double, phase: Double) -> Double {
    0.62 * wave(rate, phase) + 0.38 * wave(rate * 2.37, phase * 3.1 + 0.3)
  }

  private func wave(_ rate: Double, _ phase: Double) -> Double {
    var turns = rate * moment.time
    if let loop = moment.loop, loop > 0 {
      turns = max(1, (rate * loop).rounded()) * (moment.time / loop)
    }
    turns = turns.truncatingRemainder(dividingBy: 1)
    return sineAndCosine(degrees: 360 * (turns + phase)).sine
  }
}
