import Catalog
import Raster

/// How type is inked: what fills the letters, and what lies about them. Every kind of layer that sets type includes
/// this group, so that all of them know the same words for it.
///
/// Widths are shares of the em: an ornament grows with its letters.
struct TypeLook: Parameterized, Hashable {
  var color = Paint.color(.white)
  var stroke: LinearColor?
  var strokeWidth: Double?
  var shadow: LinearColor?
  var shadowOffset = Point(0.03, 0.04)
  var shadowBlur = 0.03
  var halo = 0.0
  var haloColor = LinearColor.black
  var haloRadius = 0.5
  var glow = 0.0
  var glowColor: LinearColor?
  var glowRadius = 0.4

  static let parameters: [Parameter<TypeLook>] = [
    .init("color", \.color, .paint, "A color, or a gradient over the ink."),
    .init(
      "stroke", \.stroke, Codec<LinearColor>.color.optional, "Color of a line about the letters, behind them."
    ),
    .init(
      "stroke-width", \.strokeWidth, Codec<Double>.length(0.00001...1, suggested: 0.0005...0.01).optional,
      "Width of that line, of which the outer half shows, and of the pen of single-stroke fonts."),
    .init(
      "shadow", \.shadow, Codec<LinearColor>.color.optional,
      "Color of the shadow that the letters throw; \"#000c\" lets something through."),
    .init(
      "shadow-offset", \.shadowOffset, .offset(-100...100, unit: .em),
      "Where the shadow falls, to the right and down."),
    .init(
      "shadow-blur", \.shadowBlur, .number(0...20, suggested: 0...0.3, unit: .em),
      "How soft the shadow is; 0 is a second, hard-edged copy of the letters."),
    .init(
      "halo", \.halo, .number(0...1),
      "Strength of a soft dark patch behind the letters, which keeps them readable over a picture."),
    .init("halo-color", \.haloColor, .color, "Its color: dark behind light letters."),
    .init(
      "halo-radius", \.haloRadius, .number(0.01...20, suggested: 0.2...1.5, unit: .em),
      "How far it reaches."),
    .init(
      "glow", \.glow, .number(0...100, suggested: 0...2, unit: .times),
      "Strength of the light that the letters throw around them."),
    .init(
      "glow-color", \.glowColor, Codec<LinearColor>.color.optional,
      "Color of that light; that of the letters unless it is given."),
    .init(
      "glow-radius", \.glowRadius, .number(0.01...20, suggested: 0.1...1, unit: .em), "How far it reaches."),
  ]

  init() {}
}
