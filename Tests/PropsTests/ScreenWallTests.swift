import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite struct ScreenWallTests {
  static func picture(_ show: ScreenWall.Show, snow: Float = 0, roll: Float = 0, frame: UInt32 = 0)
    -> ScreenPicture
  {
    ScreenPicture(
      show: show, part: .init(column: 1, row: 0, columns: 3, rows: 2), snow: snow, roll: roll,
      light: Vector(0.66, 1, 0.58), seed: 3, lineSeed: 9, frame: frame)
  }

  @Test("finite and legal at any size", arguments: ScreenWall.Show.allCases)
  func legal(_ show: ScreenWall.Show) {
    for (w, h) in [(1, 1), (13, 7), (160, 120)] {
      for frame in [UInt32(0), 77, .max] {
        let painted = PaintedCard(Self.picture(show, snow: 1, roll: 0.9, frame: frame), width: w, height: h)
        #expect(painted.isFinite && painted.hasLegalShares)
      }
    }
  }

  @Test("static changes with the frame, and with nothing else") func frames() {
    let one = PaintedCard(Self.picture(.snow, frame: 4), width: 80, height: 60)
    let again = PaintedCard(Self.picture(.snow, frame: 4), width: 80, height: 60)
    let next = PaintedCard(Self.picture(.snow, frame: 5), width: 80, height: 60)
    #expect(one.planes == again.planes)
    #expect(one.green != next.green)
    let still = PaintedCard(Self.picture(.testCard, frame: 4), width: 80, height: 60)
    let later = PaintedCard(Self.picture(.testCard, frame: 5), width: 80, height: 60)
    #expect(still.planes == later.planes)
  }

  @Test("two sizes show one test card") func sizes() {
    let small = PaintedCard(Self.picture(.testCard), width: 120, height: 90)
    let large = PaintedCard(Self.picture(.testCard), width: 480, height: 360)
    let reduced = large.reduced(large.green, by: 4)
    let size = reduced.reduce(0, +) / Float(reduced.count)
    let error = zip(small.green, reduced).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(reduced.count)
    #expect(error < 0.08 * size, "\(error) of \(size)")
  }

  @Test("a wall has as many sets as it says, and few lights") func counts() throws {
    let prop = try #require(
      Staging.prop(ScreenWall.self, ["columns": "24", "rows": "24", "size": "50", "gap": "10", "dead": "0"]))
    let scene = try Staging.scene(prop)
    #expect(scene.boxes.count == 576 && scene.cards.count == 576 && scene.lights.count == 9)
    var dead = ScreenWall()
    dead.dead = 1
    let dark = try Staging.scene(dead)
    #expect(dark.lights.isEmpty && dark.cards.count == 9)
  }

  @Test("screens stand before their casings, beside each other") func places() throws {
    let scene = try Staging.scene(ScreenWall())
    let pairs = Array(zip(scene.boxes, scene.cards))
    #expect(
      pairs.allSatisfy { box, card in
        let end = card.origin + card.right + card.up
        return card.origin.z < box.low.z && card.origin.x > box.low.x && card.origin.y > box.low.y
          && end.x < box.high.x && end.y < box.high.y
      })
    for (i, a) in scene.boxes.enumerated() {
      for b in scene.boxes.dropFirst(i + 1) {
        let overlaps = a.low.x < b.high.x && b.low.x < a.high.x && a.low.y < b.high.y && b.low.y < a.high.y
        #expect(!overlaps)
      }
    }
  }
}
