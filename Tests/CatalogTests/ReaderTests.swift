import Catalog
import Markup
import Raster
import Testing

@Suite struct ReaderTests {
  static let geometry = Geometry(trimWidth: 2000, trimHeight: 3000, bleed: 30, dpi: 100, scale: 0.5)

  private func reader(_ vars: String = "{}") -> Reader {
    var table: [String: Node] = [:]
    for pair in YAMLReader.read(Source(name: "vars", text: vars)).0?.pairs ?? [] {
      table[pair.key.scalarText ?? ""] = pair.value
    }
    return Reader(
      geometry: Self.geometry, names: NameTable(vars: table), files: FileAccess(roots: []), seed: Seed(0))
  }

  private func node(_ text: String) throws -> Node {
    try #require(YAMLReader.read(fragment: text, in: Source(name: "value", text: text)).0)
  }

  @Test(
    "lengths in every unit, as shares of the height",
    arguments: Self.lengthCases)
  func lengths(_ text: String, _ share: Double) throws {
    var reader = reader()
    let value = reader.number(try node(text), .init(0...10, .length(bare: .height)))
    #expect(abs(try #require(value) - share) < 1e-12)
  }

  static let lengthCases: [(String, Double)] = [
    ("0.25", 0.25), ("0.3w", 0.2), ("50%", 0.5), ("10mm", 10 / 25.4 * 100 / 3000), ("1in", 100.0 / 3000),
    ("72pt", 100.0 / 3000), ("60px", 30.0 / 3000), ("1e-1", 0.1), ("0.1h", 0.1),
  ]

  @Test(
    "numbers with units",
    arguments: Self.quantityCases)
  func units(_ text: String, _ units: Reader.NumberRule.Units, _ value: Double) throws {
    var reader = reader()
    let read = reader.number(try node(text), .init(-1e9...1e9, units))
    #expect(abs(try #require(read) - value) < 1e-9)
  }

  static let quantityCases: [(String, Reader.NumberRule.Units, Double)] = [
    ("3.58MHz", Reader.NumberRule.Units.hertz, 3_580_000), ("40ms", .seconds, 0.04), ("0.25turn", .angle, 90),
    ("5%", .percent, 0.05), ("+2", .plain, 2), ("-.5", .plain, -0.5), ("2.", .plain, 2),
  ]

  @Test("what is no number", arguments: ["", "1x", "0x10", "1_000", "one", "1e", "--1", "1e400", ".", "٣"])
  func notNumbers(_ text: String) throws {
    var reader = reader()
    #expect(
      reader.number(Node(.scalar(text, quoted: true), place: try node("x").place), .init(-1e9...1e9)) == nil)
    #expect(reader.diagnostics.count == 1)
  }

  @Test("texts with references and dollar signs") func texts() throws {
    var reader = reader("{name: ADA, full: \"${name} FILM\", loop-a: $loop-b, loop-b: $loop-a}")
    #expect(reader.text(try node("by ${full}, $$5")) == "by ADA FILM, $5")
    #expect(reader.text(try node("$name")) == "ADA")
    #expect(reader.diagnostics.isEmpty)
    #expect(reader.text(try node("${nam}")) == nil)
    #expect(reader.text(try node("$loop-a")) == nil)
    #expect(reader.text(try node("costs $5")) == nil)
    #expect(reader.diagnostics.count == 3)
  }

  @Test(
    "colors",
    arguments: Self.colorCases)
  func colors(_ text: String, _ expected: [Double]) throws {
    var reader = reader()
    let color = try #require(reader.color(Node(.scalar(text, quoted: true), place: try node("x").place)))
    for (a, b) in zip([color.red, color.green, color.blue, color.alpha], expected) {
      #expect(abs(a - b) < 1e-3)
    }
  }

  static let colorCases: [(String, [Double])] = [
    ("#fff", [1.0, 1, 1, 1]), ("#ff000080", [1, 0, 0, 128.0 / 255]), ("rgb(255, 0 0 / 50%)", [1, 0, 0, 0.5]),
    ("red * 4", [4, 0, 0, 1]), ("oklch(1 0 0)", [1, 1, 1, 1]), ("transparent", [0, 0, 0, 0]),
    ("#ff0000 * 2 * 3", [6, 0, 0, 1]),
  ]

  @Test(
    "what is no color",
    arguments: ["#ff", "#12345g", "rgb(1 2)", "rgb(300 0 0)", "hsl(0 0 0)", "redd", "red * x", "* 2"])
  func notColors(_ text: String) throws {
    var reader = reader()
    #expect(reader.color(Node(.scalar(text, quoted: true), place: try node("x").place)) == nil)
    #expect(!reader.diagnostics.isEmpty)
  }

  @Test("a color that no display shows is brought in, and it is said") func outOfGamut() throws {
    var reader = reader()
    let node = Node(.scalar("oklch(0.7 0.4 150)", quoted: true), place: try node("x").place)
    let read = reader.color(node)
    let color = try #require(read)
    #expect([color.red, color.green, color.blue].allSatisfy { (0...1).contains($0) })
    #expect(reader.diagnostics.map { $0.severity } == [.note])
    #expect(reader.diagnostics.first?.message.contains("its chroma becomes") == true)
  }
}
