import Raster

/// The outlines of an SVG file (SVG 1.1), as drawing programs write them, whole or by the ids of its parts.
///
/// Only geometry is read: colors, widths of lines and opacity are said where an outline is used. What would change the
/// geometry and is not understood (text, clip paths, filters …) is refused, but only where it belongs to what is asked
/// for.
package struct SVGDrawing: Sendable {
  /// Why an outline cannot be had.
  package struct Problem: Error, Hashable, Sendable {
    /// Bytes from the start of the file; nil for the file as a whole.
    package var offset: Int?
    package var message: String
    package var hint: String?

    init(_ message: String, at offset: Int? = nil, hint: String? = nil) {
      self.offset = offset
      self.message = message
      self.hint = hint
    }

    package static let unreadable = Problem("it cannot be read")
  }

  /// Bytes of a file. A silhouette with every brick has some hundred thousand.
  package static let maximumSize = 4 << 20
  static let maximumElementCount = 100_000
  /// Elements that one outline may visit: a `use` of a `use` doubles them at every step.
  static let maximumVisitCount = 200_000
  static let maximumUseDepth = 8

  struct Element: Sendable {
    var name: String
    var attributes: [String: String]
    /// Where it begins, in bytes.
    var offset: Int
    var parent: Int?
    var children: [Int] = []

    /// An attribute, or the property of its `style` that goes before it.
    func property(_ name: String) -> String? {
      if let style = attributes["style"] {
        for declaration in style.split(separator: ";") {
          let parts = declaration.split(separator: ":", maxSplits: 1)
          if parts.count == 2, parts[0].trimmed == name { return parts[1].trimmed }
        }
      }
      return attributes[name].map { Substring($0).trimmed }
    }
  }

  let elements: [Element]
  private let indices: [String: Int]
  /// Its `viewBox`, or else its width and height: the sheet that was drawn on. nil if it has neither.
  package let sheet: Rect?

  package init(_ bytes: [UInt8]) throws(Problem) {
    guard bytes.count <= Self.maximumSize else {
      throw Problem("it is larger than \(Self.maximumSize >> 20) MiB")
    }
    var reader = XMLTagReader(bytes)
    var elements: [Element] = []
    var indices: [String: Int] = [:]
    var open: [Int] = []
    do {
      while let tag = try reader.next() {
        guard case .start(let name, let attributes) = tag else {
          open.removeLast()
          continue
        }
        guard elements.count < Self.maximumElementCount else {
          throw Problem("it has more than \(Self.maximumElementCount) elements", at: reader.tagStart)
        }
        let index = elements.count
        elements.append(
          Element(
            name: name.hasPrefix("svg:") ? String(name.dropFirst(4)) : name, attributes: attributes,
            offset: reader.tagStart, parent: open.last))
        if let parent = open.last { elements[parent].children.append(index) }
        if let id = attributes["id"], indices[id] == nil { indices[id] = index }
        open.append(index)
      }
    } catch let failure as XMLTagReader.Failure {
      throw Problem(failure.reason, at: failure.offset)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem("\(error)")
    }
    guard let root = elements.first, root.name == "svg" else {
      throw Problem("its first element is '\(elements.first?.name ?? "")', not 'svg'", at: 0)
    }
    self.elements = elements
    self.indices = indices
    sheet = try Self.sheet(of: root)
  }

  private static func sheet(of root: Element) throws(Problem) -> Rect? {
    if let text = root.attributes["viewBox"] {
      guard let v = SVGNumbers.list(text), v.count == 4, v[2] > 0, v[3] > 0,
        v.allSatisfy({ abs($0) <= 1e9 })
      else {
        throw Problem(
          "its viewBox is not '\(text.prefix(60))' but four numbers: x, y, width and height above 0",
          at: root.offset)
      }
      return Rect(minX: v[0], minY: v[1], maxX: v[0] + v[2], maxY: v[1] + v[3])
    }
    guard let width = root.attributes["width"].flatMap({ SVGNumbers.length($0) }),
      let height = root.attributes["height"].flatMap({ SVGNumbers.length($0) }), width > 0, height > 0,
      max(width, height) <= 1e9
    else { return nil }
    return Rect(minX: 0, minY: 0, maxX: width, maxY: height)
  }

  /// The ids of all parts that have outlines, in the order of the file.
  package var partNames: [String] {
    elements.compactMap { Self.isOutline($0.name) ? $0.attributes["id"] : nil }
  }

  package func has(part: String) -> Bool { indices[part] != nil }

  private static func isOutline(_ name: String) -> Bool {
    ["path", "polygon", "polyline", "line", "rect", "circle", "ellipse", "g", "a", "use", "symbol"]
      .contains(name)
  }

  /// The outline of a part, or of the whole drawing, in the units of the sheet.
  ///
  /// Parts lie where the sheet has them: what encloses them may move them.
  package func outline(of part: String?) throws(Problem) -> (path: Path, rule: FillRule) {
    var visitor = SVGVisitor(self)
    guard let part else {
      try visitor.visitChildren(of: 0, SVGVisitor.Surroundings())
      return try visitor.outline()
    }
    guard let index = indices[part] else { throw Problem("it has no part '\(part)'") }
    let element = elements[index]
    if index == 0 {
      try visitor.visitChildren(of: 0, SVGVisitor.Surroundings())
      return try visitor.outline()
    }
    guard Self.isOutline(element.name) else {
      throw Problem("'\(part)' is a '\(element.name)', which has no outline", at: element.offset)
    }
    var enclosing: [Int] = []
    var next = element.parent
    while let index = next {
      enclosing.append(index)
      next = elements[index].parent
    }
    var surroundings = SVGVisitor.Surroundings()
    // The root's own attributes say how large the sheet is shown, not where things lie on it.
    for index in enclosing.reversed().dropFirst() {
      surroundings = try visitor.surroundings(within: elements[index], surroundings)
    }
    try visitor.visit(index, surroundings, isAskedFor: true)
    return try visitor.outline()
  }
}

/// Walks through a drawing and gathers outlines.
struct SVGVisitor {
  typealias Problem = SVGDrawing.Problem

  /// What an element has from those around it.
  struct Surroundings {
    var transform = Affine.identity
    var rule = FillRule.nonZero
    /// How many `use` lead here.
    var uses = 0
  }

  private let drawing: SVGDrawing
  private var shapes: [(path: Path, rule: FillRule, offset: Int)] = []
  private var visits = 0
  private var count = 0

  init(_ drawing: SVGDrawing) { self.drawing = drawing }

  /// Elements that draw nothing where they stand.
  private static let silent: Set<String> = [
    "defs", "symbol", "title", "desc", "metadata", "style", "script", "linearGradient", "radialGradient",
    "pattern", "filter", "clipPath", "mask", "marker", "view", "cursor", "font", "font-face", "color-profile",
    "animate", "animateTransform", "animateMotion", "animateColor", "set",
  ]
  /// Properties that change what is seen of an outline.
  private static let obstacles = [
    (property: "clip-path", what: "is cut by a clip path"), ("mask", "has a mask"),
    ("filter", "has a filter"),
    ("marker", "has markers"), ("marker-start", "has markers"), ("marker-mid", "has markers"),
    ("marker-end", "has markers"),
  ]

  mutating func visitChildren(of index: Int, _ surroundings: Surroundings) throws(Problem) {
    for child in drawing.elements[index].children { try visit(child, surroundings, isAskedFor: false) }
  }

  /// - Parameter isAskedFor: whether it is the part that is asked for: it is drawn though it be hidden or a symbol.
  mutating func visit(_ index: Int, _ surroundings: Surroundings, isAskedFor: Bool) throws(Problem) {
    visits += 1
    guard visits <= SVGDrawing.maximumVisitCount else {
      throw Problem("an outline may not have more than \(SVGDrawing.maximumVisitCount) elements")
    }
    let element = drawing.elements[index]
    // What other programs note about the drawing.
    if element.name.contains(":") { return }
    if !isAskedFor {
      if Self.silent.contains(element.name) { return }
      if element.property("display") == "none" { return }
    }
    let inner = try self.surroundings(within: element, surroundings)
    switch element.name {
    case "g", "a", "symbol":
      guard element.attributes["viewBox"] == nil else {
        throw Problem("a symbol with a viewBox is not read", at: element.offset)
      }
      try visitChildren(of: index, inner)
    case "use": try visitUse(element, inner)
    default: try add(element, inner, isAskedFor: isAskedFor)
    }
  }

  /// What is inside of `element` has from it.
  func surroundings(within element: SVGDrawing.Element, _ outer: Surroundings) throws(Problem) -> Surroundings
  {
    for (property, what) in Self.obstacles {
      guard let value = element.property(property), value != "none" else { continue }
      throw Problem(
        "\(named(element)) \(what), which is not read", at: element.offset,
        hint: "remove it, or make its result a path; a preset has masks and effects of its own")
    }
    var result = outer
    if let text = element.attributes["transform"] {
      guard let transform = SVGNumbers.transform(text) else {
        throw Problem(
          "'\(text.prefix(60))' is no list of matrix, translate, scale, rotate, skewX and skewY",
          at: element.offset)
      }
      result.transform = transform.then(outer.transform)
    } else if let text = element.property("transform"), text != "none" {
      throw Problem(
        "\(named(element)) has a transform in its style", at: element.offset,
        hint: "write it as an attribute: transform=\"…\"")
    }
    switch element.property("fill-rule") {
    case "evenodd": result.rule = .evenOdd
    case "nonzero": result.rule = .nonZero
    default: break
    }
    return result
  }

  private mutating func visitUse(_ element: SVGDrawing.Element, _ surroundings: Surroundings) throws(Problem)
  {
    let target = element.attributes["href"] ?? element.attributes["xlink:href"] ?? ""
    guard target.hasPrefix("#"), let index = drawing.index(of: String(target.dropFirst())) else {
      throw Problem("'use' leads to nothing in this file: '\(target.prefix(60))'", at: element.offset)
    }
    guard surroundings.uses < SVGDrawing.maximumUseDepth else {
      throw Problem("'use' leads to 'use' too often, or in a circle", at: element.offset)
    }
    var inner = surroundings
    inner.uses += 1
    inner.transform = Affine.translation(try length("x", of: element), try length("y", of: element))
      .then(surroundings.transform)
    try visit(index, inner, isAskedFor: drawing.elements[index].name == "symbol")
  }

  private mutating func add(
    _ element: SVGDrawing.Element, _ surroundings: Surroundings, isAskedFor: Bool
  ) throws(Problem) {
    // Hidden elements may have visible parts, but only groups have parts.
    if !isAskedFor, ["hidden", "collapse"].contains(element.property("visibility")) { return }
    let path = try path(of: element).transformed(by: surroundings.transform)
    guard !path.isEmpty else { return }
    guard path.isFinite else {
      throw Problem("\(named(element)) grows beyond all numbers", at: element.offset)
    }
    count += path.elements.count
    guard count <= Path.maximumElementCount else {
      throw Problem(
        "an outline may not have more than \(Path.maximumElementCount) pieces", at: element.offset)
    }
    shapes.append((path, surroundings.rule, element.offset))
  }

  private func path(of element: SVGDrawing.Element) throws(Problem) -> Path {
    switch element.name {
    case "path":
      do throws(PathDataError) {
        return try Path(svg: element.attributes["d"] ?? "")
      } catch {
        throw Problem("\(named(element)): \(error)", at: element.offset)
      }
    case "polygon": return try polyline(element, isClosed: true)
    case "polyline": return try polyline(element, isClosed: false)
    case "line":
      let start = Point(try length("x1", of: element), try length("y1", of: element))
      let end = Point(try length("x2", of: element), try length("y2", of: element))
      return Path([.move(start), .line(end)])
    case "rect": return try rectangle(element)
    case "circle":
      let radius = try size("r", of: element) ?? 0
      return try ellipse(element, radius, radius)
    case "ellipse":
      let (x, y) = (try size("rx", of: element), try size("ry", of: element))
      return try ellipse(element, x ?? y ?? 0, y ?? x ?? 0)
    case "text", "flowRoot":
      throw Problem(
        "\(named(element)) is a text, which has no outline here", at: element.offset,
        hint: "make it a path (in Inkscape: Path, Object to Path), or set it in the preset")
    case "image":
      throw Problem(
        "\(named(element)) is an image, which has no outline", at: element.offset,
        hint: "the layer 'image' shows pictures")
    default:
      throw Problem("\(named(element)) is nothing that has an outline", at: element.offset)
    }
  }

  private func polyline(_ element: SVGDrawing.Element, isClosed: Bool) throws(Problem) -> Path {
    let text = element.attributes["points"] ?? ""
    guard let numbers = SVGNumbers.list(text), numbers.count.isMultiple(of: 2) else {
      throw Problem("the points of \(named(element)) are no pairs of numbers", at: element.offset)
    }
    var path = Path()
    for i in stride(from: 0, to: numbers.count, by: 2) {
      let point = Point(numbers[i], numbers[i + 1])
      path.elements.append(i == 0 ? .move(point) : .line(point))
    }
    if isClosed, !path.isEmpty { path.elements.append(.close) }
    return path
  }

  private func rectangle(_ element: SVGDrawing.Element) throws(Problem) -> Path {
    let (x, y) = (try length("x", of: element), try length("y", of: element))
    let (w, h) = (try size("width", of: element) ?? 0, try size("height", of: element) ?? 0)
    guard w > 0, h > 0 else { return Path() }
    let (givenX, givenY) = (try size("rx", of: element), try size("ry", of: element))
    let (rx, ry) = (min(givenX ?? givenY ?? 0, w / 2), min(givenY ?? givenX ?? 0, h / 2))
    guard rx > 0, ry > 0 else { return .rectangle(Rect(minX: x, minY: y, maxX: x + w, maxY: y + h)) }
    // Corners are quarters of ellipses: circles, where both radii are 1.
    return Path.rectangle(Rect(minX: 0, minY: 0, maxX: w / rx, maxY: h / ry), corners: CornerRadii(1))
      .transformed(by: Affine(a: rx, b: 0, c: 0, d: ry, tx: x, ty: y))
  }

  private func ellipse(_ element: SVGDrawing.Element, _ rx: Double, _ ry: Double) throws(Problem) -> Path {
    guard rx > 0, ry > 0 else { return Path() }
    let center = Point(try length("cx", of: element), try length("cy", of: element))
    return .ellipse(center: center, radiusX: rx, radiusY: ry)
  }

  private func length(_ name: String, of element: SVGDrawing.Element) throws(Problem) -> Double {
    guard let text = element.attributes[name] else { return 0 }
    guard let value = SVGNumbers.length(text) else {
      throw Problem(
        "\(name)=\"\(text.prefix(40))\" of \(named(element)) is not a length", at: element.offset,
        hint: "lengths are numbers, or have one of the units px, mm, cm, in, pt and pc")
    }
    return value
  }

  /// A length that may not be negative; nil if it is left to others.
  private func size(_ name: String, of element: SVGDrawing.Element) throws(Problem) -> Double? {
    guard let text = element.attributes[name], text != "auto" else { return nil }
    let value = try length(name, of: element)
    guard value >= 0 else {
      throw Problem("\(name)=\"\(text.prefix(40))\" of \(named(element)) is negative", at: element.offset)
    }
    return value
  }

  /// What messages call an element.
  private func named(_ element: SVGDrawing.Element) -> String {
    element.attributes["id"].map { "'\($0.prefix(60))'" } ?? "a '\(element.name)'"
  }

  /// All that was gathered, as one path.
  func outline() throws(Problem) -> (path: Path, rule: FillRule) {
    guard shapes.count > 1, let first = shapes.first else {
      return shapes.first.map { ($0.path, $0.rule) } ?? (Path(), .nonZero)
    }
    if let other = shapes.first(where: { $0.rule != first.rule }) {
      throw Problem(
        "its shapes have different fill rules, and one path can have only one", at: other.offset,
        hint: "give them one fill-rule, or an id each")
    }
    var path = Path()
    for shape in shapes {
      // Each by itself is filled wherever it winds; together they must wind one way, or overlaps would be holes.
      path.append(first.rule == .nonZero && shape.path.controlArea < 0 ? shape.path.reversed : shape.path)
    }
    return (path, first.rule)
  }
}

extension SVGDrawing {
  func index(of id: String) -> Int? { indices[id] }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while let c = text.first, c.isWhitespace { text = text.dropFirst() }
    while let c = text.last, c.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
