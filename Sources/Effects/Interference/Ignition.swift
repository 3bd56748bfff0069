import Raster

/// Sparks of engines close by. One is far shorter than a line; the set's band makes it a dash, white or black, with a
/// tail that swings through the other side. They come at the pace of the engine: a few lines at a time, at nearly even
/// distances down the picture, and bunches of them crawl.
struct Ignition: Sendable {
  private let turn: Double
  private let seed: Seed

  /// Bunches over the picture's height, and the lines that one takes at most.
  private static let bunches = 5, most = 6
  /// Samples of which each may hold a dash, and the longest dash with its tail.
  private static let spell = 46, longest = 40

  init(turn: Double, _ seed: Seed) {
    self.turn = turn
    self.seed = seed
  }

  /// Adds the sparks of line `j` at samples `start ..< start + count`.
  func add(_ j: Int, from start: Int, count: Int, strength: Float, to out: UnsafeMutablePointer<Float>) {
    let place = (Double(j) + 0.5) * RadioNoise.line
    // The bunch that is near.
    let k = (place + turn) * Double(Ignition.bunches)
    let bunch = seed.derived("bunch").derived(Int(k.rounded(.down)))
    let from = 0.05 + 0.7 * bunch.unit(0)
    let lines = 1 + Int(bunch.unit(1) * bunch.unit(1) * Double(Ignition.most))
    let into = (k - k.rounded(.down) - from) / (RadioNoise.line * Double(Ignition.bunches))
    let isStruck = into >= 0 && into < Double(lines)
    // Beside them single ones.
    let own = seed.derived(j)
    let chance = isStruck ? 0.5 : own.unit(-1) < 0.02 ? 0.1 : 0
    guard chance > 0 else { return }
    let first = floorDivided(start - Ignition.longest, Ignition.spell)
    for spell in first...floorDivided(start + count, Ignition.spell) {
      let dash = own.derived(spell)
      guard dash.unit(0) < chance else { continue }
      let from = spell * Ignition.spell + Int(dash.unit(1) * Double(Ignition.spell))
      let length = 2 + Int(dash.unit(2) * dash.unit(2) * 14)
      let light = strength * Float(dash.unit(3) < 0.22 ? -0.8 : 0.6 + 0.9 * dash.unit(4))
      var tail = -0.45 * light
      for n in 0..<Ignition.longest {
        let k = from + n - start
        if n >= length { tail *= 0.82 }
        guard k >= 0, k < count else { continue }
        out[k] += n < length ? light : tail
      }
    }
  }

  private func floorDivided(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
}
