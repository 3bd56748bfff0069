import Outline
import Raster
import Stage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The disc of a sun. Opaque; its radius is half the card.
struct SunPicture: CardPicture {
  var form: Sun.Form
  /// Light from top to foot.
  var ramp: Ramp
  /// Radius of the hub as a share.
  var hub: Float
  var hubLight: SIMD3<Float>
  /// Degrees.
  var turn: Double
  var depth: Float
  var brightness: Float
  var seed: UInt32

  /// Where the pack of tape ends, and the gaps that songs leave in it, in radii.
  private static let gaps: [Float] = [0.44, 0.61, 0.69, 0.86]

  func paint(_ canvas: CardCanvas) {
    let (w, h) = (canvas.width, canvas.height)
    let (dx, dy) = (2 / Float(w), 2 / Float(h))
    let texel = max(dx, dy)
    // Radial brightness from a table: grooves finer than a texel are averaged in it.
    let count = 4096
    let grooves = (0...count).map { groove(Float($0) / Float(count) * 1.5, texel) }
    let hubMask = hub > 0 && form != .slits ? hubCoverage(w, h) : nil
    let colors = (0..<h).map { y -> SIMD3<Float> in
      let t = (Float(y) + 0.5) / Float(h)
      let c = ramp.color(at: Double(t))
      return SIMD3(c.x, c.y, c.z) * (brightness * (1.15 - 0.35 * t))
    }
    let (sine, cosine) = sineAndCosine(degrees: turn)
    let axis = SIMD2(Float(cosine), Float(sine))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: w) { memory in
      guard let ring = memory.baseAddress else { return }
      for y in 0..<h {
        let v = (Float(y) + 0.5) * dy - 1
        let slits = form == .slits ? slit(v, dy) : 1
        ring.update(repeating: 0, count: w)
        hubMask?.cover(row: y, columns: 0..<w, into: ring)
        for x in 0..<w {
          let u = (Float(x) + 0.5) * dx - 1
          let r = (u * u + v * v).squareRoot()
          let inside = max(0, min(1, (1 - r) / texel + 0.5))
          guard inside > 0 else { continue }
          var light = colors[y]
          if form == .record {
            let at = min(r / 1.5, 1) * Float(count)
            let index = min(count - 1, Int(at))
            var shade = grooves[index] + (grooves[index + 1] - grooves[index]) * (at - Float(index))
            // The shine of a record: two fans of light, narrow towards the middle.
            let along = (u * axis.x + v * axis.y) / max(r, 1e-4)
            let fan = along * along
            shade *= 1 + depth * 0.5 * (fan * fan * fan - 0.16) * SurfaceNoise.step(hub, hub + 0.1, r)
            light *= shade
          }
          if let hubMask, !hubMask.isEmpty {
            // Within the hub's ring it is dark, so that its teeth read; its heart glows.
            let well = max(0, min(1, (hub - r) / texel + 0.5))
            let heart = max(0, 1 - r / max(1e-4, hub * 0.72))
            let deep = light * 0.16 + hubLight * (0.9 * heart * heart)
            light = light * (1 - well) + deep * well
            light = light * (1 - ring[x]) + hubLight * ring[x]
          }
          let i = y * w + x
          let cover = inside * slits
          canvas.red[i] = light.x * cover
          canvas.green[i] = light.y * cover
          canvas.blue[i] = light.z * cover
          canvas.alpha[i] = cover
        }
      }
    }
  }

  private func hubCoverage(_ w: Int, _ h: Int) -> CoverageMask {
    let r = Double(hub)
    let path = Path.hub(
      center: .zero, outerRadius: r * 0.94, innerRadius: r * 0.66, teeth: 6, toothDepth: r * 0.2,
      toothWidth: r * 0.17, rotation: turn)
    let map = Affine.translation(1, 1).then(.scale(Double(w) / 2, Double(h) / 2))
    return CoverageMask(path: path.transformed(by: map), clip: PixelRect(minX: 0, minY: 0, maxX: w, maxY: h))
  }

  /// Brightness at a radius: bands of many widths, gaps between songs, a rim.
  private func groove(_ r: Float, _ texel: Float) -> Float {
    var sum: Float = 0
    var weight: Float = 0.5
    var frequency: Float = 9
    for octave in 0..<6 {
      // A band narrower than two texels is gray.
      let seen = max(0, min(1, 1 / (frequency * texel) - 1))
      sum += weight * (SurfaceNoise.value(r * frequency, 0.5, seed &+ UInt32(octave)) - 0.5) * seen
      weight *= 0.72
      frequency *= 2.1
    }
    var shade = 1 + depth * 1.1 * sum
    for gap in SunPicture.gaps {
      let width: Float = 0.011
      shade *= 1 - depth * 0.75 * SurfaceNoise.cover(gap - width / 2, gap + width / 2, r, texel)
    }
    // The label's edge and the outermost groove.
    shade *= 1 - depth * 0.5 * SurfaceNoise.cover(0.968, 0.978, r, texel)
    return max(0.05, shade)
  }

  /// How much of a row is there: slits that widen towards the foot.
  private func slit(_ v: Float, _ dy: Float) -> Float {
    let t = (v + 1) / 2
    guard t > 0.3 else { return 1 }
    var sum: Float = 0
    for sample in 0..<8 {
      let s = t + ((Float(sample) + 0.5) / 8 - 0.5) * dy / 2
      let wave = Float(sin(pow(Double(max(0, s)), 1.5) * 74)) / 2 + 0.5
      sum += 1 - max(0, min(1, (wave - (1.12 - s * 0.8)) * 14)) * depth * 2
    }
    return max(0, min(1, sum / 8))
  }
}
