import Catalog
import Raster
import Testing

@testable import Layers

@Suite struct OSDTests {
  private func painted(time: Double = 0, loop: Double? = nil, _ change: (inout OSD) -> Void = { _ in }) throws
    -> Painted
  {
    var osd = OSD()
    change(&osd)
    return try Painted(osd, Painting.context(640, 480, time: time, loop: loop))
  }

  /// Sum of coverage in a part of the picture.
  private func ink(_ picture: Painted, _ columns: Range<Int>, _ rows: Range<Int>) -> Float {
    rows.reduce(0) { sum, y in columns.reduce(sum) { $0 + picture[$1, y].w } }
  }

  @Test func somethingStandsInEveryCorner() throws {
    let picture = try painted()
    for columns in [30..<250, 390..<610] {
      for rows in [30..<80, 400..<450] { #expect(ink(picture, columns, rows) > 300) }
    }
    #expect(ink(picture, 0..<640, 100..<380) == 0)
    // Inside the margin but for the dark edge of the letters.
    let box = try #require(picture.ink)
    #expect(box.minX > 30 && box.maxX < 610 && box.minY > 30 && box.maxY < 450)
    let none = try painted {
      $0.mode = ""
      $0.speed = " "
      $0.date = ""
      $0.counts = false
    }
    #expect(none.ink == nil)
  }

  @Test func theCounterRuns() throws {
    let osd = OSD()
    #expect(osd.time(at: Moment(time: 0)) == "0:12:34")
    #expect(osd.time(at: Moment(time: 0.99)) == "0:12:34")
    #expect(osd.time(at: Moment(time: 26)) == "0:13:00")
    #expect(osd.time(at: Moment(time: 3600 * 9)) == "9:12:34")
    #expect(osd.time(at: Moment(time: .infinity)) == "0:12:34")
    let (a, b) = (try painted(time: 0.2), try painted(time: 1.2))
    #expect(a != b)
    #expect(ink(a, 0..<640, 0..<240) == ink(b, 0..<640, 0..<240))
    #expect(try painted(time: 0.2) == painted(time: 0.7))
  }

  @Test func lettersAreWhiteWithABlackEdge() throws {
    let picture = try painted()
    let values = picture.pixels.filter { $0.w > 0.999 }.map { $0.x }
    #expect(values.contains { $0 > 0.999 } && values.contains { $0 < 0.001 })
  }

  /// Cells are 12 dots wide and 18 high, a dot 0.86 times as wide as high: 0.573 of the cell's height.
  @Test func cellsAreThoseOfADeck() throws {
    func width(_ text: String) throws -> Double {
      let picture = try painted {
        $0.mode = text
        $0.speed = ""
        $0.date = ""
        $0.counts = false
      }
      let box = try #require(picture.ink)
      return Double(box.width)
    }
    #expect(try abs(width("HHHHH") - width("H") - 4 * 0.5733 * 36) <= 1)
  }

  @Test func chineseIsDrawnAndMissingLettersAreTold() throws {
    let picture = try painted { $0.mode = "播放 \u{25B6}" }
    #expect(ink(picture, 30..<250, 30..<80) > 300)
    var osd = OSD()
    osd.font = ["No Such Font"]
    let problems = Painting.problems(osd, Painting.context(64, 48))
    #expect(problems.first?.parameter == "font")
  }
}
