import Raster
import Testing

@testable import Outline

@Suite struct PathGeometryTests {
  private func randomPath(_ dice: inout Dice) -> Path {
    Path([
      .move(dice.point(-100...100)),
      .cubic(dice.point(-100...100), dice.point(-100...100), dice.point(-100...100)),
      .quad(dice.point(-100...100), dice.point(-100...100)), .line(dice.point(-100...100)),
    ])
  }

  @Test func `bounds are those of dense samples`() {
    var dice = Dice(state: 1)
    for _ in 0..<200 {
      let path = randomPath(&dice)
      var sampled = Rect.null
      for p in Reference.contours(path)[0] { sampled.extend(to: p) }
      let bounds = path.bounds
      // 64 samples per curve miss an extremum by less than an eighth of the squared step times the curvature.
      #expect(bounds.expanded(by: 1e-9).union(sampled) == bounds.expanded(by: 1e-9))
      #expect(sampled.expanded(by: 0.12).union(bounds) == sampled.expanded(by: 0.12))
      #expect(path.controlBounds.union(bounds) == path.controlBounds)
    }
  }

  @Test func `bounds of degenerate paths`() {
    #expect(Path().bounds.isNull)
    #expect(Path([.move(Point(3, 4))]).bounds == Rect(minX: 3, minY: 4, maxX: 3, maxY: 4))
    #expect(Path([.move(Point(.nan, 4)), .line(Point(1, 1))]).bounds.isNull)
    #expect(!Path([.move(Point(0, 0)), .quad(Point(0, .infinity), Point(1, 1))]).isFinite)
    let flat = Path([.move(Point(0, 0)), .cubic(Point(1, 0), Point(2, 0), Point(3, 0))])
    #expect(flat.bounds == Rect(minX: 0, minY: 0, maxX: 3, maxY: 0))
  }

  @Test func `the length of a curve is the integral of its speed`() {
    var dice = Dice(state: 2)
    for _ in 0..<30 {
      let (p, a, b, q) = (dice.point(-9...9), dice.point(-9...9), dice.point(-9...9), dice.point(-9...9))
      // Midpoint rule over the derivative.
      let n = 10_000
      var sum = 0.0
      for i in 0..<n {
        let t = (Double(i) + 0.5) / Double(n)
        let speed = (a - p) * (3 * (1 - t) * (1 - t)) + (b - a) * (6 * t * (1 - t)) + (q - b) * (3 * t * t)
        sum += speed.magnitude / Double(n)
      }
      let length = Path([.move(p), .cubic(a, b, q)]).length
      #expect(abs(length / sum - 1) < 1e-6)
    }
    #expect(Path([.move(Point(0, 0)), .line(Point(3, 0)), .line(Point(3, 4)), .close]).length == 12)
  }

  @Test func `mapping a curve maps its points`() {
    var dice = Dice(state: 4)
    let map = Affine(a: 1.5, b: -0.3, c: 0.7, d: 2, tx: 11, ty: -4)
    let path = randomPath(&dice)
    let mapped = Reference.contours(path.transformed(by: map))[0]
    for (p, q) in zip(Reference.contours(path)[0].map(map.apply), mapped) {
      #expect((p - q).magnitude < 1e-10)
    }
  }

  @Test func `flattened lines keep to the tolerance`() {
    var dice = Dice(state: 6)
    for tolerance in [0.01, 0.05, 1] {
      for _ in 0..<30 {
        let path = randomPath(&dice)
        let lines = path.flattened(tolerance: tolerance)[0].points
        for p in Reference.contours(path)[0] {
          #expect(Reference.distance(p, toLinesOf: lines) <= tolerance + 1e-9)
        }
      }
    }
  }
}
