import Catalog
import Foundation
import Layers
import Outline
import Raster
import Stage
import Testing

@testable import Props

@Suite struct PictureCardTests {
  static func card(_ change: (inout PictureCard) -> Void) -> PictureCard {
    var card = PictureCard()
    change(&card)
    return card
  }

  static func outline(_ data: String) -> DrawnOutline? {
    (try? Path(svg: data)).map { DrawnOutline(path: $0) }
  }

  static func parameters(_ change: (inout PictureCard) -> Void) -> [String?] {
    Staging.problems(card(change)).map { $0.parameter }
  }

  @Test("one thing is on a card, and it can be drawn") func problems() {
    #expect(Self.parameters { _ in } == ["card"])
    #expect(
      Self.parameters {
        $0.shape = Self.outline("M0 0 H1 V1 Z")
        $0.text = "A"
      } == ["text"])
    #expect(Self.parameters { $0.shape = Self.outline("M0 0 H1") } == ["shape"])
    #expect(Self.parameters { $0.text = "\u{1F600}" } == ["text"])
    #expect(Self.parameters { $0.text = "" } == ["text"])
    #expect(
      Self.parameters {
        $0.text = "A"
        $0.font = ["No Such Font"]
      } == ["font"])
    #expect(Self.parameters { $0.file = "/nowhere.png" } == ["card"])
    #expect(Self.parameters { $0.text = "夜光" } == [])
  }

  @Test("proportions are kept, or given") func proportions() throws {
    let wide = "M0 0 H4 V2 H0 Z"
    func size(_ change: (inout PictureCard) -> Void) throws -> SIMD2<Float> {
      let scene = try Staging.scene(
        Self.card {
          $0.shape = Self.outline(wide)
          change(&$0)
        })
      let card = try #require(scene.cards.first)
      return SIMD2((card.right * card.right).sum().squareRoot(), (card.up * card.up).sum().squareRoot())
    }
    func isNear(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Bool { abs(a.x - b.x) + abs(a.y - b.y) < 1e-4 }
    #expect(isNear(try size { _ in }, SIMD2(4, 2)))
    #expect(isNear(try size { $0.width = 1 }, SIMD2(1, 0.5)))
    #expect(isNear(try size { $0.height = 3 }, SIMD2(6, 3)))
    #expect(
      isNear(
        try size {
          $0.height = 3
          $0.width = 1
        }, SIMD2(1, 3)))
  }

  @Test("coverage is the shape's area, light is its color") func coverage() throws {
    let scene = try Staging.scene(
      Self.card {
        $0.shape = Self.outline("M0 0 L1 0 L0 1 Z")
        $0.color = .color(LinearColor(2, 1, 0.5))
        $0.alpha = 0.5
      })
    let card = try #require(scene.cards.first)
    let painted = PaintedCard(card.picture, width: 64, height: 48)
    let cover = painted.alpha.reduce(0, +) / Float(64 * 48)
    #expect(abs(cover - 0.25) < 1e-3)
    let red = painted.red.reduce(0, +) / Float(64 * 48)
    #expect(abs(red - 1) < 4e-3)
    #expect(painted.isFinite && painted.hasLegalShares)
  }

  @Test("a lit card is a surface and no lamp") func lit() throws {
    let scene = try Staging.scene(
      Self.card {
        $0.text = "海"
        $0.lit = true
        $0.gain = 50
        $0.gloss = 0.5
      })
    let painted = PaintedCard(try #require(scene.cards.first).picture, width: 60, height: 60)
    #expect(painted.hasLegalShares && painted.red.allSatisfy { $0 == 0 })
    #expect(painted.surface.count == 6 && (painted.surface[0].max() ?? 0) > 0.9)
  }

  @Test("two faces turn to whoever looks") func bothSides() throws {
    func right(_ z: Float, _ bothSides: Bool) throws -> Float {
      let scene = try Staging.scene(
        Self.card {
          $0.text = "AB"
          $0.at = Vector(0, 0, z)
          $0.turn = 180
          $0.bothSides = bothSides
        })
      return try #require(scene.cards.first).right.x
    }
    // Turned round, its right side is the viewer's left.
    #expect(try right(5, false) < 0)
    #expect(try right(5, true) > 0)
  }

  @Test("a flat card lies at its height") func flat() throws {
    let scene = try Staging.scene(
      Self.card {
        $0.text = "A"
        $0.flat = true
        $0.at = Vector(1, 0.01, 4)
      })
    let card = try #require(scene.cards.first)
    #expect(card.up.y == 0 && card.up.z > 0 && card.origin.y == Float(0.01))
  }

  @Test("its light has its color and its power") func glow() throws {
    let scene = try Staging.scene(
      Self.card {
        $0.text = "A"
        $0.color = .color(LinearColor(0.5, 4, 1))
        $0.glow = 8
      })
    let light = try #require(scene.lights.first)
    #expect(abs(light.color.y - 8 * 0.45) < 1e-3 && abs(light.color.x * 8 - light.color.y) < 1e-2)
  }
}
