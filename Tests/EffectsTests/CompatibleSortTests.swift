import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

/// What the package makes of pictures, recorded by PixelSortPackage/record.py, against what we make of them.
@Suite struct CompatibleSortTests {
  private struct Case {
    var width, height: Int
    var kind, key: String
    var angle: Double
    var function: String
    var lower, upper: Double
    var isMasked: Bool
    var digest: String
    var text: String
  }

  private static func cases() throws -> [Case] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("PixelSortPackage/expected.txt")
    var words: [String] = []
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      // A hyphen stands for what the line before says.
      let own = line.split(separator: " ").map(String.init)
      words = words.isEmpty ? own : zip(words, own).map { $1 == "-" ? $0 : $1 }
      try #require(words.count == 10 && own.count == 10)
      return Case(
        width: try #require(Int(words[0])), height: try #require(Int(words[1])), kind: words[2],
        key: words[3], angle: try #require(Double(words[4])), function: words[5],
        lower: try #require(Double(words[6])), upper: try #require(Double(words[7])),
        isMasked: words[8] == "masked", digest: words[9], text: words.joined(separator: " "))
    }
  }

  private static func mixed(_ x: Int, _ y: Int, _ c: Int, _ seed: Int) -> UInt32 {
    var h = UInt32(
      truncatingIfNeeded: x * 73_856_093 ^ y * 19_349_663 ^ c * 83_492_791 ^ seed * 2_654_435_761)
    h ^= h >> 15
    h = h &* 0x2c1b_3c6d
    h ^= h >> 12
    h = h &* 0x297a_2d39
    return h ^ h >> 15
  }

  private static func code(_ kind: String, _ x: Int, _ y: Int, _ c: Int) -> Int {
    switch kind {
    case "noise": return Int(mixed(x, y, c, 1) & 255)
    case "few": return Int(mixed(x, y, c, 2) & 3) * 85
    default:
      return min(255, (x * 5 + y * (3 + c) + c * 40 + Int(mixed(x / 6, y / 4, c, 3) & 63)) % 300)
    }
  }

  private static func mask(_ region: PixelRect, seed: Int, inverted: Bool) throws -> LayerPlane {
    let plane = try Plane(width: region.width, height: region.height)
    for y in region.rows {
      for x in region.columns {
        let isWhite = mixed(x / 3, y / 2, 0, seed) & 3 != 0
        plane.row(y)[x] = isWhite != inverted ? 1 : 0
      }
    }
    return LayerPlane(plane: plane, region: region)
  }

  private static func digest(_ frame: Framebuffer) -> String {
    var h: UInt32 = 0x811c_9dc5
    for y in frame.region.rows {
      let row = frame.row(y)
      for x in 0..<row.count {
        for light in [row.red[x], row.green[x], row.blue[x]] {
          h = (h ^ UInt32((SRGB.encode(Double(light)) * 255).rounded())) &* 0x0100_0193
        }
        h = (h ^ UInt32((row.alpha[x] * 255).rounded())) &* 0x0100_0193
      }
    }
    let text = String(h, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  private static func result(of item: Case, alpha: Float = 1) throws -> Framebuffer {
    let geometry = Geometry(trimWidth: item.width, trimHeight: item.height)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      func light(_ c: Int) -> Float { Float(SRGB.decode(Double(code(item.kind, x, y, c)) / 255)) * alpha }
      return SIMD4(light(0), light(1), light(2), alpha)
    }
    var sort = PixelSort()
    sort.compatible = .pixelsort
    sort.key = try #require(SortKey(rawValue: item.key))
    (sort.lower, sort.upper, sort.angle) = (item.lower, item.upper, item.angle)
    var context = Pictures.context(geometry)
    switch item.function {
    case "file": sort.intervals = .mask
    case "file-edges": sort.intervals = .edges
    default: sort.intervals = try #require(PixelSort.Intervals(rawValue: item.function))
    }
    if item.function.hasPrefix("file") {
      sort.spans = LayerReference("mask", .alpha)
      context.planes["spans"] = try mask(geometry.bounds, seed: 9, inverted: false)
    }
    if item.isMasked {
      // What a mask lets through is what is not protected.
      sort.protect = LayerReference("mask", .alpha)
      context.planes["protect"] = try mask(geometry.bounds, seed: 7, inverted: true)
    }
    try sort.apply(to: frame, in: context)
    return frame
  }

  @Test("all that needs no chance, bit for bit") func equalsThePackage() throws {
    let cases = try Self.cases()
    #expect(cases.count > 3000)
    var wrong: [String] = []
    for item in cases where try Self.digest(Self.result(of: item)) != item.digest { wrong.append(item.text) }
    #expect(wrong.isEmpty, "\(wrong.count) of \(cases.count) differ, such as \(wrong.prefix(5))")
  }

  /// Premultiplied colors are sorted by what they were before.
  @Test func alphaDoesNotCount() throws {
    for item in try Self.cases() where item.width == 41 && !item.isMasked && item.function == "threshold" {
      let (opaque, half) = (try Self.result(of: item), try Self.result(of: item, alpha: 0.5))
      var isEqual = true
      for y in 0..<item.height {
        for x in 0..<item.width where opaque.row(y).green[x] != 2 * half.row(y).green[x] { isEqual = false }
      }
      #expect(isEqual, "\(item.text)")
    }
  }

  /// Odd angles and rays, chance, and keys that the package does not know: still, no pixel is lost or doubled.
  @Test(arguments: PixelSort.Intervals.allCases, SortKey.allCases)
  func pixelsAreOnlyExchanged(_ intervals: PixelSort.Intervals, _ key: SortKey) throws {
    let geometry = Geometry(trimWidth: 61, trimHeight: 47, bleed: 3)
    for (path, angle) in [(PixelSort.Path.straight, 33.0), (.straight, 200), (.radial, 0), (.circular, 0)] {
      let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
      func sorted() -> [[UInt32]] {
        let bits = Pictures.bits(frame)
        return stride(from: 0, to: bits.count, by: 4).map { Array(bits[$0..<$0 + 4]) }
          .sorted { $0.lexicographicallyPrecedes($1) }
      }
      let (before, unsorted) = (sorted(), Pictures.bits(frame))
      var sort = PixelSort()
      (sort.compatible, sort.intervals, sort.key) = (.pixelsort, intervals, key)
      (sort.path, sort.angle, sort.span) = (path, angle, 0.3)
      try sort.apply(to: frame, in: Pictures.context(geometry))
      let isPermutation = sorted() == before
      #expect(isPermutation, "\(path), \(angle)")
      let hasChanged = Pictures.bits(frame) != unsorted
      #expect(hasChanged || key == .depth)
    }
  }
}
