import Raster
import Stage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Rings of light about one source or two; mere light, nothing is covered.
struct RingWavesPicture: CardPicture {
  /// Of the card, meters.
  var size = SIMD2<Float>(2, 2)
  /// Places of the sources, meters to the right of the card's middle.
  var sources: [Float] = [0]
  var lights: [Vector] = []
  var reach: Float = 1
  var length: Float = 0.4
  var agreement: Float = 1
  var crest: Float = 0.5
  var hollow: Float = 0
  /// Waves that have left, 0…1.
  var turns: Float = 0

  /// Steps of one wave in the table.
  private static let steps = 1024
  /// Waves of fewer texels fade into their mean.
  private static let finest: Float = 3

  func paint(_ canvas: CardCanvas) {
    let (w, h) = (canvas.width, canvas.height)
    guard w > 0, h > 0 else { return }
    let step = SIMD2(size.x / Float(w), size.y / Float(h))
    let wave = Wave(crest: crest, kept: max(0, min(1, length / max(step.x, step.y) / Self.finest - 1)))
    for y in 0..<h {
      let dy = size.y / 2 - (Float(y) + 0.5) * step.y
      for x in 0..<w {
        let dx = (Float(x) + 0.5) * step.x - size.x / 2
        var light = Vector(0, 0, 0)
        var both: Float = 1
        for (k, source) in sources.enumerated() where k < lights.count {
          let away = SIMD2(dx - source, dy)
          let r = (away.x * away.x + away.y * away.y).squareRoot()
          let height = strength(r) * wave.height(r / length - turns)
          light += lights[k] * height
          both *= height
        }
        if sources.count == 2, lights.count == 2 {
          light += (lights[0] + lights[1]) * (agreement * both.squareRoot() * min(1, both * 4))
        }
        let i = y * w + x
        canvas.red[i] = light.x
        canvas.green[i] = light.y
        canvas.blue[i] = light.z
      }
    }
  }

  /// How much of a wave is left at a distance: nothing in the hollow, then less and less.
  private func strength(_ r: Float) -> Float {
    guard r < reach else { return 0 }
    let left = 1 - r / reach
    let begun = SurfaceNoise.step(hollow, hollow + min(length, reach - hollow) * 0.5 + 1e-4, r)
    return left * left * begun
  }

  /// One wave from crest to crest, as a table.
  private struct Wave {
    private let heights: [Float]

    /// - Parameter kept: share of the wave that texels can show; the rest is its mean.
    init(crest: Float, kept: Float) {
      // Powers of a swell: 1 is a sine about the middle, 24 a thin line.
      let power = 1 + 23 * Double(crest * crest)
      let raw = (0...RingWavesPicture.steps).map { i in
        Float(pow(0.5 + 0.5 * cos(2 * .pi * Double(i) / Double(RingWavesPicture.steps)), power))
      }
      let mean = raw.reduce(0, +) / Float(raw.count)
      heights = raw.map { mean + ($0 - mean) * kept }
    }

    @inline(__always)
    func height(_ turn: Float) -> Float {
      let place = (turn - turn.rounded(.down)) * Float(RingWavesPicture.steps)
      let i = max(0, min(RingWavesPicture.steps - 1, Int(place)))
      return heights[i] + (heights[i + 1] - heights[i]) * (place - Float(i))
    }
  }
}
