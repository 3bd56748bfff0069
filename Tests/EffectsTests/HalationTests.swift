import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct HalationTests {
  private func halation(amount: Float = 1, radius: Double = 0.03, ring: Float = 1) -> Halation {
    var h = Halation()
    h.amount = amount
    h.threshold = 0
    h.radius = radius
    h.ring = ring
    return h
  }

  /// What a point of light of 1000 at the middle adds, by channel and distance.
  private func glow(_ effect: Halation, _ size: Int, light: SIMD3<Float> = SIMD3(1, 1, 1)) throws -> (
    Int, Int, Int
  ) -> Double {
    let geometry = Geometry(trimWidth: size, trimHeight: size)
    let middle = size / 2
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      x == middle && y == middle ? SIMD4(light * 1000, 1) : SIMD4(0, 0, 0, 1)
    }
    try effect.apply(to: frame, in: Pictures.context(geometry))
    return { channel, x, y in
      let own = x == 0 && y == 0 ? Double(light[channel]) : 0
      return Double(frame.colorPlanes[channel].row(middle + y)[middle + x]) / 1000 - own
    }
  }

  /// Against the closed form: three quarters in a ring, a quarter in a wide Gaussian.
  @Test(arguments: [(0.02, Float(1)), (0.05, 0.6), (0.08, 0)])
  func aPointBecomesARing(_ radius: Double, _ ring: Float) throws {
    let size = 400
    let value = try glow(halation(radius: radius, ring: ring), size)
    let s = radius * Double(size) / (2 * log(2)).squareRoot()
    let c = Double(ring)
    func gaussian(_ s: Double, _ r: Double) -> Double { exp(-r * r / (2 * s * s)) / (2 * .pi * s * s) }
    func expected(_ r: Double) -> Double {
      let direct = (1 + c) * gaussian(s, r) - c * gaussian(s / sqrt(2), r)
      return 0.75 * direct + 0.25 * gaussian(2.4 * s, r)
    }
    let peak = (0..<200).map { expected(Double($0)) }.max() ?? 0
    for r in 0..<120 {
      var mean = 0.0
      for step in 0..<16 {
        let angle = Double(step) / 16 * 2 * .pi
        let (x, y) = (Double(r) * cos(angle), Double(r) * sin(angle))
        mean += value(0, Int(x.rounded()), Int(y.rounded())) / 16
      }
      #expect(abs(mean - expected(Double(r))) < 0.06 * peak, "at \(r): \(mean) \(expected(Double(r)))")
    }
    if ring == 1 {
      let brightest = (0..<120).max { value(0, $0, 0) < value(0, $1, 0) } ?? 0
      #expect(abs(Double(brightest) - radius * Double(size)) < 0.15 * radius * Double(size) + 1)
      #expect(value(0, 0, 0) < 0.5 * value(0, brightest, 0))
    }
  }

  @Test func whiteLightGlowsRed() throws {
    let value = try glow(Halation.withoutThreshold, 200)
    func sum(_ channel: Int) -> Double {
      var sum = 0.0
      for y in -99...99 { for x in -99...99 { sum += value(channel, x, y) } }
      return sum
    }
    let (red, green, blue) = (sum(0), sum(1), sum(2))
    #expect(abs(red - Double(Halation().amount)) < 0.01)
    #expect(abs(green / red - 0.24) < 0.01 && abs(blue / red - 0.05) < 0.01)
    // A cyan lamp has a rim with red in it, but far less than a white one.
    let cyan = try glow(Halation.withoutThreshold, 200, light: SIMD3(0, 1, 1))
    #expect(cyan(0, 3, 0) > 0 && cyan(0, 3, 0) < 0.3 * value(0, 3, 0))
  }

  @Test func whatIsDarkStaysAndAlphaToo() throws {
    let geometry = Geometry(trimWidth: 60, trimHeight: 40)
    var effect = Halation()
    effect.knee = 0.5
    let frame = try Pictures.frame(geometry.bounds) { x, y in SIMD4(0.4, 0.1, Float(x) / 150, 0.5) }
    let before = Pictures.bits(frame)
    try effect.apply(to: frame, in: Pictures.context(geometry))
    let isEqual = Pictures.bits(frame) == before
    #expect(isEqual)
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Halation())
    try NeonPicture.checkLaws(halation(radius: 0.004), Geometry(trimWidth: 830, trimHeight: 610, bleed: 3))
    for geometry in [(1, 1), (1, 500), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      let frame = try NeonPicture.applied(halation(radius: 0.5), geometry, NeonPicture.hostile)
      #expect(NeonPicture.isFinite(frame))
    }
  }
}

extension Halation {
  fileprivate static var withoutThreshold: Halation {
    var h = Halation()
    h.threshold = 0
    return h
  }
}
