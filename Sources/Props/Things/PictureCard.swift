import Catalog
import Layers
import Outline
import PhotoCodec
import Raster
import Stage
import Typography

/// A flat picture of the user's own, standing in the set: a silhouette, a sign, a poster, a word in the air.
public struct PictureCard: Prop {
  public static let name = "card"
  public static let summary =
    "A picture, a shape or a text of your own, standing flat in the set: it shines, covers what is behind it, and is reflected."

  var file: String?
  var shape: DrawnOutline?
  var text: String?
  var at = SIMD3<Float>(0, 0, 8)
  var width: Float?
  var height: Float?
  var turn: Float = 0
  var lean: Float = 0
  var flat = false
  var color: Paint?
  var gain: Float = 1
  var alpha: Float = 1
  var lit = false
  var gloss: Float = 0
  var glow: Float = 0
  var font = ["Bebas Neue", "Noto Sans SC Bold"]
  var tracking = 0.0
  var lineSpacing = 1.15
  var visible = Visibility.everything
  var detail: Float = 1
  var shadow = false
  var bothSides = false

  public static let sampleValues = ["text": "MIDNIGHT", "at": "[0, 2, 8]", "height": "0.6"]

  public static let parameters: [Parameter<PictureCard>] = [
    .init(
      "card", \.file, Codec<String>.file.optional,
      "A PNG or JPEG file; or leave it empty and give a shape or a text."),
    .init(
      "shape", \.shape, Codec<DrawnOutline>.outline.optional,
      "SVG path data, or a part of a drawing; its bounds are the card. Black is a silhouette."),
    .init("text", \.text, Codec<String>.text.optional, "A text; a line break begins a line."),
    .init("at", \.at, .place, "The middle of its lower edge; of a flat card, the middle of its near edge."),
    .init(
      "width", \.width, Codec<Float>.meters(0.001...2000).optional,
      "Width; without it the picture keeps its proportions."),
    .init(
      "height", \.height, Codec<Float>.meters(0.001...2000).optional,
      "Height; 2 m if neither is given."),
    .init("turn", \.turn, .angle(), "Turn about the vertical; positive turns the right side away."),
    .init("lean", \.lean, .number(-89...89, unit: .degrees), "How far it leans back."),
    .init("flat", \.flat, .flag, "Whether it lies on the ground, or at the height of `at`."),
    .init(
      "color", \.color, Codec<Paint>.paint.optional,
      "Of a shape or a text: a color or a gradient, white if left out. Values above 1 shine, as `white * 4`."),
    .init("gain", \.gain, .number(0...1000, suggested: 0...8), "Factor on its light, also of a picture."),
    .init(
      "alpha", \.alpha, .number(0...1),
      "How much of what is behind it is covered where it is drawn; 0 is mere light."),
    .init(
      "lit", \.lit, .flag,
      "Whether the set's lights fall on it, as on a poster, instead of it shining by itself."),
    .init("gloss", \.gloss, .number(0...1), "How much a lit card mirrors lights."),
    .init(
      "glow", \.glow, .number(0...10_000, suggested: 0...30),
      "Power of the light that it throws on its surroundings in its own mean color; signs have 2 to 8 a square meter."
    ),
    .init("font", \.font, Codec<String>.text.oneOrMore(1...16), "A font or a list of them, for a text."),
    .init(
      "tracking", \.tracking, .number(-10_000...10_000, suggested: -50...600, unit: .thousandths),
      "Added after each letter of a text."),
    .init(
      "line-spacing", \.lineSpacing, .number(-20...20, suggested: 0.8...2, unit: .em),
      "From baseline to baseline of a text."),
    .init(
      "visible", \.visible, .choice,
      "Who sees it: everything, the camera only, or the reflection only."),
    .init(
      "detail", \.detail, .number(0.02...1),
      "Texels for each pixel of the picture, along a line: a card with soft edges, or whose edges are hidden, looks the same with 0.25 and takes a sixteenth of the memory."
    ),
    .init("shadow", \.shadow, .flag, "Whether it throws a shadow in lights that cast shadows."),
    .init(
      "both-sides", \.bothSides, .flag,
      "Whether it reads the same way from behind; otherwise it is mirrored there."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) throws {
    let drawing = try drawing(fonts: set.fonts)
    let aspect = drawing.width / drawing.height
    let h = height ?? width.map { Float(Double($0) / aspect) } ?? 2
    let w = width ?? Float(Double(h) * aspect)
    // A hairline or a word of a mile is a mistake in the drawing, not in the size.
    guard w.isFinite, h.isFinite, w > 1e-5, h > 1e-5, w < 1e5, h < 1e5 else {
      throw LayerProblems(
        drawing.parameter, "its proportions are \(trimmed(aspect)) to 1: no card has them",
        hint: "give it both a width and a height")
    }
    // In the very plane of the ground, ground and card would take turns; 4 mm are the thickness of a poster on asphalt.
    let foot = flat && abs(at.y) < 0.004 ? SIMD3(at.x, 0.004, at.z) : at
    let frame = StandingFrame(foot: foot, turn: turn, lean: flat ? 90 : lean)
    let picture = DrawnPicture(drawing: drawing, alpha: alpha, isLit: lit, gloss: gloss, gain: lit ? gain : 1)
    // Somebody behind it sees it mirrored, unless it has two faces: then it is turned to whoever looks.
    let isBehind = ((set.scene.camera.eye - at) * frame.depth).sum() > 0
    let right = bothSides && isBehind ? frame.right * -w : frame.right * w
    var card = Card(origin: at - right * 0.5, right: right, up: frame.up * h, picture: picture)
    card.gain = lit ? 1 : gain
    card.visibility = visible
    card.detail = detail
    card.castsShadow = shadow
    set.add(card)
    if glow > 0 {
      let mean = picture.meanLight
      let brightest = max(mean.x, mean.y, mean.z)
      guard brightest > 0 else { return }
      // Before it and behind it, as far off as it is large.
      let away = min(w, h) * 0.5
      for z in bothSides ? [-away, away] : [-away] {
        var light = Light(
          position: frame.point(0, h / 2, z), color: mean / brightest * (glow / (bothSides ? 2 : 1)))
        light.softness = max(0.02, w * h * 0.12)
        set.add(light)
      }
    }
  }

  /// What is drawn, from the one of the three that is given.
  private func drawing(fonts: FontSearch) throws -> CardContent {
    let given = [("card", file != nil), ("shape", shape != nil), ("text", text != nil)].filter { $0.1 }
    guard given.count == 1 else {
      guard given.count > 1 else {
        throw LayerProblems("card", "there is nothing on this card", hint: "give a file, a shape or a text")
      }
      throw LayerProblems(
        given[1].0, "a card shows one thing, and '\(given[0].0)' is given", hint: "leave one of them out")
    }
    if let file {
      guard color == nil else {
        throw LayerProblems("color", "a picture has its own colors", hint: "'gain' makes it brighter")
      }
      return CardContent(image: try Coat.image(contentsOf: file, parameter: "card"))
    }
    let paint = color ?? .color(.white)
    if let shape {
      return try CardContent(
        paths: [shape.path], rule: shape.rule, box: nil, paint: paint, parameter: "shape")
    }
    let lettering = try Lettering(text ?? "", parameter: "text", fonts: font, library: fonts) {
      $0.tracking = tracking
      $0.alignment = .center
      $0.lineSpacing = lineSpacing
    }
    var paths = lettering.outlines
    let pen = lettering.penStrokes
    if !pen.isEmpty {
      paths.append(pen.stroked(StrokeStyle(width: 0.06, join: .round, cap: .round), tolerance: 0.0005))
    }
    return try CardContent(paths: paths, box: nil, paint: paint, parameter: "text")
  }
}

/// What a card shows, at any size.
struct CardContent: Sendable {
  private enum Content: Sendable {
    case image(PhotoImage)
    /// Paths in a box of their own, and what fills them.
    case paths([Path], FillRule, Rect, Paint)
  }
  private let content: Content
  /// The parameter that it comes from.
  let parameter: String

  init(image: PhotoImage) {
    content = .image(image)
    parameter = "card"
  }

  /// - Throws: ``LayerProblems`` if nothing is drawn.
  init(
    paths: [Path], rule: FillRule = .nonZero, box: Rect?, paint: Paint, parameter: String
  ) throws(LayerProblems) {
    let bounds = box ?? paths.reduce(Rect.null) { $0.union($1.bounds) }
    guard !bounds.isNull, bounds.width > 0, bounds.height > 0, bounds.width.isFinite, bounds.height.isFinite
    else {
      throw LayerProblems(parameter, "this draws nothing that has a width and a height")
    }
    content = .paths(paths, rule, bounds, paint)
    self.parameter = parameter
  }

  /// In any unit: only their ratio counts.
  var width: Double {
    switch content {
    case .image(let image): Double(max(1, image.width))
    case .paths(_, _, let box, _): box.width
    }
  }
  var height: Double {
    switch content {
    case .image(let image): Double(max(1, image.height))
    case .paths(_, _, let box, _): box.height
    }
  }

  /// - Returns: nil if there is no memory for it.
  func painter(width: Int, height: Int) -> (any Painter)? {
    switch content {
    case .image(let image):
      return try? Coat.image(image, width: width, height: height)
    case .paths(let paths, let rule, let box, let paint):
      let map = Affine.translation(-box.minX, -box.minY)
        .then(.scale(Double(width) / box.width, Double(height) / box.height))
      let frame = Rect(minX: 0, minY: 0, maxX: Double(width), maxY: Double(height))
      return Coat.stack(
        paths.map {
          Coat.fill(
            $0.transformed(by: map), rule, with: paint, over: frame,
            clip: PixelRect(width: width, height: height))
        })
    }
  }
}

/// A drawing on a card.
struct DrawnPicture: CardPicture {
  var drawing: CardContent
  /// Factor on what the drawing covers.
  var alpha: Float
  /// Whether its colors are a surface, not light.
  var isLit: Bool
  var gloss: Float
  /// Factor on the colors of a surface.
  var gain: Float

  var hasSurface: Bool { isLit }

  func paint(_ canvas: CardCanvas) {
    let (width, height) = (canvas.width, canvas.height)
    guard width > 0, height > 0, let painter = drawing.painter(width: width, height: height) else { return }
    for y in 0..<height {
      guard let columns = painter.extent(ofRow: y)?.clamped(to: 0..<width), !columns.isEmpty else { continue }
      let at = y * width + columns.lowerBound
      let (red, green, blue) =
        canvas.surface.map { ($0.red, $0.green, $0.blue) }
        ?? (canvas.red, canvas.green, canvas.blue)
      painter.paint(
        Row(
          red: red + at, green: green + at, blue: blue + at, alpha: canvas.alpha + at, count: columns.count),
        x: columns.lowerBound, y: y)
      for i in at..<at + columns.count {
        let cover = max(0, min(1, canvas.alpha[i]))
        if let surface = canvas.surface {
          // No surface sends back more light than it gets.
          surface.red[i] = max(0, min(cover, surface.red[i] * gain)) * alpha
          surface.green[i] = max(0, min(cover, surface.green[i] * gain)) * alpha
          surface.blue[i] = max(0, min(cover, surface.blue[i] * gain)) * alpha
          surface.gloss[i] = gloss * cover * alpha
        }
        canvas.alpha[i] = cover * alpha
      }
    }
  }

  /// The mean of its colors, seen small.
  var meanLight: Vector {
    let (width, height) = (48, 48)
    return CardCanvas.withCanvas(width: width, height: height, hasSurface: isLit) { canvas in
      paint(canvas)
      let planes =
        canvas.surface.map { ($0.red, $0.green, $0.blue) } ?? (canvas.red, canvas.green, canvas.blue)
      var sum = Vector(0, 0, 0)
      for i in 0..<width * height { sum += Vector(planes.0[i], planes.1[i], planes.2[i]) }
      return sum / Float(width * height)
    }
  }
}
