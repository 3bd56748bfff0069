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

/// Everything that the rows of a picture on a tube are drawn from.
struct TubeScreen: @unchecked Sendable {
  let raster: TubeRaster
  let layout: TubeLayout
  let face: TubeFace
  let mask: ShadowMask
  let guns: Guns
  let region: PixelRect
  let narrow, wide: Spot
  let glows: Bool
  /// How pixel columns of the region see samples, and the cells of the glow.
  let columns, glowColumns: AreaTaps
  /// Light of each held line: red, green, blue twice, then alpha.
  private let gains: [v8f]

  init(
    raster: TubeRaster, layout: TubeLayout, face: TubeFace, mask: ShadowMask, settings: CRT,
    region: PixelRect,
    geometry: Geometry, moment: Moment, seed: Seed
  ) {
    self.raster = raster
    self.layout = layout
    self.face = face
    self.mask = mask
    self.region = region
    guns = Guns(settings, geometry)
    narrow = Spot(deviation: layout.narrow, reach: layout.narrowReach)
    wide = Spot(deviation: layout.wide, reach: layout.wideReach)
    glows = settings.glassHalation > 0
    columns = AreaTaps(
      region.columns, origin: layout.origin + layout.samplePitch / 2, cell: layout.samplePitch)
    glowColumns = AreaTaps(region.columns, origin: layout.origin + layout.pitch / 2, cell: layout.pitch)
    let fading = Afterglow(settings, moment, seed)
    let height = Double(max(1, geometry.trimHeight))
    gains = layout.lines.map { line in
      let place = (Double(line) + 0.5) * layout.pitch / height
      let light = (0..<3).map { fading.light($0, at: place) * mask.brightness }
      return v8f(light[0], light[1], light[2], light[0], light[1], light[2], 1, 1)
    }
  }

  func gain(_ line: Int) -> v8f {
    gains[max(0, min(gains.count - 1, line - layout.lines.lowerBound))]
  }
}

/// One of the two Gaussians of a beam's spot, upright, in lines.
struct Spot: Sendable {
  /// The exponent of 2 at one line's distance.
  let fall: Float
  /// The height of the middle: the light of lines adds up to 1.
  let peak: Float
  /// Lines above and below the nearest one that count.
  let reach: Int

  init(deviation: Double, reach: Int) {
    fall = Float(-0.5 * log2(exp(1)) / (deviation * deviation))
    peak = Float(1 / (deviation * (2 * Double.pi).squareRoot()))
    self.reach = reach
  }

  func weight(_ distance: Float) -> Float { peak * Float(exp2(Double(fall * distance * distance))) }
}

/// The light of phosphor that fades until the beam comes back.
///
/// Light that stays on from the picture before would need that picture, which one that renders alone does not have. What a
/// single exposure, shorter than a field, shows is this: what the beam wrote last is brightest, with a front that lies
/// where the beam was, and what it wrote first has faded; red fades last. The mean over the picture stays.
struct Afterglow: Sendable {
  private let amount, turn: Double
  /// Time constants of red, green and blue, shares of a field.
  private static let fading = [0.55, 0.34, 0.28]
  /// Share of a field that the shutter is open.
  private static let exposure = 0.12

  init(_ settings: CRT, _ moment: Moment, _ seed: Seed) {
    amount = Double(max(0, min(1, settings.afterglow)))
    let turns = SlowTime(moment).turns(rate: Double(settings.rollRate)) + seed.derived("roll").unit(0)
    turn = turns - turns.rounded(.down)
  }

  /// The light of a channel at a height of the picture, 0…1 from the top.
  func light(_ channel: Int, at place: Double) -> Float {
    guard amount > 0 else { return 1 }
    let fading = Afterglow.fading[channel]
    let steps = 16
    var sum = 0.0
    for step in 0..<steps {
      let age = turn + Afterglow.exposure * (Double(step) + 0.5) / Double(steps) - place
      sum += exp(-(age - age.rounded(.down)) / fading)
    }
    let mean = fading * (1 - exp(-1 / fading))
    return Float(1 + amount * (sum / Double(steps) / mean - 1))
  }
}
