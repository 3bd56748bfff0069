import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

/// Lines at odd angles, rays and rings.
@Suite struct SortPathTests {
  /// Everything is sorted, whole lines if `intervals` is none.
  private func effect(
    _ path: PixelSort.Path, angle: Double = 0, _ intervals: PixelSort.Intervals = .none
  ) -> PixelSort {
    var p = PixelSort()
    (p.path, p.angle, p.intervals) = (path, angle, intervals)
    (p.lower, p.upper, p.coverage, p.growth, p.randomness, p.strip) = (0, 1, 1, 0, 0, 64)
    return p
  }

  private static let angles = [
    1.0, 17, 30, 44.9, 45, 45.1, 63, 89, 91, 135, 151, 200, 225, 290, 315, 359, -17, 1e9,
  ]

  private func pixels(_ frame: Framebuffer) -> [[UInt32]] {
    let bits = Pictures.bits(frame)
    return stride(from: 0, to: bits.count, by: 4).map { Array(bits[$0..<$0 + 4]) }
  }

  private func sorted(_ pixels: [[UInt32]]) -> [[UInt32]] {
    pixels.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// No pixel is lost or doubled, whatever the angle, the path, the order and the center.
  @Test(arguments: PixelSort.Order.allCases, PixelSortTests.own)
  func pixelsAreOnlyExchanged(_ order: PixelSort.Order, _ intervals: PixelSort.Intervals) throws {
    let isFull = intervals == .none && order == .ascending
    let small = isFull ? [(5, 90), (90, 4), (1, 1), (1, 30), (40, 21)] : []
    for (width, height) in [(61, 47)] + small {
      let geometry = Geometry(trimWidth: width, trimHeight: height, bleed: width > 60 ? 3 : 0)
      let before = try Pictures.frame(geometry.bounds, Pictures.noisy)
      let expected = sorted(pixels(before))
      func check(_ sort: PixelSort) throws {
        let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
        try sort.apply(to: frame, in: Pictures.context(geometry))
        let isPermutation = sorted(pixels(frame)) == expected
        #expect(isPermutation, "\(sort.path) \(sort.angle) \(sort.center) in \(width) x \(height)")
        if width == 61, intervals == .none, sort.center.x < 2 {
          let hasChanged = pixels(frame) != pixels(before)
          #expect(hasChanged)
        }
      }
      for angle in isFull ? Self.angles : [33.0, 200] {
        var sort = effect(.straight, angle: angle, intervals)
        sort.order = order
        try check(sort)
      }
      for path in [PixelSort.Path.radial, .circular] {
        for center in [Point(0.5, 0.5), Point(0, 0), Point(0.31, 0.77), Point(-2, 3), Point(1e3, -1e3)]
          .prefix(isFull ? 5 : 3)
        {
          var sort = effect(path, intervals)
          (sort.order, sort.center) = (order, center)
          try check(sort)
        }
      }
    }
  }

  /// A line has one pixel at each place of its major axis, and all lines together have all pixels.
  @Test(arguments: angles) func linesPartitionThePicture(_ angle: Double) {
    let geometry = Geometry(trimWidth: 40, trimHeight: 33, bleed: 2)
    let lines = SortLines(angle: angle, lattice: PixelSort().lattice(in: geometry))
    let (major, minor) = lines.axes(of: geometry.bounds)
    var seen: Set<[Int]> = []
    for line in lines.lines(crossing: geometry.bounds) {
      for m in major where minor.contains(line + lines.shift(m)) {
        let isNew = seen.insert([m, line + lines.shift(m)]).inserted
        #expect(isNew)
      }
    }
    #expect(seen.count == 44 * 37)
    // They lead where they are said to.
    let turn = angle.truncatingRemainder(dividingBy: 360) * .pi / 180
    let step = lines.isReverse ? -1.0 : 1
    let (x, y) = lines.isVertical ? (lines.slope * step, step) : (step, lines.slope * step)
    #expect(abs(atan2(x * sin(turn) - y * cos(turn), x * cos(turn) + y * sin(turn))) < 1e-9)
  }

  /// Sorted against the lines by their definition.
  @Test(arguments: [17.0, 63, 135, 200, 290, 45]) func agreesWithAStableSort(_ angle: Double) throws {
    let geometry = Geometry(trimWidth: 57, trimHeight: 44)
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    var expected = pixels(frame)
    var sort = effect(.straight, angle: angle)
    sort.key = .maximum
    try sort.apply(to: frame, in: Pictures.context(geometry))
    let turn = angle * .pi / 180
    let isVertical = abs(sin(turn)) > abs(cos(turn)) + 1e-12
    let slope = isVertical ? cos(turn) / sin(turn) : tan(turn)
    var lines: [Int: [(x: Int, y: Int)]] = [:]
    for x in 0..<57 {
      for y in 0..<44 {
        let (m, n) = isVertical ? (y, x) : (x, y)
        lines[n - Int(((Double(m) + 0.5) * slope + 0.5).rounded(.down)), default: []].append((x, y))
      }
    }
    for var line in lines.values {
      line.sort { cos(turn) * Double($0.x - $1.x) + sin(turn) * Double($0.y - $1.y) < 0 }
      let items = line.map { expected[$0.y * 57 + $0.x] }
      let ranked = items.enumerated().sorted { a, b in
        let (i, j) = (peak(a.element), peak(b.element))
        return i == j ? a.offset < b.offset : i < j
      }
      for (place, item) in zip(line, ranked) { expected[place.y * 57 + place.x] = item.element }
    }
    let isEqual = pixels(frame) == expected
    #expect(isEqual)
  }

  private func peak(_ pixel: [UInt32]) -> Float {
    pixel[0..<3].map { Float(bitPattern: $0) }.max() ?? 0
  }

  /// The brightest light of rays gathers at the rim, that of rings at their end, where each strip's begins.
  @Test func keysRiseAlongRaysAndRings() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 200)
    let gray = { (x: Int, y: Int) in SIMD4<Float>(SIMD3(repeating: Pictures.noise(0, x, y)), 1) }
    let frame = try Pictures.frame(geometry.bounds, gray)
    try effect(.radial).apply(to: frame, in: Pictures.context(geometry))
    var sums: [Double] = Array(repeating: 0, count: 10)
    var counts = sums
    for y in 0..<200 {
      for x in 0..<200 {
        let r = Int(hypot(Double(x) - 99.5, Double(y) - 99.5) / 10)
        guard r < 10 else { continue }
        sums[r] += Double(frame.row(y).red[x])
        counts[r] += 1
      }
    }
    let means = zip(sums, counts).map { $0 / $1 }
    for (near, far) in zip(means, means.dropFirst()) { #expect(far > near, "\(means)") }

    let rings = try Pictures.frame(geometry.bounds, gray)
    var sort = effect(.circular)
    sort.strip = 10
    try sort.apply(to: rings, in: Pictures.context(geometry))
    let plan = try SpanPlan(
      sort, along: #require(sort.rays(in: geometry)), frame: rings, context: Pictures.context(geometry))
    for radius in [30.0, 55, 80] {
      let strip = try #require(plan.strip(ofPath: Int(radius)))
      func light(_ turns: Double) -> Float {
        let angle = 2 * .pi * (plan.starts[strip] + turns)
        return rings.row(Int(100 + radius * sin(angle))).red[Int(100 + radius * cos(angle))]
      }
      #expect(light(0.1) < light(0.4) && light(0.4) < light(0.6) && light(0.6) < light(0.9))
    }
  }

  @Test(arguments: PixelSort.Path.allCases, [20.0, 70, 200, 300])
  func threadsAndBandsDoNotShow(_ path: PixelSort.Path, _ angle: Double) throws {
    let geometry = Geometry(trimWidth: 101, trimHeight: 77)
    for intervals in PixelSortTests.own {
      var sort = effect(path, angle: angle, intervals)
      (sort.coverage, sort.randomness) = (0.6, 0.2)
      for strip in [0.5, 64] {
        sort.strip = strip
        try Pictures.expectIndependence(sort, of: geometry.bounds, in: geometry)
      }
    }
  }

  @Test(arguments: [20.0, 45, 70, 160, 300], PixelSortTests.own)
  func partsAreThoseOfTheWhole(_ angle: Double, _ intervals: PixelSort.Intervals) throws {
    let geometry = Geometry(trimWidth: 303, trimHeight: 290, bleed: 4)
    var sort = effect(.straight, angle: angle, intervals)
    (sort.coverage, sort.growth, sort.lower, sort.upper, sort.span) = (0.8, 0.5, 0.2, 0.9, 0.05)
    guard intervals != .none else {
      #expect(sort.reach(in: geometry).x == Reach.everything)
      return
    }
    for strip in [0.5, 2, 6] {
      sort.strip = strip
      try Pictures.expectLocality(
        sort, in: geometry,
        parts: [
          PixelRect(minX: 0, minY: 0, maxX: 30, maxY: 25),
          PixelRect(minX: 131, minY: 143, maxX: 150, maxY: 171),
          PixelRect(minX: 280, minY: 270, maxX: 311, maxY: 298),
        ])
    }
  }

  /// At an odd angle a draft takes the decisions of the sheet, too.
  @Test(arguments: [33.0, 110]) func draftsAreSortedLikeSheets(_ angle: Double) throws {
    var sort = effect(.straight, angle: angle, .threshold)
    (sort.coverage, sort.lower, sort.randomness, sort.strip) = (0.5, 0.5, 0.3, 1)
    /// The share of each cell of 3 x 3 pixels of the sheet that changes.
    func changes(_ width: Int, _ height: Int) throws -> [[Double]] {
      func light(_ x: Int, _ y: Int) -> SIMD4<Float> {
        let u = (Float(x) + 0.5) / Float(height)
        let v = (Float(y) + 0.5) / Float(height)
        let wave = 0.5 + 0.5 * sin(9 * u + 4 * sin(5 * v)) * cos(7 * v)
        return SIMD4(wave, 0.3 * wave * wave, 0.2 + 0.2 * u, 1)
      }
      let bounds = PixelRect(width: width, height: height)
      let frame = try Pictures.frame(bounds, light)
      try sort.apply(to: frame, in: Pictures.context(Geometry(trimWidth: width, trimHeight: height)))
      let factor = height / 300
      return (0..<300).map { y in
        (0..<width / factor).map { x in
          var sum = 0.0
          for j in y * factor..<(y + 1) * factor {
            for i in x * factor..<(x + 1) * factor { sum += Double(frame.row(j).red[i] - light(i, j).x) }
          }
          return sum / Double(factor * factor)
        }
      }
    }
    let (sheet, draft) = (try changes(801, 1200), try changes(402, 600))
    var (product, own, other) = (0.0, 0.0, 0.0)
    for (a, b) in zip(sheet, draft) {
      for (a, b) in zip(a, b) {
        product += a * b
        own += a * a
        other += b * b
      }
    }
    let correlation = product / (own * other).squareRoot()
    #expect(correlation > 0.9, "\(correlation)")
  }

  // MARK: What spans look like

  @Test func mirroredRisesToTheMiddle() throws {
    let geometry = Geometry(trimWidth: 99, trimHeight: 20)
    let frame = try Pictures.frame(geometry.bounds) { x, y in SIMD4(repeating: 0.1 + Pictures.noise(0, x, y))
    }
    var sort = effect(.straight)
    sort.order = .mirrored
    try sort.apply(to: frame, in: Pictures.context(geometry))
    for y in 0..<20 {
      let row = frame.row(y)
      #expect((0..<49).allSatisfy { row.red[$0] <= row.red[$0 + 1] })
      #expect((49..<98).allSatisfy { row.red[$0] >= row.red[$0 + 1] })
    }
  }

  @Test func stretchDrawsOutTheEnd() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 6)
    for (stretch, kept) in [(0.5, 100), (0.9, 20), (1, 1)] {
      for angle in [0.0, 180] {
        let frame = try Pictures.frame(geometry.bounds) { x, y in
          SIMD4(repeating: 0.1 + Pictures.noise(0, x, y))
        }
        var sort = effect(.straight, angle: angle)
        let before = (0..<6).map { y in (0..<200).map { frame.row(y).red[$0] }.sorted() }
        sort.stretch = stretch
        try sort.apply(to: frame, in: Pictures.context(geometry))
        for y in 0..<6 {
          let after = (0..<200).map { frame.row(y).red[angle == 0 ? $0 : 199 - $0] }
          #expect(zip(after, after.dropFirst()).allSatisfy { $0 <= $1 })
          // The brightest of what was there, each as often as the others.
          #expect(abs(Set(after).count - kept) <= 1)
          #expect(after.allSatisfy { $0 >= before[y][200 - kept - 1] })
        }
      }
    }
  }

  // MARK: Other layers

  private func layer(_ geometry: Geometry, _ value: (Int, Int) -> Float) throws -> LayerPlane {
    let bounds = geometry.bounds
    let plane = try Plane(width: bounds.width, height: bounds.height)
    for y in 0..<bounds.height { for x in 0..<bounds.width { plane.row(y)[x] = value(x, y) } }
    return LayerPlane(plane: plane, region: bounds)
  }

  /// What is protected stays, and nothing crosses it; on any path.
  @Test(arguments: PixelSort.Path.allCases, [0.0, 90, 37])
  func protectedPixelsStay(_ path: PixelSort.Path, _ angle: Double) throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 80)
    func isKept(_ x: Int, _ y: Int) -> Bool { (30..<60).contains(x) && (20..<70).contains(y) }
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    let before = pixels(frame)
    var context = Pictures.context(geometry)
    context.planes["protect"] = try layer(geometry) { isKept($0, $1) ? 0.3 : 0 }
    var sort = effect(path, angle: angle)
    sort.protect = LayerReference("figure", .alpha)
    #expect(sort.looks == [LayerLook("protect", layer: "figure", .alpha)])
    try sort.apply(to: frame, in: context)
    let after = pixels(frame)
    var (kept, moved) = (0, 0)
    for y in 0..<80 {
      for x in 0..<90 {
        let hasChanged = before[90 * y + x] != after[90 * y + x]
        if isKept(x, y) { kept += hasChanged ? 1 : 0 } else { moved += hasChanged ? 1 : 0 }
      }
    }
    #expect(kept == 0 && moved > 3000)
    let isPermutation = sorted(before) == sorted(after)
    #expect(isPermutation)
    guard path == .straight, angle == 0 else { return }
    for y in 20..<70 {
      let row = 90 * y..<90 * y + 30
      let isLeft = sorted(Array(before[row])) == sorted(Array(after[row]))
      #expect(isLeft)
    }
  }

  /// Spans lie where a mask shows, and where another layer's light lies within the thresholds.
  @Test(arguments: PixelSort.Path.allCases, [0.0, 90, 37])
  func spansOfAnotherLayer(_ path: PixelSort.Path, _ angle: Double) throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 400)
    func value(_ x: Int, _ y: Int) -> Float { y < 130 ? 0 : y < 270 ? 0.214 : 1 }
    let codes: [(PixelSort.Intervals, LayerChannel, Range<Int>)] = [
      (.mask, .alpha, 270..<400), (.threshold, .luminance, 130..<270), (.random, .luminance, 130..<270),
    ]
    for (intervals, channel, sorted) in codes {
      let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
      let before = pixels(frame)
      var context = Pictures.context(geometry)
      context.planes["spans"] = try layer(geometry, value)
      var sort = effect(path, angle: angle, intervals)
      sort.spans = LayerReference("mask", channel)
      (sort.lower, sort.upper, sort.strip) = (0.3, 0.8, 1)
      try sort.apply(to: frame, in: context)
      let after = pixels(frame)
      func changed(_ rows: Range<Int>) -> Double {
        let range = rows.lowerBound * 400..<rows.upperBound * 400
        return Double(range.filter { before[$0] != after[$0] }.count) / Double(range.count)
      }
      #expect(changed(sorted.lowerBound + 6..<sorted.upperBound - 6) > 0.6, "\(intervals)")
      if sorted.lowerBound > 6 { #expect(changed(0..<sorted.lowerBound - 6) < 0.02, "\(intervals)") }
      if sorted.upperBound < 394 { #expect(changed(sorted.upperBound + 6..<400) < 0.02, "\(intervals)") }
    }
  }

  @Test func depthIsAKey() throws {
    let geometry = Geometry(trimWidth: 80, trimHeight: 30)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4(Pictures.noise(5, x, y) * 300, 1, 1, 1)
    }
    var context = Pictures.context(geometry)
    context.planes["depth-of"] = try layer(geometry) { Pictures.noise(5, $0, $1) * 300 }
    for angle in [0.0, 90, 25] {
      var sort = effect(.straight, angle: angle)
      sort.key = .depth
      #expect(sort.looks == [LayerLook("depth-of", layer: nil, .depth)])
      let copy = try frame.copy(workers: Workers(count: 1))
      try sort.apply(to: copy, in: context)
      guard angle == 0 else { continue }
      for y in 0..<30 {
        let row = copy.row(y)
        #expect((0..<79).allSatisfy { row.red[$0] <= row.red[$0 + 1] * 1.00002 + 2e-5 })
      }
    }
  }
}
