import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct EchoTests {
  private func echo(_ change: (inout Echo) -> Void = { _ in }) -> Echo {
    var e = Echo()
    e.amount = 0.5
    e.copies = 1
    e.shift = Point(0, 0)
    e.zoom = 1
    e.hue = 0
    e.fade = 0.5
    e.shimmer = 0
    e.smooth = false
    change(&e)
    return e
  }

  private let geometry = Geometry(trimWidth: 200, trimHeight: 100)

  private func spot(_ x: Int, _ y: Int, _ color: SIMD4<Float> = SIMD4(8, 4, 2, 1)) -> (Int, Int) -> SIMD4<
    Float
  > {
    { abs($0 - x) < 2 && abs($1 - y) < 2 ? color : SIMD4(0, 0, 0, 1) }
  }

  private func applied(_ effect: Echo, _ color: (Int, Int) -> SIMD4<Float>, _ moment: Moment = Moment())
    throws
    -> Framebuffer
  {
    let frame = try Pictures.frame(geometry.bounds, color)
    try effect.apply(
      to: frame,
      in: EffectContext(geometry: geometry, moment: moment, seed: Seed(4), workers: Workers(count: 2)))
    return frame
  }

  @Test func copiesAreShiftedAndFade() throws {
    let frame = try applied(
      echo {
        $0.copies = 3
        $0.shift = Point(0.1, 0.2)
      }, spot(50, 20))
    for (n, gain) in [(0, Float(1)), (1, 0.5), (2, 0.25), (3, 0.125)] {
      let (x, y) = (50 + 20 * n, 20 + 20 * n)
      #expect(abs(frame.row(y).red[x] - 8 * gain) < 1e-4)
      #expect(abs(frame.row(y).blue[x] - 2 * gain) < 1e-4)
      #expect(frame.row(y).red[x + 6] == 0)
    }
    #expect(frame.row(96).red[130] == 0)
  }

  /// A smooth trail runs from the first copy to the last without a gap, ever fainter, and holds the light of them all.
  @Test func smoothTrailsHaveNoGaps() throws {
    for blend in Echo.Blend.allCases {
      let frame = try applied(
        echo {
          $0.smooth = true
          $0.blend = blend
          $0.copies = 6
          $0.shift = Point(0.1, 0)
          $0.fade = 0.3
        }, spot(30, 50))
      // Copies lie 20 pixels apart: between the first and the last light falls evenly.
      let trail = (36..<140).map { Double(frame.row(50).red[$0]) }
      #expect(trail.allSatisfy { $0 > 0.01 }, "\(blend)")
      let ratios = zip(trail, trail.dropFirst()).map { $1 / $0 }
      #expect(ratios.allSatisfy { $0 < 1.1 && $0 > 0.85 }, "\(blend)")
      // Two copies farther.
      let loss = trail[60] / trail[20]
      #expect(abs(loss - 0.49) < 0.06, "\(loss)")
      #expect(frame.row(50).red[160] < 1e-4)
    }
    func light(_ smooth: Bool) throws -> Double {
      let frame = try applied(
        echo {
          $0.smooth = smooth
          $0.blend = .add
          $0.copies = 4
          $0.shift = Point(0.1, 0)
          $0.fade = 0
        }, spot(30, 50))
      var sum = 0.0
      for y in 0..<100 { for x in 0..<200 { sum += Double(frame.row(y).red[x]) } }
      return sum
    }
    #expect(try abs(light(true) / light(false) - 1) < 0.02)
  }

  /// A quarter turn clockwise about the center, and twice as far from it.
  @Test func copiesTurnAndGrow() throws {
    let turned = try applied(echo { $0.turn = 90 }, spot(120, 50))
    // 20 to the right of the center becomes 20 below it.
    #expect(turned.row(70).red[99] > 3 && turned.row(30).red[99] == 0)
    let grown = try applied(echo { $0.zoom = 2 }, spot(120, 50))
    #expect(abs(grown.row(50).red[141] - 4) < 0.1 && grown.row(50).red[150] == 0)
    var (before, after) = (0.0, 0.0)
    for y in 0..<100 {
      for x in 0..<200 {
        before += Double(spot(120, 50)(x, y).x)
        after += Double(grown.row(y).red[x])
      }
    }
    // Twice as wide and high, half as bright, over the original.
    #expect(abs(after / before - 3) < 0.2)
  }

  @Test func huesTurnAndGraysStay() throws {
    let effect = echo {
      $0.shift = Point(0.2, 0)
      $0.hue = 120
    }
    let red = try applied(effect, spot(50, 50, SIMD4(6, 0, 0, 1)))
    #expect(
      red.row(50).red[90] < 0.01 && abs(red.row(50).green[90] - 3) < 0.01 && red.row(50).blue[90] < 0.01)
    let gray = try applied(effect, spot(50, 50, SIMD4(6, 6, 6, 1)))
    #expect(abs(gray.row(50).red[90] - 3) < 1e-4 && abs(gray.row(50).blue[90] - 3) < 1e-4)
  }

  @Test func lightensOrAdds() throws {
    let flat: (Int, Int) -> SIMD4<Float> = { _, _ in SIMD4(0.4, 0.2, 0.1, 1) }
    let lightened = try applied(echo(), flat)
    #expect(lightened.row(50).red[100] == 0.4)
    let added = try applied(echo { $0.blend = .add }, flat)
    #expect(abs(added.row(50).red[100] - 0.6) < 1e-5)
    let kept = try applied(
      echo {
        $0.blend = .add
        $0.threshold = 1
      }, flat)
    #expect(kept.row(50).red[100] == 0.4)
  }

  /// Brightness breathes slowly, the copies stay where they are, and a loop closes.
  @Test func shimmersInLoops() throws {
    let effect = echo {
      $0.shift = Point(0.1, 0)
      $0.copies = 3
      $0.shimmer = 1
    }
    func frame(_ n: Int) throws -> [Float] {
      let frame = try applied(
        effect, spot(40, 50), Moment(time: Double(n) / 24, fps: 24, duration: 3, loops: true))
      #expect(frame.row(50).red[50] == 0)
      return [60, 80, 100].map { frame.row(50).red[$0] }
    }
    let frames = try (0...72).map { try frame($0) }
    #expect(frames[72] == frames[0])
    for copy in 0..<3 {
      let steps = (0..<72).map { abs(frames[$0 + 1][copy] - frames[$0][copy]) }
      let full: Float = 4 / Float(1 << copy)
      #expect((steps.max() ?? 1) < 0.5 * full)
      #expect((steps.max() ?? 0) > 0.02 * full)
      #expect(steps[71] <= 1.01 * (steps.max() ?? 0))
    }
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Echo())
    try NeonPicture.checkLaws(
      echo {
        $0.smooth = true
        $0.blend = .add
        $0.turn = 3
        $0.shift = Point(0.004, 0.01)
        $0.copies = 3
      }, Geometry(trimWidth: 400, trimHeight: 300, bleed: 4))
    try NeonPicture.checkLaws(
      echo {
        $0.shift = Point(0.01, 0.02)
        $0.copies = 2
      }, Geometry(trimWidth: 300, trimHeight: 200, bleed: 4))
    for geometry in [(1, 1), (1, 300), (7, 3)].map({ Geometry(trimWidth: $0.0, trimHeight: $0.1) }) {
      for zoom in [0.5, 2] {
        let effect = echo {
          $0.copies = 32
          $0.zoom = zoom
          $0.fade = 0
          $0.turn = 36_000
          $0.amount = 2
          $0.shift = Point(1000, -1000)
          $0.center = Point(-1000, 1000)
          $0.blend = .add
          $0.smooth = true
        }
        #expect(try NeonPicture.isFinite(NeonPicture.applied(effect, geometry, NeonPicture.hostile)))
      }
    }
  }
}
