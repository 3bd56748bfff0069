import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct StreaksTests {
  private func streaks(_ change: (inout Streaks) -> Void = { _ in }) -> Streaks {
    var s = Streaks()
    s.amount = 1
    s.threshold = 0
    s.spectrum = 0
    change(&s)
    return s
  }

  /// What a small square of light adds to a black picture.
  private func added(
    _ effect: Streaks, _ width: Int, _ height: Int, at px: Int, _ py: Int
  ) throws -> (Int, Int, Int) -> Double {
    let geometry = Geometry(trimWidth: width, trimHeight: height)
    let light = { (x: Int, y: Int) in abs(x - px) <= 1 && abs(y - py) <= 1 ? Float(100) : 0 }
    let frame = try Pictures.frame(geometry.bounds) { x, y in SIMD4(SIMD3(repeating: light(x, y)), 1) }
    try effect.apply(to: frame, in: Pictures.context(geometry))
    return { channel, x, y in Double(frame.colorPlanes[channel].row(y)[x] - light(x, y)) }
  }

  /// All light above the threshold comes back, times the amount; nine tenths of an arm's within its length.
  @Test(arguments: [(0.0, 1), (37, 1), (90, 3), (15, 4)]) func lightIsKeptAndShared(
    _ angle: Double, _ arms: Int
  ) throws {
    let effect = streaks {
      $0.arms = arms
      $0.angle = angle
      $0.length = 0.1
      $0.thickness = 0.008
    }
    let size = 600
    let value = try added(effect, size, size, at: 300, 300)
    var (sum, near) = (0.0, 0.0)
    for y in 0..<size {
      for x in 0..<size {
        let v = value(1, x, y)
        sum += v
        let (dx, dy) = (Double(x - 300), Double(y - 300))
        if (dx * dx + dy * dy).squareRoot() < 60 { near += v }
      }
    }
    #expect(abs(sum / 900 - 1) < 0.02, "\(sum / 900)")
    #expect(abs(near / sum - 0.9) < 0.03, "\(near / sum)")
  }

  /// Light lies along the arms and nowhere else, and fades exponentially.
  @Test(arguments: [0.0, 30, 77, 135]) func armsLeadWhereTheyShould(_ angle: Double) throws {
    let effect = streaks {
      $0.arms = 3
      $0.angle = angle
      $0.length = 0.2
      $0.thickness = 0.006
    }
    let value = try added(effect, 500, 500, at: 250, 250)
    func at(_ degrees: Double, _ r: Double) -> Double {
      // The sum across an arm, of the nearest pixels: its thickness hardly counts.
      (-8...8).reduce(0.0) { sum, t in
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let (x, y) = (250 + r * c - Double(t) * s, 250 + r * s + Double(t) * c)
        return sum + value(0, Int(x.rounded()), Int(y.rounded()))
      }
    }
    let decay = 100 / log(10.0)
    for arm in [0.0, 120, 240] {
      let near = at(angle + arm, 30)
      #expect(near > 0)
      for r in [50.0, 80, 110] {
        #expect(abs(at(angle + arm, r) / near / exp(-(r - 30) / decay) - 1) < 0.22, "\(arm) at \(r)")
      }
      #expect(at(angle + arm + 60, 60) < 1e-3 * near)
    }
  }

  @Test func redReachesFarther() throws {
    let value = try added(
      streaks {
        $0.spectrum = 0.5
        $0.length = 0.1
      }, 400, 200, at: 200, 100)
    #expect(value(2, 204, 100) > value(0, 204, 100))
    #expect(value(0, 260, 100) > 2 * value(2, 260, 100))
    #expect(value(0, 140, 100) > 2 * value(2, 140, 100))
  }

  /// A draft is the sheet, reduced.
  @Test func draftsStreakLikeSheets() throws {
    let effect = streaks {
      $0.arms = 6
      $0.angle = 10
      $0.thickness = 0.02
    }
    func scene(_ k: Int) throws -> Framebuffer {
      try NeonPicture.applied(effect, Geometry(trimWidth: 160 * k, trimHeight: 120 * k), samples: 8 / k) {
        x, y in
        let d = (x - 0.4) * (x - 0.4) * 16 / 9 + (y - 0.55) * (y - 0.55)
        let v = 20 * exp(-d * 3000)
        return SIMD4(v, v * 0.5, v * 0.2, 1)
      }
    }
    let small = try scene(1)
    let reduced = try Pictures.reduced(scene(4), by: 4)
    var worst = 0.0
    for y in 0..<120 {
      for x in 0..<160 {
        let (a, b) = (Double(reduced.red.row(y)[x]), Double(small.red.row(y)[x]))
        worst = max(worst, abs(SRGB.encode(a) - SRGB.encode(b)))
      }
    }
    #expect(worst < 0.05, "\(worst)")
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Streaks())
    try NeonPicture.checkLaws(
      streaks {
        $0.arms = 5
        $0.length = 0.01
        $0.thickness = 0.02
        $0.threshold = 1
      }, Geometry(trimWidth: 400, trimHeight: 700, bleed: 3))
    for geometry in [(1, 1), (1, 500), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      let extremes = [(0.0, 0.0002, 1), (4, 0.1, 24), (4, 0.0002, 7), (0, 0.1, 2)]
      for (length, thickness, arms) in extremes {
        let effect = streaks {
          $0.length = length
          $0.thickness = thickness
          $0.arms = arms
          $0.spectrum = 1
        }
        #expect(try NeonPicture.isFinite(NeonPicture.applied(effect, geometry, NeonPicture.hostile)))
      }
    }
  }
}
