/// How a text is set. All lengths are in em: the caller scales the result to a size.
package struct TextStyle: Sendable {
  package enum Alignment: String, Hashable, Sendable, CaseIterable {
    /// In columns, left is the top and right the bottom.
    case left, center, right
    /// Lines fill the width, but for the last one of a paragraph. Without a width it is `left`.
    case justify
  }

  package enum Direction: String, Hashable, Sendable, CaseIterable {
    case horizontal
    /// Columns from top to bottom that follow each other from right to left.
    case vertical
  }

  /// How paragraphs are broken into lines.
  package enum Wrap: String, Hashable, Sendable, CaseIterable {
    /// So that all lines together look best (``TotalFit``).
    case pretty
    /// So that lines are as even as they can be without becoming more.
    case balance
    /// Each line as full as it can be.
    case greedy
  }

  /// How Latin letters and digits stand in columns.
  package enum UprightLatin: String, Hashable, Sendable, CaseIterable {
    /// Up to three capitals upright below each other, numbers of two digits upright beside each other, all else
    /// turned.
    case auto
    /// Turned by 90° clockwise.
    case turned
    /// Upright, each below the one before.
    case upright
  }

  /// The first face that has a character draws it.
  package var faces: [Face]
  /// Added after each letter, in thousandths of an em. Standard ligatures are off wherever it is not 0.
  package var tracking = 0.0
  package var alignment = Alignment.left
  /// From baseline to baseline, or from column to column, in em.
  package var lineSpacing = 1.2
  /// Longer lines are broken; nil breaks at newlines only. A longer word stands out. In columns, their height.
  package var maxWidth: Double?
  package var wrap = Wrap.pretty
  package var features: FontFeatures = [:]
  /// BCP 47, such as "zh-Hans"; nil leaves each font's default forms.
  package var language: String?
  /// The size of Chinese and kana beside Latin letters, as a share of the em; nil matches it to the heights of
  /// both (``HanziMatch``).
  package var hanziScale: Double?
  /// How far Chinese and kana are moved up, in em; nil brings their middle to that of the Latin letters.
  package var hanziRaise: Double?
  /// Between a Chinese character and a Latin letter or digit where no space stands, in em of the Chinese.
  package var hanziGap = 0.25
  /// Whether full-width marks lose their empty halves beside each other and at the ends of lines.
  package var closesMarks = true
  /// How far punctuation at the ends of lines hangs over the margin: 0 not, 1 as far as is customary.
  package var hanging = 0.0
  /// How far all letters are moved up from their lines, in em.
  package var baselineShift = 0.0
  package var direction = Direction.horizontal
  package var uprightLatin = UprightLatin.auto

  package init(faces: [Face]) { self.faces = faces }

  /// The features in force: the user's own, and ligatures off in tracked text, where they would stay tight.
  var shapingFeatures: FontFeatures {
    guard tracking != 0 else { return features }
    let defaults: FontFeatures = [.ligatures: 0, .contextualLigatures: 0]
    return defaults.merging(features) { _, own in own }
  }

  /// - Throws: `TextError.outOfRange` for the first number that is not finite or absurd.
  func check() throws(TextError) {
    let numbers: [(String, Double, ClosedRange<Double>)] = [
      ("tracking", tracking, -1e5...1e5), ("line spacing", lineSpacing, -1000...1000),
      ("width", maxWidth ?? 0, 0...1e6), ("hanzi scale", hanziScale ?? 1, 0.01...100),
      ("hanzi raise", hanziRaise ?? 0, -1000...1000), ("hanzi gap", hanziGap, -10...10),
      ("hanging", hanging, 0...10), ("baseline shift", baselineShift, -1000...1000),
    ]
    for (name, value, range) in numbers where !range.contains(value) { throw .outOfRange(name: name) }
    // HarfBuzz keeps every language it has heard of: hold it to the form and length of BCP 47 tags.
    let language = language ?? "und"
    let isTag =
      language.utf8.count <= 35
      && language.unicodeScalars.allSatisfy {
        $0.isASCII && $0.properties.isAlphabetic || $0.properties.numericType == .decimal || $0 == "-"
      }
    guard isTag else { throw .outOfRange(name: "language") }
  }
}

/// Why a text cannot be set.
package enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
  case noFaces
  case tooLong(count: Int, limit: Int)
  /// A number of the style is not finite or not within ±1000 em.
  case outOfRange(name: String)
  case font(FontError)

  package var description: String {
    switch self {
    case .noFaces: "no font is given"
    case .tooLong(let count, let limit): "the text has \(count) characters; it may have \(limit)"
    case .outOfRange(let name): "the \(name) of the text is out of range"
    case .font(let error): error.description
    }
  }
}
