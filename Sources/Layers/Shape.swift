import Catalog
import Markup
import Outline
import Raster

/// A figure or a path, filled and outlined.
public struct Shape: Layer {
  public static let name = "shape"
  public static let summary =
    "A figure, SVG path data or a part of a drawing, filled and outlined: suns, bars, rays, frames, skylines."

  /// What is drawn: a figure with a name, or outlines.
  enum Figure: Hashable, Sendable {
    case named(Name)
    case drawn(DrawnOutline)

    enum Name: String, CaseIterable, Sendable { case rectangle, ellipse, polygon, star, ring, rays, gear }
  }
  /// What of an outline's coordinates is its box.
  enum View: Hashable, Sendable {
    case named(Name)
    case rect([Double])

    enum Name: String, CaseIterable, Sendable { case sheet, bounds }
  }
  enum Join: String, CaseIterable, Sendable { case miter, round, bevel }
  enum Cap: String, CaseIterable, Sendable { case butt, round, square }
  enum Rule: String, CaseIterable, Sendable { case nonzero, evenodd }

  // What is nil was not given: a parameter that the figure does not have is complained of.
  var figure = Figure.named(.ellipse)
  var width: Double?
  var height: Double?
  var view: View?
  var radius: [Double]?
  var points: Int?
  var inner: Double?
  var count: Int?
  var duty: Double?
  var phase: Double?
  var teeth: Int?
  var fill: Paint?
  var rule: Rule?
  var stroke: Paint?
  var strokeWidth: Double?
  var join: Join?
  var cap: Cap?
  var dashes: [Double]?
  var dashOffset: Double?

  public static let parameters: [Parameter<Shape>] = [
    .init(
      "shape", \.figure, .figure,
      "A figure; or SVG path data, which counts in shares of the picture's height, x and y alike; or an SVG file, or "
        + "its part with the id behind the #, which lie as on their sheet, the sheet as high as the picture."),
    .init(
      "width", \.width, Codec<Double>.width(0...100).optional,
      "Width of the shape's box; without it the shape keeps its proportions."),
    .init(
      "height", \.height, Codec<Double>.length(0...100, suggested: 0.01...1).optional,
      "Height of the shape's box; without width or height a figure has half the picture's height."),
    .init(
      "view", \.view, Codec<View>.view.optional,
      "What the box of an outline is: the whole sheet of its drawing (its viewBox; normal for drawings), its own bounds "
        + "(normal for path data), or [x, y, width, height] in its coordinates."),
    .init(
      "radius", \.radius, Codec<Double>.length(0...100, suggested: 0...0.1).oneOrMore(4...4).optional,
      "Corner radius of a rectangle; or four, clockwise from the top left. They shrink where sides are too short."
    ),
    .init(
      "points", \.points, Codec<Int>.integer(2...1000).optional,
      "Corners of a polygon (6), points of a star (5)."),
    .init(
      "inner", \.inner, Codec<Double>.number(0...1).optional,
      "Inner radius beside the outer one: star (0.4), ring (0.7), rays (0), gear (0.6)."),
    .init("count", \.count, Codec<Int>.integer(1...1000).optional, "How many rays (16)."),
    .init("duty", \.duty, Codec<Double>.number(0...1).optional, "How much of the turn the rays fill (0.5)."),
    .init(
      "phase", \.phase, Codec<Double>.number(-1e6...1e6).optional,
      "How far the rays have turned, in steps from ray to ray: a whole step looks the same, so it can loop."),
    .init(
      "teeth", \.teeth, Codec<Int>.integer(0...1000).optional,
      "Teeth of a gear (6), the hub of a cassette's reel: they point inward."),
    .init("fill", \.fill, Codec<Paint>.paint.optional, "Inside; white, or none where there is a stroke."),
    .init(
      "rule", \.rule, Codec<Rule>.choice.optional,
      "What is inside a path that crosses itself: nonzero, or evenodd, which leaves holes; what a drawing says, or nonzero."
    ),
    .init("stroke", \.stroke, Codec<Paint>.paint.optional, "The line along the outline."),
    .init(
      "stroke-width", \.strokeWidth, Codec<Double>.length(0...10, suggested: 0.0005...0.05).optional,
      "How thick the line is (0.004); it lies half inside the outline and half outside."),
    .init(
      "join", \.join, Codec<Join>.choice.optional,
      "The line's corners; miter, bevel where they are very sharp."),
    .init("cap", \.cap, Codec<Cap>.choice.optional, "The line's ends, and those of dashes; butt."),
    .init(
      "dashes", \.dashes, Codec<Double>.length(0...100, suggested: 0.001...0.2).oneOrMore(1...100).optional,
      "Lengths of dashes and gaps by turns."),
    .init(
      "dash-offset", \.dashOffset, Codec<Double>.length(-1000...1000, suggested: -1...1).optional,
      "How far into the dashes the line begins; a moving value makes them run."),
  ]

  public init() {}

  public func prepare(in context: LayerContext) throws -> any Painter {
    try checkParameters()
    let (path, box) = try outline(context.geometry)
    let transform = context.transform(of: LayerBox(box))
    let clip = context.geometry.bounds
    var painters: [any Painter] = []
    func add(_ path: Path, _ rule: FillRule, _ paint: Paint) {
      let mask = CoverageMask(
        path: path.transformed(by: transform), rule: rule, clip: clip, workers: context.workers)
      painters.append(PaintedCoverage(mask, paint: paint, box: box, transform: transform))
    }
    if let fill = fill ?? (stroke == nil ? .color(.white) : nil), !fill.isInvisible {
      add(path, fillRule, fill)
    }
    if let stroke, !stroke.isInvisible, transform.inverse != nil {
      let line = path.stroked(
        strokeStyle(context.geometry), tolerance: 0.05 / max(1e-9, transform.largestStretch))
      add(line, .nonZero, stroke)
    }
    return painters.count == 1 ? painters[0] : PainterStack(painters)
  }

  private var fillRule: FillRule {
    switch (rule, figure) {
    case (.nonzero?, _): .nonZero
    case (.evenodd?, _): .evenOdd
    case (nil, .drawn(let outline)): outline.rule
    case (nil, .named): .nonZero
    }
  }

  private func strokeStyle(_ geometry: Geometry) -> StrokeStyle {
    let joins: [Join: StrokeStyle.Join] = [.miter: .miter, .round: .round, .bevel: .bevel]
    let caps: [Cap: StrokeStyle.Cap] = [.butt: .butt, .round: .round, .square: .square]
    return StrokeStyle(
      width: geometry.pixels(strokeWidth ?? 0.004), join: join.flatMap { joins[$0] } ?? .miter,
      cap: cap.flatMap { caps[$0] } ?? .butt, dashes: (dashes ?? []).map { geometry.pixels($0) },
      dashOffset: geometry.pixels(dashOffset ?? 0))
  }

  // MARK: Outline

  /// The path in the layer's own pixels, and its box.
  private func outline(_ geometry: Geometry) throws -> (Path, Rect) {
    switch figure {
    case .named(let name):
      let w = geometry.pixels(width ?? height ?? 0.5)
      let h = geometry.pixels(height ?? width ?? 0.5)
      let box = Rect(minX: 0, minY: 0, maxX: w, maxY: h)
      if name == .rectangle { return (.rectangle(box, corners: corners(geometry)), box) }
      return (unitPath(name).transformed(by: .scale(w, h)), box)
    case .drawn(let outline):
      let path = outline.path
      let view = try viewRect(of: outline)
      guard !view.isNull, !path.isEmpty else { throw LayerProblems("shape", "\(outline.text) draws nothing") }
      let natural = Double(geometry.trimHeight) * outline.unit
      let kx = try width.map { try stretch(geometry.pixels($0), view.width, "width") }
      let ky = try height.map { try stretch(geometry.pixels($0), view.height, "height") }
      let (x, y) = (kx ?? ky ?? natural, ky ?? kx ?? natural)
      let box = Rect(minX: view.minX * x, minY: view.minY * y, maxX: view.maxX * x, maxY: view.maxY * y)
      return (path.transformed(by: .scale(x, y)), box)
    }
  }

  private func corners(_ geometry: Geometry) -> CornerRadii {
    let r = (radius ?? []).map { geometry.pixels($0) }
    guard r.count == 4 else { return CornerRadii(r.first ?? 0) }
    return CornerRadii(topLeft: r[0], topRight: r[1], bottomRight: r[2], bottomLeft: r[3])
  }

  /// A round figure in the unit square; its points lie on the circle that fills it.
  private func unitPath(_ name: Figure.Name) -> Path {
    let center = Point(0.5, 0.5)
    switch name {
    case .rectangle: return .rectangle(Rect(minX: 0, minY: 0, maxX: 1, maxY: 1))
    case .ellipse: return .circle(center: center, radius: 0.5)
    case .polygon: return .regularPolygon(center: center, radius: 0.5, sides: points ?? 6)
    case .star: return .star(center: center, radius: 0.5, points: points ?? 5, innerRatio: inner ?? 0.4)
    case .ring: return .ring(center: center, innerRadius: 0.5 * (inner ?? 0.7), outerRadius: 0.5)
    case .rays:
      let count = count ?? 16
      // A whole number of steps changes nothing.
      let phase = (phase ?? 0) - (phase ?? 0).rounded(.down)
      return .rays(
        center: center, innerRadius: 0.5 * (inner ?? 0), outerRadius: 0.5, count: count, duty: duty ?? 0.5,
        phase: 360 / Double(count) * phase)
    case .gear:
      let hole = 0.5 * (inner ?? 0.6)
      return .hub(
        center: center, outerRadius: 0.5, innerRadius: hole, teeth: teeth ?? 6, toothDepth: 0.36 * hole,
        toothWidth: 0.26 * hole)
    }
  }

  private func viewRect(of outline: DrawnOutline) throws -> Rect {
    switch view {
    case nil: return outline.sheet ?? outline.path.bounds
    case .named(.bounds): return outline.path.bounds
    case .named(.sheet):
      guard let sheet = outline.sheet else {
        throw LayerProblems(
          "view", "there is no sheet: \(outline.text) has no viewBox, and no width and height",
          hint: "give a view [x, y, width, height]")
      }
      return sheet
    case .rect(let v):
      guard v.count == 4, v[2] > 0, v[3] > 0 else {
        throw LayerProblems("view", "a view has a width and a height above 0: [x, y, width, height]")
      }
      return Rect(minX: v[0], minY: v[1], maxX: v[0] + v[2], maxY: v[1] + v[3])
    }
  }

  /// How much larger the path becomes in one direction.
  private func stretch(_ wanted: Double, _ size: Double, _ parameter: String) throws -> Double {
    guard size > 0 else {
      throw LayerProblems(
        parameter, "this path has no \(parameter) that could be stretched",
        hint: "leave '\(parameter)' out, or give a view")
    }
    return wanted / size
  }

  // MARK: Checks

  /// Nothing is ignored in silence: what a figure does not have is an error.
  private func checkParameters() throws {
    var problems: [LayerProblems.Problem] = []
    let owned: [(name: String, isGiven: Bool, owners: [Figure.Name])] = [
      ("radius", radius != nil, [.rectangle]),
      ("points", points != nil, [.polygon, .star]),
      ("inner", inner != nil, [.star, .ring, .rays, .gear]),
      ("count", count != nil, [.rays]),
      ("duty", duty != nil, [.rays]),
      ("phase", phase != nil, [.rays]),
      ("teeth", teeth != nil, [.gear]),
      ("view", view != nil, []),
      ("rule", rule != nil, []),
    ]
    for parameter in owned where parameter.isGiven {
      let owners =
        parameter.owners.isEmpty
        ? "path data and drawings" : parameter.owners.map { $0.rawValue }.joined(separator: ", ")
      switch figure {
      case .named(let name) where !parameter.owners.contains(name):
        problems.append(
          .init(
            parameter.name, "'\(parameter.name)' means nothing to '\(name.rawValue)'",
            hint: "it is for \(owners)"))
      case .drawn(let outline) where !parameter.owners.isEmpty:
        problems.append(
          .init(
            parameter.name, "'\(parameter.name)' means nothing to \(outline.text)",
            hint: "it is for \(owners)"))
      default: break
      }
    }
    if case .named(.polygon) = figure, let points, points < 3 {
      problems.append(.init("points", "a polygon has at least 3 corners"))
    }
    let strokeOnly = [
      ("stroke-width", strokeWidth != nil), ("join", join != nil), ("cap", cap != nil),
      ("dashes", dashes != nil),
      ("dash-offset", dashOffset != nil),
    ]
    for (name, isGiven) in strokeOnly where isGiven && stroke == nil {
      problems.append(.init(name, "'\(name)' needs a stroke", hint: "give 'stroke' a color"))
    }
    if dashOffset != nil, stroke != nil, dashes == nil {
      problems.append(.init("dash-offset", "'dash-offset' needs 'dashes'"))
    }
    guard problems.isEmpty else { throw LayerProblems(problems) }
  }
}

extension Codec where Value == Shape.Figure {
  /// A figure's name, an SVG file, or SVG path data: an M or m that no letter follows.
  static var figure: Codec<Shape.Figure> {
    let names = Shape.Figure.Name.allCases.map { $0.rawValue }
    return Codec(
      form: .either(.choice(names), .outline),
      still: { node, reader in
        guard let node = reader.resolved(node), let text = reader.text(node) else { return nil }
        let start = text.drop { $0.isWhitespace }.prefix(2)
        let isPath = ["M", "m"].contains(start.first) && !start.dropFirst().allSatisfy({ $0.isLetter })
        guard isPath || Reader.isDrawing(text) else {
          if text.contains(where: { "./#".contains($0) }) {
            reader.error(
              "\(Diagnostic.quote(text)) is neither a figure nor a drawing", at: node.place,
              hint: Reader.drawingHint)
            return nil
          }
          return reader.choice(node, among: names).flatMap { Shape.Figure.Name(rawValue: $0) }.map {
            .named($0)
          }
        }
        return reader.outline(text, at: node.place).map { .drawn($0) }
      },
      text: {
        switch $0 {
        case .named(let name): name.rawValue
        case .drawn(let outline): outline.text
        }
      })
  }
}

extension Codec where Value == Shape.View {
  /// `sheet`, `bounds`, or four numbers, which may move.
  static var view: Codec<Shape.View> {
    let name = Codec<Shape.View.Name>.choice
    let numbers = Codec<Double>.number(-1e6...1e6).list(4...4)
    return Codec(
      form: .either(name.form, numbers.form),
      read: { node, reader in
        guard let node = reader.resolved(node) else { return nil }
        guard node.items == nil else {
          guard let read = numbers.reading(node, &reader) else { return nil }
          return { .rect(read($0)) }
        }
        guard let read = name.reading(node, &reader) else { return nil }
        return { .named(read($0)) }
      },
      text: {
        switch $0 {
        case .named(let name): name.rawValue
        case .rect(let values): numbers.written(values)
        }
      })
  }
}

extension Paint {
  /// Whether it leaves no trace.
  var isInvisible: Bool {
    if case .color(let color) = self { return color.alpha == 0 }
    return false
  }
}

extension Affine {
  /// How much lengths grow in the direction in which they grow most.
  var largestStretch: Double {
    let sum = a * a + b * b + c * c + d * d
    let k = determinant
    return ((sum + max(0, sum * sum - 4 * k * k).squareRoot()) / 2).squareRoot()
  }
}
