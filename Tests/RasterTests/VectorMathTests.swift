import CVector
import Foundation
import Raster
import Testing

/// The approximations of CVector against the C library.
@Suite struct VectorMathTests {
  /// Calls `body` with each of eight lanes.
  private func lanes(_ x: [Float], _ f: (v8f) -> v8f, _ body: (Float, Float) -> Void) {
    for i in stride(from: 0, to: x.count - 7, by: 8) {
      let v = v8f(x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4], x[i + 5], x[i + 6], x[i + 7])
      let r = f(v)
      for lane in 0..<8 { body(v[lane], r[lane]) }
    }
  }

  /// Numbers of all sizes between two powers of two, and of all mantissas.
  private func spread(_ low: Double, _ high: Double, count: Int = 80_000) -> [Float] {
    (0..<count).map { Float(exp2(low + (high - low) * (Double($0) + 0.37) / Double(count))) }
  }

  @Test func logarithm() {
    var worst = 0.0
    lanes(spread(-120, 120) + spread(-0.6, 0.6), { v8_log2($0) }) { x, y in
      let exact = log2(Double(x))
      worst = max(worst, abs(Double(y) - exact) / max(1, abs(exact)))
    }
    #expect(worst < 1e-6)
  }

  @Test func exponential() {
    var worst = 0.0
    lanes((0..<80_000).map { Float($0) / 80_000 * 250 - 125 }, { v8_exp2($0) }) { x, y in
      let exact = exp2(Double(x))
      worst = max(worst, abs(Double(y) - exact) / exact)
    }
    #expect(worst < 3e-7)
  }

  @Test(arguments: [1 / 3, 1 / 2.4, 2.4, 0.5] as [Float])
  func power(_ exponent: Float) {
    var worst = 0.0
    lanes(spread(-16, 6), { v8_pow($0, exponent) }) { x, y in
      let exact = pow(Double(x), Double(exponent))
      worst = max(worst, abs(Double(y) - exact) / exact)
    }
    #expect(worst < 6e-6)
    #expect(v8_pow(v8_splat(0), exponent)[0] == 0)
    #expect(v8_pow(v8_splat(-1), exponent)[0] == 0)
  }

  @Test func transferFunction() {
    var worst = 0.0
    let codes = (0..<80_000).map { Float($0) / 20_000 - 1 }
    lanes(codes, { v8_srgb_encode($0) }) { x, y in
      worst = max(worst, abs(Double(y) - SRGB.encode(Double(x))) / max(1, abs(Double(y))))
    }
    #expect(worst < 8e-7)
    worst = 0
    lanes(codes, { v8_srgb_decode($0) }) { x, y in
      worst = max(worst, abs(Double(y) - SRGB.decode(Double(x))) / max(1, abs(Double(y))))
    }
    #expect(worst < 8e-7)
    for code in [Float(0), 1, -1] {
      #expect(v8_srgb_encode(v8_splat(code))[0] == code && v8_srgb_decode(v8_splat(code))[0] == code)
    }
    #expect(v8_srgb_encode(v8_splat(.nan))[0] == 0 && v8_srgb_decode(v8_splat(.nan))[0] == 0)
    for sign in [Float(1), -1] {
      #expect(v8_srgb_encode(v8_splat(sign * .infinity))[0].isFinite)
      #expect(v8_srgb_decode(v8_splat(sign * .infinity))[0].isFinite)
    }
  }

  @Test func powersOfTheTransferFunctions() {
    for (range, f, exponent) in [
      (-126.0...127.9, { v8_power_5_12($0) }, 5.0 / 12), (-52.0...52, { v8_power_12_5($0) }, 12.0 / 5),
    ] as [(ClosedRange<Double>, (v8f) -> v8f, Double)] {
      var worst = 0.0
      lanes(spread(range.lowerBound, range.upperBound) + spread(-0.6, 0.6), f) { x, y in
        let exact = pow(Double(x), exponent)
        worst = max(worst, abs(Double(y) - exact) / exact)
      }
      #expect(worst < 5e-7)
      #expect(f(v8_splat(1))[0] == 1 && f(v8_splat(0))[0].isFinite)
    }
  }

  @Test func eightBitCodesSurviveTheWayToLightAndBack() {
    lanes((0..<256).map { Float($0) / 255 }, { v8_srgb_encode(v8_srgb_decode($0)) }) { x, y in
      #expect(abs(y - x) * 255 < 0.002)
    }
  }

  @Test func transposition() {
    let from = (0..<8 * 11).map { Float($0) }
    var to = [Float](repeating: -1, count: 8 * 9)
    v8_transpose(from, 11, &to, 9)
    for row in 0..<8 {
      for column in 0..<8 { #expect(to[column * 9 + row] == from[row * 11 + column]) }
      #expect(to[row * 9 + 8] == -1)
    }
  }

  @Test func lookUpReadsFourBitsOfTheExponent() {
    let low = v8f(0, 1, 2, 3, 4, 5, 6, 7)
    for number in 0..<2000 {
      let hash = v8_hash(v8u(repeating: UInt32(number)) &* 8 &+ v8u(0, 1, 2, 3, 4, 5, 6, 7))
      let found = v8_lookup16(low, low + 8, v8i(truncatingIfNeeded: hash))
      for lane in 0..<8 { #expect(found[lane] == Float(hash[lane] >> 23 & 15)) }
    }
  }

  /// Every length of a run, positions on both sides of the ramp and none at all: as one position at a time.
  @Test func rampsInRunsAreRampsAtPositions() throws {
    let stops = [
      RampStop(0.2, LinearColor(1, 0.1, 0, alpha: 0.3)), RampStop(0.4, LinearColor(0, 0.5, 3)),
      RampStop(0.9, LinearColor(0.2, 0.9, 0.4, alpha: 0.8)),
    ]
    let table = RampTable(Ramp(stops: stops, space: .oklab), from: 0.2, to: 0.9)
    for count in 0...27 {
      let frame = try Framebuffer(region: PixelRect(minX: 0, minY: 0, maxX: 28, maxY: 1))
      for plane in [frame.red, frame.green, frame.blue, frame.alpha] { plane.row(0)[count] = -7 }
      var positions = (0..<count).map { Float($0) / 20 - 0.1 }
      if count > 3 { positions[2] = .infinity }
      if count > 5 { positions[4] = .nan }
      let whole = frame.row(0)
      let row = Row(red: whole.red, green: whole.green, blue: whole.blue, alpha: whole.alpha, count: count)
      table.fill(row, positions: positions)
      for (i, position) in positions.enumerated() {
        let want = table.color(at: position.isNaN ? 0.2 : position)
        let have = SIMD4(row.red[i], row.green[i], row.blue[i], row.alpha[i])
        for k in 0..<4 { #expect(abs(have[k] - want[k]) <= 1e-7, "\(i) of \(count)") }
      }
      #expect(frame.red.row(0)[count] == -7 && frame.alpha.row(0)[count] == -7)
    }
  }
}
