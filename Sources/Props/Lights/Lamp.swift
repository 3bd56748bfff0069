import Catalog
import Layers
import Outline
import Raster
import Stage

/// A street lamp with its cone of light. It can pulse, by a `power` that moves, and sway.
public struct Lamp: Prop {
  public enum Form: String, CaseIterable, Sendable { case arm, lantern, hanging }

  public static let name = "lamp"
  public static let summary =
    "A street lamp with a cone of light in the fog. It pulses by a power that moves; its shadows can lag behind."

  var form = Form.arm
  var at = SIMD3<Float>(2.5, 0, 16.5)
  var height: Float = 4.9
  var arm: Float = -1.6
  var color = LinearColor(1, 0.44, 0.11)
  var power: Float = 100
  var brightness: Float = 1
  var haze: Float = 1.2
  var cone: Float = 112
  var edge: Float = 0.6
  var lean: Float = 7
  var shadows = true
  var sway: Float = 0
  var swayPeriod = 5.0
  var lag = 0.0
  var shadowsFrom: SIMD3<Float>?

  public static let parameters: [Parameter<Lamp>] = [
    .init(
      "lamp", \.form, .choice,
      "A head on a curved arm, a lantern on top of its post, or a shade hanging from a cable over the street."
    ),
    .init("at", \.at, .place, "Where its post stands, or what it hangs above."),
    .init("height", \.height, .meters(0.2...200, suggested: 3.5...7), "Of the light above the ground."),
    .init(
      "arm", \.arm, .meters(-50...50, suggested: -2...2),
      "Reach of the arm to the right; negative to the left."),
    .init("color", \.color, .color, "Hue; sodium vapor if left out."),
    .init(
      "power", \.power, .number(0...100_000, suggested: 25...200),
      "Light below at one meter; let it move for a lamp that pulses."),
    .init(
      "brightness", \.brightness, .number(0...100, suggested: 0.3...2, unit: .times),
      "Of the lamp's own face."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0.5...2, unit: .times), "Share of its light in the fog."),
    .init("cone", \.cone, .number(1...178, suggested: 60...130, unit: .degrees), "Opening of the cone."),
    .init("edge", \.edge, .number(0...1), "How much of the cone is its soft edge."),
    .init(
      "lean", \.lean, .number(-80...80, suggested: 0...20, unit: .degrees), "Of the cone towards the camera."),
    .init("shadows", \.shadows, .flag, "Whether things throw shadows in its light, through the fog as well."),
    .init("sway", \.sway, .meters(0...20, suggested: 0...0.4), "How far the light swings to either side."),
    .init(
      "sway-period", \.swayPeriod, .number(0.1...600, suggested: 2...8, unit: .seconds),
      "Of one swing to and fro."),
    .init(
      "lag", \.lag, .number(0...600, suggested: 0...1.5, unit: .seconds),
      "Shadows fall as the light was so long ago."),
    .init(
      "shadows-from", \.shadowsFrom, Codec<SIMD3<Float>>.place.optional,
      "Where shadows seem to be thrown from instead."),
  ]

  public init() {}

  /// Power at which the face is drawn with its full light.
  private static let fullPower: Float = 200
  /// What of the light goes everywhere.
  private static let spill: Float = 0.1

  public func build(in set: inout SetBuilder) throws {
    let swing = offset(at: set.moment, set)
    let picture = LampDrawing(form: form, height: height, arm: form == .arm ? arm : 0)
    // The lamp's face follows its power, less than the street does: it is far too bright to be seen dimming.
    let face = color.light / max(1e-6, color.light.max()) * 0.6 + SIMD3(repeating: 0.4)
    let light = face * SIMD3(1, 0.85, 0.65) * (45 * brightness * (power / Lamp.fullPower).squareRoot())
    let foot = at + (form == .hanging ? SIMD3(swing, 0, 0) : .zero)
    set.add(picture.card(foot: foot, light: light, seed: set.seed.low))
    if form == .hanging { addCable(swing, &set) }

    guard power > 0 else { return }
    let position = at + SIMD3(picture.lightX + swing, picture.lightY, 0)
    let (sine, cosine) = sineAndCosine(degrees: Double(lean))
    var spot = Light(position: position, color: color.light * power)
    spot.softness = 0.3
    spot.halo = 0.14
    spot.haze = haze
    spot.beam = Light.Beam(
      axis: SIMD3(0, -Float(cosine), -Float(sine)), outer: cone / 2, inner: cone / 2 * (1 - edge))
    spot.castsShadow = shadows
    if shadows { spot.shadowOrigin = shadowOrigin(position, swing, set) }
    set.add(spot)
    var spill = Light(position: position - SIMD3(0, 0, 0.1), color: color.light * (power * Lamp.spill))
    spill.softness = 0.3
    spill.halo = 0.17
    spill.haze = haze
    set.add(spill)
  }

  /// How far the light has swung to the right.
  private func offset(at moment: Moment, _ set: SetBuilder) -> Float {
    guard sway > 0 else { return 0 }
    let motion = Motion.wave(
      low: Double(-sway), high: Double(sway), period: swayPeriod, phase: set.seed.derived("sway").unit(0))
    return Float(motion.value(at: moment))
  }

  private func shadowOrigin(_ position: SIMD3<Float>, _ swing: Float, _ set: SetBuilder) -> SIMD3<Float>? {
    if let shadowsFrom { return shadowsFrom }
    guard lag > 0, sway > 0 else { return nil }
    let before = Moment(time: set.moment.time - lag, frame: set.moment.frame, loop: set.moment.loop)
    return position + SIMD3(offset(at: before, set) - swing, 0, 0)
  }

  /// The cable across the street that a shade hangs from, and its cord.
  private func addCable(_ swing: Float, _ set: inout SetBuilder) {
    let reach = set.street?.halfWidth ?? 6.5
    let knot = at + SIMD3(0, height + 1.1, 0)
    for end in [-reach, reach] {
      var cable = Strand(points: [], radius: 0.012)
      for step in 0...10 {
        let t = Float(step) / 10
        cable.points.append(
          SIMD3(knot.x + (end - knot.x) * t, knot.y + 0.8 * t - 0.5 * t * (1 - t), knot.z))
      }
      set.add(cable)
    }
    set.add(Strand(points: [knot, at + SIMD3(swing, height + 0.2, 0)], radius: 0.01))
  }
}

/// The shapes of a lamp.
struct LampDrawing {
  private var parts: [PostPicture.Part] = []
  private let size: SIMD2<Float>
  /// From the card's left edge to the post's axis, and from the ground to the card's lower edge.
  private let axis: Float
  private let base: Float
  private let lens: (center: SIMD2<Float>, radius: SIMD2<Float>)
  /// Of the light, from the post's foot.
  let lightX: Float
  let lightY: Float

  private static let steel = SIMD3<Float>(0.030, 0.031, 0.034)

  init(form: Lamp.Form, height: Float, arm: Float) {
    let reach = abs(arm)
    lightX = arm
    lightY = height - 0.1
    switch form {
    case .arm:
      // Drawn with the arm to the left, mirrored if need be.
      let h = Double(height)
      let r = Double(reach)
      let tall = h
      let width = r + 1.5
      let x = r + 1.2
      size = SIMD2(Float(width), Float(tall + 0.25))
      base = 0
      let flips = arm > 0
      axis = Float(flips ? width - x : x)
      func p(_ u: Double, _ v: Double) -> Point { Point(flips ? width - u : u, v) }
      let mast = min(0.06, h * 0.012)
      var outline = Path([
        .move(p(x - mast, 0)), .line(p(x + mast, 0)), .line(p(x + mast * 0.62, h * 0.93)),
        .line(p(x - mast * 0.62, h * 0.93)), .close,
      ])
      parts.append(.init(outline: outline, albedo: LampDrawing.steel, round: SIMD2(axis, Float(mast))))
      outline = Path([
        .move(p(x - mast * 2.1, 0)), .line(p(x + mast * 2.1, 0)), .line(p(x + mast * 1.6, h * 0.17)),
        .line(p(x - mast * 1.6, h * 0.17)), .close,
      ])
      parts.append(.init(outline: outline, albedo: LampDrawing.steel, round: SIMD2(axis, Float(mast * 2))))
      // A quarter of an arch from the mast to the head.
      let rise = min(h * 0.1, 0.5)
      let curve = Path([
        .move(p(x, h * 0.88)),
        .cubic(p(x, h * 0.88 + rise * 1.3), p(x - r * 0.45, h + 0.06), p(x - r, h + 0.02)),
      ])
      parts.append(
        .init(
          outline: curve.stroked(StrokeStyle(width: mast * 1.05, cap: .round), tolerance: 0.003),
          albedo: LampDrawing.steel))
      let head = Polyline(
        [
          p(x - r + 0.30, h + 0.05), p(x - r, h + 0.10), p(x - r - 0.40, h + 0.03),
          p(x - r - 0.46, h - 0.055),
          p(x - r + 0.05, h - 0.09), p(x - r + 0.28, h - 0.03),
        ], isClosed: true)
      parts.append(.init(outline: head.smoothed(cornerAngle: 80), albedo: LampDrawing.steel * 1.3))
      lens = (
        SIMD2(Float(p(x - r - 0.1, 0).x), height - 0.10), SIMD2(0.25, 0.052)
      )
    case .lantern:
      let h = Double(height)
      let width = 1.1
      size = SIMD2(Float(width), Float(h + 0.55))
      base = 0
      axis = Float(width / 2)
      let x = width / 2
      lens = (SIMD2(Float(x), height - 0.06), SIMD2(0.11, 0.17))
      let mast = min(0.055, h * 0.014)
      func box(_ half: Double, _ low: Double, _ high: Double) -> Path {
        .rectangle(Rect(minX: x - half, minY: low, maxX: x + half, maxY: high))
      }
      func post(_ path: Path, _ r: Double) {
        parts.append(.init(outline: path, albedo: LampDrawing.steel, round: SIMD2(Float(x), Float(r))))
      }
      post(box(mast, 0, h - 0.3), mast)
      post(box(mast * 2.2, 0, h * 0.12), mast * 2.2)
      post(box(mast * 1.7, h * 0.12, h * 0.16), mast * 1.7)
      post(box(mast * 1.9, h - 0.36, h - 0.3), mast * 1.9)
      func quad(_ low: Double, _ a: Double, _ high: Double, _ b: Double) -> Path {
        Path([
          .move(Point(x - a, low)), .line(Point(x + a, low)), .line(Point(x + b, high)),
          .line(Point(x - b, high)),
          .close,
        ])
      }
      parts.append(
        .init(outline: quad(h - 0.3, 0.12, h + 0.18, 0.22), albedo: SIMD3(0.1, 0.1, 0.1), gloss: 0.8))
      for u in [-1.0, 0, 1] {
        parts.append(
          .init(
            outline: Path([
              .move(Point(x + u * 0.12 - 0.012, h - 0.3)), .line(Point(x + u * 0.12 + 0.012, h - 0.3)),
              .line(Point(x + u * 0.22 + 0.012, h + 0.18)), .line(Point(x + u * 0.22 - 0.012, h + 0.18)),
              .close,
            ]), albedo: LampDrawing.steel))
      }
      parts.append(.init(outline: quad(h + 0.17, 0.27, h + 0.36, 0.07), albedo: LampDrawing.steel))
      post(box(0.02, h + 0.36, h + 0.48), 0.02)
    case .hanging:
      let width = 1.7
      let x = width / 2
      size = SIMD2(Float(width), 0.6)
      base = height - 0.3
      axis = Float(x)
      // A shade like a plate, from below.
      let shade = Polyline(
        [
          Point(x - 0.32, 0.26), Point(x - 0.14, 0.4), Point(x, 0.46), Point(x + 0.14, 0.4),
          Point(x + 0.32, 0.26),
        ],
        isClosed: true)
      parts.append(.init(outline: shade.smoothed(cornerAngle: 70), albedo: LampDrawing.steel * 1.3))
      parts.append(
        .init(
          outline: .rectangle(Rect(minX: x - 0.035, minY: 0.44, maxX: x + 0.035, maxY: 0.58)),
          albedo: LampDrawing.steel))
      lens = (SIMD2(Float(x), 0.24), SIMD2(0.2, 0.05))
    }
  }

  func card(foot: SIMD3<Float>, light: SIMD3<Float>, seed: UInt32) -> Card {
    let picture = PostPicture(
      size: size, parts: parts, lenses: [.init(center: lens.center, radius: lens.radius, light: light)],
      seed: seed)
    return Card(
      origin: foot + SIMD3(-axis, base, 0), right: SIMD3(size.x, 0, 0), up: SIMD3(0, size.y, 0),
      picture: picture)
  }
}
