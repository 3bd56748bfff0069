import Catalog
import Layers
import Raster
import Stage

/// A compact cassette standing in the street, whole, or melting into it: the film's anchor.
public struct Cassette: Prop {
  public enum State: String, CaseIterable, Sendable { case whole, melted }

  public static let name = "cassette"
  public static let summary =
    "A compact cassette with lit window and hubs, whole or melting into a puddle; larger than life by default."

  var state = State.melted
  var at = SIMD3<Float>(0, 0, 1.5)
  var size: Float = 0.62
  var lean: Float = 12
  var turn: Float = 0
  var melt: Float?
  var front: Float = 0
  var frontColor = LinearColor(0.6, 1, 0.55)
  var hub: Float = 0
  var blur: Float = 0
  var wound: Float = 0.7
  var color = LinearColor(1, 0.06, 0.32)
  var glow: Float = 0.6
  var key = LinearColor(0.62, 0.95, 1)
  var rim = LinearColor(0.3, 0.95, 1.1) * 0.4
  var shell = LinearColor(0.024, 0.021, 0.026)
  var label = "林小艺"
  var note = "00:00 midnight"
  var side = "A"
  var number = "C-90"
  var font = ["Kaushan Script", "Smiley Sans"]
  var shadow = true

  public static let parameters: [Parameter<Cassette>] = [
    .init("cassette", \.state, .choice, "Whole, or melted into the street."),
    .init("at", \.at, .place, "The foot of the shell's front, in the middle."),
    .init(
      "size", \.size, .meters(0.01...50, suggested: 0.1...1),
      "Width. A real one has 0.1; 0.62 is the usual cheat before a street."),
    .init("lean", \.lean, .number(-80...80, suggested: 0...30, unit: .degrees), "How far it leans back."),
    .init("turn", \.turn, .angle(), "Turn about the vertical; positive turns the right side away."),
    .init(
      "melt", \.melt, Codec<Float>.number(0...1).optional,
      "How far it has melted, from 0 to 1; as `cassette` says if left out. May move."),
    .init(
      "front", \.front, .number(0...1),
      "How far it has healed from left to right: 1 is whole, 0 as molten as `melt` says. A bright crack runs between."
    ),
    .init("front-color", \.frontColor, .color, "Light of that crack."),
    .init(
      "hub", \.hub, .angle(), "Turn of the hubs; every 60° looks the same, so that a turning tape can loop."),
    .init(
      "blur", \.blur, .number(0...360, suggested: 0...40, unit: .degrees),
      "How far the hubs turn while the picture is taken."),
    .init("wound", \.wound, .number(0...1), "Share of the tape that is on the left reel."),
    .init("color", \.color, .color, "Light of the window, of the hubs and of what is still hot."),
    .init("glow", \.glow, .number(0...100, suggested: 0...1.5), "Strength of that light; 0 is a dead tape."),
    .init(
      "key", \.key, .color,
      "A spot from the upper left before it, so that the label can be read in a dark street; black for none."),
    .init(
      "rim", \.rim, .color,
      "Light along the upper edge, which parts it from the dark behind; black for none."),
    .init("shell", \.shell, .color, "Color of the plastic."),
    .init("label", \.label, .text, "The name written on the label."),
    .init("note", \.note, .text, "What is written after it, smaller."),
    .init("side", \.side, .text, "The letter of the side."),
    .init("number", \.number, .text, "What is printed at the right: the length of the tape."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(1...16),
      "The handwriting: a font, or a list of which the first that has a letter draws it."),
    .init("shadow", \.shadow, .flag, "Whether it throws a shadow in lights that cast shadows."),
  ]

  public init() {}

  /// How molten it is, whatever says so.
  var amount: Float { melt ?? (state == .melted ? 1 : 0) }

  public func build(in set: inout SetBuilder) throws {
    let label = try CassetteLabel(
      CassetteLabel.Words(name: label, note: note, side: side, number: number, fonts: font),
      library: set.fonts, seed: set.seed.derived("hand"))
    let outline = CassetteShell(melt: amount, healed: front, seed: set.seed.derived("shell"))
    let frame = StandingFrame(foot: at, turn: turn, lean: lean)
    let light = color.light * glow
    let face = CassetteFace(
      shell: outline, label: label, light: light, hub: hub, blur: blur, wound: wound, plastic: shell.light,
      borderLight: frontColor.light, rim: rim.light, seed: set.seed.derived("wear").low)
    // Of the front and the back, the camera and its mirror image rarely see both.
    let eye = set.scene.camera.eye
    let eyes = [eye, Vector(eye.x, -eye.y, eye.z)]
    let thickness = CassetteShell.thickness * size
    let seesRear = eyes.contains { (($0 - frame.point(0, 0, thickness)) * frame.depth).sum() > 0 }
    let seesFront = eyes.contains { (($0 - frame.foot) * frame.depth).sum() < 0 }
    if seesFront || !seesRear {
      var card = CassetteFace.card(frame, width: size, depth: 0, picture: face)
      card.castsShadow = shadow
      set.add(card)
    }
    if seesRear {
      var rear = face
      rear.label = nil
      var card = CassetteFace.card(frame, width: size, depth: thickness, picture: rear)
      card.castsShadow = shadow && !seesFront
      set.add(card)
    }
    addSides(of: outline, frame, to: &set)
    // What has run out lies on the ground; there is none under a cassette that is held.
    if outline.melt > 0, abs(at.y) < 0.1 * size {
      let puddle = MoltenPuddle(shell: outline, seed: set.seed.derived("puddle"))
      set.scene.spills.append(puddle.spill(frame, size: size, albedo: shell.light))
    }
    addLights(frame, light, to: &set)
  }

  /// The narrow sides and the upper edge: a card for each straight piece of the outline.
  private func addSides(of outline: CassetteShell, _ frame: StandingFrame, to set: inout SetBuilder) {
    let corners = outline.outline()
    let pieces = zip(corners, corners.dropFirst()).filter { (($1 - $0) * ($1 - $0)).sum() > 1e-8 }
    /// Half the slope with which a piece turns into the next one; sharp corners stay sharp.
    func bend(_ a: (SIMD2<Float>, SIMD2<Float>), _ b: (SIMD2<Float>, SIMD2<Float>)) -> Float {
      let (p, q) = (a.1 - a.0, b.1 - b.0)
      let across = p.x * q.y - p.y * q.x
      let along = (p * q).sum()
      guard along > 0 else { return 0 }
      return max(-0.4, min(0.4, across / along * 0.5))
    }
    let thickness = CassetteShell.thickness
    for (i, piece) in pieces.enumerated() {
      let (a, b) = piece
      let from = frame.point(a.x * size, (CassetteShell.height - a.y) * size)
      let to = frame.point(b.x * size, (CassetteShell.height - b.y) * size)
      let start = i > 0 ? bend(pieces[i - 1], piece) : 0
      let end = i + 1 < pieces.count ? bend(piece, pieces[i + 1]) : 0
      let d = b - a
      set.add(
        Card(
          origin: from, right: to - from, up: frame.depth * (thickness * size),
          picture: CassetteEdge(
            bends: (start, -end), plastic: shell.light, length: (d * d).sum().squareRoot(),
            thickness: thickness)))
    }
  }

  /// Small lights about the shell: its glow on the street. Powers hold for a width of 0.62 m.
  private func addLights(_ frame: StandingFrame, _ light: Vector, to set: inout SetBuilder) {
    let scale = size / 0.62
    if key.light != .zero {
      let from = frame.groundPoint(-2.3 * size, 1.7 * size, -1.15 * size)
      let way = frame.point(0, 0.34 * size) - from
      let distance = (way * way).sum().squareRoot()
      var spot = Light(position: from, color: key.light * (3.2 * scale * scale))
      spot.softness = 0.1 * scale * scale
      spot.haze = 0
      spot.beam = Light.Beam(axis: way / max(1e-6, distance), outer: 16, inner: 7)
      set.add(spot)
    }
    guard light != .zero else { return }
    /// x, y, z in widths; power; how far it is smeared out; light in the fog.
    let lights: [(Vector, power: Float, softness: Float, haze: Float)] = [
      (Vector(0, 0.10, -0.34), 0.045, 0.05, 0.8), (Vector(-0.52, 0.10, 0.24), 0.14, 0.01, 0.8),
      (Vector(0.52, 0.10, 0.24), 0.14, 0.01, 0.8), (Vector(0, 0.62, 0.26), 0.10, 0.01, 0.8),
    ]
    for part in lights {
      var glow = Light(
        position: frame.groundPoint(part.0.x * size, part.0.y * size, part.0.z * size),
        color: light * (part.power / 0.6 * scale * scale))
      glow.softness = part.softness * scale * scale
      glow.halo = 0.02 * scale * scale
      glow.haze = part.haze / max(0.2, scale)
      set.add(glow)
    }
  }
}
