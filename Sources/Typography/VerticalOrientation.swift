/// How a character stands in a column.
enum VerticalOrientation: Hashable, Sendable {
  /// As it is, in the place that the font's vertical metrics and glyphs give it.
  case upright
  /// Turned by 90° clockwise with its line.
  case turned
  /// A Latin letter that stands upright, below the one before.
  case stacked
  /// Upright beside its neighbors, all within one em: 縦中横, numbers of two digits. The value tells such groups
  /// apart.
  case combined(Int)
}

/// Vertical_Orientation of Unicode Standard Annex 50.
enum VerticalClass {
  case upright
  case rotated
  /// Upright in another form, or else in another place: full-width commas and small kana.
  case transformedUpright
  /// In another form, or else turned: brackets.
  case transformedRotated

  init(of scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x3001, 0x3002, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E,
      0x3095, 0x3096, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5,
      0x30F6, 0x31F0...0x31FF, 0x337B...0x337F, 0xFE50...0xFE52, 0xFF01, 0xFF0C, 0xFF0E, 0xFF1F:
      self = .transformedUpright
    case 0x2329, 0x232A, 0x3008...0x3011, 0x3014...0x301F, 0x3030, 0x30A0, 0x30FC, 0xFE59...0xFE5E, 0xFF08,
      0xFF09, 0xFF1A, 0xFF1B, 0xFF3B, 0xFF3D, 0xFF3F, 0xFF5B...0xFF60, 0xFFE3:
      self = .transformedRotated
    case 0xA7, 0xA9, 0xAE, 0xB1, 0xBC...0xBE, 0xD7, 0xF7, 0x2016, 0x2020, 0x2021, 0x2030, 0x203B, 0x203C,
      0x2042,
      0x2047...0x2049, 0x2051, 0x2100...0x2101, 0x2103...0x2109, 0x2121, 0x2122, 0x2139, 0x2150...0x218F,
      0x2460...0x24FF,
      0x25A0...0x2619, 0x2620...0x2767, 0x2776...0x2793, 0x2B12...0x2B2F, 0x2B50...0x2B59, 0x2E80...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7FF, 0xE000...0xFAFF, 0xFE10...0xFE1F, 0xFE30...0xFE6F, 0xFF01...0xFFE7,
      0x1100...0x11FF, 0x17000...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D37F, 0x1F000...0x1FAFF,
      0x20000...0x3FFFD:
      self = .upright
    default:
      self = .rotated
    }
  }
}

extension ItemizedText {
  /// How each cluster of a text stands in a column.
  ///
  /// - Parameter hasVerticalForm: whether a face replaces a character in columns.
  func orientations(
    _ style: TextStyle, hasVerticalForm: (Int, Unicode.Scalar) -> Bool
  ) -> [VerticalOrientation] {
    var orientations = clusters.map { cluster -> VerticalOrientation in
      let scalar = Unicode.Scalar(scalars[cluster.range.lowerBound]) ?? " "
      switch VerticalClass(of: scalar) {
      case .upright, .transformedUpright: return .upright
      case .transformedRotated: return hasVerticalForm(cluster.face, scalar) ? .upright : .turned
      case .rotated:
        // Quotation marks, dashes and dots of a Chinese face have forms for columns; those of others have none.
        return cluster.script.isIdeographic && hasVerticalForm(cluster.face, scalar) ? .upright : .turned
      }
    }
    var group = 0
    for paragraph in paragraphs {
      var start = paragraph.lowerBound
      while start < paragraph.upperBound {
        guard isWordCharacter(start), orientations[start] == .turned else {
          start += 1
          continue
        }
        var end = start
        while end < paragraph.upperBound, isWordCharacter(end), orientations[end] == .turned { end += 1 }
        stand(&orientations, start..<end, style, &group)
        start = end
      }
    }
    return orientations
  }

  /// Sets one word of Latin letters and digits.
  private func stand(
    _ orientations: inout [VerticalOrientation], _ word: Range<Int>, _ style: TextStyle, _ group: inout Int
  ) {
    func all(_ test: (Unicode.Scalar.Properties) -> Bool) -> Bool {
      word.allSatisfy { index in
        Unicode.Scalar(scalars[clusters[index].range.lowerBound]).map { test($0.properties) } ?? false
      }
    }
    let isNumber = all { $0.numericType == .decimal }
    switch style.uprightLatin {
    case .turned: return
    case .upright: for index in word { orientations[index] = .stacked }
    case .auto:
      // Words that are part of a phrase are read as a phrase: lying.
      guard !touchesLatin(word) else { return }
      if isNumber, word.count == 2 {
        for index in word { orientations[index] = .combined(group) }
        group += 1
      } else if word.count == 1 || word.count <= 3 && (isNumber || all { $0.isUppercase }) {
        for index in word { orientations[index] = .stacked }
      }
    }
  }

  /// Whether a word is joined to another one by spaces or marks that are not Chinese.
  private func touchesLatin(_ word: Range<Int>) -> Bool {
    func reaches(_ start: Int, _ step: Int) -> Bool {
      var index = start
      while clusters.indices.contains(index) {
        if isWordCharacter(index) { return true }
        let scalar = Unicode.Scalar(scalars[clusters[index].range.lowerBound]) ?? " "
        guard scalar.isPunctuationOrSpace, !LineBreaking.isIdeographic(scalar) else { return false }
        index += step
      }
      return false
    }
    return reaches(word.upperBound, 1) || reaches(word.lowerBound - 1, -1)
  }

  /// Letters and digits that are written along a line.
  func isWordCharacter(_ index: Int) -> Bool {
    guard let scalar = Unicode.Scalar(scalars[clusters[index].range.lowerBound]),
      VerticalClass(of: scalar) == .rotated
    else { return false }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}
