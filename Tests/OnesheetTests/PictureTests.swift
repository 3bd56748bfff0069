import Foundation
import Markup
import PNGCodec
import Raster
import Testing

@testable import Onesheet

/// Whole pictures: what must hold from the preset to the samples of the file.
@Suite struct PictureTests {
  static let resources = Resources(root: DocumentationTests.root.path)

  static func preset(_ text: String, _ change: (inout Preset.Options) -> Void = { _ in }) throws -> Preset {
    var options = Preset.Options()
    options.resources = resources
    change(&options)
    return try Preset(text: text, options: options)
  }

  /// The 8-bit samples of a picture's file.
  static func decoded(_ picture: Picture) throws -> PNGImage {
    try PNGImage.read(bytes: picture.pngData())
  }

  // MARK: Exact colors

  @Test("a flat color is exact in every pixel") func flat() throws {
    let image = try Self.decoded(
      Self.preset("{onesheet: 1, canvas: {size: 257x131}, layers: [{solid: \"#f4e6c8\"}]}").render())
    for y in 0..<image.height {
      for x in 0..<image.width {
        let pixel = try #require(image[x, y])
        try #require(pixel.red >> 8 == 0xf4 && pixel.green >> 8 == 0xe6 && pixel.blue >> 8 == 0xc8)
      }
    }
  }

  @Test("a gradient over 4000 pixels shows no band") func gradient() throws {
    let image = try Self.decoded(
      Self.preset(
        """
        onesheet: 1
        canvas: {size: 4000x128}
        layers:
          - gradient: linear
            angle: 0
            stops: {0: "#101018", 1: "#181828"}
            space: linear
        """
      ).render())
    func linear(_ code: Double) -> Double {
      let v = code / 255
      return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    func coded(_ x: Double) -> Double { 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055) }
    var worst = 0.0
    for block in 0..<62 {
      for band in 0..<2 {
        var sum = (0.0, 0.0)
        var exact = (0.0, 0.0)
        for y in band * 64..<band * 64 + 64 {
          for x in block * 64..<block * 64 + 64 {
            let pixel = try #require(image[x, y])
            sum.0 += Double(pixel.red >> 8)
            sum.1 += Double(pixel.blue >> 8)
            let t = (Double(x) + 0.5) / 4000
            exact.0 += coded(linear(0x10) + (linear(0x18) - linear(0x10)) * t)
            exact.1 += coded(linear(0x18) + (linear(0x28) - linear(0x18)) * t)
          }
        }
        worst = max(worst, abs(sum.0 - exact.0) / 4096, abs(sum.1 - exact.1) / 4096)
      }
    }
    #expect(worst < 0.1)
  }

  // MARK: Parts, threads, time

  static let busy = """
    onesheet: 1
    canvas: {size: 211x157, bleed: 5px}
    duration: 4
    loop: true
    layers:
      - group:
          - gradient: conic
            stops: {0: "#06070d", 0.5: "#ff2e88 * 4", 1: "#06070d"}
            rotate: {wave: {low: 0, high: 40, period: 2}}
          - noise: fbm
            blend: screen
            opacity: {flicker: {low: 0.2, high: 1, rate: 5}}
            mask: {shape: ellipse, width: 0.6, height: 0.7, feather: 0.05}
          - text: "霓虹 NEON"
            font: [Bebas Neue, Noto Sans SC]
            fit: 0.8
            effects: [{bloom: 0.5}]
        effects: [bloom, tone, vhs]
      - neon: OPEN
        size: 0.2
        at: [0.5, 0.8]
    effects:
      - pixel-sort
      - grain
      - vignette: 0.4
        mix: 0.5
    """

  @Test("the same bytes for any number of threads and any band height") func threads() throws {
    let preset = try Self.preset(Self.busy)
    let expected = try preset.render(workers: Workers(count: 1)).pngData()
    for workers in [Workers(count: 2), Workers(count: 5, bandHeight: 3), Workers(count: 3, bandHeight: 41)] {
      let isEqual = try preset.render(workers: workers).pngData() == expected
      #expect(isEqual, "\(workers)")
    }
  }

  /// Effects that look near after one that looks far, on the whole picture and on a layer that covers some of it:
  /// frames get smaller on the way.
  static let wide = """
    onesheet: 1
    canvas: {size: 620x181}
    layers:
      - group:
          - gradient: radial
            stops: {0: "#ff2e88 * 6", 0.6: "#06070d"}
          - noise: fbm
            size: 0.1
            blend: add
            opacity: 0.4
        effects:
          - bloom: 0.6
            radius: 0.2
          - chromatic-aberration: 0.2
          - vhs: sp
            bandwidth: 3.5
            lines: 200
            head-switching: 0
            mix: 0.7
          - grain: 0.3
      - text: NEON
        fit: 0.3
        at: [0.3, 0.5]
        effects:
          - bloom: 0.5
            radius: 0.01
          - pixel-sort: random
            coverage: 1
            span: 0.03
          - {vhs: ep, head-switching: 0, mask: {shape: ellipse, width: 0.5, height: 0.5, feather: 0.02}}
    effects:
      - bloom: 0.2
        radius: 0.1
      - pixel-sort: waves
        angle: 90
        span: 0.05
        strip: 0.25
        mix: 0.6
    """

  @Test("a region is equal to that part of the whole", arguments: [busy, wide]) func region(_ text: String)
    throws
  {
    let preset = try Self.preset(text)
    let whole = try preset.render()
    let bounds = preset.geometry.bounds
    for part in [
      PixelRect(minX: 37, minY: 61, maxX: 120, maxY: 90), PixelRect(minX: 0, minY: 0, maxX: 9, maxY: 9),
      PixelRect(minX: 100, minY: 80, maxX: 101, maxY: 81), PixelRect(minX: 0, minY: 70, maxX: 600, maxY: 72),
      PixelRect(minX: 180, minY: 40, maxX: 203, maxY: 160),
      PixelRect(minX: bounds.maxX - 30, minY: bounds.maxY - 12, maxX: bounds.maxX, maxY: bounds.maxY),
    ].map({ $0.intersection(bounds) }) {
      let picture = try preset.render(region: part)
      var isEqual = picture.framebuffer.region.contains(part)
      for y in part.rows where isEqual {
        for (a, b) in zip(whole.framebuffer.planes, picture.framebuffer.planes) {
          for x in part.columns {
            let one = a.row(y - whole.framebuffer.region.minY)[x - whole.framebuffer.region.minX]
            let other = b.row(y - picture.framebuffer.region.minY)[x - picture.framebuffer.region.minX]
            if one.bitPattern != other.bitPattern { isEqual = false }
          }
        }
      }
      #expect(isEqual, "\(part)")
    }
  }

  @Test("the end of a loop is its beginning, and moments render alone") func loop() throws {
    let preset = try Self.preset(Self.busy)
    let start = try preset.render(time: 0).pngData()
    let end = try preset.render(time: 4).pngData()
    let isEqual = start == end
    #expect(isEqual)
    let middle = try preset.render(time: 1.3).pngData() == start
    #expect(!middle)
  }

  @Test("another seed is another picture") func seed() throws {
    let one = try Self.preset(Self.busy).render().pngData()
    let other = try Self.preset(Self.busy) { $0.seed = 7 }.render().pngData()
    let isEqual = one == other
    #expect(!isEqual)
  }

  @Test("adding a layer reshuffles nothing") func stableSeeds() throws {
    let text =
      "onesheet: 1\ncanvas: {size: 64x64}\nlayers:\n  - noise: fbm\n    stops: {0: black, 1: white}\n"
    let plain = try Self.preset(text).render().framebuffer.red.row(30)[30]
    let more = try Self.preset(text.replacingOccurrences(of: "layers:\n", with: "layers:\n  - solid: red\n"))
    #expect(try more.render().framebuffer.red.row(30)[30] == plain)
  }

  // MARK: The file

  @Test("a file carries its recipe, and the recipe renders the same picture") func recipe() throws {
    let preset = try Self.preset(Self.busy) { $0.overrides = [Override(path: "grain.grain", value: "0.7")] }
    let picture = try preset.render()
    let image = try Self.decoded(picture)
    let recipe = try #require(image.texts.first { $0.keyword == "onesheet preset" }).text
    #expect(recipe.contains("0.7"))
    #expect(!recipe.contains(DocumentationTests.root.path))
    let again = try Self.preset(recipe).render()
    #expect(again.framebuffer.red.row(50)[70].bitPattern == picture.framebuffer.red.row(50)[70].bitPattern)
    let isEqual = try Self.decoded(again).texts.count == image.texts.count
    #expect(isEqual)
    #expect(image.pixelsPerMeter?.x == 11811)
  }

  @Test("transparency is kept when it is asked for") func alpha() throws {
    let picture = try Self.preset(
      "onesheet: 1\ncanvas: {size: 40x40}\nlayers: [{shape: ellipse, width: 0.5, height: 0.5, fill: red}]\n"
    ).render()
    let image = try PNGImage.read(bytes: picture.pngData(.init(alpha: true)))
    #expect(try #require(image[0, 0]).alpha == 0)
    #expect(try #require(image[20, 20]).alpha == 0xffff)
    #expect(try #require(image[20, 20]).red == 0xffff)
  }

  // MARK: Limits

  @Test("a picture that does not fit in memory is refused before anything is allocated") func memory() throws
  {
    let preset = try Self.preset(
      "{onesheet: 1, canvas: {size: 100000x100000}, layers: [{solid: red}]}")
    let before = BufferPool.shared.usage.peak
    do {
      _ = try preset.render()
      Issue.record("160 GB were not refused")
    } catch RenderError.needsMemory(let needed, let available, _, _) {
      #expect(needed > 160_000_000_000)
      #expect(available > 0)
    }
    // Other tests share the pool, but none of them comes near what was refused.
    #expect(BufferPool.shared.usage.peak - before < 32 << 30)
  }

  @Test("a part of a picture that is too large can be rendered") func partOfAGiant() throws {
    let preset = try Self.preset(
      "{onesheet: 1, canvas: {size: 100000x100000}, layers: [{gradient: linear, stops: {0: red, 1: blue}}]}")
    let picture = try preset.render(region: PixelRect(minX: 99_000, minY: 50_000, maxX: 99_100, maxY: 50_100))
    #expect(picture.width == 100)
  }

  @Test("copies of copies are bounded") func copies() throws {
    var text = "onesheet: 1\ncanvas: {size: 20x20}\nlayers:\n  - solid: red\n    id: a0\n"
    for level in 1...10 {
      text +=
        "  - group: [\(Array(repeating: "{copy: a\(level - 1)}", count: 10).joined(separator: ", "))]\n    id: a\(level)\n"
    }
    do {
      try Self.preset(text).check()
      Issue.record("10^10 layers were not refused")
    } catch let problems as Diagnostics {
      #expect(problems.rendered.contains("more than 20000 layers"))
    }
  }
}
