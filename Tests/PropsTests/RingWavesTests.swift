import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite struct RingWavesTests {
  static func waves(_ change: (inout RingWaves) -> Void = { _ in }) -> RingWaves {
    var waves = RingWaves()
    waves.at = Vector(0, 2, 6)
    waves.reach = 2
    waves.length = 0.5
    waves.speed = 0
    change(&waves)
    return waves
  }

  static func painted(_ waves: RingWaves, moment: Moment = Moment(), side: Int = 160) throws -> PaintedCard {
    let card = try #require(Staging.scene(waves, moment: moment).cards.first)
    return PaintedCard(card.picture, width: side, height: side)
  }

  @Test("rings are round about their source, and fade") func rings() throws {
    let card = try Self.painted(Self.waves())
    let n = card.width
    func light(_ x: Int, _ y: Int) -> Float { card.red[y * n + x] }
    for d in 1..<n / 2 {
      let right = light(n / 2 + d - 1, n / 2)
      #expect(abs(right - light(n / 2 - d, n / 2)) < 1e-4)
      #expect(abs(right - light(n / 2, n / 2 + d - 1)) < 1e-4)
    }
    // Four waves of half a meter reach as far as the card, and begin and end softly; each crest is weaker than the last.
    let crests = (1..<n / 2 - 1).filter { d in
      let x = n / 2 + d
      return light(x, n / 2) > light(x - 1, n / 2) && light(x, n / 2) >= light(x + 1, n / 2)
        && light(x, n / 2) > 0.055
    }
    #expect(crests.count == 3)
    let strengths = crests.map { light(n / 2 + $0, n / 2) }
    #expect(strengths == strengths.sorted(by: >))
    #expect(card.alpha.allSatisfy { $0 == 0 }, "mere light covers nothing")
    #expect(card.isFinite)
  }

  @Test("two sources have their own hues, and agree between them") func sources() throws {
    let far = try Self.painted(
      Self.waves {
        $0.apart = 1
        $0.color = LinearColor(1, 0, 0)
        $0.secondColor = LinearColor(0, 0, 1)
        $0.agreement = 0
      })
    let n = far.width
    let red =
      (0..<n).reduce(Float(0)) { $0 + far.red[n / 2 * n + $1] * Float($1) }
      / (0..<n).reduce(Float(0)) { $0 + far.red[n / 2 * n + $1] }
    let blue =
      (0..<n).reduce(Float(0)) { $0 + far.blue[n / 2 * n + $1] * Float($1) }
      / (0..<n).reduce(Float(0)) { $0 + far.blue[n / 2 * n + $1] }
    #expect(red < blue)
    let agreed = try Self.painted(
      Self.waves {
        $0.apart = 1
        $0.color = LinearColor(1, 0, 0)
        $0.secondColor = LinearColor(0, 0, 1)
        $0.agreement = 2
      })
    let more = zip(agreed.red, far.red).map { $0 - $1 }
    #expect(more.allSatisfy { $0 >= 0 } && more.contains { $0 > 0.2 })
  }

  @Test("waves run outward, a whole one looks the same, and loops close") func motion() throws {
    let still = try Self.painted(Self.waves { $0.hollow = 0.3 })
    #expect(try Self.painted(Self.waves { ($0.hollow, $0.phase) = (0.3, 3) }).red == still.red)
    let moving = Self.waves { ($0.hollow, $0.speed) = (0.3, 0.7) }
    let start = try Self.painted(moving, moment: Moment(time: 0, loop: 4))
    let later = try Self.painted(moving, moment: Moment(time: 0.3, loop: 4))
    let end = try Self.painted(moving, moment: Moment(time: 4, loop: 4))
    #expect(zip(start.red, end.red).allSatisfy { abs($0 - $1) < 1e-4 })
    let n = start.width
    func crest(_ card: PaintedCard) -> Int {
      (n / 2 + 15..<n / 2 + 50).max { card.red[n / 2 * n + $0] < card.red[n / 2 * n + $1] } ?? 0
    }
    #expect(crest(later) > crest(start))
  }

  @Test("waves finer than a pixel become their mean, and no moiré") func fine() throws {
    let card = try Self.painted(Self.waves { $0.length = 0.01 })
    let n = card.width
    let row = (n / 2 + 4..<n).map { card.red[n / 2 * n + $0] }
    #expect(zip(row, row.dropFirst()).allSatisfy { $0 >= $1 - 1e-5 })
  }

  @Test("those on the ground lie above it, and shine on what is near") func ground() throws {
    let scene = try Staging.scene(
      Self.waves {
        $0.form = .ground
        $0.at = Vector(1, 0, 5)
        $0.shine = 4
        $0.apart = 1
      })
    let card = try #require(scene.cards.first)
    #expect(card.origin.y > 0 && card.up.y == 0 && card.up.z == 4 && card.right.x == 5)
    #expect(scene.lights.map(\.position.x) == [0.5, 1.5])
    #expect(!Staging.problems(Self.waves { $0.hollow = 3 }).isEmpty)
  }
}
