import Catalog
import Foundation
import Raster
import Testing

@Suite struct MotionTests {
  static let motions: [Motion] = [
    .keys([.init(1, 0.2), .init(3, 1), .init(8, 0.5)], .smooth),
    .keys([.init(0, 0), .init(10, 1)], .linear),
    .wave(low: -1, high: 2, period: 3.3, phase: 0.2),
    .pulse(low: 0, high: 1, bpm: 71, phase: 0),
    .flicker(low: 0.1, high: 1, rate: 9, steady: 0.6, seed: Seed(4)),
    .constant(0.3),
  ]

  private func moment(_ time: Double, loop: Double? = nil) -> Moment {
    Moment(time: time, fps: 24, duration: loop, loops: loop != nil)
  }

  @Test("at the end of a loop everything is as at its beginning", arguments: motions)
  func seam(_ motion: Motion) {
    for t in [0.0, 0.04, 2.5, 9.99] {
      #expect(abs(motion.value(at: moment(t, loop: 10)) - motion.value(at: moment(t + 10, loop: 10))) < 1e-9)
      #expect(abs(motion.value(at: moment(t, loop: 10)) - motion.value(at: moment(t - 10, loop: 10))) < 1e-9)
    }
  }

  @Test("a loop has no jump, flicker and last keys aside") func continuous() {
    for motion in Self.motions[2...3] + [Self.motions[0]] {
      for i in 0..<2000 {
        let t = Double(i) / 200
        let step = abs(motion.value(at: moment(t + 0.005, loop: 10)) - motion.value(at: moment(t, loop: 10)))
        #expect(step < 0.12, "\(motion) at \(t)")
      }
    }
  }

  @Test("values stay between low and high", arguments: motions.dropFirst(2))
  func bounded(_ motion: Motion) {
    let values = (0..<3000).map { motion.value(at: moment(Double($0) / 100)) }
    switch motion {
    case .wave(let low, let high, _, _), .pulse(let low, let high, _, _),
      .flicker(let low, let high, _, _, _):
      #expect(values.allSatisfy { $0 >= low - 1e-9 && $0 <= high + 1e-9 })
      #expect(values.contains { $0 > low + 0.9 * (high - low) })
      #expect(values.contains { $0 < low + 0.35 * (high - low) })
    default: #expect(values.allSatisfy { $0 == 0.3 })
    }
  }

  @Test("a wave is a sine of its period") func wave() {
    let wave = Motion.wave(low: 0, high: 1, period: 4, phase: 0.25)
    for t in stride(from: 0.0, to: 8, by: 0.37) {
      #expect(abs(wave.value(at: moment(t)) - (0.5 + 0.5 * sin(2 * .pi * (t / 4 + 0.25)))) < 1e-9)
    }
  }

  @Test("keys rest before the first and after the last, and ease between") func keys() {
    let keys = Motion.keys([.init(1, 10), .init(2, 20)], .smooth)
    #expect(keys.value(at: moment(0)) == 10)
    #expect(keys.value(at: moment(5)) == 20)
    #expect(keys.value(at: moment(1.5)) == 15)
    #expect(abs(keys.value(at: moment(1.25)) - (10 + 10 * 0.15625)) < 1e-9)
  }

  @Test("periods are rounded to whole cycles of a loop, and it is said") func rounding() {
    let wave = Motion.wave(low: 0, high: 1, period: 3, phase: 0)
    #expect(wave.adjustment(forLoop: 10)?.contains("3.333") == true)
    #expect(wave.adjustment(forLoop: 9) == nil)
  }

  @Test("frames begin at n / fps, and wrap in a loop") func frames() {
    #expect(moment(1).frame == 24)
    #expect(moment(7.0 / 24).frame == 7)
    #expect(moment(10, loop: 10).frame == 0)
    #expect(moment(10.05, loop: 10).frame == 1)
  }
}
