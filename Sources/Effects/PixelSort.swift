import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Sorts spans of pixels by their brightness, so that the picture runs like wet paint.
///
/// Lines are grouped in strips of uneven widths; where a strip is at work and where its spans begin and end is
/// decided once for all of its lines, on a raster of 1200 rows to the picture's height, by coherent noise and
/// by the strip's mean color: spans end on smooth curves, and a draft takes the decisions of the sheet. Pixels
/// then move at the picture's own size. They are only ever exchanged, all four planes together: none is lost,
/// none doubled, and light above white comes along.
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
      "Least key of a pixel that is sorted, coded; with edges the step of the key that ends a span."),
    .init(
      "upper", \.upper, .number(0...1),
      "Greatest key of a pixel that is sorted, coded; 1 takes in all light above white."),
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

  /// Everything along the lines; across them the widest strip, whose lines decide together.
  public func reach(in geometry: Geometry) -> Reach {
    guard coverage > 0 else { return .none }
    let widest = Double(StripLayout.width(StripLayout.widths.last ?? 1, scale: strip))
    let across = Int(((widest + 1) * lattice(in: geometry).unit).rounded(.up)) + 2
    return angle.isVertical ? Reach(x: across, y: Reach.everything) : Reach(x: Reach.everything, y: across)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard coverage > 0 else { return 0 }
    let decisions = PyramidScale.bytes(of: lattice(in: context.geometry).cells(touching: region))
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

// MARK: - Keys

/// What pixels are sorted by. Premultiplied color is what counts: transparent pixels are black.
public enum SortKey: String, CaseIterable, Sendable, Hashable {
  /// OKLab lightness.
  case lightness
  /// Mean of the three channels' light.
  case intensity
  /// Hue and saturation of the sRGB-coded color as color pickers show them (HSV), 0 ... 1; red is 0.
  case hue, saturation
  /// The least and the greatest channel.
  case minimum, maximum

  /// Values that sort as the key does. Light is taken linear, as order is all that counts.
  @inline(__always)
  fileprivate func value(_ red: v8f, _ green: v8f, _ blue: v8f) -> v8f {
    switch self {
    case .lightness:
      // Ottosson 2020; the fractions of the cone responses that can turn negative are cut off.
      let l = red * Float(0.4122214708) + green * Float(0.5363325363) + blue * Float(0.0514459929)
      let m = red * Float(0.2119034982) + green * Float(0.6806995451) + blue * Float(0.1073969566)
      let s = red * Float(0.0883024619) + green * Float(0.2817188376) + blue * Float(0.6299787005)
      let third: Float = 1 / 3
      return v8_pow(l, third) * Float(0.2104542553) + v8_pow(m, third) * Float(0.7936177850)
        - v8_pow(s, third) * Float(0.0040720468)
    case .intensity: return (red + green + blue) * Float(1.0 / 3.0)
    case .minimum: return v8_min(v8_min(red, green), blue)
    case .maximum: return v8_max(v8_max(red, green), blue)
    case .hue, .saturation:
      let r = v8_srgb_encode(red)
      let g = v8_srgb_encode(green)
      let b = v8_srgb_encode(blue)
      let high = v8_max(v8_max(r, g), b)
      let range = high - v8_min(v8_min(r, g), b)
      let safe = v8_max(range, v8_splat(1e-6))
      if self == .saturation { return range / v8_max(high, v8_splat(1e-6)) }
      let fromRed = (g - b) / safe
      let sixth = v8_select(
        v8_less(r, high),
        v8_select(v8_less(g, high), (r - g) / safe + 4, (b - r) / safe + 2),
        v8_select(v8_less(fromRed, v8_splat(0)), fromRed + 6, fromRed))
      return v8_select(v8_less(v8_splat(1e-6), range), sixth * Float(1.0 / 6.0), v8_splat(0))
    }
  }

  /// The key as thresholds state it: light sRGB-coded, all others as they are.
  fileprivate func coded(_ value: v8f) -> v8f {
    switch self {
    case .lightness, .hue, .saturation: value
    case .intensity, .minimum, .maximum: v8_srgb_encode(value)
    }
  }

  /// Writes integers that sort as the keys of `count` pixels do: 32 octaves from 2^-16 up in steps of 2^-17 of
  /// the value, finer than any picture format tells apart.
  func write(
    red: UnsafePointer<Float>, green: UnsafePointer<Float>, blue: UnsafePointer<Float>, count: Int,
    to keys: UnsafeMutablePointer<UInt32>
  ) {
    switch self {
    case .lightness: quantized(red, green, blue, count, keys) { SortKey.lightness.value($0, $1, $2) }
    case .intensity: quantized(red, green, blue, count, keys) { SortKey.intensity.value($0, $1, $2) }
    case .hue: quantized(red, green, blue, count, keys) { SortKey.hue.value($0, $1, $2) }
    case .saturation: quantized(red, green, blue, count, keys) { SortKey.saturation.value($0, $1, $2) }
    case .minimum: quantized(red, green, blue, count, keys) { SortKey.minimum.value($0, $1, $2) }
    case .maximum: quantized(red, green, blue, count, keys) { SortKey.maximum.value($0, $1, $2) }
    }
  }

  @inline(__always)
  private func quantized(
    _ red: UnsafePointer<Float>, _ green: UnsafePointer<Float>, _ blue: UnsafePointer<Float>, _ count: Int,
    _ keys: UnsafeMutablePointer<UInt32>, _ value: (v8f, v8f, v8f) -> v8f
  ) {
    let least: Float = 0x1p-16
    let base = Int32(bitPattern: least.bitPattern)
    for v in 0..<(count + 7) / 8 {
      let i = 8 * v
      let key = value(v8_load(red + i), v8_load(green + i), v8_load(blue + i))
      let bits = unsafeBitCast(v8_clamp(key, least, 0x1.fffffep15), to: v8i.self)
      let steps = (bits &- base) &>> v8i(repeating: 6)
      UnsafeMutableRawPointer(keys + i).storeBytes(of: steps, as: v8i.self)
    }
  }
}

// MARK: - Decisions

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

  /// The place in ``strips`` of the strip that holds a cell, or nil outside.
  func index(ofCell cell: Int) -> Int? {
    guard indices.indices.contains(cell - first), indices[cell - first] >= 0 else { return nil }
    return indices[cell - first]
  }
}

/// Where pixels are sorted: for each strip its spans, in pixels along the lines.
struct SpanPlan: Sendable {
  /// Ranges of pixels of the whole picture, in order, by strip.
  let spans: [[Range<Int>]]
  /// The strip of each line of the frame, or -1.
  let strips: [Int]
  /// Spans shorter than this many cells are not worth a cut.
  static let shortest = 4

  init(_ effect: PixelSort, frame: Framebuffer, context: EffectContext) throws(OutOfMemory) {
    let geometry = context.geometry
    let lattice = effect.lattice(in: geometry)
    let vertical = effect.angle.isVertical
    let cells = lattice.cells(touching: frame.region)
    let seed = context.seed
    let across = vertical ? cells.minX..<cells.maxX : cells.minY..<cells.maxY
    let along = vertical ? cells.minY..<cells.maxY : cells.minX..<cells.maxX
    let layout = StripLayout(covering: across, scale: effect.strip, seed: seed.derived("strips"))
    let lines = vertical ? frame.region.columns : frame.region.rows
    strips = lines.map { layout.index(ofCell: lattice.cell(ofPixel: $0)) ?? -1 }

    let needsColor = effect.intervals == .threshold || effect.intervals == .edges
    let means = needsColor ? try lattice.means(of: frame, cells: cells, workers: context.workers) : nil
    let activity = StripActivity(effect, geometry: geometry, seed: seed)
    let bounds = vertical ? frame.region.rows : frame.region.columns
    let result = SharedSpans(count: layout.strips.count)
    context.workers.each(layout.strips.count) { index in
      let strip = layout.strips[index]
      let profile = means.map {
        SpanPlan.profile($0, strip.cells.clamped(to: across), vertical: vertical, key: effect.key)
      }
      let ranges = activity.ranges(strip, along: along, profile: profile)
      result.set(
        ranges.compactMap { range in
          let low = max(bounds.lowerBound, lattice.firstPixel(ofCell: range.lowerBound))
          let high = min(bounds.upperBound, lattice.firstPixel(ofCell: range.upperBound))
          return high - low > 1 ? low..<high : nil
        }, at: index)
    }
    spans = result.spans
  }

  /// The coded keys of a strip's mean colors along its length.
  private static func profile(
    _ means: PyramidScale, _ strip: Range<Int>, vertical: Bool, key: SortKey
  ) -> [Float] {
    let rect = means.rect
    let count = vertical ? rect.height : rect.width
    let padded = (count + 7) / 8 * 8
    let gain = 1 / Float(max(1, strip.count))
    let colors = means.planes.map { plane in
      var sums = [Float](repeating: 0, count: padded)
      for across in strip {
        if vertical {
          for i in 0..<count { sums[i] += plane.row(i)[across - rect.minX] }
        } else {
          let row = plane.row(across - rect.minY)
          for i in 0..<count { sums[i] += row[i] }
        }
      }
      return sums.map { $0 * gain }
    }
    var keys = [Float](repeating: 0, count: padded)
    colors[0].withUnsafeBufferPointer { red in
      colors[1].withUnsafeBufferPointer { green in
        colors[2].withUnsafeBufferPointer { blue in
          keys.withUnsafeMutableBufferPointer { keys in
            guard let red = red.baseAddress, let green = green.baseAddress, let blue = blue.baseAddress,
              let keys = keys.baseAddress
            else { return }
            for i in stride(from: 0, to: padded, by: 8) {
              let value = key.value(v8_load(red + i), v8_load(green + i), v8_load(blue + i))
              v8_store(keys + i, key.coded(value))
            }
          }
        }
      }
    }
    keys.removeLast(padded - count)
    return keys
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
  private let extent, axis: Double

  init(_ effect: PixelSort, geometry: Geometry, seed: Seed) {
    self.effect = effect
    self.seed = seed
    noise = seed.derived("activity").low
    let unit = effect.lattice(in: geometry).unit
    span = max(2, geometry.pixels(effect.span) / unit)
    let vertical = effect.angle.isVertical
    extent = Double(vertical ? geometry.trimWidth : geometry.trimHeight) / unit
    axis = (vertical ? effect.center.x : effect.center.y) * extent
  }

  /// The coverage about a place across the strips.
  func coverage(at across: Double) -> Double {
    let reach = max(abs(axis), abs(extent - axis), 1)
    let distance = min(1, abs(across - axis) / reach)
    let ramp = min(1, max(0, 1.5 * (distance - 0.12)))
    return effect.coverage * (1 + effect.growth * (ramp * ramp * (3 - 2 * ramp) - 1))
  }

  /// Ranges of cells in which the strip sorts. `profile` has the coded keys of the cells `along`.
  func ranges(_ strip: StripLayout.Strip, along: Range<Int>, profile: [Float]?) -> [Range<Int>] {
    let middle = Double(strip.cells.lowerBound + strip.cells.upperBound) / 2
    let share = coverage(at: middle)
    guard share > 0 else { return [] }
    let own = seed.derived("strip").derived(strip.number)
    let (jitter, cutJitter) = (own.unit(0), own.unit(1))
    let activity = Activity(self, at: middle, jitter: jitter, share: share, along: along)
    let cuts = Cuts(self, at: middle, jitter: cutJitter, along: along)
    var ranges: [Range<Int>] = []
    var start: Int?
    var lastCut = 0.0

    func close(_ end: Int) {
      if let begin = start, end - begin >= SpanPlan.shortest {
        // Chance is taken by the cell in which a span begins: it does not depend on other spans.
        let kept = effect.randomness <= 0 || own.derived("keep").unit(begin) >= effect.randomness
        if kept { ranges.append(begin..<end) }
      }
      start = nil
    }

    for (index, t) in along.enumerated() {
      let place = Double(t)
      var isIn = activity.contains(place)
      if isIn, let profile {
        switch effect.intervals {
        case .threshold:
          let k = profile[index]
          isIn = k >= effect.lower && (k <= effect.upper || effect.upper >= 1)
        case .edges:
          if index >= 2, abs(profile[index] - profile[index - 2]) > effect.lower { close(t) }
        case .random, .waves, .none: break
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

  /// Noise that is coherent far along the strips and a little way across, and each strip's own chance.
  private struct Activity {
    private let broad, fine: NoiseLine
    private let jitter, limit: Double

    init(_ strips: StripActivity, at across: Double, jitter: Double, share: Double, along: Range<Int>) {
      broad = NoiseLine(at: across / 34, scale: 420, along: along, strips.noise)
      fine = NoiseLine(at: across / 11, scale: 190, along: along, strips.noise &+ 1)
      self.jitter = 0.2 * jitter
      // The field is about normal with this deviation: below its quantile lies the share that is wanted.
      limit = share >= 1 ? .infinity : 0.5 + 0.135 * StripActivity.normalQuantile(share)
    }

    func contains(_ t: Double) -> Bool { 0.5 * broad.value(at: t) + 0.3 * fine.value(at: t) + jitter < limit }
  }

  /// Where spans are cut.
  private struct Cuts {
    private let frequency, offset, sway: Double
    private let noise: NoiseLine?

    init(_ strips: StripActivity, at across: Double, jitter: Double, along: Range<Int>) {
      let intervals = strips.effect.intervals
      frequency = intervals == .none ? 0 : 1 / strips.span
      sway = 1.1
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
      case .threshold, .edges:
        // Neighbors nearly agree: the cuts lie on curves.
        offset = 0.18 * jitter
        noise = NoiseLine(at: across / 45, scale: 1.7 * strips.span, along: along, strips.noise &+ 2)
      }
    }

    /// Rises by one wherever a span is cut.
    func number(at t: Double) -> Double {
      (t * frequency + offset + (noise.map { sway * $0.value(at: t) } ?? 0)).rounded(.down)
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

// MARK: - Moving pixels

/// Carries out a plan.
private struct SortPass: Sendable {
  let key: SortKey
  let isReverse, isDescending: Bool
  let plan: SpanPlan

  func sortRows(of frame: Framebuffer, workers: Workers) {
    let region = frame.region
    workers.bands(rows: frame.height, width: frame.width) { band in
      let sorter = LineSorter(length: frame.width, pass: self)
      defer { sorter.deallocate() }
      for i in band {
        let strip = plan.strips[i]
        guard strip >= 0 else { continue }
        let row = frame.row(region.minY + i)
        for span in plan.spans[strip] {
          sorter.sort(row.dropping(span.lowerBound - region.minX, count: span.count))
        }
      }
    }
  }

  /// Sixteen columns at a time, a cache line wide, are turned into rows, sorted and turned back.
  func sortColumns(of frame: Framebuffer, workers: Workers) {
    let region = frame.region
    let lanes = LineSorter.lanes
    // Several tiles to a job share one scratch memory.
    let tiles = (frame.width + lanes - 1) / lanes
    let jobTiles = max(1, min(8, tiles / (4 * workers.count)))
    workers.each((tiles + jobTiles - 1) / jobTiles) { job in
      let sorter = LineSorter(length: frame.height, pass: self)
      let pitch = LineSorter.pitch(length: frame.height)
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4 * lanes * pitch)
      memory.initialize(repeating: 0, count: 4 * lanes * pitch)
      defer {
        memory.deallocate()
        sorter.deallocate()
      }
      for tile in job * jobTiles..<min(tiles, (job + 1) * jobTiles) {
        let columns = tile * lanes..<min(frame.width, (tile + 1) * lanes)
        // The rows that any span of these columns touches.
        var low = Int.max
        var high = Int.min
        for column in columns where plan.strips[column] >= 0 {
          let spans = plan.spans[plan.strips[column]]
          low = min(low, spans.first?.lowerBound ?? Int.max)
          high = max(high, spans.last?.upperBound ?? Int.min)
        }
        guard low < high else { continue }
        let rows = low - region.minY..<high - region.minY
        for (index, plane) in frame.planes.enumerated() {
          SortPass.turn(plane, columns.lowerBound, rows, into: memory + index * lanes * pitch, pitch)
        }
        for column in columns where plan.strips[column] >= 0 {
          let line = memory + (column - columns.lowerBound) * pitch
          let whole = Row(
            red: line, green: line + lanes * pitch, blue: line + 2 * lanes * pitch,
            alpha: line + 3 * lanes * pitch, count: rows.count)
          for span in plan.spans[plan.strips[column]] {
            sorter.sort(whole.dropping(span.lowerBound - low, count: span.count))
          }
        }
        for (index, plane) in frame.planes.enumerated() {
          SortPass.turnBack(memory + index * lanes * pitch, pitch, into: plane, columns.lowerBound, rows)
        }
      }
    }
  }

  /// Columns `x ..< x + 16` of a plane become rows of `lines`. Rows of planes are padded to sixteen samples.
  private static func turn(
    _ plane: Plane, _ x: Int, _ rows: Range<Int>, into lines: UnsafeMutablePointer<Float>, _ pitch: Int
  ) {
    let whole = rows.count / 8 * 8
    for y in stride(from: 0, to: whole, by: 8) {
      let from = plane.row(rows.lowerBound + y) + x
      v8_transpose(from, plane.stride, lines + y, pitch)
      v8_transpose(from + 8, plane.stride, lines + 8 * pitch + y, pitch)
    }
    for y in whole..<rows.count {
      let from = plane.row(rows.lowerBound + y) + x
      for lane in 0..<LineSorter.lanes { lines[lane * pitch + y] = from[lane] }
    }
  }

  private static func turnBack(
    _ lines: UnsafeMutablePointer<Float>, _ pitch: Int, into plane: Plane, _ x: Int, _ rows: Range<Int>
  ) {
    let whole = rows.count / 8 * 8
    for y in stride(from: 0, to: whole, by: 8) {
      let to = plane.row(rows.lowerBound + y) + x
      v8_transpose(lines + y, pitch, to, plane.stride)
      v8_transpose(lines + 8 * pitch + y, pitch, to + 8, plane.stride)
    }
    for y in whole..<rows.count {
      let to = plane.row(rows.lowerBound + y) + x
      for lane in 0..<LineSorter.lanes { to[lane] = lines[lane * pitch + y] }
    }
  }
}

/// Sorts spans of lines in scratch memory of its own; one for each job.
private struct LineSorter {
  /// Columns that are turned together.
  static let lanes = 16

  private let sorter: RadixSorter
  private let moved: UnsafeMutablePointer<Float>
  private let pass: SortPass

  init(length: Int, pass: SortPass) {
    sorter = RadixSorter(capacity: length)
    moved = .allocate(capacity: length + 8)
    self.pass = pass
  }

  func deallocate() {
    sorter.deallocate()
    moved.deallocate()
  }

  /// Samples from turned line to turned line: not a power of two, so that lines do not share a place in the cache.
  static func pitch(length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

  static func bytes(length: Int, transposed: Bool) -> Int {
    RadixSorter.bytes(capacity: length) + length * 4
      + (transposed ? 4 * lanes * pitch(length: length) * 4 : 0)
  }

  /// Sorts all of `row`.
  func sort(_ row: Row) {
    let count = row.count
    pass.key.write(red: row.red, green: row.green, blue: row.blue, count: count, to: sorter.keys)
    let keys = sorter.keys
    if pass.isReverse {
      // Numbers count from where the sorting begins.
      for i in 0..<count / 2 { (keys[i], keys[count - 1 - i]) = (keys[count - 1 - i], keys[i]) }
    }
    if pass.isDescending {
      for i in 0..<count { keys[i] = RadixSorter.largestKey - keys[i] }
    }
    sorter.sort(count)
    let order = sorter.order
    if pass.isReverse {
      // What comes first goes to the end, and numbers become places again.
      let last = UInt32(truncatingIfNeeded: count - 1)
      for i in 0..<count { order[i] = last - order[i] }
      for i in 0..<count / 2 { (order[i], order[count - 1 - i]) = (order[count - 1 - i], order[i]) }
    }
    for plane in [row.red, row.green, row.blue, row.alpha] {
      for i in 0..<count { moved[i] = plane[Int(order[i])] }
      plane.update(from: moved, count: count)
    }
  }
}
