import Foundation
import Testing

@testable import Raster

/// Pyramid and filter together against the Gaussian they stand for.
@Suite struct GaussianBlurTests {
  private func blurred(
    _ rect: PixelRect, _ terms: [GaussianBlur.Term], size: Int = 256,
    workers: Workers = Workers(count: 2, bandHeight: 9), _ value: @escaping @Sendable (Int, Int, Int) -> Float
  ) throws -> PyramidScale {
    let result = try PyramidScale(rect: rect)
    try GaussianBlur(terms, size: size).apply(to: rect, workers: workers) { y, lines in
      for channel in 0..<3 {
        for x in rect.columns { lines.channel(channel)[x - rect.minX] = value(channel, x, y) }
      }
    } emit: { y, lines in
      for channel in 0..<3 {
        result.planes[channel].row(y - rect.minY).update(from: lines.channel(channel), count: rect.width)
      }
    }
    return result
  }

  @Test(arguments: [0.3, 0.7, 1.5, 2.9, 3.2, 5.3, 11, 17, 40])
  func aPointBecomesAGaussian(_ sigma: Double) throws {
    let rect = PixelRect(width: 256, height: 240)
    for (px, py) in [(127, 120), (128, 121)] {
      let result = try blurred(rect, [.init(sigma: sigma)]) { _, x, y in x == px && y == py ? 1 : 0 }
      var (sum, square, worst) = (0.0, 0.0, 0.0)
      let peak = sigma < 0.5 ? 1 : 1 / (2 * Double.pi * sigma * sigma)
      for y in rect.rows {
        for x in rect.columns {
          let value = Double(result.planes[1].row(y)[x])
          let r2 = Double((x - px) * (x - px) + (y - py) * (y - py))
          sum += value
          square += value * r2 / 2
          worst = max(worst, abs(value - peak * exp(-r2 / (2 * sigma * sigma))))
        }
      }
      #expect(abs(sum - 1) < (sigma > 30 ? 0.02 : 1e-4), "\(sigma)")
      if sigma < 30 { #expect(abs((square / sum).squareRoot() / sigma - 1) < 0.02, "\(sigma)") }
      // A point in a grid is not itself a sample of a Gaussian; from one pixel on it nearly is.
      if sigma > 1 { #expect(worst / peak < 0.03, "\(sigma): \(worst / peak)") }
    }
  }

  /// The sum of two terms is the sum of their results, in each channel by its gains.
  @Test func termsAddUp() throws {
    let rect = PixelRect(width: 90, height: 70)
    let noise: @Sendable (Int, Int, Int) -> Float = { PyramidTests.noise($0, $1, $2) }
    let (a, b) = (SIMD3<Float>(2, 1, 0), SIMD3<Float>(-1, 0.5, 3))
    let both = try blurred(rect, [.init(sigma: 5, gains: a), .init(sigma: 9, gains: b)], size: 90, noise)
    let first = try blurred(rect, [.init(sigma: 5), .init(sigma: 9, gains: SIMD3())], size: 90, noise)
    let second = try blurred(rect, [.init(sigma: 5, gains: SIMD3()), .init(sigma: 9)], size: 90, noise)
    var worst: Float = 0
    for channel in 0..<3 {
      for y in 0..<70 {
        for x in 0..<90 {
          func at(_ s: PyramidScale) -> Float { s.planes[channel].row(y)[x] }
          worst = max(worst, abs(at(both) - a[channel] * at(first) - b[channel] * at(second)))
        }
      }
    }
    #expect(worst < 1e-5)
  }

  @Test(arguments: [1.2, 6, 21]) func constantsStayAndPartsAgree(_ sigma: Double) throws {
    let rect = PixelRect(width: 500, height: 400)
    let blur = GaussianBlur([.init(sigma: sigma)], size: 500)
    let flat = try blurred(PixelRect(width: 61, height: 33), [.init(sigma: sigma)], size: 500) { _, _, _ in
      0.7
    }
    #expect((0..<33).allSatisfy { y in (0..<61).allSatisfy { abs(flat.planes[2].row(y)[$0] - 0.7) < 2e-6 } })
    let noise: @Sendable (Int, Int, Int) -> Float = { PyramidTests.noise($0, $1, $2) }
    let whole = try blurred(rect, [.init(sigma: sigma)], size: 500, noise)
    let part = PixelRect(minX: 260, minY: 211, maxX: 279, maxY: 230)
    var source = part.expanded(byX: blur.support, y: blur.support).intersection(rect)
    source.minX = source.minX / blur.alignment * blur.alignment
    source.minY = source.minY / blur.alignment * blur.alignment
    #expect(source != rect)
    let piece = try blurred(
      source, [.init(sigma: sigma)], size: 500, workers: Workers(count: 5, bandHeight: 2), noise)
    let isEqual = part.rows.allSatisfy { y in
      part.columns.allSatisfy { x in
        whole.planes[0].row(y)[x] == piece.planes[0].row(y - source.minY)[x - source.minX]
      }
    }
    #expect(isEqual)
  }

  @Test func hostileWidths() throws {
    let rect = PixelRect(width: 7, height: 3)
    for sigma in [0, -1, .infinity, 1e300, 1e-300] {
      let result = try blurred(rect, [.init(sigma: sigma)], size: 7) { _, x, _ in Float(x) }
      #expect((0..<7).allSatisfy { result.planes[0].row(1)[$0].isFinite }, "\(sigma)")
    }
  }
}
