import Catalog
import Raster
import Testing

@testable import Effects

@Suite struct ChromaticAberrationTests {
  private static func aberration(_ amount: Float, center: Point = Point(0.5, 0.5)) -> ChromaticAberration {
    var aberration = ChromaticAberration()
    aberration.amount = amount
    aberration.center = center
    return aberration
  }

  /// Where the light of a plane lies in a row, pixels.
  private static func centroid(_ plane: Plane, row: Int, _ columns: Range<Int>) -> Double {
    var (sum, weight) = (0.0, 0.0)
    for x in columns {
      let v = Double(plane.row(row)[x])
      sum += v * (Double(x) + 0.5)
      weight += v
    }
    return sum / weight
  }

  /// A thin white line near the right edge on the height of the center.
  @Test func redGoesOutAndBlueIn() throws {
    let geometry = Geometry(trimWidth: 800, trimHeight: 600)
    let frame = try NeonPicture.applied(Self.aberration(1), geometry) { x, _ in
      let d = (x * 800 - 750) / 3
      let light = max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    // 6 pixels at half the diagonal (500), growing with the square: 350 pixels off, 6 · 0.49.
    let green = Self.centroid(frame.green, row: 299, 700..<800)
    let red = Self.centroid(frame.red, row: 299, 700..<800) - green
    let blue = Self.centroid(frame.blue, row: 299, 700..<800) - green
    #expect(abs(green - 750) < 0.01)
    #expect(abs(red - 2.94) < 0.12 && abs(blue + 2.94) < 0.12, "\(red) \(blue)")
  }

  @Test func theMiddleStaysAndConstantsStay() throws {
    let geometry = Geometry(trimWidth: 160, trimHeight: 120)
    let flat = try NeonPicture.applied(Self.aberration(1), geometry, NeonPicture.gray(0.5))
    #expect(try NeonPicture.difference(flat, NeonPicture.frame(geometry, NeonPicture.gray(0.5))) < 1e-6)
    let picture = try NeonPicture.applied(Self.aberration(0.3), geometry, samples: 3, NeonPicture.neon)
    let original = try NeonPicture.frame(geometry, samples: 3, NeonPicture.neon)
    let middle = PixelRect(minX: 75, minY: 55, maxX: 85, maxY: 65)
    #expect(NeonPicture.difference(picture, original, in: middle) < 0.002)
    for y in 0..<120 { for x in 0..<160 { #expect(picture.green.row(y)[x] == original.green.row(y)[x]) } }
  }

  /// Bilinear sampling at the displaced places, pixel by pixel in double precision.
  @Test func followsAPlainReference() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 500)
    let center = Point(0.3, 0.6)
    let original = try NeonPicture.frame(geometry, NeonPicture.neon)
    let result = try NeonPicture.applied(Self.aberration(0.8, center: center), geometry, NeonPicture.neon)
    let radius = (300.0 * 300 + 500 * 500).squareRoot() / 2
    var worst = 0.0
    for y in stride(from: 0, to: 500, by: 3) {
      for x in stride(from: 0, to: 300, by: 2) {
        let (dx, dy) = (Double(x) + 0.5 - 90, Double(y) + 0.5 - 300)
        let r = (dx * dx + dy * dy).squareRoot() / radius
        for (sign, before, after) in [(-1.0, original.red, result.red), (1, original.blue, result.blue)] {
          var want = 0.0
          for (share, weight) in [(0.6, 0.25), (1, 0.5), (1.4, 0.25)] {
            let k = sign * 0.8 * 0.01 * 500 * r / radius * share
            let u = Double(x) + dx * k
            let v = Double(y) + dy * k
            let (i, j) = (u.rounded(.down), v.rounded(.down))
            func at(_ x: Double, _ y: Double) -> Double {
              Double(before.row(Int(max(0, min(499, y))))[Int(max(0, min(299, x)))])
            }
            let upper = at(i, j) * (1 - u + i) + at(i + 1, j) * (u - i)
            let lower = at(i, j + 1) * (1 - u + i) + at(i + 1, j + 1) * (u - i)
            want += weight * (upper * (1 - v + j) + lower * (v - j))
          }
          worst = max(worst, abs(want - Double(after.row(y)[x])))
        }
      }
    }
    // Half a step of the grid of 1/1024 pixel, on edges of 6 units of light.
    #expect(worst < 0.01, "\(worst)")
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Self.aberration(1))
    try NeonPicture.checkLaws(
      Self.aberration(0.7, center: Point(-3, 2)), Geometry(trimWidth: 83, trimHeight: 700))
    try NeonPicture.checkLaws(Self.aberration(1), Geometry(trimWidth: 150, trimHeight: 900, bleed: 9))
  }
}
