import Catalog
import Layers
import Raster
import Stage

/// Waves of light that run in rings from one place or two: through the air, upright before the camera, or over the
/// ground.
public struct RingWaves: Prop {
  public enum Form: String, CaseIterable, Sendable { case air, ground }

  public static let name = "ring-waves"
  public static let summary =
    "Waves of light that run in rings from one place or from two, through the air or over the ground; where crests of both meet, they add up."

  var form = Form.air
  var at = SIMD3<Float>(0, 1.5, 8)
  var reach: Float = 3
  var apart: Float = 0
  var length: Float = 0.4
  var color = LinearColor(1, 0.44, 0.11)
  var secondColor = LinearColor(0.05, 0.78, 0.85)
  var agreement: Float = 1
  var crest: Float = 0.5
  var hollow: Float = 0
  var phase: Double = 0
  var speed: Double = 0.5
  var shine: Float = 0
  var visible = Visibility.everything

  public static let parameters: [Parameter<RingWaves>] = [
    .init("ring-waves", \.form, .choice, "Upright in the air, facing the camera, or over the ground."),
    .init("at", \.at, .place, "Where they come from; of two sources, the middle between them."),
    .init("reach", \.reach, .meters(0.01...500, suggested: 0.5...8), "How far from a source they fade away."),
    .init(
      "apart", \.apart, .meters(0...500, suggested: 0...4),
      "How far the two sources lie apart, to the left and to the right of `at`; 0 is one source."),
    .init("length", \.length, .meters(0.005...100, suggested: 0.1...1), "From crest to crest."),
    .init("color", \.color, .color, "Light of a crest: of one source, or of the left one."),
    .init("second-color", \.secondColor, .color, "Light of the right source's crests."),
    .init(
      "agreement", \.agreement, .number(0...20, suggested: 0...4, unit: .times),
      "Light added where crests of both sources meet, beside that of the crests."),
    .init("crest", \.crest, .number(0...1), "From broad swells (0) to thin lines (1)."),
    .init("hollow", \.hollow, .meters(0...500, suggested: 0...1), "How far from a source they begin."),
    .init(
      "phase", \.phase, .number(-1e6...1e6, suggested: 0...1),
      "How many waves have left the source; whole ones look the same."),
    .init(
      "speed", \.speed, .number(-100...100, suggested: -2...2, unit: .hertz),
      "Waves that leave a source in a second, besides `phase`; below 0 they come home. In a loop it closes."),
    .init(
      "shine", \.shine, .number(0...10_000, suggested: 0...10),
      "Power of the light that each source throws on its surroundings."),
    .init(
      "visible", \.visible, .choice,
      "Who sees them: everything, the camera only, or the reflection only."),
  ]

  public init() {}

  /// Over the stones by so much, or the ground would hide waves that lie on it.
  private static let lift: Float = 0.01

  public func build(in set: inout SetBuilder) throws {
    guard hollow < reach else {
      throw LayerProblems("hollow", "the waves would begin where they have faded away")
    }
    var picture = RingWavesPicture()
    picture.size = SIMD2(2 * reach + apart, 2 * reach)
    picture.sources = apart > 0 ? [-apart / 2, apart / 2] : [0]
    picture.lights = [color.light, secondColor.light]
    picture.reach = reach
    picture.length = length
    picture.agreement = agreement
    picture.crest = crest
    picture.hollow = hollow
    picture.turns = Float(turns(at: set.moment))
    let (wide, high) = (picture.size.x, picture.size.y)
    var card: Card
    switch form {
    case .air:
      card = Card(
        origin: at - Vector(wide / 2, reach, 0), right: Vector(wide, 0, 0), up: Vector(0, high, 0),
        picture: picture)
    case .ground:
      let middle = Vector(at.x, max(RingWaves.lift, at.y), at.z)
      card = Card(
        origin: middle - Vector(wide / 2, 0, reach), right: Vector(wide, 0, 0), up: Vector(0, 0, high),
        picture: picture)
    }
    card.visibility = visible
    set.add(card)
    guard shine > 0 else { return }
    for (x, light) in zip(picture.sources, picture.lights) {
      let brightest = max(light.x, light.y, light.z)
      guard brightest > 0 else { continue }
      var source = Light(
        position: at + Vector(x, form == .ground ? 0.2 : 0, -0.05), color: light / brightest * shine)
      source.softness = 0.2
      source.halo = 0.2
      set.add(source)
    }
  }

  /// Waves that have left, less whole ones.
  private func turns(at moment: Moment) -> Double {
    var run = phase
    if speed != 0 {
      if let loop = moment.loop, loop > 0 {
        let whole = max(1, (abs(speed) * loop).rounded()) * (speed < 0 ? -1 : 1)
        run += whole * (moment.time / loop)
      } else {
        run += speed * moment.time
      }
    }
    return run - run.rounded(.down)
  }
}
