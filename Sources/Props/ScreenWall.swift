import Catalog
import Layers
import Raster
import Stage

/// Picture tubes stacked to a wall, some of them dead.
public struct ScreenWall: Prop {
  public enum Show: String, CaseIterable, Sendable {
    case testCard = "test-card"
    case snow = "static"
    case bars, wave, dark, mixed
  }

  public static let name = "screens"
  public static let summary =
    "A wall of picture tubes that faces the camera: a test card, static, bars, a waveform, or a mixture, some of them dead."

  var show = Show.testCard
  var at = SIMD3<Float>(-6, 0.4, 24)
  var columns = 3
  var rows = 3
  var size: Float = 1.6
  var gap: Float = 0.06
  var whole = true
  var dead: Float = 0.12
  var snow: Float = 0.4
  var roll: Float = 0.3
  var color = LinearColor(0.66, 1, 0.58)
  var gain: Float = 1.5
  var glow: Float = 0.8

  public static let parameters: [Parameter<ScreenWall>] = [
    .init("screens", \.show, .choice, "What they show; mixed chooses for each."),
    .init("at", \.at, .place, "The middle of the wall's lower edge."),
    .init("columns", \.columns, .integer(1...24), "Screens side by side."),
    .init("rows", \.rows, .integer(1...24), "Screens above each other."),
    .init(
      "size", \.size, .meters(0.05...50, suggested: 0.3...4),
      "Width of one with its casing; it is three quarters as high."),
    .init("gap", \.gap, .meters(0...10, suggested: 0...0.3), "Between casings."),
    .init("whole", \.whole, .flag, "Whether one picture spans the wall, or each screen shows its own."),
    .init("dead", \.dead, .number(0...1), "Share of the screens that are dead."),
    .init(
      "snow", \.snow, .number(0...1), "How much the picture drowns in static, which changes with every frame."
    ),
    .init(
      "roll", \.roll, .number(-1000...1000, suggested: 0...1),
      "How far the dark bar of a lost picture has rolled down, in heights: whole ones look the same."),
    .init("color", \.color, .color, "Of the phosphor."),
    .init("gain", \.gain, .number(0...100, suggested: 0.5...4), "Brightness of what they show."),
    .init(
      "glow", \.glow, .number(0...100, suggested: 0...4),
      "Light that they throw on the street, for each square meter of living screen."),
  ]

  public init() {}

  /// Height of a screen over its width, casing included.
  private static let proportion: Float = 0.75
  /// Lights before the wall, in either direction.
  private static let mostLights = 3

  public func build(in set: inout SetBuilder) throws {
    let (w, h) = (size, size * ScreenWall.proportion)
    let wide = Float(columns) * (w + gap) - gap
    let high = Float(rows) * (h + gap) - gap
    let casing = set.material(PlainMaterial(albedo: 0.028, tint: Vector(1, 0.98, 0.94)))
    let own: [Show] = [.testCard, .snow, .snow, .bars, .wave]
    var living: [Vector] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let seed = set.seed.derived(column).derived(row)
        let low = at + Vector(-wide / 2 + Float(column) * (w + gap), high - h - Float(row) * (h + gap), 0)
        // No two casings of old sets are as deep.
        let deep = w * Float(0.45 + 0.15 * seed.unit(1))
        set.box(low, low + Vector(w, h, deep), material: casing, seed: seed.low)
        let isDead = seed.unit(0) < Double(dead) || show == .dark
        let choice = min(own.count - 1, Int(seed.unit(2) * Double(own.count)))
        let picture = ScreenPicture(
          show: isDead ? .dark : show == .mixed ? own[choice] : show,
          part: whole && show != .mixed
            ? .init(column: column, row: row, columns: columns, rows: rows) : .init(),
          snow: snow, roll: roll - roll.rounded(.down),
          light: color.light * (gain * Float(0.82 + 0.36 * seed.unit(3))),
          seed: seed.low, lineSeed: set.seed.low, frame: UInt32(truncatingIfNeeded: set.moment.frame))
        set.add(
          Card(
            origin: low + Vector(w * 0.035, h * 0.035, -0.006 * w), right: Vector(w * 0.93, 0, 0),
            up: Vector(0, h * 0.93, 0), picture: picture))
        if !isDead { living.append(low + Vector(w / 2, h / 2, 0)) }
      }
    }
    addLights(before: living, area: w * h, wide: wide, high: high, to: &set)
  }

  /// A few lights stand for all screens: each for those nearest to it.
  private func addLights(
    before screens: [Vector], area: Float, wide: Float, high: Float, to set: inout SetBuilder
  ) {
    guard glow > 0, gain > 0, !screens.isEmpty else { return }
    let (across, up) = (min(ScreenWall.mostLights, columns), min(ScreenWall.mostLights, rows))
    var groups = [(sum: Vector, count: Float)](repeating: (Vector(0, 0, 0), 0), count: across * up)
    for place in screens {
      let i = max(0, min(across - 1, Int((place.x - at.x + wide / 2) / wide * Float(across))))
      let j = max(0, min(up - 1, Int((place.y - at.y) / high * Float(up))))
      groups[j * across + i].sum += place
      groups[j * across + i].count += 1
    }
    for group in groups where group.count > 0 {
      let space = group.count * area
      var light = Light(
        position: group.sum / group.count - Vector(0, 0, 0.3 * size),
        color: color.light * (glow * gain / 1.5 * space))
      light.softness = max(0.05, space * 0.3)
      light.halo = max(0.1, space)
      light.haze = 0.45
      set.add(light)
    }
  }
}

/// The face of one picture tube.
struct ScreenPicture: CardPicture {
  /// The part of a picture that spans several screens.
  struct Part: Sendable, Hashable {
    var column = 0
    var row = 0
    var columns = 1
    var rows = 1
  }
  var show: ScreenWall.Show
  var part: Part
  var snow: Float
  /// Shares of the height, 0..<1.
  var roll: Float
  var light: Vector
  var seed: UInt32
  /// Of what all screens of a wall have in common: torn lines of one picture.
  var lineSeed: UInt32
  var frame: UInt32

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let stepX = 1 / Float(canvas.width)
    let stepY = 1 / Float(canvas.height)
    let signal = Signal(self, stepX: stepX, stepY: stepY)
    let texel = 2 * max(stepX, stepY)
    for y in 0..<canvas.height {
      let v = (Float(y) + 0.5) * stepY
      let py = 2 * v - 1
      let y2 = py * py
      let line = signal.line(v)
      for x in 0..<canvas.width {
        let u = (Float(x) + 0.5) * stepX
        let px = 2 * u - 1
        let x2 = px * px
        // A bulging rectangle: |x|⁶ + |y|⁶ = r⁶; its slope at the rim turns differences into distances.
        let sixth = x2 * x2 * x2 + y2 * y2 * y2
        let glass = max(0, min(1, 0.5 - (sixth - 0.76) / (4.8 * texel)))
        let mask = max(0, min(1, 0.5 - (sixth - 0.94) / (5.7 * texel)))
        let at = y * canvas.width + x
        canvas.alpha[at] = 1
        // Casing, the black rubber about the tube, glass.
        let body = 0.03 * (1 - mask) + 0.006 * mask
        surface.red[at] = body
        surface.green[at] = body
        surface.blue[at] = body * 0.95
        surface.gloss[at] = 0.15 + 0.6 * glass
        // The tube bulges toward the viewer.
        surface.slopeX[at] = -0.28 * px * glass
        surface.slopeY[at] = 0.28 * py * glass
        guard glass > 0 else { continue }
        let value = signal.value(u, v, line) * glass * (1 - 0.45 * sixth)
        let white = value * value * value * 0.16
        canvas.red[at] = value * light.x + white * (light.x + 0.3)
        canvas.green[at] = value * light.y + white * light.y
        canvas.blue[at] = value * light.z + white * (light.z + 0.35)
      }
    }
  }

  /// Brightness on the tube.
  private struct Signal {
    let picture: ScreenPicture
    /// Contrast that is left of lines and of static where texels are larger than they are.
    let lineContrast, snowContrast: Float
    /// A texel in heights of the whole picture.
    let texel: Float
    let aspect: Float

    static let lines: Float = 120
    static let grains = SIMD2<Float>(110, 120)

    init(_ picture: ScreenPicture, stepX: Float, stepY: Float) {
      self.picture = picture
      lineContrast = max(0, min(1, 1.6 - 3.2 * stepY * Signal.lines))
      snowContrast = max(0.12, min(1, 1.5 - 0.9 * stepY * Signal.grains.y))
      let rows = Float(picture.part.rows)
      texel = max(stepX * 4 / 3, stepY) / rows
      aspect = Float(picture.part.columns) / rows * 4 / 3
    }

    /// What all places of a line have in common: how far it is torn aside, the bar, how noisy it is.
    struct Line {
      var v, shift, gain, add, noise: Float
    }

    func line(_ v: Float) -> Line {
      let p = picture
      let whole = (Float(p.part.row) + v) / Float(p.part.rows)
      let torn = SurfaceNoise.value(whole * 14, 0.5, p.lineSeed &+ p.frame &* 7919)
      let noise = SurfaceNoise.value(whole * 9, 7.5, p.lineSeed &+ p.frame &* 104_729)
      var bar = whole - p.roll
      bar -= bar.rounded(.down)
      let dark = (bar - 0.3) / 0.05
      let bright = (bar - 0.365) / 0.008
      let scan = wave(v * Signal.lines) * 0.22 * lineContrast
      let strength = min(1, p.snow * 2)
      return Line(
        v: whole, shift: (torn - 0.5) * 0.05 * p.snow,
        gain: (1 - 0.65 * strength / (1 + dark * dark * dark * dark)) * (1 + scan),
        add: 0.7 * strength / (1 + bright * bright * bright * bright), noise: noise)
    }

    func value(_ u: Float, _ v: Float, _ line: Line) -> Float {
      let p = picture
      let grain = SurfaceNoise.value(
        u * Signal.grains.x, v * Signal.grains.y, p.seed &+ p.frame &* 2_654_435_761)
      // Static is mostly dark with bright grains: cubed, with the mean of that where grains are not seen.
      let sharp = max(0, (grain - 0.3) * 1.5)
      let flake = (sharp * sharp - 0.24) * snowContrast + 0.24
      let whole = (Float(p.part.column) + u) / Float(p.part.columns) + line.shift
      let x = (whole - 0.5) * aspect
      let y = line.v - 0.5
      let shown: Float =
        switch p.show {
        case .testCard, .mixed: testCard(x, y)
        case .snow: 0.06 + flake * 1.5
        case .bars: bars(whole, line.v)
        case .wave: trace(whole, y)
        case .dark: 0.012
        }
      guard p.show != .dark else { return shown }
      let drowned = shown * (1 - 0.45 * p.snow) + flake * p.snow * (0.5 + 0.9 * line.noise)
      return max(0, drowned * line.gain + line.add)
    }

    /// A wave of period 1 between −1 and 1.
    private func wave(_ x: Float) -> Float {
      let t = x - x.rounded(.down) - 0.5
      return -t * (8 - 16 * abs(t))
    }

    private func line(_ d: Float, _ width: Float) -> Float {
      let w = max(width, texel)
      let t = 1 / (1 + d * d / (w * w))
      return t * t * (width / w)
    }

    /// A circle with bars and a wedge in it, on a grid: what was on after midnight.
    private func testCard(_ x: Float, _ y: Float) -> Float {
      let r = (x * x + y * y).squareRoot()
      let inside = SurfaceNoise.cover(-1, 0.43, r, texel)
      let gx = x * 8
      let gy = y * 8
      let grid = max(
        line((gx - gx.rounded()) / 8, 0.006), line((gy - 0.5 - (gy - 0.5).rounded()) / 8, 0.006))
      let outer = 0.26 + 0.5 * grid
      var inner: Float = 0.5
      let band = SurfaceNoise.cover(-0.07, 0.07, y, texel)
      let bar = x * 11 + 0.5
      let dark = SurfaceNoise.cover(-0.25, 0.25, bar - bar.rounded(), texel * 11)
      inner += (0.08 + 0.75 * (1 - dark) - inner) * band
      let wedge = SurfaceNoise.cover(0.085, 0.15, y, texel)
      inner += ((x + 0.43) * 1.05 - inner) * wedge
      let cap = SurfaceNoise.cover(0.20, 0.27, -y, texel) * SurfaceNoise.cover(-0.2, 0.2, x, texel)
      inner += (0.04 - inner) * cap
      inner += (1.15 - inner) * SurfaceNoise.cover(-1, 0.055, r, texel)
      return outer + (inner - outer) * inside + line(r - 0.43, 0.007) * 1.2 + line(r - 0.27, 0.005) * 0.8
    }

    /// Steps from white to black, and the same the other way round below.
    private func bars(_ u: Float, _ v: Float) -> Float {
      let step = max(0, min(6, (u * 7).rounded(.down))) / 6
      let upper = 0.95 - 0.85 * step
      let lower = 0.08 + 0.8 * step
      return upper + (lower - upper) * SurfaceNoise.cover(0.72, 2, v, texel)
    }

    /// The line of an oscilloscope.
    private func trace(_ u: Float, _ y: Float) -> Float {
      let t = Float(picture.frame % 64)
      let swing =
        0.18 * wave(u * 3 + t / 64) * (0.4 + SurfaceNoise.value(u * 5, 3, picture.lineSeed))
        + 0.10 * (SurfaceNoise.value(u * 26, t * 0.37, picture.lineSeed) - 0.5)
      let grid = max(line(y - (y * 6).rounded() / 6, 0.003), line(u - (u * 8).rounded() / 8, 0.003))
      return 0.03 + 0.10 * grid + line(y - swing, 0.012) * 1.5 + line(y - swing, 0.06) * 0.2
    }
  }
}
