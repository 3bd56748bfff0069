import Outline
import Raster
import Synchronization

/// A font file that is open for setting type. Safe on any thread; glyphs are read once.
package final class Face: Sendable {
  /// Where the face comes from and what it is called.
  package let descriptor: FontDescriptor
  /// Heights in em.
  package let metrics: FaceMetrics
  let source: any GlyphSource
  private let glyphs = Mutex<[GlyphID: Glyph]>([:])
  private let skeletons = Mutex<[GlyphID: Skeleton]>([:])
  private let knownScripts = Mutex<[Script]?>(nil)

  init(descriptor: FontDescriptor, source: any GlyphSource) {
    self.descriptor = descriptor
    self.source = source
    metrics = source.metrics
  }

  /// Reads a font file whatever its folder; the library is the usual way.
  package convenience init(file path: String) throws(FontError) {
    try self.init(FontDescriptor(file: path))
  }

  convenience init(_ descriptor: FontDescriptor) throws(FontError) {
    let path = descriptor.path
    if descriptor.isStroke {
      let bytes = try FontFile.bytes(of: path, limit: StrokeFont.maximumSize)
      self.init(descriptor: descriptor, source: try StrokeFont(bytes: bytes, file: path))
    } else {
      let bytes = try FontFile.bytes(of: path)
      self.init(descriptor: descriptor, source: try OpenTypeFont(bytes: bytes, file: path))
    }
  }

  package var family: String { descriptor.family }
  package var style: String { descriptor.style }
  /// Whether glyphs are pen paths to be stroked rather than outlines to be filled.
  package var isStroke: Bool { descriptor.isStroke }
  package var glyphCount: Int { source.glyphCount }
  package var unitsPerEm: Double { source.unitsPerEm }

  /// How many characters the font has.
  package var characterCount: Int { source.characters().count }

  /// Writing systems with at least 16 characters in the font, those with the most characters first.
  package var scripts: [Script] {
    knownScripts.withLock { known in
      if let known { return known }
      var counts: [Script: Int] = [:]
      for character in source.characters() { counts[Script(of: character), default: 0] += 1 }
      let scripts = counts.filter { $0.value >= 16 && !$0.key.isNeutral }
        .sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map(\.key)
      known = scripts
      return scripts
    }
  }

  /// A glyph's drawing in em units.
  ///
  /// - Throws: `FontError.corrupt` if the font has no such glyph or its data are damaged.
  package func glyph(_ id: GlyphID) throws(FontError) -> Glyph {
    if let known = glyphs.withLock({ $0[id] }) { return known }
    let path = try source.outline(of: id)
    let glyph = Glyph(path: path, inkBox: path.bounds)
    // Two threads may both have read it; the first keeps its copy.
    return glyphs.withLock { known in
      if let earlier = known[id] { return earlier }
      known[id] = glyph
      return glyph
    }
  }

  /// The center lines of a filled glyph's strokes, in em units. Made once: it takes some milliseconds.
  ///
  /// - Throws: `FontError.corrupt` as ``glyph(_:)`` does.
  package func skeleton(of id: GlyphID) throws(FontError) -> Skeleton {
    if let known = skeletons.withLock({ $0[id] }) { return known }
    let skeleton = Skeleton(of: try glyph(id).path)
    return skeletons.withLock { known in
      if let earlier = known[id] { return earlier }
      known[id] = skeleton
      return skeleton
    }
  }

  /// Whether the face draws Chinese, or kana, with filled outlines.
  package var isIdeographic: Bool { !isStroke && scripts.contains { $0.isIdeographic } }

  /// Whether the face draws the character, by itself or by a substitute of the same meaning.
  package func covers(_ scalar: Unicode.Scalar) -> Bool { scalar.isIgnorable || source.covers(scalar.value) }

  /// Whether the face draws all characters of a cluster, which may be a letter and its marks.
  func covers(cluster: ArraySlice<UInt32>) -> Bool {
    if cluster.allSatisfy(covers(value:)) { return true }
    return cluster.count > 1 && Canonical.composed(cluster).allSatisfy(covers(value:))
  }

  private func covers(value: UInt32) -> Bool {
    source.covers(value) || Unicode.Scalar(value)?.isIgnorable == true
  }
}
