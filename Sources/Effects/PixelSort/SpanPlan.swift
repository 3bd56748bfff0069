import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The strips that cover the lattice in one direction. A strip's width depends on its number alone, counted from
/// the trim's edge to both sides, so that no bleed and no part of the picture moves it.
struct StripLayout {
  struct Strip: Equatable {
    var number: Int
    /// Cells across.
    var cells: Range<Int>
  }

  static let widths = [1, 2, 3, 4, 6, 9, 14]
  /// Out of a hundred strips, how many have each width.
  static let shares = [20, 22, 20, 14, 12, 8, 4]

  private(set) var strips: [Strip] = []
  private let first: Int
  private var indices: [Int] = []

  static func width(_ width: Int, scale: Double) -> Int {
    Int(max(1, min(1e4, (Double(width) * scale).rounded())))
  }

  /// Strips that cover `cells` whole.
  init(covering cells: Range<Int>, scale: Double, seed: Seed) {
    func width(_ number: Int) -> Int {
      var draw = Int(seed.unit(number) * Double(StripLayout.shares.reduce(0, +)))
      for (width, share) in zip(StripLayout.widths, StripLayout.shares) {
        if draw < share { return StripLayout.width(width, scale: scale) }
        draw -= share
      }
      return 1
    }
    var before: [Strip] = []
    var edge = 0
    var number = -1
    while edge > cells.lowerBound {
      let strip = Strip(number: number, cells: edge - width(number)..<edge)
      if strip.cells.overlaps(cells) { before.append(strip) }
      edge = strip.cells.lowerBound
      number -= 1
    }
    strips = before.reversed()
    edge = 0
    number = 0
    while edge < cells.upperBound {
      let strip = Strip(number: number, cells: edge..<edge + width(number))
      if strip.cells.overlaps(cells) { strips.append(strip) }
      edge = strip.cells.upperBound
      number += 1
    }
    first = cells.lowerBound
    indices = Array(repeating: -1, count: cells.count)
    for (index, strip) in strips.enumerated() {
      for cell in strip.cells.clamped(to: cells) { indices[cell - first] = index }
    }
  }

  /// The strips between two places across, with the share that each has of the stretch that strips cover.
  func shares(from low: Double, to high: Double) -> [SpanPlan.Share] {
    let cells = Int(low.rounded(.down))..<Int(high.rounded(.up))
    guard let start = cells.lazy.compactMap({ index(ofCell: $0) }).first else { return [] }
    var widths: [(strip: Int, width: Double)] = []
    for strip in start..<strips.count {
      let bounds = strips[strip].cells
      guard Double(bounds.lowerBound) < high else { break }
      let width = min(high, Double(bounds.upperBound)) - max(low, Double(bounds.lowerBound))
      if width > 0 { widths.append((strip, width)) }
    }
    let sum = widths.reduce(0) { $0 + $1.width }
    return widths.map { SpanPlan.Share(strip: $0.strip, weight: Float($0.width / sum)) }
  }

  /// The middle of a strip, in cells across.
  func middle(ofStrip index: Int) -> Double {
    Double(strips[index].cells.lowerBound + strips[index].cells.upperBound) / 2
  }

  /// The place in ``strips`` of the strip that holds a cell, or nil outside.
  func index(ofCell cell: Int) -> Int? {
    guard indices.indices.contains(cell - first), indices[cell - first] >= 0 else { return nil }
    return indices[cell - first]
  }
}

/// Where pixels are sorted: for each strip its spans, in cells along its lines.
struct SpanPlan: Sendable {
  /// A strip that a line of pixels overlaps, and by how much of the line's width.
  struct Share: Hashable, Sendable {
    var strip: Int
    var weight: Float
  }

  /// Ranges of cells, in order, by strip.
  let spans: [[Range<Int>]]
  /// Where the rings of each strip begin, in turns: where one is cut, a whole circle of them would show the seam.
  let starts: [Double]
  let layout: StripLayout
  /// The first line of the frame, and the strip of each, or -1.
  let firstLine: Int
  let strips: [Int]
  /// Where strips are narrower than pixels, all that each line of the frame overlaps; otherwise empty.
  let shares: [[Share]]
  /// Spans shorter than this many cells are not worth a cut.
  static let shortest = 4
  /// Colors are compared in means over so many cells along a strip, and at least so many across. A draft of 400
  /// rows, whose pixels are not finer, sees nearly the colors of the sheet.
  static let window = 5, breadth = 4

  /// Decides for straight lines.
  init(
    _ effect: PixelSort, along lines: SortLines, frame: Framebuffer, context: EffectContext
  ) throws(OutOfMemory) {
    let lattice = lines.lattice
    let cells = lines.cells(touching: frame.region)
    let layout = StripLayout(
      covering: cells.across, scale: effect.strip, seed: context.seed.derived("strips"))
    let crossing = lines.lines(crossing: frame.region)
    firstLine = crossing.lowerBound
    strips = crossing.map { layout.index(ofCell: Int(lines.across(ofLine: $0).rounded(.down))) ?? -1 }
    let narrowest = Double(StripLayout.width(StripLayout.widths[0], scale: effect.strip))
    // A line is as wide as its pixels are apart across it.
    shares =
      narrowest * lattice.unit >= lines.cosine
      ? []
      : crossing.map { layout.shares(from: lines.across(ofEdge: $0), to: lines.across(ofEdge: $0 + 1)) }
    let field = try KeyField(effect, lattice: lattice, frame: frame, context: context)
    let activity = StripActivity(effect, along: lines, geometry: context.geometry, seed: context.seed)
    let result = SharedSpans(count: layout.strips.count)
    context.workers.each(layout.strips.count) { index in
      let strip = layout.strips[index]
      let across = SpanPlan.sample(strip, within: cells.across)
      let profile = field?.profile(across, along: cells.along, lines: lines)
      result.set(activity.ranges(strip, along: cells.along, profile: profile), at: index)
    }
    spans = result.spans
    starts = []
    self.layout = layout
  }

  /// Decides for rays or rings.
  init(
    _ effect: PixelSort, along rays: SortRays, frame: Framebuffer, context: EffectContext
  ) throws(OutOfMemory) {
    let layout = StripLayout(
      covering: rays.across, scale: effect.strip, seed: context.seed.derived("strips"))
    firstLine = 0
    strips = (0..<rays.count).map { layout.index(ofCell: Int(rays.across(ofPath: $0).rounded(.down))) ?? -1 }
    shares = []
    let seed = context.seed.derived("starts")
    // A picture that the rings leave is no circle: they begin outside of it.
    let starts = layout.strips.map { rays.isRing && rays.isAround ? seed.unit($0.number) : rays.start }
    let field = try KeyField(effect, lattice: rays.lattice, frame: frame, context: context)
    let activity = StripActivity(effect, along: rays, seed: context.seed)
    let result = SharedSpans(count: layout.strips.count)
    context.workers.each(layout.strips.count) { index in
      let strip = layout.strips[index]
      let middle = layout.middle(ofStrip: index)
      let along = rays.along(strip: strip.cells)
      guard !along.isEmpty else { return }
      let across = SpanPlan.sample(strip, within: rays.across)
      let profile = field?.profile(
        across, along: along, rays: rays, middle: middle, start: starts[index])
      let ahead = rays.isRing ? 2 * .pi * middle * starts[index] : 0
      result.set(activity.ranges(strip, along: along, ahead: ahead, profile: profile), at: index)
    }
    spans = result.spans
    self.starts = starts
    self.layout = layout
  }

  /// The strip of a line, if it has spans.
  func strip(ofLine line: Int) -> Int? {
    let strip = strips[line - firstLine]
    return strip >= 0 ? strip : nil
  }

  func strip(ofPath path: Int) -> Int? { strip(ofLine: path) }

  func shares(ofLine line: Int) -> [Share] { shares.isEmpty ? [] : shares[line - firstLine] }

  /// The strips that take part in a line of the frame.
  func stripsTouching(_ line: Int) -> [Int] {
    if !shares.isEmpty { return shares(ofLine: line).map(\.strip) }
    return strip(ofLine: line).map { [$0] } ?? []
  }

  /// The cells across whose colors decide for a strip.
  private static func sample(_ strip: StripLayout.Strip, within across: Range<Int>) -> Range<Int> {
    let more = max(0, breadth - strip.cells.count)
    let low = strip.cells.lowerBound - more / 2
    return (low..<strip.cells.upperBound + more - more / 2).clamped(to: across)
  }
}

/// Lists of spans that several threads fill, each its own.
private final class SharedSpans: @unchecked Sendable {
  private let base: UnsafeMutableBufferPointer<[Range<Int>]>

  init(count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: [])
  }

  deinit {
    base.deinitialize()
    base.deallocate()
  }

  func set(_ spans: [Range<Int>], at index: Int) { base[index] = spans }

  var spans: [[Range<Int>]] { Array(base) }
}

/// Where along itself a strip is at work, and where its spans are cut. Lengths are cells of the lattice.
struct StripActivity: Sendable {
  private let effect: PixelSort
  private let seed: Seed
  private let noise: UInt32
  private let span: Double
  /// The picture's extent across the strips, and where growth begins in it.
  private let extent: ClosedRange<Double>
  private let axis: Double
  /// The limits of activity at each cell along rays, all of which grow away from the center.
  private var limits: [Double] = []

  init(_ effect: PixelSort, along lines: SortLines, geometry: Geometry, seed: Seed) {
    self.init(effect, unit: lines.lattice.unit, seed: seed, geometry.trimHeight) {
      let (width, height) = (Double(geometry.trimWidth), Double(geometry.trimHeight))
      func across(_ x: Double, _ y: Double) -> Double {
        lines.cell(ofPlace: lines.isVertical ? y : x, lines.isVertical ? x : y).y
      }
      let corners = [across(0, 0), across(width, 0), across(0, height), across(width, height)]
      return (
        (corners.min() ?? 0)...(corners.max() ?? 0),
        across(effect.center.x * width, effect.center.y * height)
      )
    }
  }

  init(_ effect: PixelSort, along rays: SortRays, seed: Seed) {
    let unit = rays.lattice.unit
    let height = rays.lattice.unit * PixelSort.decisionRows
    self.init(effect, unit: unit, seed: seed, Int(height)) { (0...rays.radius / unit, 0) }
    guard !rays.isRing else { return }
    let far = Int((rays.radius / unit).rounded(.up))
    limits = (0...far).map { StripActivity.limit(coverage(at: Double($0))) }
  }

  private init(
    _ effect: PixelSort, unit: Double, seed: Seed, _ height: Int,
    across: () -> (extent: ClosedRange<Double>, axis: Double)
  ) {
    self.effect = effect
    self.seed = seed
    noise = seed.derived("activity").low
    span = StripActivity.span(effect, height: Double(height), unit: unit)
    (extent, axis) = across()
  }

  /// The typical length of a span, cells.
  private static func span(_ effect: PixelSort, height: Double, unit: Double) -> Double {
    max(2, effect.span * height / unit)
  }

  /// More cells than any span has, or nil where nothing cuts spans.
  static func longestSpan(_ effect: PixelSort, in geometry: Geometry) -> Double? {
    let span = span(
      effect, height: Double(geometry.trimHeight), unit: effect.lattice(in: geometry).unit)
    return switch effect.intervals {
    case .none: nil
    case .waves: span + 1
    // The noise can hold a cut back by no more than it sways.
    case .threshold, .random, .edges, .mask: span * (1 + Cuts.sway) + 1
    }
  }

  /// The coverage about a place across the strips.
  func coverage(at across: Double) -> Double {
    let reach = max(abs(axis - extent.lowerBound), abs(extent.upperBound - axis), 1)
    let distance = min(1, abs(across - axis) / reach)
    let ramp = min(1, max(0, 1.5 * (distance - 0.12)))
    return effect.coverage * (1 + effect.growth * (ramp * ramp * (3 - 2 * ramp) - 1))
  }

  /// The noise below which a share of all places lies.
  private static func limit(_ share: Double) -> Double {
    // The field is about normal with this deviation: below its quantile lies the share that is wanted.
    share <= 0 ? -.infinity : share >= 1 ? .infinity : 0.5 + 0.135 * normalQuantile(share)
  }

  /// Ranges of cells in which the strip sorts.
  ///
  /// - Parameters:
  ///   - ahead: cells of noise before the first, where strips do not all begin at the same place.
  ///   - profile: the coded keys of the cells `along`.
  func ranges(
    _ strip: StripLayout.Strip, along: Range<Int>, ahead: Double = 0, profile: [Float]?
  ) -> [Range<Int>] {
    let middle = Double(strip.cells.lowerBound + strip.cells.upperBound) / 2
    let share = limits.isEmpty ? coverage(at: middle) : effect.coverage
    guard share > 0 else { return [] }
    let own = seed.derived("strip").derived(strip.number)
    let (jitter, cutJitter) = (own.unit(0), own.unit(1))
    let chance = own.derived("keep")
    let places = along.lowerBound + Int(ahead)..<along.upperBound + Int(ahead) + 1
    let activity = Activity(
      self, at: middle, jitter: jitter, limit: StripActivity.limit(share), along: places)
    let cuts = Cuts(self, at: middle, jitter: cutJitter, along: places)
    var ranges: [Range<Int>] = []
    var start: Int?
    var lastCut = 0.0

    func close(_ end: Int) {
      if let begin = start, end - begin >= SpanPlan.shortest {
        // Chance is taken by the cuts passed: it depends neither on other spans nor on the picture.
        let kept = effect.randomness <= 0 || chance.unit(Int(lastCut)) >= effect.randomness
        if kept { ranges.append(begin..<end) }
      }
      start = nil
    }

    for (index, t) in along.enumerated() {
      let place = Double(t) + ahead
      var isIn = activity.contains(place, limit: limits.isEmpty ? nil : limits[min(t, limits.count - 1)])
      if isIn, let profile {
        let k = profile[index]
        isIn = isSorted(k)
        if effect.intervals == .edges {
          let before = profile[max(0, index - SpanPlan.window / 2 - 1)]
          let after = profile[min(profile.count - 1, index + SpanPlan.window / 2)]
          if abs(after - before) > effect.edge { close(t) }
        }
      }
      let cut = cuts.number(at: place)
      if cut != lastCut { close(t) }
      lastCut = cut
      if isIn {
        if start == nil { start = t }
      } else {
        close(t)
      }
    }
    close(along.upperBound)
    return ranges
  }

  /// Whether a coded key, or the value of a mask, is one of those that are sorted.
  private func isSorted(_ key: Float) -> Bool {
    if effect.intervals == .mask { return key >= 0.5 }
    return key >= Float(effect.lower) && (key <= Float(effect.upper) || effect.upper >= 1)
  }

  /// Noise that is coherent far along the strips and a little way across, and each strip's own chance.
  private struct Activity {
    private let broad, fine: NoiseLine
    private let jitter, limit: Double

    init(_ strips: StripActivity, at across: Double, jitter: Double, limit: Double, along: Range<Int>) {
      broad = NoiseLine(at: across / 34, scale: 420, along: along, strips.noise)
      fine = NoiseLine(at: across / 11, scale: 190, along: along, strips.noise &+ 1)
      self.jitter = 0.2 * jitter
      self.limit = limit
    }

    func contains(_ t: Double, limit other: Double?) -> Bool {
      0.5 * broad.value(at: t) + 0.3 * fine.value(at: t) + jitter < other ?? limit
    }
  }

  /// Where spans are cut.
  private struct Cuts {
    /// How many cuts further the noise, which lies in 0…1, can bring a place.
    static let sway = 1.1
    private let frequency, offset: Double
    private let noise: NoiseLine?

    init(_ strips: StripActivity, at across: Double, jitter: Double, along: Range<Int>) {
      let intervals = strips.effect.intervals
      frequency = intervals == .none ? 0 : 1 / strips.span
      switch intervals {
      case .none:
        offset = 0
        noise = nil
      case .waves:
        offset = 0.4 * sin(across / 40) + 0.1 * jitter
        noise = nil
      case .random:
        // Neighbors differ.
        offset = jitter
        noise = NoiseLine(at: across / 20, scale: 1.7 * strips.span, along: along, strips.noise &+ 2)
      case .threshold, .edges, .mask:
        // Neighbors nearly agree: the cuts lie on curves.
        offset = 0.18 * jitter
        noise = NoiseLine(at: across / 45, scale: 1.7 * strips.span, along: along, strips.noise &+ 2)
      }
    }

    /// Rises by one wherever a span is cut.
    func number(at t: Double) -> Double {
      (t * frequency + offset + (noise.map { Cuts.sway * $0.value(at: t) } ?? 0)).rounded(.down)
    }
  }

  /// The number below which a normal variable with mean 0 and variance 1 lies with `probability`.
  static func normalQuantile(_ probability: Double) -> Double {
    var low = -8.0
    var high = 8.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Smooth noise in 0...1 along one line of a field that has one value for each lattice point.
private struct NoiseLine {
  private let values: [Double]
  private let first: Double
  private let scale: Double

  /// The line at `across`, in units of the lattice, for places `along`, in units of which `scale` make one of
  /// the lattice.
  init(at across: Double, scale: Double, along: Range<Int>, _ seed: UInt32) {
    func whole(_ x: Double) -> Int32 { Int32(max(-1e9, min(1e9, x.rounded(.down)))) }
    let i = whole(across)
    let u = NoiseLine.fade(across - Double(i))
    let from = whole(Double(along.lowerBound) / scale)
    let to = whole(Double(along.upperBound) / scale) + 1
    values = (from...to).map { j in
      let a = Double(latticeHash(i, j, seed)) * 0x1p-32
      let b = Double(latticeHash(i + 1, j, seed)) * 0x1p-32
      return a + u * (b - a)
    }
    first = Double(from)
    self.scale = scale
  }

  func value(at t: Double) -> Double {
    let place = t / scale - first
    let j = min(values.count - 2, max(0, Int(place)))
    return values[j] + NoiseLine.fade(min(1, max(0, place - Double(j)))) * (values[j + 1] - values[j])
  }

  private static func fade(_ t: Double) -> Double { t * t * t * (t * (t * 6 - 15) + 10) }
}
