import Raster
import Stage
import Testing

@testable import Props

/// Figures who are not all there: echoes, and those who come out of the ground.
@Suite struct FigureRisingTests {
  static func card(_ change: (inout Figure) -> Void) throws -> PaintedCard {
    var figure = Figure()
    figure.sway = 0
    change(&figure)
    let card = try #require(Staging.scene(figure).cards.first)
    return PaintedCard(card.picture, width: 220, height: 440)
  }

  @Test("an echo covers nothing, and its edges are as bright") func echo() throws {
    let body = try Self.card { $0.pose = .palm }
    let echo = try Self.card {
      $0.pose = .palm
      $0.cover = 0
    }
    #expect(body.alpha.contains { $0 > 0.9 })
    #expect(echo.alpha.allSatisfy { $0 == 0 })
    #expect(echo.red == body.red && echo.blue == body.blue)
    #expect(echo.hasLegalShares)
  }

  @Test("who rises shows the foremost foot first, then all up to a height") func rising() throws {
    let whole = try Self.card { $0.pose = .walk }
    let first = try Self.card {
      $0.pose = .walk
      $0.risen = 0.2
    }
    let later = try Self.card {
      $0.pose = .walk
      $0.risen = 0.5
    }
    func columns(_ card: PaintedCard, _ rows: Range<Int>) -> ClosedRange<Int>? { card.extent(rows: rows) }
    // The picture is a little higher than the body: its upper half is above the waist.
    #expect(columns(first, 0..<300) == nil)
    #expect(columns(later, 0..<200) == nil)
    let both = try #require(columns(whole, 400..<440))
    let one = try #require(columns(first, 400..<440))
    // It walks to the left, and its left foot is ahead.
    #expect(abs(one.lowerBound - both.lowerBound) <= 1)
    #expect(one.upperBound < (both.lowerBound + both.upperBound) / 2 + 20)
    #expect(columns(later, 400..<440) == both)
    #expect(try Staging.scene(Staging.prop(Figure.self, ["risen": "0"]) ?? Figure()).cards.isEmpty)
  }
}
