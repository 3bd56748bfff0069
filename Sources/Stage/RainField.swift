/// Drops at a few distances from the camera, drawn as long as an open shutter sees them.
///
/// Each distance is a sheet across the view with a lattice of falling cells, one drop in a cell: no drop ever
/// depends on another, and any moment can be drawn by itself.
struct RainField: Sendable {
  private struct Sheet {
    /// Distance, meters; how bright its drops are.
    var z: Float
    var strength: Float
    /// Size of a cell, meters.
    var width: Float
    var height: Float
    /// Whether its drops go up, and how many of its cells hold one.
    var rises = false
    var amount: Float = 0
  }

  private let rain: Rain
  private let sheets: [Sheet]
  private let jets: WaterJets
  private let eye: Vector
  /// Unit vector of the fall in a sheet whose drops fall: x to the right, y up.
  private let lean: SIMD2<Float>
  /// Length of a streak: what falls past an open shutter, meters.
  private let streak: Float

  /// How long the shutter is open: half of a frame at 24 a second.
  private static let shutter: Float = 1 / 48.0

  init(_ rain: Rain, eye: Vector) {
    self.rain = rain
    self.eye = eye
    jets = WaterJets(rain, eye: eye)
    // Near drops are few, long and bright; far ones many, short and faint.
    let falling = [
      Sheet(z: 1.3, strength: 0.8, width: 0.05, height: 0.45),
      Sheet(z: 2.6, strength: 0.75, width: 0.07, height: 0.5),
      Sheet(z: 5.5, strength: 0.6, width: 0.09, height: 0.55),
      Sheet(z: 13, strength: 0.4, width: 0.13, height: 0.6),
      Sheet(z: 26, strength: 0.3, width: 0.22, height: 0.8),
    ]
    // Drops that rise are seen one by one: they are larger, fewer, and more of them near.
    let rising = [
      Sheet(z: 1.7, strength: 1.5, width: 0.2, height: 0.6),
      Sheet(z: 2.7, strength: 1.5, width: 0.16, height: 0.55),
      Sheet(z: 4, strength: 1.4, width: 0.16, height: 0.5),
      Sheet(z: 6, strength: 1.2, width: 0.18, height: 0.55),
      Sheet(z: 9.5, strength: 1, width: 0.2, height: 0.6),
      Sheet(z: 15, strength: 0.7, width: 0.2, height: 0.7),
      Sheet(z: 24, strength: 0.5, width: 0.26, height: 0.8),
    ]
    let rise = max(0, min(1, rain.rise))
    func part(_ sheets: [Sheet], rises: Bool, amount: Float) -> [Sheet] {
      guard amount > 0 else { return [] }
      return sheets.map {
        var sheet = $0
        sheet.rises = rises
        sheet.amount = min(1, amount)
        return sheet
      }
    }
    sheets =
      part(falling, rises: false, amount: rain.amount * (1 - rise))
      + part(rising, rises: true, amount: rain.amount * rise)
    let angle = max(-80, min(80, rain.angle)) / 360
    lean = SIMD2(-WetGround.sine(angle), -WetGround.sine(angle + 0.25))
    streak = max(0.01, min(2, rain.speed * RainField.shutter))
  }

  var isEmpty: Bool { sheets.isEmpty }

  /// How much light the drops along a ray throw to the eye, as a share of the light about them: those that fall, and
  /// those that rise.
  ///
  /// - Parameters:
  ///   - slope: of the ray through the middle of the lens.
  ///   - pixel: slope that one pixel covers.
  ///   - shift: where the ray crosses the lens, meters from its middle.
  ///   - seen: share of the pixel in which nothing stands before a distance.
  func share(
    slope: SIMD2<Float>, pixel: Float, through shift: SIMD2<Float>, _ lens: LensPart, seen: (Float) -> Float
  ) -> (falling: Float, rising: Float) {
    var falling: Float = 0
    var rising = jets.share(slope: slope, pixel: pixel, through: shift, lens, seen: seen)
    for (number, sheet) in sheets.enumerated() {
      let lean = sheet.rises ? -self.lean : self.lean
      let moved = shift * (1 - sheet.z * lens.perFocus)
      let place = SIMD2(eye.x + slope.x * sheet.z + moved.x, eye.y + slope.y * sheet.z + moved.y)
      guard place.y > 0 else { continue }
      // Along the fall and across it.
      let along = place.x * lean.x + place.y * lean.y
      let across = place.x * lean.y - place.y * lean.x
      let column = SurfaceNoise.floor(across / sheet.width)
      let seed = rain.seed &+ UInt32(number) &* 977
      // Every column falls at its own pace, so that no rows are seen.
      let pace = 0.85 + 0.3 * SurfaceNoise.cell(column, 1, seed)
      let start = SurfaceNoise.cell(column, 2, seed) * 97
      let clock = Clock(rate: rain.speed * pace / sheet.height, time: rain.time, period: rain.period)
      let fallen = along / sheet.height - clock.turns + start
      let row = SurfaceNoise.floor(fallen)
      let cell = clock.wrapped(row)
      guard SurfaceNoise.cell(column, cell, seed &+ 3) < sheet.amount else { continue }
      let size = 0.5 + 0.5 * SurfaceNoise.cell(column, cell, seed &+ 4)
      // Rain that rises leaves the water as beads and is drawn out on its way up.
      let drawn = sheet.rises ? SurfaceNoise.step(0, 2.4, place.y) * 0.9 + 0.1 : 1
      let half = min(0.48, streak * size * drawn * (sheet.rises ? 2 : 0.5) / sheet.height)
      let middle = half + (1 - 2 * half) * SurfaceNoise.cell(column, cell, seed &+ 5)
      let down = (fallen - Float(row) - middle) / half
      guard abs(down) < 1 else { continue }
      let width = pixel * sheet.z + lens.width(after: sheet.z)
      // A drop that rises is a bead that drags a tail after it.
      let radius =
        sheet.rises
        ? (sheet.z * 0.0004 + 0.0018) * (0.4 + 2 * SurfaceNoise.step(0.5, 0.9, down) - 1.7 * drop(down))
        : sheet.z * 0.00035 + 0.0006
      let x = across / sheet.width - Float(column)
      let offset = (x - 0.12 - 0.76 * SurfaceNoise.cell(column, cell, seed &+ 6)) * sheet.width
      let cover = SurfaceNoise.cover(-radius, radius, offset, width)
      guard cover > 0 else { continue }
      // Drops that fall end softly on both sides; those that rise have a bright head and a long tail.
      let profile =
        sheet.rises
        ? SurfaceNoise.step(-1, 0.9, down) * (0.3 + 0.7 * SurfaceNoise.step(0.5, 0.85, down))
          * SurfaceNoise.step(1, 0.92, down)
        : 1 - SurfaceNoise.step(0.3, 1, abs(down))
      let bright = 0.25 + 0.75 * SurfaceNoise.cell(column, cell, seed &+ 7)
      let light = cover * profile * bright * sheet.strength * seen(sheet.z)
      if sheet.rises { rising += light } else { falling += light }
    }
    return (falling * rain.brightness, rising * rain.brightness)
  }

  /// How far the round end of a bead has narrowed.
  @inline(__always)
  private func drop(_ along: Float) -> Float { SurfaceNoise.step(0.75, 1, along) }
}

/// Something that comes round at a steady rate; where a picture repeats, so often that it fits.
struct Clock {
  /// Turns since the beginning.
  let turns: Float
  /// Turns after which everything is as at the beginning, if ever.
  private let count: Int?

  init(rate: Float, time: Float, period: Float?) {
    guard let period, period > 0 else {
      turns = rate * time
      count = nil
      return
    }
    let whole = max(1, (rate * period).rounded())
    turns = whole * (time / period)
    count = max(1, Int(min(whole, 1e6)))
  }

  /// The number of a turn, counted anew in each repetition.
  func wrapped(_ turn: Int) -> Int {
    guard let count else { return turn }
    let rest = turn % count
    return rest < 0 ? rest + count : rest
  }
}
