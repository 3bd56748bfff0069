import CHarfBuzz
import Outline
import Raster

/// A TrueType or OpenType font: outlines by FreeType, characters and shaping by HarfBuzz.
final class OpenTypeFont: GlyphSource {
  let unitsPerEm: Double
  let glyphCount: Int
  let metrics: FaceMetrics
  let hasVerticalMetrics: Bool
  private let outlines: OutlineReader
  private let bytes: FontBytes
  /// Immutable since `init`, and therefore safe on any thread.
  nonisolated(unsafe) private let font: OpaquePointer

  init(bytes: [UInt8], file: String) throws(FontError) {
    let bytes = FontBytes(bytes)
    let outlines = try OutlineReader(bytes: bytes, file: file)
    let blob = hb_blob_create(
      bytes.buffer.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(clamping: bytes.buffer.count),
      HB_MEMORY_MODE_READONLY, nil, nil)
    let face = hb_face_create(blob, 0)
    hb_blob_destroy(blob)
    guard let font = hb_font_create(face) else {
      hb_face_destroy(face)
      throw .unreadable(file: file, reason: "there is not enough memory")
    }
    hb_face_destroy(face)
    // Lengths in font units, so that line breaks never depend on the size of the picture.
    let units = Int32(outlines.unitsPerEm)
    hb_font_set_scale(font, units, units)
    hb_ot_font_set_funcs(font)
    hb_font_make_immutable(font)
    self.bytes = bytes
    self.outlines = outlines
    self.font = font
    unitsPerEm = outlines.unitsPerEm
    glyphCount = outlines.glyphCount
    metrics = Self.metrics(of: font, outlines: outlines)
    hasVerticalMetrics = ["vhea", "vmtx"].allSatisfy {
      FontTable.length(of: $0, in: hb_font_get_face(font)) > 0
    }
    try checkThatSomethingShows(file: file)
  }

  deinit { hb_font_destroy(font) }

  private static func metrics(of font: OpaquePointer, outlines: OutlineReader) -> FaceMetrics {
    let units = outlines.unitsPerEm
    func stated(_ tag: hb_ot_metrics_tag_t) -> Double? {
      var value: hb_position_t = 0
      return hb_ot_metrics_get_position(font, tag, &value) != 0 && value != 0 ? Double(value) / units : nil
    }
    func measured(_ character: Unicode.Scalar) -> Double? {
      var glyph: hb_codepoint_t = 0
      guard hb_font_get_nominal_glyph(font, character.value, &glyph) != 0,
        let box = try? outlines.outline(of: glyph).bounds, !box.isNull, box.minY < 0
      else { return nil }
      return -box.minY
    }
    let ascent = abs(stated(HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER) ?? 0.8)
    return FaceMetrics(
      ascent: ascent,
      descent: abs(stated(HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER) ?? 0.2),
      capHeight: abs(stated(HB_OT_METRICS_TAG_CAP_HEIGHT) ?? measured("H") ?? ascent * 0.9),
      xHeight: abs(stated(HB_OT_METRICS_TAG_X_HEIGHT) ?? measured("x") ?? ascent * 0.65))
  }

  /// Fonts of color pictures have outlines in name only: refuse a font whose characters are all blank.
  private func checkThatSomethingShows(file: String) throws(FontError) {
    let visible = characters().lazy.filter { !$0.properties.isWhitespace && !$0.isIgnorable }
    guard visible.first(where: { _ in true }) != nil else { throw FontError.empty(file: file) }
    for scalar in visible.prefix(64) {
      guard let glyph = glyph(for: scalar.value), let path = try? outline(of: glyph) else { continue }
      if !path.isEmpty { return }
    }
    let face = hb_font_get_face(font)
    let isColored =
      hb_ot_color_has_layers(face) != 0 || hb_ot_color_has_png(face) != 0 || hb_ot_color_has_svg(face) != 0
    throw .noOutlines(file: file, detail: isColored ? "it holds color pictures only" : "its glyphs are blank")
  }

  func glyph(for scalar: UInt32) -> GlyphID? {
    var glyph: hb_codepoint_t = 0
    return hb_font_get_nominal_glyph(font, scalar, &glyph) != 0 && glyph != 0 ? glyph : nil
  }

  /// Counts what HarfBuzz itself puts in place of a missing character: a canonical decomposition, the common
  /// space for spaces of other widths, the common hyphen for the one that does not break.
  func covers(_ scalar: UInt32) -> Bool {
    if glyph(for: scalar) != nil { return true }
    if let (a, b) = Canonical.decomposed(scalar), covers(a), b == 0 || covers(b) { return true }
    switch scalar {
    case 0x00A0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return glyph(for: 0x20) != nil
    case 0x2011: return glyph(for: 0x2010) != nil
    default: return false
    }
  }

  func characters() -> [Unicode.Scalar] {
    guard let set = hb_set_create() else { return [] }
    defer { hb_set_destroy(set) }
    hb_face_collect_unicodes(hb_font_get_face(font), set)
    var result: [Unicode.Scalar] = []
    var scalar = hb_codepoint_t.max  // HB_SET_VALUE_INVALID: start before the first
    while hb_set_next(set, &scalar) != 0 {
      if let character = Unicode.Scalar(scalar) { result.append(character) }
    }
    return result
  }

  func outline(of glyph: GlyphID) throws(FontError) -> Path { try outlines.outline(of: glyph) }

  func shape(_ run: ShapingRun) -> [ShapedGlyph] {
    let range = run.range.clamped(to: 0..<run.scalars.count)
    guard !range.isEmpty, let buffer = hb_buffer_create() else { return [] }
    defer { hb_buffer_destroy(buffer) }
    hb_buffer_add_utf32(
      buffer, run.scalars, Int32(clamping: run.scalars.count), UInt32(clamping: range.lowerBound),
      Int32(clamping: range.count))
    hb_buffer_set_direction(buffer, run.isVertical ? HB_DIRECTION_TTB : HB_DIRECTION_LTR)
    hb_buffer_set_script(buffer, run.script.shapingScript)
    if let language = run.language {
      hb_buffer_set_language(buffer, hb_language_from_string(language, -1))
    }
    let features = run.features.shapingFeatures
    hb_shape(font, buffer, features, UInt32(features.count))
    var count: UInt32 = 0
    var positionCount: UInt32 = 0
    guard let glyphs = hb_buffer_get_glyph_infos(buffer, &count),
      let positions = hb_buffer_get_glyph_positions(buffer, &positionCount)
    else { return [] }
    return (0..<Int(min(count, positionCount))).map { index in
      ShapedGlyph(
        glyph: glyphs[index].codepoint, cluster: Int(glyphs[index].cluster),
        advance: run.isVertical ? -Double(positions[index].y_advance) : Double(positions[index].x_advance),
        offsetX: Double(positions[index].x_offset), offsetY: Double(positions[index].y_offset),
        isUnsafeToBreak: glyphs[index].mask & HB_GLYPH_FLAG_UNSAFE_TO_BREAK.rawValue != 0)
    }
  }

  func features(of script: Script) -> [FontFeature] {
    FontTable.features(of: hb_font_get_face(font), script: script)
  }
}
