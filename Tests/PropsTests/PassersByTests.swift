import Catalog
import Foundation
import Raster
import Stage
import Testing

@testable import Props

@Suite struct PassersByTests {
  private func cards(_ count: Int, time: Double = 0, loop: Double? = nil, standing: Float = 0.25) throws
    -> [Card]
  {
    var people = PassersBy()
    people.count = count
    people.standing = standing
    var set = FigureTests.builder(time: time, loop: loop)
    try people.build(in: &set)
    return set.scene.cards
  }

  @Test func moreDoNotMoveTheOthers() throws {
    let few = try cards(6, standing: 1)
    let many = try cards(40, standing: 1)
    #expect(few.count == 6 && many.count == 40)
    for (a, b) in zip(few, many) {
      #expect(a.origin == b.origin && a.right == b.right && a.up == b.up)
      let isSame =
        PaintedCard(a.picture, width: 38, height: 60).planes
        == PaintedCard(b.picture, width: 38, height: 60).planes
      #expect(isSame)
    }
  }

  @Test func theyKeepToTheirRegion() throws {
    for time in stride(from: 0.0, to: 200, by: 13.7) {
      for card in try cards(60, time: time) {
        // The feet are at the drawing's axis.
        #expect((18...48).contains(card.origin.z))
        let middle = card.origin.x + card.right.x / 2
        #expect(abs(middle) < 5.2, "\(middle)")
      }
    }
  }

  @Test func theyAreOfHumanHeightAndDiffer() throws {
    let all = try cards(40, standing: 1)
    // The frame is 1214 thousandths of the body's height.
    let heights = all.map { $0.up.y / 1.214 }
    #expect(heights.allSatisfy { (1.599...1.901).contains($0) })
    #expect(Set(heights).count > 30)
    let pictures = Set(all.map { PaintedCard($0.picture, width: 38, height: 60).alpha })
    #expect(pictures.count > 30)
  }

  @Test func theyWalkSlowlyAndSteadily() throws {
    let before = try cards(40, time: 5, standing: 0)
    let after = try cards(40, time: 5.1, standing: 0)
    guard before.count == after.count else { return }
    let ways = zip(before, after).map { a, b in
      let d = b.origin - a.origin
      return (d.x * d.x + d.z * d.z).squareRoot()
    }
    // 0.9 m/s ± a quarter.
    let share = Double(ways.filter { (0.06...0.125).contains($0) }.count) / Double(ways.count)
    #expect(share > 0.9, "\(share)")
  }

  @Test func loopsClose() throws {
    let start = try cards(40, time: 0, loop: 10, standing: 0)
    let end = try cards(40, time: 10, loop: 10, standing: 0)
    #expect(start.count == end.count)
    for (a, b) in zip(start, end) {
      let d = a.origin - b.origin
      #expect(max(abs(d.x), abs(d.z)) < 1e-3)
      let one = PaintedCard(a.picture, width: 38, height: 60).alpha
      let other = PaintedCard(b.picture, width: 38, height: 60).alpha
      let worst = zip(one, other).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-3)
    }
  }

  @Test func picturesAreWhole() throws {
    for card in try cards(40) {
      let painted = PaintedCard(card.picture, width: 38, height: 60)
      let isSound = painted.planes.allSatisfy { $0.allSatisfy { $0.isFinite && $0 >= 0 } }
      #expect(isSound)
      #expect(painted.alpha.contains { $0 > 0 } && painted.alpha.allSatisfy { $0 <= 1 })
      // The frame is wide enough for all umbrellas.
      let isCut = (0..<60).contains { painted.alpha[$0 * 38] > 0 || painted.alpha[$0 * 38 + 37] > 0 }
      #expect(!isCut)
    }
  }

  @Test func hostileRegionsHarmNothing() throws {
    var people = PassersBy()
    people.count = .max
    people.left = 3
    people.right = 3
    people.near = 900
    people.far = 2
    people.speed = 10
    var set = FigureTests.builder(time: 1e9, loop: 0)
    try people.build(in: &set)
    #expect(set.scene.cards.count <= 400)
    let isFinite = set.scene.cards.allSatisfy { $0.origin.x.isFinite && $0.origin.z.isFinite }
    #expect(isFinite)
  }
}
