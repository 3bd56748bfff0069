import Outline
import Raster

/// The number of a glyph in its font.
package typealias GlyphID = UInt32

/// What a kind of font file must be able to do. `OpenTypeFont` and `StrokeFont` are the two there are.
protocol GlyphSource: Sendable {
  var unitsPerEm: Double { get }
  var glyphCount: Int { get }
  var metrics: FaceMetrics { get }
  /// Whether the font says how its glyphs stand in columns.
  var hasVerticalMetrics: Bool { get }

  /// Whether text with the character comes out right, with a substitute of the same meaning if need be.
  func covers(_ scalar: UInt32) -> Bool

  /// All characters of the font's own character map, in order.
  func characters() -> [Unicode.Scalar]

  /// The outline in em units: y downward, the baseline at 0, one em = 1.
  func outline(of glyph: GlyphID) throws(FontError) -> Path

  func shape(_ run: ShapingRun) -> [ShapedGlyph]

  /// The features that the font offers for a script, in the order of their tags.
  func features(of script: Script) -> [FontFeature]
}

/// A stretch of text in one face and one script.
struct ShapingRun {
  /// The characters of the whole line: those around the range decide on joining forms.
  var scalars: [UInt32]
  var range: Range<Int>
  var script: Script
  /// BCP 47; nil leaves the font's default.
  var language: String?
  var features: FontFeatures
  /// Whether glyphs are set below each other, upright: then advances go downward, and offsets lead from the pen to
  /// the glyph's origin, y upward.
  var isVertical = false
}

/// One glyph out of shaping. Lengths in font units, y upward as fonts have it.
package struct ShapedGlyph: Hashable, Sendable {
  package var glyph: GlyphID
  /// The index of the first character that the glyph stands for.
  package var cluster: Int
  package var advance: Double
  package var offsetX: Double
  package var offsetY: Double
  /// Whether the text would be shaped otherwise if a line began with the glyph.
  package var isUnsafeToBreak = false
}

/// Heights in em. All are positive; descent is measured downward.
package struct FaceMetrics: Hashable, Sendable {
  package var ascent: Double
  package var descent: Double
  package var capHeight: Double
  package var xHeight: Double
}

/// A glyph's drawing in em units (y downward, baseline at 0) and the box of its ink, null if it has none.
package struct Glyph: Hashable, Sendable {
  package var path: Path
  package var inkBox: Rect
}
