import CVector
import Catalog
import Outline
import Raster
import Typography

/// A neon sign: glass tubes bent along letters or a drawing, with the light they throw around them.
///
/// A tube is a body (it covers what lies behind it) and light; the glow around it is light without a body, which
/// every blend mode adds. Letters of single-stroke fonts are bent as their pen runs. Other fonts have borders
/// only: tubes run in the middle of Chinese strokes, and along the borders of other letters.
///
/// The layer's box is that of the tubes without their glow; its baseline is that of the first line. A layer that
/// is scaled unequally has its letters stretched and its tubes kept round.
public struct Neon: Layer {
  public static let name = "neon"
  public static let summary = "A neon sign: letters or a drawing bent from glowing glass tubes."

  var text = ""
  var path: DrawnOutline?
  var font = ["EMS Osmotron", "Noto Sans SC Light"]
  var along = TubeCourse.auto
  var size = 0.1
  var fit: Double?
  var color = LinearColor(coded: 1, 0.18, 0.53) * 8
  var tracking = 60.0
  var align: TextStyle.Alignment?
  var lineSpacing = 1.3
  var setting = TypeSetting()
  var tube: Double?
  var core = 0.45
  var halo = 1.0
  var haloRadius: Double?
  var brightness = 1.0
  var letters: [Double] = []
  var dead: [Int] = []
  var flicker = 0.0
  var wear = 0.25
  var blockOut = 0.0
  var glass = LinearColor(0.035, 0.033, 0.038)
  var bending = GlassBending()
  var border = 0.0
  var borderColor: LinearColor?
  var borderGap = 0.3
  var borderRadius = 0.16
  var wall: LinearColor?
  var standoff = 0.12

  /// More letters, or more bends of glass, than any wall has room for.
  static let maximumLetters = 2000
  static let maximumLines = 400_000

  public static let parameters = own + including(\.bending) + including(\.setting)

  private static let own: [Parameter<Neon>] = [
    .init("neon", \.text, .text, "The word; leave it out for a sign that is drawn by path."),
    .init(
      "path", \.path, Codec<DrawnOutline>.outline.optional,
      "In place of a word: SVG path data in shares of the picture's height, or a part of a drawing, whose sheet is as "
        + "high as the picture. Each contour is a tube."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(1...16),
      "A font or a list of them. Single-stroke fonts are bent as the pen runs; for others see `along`."),
    .init(
      "along", \.along, .choice,
      "Where tubes run in letters that are no pen strokes: in the middle of their strokes, or along their borders; auto takes the strokes of Chinese and kana and the borders of others."
    ),
    .init(
      "size", \.size, .length(0.0005...20, suggested: 0.03...0.3),
      "The em; for a path, what tube is measured by."),
    .init(
      "fit", \.fit, Codec<Double>.number(0.001...100, suggested: 0.3...0.95).optional,
      "Share of the picture's width that the tubes of the widest line fill, in vertical setting of its height; takes the place of size."
    ),
    .init("color", \.color, .color, "The light; times 8 is a sign at night."),
    .init(
      "tracking", \.tracking, .number(-10_000...10_000, suggested: -50...300, unit: .thousandths),
      "Added after each letter; 0 joins the letters of scripts."),
    .init(
      "align", \.align, Codec<TextStyle.Alignment>.choice.optional,
      "How lines stand beside each other: center unless said otherwise; in vertical setting left is the top, and the rule."
    ),
    .init(
      "line-spacing", \.lineSpacing, .number(-20...20, suggested: 0.8...2, unit: .em),
      "From baseline to baseline."),
    .init(
      "tube", \.tube, Codec<Double>.number(0.001...1, suggested: 0.02...0.1, unit: .em).optional,
      "Diameter of the glass; 0.06 along a pen, 0.042 along strokes, 0.026 along borders."),
    .init("core", \.core, .number(0...1, suggested: 0.2...0.7), "How white the hot middle of the tube is."),
    .init(
      "halo", \.halo, .number(0...100, suggested: 0...3, unit: .times),
      "Strength of the glow around the tubes."),
    .init(
      "halo-radius", \.haloRadius, Codec<Double>.length(0.0005...10, suggested: 0.05...0.5).optional,
      "Where the glow has faded to nothing; four em, and at most 0.35."),
    .init(
      "brightness", \.brightness, .number(0...100, suggested: 0...1.5, unit: .times),
      "Of the whole sign; 0 is off."),
    .init(
      "letters", \.letters,
      Codec<Double>.number(0...100, suggested: 0...1, unit: .times).oneOrMore(0...maximumLetters),
      "Brightness of each letter (or contour of a path), spaces not counted; those beyond the list have 1."),
    .init(
      "dead", \.dead, Codec<Int>.integer(1...maximumLetters).oneOrMore(0...maximumLetters),
      "Numbers of letters that are dark; the first is 1."),
    .init(
      "flicker", \.flicker, .number(0...1),
      "How much and how often single letters, or whole circuits, fail for a moment."),
    .init(
      "wear", \.wear, .number(0...1, suggested: 0...0.5),
      "How uneven the light is along a tube, and how dark its ends."),
    .init(
      "block-out", \.blockOut, .number(0...2, suggested: 0...0.2, unit: .em),
      "Length of the ends of tubes that is painted black."),
    .init("glass", \.glass, .color, "What an unlit tube looks like: milky, not black."),
    .init(
      "border", \.border, .number(0...100, suggested: 0...1, unit: .times),
      "Brightness of a tube around the whole sign; 0 for none."),
    .init(
      "border-color", \.borderColor, Codec<LinearColor>.color.optional, "Its light; that of the letters."),
    .init(
      "border-gap", \.borderGap, .number(0...20, suggested: 0.15...0.6, unit: .em),
      "From the letters' tubes to the border."),
    .init(
      "border-radius", \.borderRadius, .number(0...20, suggested: 0.05...0.5, unit: .em),
      "Of the border's corners; a large one makes half circles of its ends."),
    .init(
      "wall", \.wall, Codec<LinearColor>.color.optional,
      "What the wall behind sends back of the tubes' light; without it they hang in the air."),
    .init(
      "standoff", \.standoff, .number(0.01...10, suggested: 0.05...0.4, unit: .em),
      "Between the tubes and the wall: the nearer, the narrower and brighter its light."),
  ]

  public static let sampleValues = ["neon": "OPEN", "size": "0.4", "color": "\"#ff2e88 * 8\""]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    let sign = try bend(context)
    let count = sign.letterCount
    for number in dead where number > count {
      throw LayerProblems("dead", "there is no letter \(number): the sign has \(count)")
    }
    guard letters.count <= count || count == 0 else {
      throw LayerProblems("letters", "\(letters.count) numbers are given for \(count) letters")
    }
    try bending.check()
    guard wall != nil || standoff == Neon().standoff else {
      throw LayerProblems(
        "standoff", "there is no wall to be away from",
        hint: "give 'wall' the color that it has in white light")
    }
    guard sign.tubes.contains(where: { $0.part == .glass }) else { return NeonPainter.dark }
    let tubes = sign.tubes + (border > 0 ? TubeBender.border(borderTube(around: sign.tubes), bending) : [])

    var extent = InkExtent()
    for tube in tubes where tube.part == .glass { extent.add(tube.path.bounds, em: tube.diameter / 2) }
    var em = sign.unit
    if let fit {
      let isVertical = setting.direction == .vertical
      let side = isVertical ? \Rect.height : \Rect.width
      guard let size = extent.size(fitting: fit * Double(isVertical ? g.trimHeight : g.trimWidth), side)
      else {
        throw LayerProblems(
          "fit", "at no size is this sign \(trimmed(fit)) of the picture \(isVertical ? "high" : "wide")")
      }
      em = size
    }
    let transform = context.transform(
      of: LayerBox(extent.box(size: em), baseline: setting.direction == .vertical ? nil : 0))
    let toPicture = Affine.scale(em, em).then(transform)
    let pixelsPerEm = toPicture.meanScale
    guard pixelsPerEm > 1e-6, pixelsPerEm.isFinite else { return NeonPainter.dark }

    let levels = levels(of: sign, context)
    let lamps = tubes.enumerated().map { number, tube in
      TubeLamp(
        tube, level: tube.isBorder ? Float(border * brightness) : levels[number], wear: wear,
        blockOut: blockOut,
        seed: context.seed.derived("wear").derived(number))
    }
    return try NeonPainter(
      tubes, lamps, toPicture: toPicture,
      look: NeonPainter.Look(
        color: color, borderColor: borderColor ?? color, core: core, glass: glass, halo: halo,
        haloReach: haloRadius.map { g.pixels($0) * transform.meanScale }
          ?? min(4 * pixelsPerEm, g.pixels(0.35)), wall: wall.map { ($0, standoff) }), region: g.bounds)
  }

  /// The tube around all others, as thick as the thickest of them.
  private func borderTube(around tubes: [Tube]) -> Tube {
    let glass = tubes.filter { $0.part == .glass }
    let diameter = glass.map(\.diameter).max() ?? TubeSign.penDiameter
    let box = glass.reduce(Rect.null) { $0.union($1.path.bounds) }
    return .border(
      box.expanded(by: borderGap), radius: borderRadius, gap: diameter * (1 + bending.clearance),
      diameter: diameter)
  }

  /// The brightness of each tube at the moment.
  private func levels(of sign: TubeSign, _ context: LayerContext) -> [Float] {
    let dark = Set(dead)
    let seed = context.seed.derived("flicker")
    /// A tube that fails drops out for single steps of the mains' hum.
    func failing(_ number: Int) -> Double {
      let motion = Motion.flicker(
        low: 1 - flicker, high: 1, rate: 14, steady: 1 - 0.45 * flicker, seed: seed.derived(number))
      return flicker > 0 ? motion.value(at: context.moment) : 1
    }
    let own = (0..<max(1, sign.letterCount)).map { letter -> Float in
      guard !dark.contains(letter + 1) else { return 0 }
      let level = brightness * (letter < letters.count ? letters[letter] : 1)
      return Float(bending.circuits == 1 ? level * failing(letter) : level)
    }
    return bending.levels(of: sign.tubes, letters: own) { bending.circuits == 1 ? 1 : Float(failing($0)) }
  }

  /// The tubes of the word or of the path.
  private func bend(_ context: LayerContext) throws(LayerProblems) -> TubeSign {
    if let path {
      guard text.isEmpty else {
        throw LayerProblems("path", "a sign is bent from a word or from a path, not from both")
      }
      let unit = path.unit / size
      return try TubeSign(
        drawing: path.path.transformed(by: .scale(unit, unit)), diameter: tube ?? TubeSign.penDiameter,
        unit: context.geometry.pixels(size))
    }
    let lettering = try Lettering(text, parameter: "neon", fonts: font, library: context.fonts) { style in
      style.tracking = tracking
      style.alignment = align ?? (setting.direction == .vertical ? .left : .center)
      style.lineSpacing = lineSpacing
      setting.apply(to: &style)
    }
    return try TubeSign(
      lettering, diameter: tube, along: along, bending: bending, unit: context.geometry.pixels(size))
  }
}
