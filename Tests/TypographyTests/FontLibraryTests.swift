import Foundation
import Testing

@testable import Typography

@Suite struct FontLibraryTests {
  @Test(arguments: [
    ("Bebas Neue", "BebasNeue-Regular.otf"), ("bebas-neue", "BebasNeue-Regular.otf"),
    ("BEBASNEUE", "BebasNeue-Regular.otf"), ("Bebas Neue Book", "BebasNeue-Book.otf"),
    ("Bebas Neue Bold", "BebasNeue-Bold.otf"), ("BebasNeue-Book.otf", "BebasNeue-Book.otf"),
    ("BebasNeue-Book", "BebasNeue-Book.otf"), ("League Spartan Light", "LeagueSpartan-Light.otf"),
    ("League Spartan 300", "LeagueSpartan-Light.otf"),
    ("League Spartan 700", "LeagueSpartan-Bold.otf"), ("Jura", "Jura-Bold.otf"),
    ("Jura 700", "Jura-Bold.otf"),
    ("Noto Sans SC", "NotoSansSC-Regular-l1.otf"), ("Noto Sans CJK SC", "NotoSansSC-Regular-l1.otf"),
    ("Noto Sans SC Bold", "NotoSansSC-Bold-l12.otf"), ("Noto Sans SC Light", "NotoSansSC-Light.otf"),
    ("Noto Serif SC", "NotoSerifSC-Bold-l1.otf"), ("Noto Sans TC", "NotoSansTC-Bold-l1.otf"),
    ("Smiley Sans", "SmileySans-Oblique.ttf"), ("得意黑", "SmileySans-Oblique.ttf"),
    ("Roboto Condensed", "RobotoCondensed-Light.ttf"), ("Lexend Zetta", "LexendZetta-Regular.ttf"),
    ("Kaushan Script", "KaushanScript-Regular.otf"), ("EMS Osmotron", "EMSOsmotron.svg"),
    ("EMSAllure.svg", "EMSAllure.svg"), ("Hershey Script 1-stroke", "HersheyScript1.svg"),
    ("HersheySans1", "HersheySans1.svg"),
  ])
  func finds(name: String, file: String) throws {
    #expect(try BundledFonts.library.find(name).descriptor.fileName == file)
  }

  @Test(arguments: [
    ("Babas Neue", "Bebas Neue"), ("Bebas Neue Blod", "Bebas Neue Bold"), ("Leage Spartan", "League Spartan"),
    ("Kaushan", "Kaushan Script"), ("Osmotron", "EMS Osmotron"), ("Noto Sans CJK SV", "Noto Sans CJK SC"),
  ])
  func suggestsTheNearest(name: String, nearest: String) throws {
    let error = #expect(throws: FontError.self) { try BundledFonts.library.find(name) }
    guard case .unknown(let asked, let names) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(asked == name)
    #expect(names.contains(nearest), "\(names)")
    #expect(names.count <= 3)
  }

  @Test func unlikeNamesHaveNoSuggestion() {
    for name in ["Zzyzx Quux", "", "   ", "-", String(repeating: "x", count: 100_000)] {
      #expect(throws: FontError.unknown(name: name, nearest: [])) { try BundledFonts.library.find(name) }
    }
  }

  /// A weight that a family lacks is not replaced in silence.
  @Test func missingWeightIsUnknown() {
    #expect(throws: FontError.self) { try BundledFonts.library.find("League Spartan Black") }
    #expect(throws: FontError.self) { try BundledFonts.library.find("Jura 300") }
  }

  @Test func everyBundledFontIsWholeAndLicensed() throws {
    let readme = try String(contentsOfFile: BundledFonts.root + "/README.md", encoding: .utf8)
    #expect(BundledFonts.library.problems.isEmpty)
    #expect(BundledFonts.library.all.count == 25)
    for font in BundledFonts.library.all {
      let face = try BundledFonts.library.face(font)
      let license = try #require(font.license)
      #expect(license.utf8.count > 1000, "\(font.name)")
      #expect(face.glyphCount > 50)
      #expect(face.scripts.contains(.latin), "\(font.name)")
      #expect(readme.contains(font.isStroke ? "Hershey" : font.family), "\(font.name)")
      let metrics = face.metrics
      #expect((0.4...1).contains(metrics.capHeight), "\(font.name): \(metrics)")
      #expect((0.2...1).contains(metrics.xHeight), "\(font.name): \(metrics)")
      #expect((0.5...1.5).contains(metrics.ascent) && (0.05...0.7).contains(metrics.descent), "\(font.name)")
    }
    let scripts = try BundledFonts.face("Noto Sans SC Light").scripts
    #expect(scripts.first == .han)
    #expect(scripts.contains(.katakana) && scripts.contains(.hiragana))
    #expect(try BundledFonts.face("Bebas Neue").metrics.capHeight == 0.7)
    #expect(try BundledFonts.face("EMS Osmotron").isStroke)
    #expect(try !BundledFonts.face("Bebas Neue").isStroke)
  }

  @Test func facesAreOpenedOnce() throws {
    let library = FontLibrary(roots: [BundledFonts.root])
    let first = try library.find("Bebas Neue")
    #expect(try library.find("BebasNeue-Regular.otf") === first)
    #expect(try library.find("bebas-neue/BebasNeue-Regular.otf") === first)
  }

  @Test func namesAreReadQuickly() {
    let clock = ContinuousClock()
    let times = (0..<5).map { _ in clock.measure { _ = FontLibrary(roots: [BundledFonts.root]).all } }
    // Under 30 ms where the compiler optimizes; this leaves room for builds that do not.
    #expect(times.min() ?? .seconds(1) < .milliseconds(150))
  }

  @Test func earlierRootsWin() throws {
    let folder = try TemporaryFolder()
    try folder.copy(BundledFonts.root + "/bebas-neue/BebasNeue-Bold.otf", to: "mine/BebasNeue-Bold.otf")
    let library = FontLibrary(roots: [folder.path, BundledFonts.root])
    #expect(try library.find("Bebas Neue Bold").descriptor.path.hasPrefix(folder.path))
  }

  @Test func pathsStayWithinTheirFolders() throws {
    let folder = try TemporaryFolder()
    let bold = BundledFonts.root + "/bebas-neue/BebasNeue-Bold.otf"
    try folder.copy(bold, to: "preset/fonts/x.otf")
    try folder.copy(bold, to: "secret/x.otf")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/preset/link.otf", withDestinationPath: "../secret/x.otf")
    let library = FontLibrary(roots: [])
    let base = folder.path + "/preset"
    #expect(try library.find("fonts/x.otf", relativeTo: [base]).family == "Bebas Neue")
    #expect(try library.find("./fonts/../fonts/x.otf", relativeTo: [base]).family == "Bebas Neue")
    for name in ["../secret/x.otf", "./link.otf", folder.path + "/secret/x.otf", "/etc/passwd"] {
      #expect(throws: FontError.outside(path: name)) { try library.find(name, relativeTo: [base]) }
    }
    #expect(throws: FontError.unknown(name: "fonts/y.otf", nearest: [])) {
      try library.find("fonts/y.otf", relativeTo: [base])
    }
    #expect(throws: FontError.self) { try library.find("fonts/\0x.otf", relativeTo: [base]) }
  }

  @Test func foldersThatContainThemselves() throws {
    let folder = try TemporaryFolder()
    try folder.copy(BundledFonts.root + "/jura/Jura-Bold.otf", to: "a/b/Jura.otf")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/a/b/loop", withDestinationPath: "../..")
    #expect(FontLibrary(roots: [folder.path]).all.count == 1)
    #expect(FontLibrary(roots: [folder.path + "/nothing"]).all.isEmpty)
  }

  @Test func manyThreadsAtOnce() async throws {
    let library = FontLibrary(roots: [BundledFonts.root])
    let expected = try BundledFonts.layout("AVATAR 林小艺", "Bebas Neue", "Noto Sans SC").path
    let paths = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<32 {
        group.addTask {
          let faces = [try library.find("Bebas Neue"), try library.find("Noto Sans SC")]
          return try TextLayout("AVATAR 林小艺", style: TextStyle(faces: faces)).path == expected
        }
      }
      var equal: [Bool] = []
      for try await one in group { equal.append(one) }
      return equal
    }
    #expect(paths.count == 32 && paths.allSatisfy { $0 })
  }

  @Test func distances() {
    #expect(FontName.distance("bebas", "bebas") == 0)
    #expect(FontName.distance("bebas", "babas") == 1)
    #expect(FontName.distance("bold", "blod") == 1)
    #expect(FontName.distance("kitten", "sitting") == 3)
    #expect(FontName.distance("", "abc") == 3)
  }
}

/// A folder that is removed with the object.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "onesheet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func copy(_ source: String, to name: String) throws {
    try write(Array(Data(contentsOf: URL(filePath: source))), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}
