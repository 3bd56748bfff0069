import Foundation
import PNGCodec
import Raster
import Testing

@testable import Onesheet

/// What must hold for every preset that is shipped.
@Suite struct EveryPresetTests {
  static let folder = DocumentationTests.root.appendingPathComponent("presets")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  static func preset(_ name: String, _ change: (inout Preset.Options) -> Void = { _ in }) throws -> Preset {
    var options = Preset.Options()
    options.resources = Resources(root: DocumentationTests.root.path)
    change(&options)
    return try Preset(path: folder.appendingPathComponent(name).path, options: options)
  }

  @Test("there are presets") func some() { #expect(Self.names.count >= 3) }

  @Test("each is right at its full size, and its memory is bounded", arguments: names)
  func right(_ name: String) throws {
    let preset = try Self.preset(name)
    try preset.check()
    let plan = try preset.plan(time: nil, workers: Workers(count: 2))
    #expect(plan.peakBytes(for: preset.geometry.bounds) < 4 << 30)
  }

  // MARK: Golden pictures

  /// A twentieth of a code, in the mean over a channel, is below what a new compiler or processor may change;
  /// single pixels may differ by more where a sort decides otherwise.
  private static let meanTolerance = 0.05
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  @Test("each looks as it did", arguments: names)
  func golden(_ name: String) throws {
    let preset = try Self.preset(name) { $0.scale = 120 / 8100 }
    let picture = try preset.render()
    let image = try PNGImage.read(bytes: picture.pngData())
    let file = Self.golden.appendingPathComponent(name.replacingOccurrences(of: ".yaml", with: ".png"))
    if ProcessInfo.processInfo.environment["ONESHEET_RECORD"] != nil {
      try FileManager.default.createDirectory(at: Self.golden, withIntermediateDirectories: true)
      try picture.write(to: file.path)
    }
    let expected = try PNGImage.read(contentsOf: file.path)
    try #require(image.width == expected.width && image.height == expected.height)
    var sum = 0.0
    var worst = (difference: 0, x: 0, y: 0)
    for y in 0..<image.height {
      for x in 0..<image.width {
        let a = try #require(image[x, y])
        let b = try #require(expected[x, y])
        for (p, q) in [(a.red, b.red), (a.green, b.green), (a.blue, b.blue)] {
          let difference = abs(Int(p >> 8) - Int(q >> 8))
          sum += Double(difference)
          if difference > worst.difference { worst = (difference, x, y) }
        }
      }
    }
    let mean = sum / Double(3 * image.width * image.height)
    if mean > Self.meanTolerance {
      let now = FileManager.default.temporaryDirectory.appendingPathComponent("now-" + file.lastPathComponent)
      try picture.write(to: now.path)
      Issue.record(
        """
        \(name): \(mean) codes in the mean, worst \(worst.difference) at \(worst.x), \(worst.y); \
        see \(now.path). If the change is meant: ONESHEET_RECORD=1 make test
        """)
    }
  }

  // MARK: Drafts

  /// The share of structure that a draft has in common with the sheet made small.
  private func agreement(_ name: String, _ change: (inout Preset.Options) -> Void) throws -> Double {
    func render(_ width: Double) throws -> Picture {
      try Self.preset(name) {
        $0.scale = width / 8100
        change(&$0)
      }.render()
    }
    let draft = try render(338)
    let sheet = try render(1350)
    return structuralSimilarity(
      luma(draft, width: draft.width, height: draft.height),
      luma(sheet, width: draft.width, height: draft.height))
  }

  @Test("the teaser's draft is the sheet made small") func draft() throws {
    let quiet = try agreement("teaser.yaml") {
      $0.disabled = ["grain"]
      $0.overrides = [
        Override(path: "tape.noise", value: "0"), Override(path: "tape.dropouts", value: "0"),
      ]
    }
    #expect(quiet >= 0.97, "without grain and tape noise: \(quiet)")
    let whole = try agreement("teaser.yaml") { _ in }
    #expect(whole >= 0.88, "with everything: \(whole)")
  }
}
