import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite("lamp, ring, sun, posts")
struct LampTests {
  @Test(
    "a lamp's light follows its power, through a cone of a unit axis",
    arguments: ["arm", "lantern", "hanging"])
  func lamp(form: String) throws {
    let weak = try Staging.scene(try #require(Staging.prop(Lamp.self, ["lamp": form, "power": "40"])))
    let strong = try Staging.scene(try #require(Staging.prop(Lamp.self, ["lamp": form, "power": "120"])))
    #expect(weak.lights.count == strong.lights.count)
    for (a, b) in zip(weak.lights, strong.lights) { #expect(abs(b.color.x / a.color.x - 3) < 1e-4) }
    let spot = try #require(strong.lights.first { $0.beam != nil })
    let beam = try #require(spot.beam)
    #expect(abs((beam.axis * beam.axis).sum() - 1) < 1e-5)
    #expect(beam.axis.y < 0 && beam.inner < beam.outer && spot.castsShadow)
    // The light is where the card shows it.
    let card = try #require(strong.cards.first)
    let share = (spot.position.x - card.origin.x) / card.right.x
    #expect(share > 0.05 && share < 0.95)
    #expect(spot.position.y > card.origin.y && spot.position.y < card.origin.y + card.up.y)
  }

  @Test("an arm to the other side is the mirror image")
  func mirrored() throws {
    func planes(_ arm: String) throws -> ([Float], Float) {
      let scene = try Staging.scene(try #require(Staging.prop(Lamp.self, ["arm": arm, "at": "[0, 10]"])))
      let card = try #require(scene.cards.first)
      let light = try #require(scene.lights.first)
      return CardCanvas.withCanvas(width: 120, height: 200, hasSurface: true) { canvas in
        card.picture.paint(canvas)
        return (Array(UnsafeBufferPointer(start: canvas.alpha, count: 120 * 200)), light.position.x)
      }
    }
    let (left, leftX) = try planes("-1.6")
    let (right, rightX) = try planes("1.6")
    #expect(abs(leftX + rightX) < 1e-5)
    var worst: Float = 0
    for y in 0..<200 {
      for x in 0..<120 { worst = max(worst, abs(left[y * 120 + x] - right[y * 120 + 119 - x])) }
    }
    #expect(worst < 0.02)
  }

  @Test("shadows lag behind a lamp that sways")
  func lag() throws {
    let lamp = try #require(
      Staging.prop(Lamp.self, ["sway": "0.3", "sway-period": "4", "lag": "0.7", "lamp": "hanging"]))
    let now = try Staging.scene(lamp, moment: Moment(time: 2.1))
    let before = try Staging.scene(lamp, moment: Moment(time: 1.4))
    let spot = try #require(now.lights.first { $0.castsShadow })
    let past = try #require(before.lights.first { $0.castsShadow })
    let origin = try #require(spot.shadowOrigin)
    #expect(abs(origin.x - past.position.x) < 1e-4)
    #expect(abs(origin.x - spot.position.x) > 1e-3)
    #expect(spot.position.x != past.position.x)
  }

  @Test("dead pieces of a ring throw no light, and others do")
  func ring() throws {
    func lit(_ dead: String) throws -> Scene {
      try Staging.scene(
        try #require(Staging.prop(Ring.self, ["dead": dead, "buzz": "0", "pieces": "4", "back-light": "0"])))
    }
    let whole = try lit("[]")
    let quarter = try lit("[1]")
    // The first quarter is the upper right one.
    let center = Ring().at
    func upperRight(_ scene: Scene) -> Int {
      scene.lights.filter { $0.position.x > center.x + 0.01 && $0.position.y > center.y + 0.01 }.count
    }
    #expect(upperRight(whole) == 3)
    #expect(upperRight(quarter) == 0)
    #expect(quarter.lights.count == whole.lights.count - 3)
    #expect(
      Staging.problems(try #require(Staging.prop(Ring.self, ["pieces": "4", "dead": "[5]"]))).first?.parameter
        == "dead")
  }

  @Test("a sun is opaque within its disc, and alike at every size", arguments: ["record", "disc", "slits"])
  func sun(form: String) throws {
    let scene = try Staging.scene(try #require(Staging.prop(Sun.self, ["sun": form])))
    let picture = try #require(scene.cards.first).picture
    func planes(_ n: Int) -> (red: [Float], alpha: [Float]) {
      CardCanvas.withCanvas(width: n, height: n, hasSurface: picture.hasSurface) { canvas in
        picture.paint(canvas)
        return (
          Array(UnsafeBufferPointer(start: canvas.red, count: n * n)),
          Array(UnsafeBufferPointer(start: canvas.alpha, count: n * n))
        )
      }
    }
    let (red, alpha) = planes(400)
    #expect(alpha[0] == 0)
    let area = alpha.reduce(0, +) / 160_000
    if form == "slits" {
      #expect(area < 0.74 && area > 0.4)
    } else {
      #expect(abs(area - .pi / 4) < 0.002)
      #expect(alpha[200 * 400 + 30] == 1)
    }
    for n in [20, 57] {
      let small = planes(n)
      let share = small.red.reduce(0, +) / Float(n * n) / (red.reduce(0, +) / 160_000)
      #expect(abs(share - 1) < 0.03, "\(n)")
    }
    #expect(scene.lights.contains { $0.castsShadow })
  }

  @Test("posts stand in rows, on the ground, and throw shadows")
  func posts() throws {
    let row = try Staging.scene(
      try #require(Staging.prop(Bollard.self, ["count": "4", "at": "[4, 9]", "step": "[0.1, 2.5]"])))
    #expect(row.cards.count == 4)
    for (number, card) in row.cards.enumerated() {
      #expect(card.castsShadow)
      #expect(abs(card.origin.x + card.right.x / 2 - (4 + 0.1 * Float(number))) < 1e-4)
      #expect(abs(card.origin.z - (9 + 2.5 * Float(number))) < 1e-4)
      #expect(card.origin.y == 0)
    }
    for form in ["round", "triangle", "octagon", "square"] {
      for shows in ["back", "front"] {
        let scene = try Staging.scene(
          try #require(Staging.prop(TrafficSign.self, ["traffic-sign": form, "shows": shows])))
        let card = try #require(scene.cards.first)
        let (top, foot) = CardCanvas.withCanvas(width: 60, height: 200, hasSurface: true) { canvas in
          card.picture.paint(canvas)
          let rows = (0..<200).map { y in (0..<60).reduce(Float(0)) { $0 + canvas.alpha[y * 60 + $1] } }
          return (rows.prefix(50).reduce(0, +) / 50, rows[140])
        }
        // A plate above a thin post.
        #expect(top > 20, "\(form) \(shows)")
        #expect(foot > 2 && foot < 9, "\(form) \(shows)")
      }
    }
  }
}
