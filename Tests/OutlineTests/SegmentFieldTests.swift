import Raster
import Testing

@testable import Outline

@Suite struct SegmentFieldTests {
  private func randomSegments(_ count: Int) -> [FieldSegment] {
    var dice = Dice(state: 31)
    return (0..<count).map { i in
      let p = dice.point(-20...220)
      return FieldSegment(from: p, to: p + dice.point(-15...15), payload: Int32(i), arcStart: Double(i) * 100)
    }
  }

  private struct Run: Equatable {
    var distance: [Float]
    var payload: [Int32]
    var arc: [Float]
  }

  private func run(_ field: SegmentField, y: Double, x0: Double, count: Int, limit: Float) -> Run {
    var result = Run(
      distance: .init(repeating: .nan, count: count), payload: .init(repeating: 99, count: count),
      arc: .init(repeating: .nan, count: count))
    field.distances(
      y: y, x0: x0, count: count, limit: limit, into: &result.distance, payload: &result.payload,
      arcLength: &result.arc)
    return result
  }

  @Test(arguments: [5.0, 40])
  func `distances are those of a search through all lines`(reach: Double) {
    let segments = randomSegments(150)
    let field = SegmentField(segments, reach: reach, clip: PixelRect(width: 200, height: 200))
    for y in stride(from: 0.5, to: 200, by: 23) {
      let found = run(field, y: y, x0: 0.5, count: 200, limit: Float(reach))
      for x in 0..<200 {
        let p = Point(Double(x) + 0.5, y)
        let best = segments.map { Reference.distance(p, toLinesOf: [$0.from, $0.to]) }.min() ?? .infinity
        #expect(abs(Double(found.distance[x]) - min(best, reach)) < 1e-3)
        let nearest = field.nearest(x: p.x, y: p.y)
        guard best < reach - 1e-3 else {
          if best > reach + 1e-3 { #expect(nearest == nil && found.payload[x] == -1) }
          continue
        }
        #expect(abs((nearest?.distance ?? -1) - best) < 1e-9)
        // The payload's own line must be as near as the nearest; ties may go either way.
        let index = Int(found.payload[x])
        guard segments.indices.contains(index) else {
          Issue.record("no line at \(x), \(y)")
          continue
        }
        let line = segments[index]
        #expect(abs(Reference.distance(p, toLinesOf: [line.from, line.to]) - best) < 1e-3)
        let along = (Double(found.arc[x]) - line.arcStart) / (line.to - line.from).magnitude
        let place = line.from + (line.to - line.from) * along
        #expect(abs((p - place).magnitude - best) < 0.01)
      }
    }
  }

  @Test func `a run does not depend on where it begins, nor on the clip`() {
    let segments = randomSegments(80)
    let whole = SegmentField(segments, reach: 30, clip: PixelRect(minX: -50, minY: -50, maxX: 250, maxY: 250))
    let part = SegmentField(segments, reach: 30, clip: PixelRect(minX: 61, minY: 40, maxX: 117, maxY: 60))
    let row = run(whole, y: 47.3, x0: -49.7, count: 299, limit: 25)
    for (start, count) in [(61, 56), (70, 1), (80, 13)] {
      let short = run(part, y: 47.3, x0: -49.7 + Double(start + 50), count: count, limit: 25)
      let slice = start + 50..<start + 50 + count
      #expect(short.payload == Array(row.payload[slice]))
      #expect(zip(short.distance, row.distance[slice]).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    // With positions that are exact in binary, to the last bit.
    let exact = run(whole, y: 47.5, x0: -49.5, count: 299, limit: 25)
    #expect(
      run(part, y: 47.5, x0: 61.5, count: 56, limit: 25)
        == Run(
          distance: Array(exact.distance[111..<167]), payload: Array(exact.payload[111..<167]),
          arc: Array(exact.arc[111..<167])))
  }

  @Test func `arc lengths run along a polyline`() {
    let line = Polyline([Point(0, 0), Point(30, 0), Point(30, 40)], isClosed: true)
    let segments = FieldSegment.segments(line, payload: 7, arcStart: 5)
    #expect(segments.map(\.arcStart) == [5, 35, 75])
    let field = SegmentField(segments, reach: 10, clip: PixelRect(width: 60, height: 60))
    #expect(field.nearest(x: 33, y: 20) == .init(distance: 3, arcLength: 55, payload: 7))
    #expect(field.nearest(x: 33, y: 20, within: 2) == nil)
    #expect(field.nearest(x: 45, y: 20) == nil)
  }

  @Test func `hostile lines and questions`() {
    let odd = [
      FieldSegment(from: Point(.nan, 0), to: Point(1, 1)),
      FieldSegment(from: Point(-1e300, 0), to: Point(1e300, 1)),
      FieldSegment(from: Point(-1e7, -1e7), to: Point(1e7, 1e7), payload: 3),
      FieldSegment(from: Point(5, 5), to: Point(5, 5)),
    ]
    for reach in [0, 1e9, .nan, -1, .infinity] {
      let field = SegmentField(
        odd, reach: reach, clip: PixelRect(minX: .min / 4, minY: .min / 4, maxX: .max / 4, maxY: .max / 4))
      for x in [0, 1e300, -1e300, .nan, .infinity] {
        let found = run(field, y: 4, x0: x, count: 9, limit: 2)
        #expect(found.distance.allSatisfy { $0 >= 0 && $0 <= 2 })
        #expect((field.nearest(x: x, y: x)?.distance ?? 0) >= 0)
      }
    }
    let none = SegmentField([], reach: 10, clip: PixelRect(width: 9, height: 9))
    #expect(run(none, y: 4, x0: 0, count: 9, limit: 2).distance == .init(repeating: 2, count: 9))
  }
}
