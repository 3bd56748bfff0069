import Catalog
import Raster

/// Sorts spans of pixels by their brightness, so that the picture runs like wet paint.
///
/// Lines are grouped in strips of uneven widths; where a strip is at work and where its spans begin and end is
/// decided once for all of its lines, on a raster of 1200 rows to the picture's height, by coherent noise and
/// by the strip's mean color: spans end on smooth curves, and a draft takes the decisions of the sheet. Pixels
/// then move at the picture's own size. They are only ever exchanged, all four planes together: none is lost,
/// none doubled, and light above white comes along. Only in drafts so small that strips are narrower than
/// pixels does a line become the mean of what its strips would have made of it, as a camera would see them.
/// Clear pixels, without light and coverage, stay where they are, and spans end at them.
public struct PixelSort: Effect {
  public static let name = "pixel-sort"
  public static let summary =
    "Sorts spans of pixels by their brightness, so that the picture runs like wet paint."

  /// What bounds a span.
  public enum Intervals: String, CaseIterable, Sendable, Hashable {
    case threshold, random, edges, waves, none
  }

  /// The way from the first to the last pixel of a sorted span, in degrees clockwise.
  public enum Direction: String, CaseIterable, Sendable, Hashable {
    case right = "0"
    case down = "90"
    case left = "180"
    case up = "270"

    var isVertical: Bool { self == .down || self == .up }
    var isReverse: Bool { self == .left || self == .up }
  }

  public enum Order: String, CaseIterable, Sendable, Hashable {
    case ascending, descending
  }

  var intervals = Intervals.threshold
  var key = SortKey.lightness
  var lower: Float = 0.2
  var upper: Float = 0.9
  var edge: Float = 0.2
  var angle = Direction.right
  var order = Order.ascending
  var span: Double = 0.35
  var strip: Double = 1
  var coverage: Double = 0.5
  var growth: Double = 0.5
  var center = Point(0.5, 0.5)
  var randomness: Double = 0.1

  public static let parameters: [Parameter<PixelSort>] = [
    .init(
      "pixel-sort", \.intervals, .choice,
      "What bounds a span: thresholds of the key, chance, edges, waves, or nothing but the strip's own activity."
    ),
    .init("key", \.key, .choice, "What pixels are sorted by."),
    .init(
      "lower", \.lower, .number(0...1),
      "Least key of what is sorted, coded; counts for all intervals but none."),
    .init(
      "upper", \.upper, .number(0...1),
      "Greatest key of what is sorted, coded; 1 takes in all light above white; counts for all intervals but none."
    ),
    .init("edge", \.edge, .number(0...1), "The step of the key, coded, that ends a span; counts for edges."),
    .init("angle", \.angle, .choice, "Where sorted spans lead: 0 to the right, 90 down, 180 left, 270 up."),
    .init("order", \.order, .choice, "Whether the key rises or falls along a span."),
    .init(
      "span", \.span, .length(0.002...10, suggested: 0.05...0.6),
      "Typical length at which spans are cut."),
    .init(
      "strip", \.strip, .number(0.25...64, suggested: 0.5...4, unit: .times),
      "Width of the strips: at 1 they are 1 to 14 thousandths of the picture's height wide."),
    .init("coverage", \.coverage, .number(0...1), "Share of the strips that are at work."),
    .init(
      "growth", \.growth, .number(0...1),
      "How much the coverage falls off from the edges to the center: 1 leaves the center clear."),
    .init("center", \.center, .point, "Where growth begins: its y counts for rows, its x for columns."),
    .init("randomness", \.randomness, .number(0...1), "Share of the spans that are left as they are."),
  ]

  public static let neutral: PixelSort? = {
    var p = PixelSort()
    p.coverage = 0
    return p
  }()

  public init() {}

  /// Rows of the raster on which is decided, over the trim's height.
  static let decisionRows = 1200.0

  /// The raster is coarser where a picture is more than four times as wide as it is high, so that it stays small.
  func lattice(in geometry: Geometry) -> Lattice {
    let height = max(Double(geometry.trimHeight), Double(geometry.width) / 4, Double(geometry.height) / 2)
    return Lattice(unit: height / PixelSort.decisionRows, origin: Double(geometry.bleed))
  }

  /// Along the lines the longest span, both ends of which decide; across them the widest strip, whose lines decide
  /// together.
  public func reach(in geometry: Geometry) -> Reach {
    guard coverage > 0 else { return .none }
    let widest = Double(StripLayout.width(StripLayout.widths.last ?? 1, scale: strip))
    let cells = widest + Double(SpanPlan.breadth) + 1
    let unit = lattice(in: geometry).unit
    let across = Int((cells * unit).rounded(.up)) + 2
    var along = Reach.everything
    if let longest = StripActivity.longestSpan(self, in: geometry) {
      // What is decided at a cell takes in the means about it, and a part's edge spoils the mean that it cuts.
      let cells = longest + Double(2 * SpanPlan.window)
      along = Int(min(Double(Reach.everything), (cells * unit).rounded(.up) + 2))
    }
    // Clear pixels stay, and spans end at them. A few clear cells around what is drawn tell as much as all of them:
    // no mean of a window that reaches beyond them, and whether a span is long enough.
    let margin = Int((Double(SpanPlan.window + SpanPlan.shortest + 3) * unit).rounded(.up)) + 2
    return angle.isVertical
      ? Reach(x: across, y: along, clearMargin: margin) : Reach(x: along, y: across, clearMargin: margin)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard coverage > 0 else { return 0 }
    let decisions =
      intervals == .none ? 0 : PyramidScale.bytes(of: lattice(in: context.geometry).cells(touching: region))
    let length = angle.isVertical ? region.height : region.width
    let job = LineSorter.bytes(length: length, transposed: angle.isVertical)
    return decisions + context.workers.count * job
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard coverage > 0, !frame.region.isEmpty else { return }
    let plan = try SpanPlan(self, frame: frame, context: context)
    let pass = SortPass(
      key: key, isReverse: angle.isReverse, isDescending: order == .descending, plan: plan)
    if angle.isVertical {
      pass.sortColumns(of: frame, workers: context.workers)
    } else {
      pass.sortRows(of: frame, workers: context.workers)
    }
  }
}
