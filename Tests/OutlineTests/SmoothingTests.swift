import Raster
import Testing

@testable import Outline

@Suite struct SmoothingTests {
  @Test func `points on a circle give the circle`() {
    let points = (0..<8).map { clockVector(degrees: Double($0) * 45) * 100 }
    let closed = Polyline(points, isClosed: true).smoothed()
    for p in Reference.contours(closed)[0] { #expect(abs(p.magnitude - 100) < 0.001) }
    let open = Polyline(points).smoothed()
    for p in Reference.contours(open)[0] { #expect(abs(p.magnitude - 100) < 0.001) }
    #expect(open.elements.first == .move(points[0]))
  }

  @Test func `the curve passes through all points, and its tangent is continuous but at corners`() {
    // A zigzag with one right angle, at index 3.
    let points = [Point(0, 0), Point(10, 3), Point(20, 2), Point(30, 8), Point(24, 18), Point(20, 30)]
    let path = Polyline(points).smoothed(cornerAngle: 62)
    var bends: [Double] = []
    var ends: [Point] = [points[0]]
    var arriving: Point?
    for element in path.elements.dropFirst() {
      guard case .cubic(let a, let b, let end) = element, let start = ends.last else { continue }
      if let arriving {
        let leaving = a - start
        bends.append(abs(arcTangent(arriving.cross(leaving), arriving.dot(leaving))) * 180 / .pi)
      }
      arriving = end - b
      ends.append(end)
    }
    #expect(ends == points)
    #expect(bends.count == 4)
    for (i, bend) in bends.enumerated() { #expect(i == 2 ? bend > 62 : bend < 1e-6, "\(i): \(bend)") }
  }

  @Test func `corners all around leave straight lines`() {
    let square = Polyline([Point(0, 0), Point(9, 0), Point(9, 9), Point(0, 9)], isClosed: true)
    #expect(
      square.smoothed()
        == Path([
          .move(Point(0, 0)), .line(Point(9, 0)), .line(Point(9, 9)), .line(Point(0, 9)), .line(Point(0, 0)),
          .close,
        ]))
  }

  @Test func `few, equal and hostile points`() {
    #expect(Polyline([]).smoothed().isEmpty)
    #expect(Polyline([Point(1, 1)]).smoothed() == Path([.move(Point(1, 1))]))
    #expect(
      Polyline([Point(1, 1), Point(1, 1), Point(2, 2)]).smoothed()
        == Path([.move(Point(1, 1)), .line(Point(2, 2))]))
    let wild = Polyline(
      [Point(.nan, 0), Point(1e300, 0), Point(-1e300, 1), Point(3, 1e-300), Point(3, 0)], isClosed: true)
    #expect(wild.smoothed(cornerAngle: .nan).elements.count == 6)
  }
}
