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
/// Broad bands crawl up the picture and bend its lines; a carrier beside one's own beats with it, in fine stripes like
/// herringbones; static gathers where the signal is weak. And through all of it a waveform crawls from right to left, a voice
/// that nobody has tuned in. It is no line over the picture but a change of the signal: where it passes, light swells,
/// lines are thrown aside, and each line by itself takes it up more or less, rings, and trails off to the right. All of it
/// moves in time, static is new in every frame.
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
  /// How far the trace pushes what lies in it along its line, shares of the height.
  fileprivate static let push = 0.011

  public init() {}

  private var farthest: Double {
    let strength = Double(amount)
    return strength
      * (Double(bands) * Interference.bend + Double(waveform) * Interference.tug
        + Double(max(bands, snow)) * Interference.jitter + Double(waveform) * Interference.push)
  }

  private func margin(_ geometry: Geometry) -> Int { Int(geometry.pixels(farthest).rounded(.up)) + 2 }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    return Reach(x: margin(geometry) + 4, y: 0)
  }

  private func hasSignal(_ geometry: Geometry) -> Bool {
    // Static of a thirtieth of a pixel is gray.
    (snow > 0 || waveform > 0) && geometry.pixels(RadioNoise.line) > 1.0 / 32
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let geometry = context.geometry
    let taps = Int((1 / max(1.0 / 32, geometry.pixels(RadioNoise.line))).rounded(.up)) + 5
    let rows = region.width + 16
    return context.workers.count
      * (ShiftedLine.bytes(width: region.width, margin: margin(geometry)) + (2 * taps + 16) * rows * 4)
      + (rows + region.height) * (taps + 4) * 4 + 64 * rows
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let isDrawn = hasSignal(geometry)
    let cell = (
      x: max(1.0 / 64, geometry.pixels(RadioNoise.sample)), y: max(1.0 / 64, geometry.pixels(RadioNoise.line))
    )
    let columns = AreaTaps(region.columns, origin: Double(geometry.bleed), cell: cell.x)
    let lines = AreaTaps(region.rows, origin: Double(geometry.bleed), cell: cell.y)
    let station = Station(self, region, context, cell: cell, columns: columns)
    let margin = margin(geometry)
    let noise = RadioNoise(context.seed.derived("static").derived(context.moment.frame))
    let scale = Double(geometry.trimHeight)
    let strip = context.workers.bandHeight ?? 64
    context.workers.each((region.height + strip - 1) / strip) { job in
      let line = ShiftedLine(width: region.width, margin: margin, beyond: .mirrored)
      let memory = RowMemory(width: region.width, for: mixer)
      let snow = isDrawn ? LatticeStrip(columns: columns, fields: 1, taps: lines.count) : nil
      let waves = isDrawn ? LatticeStrip(columns: columns, fields: 1, taps: lines.count) : nil
      let moved = UnsafeMutablePointer<Float>.allocate(capacity: region.width + 8)
      defer { moved.deallocate() }
      for i in job * strip..<min(region.height, (job + 1) * strip) {
        let y = region.minY + i
        let field = snow.map {
          $0.combine(lines, row: i) { j, _, start, count, cells in
            noise.fill(j, from: start, count: count, into: cells)
          }
        }
        let trace =
          station.isTraced(y)
          ? waves.map {
            $0.combine(lines, row: i) { j, _, start, count, cells in
              station.trace(j, from: start, count: count, into: cells)
            }
          } : nil
        let pieces = station.shifts.pieces(row: y)
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          if !pieces.isEmpty { row.slide(pieces, scale: scale, through: line, wholePixels: false) }
          if let trace { station.push(row, by: trace, through: moved) }
          station.disturb(row, x: region.minX, y: y, noise: field, trace: trace)
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
  /// The trace, by samples of a line from `firstSample` on: where a pen as wide as it begins and ends, pixels of the whole
  /// picture; its strength there.
  private let traceTop, traceBottom, light: [Float]
  private let firstSample: Int
  private let lineHeight: Double
  private let inverseWidth: Float
  /// Beyond this many pixels from the position the trace is not seen.
  private let farthest: Float
  private let middle: Float
  /// What pixels are pushed by, at most.
  private let farthestPush: Float
  private let rough: Seed

  /// Half the width of the trace, shares of the height.
  private static let core = 0.0017
  /// What a receiver makes of a short impulse: samples that follow it, first too little of it and then a tail.
  private static let response: [Float] = (0..<28).map { k in
    guard k > 0 else { return 0.74 }
    let ringing = 0.2 * cos(Double(k) * 1.15) * exp(-Double(k) / 2.6)
    return Float(0.15 * exp(-Double(k) / 10) - ringing)
  }
  /// Widths of the trace beyond which nothing of it is seen.
  private static let skirt = 12.0
  /// Less of the trace than that moves nothing.
  private static let unseen: Float = 0.002
  /// Samples by which lines lie apart from each other.
  private static let apart = 2
  private static let brightest: Float = 1e30

  init(
    _ settings: Interference, _ region: PixelRect, _ context: EffectContext, cell: (x: Double, y: Double),
    columns: AreaTaps
  ) {
    self.settings = settings
    amount = settings.amount
    let geometry = context.geometry
    let seed = context.seed.derived("interference")
    let time = SlowTime(context.moment)
    origin = Double(geometry.bleed)
    scale = Double(max(1, geometry.trimHeight))
    let roll = time.turns(rate: settings.speed * 0.4) + seed.unit(0)
    bandTurn = roll - roll.rounded(.down)
    // About 60 stripes to the height, on the slant.
    carrierX = 60 / scale
    carrierY = 14 / scale
    let crawl = time.turns(rate: settings.speed * 9) + seed.unit(1)
    carrierTurn = crawl - crawl.rounded(.down)
    carrierShare = Float(
      PatternFade.share(frequency: (carrierX * carrierX + 4 * carrierY * carrierY).squareRoot()))

    // The trace.
    let voice = Voice(settings.speed, time, seed.derived("voice"))
    let swing = settings.height * scale
    rough = seed.derived("rough").derived(context.moment.frame)
    let center = origin + settings.position * scale
    middle = Float(center)
    let strength = settings.waveform * settings.amount
    farthestPush = strength * Float(Interference.push * scale)
    lineHeight = cell.y
    var (top, bottom, light): ([Float], [Float], [Float]) = ([], [], [])
    // A trace finer than lines is as much fainter as it is drawn wider.
    let width = max(0.7 * max(1, cell.y), Station.core * scale)
    let faint = Float(min(1, 1.4 * Station.core * scale / width))
    inverseWidth = Float(1 / width)
    let before = Station.response.count + Station.apart
    let last = columns.pixels > 0 ? Int(columns.first[columns.pixels - 1]) + columns.count : 0
    let firstSample = (columns.pixels > 0 ? Int(columns.first[0]) : 0) - before
    self.firstSample = firstSample
    if strength > 0 {
      // The pen covers a sample from the lowest to the highest place of its width: steep parts stay whole.
      let pen = max(1, min(64, Int((width / cell.x).rounded(.up))))
      let count = last + Station.apart + 1 - firstSample
      let step = cell.x / scale
      let samples = (-pen..<count + pen).map { k in voice.value(at: Double(firstSample + k) * step) }
      // Now and then it breaks off; the breaks crawl along with it.
      let gaps = Voice(settings.speed, time, seed.derived("gaps"))
      for i in 0..<count {
        let near = samples[i...i + 2 * pen]
        let own = samples[i + pen]
        top.append(Float(center + swing * (near.map { $0.value }.min() ?? 0)))
        bottom.append(Float(center + swing * (near.map { $0.value }.max() ?? 0)))
        let gap = gaps.value(at: Double(firstSample + i) * step * 0.7).value
        let left = Float(max(0.05, min(1, 1.25 - 2.6 * abs(gap))))
        // A beam that runs fast writes faintly.
        let slope = own.slope * settings.height
        let steep = (1 + slope * slope).squareRoot()
        light.append(
          strength * faint * left
            * Float((0.4 + 0.6 * own.loud) * 4.2 / steep.squareRoot().squareRoot()))
      }
    }
    (traceTop, traceBottom, self.light) = (top, bottom, light)
    farthest = Float(swing * Voice.loudest + Station.skirt * width + cell.y)

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

  func isTraced(_ y: Int) -> Bool { !light.isEmpty && abs(Float(y) + 0.5 - middle) < farthest }

  /// Line `j` of the trace at samples `start ..< start + count`, as a change of the signal: about 1 in its middle.
  func trace(_ j: Int, from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    out.update(repeating: 0, count: count)
    let line = Double(j) * lineHeight + origin
    guard !light.isEmpty, abs(line - Double(middle)) < Double(farthest) else { return }
    let own = rough.derived(j)
    // A line takes it up as it likes, a little early or late; some hardly at all.
    let level = own.unit(0) < 0.16 ? 0.15 : Float(0.45 + 0.95 * own.unit(1))
    let apart = Int((own.unit(2) * Double(2 * Station.apart + 1)).rounded(.down)) - Station.apart
    let tail = Station.response.count - 1
    let y = Float(line)
    let noise = own.low
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * (count + tail) + 32) { scratch in
      guard let raw = scratch.baseAddress else { return }
      let white = raw + count + tail + 8
      LatticeNoise.row(j, from: start - tail, count: count + tail, seed: noise, into: white)
      for k in 0..<count + tail {
        let i = start - tail + k + apart - firstSample
        guard light.indices.contains(i) else {
          raw[k] = 0
          continue
        }
        let d = max(max(traceTop[i] - y, y - traceBottom[i]), 0) * inverseWidth
        guard d < Float(Station.skirt) else {
          raw[k] = 0
          continue
        }
        // A core with soft edges, and a wide skirt.
        let inner = 1 / (1 + d * d)
        let core = inner * inner * inner
        raw[k] = light[i] * level * (core + 0.1 * inner) * max(0.1, 0.85 + 0.4 * white[k])
      }
      Station.response.withUnsafeBufferPointer { response in
        for k in 0..<count {
          var sum: Float = 0
          for n in 0...tail { sum += raw[k + tail - n] * response[n] }
          out[k] = sum
        }
      }
    }
  }

  /// Moves the row's pixels along it by what the trace is there.
  func push(_ row: Row, by trace: UnsafePointer<Float>, through moved: UnsafeMutablePointer<Float>) {
    let count = row.count
    withUnsafeTemporaryAllocation(of: (to: Int32, from: Int32, share: Float).self, capacity: count) { moves in
      // Each pixel by itself, so that all is the same wherever the row begins and ends.
      var number = 0
      for i in 0..<count {
        let strength = min(1, abs(trace[i])) - Station.unseen
        guard strength > 0 else { continue }
        let shift = trace[i] < 0 ? farthestPush * strength : -farthestPush * strength
        let whole = shift.rounded(.down)
        moves[number] = (
          Int32(truncatingIfNeeded: i), Int32(truncatingIfNeeded: i + Int(whole)), shift - whole
        )
        number += 1
      }
      guard number > 0 else { return }
      for plane in [row.red, row.green, row.blue, row.alpha] {
        moved.update(from: plane, count: count)
        @inline(__always)
        func light(_ k: Int) -> Float {
          let v = moved[max(0, min(count - 1, k))]
          return v == v ? max(-Station.brightest, min(Station.brightest, v)) : 0
        }
        for n in 0..<number {
          let move = moves[n]
          let (a, b) = (light(Int(move.from)), light(Int(move.from) + 1))
          plane[Int(move.to)] = a + (b - a) * move.share
        }
      }
    }
  }

  func disturb(_ row: Row, x: Int, y: Int, noise: UnsafePointer<Float>?, trace: UnsafePointer<Float>?) {
    let place = (Double(y) + 0.5 - origin) / scale
    let weak = Station.weakness(place, bandTurn)
    // A band is dark at its front and pale behind.
    let edge = Station.weakness(place + 0.05, bandTurn) - Station.weakness(place - 0.05, bandTurn)
    let gain = 1 - amount * settings.bands * Float(0.5 * weak + 0.4 * edge)
    let pale = amount * settings.bands * Float(0.03 * weak)
    // The carrier swells and fades down the picture. Its sound turns the stripes to and fro: herringbones.
    let swell = 0.55 + 0.45 * cos(2 * .pi * (place * 1.7 - bandTurn * 2))
    let stripes = amount * settings.carrier * carrierShare * Float(0.5 * swell + 0.5 * weak)
    let zigzag = place * 7 + 3 * bandTurn
    let tooth = abs(zigzag - (zigzag + 0.5).rounded(.down)) * 2
    let sway = 1.6 * (tooth * tooth * (3 - 2 * tooth)) + 0.5 * sin(2 * .pi * (place * 2.3 + bandTurn))
    let turn = (Double(y) + 0.5 - origin) * carrierY + sway + carrierTurn
    let start = Float(turn - turn.rounded(.down))
    let step = Float(carrierX)
    let column = Float(x) + 0.5 - Float(origin)
    let snow = amount * settings.snow * Float(0.28 + 1.2 * weak)
    let lanes = v8f(0, 1, 2, 3, 4, 5, 6, 7)
    let tint = (Float(settings.color.red), Float(settings.color.green), Float(settings.color.blue))
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
        k += v8_clamp(n, -3, 3) * (snow * 0.3)
        // Sparks stand out, white.
        let spark = v8_max(n - 1.1, v8_splat(0))
        add +=
          v8_min(spark * spark * 0.07 + spark * 0.1 + v8_max(n, v8_splat(0)) * 0.04, v8_splat(1)) * snow
          * body
      }
      k = v8_max(k, v8_splat(0))
      (r, g, b) = (bounded(r) * k + add, bounded(g) * k + add, bounded(b) * k + add)
      if let trace {
        // It makes what is there brighter, far more than it shines by itself; where it rings, darker.
        let t = v8_clamp(v8_load(trace + i), -0.6, 2.4)
        let light = v8_max(t, v8_splat(0)) * body
        let level = v8_clamp(r * 0.2126 + g * 0.7152 + b * 0.0722, 0, 4)
        let glow = light * (v8_sqrt(level) * 0.42 + 0.07)
        let swell = v8_max(t * 0.9 + 1, v8_splat(0.2))
        r = r * swell + glow * tint.0
        g = g * swell + glow * tint.1
        b = b * swell + glow * tint.2
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
