import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct PixelSortTests {
  /// Everything is sorted, in spans of the given kind.
  private func effect(
    _ intervals: PixelSort.Intervals = .threshold, key: SortKey = .lightness,
    angle: PixelSort.Direction = .right, order: PixelSort.Order = .ascending, coverage: Double = 1
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
    return p
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
  @Test(arguments: PixelSort.Direction.allCases, PixelSort.Order.allCases)
  func agreesWithAStableSort(_ angle: PixelSort.Direction, _ order: PixelSort.Order) throws {
    for (width, height) in [(83, 61), (7, 1300), (1300, 5)] {
      let geometry = Geometry(trimWidth: width, trimHeight: height, bleed: 0)
      let sort = effect(.random, key: .maximum, angle: angle, order: order)
      let before = try Pictures.frame(geometry.bounds, stepped)
      let context = Pictures.context(geometry)
      let plan = try SpanPlan(sort, frame: before, context: context)
      let frame = try Pictures.frame(geometry.bounds, stepped)
      try sort.apply(to: frame, in: context)

      var expected = pixels(before)
      let lines = angle.isVertical ? width : height
      var sorted = 0
      for line in 0..<lines where plan.strips[line] >= 0 {
        for span in plan.spans[plan.strips[line]] {
          var places = span.map { angle.isVertical ? ($0, line) : (line, $0) }
          if angle.isReverse { places.reverse() }
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
    case .lightness: return OKLab(c).lightness
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
  @Test(arguments: PixelSort.Direction.allCases, PixelSort.Intervals.allCases)
  func pixelsAreOnlyExchanged(_ angle: PixelSort.Direction, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 61, trimHeight: 47, bleed: 3)
    for key in SortKey.allCases {
      let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
      func counted() -> [Pixel: Int] {
        Dictionary(pixels(frame).joined().map { ($0, 1) }, uniquingKeysWith: +)
      }
      let before = counted()
      let unsorted = pixels(frame)
      try effect(intervals, key: key, angle: angle).apply(to: frame, in: Pictures.context(geometry))
      #expect(counted() == before)
      #expect(pixels(frame) != unsorted)
    }
  }

  @Test func lightWithoutNumbersStaysInThePicture() throws {
    let geometry = Geometry(trimWidth: 64, trimHeight: 16)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4([Float.nan, .infinity, -1, 1e38, 0, 0.3][(x + y) % 6], Float(x), 0.1, 1)
    }
    let before = pixels(frame).joined().map { $0.hashValue }.sorted()
    for key in SortKey.allCases {
      for angle in PixelSort.Direction.allCases {
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
    sort.lower = Float(SRGB.encode(0.15))
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

  @Test(arguments: PixelSort.Direction.allCases, PixelSort.Intervals.allCases)
  func threadsAndBandsDoNotShow(_ angle: PixelSort.Direction, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 101, trimHeight: 77)
    var sort = effect(intervals, angle: angle, coverage: 0.6)
    sort.randomness = 0.2
    try Pictures.expectIndependence(sort, of: geometry.bounds, in: geometry)
  }

  @Test(arguments: PixelSort.Direction.allCases, PixelSort.Intervals.allCases)
  func partsAreThoseOfTheWhole(_ angle: PixelSort.Direction, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 203, trimHeight: 190, bleed: 4)
    var sort = effect(intervals, angle: angle, coverage: 0.7)
    sort.growth = 0.5
    sort.strip = 2
    try Pictures.expectLocality(
      sort, in: geometry,
      parts: [
        PixelRect(minX: 0, minY: 0, maxX: 30, maxY: 25), PixelRect(minX: 71, minY: 93, maxX: 110, maxY: 121),
        PixelRect(minX: 180, minY: 170, maxX: 211, maxY: 198),
      ])
  }

  // MARK: Decisions

  /// The share of the picture in which a plan sorts.
  private func share(_ plan: SpanPlan, lines: Int, length: Int) -> Double {
    let sorted = plan.strips.map { strip in strip < 0 ? 0 : plan.spans[strip].reduce(0) { $0 + $1.count } }
    return Double(sorted.reduce(0, +)) / Double(lines * length)
  }

  @Test(arguments: [0.2, 0.5, 0.8]) func coverageIsTheShareAtWork(_ coverage: Double) throws {
    let geometry = Geometry(trimWidth: 1800, trimHeight: 1200)
    let frame = try Framebuffer(region: PixelRect(width: 1800, height: 1200))
    var total = 0.0
    for seed in 0..<8 {
      let plan = try SpanPlan(
        effect(.none, coverage: coverage), frame: frame,
        context: Pictures.context(geometry, seed: UInt64(seed)))
      total += share(plan, lines: 1200, length: 1800) / 8
    }
    #expect(abs(total - coverage) < 0.07, "\(total)")
  }

  @Test func growthLeavesTheCenterClear() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 400)
    let frame = try Framebuffer(region: geometry.bounds)
    for angle in [PixelSort.Direction.right, .down] {
      var sort = effect(.none, angle: angle, coverage: 1)
      sort.growth = 1
      let plan = try SpanPlan(sort, frame: frame, context: Pictures.context(geometry))
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
  @Test(arguments: [PixelSort.Direction.right, .down], PixelSort.Intervals.allCases)
  func draftsAreSortedLikeSheets(_ angle: PixelSort.Direction, _ intervals: PixelSort.Intervals) throws {
    func scene(_ width: Int, _ height: Int) throws -> Framebuffer {
      try Pictures.frame(PixelRect(width: width, height: height)) { x, y in
        let u = (Float(x) + 0.5) / Float(height)
        let v = (Float(y) + 0.5) / Float(height)
        let wave = 0.5 + 0.5 * sin(9 * u + 4 * sin(5 * v)) * cos(7 * v)
        return SIMD4(wave, 0.3 * wave * wave, 0.2 + 0.2 * u, 1)
      }
    }
    var sort = effect(intervals, angle: angle, coverage: 0.5)
    sort.lower = 0.5
    func mask(_ width: Int, _ height: Int, _ samples: Int) throws -> [Bool] {
      let plan = try SpanPlan(
        sort, frame: try scene(width, height),
        context: Pictures.context(Geometry(trimWidth: width, trimHeight: height)))
      var mask: [Bool] = []
      for j in 0..<samples {
        for i in 0..<samples {
          let x = (2 * i + 1) * width / (2 * samples)
          let y = (2 * j + 1) * height / (2 * samples)
          let (line, place) = angle.isVertical ? (x, y) : (y, x)
          let strip = plan.strips[line]
          mask.append(strip >= 0 && plan.spans[strip].contains { $0.contains(place) })
        }
      }
      return mask
    }
    let sheet = try mask(800, 1200, 150)
    let draft = try mask(267, 400, 150)
    let both = zip(sheet, draft).filter { $0 && $1 }.count
    let either = zip(sheet, draft).filter { $0 || $1 }.count
    #expect(either > 150 * 150 / 20)
    #expect(Double(both) / Double(either) > 0.85, "\(Double(both) / Double(either))")
  }
}
