import Catalog
import Layers
import Outline
import Raster
import Stage

/// People with umbrellas, far off.
public struct PassersBy: Prop {
  public static let name = "passers-by"
  public static let summary =
    "People with umbrellas, far off: some stand, most walk slowly along the street or across it."

  public var count = 8
  public var left: Float = -5
  public var right: Float = 5
  public var near: Float = 18
  public var far: Float = 48
  public var speed: Float = 0.9
  public var standing: Float = 0.25
  public var umbrellas: Float = 0.85
  public var rimLeft = LinearColor(1, 0.10, 0.26)
  public var rimRight = LinearColor(0.05, 0.78, 0.85)
  public var rimStrength: Float = 0.5
  public var visible = Visibility.everything

  public init() {}

  public static let parameters: [Parameter<PassersBy>] = [
    .init(
      "passers-by", \.count, .integer(0...400), "How many people there are. More do not move the others."),
    .init(
      "left", \.left, .meters(-1000...1000), "Where the region begins, to the right of the street's middle."),
    .init("right", \.right, .meters(-1000...1000), "Where it ends."),
    .init("near", \.near, .meters(1...2000), "Distance at which the region begins."),
    .init("far", \.far, .meters(1...2000), "Distance at which it ends."),
    .init("speed", \.speed, .number(0...10, suggested: 0...2), "Mean speed, meters a second."),
    .init("standing", \.standing, .number(0...1), "Share of people who stand."),
    .init("umbrellas", \.umbrellas, .number(0...1), "Share of people with an umbrella."),
    .init("rim-left", \.rimLeft, .color, "Light on the edges from behind on the left."),
    .init("rim-right", \.rimRight, .color, "Light on the edges from behind on the right."),
    .init("rim-strength", \.rimStrength, .number(0...1000, suggested: 0...4), "How bright the edges are."),
    .init("visible", \.visible, .choice, "Who sees them."),
  ]

  public func build(in set: inout SetBuilder) throws {
    for number in 0..<max(0, min(400, count)) {
      guard let card = card(of: number, at: set.moment, seed: set.seed.derived(number)) else { continue }
      set.add(card)
    }
  }

  /// One person; what he or she is depends on `seed` alone.
  func card(of number: Int, at moment: Moment, seed: Seed) -> Card? {
    let rightward = seed.unit(0) < 0.5
    let stands = seed.unit(1) < Double(standing)
    let across = seed.unit(2) < 0.4
    let xs = Double(min(left, right))...Double(max(left, right))
    let zs = Double(max(0.5, min(near, far)))...Double(max(0.5, max(near, far)))
    var x = xs.lowerBound + (xs.upperBound - xs.lowerBound) * seed.unit(3)
    var z = zs.lowerBound + (zs.upperBound - zs.lowerBound) * seed.unit(4)
    let pace = Double(speed) * (0.75 + 0.5 * seed.unit(5))
    let height = 1.6 + 0.3 * seed.unit(6)
    var opacity = 1.0
    if !stands, pace > 0 {
      let range = across ? xs : zs
      let walk = Walk(range: range, pace: pace, start: seed.unit(7), moment: moment)
      let place = rightward ? walk.place : range.lowerBound + range.upperBound - walk.place
      if across { x = place } else { z = place }
      opacity = walk.presence
    }
    guard opacity > 0 else { return nil }
    // Two steps of 0.7 m are one turn of the legs; in a loop, whole turns.
    let rate = pace / 1.4
    let turns = moment.loop.map { $0 > 0 ? max(1, ($0 * rate).rounded()) / $0 : rate } ?? rate
    let person = PasserBy(
      isSide: across || (stands && seed.unit(8) < 0.5),
      step: stands || pace <= 0 ? nil : moment.time * turns + seed.unit(9),
      hasUmbrella: seed.unit(10) < Double(umbrellas), seed: seed.derived("build"))
    guard let drawing = person.drawing else { return nil }
    // One frame for all steps and umbrellas, so that nothing swims.
    let frame = Rect(minX: -340, minY: -24, maxX: 420, maxY: 1190)
    var picture = FigurePicture(drawing: drawing, frame: frame)
    picture.isMirrored = !rightward
    picture.hasSurface = false
    picture.fineness = 180
    picture.opacity = Float(opacity)
    picture.inner = 0
    picture.seed = seed.derived("rim").low
    picture.rims = [
      .init(direction: SIMD2(-0.894, 0.447), light: rimLeft.light * rimStrength, width: 7),
      .init(direction: SIMD2(0.894, 0.447), light: rimRight.light * rimStrength, width: 7),
    ]
    var card = picture.card(at: Vector(Float(x), 0, Float(z)), height: Float(height))
    card.visibility = visible
    return card
  }

  /// A way that begins anew when it ends. In a loop it is as long as one gets in that time.
  private struct Walk {
    let place: Double
    /// 1, but 0 at both ends of the way.
    let presence: Double

    init(range: ClosedRange<Double>, pace: Double, start: Double, moment: Moment) {
      let whole = range.upperBound - range.lowerBound
      let loop = moment.loop.flatMap { $0 > 0 ? $0 : nil }
      let length = min(whole, loop.map { $0 * pace } ?? whole)
      guard length > 1e-6 else {
        place = range.lowerBound
        presence = 1
        return
      }
      // With a loop and a short region, the way is gone more than once, but a whole number of times.
      let turns =
        loop.map { max(1, ($0 * pace / length).rounded()) / $0 * moment.time } ?? moment.time * pace / length
      let turn = turns + start
      let share = turn - turn.rounded(.down)
      place = range.lowerBound + (whole - length) * start + length * share
      let fade = min(0.5, 1 / length)
      presence = min(1, min(share, 1 - share) / fade)
    }
  }
}
