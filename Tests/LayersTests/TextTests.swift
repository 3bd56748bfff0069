import Catalog
import Raster
import Testing
import Typography

@testable import Layers

@Suite struct TextTests {
  private func text(_ string: String, _ set: (inout Text) -> Void = { _ in }) -> Text {
    var layer = Text()
    layer.text = string
    layer.size = 0.3
    set(&layer)
    return layer
  }

  private func inkBox(_ string: String, _ font: String) throws -> Rect {
    try TextLayout(string, style: TextStyle(faces: [Painting.fonts.find(font)])).inkBox
  }

  @Test func inkIsWhereTheLayoutSays() throws {
    let painted = try Painted(text("Rq"), Painting.context(300, 200))
    let ink = try #require(painted.ink)
    let box = try inkBox("Rq", "Bebas Neue")
    let em = 0.3 * 200
    // Centered by default, so that ink lies about the middle of the picture.
    #expect(abs(ink.minX - (150 - box.width * em / 2)) < 0.6)
    #expect(abs(ink.maxX - (150 + box.width * em / 2)) < 0.6)
    #expect(abs(ink.minY - (100 - box.height * em / 2)) < 0.6)
    #expect(abs(ink.maxY - (100 + box.height * em / 2)) < 0.6)
  }

  @Test(arguments: [0.3, 0.86, 1.0])
  func fitFillsItsShareOfTheWidth(share: Double) throws {
    let painted = try Painted(text("UNDER\nTOW") { $0.fit = share }, Painting.context(400, 500))
    let ink = try #require(painted.ink)
    #expect(abs(ink.width - share * 400) < 1)
  }

  @Test func fitCountsPenAndOutline() throws {
    for (font, stroke) in [("EMS Osmotron", nil), ("Bebas Neue", LinearColor.white)] {
      let layer = text("OX") {
        $0.font = [font]
        $0.look.stroke = stroke
        $0.look.strokeWidth = 0.05
        $0.fit = 0.7
      }
      let ink = try #require(try Painted(layer, Painting.context(300, 300)).ink)
      #expect(abs(ink.width - 210) < 1, "\(font) \(ink)")
    }
  }

  @Test func anchorsLieOnInkAndBaseline() throws {
    let box = try inkBox("pH", "League Spartan Bold")
    let em = 0.3 * 200
    func painted(_ anchor: Anchor.Name) throws -> Rect {
      let layer = text("pH") { $0.font = ["League Spartan Bold"] }
      let context = Painting.context(300, 200) {
        $0.anchor = .named(anchor)
        $0.at = Point(0.4, 0.5)
      }
      return try #require(try Painted(layer, context).ink)
    }
    #expect(abs(try painted(.left).minX - 120) < 0.6)
    #expect(abs(try painted(.topRight).maxX - 120) < 0.6)
    #expect(abs(try painted(.topRight).minY - 100) < 0.6)
    let line = try painted(.baselineLeft)
    #expect(abs(line.minX - 120) < 0.6)
    #expect(abs(line.maxY - (100 + box.maxY * em)) < 0.6)
    #expect(box.maxY * em > 5, "p reaches below the line")
  }

  @Test func paragraphsFillTheirColumn() throws {
    let layer = text("words enough to be broken into several lines of a column") {
      $0.size = 0.08
      $0.width = 0.5
      $0.align = .justify
    }
    let ink = try #require(try Painted(layer, Painting.context(400, 400)).ink)
    // A width counts in heights once it is read; side bearings keep ink off the very edges.
    #expect(ink.width > 190 && ink.width < 201)
    #expect(abs((ink.minX + ink.maxX) / 2 - 200) < 3)
    #expect(ink.height > 60)
  }

  @Test func gradientRunsOverTheInk() throws {
    let stops = [RampStop(0, LinearColor(1, 0, 0)), RampStop(1, LinearColor(0, 0, 1))]
    let layer = text("HHHH") {
      $0.fit = 0.9
      $0.look.color = .paint(.gradient(GradientPaint(stops: stops, angle: 0, space: .linear)))
    }
    let painted = try Painted(layer, Painting.context(400, 200))
    let row = (0..<400).filter { painted[$0, 100].w == 1 }
    for x in row {
      let share = Float((Double(x) + 0.5 - 20) / 360)
      #expect(abs(painted[x, 100].z - share) < 0.01)
      #expect(abs(painted[x, 100].x - (1 - share)) < 0.01)
    }
    #expect(row.count > 40)
  }

  @Test func lightAboveWhiteIsKept() throws {
    let layer = text("I") { $0.look.color = .color(LinearColor(9, 3, 0.5, alpha: 0.5)) }
    let painted = try Painted(layer, Painting.context(60, 100))
    let peak = painted.pixels.max { $0.w < $1.w }
    #expect(peak == SIMD4(4.5, 1.5, 0.25, 0.5))
  }

  @Test func outlineLiesBehindTheLetters() throws {
    let layer = text("I") {
      $0.look.color = .color(.white)
      $0.look.stroke = LinearColor(1, 0, 0)
      $0.look.strokeWidth = 0.1
    }
    let context = Painting.context(100, 100)
    let bare = try Painted(text("I"), context)
    let lined = try Painted(layer, context)
    let inside = bare.pixels.indices.filter { bare.pixels[$0].w == 1 }
    #expect(!inside.isEmpty && inside.allSatisfy { lined.pixels[$0] == SIMD4(1, 1, 1, 1) })
    let (a, b) = (try #require(bare.ink), try #require(lined.ink))
    #expect(abs(b.width - a.width - 10) < 0.7 && abs(b.height - a.height - 10) < 0.7)
  }

  /// Letters of one font, and of fonts whose contours run in opposite directions, pushed into each other.
  @Test(arguments: ["HM", "HЖ"])
  func lettersThatOverlapDoNotCancel(string: String) throws {
    let fonts = ["Bebas Neue", "Roboto Condensed Bold"]
    let (width, height) = (200, 100)
    let both = try Painted(
      text(string) {
        $0.font = fonts
        $0.size = 0.9
        $0.tracking = -250
      }, Painting.context(width, height))
    var style = TextStyle(faces: try fonts.map { try Painting.fonts.find($0) })
    style.tracking = -250
    let layout = try TextLayout(string, style: style)
    let em = 0.9 * Double(height)
    let ink = layout.inkBox
    var overlap = 0
    var parts: [Painted] = []
    for (letter, glyph) in zip(string, layout.glyphs) {
      let context = Painting.context(width, height) {
        $0.anchor = .named(.topLeft)
        $0.at = Point(
          0.5 + (glyph.inkBox.minX - ink.minX - ink.width / 2) * em / Double(width),
          0.5 + (glyph.inkBox.minY - ink.minY - ink.height / 2) * em / Double(height))
      }
      parts.append(
        try Painted(
          text(String(letter)) {
            $0.font = fonts
            $0.size = 0.9
          }, context))
    }
    for i in both.pixels.indices {
      let (a, b) = (parts[0].pixels[i].w, parts[1].pixels[i].w)
      if min(a, b) == 1 { overlap += 1 }
      #expect(both.pixels[i].w > max(a, b) - 0.01)
    }
    #expect(overlap > 20)
  }

  @Test func complaintsNameTheParameter() throws {
    let context = Painting.context(100, 100)
    let unknown = Painting.problems(text("A") { $0.font = ["Leage Spartan"] }, context)
    #expect(unknown.map(\.parameter) == ["font"])
    #expect(unknown.first?.message == "there is no font 'Leage Spartan'")
    #expect(unknown.first?.hint?.contains("'League Spartan'") == true)

    let missing = Painting.problems(text("A☃☃é") { $0.font = ["Bebas Neue", "Kaushan Script"] }, context)
    #expect(missing.map(\.parameter) == ["text"])
    #expect(missing.first?.message == "no font has “☃” (U+2603)")
    #expect(missing.first?.hint == "fonts tried: Bebas Neue, Kaushan Script")

    let both = Painting.problems(text("A") { $0.font = ["Nonesuch", "Nowhere"] }, context)
    #expect(both.count == 2)
    let width = Painting.problems(text("A") { ($0.fit, $0.width) = (0.5, 0.5) }, context)
    #expect(width.map(\.parameter) == ["width"])
    #expect(Painting.problems(text("A") { $0.align = .justify }, context).map(\.parameter) == ["align"])
    #expect(
      Painting.problems(text("A") { $0.look.strokeWidth = 0.1 }, context).map(\.parameter) == ["stroke-width"]
    )
    #expect(
      Painting.problems(text("A") { $0.setting.hanzi.language = "no tag!" }, context).map(\.parameter) == [
        "language"
      ])
  }

  @Test func nothingIsDrawnForNothing() throws {
    for string in ["", " ", "\n\n"] {
      let painter = try text(string) { $0.fit = 0.5 }.prepare(in: Painting.context(50, 50))
      #expect(painter.bounds.isEmpty && painter.extent(ofRow: 25) == nil)
    }
    let flat = Painting.context(50, 50) { $0.scale = Point(1, 0) }
    #expect(try text("A").prepare(in: flat).bounds.isEmpty)
  }

  @Test func samePixelsForAnyRunAndThread() throws {
    let layer = text("Ag") {
      $0.look.stroke = LinearColor(1, 0, 0)
      $0.look.color = .paint(
        .gradient(GradientPaint(stops: [RampStop(0, .white), RampStop(1, .black)], angle: 30)))
    }
    let whole = try Painted(layer, Painting.context(120, 90))
    #expect(try Painted(layer, Painting.context(120, 90, threads: 3), run: 7) == whole)
  }
}
