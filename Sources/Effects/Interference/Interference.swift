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

/// A set that receives more than its station: what comes in by the aerial and the mains beside the picture.
///
/// Everything is added where a set's detector adds it, to the coded brightness of a line (here the square root of light,
/// within a few hundredths a camera's curve), so that it is as plain over black as over gray: the beat of another
/// transmitter on the same channel (``CoChannel``), the fine herringbones of a carrier within the band, with a breath of
/// color where it comes near the subcarrier, noise, and the sparks of engines (``Ignition``). The mains ripple the gain
/// and the deflection in broad bars that crawl up, an echo by way of a hillside follows the picture to the right, and
/// where the other's field pulse passes, lines are pulled aside. A waveform is drawn on top of it by a beam
/// (``BeamTrace``). All of it moves in time, noise is new in every frame.
public struct Interference: MixingEffect {
  public static let name = "interference"
  public static let summary =
    "A disturbed reception: another station's beat and picture, hum bars, herringbones, ghosts, sparks and noise."

  var amount: Float = 0.6
  var bands: Float = 0.5
  var station: Float = 0.5
  var carrier: Float = 0.4
  var ghost: Float = 0.4
  var ignition: Float = 0.4
  var snow: Float = 0.5
  var waveform: Float = 0
  var position: Double = 0.46
  var height: Double = 0.11
  var color = LinearColor(0.3, 1, 0.85)
  var speed: Double = 0.25

  public static let parameters: [Parameter<Interference>] = [
    .init(
      "interference", \.amount, .number(0...1, suggested: 0.2...0.9), "How bad the reception is."),
    .init(
      "bands", \.bands, .number(0...1),
      "Hum of the mains: broad soft bars that crawl upwards and sway the lines; the signal is weaker there."),
    .init(
      "station", \.station, .number(0...1),
      "A second station on the channel: bars of its beat, its test card in them, and its blanking that drifts through."
    ),
    .init(
      "carrier", \.carrier, .number(0...1),
      "Fine slanting herringbones of a carrier within the channel, and faint stripes of color."),
    .init(
      "ghost", \.ghost, .number(0...1),
      "An echo of the picture, beside it to the right, which swells and fades."
    ),
    .init(
      "ignition", \.ignition, .number(0...1),
      "Sparks of engines: bursts of short white dashes with black tails, a few lines at a time."),
    .init(
      "snow", \.snow, .number(0...1), "Noise and its comets, most of it where the signal is weak."),
    .init("waveform", \.waveform, .number(0...1), "A sound's waveform, drawn over the picture by a beam."),
    .init(
      "position", \.position, .number(-0.5...1.5, suggested: 0.2...0.8),
      "Height of the waveform's middle, from the top."),
    .init(
      "height", \.height, .length(0...1, suggested: 0.03...0.25),
      "How far the waveform swings to either side."),
    .init("color", \.color, .color, "Light of the waveform."),
    .init(
      "speed", \.speed, .number(-4...4, suggested: 0.05...1, unit: .hertz),
      "How often the waveform crawls past; bars and stations drift slowly. Whole times in a loop."),
  ]

  public static let neutral: Interference? = {
    var interference = Interference()
    interference.amount = 0
    return interference
  }()

  /// Displacement at full strength, shares of the height: of lines that the mains sway, of those that the other's
  /// field pulse pulls, of unsteady ones.
  fileprivate static let bend = 0.012, pull = 0.03, jitter = 0.0035
  /// Where echoes lie and how strong they are beside each other. A picture four thirds as wide as high is written in
  /// 52.6 µs: 0.055 of the height are 2.2 µs, 650 m of a detour.
  fileprivate static let echoes: [(delay: Double, share: Float)] = [(0.055, 0.38), (0.021, -0.14)]

  public init() {}

  private var farthest: Double {
    Double(amount)
      * (Double(bands) * Interference.bend + Double(station) * Interference.pull
        + Double(max(bands, snow)) * Interference.jitter)
  }

  private func margin(_ geometry: Geometry) -> Int {
    let echo = ghost > 0 ? Interference.echoes.map(\.delay).max() ?? 0 : 0
    return Int(geometry.pixels(farthest + echo).rounded(.up)) + 4
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    return Reach(x: margin(geometry) + 4, y: 0)
  }

  private func hasSignal(_ geometry: Geometry) -> Bool {
    // Lines of a thirtieth of a pixel are gray.
    (snow > 0 || station > 0 || carrier > 0 || ignition > 0) && geometry.pixels(RadioNoise.line) > 1.0 / 32
  }

  private func hasTrace(_ geometry: Geometry) -> Bool {
    waveform > 0 && geometry.pixels(BeamTrace.line) > 1.0 / 32
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let geometry = context.geometry
    let rows = region.width + 16
    func taps(_ cell: Double) -> Int { Int((1 / max(1.0 / 32, geometry.pixels(cell))).rounded(.up)) + 5 }
    let (signal, trace) = (taps(RadioNoise.line), hasTrace(geometry) ? taps(BeamTrace.line) : 0)
    return context.workers.count
      * (ShiftedLine.bytes(width: region.width, margin: margin(geometry))
        + (signal + trace + 16) * rows * 4)
      + (rows + region.height) * (signal + trace + 8) * 4 + 64 * rows
  }

  private static func taps(_ range: Range<Int>, _ cell: Double, _ geometry: Geometry) -> AreaTaps {
    AreaTaps(range, origin: Double(geometry.bleed), cell: max(1.0 / 64, geometry.pixels(cell)))
  }

  private struct Drawing: Sendable {
    let trace: BeamTrace
    let columns, lines: AreaTaps
  }

  private func drawing(_ region: PixelRect, _ context: EffectContext) -> Drawing {
    let columns = Interference.taps(region.columns, BeamTrace.sample, context.geometry)
    let lines = Interference.taps(region.rows, BeamTrace.line, context.geometry)
    let trace = BeamTrace(
      position: position, height: height, speed: speed, columns: columns, moment: context.moment,
      seed: context.seed.derived("voice"))
    return Drawing(trace: trace, columns: columns, lines: lines)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let columns = Interference.taps(region.columns, RadioNoise.sample, geometry)
    let lines = Interference.taps(region.rows, RadioNoise.line, geometry)
    let reception = Reception(self, region, context)
    let isReceived = hasSignal(geometry)
    let drawing = hasTrace(geometry) ? drawing(region, context) : nil
    let margin = margin(geometry)
    let scale = Double(geometry.trimHeight)
    let strip = context.workers.bandHeight ?? 64
    context.workers.each((region.height + strip - 1) / strip) { job in
      let line = ShiftedLine(width: region.width, margin: margin, beyond: .mirrored)
      let memory = RowMemory(width: region.width, for: mixer)
      let signal = isReceived ? LatticeStrip(columns: columns, fields: 1, taps: lines.count) : nil
      let beam = drawing.map { LatticeStrip(columns: $0.columns, fields: 1, taps: $0.lines.count) }
      for i in job * strip..<min(region.height, (job + 1) * strip) {
        let y = region.minY + i
        let received = signal.map {
          $0.combine(lines, row: i) { j, _, start, count, cells in
            reception.receive(j, from: start, count: count, into: cells)
          }
        }
        var written: UnsafePointer<Float>?
        let place = (Double(y - geometry.bleed) + 0.5) / scale
        if let drawing, let beam, drawing.trace.touches(place, within: 1 / scale) {
          written = beam.combine(drawing.lines, row: i) { j, _, start, count, cells in
            drawing.trace.fill(j, from: start, count: count, into: cells)
          }
        }
        let pieces = reception.shifts.pieces(row: y)
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          if !pieces.isEmpty { row.slide(pieces, scale: scale, through: line, wholePixels: false) }
          reception.disturb(row, x: region.minX, y: y, signal: received, echoes: line)
          if let written { row.add(written, color: color, strength: 3 * amount * waveform) }
        }
      }
    }
  }
}

extension Row {
  /// Adds the light of a beam where there is a body to see it on.
  fileprivate func add(_ light: UnsafePointer<Float>, color: LinearColor, strength: Float) {
    let (red, green, blue) = (Float(color.red), Float(color.green), Float(color.blue))
    // A beam that is driven hard is white in its middle.
    mapVectors { r, g, b, a, i in
      let t = v8_load(light + i) * strength * v8_clamp(a, 0, 1)
      let core = t * t / (t + 6) * 0.5
      r += t * red + core
      g += t * green + core
      b += t * blue + core
    }
  }
}

/// What a set makes of its aerial's and its mains' disturbances at one moment.
private struct Reception: Sendable {
  private(set) var shifts: RowShifts
  private let amount: Float
  private let settings: Interference
  private let origin, scale: Double
  private let bandTurn: Double
  /// Turns of the herringbones in their picture's corner, and of the color that they make.
  private let carrierTurn, colorTurn: Double
  private let colorShare: Float
  private let echoStrength: Float
  private let other: CoChannel
  private let sparks: Ignition
  private let noise: RadioNoise

  private static let brightest: Float = 1e30
  /// Cycles of the herringbones over the picture's height, along lines and from line to line.
  private static let carrier = (x: 66.0, y: 19.0)
  /// The same of their color.
  private static let rainbow = (x: 7.0, y: 3.0)

  init(_ settings: Interference, _ region: PixelRect, _ context: EffectContext) {
    self.settings = settings
    amount = settings.amount
    let geometry = context.geometry
    let seed = context.seed.derived("interference")
    let time = SlowTime(context.moment)
    origin = Double(geometry.bleed)
    scale = Double(max(1, geometry.trimHeight))
    func turn(_ rate: Double, _ index: Int) -> Double {
      let turns = time.turns(rate: settings.speed * rate) + seed.unit(index)
      return turns - turns.rounded(.down)
    }
    bandTurn = turn(0.4, 0)
    carrierTurn = turn(9, 1)
    colorTurn = turn(2, 2)
    let slant = Reception.rainbow.x + 2 * Reception.rainbow.y
    colorShare = Float(PatternFade.share(frequency: slant / scale))
    // The carrier of the echo turns against the one that comes directly.
    echoStrength = settings.amount * settings.ghost * Float(0.55 + 0.45 * cosine(ofTurns: turn(0.6, 3)))
    other = CoChannel(
      width: Double(max(1, geometry.trimWidth)) / scale, across: turn(0.2, 4), down: turn(0.08, 5),
      beat: turn(1.6, 6))
    let frame = context.seed.derived("static").derived(context.moment.frame)
    sparks = Ignition(turn: turn(0.7, 7), frame.derived("ignition"))
    noise = RadioNoise(frame)

    // Lines: swayed by the mains, pulled by the other's field pulse, a little unsteady where the signal is weak.
    var shifts = RowShifts(region, geometry)
    let all = Double(settings.amount)
    let unsteady = seed.derived("line").derived(context.moment.frame)
    for line in shifts.range {
      let place = (Double(line) + 0.5) / Double(RowShifts.lines)
      let weak = Reception.weakness(place, bandTurn)
      let ripple = place + bandTurn
      let sway = cosine(ofTurns: ripple) * 0.74 + cosine(ofTurns: 2 * ripple + 0.2) * 0.26
      var shift = all * Double(settings.bands) * Interference.bend * sway
      shift += all * Double(settings.station) * Interference.pull * other.pull(at: place)
      let loose = Double(max(settings.bands, settings.snow)) * weak
      shift += all * loose * Interference.jitter * (2 * unsteady.unit(line) - 1)
      shifts[line] = SIMD3(repeating: shift)
    }
    self.shifts = shifts
  }

  /// How weak the signal is at a height, 0…1: the ripple of the mains after both half-waves, one a little stronger.
  private static func weakness(_ place: Double, _ turn: Double) -> Double {
    func bump(_ center: Double, _ width: Double) -> Double {
      let d = place + turn - center
      let off = (d - (d + 0.5).rounded(.down)) / width
      return exp(-off * off)
    }
    return min(1, bump(0.28, 0.13) + 0.45 * bump(0.78, 0.1))
  }

  /// Line `j` of what is added to the coded brightness, at samples `start ..< start + count`.
  func receive(_ j: Int, from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let place = (Double(j) + 0.5) * RadioNoise.line
    let weak = Float(Reception.weakness(place, bandTurn))
    let snow = amount * settings.snow * (0.022 + 0.07 * weak * settings.bands + 0.02 * weak)
    if snow > 0 {
      noise.fill(j, from: start, count: count, into: out)
      for k in 0..<count { out[k] *= snow }
    } else {
      out.update(repeating: 0, count: count)
    }
    let (step, first) = (RadioNoise.sample, (Double(start) + 0.5) * RadioNoise.sample)
    if settings.carrier > 0 {
      // It swells and fades down the picture. Its sound turns the stripes to and fro: herringbones.
      let swell = 0.62 + 0.38 * cosine(ofTurns: place * 1.7 - bandTurn * 2)
      let strength = amount * settings.carrier * Float(0.1 * swell)
      let zigzag = place * 9 + 3 * bandTurn
      let tooth = abs(zigzag - (zigzag + 0.5).rounded(.down)) * 2
      let sway = 1.9 * tooth * tooth * (3 - 2 * tooth) + 0.5 * cosine(ofTurns: place * 2.3 + bandTurn)
      let turn = place * Reception.carrier.y + sway + carrierTurn
      for k in 0..<count {
        let t = (first + Double(k) * step) * Reception.carrier.x + turn
        out[k] += strength * Float(cosine(ofTurns: t))
      }
    }
    if settings.station > 0 {
      other.add(place, from: first, step: step, count: count, strength: amount * settings.station, to: out)
    }
    if settings.ignition > 0 {
      sparks.add(j, from: start, count: count, strength: amount * settings.ignition, to: out)
    }
  }

  func disturb(_ row: Row, x: Int, y: Int, signal: UnsafePointer<Float>?, echoes line: ShiftedLine) {
    let place = (Double(y) + 0.5 - origin) / scale
    let weak = Reception.weakness(place, bandTurn)
    let hum = Float(weak) * amount * settings.bands
    let gain = 1 - 0.38 * hum - 0.05 * amount * settings.station
    let pale = 0.035 * hum
    let color = amount * settings.carrier * colorShare * 0.015
    guard signal != nil || hum > 0 || color > 0 || echoStrength > 0 else { return }
    row.mapVectors { r, g, b, _, _ in
      func coded(_ v: v8f) -> v8f {
        let number = v8_select(v8_less_equal(v, v), v, v8_splat(0))
        return v8_sqrt(v8_clamp(number, 0, Reception.brightest))
      }
      (r, g, b) = (coded(r), coded(g), coded(b))
    }
    if echoStrength > 0 {
      for plane in [row.red, row.green, row.blue] {
        line.load(plane)
        for echo in Interference.echoes {
          line.read(
            shift: echo.delay * scale, weight: echo.share * echoStrength, adding: true, into: plane,
            count: row.count)
        }
      }
    }
    let turn = place * Reception.rainbow.y + colorTurn
    let start = Float(turn - turn.rounded(.down))
    let along = Float(Reception.rainbow.x / scale)
    let column = Float(x) + 0.5 - Float(origin)
    let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
    row.mapVectors { r, g, b, a, i in
      let body = v8_clamp(a, 0, 1)
      let d = ((signal.map { v8_load($0 + i) } ?? v8_splat(0)) + pale) * body
      (r, g, b) = (r * gain + d, g * gain + d, b * gain + d)
      if color > 0 {
        let t = (lanes + (column + Float(i))) * along + start
        let (u, v) = (Reception.wave(t) * body * color, Reception.wave(t + 0.25) * body * color)
        r += v * 1.14
        g -= u * 0.395 + v * 0.581
        b += u * 2.03
      }
      func light(_ v: v8f) -> v8f {
        let v = v8_max(v, v8_splat(0))
        return v * v
      }
      (r, g, b) = (light(r), light(g), light(b))
    }
  }

  /// cos(2π t) to about 1e-3.
  @inline(__always)
  private static func wave(_ t: v8f) -> v8f {
    let d = v8_abs(t - v8_floor(t + 0.5))
    let p = v8_splat(0.25) - d
    let q = p * (v8_splat(8) - v8_abs(p) * 16)
    return q * (v8_abs(q) * 0.225 + 0.775)
  }
}
