import Catalog
import Raster
import Testing

@testable import Effects

/// Small pictures for the tests of effects.
enum Pictures {
  /// A frame with the given premultiplied colors.
  static func frame(
    _ region: PixelRect, _ color: (_ x: Int, _ y: Int) -> SIMD4<Float>
  ) throws -> Framebuffer {
    let frame = try Framebuffer(region: region)
    for y in region.rows {
      let row = frame.row(y)
      for x in region.columns {
        let c = color(x, y)
        let i = x - region.minX
        (row.red[i], row.green[i], row.blue[i], row.alpha[i]) = (c.x, c.y, c.z, c.w)
      }
    }
    return frame
  }

  /// Uniform noise in 0..<1 of a channel at a pixel.
  static func noise(_ channel: Int, _ x: Int, _ y: Int) -> Float {
    Float(latticeHash(Int32(x), Int32(y), UInt32(77 + channel)) >> 8) * 0x1p-24
  }

  /// Noise with light far above white and all degrees of alpha.
  static func noisy(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let light = noise(4, x, y) > 0.97 ? Float(20) : 1
    return SIMD4(noise(0, x, y) * light, noise(1, x, y) * light, noise(2, x, y), noise(3, x, y))
  }

  /// The part of a frame in `region`, as bit patterns.
  static func bits(_ frame: Framebuffer, _ region: PixelRect? = nil) -> [UInt32] {
    let region = region ?? frame.region
    var bits: [UInt32] = []
    for y in region.rows {
      let row = frame.row(y)
      for x in region.columns {
        let i = x - frame.region.minX
        bits += [row.red[i], row.green[i], row.blue[i], row.alpha[i]].map { $0.bitPattern }
      }
    }
    return bits
  }

  static func context(
    _ geometry: Geometry, workers: Workers = Workers(count: 2), seed: UInt64 = 1
  ) -> EffectContext {
    EffectContext(geometry: geometry, moment: Moment(), seed: Seed(seed), workers: workers)
  }

  static let crews = [
    Workers(count: 1), Workers(count: 2), Workers(count: 5), Workers(count: 2, bandHeight: 1),
    Workers(count: 5, bandHeight: 7), Workers(count: 3, bandHeight: 13),
  ]

  /// Expects the same bytes from all crews.
  static func expectIndependence<E: Effect>(
    _ effect: E, of region: PixelRect, in geometry: Geometry,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var first: [UInt32]?
    for crew in crews {
      let picture = try frame(region, noisy)
      try effect.apply(to: picture, in: context(geometry, workers: crew))
      let result = bits(picture)
      if let first {
        #expect(result == first, "\(crew)", sourceLocation: sourceLocation)
      } else {
        first = result
      }
    }
  }

  /// Expects of parts of the picture, with what the effect says it reaches for, the bytes of the whole.
  static func expectLocality<E: Effect>(
    _ effect: E, in geometry: Geometry, parts: [PixelRect], of color: (Int, Int) -> SIMD4<Float> = noisy,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let whole = try frame(geometry.bounds, color)
    try effect.apply(to: whole, in: context(geometry))
    for part in parts {
      let source = effect.reach(in: geometry).source(of: part, in: geometry.bounds)
      #expect(
        source != geometry.bounds, "the picture is too small to test parts", sourceLocation: sourceLocation)
      let piece = try frame(source, color)
      try effect.apply(to: piece, in: context(geometry))
      let isEqual = bits(piece, part) == bits(whole, part)
      #expect(isEqual, "\(part) from \(source)", sourceLocation: sourceLocation)
    }
  }

  /// The mean of `factor × factor` pixels each.
  static func reduced(_ frame: Framebuffer, by factor: Int) throws -> Framebuffer {
    try Pictures.frame(PixelRect(width: frame.width / factor, height: frame.height / factor)) { x, y in
      var sum = SIMD4<Float>()
      for j in 0..<factor {
        let row = frame.row(y * factor + j)
        for i in x * factor..<(x + 1) * factor {
          sum += SIMD4(row.red[i], row.green[i], row.blue[i], row.alpha[i])
        }
      }
      return sum / Float(factor * factor)
    }
  }
}
