import CVector
import Raster

/// Static as a receiver draws it: lines of a raster of their own, each by itself.
///
/// Along a line it is as fine as the receiver's band allows; from line to line it has nothing in common. It comes in
/// bursts, since the signal swells and fades, and sparks run out along the line: what a switch or an engine sends is
/// short, and the receiver takes a while to come to rest.
struct RadioNoise: Sendable {
  /// Height of a line and distance of samples along it, shares of the picture's height.
  static let line = 1.0 / 480, sample = 1.0 / 640

  private let seed: UInt32

  /// Samples from knot to knot of a burst, samples of which each may hold a spark, and the longest spark.
  private static let knot = 24, spell = 28, longest = 56

  init(_ seed: Seed) { self.seed = seed.low }

  private static func unit(_ hash: UInt32) -> Float { Float(hash >> 8) * 0x1p-24 }

  private static func floorDivided(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }

  /// Samples `start ..< start + count` of line `j`: mean near 0, deviation near 1, sparks up to 6. Overruns by up to 7.
  func fill(_ j: Int, from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let line = Int32(truncatingIfNeeded: j)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count + 16) { scratch in
      guard let white = scratch.baseAddress else { return }
      LatticeNoise.row(j, from: start - 1, count: count + 2, seed: seed, into: white)
      let loud = 0.55 + 0.8 * RadioNoise.unit(latticeHash(line, 11, seed))
      var knot = RadioNoise.floorDivided(start, RadioNoise.knot)
      func level(_ knot: Int) -> Float {
        let v = RadioNoise.unit(latticeHash(Int32(truncatingIfNeeded: knot), line, seed ^ 0x51ed_270b))
        return 0.3 + 1.5 * v * v
      }
      var (a, b) = (level(knot), level(knot + 1))
      for i in 0..<count {
        var along = start + i - knot * RadioNoise.knot
        if along >= RadioNoise.knot {
          knot += 1
          along = 0
          (a, b) = (b, level(knot + 1))
        }
        let t = Float(along) / Float(RadioNoise.knot)
        let burst = (a + (b - a) * t) * loud
        out[i] = (white[i] + 2 * white[i + 1] + white[i + 2]) * (0.408_248 * burst)
      }
    }
    // Sparks that began before the samples asked for run into them.
    let first = RadioNoise.floorDivided(start - RadioNoise.longest, RadioNoise.spell)
    let last = RadioNoise.floorDivided(start + count, RadioNoise.spell)
    for spell in first...last {
      let own = Int32(truncatingIfNeeded: spell)
      let chance = RadioNoise.unit(latticeHash(own, line, seed ^ 0x2545_f491))
      guard chance < 0.16 else { continue }
      let place =
        spell * RadioNoise.spell
        + Int(RadioNoise.unit(latticeHash(own, line, seed ^ 0x9e37)) * Float(RadioNoise.spell))
      let u = RadioNoise.unit(latticeHash(own, line, seed ^ 0x6c07))
      // Most are short; few run far along the line.
      let length = 2 + u * u * u * Float(RadioNoise.longest - 4)
      let v = RadioNoise.unit(latticeHash(own, line, seed ^ 0x3d4d))
      var light = (1.2 + 4.2 * v * v) * (chance < 0.03 ? -0.8 : 1)
      let kept = 1 - 2.2 / (length + 1.4)
      for k in place..<place + Int(length.rounded(.up)) {
        if k >= start, k < start + count { out[k - start] += light }
        light *= kept
      }
    }
  }
}
