import Catalog
import Raster

/// A home video tape, played back on a picture tube.
///
/// The picture is put on a signal raster of its own: `lines` lines over the picture's height, samples by the
/// bandwidth, gamma-coded Y'IQ. What tape does is done there, in megahertz, microseconds, lines and decibels. Then
/// every line is drawn onto the picture with a beam, in linear light. The look therefore does not depend on the
/// picture's size, and its cost hardly does: scan lines and noise are as fine as the raster, and average out in a
/// small draft.
///
/// The way of the signal: ``TapeRecorder`` captures lines, codes them (``VideoColor``: knee and white clip for light
/// above white), and takes luma through ``FMChannel``, once for each copy, and color through its band under it.
/// ``TapeFaults`` knows how strong the carrier is where, and when lines begin. ``TapePlayer`` covers dropouts, straightens
/// lines or does not, combs and decodes, and a ``Beam`` draws what comes out. ``SignalChain`` holds the filters, which
/// are designed so that the whole has the bandwidths that are stated.
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
    /// How far the color of a deck at home lags behind, µs: its filters are the slower, the narrower their band.
    var delay: Double { [.sp: 0.2, .lp: 0.28, .ep: 0.36][self] ?? 0.2 }
    /// Narrower tracks are noisier.
    var noise: Double { [.sp: 1, .lp: 1.25, .ep: 1.6][self] ?? 1 }
  }

  var speed = Speed.sp
  var lines = 480
  var bandwidth: Float = 1
  var fm = true
  var sharpness: Float = 0.3
  var ringing: Float = 0.3
  var bearding: Float = 0
  /// Microseconds; nil for that of the speed.
  var chromaDelay: Double?
  /// Lines.
  var chromaDrop: Float = 0.5
  var jitter: Float = 3
  /// Degrees.
  var hueJitter: Float = 1
  var noise: Float = 0.009
  var chromaNoise: Float = 0.006
  var ghosting: Float = 0
  /// Microseconds.
  var ghostDelay: Float = 1.6
  var headSwitching: Float = 0.5
  var tracking: Float = 0
  var trackingPosition: Float = 0.82
  var crease: Float = 0
  var creasePosition: Float = 0.3
  /// Picture heights a second.
  var creaseSpeed: Float = 0.12
  var clog: Float = 0
  var dropouts: Float = 0.06
  var compensation: Float = 0.5
  var generations = 1
  var lineDepth: Float = 0.12

  public static let parameters: [Parameter<VHS>] = [
    .init("vhs", \.speed, .choice, "The speed of the tape: sp is the sharpest, ep the softest."),
    .init(
      "lines", \.lines, .integer(60...2400),
      "Scan lines over the picture's height: 480 or 576 as on television, 600 to 1000 for posters."),
    .init(
      "bandwidth", \.bandwidth, .number(0.5...4, suggested: 1...3, unit: .times),
      "Fineness along the line beside a real tape; 2.5 suits posters."),
    .init(
      "fm", \.fm, .flag,
      "Whether brightness is recorded by frequency modulation, whose clips smear hard edges. Without it only its band is limited."
    ),
    .init("sharpness", \.sharpness, .number(0...1), "The deck's edge boost, which leaves light seams."),
    .init("ringing", \.ringing, .number(0...1), "Waves that follow hard edges to the right."),
    .init(
      "bearding", \.bearding, .number(0...1), "How far the brightest edges tear into black, as on worn tape."),
    .init(
      "chroma-delay", \.chromaDelay, Codec<Double>.number(-3...3, suggested: 0...0.5).optional,
      "How far color lags behind, in microseconds; a line takes 52.6. By default 0.2 at sp, 0.28 at lp and 0.36 at ep."
    ),
    .init(
      "chroma-drop", \.chromaDrop, .number(0...8, suggested: 0...2, unit: .lines),
      "How far color sinks below its outlines; half a line is what a deck's comb filter does."),
    .init(
      "jitter", \.jitter, .number(0...20, suggested: 0...6),
      "Unsteadiness of the lines; 1 is a studio deck, 0.011 µs from line to line, 3 one at home."),
    .init(
      "hue-jitter", \.hueJitter, .number(0...90, suggested: 0...8),
      "Unsteadiness of hue from line to line, degrees."),
    .init(
      "noise", \.noise, .number(0...0.3, suggested: 0...0.02),
      "Deviation of the noise of brightness in coded values, stronger in the dark."),
    .init(
      "chroma-noise", \.chromaNoise, .number(0...0.3, suggested: 0...0.02),
      "Deviation of the noise of color in coded values: smears along the lines."),
    .init(
      "ghosting", \.ghosting, .number(0...1), "A second, weaker picture beside the first, from the aerial."),
    .init(
      "ghost-delay", \.ghostDelay, .number(-8...8, suggested: -2...3),
      "How far to the right the ghost stands, in microseconds."),
    .init(
      "head-switching", \.headSwitching, .number(0...1),
      "The torn last lines, where the deck changes heads, and the bent first ones."),
    .init("tracking", \.tracking, .number(0...1), "Strength of a band where the head misses its track."),
    .init(
      "tracking-position", \.trackingPosition, .number(-0.5...1.5, suggested: 0...1),
      "Height of that band, from the top."),
    .init(
      "crease", \.crease, .number(0...1), "Strength of a fold in the tape that runs through the picture."),
    .init(
      "crease-position", \.creasePosition, .number(-0.5...1.5, suggested: 0...1),
      "Where the crease is in the first moment, from the top."),
    .init(
      "crease-speed", \.creaseSpeed, .number(-10...10, suggested: -0.5...0.5),
      "Heights of the picture by which the crease sinks in a second; rounded where the preset loops."),
    .init("clog", \.clog, .number(0...1), "Dirt on one of the two heads: every other line drowns in noise."),
    .init("dropouts", \.dropouts, .number(0...1), "Places where the coating has flaked off."),
    .init(
      "compensation", \.compensation, .number(0...1),
      "Share of the dropouts that the deck covers with the line before; the others are streaks."),
    .init("generations", \.generations, .integer(1...12), "Copies of copies; 1 is the first recording."),
    .init(
      "line-depth", \.lineDepth, .number(0...1, suggested: 0...0.3), "How dark it is between the scan lines."),
  ]

  public init() {}

  /// The active part of a line, microseconds: it spans the picture's width.
  static let activeLine = 52.6
  /// Samples on a line at bandwidth 1, 17.3 MHz: enough for the sidebands of the frequency modulation.
  static let samples = 910.0
  /// Cycles in a sample of a frequency of 1 MHz. Samples grow with the bandwidth: this does not.
  static let cyclesPerMegahertz = activeLine / samples
  /// Light brighter than this looks no different on a tape.
  static let brightest: Float = 1e4

  /// Samples over the picture's width.
  var width: Double { (VHS.samples * Double(max(0.25, min(8, bandwidth)))).rounded() }
  /// Height that a line sees, lines: each copy is read from between the lines of the one before.
  var lineHeight: Double { min(3, 1 + 0.55 * Double(generations - 1)) }
  /// How much lower than the picture color lies, lines.
  var chromaSink: Double { Double(chromaDrop) + Double(generations - 1) }

  /// The height of a line, pixels.
  private func pitch(_ geometry: Geometry) -> Double { Double(geometry.trimHeight) / Double(max(1, lines)) }

  /// Along a line everything counts: what frequency modulation does to an edge has no end, and lines are torn.
  public func reach(in geometry: Geometry) -> Reach {
    let settings = fitted(to: geometry)
    // The lines that a pixel sees, those that color comes down from and those that cover dropouts.
    let lines = settings.chromaSink + Double(TapePlayer.farthestLine) + 5 + settings.lineHeight - 1
    return Reach(x: Reach.everything, y: Int((lines * settings.pitch(geometry)).rounded(.up)) + 2)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard !region.isEmpty else { return 0 }
    let settings = fitted(to: context.geometry)
    let layout = TapeRaster.Layout(settings: settings, region: region, geometry: context.geometry)
    let taps = Beam.taps(pitch: layout.pitchY)
    let columnTaps = Int((1 / layout.pitchX).rounded(.up)) + 5
    return TapeRaster.bytes(layout)
      + context.workers.count
      * max(
        TapeRecorder.bytes(layout, width: region.width),
        TapePlayer.bytes(layout, width: region.width, taps: taps))
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
    let faults = TapeFaults(
      settings: settings, seed: context.seed.derived("vhs"), moment: context.moment)
    let chain = SignalChain(settings)
    let blocks = tape.layout.blocks
    // A recorder's tables and buffers serve some blocks; with many jobs no thread waits for the last one.
    let batch = max(1, blocks / (8 * context.workers.count))
    context.workers.each((blocks + batch - 1) / batch) { job in
      let recorder = TapeRecorder(tape: tape, faults: faults, chain: chain, region: frame.region)
      for block in job * batch..<min(blocks, (job + 1) * batch) { recorder.record(frame, block: block) }
    }
    play(tape, faults, chain, onto: frame, context, mixer)
  }

  /// Draws the lines onto the picture.
  private func play(
    _ tape: TapeRaster, _ faults: TapeFaults, _ chain: SignalChain, onto frame: Framebuffer,
    _ context: EffectContext, _ mixer: (any RowMixer)?
  ) {
    let region = frame.region
    let layout = tape.layout
    let beam = Beam(
      rows: region.rows, origin: layout.originY, pitch: layout.pitchY, depth: Double(lineDepth))
    let columns = AreaTaps(
      region.columns, origin: layout.originX + layout.pitchX * 0.5, cell: layout.pitchX)
    // Lines are made once for a strip and once more at its seams: strips hold many lines.
    let strip =
      context.workers.bandHeight
      ?? max(32, min(region.height / max(1, 2 * context.workers.count) + 1, Int(48 * layout.pitchY)))
    context.workers.each((region.height + strip - 1) / strip) { job in
      let player = TapePlayer(tape: tape, faults: faults, chain: chain, columns: columns, taps: beam.taps)
      let memory = RowMemory(width: region.width, for: mixer)
      for i in job * strip..<min(region.height, (job + 1) * strip) {
        let y = region.minY + i
        memory.changing(frame.row(y), x: region.minX, y: y) { player.draw($0, row: i, beam: beam) }
      }
    }
  }
}
