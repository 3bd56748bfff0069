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
  /// What lies between the trim and the area in which type is safe, in the unit of ``size``: inches or pixels.
  public let safe: Insets
  /// Whether it is key art of a video service, which carries no billing block.
  public let isKeyArt: Bool

  private init(
    _ name: String, inches width: Double, _ height: Double, bleed: Double = 0.125, _ summary: String
  ) {
    self.name = name
    size = .paper(width: width, height: height)
    usualBleed = bleed
    // Closer to the edge a knife may take it.
    safe = Insets(0.25)
    isKeyArt = false
    self.summary = summary
  }

  private init(_ name: String, millimeters width: Double, _ height: Double, _ summary: String) {
    self.init(name, inches: width / 25.4, height / 25.4, bleed: 3 / 25.4, summary)
  }

  private init(
    _ name: String, pixels width: Int, _ height: Int, safe: Insets, isKeyArt: Bool = false, _ summary: String
  ) {
    self.name = name
    size = .pixels(width: width, height: height)
    usualBleed = 0
    self.safe = safe
    self.isKeyArt = isKeyArt
    self.summary = summary
  }

  /// A share of both sides.
  private static func share(_ share: Double, of width: Int, _ height: Int) -> Insets {
    let (x, y) = (share * Double(width), share * Double(height))
    return Insets(top: y, right: x, bottom: y, left: x)
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
    // Grids of profiles show the middle 3:4 of it.
    Format(
      "4:5", pixels: 1080, 1350, safe: Insets(top: 27, right: 54, bottom: 27, left: 54),
      "1080 × 1350 px, feed"),
    // Names and buttons of the app lie over the rest.
    Format(
      "9:16", pixels: 1080, 1920, safe: Insets(top: 250, right: 54, bottom: 250, left: 54),
      "1080 × 1920 px, story"),
    Format("1:1", pixels: 1080, 1080, safe: share(0.05, of: 1080, 1080), "1080 × 1080 px, square"),
    Format(
      "3:4", pixels: 1575, 2100, safe: share(0.05, of: 1575, 2100), isKeyArt: true,
      "1575 × 2100 px, key art of video services, portrait"),
    // Safe titles: 90 % of both sides (SMPTE ST 2046-1).
    Format("16:9", pixels: 1920, 1080, safe: share(0.05, of: 1920, 1080), "1920 × 1080 px, landscape"),
    Format(
      "key-art", pixels: 2048, 1152, safe: share(0.05, of: 2048, 1152), isKeyArt: true,
      "2048 × 1152 px, key art of video services, landscape"),
    Format(
      "scope", pixels: 2048, 858, safe: share(0.05, of: 2048, 858), "2048 × 858 px, 2.39:1, storyboard frames"
    ),
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
