import Catalog
import Raster
import Testing
import Typography

@testable import Layers

@Suite struct TypeSettingTests {
  private static let geometry = Geometry(trimWidth: 300, trimHeight: 400)

  private func text(_ string: String, _ set: (inout Text) -> Void = { _ in }) -> Text {
    var layer = Text()
    layer.text = string
    layer.font = ["Bebas Neue", "Noto Sans SC"]
    layer.size = 0.1
    set(&layer)
    return layer
  }

  /// Features as a preset writes them: names, tags, values, in a list, a map or alone.
  @Test(arguments: [
    ("small-caps", "[small-caps]"), ("smcp", "[small-caps]"),
    ("[small-caps, ss01]", "[small-caps, stylistic-set-1]"),
    ("[liga: 0, kerning: off]", "[{ligatures: 0}, {kerning: 0}]"),
    ("{salt: 3}", "[{stylistic-alternates: 3}]"),
    ("[halt, {palt: on}]", "[half-width-punctuation, proportional-punctuation]"), ("[]", ""),
  ])
  func featuresAreRead(written: String, read: String) throws {
    let layer = try #require(Text().setting("features", to: written, geometry: Self.geometry))
    #expect(layer.text(of: "features") == read)
    guard !read.isEmpty else { return }
    #expect(Text().setting("features", to: read, geometry: Self.geometry)?.text(of: "features") == read)
  }

  @Test(arguments: [
    "smallcaps", "[ss01, nonsense]", "{liga: maybe}", "{liga: 256}", "{liga: -1}", "[[ss01]]", "12",
  ])
  func mistakesInFeatures(written: String) {
    #expect(Text().setting("features", to: written, geometry: Self.geometry) == nil)
  }

  @Test func automaticOrGiven() throws {
    #expect(Text().text(of: "hanzi-scale") == "auto" && Text().text(of: "hanzi-raise") == "auto")
    let given = try #require(Text().setting("hanzi-scale", to: "0.8", geometry: Self.geometry))
    #expect(given.setting.hanzi.hanziScale == 0.8 && given.text(of: "hanzi-scale") == "0.8")
    let back = try #require(given.setting("hanzi-scale", to: "auto", geometry: Self.geometry))
    #expect(back.setting.hanzi.hanziScale == nil)
    #expect(Text().setting("hanzi-scale", to: "automatic", geometry: Self.geometry) == nil)
  }

  @Test func aFeatureThatNoFontHasIsAMistake() {
    let context = Painting.context(300, 400)
    let problems = Painting.problems(
      text("LIN") {
        $0.setting.features = [FeatureChoice(feature: FontFeature(named: "small-caps")!, value: 1)]
      }, context)
    #expect(problems.map(\.parameter) == ["features"])
    #expect(problems.first?.message == "no font of this text has small-caps (smcp)")
    #expect(problems.first?.hint?.hasPrefix("Bebas Neue has ") == true)
    #expect(problems.first?.hint?.contains("kerning (kern)") == true)
    let stroke = Painting.problems(
      text("LIN") {
        $0.font = ["EMS Osmotron"]
        $0.setting.features = [FeatureChoice(feature: FontFeature(named: "ss01")!, value: 1)]
      }, context)
    #expect(stroke.first?.hint?.hasSuffix("has none") == true)
  }

  @Test func columnsAreBrokenByTheirHeight() throws {
    let context = Painting.context(300, 400) {
      $0.at = Point(0.5, 0.25)
      $0.anchor = .named(.top)
    }
    let columns = text("夜雨十里春风") {
      $0.setting.direction = .vertical
      $0.height = 0.3
    }
    let ink = try #require(try Painted(columns, context).ink)
    // Three squares of 40 pixels from a quarter of the height on, in two columns.
    #expect(ink.minY > 99 && ink.maxY < 221 && ink.height > 105)
    #expect(ink.width > 70 && ink.width < 90)
    let fitted = text("夜雨") {
      $0.setting.direction = .vertical
      $0.fit = 0.6
    }
    let tall = try #require(try Painted(fitted, Painting.context(300, 400)).ink)
    #expect(abs(tall.height - 240) < 1.5)
  }

  @Test func mistakesInVerticalSetting() {
    let context = Painting.context(300, 400)
    func parameter(_ set: @escaping (inout Text) -> Void) -> [String?] {
      Painting.problems(text("夜雨", set), context).map(\.parameter)
    }
    #expect(parameter { ($0.setting.direction, $0.width) = (.vertical, 0.5) } == ["width"])
    #expect(parameter { $0.height = 0.5 } == ["height"])
    #expect(parameter { ($0.setting.direction, $0.align) = (.vertical, .justify) } == ["align"])
    #expect(parameter { ($0.setting.direction, $0.height, $0.fit) = (.vertical, 0.5, 0.5) } == ["height"])
    #expect(parameter { $0.wrap = .balance } == ["wrap"])
  }

  @Test func hangingInkStandsOutsideOfTheColumn() throws {
    func ink(_ hanging: Double) throws -> Rect {
      let layer = text("“NIGHT”") {
        $0.width = 0.5
        $0.align = .left
        $0.setting.hanging = hanging
      }
      return try #require(
        try Painted(
          layer,
          Painting.context(300, 400) {
            $0.at = Point(0.2, 0.5)
            $0.anchor = .named(.left)
          }
        ).ink)
    }
    let (plain, hung) = (try ink(0), try ink(1))
    #expect(plain.minX >= 60)
    #expect(hung.minX < 55, "the quotation mark stands before the column's edge, which is at 60")
  }

  @Test func neonInColumns() throws {
    var sign = Neon()
    sign.text = "夜光TV"
    sign.size = 0.15
    sign.halo = 0
    let lying = try sign.prepare(in: Painting.context(300, 400)).bounds
    sign.setting.direction = .vertical
    let standing = try sign.prepare(in: Painting.context(300, 400)).bounds
    #expect(lying.width > lying.height * 2 && standing.height > standing.width * 2)
  }
}
