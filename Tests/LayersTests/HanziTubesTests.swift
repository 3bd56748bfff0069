import Outline
import Raster
import Testing
import Typography

@testable import Layers

/// Tubes along the strokes of a filled Chinese face.
@Suite struct HanziTubesTests {
  private static let size = 320
  /// The strokes as they are.
  private static let plain = {
    var bending = GlassBending()
    bending.bend = 0
    bending.clearance = 0
    bending.jumpers = false
    bending.supports = 0
    return bending
  }()

  private static func lettering(_ text: String) throws -> Lettering {
    try Lettering(text, parameter: "neon", fonts: ["Noto Sans SC Light"], library: Painting.fonts) { _ in }
  }

  private static func coverage(_ path: Path) -> [Float] {
    let mask = CoverageMask(path: path, clip: PixelRect(minX: 0, minY: 0, maxX: size, maxY: size))
    var values = [Float](repeating: 0, count: size * size)
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for y in 0..<size { mask.cover(row: y, columns: 0..<size, into: base + y * size) }
    }
    return values
  }

  /// Areas of the letter: of the letter alone, of tubes alone, and of both, in pixels.
  private static func areas(_ text: String) throws -> (
    both: Double, letter: Double, tubes: Double
  ) {
    let lettering = try lettering(text)
    // Dense characters have thinner strokes: the letter's own width, from its area and outline.
    let glyph = try #require(lettering.layout.glyphs.first)
    let width = try glyph.face.skeleton(of: glyph.id).strokeWidth
    let map = Affine.scale(Double(size) * 0.8, Double(size) * 0.8)
      .then(.translation(Double(size) * 0.1, Double(size) * 0.85))
    var letter = Path()
    for outline in lettering.outlines { letter.append(outline.transformed(by: map)) }
    var drawn = Path()
    for tube in try TubeSign(lettering, diameter: nil, bending: Self.plain, unit: 1).tubes {
      drawn.append(
        tube.path.transformed(by: map).stroked(
          StrokeStyle(width: width * 0.8 * Double(size), join: .round, cap: .round)))
    }
    let (a, b) = (coverage(letter), coverage(drawn))
    var (both, letterOnly, tubesOnly) = (0.0, 0.0, 0.0)
    for (p, q) in zip(a, b) {
      both += Double(min(p, q))
      letterOnly += Double(max(0, p - q))
      tubesOnly += Double(max(0, q - p))
    }
    return (both, letterOnly, tubesOnly)
  }

  @Test(
    "a pen as wide as the strokes writes the character again",
    arguments: "海霧旅社電波喫茶深酒夜行口十永霓虹静电影面國鬱あホ".map { String($0) })
  func writes(_ character: String) throws {
    let areas = try Self.areas(character)
    // The corners of square ends, which a round pen leaves.
    #expect(areas.letter < 0.16 * areas.both, "\(character): \(areas.letter / areas.both) is not written")
    #expect(areas.tubes < 0.08 * areas.both, "\(character): \(areas.tubes / areas.both) is too much")
  }

  @Test("auto takes strokes of Chinese faces and borders of Latin ones")
  func course() throws {
    let hanzi = try Self.lettering("口")
    let strokes = try TubeSign(hanzi, diameter: nil, bending: Self.plain, unit: 1).tubes
    let borders = try TubeSign(hanzi, diameter: nil, along: .borders, bending: Self.plain, unit: 1).tubes
    // An outline and a hole, against strokes that are half as long.
    #expect(borders.count == 2 && borders.allSatisfy { $0.isClosed })
    let (short, long) = (strokes.reduce(0) { $0 + $1.length }, borders.reduce(0) { $0 + $1.length })
    #expect(short > 0.4 * long && short < 0.6 * long)

    let latin = try Lettering("O", parameter: "neon", fonts: ["League Spartan Bold"], library: Painting.fonts)
    { _ in }
    #expect(try TubeSign(latin, diameter: nil, bending: Self.plain, unit: 1).tubes.count == 2)
    #expect(
      try TubeSign(latin, diameter: nil, along: .strokes, bending: Self.plain, unit: 1).tubes.count == 1)
  }

  @Test("十 is two tubes that cross once; 口 is one loop")
  func topology() throws {
    func lines(_ text: String) throws -> [Polyline] {
      try TubeSign(Self.lettering(text), diameter: nil, bending: Self.plain, unit: 1).tubes.flatMap {
        $0.path.flattened(tolerance: 0.001)
      }
    }
    func crossings(_ a: Polyline, _ b: Polyline) -> Int {
      var count = 0
      for (p, q) in zip(a.points, a.points.dropFirst()) {
        for (r, s) in zip(b.points, b.points.dropFirst()) {
          func side(_ u: Point, _ v: Point, _ w: Point) -> Double {
            (v.x - u.x) * (w.y - u.y) - (v.y - u.y) * (w.x - u.x)
          }
          // Half-open, so that a crossing at a common corner counts once.
          let first = (side(p, q, r) < 0) != (side(p, q, s) < 0)
          if first, (side(r, s, p) < 0) != (side(r, s, q) < 0) { count += 1 }
        }
      }
      return count
    }
    let cross = try lines("十")
    #expect(cross.count == 2)
    if cross.count == 2 { #expect(crossings(cross[0], cross[1]) == 1) }

    // A thin pen leaves one hole in 口.
    let areas = try lines("口")
    let map = Affine.scale(256, 256).then(.translation(32, 272))
    var drawn = Path()
    for line in areas {
      drawn.append(
        Path(Polyline(line.points.map(map.apply), isClosed: line.isClosed)).stroked(
          StrokeStyle(width: 5, join: .round, cap: .round)))
    }
    let n = Self.size
    var isInk = Self.coverage(drawn).map { $0 >= 0.5 }
    var grounds = 0
    for cell in isInk.indices where !isInk[cell] {
      grounds += 1
      var stack = [cell]
      isInk[cell] = true
      while let next = stack.popLast() {
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
          let (x, y) = (next % n + dx, next / n + dy)
          guard x >= 0, y >= 0, x < n, y < n, !isInk[y * n + x] else { continue }
          isInk[y * n + x] = true
          stack.append(y * n + x)
        }
      }
    }
    #expect(grounds == 2)
  }
}
