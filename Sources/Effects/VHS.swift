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

/// A home video tape, played back on a picture tube.
///
/// The picture is put on a signal raster of its own: `lines` lines over the picture's height, samples by the
/// bandwidth, gamma-coded Y'IQ. What tape does is done there, in megahertz, microseconds and lines. Then every
/// line is drawn onto the picture with a beam, in linear light. The look therefore does not depend on the
/// picture's size: scan lines and noise are as fine as the raster, and average out in a small draft.
public struct VHS: MixingEffect {
  public static let name = "vhs"
  public static let summary =
    "A recording on home video tape: soft color, noise, scan lines and the faults of a deck."

  /// Tape speeds as decks name them: standard, long and extended play.
  public enum Speed: String, CaseIterable, Sendable, Hashable {
    case sp, lp, ep

    /// Where the amplitude of luma has halved, MHz.
    var luma: Double { [.sp: 3.0, .lp: 2.4, .ep: 1.6][self] ?? 3 }
    /// Where the amplitude of chroma has halved, MHz.
    var chroma: Double { [.sp: 0.40, .lp: 0.30, .ep: 0.28][self] ?? 0.4 }
    /// Narrower tracks are noisier.
    var noise: Double { [.sp: 1, .lp: 1.25, .ep: 1.6][self] ?? 1 }
  }

  var speed = Speed.sp
  var lines = 480
  var bandwidth: Float = 1
  var sharpness: Float = 0.3
  /// Microseconds.
  var chromaDelay: Float = 0.1
  /// Lines.
  var chromaDrop: Float = 0.5
  var jitter: Float = 1
  var noise: Float = 0.009
  var headSwitching: Float = 0.5
  var tracking: Float = 0
  var trackingPosition: Float = 0.82
  var dropouts: Float = 0.06
  var generations = 1
  var lineDepth: Float = 0.12

  public static let parameters: [Parameter<VHS>] = [
    .init("vhs", \.speed, .choice, "The speed of the tape: sp is the sharpest, ep the softest."),
    .init(
      "lines", \.lines, .integer(60...2400),
      "Scan lines over the picture's height: 480 as on television, 600 to 1000 for posters."),
    .init(
      "bandwidth", \.bandwidth, .number(0.5...4, suggested: 1...3, unit: .times),
      "Fineness along the line beside a real tape; 2.5 suits posters."),
    .init("sharpness", \.sharpness, .number(0...1), "The deck's edge boost, which leaves light seams."),
    .init(
      "chroma-delay", \.chromaDelay, .number(-3...3, suggested: 0...0.4),
      "How far color lags behind, in microseconds; a line takes 52.6."),
    .init(
      "chroma-drop", \.chromaDrop, .number(0...8, suggested: 0...2, unit: .lines),
      "How far color sinks below its outlines."),
    .init(
      "jitter", \.jitter, .number(0...20, suggested: 0...3),
      "Unsteadiness of the lines; 1 is a sound deck, 0.011 µs from line to line."),
    .init(
      "noise", \.noise, .number(0...0.3, suggested: 0...0.02),
      "Deviation of the noise in coded values, stronger in the dark."),
    .init(
      "head-switching", \.headSwitching, .number(0...1),
      "The torn last lines, where the deck changes heads, and the bent first ones."),
    .init("tracking", \.tracking, .number(0...1), "Strength of a band where the head misses its track."),
    .init(
      "tracking-position", \.trackingPosition, .number(-0.5...1.5, suggested: 0...1),
      "Height of that band, from the top."),
    .init(
      "dropouts", \.dropouts, .number(0...1), "Bright and dark streaks where the coating has flaked off."),
    .init("generations", \.generations, .integer(1...12), "Copies of copies; 1 is the first recording."),
    .init(
      "line-depth", \.lineDepth, .number(0...1, suggested: 0...0.3), "How dark it is between the scan lines."),
  ]

  public init() {}

  /// The active part of a line, microseconds: it spans the picture's width.
  static let activeLine = 52.6
  /// Samples on a line at bandwidth 1: four in a cycle of the color carrier.
  static let samples = 910.0
  /// Light brighter than this looks no different on a tape.
  private static let brightest: Float = 1e4

  /// How much lower than the picture color lies, lines.
  var chromaSink: Double { Double(chromaDrop) + Double(generations - 1) }

  /// The height of a line, pixels.
  private func pitch(_ geometry: Geometry) -> Double { Double(geometry.trimHeight) / Double(max(1, lines)) }

  public func reach(in geometry: Geometry) -> Reach {
    let settings = fitted(to: geometry)
    // The lines that a pixel sees, and those that color comes down from.
    let lines = chromaSink + 5
    // Along a line: what the filters see, how far faults and the delay of color push it, the samples under the
    // splines of shifting and drawing, and the sample that a part's edge cuts.
    let faults = TapeFaults(settings: settings, seed: Seed(0))
    let samples =
      Double(TapeFilters.reach(settings)) + faults.farthestShift + abs(faults.delay) + VHS.splineSamples
    let pitchX = Double(geometry.trimWidth) / faults.width
    return Reach(
      x: Int(min(Double(Reach.everything), (samples * pitchX).rounded(.up) + 2)),
      y: Int((lines * settings.pitch(geometry)).rounded(.up)) + 2)
  }

  /// Samples to either side under the cubic splines (two each for shifting and drawing), one more for each that
  /// a whole number is rounded, and one for the sample that a part's edge cuts.
  private static let splineSamples = 8.0

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard !region.isEmpty else { return 0 }
    let tape = TapeRaster.Layout(
      settings: fitted(to: context.geometry), region: region, geometry: context.geometry)
    // Each thread holds the lines that one row sees, and every pixel the weights of its samples and lines.
    let taps = Int((1 / tape.pitchY).rounded(.up)) + 5
    let columnTaps = Int((1 / tape.pitchX).rounded(.up)) + 5
    return 4 * Plane.bytes(width: tape.planeWidth, height: tape.lines.count)
      + context.workers.count * (taps * (region.width + 8) + 8 * tape.samples.count) * 16
      + (region.width * columnTaps + region.height * (taps + 3)) * 4
  }

  /// A raster much finer than the picture would cost memory and show nothing: at most eight lines for a row.
  private func fitted(to geometry: Geometry) -> VHS {
    var tape = self
    tape.lines = max(1, min(lines, 8 * max(1, geometry.trimHeight)))
    return tape
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    guard !frame.region.isEmpty else { return }
    let settings = fitted(to: context.geometry)
    let tape = try TapeRaster(settings: settings, region: frame.region, geometry: context.geometry)
    record(frame, on: tape, workers: context.workers)
    let faults = TapeFaults(
      settings: settings, seed: context.seed.derived("vhs").derived(context.moment.frame))
    play(tape, faults, onto: frame, context, mixer)
  }

  /// Puts the picture on the raster and limits its bands.
  private func record(_ frame: Framebuffer, on tape: TapeRaster, workers: Workers) {
    let filters = TapeFilters(self)
    let batch = 4
    workers.each((tape.lines.count + batch - 1) / batch) { job in
      let capture = LineCapture(
        region: frame.region, origin: tape.originX, pitch: tape.pitchX, samples: tape.samples)
      let padding = max(filters.luma.reach, filters.chroma.reach) + 8
      let scratch = UnsafeMutablePointer<Float>.allocate(capacity: tape.samples.count + 2 * padding + 16)
      defer { scratch.deallocate() }
      for index in job * batch..<min(tape.lines.count, (job + 1) * batch) {
        let top = tape.originY + Double(tape.lines.lowerBound + index) * tape.pitchY
        capture.capture(frame, top: top, bottom: top + tape.pitchY, limit: VHS.brightest)
        tape.opaque[index] = capture.isOpaque
        VideoColor.encode(capture.samples, count: capture.count)
        for (channel, plane) in tape.planes.enumerated() {
          if channel == 3, capture.isOpaque { continue }
          let filter = channel == 1 || channel == 2 ? filters.chroma : filters.luma
          let source = capture.samples[channel]
          let reach = filter.reach
          for i in 0..<reach {
            scratch[i] = source[0]
            scratch[reach + capture.count + i] = source[capture.count - 1]
          }
          (scratch + reach).update(from: source, count: capture.count)
          for i in 0..<8 { scratch[2 * reach + capture.count + i] = 0 }
          filter.apply(scratch, count: capture.count, into: plane.row(index))
        }
      }
    }
  }

  /// Draws the lines onto the picture.
  private func play(
    _ tape: TapeRaster, _ faults: TapeFaults, onto frame: Framebuffer, _ context: EffectContext,
    _ mixer: (any RowMixer)?
  ) {
    let region = frame.region
    let beam = Beam(
      rows: region.rows, origin: tape.originY, pitch: tape.pitchY, depth: Double(lineDepth))
    let columns = AreaTaps(
      region.columns, origin: tape.originX + tape.pitchX * 0.5, cell: tape.pitchX)
    // Lines are made once for a strip and once more at its seams: strips hold many lines.
    let strip =
      context.workers.bandHeight
      ?? max(64, min(region.height / max(1, 2 * context.workers.count) + 1, Int(24 * tape.pitchY)))
    context.workers.each((region.height + strip - 1) / strip) { job in
      let reader = TapeReader(tape: tape, faults: faults, columns: columns, taps: beam.taps)
      let memory = RowMemory(width: region.width, for: mixer)
      for i in job * strip..<min(region.height, (job + 1) * strip) {
        let y = region.minY + i
        memory.changing(frame.row(y), x: region.minX, y: y) { reader.draw($0, row: i, beam: beam) }
      }
    }
  }
}

/// The signal on its raster: Y', I, Q and alpha, a row for each line.
///
/// Written once, each line by one thread, and only read afterwards: therefore `Sendable` without a lock.
final class TapeRaster: @unchecked Sendable {
  let layout: Layout
  /// The first sample of the whole picture, where what runs along a line begins.
  let firstSample: Int
  let planes: [Plane]
  /// For each held line whether nothing of it is transparent.
  let opaque: UnsafeMutablePointer<Bool>

  var lines: Range<Int> { layout.lines }
  var samples: Range<Int> { layout.samples }
  var originX: Double { layout.originX }
  var originY: Double { layout.originY }
  var pitchX: Double { layout.pitchX }
  var pitchY: Double { layout.pitchY }

  /// How the raster lies on the picture.
  struct Layout: Sendable {
    /// Lines and samples that the planes hold; 0 is the first of the trimmed picture.
    let lines, samples: Range<Int>
    /// Left edge of sample 0 and upper edge of line 0, pixels.
    let originX, originY: Double
    /// Size of a sample, pixels.
    let pitchX, pitchY: Double

    var planeWidth: Int { samples.count + 8 }

    init(settings: VHS, region: PixelRect, geometry: Geometry) {
      originX = Double(geometry.bleed)
      originY = Double(geometry.bleed)
      pitchX = Double(geometry.trimWidth) / (VHS.samples * max(0.25, Double(settings.bandwidth))).rounded()
      pitchY = Double(geometry.trimHeight) / Double(max(1, settings.lines))
      func range(_ low: Int, _ high: Int, _ origin: Double, _ pitch: Double) -> Range<Int> {
        let first = Int(((Double(low) - origin) / pitch).rounded(.down))
        return first..<max(first + 1, Int(((Double(high) - origin) / pitch).rounded(.up)))
      }
      samples = range(region.minX, region.maxX, originX, pitchX)
      lines = range(region.minY, region.maxY, originY, pitchY)
    }
  }

  init(settings: VHS, region: PixelRect, geometry: Geometry) throws(OutOfMemory) {
    layout = Layout(settings: settings, region: region, geometry: geometry)
    let whole = Layout(settings: settings, region: geometry.bounds, geometry: geometry)
    firstSample = min(layout.samples.lowerBound, whole.samples.lowerBound)
    var planes: [Plane] = []
    for _ in 0..<4 { planes.append(try Plane(width: layout.planeWidth, height: layout.lines.count)) }
    self.planes = planes
    opaque = .allocate(capacity: layout.lines.count)
    opaque.update(repeating: false, count: layout.lines.count)
  }

  deinit { opaque.deallocate() }

  /// Where a line is held; the nearest one for lines that are not.
  func index(_ line: Int) -> Int { min(lines.count - 1, max(0, line - lines.lowerBound)) }
}

/// How the lines of the tube add up to rows of the picture: a Gaussian spot moving along each line, averaged
/// over the height of a pixel.
struct Beam: Sendable {
  /// Lines that one row sees.
  let taps: Int
  let first: [Int]
  /// `taps` weights for each row, which add up to 1.
  let weights: [Float]
  /// How much brighter than the mean the row lies: the profile of the scan lines.
  let profile: [Float]

  /// - Parameter depth: the loss of light between the lines, as a share of the mean, from peak to trough.
  init(rows: Range<Int>, origin: Double, pitch: Double, depth: Double) {
    // Spots of deviation s, one line apart, add up to 1 + 2 exp(−2 π² s²) cos(2 π v) (Poisson summation).
    let deviation = (log(4 / max(0.008, min(1, depth))) / 2).squareRoot() / Double.pi
    /// The normal distribution from 0 to x.
    func normal(_ x: Double) -> Double { 0.5 * erf(x * 0.5.squareRoot()) }
    let footprint = 1 / pitch
    taps = Int(footprint.rounded(.up)) + 5
    var first: [Int] = []
    var weights: [Float] = []
    var profile: [Float] = []
    for row in rows {
      let low = (Double(row) - origin) / pitch
      let high = low + footprint
      let start = Int((low - 2.5).rounded(.down))
      var sum = 0.0
      var values: [Double] = []
      for tap in 0..<taps {
        let center = Double(start + tap) + 0.5
        let value = (normal((high - center) / deviation) - normal((low - center) / deviation)) / footprint
        values.append(value)
        sum += value
      }
      first.append(start)
      weights += values.map { Float($0 / sum) }
      profile.append(depth > 0 ? Float(sum - 1) : 0)
    }
    self.first = first
    self.weights = weights
    self.profile = profile
  }
}
