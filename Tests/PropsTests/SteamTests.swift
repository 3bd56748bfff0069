import Catalog
import Layers
import Raster
import Stage
import Testing

@testable import Props

@Suite struct SteamTests {
  /// The layers of steam that a prop adds, without its cover.
  static func layers(
    _ settings: KeyValuePairs<String, String> = [:], seed: UInt64 = 7, moment: Moment = Moment(time: 3.7)
  ) throws -> [SteamPicture] {
    var steam = try #require(Staging.prop(Steam.self, settings))
    steam.cover = .none
    return try Staging.scene(steam, seed: seed, moment: moment).cards.compactMap {
      $0.picture as? SteamPicture
    }
  }

  static func painted(
    _ settings: KeyValuePairs<String, String> = [:], seed: UInt64 = 7, moment: Moment = Moment(time: 3.7)
  ) throws -> [PaintedCard] {
    try layers(settings, seed: seed, moment: moment).map { PaintedCard($0, width: 90, height: 120) }
  }

  @Test("finite and legal at any size and for any description")
  func legal() throws {
    let descriptions: [KeyValuePairs<String, String>] = [
      [:], ["steam": "1", "color": "#ffffff"], ["height": "200", "width": "0.02", "cover-size": "0.02"],
      ["height": "0.05", "width": "200", "drift": "-200"], ["speed": "100", "width": "0.02"],
    ]
    for description in descriptions {
      for layer in try Self.layers(description, moment: Moment(time: 1e7)) {
        for (w, h) in [(1, 1), (13, 7), (80, 100)] {
          let card = PaintedCard(layer, width: w, height: h)
          #expect(card.isFinite && card.hasLegalShares, "\(description) at \(w) × \(h)")
        }
      }
    }
  }

  @Test("there is steam, it is never thick, and it ends before its card does")
  func borders() throws {
    for description in [[:], ["steam": "1"], ["steam": "1", "drift": "-2"], ["width": "0.1"]]
      as [KeyValuePairs<String, String>]
    {
      var clear: Float = 1
      for layer in try Self.layers(description) {
        let card = PaintedCard(layer, width: 240, height: 320)
        let (w, h) = (card.width, card.height)
        var border: Float = 0
        for x in 0..<w { border = max(border, card.alpha[x], card.alpha[(h - 1) * w + x]) }
        for y in 0..<h { border = max(border, card.alpha[y * w], card.alpha[y * w + w - 1]) }
        #expect(border < 0.002, "\(description)")
        let most = card.alpha.max() ?? 0
        #expect(most > 0.08 && most < 0.35, "\(description): \(most)")
        clear *= 1 - most
      }
      #expect(clear > 0.3, "\(description): what is behind is lost")
    }
  }

  @Test("two sizes show one picture") func sizes() throws {
    for layer in try Self.layers() {
      let small = PaintedCard(layer, width: 120, height: 150)
      let large = PaintedCard(layer, width: 480, height: 600)
      let reduced = large.reduced(large.alpha, by: 4)
      let size = reduced.reduce(0, +)
      let error = zip(small.alpha, reduced).reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(size > 0 && error < 0.06 * size, "\(error) of \(size)")
    }
  }

  @Test("time moves it upward, and nothing else does") func moves() throws {
    let now = try Self.painted()
    let again = try Self.painted()
    let isRepeated = now.map(\.planes) == again.map(\.planes)
    #expect(isRepeated)
    let later = try Self.painted(moment: Moment(time: 3.8))
    for (a, b) in zip(now, later) {
      let isSame = a.alpha == b.alpha
      #expect(!isSame)
      // What was here a tenth of a second ago lies higher by about 7 cm, which is 3 texels: shifted so, the pictures
      // differ least.
      func difference(_ shift: Int) -> Float {
        var sum: Float = 0
        for y in 40..<80 {
          for x in 0..<a.width { sum += abs(a.alpha[(y + shift) * a.width + x] - b.alpha[y * a.width + x]) }
        }
        return sum
      }
      let best = (-8...8).min { difference($0) < difference($1) } ?? 0
      #expect((1...5).contains(best), "\(best)")
    }
    let still = try Self.painted(["speed": "0"])
    let stillLater = try Self.painted(["speed": "0"], moment: Moment(time: 9))
    let standsStill = still.map(\.planes) == stillLater.map(\.planes)
    #expect(standsStill)
  }

  @Test("a loop closes", arguments: [1, 5, 12.3]) func loops(_ loop: Double) throws {
    let start = try Self.painted(moment: Moment(time: 0, loop: loop))
    let middle = try Self.painted(moment: Moment(time: loop * 0.37, loop: loop))
    // A moment at the very end, as nobody asks for it, and one just before.
    let end = try Self.painted(moment: Moment(time: loop, loop: loop))
    let before = try Self.painted(moment: Moment(time: loop * (1 - 1e-6), loop: loop))
    for i in start.indices {
      func difference(_ a: PaintedCard) -> Float {
        zip(a.alpha, start[i].alpha).reduce(0) { max($0, abs($1.0 - $1.1)) }
      }
      #expect(difference(end[i]) < 1e-3)
      #expect(difference(before[i]) < 1e-3)
      #expect(difference(middle[i]) > 0.02)
    }
  }

  @Test("nothing adds nothing; covers can be had alone") func nothing() throws {
    let none = try #require(Staging.prop(Steam.self, ["steam": "0", "cover": "none"]))
    let empty = try Staging.scene(none)
    #expect(empty.cards.isEmpty && empty.lights.isEmpty && empty.boxes.isEmpty && empty.strands.isEmpty)
    for cover in ["manhole", "grate"] {
      let prop = try #require(Staging.prop(Steam.self, ["steam": "0", "cover": cover, "at": "[1, 5]"]))
      let cards = try Staging.scene(prop).cards
      #expect(cards.count == 1)
      let card = try #require(cards.first)
      let top = card.origin + card.up + card.right
      #expect(card.origin.y > 0 && top.y < 0.02, "it lies in the road")
      for (w, h) in [(1, 1), (9, 3), (64, 64)] {
        let painted = PaintedCard(card.picture, width: w, height: h)
        #expect(painted.isFinite && painted.hasLegalShares)
        let brightest = painted.surface[0].max() ?? 1
        #expect(brightest < 0.08, "iron is dark")
      }
    }
  }

  @Test("more of it is more") func amount() throws {
    let sums = try ["0.1", "0.4", "0.7", "1"].map { amount in
      try Self.painted(["steam": amount]).reduce(Float(0)) { $0 + $1.alpha.reduce(0, +) }
    }
    let grows = zip(sums, sums.dropFirst()).allSatisfy { $0 * 1.08 < $1 }
    #expect(sums[0] > 0 && grows, "\(sums)")
  }

  @Test("a seed makes one plume, another one another; its layers differ") func seeds() throws {
    let one = try Self.painted(seed: 3)
    let again = try Self.painted(seed: 3)
    let other = try Self.painted(seed: 4)
    let isRepeated = one.map(\.planes) == again.map(\.planes)
    #expect(isRepeated)
    for (a, b) in zip(one, other) {
      let isSame = a.alpha == b.alpha
      #expect(!isSame)
    }
    let layersDiffer = one[0].alpha != one[1].alpha && one[1].alpha != one[2].alpha
    #expect(layersDiffer)
  }

  @Test("its layers face the camera from wherever it looks") func faces() throws {
    for offset: Float in [-8, 0, 5] {
      var scene = Scene()
      scene.camera.offset = offset
      var builder = Staging.builder(scene: scene)
      var steam = Steam()
      steam.cover = .none
      try steam.build(in: &builder)
      for card in builder.scene.cards {
        let way = steam.at - scene.camera.eye
        #expect(abs((card.right * Vector(way.x, 0, way.z)).sum()) < 1e-3)
        #expect(card.up == Vector(0, steam.height, 0))
      }
    }
  }
}
