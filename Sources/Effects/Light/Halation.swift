import Catalog
import Raster

/// Light that goes through the film, comes back off its base and glows red around highlights.
///
/// Light that the emulsion scatters crosses the base and is thrown back where it meets the back of it at more than
/// the critical angle, not straight behind the highlight but in a ring about it: with a base of 0.13 mm and a
/// refractive index of 1.5 at 2 · 0.13 mm · tan 42° = 0.23 mm, 1/80 of the height of a full 35 mm frame. On its way
/// back it meets the layer for red first, that for green much weaker, and that for blue, on top, hardly.
///
/// The ring is the difference of two Gaussians, 2 G(s) − G(s/√2) = (e^(−r²/2s²) − e^(−r²/s²)) / (π s²): nothing in the
/// middle, most at r = s √(2 ln 2), nowhere below zero. A quarter of the light is scattered once more on its way and
/// goes farther. Belongs before the tone curve: it is exposure.
public struct Halation: Effect {
  public static let name = "halation"
  public static let summary =
    "Light that comes back off the film's base: a red glow in a ring about what is too bright."

  var amount: Float = 0.4
  var threshold: Float = 0.9
  var knee: Float = 0.8
  /// Share of the picture's height.
  var radius: Double = 0.0125
  var ring: Float = 0.7
  var red: Float = 1
  var green: Float = 0.24
  var blue: Float = 0.05

  public static let parameters: [Parameter<Halation>] = [
    .init(
      "halation", \.amount, .number(0...4, suggested: 0.1...1),
      "Light that comes back, as a share of the light above the threshold."),
    .init(
      "threshold", \.threshold, .number(0...64, suggested: 0.3...2, unit: .linearLight),
      "What a pixel's brightest channel must exceed for its light to come back."),
    .init(
      "knee", \.knee, .number(0...1),
      "How softly that sets in about the threshold: 0 at once, 1 from black on."),
    .init(
      "radius", \.radius, .length(0...0.5, suggested: 0.004...0.04),
      "Distance at which most light comes back: 0.0125 is 0.23 mm on a frame of 35 mm film."),
    .init(
      "ring", \.ring, .number(0...1),
      "How hollow the glow is: 0 is brightest in the middle, 1 a ring about the highlight."),
    .init("red", \.red, .number(0...4, suggested: 0...1), "What of it the layer for red takes in."),
    .init("green", \.green, .number(0...4, suggested: 0...1), "What the layer for green takes in."),
    .init("blue", \.blue, .number(0...4, suggested: 0...1), "What the layer for blue takes in."),
  ]

  public static let neutral: Halation? = {
    var h = Halation()
    h.amount = 0
    return h
  }()

  public init() {}

  /// Share of the light that is scattered once more, and how many times as wide as the ring it lies.
  private static let scattered: (share: Float, width: Double) = (0.25, 2.4)
  /// s of the ring for a radius of 1: 1 / √(2 ln 2).
  private static let ringWidth = 0.849_322

  private func blur(in geometry: Geometry) -> GaussianBlur {
    let s = geometry.pixels(radius) * Halation.ringWidth
    let direct = 1 - Halation.scattered.share
    func term(_ width: Double, _ gain: Float) -> GaussianBlur.Term {
      GaussianBlur.Term(sigma: s * width, gains: SIMD3(repeating: gain))
    }
    var terms = [term(1, direct * (1 + ring)), term(Halation.scattered.width, Halation.scattered.share)]
    if ring > 0 { terms.append(term(0.5.squareRoot(), -direct * ring)) }
    return GaussianBlur(terms, size: max(geometry.width, geometry.height))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let blur = blur(in: geometry)
    return Reach(x: blur.support, y: blur.support, alignment: blur.alignment)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    amount > 0 ? blur(in: context.geometry).scratchBytes(for: region) : 0
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let source = GlowSource(threshold: threshold, knee: knee)
    let adder = GlowAdder(gains: SIMD3(red, green, blue) * amount, source: source)
    try blur(in: context.geometry).apply(to: frame.region, workers: context.workers) { y, lines in
      source.extract(frame.row(y), into: lines.channel(0), lines.channel(1), lines.channel(2))
      FilmLayers.expose(
        lines.channel(0), lines.channel(1), lines.channel(2), count: frame.width)
    } emit: { y, lines in
      adder.add(lines.channel(0), lines.channel(1), lines.channel(2), to: frame.row(y))
    }
  }
}
