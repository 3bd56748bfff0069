import Catalog
import Foundation
import Raster
import Testing

@testable import Effects

@Suite struct BloomTests {
  private func bloom(
    amount: Float = 1, threshold: Float = 0, radius: Double = 0.03, ratio: Double = 1
  ) -> Bloom {
    var b = Bloom()
    b.amount = amount
    b.threshold = threshold
    b.radius = radius
    b.ratio = ratio
    return b
  }

  /// What a point of light adds to the pixels of a black picture, in its own units.
  private func glow(
    _ effect: Bloom, width: Int, height: Int, at px: Int, _ py: Int
  ) throws -> (frame: Framebuffer, value: (Int, Int) -> Double) {
    let geometry = Geometry(trimWidth: width, trimHeight: height)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      x == px && y == py ? SIMD4(1000, 1000, 1000, 1) : SIMD4(0, 0, 0, 1)
    }
    try effect.apply(to: frame, in: Pictures.context(geometry))
    return (
      frame,
      { x, y in
        (Double(frame.row(y).red[x]) - (x == px && y == py ? 1000 : 0)) / (1000 * Double(effect.amount))
      }
    )
  }

  // MARK: Against a direct computation

  /// The same pyramid tap by tap, in doubles, for a square ratio.
  private func reference(_ frame: Framebuffer, _ effect: Bloom, _ geometry: Geometry) -> [[Double]] {
    struct Level {
      var width, height: Int
      var values: [Double]
      subscript(x: Int, y: Int) -> Double {
        values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
      }
    }
    let spread = effect.spread(in: geometry)
    let knee = Double(effect.threshold * effect.knee)
    return (0..<3).map { channel in
      var levels = [Level(width: frame.width, height: frame.height, values: [])]
      for y in 0..<frame.height {
        let row = frame.row(y)
        for x in 0..<frame.width {
          let color = [row.red[x], row.green[x], row.blue[x]].map { Double($0) }
          let peak = color.max() ?? 0
          let above = peak - Double(effect.threshold)
          let soft = min(max(above + knee, 0), 2 * knee)
          let kept = effect.threshold > 0 ? max(above, soft * soft / (4 * knee)) / max(peak, 1e-12) : 1
          levels[0].values.append(color[channel] * kept)
        }
      }
      for k in 1..<spread.nodes.count {
        let fine = levels[k - 1]
        var next = Level(width: (fine.width + 1) / 2, height: (fine.height + 1) / 2, values: [])
        let outer = [1.0, 1, 2, 2, 1, 1]
        let inner = [0.0, 1, 1, 1, 1, 0]
        for y in 0..<next.height {
          for x in 0..<next.width {
            var sum = 0.0
            for j in 0..<6 {
              for i in 0..<6 {
                let weight = inner[i] * inner[j] / 32 + outer[i] * outer[j] / 128
                sum += weight * fine[2 * x - 2 + i, 2 * y - 2 + j]
              }
            }
            next.values.append(sum)
          }
        }
        levels.append(next)
      }
      var result = levels.map { $0.values }
      for k in levels.indices { result[k] = result[k].map { $0 * spread.nodes[k].weights.x } }
      for k in levels.indices.dropFirst().reversed() {
        let coarse = Level(width: levels[k].width, height: levels[k].height, values: result[k])
        let even = [1.0, 5, 7, 3, 0]
        let odd = [0.0, 3, 7, 5, 1]
        let width = levels[k - 1].width
        for index in result[k - 1].indices {
          let (x, y) = (index % width, index / width)
          for j in 0..<5 {
            for i in 0..<5 {
              let weight = (x % 2 == 0 ? even : odd)[i] * (y % 2 == 0 ? even : odd)[j] / 256
              if weight != 0 { result[k - 1][index] += weight * coarse[x / 2 - 2 + i, y / 2 - 2 + j] }
            }
          }
        }
      }
      return result[0]
    }
  }

  @Test(arguments: [(53, 41, 0.002, Float(0)), (40, 67, 0.04, 0.6), (61, 30, 0.5, 0.3)])
  func agreesWithADirectComputation(_ width: Int, _ height: Int, _ radius: Double, _ threshold: Float) throws
  {
    let geometry = Geometry(trimWidth: width, trimHeight: height)
    var effect = bloom(amount: 0.7, threshold: threshold, radius: radius)
    effect.tint = LinearColor(1, 0.5, 0.25)
    let before = try Pictures.frame(geometry.bounds, Pictures.noisy)
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    try effect.apply(to: frame, in: Pictures.context(geometry))
    let expected = reference(before, effect, geometry)
    var worst = 0.0
    for (channel, tint) in [1, 0.5, 0.25].enumerated() {
      for y in 0..<height {
        for x in 0..<width {
          let added = 0.7 * tint * expected[channel][y * width + x]
          let sum = Double(before.colorPlanes[channel].row(y)[x]) + added
          worst = max(worst, abs(Double(frame.colorPlanes[channel].row(y)[x]) - sum))
        }
      }
    }
    #expect(worst < 2e-5)
  }

  // MARK: The kernel

  @Test(arguments: [0.0, 0.004, 0.02, 0.03]) func lightIsKept(_ radius: Double) throws {
    let (_, value) = try glow(bloom(amount: 0.5, radius: radius), width: 300, height: 300, at: 149, 151)
    var sum = 0.0
    for y in 0..<300 { for x in 0..<300 { sum += value(x, y) } }
    #expect(abs(sum - 1) < 0.01)
  }

  @Test func constantLightStaysConstant() throws {
    let geometry = Geometry(trimWidth: 75, trimHeight: 50)
    for ratio in [0.3, 1, 2.7] {
      let frame = try Pictures.frame(geometry.bounds) { _, _ in SIMD4(0.5, 0.25, 0.125, 1) }
      try bloom(amount: 1, radius: 0.1, ratio: ratio).apply(to: frame, in: Pictures.context(geometry))
      for y in 0..<50 {
        for x in 0..<75 {
          #expect(abs(frame.row(y).red[x] - 1) < 1e-5)
          #expect(abs(frame.row(y).blue[x] - 0.25) < 1e-5)
        }
      }
    }
  }

  /// Half of the light lies within the radius, whatever the radius is in pixels.
  @Test(arguments: [0.015, 0.02, 0.028, 0.04]) func halfOfTheLightLiesWithinTheRadius(_ radius: Double) throws
  {
    let size = 512
    let (_, value) = try glow(bloom(radius: radius), width: size, height: size, at: 255, 256)
    var within = 0.0
    for y in 0..<size {
      for x in 0..<size {
        let distance = (Double((x - 255) * (x - 255) + (y - 256) * (y - 256))).squareRoot()
        // A soft edge of one pixel counts the pixels that the circle cuts in part.
        within += value(x, y) * min(1, max(0, radius * Double(size) - distance + 0.5))
      }
    }
    #expect(abs(within - 0.5) < 0.04)
  }

  @Test func fallsOffAsTheInverseSquare() throws {
    let size = 512
    let radius = 0.05
    let (_, value) = try glow(bloom(radius: radius), width: size, height: size, at: 256, 256)
    func ring(_ r: Double) -> Double {
      (0..<64).map { step in
        let angle = Double(step) / 64 * 2 * .pi
        return value(256 + Int((r * cos(angle)).rounded()), 256 + Int((r * sin(angle)).rounded()))
      }.reduce(0, +) / 64
    }
    var last = Double.infinity
    for r in stride(from: 1.0, through: 200, by: 1) {
      let here = ring(r)
      #expect(here < last * 1.02, "falls at \(r)")
      #expect(here > 0)
      last = here
    }
    // Between the inner width, 4 pixels, and the outer one, 135 pixels.
    for r in [10.0, 14, 20, 28] {
      let slope = log2(ring(2 * r) / ring(r))
      #expect(slope < -1.65 && slope > -2.35, "at \(r): \(slope)")
    }
  }

  /// Against K₁(z) / (2π b √(r² + a²) K₀(a/b)) with z = √(r² + a²) / b, from where a few pixels make a circle to where
  /// hardly any light is left.
  @Test(arguments: [0.02, 0.03, 0.042]) func followsTheAnalyticCurve(_ radius: Double) throws {
    let size = 800
    let (_, value) = try glow(bloom(radius: radius), width: size, height: size, at: 400, 400)
    let a = radius * Double(size) * GlowSpread.innerWidth
    let b = 32 * a
    /// Modified Bessel functions of the second kind by their integral, ∫ exp(−z cosh t) cosh(n t) dt.
    func k(_ n: Double, _ z: Double) -> Double {
      (0..<4000).reduce(0) { sum, i in
        let t = (Double(i) + 0.5) * 0.004
        return sum + exp(-z * cosh(t)) * cosh(n * t) * 0.004
      }
    }
    let k0 = k(0, a / b)
    for r in [4, 8, 12, 17, 24, 34, 48, 68, 96, 136, 192, 272].map({ Double($0) }) {
      let steps = 96
      let mean =
        (0..<steps).map { step in
          let angle = Double(step) / Double(steps) * 2 * .pi
          return value(400 + Int((r * cos(angle)).rounded()), 400 + Int((r * sin(angle)).rounded()))
        }.reduce(0, +) / Double(steps)
      let root = (r * r + a * a).squareRoot()
      let expected = k(1, root / b) / (2 * .pi * b * root * k0)
      // Pixels are a grid: the core, a few of them wide, is not quite round.
      #expect(abs(mean / expected - 1) < (r < 4 * a ? 0.2 : 0.1), "at \(r): \(mean / expected)")
    }
  }

  @Test func channelsSpreadApart() throws {
    var effect = bloom(radius: 0.03)
    effect.colorSpread = 0.5
    let geometry = Geometry(trimWidth: 400, trimHeight: 400)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      x == 200 && y == 200 ? SIMD4(1000, 1000, 1000, 1) : SIMD4(0, 0, 0, 1)
    }
    try effect.apply(to: frame, in: Pictures.context(geometry))
    // Each channel is what a bloom of its own radius makes of it.
    for (channel, factor) in [sqrt(2.0), 1, sqrt(0.5)].enumerated() {
      let (own, _) = try glow(bloom(radius: 0.03 * factor), width: 400, height: 400, at: 200, 200)
      var worst: Float = 0
      for x in 150..<399 {
        worst = max(worst, abs(own.row(203).red[x] - frame.colorPlanes[channel].row(203)[x]))
      }
      #expect(worst < 1e-3)
    }
    // Blue about the lamp, red far from it.
    let row = frame.row(200)
    #expect(row.blue[204] > row.red[204] && row.red[290] > row.blue[290])
  }

  /// A moving radius never jumps, least of all where a scale is added.
  @Test func widthChangesSmoothly() {
    let geometry = Geometry(trimWidth: 700, trimHeight: 500)
    for step in 0..<400 {
      let radius = 0.001 * pow(1.02, Double(step))
      let a = bloom(radius: radius, ratio: 1.7).spread(in: geometry).nodes
      let b = bloom(radius: radius * 1.001, ratio: 1.7 * 1.0005).spread(in: geometry).nodes
      var difference = 0.0
      for node in a + b {
        func weight(_ nodes: [GlowSpread.Node]) -> Double {
          nodes.filter { $0.halvingsX == node.halvingsX && $0.halvingsY == node.halvingsY }
            .reduce(0) { $0 + $1.weights.x }
        }
        difference = max(difference, abs(weight(a) - weight(b)))
      }
      #expect(difference < 0.003, "at radius \(radius)")
      #expect(abs(a.reduce(0) { $0 + $1.weights.x } - 1) < 1e-9)
    }
  }

  @Test(arguments: [2.0, 3.0, 0.5, 0.35]) func anamorphicGlowIsWider(_ ratio: Double) throws {
    let size = 512
    let (_, value) = try glow(
      bloom(radius: ratio < 1 ? 0.03 : 0.012, ratio: ratio), width: size, height: size, at: 255, 255)
    func halfWidth(_ at: (Int) -> Double) -> Double {
      // The light on a line through the point, within a distance that holds half of it.
      let total = (0..<200).map { at($0) }.reduce(0, +)
      var sum = 0.0
      for d in 0..<200 {
        let next = at(d)
        if sum + next > total / 2 { return Double(d) + (total / 2 - sum) / next }
        sum += next
      }
      return 200
    }
    // Sums across the line, so that only the distance along it counts.
    let x = halfWidth { d in (0..<size).map { value(255 + d, $0) }.reduce(0, +) }
    let y = halfWidth { d in (0..<size).map { value($0, 255 + d) }.reduce(0, +) }
    #expect(abs(log2(x / y / ratio)) < 0.45, "\(x) by \(y)")
  }

  // MARK: The picture

  /// A draft is the sheet, reduced.
  @Test(arguments: [Float(0), 0.6]) func draftsGlowLikeSheets(_ threshold: Float) throws {
    func scene(_ width: Int, _ height: Int) throws -> Framebuffer {
      try Pictures.frame(PixelRect(width: width, height: height)) { x, y in
        let u = (Double(x) + 0.5) / Double(height)
        let v = (Double(y) + 0.5) / Double(height)
        func light(_ cx: Double, _ cy: Double, _ r: Double) -> Double {
          exp(-((u - cx) * (u - cx) + (v - cy) * (v - cy)) / (r * r))
        }
        return SIMD4(
          Float(6 * light(0.2, 0.3, 0.02) + 0.05), Float(3 * light(0.45, 0.6, 0.03)),
          Float(4 * light(0.4, 0.2, 0.05) + 0.1), 1)
      }
    }
    let effect = bloom(amount: 1, threshold: threshold)
    let sheet = try scene(404, 600)
    let small = try scene(101, 150)
    try effect.apply(to: sheet, in: Pictures.context(Geometry(trimWidth: 404, trimHeight: 600)))
    try effect.apply(to: small, in: Pictures.context(Geometry(trimWidth: 101, trimHeight: 150)))
    let reduced = try Pictures.reduced(sheet, by: 4)
    var worst = 0.0
    for y in 0..<150 {
      for x in 0..<101 {
        for (a, b) in zip(reduced.colorPlanes, small.colorPlanes) {
          // As a display would show it.
          let difference = SRGB.encode(Double(a.row(y)[x])) - SRGB.encode(Double(b.row(y)[x]))
          worst = max(worst, abs(difference))
        }
      }
    }
    #expect(worst < 0.03)
  }

  @Test func lightHasNoBody() throws {
    let geometry = Geometry(trimWidth: 80, trimHeight: 60)
    let frame = try Pictures.frame(geometry.bounds) { x, y in
      x == 40 && y == 30 ? SIMD4(50, 20, 10, 0.5) : SIMD4(0, 0, 0, 0)
    }
    try Bloom().apply(to: frame, in: Pictures.context(geometry))
    #expect(frame.row(30).red[43] > 0.001)
    for y in 0..<60 { for x in 0..<80 { #expect(frame.row(y).alpha[x] == (x == 40 && y == 30 ? 0.5 : 0)) } }
  }

  @Test func darknessDoesNotGlow() throws {
    let geometry = Geometry(trimWidth: 40, trimHeight: 40)
    var effect = bloom(amount: 1, threshold: 0.6)
    effect.knee = 0.5
    let frame = try Pictures.frame(geometry.bounds) { x, y in SIMD4(0.29, 0.1, 0.2, 1) }
    let before = Pictures.bits(frame)
    try effect.apply(to: frame, in: Pictures.context(geometry))
    #expect(Pictures.bits(frame) == before)
  }

  @Test func neutralChangesNothing() throws {
    let neutral = try #require(Bloom.neutral)
    let geometry = Geometry(trimWidth: 50, trimHeight: 30)
    let frame = try Pictures.frame(geometry.bounds, Pictures.noisy)
    let before = Pictures.bits(frame)
    try neutral.apply(to: frame, in: Pictures.context(geometry))
    #expect(Pictures.bits(frame) == before)
  }

  @Test func extremeLightStaysFinite() throws {
    let geometry = Geometry(trimWidth: 50, trimHeight: 30)
    for radius in [0, 1e-9, 0.03, 2] {
      var effect = bloom(amount: 4, threshold: 0.1, radius: radius, ratio: 16)
      effect.tint = LinearColor.white * 10
      let frame = try Pictures.frame(geometry.bounds) { x, y in
        let strong: Float = x % 7 == 0 ? 1e30 : x % 5 == 0 ? -1e30 : 0.1
        return SIMD4(strong, y == 3 ? .nan : 0, strong, 1)
      }
      try effect.apply(to: frame, in: Pictures.context(geometry))
      for y in 0..<30 where y != 3 {
        for x in 0..<50 { #expect(frame.row(y).red[x].isFinite && frame.row(y).green[x].isFinite) }
      }
    }
  }

  @Test(arguments: [(0.001, 1.0), (0.05, 1.0), (0.02, 2.6), (0.02, 0.4)])
  func threadsAndBandsDoNotShow(_ radius: Double, _ ratio: Double) throws {
    let geometry = Geometry(trimWidth: 101, trimHeight: 77)
    try Pictures.expectIndependence(
      bloom(threshold: 0.5, radius: radius, ratio: ratio), of: geometry.bounds, in: geometry)
  }

  @Test(arguments: [(0.001, 1.0), (0.003, 1.0), (0.0005, 3.0), (0.001, 0.5)])
  func partsAreThoseOfTheWhole(_ radius: Double, _ ratio: Double) throws {
    let geometry = Geometry(trimWidth: 690, trimHeight: 640, bleed: 5)
    try Pictures.expectLocality(
      bloom(threshold: 0.5, radius: radius, ratio: ratio), in: geometry,
      parts: [
        PixelRect(minX: 3, minY: 5, maxX: 40, maxY: 33),
        PixelRect(minX: 660, minY: 600, maxX: 700, maxY: 650),
        PixelRect(minX: 301, minY: 299, maxX: 333, maxY: 322),
      ])
  }

  @Test func scratchIsAThirdOfTheColors() {
    let geometry = Geometry(trimWidth: 8100, trimHeight: 12000)
    let bytes = Bloom().scratchBytes(
      for: geometry.bounds,
      in: EffectContext(geometry: geometry, moment: Moment(), seed: Seed(0), workers: Workers(count: 2)))
    // The pool rounds planes up.
    #expect(Double(bytes) < 0.36 * 8100 * 12000 * 12)
    #expect(Double(bytes) > 0.33 * 8100 * 12000 * 12)
  }
}
