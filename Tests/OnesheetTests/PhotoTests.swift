import Foundation
import Markup
import PNGCodec
import Raster
import Testing

@testable import Onesheet

/// Effects on pictures that exist already.
@Suite struct PhotoTests {
  /// A PNG with every kind of pixel: codes of all sizes under clear, thin and full alpha.
  private static func photo(
    depth: PNGHeader.Depth, alpha: Bool, pixelsPerMeter: Int? = nil, _ body: (String, [UInt16]) throws -> Void
  ) throws {
    let (width, height) = (67, 41)
    let most = depth == .eight ? 255 : 65_535
    let channels = alpha ? 4 : 3
    var made: [UInt16] = []
    for i in 0..<width * height {
      var pixel = (0..<3).map { UInt16(truncatingIfNeeded: (i &* 40_503 &+ $0 &* 9973) & 0xffff & most) }
      if alpha { pixel.append(UInt16(i % 5 == 0 ? 0 : i % 3 == 0 ? most : (i * 31) & most)) }
      made += pixel
    }
    let samples = made
    let header = PNGHeader(
      width: width, height: height, color: alpha ? .rgba : .rgb, depth: depth, pixelsPerMeter: pixelsPerMeter)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    let collected = Collector()
    try PNGEncoder(header: header).encode(
      workers: Workers(count: 1),
      fill: { rows, target in
        guard let base = target.baseAddress else { return }
        var at = base.assumingMemoryBound(to: UInt8.self)
        for sample in samples[rows.lowerBound * width * channels..<rows.upperBound * width * channels] {
          if depth == .sixteen {
            at.pointee = UInt8(sample >> 8)
            at += 1
          }
          at.pointee = UInt8(sample & 255)
          at += 1
        }
      }, write: { collected.append($0) })
    try Data(collected.bytes).write(to: file)
    try body(file.path, samples)
  }

  private final class Collector: @unchecked Sendable {
    var bytes: [UInt8] = []
    func append(_ chunk: UnsafeRawBufferPointer) { bytes.append(contentsOf: chunk) }
  }

  private static func samples(of image: PNGImage, alpha: Bool) -> [UInt16] {
    (0..<image.height).flatMap { y in
      (0..<image.width).flatMap { x -> [UInt16] in
        guard let pixel = image[x, y] else { return [] }
        let all = [pixel.red, pixel.green, pixel.blue] + (alpha ? [pixel.alpha] : [])
        return image.depth == .eight ? all.map { $0 / 257 } : all
      }
    }
  }

  private static func preset(_ photo: Photo, _ effects: [String], chain: String? = nil) throws -> Preset {
    var options = Preset.Options()
    options.resources = PictureTests.resources
    return try Preset(photo: photo, chain: chain, effects: effects, options: options)
  }

  @Test("effects that do nothing give every pixel back", arguments: PNGDepths.all, [false, true])
  func neutral(_ depth: PNGHeader.Depth, _ alpha: Bool) throws {
    try Self.photo(depth: depth, alpha: alpha) { path, expected in
      let photo = try Photo(path: path)
      #expect(photo.encoding == .init(depth: depth == .eight ? .eight : .sixteen, alpha: alpha))
      let picture = try Self.preset(photo, ["vignette: 0", "grain: 0, mask: {layer: photo}"]).render()
      let result = try PNGImage.read(bytes: picture.pngData(photo.encoding))
      #expect((result.width, result.height, result.hasAlpha) == (67, 41, alpha))
      let found = Self.samples(of: result, alpha: alpha)
      // The color of what is clear is nobody's.
      let isEqual =
        found.count == expected.count
        && found.indices.allSatisfy {
          found[$0] == expected[$0] || (alpha && $0 % 4 != 3 && expected[$0 / 4 * 4 + 3] == 0)
        }
      #expect(isEqual)
    }
  }

  @Test("print density is kept, and not invented", arguments: [nil, 2835, 11_811, 23_622])
  func density(_ density: Int?) throws {
    try Self.photo(depth: .eight, alpha: false, pixelsPerMeter: density) { path, _ in
      let photo = try Photo(path: path)
      let result = try PNGImage.read(bytes: Self.preset(photo, ["vignette"]).render().pngData())
      #expect(result.pixelsPerMeter?.x == density && result.pixelsPerMeter?.y == density)
    }
  }

  @Test("what is done to a photo is what a preset with it as a layer does") func asPreset() throws {
    try Self.photo(depth: .eight, alpha: false) { path, _ in
      let photo = try Photo(path: path)
      let mine = try Self.preset(photo, ["vignette: 0.7", "chromatic-aberration: 0.4", "tone: agx"])
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      var options = Preset.Options()
      options.resources = PictureTests.resources
      // The recipe that the picture carries.
      let recipe = try Preset(text: mine.recipe, name: "recipe", folder: folder, options: options)
      let one = try mine.render().pngData()
      let image = try PNGImage.read(bytes: one)
      let other = try PNGImage.read(bytes: recipe.render().pngData())
      let isEqual = Self.samples(of: image, alpha: true) == Self.samples(of: other, alpha: true)
      #expect(isEqual)
      #expect(!mine.recipe.contains(folder))
    }
  }

  @Test("a chain brings its vars, its palette, its seed and its time") func chain() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try """
    onesheet: 1
    canvas: {size: 5x5}
    seed: 42
    still: 3
    vars: {dark: 0.6}
    layers: [{solid: nonsense}]
    effects:
      - vignette: $dark
        id: edge
    """.write(to: folder.appendingPathComponent("base.yaml"), atomically: true, encoding: .utf8)
    let path = folder.appendingPathComponent("look.yaml").path
    try "onesheet: 1\nextends: base.yaml\neffects: [{grain: 0.2}]\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    try Self.photo(depth: .eight, alpha: false) { file, _ in
      let preset = try Self.preset(Photo(path: file), ["tone"], chain: path)
      #expect(preset.effects.map(\.kind) == ["vignette", "grain", "tone"])
      #expect((preset.seed, preset.still) == (42, 3))
      #expect((preset.geometry.width, preset.geometry.height) == (67, 41))
      var options = Preset.Options()
      options.resources = PictureTests.resources
      options.seed = 7
      options.disabled = ["edge"]
      options.overrides = [Override(path: "grain", value: "0.9")]
      options.scale = 0.1
      let changed = try Preset(photo: Photo(path: file), chain: path, options: options)
      #expect(changed.seed == 7 && changed.geometry.width == 67)
      #expect(changed.recipe.contains("0.9"))
    }
  }

  @Test("all mistakes are told at once, where they stand") func mistakes() throws {
    try Self.photo(depth: .eight, alpha: false) { path, _ in
      let photo = try Photo(path: path)
      do {
        _ = try Self.preset(
          photo,
          [
            "vignete: 0.4", "grain: 7, size: 0.002", "vignette: [1", "grade: 0.5, tint: #ff0000",
            "{grain: no}",
          ])
        Issue.record("five mistakes were not found")
      } catch let problems as Diagnostics {
        let text = problems.rendered
        for words in [
          "--effect:1:1: error: there is no effect called 'vignete'\nvignete: 0.4\n^~~~~~~\nhint: did you mean 'vignette'?",
          "--effect:1:8: error: ", "--effect:1:13: error: ']' is due here, not the end",
          "{grain: no}\n        ^~",
        ] { #expect(text.contains(words), "\(text)") }
      }
      #expect(throws: Diagnostics.self) { try Self.preset(photo, []) }
      #expect(throws: Diagnostics.self) { try Self.preset(photo, ["vignette: 1, mask: {layer: sky}"]) }
      #expect(throws: Diagnostics.self) { try Self.preset(photo, ["vignette: 1}, {grain: 1"]) }
    }
  }

  @Test("files that are not there, and files that are no pictures") func unreadable() throws {
    #expect {
      try Photo(path: "/no/such/photo.png")
    } throws: {
      if case .cannotRead = $0 as? RenderError { true } else { false }
    }
    #expect {
      try Photo(path: "/dev/zero")
    } throws: {
      if case .wrongPhoto = $0 as? RenderError { true } else { false }
    }
  }
}

private enum PNGDepths {
  static let all: [PNGHeader.Depth] = [.eight, .sixteen]
}
