import Raster
import Testing

@testable import Outline

@Suite struct StrokeTests {
  private let clip = PixelRect(width: 44, height: 40)

  private func coverage(_ path: Path, _ style: StrokeStyle, clip: PixelRect? = nil) -> [Float] {
    let clip = clip ?? self.clip
    return CoverageMask(path: path.stroked(style, tolerance: 0.01), clip: clip, tolerance: 0.01).values(clip)
  }

  /// Curves, cusps, sharp corners, lines shorter than the width, a loop that crosses itself, turns back.
  private static let shapes = [
    "M6 8L36 30", "M6 20C10 -20 34 60 38 20", "M8 8L30 9L9 14L34 34", "M6 6L20 6L6 6.2L20 20",
    "M10 10h20v20h-20z",
    "M10 30C60 0 -20 0 34 30", "M10 20C40 20 5 20 35 20", "M5 5L15 15L16 14L15.5 16L30 30",
    "M8 20A9 9 0 1 1 8 20.5Z",
    "M20 20l1 0l0 1l-1 0z", "M6 30Q20 -20 21 30T38 8",
  ]

  /// Distance to the line decides in the reference, which knows nothing of outlines.
  @Test(arguments: shapes, [1.0, 2.5, 7])
  func `a round stroke covers what lies within half its width`(data: String, width: Double) throws {
    let path = try Path(svg: data)
    let values = coverage(path, StrokeStyle(width: width, join: .round, cap: .round))
    let lines = Reference.contours(path).flatMap { contour in
      [data.hasSuffix("z") || data.hasSuffix("Z") ? contour + contour.prefix(1) : contour]
    }
    func distance(_ p: Point) -> Double {
      lines.map { Reference.distance(p, toLinesOf: $0) }.min() ?? .infinity
    }
    // A pixel's points are no further from its middle than 0.71: only those at the border need samples.
    let reference = clip.rows.flatMap { y in
      clip.columns.map { x in
        let depth = width / 2 - distance(Point(Double(x) + 0.5, Double(y) + 0.5))
        if abs(depth) > 0.75 { return depth > 0 ? 1.0 : 0 }
        let pixel = PixelRect(minX: x, minY: y, maxX: x + 1, maxY: y + 1)
        return Reference.supersampled(pixel, n: 8) { distance($0) <= width / 2 }[0]
      }
    }
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    // 64 samples stray by up to 1/8 where a side runs along the grid; the flattening adds its 0.01.
    #expect(largestDifference(values, reference) < 0.15)
    #expect(meanDifference(values, reference) < 0.008)
    // No seams: what lies inside by more than the flattening is covered wholly, and nothing beyond is.
    for (value, expected) in zip(values, reference) {
      if expected == 1 { #expect(value > 0.95) }
      if expected == 0 { #expect(value < 0.05) }
    }
  }

  /// Rectangles, and triangles at the corners, tested point by point.
  @Test(arguments: [StrokeStyle.Join.miter, .bevel], [1.5, 6])
  func `straight lines are covered as the union of their rectangles and joins`(
    join: StrokeStyle.Join, width: Double
  ) throws {
    let points = [Point(6, 30), Point(20, 8), Point(24, 30), Point(36, 12), Point(31, 34)]
    let r = width / 2
    func inTriangle(_ p: Point, _ a: Point, _ b: Point, _ c: Point) -> Bool {
      let s = [(b - a).cross(p - a), (c - b).cross(p - b), (a - c).cross(p - c)]
      return s.allSatisfy { $0 >= 0 } || s.allSatisfy { $0 <= 0 }
    }
    func inside(_ p: Point) -> Bool {
      for (a, b) in zip(points, points.dropFirst()) {
        let d = (b - a) * (1 / (b - a).magnitude)
        let along = (p - a).dot(d)
        if along >= 0, along <= (b - a).magnitude, abs((p - a).cross(d)) <= r { return true }
      }
      for i in 1..<points.count - 1 {
        let u = (points[i] - points[i - 1]) * (1 / (points[i] - points[i - 1]).magnitude)
        let v = (points[i + 1] - points[i]) * (1 / (points[i + 1] - points[i]).magnitude)
        let sign = u.cross(v) > 0 ? r : -r
        let a = points[i] + Point(u.y, -u.x) * sign
        let b = points[i] + Point(v.y, -v.x) * sign
        if inTriangle(p, points[i], a, b) { return true }
        if join == .miter {
          // Both sides drawn out until they meet.
          let t = (b - a).cross(v) / u.cross(v)
          let tip = a + u * t
          let sine = ((1 + u.dot(v)) / 2).squareRoot()
          if 1 / sine <= 10, inTriangle(p, a, tip, b) { return true }
        }
      }
      return false
    }
    let style = StrokeStyle(width: width, join: join, miterLimit: 10)
    let values = coverage(Path(Polyline(points)), style)
    let reference = Reference.supersampled(clip, n: 16, inside)
    #expect(largestDifference(values, reference) < 0.07)
    #expect(meanDifference(values, reference) < 0.004)
  }

  @Test func `the miter limit bevels`() {
    let corner = Path(Polyline([Point(5, 20), Point(20, 20), Point(20, 35)]))
    func area(_ limit: Double) -> Double {
      coverage(corner, StrokeStyle(width: 8, miterLimit: limit)).reduce(0) { $0 + Double($1) }
    }
    // A right angle has the miter √2.
    // Two lines of 15 × 8 that share a quarter of the corner's 8 × 8, whose opposite quarter the miter adds.
    #expect(abs(area(1.42) - 240) < 1e-3)
    #expect(abs(area(1.42) - area(1.41) - 8) < 1e-3)
  }

  @Test func `closed contours give two outlines and cover a frame`() throws {
    let square = try Path(svg: "M10 10h20v20h-20z")
    let outline = square.stroked(StrokeStyle(width: 4))
    #expect(outline.elements.filter { $0 == .close }.count == 2)
    let sum = coverage(square, StrokeStyle(width: 4)).reduce(0) { $0 + Double($1) }
    #expect(abs(sum - (24 * 24 - 16 * 16)) < 1e-3)
  }

  @Test func `a contour of no length gives its caps`() throws {
    for data in ["M20 20h0", "M20 20z", "M20 20L20 20L20 20"] {
      let path = try Path(svg: data)
      func area(_ cap: StrokeStyle.Cap) -> Double {
        coverage(path, StrokeStyle(width: 10, cap: cap)).reduce(0) { $0 + Double($1) }
      }
      #expect(area(.butt) == 0)
      #expect(abs(area(.square) - 100) < 1e-3)
      #expect(abs(area(.round) - .pi * 25) < 0.4)
    }
    #expect(Path([.move(Point(1, 1))]).stroked(StrokeStyle(width: 10, cap: .round)).isEmpty)
  }

  @Test func `dashes have their lengths`() throws {
    let line = Path(Polyline([Point(2, 10.5), Point(42, 10.5)]))
    let values = coverage(line, StrokeStyle(width: 1, dashes: [3, 2, 1], dashOffset: 1))
    // The odd pattern twice over: 3 on, 2 off, 1 on, 3 off, 2 on, 1 off, begun one unit in.
    var expected = [Float](repeating: 0, count: 44)
    let pattern: [Float] = [1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0]
    for x in 2..<42 { expected[x] = pattern[(x - 2 + 1) % 12] }
    #expect(Array(values[10 * 44..<11 * 44]) == expected)
  }

  @Test func `dashes follow curves by arc length`() throws {
    let path = try Path(svg: "M6 20C10 -20 34 60 38 20")
    let dashes = try #require(Dashes(StrokeStyle(width: 1, dashes: [3, 1.5])))
    let pieces = path.contours(tolerance: 0.001).flatMap(dashes.cut).map { Polyline($0.points).length }
    #expect(pieces.dropLast().allSatisfy { abs($0 - 3) < 1e-9 })
    #expect(pieces.count == Int((path.length / 4.5).rounded(.up)))
  }

  @Test func `a closed contour's last dash runs on into its first`() throws {
    let square = try Path(svg: "M10 10h20v20h-20z")
    let dashes = try #require(Dashes(StrokeStyle(width: 1, dashes: [10, 10], dashOffset: 5)))
    let pieces = square.contours(tolerance: 0.05).flatMap(dashes.cut)
    #expect(pieces.map { Polyline($0.points).length } == [10, 10, 10, 10])
    #expect(pieces[0].points == [Point(10, 15), Point(10, 10), Point(15, 10)])
    let whole = try #require(Dashes(StrokeStyle(width: 1, dashes: [100, 1])))
    #expect(square.contours(tolerance: 0.05).flatMap(whole.cut).map(\.isClosed) == [true])
  }

  @Test func `dashes of no length give dots`() throws {
    let line = Path(Polyline([Point(5, 20), Point(35, 20)]))
    let sum = coverage(line, StrokeStyle(width: 4, cap: .round, dashes: [0, 10])).reduce(0) {
      $0 + Double($1)
    }
    #expect(abs(sum - 4 * .pi * 4) < 0.8)
  }

  @Test func `hostile strokes end`() {
    var dice = Dice(state: 8)
    for size in [1e-200, 1e-9, 1e9, 1e160, 1e300] {
      let path = Path(
        [.move(dice.point(-1...1) * size)] + (0..<9).map { _ in .line(dice.point(-1...1) * size) } + [.close])
      for width in [1e-300, 1, 1e300, .infinity, .nan, -1] {
        for dashes in [[], [1.0], [0], [1e-300], [1e300, 1], [.nan], [-1]] {
          let style = StrokeStyle(width: width, join: .round, cap: .round, dashes: dashes, dashOffset: size)
          let outline = path.stroked(style, tolerance: 0.05)
          #expect(outline.elements.count < 2_000_000)
          let mask = CoverageMask(path: outline, clip: PixelRect(width: 4, height: 4))
          #expect(mask.values(PixelRect(width: 4, height: 4)).allSatisfy { $0 >= 0 && $0 <= 1 })
        }
      }
    }
  }
}
