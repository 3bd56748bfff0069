import Catalog
import Outline
import Raster
import Typography

/// Type as it stands in a picture: what a proofreader measures.
public struct SetType: Sendable {
  /// What the words are for.
  public enum Part: Hashable, Sendable {
    case text, title
    /// A job in a billing block.
    case job(String)
    /// Names there, with their job; none for a cast.
    case name(job: String?)
  }
  public var part: Part
  public var text: String
  /// What the ink covers, picture pixels.
  public var box: Rect
  /// Picture pixels, as the layer's scale and turns leave them.
  public var em: Double
  /// The height of capitals, digits and Chinese characters: their median, picture pixels.
  public var capHeight: Double
  /// The letters themselves, without lines, shadows and glows about them; one path for each font, picture pixels.
  package var ink: [Path]
  /// The line along their borders, half of it outside of them; nothing without one. Picture pixels.
  package var rim: [Path]

  package init(
    _ part: Part, _ text: String, em: Double, capHeight: Double, ink: [Path], rim: [Path] = []
  ) {
    self.part = part
    self.text = text
    box = ink.reduce(.null) { $0.union($1.bounds) }
    self.em = em
    self.capHeight = capHeight
    self.ink = ink
    self.rim = rim
  }

  /// Whether two job titles mean the same work: "directed by", "director", 导演.
  package static func isSameJob(_ a: String, _ b: String) -> Bool {
    if let place = BillingPlace(role: a) { return place == BillingPlace(role: b) }
    return a.lowercased() == b.lowercased()
  }
}

/// A layer of type: what it prepares is a ``TypePainter``.
public protocol TypeLayer: Layer {}

/// A painter that knows what type it paints.
public protocol TypePainter: Painter {
  var type: [SetType] { get }
}

/// A painter with the type that it paints.
struct PaintedType: TypePainter {
  let painter: any Painter
  let type: [SetType]

  init(_ painter: any Painter, _ type: [SetType]) {
    self.painter = painter
    self.type = type
  }

  var bounds: PixelRect { painter.bounds }
  var memory: PainterMemory { painter.memory }
  var rasterMemory: PainterMemory { painter.rasterMemory }
  func extent(ofRow y: Int) -> Range<Int>? { painter.extent(ofRow: y) }
  func paint(_ row: Row, x: Int, y: Int) { painter.paint(row, x: x, y: y) }
  func withRasters(workers: Workers) throws -> any Painter { try painter.withRasters(workers: workers) }
}

extension TextLayout {
  /// The median height of capitals, digits and Chinese characters, in em; of all letters where there are none of these,
  /// and 0 without any.
  ///
  /// - Parameter text: what is set.
  func capHeight(of text: String) -> Double {
    let scalars = Array(text.unicodeScalars)
    var capitals: [Double] = []
    var others: [Double] = []
    for glyph in glyphs where !glyph.glyph.inkBox.isNull && glyph.letter != nil {
      let properties = scalars.indices.contains(glyph.cluster) ? scalars[glyph.cluster].properties : nil
      let isIdeographic = properties?.isIdeographic ?? false
      // Chinese characters reach below the baseline.
      let height = glyph.scale * (isIdeographic ? glyph.glyph.inkBox.height : -glyph.glyph.inkBox.minY)
      let isTall = properties.map { isIdeographic || $0.isUppercase || $0.numericType == .decimal } ?? false
      if isTall { capitals.append(height) } else { others.append(height) }
    }
    let heights = (capitals.isEmpty ? others : capitals).sorted()
    return heights.isEmpty ? 0 : max(0, heights[heights.count / 2])
  }
}
