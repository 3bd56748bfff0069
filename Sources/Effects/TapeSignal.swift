import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The color space of analog video: Y'IQ of gamma-coded R'G'B' (NTSC, 1953).
enum VideoColor {
  static let fromRGB = ColorMatrix([
    [0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112],
  ])
  static let toRGB = fromRGB.inverse

  /// Turns samples of linear red, green and blue into Y', I and Q, in place.
  ///
  /// Light above 100 IRE passes a knee and never exceeds 120 IRE; its three channels shrink by one factor, so
  /// that neon keeps its hue.
  static func encode(_ samples: [UnsafeMutablePointer<Float>], count: Int) {
    let matrix = RowMatrix(fromRGB)
    let row = Row(red: samples[0], green: samples[1], blue: samples[2], alpha: samples[3], count: count)
    row.mapVectors { r, g, b, _, _ in
      r = v8_srgb_encode(r)
      g = v8_srgb_encode(g)
      b = v8_srgb_encode(b)
      let peak = v8_max(v8_max(r, g), v8_max(b, v8_splat(1)))
      let over = (peak - 1) * 5
      let scale = (1 + over / (1 + over) * 0.2) / peak
      r *= scale
      g *= scale
      b *= scale
      matrix.apply(&r, &g, &b)
    }
  }
}

/// The band limits of recording and playback, with what the raster's own averaging and interpolation take away
/// given back.
struct TapeFilters: Sendable {
  let luma, chroma: SymmetricFilter

  private static let lumaReach = 26

  /// Deviation of the chroma filter, samples: a Gaussian, in copies wider by the root of their number.
  private static func chromaDeviation(_ settings: VHS) -> Double {
    (2 * log(2)).squareRoot() / (2 * .pi * chromaLimit(settings))
      * Double(max(1, settings.generations)).squareRoot()
  }

  /// Where the amplitude of chroma has halved, cycles per sample.
  private static func chromaLimit(_ settings: VHS) -> Double {
    settings.speed.chroma * VHS.activeLine / VHS.samples
  }

  private static func chromaReach(_ settings: VHS) -> Int { Int(4.5 * chromaDeviation(settings)) + 2 }

  /// Samples to either side that the wider of the two filters looks at.
  static func reach(_ settings: VHS) -> Int { max(lumaReach, chromaReach(settings)) }

  /// What averaging over a sample and two passes of spline interpolation leave of a frequency (cycles per sample).
  static func loss(_ f: Double) -> Double {
    let x = Double.pi * f
    return x < 1e-6 ? 1 : pow(sin(x) / x, 9)
  }

  init(_ settings: VHS) {
    // Samples grow with the bandwidth, so that the limits per sample stay the same.
    let cycles = VHS.activeLine / VHS.samples
    let generations = max(1, settings.generations)
    let boost = Double(settings.sharpness)
    let limit = settings.speed.luma * cycles
    func peaking(_ f: Double) -> Double {
      let u = f / (0.55 * limit)
      return 1 + boost * u * u * exp(1 - u * u)
    }
    func design(_ corner: Double, _ copies: Int) -> SymmetricFilter {
      SymmetricFilter(reach: TapeFilters.lumaReach, tapers: true) { f in
        let roll = 1 / (1 + pow(f / corner, 4))
        let edge = f < 0.34 ? 1 : max(0, 0.5 + 0.5 * cos(.pi * (f - 0.34) / 0.14))
        // Each copy loses bandwidth; boosting a boosted edge is heard of twice and no more.
        return pow(roll, Double(copies)) * pow(peaking(f), Double(min(copies, 2)))
          * (f < 0.48 ? edge : 0) / max(0.05, TapeFilters.loss(f))
      }
    }
    // The boost lifts the limit a little: the corner moves until the limit is where it is stated.
    var (low, high) = (0.3 * limit, 2 * limit)
    for _ in 0..<14 {
      let middle = (low + high) / 2
      if design(middle, 1).amplitude(at: limit) * TapeFilters.loss(limit) > 0.5 {
        high = middle
      } else {
        low = middle
      }
    }
    luma = design((low + high) / 2, generations)
    // A Gaussian: color bleeds without ringing.
    let color = TapeFilters.chromaLimit(settings)
    chroma = SymmetricFilter(reach: TapeFilters.chromaReach(settings), upTo: 5 * color, tapers: false) { f in
      pow(2, -Double(generations) * (f / color) * (f / color)) / TapeFilters.loss(f)
    }
  }
}

/// What goes wrong on a line: functions of the seed (which holds the frame) and the line's number.
struct TapeFaults: Sendable {
  struct Line: Sendable {
    /// Displacement to the right, samples: before and from sample `turn`.
    var shift, shiftAfter: Double
    var turn: Int
    /// Deviation of the luma noise at black, in coded values.
    var noise: Float
    /// Loss of signal, 0…1.
    var loss: Float
    /// Share of the color that is left.
    var color: Float
    var dropouts: [Dropout] = []
  }

  struct Dropout: Sendable {
    var start, length: Float
    var level: Float
  }

  let settings: VHS
  private let jitter, wobble, switching, tracking, flakes: Seed
  let lumaNoise, inPhaseNoise, quadratureNoise: UInt32
  /// Samples over the picture's width.
  let width: Double
  /// Samples and lines by which color lags.
  let delay, sink: Double

  init(settings: VHS, seed: Seed) {
    self.settings = settings
    jitter = seed.derived("jitter")
    wobble = seed.derived("wobble")
    switching = seed.derived("head")
    tracking = seed.derived("tracking")
    flakes = seed.derived("dropouts")
    lumaNoise = seed.derived("luma").low
    inPhaseNoise = seed.derived("in-phase").low
    quadratureNoise = seed.derived("quadrature").low
    width = (VHS.samples * max(0.25, Double(settings.bandwidth))).rounded()
    delay = Double(settings.chromaDelay) / VHS.activeLine * width * Double(settings.generations)
    sink = settings.chromaSink
  }

  /// Samples that `jitter: 1` moves a line, standard deviation.
  static func jitterUnit(width: Double) -> Double { 0.011 / VHS.activeLine * width }

  /// The most samples by which ``line(_:)`` can push a line to either side.
  var farthestShift: Double {
    let copies = Double(settings.generations).squareRoot()
    let unit = TapeFaults.jitterUnit(width: width) * Double(settings.jitter) * copies
    // From line to line and slowly, the bent first lines, the torn last ones (to the depth of 2), the band.
    return unit * Seed.largestNormal * (1 + 1.5 * 1.15)
      + Double(settings.headSwitching) * width * (0.004 + 0.06 * 2 * 2.0.squareRoot())
      + Double(settings.tracking) * width * 0.02
  }

  func line(_ number: Int) -> Line {
    let lines = Double(settings.lines)
    let at = Double(number)
    let copies = Double(settings.generations).squareRoot()
    let unit = TapeFaults.jitterUnit(width: width) * Double(settings.jitter) * copies
    // From line to line, and slowly over about thirty lines.
    var shift = unit * (jitter.normal(number) + 1.5 * slow(at / lines * 16))
    var loss = 0.0

    // The servo swings in after the head switch: the first lines are bent.
    let heads = Double(settings.headSwitching)
    if heads > 0 { shift += heads * 0.004 * width * exp(-max(0, at) / (0.012 * lines)) }
    var after = shift
    var turn = 0
    let torn = max(2, (0.0146 * lines).rounded())
    let below = at - (lines - torn)
    if heads > 0, below >= 0 {
      let depth = min(2, (below + 1) / torn)
      let sway = 0.75 + 0.25 * switching.unit(number)
      after -= heads * 0.06 * width * depth * depth.squareRoot() * sway
      turn = below < 1 ? Int(width * (0.62 + 0.1 * switching.unit(-1))) : 0
      if turn == 0 { shift = after }
      loss = heads * 0.35 * min(1, depth)
    }

    var color = 1.0
    let strength = Double(settings.tracking)
    if strength > 0 {
      let d = (at / lines - Double(settings.trackingPosition)) / (0.010 + 0.035 * strength)
      let envelope = strength * exp(-d * d)
      if envelope > 1e-4 {
        let u = tracking.unit(number)
        let wave = sin(at / lines * 90 + 6.28 * tracking.unit(-1)) * (0.4 + 0.6 * u)
        let tear = envelope * 0.02 * width * wave
        shift += tear
        after += tear
        loss = max(loss, envelope)
        color = 1 - 0.9 * min(1, envelope * (0.6 + 0.8 * tracking.derived("color").unit(number)))
      }
    }
    let noise = Double(settings.noise) * settings.speed.noise * copies
    var line = Line(
      shift: shift, shiftAfter: after, turn: turn, noise: Float(noise * (1 + 5 * loss)), loss: Float(loss),
      color: Float(color))

    // A few places on each line may drop out, more of them where the signal is weak.
    let rate = Double(settings.dropouts) * 0.012 * 480 / lines + (strength > 0 ? loss * 0.16 : 0)
    if rate > 0 {
      for slot in 0..<3 {
        let own = flakes.derived(number).derived(slot)
        guard own.unit(0) < rate else { continue }
        let u = own.unit(1)
        line.dropouts.append(
          Dropout(
            start: Float(own.unit(2) * width), length: Float((0.25 + 2.2 * u * u) / VHS.activeLine * width),
            level: own.unit(3) < 0.7 ? 0.85 : 0.05))
      }
    }
    return line
  }

  /// Smooth noise of deviation about 1 with a knot at every whole number.
  private func slow(_ x: Double) -> Double {
    let k = x.rounded(.down)
    let t = x - k
    let i = Int(max(-1e9, min(1e9, k)))
    let s = t * t * (3 - 2 * t)
    let (a, b) = (wobble.normal(i), wobble.normal(i + 1))
    return (a + (b - a) * s) * 1.15
  }
}

/// Reads lines from the tape and draws them; for one thread.
final class TapeReader {
  private let tape: TapeRaster
  private let faults: TapeFaults
  private let columns: AreaTaps
  private let taps, width, count: Int
  /// Samples of the whole line before those that are held: noise that runs along a line begins there.
  private let lead: Int
  private let toRGB: RowMatrix
  /// Lines brought to the picture's columns, in linear light: red, green, blue, alpha.
  private let ring: UnsafeMutablePointer<Float>
  private var held: [Int?]
  private var opaque: [Bool]
  /// Y', I, Q, alpha of the line in work, then its noise, and room for shifting.
  private let signal: [UnsafeMutablePointer<Float>]
  private let storage: UnsafeMutablePointer<Float>
  private let noise, blend, scratch: UnsafeMutablePointer<Float>

  init(tape: TapeRaster, faults: TapeFaults, columns: AreaTaps, taps: Int) {
    self.tape = tape
    self.faults = faults
    self.columns = columns
    self.taps = taps
    width = columns.pixels
    count = tape.samples.count
    lead = tape.samples.lowerBound - tape.firstSample
    toRGB = RowMatrix(VideoColor.toRGB)
    ring = .allocate(capacity: taps * 4 * (width + 8))
    ring.update(repeating: 0, count: taps * 4 * (width + 8))
    held = Array(repeating: nil, count: taps)
    opaque = Array(repeating: false, count: taps)
    let stride = count + 32
    storage = .allocate(capacity: 7 * stride + lead)
    storage.update(repeating: 0, count: 7 * stride + lead)
    let base = storage
    signal = (0..<4).map { base + $0 * stride }
    blend = storage + 4 * stride
    scratch = storage + 5 * stride
    noise = storage + 6 * stride
  }

  deinit {
    ring.deallocate()
    storage.deallocate()
  }

  /// Replaces a row of the picture by the light of the lines that cover it.
  func draw(_ row: Row, row index: Int, beam: Beam) {
    let first = beam.first[index]
    let stride = width + 8
    var slots: [Int] = []
    var allOpaque = true
    for tap in 0..<taps {
      let line = first + tap
      let slot = ((line % taps) + taps) % taps
      slots.append(slot)
      guard beam.weights[index * taps + tap] > 1e-7 else { continue }
      if held[slot] != line {
        read(line, into: ring + slot * 4 * stride, slot: slot)
        held[slot] = line
      }
      allOpaque = allOpaque && opaque[slot]
    }
    let used = (0..<taps).filter { beam.weights[index * taps + $0] > 1e-7 }
    let sources = used.map { UnsafePointer(ring + slots[$0] * 4 * stride) }
    let weights = used.map { beam.weights[index * taps + $0] }
    let profile = beam.profile[index]
    sources.withUnsafeBufferPointer { sources in
      weights.withUnsafeBufferPointer { weights in
        row.mapVectors { r, g, b, _, i in
          r = v8_splat(0)
          g = r
          b = r
          for k in 0..<sources.count {
            let w = weights[k]
            let p = sources[k] + i
            r += v8_load(p) * w
            g += v8_load(p + stride) * w
            b += v8_load(p + 2 * stride) * w
          }
          // The spot of a bright line is wider: its gaps fill up.
          let bright = v8_min((r + g + b) * (1.0 / 3), v8_splat(1))
          let k = 1 + (1 - v8_sqrt(bright) * 0.55) * profile
          r *= k
          g *= k
          b *= k
        }
        if !allOpaque {
          for x in 0..<row.count {
            var sum: Float = 0
            for k in 0..<sources.count { sum += sources[k][3 * stride + x] * weights[k] }
            row.alpha[x] = TapeReader.coverage(sum)
          }
        }
      }
    }
  }

  /// Alpha within 0…1. The weights of filters add up to 1 but for rounding: what comes from nothing but opaque
  /// pixels is opaque, whether or not there are others further along the line.
  @inline(__always)
  private static func coverage(_ value: Float) -> Float { value > 1 - 1e-4 ? 1 : max(0, value) }

  /// Plays line `line` and brings it to the picture's columns.
  private func read(_ line: Int, into out: UnsafeMutablePointer<Float>, slot: Int) {
    let fault = faults.line(line)
    let index = tape.index(line)
    opaque[slot] = tape.opaque[index]
    shift(tape.planes[0].row(index), fault, delay: 0, into: signal[0])
    // Color comes from the lines above.
    let sink = faults.sink.rounded(.down)
    let share = Float(faults.sink - sink)
    let (near, far) = (tape.index(line - Int(sink)), tape.index(line - Int(sink) - 1))
    for channel in 1...2 {
      let (a, b) = (tape.planes[channel].row(near), tape.planes[channel].row(far))
      for n in 0..<count { blend[n] = (a[n] + (b[n] - a[n]) * share) * fault.color }
      shift(blend, fault, delay: faults.delay, into: signal[channel])
    }
    if opaque[slot] {
      signal[3].update(repeating: 1, count: count)
    } else {
      shift(tape.planes[3].row(index), fault, delay: 0, into: signal[3])
      for n in 0..<count { signal[3][n] = TapeReader.coverage(signal[3][n]) }
    }
    disturb(line, fault)
    let row = Row(red: signal[0], green: signal[1], blue: signal[2], alpha: signal[3], count: count)
    row.mapVectors { y, i, q, _, _ in
      // White clip at 120 IRE, dark clip below black.
      y = v8_clamp(y, -0.08, 1.2)
      toRGB.apply(&y, &i, &q)
    }
    let stride = width + 8
    for channel in 0..<3 { expand(signal[channel], into: out + channel * stride) }
    if opaque[slot] {
      (out + 3 * stride).update(repeating: 1, count: width)
    } else {
      expand(signal[3], into: out + 3 * stride)
    }
    for channel in 0..<3 {
      let p = out + channel * stride
      var x = 0
      while x < width {
        v8_store(p + x, v8_srgb_decode(v8_clamp(v8_load(p + x), 0, 1.25)))
        x += 8
      }
    }
  }

  private func shift(
    _ source: UnsafePointer<Float>, _ fault: TapeFaults.Line, delay: Double,
    into out: UnsafeMutablePointer<Float>
  ) {
    let turn = max(0, min(count, fault.turn - tape.samples.lowerBound))
    let whole = fault.turn == 0 ? 0 : turn
    SplineShift.apply(
      source, count: count, shift: fault.shift + delay, range: 0..<whole, scratch: scratch, into: out)
    SplineShift.apply(
      source, count: count, shift: fault.shiftAfter + delay, range: whole..<count, scratch: scratch, into: out
    )
  }

  /// Noise and dropouts.
  private func disturb(_ line: Int, _ fault: TapeFaults.Line) {
    let start = tape.samples.lowerBound
    let whole = lead + count
    let (y, i, q, a) = (signal[0], signal[1], signal[2], signal[3])
    if fault.noise > 0 {
      // Fine noise and short streaks, half and half; the finest part is lost in interpolation.
      LatticeNoise.row(line, from: tape.firstSample, count: whole, seed: faults.lumaNoise, into: noise)
      var streak: Float = 0
      let (keep, fresh): (Float, Float) = (0.85, 0.5268)
      for n in 0..<lead { streak = streak * keep + noise[n] * fresh }
      for n in 0..<count {
        let grain = noise[lead + n]
        streak = streak * keep + grain * fresh
        let amount = fault.noise * a[n] * (1.15 - max(0, min(1, y[n])))
        y[n] += amount * (grain * 1.02 + streak * 0.7)
        // Where the signal fails, snow.
        let snow = grain - 1.6
        if snow > 0 { y[n] += fault.loss * fault.loss * a[n] * snow * 0.8 }
      }
      for (channel, seed) in [(i, faults.inPhaseNoise), (q, faults.quadratureNoise)] {
        LatticeNoise.row(line, from: tape.firstSample, count: whole, seed: seed, into: noise)
        // Two equal low-passes; the factor brings them back to unit variance.
        let keep: Float = 0.87
        let gain = ((1 - keep) * (1 + keep * keep) / ((1 + keep) * (1 - keep * keep))).squareRoot()
        let fresh = (1 - keep * keep).squareRoot()
        var (once, twice): (Float, Float) = (0, 0)
        for n in 0..<lead {
          once = once * keep + noise[n] * fresh
          twice = twice * keep + once * (1 - keep)
        }
        for n in 0..<count {
          once = once * keep + noise[lead + n] * fresh
          twice = twice * keep + once * (1 - keep)
          channel[n] += fault.noise * 0.6 * a[n] * twice / gain
        }
      }
    }
    for dropout in fault.dropouts {
      let first = Int(dropout.start) - start
      let hold = Int(dropout.length)
      let tail = max(1, dropout.length * 0.5)
      // It may have begun before the samples that are held.
      var n = first
      var level: Float = 1
      while n < count, level > 0.01 {
        if n - first > hold { level *= tail / (tail + 1) }
        if n >= 0 {
          let k = level * a[n] * 0.9
          y[n] += (dropout.level - y[n]) * k
          i[n] *= 1 - k
          q[n] *= 1 - k
        }
        n += 1
      }
    }
  }

  private func expand(_ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
    let taps = columns.count
    let start = tape.samples.lowerBound
    var weights = columns.weights
    let last = count - 1
    for x in 0..<width {
      let first = Int(columns.first[x]) - start
      var sum: Float = 0
      if first >= 0, first + taps <= count {
        for tap in 0..<taps { sum += source[first + tap] * weights[tap] }
      } else {
        for tap in 0..<taps { sum += source[max(0, min(last, first + tap))] * weights[tap] }
      }
      out[x] = sum
      weights += taps
    }
  }
}
