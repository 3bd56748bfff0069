import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The constants of a tape's signal path, made once for a picture. Frequencies are in cycles per sample.
///
/// The stages each have a response of their own; what holds is the whole: at the limit of the tape's speed the
/// amplitude that is seen on the picture has halved. So the playback filters are designed last, with what
/// all other stages leave, and what averaging and interpolation on the raster take, given back.
struct SignalChain: Sendable {
  let channel: FMChannel
  /// Limits the band before recording.
  let recording: SymmetricFilter
  /// Limits the band after playback: between copies, and after the last one.
  let copying, playback: SymmetricFilter
  let color: SymmetricFilter
  /// For alpha, which is not recorded but blurs with its picture.
  let coverage: SymmetricFilter
  let ringing: RingingFilter?
  /// Deviations of the noise that is added to the carrier (as a share of it) and to color before its filter, per
  /// unit of noise on the picture.
  let carrierNoise, colorNoise: Float

  private static let playbackReach = 26
  private static let recordingReach = 12
  /// Samples beyond both ends of a line that the stages may read.
  static let margin = 72

  init(_ settings: VHS) {
    let generations = max(1, settings.generations)
    let boost = Double(settings.sharpness)
    let limit = settings.speed.luma * VHS.cyclesPerMegahertz
    let channel = FMChannel(bearding: Double(settings.bearding))
    self.channel = channel
    // Wide beside the limit of the tape: it keeps what the modulator could not tell from other frequencies.
    let recording = SymmetricFilter(reach: SignalChain.recordingReach, tapers: true) { f in
      let u = f / (1.5 * 3.0 * VHS.cyclesPerMegahertz)
      return 1 / (1 + u * u * u * u * u * u)
    }
    self.recording = recording
    // All filters are designed from these frequencies: what the stages before leave of them is worked out once.
    let steps = SymmetricFilter.designSteps
    func frequency(_ step: Int) -> Double { (Double(step) + 0.5) / Double(2 * steps) }
    func before(_ f: Double) -> Double {
      settings.fm ? recording.amplitude(at: f) * channel.response(at: f) : 1
    }
    let stages = (0..<steps).map { before(frequency($0)) }
    let losses = (0..<steps).map { SignalChain.loss(frequency($0)) }
    func peaking(_ f: Double) -> Double {
      let u = f / (0.55 * limit)
      return 1 + boost * u * u * exp(1 - u * u)
    }
    enum Use { case copy, picture, coverage }
    func design(_ corner: Double, _ use: Use, boosts: Bool) -> SymmetricFilter {
      SymmetricFilter(reach: SignalChain.playbackReach, tapers: true) { f in
        guard f < 0.48 else { return 0 }
        let step = min(steps - 1, max(0, Int(f * Double(2 * steps))))
        let roll = 1 / (1 + pow(f / corner, 4))
        let edge = f < 0.34 ? 1 : max(0, 0.5 + 0.5 * cos(.pi * (f - 0.34) / 0.14))
        let stage = use == .coverage ? 1 : max(0.2, stages[step])
        let lost = use == .copy ? 1 : max(0.05, losses[step])
        return roll * (boosts ? peaking(f) : 1) * edge / (stage * lost)
      }
    }
    // The boost lifts the limit a little: the corner moves until the limit is where it is stated (regula falsi).
    let atLimit = before(limit) * SignalChain.loss(limit)
    func excess(_ corner: Double) -> Double {
      design(corner, .picture, boosts: true).amplitude(at: limit) * atLimit - 0.5
    }
    var (low, high) = (0.4 * limit, 1.6 * limit)
    var (below, above) = (excess(low), excess(high))
    var corner = limit
    for _ in 0..<8 where above - below > 1e-6 {
      corner = low + (high - low) * max(0.05, min(0.95, -below / (above - below)))
      let found = excess(corner)
      if abs(found) < 2e-4 { break }
      if found > 0 { (high, above) = (corner, found) } else { (low, below) = (corner, found) }
    }
    let playback = design(corner, .picture, boosts: true)
    self.playback = playback
    // A copy is made from what a deck puts out; boosting a boosted edge is heard of twice and no more.
    copying = design(corner, .copy, boosts: generations == 2)
    coverage = design(corner, .coverage, boosts: false)
    ringing = RingingFilter(Double(settings.ringing), at: 0.92 * limit)

    // A Gaussian: color bleeds without ringing. Copies widen it by the root of their number.
    let rate = Double(TapeRaster.Layout.decimation)
    let colorLimit = settings.speed.chroma * VHS.cyclesPerMegahertz * rate
    let deviation = (2 * log(2)).squareRoot() / (2 * .pi * colorLimit) * Double(generations).squareRoot()
    let color = SymmetricFilter(
      reach: Int(4.5 * deviation) + 2, upTo: min(0.5, 5 * colorLimit), tapers: false
    ) { f in
      pow(2, -Double(generations) * (f / colorLimit) * (f / colorLimit)) / SignalChain.colorLoss(f)
    }
    self.color = color

    // What white noise becomes: sums over all frequencies of what the stages make of it.
    var (luma, chroma) = (0.0, 0.0)
    for step in 0..<steps {
      let f = frequency(step)
      let seen = playback.amplitude(at: f) * losses[step]
      let stage = settings.fm ? channel.noiseResponse(at: f) : 1
      luma += seen * seen * stage * stage
      let tint = color.amplitude(at: f) * SignalChain.colorLoss(f)
      chroma += tint * tint
    }
    let copies = Double(generations).squareRoot()
    carrierNoise = Float(1 / max(1e-6, (luma / Double(steps)).squareRoot()))
    colorNoise = Float(copies / max(1e-6, (chroma / Double(steps)).squareRoot()))
  }

  /// What averaging over a sample and two passes of spline interpolation leave of a frequency.
  static func loss(_ f: Double) -> Double { pow(sinc(f), 9) }

  /// What they leave of color, `f` in cycles per sample of color: averaging over a sample of the line, and over those
  /// that make one of color; splines to the samples of the line, and to the picture.
  static func colorLoss(_ f: Double) -> Double {
    let rate = Double(TapeRaster.Layout.decimation)
    let fine = f / rate
    let box = abs(sin(.pi * fine)) < 1e-9 ? 1 : sin(.pi * f) / (rate * sin(.pi * fine))
    return max(0.05, abs(box) * sinc(fine) * pow(sinc(f), 4) * pow(sinc(fine), 4))
  }

  static func sinc(_ f: Double) -> Double {
    let x = Double.pi * f
    return abs(x) < 1e-6 ? 1 : sin(x) / x
  }
}

/// An all-pass: it delays what lies near the band's end and changes no amplitude. Steep analog filters do that, and
/// it is why edges ring, to the right only.
struct RingingFilter: Sendable {
  let r2, c: Float
  /// Samples by which it delays slow signals.
  let delay: Double

  /// - Parameters:
  ///   - amount: 0…1; nil is answered for 0.
  ///   - frequency: of the waves, cycles per sample.
  init?(_ amount: Double, at frequency: Double) {
    guard amount > 0 else { return nil }
    let r = 0.86 * min(1, amount).squareRoot()
    let angle = 2 * Double.pi * frequency
    r2 = Float(r * r)
    c = Float(2 * r * cos(angle))
    delay = 2 * (1 - r * r) / (1 - 2 * r * cos(angle) + r * r)
  }
}
