import Catalog
import Raster
import Testing

@testable import Layers

/// How letters are inked: what lies about them, and what they are filled with.
@Suite struct TypeLookTests {
  private func text(_ string: String, size: Double = 0.5, _ set: (inout TypeLook) -> Void = { _ in }) -> Text
  {
    var layer = Text()
    layer.text = string
    layer.size = size
    layer.font = ["League Spartan Bold"]
    set(&layer.look)
    return layer
  }

  /// The middle of what the alpha of a picture weighs, and its sum.
  private func weight(_ painted: Painted) -> (middle: Point, sum: Double) {
    var (x, y, sum) = (0.0, 0.0, 0.0)
    for (i, pixel) in painted.pixels.enumerated() {
      let a = Double(pixel.w)
      x += a * (Double(i % painted.width) + 0.5)
      y += a * (Double(i / painted.width) + 0.5)
      sum += a
    }
    return (Point(x / sum, y / sum), sum)
  }

  @Test("a shadow is the letters' shape, moved and softened", arguments: [0.0, 0.02, 0.2])
  func shadow(_ blur: Double) throws {
    let context = Painting.context(240, 200)
    let letters = weight(try Painted(text("H"), context))
    // Letters of no color leave the shadow alone.
    let alone = weight(
      try Painted(
        text("H") {
          $0.color = .color(.clear)
          $0.shadow = .black
          $0.shadowOffset = Point(0.1, -0.2)
          $0.shadowBlur = blur
        }, context))
    // An em of 100 pixels.
    #expect(abs(alone.middle.x - letters.middle.x - 10) < 0.3)
    #expect(abs(alone.middle.y - letters.middle.y + 20) < 0.3)
    #expect(abs(alone.sum / letters.sum - 1) < 0.02, "a blur keeps what there is")
  }

  @Test("a blur has the width that it is told") func blurWidth() throws {
    func spread(_ blur: Double) throws -> Double {
      let painted = try Painted(
        text("I") {
          $0.color = .color(.clear)
          $0.shadow = .black
          $0.shadowOffset = .zero
          $0.shadowBlur = blur
        }, Painting.context(300, 200))
      let middle = weight(painted)
      var sum = 0.0
      for (i, pixel) in painted.pixels.enumerated() {
        let d = Double(i % painted.width) + 0.5 - middle.middle.x
        sum += d * d * Double(pixel.w)
      }
      return sum / middle.sum
    }
    let sharp = try spread(0)
    for blur in [0.1, 0.3] {
      // The standard deviation is half the blur; variances add.
      let sigma = (try spread(blur) - sharp).squareRoot()
      #expect(abs(sigma - 50 * blur) < 0.06 * 50 * blur + 0.1, "\(sigma)")
    }
  }

  @Test("a halo covers, thin letters nearly as heavy ones do; a glow is light without a body")
  func haloAndGlow() throws {
    let context = Painting.context(240, 200)
    let halo = try Painted(
      text("II") {
        $0.color = .color(.clear)
        $0.halo = 0.8
      }, context)
    let densest = halo.pixels.map { $0.w }.max() ?? 0
    #expect(densest > 0.5 && densest <= 0.8)
    #expect(halo.pixels.allSatisfy { $0.x == 0 && $0.y == 0 && $0.z == 0 })
    let bare = try Painted(text("II"), context)
    let glow = try Painted(
      text("II") {
        $0.glow = 2
        $0.glowColor = LinearColor(1, 0, 0)
      }, context)
    for (a, b) in zip(bare.pixels, glow.pixels) { #expect(a.w == b.w) }
    let beside = zip(bare.pixels, glow.pixels).filter { $0.0.w == 0 }.map { $0.1 }
    #expect((beside.map { $0.x }.max() ?? 0) > 0.2)
    #expect(beside.allSatisfy { $0.y == 0 && $0.z == 0 })
  }

  @Test("without a color of its own, a glow takes that of the letters") func glowColor() throws {
    let painted = try Painted(
      text("I") {
        $0.color = .paint(
          .gradient(
            GradientPaint(
              stops: [RampStop(0, LinearColor(0, 1, 0)), RampStop(1, LinearColor(0, 0, 1))], space: .linear)))
        $0.glow = 1
      }, Painting.context(120, 120))
    let lit = painted.pixels.filter { $0.w == 0 && $0.y > 0.01 }
    #expect(!lit.isEmpty && lit.allSatisfy { abs($0.y - $0.z) < 0.02 * $0.y + 1e-4 && $0.x < 1e-6 })
  }

  @Test("letters cut out of a plate leave the rest of it") func knockOut() throws {
    let context = Painting.context(300, 200)
    let letters = try Painted(text("OH"), context)
    func plate(_ knockOut: TypeLook.KnockOut) throws -> Painted {
      try Painted(
        text("OH") {
          $0.color = .color(.black)
          $0.plate = .color(LinearColor(1, 0, 0))
          $0.plateMargin = 0.2
          $0.knockOut = knockOut
        }, context)
    }
    let (whole, cut) = (try plate(.none), try plate(.plate))
    for i in letters.pixels.indices where whole.pixels[i].w == 1 {
      let a = letters.pixels[i].w
      #expect(abs(cut.pixels[i].w - (1 - a)) < 1e-5)
      #expect(abs(whole.pixels[i].x - (1 - a)) < 1e-5)
    }
    let (ink, box) = (try #require(letters.ink), try #require(whole.ink))
    #expect(abs(ink.minX - box.minX - 20) < 0.6 && abs(box.maxY - ink.maxY - 20) < 0.6)
    #expect(Painting.problems(text("A") { $0.knockOut = .plate }, context).first?.parameter == "knock-out")
    #expect(
      Painting.problems(
        text("A") {
          $0.knockOut = .group
          $0.plate = .color(.white)
        }, context
      ).first?.parameter == "plate")
  }

  @Test(
    "chrome brightens to a horizon, is dark below it, and has a bright edge", arguments: Chrome.Style.allCases
  )
  func chrome(_ style: Chrome.Style) throws {
    // The middle of a heavy I: no bevel there but at its ends.
    let painted = try Painted(
      text("I", size: 0.9) { $0.color = .chrome(Chrome(style: style)) }, Painting.context(100, 300))
    let ink = try #require(painted.ink)
    let x = Int((ink.minX + ink.maxX) / 2)
    func value(_ share: Double) -> Float {
      let pixel = painted[x, Int(ink.minY + share * ink.height)]
      return 0.2126 * pixel.x + 0.7152 * pixel.y + 0.0722 * pixel.z
    }
    #expect(value(0.49) > 0.8 && value(0.15) < 0.4 * value(0.49))
    #expect(value(0.56) < 0.1, "the ground begins dark")
    #expect(value(0.9) > 0.35 && value(0.985) > 0.6, "and ends bright")
    for pixel in painted.pixels { #expect(pixel.w <= 1.0001) }
  }

  @Test("each line of chrome has a horizon of its own") func chromeLines() throws {
    var layer = text("I\nI", size: 0.4) { $0.color = .chrome(Chrome(style: .steel, bevel: 0)) }
    layer.lineSpacing = 1
    let painted = try Painted(layer, Painting.context(100, 300))
    let x = 50
    // White above black, at once: a horizon.
    let horizons = (1..<299).filter {
      painted[x, $0 - 1].y > 0.8 && painted[x, $0 + 1].y < 0.05 && painted[x, $0 + 1].w == 1
    }
    let groups = horizons.filter { !horizons.contains($0 - 1) }
    #expect(groups.count == 2)
  }

  @Test("a picture covers the ink") func image() throws {
    let halves = (0..<8).flatMap { $0 % 4 < 2 ? [255, 0, 0] : [0, 0, 255] }
    let painted = try SmallPNG(width: 4, height: 2, colorType: 2, samples: halves).withFile { file in
      try Painted(text("HH") { $0.color = .image(file) }, Painting.context(300, 200))
    }
    let ink = try #require(painted.ink)
    let y = Int((ink.minY + ink.maxY) / 2)
    let row = (0..<300).filter { painted[$0, y].w == 1 }
    let (left, right) = (try #require(row.first), try #require(row.last))
    #expect(painted[left, y].x > 0.9 && painted[left, y].z < 0.1)
    #expect(painted[right, y].z > 0.9 && painted[right, y].x < 0.1)
    #expect(
      Painting.problems(text("A") { $0.color = .image("/nowhere.png") }, Painting.context(60, 60)).first?
        .parameter
        == "color")
  }

  @Test("everything at once: same pixels for any run and thread, and a draft is the sheet made small")
  func deterministic() throws {
    let layer = text("Ag") {
      $0.color = .chrome(Chrome(sparkle: 1))
      $0.stroke = LinearColor(1, 0, 0)
      $0.shadow = .black
      $0.halo = 0.5
      $0.glow = 1
      $0.plate = .color(LinearColor(0, 0.2, 0.2))
      $0.plateRadius = 0.1
    }
    let draft = try Painted(layer, Painting.context(160, 120))
    #expect(try Painted(layer, Painting.context(160, 120, threads: 3), run: 7) == draft)
    let sheet = try Painted(layer, Painting.context(640, 480)).reduced(by: 4)
    var sum: Float = 0
    for (a, b) in zip(draft.pixels, sheet.pixels) { sum += abs(a.w - b.w) + abs(min(a.y, 1) - min(b.y, 1)) }
    #expect(sum / Float(draft.pixels.count) < 0.004, "\(sum / Float(draft.pixels.count))")
  }

  @Test("rasters take what was foretold, once, and give it back") func rasters() throws {
    let layer = text("MEMORY", size: 0.2) {
      $0.halo = 1
      $0.glow = 1
      $0.shadow = .black
      $0.plate = .color(.white)
      $0.knockOut = .plate
    }
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) {
      let painter = try layer.prepare(in: Painting.context(900, 700))
      #expect(pool.usage.inUse == 0, "preparing takes no rasters")
      let foretold = painter.rasterMemory
      #expect(foretold.held > 0)
      let ready = try painter.withRasters(workers: Workers(count: 2))
      #expect(pool.usage.inUse == foretold.held)
      #expect(pool.usage.peak == foretold.peak)
      #expect(ready.rasterMemory == .none)
    }
    #expect(pool.usage.inUse == 0)
  }
}
