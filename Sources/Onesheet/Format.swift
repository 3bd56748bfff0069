import Catalog
import Markup

/// A named size of picture.
public struct Format: Sendable, Hashable {
  public enum Size: Sendable, Hashable {
    /// Inches; pixels follow from dpi.
    case paper(width: Double, height: Double)
    case pixels(width: Int, height: Int)
  }
  public let name: String
  public let size: Size
  public let summary: String
  /// Inches beyond the trim that printers of this format usually ask for.
  public let usualBleed: Double

  private init(
    _ name: String, inches width: Double, _ height: Double, bleed: Double = 0.125, _ summary: String
  ) {
    self.name = name
    size = .paper(width: width, height: height)
    usualBleed = bleed
    self.summary = summary
  }

  private init(_ name: String, millimeters width: Double, _ height: Double, _ summary: String) {
    self.init(name, inches: width / 25.4, height / 25.4, bleed: 3 / 25.4, summary)
  }

  private init(_ name: String, pixels width: Int, _ height: Int, _ summary: String) {
    self.name = name
    size = .pixels(width: width, height: height)
    usualBleed = 0
    self.summary = summary
  }

  public static let all: [Format] = [
    Format("one-sheet", inches: 27, 40, "27 × 40 in, the theatrical poster"),
    Format("24x36", inches: 24, 36, "24 × 36 in, retail poster"),
    Format("quad", inches: 40, 30, "40 × 30 in, UK quad, landscape"),
    Format("11x17", inches: 11, 17, "11 × 17 in, festival and student poster"),
    Format("18x24", inches: 18, 24, "18 × 24 in, festival poster"),
    Format("a1", millimeters: 594, 841, "594 × 841 mm"),
    Format("a2", millimeters: 420, 594, "420 × 594 mm"),
    Format("a3", millimeters: 297, 420, "297 × 420 mm"),
    Format("a4", millimeters: 210, 297, "210 × 297 mm"),
    Format("4:5", pixels: 1080, 1350, "1080 × 1350 px, feed"),
    Format("9:16", pixels: 1080, 1920, "1080 × 1920 px, story"),
    Format("1:1", pixels: 1080, 1080, "1080 × 1080 px, square"),
    Format("3:4", pixels: 1575, 2100, "1575 × 2100 px, key art, portrait"),
    Format("16:9", pixels: 1920, 1080, "1920 × 1080 px, landscape"),
    Format("scope", pixels: 2048, 858, "2048 × 858 px, 2.39:1, storyboard frames"),
  ]

  public var isPaper: Bool {
    if case .paper = size { true } else { false }
  }

  /// The trimmed size in pixels; `dpi` counts for paper only.
  public func pixels(dpi: Double) -> (width: Int, height: Int) {
    switch size {
    case .paper(let width, let height): (Int((width * dpi).rounded()), Int((height * dpi).rounded()))
    case .pixels(let width, let height): (width, height)
    }
  }

  public static func named(_ name: String) -> Format? { all.first { $0.name == name } }

  /// What is to be said to somebody who asked for a format that does not exist.
  public static func refusal(of name: String) -> Diagnostic {
    let names = all.map(\.name)
    let list = "formats: \(names.joined(separator: ", "))"
    return .error(
      "there is no format \(Diagnostic.quote(name))",
      hint: suggestion(for: name, among: names).map { "\($0) \(list)" } ?? list)
  }
}
