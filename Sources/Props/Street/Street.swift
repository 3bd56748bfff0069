import Catalog
import Layers
import Raster
import Stage

/// Both sides of a narrow street in an old part of a large city, at night.
public struct Street: Prop {
  public static let name = "street"
  public static let summary =
    "Rows of houses along a street: shops with rooms behind their windows, shutters, ledges, pipes, cables."

  enum Sides: String, CaseIterable, Sendable {
    case both, left, right
  }

  var sides = Sides.both
  var halfWidth: Float = 6.5
  var near: Float = -8
  var far: Float = 105
  var height: [Float] = [8, 15]
  var pavement: Float = 2.2
  var lit: Float = 0.4
  var warm: Float = 0.65
  var shops: Float = 0.5
  var shopTint = LinearColor(1, 0.2, 0.5)
  var glow: Float = 1
  var spill: Float = 1
  var clutter: Float = 1
  var cables: Float = 1

  public static let parameters: [Parameter<Street>] = [
    .init("street", \.sides, .choice, "Which sides are built up."),
    .init(
      "half-width", \.halfWidth, .meters(1...200, suggested: 4...12),
      "From the middle of the street to the walls."),
    .init(
      "near", \.near, .meters(-100...10_000, suggested: -10...10),
      "Where the first houses begin: behind the camera, so that walls stand beside it."),
    .init("far", \.far, .meters(-100...10_000, suggested: 40...200), "Where the last houses begin, at most."),
    .init(
      "height", \.height, Codec<Float>.meters(0...400, suggested: 6...40).list(2...2),
      "The lowest and the highest house."),
    .init("pavement", \.pavement, .meters(0...20, suggested: 1...4), "Width of the pavements."),
    .init("lit", \.lit, .number(0...1), "Share of the windows that are lit."),
    .init("warm", \.warm, .number(0...1), "Share of the lit windows that are warm; the others are cool."),
    .init("shops", \.shops, .number(0...1), "Share of the shops that are open; the others have shutters."),
    .init("shop-tint", \.shopTint, .color, "Color of the light of some of the shops."),
    .init("glow", \.glow, .number(0...100, suggested: 0...3), "Factor on the light of windows and shops."),
    .init(
      "spill", \.spill, .number(0...100, suggested: 0...3),
      "Light that open shops throw on the pavement; 0 for none."),
    .init(
      "clutter", \.clutter, .number(0...1),
      "How much hangs on the walls: air conditioners, pipes, fire escapes, posters."),
    .init(
      "cables", \.cables, .number(0...1),
      "How many cables hang across the street; 0 takes the poles away too."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let nearest = min(near, far)
    let farthest = max(near, far)
    let low = height.first ?? 8
    let high = height.last ?? low
    let heights = max(0, min(low, high))...max(0, max(low, high))
    set.street = StreetMeasures(halfWidth: halfWidth, near: nearest, far: farthest)
    guard farthest - nearest > 0.5 else { return }
    let materials = StreetMaterials(in: &set)
    let style = StreetStyle(
      lit: lit, warm: warm, shops: shops, shopTint: shopTint.light, glow: glow, clutter: clutter,
      moment: set.moment)
    let signs: [Float] = sides == .both ? [-1, 1] : sides == .left ? [-1] : [1]
    var end = nearest
    var openings: [ShopOpening] = []
    for side in signs {
      let plots = StreetPlan.plots(
        side: side, near: nearest, far: farthest, height: heights, seed: set.seed)
      for plot in plots {
        let house = StreetHouse(plot: plot, halfWidth: halfWidth, style: style)
        house.build(in: &set, materials: materials, openings: &openings)
        end = max(end, plot.z + plot.length + plot.gap)
      }
      layPavement(side, to: end, in: &set, materials)
    }
    if cables > 0 {
      StreetCables(halfWidth: halfWidth, amount: cables).build(
        from: nearest, to: end, in: &set, sides: signs, heights: heights)
    }
    if cables > 0 {
      StreetPoles(halfWidth: halfWidth, pavement: pavement).build(
        from: nearest, to: end, sides: signs, in: &set, materials)
    }
    light(openings, in: &set)
  }

  private func layPavement(
    _ side: Float, to end: Float, in set: inout SetBuilder, _ materials: StreetMaterials
  ) {
    let wide = min(pavement, halfWidth - 0.2)
    guard wide > 0.05 else { return }
    let frame = WallFrame(side: side, distance: halfWidth)
    // Behind the camera as well: reflections and side views see it.
    let z = Span(min(near, far) - 12, end)
    let stone = min(0.16, wide * 0.5)
    set.block(
      frame, out: Span(-14, wide - stone), y: Span(-0.1, StreetHouse.pavementHeight), z: z,
      material: materials.pavement, seed: set.seed.derived("pavement").low)
    set.block(
      frame, out: Span(wide - stone, wide), y: Span(-0.1, StreetHouse.pavementHeight - 0.008), z: z,
      material: materials.kerb, seed: set.seed.derived("kerb").low)
  }

  /// The nearest open shops light the pavement before them; farther ones are lost in the fog.
  private func light(_ openings: [ShopOpening], in set: inout SetBuilder) {
    guard spill > 0 else { return }
    for opening in openings.sorted(by: { abs($0.position.z) < abs($1.position.z) }).prefix(14) {
      var light = Light(position: opening.position, color: opening.light * (spill * 26))
      light.softness = 1.2
      light.halo = 1
      light.haze = 0.22
      set.add(light)
    }
  }
}

/// What all houses of a street have in common.
struct StreetStyle: Sendable {
  var lit: Float
  var warm: Float
  var shops: Float
  var shopTint: Vector
  var glow: Float
  var clutter: Float
  var moment: Moment
}

/// Where a shop's light falls on the pavement.
struct ShopOpening: Sendable {
  var position: Vector
  var light: Vector
}
