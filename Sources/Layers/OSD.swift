import Catalog
import Raster

/// What a video deck writes into the picture: its mode, the speed of the tape, a running counter, a date.
///
/// Letters are those of a character generator, cells of 12 × 18 dots: five by seven dots doubled, with their diagonals
/// filled in, and a black edge of one dot, which keeps them legible on snow. What the generator has no dots for comes
/// from the next font of the list.
///
/// It belongs below the tape: in a group with the picture, whose effects are the tape's, it is recorded and degrades
/// with everything else.
public struct OSD: TypeLayer {
  public static let name = "osd"
  public static let summary =
    "A video deck's display: PLAY, the tape's speed, a counter that runs, a date; put it below the tape."

  var mode = "PLAY \u{25B6}"
  var speed = "SP"
  /// Seconds; nil for none.
  var counter = 754.0
  var counts = true
  var date = "OCT. 31 1987"
  var font = ["Deck Display", "Unifont"]
  var size = 0.075
  var color = Paint.color(.white)
  var margin = 0.075

  public static let parameters: [Parameter<OSD>] = [
    .init(
      "osd", \.mode, .text, "What stands at the top left: PLAY \u{25B6}, REC \u{25CF}, 播放; empty for nothing."
    ),
    .init("speed", \.speed, .text, "What stands at the top right: SP, LP, EP; empty for nothing."),
    .init(
      "counter", \.counter, .number(0...359_999, suggested: 0...10_000),
      "What the counter at the bottom left shows at the first moment, seconds; it runs with time."),
    .init("counts", \.counts, .flag, "Whether there is a counter."),
    .init("date", \.date, .text, "What stands at the bottom right; empty for nothing."),
    .init(
      "font", \.font, Codec<String>.text.oneOrMore(1...16),
      "A font, or a list of them: the first that has a letter draws it. Your own list replaces the whole default."
    ),
    .init("size", \.size, .length(0.001...2, suggested: 0.04...0.12), "The height of a character's cell."),
    .init("color", \.color, .paint, "The color of the letters; their edge is black."),
    .init(
      "margin", \.margin, .length(0...0.5, suggested: 0.03...0.12),
      "From the picture's edges to the letters."),
  ]

  public init() {}

  /// Dots in the height of a cell.
  private static let dots = 18.0

  public func prepare(in context: LayerContext) throws -> any Painter {
    let g = context.geometry
    let aspect = Double(g.trimHeight) / Double(max(1, g.trimWidth))
    let (left, top) = (margin * aspect, margin)
    // Letters stand on their baseline, which is two dots above the cell's lower edge.
    let rise = size * 2 / OSD.dots
    let upper = top + size - rise
    let lower = 1 - margin - rise
    var painters: [any Painter] = []
    for (text, x, y, anchor) in [
      (mode, left, upper, Anchor.Name.baselineLeft), (speed, 1 - left, upper, .baselineRight),
      (counts ? time(at: context.moment) : "", left, lower, .baselineLeft),
      (date, 1 - left, lower, .baselineRight),
    ] where !text.allSatisfy(\.isWhitespace) {
      var letters = Text()
      letters.text = text
      letters.font = font
      letters.size = size
      letters.look.color = .paint(color)
      // Half of the line shows: one dot around each letter.
      letters.look.stroke = .black
      letters.look.strokeWidth = size * 2 / OSD.dots
      var inner = context
      inner.surroundings = context.transform(of: context.wholePicture)
      inner.placement = Placement()
      inner.placement.at = Point(x, y)
      inner.placement.anchor = .named(anchor)
      do {
        painters.append(try letters.prepare(in: inner))
      } catch let problems as LayerProblems {
        // The display's parameters bear other names than the letters'.
        throw LayerProblems(
          problems.problems.map { problem in
            var problem = problem
            if problem.parameter != "font" { problem.parameter = nil }
            return problem
          })
      }
    }
    return PaintedType(PainterStack(painters), painters.flatMap { ($0 as? any TypePainter)?.type ?? [] })
  }

  /// The counter as decks show it: hours, minutes, seconds.
  func time(at moment: Moment) -> String {
    let seconds = Int(max(0, min(1e9, counter + (moment.time.isFinite ? moment.time : 0) + 1e-6)))
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }
}
