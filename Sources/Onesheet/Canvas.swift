import Catalog
import Markup
import Raster

/// The size of the picture as a preset or an option gives it.
public struct Canvas: Sendable, Hashable {
  /// A side in inches or in pixels.
  public enum Side: Sendable, Hashable {
    case inches(Double)
    case pixels(Double)

    func pixels(dpi: Double) -> Double {
      switch self {
      case .inches(let value): value * dpi
      case .pixels(let value): value
      }
    }
  }
  public var width: Side
  public var height: Side
  public var dpi: Double
  public var bleed: Side
  /// The format that the size is of, if it was given so.
  public internal(set) var format: Format?
  public var safe = Margins()
  /// Whether the preset says what is safe; otherwise its format does.
  var statesSafe = false

  /// What lies between the trim and the area in which type is safe.
  public struct Margins: Sendable, Hashable {
    public var top = Side.pixels(0)
    public var right = Side.pixels(0)
    public var bottom = Side.pixels(0)
    public var left = Side.pixels(0)

    public init() {}

    init(all side: Side) { (top, right, bottom, left) = (side, side, side, side) }

    init(of format: Format) {
      func side(_ value: Double) -> Side { format.isPaper ? .inches(value) : .pixels(value) }
      let safe = format.safe
      (top, right) = (side(safe.top), side(safe.right))
      (bottom, left) = (side(safe.bottom), side(safe.left))
    }
  }

  public static let dpiRange = 10.0...2400.0
  /// Pixels a side, bleed included.
  public static let largestSide = 100_000.0

  /// The picture in pixels at `scale`; nil if a side is not within 1 … 100,000 pixels.
  public func geometry(scale: Double) -> Geometry? {
    let dpi = dpi * scale
    func exact(_ side: Side) -> Double {
      switch side {
      case .inches(let value): value * dpi
      case .pixels(let value): value * scale
      }
    }
    func pixels(_ side: Side) -> Double { exact(side).rounded() }
    let (w, h, b) = (pixels(width), pixels(height), pixels(bleed))
    let safe = Insets(
      top: exact(safe.top), right: exact(safe.right), bottom: exact(safe.bottom), left: exact(safe.left))
    guard w >= 1, h >= 1, w + 2 * b <= Canvas.largestSide, h + 2 * b <= Canvas.largestSide else { return nil }
    return Geometry(trimWidth: Int(w), trimHeight: Int(h), bleed: Int(b), dpi: dpi, scale: scale, safe: safe)
  }
}

/// Reads `canvas:` and the options that replace parts of it.
struct CanvasReader {
  static let keys = ["format", "size", "width", "height", "dpi", "bleed", "safe"]
  private static let edges = ["top", "right", "bottom", "left"]
  /// The ways to give a size; one replaces the other where presets are merged.
  static let sizeKeys = ["format", "size", "width", "height"]

  /// A one-sheet.
  private static var standard: Canvas {
    var canvas = Canvas(width: .inches(27), height: .inches(40), dpi: 300, bleed: .pixels(0))
    if let format = Format.named("one-sheet") { canvas.apply(format) }
    return canvas
  }

  /// Reads the mapping. Complains, and returns nil where no canvas can be had.
  static func read(_ node: Node?, names: NameTable, reader: inout Reader) -> Canvas? {
    guard let node else {
      return standard
    }
    guard let fields = reader.fields(node, required: [], optional: keys, of: "'canvas'") else { return nil }
    let ways = [
      fields["format"] != nil, fields["size"] != nil, fields["width"] != nil || fields["height"] != nil,
    ]
    guard ways.filter({ $0 }).count <= 1 else {
      reader.error(
        "a canvas has one size: a format, a size, or a width and a height", at: node.place,
        hint: "leave out all but one")
      return nil
    }
    var canvas = standard
    if let node = fields["dpi"] {
      guard let dpi = reader.number(node, Reader.NumberRule(Canvas.dpiRange, name: "dots per inch")) else {
        return nil
      }
      canvas.dpi = dpi
    }
    if let node = fields["format"] {
      guard let name = reader.choice(node, among: Format.all.map { $0.name }), let format = Format.named(name)
      else { return nil }
      canvas.apply(format)
    } else if let node = fields["size"] {
      guard let text = reader.text(node), let size = Canvas.pixelSize(text) else {
        reader.error("a size is written 2048x858, in pixels", at: node.place)
        return nil
      }
      canvas.apply(width: .pixels(Double(size.width)), height: .pixels(Double(size.height)))
    } else if fields["width"] != nil || fields["height"] != nil {
      guard let width = fields["width"], let height = fields["height"] else {
        reader.error("a canvas needs a width and a height", at: node.place)
        return nil
      }
      guard let w = side(width, &reader), let h = side(height, &reader) else { return nil }
      canvas.apply(width: w, height: h)
    }
    if let node = fields["bleed"] {
      guard let bleed = side(node, &reader) else { return nil }
      canvas.bleed = bleed
    }
    if let node = fields["safe"] {
      guard let safe = margins(node, &reader) else { return nil }
      canvas.safe = safe
      canvas.statesSafe = true
    }
    return canvas
  }

  /// One length for all edges, or lengths by edge, of which those that are left out are 0.
  private static func margins(_ node: Node, _ reader: inout Reader) -> Canvas.Margins? {
    guard node.pairs != nil else { return side(node, &reader).map { Canvas.Margins(all: $0) } }
    guard let fields = reader.fields(node, required: [], optional: edges, of: "'safe'") else { return nil }
    var margins = Canvas.Margins()
    for (edge, path) in zip(edges, [\Canvas.Margins.top, \.right, \.bottom, \.left]) {
      guard let node = fields[edge] else { continue }
      guard let side = side(node, &reader) else { return nil }
      margins[keyPath: path] = side
    }
    return margins
  }

  /// `27in`, `594mm`, `2048px` or `2048`.
  private static func side(_ node: Node, _ reader: inout Reader) -> Canvas.Side? {
    guard let text = reader.text(node) else { return nil }
    guard let side = parseSide(text) else {
      reader.error(
        "'\(text)' is not a length of a canvas", at: node.place, hint: "27in, 594mm, 12pt or 2048px")
      return nil
    }
    return side
  }

  static func parseSide(_ text: String) -> Canvas.Side? {
    for (unit, inches) in [("mm", 1 / 25.4), ("in", 1.0), ("pt", 1 / 72.0), ("px", 0.0), ("", 0.0)]
    where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count)
      guard let value = Double(digits.filter { $0 != " " }), value >= 0, value.isFinite else { return nil }
      return inches > 0 ? .inches(value * inches) : .pixels(value)
    }
    return nil
  }
}

extension Canvas {
  /// Reads `2048x858`, with an x or a ×; nil unless both are 1 … 100,000.
  public static func pixelSize(_ text: String) -> (width: Int, height: Int)? {
    let parts = text.lowercased().split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...Int(largestSide)).contains(width), (1...Int(largestSide)).contains(height)
    else { return nil }
    return (width, height)
  }

  mutating func apply(_ format: Format) {
    switch format.size {
    case .paper(let w, let h): (width, height) = (.inches(w), .inches(h))
    case .pixels(let w, let h): (width, height) = (.pixels(Double(w)), .pixels(Double(h)))
    }
    self.format = format
    if !statesSafe { safe = Margins(of: format) }
  }

  /// Sides that no format gives: of paper, the outer quarter inch is not safe; of screens nothing is known.
  mutating func apply(width: Side, height: Side) {
    (self.width, self.height) = (width, height)
    format = nil
    guard !statesSafe else { return }
    if case .inches = width, case .inches = height {
      safe = Margins(all: .inches(0.25))
    } else {
      safe = Margins()
    }
  }
}
