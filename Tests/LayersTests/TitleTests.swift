import Catalog
import Raster
import Testing

@testable import Layers

/// Titles and the small lines of a poster, measured on the ink that is painted.
@Suite struct TitleTests {
  private func title(_ string: String, _ set: (inout Title) -> Void = { _ in }) -> Title {
    var layer = Title()
    layer.text = string
    set(&layer)
    return layer
  }

  /// As a layer that stands in the middle of the picture.
  private func ink(_ layer: some Layer, _ width: Int = 600, _ height: Int = 500) throws -> Rect {
    try #require(try Painted(layer, Painting.context(width, height)).ink)
  }

  /// The rows of pixels that are inked, as runs.
  private func bands(_ painted: Painted) -> [Range<Int>] {
    let inked = (0..<painted.height).map { y in (0..<painted.width).contains { painted[$0, y].w > 0.02 } }
    var bands: [Range<Int>] = []
    for y in inked.indices where inked[y] {
      if let last = bands.last, last.upperBound == y {
        bands[bands.count - 1] = last.lowerBound..<y + 1
      } else {
        bands.append(y..<y + 1)
      }
    }
    return bands
  }

  private static let fonts = [
    "League Spartan Bold", "Bebas Neue Book", "Lexend Zetta", "Kaushan Script", "Jura Bold", "EMS Osmotron",
    "Noto Serif SC Bold", "Smiley Sans",
  ]
  private static let words = ["ÉÑÅ", "jgpqy", "W", "ÀÉÎÕÜ ÇEDILLE", "霓虹静电", "IIII"]

  @Test("the ink fills its share of the width, whatever the font and the letters", arguments: fonts, words)
  func fits(_ font: String, _ word: String) throws {
    let fit = 0.5 + 0.4 * Seed(1).derived(font + word).unit(0)
    let layer = title(word) {
      $0.fit = fit
      $0.setting.font = [font, "Noto Sans SC Bold"]
    }
    // High enough that nothing is cut off.
    let ink = try ink(layer, 300, 1400)
    #expect(abs(ink.width - fit * 300) < 1.2, "\(ink.width) instead of \(fit * 300)")
    #expect(ink.minY > 0 && ink.maxY < 1400)
  }

  @Test("every line of a stack fills the width, and keeps its distance by its ink", arguments: [0.1, 0.4])
  func stacks(_ gap: Double) throws {
    let layer = title("THE LAST\nÉÊNER\nOF gj\nÅNGSTRÖM") { $0.gap = gap }
    let painted = try Painted(layer, Painting.context(400, 1200))
    let bands = bands(painted)
    try #require(bands.count >= 4)
    // Accents are bands of their own where they do not touch: those belong to the line below.
    for band in bands where band.count > 40 {
      let columns = (0..<400).filter { x in band.contains { painted[x, $0].w > 0.5 } }
      let width = Double((columns.last ?? 0) - (columns.first ?? 0) + 1)
      #expect(abs(width - 0.86 * 400) < 3, "\(band): \(width)")
    }
    for (upper, lower) in zip(bands, bands.dropFirst()) { #expect(lower.lowerBound - upper.upperBound >= 1) }
  }

  @Test("lines of even size have the size of the widest") func even() throws {
    let painted = try Painted(title("WIDER LINE\nHH") { $0.stack = .even }, Painting.context(500, 300))
    let bands = bands(painted)
    try #require(bands.count == 2)
    #expect(abs(bands[0].count - bands[1].count) <= 3)
    #expect(abs(try #require(painted.ink).width - 430) < 1.2)
  }

  @Test("a short title is tracked, then stretched, and complained of with figures") func limits() throws {
    func short(_ fit: Double, _ set: (inout Title) -> Void = { _ in }) -> Title {
      title("HUT") {
        $0.size = 0.2
        $0.fit = fit
        set(&$0)
      }
    }
    let context = Painting.context(600, 500)
    // 100 pixels of em: wider than its own width, which tracking reaches; wider still, which stretching reaches.
    let heights = try [0.34, 0.42, 0.5].map { fit in
      let ink = try ink(short(fit))
      #expect(abs(ink.width - fit * 600) < 1.2)
      return ink.height
    }
    #expect(heights.allSatisfy { abs($0 - heights[0]) < 0.3 }, "its size is its limit")
    let problem = try #require(Painting.problems(short(0.9), context).first)
    #expect(problem.parameter == "fit")
    #expect(
      problem.message.contains("'HUT'") && problem.message.contains("of the picture wide at most, not 0.9"))
    #expect(problem.message.contains("tracking 400") && problem.message.contains("stretch 1.2"))
    // What the hint says works.
    let hint = try #require(problem.hint)
    let size = try #require(Double(hint.split(separator: " ")[3].dropLast()))
    #expect(abs(try ink(short(0.9) { $0.size = size + 0.001 }).width - 540) < 1.5)
  }

  @Test("outlines are part of the width") func outlined() throws {
    for width in [nil, 0.02] {
      let layer = title("OX") {
        $0.look.stroke = .black
        $0.look.strokeWidth = width
        $0.fit = 0.7
      }
      #expect(abs(try ink(layer, 300, 400).width - 210) < 1.2)
    }
  }

  @Test(
    "a translation is as wide as its title", arguments: ["霓虹静电", "Ö", "A MUCH LONGER LINE OF SMALL LETTERS"])
  func translations(_ translation: String) throws {
    for side in Title.Side.allCases {
      let layer = title("NEON STATIC") {
        $0.translation = translation
        $0.translationSide = side
      }
      let painted = try Painted(layer, Painting.context(600, 900))
      let bands = bands(painted)
      try #require(bands.count >= 2)
      guard translation.count > 1 else { continue }
      for band in [bands[0], bands[bands.count - 1]] {
        let columns = (0..<600).filter { x in band.contains { painted[x, $0].w > 0.1 } }
        #expect(abs(Double((columns.last ?? 0) - (columns.first ?? 0) + 1) - 0.86 * 600) < 3)
      }
    }
  }

  @Test("the title stands on the line where kinds say that it does") func placement() throws {
    var context = Painting.context(540, 800)
    context.placement = Title.placement
    let ink = try #require(try Painted(title("NEON STATIC"), context).ink)
    #expect(abs(ink.maxY - 0.852 * 800) < 0.7)
    #expect(abs((ink.minX + ink.maxX) / 2 - 270) < 0.7)
  }

  @Test("small lines keep their size until they are too wide, then give way within limits") func captions()
    throws
  {
    func tagline(_ text: String, _ set: (inout Caption) -> Void = { _ in }) -> Tagline {
      var layer = Tagline()
      layer.text = text
      layer.caption.size = 0.05
      set(&layer.caption)
      return layer
    }
    let short = try ink(tagline("HH"))
    let long = try ink(tagline("HHHHHHHHHHHHHHHHHHHHHH"))
    #expect(abs(short.height - long.height) < 0.6)
    #expect(long.width <= 0.86 * 600 + 0.6 && long.width > 0.85 * 600)
    let context = Painting.context(600, 500)
    let problem = try #require(
      Painting.problems(tagline(String(repeating: "H", count: 60)), context).first)
    #expect(problem.parameter == "fit" && problem.message.contains("at least, more than 0.86"))
    #expect(problem.hint?.contains("break it into lines") == true)
  }

  @Test("names are joined, and the verb stands below them or beside them") func names() throws {
    func presents(_ names: [String], _ arrangement: Presents.Arrangement = .stacked) -> Presents {
      var layer = Presents()
      layer.names = names
      layer.caption.size = 0.12
      layer.caption.setting.font = ["League Spartan Bold", "Noto Sans SC Bold"]
      layer.arrangement = arrangement
      return layer
    }
    let stacked = try Painted(presents(["林小艺", "ADA"]), Painting.context(600, 300))
    let bands = bands(stacked)
    try #require(bands.count == 2)
    #expect(bands[1].count < bands[0].count)
    let verb = bands[1].flatMap { y in (0..<600).map { stacked[$0, y].w } }.max() ?? 0
    #expect(abs(verb - 0.7) < 0.01)
    let line = try ink(presents(["林小艺", "ADA"], .line), 600, 300)
    let whole = try #require(stacked.ink)
    #expect(line.width > whole.width && line.width <= 0.86 * 600 + 0.7)
    #expect(line.height < whole.height)
    #expect(
      Painting.problems(presents(["", "ADA"]), Painting.context(600, 300)).first?.parameter == "presents")
  }

  @Test("what cannot be set is complained of") func problems() {
    let context = Painting.context(300, 300)
    #expect(Painting.problems(title(""), context).first?.parameter == "title")
    #expect(Painting.problems(title(" \n "), context).first?.parameter == "title")
    #expect(Painting.problems(title("A☃"), context).first?.parameter == "title")
    #expect(
      Painting.problems(title("A") { $0.setting.font = ["Nonesuch"] }, context).first?.parameter == "font")
    let many = String(repeating: "MIDNIGHT ", count: 150)
    #expect(
      Painting.problems(title(many), context).first?.message.contains("a title is not smaller than") == true)
    let lines = String(repeating: "A\n", count: 60)
    #expect(Painting.problems(title(lines), context).first?.message.contains("at most 40 lines") == true)
    #expect(
      Painting.problems(title("A") { $0.translation = "☃" }, context).first?.parameter == "translation")
    #expect(
      Painting.problems(title("A") { $0.setting.tracking = 900 }, context).first?.parameter == "tracking")
    #expect(
      Painting.problems(title("A") { $0.setting.stretchLimits = [1.2, 1] }, context).first?.parameter
        == "stretch-limits")
    #expect(
      Painting.problems(
        title("A") {
          ($0.look.stroke, $0.look.strokeWidth, $0.fit) = (.white, 0.5, 0.2)
        }, context
      ).first?.parameter == "fit")
    var release = Release()
    release.text = "  "
    #expect(Painting.problems(release, context).first?.parameter == "release")
  }

  @Test("a draft is the sheet made small; same pixels for any run and thread") func drafts() throws {
    let layer = title("NEON\nSTATIC") {
      $0.translation = "霓虹静电"
      $0.wear.tears = 3
      $0.wear.slits = 4
      $0.look.shadow = .black
      $0.look.shadowBlur = 0.1
    }
    let draft = try Painted(layer, Painting.context(200, 250))
    let sheet = try Painted(layer, Painting.context(800, 1000)).reduced(by: 4)
    let worst = zip(draft.pixels, sheet.pixels).map { abs($0.w - $1.w) }.max() ?? 1
    #expect(worst < 0.05, "\(worst)")
    #expect(try Painted(layer, Painting.context(200, 250, threads: 3), run: 7) == draft)
  }
}
