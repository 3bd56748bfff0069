import Catalog
import Layers
import Raster
import Stage

/// Tape that has run out of a cassette.
public struct Ribbon: Prop {
  public static let name = "ribbon"
  public static let summary =
    "Tape that has run out of a cassette: a thin shining band in loops along the ground, which can be drawn back in."

  var out: Float = 1
  var from = SIMD3<Float>(0.3, 0.05, 1.6)
  var to = SIMD3<Float>(2.4, 0.02, 2.2)
  var width: Float = 0.045
  var loops: Float = 6
  var height: Float = 0.3
  var twist: Float = 2
  var color = LinearColor(0.035, 0.02, 0.014)
  var sheenLeft = LinearColor(1, 0.1, 0.26)
  var sheenRight = LinearColor(0.05, 0.78, 0.85)
  var sheen: Float = 0.5

  public static let parameters: [Parameter<Ribbon>] = [
    .init(
      "ribbon", \.out, .number(0...1),
      "How much of it is out: 0 when all has been wound in. Let it move, and its loops run back."),
    .init("from", \.from, .place, "Where it comes out of the shell."),
    .init("to", \.to, .place, "Where its end lies when all of it is out."),
    .init("width", \.width, .meters(0.0005...20, suggested: 0.01...0.1), "Width of the band."),
    .init("loops", \.loops, .number(0...60, suggested: 2...12), "How many loops it lies in."),
    .init("height", \.height, .meters(0...50, suggested: 0.1...0.6), "Of its highest loop."),
    .init("twist", \.twist, .number(0...60, suggested: 0...6), "How often it turns about itself."),
    .init("color", \.color, .color, "Share of light that it gives back."),
    .init("sheen-left", \.sheenLeft, .color, "What it mirrors where it turns to the left."),
    .init("sheen-right", \.sheenRight, .color, "What it mirrors where it turns to the right."),
    .init("sheen", \.sheen, .number(0...100, suggested: 0...2), "Strength of what it mirrors."),
  ]

  public init() {}

  private static let piecesPerLoop: Float = 26
  private static let mostPieces = 900

  public func build(in set: inout SetBuilder) throws {
    let way = to - from
    let length = (way * way).sum().squareRoot()
    guard length > 1e-4 else { throw LayerProblems("to", "the ribbon ends where it begins") }
    guard out > 0.002 else { return }
    let along = way / length
    let side = Ribbon.unit(Vector(along.z, 0, -along.x), or: Vector(1, 0, 0))
    let pieces = Int(
      max(24, min(Float(Ribbon.mostPieces), (loops * out * Ribbon.piecesPerLoop).rounded(.up))))
    var last: (middle: Vector, across: Vector)?
    let points = (0...pieces + 1).map {
      point(Float($0) / Float(pieces) * out, along, side, length, set.seed)
    }
    for i in 0...pieces {
      let tangent = Ribbon.unit(points[i + 1] - points[i], or: along)
      // Flat on the ground it lies across its way; the twist turns it on its edge.
      let flat = Ribbon.unit(side - tangent * (side * tangent).sum(), or: side)
      let upright = Ribbon.cross(tangent, flat)
      let share = Float(i) / Float(pieces) * out
      let turn = twist * (share + 1 - out) * 360 + 70 * swing(share * 3 + 1 - out, set.seed.derived("turn"))
      let (c, s) = StandingFrame.circle(turn)
      let across = (flat * c + upright * s) * width
      if let last {
        let normal = Ribbon.unit(Ribbon.cross(points[i] - last.middle, across), or: Vector(0, 1, 0))
        var card = Card(
          origin: last.middle - (last.across + across) * 0.25, right: points[i] - last.middle,
          up: (last.across + across) * 0.5,
          picture: RibbonPiece(color: color.light, light: mirrored(normal)))
        card.castsShadow = false
        set.add(card)
      }
      last = (points[i], across)
    }
  }

  /// What a piece mirrors: the light of the side to which it turns, and most where it lies aslant.
  private func mirrored(_ normal: Vector) -> Vector {
    // Both faces of a band shine: it is seen from the one that faces us.
    let n = normal.z > 0 ? -normal : normal
    func amount(_ x: Float) -> Float {
      let t = max(0, min(1, x))
      return t * t * (3 - 2 * t)
    }
    let left = amount(-n.x * 1.4 + 0.1) * (0.35 + 0.65 * abs(n.z))
    let right = amount(n.x * 1.4 + 0.1) * (0.35 + 0.65 * abs(n.z))
    let above = amount(abs(n.y) * 1.3 - 0.35) * 0.25
    return (sheenLeft.light * (left + above) + sheenRight.light * (right + above)) * sheen
  }

  /// The middle of the band at a share of its way; its loops lie where that part of the tape has come to.
  private func point(_ share: Float, _ along: Vector, _ side: Vector, _ length: Float, _ seed: Seed) -> Vector
  {
    let tape = share + 1 - out
    let (c, s) = StandingFrame.circle(loops * tape * 360)
    let grown = min(1, share / max(0.02, 0.12)) * min(1, (out - min(out, share)) / 0.05 + 0.25)
    let radius = height * 0.5 * grown * (0.45 + 0.55 * (0.5 + 0.5 * swing(tape * 2.3, seed.derived("size"))))
    let stray = height * 0.7 * swing(tape * 1.7, seed.derived("stray")) * min(1, share / 0.2)
    let base = from + (to - from) * share
    return base - along * (radius * s) + Vector(0, radius * (1 - c), 0)
      + side * (stray + radius * 0.5 * c * min(1, share / 0.1))
  }

  /// Smooth chance along the tape, −1…1.
  private func swing(_ x: Float, _ seed: Seed) -> Float {
    let cell = x.rounded(.down)
    let t = x - cell
    let i = Int(max(-1e6, min(1e6, cell)))
    func value(_ i: Int) -> Float { Float(seed.unit(i & 0xffff)) * 2 - 1 }
    return value(i) + (value(i + 1) - value(i)) * t * t * (3 - 2 * t)
  }

  private static func unit(_ v: Vector, or other: Vector) -> Vector {
    let length = (v * v).sum().squareRoot()
    return length > 1e-6 ? v / length : other
  }

  private static func cross(_ a: Vector, _ b: Vector) -> Vector {
    Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}

/// A straight piece of a ribbon.
struct RibbonPiece: CardPicture {
  /// Share of light that comes back, and what it mirrors.
  var color, light: Vector

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard let surface = canvas.surface else { return }
    for i in 0..<canvas.width * canvas.height {
      canvas.alpha[i] = 1
      canvas.red[i] = light.x
      canvas.green[i] = light.y
      canvas.blue[i] = light.z
      surface.red[i] = color.x
      surface.green[i] = color.y
      surface.blue[i] = color.z
      surface.gloss[i] = 0.9
    }
  }
}
