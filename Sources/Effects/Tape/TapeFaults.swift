import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What goes wrong, and where: functions of the seed, the moment and a place on the tape.
///
/// Most of it is one thing, the strength of the carrier along the track (``envelope(_:into:)``). Noise, lost color and
/// sparks follow from it. The other is time: where a line begins (``line(_:)``).
struct TapeFaults: Sendable {
  struct Line: Sendable {
    /// Displacement to the right, samples: before and from sample `turn` of the picture.
    var shift, shiftAfter: Double
    var turn: Int
    /// Turn of the hue, radians, before and from `turn`.
    var hue, hueAfter: Double
    /// Whether it is torn so far aside that what lies beside the picture comes into sight.
    var isTorn = false
    /// Dropouts that the deck noticed.
    var covered: [Dropout] = []
  }

  /// A place without coating, in samples of the picture.
  struct Dropout: Sendable {
    var start, length: Double
    /// Whether the deck puts the line before in its place.
    var isCovered: Bool
  }

  let settings: VHS
  let clock: TapeClock
  /// Samples over the picture's width.
  let width: Double
  /// Samples and lines by which color lags.
  let delay, sink: Double
  /// For what is new in every frame.
  let noise: Seed
  private let jitter, wobble, switching, texture, patches: Seed
  private let dropouts: [Int: [Dropout]]
  private let creaseAt: Double
  /// What the two fields of a picture, the odd and the even lines, have each for itself: they come one after the other,
  /// from different heads.
  private let fields: [Field]
  private let slowLines: Wobble

  /// Knots between which the envelope of a line runs straight.
  static let knots = 64
  /// The weakest that the carrier gets.
  static let floor: Float = 0.012

  init(settings: VHS, seed: Seed, moment: Moment) {
    self.settings = settings
    let clock = TapeClock(moment)
    self.clock = clock
    noise = seed.derived(moment.frame)
    jitter = noise.derived("jitter")
    texture = noise.derived("texture")
    switching = seed.derived("head")
    let wobble = seed.derived("wobble")
    self.wobble = wobble
    patches = seed.derived("clog")
    width = settings.width
    delay =
      (settings.chromaDelay ?? settings.speed.delay) / VHS.activeLine * settings.width
      * Double(settings.generations)
    sink = settings.chromaSink
    dropouts = TapeFaults.flakes(settings, clock, seed.derived("dropouts"))

    // A crease comes round after it has left the picture, with a tenth of the height to spare on either side.
    let round = 1.2
    let start = Double(settings.creasePosition) + 0.1
    let way = start + clock.turns(Double(settings.creaseSpeed) / round) * round
    creaseAt =
      settings.creaseSpeed == 0 ? start - 0.1 : way - (way / round).rounded(.down) * round - 0.1
    let switching = switching
    fields = (0..<2).map { Field($0, clock: clock, switching: switching, wobble: wobble.derived("field")) }
    slowLines = Wobble(clock, wobble)
  }

  /// What one of the two fields has for itself.
  private struct Field: Sendable {
    /// How far its lines are torn aside after the heads have changed, and where along the line they do.
    let skew, switchPoint: Double
    let wobble: Wobble

    init(_ number: Int, clock: TapeClock, switching: Seed, wobble: Seed) {
      func sway(_ rate: Double, _ name: String) -> Double {
        max(-2, min(2, clock.sway(rate, switching.derived(name).derived(number))))
      }
      // One head is a little early, the other one late.
      skew = (number == 0 ? 1.15 : 0.8) + 0.25 * sway(2.5, "skew")
      switchPoint = (number == 0 ? 0.67 : 0.5) + 0.04 * sway(1.5, "point")
      self.wobble = Wobble(clock, wobble.derived(number))
    }
  }

  /// Smooth noise of deviation about 1 along the lines, which changes within an eighth of a second.
  private struct Wobble: Sendable {
    private let now, next: Seed
    private let blend: Double

    init(_ clock: TapeClock, _ seed: Seed) {
      let step = clock.step(8)
      (now, next) = (seed.derived(step.index), seed.derived(step.neighbor(1)))
      blend = step.share * step.share * (3 - 2 * step.share)
    }

    func callAsFunction(_ x: Double) -> Double {
      let k = x.rounded(.down)
      let t = x - k
      let i = Int(max(-1e9, min(1e9, k)))
      let s = t * t * (3 - 2 * t)
      func knot(_ i: Int) -> Double {
        let a = now.normal(i)
        return a + (next.normal(i) - a) * blend
      }
      let a = knot(i)
      return (a + (knot(i + 1) - a) * s) * 1.15
    }
  }

  /// Samples that `jitter: 1` moves a line, standard deviation.
  static func jitterUnit(width: Double) -> Double { 0.011 / VHS.activeLine * width }

  /// Lines below the switch of the heads: 6.5 lines of either field before it ends.
  private var torn: Double { max(2, (13.0 / 525 * Double(settings.lines)).rounded()) }
  private func field(_ line: Int) -> Field { fields[line & 1] }
  private var lines: Double { Double(settings.lines) }

  func line(_ number: Int) -> Line {
    let at = Double(number)
    let copies = Double(settings.generations).squareRoot()
    let unit = TapeFaults.jitterUnit(width: width) * Double(settings.jitter) * copies
    let field = field(number)
    // From line to line, from field to field (so that upright edges are combed), and slowly over about thirty lines.
    var shift = 0.0
    if unit > 0 {
      let place = at / lines * 16
      shift = unit * (0.8 * jitter.normal(number) + 0.6 * field.wobble(place) + 1.5 * slowLines(place))
    }
    var hue =
      settings.hueJitter > 0
      ? Double(settings.hueJitter) * copies * .pi / 180 * jitter.derived("hue").normal(number) : 0

    let heads = Double(settings.headSwitching)
    if heads > 0 {
      // The servo swings in after the head switch: the first lines are bent, the more the more the deck errs.
      let bend = exp(-max(0, at) / (0.018 * lines))
      shift += heads * 0.014 * width * bend * (0.6 + 0.4 * field.skew)
      hue += heads * 0.12 * bend
    }
    let strength = Double(settings.tracking)
    if strength > 0 {
      let dip = trackingDip(at)
      if dip > 1e-4 {
        // Sync is found late where it drowns.
        let u = texture.derived("tear").unit(number)
        let wave =
          sin(at / lines * 90 + 1.3 * Double(number & 1) + 2 * .pi * clock.turns(3)) * (0.3 + 0.7 * u)
        shift += strength * dip * 0.016 * width * wave
        hue += dip * 0.5 * wave
      }
    }
    if settings.crease > 0 {
      // The tape is longer where it is folded: the line comes late, and what follows catches up.
      let d = (at / lines - creaseAt) / 0.008
      shift += Double(settings.crease) * 0.012 * width * (d < 0 ? exp(-d * d) : exp(-d * 0.25))
    }
    var line = Line(shift: shift, shiftAfter: shift, turn: 0, hue: hue, hueAfter: hue)
    let below = at - (lines - torn)
    if heads > 0, below >= 0 {
      // The other head is early or late by the skew. It swings, and the lines below it are torn more and more.
      let depth = min(2, (below + 1) / torn)
      let sway = field.skew * (0.85 + 0.3 * switching.derived(number).unit(clock.frame))
      line.shiftAfter -= heads * 0.12 * width * (0.3 + 0.7 * depth * depth.squareRoot()) * sway
      line.isTorn = true
      // The color oscillator still follows the old head.
      line.hueAfter += heads * 1.1 * exp(-below / 1.5)
      // Each field is in the middle of a line when its head changes.
      line.turn = below < 2 ? Int(width * field.switchPoint) : 0
      if line.turn == 0 { (line.shift, line.hue) = (line.shiftAfter, line.hueAfter) }
    }
    if let places = dropouts[number] { line.covered = places.filter { $0.isCovered } }
    return line
  }

  /// How much of the carrier the tracking band takes away at line `at`, 0…1.
  private func trackingDip(_ at: Double) -> Double {
    let strength = Double(settings.tracking)
    let d = (at / lines - Double(settings.trackingPosition)) / (0.012 + 0.05 * strength)
    return abs(d) > 3.5 ? 0 : min(1.1, 1.75 * pow(strength, 0.6)) * exp(-d * d)
  }

  /// The strength of the carrier along line `number`, for `count` samples from `first` of the picture.
  ///
  /// - Parameter out: every eighth float is written, one for each sample.
  /// - Returns: false, and nothing is written, where the carrier is sound.
  func envelope(_ number: Int, first: Int, count: Int, into out: UnsafeMutablePointer<Float>) -> Bool {
    let at = Double(number)
    let heads = Double(settings.headSwitching)
    let below = at - (lines - torn)
    let nearCrease = settings.crease > 0 && abs(at / lines - creaseAt) < 0.06
    let inTracking = settings.tracking > 0 && max(trackingDip(at), trackingDip(at + 1)) > 1e-3
    let isClogged = settings.clog > 0 && number & 1 == 1
    let places = dropouts[number] ?? []
    guard (heads > 0 && below >= 0) || nearCrease || inTracking || isClogged || !places.isEmpty else {
      return false
    }
    let own = texture.derived(number)
    var values = [Double](repeating: 1, count: TapeFaults.knots + 1)
    for k in 0...TapeFaults.knots {
      let along = Double(k) / Double(TapeFaults.knots)
      let share = (Double(first) + along * Double(count)) / width
      let here = at + share
      // No two places on worn tape are equally weak.
      let rough = own.unit(k)
      var e = 1.0
      if inTracking { e *= 1 - min(0.99, trackingDip(here) * (0.72 + 0.5 * rough)) }
      if nearCrease {
        // A fold lies aslant, and waves.
        let bow = 0.010 * (share - 0.5) + 0.003 * sin(share * 9 + 2 * .pi * clock.turns(0.6))
        let d = (here / lines - creaseAt - bow) / 0.0045
        e *= 1 - min(0.99, Double(settings.crease).squareRoot() * exp(-d * d) * (0.85 + 0.3 * rough))
      }
      if isClogged {
        let strength = Double(settings.clog)
        let patch = clogPatch(here / lines * 5)
        e *= 1 - min(0.985, strength.squareRoot() * max(0, min(1.05, 0.35 + strength * 0.55 + 0.35 * patch)))
      }
      if heads > 0, below >= 0 {
        // A burst of noise where they change; after that the new head is not yet in the middle of its track.
        let since = below - Double(number & 1) - field(number).switchPoint + share
        let burst = min(0.985, 1.15 * heads.squareRoot()) * exp(-since * since * 160)
        let missed = 0.92 * heads.squareRoot() * (0.45 + 0.55 * rough) * exp(-max(0, below) / (1.5 * torn))
        e *= (1 - burst) * (1 - missed)
      }
      values[k] = e
    }
    let scale = Double(TapeFaults.knots) / Double(max(1, count))
    for n in 0..<count {
      let x = Double(n) * scale
      let k = min(TapeFaults.knots - 1, Int(x))
      out[8 * n] = Float(values[k] + (values[k + 1] - values[k]) * (x - Double(k)))
    }
    for place in places {
      let edge = 0.12 / VHS.activeLine * width
      let low = max(0, Int(place.start - edge) - first)
      let high = min(count, Int(place.start + place.length + edge) + 1 - first)
      guard low < high else { continue }
      for n in low..<high {
        let x = Double(n + first)
        let rise = min(x - place.start + edge, place.start + place.length + edge - x) / edge
        out[8 * n] *= Float(1 - 0.99 * max(0, min(1, rise)))
      }
    }
    for n in 0..<count { out[8 * n] = max(TapeFaults.floor, out[8 * n]) }
    return true
  }

  /// Smooth noise over the height that moves slowly, of deviation about 0.8.
  private func clogPatch(_ x: Double) -> Double {
    let k = x.rounded(.down)
    let s = (x - k) * (x - k) * (3 - 2 * (x - k))
    let i = Int(max(-1e9, min(1e9, k)))
    func knot(_ i: Int) -> Double { clock.sway(3, patches.derived(i)) }
    let a = knot(i)
    return a + (knot(i + 1) - a) * s
  }

  /// The dropouts of this moment, by line. A flake of coating is wider than a track: it is met in a few pictures one
  /// after the other, each time a little further down or up.
  private static func flakes(_ settings: VHS, _ clock: TapeClock, _ seed: Seed) -> [Int: [Dropout]] {
    guard settings.dropouts > 0 else { return [:] }
    var found: [Int: [Dropout]] = [:]
    let step = clock.step(8)
    let lines = Double(settings.lines)
    let width = settings.width
    for age in 0..<3 {
      let birth = seed.derived(step.neighbor(-age))
      for slot in 0..<24 {
        let own = birth.derived(slot)
        guard own.unit(0) < 0.3 * Double(settings.dropouts), own.unit(1) * 3 > Double(age) else { continue }
        let u = own.unit(2)
        // Most are specks, one in eight is long.
        let length = own.unit(3) < 0.125 ? 3 + 7 * u : 0.25 + 2.2 * u * u
        let top = own.unit(4) * lines + (own.unit(5) - 0.5) * 6 * (Double(age) + step.share)
        let start = own.unit(6) * width
        let isCovered = own.unit(7) < Double(settings.compensation)
        for row in 0..<(u > 0.8 ? 2 : 1) {
          // It is as high as two lines of one field.
          let line = Int(top.rounded(.down)) + 2 * row
          found[line, default: []].append(
            Dropout(start: start, length: length / VHS.activeLine * width, isCovered: isCovered))
        }
      }
    }
    return found
  }
}
