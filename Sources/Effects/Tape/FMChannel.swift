import CVector
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Luma on tape: emphasis, clips, frequency modulation, the band of heads and tape, noise, limiter, demodulation,
/// de-emphasis.
///
/// The carrier is simulated as its complex envelope about 4.04 MHz (mid-gray). A linear channel acts on the envelope
/// as it does on the carrier itself, as long as nothing of the signal lies below zero frequency (the low-pass
/// equivalent of band-pass signals and systems: Proakis, Digital Communications; Carlson, Communication Systems).
/// Heads and playback amplifier pass nothing below 0.5 MHz, where color lies: so this is the same signal as with the
/// carrier drawn out, and 17.3 MHz of samples hold it, where the carrier itself would want four times as many. A test
/// compares it with the carrier, sampled sixteen times as often and demodulated by its zero crossings.
///
/// Figures of the VHS system (IEC 60774-1): sync tip 3.4 MHz and white 4.4 MHz, 140 IRE apart; main emphasis
/// 1.3 µs, +14 dB (5 : 1). White clip as HQ decks have it, dark clip 40 % below the sync tip. Overshoot that is
/// clipped cannot be undone by the de-emphasis: edges between black and white come back slowly, and smear to the
/// right. Where the carrier is weak, noise turns its phase about: white and black sparks, which the de-emphasis draws
/// out into comets. None of this is painted: it follows.
struct FMChannel: Sendable {
  /// Cycles in a sample by which the carrier rises from black to white.
  static let deviation = (4.4 - 3.4) / 1.4 * VHS.cyclesPerMegahertz
  /// The coded value whose carrier the envelope is taken about.
  static let middle: Float = 0.5
  /// The carrier of ``middle``, MHz.
  static let center = 3.4 + (0.4 + 0.5) / 1.4
  /// Coded values at which the emphasized signal is clipped: 190 % and −40 % of the way from sync tip to white.
  static let (darkClip, whiteClip): (Float, Float) = (-0.96, 2.26)
  /// Emphasis: how much more than slow signals the fastest are lifted, and the share by which its memory moves
  /// towards the signal in a sample.
  static let lift: Float = 4
  static let memory = Float(1 - exp(-1 / (1.3 / 5 / VHS.activeLine * VHS.samples)))

  /// Weights of the band filter: the middle one is real, those to the left are conjugates of those to the right.
  let real, imaginary: [Float]
  static let reach = 20

  /// - Parameter bearding: 0…1, how weak the upper end of the band is.
  init(bearding: Double) {
    // Beards begin all at once: what leads to them is done in the first tenth.
    let wear = 1.1 * max(0, bearding).squareRoot()
    /// The band of heads, tape and playback amplifier; f in MHz.
    func band(_ f: Double) -> Double {
      func step(_ x: Double) -> Double { x <= 0 ? 0 : x >= 1 ? 1 : 0.5 - 0.5 * cos(.pi * x) }
      // The fastest edges then lose a cycle of the carrier: the demodulator takes that for black.
      let worn = max(0, f - 3.7) / 0.6
      return step(f - 0.5) * step((8.6 - f) / 3) * exp(-wear * worn * worn)
    }
    let steps = 512
    var (re, im): ([Double], [Double]) = ([], [])
    for n in 0...FMChannel.reach {
      var (a, b) = (0.0, 0.0)
      for k in 0..<steps {
        let g = (Double(k) + 0.5) / Double(steps) - 0.5
        let h = band(FMChannel.center + g / VHS.cyclesPerMegahertz)
        a += h * cos(2 * .pi * g * Double(n))
        b += h * sin(2 * .pi * g * Double(n))
      }
      let taper = 0.5 + 0.5 * cos(.pi * Double(n) / Double(FMChannel.reach + 1))
      re.append(a * taper)
      im.append(b * taper)
    }
    let total = re[0] + 2 * re.dropFirst().reduce(0, +)
    real = re.map { Float($0 / total) }
    imaginary = im.map { Float($0 / total) }
  }

  /// The band filter's amplitude `g` cycles per sample above the middle carrier.
  func amplitude(at g: Double) -> Double {
    var sum = Double(real[0])
    for n in 1..<real.count {
      let (a, b) = (Double(real[n]), Double(imaginary[n]))
      // h exp(−i w n) and its conjugate.
      sum += 2 * (a * cos(2 * .pi * g * Double(n)) + b * sin(2 * .pi * g * Double(n)))
    }
    return sum
  }

  /// What is left of a faint wave of frequency `f` on mid-gray: the mean of what is left of both sidebands.
  func response(at f: Double) -> Double {
    (amplitude(at: f) + amplitude(at: -f)) / (2 * amplitude(at: 0))
  }

  /// The amplitude at `f` of luma after the de-emphasis, for white noise of deviation 1 in both components of a
  /// carrier of amplitude 1.
  func noiseResponse(at f: Double) -> Double {
    let (up, down) = (amplitude(at: f), amplitude(at: -f))
    let phase = ((up * up + down * down) / 2).squareRoot() / amplitude(at: 0)
    let rate = 2 * abs(sin(.pi * f)) / (2 * .pi * FMChannel.deviation)
    return phase * rate / emphasis(at: f)
  }

  /// The emphasis' amplitude.
  func emphasis(at f: Double) -> Double {
    // y = x + lift (x − m), where m follows x by the share `memory` a sample.
    let (a, w) = (Double(FMChannel.memory), 2 * Double.pi * f)
    let (dr, di) = (1 - (1 - a) * cos(w), (1 - a) * sin(w))
    let d = dr * dr + di * di
    // 1 − a / (1 − (1 − a) z⁻¹)
    let (hr, hi) = (1 - a * dr / d, a * di / d)
    let lift = Double(FMChannel.lift)
    return ((1 + lift * hr) * (1 + lift * hr) + lift * hi * lift * hi).squareRoot()
  }

  /// What is done to the carrier of eight lines.
  struct Noise {
    /// Hash keys, one for each line.
    let keys: v8u
    /// Deviation at every sample, eight lines each; nil for none.
    let deviation: UnsafePointer<Float>?
    /// Amplitude of the carrier at every sample, eight lines each; nil where it is 1.
    let envelope: UnsafePointer<Float>?
    /// The number of the first sample.
    let first: Int
  }

  /// Records eight lines and plays them back.
  ///
  /// - Parameters:
  ///   - luma: coded values of `count` samples, eight lines each, and `SignalChain.margin` to either side.
  ///   - re, im: room for the carrier, as large as `luma`.
  ///   - out: room for the result; its margin is valid for 30 samples.
  func pass(
    _ luma: UnsafePointer<Float>, count: Int, _ noise: Noise, re: UnsafeMutablePointer<Float>,
    im: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    modulate(luma, count: count, noise, re, im)
    demodulate(re, im, count: count, into: out)
  }

  private func modulate(
    _ luma: UnsafePointer<Float>, count: Int, _ noise: Noise, _ re: UnsafeMutablePointer<Float>,
    _ im: UnsafeMutablePointer<Float>
  ) {
    let margin = SignalChain.margin
    var memory = v8_load(luma - 8 * margin)
    var phase = v8_splat(0)
    let deviation = Float(FMChannel.deviation)
    for n in -margin..<count + margin {
      let x = v8_load(luma + 8 * n)
      memory += (x - memory) * FMChannel.memory
      let lifted = v8_clamp(x + (x - memory) * FMChannel.lift, FMChannel.darkClip, FMChannel.whiteClip)
      phase += (lifted - FMChannel.middle) * deviation
      phase -= v8_floor(phase + 0.5)
      var (c, s) = Wave.turn(phase)
      let inside = max(0, min(count - 1, n))
      if let envelope = noise.envelope {
        let e = v8_load(envelope + 8 * inside)
        c *= e
        s *= e
      }
      if let level = noise.deviation {
        let hash = LaneNoise.hash(noise.keys, noise.first + n)
        let d = v8_load(level + 8 * inside)
        c += LaneNoise.low(hash) * d
        s += LaneNoise.high(hash) * d
      }
      v8_store(re + 8 * n, c)
      v8_store(im + 8 * n, s)
    }
  }

  private func demodulate(
    _ re: UnsafePointer<Float>, _ im: UnsafePointer<Float>, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let margin = SignalChain.margin
    let first = -margin + FMChannel.reach
    var (lastRe, lastIm) = (v8_splat(0), v8_splat(0))
    var memory = v8_splat(0)
    let scale = 1 / (2 * Float.pi * Float(FMChannel.deviation))
    // The emphasis solved for its input: x = (y + lift (1 − a) m) / (1 + lift (1 − a)), m the memory before.
    let kept = FMChannel.lift * (1 - FMChannel.memory)
    let share = 1 / (1 + kept)
    real.withUnsafeBufferPointer { real in
      imaginary.withUnsafeBufferPointer { imaginary in
        for n in first..<count + margin - FMChannel.reach {
          let p = re + 8 * n
          let q = im + 8 * n
          var a = v8_load(p) * real[0]
          var b = v8_load(q) * real[0]
          for k in 1...FMChannel.reach {
            let (pl, pr) = (v8_load(p - 8 * k), v8_load(p + 8 * k))
            let (ql, qr) = (v8_load(q - 8 * k), v8_load(q + 8 * k))
            a += (pl + pr) * real[k] - (ql - qr) * imaginary[k]
            b += (ql + qr) * real[k] + (pl - pr) * imaginary[k]
          }
          if n > first {
            // The angle from one sample to the next is the frequency; how long the vector is does not matter, which
            // is the limiter.
            let step = Wave.angle(b * lastRe - a * lastIm, a * lastRe + b * lastIm)
            let y = step * scale + FMChannel.middle
            if n == first + 1 { memory = y }
            let x = (y + memory * kept) * share
            memory += (x - memory) * FMChannel.memory
            v8_store(out + 8 * n, v8_clamp(x, -2, 3))
          }
          lastRe = a
          lastIm = b
        }
      }
    }
  }
}

/// Circular functions of eight numbers.
enum Wave {
  /// Cosine and sine of `turns` in −1/2…1/2; absolute error below 3e-7 (Taylor series of the half angle).
  @inline(__always)
  static func turn(_ turns: v8f) -> (v8f, v8f) {
    let x = turns * Float.pi
    let z = x * x
    var s = z * Float(-1.0 / 39_916_800) + Float(1.0 / 362_880)
    s = s * z - Float(1.0 / 5_040)
    s = s * z + Float(1.0 / 120)
    s = s * z - Float(1.0 / 6)
    s = (s * z + 1) * x
    var c = z * Float(1.0 / 479_001_600) - Float(1.0 / 3_628_800)
    c = c * z + Float(1.0 / 40_320)
    c = c * z - Float(1.0 / 720)
    c = c * z + Float(1.0 / 24)
    c = c * z - 0.5
    c = c * z + 1
    return (1 - s * s * 2, s * c * 2)
  }

  /// The angle of (x, y), −π…π; 0 for (0, 0).
  @inline(__always)
  static func angle(_ y: v8f, _ x: v8f) -> v8f {
    let zero = v8_splat(0)
    let far = v8_select(v8_less(v8_abs(x), v8_splat(1e-30)), v8_splat(1e-30), x)
    let near = v8_atan(y / far)
    let half = v8_select(v8_less(y, zero), v8_splat(-Float.pi), v8_splat(Float.pi))
    return near + v8_select(v8_less(far, zero), half, zero)
  }
}

/// White noise for eight lines: hashes of the line's key and the sample's number.
enum LaneNoise {
  /// The keys of lines `line` to `line` + 7.
  static func keys(_ line: Int, _ seed: UInt32) -> v8u {
    var keys = v8u(repeating: 0)
    for lane in 0..<8 { keys[lane] = latticeHash(Int32(truncatingIfNeeded: line + lane), 0x51ed, seed) }
    return keys
  }

  @inline(__always)
  static func hash(_ keys: v8u, _ sample: Int) -> v8u {
    v8_hash(keys ^ (UInt32(truncatingIfNeeded: sample) &* 0x9e37_79b1))
  }

  /// Two independent numbers of one hash, each of mean 0 and variance 1: sums of two bytes.
  @inline(__always)
  static func low(_ hash: v8u) -> v8f { scaled((hash & 0xff) &+ ((hash &>> 8) & 0xff)) }
  @inline(__always)
  static func high(_ hash: v8u) -> v8f { scaled(((hash &>> 16) & 0xff) &+ (hash &>> 24)) }

  @inline(__always)
  private static func scaled(_ sum: v8u) -> v8f {
    // sqrt(2 (256² − 1) / 12)
    (v8_to_float(unsafeBitCast(sum, to: v8i.self)) - 255) * (1 / 104.510)
  }
}
