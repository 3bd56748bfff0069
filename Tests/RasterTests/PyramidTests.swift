import Testing

@testable import Raster

/// The pyramid's filters against the taps that their author describes.
@Suite struct PyramidTests {
  static func scale(_ rect: PixelRect, _ value: (Int, Int, Int) -> Float) throws -> PyramidScale {
    let scale = try PyramidScale(rect: rect)
    for (channel, plane) in scale.planes.enumerated() {
      for y in 0..<rect.height {
        for x in 0..<rect.width { plane.row(y)[x] = value(channel, x + rect.minX, y + rect.minY) }
      }
    }
    return scale
  }

  static func noise(_ channel: Int, _ x: Int, _ y: Int) -> Float {
    Float(latticeHash(Int32(x), Int32(y), UInt32(channel)) >> 8) * 0x1p-24
  }

  private func sample(_ scale: PyramidScale, _ channel: Int, _ x: Int, _ y: Int) -> Double {
    let r = scale.rect
    return Double(
      scale.planes[channel].row(min(max(y, r.minY), r.maxY - 1) - r.minY)[
        min(max(x, r.minX), r.maxX - 1) - r.minX])
  }

  /// Bilinear sampling at a place in pixels, pixel centers at one half.
  private func bilinear(_ scale: PyramidScale, _ channel: Int, _ x: Double, _ y: Double) -> Double {
    let (x0, y0) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
    let (u, v) = (x - 0.5 - x0, y - 0.5 - y0)
    let (i, j) = (Int(x0), Int(y0))
    return (1 - v) * ((1 - u) * sample(scale, channel, i, j) + u * sample(scale, channel, i + 1, j))
      + v * ((1 - u) * sample(scale, channel, i, j + 1) + u * sample(scale, channel, i + 1, j + 1))
  }

  @Test(arguments: [
    PixelRect(width: 37, height: 21), PixelRect(width: 1, height: 1), PixelRect(width: 2, height: 9),
    PixelRect(minX: 8, minY: 12, maxX: 61, maxY: 40), PixelRect(minX: 5, minY: 3, maxX: 30, maxY: 30),
  ])
  func thirteenTapsDown(_ rect: PixelRect) throws {
    let fine = try Self.scale(rect, Self.noise)
    let coarse = try PyramidScale(rect: PyramidScale.rect(above: rect, .both))
    coarse.reduce(fine, .both, workers: Workers(count: 2, bandHeight: 3))
    var worst = 0.0
    for channel in 0..<3 {
      for y in coarse.rect.rows {
        for x in coarse.rect.columns {
          var sum = 0.0
          let (cx, cy) = (2 * Double(x) + 1, 2 * Double(y) + 1)
          for (dx, dy) in [(-1, -1), (1, -1), (-1, 1), (1, 1)] as [(Double, Double)] {
            sum += 0.125 * bilinear(fine, channel, cx + dx, cy + dy)
          }
          for i in -1...1 {
            for j in -1...1 {
              let weight = (i == 0 ? 2.0 : 1) * (j == 0 ? 2.0 : 1) / 32
              sum += weight * bilinear(fine, channel, cx + 2 * Double(i), cy + 2 * Double(j))
            }
          }
          let value = coarse.planes[channel].row(y - coarse.rect.minY)[x - coarse.rect.minX]
          worst = max(worst, abs(sum - Double(value)))
        }
      }
    }
    #expect(worst < 1e-6)
  }

  @Test(arguments: [
    PixelRect(width: 37, height: 21), PixelRect(width: 1, height: 1), PixelRect(width: 2, height: 9),
    PixelRect(minX: 8, minY: 12, maxX: 61, maxY: 40), PixelRect(minX: 5, minY: 3, maxX: 30, maxY: 30),
  ])
  func tentUp(_ rect: PixelRect) throws {
    let coarse = try Self.scale(PyramidScale.rect(above: rect, .both), Self.noise)
    let fine = try Self.scale(rect) { channel, x, y in Self.noise(channel + 5, x, y) }
    let before = try Self.scale(rect) { channel, x, y in Self.noise(channel + 5, x, y) }
    fine.add(
      coarse, .both, gains: SIMD3(repeating: 0.7), ownGains: SIMD3(repeating: 0.25),
      workers: Workers(count: 2, bandHeight: 5))
    var worst = 0.0
    for channel in 0..<3 {
      for y in rect.rows {
        for x in rect.columns {
          var sum = 0.0
          for i in -1...1 {
            for j in -1...1 {
              let weight = (i == 0 ? 2.0 : 1) * (j == 0 ? 2.0 : 1) / 16
              sum +=
                weight
                * bilinear(
                  coarse, channel, (Double(x) + 0.5) / 2 + Double(i), (Double(y) + 0.5) / 2 + Double(j))
            }
          }
          let expected = 0.25 * sample(before, channel, x, y) + 0.7 * sum
          worst = max(worst, abs(expected - sample(fine, channel, x, y)))
        }
      }
    }
    #expect(worst < 1e-6)
  }

  /// Steps in one direction must be what steps in both do to a picture that is constant in the other.
  @Test(arguments: [PyramidStep.horizontal, .vertical])
  func oneDirection(_ step: PyramidStep) throws {
    let rect = PixelRect(minX: 4, minY: 6, maxX: 41, maxY: 35)
    func line(_ channel: Int, _ x: Int, _ y: Int) -> Float {
      step == .horizontal ? Self.noise(channel, x, 0) : Self.noise(channel, 0, y)
    }
    let fine = try Self.scale(rect, line)
    let workers = Workers(count: 1, bandHeight: 4)
    let both = try PyramidScale(rect: PyramidScale.rect(above: rect, .both))
    both.reduce(fine, .both, workers: workers)
    let one = try PyramidScale(rect: PyramidScale.rect(above: rect, step))
    one.reduce(fine, step, workers: workers)
    let fromBoth = try Self.scale(rect) { _, _, _ in 0 }
    fromBoth.add(both, .both, gains: SIMD3(repeating: 1), ownGains: SIMD3(repeating: 0), workers: workers)
    let fromOne = try Self.scale(rect) { _, _, _ in 0 }
    fromOne.add(one, step, gains: SIMD3(repeating: 1), ownGains: SIMD3(repeating: 0), workers: workers)
    for y in rect.rows {
      for x in rect.columns {
        let (a, b) = (sample(fromBoth, 1, x, y), sample(fromOne, 1, x, y))
        #expect(abs(a - b) < 1e-6)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4]) func varianceAndSupport(_ halvings: Int) throws {
    let rect = PixelRect(width: 256, height: 256)
    let (px, py) = (121, 130)
    let workers = Workers(count: 2)
    var scales = [try Self.scale(rect) { _, x, y in x == px && y == py ? 1 : 0 }]
    for i in 0..<halvings {
      let next = try PyramidScale(rect: PyramidScale.rect(above: scales[i].rect, .both))
      next.reduce(scales[i], .both, workers: workers)
      scales.append(next)
    }
    for i in (1...halvings).reversed() {
      scales[i - 1].add(
        scales[i], .both, gains: SIMD3(repeating: 1), ownGains: SIMD3(repeating: 0), workers: workers)
    }
    var (sum, square, reach) = (0.0, 0.0, 0)
    for y in rect.rows {
      for x in rect.columns {
        let value = sample(scales[0], 0, x, y)
        sum += value
        square += value * Double((x - px) * (x - px))
        if value != 0 { reach = max(reach, abs(x - px), abs(y - py)) }
      }
    }
    #expect(abs(sum - 1) < 1e-5)
    // The grid is not invariant under shifts, so a single point only comes near the mean over all places.
    #expect(abs(square / PyramidScale.variance(halvings: halvings) - 1) < 0.2)
    let support = PyramidScale.support(halvings: halvings)
    #expect(reach <= support)
    #expect(Double(reach) > 0.6 * Double(support))
  }
}
