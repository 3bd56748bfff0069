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
  }

  /// The integral over each channel's band, fine steps along the ray, in double precision.
  @Test(arguments: [(300, 500, Float(0.8)), (1500, 1200, 1)])
  func followsAFineIntegral(_ width: Int, _ height: Int, _ amount: Float) throws {
    let geometry = Geometry(trimWidth: width, trimHeight: height)
    let center = Point(0.3, 0.6)
    let original = try NeonPicture.frame(geometry, NeonPicture.neon)
    let result = try NeonPicture.applied(Self.aberration(amount, center: center), geometry, NeonPicture.neon)
    let radius = Double(width * width + height * height).squareRoot() / 2
    var (worst, total, count) = (0.0, 0.0, 0.0)
    let (cx, cy) = (center.x * Double(width), center.y * Double(height))
    for y in stride(from: 0, to: height, by: 11) {
      for x in stride(from: 0, to: width, by: 7) {
        let (dx, dy) = (Double(x) + 0.5 - cx, Double(y) + 0.5 - cy)
        let r = (dx * dx + dy * dy).squareRoot() / radius
        let k = Double(amount) * 0.01 * Double(height) * r / radius
        let bands = [
          (-1.0, 0.75, original.red, result.red), (0, 0.5, original.green, result.green),
          (1, 0.75, original.blue, result.blue),
        ]
        for (middle, half, before, after) in bands {
          var (want, weights) = (0.0, 0.0)
          for step in -40...40 {
            let share = middle + half * Double(step) / 41
            let weight = 1 - abs(Double(step)) / 41
            let (u, v) = (Double(x) + dx * k * share, Double(y) + dy * k * share)
            let (i, j) = (u.rounded(.down), v.rounded(.down))
            func at(_ x: Double, _ y: Double) -> Double {
              Double(
                before.row(Int(max(0, min(Double(height - 1), y))))[Int(max(0, min(Double(width - 1), x)))])
            }
            let upper = at(i, j) * (1 - u + i) + at(i + 1, j) * (u - i)
            let lower = at(i, j + 1) * (1 - u + i) + at(i + 1, j + 1) * (u - i)
            want += weight * (upper * (1 - v + j) + lower * (v - j))
            weights += weight
          }
          let difference = abs(want / weights - Double(after.row(y)[x]))
          worst = max(worst, difference)
          total += difference
          count += 1
        }
      }
    }
    // Steps of a whole pixel or two on edges of six units of light, one of which falls within three pixels.
    #expect(total / count < 0.004, "\(total / count)")
    #expect(worst < 0.45, "\(worst)")
  }

  /// A white edge becomes a rainbow: each channel runs from dark to bright without a step, over its own stretch.
  @Test func edgesBecomeRainbows() throws {
    let geometry = Geometry(trimWidth: 1600, trimHeight: 900)
    let frame = try NeonPicture.applied(Self.aberration(1), geometry) { x, _ in
      let v = x < 0.9 ? 1.0 : 0
      return SIMD4(v, v, v, 1)
    }
    let row = frame.row(450)
    for plane in [row.red, row.green, row.blue] {
      var steepest: Float = 0
      for x in 1400..<1480 {
        let step = plane[x] - plane[x + 1]
        #expect(step > -1e-6)
        steepest = max(steepest, step)
      }
      // Displaced by 9 · (640 / 918)² = 4.4 pixels, and spread over 1.5 or 1 times that.
      #expect(steepest < 0.5)
    }
    // Outside red is left over, inside it blue is missing first: yellow between.
    #expect(row.red[1443] > 0.3 && row.green[1443] < 0.02 && row.blue[1443] < 0.001)
    #expect(row.blue[1436] < 0.7 && row.red[1436] > 0.99 && row.green[1436] > 0.99)
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Self.aberration(1))
    try NeonPicture.checkLaws(
      Self.aberration(0.7, center: Point(-3, 2)), Geometry(trimWidth: 83, trimHeight: 700))
    try NeonPicture.checkLaws(Self.aberration(1), Geometry(trimWidth: 150, trimHeight: 900, bleed: 9))
  }
}
