import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lets bright light spill over its surroundings, as lens, eye and damp air do.
///
/// Light above the threshold is blurred by a kernel that sums to one and `amount` times the result is added to
/// the picture: `amount` is the share of that light which is scattered on top. Alpha stays: the glow of a layer
/// is light without a body.
///
/// The glow of a point falls off as 1 / (1 + (r/a)²), the inverse square of scattering, as far as thirty times a
/// (``GlowSpread``). How far it spreads and how bright it is are set apart: the kernel sums to one at any radius.
/// A lens scatters the ends of the spectrum over different distances: `color-spread` gives each channel a
/// radius of its own.
public struct Bloom: Effect {
  public static let name = "bloom"
  public static let summary = "Lets bright light spill over its surroundings, as lens, eye and damp air do."

  var amount: Float = 0.3
  var threshold: Float = 0.6
  var knee: Float = 1
  var radius: Double = 0.025
  var ratio: Double = 1
  var tint = LinearColor.white
  var colorSpread: Double = 0

  public static let parameters: [Parameter<Bloom>] = [
    .init(
      "bloom", \.amount, .number(0...4, suggested: 0.1...1),
      "Glow added, as a share of the light above the threshold."),
    .init(
      "threshold", \.threshold, .number(0...64, suggested: 0...2, unit: .linearLight),
      "What a pixel's brightest channel must exceed to glow; 0 lets everything glow."),
    .init(
      "knee", \.knee, .number(0...1),
      "How softly glowing sets in about the threshold: 0 at once, 1 from black on."),
    .init(
      "radius", \.radius, .length(0...2, suggested: 0.005...0.15),
      "Distance within which half of the glow falls."),
    .init(
      "ratio", \.ratio, .number(0.0625...16, suggested: 0.5...6, unit: .times),
      "Width of the glow beside its height: 1 is round, more is wider, as of an anamorphic lens."),
    .init("tint", \.tint, .color, "Color that the glow is multiplied by."),
    .init(
      "color-spread", \.colorSpread, .number(-2...2, suggested: -0.5...0.5),
      "How much farther red spreads than blue: at 1 red goes twice as far as green and blue half as far; below 0 blue goes farther."
    ),
  ]

  public static let neutral: Bloom? = {
    var b = Bloom()
    b.amount = 0
    return b
  }()

  public init() {}

  /// The glow of each channel.
  func spread(in geometry: Geometry) -> GlowSpread {
    GlowSpread(
      radii: SIMD3(radius * exp2(colorSpread), radius, radius * exp2(-colorSpread)), ratio: ratio,
      geometry: geometry)
  }

  public func reach(in geometry: Geometry) -> Reach { amount > 0 ? spread(in: geometry).reach : .none }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    amount > 0 ? spread(in: context.geometry).scratchBytes(for: region) : 0
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let spread = spread(in: context.geometry)
    let source = GlowSource(threshold: threshold, knee: knee)
    let gains = SIMD3<Float>(tint) * amount
    let adder = GlowAdder(gains: gains, sharp: gains * spread.sharp, source: source)
    try spread.apply(to: frame, source: source, adder: adder, workers: context.workers)
  }
}
