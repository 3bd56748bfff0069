import Raster
import Testing

@testable import Outline

@Suite struct ShapeTests {
  private let center = Point(50, 50)

  private func area(_ path: Path) -> Double {
    let clip = PixelRect(width: 100, height: 100)
    let sums = FillRule.allCases.map { rule in
      CoverageMask(path: path, rule: rule, clip: clip, tolerance: 0.001).values(clip).reduce(0) {
        $0 + Double($1)
      }
    }
    // These shapes mean the same under both rules.
    #expect(abs(sums[0] - sums[1]) < 1e-3)
    return sums[0]
  }

  @Test func `rectangles lose what their corners cut off`() {
    let rect = Rect(minX: 10, minY: 20, maxX: 70, maxY: 60)
    let corner = 1 - Double.pi / 4
    #expect(abs(area(.rectangle(rect)) - 2400) < 1e-3)
    let radii = CornerRadii(topLeft: 4, topRight: 8, bottomRight: 0, bottomLeft: 12)
    #expect(abs(area(.rectangle(rect, corners: radii)) - (2400 - corner * (16 + 64 + 144))) < 0.1)
    // 30 + 50 exceed the height of 40: both are halved.
    let large = CornerRadii(topLeft: 30, topRight: 0, bottomRight: 0, bottomLeft: 50)
    #expect(abs(area(.rectangle(rect, corners: large)) - (2400 - corner * (225 + 625))) < 0.3)
    #expect(
      large.fitted(width: 60, height: 40)
        == CornerRadii(topLeft: 15, topRight: 0, bottomRight: 0, bottomLeft: 25))
    #expect(Path.rectangle(rect, corners: CornerRadii(1000)).bounds == rect)
    #expect(Path.rectangle(.null).isEmpty)
    #expect(Path.rectangle(rect, corners: CornerRadii(.nan)) == Path.rectangle(rect))
  }

  @Test func `areas of round shapes`() {
    #expect(abs(area(.ellipse(center: center, radiusX: 40, radiusY: 20)) / (.pi * 800) - 1) < 4e-4)
    #expect(
      abs(area(.ring(center: center, innerRadius: 20, outerRadius: 40)) / (.pi * 1200) - 1) < 6e-4)
    let part = Path.ringSegment(center: center, innerRadius: 20, outerRadius: 40, from: 30, sweep: 75)
    #expect(abs(area(part) / (.pi * 1200 * 75 / 360) - 1) < 6e-4)
    let rays = Path.rays(center: center, innerRadius: 10, outerRadius: 40, count: 12, duty: 0.25, phase: 3)
    #expect(abs(area(rays) / (.pi * 1500 * 0.25) - 1) < 6e-4)
    let meeting = Path.rays(center: center, innerRadius: 0, outerRadius: 40, count: 7)
    #expect(abs(area(meeting) / (.pi * 1600 * 0.5) - 1) < 6e-4)
  }

  @Test func `regular shapes have the areas of their formulas`() {
    for sides in [3, 5, 8] {
      let expected = Double(sides) / 2 * 1600 * unitVector(degrees: 360 / Double(sides)).y
      #expect(abs(area(.regularPolygon(center: center, radius: 40, sides: sides)) - expected) < 0.01)
    }
    // 2n triangles between a point, an inner corner and the center.
    let star = 10 * 0.5 * 40 * 20 * unitVector(degrees: 36).y
    #expect(abs(area(.star(center: center, radius: 40, points: 5, innerRatio: 0.5)) - star) < 0.01)
    // A parabola takes a third of the triangle between a corner and the places a quarter along its sides.
    let corners = (0..<10).map { clockVector(degrees: Double($0) * 36) * ($0 % 2 == 0 ? 40 : 20) }
    let cut = corners.indices.reduce(0.0) { sum, i in
      let before = corners[i] - corners[(i + 9) % 10]
      let after = corners[(i + 1) % 10] - corners[i]
      return sum + before.cross(after) / 2 / 16 / 3
    }
    #expect(
      abs(area(.star(center: center, radius: 40, points: 5, innerRatio: 0.5, rounding: 0.5)) - star + cut)
        < 0.03)
    #expect(abs(cut) > 1)
  }

  @Test func `clock angles point up and turn right`() {
    let star = Path.star(center: center, radius: 40, points: 4, innerRatio: 0.5)
    #expect(star.elements.first == .move(Point(50, 10)))
    let arc = Path.arc(center: center, radius: 10, from: 90, sweep: 90)
    #expect(arc.elements.first == .move(Point(60, 50)))
    guard case .cubic(_, _, let end)? = arc.elements.last else {
      Issue.record("an arc ends with a curve")
      return
    }
    #expect(end == Point(50, 60))
  }

  @Test func `a hub's teeth take from its hole`() {
    let plain = Path.ring(center: center, innerRadius: 20, outerRadius: 30)
    let hub = Path.hub(
      center: center, outerRadius: 30, innerRadius: 20, teeth: 6, toothDepth: 5, toothWidth: 4, rotation: 10)
    // A tooth is a strip of its width from the tip to the hole's edge: ∫√(400 − x²) − 15 dx over ±2.
    let strip = (0..<1000).reduce(0.0) { sum, i in
      let x = -2 + 4 * (Double(i) + 0.5) / 1000
      return sum + ((400 - x * x).squareRoot() - 15) * 4 / 1000
    }
    #expect(abs(area(hub) - area(plain) - 6 * strip) < 0.5)
    #expect(
      Path.hub(center: center, outerRadius: 30, innerRadius: 20, teeth: 0, toothDepth: 5, toothWidth: 4)
        == plain)
  }

  @Test func `hostile counts and numbers are bounded`() {
    for number in [Double.nan, .infinity, -1e300, 1e300] {
      let paths = [
        Path.star(
          center: center, radius: number, points: .max, innerRatio: number, rotation: number, rounding: number
        ),
        .regularPolygon(center: center, radius: number, sides: .min, rotation: number),
        .rays(
          center: center, innerRadius: number, outerRadius: number, count: .max, duty: number, phase: number),
        .hub(
          center: center, outerRadius: number, innerRadius: 3, teeth: .max, toothDepth: number,
          toothWidth: number),
        .ringSegment(center: center, innerRadius: 1, outerRadius: number, from: number, sweep: number),
      ]
      for path in paths {
        #expect(path.elements.count < 200_000)
        let clip = PixelRect(width: 2, height: 2)
        #expect(CoverageMask(path: path, clip: clip).values(clip).allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
  }
}
