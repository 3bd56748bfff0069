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

/// A set tuned between two stations: the picture of one, and what comes through of the other.
///
/// Broad bands crawl up the picture and bend its lines; a carrier beside one's own beats with it, in fine slanting
/// stripes; static gathers where the signal is weak. And through all of it a waveform crawls from right to left, a voice that
/// nobody has tuned in, which tugs at the lines around it. All of it moves in time, static is new in every frame.
public struct Interference: MixingEffect {
  public static let name = "interference"
  public static let summary =
    "A set tuned between stations: bands, stripes, static, and a waveform that crawls through."

  var amount: Float = 0.6
  var bands: Float = 0.5
  var carrier: Float = 0.4
  var snow: Float = 0.6
  var waveform: Float = 0.7
  var position: Double = 0.46
  var height: Double = 0.11
  var color = LinearColor(0.3, 1, 0.85)
  var speed: Double = 0.25

  public static let parameters: [Parameter<Interference>] = [
    .init(
      "interference", \.amount, .number(0...1, suggested: 0.2...0.9), "How far the set is off its station."),
    .init("bands", \.bands, .number(0...1), "Broad bands that crawl upwards and bend the lines."),
    .init("carrier", \.carrier, .number(0...1), "Fine slanting stripes of a carrier close by."),
    .init("snow", \.snow, .number(0...1), "Static, most of it where the signal is weak."),
    .init("waveform", \.waveform, .number(0...1), "The trace of another station's sound."),
    .init(
      "position", \.position, .number(-0.5...1.5, suggested: 0.2...0.8),
      "Height of the waveform's middle, from the top."),
    .init(
      "height", \.height, .length(0...1, suggested: 0.03...0.25),
      "How far the waveform swings to either side."),
    .init("color", \.color, .color, "Light of the waveform."),
    .init(
      "speed", \.speed, .number(-4...4, suggested: 0.05...1, unit: .hertz),
      "How often the waveform crawls past; the bands follow slowly. Whole times in a loop."),
  ]

  public static let neutral: Interference? = {
    var interference = Interference()
    interference.amount = 0
    return interference
  }()

  /// Displacement of the most bent lines at full strength, shares of the height.
  fileprivate static let bend = 0.035, tug = 0.03, jitter = 0.0035
  /// Static: height and width of a grain, shares of the height.
  fileprivate static let line = 1.0 / 480, dash = 1.0 / 260

  public init() {}

  private var farthest: Double {
    let strength = Double(amount)
    return strength
      * (Double(bands) * Interference.bend + Double(waveform) * Interference.tug
        + Double(max(bands, snow)) * Interference.jitter)
  }

  private func margin(_ geometry: Geometry) -> Int { Int(geometry.pixels(farthest).rounded(.up)) + 2 }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    return Reach(x: margin(geometry) + 4, y: 0)
  }

  private func hasSnow(_ geometry: Geometry) -> Bool {
    // A grain of a thirtieth of a pixel is gray.
    (snow > 0 || waveform > 0) && geometry.pixels(Interference.line) > 1.0 / 32
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let geometry = context.geometry
    let taps = Int((1 / max(1.0 / 32, geometry.pixels(Interference.line))).rounded(.up)) + 5
    let rows = region.width + 16
    return context.workers.count
      * (ShiftedLine.bytes(width: region.width, margin: margin(geometry)) + (taps + 8) * rows * 4)
      + (rows + region.height) * (taps + 4) * 4 + 16 * rows
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let station = Station(self, region, context)
    let margin = margin(geometry)
    let grain = hasSnow(geometry)
    let columns = AreaTaps(
      region.columns, origin: Double(geometry.bleed), cell: max(1.0 / 64, geometry.pixels(Interference.dash)))
    let lines = AreaTaps(
      region.rows, origin: Double(geometry.bleed), cell: max(1.0 / 64, geometry.pixels(Interference.line)))
    let seed = context.seed.derived("static").derived(context.moment.frame).low
    let scale = Double(geometry.trimHeight)
    let strip = context.workers.bandHeight ?? 64
    context.workers.each((region.height + strip - 1) / strip) { job in
      let line = ShiftedLine(width: region.width, margin: margin, beyond: .mirrored)
      let memory = RowMemory(width: region.width, for: mixer)
      let noise = grain ? LatticeStrip(columns: columns, fields: 1, taps: lines.count) : nil
      for i in job * strip..<min(region.height, (job + 1) * strip) {
        let y = region.minY + i
        let field = noise.map { $0.combine(lines, row: i, seeds: [seed]) }
        let pieces = station.shifts.pieces(row: y)
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          if !pieces.isEmpty { row.slide(pieces, scale: scale, through: line, wholePixels: false) }
          station.disturb(row, x: region.minX, y: y, noise: field)
        }
      }
    }
  }
}

/// What comes through of another station at one moment.
private struct Station: Sendable {
  let shifts: RowShifts
  private let settings: Interference
  private let amount: Float
  private let origin, scale: Double
  private let bandTurn: Double
  /// The carrier: turns for a pixel to the right and down, and at the picture's corner.
  private let carrierX, carrierY, carrierTurn: Double
  private let carrierShare: Float
  /// The trace: where a pen as wide as it begins and ends at each column, pixels of the whole picture; its light there.
  private let traceTop, traceBottom: [Float]
  private let light: [Float]
  private let inverseWidth: Float
  /// Beyond this many pixels from the position the trace is not seen.
  private let farthest: Float
  private let middle: Float

  /// Half the width of the trace, shares of the height.
  private static let core = 0.0022
  private static let brightest: Float = 1e30

  init(_ settings: Interference, _ region: PixelRect, _ context: EffectContext) {
    self.settings = settings
    amount = settings.amount
    let geometry = context.geometry
    let seed = context.seed.derived("interference")
    let time = SlowTime(context.moment)
    origin = Double(geometry.bleed)
    scale = Double(max(1, geometry.trimHeight))
    let roll = time.turns(rate: settings.speed * 0.4) + seed.unit(0)
    bandTurn = roll - roll.rounded(.down)
    // About 46 stripes to the height, on the slant.
    carrierX = 46 / scale
    carrierY = 19 / scale
    let crawl = time.turns(rate: settings.speed * 9) + seed.unit(1)
    carrierTurn = crawl - crawl.rounded(.down)
    carrierShare = Float(
      PatternFade.share(frequency: (carrierX * carrierX + carrierY * carrierY).squareRoot()))

    // The trace.
    let voice = Voice(settings.speed, time, seed.derived("voice"))
    let swing = settings.height * scale
    let torn = seed.derived("torn").derived(context.moment.frame)
    let center = origin + settings.position * scale
    middle = Float(center)
    let strength = settings.waveform * settings.amount
    var (top, bottom, light): ([Float], [Float], [Float]) = ([], [], [])
    // A trace finer than pixels is as much fainter as it is drawn wider.
    let width = max(0.7, Station.core * scale)
    let faint = Float(Station.core * scale / width)
    inverseWidth = Float(1 / width)
    if strength > 0 {
      // The pen covers a column from the lowest to the highest place of its width: steep parts stay whole.
      let (steps, pen) = (2, Int((width * 1.4).rounded(.up)))
      let (left, height) = (Double(region.minX) + 0.5 - origin, scale)
      let samples = (-pen..<steps * (region.width + 8) + pen).map { k in
        voice.value(at: (left + Double(k) / Double(steps)) / height)
      }
      for i in 0..<region.width + 8 {
        let near = samples[steps * i...steps * i + 2 * pen]
        let middle = samples[steps * i + pen]
        top.append(Float(center + swing * (near.map { $0.value }.min() ?? 0)))
        bottom.append(Float(center + swing * (near.map { $0.value }.max() ?? 0)))
        // Static swallows bits of it, new ones in every frame. A beam that runs fast writes faintly.
        let bit = (left + Double(i)) / height / Interference.dash
        let swallowed = torn.unit(Int(max(-1e9, min(1e9, bit.rounded(.down))))) < 0.16
        let slope = middle.slope * settings.height
        let steep = (1 + slope * slope).squareRoot()
        light.append(
          (swallowed ? 0.2 : 1) * strength * faint
            * Float((0.4 + 0.6 * middle.loud) * 2.4 / steep.squareRoot().squareRoot()))
      }
    }
    (traceTop, traceBottom, self.light) = (top, bottom, light)
    farthest = Float(swing * Voice.loudest + 0.12 * scale)

    // Lines: bent in the bands, tugged at by the trace, a little unsteady where the signal is weak.
    var shifts = RowShifts(region, geometry)
    let all = Double(settings.amount)
    let unsteady = seed.derived("line").derived(context.moment.frame)
    let tug = Voice(settings.speed, time, seed.derived("tug"))
    for line in shifts.range {
      let place = (Double(line) + 0.5) / Double(RowShifts.lines)
      let weak = Station.weakness(place, bandTurn)
      var shift = 0.0
      // The bend follows the band's edge: out at its front, back behind it.
      let ahead = Station.weakness(place + 0.03, bandTurn) - Station.weakness(place - 0.03, bandTurn)
      let lean = max(-1, min(1, 1.2 * ahead))
      shift += all * Double(settings.bands) * Interference.bend * lean
      let off = (place - settings.position) / max(0.02, settings.height + 0.03)
      if settings.waveform > 0, abs(off) < 3 {
        let near = exp(-off * off)
        let pull = max(-1, min(1, tug.value(at: place * 4).value))
        shift += all * Double(settings.waveform) * Interference.tug * near * pull
      }
      let loose = max(Double(settings.bands), Double(settings.snow)) * weak
      let chance = 2 * unsteady.unit(line) - 1
      shift += all * loose * Interference.jitter * chance
      shifts[line] = SIMD3(repeating: shift)
    }
    self.shifts = shifts
  }

  /// How weak the signal is at a height: two bands, a broad one and a narrow one, that crawl up together.
  private static func weakness(_ place: Double, _ turn: Double) -> Double {
    func bump(_ center: Double, _ width: Double) -> Double {
      let d = place + turn - center
      let off = (d - (d + 0.5).rounded(.down)) / width
      return exp(-off * off)
    }
    return min(1, bump(0.28, 0.11) + 0.7 * bump(0.71, 0.035))
  }

  /// cos(2π t) to about 1e-3.
  @inline(__always)
  private static func cosine(_ t: v8f) -> v8f {
    let d = v8_abs(t - v8_floor(t + 0.5))
    let p = v8_splat(0.25) - d
    let q = p * (v8_splat(8) - v8_abs(p) * 16)
    return q * (v8_abs(q) * 0.225 + 0.775)
  }

  func disturb(_ row: Row, x: Int, y: Int, noise: UnsafePointer<Float>?) {
    let place = (Double(y) + 0.5 - origin) / scale
    let weak = Station.weakness(place, bandTurn)
    // A band is dark at its front and pale behind.
    let edge = Station.weakness(place + 0.05, bandTurn) - Station.weakness(place - 0.05, bandTurn)
    let gain = 1 - amount * settings.bands * Float(0.5 * weak + 0.4 * edge)
    let pale = amount * settings.bands * Float(0.03 * weak)
    // The carrier swells and fades down the picture, and its stripes sway.
    let swell = 0.55 + 0.45 * cos(2 * .pi * (place * 1.7 - bandTurn * 2))
    let stripes = amount * settings.carrier * carrierShare * Float(0.5 * swell + 0.5 * weak)
    let sway = 0.6 * sin(2 * .pi * (place * 2.3 + bandTurn))
    let turn = (Double(y) + 0.5 - origin) * carrierY + sway + carrierTurn
    let start = Float(turn - turn.rounded(.down))
    let step = Float(carrierX)
    let column = Float(x) + 0.5 - Float(origin)
    let snow = amount * settings.snow * Float(0.28 + 1.2 * weak)
    let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
    let above = Float(y) + 0.5
    let traced = !light.isEmpty && abs(above - middle) < farthest
    let tint = (Float(settings.color.red), Float(settings.color.green), Float(settings.color.blue))
    let inverse = inverseWidth
    traceTop.withUnsafeBufferPointer { top in
      traceBottom.withUnsafeBufferPointer { bottom in
        light.withUnsafeBufferPointer { light in
          row.mapVectors { r, g, b, a, i in
            let n = noise.map { v8_load($0 + i) } ?? v8_splat(0)
            let body = v8_clamp(a, 0, 1)
            func bounded(_ v: v8f) -> v8f {
              let number = v8_select(v8_less_equal(v, v), v, v8_splat(0))
              return v8_clamp(number, -Station.brightest, Station.brightest)
            }
            var k = v8_splat(gain)
            var add = v8_splat(pale) * body
            if stripes > 0 {
              let c = Station.cosine((lanes + (column + Float(i))) * step + start)
              k += c * (stripes * 0.28)
              add += (c + 1) * (stripes * 0.012) * body
            }
            if noise != nil {
              k += n * (snow * 0.35)
              // Grains that stand out, white.
              let spark = v8_max(n - 0.7, v8_splat(0))
              add += (spark * spark * 1.1 + v8_max(n, v8_splat(0)) * 0.06) * snow * body
            }
            k = v8_max(k, v8_splat(0))
            r = bounded(r) * k + add
            g = bounded(g) * k + add
            b = bounded(b) * k + add
            if traced, let t = top.baseAddress, let u = bottom.baseAddress, let l = light.baseAddress {
              let d = v8_max(v8_max(v8_load(t + i) - above, above - v8_load(u + i)), v8_splat(0)) * inverse
              // A core and a skirt of light; static gnaws at both.
              let core = v8_exp2(d * d * -0.9)
              let skirt = 1 / (d * d * 0.05 + 1)
              let gnawed = v8_clamp(n * 0.5 + 0.85, 0.1, 2)
              let strength = v8_load(l + i) * body
              let glow = (core * 0.8 + skirt * skirt * 0.22) * strength * gnawed
              let hot = core * strength * 0.1
              r += glow * tint.0 + hot
              g += glow * tint.1 + hot
              b += glow * tint.2 + hot
            }
          }
        }
      }
    }
  }
}

/// A sound that nobody has tuned in, as a trace: a few tones under a slow envelope, that crawl from right to left.
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

  /// The value, its slope by `x` (in heights) and how loud it is (0…1) there.
  func value(at x: Double) -> (value: Double, slope: Double, loud: Double) {
    var sum = 0.0
    for e in envelopes { sum += e.strength * sin(2 * .pi * (e.waves * x + e.phase)) }
    // Syllables: loud for a while, then hardly anything.
    let t = max(0, min(1, 0.5 + 0.55 * sum))
    let loud = 0.06 + 0.94 * t * t * (3 - 2 * t)
    var (value, slope) = (0.0, 0.0)
    for tone in tones {
      let turn = 2 * Double.pi * (tone.waves * x + tone.phase)
      value += tone.strength * sin(turn)
      slope += tone.strength * 2 * .pi * tone.waves * cos(turn)
    }
    return (value * loud, slope * loud, loud)
  }
}
