import Catalog
import Raster
import Testing
import Typography

@testable import Layers

/// Billing blocks as they are drawn.
@Suite struct CreditsTests {
  private static let usual = """
    [{presents: MIDNIGHT REEL}, {a film by: [林小艺, NOBODY]}, {title: NEON STATIC}, [IRIS VALE, TOM ASH], \
    {with: THE FIGURE}, {edited by: HEAD SWITCH}, {director of photography: LAMP}, {music by: [A LOOP, B SIDE, 林小艺]}, \
    {produced by: NIGHT SHIFT}, {written and directed by: [林小艺, NOBODY]}]
    """
  private static let geometry = Geometry(trimWidth: 1600, trimHeight: 800)

  private func credits(_ settings: KeyValuePairs<String, String> = [:], _ entries: String = usual) throws
    -> Credits
  {
    var layer = try #require(
      Credits().setting("credits", to: entries, geometry: Self.geometry), "\(entries)")
    layer.size = 0.04
    for (key, value) in settings {
      layer = try #require(layer.setting(key, to: value, geometry: Self.geometry), "\(key): \(value)")
    }
    return layer
  }

  private func texts(_ layer: Credits) throws -> [String] { try layer.texts(in: Painting.context(1600, 800)) }

  private func problems(_ layer: Credits, _ place: (inout Placement) -> Void = { _ in }) -> [LayerProblems
    .Problem]
  {
    Painting.problems(layer, Painting.context(1600, 800, placement: place))
  }

  /// The ink of each line of a picture: rows without ink part them.
  private func lines(_ painted: Painted) throws -> [ClosedRange<Double>] {
    var lines: [ClosedRange<Double>] = []
    var rows: [Int] = []
    func finish() {
      guard !rows.isEmpty else { return }
      let columns = (0..<painted.width).map { x in rows.reduce(Float(0)) { max($0, painted[x, $1].w) } }
      if let left = columns.firstIndex(where: { $0 > 0 }), let right = columns.lastIndex(where: { $0 > 0 }) {
        lines.append((Double(left + 1) - Double(columns[left]))...(Double(right) + Double(columns[right])))
      }
      rows = []
    }
    for y in 0..<painted.height {
      if (0..<painted.width).contains(where: { painted[$0, y].w > 0 }) { rows.append(y) } else { finish() }
    }
    finish()
    return lines
  }

  // MARK: Words

  @Test(
    "names are joined as custom has it, or as the preset says",
    arguments: [
      ("{written by: [A, B]}", "written by A & B"), ("{written by: [A, B, C]}", "written by A, B & C"),
      ("{role: written by, names: [A, B, C], join: and}", "written by A, B and C"),
      ("{role: written by, names: [A, B], join: \",\"}", "written by A, B"),
      ("{role: produced by, names: [A, B], join: none}", "produced by A B"),
      ("[A, B, C]", "A B C"), ("{导演: [林小艺, 王明]}", "导演 林小艺 王明"),
      ("{role: 编剧, names: [林小艺, 王明, 李白], join: 与}", "编剧 林小艺、 王明 与 李白"),
      ("{导演: [林小艺, NOBODY]}", "导演 林小艺 & NOBODY"),
      ("{presents: A}", "A presents"), ("{出品: 午夜胶片}", "午夜胶片 出品"),
      ("{role: a, names: [A], after: production}", "a A production"),
      ("{role: and introducing}", "and introducing"), ("{title: The Film}", "THE FILM"),
      ("Tom Ash", "TOM ASH"),
    ])
  func joins(_ entry: String, _ line: String) throws {
    #expect(try texts(credits(["align": "left", "width": "1.5"], "[\(entry)]")) == [line])
  }

  @Test func capitalsAreWhatIsSaid() throws {
    for (capitals, line) in [
      ("names", "edited by TOM ASH"), ("all", "EDITED BY TOM ASH"), ("none", "edited by Tom Ash"),
    ] {
      #expect(try texts(credits(["capitals": capitals], "[{edited by: Tom Ash}]")) == [line])
    }
  }

  @Test func aRoleIsNeverPartedFromItsName() throws {
    let pairs = [
      ("MIDNIGHT REEL", "presents"), ("a film by", "林小艺"), ("with", "THE FIGURE"),
      ("edited by", "HEAD SWITCH"),
      ("director of photography", "LAMP"), ("music by", "A LOOP"), ("produced by", "NIGHT SHIFT"),
      ("written and directed by", "林小艺"), ("林小艺 &", "NOBODY"),
    ]
    for lines in 1...9 {
      let texts = try texts(
        credits(["lines": "\(lines)", "max-lines": "9", "width": "4", "min-size": "0.001"]))
      #expect(texts.count == lines)
      for (a, b) in pairs { #expect(texts.contains { $0.contains("\(a) \(b)") }, "\(a) \(b): \(texts)") }
    }
  }

  @Test func listsBreakAfterCommasOnly() throws {
    let texts = try texts(
      credits(["lines": "3", "width": "4"], "[{produced by: [ANNA BELL, TOM ASH, IDA QUINN, MAI LIND]}]"))
    #expect(texts == ["produced by ANNA BELL,", "TOM ASH,", "IDA QUINN & MAI LIND"])
  }

  @Test func ordersAreWrittenOrTheTrades() throws {
    let entries = "[{directed by: A}, {presents: B}, {music by: C}]"
    #expect(try texts(credits([:], entries)) == ["directed by A B presents music by C"])
    #expect(try texts(credits(["order": "billing"], entries)) == ["B presents music by C directed by A"])
  }

  // MARK: Lines

  @Test func linesAreAsFewAsFitAndEven() throws {
    let layer = try credits(["width": "0.5"])
    let painted = try Painted(layer, Painting.context(1600, 800))
    let lines = try lines(painted)
    #expect(lines.count == (try texts(layer).count))
    let widths = lines.map { $0.upperBound - $0.lowerBound }
    #expect((widths.max() ?? 0) <= 800.5)
    #expect(throws: LayerProblems.self) {
      try texts(credits(["width": "0.5", "max-lines": "\(lines.count - 1)", "min-size": "0.04"]))
    }
    for line in lines { #expect(abs((line.lowerBound + line.upperBound) / 2 - 800) < 0.75) }
  }

  @Test("both edges of justified lines are straight", arguments: [0.4, 0.5, 0.7])
  func justified(_ width: Double) throws {
    let layer = try credits(["align": "justify", "width": "\(width)", "stretch": "120"])
    let lines = try lines(Painted(layer, Painting.context(1600, 800)))
    #expect(lines.count > 1)
    for line in lines {
      #expect(abs(line.lowerBound - (800 - 800 * width)) < 0.75, "\(line)")
      #expect(abs(line.upperBound - (800 + 800 * width)) < 0.75, "\(line)")
    }
  }

  @Test("the other alignments have one straight edge") func ragged() throws {
    for align in ["left", "right"] {
      let lines = try lines(Painted(credits(["align": align, "width": "0.5"]), Painting.context(1600, 800)))
      let edges = lines.map { align == "left" ? $0.lowerBound : $0.upperBound }
      #expect((edges.max() ?? 0) - (edges.min() ?? 0) < 0.75)
    }
  }

  @Test func jobTitlesReachFromTheBaselineToTheCapitals() throws {
    func ink(_ entry: String) throws -> Rect {
      try #require(
        try Painted(
          credits(["size": "0.4"], "[\(entry)]"),
          Painting.context(1600, 800) { $0.anchor = .named(.baseline) }
        ).ink)
    }
    let name = try ink("H")
    let role = try ink("{role: HX HX}")
    #expect(abs(name.minY - role.minY) < 1.5 && abs(name.maxY - role.maxY) < 1.5, "\(name) \(role)")
    let single = try ink("{role: HX}")
    #expect(abs(single.height / name.height - 0.43) < 0.02)
  }

  // MARK: Limits

  @Test func aBlockShrinksWithinItsLimits() throws {
    let wide = try credits(["lines": "2", "width": "0.4", "min-size": "0.01"])
    let ink = try #require(try Painted(wide, Painting.context(1600, 800)).ink)
    #expect(abs(ink.width - 640) < 12, "the wider line fills the width: \(ink.width)")
    let problem = try #require(problems(credits(["lines": "2", "width": "0.4", "min-size": "0.039"])).first)
    #expect(problem.parameter == "lines")
    #expect(
      problem.message.contains("2 lines at a size of 0.0") && problem.message.contains("less than 0.039"))
  }

  @Test func complaintsTellWhatWouldDo() throws {
    let few = try #require(problems(credits(["lines": "30", "max-lines": "30"])).first)
    #expect(few.message == "these credits cannot be broken into 30 lines: they have 12 parts")
    let short = try #require(problems(credits(["align": "justify", "width": "0.9"], "[TOM ASH]")).first)
    #expect(
      short.parameter == "align" && short.message.contains("thousandths of more tracking; stretch allows 60"))
    #expect(short.hint?.contains("center the lines") == true)
    let long = try #require(problems(credits(["max-lines": "2", "width": "0.3"])).first)
    #expect(long.parameter == "max-lines" && long.hint?.contains("they take") == true)
    #expect(problems(try credits(["min-size": "0.05"])).map(\.parameter) == ["min-size"])
    #expect(problems(try credits(["lines": "4", "max-lines": "3"])).map(\.parameter) == ["lines"])
  }

  @Test func theMarginStaysClear() throws {
    // A small picture's margin is 4 % of its shorter side: 32 pixels.
    let layer = try credits(["width": "0.5", "min-size": "0.005"])
    for (anchor, at) in [
      (Anchor.Name.bottom, Point(0.5, 0.99)), (.right, Point(1, 0.5)), (.top, Point(0.5, 0.02)),
    ] {
      let problem = try #require(
        problems(layer) {
          $0.anchor = .named(anchor)
          $0.at = at
        }.first)
      #expect(problem.parameter == "at")
      #expect(problem.message.contains("0.04 of its height must stay clear"), "\(problem.message)")
    }
    // Anchored inside, it shrinks until it is clear.
    let context = Painting.context(1600, 800) { $0.at = Point(0.5, 0.92) }
    let ink = try #require(try Painted(layer, context).ink)
    #expect(ink.maxY <= 768.8 && ink.maxY > 760, "\(ink.maxY)")
    let turned = problems(try credits(["width": "0.9"])) { $0.rotate = 90 }
    #expect(turned.isEmpty == false)
    #expect(
      problems(try credits(["width": "0.5", "margin": "-1"])) {
        $0.at = Point(0.5, 1.2)
      }.isEmpty)
  }

  @Test func theBleedIsNoPlaceForCredits() throws {
    var context = Painting.context(1600, 800) {
      $0.anchor = .named(.bottom)
      $0.at = Point(0.5, 1)
    }
    context.geometry.bleed = 60
    let problem = try #require(Painting.problems(try credits(["margin": "0.01"]), context).first)
    #expect(problem.message.contains("come within 0 of the picture's bottom edge"), "\(problem.message)")
  }

  // MARK: Letters

  @Test func everyScriptIsWelcomeAndMissingLettersAreNamed() throws {
    #expect(problems(try credits([:], "[{导演 directed by: [林小艺, ÉMILE ÑANDÚ, Юрий]}]")).isEmpty)
    let found = problems(try credits([:], "[{music by: [A, \u{0E01}B]}, {\u{0E02}: C}]"))
    #expect(found.map(\.parameter) == ["credits.0.names.1", "credits.1.role"])
    #expect(found.first?.message.contains("U+0E01") == true, "\(found)")
    #expect(found.first?.hint?.hasPrefix("fonts tried: Bebas Neue Book, Noto Sans") == true)
  }

  @Test func unknownFontsAreNamedOnce() throws {
    let found = problems(try credits(["role-font": "Bebas Nue"]))
    #expect(found.map(\.parameter) == ["role-font"])
    #expect(found.first?.hint?.contains("Bebas Neue") == true)
    #expect(problems(try credits(["font": "Bebas Nue"])).map(\.parameter) == ["font"])
  }

  @Test("single-stroke faces are drawn with a pen") func strokes() throws {
    let painted = try Painted(
      credits(["font": "EMS Osmotron", "width": "0.9"], "[{with: TOM}]"), Painting.context(1600, 800))
    #expect(painted.sum.w > 100)
  }

  @Test func absurdNumbersAreDrawnOrRefused() throws {
    for settings: KeyValuePairs<String, String> in [
      ["size": "2"], ["size": "0.0001"], ["letter-width": "3", "tracking": "5000"], ["role-size": "2"],
      ["gap": "20"],
      ["tracking": "-500"], ["line-spacing": "20"], ["width": "0.001"],
      ["align": "justify", "stretch": "2000"],
      ["align": "justify", "width": "40"], ["role-gap": "-1"], ["hanzi-scale": "10"], ["hanzi-raise": "-10"],
    ] {
      let layer = try credits(settings)
      for problem in problems(layer) { #expect(problem.parameter != nil, "\(settings): \(problem)") }
    }
  }

  // MARK: Pixels

  @Test func aDraftIsTheSheetMadeSmall() throws {
    let layer = try credits(["align": "justify", "width": "0.8"])
    let sheet = try Painted(layer, Painting.context(1600, 800)).reduced(by: 4)
    let draft = try Painted(layer, Painting.context(400, 200))
    var worst: Float = 0
    for (a, b) in zip(sheet.pixels, draft.pixels) { worst = max(worst, abs(a.w - b.w)) }
    #expect(worst < 0.03)
  }

  @Test func runsAndThreadsMakeNoDifference() throws {
    let layer = try credits(["role-color": "\"#888\""])
    let whole = try Painted(layer, Painting.context(800, 400))
    #expect(try Painted(layer, Painting.context(800, 400, threads: 3), run: 37) == whole)
  }

  @Test func jobTitlesHaveTheirOwnColor() throws {
    let painted = try Painted(
      credits(["role-color": "\"#f00\"", "color": "\"#00f\""]), Painting.context(1600, 800))
    #expect(painted.sum.x > 50 && painted.sum.z > 50 && painted.sum.y < 1)
  }
}
