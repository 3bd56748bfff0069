import Catalog
import Raster
import Testing

@testable import Layers

@Suite struct EyesTests {
  private static let width = 480
  private static let height = 240

  private func painted(
    width: Int = EyesTests.width, height: Int = EyesTests.height, run: Int = .max,
    _ change: (inout Eyes) -> Void = { _ in }
  ) throws -> Painted {
    var eyes = Eyes()
    eyes.size = 0.6
    eyes.distance = 1.7
    change(&eyes)
    return try Painted(eyes, Painting.context(width, height), run: run)
  }

  /// Mean light about a place, in widths of an eye from the middle of the picture.
  private func light(_ picture: Painted, _ x: Double, _ y: Double, reach: Int = 6) -> SIMD4<Float> {
    let unit = 0.6 * Double(picture.height)
    let cx = Int(Double(picture.width) / 2 + x * unit)
    let cy = Int(Double(picture.height) / 2 + y * unit)
    var sum = SIMD4<Float>(repeating: 0)
    for j in -reach...reach { for i in -reach...reach { sum += picture[cx + i, cy + j] } }
    return sum / Float((2 * reach + 1) * (2 * reach + 1))
  }

  @Test("irises shine when the eyes are open, and lids cover them when not") func opening() throws {
    let open = try painted()
    let closed = try painted { $0.open = 0 }
    for side in [-0.85, 0.85] {
      // Beside the dark hub.
      func iris(_ picture: Painted) -> SIMD4<Float> { light(picture, side + 0.14, 0.02, reach: 3) }
      let (a, b) = (iris(open), iris(closed))
      // Amber: more red than blue.
      #expect(a.x > 0.15 && a.x > 2 * a.z)
      #expect(b.x < 0.5 * a.x)
    }
    let half = try painted { $0.open = 0.4 }
    func lit(_ picture: Painted) -> Int { picture.pixels.filter { $0.x > 0.5 }.count }
    #expect(lit(closed) < lit(half) && lit(half) < lit(open))
  }

  @Test("each side of the face has its light") func sides() throws {
    let picture = try painted {
      $0.leftColor = LinearColor(1, 0, 0)
      $0.rightColor = LinearColor(0, 0, 1)
    }
    var left = SIMD4<Float>(repeating: 0)
    var right = left
    for y in 0..<Self.height {
      // The outer halves of the cheeks, away from the irises.
      for x in 40..<100 { left += picture[x, y] }
      for x in 380..<440 { right += picture[x, y] }
    }
    #expect(left.x > 1.5 * left.z && right.z > 1.5 * right.x)
  }

  @Test("where they look, the iris goes") func gaze() throws {
    func middle(_ picture: Painted) -> Float {
      var sum: Float = 0
      var weight: Float = 0
      for y in 0..<Self.height {
        for x in 240..<480 where picture[x, y].x > 0.5 {
          sum += Float(x)
          weight += 1
        }
      }
      return sum / max(1, weight)
    }
    let ahead = try middle(painted())
    #expect(try middle(painted { $0.gaze = Point(1, 0) }) > ahead + 8)
    #expect(try middle(painted { $0.gaze = Point(-1, 0) }) < ahead - 8)
  }

  @Test("a hub that turns by a tooth looks the same") func hub() throws {
    let (a, b, c) = (
      try painted(), try painted { $0.hub = 60 }, try painted { $0.hub = 30 }
    )
    func difference(_ p: Painted, _ q: Painted) -> Float {
      zip(p.pixels, q.pixels).map { abs($0.x - $1.x) }.max() ?? 0
    }
    #expect(difference(a, b) < 0.02)
    #expect(difference(a, c) > 0.2)
  }

  @Test("it is premultiplied, finite, and ends within the picture") func bounds() throws {
    let picture = try painted { $0.size = 0.2 }
    for pixel in picture.pixels {
      #expect(pixel.x.isFinite && pixel.y.isFinite && pixel.z.isFinite)
      #expect(pixel.w >= 0 && pixel.w <= 1)
      if pixel.w == 0 { #expect(pixel == .zero) }
    }
    #expect(picture[0, 0] == .zero && picture[240, 239] == .zero && picture[0, 120] == .zero)
    #expect(try painted(run: 7) == painted())
  }

  @Test("a draft is the picture made small") func draft() throws {
    let small = try painted(width: 120, height: 60)
    let large = try painted()
    var worst: Float = 0
    for y in 0..<60 {
      for x in 0..<120 {
        var sum = SIMD4<Float>(repeating: 0)
        for j in 0..<4 { for i in 0..<4 { sum += large[4 * x + i, 4 * y + j] } }
        worst = max(worst, abs((sum / 16 - small[x, y]).w))
      }
    }
    #expect(worst < 0.05)
  }
}
