import Catalog
import Raster

/// The picture on the glass of a picture tube.
///
/// The picture becomes `lines` lines of light, which three beams write. A beam's spot is a mixture of two round Gaussians,
/// a narrow one and a wide one: the brighter a place, the more of its light goes into the wide one, half by each beam's own
/// current and half by that of the strongest, as in ``ScanLines``. Since light is only
/// moved, its sum is kept at any brightness. Spots fall onto phosphor behind a mask; some light wanders in the glass
/// before it leaves. All lengths are shares of the picture: a pattern that is finer than pixels can carry fades to
/// its mean (``PatternFade``).
public struct CRT: MixingEffect {
  public static let name = "crt"
  public static let summary =
    "A picture tube: lines of light that swell where it is bright, behind a mask, on curved glass."

  /// What lies between the beams and the phosphor.
  public enum Mask: String, CaseIterable, Sendable, Hashable {
    case grille, slot, dot, none
  }

  var mask = Mask.grille
  var lines = 240
  /// Deviation of the spot in the dark, shares of the distance of lines.
  var spot: Float = 0.22
  var spotGrowth: Float = 2
  var maskPitch: Double = 1 / 200
  var maskDepth: Float = 0.6
  var compensation: Float = 1
  var glassHalation: Float = 0.08
  var halationRadius: Double = 0.02
  var convergence: Double = 0.0006
  var curvature: Float = 0.3
  var corner: Double = 0.04
  var afterglow: Float = 0
  var rollRate: Double = 0.2

  public static let parameters: [Parameter<CRT>] = [
    .init(
      "crt", \.mask, .choice,
      "The mask: grille is upright stripes, slot breaks them like bricks, dot is round dots; none is a bare screen."
    ),
    .init("lines", \.lines, .integer(40...2400), "Scan lines over the picture's height."),
    .init(
      "spot", \.spot, .number(0.15...0.6, suggested: 0.18...0.4),
      "Deviation of the beam's spot where it is dark, as a share of the distance of lines."),
    .init(
      "spot-growth", \.spotGrowth, .number(1...3, suggested: 1.5...2.5, unit: .times),
      "How much wider the spot becomes where it is bright."),
    .init(
      "mask-pitch", \.maskPitch, .length(0.0005...0.05, suggested: 0.002...0.01),
      "Width of a triad of red, green and blue; shown from about three pixels on."),
    .init("mask-depth", \.maskDepth, .number(0...1, suggested: 0.2...0.8), "How dark it is behind the mask."),
    .init(
      "compensation", \.compensation, .number(0...1),
      "Share of the light lost in the mask that is made up for; 1 keeps the picture's brightness."),
    .init(
      "glass-halation", \.glassHalation, .number(0...0.6, suggested: 0.03...0.2),
      "Share of the light that wanders in the glass before it leaves."),
    .init("halation-radius", \.halationRadius, .length(0.002...0.1), "How far it wanders, a deviation."),
    .init(
      "convergence", \.convergence, .length(0...0.005, suggested: 0...0.0015),
      "How far red and blue miss green at the edges."),
    .init(
      "curvature", \.curvature, .number(0...1, suggested: 0...0.6),
      "Bulge of the glass, dark beside it; 0 is a flat picture without edges."),
    .init("corner", \.corner, .length(0...0.3), "Radius of the corners of curved glass."),
    .init(
      "afterglow", \.afterglow, .number(0...1),
      "Fading of the phosphor behind the beam, as an exposure shorter than a field sees it."),
    .init(
      "roll-rate", \.rollRate, .number(-30...30, suggested: -1...1, unit: .hertz),
      "How often the beam seems to pass while there is afterglow; whole passes in a loop."),
  ]

  public init() {}

  /// Light beyond this looks no different: sums stay finite.
  static let brightest: Float = 1e6

  public func reach(in geometry: Geometry) -> Reach {
    let tube = TubeLayout(self, region: geometry.bounds, geometry)
    let face = TubeFace(self, geometry)
    // The spot, what of the glow is not cut at 3.5 deviations, two lines that a part's edge cuts.
    let around = max(
      Double(tube.lineReach) + 1, glassHalation > 0 ? tube.glowDeviation * 3.5 + 4 : 0)
    let missed = convergence * 2 * Double(geometry.trimHeight)
    func bounded(_ pixels: Double) -> Int { Int(min(Double(Reach.everything), pixels.rounded(.up))) }
    return Reach(
      x: bounded(face.farthestX(in: geometry.bounds) + (around + 4) * tube.pitch + missed) + 4,
      y: bounded(face.farthestY(in: geometry.bounds) + (around + 4) * tube.pitch + missed) + 4)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard !region.isEmpty else { return 0 }
    let tube = TubeLayout(self, region: region, context.geometry)
    let face = TubeFace(self, context.geometry)
    let tile = TubePainter.tile(of: region.width, face: face, region: region)
    let ring = TubePainter.ringLines(tube, face, region: region) * TubePainter.channels * (tile.room + 16)
    return tube.bytes + context.workers.count * (ring + 8 * region.width + 12 * tube.samples.count) * 4
      + region.width * (tube.columnTaps + 6) * 4 * 2
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    guard !frame.region.isEmpty else { return }
    let geometry = context.geometry
    let layout = TubeLayout(self, region: frame.region, geometry)
    let raster = try TubeRaster(self, layout, frame: frame, geometry, workers: context.workers)
    let screen = TubeScreen(
      raster: raster, layout: layout, face: TubeFace(self, geometry),
      mask: ShadowMask(self, layout, geometry), settings: self, region: frame.region, geometry: geometry,
      moment: context.moment, seed: context.seed.derived("crt"))
    TubePainter.paint(screen, onto: frame, workers: context.workers, mixer: mixer)
  }
}

/// The glass: where a pixel of the picture lies on the raster that the beams write.
///
/// Of a spherical face the leading cross terms: x(1 + κ y²), y(1 + κ x²), lengths in half heights. The middles of
/// the sides stay where they are, and the sides become arcs.
struct TubeFace: Sendable {
  /// The middle of the trim, and half its size, pixels.
  let centerX, centerY, halfWidth, halfHeight: Float
  /// Growth of x at the upper edge, of y at the right edge; 0 is flat.
  let bendX, bendY: Float
  let isCurved: Bool
  /// Radius of the corners, and width over which the edge fades, pixels.
  let corner, softness: Float
  /// Distance over which the surround loses the glow, pixels.
  let rim: Float

  /// κ at curvature 1.
  private static let strongest: Float = 0.07

  init(_ settings: CRT, _ geometry: Geometry) {
    halfWidth = max(0.5, Float(geometry.trimWidth) / 2)
    halfHeight = max(0.5, Float(geometry.trimHeight) / 2)
    centerX = Float(geometry.bleed) + halfWidth
    centerY = Float(geometry.bleed) + halfHeight
    isCurved = settings.curvature > 0
    let aspect = halfWidth / halfHeight
    bendX = settings.curvature * TubeFace.strongest
    bendY = settings.curvature * TubeFace.strongest * min(6, aspect * aspect)
    let height = Float(geometry.trimHeight)
    corner = min(Float(settings.corner) * height, halfWidth, halfHeight)
    softness = max(1, 0.002 * height)
    rim = max(1, 0.025 * height)
  }

  /// How far the glass moves anything in `bounds`, pixels.
  func farthestX(in bounds: PixelRect) -> Double {
    guard isCurved else { return 0 }
    let y = max(centerY - Float(bounds.minY), Float(bounds.maxY) - centerY) / halfHeight
    let x = max(centerX - Float(bounds.minX), Float(bounds.maxX) - centerX)
    return Double(x * bendX * y * y) + 1
  }

  func farthestY(in bounds: PixelRect) -> Double {
    guard isCurved else { return 0 }
    let x = max(centerX - Float(bounds.minX), Float(bounds.maxX) - centerX) / halfWidth
    let y = max(centerY - Float(bounds.minY), Float(bounds.maxY) - centerY)
    return Double(y * bendY * x * x) + 1
  }
}
