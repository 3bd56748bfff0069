import Catalog
import Raster

/// Sorts spans of pixels by their brightness, so that the picture runs like wet paint.
///
/// Pixels lie on lines at any angle, on rays from a center or on rings around it: each on exactly one. They are only
/// ever exchanged along it, all four planes together: none is lost, none doubled (unless `stretch` asks for it), and
/// light above white comes along.
///
/// Lines are grouped in strips of uneven widths; where a strip is at work and where its spans begin and end is
/// decided once for all of its lines, on a raster of 1200 rows to the picture's height, by coherent noise and
/// by the strip's mean color: spans end on smooth curves, and a draft takes the decisions of the sheet. Pixels
/// then move at the picture's own size. Only in drafts so small that strips are narrower than
/// pixels does a straight line become the mean of what its strips would have made of it, as a camera would see them.
/// Clear pixels, without light and coverage, stay where they are, and spans end at them and at what is protected.
///
/// `compatible` asks for what another program makes of 8-bit pictures: see ``CompatibleSorter``.
public struct PixelSort: Effect {
  public static let name = "pixel-sort"
  public static let summary =
    "Sorts spans of pixels by their brightness, so that the picture runs like wet paint."

  /// What bounds a span.
  public enum Intervals: String, CaseIterable, Sendable, Hashable {
    case threshold, random, edges, waves, none, mask
  }

  /// What pixels are sorted along.
  public enum Path: String, CaseIterable, Sendable, Hashable {
    case straight, radial, circular
  }

  public enum Order: String, CaseIterable, Sendable, Hashable {
    case ascending, descending, mirrored
  }

  /// A program whose results are wanted to the bit.
  public enum Compatibility: String, CaseIterable, Sendable, Hashable {
    case none, pixelsort
  }

  var intervals = Intervals.threshold
  var key = SortKey.lightness
  var lower = 0.25
  var upper = 0.8
  var edge: Float = 0.2
  var angle = 0.0
  var path = Path.straight
  var order = Order.ascending
  var span: Double = 0.35
  var stretch: Double = 0
  var strip: Double = 1
  var coverage: Double = 0.5
  var growth: Double = 0.5
  var center = Point(0.5, 0.5)
  var randomness: Double = 0.1
  var spans: LayerReference?
  var protect: LayerReference?
  var depthOf: LayerReference?
  var compatible = Compatibility.none

  public static let parameters: [Parameter<PixelSort>] = [
    .init(
      "pixel-sort", \.intervals, .choice,
      "What bounds a span: thresholds of the key, chance, edges, waves, nothing but the strip's own activity, or the mask that 'spans' names."
    ),
    .init(
      "key", \.key, .choice,
      "What pixels are sorted by: lightness is that of color pickers (HSL), what begins with oklab is as the eye sees it."
    ),
    .init(
      "lower", \.lower, .number(0...1),
      "Least key of what is sorted, coded; counts for all intervals but none and mask. For the key depth, it is the lightness that counts."
    ),
    .init(
      "upper", \.upper, .number(0...1),
      "Greatest key of what is sorted, coded; 1 takes in all light above white; counts like lower."
    ),
    .init("edge", \.edge, .number(0...1), "The step of the key, coded, that ends a span; counts for edges."),
    .init(
      "angle", \.angle, .angle(), "Where sorted spans lead: 0 to the right, 90 down; counts for straight."),
    .init(
      "path", \.path, .choice,
      "What pixels are sorted along: straight lines, rays from the center outward, rings around it clockwise."
    ),
    .init(
      "order", \.order, .choice,
      "Whether the key rises along a span, falls, or rises to the middle and falls again."),
    .init(
      "span", \.span, .length(0.002...10, suggested: 0.05...0.6),
      "Typical length at which spans are cut."),
    .init(
      "stretch", \.stretch, .number(0...1),
      "How far the end of a sorted span is drawn out over it; at 1 its last pixel fills all of it."),
    .init(
      "strip", \.strip, .number(0.25...64, suggested: 0.5...4, unit: .times),
      "Width of the strips: at 1 they are 1 to 14 thousandths of the picture's height wide."),
    .init("coverage", \.coverage, .number(0...1), "Share of the strips that are at work."),
    .init(
      "growth", \.growth, .number(0...1),
      "How much the coverage falls off from the edges to the center: 1 leaves the center clear."),
    .init("center", \.center, .point, "Where growth begins, and where rays and rings have their center."),
    .init("randomness", \.randomness, .number(0...1), "Share of the spans that are left as they are."),
    .init(
      "spans", \.spans, .layer([.alpha, .luminance]),
      "A layer that is looked at in place of the picture when spans are decided: its values count as the key does, and the intervals mask are where it shows."
    ),
    .init(
      "protect", \.protect, .layer([.alpha, .luminance]),
      "A layer that keeps what it covers where it is: a figure, a sign, words."),
    .init(
      "depth-of", \.depthOf, .layer([.depth]),
      "The set whose depth is the key depth; a preset's only set need not be named."),
    .init(
      "compatible", \.compatible, .choice,
      "Whether every line is sorted as pixelsort 1.0.2 does with 8-bit colors; strips, span lengths and chance do not count then."
    ),
  ]

  public static let neutral: PixelSort? = {
    var p = PixelSort()
    p.coverage = 0
    return p
  }()

  public init() {}

  public var looks: [LayerLook] {
    var looks: [LayerLook] = []
    if intervals == .mask || spans != nil { looks.append(LayerLook("spans", spans, standard: .alpha)) }
    if protect != nil { looks.append(LayerLook("protect", protect, standard: .alpha)) }
    if key == .depth { looks.append(LayerLook("depth-of", depthOf, standard: .depth)) }
    return looks
  }

  /// Whether there is anything to do.
  private var isAtWork: Bool { coverage > 0 || compatible != .none }

  /// Rows of the raster on which is decided, over the trim's height.
  static let decisionRows = 1200.0

  /// The raster is coarser where a picture is more than four times as wide as it is high, so that it stays small.
  func lattice(in geometry: Geometry) -> Lattice {
    let height = max(Double(geometry.trimHeight), Double(geometry.width) / 4, Double(geometry.height) / 2)
    return Lattice(unit: height / PixelSort.decisionRows, origin: Double(geometry.bleed))
  }

  func lines(in geometry: Geometry) -> SortLines { SortLines(angle: angle, lattice: lattice(in: geometry)) }

  func rays(in geometry: Geometry) -> SortRays? {
    guard path != .straight else { return nil }
    return SortRays(
      isRing: path == .circular, center: center, lattice: lattice(in: geometry), geometry: geometry)
  }

  /// Along the lines the longest span, both ends of which decide; across them the widest strip, whose lines decide
  /// together.
  public func reach(in geometry: Geometry) -> Reach {
    guard isAtWork else { return .none }
    guard path == .straight else { return .whole }
    let lines = lines(in: geometry)
    guard compatible == .none else {
      guard lines.isStraight else { return .whole }
      // Edges are found in neighbors.
      return lines.isVertical ? Reach(x: 1, y: Reach.everything) : Reach(x: Reach.everything, y: 1)
    }
    let widest = Double(StripLayout.width(StripLayout.widths.last ?? 1, scale: strip))
    // A line at an odd angle reads the cell that a place falls into.
    let slack = lines.isStraight ? 0.0 : 2
    let unit = lines.lattice.unit
    let across = (widest + Double(SpanPlan.breadth) + 1 + slack) * unit
    var reach = Reach(x: Reach.everything, y: Reach.everything)
    if let longest = StripActivity.longestSpan(self, in: geometry) {
      // What is decided at a cell takes in the means about it, and a part's edge spoils the mean that it cuts.
      let along = (longest + Double(2 * SpanPlan.window) + slack) * unit
      func pixels(_ length: Double) -> Int {
        Int(min(Double(Reach.everything), length.rounded(.up) + 2 + slack))
      }
      let (cosine, sine) = (lines.cosine, abs(lines.sine))
      let major = pixels(along * cosine + across * sine)
      let minor = pixels(along * sine + across * cosine)
      reach = lines.isVertical ? Reach(x: minor, y: major) : Reach(x: major, y: minor)
    } else if lines.isStraight {
      let minor = Int(across.rounded(.up)) + 2
      reach =
        lines.isVertical ? Reach(x: minor, y: Reach.everything) : Reach(x: Reach.everything, y: minor)
    }
    // Clear pixels stay, and spans end at them. A few clear cells around what is drawn tell as much as all of them:
    // no mean of a window that reaches beyond them, and whether a span is long enough.
    reach.clearMargin =
      Int((Double(SpanPlan.window + SpanPlan.shortest + 3) * unit + 2 * slack * unit).rounded(.up)) + 2
    return reach
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard isAtWork, !region.isEmpty else { return 0 }
    let lattice = lattice(in: context.geometry)
    var bytes = 0
    if compatible != .none {
      bytes = CompatibleMarks.bytes(for: self, region: region)
    } else if intervals != .none {
      let cells = lattice.cells(touching: region)
      bytes =
        spans != nil || intervals == .mask
        ? Plane.bytes(width: cells.width, height: cells.height) : PyramidScale.bytes(of: cells)
    }
    let job: Int
    if path == .straight {
      let lines = lines(in: context.geometry)
      let length = lines.axes(of: region).major.count
      job = LinePass.jobBytes(length: length, lanes: lines.isVertical ? LinePass.lanes : 1)
    } else {
      job = RayPass.jobBytes(region: region)
    }
    return bytes + context.workers.count * job
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard isAtWork, !frame.region.isEmpty else { return }
    if let rays = rays(in: context.geometry) {
      try RayPass(rays: rays, effect: self, frame: frame, context: context).run()
    } else {
      try LinePass(effect: self, frame: frame, context: context).run()
    }
  }
}
