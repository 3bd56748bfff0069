import Raster

/// How bright a tube is along its length, and where it is painted over.
package struct TubeLamp: Sendable {
  /// Its brightness, 1 being full.
  package let level: Float
  /// Light, and the share of bare glass, at equal steps from end to end.
  package let samples: [SIMD2<Float>]

  /// - Parameters:
  ///   - level: its brightness, 1 being full.
  ///   - wear: by how much the light varies, and by how much the ends are darker.
  ///   - blockOut: length painted black at either end, in em.
  package init(_ tube: Tube, level: Float, wear: Double, blockOut: Double, seed: Seed) {
    guard tube.part == .glass else {
      // It shines in the light of others only.
      self.level = 0
      samples = [SIMD2](repeating: SIMD2(0, tube.part.bareness), count: 2)
      return
    }
    self.level = level
    let step = tube.diameter / 4
    let count = Int(max(2, min(4096, (tube.length / step).rounded(.up)))) + 1
    samples = (0..<count).map { index in
      let at = tube.length * Double(index) / Double(count - 1)
      let toEnd = tube.isClosed ? Double.infinity : min(at, tube.length - at)
      // Gas and coating vary over several diameters; ends darken over two or three.
      var light =
        1 + wear
        * TubeLamp.noise(
          at / (tube.diameter * 7), seed, count: tube.isClosed ? tube.length / (tube.diameter * 7) : nil)
      light *= 1 - min(1, wear * 1.3) * (1 - TubeLamp.smooth(toEnd / (tube.diameter * 3)))
      let bare = TubeLamp.smooth((toEnd - blockOut) / (tube.diameter * 0.15) + 0.5)
      return SIMD2(level * Float(max(0, light) * (blockOut > 0 ? bare : 1)), Float(blockOut > 0 ? bare : 1))
    }
  }

  /// Light and bare glass at a share of the length.
  @inline(__always)
  func value(at share: Float) -> SIMD2<Float> {
    let position = max(0, min(Float(samples.count - 1), share * Float(samples.count - 1)))
    let index = min(samples.count - 2, Int(position))
    return samples[index] + (samples[index + 1] - samples[index]) * (position - Float(index))
  }

  private static func smooth(_ t: Double) -> Double {
    let u = max(0, min(1, t))
    return u * u * (3 - 2 * u)
  }

  /// Noise of a lattice with one cell per unit, −1…1; with a count of cells it closes into a ring.
  private static func noise(_ x: Double, _ seed: Seed, count: Double?) -> Double {
    let cells = count.map { max(1, Int($0.rounded())) }
    let position = count.map { x / max(1e-9, $0) * Double(max(1, Int($0.rounded()))) } ?? x
    let cell = position.rounded(.down)
    let t = smooth(position - cell)
    func value(_ index: Int) -> Double { 2 * seed.unit(cells.map { index % $0 } ?? index) - 1 }
    return value(Int(cell)) * (1 - t) + value(Int(cell) + 1) * t
  }
}
