import Raster
import Testing

@testable import Outline

@Suite struct BendsTests {
  private let corner = Polyline([Point(0, 0), Point(10, 0), Point(10, 10)])

  @Test("a corner becomes an arc of the radius, and what is straight stays")
  func fillet() throws {
    let bent = corner.filleted(radius: 2)
    #expect(bent.points.first == Point(0, 0) && bent.points.last == Point(10, 10))
    let arc = bent.points.dropFirst().dropLast()
    #expect(arc.count > 8)
    // About (8, 2).
    #expect(arc.allSatisfy { abs(($0 - Point(8, 2)).magnitude - 2) < 0.005 })
    #expect(abs(bent.length - (16 + .pi)) < 0.01)
    #expect(corner.filleted(radius: 0) == corner)
  }

  @Test("neighbors share the room between them")
  func room() {
    let step = Polyline([Point(0, 0), Point(10, 0), Point(10, 1), Point(20, 1)])
    let bent = step.filleted(radius: 5)
    #expect(bent.points.allSatisfy { $0.isFinite && $0.y >= -1e-9 && $0.y <= 1 + 1e-9 })
    #expect(bent.length < step.length && bent.length > 20)
  }

  @Test("a closed line keeps closed and loses all corners")
  func loop() {
    let square = Polyline([Point(0, 0), Point(8, 0), Point(8, 8), Point(0, 8)], isClosed: true)
    let bent = square.filleted(radius: 1)
    #expect(bent.isClosed && abs(bent.length - (4 * 6 + 2 * .pi)) < 0.02)
  }

  @Test("lines beside a line keep their distance, inside narrow bends too", arguments: [-0.7, 0.7])
  func parallel(distance: Double) throws {
    let bent = Polyline([Point(0, 0), Point(10, 0), Point(1, 4)]).filleted(radius: 0.5)
    let beside = bent.parallel(at: distance)
    #expect(beside.points.count > 20)
    for p in beside.points {
      let d = try #require(bent.nearest(to: p)).distance
      #expect(d > 0.97 * 0.7 && d < 1.45 * 0.7)
    }
    // The right hand of who walks along +x is +y, which is down.
    let first = try #require(beside.points.first)
    #expect(abs(first.y - distance) < 1e-9)
  }

  @Test("cutting and opening")
  func cuts() throws {
    let cut = try #require(corner.trimmed(start: 4, end: 9))
    #expect(cut == Polyline([Point(4, 0), Point(10, 0), Point(10, 1)]))
    #expect(corner.trimmed(start: 10, end: 10) == nil)
    #expect(corner.point(at: 13) == Point(10, 3) && corner.point(at: 99) == Point(10, 10))
    #expect(try #require(corner.nearest(to: Point(12, 5))) == (2, 15))

    let square = Polyline([Point(0, 0), Point(8, 0), Point(8, 8), Point(0, 8)], isClosed: true)
    let open = square.opened(at: 30)
    #expect(!open.isClosed && open.points.first == Point(0, 2) && open.points.last == Point(0, 2))
    #expect(abs(open.length - 32) < 1e-9)
  }

  @Test("crossings")
  func crossings() {
    #expect(corner.crosses(Polyline([Point(5, -1), Point(5, 1)])))
    #expect(!corner.crosses(Polyline([Point(5, 1), Point(5, 3)])))
    #expect(!corner.crosses(Polyline([Point(0, 1), Point(9, 1)])))
  }

  @Test("points in one place, infinities and single points do no harm")
  func odd() {
    let lines = [
      Polyline([]), Polyline([Point(1, 1)]), Polyline([Point(1, 1), Point(1, 1), Point(1, 1)]),
      Polyline([Point(0, 0), Point(1, 0), Point(0, 0)]),
      Polyline([Point(0, 0), Point(.infinity, 0), Point(0, 1)], isClosed: true),
      Polyline([Point(0, 0), Point(1e300, 0), Point(1e300, 1e300)]),
    ]
    for line in lines {
      for radius in [0.1, 5, 1e9] {
        _ = line.filleted(radius: radius).parallel(at: radius)
        _ = line.trimmed(start: radius, end: 0)
        _ = line.opened(at: radius)
      }
    }
  }
}
