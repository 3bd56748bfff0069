import Catalog
import Outline
import Raster
import Typography

/// A billing block: who did what, in lines that come out even.
///
/// Names stand in tall narrow capitals; job titles stand small and tight beside them, in two lines as high as the
/// capitals. A job title is never parted from its name. The layer's box is that of the ink.
public struct Credits: TypeLayer {
  public static let name = "credits"
  public static let summary = "A billing block: job titles and names in lines that come out even."

  enum Order: String, CaseIterable, Sendable { case written, billing }
  enum Capitals: String, CaseIterable, Sendable { case names, all, none }

  var credits: [Credit] = []
  var order = Order.written
  var font = Credits.usualFont
  var roleFont: [String]?
  var size = 0.021
  var minSize: Double?
  var letterWidth = 0.66
  var tracking = 20.0
  var capitals = Capitals.names
  var hanzi = HanziSetting(scale: 0.8, raise: 0.045)
  var hanziWidth = 0.82
  var roleSize = 0.43
  var roleWidth = 0.74
  var roleGap = 0.1
  var stack = true
  var gap = 0.46
  var align = TextStyle.Alignment.center
  var width: Double?
  var lines: Int?
  var maxLines = 8
  var lineSpacing = 1.05
  var stretch = 60.0
  var color = Paint.color(.white)
  var roleColor: Paint?
  var margin: Double?

  public static let parameters: [Parameter<Credits>] =
    [
      .init(
        "credits", \.credits, .credits, required: true,
        "Who did what: {directed by: [A NAME, ANOTHER]}, {presents: A COMPANY}, {title: THE FILM}, or a name alone."
      ),
      .init(
        "order", \.order, .choice,
        "As the credits are written, or by the trade's order of billing: presentation, title, cast, crafts, producers, writers, and who directed it last."
      ),
      .init(
        "font", \.font, Codec<String>.text.oneOrMore(1...16),
        "A font for names, or a list of them: the first that has a letter draws it."),
      .init(
        "role-font", \.roleFont, Codec<String>.text.oneOrMore(1...16).optional,
        "The same for job titles; that of the names unless given, or a heavier weight of the standard one."),
      .init(
        "size", \.size, .length(0.0001...2, suggested: 0.008...0.04),
        "The em of the names; the block becomes smaller where it does not fit."),
      .init(
        "min-size", \.minSize, Codec<Double>.length(0.0001...2, suggested: 0.006...0.03).optional,
        "How small the names may become; two thirds of size unless given."),
      .init(
        "letter-width", \.letterWidth, .number(0.2...3, suggested: 0.5...1),
        "Width of letters beside the font's own: 0.66 makes Bebas Neue as narrow as billing is."),
      .init(
        "tracking", \.tracking, .number(-500...5000, suggested: 0...80, unit: .thousandths),
        "Added between letters."),
      .init("capitals", \.capitals, .choice, "What is set in capitals, however it is written."),
      .init(
        "hanzi-width", \.hanziWidth, .number(0.2...3, suggested: 0.6...1),
        "Width of Chinese characters and kana beside the font's own."),
      .init(
        "role-size", \.roleSize, .number(0.1...2, suggested: 0.35...0.6),
        "Height of a job title's capitals beside those of the names."),
      .init(
        "role-width", \.roleWidth, .number(0.2...3, suggested: 0.6...1),
        "Width of a job title's letters beside the font's own."),
      .init(
        "role-gap", \.roleGap, .number(-1...5, suggested: 0.05...0.3, unit: .em),
        "Between a job title and its name."),
      .init("stack", \.stack, .flag, "Whether job titles of several words stand in two lines."),
      .init("gap", \.gap, .number(0...20, suggested: 0.3...1, unit: .em), "Between one credit and the next."),
      .init(
        "align", \.align, .choice,
        "How lines stand; justified ones fill the width, the others keep their tracking."),
      .init(
        "width", \.width, Codec<Double>.width(0.001...100).optional,
        "The most that a line takes, 0.8 unless given; the title's share makes both as wide."),
      .init(
        "lines", \.lines, Codec<Int>.integer(1...40).optional,
        "How many lines there are to be; as few as fit unless given."),
      .init("max-lines", \.maxLines, .integer(1...40), "How many lines there may be."),
      .init(
        "line-spacing", \.lineSpacing, .number(0.1...20, suggested: 0.9...1.6, unit: .em),
        "From baseline to baseline."),
      .init(
        "stretch", \.stretch, .number(0...2000, suggested: 20...120, unit: .thousandths),
        "How much tracking justified lines may add; they may take away a quarter of it."),
      .init("color", \.color, .paint, "Of the names: a color, or a gradient over the block."),
      .init(
        "role-color", \.roleColor, Codec<Paint>.paint.optional,
        "Of job titles; that of the names unless given."
      ),
      .init(
        "margin", \.margin, Codec<Double>.length(-10...0.5, suggested: 0...0.05).optional,
        "How far the block must stay from where the picture is cut: as far as the canvas's safe area unless given; below 0 it may be cut."
      ),
    ] + including(\.hanzi)

  public static let sampleValues = [
    "credits":
      "[{presents: MIDNIGHT REEL}, {title: NEON STATIC}, {with: THE FIGURE}, {written and directed by: [林小艺, SOMEBODY]}]"
  ]

  public init() {}

  private static let hanziFonts = ["Noto Sans SC Light", "Noto Sans SC Bold", "Noto Sans TC Bold"]
  private static let usualFont = ["Bebas Neue Book"] + hanziFonts
  /// One weight more: strokes of small letters are as thick as those of the names.
  private static let usualRoleFont = ["Bebas Neue"] + hanziFonts
  /// Of the picture's width.
  private static let usualWidth = 0.8
  /// What printers ask for, inches; and the most of a small picture's shorter side.
  private static let safeMargin = (inches: 0.25, share: 0.04)
  /// In em: the pen of single-stroke fonts.
  private static let penWidth = 0.05

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    let limits = try limits(g)
    guard let (block, lines, fitting) = try arranged(limits, context) else { return PainterStack([]) }
    var size = fitting
    let placed = block.glyphs(lines, align: align, lineSpacing: lineSpacing, column: limits.width / size)
    let ink = placed.reduce(Rect.null) { $0.union(Credits.ink($1)) }
    guard !ink.isNull else { return PainterStack([]) }
    size = try clearing(ink, size: size, smallest: align == .justify ? size : limits.minimum, context)

    let em = g.pixels(size)
    let box = Credits.scaled(ink, em)
    let transform = context.transform(of: LayerBox(box, baseline: 0))
    let toPicture = Affine.scale(em, em).then(transform)
    var coats: [any Painter] = []
    for (isRole, paint) in [(true, roleColor ?? color), (false, color)] {
      for path in Credits.paths(placed.filter { $0.glyph.isRole == isRole }, toPicture) {
        let coverage = CoverageMask(path: path, clip: g.bounds, workers: context.workers)
        guard !coverage.isEmpty else { continue }
        coats.append(PaintedCoverage(coverage, paint: paint, box: box, transform: transform))
      }
    }
    return PaintedType(PainterStack(coats), type(placed, toPicture))
  }

  /// Each job title and the names that it belongs to.
  private func type(
    _ placed: [(glyph: CreditGlyph, transform: Affine)], _ toPicture: Affine
  ) -> [SetType] {
    let upright = Point(toPicture.c, toPicture.d).magnitude
    return credits.enumerated().flatMap { number, credit in
      [true, false].compactMap { isRole -> SetType? in
        let own = placed.filter { $0.glyph.credit == number && $0.glyph.isRole == isRole }
        let heights = own.map { -$0.glyph.glyph.inkBox.minY * $0.glyph.scale.y }.filter { $0.isFinite }
          .sorted()
        guard !heights.isEmpty, let scale = own.map({ $0.glyph.scale.y }).max() else { return nil }
        let job = credit.role.isEmpty ? credit.after : credit.role
        let names = credit.names.joined(separator: ", ")
        return SetType(
          isRole ? .job(job) : .name(job: job.isEmpty ? nil : job), isRole ? job : names, em: scale * upright,
          // Most letters are capitals; of small ones the tall tell.
          capHeight: heights[heights.count * 4 / 5] * upright, ink: Credits.paths(own, toPicture))
      }
    }
  }

  /// What each line says.
  func texts(in context: LayerContext) throws -> [String] {
    try arranged(limits(context.geometry), context).map { $0.block.texts($0.lines) } ?? []
  }

  /// The pieces, the first of each line, and the size at which the lines fit; nil if there is nothing to set.
  private func arranged(
    _ limits: CreditBlock.Limits, _ context: LayerContext
  ) throws(LayerProblems) -> (block: CreditBlock, lines: [Int], size: Double)? {
    let (block, count) = try block(context)
    guard count > 0 else { return nil }
    let (lines, size) = align == .justify ? try block.justified(limits) : try block.ragged(limits)
    return (block, lines, size)
  }

  private func limits(_ g: Geometry) throws(LayerProblems) -> CreditBlock.Limits {
    if let minSize, minSize > size {
      throw LayerProblems(
        "min-size", "the smallest size, \(figure(minSize)), is larger than the size, \(figure(size))")
    }
    if let lines, lines > maxLines {
      throw LayerProblems("lines", "\(lines) lines are wished for, but max-lines is \(maxLines)")
    }
    return CreditBlock.Limits(
      width: width ?? Credits.usualWidth * Double(g.trimWidth) / Double(max(1, g.trimHeight)), size: size,
      minimum: minSize ?? size * 2 / 3, lines: lines, maxLines: maxLines,
      stretch: stretch / 1000)
  }

  /// The pieces of all credits, and how many there are.
  private func block(_ context: LayerContext) throws(LayerProblems) -> (CreditBlock, Int) {
    let library = context.fonts
    let face = try Credits.face(font, of: "font", library)
    let roleFonts = roleFont ?? (font == Credits.usualFont ? Credits.usualRoleFont : font)
    let roleFace = try Credits.face(roleFonts, of: roleFont == nil ? "font" : "role-font", library)
    let (capHeight, roleCapHeight) = (
      max(0.05, face.metrics.capHeight), max(0.05, roleFace.metrics.capHeight)
    )
    let names = CreditStyle(
      fonts: font, letterWidth: letterWidth, hanziWidth: hanziWidth, tracking: tracking,
      hanzi: hanzi)
    var roles = names
    roles.fonts = roleFonts
    roles.letterWidth = roleWidth
    roles.scale = roleSize * capHeight / roleCapHeight
    roles.isRole = true
    let space =
      try names.set("H H", parameter: Credits.name, library: library).width
      - names.set("HH", parameter: Credits.name, library: library).width
    var setter = CreditSetter(
      names: names, roles: roles, capHeight: capHeight, roleCapHeight: capHeight * roleSize,
      stacksRoles: stack,
      capitals: capitals, roleGap: roleGap, wordGap: max(0.05, space), library: library)
    for number in order == .billing ? credits.inOrderOfBilling : Array(credits.indices) {
      setter.add(credits[number], number: number)
    }
    guard setter.problems.isEmpty else { throw LayerProblems(setter.problems) }
    let block = CreditBlock(setter.pieces, isNarrow: setter.isNarrow, gap: gap, wordGap: setter.wordGap)
    return (block, setter.pieces.count)
  }

  /// The first font of a list, all of them being looked for.
  private static func face(_ names: [String], of parameter: String, _ library: FontSearch)
    throws(LayerProblems)
    -> Face
  {
    do throws(LayerProblems) {
      // An empty text asks for nothing but the fonts.
      _ = try Lettering("", parameter: parameter, fonts: names, library: library) { _ in }
    } catch {
      throw LayerProblems(
        error.problems.map {
          .init($0.parameter == "font" ? parameter : $0.parameter, $0.message, hint: $0.hint)
        })
    }
    do throws(FontError) {
      return try library.find(names.first ?? "")
    } catch {
      throw LayerProblems(parameter, error.description)
    }
  }

  // MARK: Place

  /// The largest size up to `size` at which the block stays clear of the picture's edges. Where it is anchored does
  /// not move.
  private func clearing(
    _ ink: Rect, size: Double, smallest: Double, _ context: LayerContext
  ) throws(LayerProblems) -> Double {
    let g = context.geometry
    let clear = clearance(g)
    let trim = context.wholePicture.rect
    /// The corners in the picture, in pixels; they move in straight lines when the size changes.
    func corners(_ size: Double) -> [Point] {
      let box = Credits.scaled(ink, g.pixels(size))
      let map = context.transform(of: LayerBox(box, baseline: 0))
      return [
        Point(box.minX, box.minY), Point(box.maxX, box.minY), Point(box.minX, box.maxY),
        Point(box.maxX, box.maxY),
      ].map { map.apply($0) }
    }
    /// How far the worst corner is beyond each edge of what must stay clear.
    func excess(_ size: Double) -> [(edge: String, pixels: Double)] {
      let points = corners(size)
      func most(_ distance: (Point) -> Double) -> Double { points.map(distance).max() ?? 0 }
      return [
        ("left", most { trim.minX + clear.left - $0.x }), ("right", most { $0.x - trim.maxX + clear.right }),
        ("top", most { trim.minY + clear.top - $0.y }), ("bottom", most { $0.y - trim.maxY + clear.bottom }),
      ]
    }
    // Pictures are rounded to whole pixels.
    let slack = 0.75
    var fitting = size
    for (a, b) in zip(excess(size), excess(smallest)) where a.pixels > slack {
      // Each is a straight line in the size, as long as the same corner is the worst.
      guard b.pixels < slack, a.pixels > b.pixels else {
        let margin = clear.inset(at: a.edge)
        let distance = (margin - b.pixels) / Double(max(1, g.trimHeight))
        throw LayerProblems(
          "at",
          "the credits \(distance < 0 ? "reach \(figure(-distance)) beyond" : "come within \(figure(distance)) of") the picture's \(a.edge) edge\(smallest < size ? ", even at a size of \(figure(smallest))" : ""); \(figure(margin / Double(max(1, g.trimHeight)))) of its height must stay clear",
          hint: "move them with 'at', make 'width' or 'size' smaller, or give another 'margin'")
      }
      fitting = min(fitting, smallest + (size - smallest) * (slack - b.pixels) / (a.pixels - b.pixels))
    }
    return fitting
  }

  /// What must stay clear along each edge, in pixels: the canvas's safe margins; of a canvas that has none, a quarter of
  /// an inch, less in small pictures.
  private func clearance(_ g: Geometry) -> Insets {
    if let margin { return Insets(g.pixels(margin)) }
    guard g.safe == Insets() else { return g.safe }
    return Insets(
      min(
        Credits.safeMargin.inches * g.dpi, Credits.safeMargin.share * Double(min(g.trimWidth, g.trimHeight))))
  }

  private static func scaled(_ box: Rect, _ k: Double) -> Rect {
    Rect(minX: box.minX * k, minY: box.minY * k, maxX: box.maxX * k, maxY: box.maxY * k)
  }

  // MARK: Ink

  /// In em.
  private static func ink(_ placed: (glyph: CreditGlyph, transform: Affine)) -> Rect {
    let box = placed.glyph.glyph.inkBox
    guard !box.isNull else { return box }
    let t = placed.transform
    let ink = Rect(
      minX: box.minX * t.a + t.tx, minY: box.minY * t.d + t.ty, maxX: box.maxX * t.a + t.tx,
      maxY: box.maxY * t.d + t.ty)
    return placed.glyph.face.isStroke ? ink.expanded(by: penWidth / 2) : ink
  }

  /// One path for each face: contours of two fonts may run in opposite directions.
  private static func paths(
    _ placed: [(glyph: CreditGlyph, transform: Affine)], _ toPicture: Affine
  ) -> [Path] {
    var paths: [Path] = []
    var numbers: [ObjectIdentifier: Int] = [:]
    for (glyph, transform) in placed where !glyph.glyph.path.isEmpty {
      let number = numbers[ObjectIdentifier(glyph.face)] ?? paths.count
      if number == paths.count {
        numbers[ObjectIdentifier(glyph.face)] = number
        paths.append(Path())
      }
      let map = transform.then(toPicture)
      if glyph.face.isStroke {
        let pen = StrokeStyle(
          width: penWidth * toPicture.meanScale * glyph.scale.y.squareRoot(), join: .round, cap: .round)
        paths[number].append(glyph.glyph.path.penSmoothed.transformed(by: map).stroked(pen, tolerance: 0.05))
      } else {
        paths[number].append(glyph.glyph.path.transformed(by: map))
      }
    }
    return paths
  }
}

extension Insets {
  fileprivate func inset(at edge: String) -> Double {
    switch edge {
    case "left": left
    case "right": right
    case "top": top
    default: bottom
    }
  }
}
