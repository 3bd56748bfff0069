/// What a figure does.
public enum FigurePose: String, CaseIterable, Sendable {
  case walk, stand, kneel, hold, palm, stare, greet
}

/// What a figure wears.
public enum FigureCoat: String, CaseIterable, Sendable {
  /// Belted, with a flared hem.
  case trench
  /// An overcoat: straight, nearly to the ankles.
  case long
  /// Against the rain: wide, to the thighs, the hood up.
  case parka
  /// To the hips, with a waistband.
  case jacket
  /// Falls from the shoulders over the arms; with a hood.
  case cloak
}

extension FigurePose {
  /// The drawing as it is written; it has parts for every coat.
  var text: String {
    switch self {
    case .walk: Self.walkText
    case .stand: Self.standText
    case .kneel: Self.kneelText
    case .hold: Self.holdText
    case .palm: Self.palmText
    case .stare: Self.stareText
    case .greet: Self.greetText
    }
  }

  /// Nil only if the text has mistakes.
  func drawing(coat: FigureCoat) -> FigureDrawing? {
    Self.drawings[self]?.wearing(coat)
  }

  private static let drawings: [FigurePose: FigureDrawing] = Dictionary(
    allCases.compactMap { pose in (try? FigureDrawing(pose.text)).map { (pose, $0) } },
    uniquingKeysWith: { first, _ in first })
}
