import Catalog
import Outline
import Raster
import Testing

@testable import Layers

/// Letters that differ from each other by chance.
@Suite struct LetterWearTests {
  private func text(_ string: String, _ set: (inout LetterWear) -> Void = { _ in }) -> Text {
    var layer = Text()
    layer.text = string
    layer.size = 0.5
    layer.font = ["League Spartan Bold"]
    set(&layer.wear)
    return layer
  }

  /// With the left edge of the ink in one place, so that more letters move nothing.
  private func painted(_ layer: Text, time: Double = 0, loop: Double? = nil) throws -> Painted {
    try Painted(
      layer,
      Painting.context(400, 200, time: time, loop: loop) {
        $0.anchor = .named(.baselineLeft)
        $0.at = Point(0.05, 0.7)
      })
  }

  private func sum(_ painted: Painted) -> Double { painted.sum.w }

  @Test("slits take their heights out of the letters, in their zone only") func slits() throws {
    let bare = try painted(text("HHH"))
    let cut = try painted(
      text("HHH") {
        $0.slits = 4
        $0.slitHeight = 0.04
        $0.slitZone = [0.5, 1]
      })
    let ink = try #require(bare.ink)
    let half = Int((ink.minY + ink.maxY) / 2)
    for y in 0..<half - 2 { for x in 0..<400 { #expect(abs(bare[x, y].w - cut[x, y].w) < 2e-3) } }
    #expect(sum(cut) < 0.9 * sum(bare) && sum(cut) > 0.75 * sum(bare))
    // Through the stem of an H, gaps are wholly empty somewhere.
    let x = Int(ink.minX) + 4
    #expect((half..<Int(ink.maxY) - 1).contains { cut[x, $0].w < 0.01 && bare[x, $0].w == 1 })
  }

  @Test("tears move rows aside and lose nothing") func tears() throws {
    let bare = try painted(text("IOI"))
    let torn = try painted(
      text("IOI") {
        $0.tears = 3
        $0.tearHeight = 0.08
        $0.tearShift = 0.1
      })
    #expect(abs(sum(torn) / sum(bare) - 1) < 0.001)
    #expect(torn != bare)
    let (a, b) = (try #require(bare.ink), try #require(torn.ink))
    #expect(b.minX < a.minX - 1 || b.maxX > a.maxX + 1)
    #expect(abs(a.minY - b.minY) < 0.02 && abs(a.maxY - b.maxY) < 0.02)
  }

  @Test("only the letters that are named are worn") func worn() throws {
    let bare = try painted(text("HHHH"))
    let cut = try painted(
      text("HHHH") {
        $0.slits = 5
        $0.slitZone = [0, 1]
        $0.wornLetters = [4]
      })
    let ink = try #require(bare.ink)
    let edge = Int(ink.minX + 0.74 * ink.width)
    for y in 0..<200 { for x in 0..<edge { #expect(abs(bare[x, y].w - cut[x, y].w) < 2e-3) } }
    #expect(sum(cut) < sum(bare))
    let problem = Painting.problems(
      text("HH") { ($0.slits, $0.wornLetters) = (1, [3]) }, Painting.context(80, 80))
    #expect(problem.first?.parameter == "worn-letters")
    #expect(problem.first?.message == "there is no letter 3: the text has 2")
    #expect(
      Painting.problems(text("HH") { $0.slitZone = [0.8, 0.2] }, Painting.context(80, 80)).first?.parameter
        == "slit-zone")
  }

  @Test("another letter changes nothing about the others") func stable() throws {
    func wear(_ wear: inout LetterWear) {
      wear.jitter = 0.05
      wear.jitterAngle = 8
      wear.jitterSize = 0.1
      wear.tears = 2
      wear.slits = 3
    }
    let (short, long) = (try painted(text("HEHE", wear)), try painted(text("HEHEH", wear)))
    // The anchor is that of the ink, which the first letter's jitter decides in both.
    let ink = try #require(short.ink)
    var worst: Float = 0
    for y in 0..<200 {
      for x in 0..<Int(ink.maxX) - 8 { worst = max(worst, abs(short[x, y].w - long[x, y].w)) }
    }
    #expect(worst < 0.02, "\(worst)")
  }

  @Test("letters are moved by no more than was said, and none keeps its place") func jitter() throws {
    let wear = {
      var wear = LetterWear()
      wear.jitter = 0.1
      return wear
    }()
    let square = Path.rectangle(Rect(minX: 0, minY: 0, maxX: 10, maxY: 10))
    let letters = (0..<200).map { TypeLetter(path: square, number: $0, line: 0) }
    let moved = wear.moved(letters, em: 50, seed: Seed(3))
    let offsets = moved.map { Point($0.path.bounds.minX, $0.path.bounds.minY) }
    #expect(offsets.allSatisfy { abs($0.x) <= 5 && abs($0.y) <= 5 })
    #expect(Set(offsets).count == 200)
    let mean = offsets.reduce(Point.zero, +) * (1.0 / 200)
    #expect(abs(mean.x) < 0.8 && abs(mean.y) < 0.8)
    #expect((offsets.map { abs($0.x) }.max() ?? 0) > 4)
  }

  @Test("flickering letters fail one by one, and a loop closes") func flicker() throws {
    let layer = text("IIIIII") { $0.flicker = 1 }
    let bare = try painted(text("IIIIII"))
    let frames = try (0..<24).map { try painted(layer, time: Double($0) / 8, loop: 3) }
    #expect(frames.contains { sum($0) < 0.95 * sum(bare) })
    #expect(frames.allSatisfy { sum($0) <= sum(bare) + 1e-3 && sum($0) > 0 })
    #expect(Set(frames.map { Int(sum($0)) }).count > 6)
    #expect(try painted(layer, time: 3, loop: 3) == frames[0])
  }

  @Test("a misprint parts red from blue, and the middle keeps its color") func misprint() throws {
    let bare = try painted(text("I"))
    let parted = try painted(text("I") { $0.misprint = 0.04 })
    let ink = try #require(bare.ink)
    // 100 pixels of em: four to either side.
    let y = Int((ink.minY + ink.maxY) / 2)
    let (left, right) = (Int(ink.minX), Int(ink.maxX))
    #expect(parted[left - 2, y] == SIMD4(1, 0, 0, 1))
    #expect(parted[right + 2, y] == SIMD4(0, 0, 1, 1))
    #expect(parted[(left + right) / 2, y] == SIMD4(1, 1, 1, 1))
  }

  @Test("turned letters are cut along their own rows") func turned() throws {
    let layer = text("HH") {
      $0.slits = 3
      $0.slitZone = [0, 1]
    }
    let upright = try Painted(layer, Painting.context(200, 200))
    let turned = try Painted(layer, Painting.context(200, 200) { $0.rotate = 90 })
    var worst: Float = 0
    for y in 0..<200 { for x in 0..<200 { worst = max(worst, abs(upright[x, y].w - turned[199 - y, x].w)) } }
    #expect(worst < 0.01, "\(worst)")
  }
}
