import Foundation
import Raster
import Testing

@testable import Stage

@Suite struct SlopeLobeTests {
  static func direction(falling degrees: Double, turned: Double = 0) -> Vector {
    let (a, b) = (degrees * .pi / 180, turned * .pi / 180)
    return Vector(Float(cos(a) * sin(b)), Float(-sin(a)), Float(cos(a) * cos(b)))
  }

  @Test(
    "slopes that are seen have the mean and the deviation of the integral", arguments: [0.2, 2, 7, 20, 60])
  func moments(_ degrees: Double) {
    let e = tan(degrees * .pi / 180)
    for roughness in [0.004, 0.03, 0.1, 0.3] {
      let lobe = SlopeLobe(Self.direction(falling: degrees), roughness: Float(roughness), aspect: 0.5)
      let sigma = roughness / 2.0.squareRoot()
      var sums = [0.0, 0.0, 0.0]
      let steps = 40_000
      for i in 0..<steps {
        let s = (Double(i) + 0.5) / Double(steps) * 16 * sigma - 8 * sigma
        let weight = exp(-s * s / (2 * sigma * sigma)) * max(0, e - s)
        for power in 0...2 { sums[power] += weight * pow(s, Double(power)) }
      }
      let mean = sums[1] / sums[0]
      let deviation = (sums[2] / sums[0] - mean * mean).squareRoot()
      #expect(abs(Double(lobe.mean) - mean) < 0.01 * sigma, "\(roughness)")
      #expect(abs(Double(lobe.along) - deviation) < 0.02 * sigma, "\(roughness)")
      #expect(abs(Double(lobe.across) - sigma / 2) < 1e-6)
    }
  }

  @Test("parts lie side by side and make the whole", arguments: [1, 3, 12, 40])
  func parts(_ count: Int) {
    for shift in [Float(0), 0.13, 0.5, 0.99] {
      var whole: Float = 0
      var edge = SlopeLobe.interval(0, of: count, shift: shift).from
      #expect(edge == -SlopeLobe.reach)
      for number in 0...count {
        let part = SlopeLobe.interval(number, of: count, shift: shift)
        #expect(abs(part.from - edge) < 1e-5)
        #expect(part.to >= part.from)
        edge = part.to
        whole += part.share
      }
      #expect(abs(whole - 1) < 1e-5)
      #expect(abs(edge - SlopeLobe.reach) < 1e-5)
    }
    #expect(abs(SlopeLobe.quantile(0.5)) < 1e-4)
    #expect(abs(SlopeLobe.quantile(0.8413447) - 1) < 2e-3)
  }

  /// A sign above rough ground.
  static func sign(_ change: (inout Scene) -> Void = { _ in }) -> Scene {
    var scene = ShotTests.mirror()
    scene.camera.height = 0.5
    scene.camera.vanishing = SIMD2(0.5, 0.2)
    scene.ground.waterRoughness = 0.12
    scene.cards = [
      .standing(at: Vector(0, 1, 9), width: 1.5, height: 1, picture: PlainCard(light: Vector(8, 2, 1)))
    ]
    change(&scene)
    return scene
  }

  @Test("what rough ground mirrors of a sign has little noise") func smooth() {
    let scene = Self.sign { $0.ground.anisotropy = 0.7 }
    let few = Still(scene, width: 120, height: 90)
    let many = Still(scene, width: 120, height: 90, reflections: .fixed(2000))
    let brightest = many.pixels.dropFirst(20 * 120).map(\.x).max() ?? 0
    #expect(brightest > 0.05)
    var (worst, mean, noise) = (Float(0), Float(0), Float(0))
    for y in 20..<90 {
      for x in 1..<119 {
        let error = few[x, y].x - many[x, y].x
        worst = max(worst, abs(error))
        mean += abs(error) / (70 * 118)
        // What a neighbor does not share.
        let beside = (few[x - 1, y].x - many[x - 1, y].x + few[x + 1, y].x - many[x + 1, y].x) / 2
        noise = max(noise, abs(error - beside))
      }
    }
    // Few rays stand for wide parts: the streak is a little longer, but as smooth.
    // The worst is a pixel at the edge of the streak.
    #expect(worst < 0.35 * brightest, "\(worst / brightest)")
    #expect(mean < 0.02 * brightest, "\(mean / brightest)")
    #expect(noise < 0.15 * brightest, "\(noise / brightest)")
  }

  @Test("a streak is long towards the eye, narrow across it, and narrower where the ground is told so")
  func streaks() {
    func deviations(_ scene: Scene) -> (x: Double, y: Double) {
      let still = Still(scene, width: 160, height: 240)
      var sums = [0.0, 0, 0, 0, 0]
      // Below the horizon and below the sign itself.
      for y in 60..<240 {
        for x in 0..<160 {
          let light = Double(still[x, y].x)
          let (u, v) = (Double(x), Double(y))
          sums[0] += light
          sums[1] += light * u
          sums[2] += light * u * u
          sums[3] += light * v
          sums[4] += light * v * v
        }
      }
      let (x, y) = (sums[1] / sums[0], sums[3] / sums[0])
      return ((sums[2] / sums[0] - x * x).squareRoot(), (sums[4] / sums[0] - y * y).squareRoot())
    }
    // A small bright square.
    let plain = deviations(
      Self.sign {
        $0.cards[0].right.x = 0.5; $0.cards[0].origin.x = -0.25
      })
    let narrow = deviations(
      Self.sign {
        $0.cards[0].right.x = 0.5
        $0.cards[0].origin.x = -0.25
        $0.ground.anisotropy = 0.9
      })
    #expect(plain.y > 2 * plain.x, "\(plain)")
    #expect(narrow.x < 0.7 * plain.x, "\(narrow) \(plain)")
    #expect(abs(narrow.y - plain.y) < 0.15 * plain.y, "\(narrow) \(plain)")
  }

  @Test("single stones move light about, and neither add nor lose much of it") func stones() {
    func ground(_ stones: Float) -> Still {
      Still(
        Self.sign {
          // A long lens that looks at the ground a meter and a half ahead, where a stone is some pixels wide.
          $0.camera.focal = 2
          $0.camera.vanishing = SIMD2(0.5, -0.2)
          $0.cards = [
            .standing(
              at: Vector(0, 0.4, 3), width: 0.6, height: 0.5, picture: PlainCard(light: Vector(8, 2, 1)))
          ]
          $0.ground.puddles = 0
          $0.ground.roughness = 0.12
          $0.ground.halfWidth = 100
          $0.ground.stones = stones
        }, width: 240, height: 180)
    }
    let (fine, coarse) = (ground(0), ground(1))
    func sum(_ still: Still) -> Double { still.pixels.reduce(0) { $0 + Double($1.x) } }
    #expect(sum(fine) > 100)
    #expect(abs(sum(coarse) / sum(fine) - 1) < 0.15, "\(sum(coarse) / sum(fine))")
    func roughness(_ still: Still) -> Double {
      (120..<180).reduce(0) { total, y in
        total + (1..<240).reduce(0) { $0 + Double(abs(still[$1, y].x - still[$1 - 1, y].x)) }
      }
    }
    #expect(roughness(coarse) > 2 * roughness(fine))
  }

  @Test("ground that has dried in patches mirrors less, and no place of it more") func drying() {
    func ground(_ drying: Float) -> Still {
      Still(
        Self.sign {
          $0.sky.horizon = Vector(1, 1, 1)
          $0.sky.zenith = Vector(1, 1, 1)
          $0.cards = []
          $0.ground.puddles = 0
          $0.ground.roughness = 0.1
          $0.ground.halfWidth = 100
          $0.ground.drying = drying
        }, width: 120, height: 90)
    }
    let (wet, dry) = (ground(0), ground(1))
    let rows = 30 * 120..<90 * 120
    let (a, b) = (rows.map { wet.pixels[$0].x }, rows.map { dry.pixels[$0].x })
    // Patches: some stay as they were, some lose most of their light.
    let shares = zip(a, b).map { $1 / max(1e-6, $0) }
    #expect(shares.allSatisfy { $0 < 1.05 })
    #expect((shares.max() ?? 0) > 0.95)
    #expect((shares.min() ?? 1) < 0.4)
  }
}
