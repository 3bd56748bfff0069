import Catalog
import Layers
import Outline
import Raster
import Stage

/// A huge ring of neon, bent from several pieces of glass, of which some are dead or gone.
public struct Ring: Prop {
  public static let name = "ring"
  public static let summary =
    "A huge ring of neon tubes, some of them dead or gone, with a second ring inside it: light to stand against."

  var radius: Float = 2.3
  var at = SIMD3<Float>(0.3, 2.6, 19)
  var color = LinearColor(1, 0.16, 0.07)
  var second: Float = 0.875
  var secondColor = LinearColor(1, 0.05, 0.20)
  var secondStrength: Float = 0.55
  var tube = 0.02
  var pieces = 9
  var dead: [Int] = [4]
  var gone: [Int] = []
  var brightness: Float = 1.3
  var glow: Float = 1
  var flicker = 0.0
  var flickerRate = 14.0
  var buzz = 0.1
  var power: Float = 3.5
  var backLight: Float = 50
  var haze: Float = 0.4
  var posts = true

  private static let maximumPieces = 64
  /// Distances in radii: from the ring to the card's edge.
  private static let margin = 1.24
  private static let sources = 12

  public static let parameters: [Parameter<Ring>] = [
    .init("ring", \.radius, .meters(0.05...500, suggested: 1...4), "Radius."),
    .init("at", \.at, .place, "Its middle."),
    .init("color", \.color, .color, "Hue of the outer tube."),
    .init(
      "second", \.second, .number(0...1, suggested: 0.6...0.95),
      "Radius of the inner tube as a share; 0 for none."),
    .init("second-color", \.secondColor, .color, "Its hue."),
    .init(
      "second-strength", \.secondStrength, .number(0...10, suggested: 0.2...1, unit: .times), "Its light."),
    .init(
      "tube", \.tube, .number(0.001...0.2, suggested: 0.01...0.03),
      "Thickness of the glowing glass, share of the radius."),
    .init("pieces", \.pieces, .integer(1...maximumPieces), "Pieces of glass that a tube is bent from."),
    .init(
      "dead", \.dead, Codec<Int>.integer(1...maximumPieces).oneOrMore(0...maximumPieces),
      "Pieces without light, counted clockwise from the top; the first is 1."),
    .init(
      "gone", \.gone, Codec<Int>.integer(1...maximumPieces).oneOrMore(0...maximumPieces),
      "Pieces that are not there."),
    .init("brightness", \.brightness, .number(0...100, suggested: 0.3...2, unit: .times), "Of the tubes."),
    .init(
      "glow", \.glow, .number(0...20, suggested: 0...2, unit: .times), "Strength of the halo around tubes."),
    .init("flicker", \.flicker, .number(0...1), "How much and how often single pieces fail for a moment."),
    .init(
      "flicker-rate", \.flickerRate, .number(0.1...60, suggested: 4...20, unit: .hertz), "Steps of flicker."),
    .init("buzz", \.buzz, .number(0...1, suggested: 0...0.2), "Slow rise and fall of each piece."),
    .init(
      "power", \.power, .number(0...10_000, suggested: 1...8), "Light thrown by each meter of the outer tube."
    ),
    .init(
      "back-light", \.backLight, .number(0...10_000, suggested: 20...80),
      "Light from behind, which makes silhouettes and throws their shadows towards the camera; 0 for none."),
    .init(
      "haze", \.haze, .number(0...100, suggested: 0.2...1, unit: .times),
      "Share of the thrown light in the fog."),
    .init("posts", \.posts, .flag, "Whether it stands on two posts, if its foot is above the ground."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    for (name, numbers) in [("dead", dead), ("gone", gone)] {
      if let wrong = numbers.first(where: { $0 > pieces }) {
        throw LayerProblems(name, "there is no piece \(wrong): the ring has \(pieces)")
      }
    }
    let levels = levels(set)
    var groups = groups(1, gap: 1.6, levels, color.light, 1, set)
    if second > 0, secondStrength > 0 {
      groups += self.groups(Double(second), gap: 2.4, levels, secondColor.light, secondStrength, set)
    }
    let side = 2 * Ring.margin
    let picture = NeonSignPicture(
      size: Point(side, side), groups: groups, tube: tube, panel: .null, panelCover: 0, glow: glow,
      seed: set.seed.low, reach: 0.34, fade: 0.16)
    let half = Float(Ring.margin) * radius
    set.add(
      Card(
        origin: at - SIMD3(half, half, 0), right: SIMD3(2 * half, 0, 0), up: SIMD3(0, 2 * half, 0),
        picture: picture))
    addFrame(&set)
    addLights(levels, &set)
  }

  /// Of each piece, clockwise from the top.
  private func levels(_ set: SetBuilder) -> [Float] {
    let seed = set.seed.derived("pieces")
    return (0..<pieces).map { piece in
      if gone.contains(piece + 1) || dead.contains(piece + 1) { return 0 }
      // No two tubes are of one age.
      var level = 0.75 + 0.5 * seed.unit(piece)
      if flicker > 0 {
        level *= Motion.flicker(
          low: 1 - flicker, high: 1, rate: flickerRate, steady: 1 - 0.45 * flicker, seed: seed.derived(piece)
        ).value(at: set.moment)
      }
      if buzz > 0 {
        let own = seed.derived("buzz")
        level *= Motion.wave(
          low: 1 - buzz, high: 1, period: 1.7 + 1.6 * own.unit(2 * piece), phase: own.unit(2 * piece + 1)
        ).value(at: set.moment)
      }
      return Float(level)
    }
  }

  /// - Parameter gap: between two pieces, in degrees.
  private func groups(
    _ share: Double, gap: Double, _ levels: [Float], _ hue: SIMD3<Float>, _ strength: Float, _ set: SetBuilder
  ) -> [NeonSignPicture.Group] {
    let span = 360 / Double(pieces)
    let center = Point(Ring.margin, Ring.margin)
    return levels.enumerated().compactMap { piece, level in
      guard !gone.contains(piece + 1) else { return nil }
      let isWhole = pieces == 1
      let path = Path.arc(
        center: center, radius: share, from: span * Double(piece) + (isWhole ? 0 : gap / 2),
        sweep: isWhole ? 360 : max(span * 0.1, span - gap))
      guard let line = path.flattened(tolerance: 0.0008).first else { return nil }
      let own = level * strength * brightness
      let lamp = TubeLamp(
        Tube(path: path, isClosed: line.isClosed, letter: piece, diameter: 0.05), level: own, wear: 0.3,
        blockOut: 0,
        seed: set.seed.derived("tube").derived(piece + (share < 1 ? 1000 : 0)))
      return NeonSignPicture.Group(
        tubes: [
          .init(points: line.points, isClosed: line.isClosed, light: lamp.samples)
        ],
        color: hue, level: own)
    }
  }

  /// The dark tube of steel that the glass is tied to, and its posts.
  private func addFrame(_ set: inout SetBuilder) {
    let thickness = max(0.01, radius * 0.018)
    let points = (0...72).map { step -> SIMD3<Float> in
      let (sine, cosine) = sineAndCosine(degrees: Double(step) * 5)
      return at + SIMD3(Float(sine) * radius * 0.945, Float(cosine) * radius * 0.945, 0.12)
    }
    set.add(Strand(points: points, radius: thickness))
    guard posts, at.y - radius > 0.02 else { return }
    let metal = set.material(PlainMaterial(albedo: 0.05))
    for x in [Float(-0.55), 0.55] {
      // Where the frame passes above the post.
      let y = at.y - radius * 0.945 * (1 - x * x).squareRoot()
      let foot = SIMD3(at.x + x * radius * 0.945, 0, at.z + 0.12)
      set.box(
        foot - SIMD3(thickness, 0, thickness), foot + SIMD3(thickness, y, thickness), material: metal,
        seed: set.seed.low)
    }
  }

  private func addLights(_ levels: [Float], _ set: inout SetBuilder) {
    let total = power * 2 * .pi * radius * brightness / 1.3
    for index in 0..<Ring.sources {
      // The mean of the pieces that this stretch lies on.
      let piece = min(levels.count - 1, (2 * index + 1) * levels.count / (2 * Ring.sources))
      let light = total / Float(Ring.sources) * levels[piece]
      guard light > 0 else { continue }
      let (sine, cosine) = sineAndCosine(degrees: (Double(index) + 0.5) * 360 / Double(Ring.sources))
      var position = at + SIMD3(Float(sine) * radius, Float(cosine) * radius, -0.2)
      position.y = max(0.3, position.y)
      var source = Light(position: position, color: color.light * light)
      source.softness = 0.6
      source.halo = max(0.2, radius * 0.24)
      source.haze = haze
      set.add(source)
    }
    let lit = levels.reduce(0, +) / Float(max(1, levels.count))
    guard backLight > 0, lit > 0 else { return }
    var back = Light(
      position: SIMD3(at.x, max(0.5, at.y * 0.77), at.z + 1.2), color: color.light * (backLight * lit))
    back.softness = 0.8
    back.halo = 0.9
    back.haze = 0.9
    back.castsShadow = true
    set.add(back)
  }
}
