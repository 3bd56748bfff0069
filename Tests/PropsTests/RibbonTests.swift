import Catalog
import Raster
import Stage
import Testing

@testable import Props

@Suite struct RibbonTests {
  private func cards(_ change: (inout Ribbon) -> Void = { _ in }) throws -> [Card] {
    var ribbon = Ribbon()
    ribbon.from = Vector(0, 0.05, 2)
    ribbon.to = Vector(3, 0.05, 2)
    change(&ribbon)
    return try Staging.scene(ribbon).cards
  }

  @Test("it begins where it leaves the shell, and its pieces hang together") func joined() throws {
    let cards = try cards()
    let first = try #require(cards.first)
    let start = first.origin + first.up * 0.5
    let off = start - Vector(0, 0.05, 2)
    #expect((off * off).sum().squareRoot() < 0.05)
    for (a, b) in zip(cards, cards.dropFirst()) {
      // Each piece's far middle is the next one's near middle, but for the twist between.
      let gap = (a.origin + a.right + a.up * 0.5) - (b.origin + b.up * 0.5)
      #expect((gap * gap).sum().squareRoot() < 0.03)
    }
  }

  @Test("it stays above the ground and within its height") func loops() throws {
    for card in try cards() {
      let middle = card.origin + card.up * 0.5
      #expect(middle.y > 0 && middle.y < 0.05 + 0.3 + 0.05)
    }
  }

  @Test("what has been wound in is not there, and what is left lies nearer") func winding() throws {
    let whole = try cards()
    let half = try cards { $0.out = 0.5 }
    #expect(half.count < whole.count)
    func reach(_ cards: [Card]) -> Float { cards.map { $0.origin.x }.max() ?? 0 }
    #expect(reach(half) < 0.75 * reach(whole))
    #expect(try cards { $0.out = 0 }.isEmpty)
  }

  @Test("what turns to the left mirrors the left") func sheen() throws {
    let cards = try cards {
      $0.sheenLeft = LinearColor(1, 0, 0)
      $0.sheenRight = LinearColor(0, 0, 1)
    }
    let pieces = cards.compactMap { $0.picture as? RibbonPiece }
    #expect(pieces.contains { $0.light.x > 2 * $0.light.z && $0.light.x > 0.1 })
    #expect(pieces.contains { $0.light.z > 2 * $0.light.x && $0.light.z > 0.1 })
  }

  @Test("a ribbon without a length is told of") func nowhere() {
    var ribbon = Ribbon()
    ribbon.to = ribbon.from
    #expect(Staging.problems(ribbon).map { $0.parameter } == ["to"])
  }
}
