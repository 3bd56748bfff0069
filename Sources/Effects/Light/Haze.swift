import Catalog
import Raster

/// The mist of a diffusion filter before the lens.
///
/// Some of the light is scattered to where it does not belong, by the inverse square and without a narrow core; the
/// rest draws the picture as sharp as before. What is scattered is missing where it came from: no light is added,
/// and flat colors stay as they are. A white mist scatters all light alike and veils shadows everywhere; the
/// specks of a black one keep back what is dark, so that shadows are lifted near lights only.
public struct Haze: Effect {
  public static let name = "haze"
  public static let summary =
    "The mist of a diffusion filter: light lies about lamps and lifts the shadows near them, detail stays."

  var amount: Float = 0.35
  /// Share of the picture's height.
  var radius: Double = 0.07
  var black: Float = 0.7
  var tint = LinearColor.white

  public static let parameters: [Parameter<Haze>] = [
    .init(
      "haze", \.amount, .number(0...1, suggested: 0.1...0.6),
      "Share of the light that is scattered."),
    .init(
      "radius", \.radius, .length(0...2, suggested: 0.02...0.3),
      "Distance within which half of the scattered light falls."),
    .init(
      "black", \.black, .number(0...1),
      "From a white mist (0), which veils everything, to a black one (1), which lets dark things be."),
    .init("tint", \.tint, .color, "Color that scattered light is multiplied by."),
  ]

  public static let neutral: Haze? = {
    var h = Haze()
    h.amount = 0
    return h
  }()

  public init() {}

  private func spread(in geometry: Geometry) -> GlowSpread {
    GlowSpread(radii: SIMD3(repeating: radius), ratio: 1, geometry: geometry)
  }

  public func reach(in geometry: Geometry) -> Reach { amount > 0 ? spread(in: geometry).reach : .none }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    amount > 0 ? spread(in: context.geometry).scratchBytes(for: region) : 0
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let spread = spread(in: context.geometry)
    let source = GlowSource(restraint: black)
    let gains = SIMD3<Float>(tint) * amount
    // What stays where it was, in each channel, less what is taken from there.
    let adder = GlowAdder(
      gains: gains, sharp: gains * spread.sharp - SIMD3(repeating: amount), source: source)
    try spread.apply(to: frame, source: source, adder: adder, workers: context.workers)
  }
}
