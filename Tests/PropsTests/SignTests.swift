import Catalog
import Layers
import Outline
import Raster
import Stage
import Testing

@testable import Props

/// What a card shows, as plain arrays.
private struct Shown {
  let width: Int
  let height: Int
  var red: [Float] = []
  var green: [Float] = []
  var alpha: [Float] = []

  init(_ picture: any CardPicture, width: Int, height: Int) {
    self.width = width
    self.height = height
    (red, green, alpha) = CardCanvas.withCanvas(width: width, height: height, hasSurface: picture.hasSurface)
    {
      canvas in
      picture.paint(canvas)
      let count = width * height
      return (
        Array(UnsafeBufferPointer(start: canvas.red, count: count)),
        Array(UnsafeBufferPointer(start: canvas.green, count: count)),
        Array(UnsafeBufferPointer(start: canvas.alpha, count: count))
      )
    }
  }

  func mean(_ plane: [Float]) -> Float { plane.reduce(0, +) / Float(max(1, plane.count)) }

  /// The largest difference from a picture of a whole multiple of the size, averaged down to this one.
  func difference(from large: Shown) -> Float {
    let factor = large.width / width
    var sum: Float = 0
    for y in 0..<height {
      for x in 0..<width {
        var mean: Float = 0
        for j in 0..<factor {
          for i in 0..<factor { mean += large.red[(y * factor + j) * large.width + x * factor + i] }
        }
        let d = mean / Float(factor * factor) - red[y * width + x]
        sum += d * d
      }
    }
    return (sum / Float(width * height)).squareRoot()
  }
}

private func sign(_ settings: KeyValuePairs<String, String>) throws -> Sign {
  try #require(Staging.prop(Sign.self, settings))
}

private func total(_ scene: Scene) -> SIMD3<Float> { scene.lights.reduce(SIMD3<Float>()) { $0 + $1.color } }

@Suite("sign")
struct SignTests {
  @Test("its light does not depend on the number of points that throw it", arguments: ["neon", "box"])
  func sources(form: String) throws {
    var totals: [Float] = []
    for count in ["1", "2", "3", "5", "12"] {
      let scene = try Staging.scene(
        sign(["sign": form, "text": "海霧旅社", "letters": "[1, 0.9, 0.06, 1]", "buzz": "0", "sources": count]))
      totals.append(total(scene).x)
    }
    #expect(totals.allSatisfy { abs($0 - totals[0]) < 1e-3 * totals[0] }, "\(totals)")
    #expect(totals[0] > 1)
  }

  @Test("a dead letter throws no light")
  func deadLetter() throws {
    let alive = try Staging.scene(sign(["text": "海霧旅社", "border": "0", "buzz": "0", "sources": "4"]))
    let dead = try Staging.scene(
      sign(["text": "海霧旅社", "border": "0", "buzz": "0", "sources": "4", "letters": "[1, 1, 0, 1]"]))
    #expect(abs(total(dead).x / total(alive).x - 0.75) < 0.01)
    func light(_ scene: Scene, near y: Float) -> Float {
      scene.lights.filter { abs($0.position.y - y) < 0.3 }.reduce(0) { $0 + $1.color.x }
    }
    // The third of four letters from the top.
    let card = try #require(alive.cards.first)
    let y = card.origin.y + card.up.y * (1 - 2.5 / 4)
    #expect(light(alive, near: y) > 1)
    #expect(light(dead, near: y) < 0.25 * light(alive, near: y))
  }

  @Test("it is as high or as wide as it is told, and never both")
  func measures() throws {
    for direction in ["vertical", "horizontal"] {
      var scene = try Staging.scene(
        sign(["text": "深海", "height": "4.9", "direction": direction, "mount": "none"]))
      // Beside the panel there is room for the glow.
      let em = try #require(scene.cards.first).up.y - 4.9
      #expect(em > 0 && em < 4.9 * 0.8)
      scene = try Staging.scene(sign(["text": "VIDEO", "width": "3", "direction": direction, "sign": "box"]))
      #expect(abs(try #require(scene.cards.first).right.x - 3) < 1e-3)
    }
    let problems = Staging.problems(try sign(["width": "3", "height": "3"]))
    #expect(problems.first?.parameter == "width")
  }

  @Test(
    "on either wall it reads from left to right, and lies within the street", arguments: ["left", "right"])
  func walls(side: String) throws {
    let scene = try Staging.scene(
      sign(["text": "VHS", "direction": "horizontal", "mount": "wall", "side": side, "z": "12"]))
    let card = try #require(scene.cards.first)
    #expect(abs(card.right.x) < 1e-5)
    let low = try #require(scene.camera.project(card.origin, aspect: 2))
    let high = try #require(scene.camera.project(card.origin + card.right, aspect: 2))
    #expect(low.x < high.x)
    #expect(abs(card.origin.x) < 6.5 && abs(card.origin.x) > 6)
    // Its light is in the street, before the card.
    for light in scene.lights { #expect(abs(light.position.x) < abs(card.origin.x)) }
  }

  @Test("letters of a column follow each other downward, centered")
  func column() throws {
    let lettering = try SignLettering(
      "一ホ社", fonts: ["Noto Sans SC Light"], library: Staging.fonts, isVertical: true, tracking: 0,
      kind: .tubes(diameter: nil))
    #expect(lettering.letters.count == 3)
    let middles = lettering.letters.map { ($0.box.minY + $0.box.maxY) / 2 }
    #expect(middles == middles.sorted())
    #expect(abs((middles[1] - middles[0]) - (middles[2] - middles[1])) < 1e-6)
    let centers = lettering.letters.map { ($0.box.minX + $0.box.maxX) / 2 }
    #expect(centers.allSatisfy { abs($0 - centers[0]) < 1e-6 })
    // Tubes run within the ink.
    let tubes = lettering.tubes(GlassBending())
    // Black glass leads from letter to letter.
    #expect(tubes.contains { $0.part == .jumper })
    for (number, letter) in lettering.letters.enumerated() {
      let glass = tubes.filter { $0.letter == number && $0.part == .glass }
      #expect(!glass.isEmpty)
      for tube in glass {
        let box = tube.path.bounds
        #expect(box.minX >= letter.box.minX - 0.01 && box.maxX <= letter.box.maxX + 0.01)
        #expect(box.minY >= letter.box.minY - 0.01 && box.maxY <= letter.box.maxY + 0.01)
      }
    }
  }

  @Test("a dead circuit takes its letters along, and the light that they throw")
  func circuits() throws {
    func light(circuits: String, dead: String) throws -> Float {
      total(
        try Staging.scene(
          sign(["text": "霓虹静电", "border": "0", "buzz": "0", "circuits": circuits, "dead-circuits": dead]))
      ).x
    }
    let (whole, half) = (try light(circuits: "2", dead: "[]"), try light(circuits: "2", dead: "2"))
    #expect(abs(half / whole - 0.5) < 0.12)
    #expect(try light(circuits: "1", dead: "1") == 0)
    #expect(
      Staging.problems(try sign(["dead-circuits": "3"])).first?.parameter == "dead-circuits")
  }

  @Test("neon equals its formula about one straight tube")
  func formula() {
    let (tube, level): (Double, Float) = (0.02, 0.8)
    let color = SIMD3<Float>(1, 0.07, 0.36)
    let line = NeonSignPicture.Line(
      points: [Point(0.5, 1), Point(1.5, 1)], isClosed: false,
      light: [SIMD2(level, 1), SIMD2(level, 1)])
    let picture = NeonSignPicture(
      size: Point(2, 2), groups: [.init(tubes: [line], color: color, level: level)], tube: tube, panel: .null,
      panelCover: 0, seed: 1, reach: 0.6, fade: 0.16)
    let n = 1000
    let shown = Shown(picture, width: n, height: n)
    var worst: Float = 0
    for k in stride(from: 0, to: 60, by: 3) {
      // Down from the tube's middle: texel rows are 0.002 em high.
      let d = (Double(k) + 0.5) * 2 / Double(n)
      let x = Float(d / tube)
      let core = x < 0.3 ? 1 : Float(max(0, 1.3 - x) > 0 ? 1 : 0) * powApproximation(max(0, 1.3 - x), 0.8)
      let sleeve = max(0, min(1, 2.1 - x))
      let fade = Float(1 - d / 0.6)
      let halo = 1 / (1 + powApproximation(x / 1.7, 2.2)) * fade * fade * (3 - 2 * fade) * 0.55 * level
      let body = (core * 9 * (0.55 * color.x + 0.45) + sleeve * 4.05 * color.x) * level
      let expected = body + halo
      let seen = shown.red[(n / 2 + k) * n + n / 2]
      worst = max(worst, abs(seen - expected) / max(0.05, expected))
    }
    // Texels average the profile's edges.
    #expect(worst < 0.06, "\(worst)")
  }

  /// x^p by halving exponents: independent of the C library.
  private func powApproximation(_ x: Float, _ p: Double) -> Float {
    guard x > 0 else { return 0 }
    var result = 1.0
    var base = Double(x)
    var rest = p
    while rest >= 1 {
      result *= base
      rest -= 1
    }
    var weight = 0.5
    for _ in 0..<40 {
      base = base.squareRoot()
      if rest >= weight {
        result *= base
        rest -= weight
      }
      weight /= 2
    }
    return Float(result)
  }

  @Test("the same picture at every size", arguments: ["neon", "box"])
  func sizes(form: String) throws {
    let scene = try Staging.scene(sign(["sign": form, "text": "電波"]))
    let picture = try #require(scene.cards.first).picture
    let large = Shown(picture, width: 480, height: 960)
    let strongest = large.red.max() ?? 0
    for factor in [4, 10, 20] {
      let small = Shown(picture, width: 480 / factor, height: 960 / factor)
      #expect(abs(small.mean(small.red) / large.mean(large.red) - 1) < 0.04, "\(factor)")
      #expect(abs(small.mean(small.alpha) / large.mean(large.alpha) - 1) < 0.03, "\(factor)")
      #expect(small.difference(from: large) < 0.06 * strongest, "\(factor)")
    }
  }

  @Test("its glow has faded at the card's edge")
  func edges() throws {
    let scene = try Staging.scene(sign(["text": "酒"]))
    let shown = Shown(try #require(scene.cards.first).picture, width: 200, height: 200)
    for i in 0..<200 {
      for place in [i, 199 * 200 + i, i * 200, i * 200 + 199] {
        #expect(shown.red[place] < 0.002)
        #expect(shown.alpha[place] < 0.05)
      }
    }
  }

  @Test("a letter's flicker is its own, and a function of time")
  func flicker() throws {
    func first(_ text: String, _ time: Double) throws -> Float {
      let scene = try Staging.scene(
        sign(["text": text, "flicker": "1", "border": "0", "buzz": "0", "sources": "1"]),
        moment: Moment(time: time))
      return total(scene).x
    }
    let levels = try stride(from: 0, to: 3, by: 0.1).map { try first("酒", $0) }
    #expect(Set(levels).count > 5)
    #expect(try first("酒", 1.3) == levels[13])
  }

  @Test("what cannot be drawn is said, what is odd is drawn")
  func odd() throws {
    #expect(
      Staging.problems(try sign(["text": String(repeating: "酒", count: 90)])).first?.parameter == "text")
    #expect(Staging.problems(try sign(["font": "No Such Face"])).first?.parameter == "font")
    for settings: KeyValuePairs<String, String> in [
      ["text": "''"], ["text": "' '"], ["text": "酒", "brightness": "0"],
      ["text": "酒\n場", "direction": "vertical"],
      ["text": "酒", "z": "-5"], ["text": "酒", "height": "0.01"], ["text": "酒", "turn": "33"],
      ["text": "ー", "mount": "hanging"], ["text": "A", "sign": "box", "font": "EMS Tech", "mount": "pole"],
    ] {
      let scene = try Staging.scene(sign(settings))
      for card in scene.cards {
        let shown = Shown(card.picture, width: 31, height: 17)
        #expect(shown.red.allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(Shown(card.picture, width: 1, height: 1).alpha.allSatisfy { $0.isFinite })
      }
      for light in scene.lights { #expect(light.color.x.isFinite && light.position.x.isFinite) }
    }
  }
}
