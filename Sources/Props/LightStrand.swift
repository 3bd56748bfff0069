#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Catalog
import Layers
import Raster
import Stage

/// A line of light through the air: a sound made visible, two waves wound round each other, a beam.
public struct LightStrand: Prop {
  public enum Form: String, CaseIterable, Sendable { case waveform, sine, braid, line }

  public static let name = "strand"
  public static let summary =
    "A thin line of light through the set, in depth and in the fog: a waveform, a sine, a braid of strands, a straight line."

  var form = Form.waveform
  var from = SIMD3<Float>(-6, 3, 20)
  var to = SIMD3<Float>(3, 1.2, 4)
  var amplitude: Float = 0.5
  var cycles: Float = 14
  var count = 2
  var turns: Float = 3
  var slant: Float = 0
  var sag: Float = 0
  var fade: Float = 0.15
  var radius: Float = 0.012
  var color = LinearColor(0.66, 1, 0.58) * 3
  var halo: Float = 0.25
  var cover: Float = 0
  var phase: Double = 0
  var speed: Double = 0
  var shine: Float = 0
  var visible = Visibility.everything

  public static let parameters: [Parameter<LightStrand>] = [
    .init(
      "strand", \.form, .choice,
      "A waveform as a voice draws it, a sine, a braid of sines round each other, or a straight line."),
    .init("from", \.from, .place, "Where it begins."),
    .init("to", \.to, .place, "Where it ends."),
    .init("amplitude", \.amplitude, .meters(0...200, suggested: 0...2), "How far it swings to either side."),
    .init("cycles", \.cycles, .number(0...400, suggested: 1...40), "Swings of a waveform or a sine."),
    .init("count", \.count, .integer(1...12), "Strands of a braid."),
    .init("turns", \.turns, .number(0...200, suggested: 0.5...12), "How often a braid winds round itself."),
    .init(
      "slant", \.slant, .angle(),
      "Turn of the plane in which it swings, about the line; 0 swings up and down."),
    .init(
      "sag", \.sag, .meters(-100...100, suggested: 0...2),
      "How far the middle hangs below the straight line, as a cable does."),
    .init(
      "fade", \.fade, .number(0...0.5),
      "Share of the length at either end over which the swing grows from nothing."),
    .init("radius", \.radius, .meters(0.0002...5, suggested: 0.003...0.05), "Half the thickness."),
    .init("color", \.color, .color, "Light of the line; black for a cable."),
    .init(
      "halo", \.halo, .number(0...10, suggested: 0...0.6), "Light about the line, as a share of its own."),
    .init("cover", \.cover, .number(0...1), "How much of what is behind the line it covers; 1 for a cable."),
    .init(
      "phase", \.phase, .number(-1e6...1e6, suggested: 0...1),
      "How far the swings have run along it, in swings; whole ones look the same but for a waveform's, which returns after all of them."
    ),
    .init(
      "speed", \.speed, .number(-1000...1000, suggested: -4...4, unit: .hertz),
      "Swings that run by in a second, besides `phase`; in a loop it closes."),
    .init(
      "shine", \.shine, .number(0...10_000, suggested: 0...30),
      "Power of the light that it throws on its surroundings, spread along it."),
    .init(
      "visible", \.visible, .choice,
      "Who sees it: everything, the camera only, or the reflection only."),
  ]

  public init() {}

  /// Points of one strand, and pieces of the light that it throws.
  private static let mostPoints = 3000
  private static let mostLights = 10

  public func build(in set: inout SetBuilder) throws {
    let way = to - from
    let length = (way * way).sum().squareRoot()
    guard length > 1e-4 else {
      throw LayerProblems("to", "the strand ends where it begins")
    }
    let axes = swingAxes(way / length)
    let run = phase + turnsSoFar(at: set.moment)
    let strands = form == .braid ? count : 1
    for number in 0..<strands {
      var strand = Strand(
        points: points(number, of: strands, way: way, axes: axes, run: run, seed: set.seed), radius: radius)
      strand.light = color.light
      strand.halo = halo
      strand.cover = cover
      strand.visibility = visible
      set.add(strand)
    }
    let light = color.light
    let brightest = max(light.x, light.y, light.z)
    guard shine > 0, brightest > 0 else { return }
    let lights = Int(max(1, min(Float(LightStrand.mostLights), (length / 2).rounded(.up))))
    for i in 0..<lights {
      let share = (Float(i) + 0.5) / Float(lights)
      var part = Light(
        position: from + way * share - Vector(0, droop(share), 0),
        color: light / brightest * (shine / Float(lights)))
      part.softness = max(0.05, length * length / Float(lights * lights) * 0.1)
      set.add(part)
    }
  }

  /// Two directions across the line: the one in which it swings, and the one across both.
  private func swingAxes(_ along: Vector) -> (swing: Vector, other: Vector) {
    // Up, made square to the line; for a line that runs up, towards the camera.
    let hint = abs(along.y) > 0.99 ? Vector(0, 0, -1) : Vector(0, 1, 0)
    let raw = hint - along * (hint * along).sum()
    let up = raw / max(1e-6, (raw * raw).sum().squareRoot())
    let side = Vector(
      along.y * up.z - along.z * up.y, along.z * up.x - along.x * up.z, along.x * up.y - along.y * up.x)
    let (c, s) = StandingFrame.circle(slant)
    return (up * c + side * s, side * c - up * s)
  }

  /// Swings that `speed` has brought by; a loop holds a whole number of what repeats.
  private func turnsSoFar(at moment: Moment) -> Double {
    guard speed != 0 else { return 0 }
    guard let loop = moment.loop, loop > 0 else { return speed * moment.time }
    let whole = period
    let rounds = max(1, (abs(speed) * loop / whole).rounded()) * (speed < 0 ? -1 : 1)
    return rounds * whole * (moment.time / loop)
  }

  /// After so many swings the strand looks the same.
  private var period: Double { form == .waveform ? Double(waveCells) : 1 }

  /// Cells of the waveform's noise: two a swing.
  private var waveCells: Int { max(2, Int(cycles.rounded(.up))) }

  private func droop(_ share: Float) -> Float { sag * 4 * share * (1 - share) }

  private func points(
    _ number: Int, of strands: Int, way: Vector, axes: (swing: Vector, other: Vector), run: Double, seed: Seed
  ) -> [Vector] {
    let swings: Float =
      switch form {
      case .line: 0
      case .braid: turns
      case .sine, .waveform: cycles
      }
    let isStraight = form == .line && sag == 0
    let perSwing: Float = form == .waveform ? 44 : 24
    let pieces = isStraight ? 1 : Int(max(48, min(Float(LightStrand.mostPoints - 1), swings * perSwing)))
    // Whole swings do nothing to a sine; and huge phases have no fine parts left.
    let shift = run - (run / period).rounded(.down) * period
    return (0...pieces).map { i in
      let share = Float(i) / Float(pieces)
      let swing = Double(share) * Double(swings) - shift
      let grown = fade > 0 ? min(1, min(share, 1 - share) / fade) : 1
      let size = amplitude * grown * grown * (3 - 2 * grown)
      let base = from + way * share - Vector(0, droop(share), 0)
      switch form {
      case .line: return base
      case .sine: return base + axes.swing * (size * LightStrand.sine(swing))
      case .braid:
        let own = swing + Double(number) / Double(strands)
        return base + axes.swing * (size * LightStrand.sine(own)) + axes.other
          * (size * LightStrand.sine(own + 0.25))
      case .waveform:
        return base + axes.swing * (size * voice(swing, seed))
      }
    }
  }

  private static func sine(_ turns: Double) -> Float {
    Float(sin(2 * .pi * (turns - turns.rounded(.down))))
  }

  /// A voice, −1…1: swings of uneven height, with finer ones on them. Repeats after `waveCells` swings.
  private func voice(_ swing: Double, _ seed: Seed) -> Float {
    let cells = waveCells
    func noise(_ x: Double, _ name: String, _ rate: Int) -> Double {
      let scaled = x * Double(rate)
      let cell = scaled.rounded(.down)
      let t = scaled - cell
      let count = cells * rate
      let own = seed.derived(name)
      func value(_ i: Int) -> Double { own.unit(((i % count) + count) % count) }
      let i = Int(max(-1e9, min(1e9, cell)))
      return value(i) + (value(i + 1) - value(i)) * t * t * (3 - 2 * t)
    }
    let level = 0.25 + 0.75 * noise(swing, "level", 1)
    let body = sin(2 * .pi * (swing - swing.rounded(.down))) * level
    let edge = (noise(swing, "edge", 5) - 0.5) * 0.55 * (0.3 + level)
    let fine = (noise(swing, "fine", 11) - 0.5) * 0.22 * level
    return Float(max(-1, min(1, body * 0.72 + edge + fine)))
  }
}
