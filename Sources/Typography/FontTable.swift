import CHarfBuzz

/// Questions to the layout tables of an OpenType font.
enum FontTable {
  /// Bytes of a table; 0 if the font has none.
  static func length(of tag: String, in face: OpaquePointer?) -> Int {
    let value = tag.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let blob = hb_face_reference_table(face, value)
    defer { hb_blob_destroy(blob) }
    return Int(hb_blob_get_length(blob))
  }

  /// No font has more features, nor more languages for one script.
  private static let maximumCount: UInt32 = 512

  /// The features for a script in all its languages, or for the default script if the font does not name it.
  static func features(of face: OpaquePointer?, script: Script) -> [FontFeature] {
    var tags: Set<UInt32> = []
    // GSUB and GPOS.
    for table: hb_tag_t in [0x4753_5542, 0x4750_4F53] {
      var scriptCount: UInt32 = 3
      var scripts = [hb_tag_t](repeating: 0, count: 3)
      var languageCount: UInt32 = 0
      hb_ot_tags_from_script_and_language(
        script.shapingScript, nil, &scriptCount, &scripts, &languageCount, nil)
      var number: UInt32 = 0
      hb_ot_layout_table_select_script(face, table, scriptCount, scripts, &number, nil)
      // 0xFFFF is the script's default language.
      let languages = min(
        hb_ot_layout_script_get_language_tags(face, table, number, 0, nil, nil), maximumCount)
      for language in [0xFFFF] + Array(0..<languages) {
        var count = maximumCount
        var found = [hb_tag_t](repeating: 0, count: Int(count))
        hb_ot_layout_language_get_feature_tags(face, table, number, language, 0, &count, &found)
        tags.formUnion(found.prefix(Int(count)))
      }
    }
    if length(of: "kern", in: face) > 0 { tags.insert(FontFeature.kerning.tag) }
    return tags.sorted().map { FontFeature(tag: $0) }
  }
}
