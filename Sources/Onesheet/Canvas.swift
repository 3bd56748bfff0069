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

  public static let dpiRange = 10.0...2400.0
  /// Pixels a side, bleed included.
  public static let largestSide = 100_000.0

  /// The picture in pixels at `scale`; nil if a side is not within 1 … 100,000 pixels.
  public func geometry(scale: Double) -> Geometry? {
    let dpi = dpi * scale
    func pixels(_ side: Side) -> Double {
      switch side {
      case .inches(let value): (value * dpi).rounded()
      case .pixels(let value): (value * scale).rounded()
      }
    }
    let (w, h, b) = (pixels(width), pixels(height), pixels(bleed))
    guard w >= 1, h >= 1, w + 2 * b <= Canvas.largestSide, h + 2 * b <= Canvas.largestSide else { return nil }
    return Geometry(trimWidth: Int(w), trimHeight: Int(h), bleed: Int(b), dpi: dpi, scale: scale)
  }
}

/// Reads `canvas:` and the options that replace parts of it.
struct CanvasReader {
  static let keys = ["format", "size", "width", "height", "dpi", "bleed"]
  /// The ways to give a size; one replaces the other where presets are merged.
  static let sizeKeys = ["format", "size", "width", "height"]

  /// Reads the mapping. Complains, and returns nil where no canvas can be had.
  static func read(_ node: Node?, names: NameTable, reader: inout Reader) -> Canvas? {
    guard let node else {
      return Canvas(width: .inches(27), height: .inches(40), dpi: 300, bleed: .pixels(0))
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
    var canvas = Canvas(width: .inches(27), height: .inches(40), dpi: 300, bleed: .pixels(0))
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
      (canvas.width, canvas.height) = (.pixels(Double(size.width)), .pixels(Double(size.height)))
    } else if fields["width"] != nil || fields["height"] != nil {
      guard let width = fields["width"], let height = fields["height"] else {
        reader.error("a canvas needs a width and a height", at: node.place)
        return nil
      }
      guard let w = side(width, &reader), let h = side(height, &reader) else { return nil }
      (canvas.width, canvas.height) = (w, h)
    }
    if let node = fields["bleed"] {
      guard let bleed = side(node, &reader) else { return nil }
      canvas.bleed = bleed
    }
    return canvas
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
  }
}
