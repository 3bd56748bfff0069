import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Pictures for the tests of effects, as functions of the place in shares of the picture, and what must hold for
/// every effect.
enum NeonPicture {
  typealias Scene = @Sendable (_ x: Double, _ y: Double) -> SIMD4<Double>

  static func frame(_ geometry: Geometry, region: PixelRect? = nil, samples: Int = 1, _ scene: Scene) throws
    -> Framebuffer
  {
    let region = region ?? geometry.bounds
    let frame = try Framebuffer(region: region)
    for y in region.rows {
      let row = frame.row(y)
      for x in region.columns {
        var sum = SIMD4<Double>()
        for j in 0..<samples {
          for i in 0..<samples {
            let u =
              (Double(x - geometry.bleed) + (Double(i) + 0.5) / Double(samples)) / Double(geometry.trimWidth)
            let v =
              (Double(y - geometry.bleed) + (Double(j) + 0.5) / Double(samples)) / Double(geometry.trimHeight)
            sum += scene(u, v)
          }
        }
        sum /= Double(samples * samples)
        let i = x - region.minX
        row.red[i] = Float(sum.x)
        row.green[i] = Float(sum.y)
        row.blue[i] = Float(sum.z)
        row.alpha[i] = Float(sum.w)
      }
    }
    return frame
  }

  /// Glowing tubes, a dark ground with a gradient, transparent and half-transparent places, light without a body.
  static let neon: Scene = { x, y in
    var light = SIMD4(0.01 + 0.02 * y, 0.008 + 0.01 * x, 0.03 * (1 - y), 1)
    let ring = abs(((x - 0.5) * (x - 0.5) * 2 + (y - 0.5) * (y - 0.5)).squareRoot() - 0.3)
    light += SIMD4(6, 0.4, 2.2, 0) * exp(-ring * ring * 4000)
    light += SIMD4(0.1, 2.5, 3, 0) * exp(-(x - 0.7) * (x - 0.7) * 3000)
    if x > 0.6, y > 0.75 { light *= SIMD4(repeating: max(0, (1 - x) * 2.5)) }
    if x < 0.2, y < 0.2 { light = SIMD4(x * 4, 0.2, 0.1, 0) }
    if x < 0.2, y > 0.8 { light = SIMD4() }
    return light
  }

  static func gray(_ level: Double) -> Scene { { _, _ in SIMD4(level, level, level, 1) } }

  /// Values that no picture should hold but that must not hurt.
  static let hostile: Scene = { x, y in
    let values = [1e30, -1e30, 0, 1e-40, -0.5, 3e38, 1, 1e6]
    func pick(_ k: Double) -> Double { values[Int(abs(x * 37 + y * 101 + k)) % values.count] }
    return SIMD4(pick(0), pick(2.7), pick(5.1), [0, 1, 0.5, 1e-30][Int(abs(x * 13 + y * 17)) % 4])
  }

  static func context(
    _ geometry: Geometry, threads: Int = 1, band: Int? = nil, frame: Int = 3, seed: UInt64 = 7
  ) -> EffectContext {
    EffectContext(
      geometry: geometry, moment: Moment(time: Double(frame) / 24, frame: frame), seed: Seed(seed),
      workers: Workers(count: threads, bandHeight: band))
  }

  static func applied<E: Effect>(
    _ effect: E, _ geometry: Geometry, region: PixelRect? = nil, threads: Int = 1, band: Int? = nil,
    frame number: Int = 3, samples: Int = 1, _ scene: Scene
  ) throws -> Framebuffer {
    let picture = try frame(geometry, region: region, samples: samples, scene)
    try effect.apply(to: picture, in: context(geometry, threads: threads, band: band, frame: number))
    return picture
  }

  /// The largest difference over the pixels of `part`; infinite where a value is not finite.
  static func difference(_ a: Framebuffer, _ b: Framebuffer, in part: PixelRect? = nil) -> Float {
    var largest: Float = 0
    let part = part ?? a.region
    for y in part.rows {
      for (p, q) in zip(a.planes, b.planes) {
        for x in part.columns {
          let u = p.row(y - a.region.minY)[x - a.region.minX]
          let v = q.row(y - b.region.minY)[x - b.region.minX]
          if u.bitPattern == v.bitPattern { continue }
          largest = max(largest, (u - v).isFinite ? max(Float.leastNonzeroMagnitude, abs(u - v)) : .infinity)
        }
      }
    }
    return largest
  }

  static func isFinite(_ frame: Framebuffer) -> Bool {
    (0..<frame.height).allSatisfy { y in
      frame.planes.allSatisfy { plane in (0..<frame.width).allSatisfy { plane.row(y)[$0].isFinite } }
    }
  }

  /// The mean and the standard deviation of a plane.
  static func statistics(_ plane: Plane, _ map: (Double) -> Double = { $0 }) -> (
    mean: Double, deviation: Double
  ) {
    var sum = 0.0
    var squares = 0.0
    for y in 0..<plane.height {
      for x in 0..<plane.width {
        let v = map(Double(plane.row(y)[x]))
        sum += v
        squares += v * v
      }
    }
    let n = Double(plane.width * plane.height)
    return (sum / n, max(0, squares / n - sum / n * (sum / n)).squareRoot())
  }

  /// The same bytes for any threads and bands; parts as in the whole; finite on hostile pixels; neutral is nothing.
  static func checkLaws<E: Effect>(
    _ effect: E, _ geometry: Geometry = Geometry(trimWidth: 83, trimHeight: 61, bleed: 2)
  )
    throws
  {
    let whole = try applied(effect, geometry, neon)
    for (threads, band) in [(2, 1), (5, 3), (2, 7), (5, nil)] {
      let other = try applied(effect, geometry, threads: threads, band: band, neon)
      #expect(difference(whole, other) == 0, "\(E.name): \(threads) threads, bands of \(band ?? 0)")
    }
    let (w, h) = (geometry.width, geometry.height)
    let parts = [
      PixelRect(minX: w / 7, minY: h / 7, maxX: w / 2, maxY: h / 2),
      PixelRect(minX: w * 2 / 3, minY: h * 2 / 3, maxX: w, maxY: h),
      PixelRect(minX: 0, minY: h / 2, maxX: w, maxY: h / 2 + 1),
    ]
    for part in parts {
      let source = effect.reach(in: geometry).source(of: part, in: geometry.bounds)
      let piece = try applied(effect, geometry, region: source, threads: 2, band: 5, neon)
      #expect(difference(whole, piece, in: part) == 0, "\(E.name): the part \(part)")
    }
    let original = try frame(geometry, neon)
    #expect(difference(whole, original) > 0, "\(E.name) does nothing")
    if let neutral = E.neutral {
      #expect(try difference(applied(neutral, geometry, neon), original) == 0, "\(E.name): neutral settings")
      #expect(try difference(applied(neutral, geometry, hostile), frame(geometry, hostile)) == 0)
    }
    #expect(try isFinite(applied(effect, geometry, hostile)), "\(E.name): hostile pixels")
    checkTable(E.self)
  }

  /// Every stored property is a parameter, and the main parameter bears the kind's name.
  static func checkTable<E: Effect>(_ kind: E.Type) {
    let stored = Mirror(reflecting: E()).children.compactMap { $0.label }
    let described = E.parameterDescriptions
    #expect(described.first?.name == E.name)
    #expect(described.count == stored.count)
    #expect(Set(described.dropFirst().map { $0.property }).isSubset(of: Set(stored)))
  }
}
