import Catalog
import Layers
import Outline
import Raster
import Stage

/// A person in a coat, dark against the light.
public struct Figure: Prop {
  public static let name = "figure"
  public static let summary =
    "A person in a coat, dark against the light, with two unequal rims: walking, standing, kneeling and reaching, holding a cassette to the chest, with a hand raised, facing us, or greeting us."

  public enum Turn: String, CaseIterable, Sendable { case left, right }

  public var pose = FigurePose.walk
  public var at = Vector(0, 0, 5.5)
  public var height: Float = 1.8
  public var turn = Turn.left
  public var coat = FigureCoat.trench
  public var sway: Float = 0.3
  public var step: Float = 0
  public var rimLeft = LinearColor(1, 0.10, 0.26)
  public var rimLeftStrength: Float = 1.6
  public var rimRight = LinearColor(1, 0.40, 0.14)
  public var rimRightStrength: Float = 3.4
  public var rimTop = LinearColor(1, 0.55, 0.20)
  public var rimTopStrength: Float = 2
  public var rimWidth: Float = 1
  public var inner: Float = 0.3
  public var glow: Float = 0.8
  public var glowColor = LinearColor(1, 0.44, 0.11)
  public var cover: Float = 1
  public var risen: Float = 1
  public var visible = Visibility.everything
  public var shadow = true
  public var hang = false

  public init() {}

  public static let parameters: [Parameter<Figure>] = [
    .init("figure", \.pose, .choice, "What the person does."),
    .init("at", \.at, .place, "Where the feet stand. A y other than 0 lifts or sinks the figure."),
    .init(
      "height", \.height, .meters(0.05...100, suggested: 1.5...2),
      "Of the body when it stands; a kneeling one is lower."),
    .init("turn", \.turn, .choice, "Which way the person looks."),
    .init("coat", \.coat, .choice, "What the person wears."),
    .init("sway", \.sway, .number(0...3, suggested: 0...1), "Wind in the hem of the coat."),
    .init(
      "step", \.step, .number(-100_000...100_000, suggested: 0...1),
      "Where in a turn of the legs somebody who walks is; 0 is the drawn moment, 0.5 has the other foot in front."
    ),
    .init("rim-left", \.rimLeft, .color, "Light on the edges from behind on the left."),
    .init("rim-left-strength", \.rimLeftStrength, .number(0...1000, suggested: 0...6), "How bright it is."),
    .init("rim-right", \.rimRight, .color, "Light on the edges from behind on the right."),
    .init("rim-right-strength", \.rimRightStrength, .number(0...1000, suggested: 0...6), "How bright it is."),
    .init("rim-top", \.rimTop, .color, "Light on head and shoulders from above."),
    .init("rim-top-strength", \.rimTopStrength, .number(0...1000, suggested: 0...6), "How bright it is."),
    .init(
      "rim-width", \.rimWidth, .number(0.1...20, suggested: 0.5...2),
      "Breadth of the lit edges; 1 is three thousandths of the height."),
    .init("inner", \.inner, .number(0...1), "Strength of folds, lapels and sleeves within the silhouette."),
    .init(
      "glow", \.glow, .number(0...1000, suggested: 0...4),
      "How bright what glows is: the hubs of the cassette that `hold` holds, the eyes of `stare`, `greet` and `palm`."
    ),
    .init("glow-color", \.glowColor, .color, "Its color."),
    .init(
      "cover", \.cover, .number(0...1),
      "How much of what is behind the body it covers; 0 is an echo, of which only the lit edges are left."),
    .init(
      "risen", \.risen, .number(0...1),
      "How much of the body has come out of the ground, from the soles up, the foremost foot first; 1 is all of it."
    ),
    .init(
      "visible", \.visible, .choice, "Who sees the figure: what only the reflection shows is somebody else."),
    .init("shadow", \.shadow, .flag, "Whether lamps that throw shadows throw this one's."),
    .init("hang", \.hang, .flag, "Hangs head down from `at`, as a mirror image does."),
  ]

  public func build(in set: inout SetBuilder) throws {
    guard let drawing = pose.drawing(coat: coat) else {
      throw LayerProblems("figure", "the pose '\(pose.rawValue)' cannot be drawn")
    }
    let margin = 16 + 60 * Double(min(3, max(0, sway))) + (pose == .walk && step != 0 ? 60 : 0)
    let frame = drawing.bounds.expanded(by: margin)
    guard frame.width > 0, frame.height > 0 else { return }
    let wind = FigureWind(strength: Double(sway), moment: set.moment, seed: set.seed)
    let stride = FigureStride(turn: pose == .walk ? Double(step) : 0)
    let whole = wind.blowing(stride.stepping(drawing))
    guard risen > 0 else { return }
    var picture = FigurePicture(drawing: risen < 1 ? whole.risen(to: Double(risen)) : whole, frame: frame)
    picture.top = risen < 1 ? risen * 1000 : nil
    picture.cover = cover
    picture.isMirrored = (turn == .left) != drawing.facesLeft
    picture.isHung = hang
    picture.inner = inner
    picture.glow = glowColor.light * glow
    picture.seed = set.seed.derived("rim").low
    picture.rims = [
      .init(direction: SIMD2(-0.97, 0.24), light: rimLeft.light * rimLeftStrength, width: 2.6 * rimWidth),
      .init(direction: SIMD2(0.958, 0.287), light: rimRight.light * rimRightStrength, width: 3.7 * rimWidth),
      .init(direction: SIMD2(0.196, 0.981), light: rimTop.light * rimTopStrength, width: 2.8 * rimWidth),
    ]
    var card = picture.card(at: at, height: height)
    card.visibility = visible
    card.castsShadow = shadow
    set.add(card)
  }
}

extension FigurePicture {
  /// The card that shows the picture in its true size, feet (or, hung, the feet's mirror image) at `foot`.
  ///
  /// - Parameter height: of the standing body, meters.
  func card(at foot: Vector, height: Float) -> Card {
    let unit = height / 1000
    let left = Float(isMirrored ? -frame.maxX : frame.minX)
    let low = Float(isHung ? -frame.maxY : frame.minY)
    return Card(
      origin: foot + Vector(left * unit, low * unit, 0), right: Vector(Float(frame.width) * unit, 0, 0),
      up: Vector(0, Float(frame.height) * unit, 0), picture: self)
  }
}

/// Wind that blows from where a figure looks: cloth flutters the more the lower it hangs.
struct FigureWind {
  /// 1 is a fresh breeze.
  let strength: Double
  let moment: Moment
  let seed: Seed

  func blowing(_ drawing: FigureDrawing) -> FigureDrawing {
    guard strength > 0 else { return drawing }
    let away = drawing.facesLeft ? 1.0 : -1.0
    let start = seed.derived("wind").unit(0)
    let gust = wave(period: 3.7, phase: start)
    return waving(drawing, away, start).movingCloth { p in
      let drop = min(1, max(0, (drawing.windBelow - p.y) / 400))
      let weight = strength * drop * drop.squareRoot()
      // Ripples run down and away through the cloth.
      let ripple = wave(period: 1.3, phase: start + p.y / 420 - away * p.x / 520)
      let flutter = wave(period: 0.7, phase: start + p.y / 210 - away * p.x / 260)
      let x = weight * (16 + 14 * gust + 9 * ripple + 3 * flutter)
      return Point(away * x, weight * (3 * ripple - 0.12 * x))
    }
  }

  /// Strands of hair bend from their roots to their tips.
  private func waving(_ drawing: FigureDrawing, _ away: Double, _ start: Double) -> FigureDrawing {
    var drawing = drawing
    for index in drawing.parts.indices where drawing.parts[index].form == .hair {
      let points = drawing.parts[index].points
      guard let root = points.first, points.count > 1 else { continue }
      let flutter = wave(period: 1.1, phase: start + root.x / 90 + root.y / 130)
      drawing.parts[index].points = points.indices.map { i in
        let share = Double(i) / Double(points.count - 1)
        let x = strength * share * share * (7 + 7 * flutter)
        return Point(points[i].x + away * x, points[i].y + 0.5 * strength * share * flutter * 5)
      }
    }
    return drawing
  }

  /// A sine of −1…1 that closes in a loop.
  private func wave(period: Double, phase: Double) -> Double {
    Motion.wave(low: -1, high: 1, period: period, phase: phase).value(at: moment)
  }
}
