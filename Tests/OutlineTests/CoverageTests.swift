import Raster
import Testing

@testable import Outline

private func polygon(_ dice: inout Dice, corners: Int, _ range: ClosedRange<Double>) -> Path {
  var elements: [Path.Element] = []
  for i in 0..<corners { elements.append(i == 0 ? .move(dice.point(range)) : .line(dice.point(range))) }
  return Path(elements + [.close])
}

private func curves(_ dice: inout Dice, count: Int, _ range: ClosedRange<Double>) -> Path {
  var elements: [Path.Element] = [.move(dice.point(range))]
  for i in 0..<count {
    elements.append(
      i % 2 == 0
        ? .cubic(dice.point(range), dice.point(range), dice.point(range))
        : .quad(dice.point(range), dice.point(range)))
  }
  return Path(elements + [.close])
}

@Suite struct CoverageTests {
  private let clip = PixelRect(minX: -2, minY: -1, maxX: 22, maxY: 20)

  /// 256 samples per pixel have a standard error of up to 1/16·√(lines)/16 for areas bounded by lines.
  @Test(arguments: FillRule.allCases)
  func `random polygons agree with 16 × 16 samples of the winding number`(rule: FillRule) {
    var dice = Dice(state: 7)
    for corners in [3, 3, 4, 5, 7, 9, 14] {
      let path = polygon(&dice, corners: corners, -1...20)
      let values = CoverageMask(path: path, rule: rule, clip: clip).values(clip)
      let reference = Reference.coverage(path, rule, clip)
      #expect(largestDifference(values, reference) < 0.06)
      #expect(meanDifference(values, reference) < 0.004)
    }
  }

  @Test(arguments: FillRule.allCases)
  func `random curves agree with 16 × 16 samples of the winding number`(rule: FillRule) {
    var dice = Dice(state: 11)
    for count in [2, 4, 6] {
      let path = curves(&dice, count: count, -4...24)
      let values = CoverageMask(path: path, rule: rule, clip: clip, tolerance: 0.005).values(clip)
      let reference = Reference.coverage(path, rule, clip)
      #expect(largestDifference(values, reference) < 0.07)
      #expect(meanDifference(values, reference) < 0.004)
    }
  }

  /// Summed signed areas fail here: the halves of a pixel cancel or add up.
  @Test func `contours that overlap within a pixel give the area of their union`() {
    let cells: [(String, FillRule, Float)] = [
      ("M0 0h.6v1h-.6z M0 0h.6v1h-.6z", .nonZero, 0.6),
      ("M0 0h.6v1h-.6z M0 0h.6v1h-.6z", .evenOdd, 0),
      ("M0 0h.6v1h-.6z M.4 0h.6v1h-.6z", .nonZero, 1),
      ("M0 0h.6v1h-.6z M1 0h-.6v1h.6z", .nonZero, 0.8),
      ("M0 0h.6v1h-.6z M1 0h-.6v1h.6z", .evenOdd, 0.8),
      ("M0 0h.5v1h-.5z M1 0h-.5v1h.5z", .nonZero, 1),
      ("M0 0H1L0 1H1z", .nonZero, 0.5),
      ("M0 0H1L0 1H1z", .evenOdd, 0.5),
      ("M.2 .2h.5v.5h-.5z M.3 .3h.1v.1h-.1z", .evenOdd, 0.24),
      ("M.2 .2h.5v.5h-.5z M.3 .3h.1v.1h-.1z", .nonZero, 0.25),
    ]
    for (data, rule, expected) in cells {
      let path = try? Path(svg: data)
      let mask = CoverageMask(path: path ?? Path(), rule: rule, clip: PixelRect(width: 1, height: 1))
      #expect(abs(mask.values(PixelRect(width: 1, height: 1))[0] - expected) < 1e-6, "\(data) \(rule)")
    }
  }

  @Test func `the sum of coverage is the area`() {
    var dice = Dice(state: 3)
    for _ in 0..<40 {
      // Star-shaped about the middle, so that the shoelace formula gives the filled area.
      let center = Point(dice.number(90...110), dice.number(90...110))
      let points = (0..<12).map { i in
        let v = unitVector(degrees: Double(i) * 30 + dice.number(-10...10))
        return center + v * dice.number(5...80)
      }
      let area = zip(points, points.dropFirst() + points.prefix(1)).reduce(0) { sum, pair in
        sum + (pair.0.x * pair.1.y - pair.1.x * pair.0.y) / 2
      }
      let clip = PixelRect(width: 200, height: 200)
      for rule in FillRule.allCases {
        let mask = CoverageMask(path: Path(Polyline(points, isClosed: true)), rule: rule, clip: clip)
        let sum = mask.values(clip).reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - area) < 1e-5 * area)
      }
    }
  }

  @Test(arguments: FillRule.allCases)
  func `a region has the bits of that part of the whole`(rule: FillRule) {
    var dice = Dice(state: 19)
    let whole = PixelRect(minX: -10, minY: -10, maxX: 150, maxY: 140)
    for round in 0..<6 {
      var path = curves(&dice, count: 7, -40...190)
      path.append(polygon(&dice, corners: 30, -40...190))
      let mask = CoverageMask(path: path, rule: rule, clip: whole, workers: Workers(count: 2))
      let parts = [
        PixelRect(minX: 3, minY: 5, maxX: 90, maxY: 77), PixelRect(minX: 64, minY: 64, maxX: 65, maxY: 65),
        PixelRect(minX: 100, minY: -10, maxX: 150, maxY: 140),
        PixelRect(minX: -9, minY: 100, maxX: 31, maxY: 139),
      ]
      for part in parts {
        let expected = mask.values(part)
        #expect(CoverageMask(path: path, rule: rule, clip: part).values(part) == expected, "round \(round)")
        // The same rows by single columns.
        let single = part.rows.flatMap { y in
          part.columns.flatMap { x in
            mask.values(PixelRect(minX: x, minY: y, maxX: x + 1, maxY: y + 1))
          }
        }
        #expect(single == expected)
      }
    }
  }

  @Test func `what lies left of the clip still counts, and all that lies outside reads as zero`() throws {
    let clip = PixelRect(minX: 100, minY: 0, maxX: 110, maxY: 4)
    for left in [-5.0, -1e7, -1e300] {
      let path = Path([
        .move(Point(left, -1e300)), .line(Point(105.5, -1e300)), .line(Point(105.5, 1e300)),
        .line(Point(left, 1e300)),
      ])
      let mask = CoverageMask(path: path, clip: clip)
      #expect(
        mask.values(PixelRect(minX: 98, minY: 1, maxX: 112, maxY: 2)) == [
          0, 0, 1, 1, 1, 1, 1, 0.5, 0, 0, 0, 0, 0, 0,
        ])
      #expect(mask.values(PixelRect(minX: 100, minY: -1, maxX: 101, maxY: 0)) == [0])
      #expect(mask.extent(row: 1) == 100..<106)
      #expect(mask.extent(row: 4) == nil)
    }
  }

  @Test func `spans name the covered pixels`() throws {
    let path = try Path(svg: "M1.5 0h40v1h-40z M60 0h20.25v1h-20.25z")
    let mask = CoverageMask(path: path, clip: PixelRect(width: 100, height: 2))
    #expect(mask.bounds == PixelRect(minX: 1, minY: 0, maxX: 81, maxY: 1))
    #expect(
      mask.spans(row: 0, columns: 0..<100) == [
        CoverageSpan(columns: 1..<2, isSolid: false), CoverageSpan(columns: 2..<41, isSolid: true),
        CoverageSpan(columns: 41..<42, isSolid: false), CoverageSpan(columns: 60..<80, isSolid: true),
        CoverageSpan(columns: 80..<81, isSolid: false),
      ])
    #expect(mask.spans(row: 0, columns: 20..<30) == [CoverageSpan(columns: 20..<30, isSolid: true)])
    #expect(mask.spans(row: 1, columns: 0..<100).isEmpty)
  }

  /// Slivers with gaps, drawn twice over in one direction: neither gaps nor doubled parts may count wrongly.
  @Test(arguments: [(15, 1e-6), (100, 0.03), (300, 0.41)])
  func `a crowd in one pixel gives its area and does not leak`(count: Int, tolerance: Double) {
    var elements: [Path.Element] = []
    for _ in 0..<2 {
      for i in 0..<count {
        let x = 5 + Double(i) / Double(count)
        let width = 0.5 / Double(count)
        elements += [
          .move(Point(x, 0.1)), .line(Point(x + width, 0.1)), .line(Point(x + width, 0.9)),
          .line(Point(x, 0.9)),
          .close,
        ]
      }
    }
    let row = PixelRect(width: 20, height: 1)
    let values = CoverageMask(path: Path(elements), clip: row).values(row)
    #expect(abs(Double(values[5]) - 0.4) < tolerance)
    #expect(values[6...].allSatisfy { $0 == 0 })
    #expect(values[..<5].allSatisfy { $0 == 0 })
  }

  @Test func `hostile paths neither trap nor cover what they should not`() {
    let clip = PixelRect(width: 64, height: 64)
    let nan = Path([.move(Point(0, 0)), .line(Point(.nan, 9)), .line(Point(9, 9))])
    #expect(CoverageMask(path: nan, clip: clip).isEmpty)
    #expect(CoverageMask(path: Path([.move(Point(0, 0)), .line(Point(.infinity, 9))]), clip: clip).isEmpty)
    #expect(CoverageMask(path: Path(), clip: clip).isEmpty)
    #expect(CoverageMask(path: Path([.close, .line(Point(1, 1)), .close, .close]), clip: clip).isEmpty)
    var dice = Dice(state: 5)
    for exponent in [3.0, 9, 10, 100, 300, 308] {
      for _ in 0..<20 {
        let path = Path(
          [.move(Point(0, 0))]
            + (0..<8).map { _ in
              func far() -> Point {
                dice.point(-1...1)
                  * (exponent == 308
                    ? 1.7e308 : Double(sign: .plus, exponent: Int(exponent * 3.3), significand: 1))
              }
              return .cubic(far(), far(), far())
            })
        let mask = CoverageMask(path: path, rule: .evenOdd, clip: clip)
        #expect(mask.values(clip).allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(path.bounds.isNull || path.bounds.minX <= 0)
        #expect(!path.length.isNaN)
      }
    }
    let huge = PixelRect(minX: .min / 4, minY: .min / 4, maxX: .max / 4, maxY: .max / 4)
    let square = CoverageMask(
      path: Path([.move(Point(1, 1)), .line(Point(3, 1)), .line(Point(3, 3)), .line(Point(1, 3))]), clip: huge
    )
    #expect(square.bounds == PixelRect(minX: 1, minY: 1, maxX: 3, maxY: 3))
  }

  @Test func `two hundred thousand elements are taken`() {
    var dice = Dice(state: 23)
    var elements: [Path.Element] = [.move(Point(0, 0))]
    for _ in 0..<200_000 { elements.append(.line(Point(dice.number(0...40), dice.number(0...4)))) }
    let clip = PixelRect(width: 40, height: 4)
    let values = CoverageMask(path: Path(elements), rule: .evenOdd, clip: clip).values(clip)
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func `many threads give the same bits`() {
    var dice = Dice(state: 29)
    let path = curves(&dice, count: 40, -50...550)
    let clip = PixelRect(width: 500, height: 500)
    let one = CoverageMask(path: path, clip: clip, workers: Workers(count: 1)).values(clip)
    let many = CoverageMask(path: path, clip: clip, workers: Workers(count: 7)).values(clip)
    #expect(one == many)
  }
}
