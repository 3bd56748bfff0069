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

  /// The place in ``strips`` of the strip that holds a cell, or nil outside.
  func index(ofCell cell: Int) -> Int? {
    guard indices.indices.contains(cell - first), indices[cell - first] >= 0 else { return nil }
    return indices[cell - first]
  }
}

/// Where pixels are sorted: for each strip its spans, in pixels along the lines.
struct SpanPlan: Sendable {
  /// A strip that a line of pixels overlaps, and by how much of the line's width.
  struct Share: Hashable, Sendable {
    var strip: Int
    var weight: Float
  }

  /// Ranges of pixels of the whole picture, in order, by strip.
  let spans: [[Range<Int>]]
  /// The strip of each line of the frame, or -1.
  let strips: [Int]
  /// Where strips are narrower than pixels, all that each line of the frame overlaps; otherwise empty.
  let shares: [[Share]]
  /// Spans shorter than this many cells are not worth a cut.
  static let shortest = 4
  /// Colors are compared in means over so many cells along a strip, and at least so many across. A draft of 400
  /// rows, whose pixels are not finer, sees nearly the colors of the sheet.
  static let window = 5, breadth = 4

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
    let narrowest = Double(StripLayout.width(StripLayout.widths[0], scale: effect.strip))
    shares =
      narrowest * lattice.unit >= 1
      ? []
      : lines.map { layout.shares(from: lattice.place(ofEdge: $0), to: lattice.place(ofEdge: $0 + 1)) }

    let needsColor = effect.intervals != .none
    let means = needsColor ? try lattice.means(of: frame, cells: cells, workers: context.workers) : nil
    let activity = StripActivity(effect, geometry: geometry, seed: seed)
    let bounds = vertical ? frame.region.rows : frame.region.columns
    let result = SharedSpans(count: layout.strips.count)
    context.workers.each(layout.strips.count) { index in
      let strip = layout.strips[index]
      let profile = means.map {
        SpanPlan.profile($0, SpanPlan.sample(strip, within: across), vertical: vertical, key: effect.key)
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

  /// The strips that take part in a line of the frame.
  func stripsTouching(_ line: Int) -> [Int] {
    if !shares.isEmpty { return shares[line].map(\.strip) }
    return strips[line] >= 0 ? [strips[line]] : []
  }

  /// The cells across whose colors decide for a strip.
  private static func sample(_ strip: StripLayout.Strip, within across: Range<Int>) -> Range<Int> {
    let more = max(0, breadth - strip.cells.count)
    let low = strip.cells.lowerBound - more / 2
    return (low..<strip.cells.upperBound + more - more / 2).clamped(to: across)
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
      return (0..<padded).map { i -> Float in
        guard i < count else { return 0 }
        let near = max(0, i - window / 2)..<min(count, i + window / 2 + 1)
        return sums[near].reduce(0, +) * gain / Float(near.count)
      }
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
    span = StripActivity.span(effect, in: geometry)
    let vertical = effect.angle.isVertical
    extent = Double(vertical ? geometry.trimWidth : geometry.trimHeight) / unit
    axis = (vertical ? effect.center.x : effect.center.y) * extent
  }

  /// The typical length of a span, cells.
  private static func span(_ effect: PixelSort, in geometry: Geometry) -> Double {
    max(2, geometry.pixels(effect.span) / effect.lattice(in: geometry).unit)
  }

  /// More cells than any span has, or nil where nothing cuts spans.
  static func longestSpan(_ effect: PixelSort, in geometry: Geometry) -> Double? {
    switch effect.intervals {
    case .none: nil
    case .waves: span(effect, in: geometry) + 1
    // The noise can hold a cut back by no more than it sways.
    case .threshold, .random, .edges: span(effect, in: geometry) * (1 + Cuts.sway) + 1
    }
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
    let chance = own.derived("keep")
    let activity = Activity(self, at: middle, jitter: jitter, share: share, along: along)
    let cuts = Cuts(self, at: middle, jitter: cutJitter, along: along)
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
      let place = Double(t)
      var isIn = activity.contains(place)
      if isIn, let profile {
        let k = profile[index]
        isIn = k >= effect.lower && (k <= effect.upper || effect.upper >= 1)
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
      case .threshold, .edges:
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
