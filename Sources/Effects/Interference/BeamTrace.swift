import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A waveform as the beam of a tube writes it, over a lattice of its own.
///
/// The beam crosses the picture at an even pace and is thrown up and down by the sound. Its light is what falls in a
/// moment: along a stretch that it covers quickly it is spread, where it turns or rests it gathers. That is worked
/// out exactly, as the mean of the spot's Gaussian over the stretch of a sample. Light that wanders in the glass lies about
/// it, and what was written a field ago and two has not faded yet.
struct BeamTrace: Sendable {
  /// Height of a line and distance of samples, shares of the picture's height.
  static let line = 1.0 / 1080, sample = 1.0 / 960

  /// Deviations of the spot and of the light in the glass, shares of the height.
  private static let spot = 0.0015, glass = 0.009
  /// Light in the glass beside that of the spot, where a beam at rest has 1.
  private static let bloom: Float = 0.09
  /// Ages of what is seen, in seconds, and what is left of it.
  private static let afterglow: [(age: Double, left: Float)] = [(0, 1), (0.02, 0.3), (0.04, 0.12)]
  /// Weights of samples beside, for the spot and the glass, that end at 0.
  private static let narrow: [Float] = [0.375, 0.25, 0.0625]
  private static let wide: [Float] = (0...16).map { k in
    Float(exp(-Double(k * k) / (2 * 8.6 * 8.6)) / 19.7)
  }

  /// Where each pass of the beam is at the edges of samples, from `first` on: shares of the height.
  private let passes: [[Float]]
  private let first: Int
  private let top, bottom: Double

  init(
    position: Double, height: Double, speed: Double, columns: AreaTaps, moment: Moment, seed: Seed
  ) {
    let margin = BeamTrace.wide.count
    let begin = columns.pixels > 0 ? Int(columns.first[0]) : 0
    let end = columns.pixels > 0 ? Int(columns.first[columns.pixels - 1]) + columns.count : 0
    let first = begin - margin
    self.first = first
    passes = BeamTrace.afterglow.map { glow in
      var before = moment
      before.time -= glow.age
      let voice = Voice(speed, SlowTime(before), seed)
      return (first...end + margin + 1).map { k in
        Float(position + height * voice.value(at: Double(k) * BeamTrace.sample))
      }
    }
    let swing = height * Voice.loudest + 4 * BeamTrace.glass
    (top, bottom) = (position - swing, position + swing)
  }

  /// Whether anything of it is seen about a height.
  func touches(_ place: Double, within margin: Double) -> Bool {
    place + margin + 3 * BeamTrace.line > top && place - margin - 3 * BeamTrace.line < bottom
  }

  /// Line `j` of its light at samples `start ..< start + count`; 1 is a beam at rest.
  func fill(_ j: Int, from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let y = Float((Double(j) + 0.5) * BeamTrace.line)
    let margin = BeamTrace.wide.count - 1
    out.update(repeating: 0, count: count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * (count + 2 * margin)) { scratch in
      guard let core = scratch.baseAddress else { return }
      let glass = core + count + 2 * margin
      scratch.update(repeating: 0)
      for (pass, glow) in zip(passes, BeamTrace.afterglow) {
        for k in 0..<count + 2 * margin {
          let i = start - margin + k - first
          guard i >= 0, i + 1 < pass.count else { continue }
          let (a, b) = (pass[i] - y, pass[i + 1] - y)
          core[k] += glow.left * BeamTrace.light(a, b, Float(BeamTrace.spot))
          glass[k] += glow.left * BeamTrace.light(a, b, Float(BeamTrace.glass))
        }
      }
      for k in 0..<count {
        let (c, g) = (core + k + margin, glass + k + margin)
        var inner = c[0] * BeamTrace.narrow[0]
        for n in 1...2 { inner += (c[n] + c[-n]) * BeamTrace.narrow[n] }
        var outer = g[0] * BeamTrace.wide[0]
        for n in 1...margin { outer += (g[n] + g[-n]) * BeamTrace.wide[n] }
        out[k] = inner + BeamTrace.bloom * outer
      }
    }
  }

  /// The mean of a Gaussian with peak 1 and this deviation over a stretch from `a` to `b`.
  static func light(_ a: Float, _ b: Float, _ deviation: Float) -> Float {
    let (low, high) = (min(a, b) / deviation, max(a, b) / deviation)
    guard low < 5, high > -5 else { return 0 }
    guard high - low > 0.05 else {
      let d = 0.5 * (low + high)
      return exp(-0.5 * d * d)
    }
    let root = Float(0.5).squareRoot()
    // √(2π)/2 times the difference of the normal distribution's error functions.
    return 1.253_314 * (erf(high * root) - erf(low * root)) / (high - low)
  }
}

/// A sound that nobody has tuned in: a few tones under a slow envelope, that crawl from right to left.
private struct Voice: Sendable {
  private struct Tone {
    /// Waves in a length of the picture's height, phase in turns, strength.
    var waves, phase, strength: Double
  }
  private let tones: [Tone]
  private let envelopes: [Tone]

  /// No value exceeds this.
  static let loudest = 1.25

  init(_ speed: Double, _ time: SlowTime, _ seed: Seed) {
    func tone(_ index: Int, _ waves: Double, _ pace: Double, _ strength: Double) -> Tone {
      let turns = time.turns(rate: speed * pace) + seed.unit(index)
      return Tone(waves: waves, phase: turns - turns.rounded(.down), strength: strength)
    }
    tones = [
      tone(0, 2.7, 3, 0.34), tone(1, 7.1, 7, 0.38), tone(2, 17.3, 13, 0.3), tone(3, 39, 25, 0.16),
      tone(4, 71, 41, 0.07),
    ]
    envelopes = [tone(5, 0.83, 1, 1), tone(6, 1.9, 2, 0.7), tone(7, 4.3, 4, 0.35)]
  }

  /// The value at `x`, in heights of the picture.
  func value(at x: Double) -> Double {
    var sum = 0.0
    for e in envelopes { sum += e.strength * sin(2 * .pi * (e.waves * x + e.phase)) }
    // Syllables: loud for a while, then hardly anything.
    let t = max(0, min(1, 0.5 + 0.55 * sum))
    let loud = 0.06 + 0.94 * t * t * (3 - 2 * t)
    var value = 0.0
    for tone in tones { value += tone.strength * sin(2 * .pi * (tone.waves * x + tone.phase)) }
    return value * loud
  }
}
