import Catalog
import Outline
import Raster
import Typography

/// Type as it stands in a picture: what a proofreader measures.
public struct SetType: Sendable {
  /// What the words are for.
  public enum Part: Hashable, Sendable {
    case text, title, tagline
    /// A job in a billing block.
    case job(String)
    /// Somebody's name there, with the job; none for the names of actors.
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
  /// The letters themselves, without lines, shadows and glows about them.
  package var ink: [CoverageMask]

  package init(
    _ part: Part, _ text: String, box: Rect, em: Double, capHeight: Double, ink: [CoverageMask]
  ) {
    self.part = part
    self.text = text
    self.box = box
    self.em = em
    self.capHeight = capHeight
    self.ink = ink
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

extension Lettering {
  /// The lettering as it stands in the picture.
  ///
  /// - Parameters:
  ///   - text: what is set.
  ///   - size: the em, in the layer's own pixels.
  ///   - box: the ink, in the layer's own pixels.
  ///   - transform: from there to picture pixels.
  ///   - ink: the letters, picture pixels.
  package func type(
    _ part: SetType.Part, _ text: String, size: Double, box: Rect, transform: Affine, ink: [CoverageMask]
  ) -> SetType {
    // Heights: what a layer's width is scaled by does not count.
    let em = size * Point(transform.c, transform.d).magnitude
    let corners = [
      Point(box.minX, box.minY), Point(box.maxX, box.minY), Point(box.minX, box.maxY), Point(box.maxX, box.maxY),
    ]
    var shown = Rect.null
    for corner in corners { shown.extend(to: transform.apply(corner)) }
    return SetType(part, text, box: shown, em: em, capHeight: layout.capHeight(of: text) * em, ink: ink)
  }
}

extension TextLayout {
  /// The median height of capitals, digits and Chinese characters above their baseline, in em; of all letters where
  /// there are none of these, and 0 without any.
  ///
  /// - Parameter text: what is set.
  package func capHeight(of text: String) -> Double {
    let scalars = Array(text.unicodeScalars)
    var capitals: [Double] = []
    var others: [Double] = []
    for glyph in glyphs where !glyph.inkBox.isNull && glyph.letter != nil {
      let height = lines.indices.contains(glyph.line) ? lines[glyph.line].baseline - glyph.inkBox.minY : 0
      let properties = scalars.indices.contains(glyph.cluster) ? scalars[glyph.cluster].properties : nil
      let isTall = properties.map { $0.isUppercase || $0.isIdeographic || $0.numericType == .decimal } ?? false
      if isTall { capitals.append(height) } else { others.append(height) }
    }
    let heights = (capitals.isEmpty ? others : capitals).sorted()
    return heights.isEmpty ? 0 : max(0, heights[heights.count / 2])
  }
}
