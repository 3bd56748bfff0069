import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct DistortionTests {
  private func distortion(
    _ amount: Double, mustache: Double = 0, fill: Bool = true, center: Point = Point(0.5, 0.5)
  ) -> Distortion {
    var d = Distortion()
    d.amount = amount
    d.mustache = mustache
    d.fill = fill
    d.center = center
    return d
  }

  /// A smooth picture, whose value at a displaced place is known.
  private let waves: NeonPicture.Scene = { x, y in
    SIMD4(0.5 + 0.4 * sin(x * 9 + 1), 0.5 + 0.4 * cos(y * 7), 0.5 + 0.3 * sin(5 * x + 8 * y), 1)
  }

  /// r (1 + k₁ r² + k₂ r⁴) by the formula, in doubles.
  @Test(arguments: [(0.6, 0.0, true), (-0.8, 0, true), (0.9, 1, true), (-0.5, 0.4, false)])
  func followsTheFormula(_ amount: Double, _ mustache: Double, _ fill: Bool) throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240)
    let effect = distortion(amount, mustache: mustache, fill: fill, center: Point(0.45, 0.6))
    let frame = try NeonPicture.applied(effect, geometry, waves)
    let (cx, cy) = (0.45 * 320, 0.6 * 240)
    let radius = ((320 - cx) * (320 - cx) + cy * cy).squareRoot()
    let (k1, k2) = (0.3 * amount, -0.3 * amount * mustache)
    func gain(_ dx: Double, _ dy: Double) -> Double {
      let r2 = (dx * dx + dy * dy) / (radius * radius)
      return 1 + k1 * r2 + k2 * r2 * r2
    }
    var scale = 1.0
    if fill {
      var most = 0.0
      for x in 0...320 { for y in [0, 240.0] { most = max(most, gain(Double(x) - cx, y - cy)) } }
      for y in 0...240 { for x in [0, 320.0] { most = max(most, gain(x - cx, Double(y) - cy)) } }
      scale = 1 / most
    }
    var worst = 0.0
    for y in 0..<240 {
      for x in 0..<320 {
        let (dx, dy) = (Double(x) + 0.5 - cx, Double(y) + 0.5 - cy)
        let k = scale * gain(dx, dy)
        let (u, v) = ((cx + dx * k) / 320, (cy + dy * k) / 240)
        guard u > 0.01, u < 0.99, v > 0.01, v < 0.99 else { continue }
        let want = waves(u, v)
        worst = max(
          worst, abs(want.x - Double(frame.red.row(y)[x])), abs(want.z - Double(frame.blue.row(y)[x])))
      }
    }
    #expect(worst < 0.004, "\(worst)")
  }

  /// Nothing from beyond the edges is seen, and as much of the picture as the center allows.
  @Test(arguments: [1, 0.4, -0.4, -1]) func fillsTheEdges(_ amount: Double) throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 200)
    let bend = Distortion.Bend(distortion(amount), geometry)
    var most = 0.0
    for x in 0...300 {
      for y in stride(from: 0, through: 200, by: 1) where x == 0 || x == 300 || y == 0 || y == 200 {
        let (dx, dy) = (Double(x) - 150, Double(y) - 100)
        let k = bend.scale * bend.gain((dx * dx + dy * dy) / (bend.radius * bend.radius))
        most = max(most, abs(dx * k) / 150, abs(dy * k) / 100)
      }
    }
    #expect(abs(most - 1) < 1e-3)
    let frame = try NeonPicture.applied(distortion(amount), geometry, NeonPicture.gray(0.5))
    #expect(try NeonPicture.difference(frame, NeonPicture.frame(geometry, NeonPicture.gray(0.5))) < 1e-6)
  }

  /// Which way a line near the upper edge bends.
  @Test func barrelsAndCushions() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 300)
    func line(_ effect: Distortion, _ x: Int) throws -> Double {
      let frame = try NeonPicture.applied(effect, geometry, samples: 2) { _, y in
        SIMD4(SIMD3(repeating: exp(-(y - 0.2) * (y - 0.2) * 8000)), 1)
      }
      var (sum, weight) = (0.0, 0.0)
      for y in 0..<150 {
        sum += Double(frame.red.row(y)[x]) * Double(y)
        weight += Double(frame.red.row(y)[x])
      }
      return sum / weight
    }
    // Lower at its ends than in the middle: it bows outward.
    let barrel = distortion(0.6, fill: false)
    #expect(try line(barrel, 40) > line(barrel, 200) + 3)
    let cushion = distortion(-0.6, fill: false)
    #expect(try line(cushion, 40) < line(cushion, 200) - 3)
    // First down, then up again.
    let wave = distortion(1, mustache: 1)
    let (middle, half, end) = (try line(wave, 200), try line(wave, 80), try line(wave, 4))
    #expect(half > middle + 1 && end < half - 0.4, "\(middle) \(half) \(end)")
  }

  @Test func beyondTheEdgesItIsClear() throws {
    let geometry = Geometry(trimWidth: 100, trimHeight: 80)
    let frame = try NeonPicture.applied(distortion(1, fill: false), geometry, NeonPicture.gray(1))
    #expect(frame.alpha.row(0)[0] == 0 && frame.red.row(0)[0] == 0)
    #expect(frame.alpha.row(40)[50] == 1)
  }

  /// Beside strong light no dark rim, and no value outside what was there.
  @Test func nothingOvershoots() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 150)
    let frame = try NeonPicture.applied(distortion(0.5), geometry) { x, y in
      let v = sin(x * 60) * sin(y * 40) > 0.3 ? 30.0 : 0.02
      return SIMD4(v, v, v, 1)
    }
    for y in 0..<150 {
      for x in 0..<200 { try #require(frame.red.row(y)[x] >= 0.02 && frame.red.row(y)[x] <= 30) }
    }
  }

  /// Where the picture gets smaller, stripes finer than its pixels become gray instead of a false pattern.
  @Test func finePatternsAverageOut() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 300)
    let frame = try Pictures.frame(geometry.bounds) { x, _ in
      let v: Float = x % 2 == 0 ? 1 : 0
      return SIMD4(v, v, v, 1)
    }
    try distortion(1, fill: false).apply(to: frame, in: Pictures.context(geometry))
    // On the level of the center, three quarters out, a pixel shows 1.25 of the picture's.
    let bend = Distortion.Bend(distortion(1, fill: false), geometry)
    #expect(bend.farthest.footprint > 1.8)
    var widest: Float = 0
    for x in 255..<264 { widest = max(widest, abs(frame.red.row(150)[x] - 0.5)) }
    #expect(widest < 0.42)
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(distortion(0.5))
    try NeonPicture.checkLaws(
      distortion(-0.02, center: Point(0.2, 3)), Geometry(trimWidth: 500, trimHeight: 300, bleed: 7))
    for geometry in [(1, 1), (1, 500), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      for amount in [-1.0, 1] {
        for center in [Point(0.5, 0.5), Point(-1000, 1000)] {
          let effect = distortion(amount, mustache: 1, fill: amount > 0, center: center)
          #expect(try NeonPicture.isFinite(NeonPicture.applied(effect, geometry, NeonPicture.hostile)))
        }
      }
    }
  }
}
