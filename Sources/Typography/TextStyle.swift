/// How a text is set. All lengths are in em: the caller scales the result to a size.
package struct TextStyle: Sendable {
  package enum Alignment: String, Hashable, Sendable, CaseIterable {
    case left, center, right
    /// Lines fill the width, but for the last one of a paragraph. Without a width it is `left`.
    case justify
  }

  /// The first face that has a character draws it.
  package var faces: [Face]
  /// Added after each letter, in thousandths of an em. Standard ligatures are off wherever it is not 0.
  package var tracking = 0.0
  package var alignment = Alignment.left
  /// From baseline to baseline, in em.
  package var lineSpacing = 1.2
  /// Longer lines are broken; nil breaks at newlines only. A longer word stands out.
  package var maxWidth: Double?
  package var features: FontFeatures = [:]
  /// BCP 47, such as "zh-Hans"; nil leaves each font's default forms.
  package var language: String?
  /// The size of Chinese and kana beside Latin letters, as a share of the em.
  package var hanziScale = 1.0
  /// How far Chinese and kana are moved up, in em.
  package var hanziRaise = 0.0

  package init(faces: [Face]) { self.faces = faces }

  /// The features in force: the user's own, and ligatures off in tracked text, where they would stay tight.
  var shapingFeatures: FontFeatures {
    guard tracking != 0 else { return features }
    let defaults: FontFeatures = [.ligatures: 0, .contextualLigatures: 0]
    return defaults.merging(features) { _, own in own }
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
