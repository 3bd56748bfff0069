import Foundation
import Testing

@testable import Typography

@Suite struct HostileFontTests {
  /// Opens a font and draws with it; errors of the library's own kinds are the only ones that may come.
  private func tryOut(_ path: String) throws -> Bool {
    do {
      let face = try Face(file: path)
      _ = face.scripts
      let layout = try TextLayout("AVATAR office É “Wg” 林", style: TextStyle(faces: [face]))
      let box = layout.inkBox
      return box.isNull || box.minX.isFinite && box.maxY.isFinite
    } catch is FontError {
      return true
    } catch TextError.font {
      return true
    }
  }

  static let samples = [
    "bebas-neue/BebasNeue-Regular.otf", "lexend-zetta/LexendZetta-Regular.ttf", "stroke-ems/EMSOsmotron.svg",
  ]

  @Test(arguments: samples) func truncated(sample: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Array(Data(contentsOf: URL(filePath: BundledFonts.root + "/" + sample)))
    let ending = String(sample.suffix(4))
    for step in 0..<40 {
      // Half of the cuts in the first 512 bytes, where the table directory stands.
      let length = step < 20 ? step * 512 / 20 : (step - 20) * whole.count / 20
      let path = try folder.write(Array(whole.prefix(length)), to: "cut\(step)" + ending)
      #expect(try tryOut(path), "\(length) bytes")
      if length < 12 { #expect(throws: FontError.self) { try Face(file: path) } }
    }
  }

  @Test(arguments: samples) func damaged(sample: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Array(Data(contentsOf: URL(filePath: BundledFonts.root + "/" + sample)))
    let ending = String(sample.suffix(4))
    var random = SplitMix(state: 2026)
    let clock = ContinuousClock()
    for variant in 0..<200 {
      var bytes = whole
      for _ in 0..<(1 + variant % 16) {
        let region = variant % 2 == 0 ? min(1024, bytes.count) : bytes.count
        bytes[Int(random.next() % UInt64(region))] = UInt8(truncatingIfNeeded: random.next())
      }
      let path = try folder.write(bytes, to: "damaged" + ending)
      var isSound = false
      let time = try clock.measure { isSound = try tryOut(path) }
      #expect(isSound, "variant \(variant)")
      #expect(time < .seconds(5), "variant \(variant)")
    }
  }

  @Test(arguments: ["otf", "ttf", "ttc", "svg"]) func noFontAtAll(ending: String) throws {
    let folder = try TemporaryFolder()
    let contents: [[UInt8]] = [
      [], [0], Array("OTTO".utf8), Array("ttcf".utf8) + [UInt8](repeating: 255, count: 60),
      [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 255, count: 4096), Array("<svg/>".utf8),
      Array("not a font".utf8),
    ]
    for (number, bytes) in contents.enumerated() {
      let path = try folder.write(bytes, to: "\(number).\(ending)")
      #expect(throws: FontError.self, "\(number)") { try Face(file: path) }
    }
    let library = FontLibrary(roots: [folder.path])
    #expect(library.all.isEmpty)
    #expect(library.problems.count == contents.count)
    // Asked for by name, a broken file says what is wrong with it.
    #expect(throws: library.problems[0]) { try library.find("0.\(ending)") }
  }

  @Test func bitmapOnly() throws {
    // A font without the tables of outlines, as made by taking the name of one away.
    let folder = try TemporaryFolder()
    var bytes = try Array(
      Data(contentsOf: URL(filePath: BundledFonts.root + "/bebas-neue/BebasNeue-Regular.otf")))
    let tag = Array("CFF ".utf8)
    let place = try #require((12..<300).first { Array(bytes[$0..<$0 + 4]) == tag })
    bytes.replaceSubrange(place..<place + 4, with: Array("none".utf8))
    let path = try folder.write(bytes, to: "x.otf")
    #expect(throws: FontError.self) { try Face(file: path) }
  }

  /// The font of a file with one table replaced, or with another name in its directory.
  private func changed(_ sample: String, table tag: String, to name: String? = nil, _ bytes: [UInt8]? = nil)
    throws
    -> [UInt8]
  {
    var font = try Array(Data(contentsOf: URL(filePath: BundledFonts.root + "/" + sample)))
    let count = Int(font[4]) << 8 | Int(font[5])
    let record = try #require(
      (0..<count).map { 12 + $0 * 16 }.first { String(decoding: font[$0..<$0 + 4], as: UTF8.self) == tag })
    func write(_ value: Int, _ place: Int) {
      for byte in 0..<4 { font[place + byte] = UInt8(value >> (24 - 8 * byte) & 255) }
    }
    if let name { font.replaceSubrange(record..<record + 4, with: Array(name.utf8)) }
    if let bytes {
      write(font.count, record + 8)
      write(bytes.count, record + 12)
      font += bytes
    }
    return font
  }

  @Test func blankAndColoredFonts() throws {
    let folder = try TemporaryFolder()
    let sample = "lexend-zetta/LexendZetta-Regular.ttf"
    // Every glyph of no bytes: a font of color pictures or of bitmaps looks like this to those who draw outlines.
    let whole = try Array(Data(contentsOf: URL(filePath: BundledFonts.root + "/" + sample)))
    let maximum = try OpenTypeHeader(file: BundledFonts.root + "/" + sample).glyphCount
    let blank = try changed(sample, table: "loca", [UInt8](repeating: 0, count: (maximum + 1) * 4))
    let path = try folder.write(blank, to: "blank.ttf")
    #expect(throws: FontError.noOutlines(file: path, detail: "its glyphs are blank")) { try Face(file: path) }
    // With a table of colored pictures the complaint says so.
    var colored = blank
    let place = try #require(
      (0..<400).first { String(decoding: colored[$0..<$0 + 4], as: UTF8.self) == "GPOS" })
    colored.replaceSubrange(place..<place + 4, with: Array("SVG ".utf8))
    let svg = try folder.write(colored, to: "color.ttf")
    do {
      _ = try Face(file: svg)
      Issue.record("a font of pictures was opened")
    } catch {
      #expect("\(error)".contains("no outlines") && whole.count > 1000)
    }
    // Without its character map, a font has no characters.
    let mapless = try folder.write(try changed(sample, table: "cmap", to: "none"), to: "mapless.ttf")
    #expect(throws: FontError.empty(file: mapless)) { try Face(file: mapless) }
  }

  @Test(arguments: ["GSUB", "GPOS", "vmtx", "vhea", "VORG", "kern", "cmap", "hmtx"])
  func damagedTables(tag: String) throws {
    let folder = try TemporaryFolder()
    let sample = tag == "kern" ? "bebas-neue/BebasNeue-Regular.otf" : "noto-serif-sc/NotoSerifSC-Bold-l1.otf"
    var random = SplitMix(state: 77)
    let clock = ContinuousClock()
    for variant in 0..<24 {
      let length = [0, 1, 2, 7, 40, 500, 4000, 70_000][variant % 8]
      let noise = (0..<length).map { _ in
        variant < 8 ? 0 : variant < 16 ? 255 : UInt8(truncatingIfNeeded: random.next())
      }
      let path = try folder.write(try changed(sample, table: tag, noise), to: "damaged.otf")
      var isSound = false
      let time = try clock.measure {
        isSound = try tryOut(path)
        guard let face = try? Face(file: path) else { return }
        var style = TextStyle(faces: [face])
        style.direction = .vertical
        style.maxWidth = 3
        style.features = [FontFeature("halt")!: 1, FontFeature("ss01")!: 3]
        if let box = try? TextLayout("林「AV」24，小艺", style: style).inkBox {
          isSound = isSound && (box.isNull || box.minY.isFinite && box.maxX.isFinite)
        }
        _ = face.optionalFeatures
      }
      #expect(isSound, "\(tag), variant \(variant)")
      #expect(time < .seconds(5), "\(tag), variant \(variant)")
    }
  }

  @Test func tooLarge() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([], to: "huge.otf")
    #expect(truncate(path, off_t(FontFile.maximumSize + 1)) == 0)
    #expect(
      throws: FontError.tooLarge(file: path, bytes: FontFile.maximumSize + 1, limit: FontFile.maximumSize)
    ) { try Face(file: path) }
    let svg = try folder.write([], to: "huge.svg")
    #expect(truncate(svg, off_t(StrokeFont.maximumSize + 1)) == 0)
    #expect(throws: FontError.self) { try Face(file: svg) }
  }

  @Test(.timeLimit(.minutes(1))) func neverWaitsForPipesAndDevices() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe.otf", 0o600) == 0)
    for path in [folder.path + "/pipe.otf", folder.path, "/dev/zero", folder.path + "/none.otf"] {
      #expect(throws: FontError.self) { try Face(file: path) }
    }
    #expect(FontLibrary(roots: [folder.path]).all.isEmpty)
  }
}

/// SplitMix64, for the same damage on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
