import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct PixelSortTests {
  static let quarters = [0.0, 90, 180, 270]
  /// What needs no other layer.
  static let own = PixelSort.Intervals.allCases.filter { $0 != .mask }

  /// Everything is sorted, in spans of the given kind, and in strips wider than the pixels of small pictures.
  private func effect(
    _ intervals: PixelSort.Intervals = .threshold, key: SortKey = .lightness,
    angle: Double = 0, order: PixelSort.Order = .ascending, coverage: Double = 1
  ) -> PixelSort {
    var p = PixelSort()
    p.intervals = intervals
    p.key = key
    p.angle = angle
    p.order = order
    p.coverage = coverage
    p.growth = 0
    p.randomness = 0
    p.lower = 0.1
    p.upper = 1
    p.strip = 64
    return p
  }

  /// A plan for level or upright lines, in pixels of the whole picture.
  private struct Decisions {
    /// Spans by strip, and the strip of each line of the frame, or -1.
    let spans: [[Range<Int>]]
    let strips: [Int]
    let shares: [[SpanPlan.Share]]

    init(_ sort: PixelSort, frame: Framebuffer, context: EffectContext) throws {
      let lines = sort.lines(in: context.geometry)
      let plan = try SpanPlan(sort, along: lines, frame: frame, context: context)
      let bounds = lines.axes(of: frame.region).major
      spans = plan.spans.map { cells in
        cells.compactMap { span in
          let low = max(bounds.lowerBound, lines.lattice.firstPixel(ofCell: span.lowerBound))
          let high = min(bounds.upperBound, lines.lattice.firstPixel(ofCell: span.upperBound))
          return high - low > 1 ? low..<high : nil
        }
      }
      (strips, shares) = (plan.strips, plan.shares)
    }
  }

  private struct Pixel: Hashable {
    var red, green, blue, alpha: UInt32
  }

  private func pixels(_ frame: Framebuffer) -> [[Pixel]] {
    frame.region.rows.map { y in
      let row = frame.row(y)
      return (0..<frame.width).map {
        Pixel(
          red: row.red[$0].bitPattern, green: row.green[$0].bitPattern, blue: row.blue[$0].bitPattern,
          alpha: row.alpha[$0].bitPattern)
      }
    }
  }

  /// Colors whose greatest channels are few enough to be exact, so that equal keys occur.
  private func stepped(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let peak = (1 + (Pictures.noise(0, x, y) * 40).rounded(.down)) / 16
    return SIMD4(Pictures.noise(1, x, y) * peak * 0.99, peak, 0.5 * peak, Pictures.noise(3, x, y))
  }

  /// Sorted by the standard library, pixel by pixel.
  @Test(arguments: PixelSortTests.quarters, [PixelSort.Order.ascending, .descending])
  func agreesWithAStableSort(_ angle: Double, _ order: PixelSort.Order) throws {
    for (width, height) in [(83, 61), (7, 1300), (1300, 5)] {
      let geometry = Geometry(trimWidth: width, trimHeight: height, bleed: 0)
      let sort = effect(.random, key: .maximum, angle: angle, order: order)
      let before = try Pictures.frame(geometry.bounds, stepped)
      let context = Pictures.context(geometry)
      let plan = try Decisions(sort, frame: before, context: context)
      let frame = try Pictures.frame(geometry.bounds, stepped)
      try sort.apply(to: frame, in: context)

      var expected = pixels(before)
      let lines = (angle == 90 || angle == 270) ? width : height
      var sorted = 0
      for line in 0..<lines where plan.strips[line] >= 0 {
        for span in plan.spans[plan.strips[line]] {
          var places = span.map { (angle == 90 || angle == 270) ? ($0, line) : (line, $0) }
          if (angle >= 180) { places.reverse() }
          let items = places.map { expected[$0.0][$0.1] }
          let ranked = items.enumerated().sorted { a, b in
            let (ka, kb) = (Float(bitPattern: a.element.green), Float(bitPattern: b.element.green))
            if ka != kb { return order == .ascending ? ka < kb : ka > kb }
            return a.offset < b.offset
          }
          for (place, item) in zip(places, ranked) { expected[place.0][place.1] = item.element }
          sorted += span.count
        }
      }
      #expect(pixels(frame) == expected)
      #expect(sorted > width * height / 2)
    }
  }

  @Test(arguments: SortKey.allCases) func keysRiseAlongTheLines(_ key: SortKey) throws {
    let geometry = Geometry(trimWidth: 120, trimHeight: 40)
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    try effect(.none, key: key).apply(to: frame, in: Pictures.context(geometry))
    for y in 0..<40 {
      let row = frame.row(y)
      var last = -1.0
      for x in 0..<120 {
        let color = LinearColor(Double(row.red[x]), Double(row.green[x]), Double(row.blue[x]))
        let value = exactKey(key, color)
        #expect(value >= last - 2e-5 * max(1, abs(last)), "\(x), \(y)")
        last = value
      }
    }
  }

  /// The keys by their definitions, in doubles.
  private func exactKey(_ key: SortKey, _ c: LinearColor) -> Double {
    let light = [c.red, c.green, c.blue]
    let coded = light.map { SRGB.encode($0) }
    let (high, low) = (coded.max() ?? 0, coded.min() ?? 0)
    switch key {
    case .lightness, .depth: return (high + low) / 2
    case .oklabLightness: return OKLab(c).lightness
    case .oklabChroma, .oklabHue:
      let lab = OKLab(c)
      if key == .oklabChroma { return (lab.a * lab.a + lab.b * lab.b).squareRoot() }
      let turns = atan2(lab.b, lab.a) / (2 * .pi)
      return turns < 0 ? turns + 1 : turns
    case .intensity: return light.reduce(0, +) / 3
    case .minimum: return light.min() ?? 0
    case .maximum: return light.max() ?? 0
    case .saturation: return (high - low) / high
    case .hue:
      let (r, g, b) = (coded[0], coded[1], coded[2])
      let sixth =
        high == r
        ? ((g - b) / (high - low) + 6).truncatingRemainder(dividingBy: 6)
        : high == g ? (b - r) / (high - low) + 2 : (r - g) / (high - low) + 4
      return sixth / 6
    }
  }

  /// No pixel is lost or doubled, and its four planes stay together.
  @Test(arguments: PixelSortTests.quarters, PixelSortTests.own)
  func pixelsAreOnlyExchanged(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 61, trimHeight: 47, bleed: 3)
    for key in SortKey.allCases {
      let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
      func counted() -> [Pixel: Int] {
        Dictionary(pixels(frame).joined().map { ($0, 1) }, uniquingKeysWith: +)
      }
      let before = counted()
      let unsorted = pixels(frame)
      var sort = effect(intervals, key: key, angle: angle)
      sort.lower = 0
      try sort.apply(to: frame, in: Pictures.context(geometry))
      #expect(counted() == before)
      #expect(pixels(frame) != unsorted)
    }
  }

  @Test func lightWithoutNumbersStaysInThePicture() throws {
    let geometry = Geometry(trimWidth: 64, trimHeight: 24)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4([Float.nan, .infinity, -1, 1e38, 0, 0.3][(x + y) % 6], Float(x), 0.1, 1)
    }
    let before = pixels(frame).joined().map { $0.hashValue }.sorted()
    for key in SortKey.allCases {
      for angle in PixelSortTests.quarters {
        try effect(.none, key: key, angle: angle).apply(to: frame, in: Pictures.context(geometry))
      }
    }
    #expect(pixels(frame).joined().map { $0.hashValue }.sorted() == before)
  }

  @Test func thresholdsBoundSpans() throws {
    // Bars of light, 20 of 40 pixels wide; only they are sorted.
    let geometry = Geometry(trimWidth: 400, trimHeight: 120)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      let lit: Float = x / 20 % 2 == 0 ? 0.05 : 0.3
      return SIMD4(repeating: lit * (0.8 + 0.4 * Pictures.noise(0, x, y)))
    }
    var sort = effect(key: .intensity)
    sort.lower = SRGB.encode(0.15)
    sort.span = 10
    let before = pixels(frame)
    try sort.apply(to: frame, in: Pictures.context(geometry))
    let after = pixels(frame)
    var changed = 0
    for y in 0..<120 {
      for bar in 0..<20 {
        let columns = bar * 20..<(bar + 1) * 20
        if bar % 2 == 0 {
          #expect(after[y][columns] == before[y][columns])
        } else {
          #expect(Set(after[y][columns]) == Set(before[y][columns]))
          if after[y][columns] != before[y][columns] { changed += 1 }
        }
      }
    }
    #expect(changed > 10 * 120 * 9 / 10)
  }

  @Test func neutralChangesNothing() throws {
    let neutral = try #require(PixelSort.neutral)
    let geometry = Geometry(trimWidth: 50, trimHeight: 30)
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    let before = Pictures.bits(frame)
    try neutral.apply(to: frame, in: Pictures.context(geometry))
    #expect(Pictures.bits(frame) == before)
  }

  @Test(arguments: PixelSortTests.quarters, PixelSortTests.own)
  func threadsAndBandsDoNotShow(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 101, trimHeight: 77)
    var sort = effect(intervals, angle: angle, coverage: 0.6)
    sort.randomness = 0.2
    for strip in [0.5, 64] {
      sort.strip = strip
      try Pictures.expectIndependence(sort, of: geometry.bounds, in: geometry)
    }
  }

  @Test(arguments: PixelSortTests.quarters, PixelSortTests.own)
  func partsAreThoseOfTheWhole(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 203, trimHeight: 190, bleed: 4)
    var sort = effect(intervals, angle: angle, coverage: 0.7)
    sort.growth = 0.5
    for strip in [0.5, 2, 8] {
      sort.strip = strip
      try Pictures.expectLocality(
        sort, in: geometry,
        parts: [
          PixelRect(minX: 0, minY: 0, maxX: 30, maxY: 25),
          PixelRect(minX: 71, minY: 93, maxX: 110, maxY: 121),
          PixelRect(minX: 180, minY: 170, maxX: 211, maxY: 198),
        ])
    }
  }

  /// Where spans are short, a part needs little more than itself along the lines, too.
  @Test(arguments: PixelSortTests.quarters, PixelSortTests.own)
  func shortSpansReachLittle(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 280, bleed: 3)
    var sort = effect(intervals, angle: angle, coverage: 1)
    sort.growth = 0
    sort.span = 0.04
    sort.randomness = 0.3
    let reach = sort.reach(in: geometry)
    let along = (angle == 90 || angle == 270) ? reach.y : reach.x
    #expect(intervals == .none ? along == Reach.everything : along < 40, "\(reach)")
    var parts = [
      PixelRect(minX: 0, minY: 0, maxX: 20, maxY: 300).intersection(geometry.bounds),
      PixelRect(minX: 250, minY: 9, maxX: 306, maxY: 12),
      PixelRect(minX: 131, minY: 140, maxX: 132, maxY: 141),
    ]
    for place in stride(from: 0, to: 260, by: 50) {
      parts.append(PixelRect(minX: place, minY: 262 - place, maxX: place + 23, maxY: 274 - place))
    }
    for (lower, upper) in [(0.0, 1.0), (0.3, 0.8)] {
      (sort.lower, sort.upper) = (lower, upper)
      // A part that spans the lines needs the whole of an effect that reaches all along them.
      let tested = parts.filter {
        sort.reach(in: geometry).source(of: $0, in: geometry.bounds) != geometry.bounds
      }
      #expect(tested.count >= (intervals == .none ? 3 : 5))
      try Pictures.expectLocality(sort, in: geometry, parts: tested)
    }
  }

  // MARK: Clear pixels and thresholds

  /// Holes stay where they are, and light does not cross them.
  @Test(arguments: PixelSortTests.quarters, PixelSortTests.own)
  func clearPixelsStay(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 80)
    func isClear(_ x: Int, _ y: Int) -> Bool { (x / 9 + y / 8) % 5 == 0 || Pictures.noise(4, x, y) < 0.01 }
    let clear = Pixel(red: 0, green: 0, blue: 0, alpha: 0)
    for strip in [1.0, 64] {
      let frame = try Pictures.frame(geometry.bounds) { x, y in
        isClear(x, y) ? .zero : SIMD4(repeating: 0.2 + 0.8 * Pictures.noise(0, x, y))
      }
      let before = pixels(frame)
      var sort = effect(intervals, angle: angle)
      sort.strip = strip
      try sort.apply(to: frame, in: Pictures.context(geometry))
      let after = pixels(frame)
      #expect(after != before)
      // Runs between holes, along the lines.
      for line in 0..<((angle == 90 || angle == 270) ? 90 : 80) {
        var run: [(before: Pixel, after: Pixel)] = []
        for place in 0...((angle == 90 || angle == 270) ? 80 : 90) {
          let (x, y) = (angle == 90 || angle == 270) ? (line, place) : (place, line)
          let isEnd = place == ((angle == 90 || angle == 270) ? 80 : 90)
          if !isEnd, !isClear(x, y) {
            run.append((before[y][x], after[y][x]))
            continue
          }
          if !isEnd { #expect(after[y][x] == clear) }
          if strip > 1 {
            #expect(run.map(\.before.red).sorted() == run.map(\.after.red).sorted())
          } else {
            // Means of the same light in other orders.
            let sums = run.reduce(into: SIMD2<Float>()) {
              $0 += SIMD2(Float(bitPattern: $1.before.red), Float(bitPattern: $1.after.red))
            }
            #expect(abs(sums.x - sums.y) < 1e-4 * max(1, sums.x))
          }
          run = []
        }
      }
    }
  }

  /// Whatever bounds spans, what is darker or lighter than asked stays; with `none` it does not.
  @Test(arguments: PixelSortTests.own)
  func thresholdsCountForAllIntervals(_ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 120)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      let light: Float = [0.02, 0.3, 3][x / 50 % 3]
      return SIMD4(repeating: light * (0.8 + 0.4 * Pictures.noise(0, x, y)))
    }
    var sort = effect(intervals, key: .intensity)
    sort.lower = SRGB.encode(0.1)
    sort.upper = SRGB.encode(0.8)
    let before = pixels(frame)
    try sort.apply(to: frame, in: Pictures.context(geometry))
    let after = pixels(frame)
    // A pixel at each end may be half a cell's.
    var changed = [0, 0, 0]
    for bar in 0..<8 {
      let columns = bar * 50 + 1..<min(400, bar * 50 + 50) - 1
      changed[bar % 3] += (0..<120).filter { after[$0][columns] != before[$0][columns] }.count
    }
    #expect(changed[1] > 120)
    #expect((changed[0] + changed[2] > 0) == (intervals == .none), "\(changed)")
  }

  // MARK: Strips finer than pixels

  /// A line is the mean, by width, of what each of its strips makes of it.
  @Test(arguments: PixelSortTests.quarters) func draftsAverageStrips(_ angle: Double) throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 70, bleed: 2)
    var sort = effect(.random, key: .maximum, angle: angle, coverage: 0.7)
    sort.strip = 0.45
    sort.span = 0.2
    let context = Pictures.context(geometry)
    let frame = try Pictures.frame(geometry.bounds, stepped)
    let plan = try Decisions(sort, frame: frame, context: context)
    let before = pixels(frame)
    try sort.apply(to: frame, in: context)
    let after = pixels(frame)
    let (lines, length) = (angle == 90 || angle == 270) ? (94, 74) : (74, 94)
    #expect(plan.shares.count == lines)
    for line in 0..<lines {
      func pixel(_ picture: [[Pixel]], _ place: Int) -> SIMD4<Double> {
        let p = (angle == 90 || angle == 270) ? picture[place][line] : picture[line][place]
        return SIMD4(
          Double(Float(bitPattern: p.red)), Double(Float(bitPattern: p.green)),
          Double(Float(bitPattern: p.blue)), Double(Float(bitPattern: p.alpha)))
      }
      let original = (0..<length).map { pixel(before, $0) }
      var expected = [SIMD4<Double>](repeating: .zero, count: length)
      for share in plan.shares[line] {
        var own = original
        for span in plan.spans[share.strip] {
          let places = (angle >= 180) ? span.reversed() : Array(span)
          let ranked = places.map { original[$0] }.enumerated().sorted {
            ($0.element.y, $0.offset) < ($1.element.y, $1.offset)
          }
          for (place, item) in zip(places, ranked) { own[place] = item.element }
        }
        for i in 0..<length { expected[i] += own[i] * Double(share.weight) }
      }
      for i in 0..<length {
        let difference = pixel(after, i) - expected[i]
        #expect((difference * difference).sum() < 1e-10, "line \(line), place \(i)")
      }
    }
  }

  @Test func sharesAreOverlaps() {
    let layout = StripLayout(covering: -20..<500, scale: 0.45, seed: Seed(3))
    for line in 0..<40 {
      let low = -17.3 + 11.7 * Double(line)
      let high = low + 11.7
      let shares = layout.shares(from: low, to: high)
      #expect(abs(shares.reduce(0) { $0 + $1.weight } - 1) < 1e-6)
      // Counted at ten thousand places.
      var counts: [Int: Int] = [:]
      for i in 0..<10_000 {
        let place = low + (Double(i) + 0.5) / 10_000 * (high - low)
        counts[layout.index(ofCell: Int(place.rounded(.down))) ?? -1, default: 0] += 1
      }
      #expect(Set(counts.keys).isSubset(of: shares.map(\.strip)))
      for share in shares {
        #expect(abs(Double(counts[share.strip] ?? 0) / 10_000 - Double(share.weight)) < 3e-4)
      }
    }
    #expect(layout.shares(from: 900, to: 910).isEmpty)
  }

  /// Where pixels are finer than the narrowest strip nothing is averaged.
  @Test func sheetsAverageNothing() throws {
    for (height, strip, averages) in [
      (1200, 1.0, false), (1199, 1, true), (2400, 0.25, false), (300, 4, false),
    ] {
      let geometry = Geometry(trimWidth: 40, trimHeight: height)
      var sort = effect(.none)
      sort.strip = strip
      let plan = try Decisions(
        sort, frame: Framebuffer(region: geometry.bounds), context: Pictures.context(geometry))
      #expect(plan.shares.isEmpty != averages, "\(height), \(strip)")
    }
  }

  // MARK: Decisions

  /// The share of the picture in which a plan sorts.
  private func share(_ plan: Decisions, lines: Int, length: Int) -> Double {
    let sorted = plan.strips.map { strip in strip < 0 ? 0 : plan.spans[strip].reduce(0) { $0 + $1.count } }
    return Double(sorted.reduce(0, +)) / Double(lines * length)
  }

  @Test(arguments: [0.2, 0.5, 0.8]) func coverageIsTheShareAtWork(_ coverage: Double) throws {
    let geometry = Geometry(trimWidth: 1800, trimHeight: 1200)
    var sort = effect(.none, coverage: coverage)
    sort.strip = 1
    let frame = try Framebuffer(region: PixelRect(width: 1800, height: 1200))
    var total = 0.0
    for seed in 0..<8 {
      let plan = try Decisions(
        sort, frame: frame,
        context: Pictures.context(geometry, seed: UInt64(seed)))
      total += share(plan, lines: 1200, length: 1800) / 8
    }
    #expect(abs(total - coverage) < 0.07, "\(total)")
  }

  @Test func growthLeavesTheCenterClear() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 400)
    let frame = try Framebuffer(region: geometry.bounds)
    for angle in [0.0, 90] {
      var sort = effect(.none, angle: angle, coverage: 1)
      sort.growth = 1
      sort.strip = 1
      let plan = try Decisions(sort, frame: frame, context: Pictures.context(geometry))
      let lines = plan.strips.count
      func active(_ line: Int) -> Bool { plan.strips[line] >= 0 && !plan.spans[plan.strips[line]].isEmpty }
      #expect((lines * 47 / 100..<lines * 53 / 100).allSatisfy { !active($0) })
      #expect((0..<lines / 10).filter(active).count > lines / 20)
      #expect((lines - lines / 10..<lines).filter(active).count > lines / 20)
    }
  }

  /// A bleed and the part of the picture that is looked at move no strip.
  @Test func stripsKeepTheirPlaces() {
    let whole = StripLayout(covering: -40..<900, scale: 1, seed: Seed(5))
    let part = StripLayout(covering: 301..<377, scale: 1, seed: Seed(5))
    for cell in 301..<377 {
      let a = whole.index(ofCell: cell).map { whole.strips[$0] }
      let b = part.index(ofCell: cell).map { part.strips[$0] }
      #expect(a != nil && a == b)
    }
    #expect(
      zip(whole.strips, whole.strips.dropFirst()).allSatisfy { $0.cells.upperBound == $1.cells.lowerBound })
    #expect(Set(whole.strips.map { $0.cells.count }) == Set(StripLayout.widths))
    #expect(part.index(ofCell: 900) == nil)
  }

  @Test func rasterStaysSmall() {
    for (width, height, bleed) in [(100_000, 1, 0), (1, 100_000, 0), (30_000, 20, 5), (10, 10, 20_000)] {
      let geometry = Geometry(trimWidth: width, trimHeight: height, bleed: bleed)
      let cells = PixelSort().lattice(in: geometry).cells(touching: geometry.bounds)
      #expect(cells.width <= 4802 && cells.height <= 2402, "\(cells)")
    }
    let sheet = Geometry(trimWidth: 8100, trimHeight: 12000, bleed: 38)
    #expect(PixelSort().lattice(in: sheet).unit == 10)
  }

  /// Draft and sheet take the same decisions about the same picture.
  @Test(arguments: [0.0, 90], PixelSortTests.own)
  func draftsAreSortedLikeSheets(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    func scene(_ width: Int, _ height: Int) throws -> Framebuffer {
      try Pictures.frame(PixelRect(width: width, height: height)) { x, y in
        let u = (Float(x) + 0.5) / Float(height)
        let v = (Float(y) + 0.5) / Float(height)
        let wave = 0.5 + 0.5 * sin(9 * u + 4 * sin(5 * v)) * cos(7 * v)
        return SIMD4(wave, 0.3 * wave * wave, 0.2 + 0.2 * u, 1)
      }
    }
    var sort = effect(intervals, angle: angle, coverage: 0.5)
    sort.strip = 1
    sort.lower = 0.5
    sort.randomness = 0.3
    /// The share of each pixel that spans cover.
    func mask(_ width: Int, _ height: Int) throws -> [[Double]] {
      let plan = try Decisions(
        sort, frame: try scene(width, height),
        context: Pictures.context(Geometry(trimWidth: width, trimHeight: height)))
      let (lines, length) = (angle == 90 || angle == 270) ? (width, height) : (height, width)
      return (0..<lines).map { line in
        var mask = [Double](repeating: 0, count: length)
        let own = SpanPlan.Share(strip: plan.strips[line], weight: 1)
        for share in plan.shares.isEmpty ? [own] : plan.shares[line] {
          for place in plan.spans[share.strip].joined() { mask[place] += Double(share.weight) }
        }
        return mask
      }
    }
    let sheet = try mask(801, 1200)
    let draft = try mask(267, 400)
    var (both, either) = (0.0, 0.0)
    for (j, line) in draft.enumerated() {
      for (i, share) in line.enumerated() {
        let mean = sheet[3 * j..<3 * j + 3].reduce(0) { $0 + $1[3 * i..<3 * i + 3].reduce(0, +) } / 9
        both += min(share, mean)
        either += max(share, mean)
      }
    }
    #expect(either > 267 * 400 / 20)
    #expect(both / either > 0.95, "\(both / either)")
  }
}
