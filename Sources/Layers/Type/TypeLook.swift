import Catalog
import Raster

/// How type is inked: what fills the letters, and what lies about them. Every kind of layer that sets type includes
/// this group, so that all of them know the same words for it.
///
/// Widths are shares of the em: an ornament grows with its letters.
struct TypeLook: Parameterized, Hashable {
  var color = TypeFill.color(.white)
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
  var plate: Paint?
  var plateMargin = 0.3
  var plateRadius = 0.0
  var knockOut = KnockOut.none

  /// What the letters are cut out of, instead of being filled.
  enum KnockOut: String, CaseIterable, Sendable { case none, plate, group }

  static let parameters: [Parameter<TypeLook>] = [
    .init(
      "color", \.color, .fill,
      "A color; a gradient or a picture over the ink; polished metal, {chrome: dusk, horizon: 0.52, bevel: 0.022, sparkle: 1}; or another layer, seen through the letters."
    ),
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
    .init(
      "plate", \.plate, Codec<Paint>.paint.optional, "What a plate behind the letters is painted with."),
    .init(
      "plate-margin", \.plateMargin, .number(-1...20, suggested: 0.1...0.6, unit: .em),
      "How far the plate reaches beyond the ink."),
    .init(
      "plate-radius", \.plateRadius, .number(0...20, suggested: 0...0.3, unit: .em),
      "How round its corners are."),
    .init(
      "knock-out", \.knockOut, .choice,
      "Cuts the letters out instead of filling them: out of the plate, or out of all that lies below them in their group."
    ),
  ]

  init() {}

  /// The layer that shows through the letters.
  var looks: [LayerLook] {
    guard case .layer(let id) = color, knockOut == .none else { return [] }
    return [LayerLook("color", layer: id, .alpha)]
  }

  /// How wide the line about letters is, in pixels: none without a color.
  func outline(em: Double, _ geometry: Geometry) -> Double {
    stroke == nil ? 0 : strokeWidth.map { geometry.pixels($0) } ?? TypeLook.outlineWidth * em
  }

  /// In em, unless it is given.
  static let outlineWidth = 0.03

  /// - Parameter hasPen: whether `stroke-width` is also that of a pen that draws the letters.
  func check(hasPen: Bool) throws(LayerProblems) {
    if let strokeWidth, stroke == nil, !hasPen {
      throw LayerProblems(
        "stroke-width", "there is no line that could be \(trimmed(strokeWidth)) wide",
        hint: "give it a color with 'stroke'")
    }
    // What would be without effect is a slip of the pen. (Strengths may be 0 for a moment; colors are there or not.)
    let usual = TypeLook()
    let idle = [
      ("shadow-offset", shadow == nil && shadowOffset != usual.shadowOffset, "shadow"),
      ("shadow-blur", shadow == nil && shadowBlur != usual.shadowBlur, "shadow"),
      ("plate-margin", plate == nil && plateMargin != usual.plateMargin, "plate"),
      ("plate-radius", plate == nil && plateRadius != usual.plateRadius, "plate"),
    ]
    for (parameter, isIdle, owner) in idle where isIdle {
      throw LayerProblems(
        parameter, "there is no \(owner) that this could be of", hint: "give it a color with '\(owner)'")
    }
    if knockOut == .plate, plate == nil {
      throw LayerProblems(
        "knock-out", "there is no plate that the letters could be cut out of",
        hint: "give 'plate' a color, or write knock-out: group")
    }
    if knockOut == .group, plate != nil {
      throw LayerProblems(
        "plate", "the letters are cut out of what lies below, and a plate would lie in the hole",
        hint: "write knock-out: plate")
    }
  }
}
