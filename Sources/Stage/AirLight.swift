import CVector
import Raster

/// Light that the fog sends to the eye, added up along rays from one point.
///
/// Air-light is smooth in the picture and has steps along the ray only where rays pass close to lights. So it is
/// computed on a coarse lattice of rays tied to the picture, in closed form between distances along each ray, and
/// read at the true depth of what is seen: silhouettes stay sharp though the lattice is coarse.
final class AirLight: @unchecked Sendable {
  /// Pieces along a ray; a multiple of eight.
  static let pieces = 48
  private static let stride = pieces + 1
  /// Distances are packed closest about here, meters: t = knee · x / (1 − x).
  private static let knee: Float = 10

  private let origin: Vector
  private let low: SIMD2<Float>
  private let perSlope: SIMD2<Float>
  private let columns: Int
  private let rows: Int
  private let lastShare: Float
  private let memory: UnsafeMutablePointer<SIMD4<Float>>

  /// Bytes of a lattice of so many rays.
  static func bytes(columns: Int, rows: Int) -> Int { columns * rows * stride * 16 }

  /// - Parameters:
  ///   - low, high: slopes dx/dz and dy/dz that will be asked for.
  ///   - cell: distance of rays in slopes.
  ///   - visibility: share of a light that reaches a point, for lights that cast shadows.
  init(
    from origin: Vector, low: SIMD2<Float>, high: SIMD2<Float>, cell: Float, lights: LightSet, air: Air,
    workers: Workers, visibility: @Sendable (Light, Vector) -> Float
  ) {
    self.origin = origin
    columns = max(2, min(1200, Int(((high.x - low.x) / cell).rounded(.up)) + 1))
    rows = max(2, min(1200, Int(((high.y - low.y) / cell).rounded(.up)) + 1))
    self.low = low
    perSlope = SIMD2(
      Float(columns - 1) / max(1e-6, high.x - low.x), Float(rows - 1) / max(1e-6, high.y - low.y))
    lastShare = air.reach / (air.reach + AirLight.knee)
    let memory = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: columns * rows * AirLight.stride)
    self.memory = memory
    let (columns, rows, perSlope, lastShare) = (self.columns, self.rows, self.perSlope, self.lastShare)
    let field = Field(air: air, lights: lights, lastShare: lastShare, cell: cell)
    nonisolated(unsafe) let target = memory
    workers.each(rows) { j in
      for i in 0..<columns {
        let slope = low + SIMD2(Float(i), Float(j)) / perSlope
        field.fill(
          target + (j * columns + i) * AirLight.stride, from: origin, slope: slope, visibility: visibility)
      }
    }
  }

  deinit { memory.deallocate() }

  /// Air-light before `t` along the ray towards a point at `offset` from the origin, `t` = |offset|.
  @inline(__always)
  func value(towards offset: Vector, over t: Float) -> Vector {
    let z = max(offset.z, 1e-4)
    return value(slope: SIMD2(offset.x / z, offset.y / z), over: t)
  }

  @inline(__always)
  func value(slope: SIMD2<Float>, over t: Float) -> Vector {
    let place = (slope - low) * perSlope
    let x = max(0, min(Float(columns - 1) - 0.001, place.x))
    let y = max(0, min(Float(rows - 1) - 0.001, place.y))
    let i = Int(x)
    let j = Int(y)
    let fx = x - Float(i)
    let fy = y - Float(j)
    let share = max(0, t) / (max(0, t) + AirLight.knee) / lastShare
    let k = min(share, 1) * (Float(AirLight.pieces) - 0.001)
    let piece = Int(k)
    let along = k - Float(piece)
    let a = memory + (j * columns + i) * AirLight.stride + piece
    let b = a + AirLight.stride
    let c = a + columns * AirLight.stride
    let d = c + AirLight.stride
    let va = a[0] + (a[1] - a[0]) * along
    let vb = b[0] + (b[1] - b[0]) * along
    let vc = c[0] + (c[1] - c[0]) * along
    let vd = d[0] + (d[1] - d[0]) * along
    let top = va + (vb - va) * fx
    let bottom = vc + (vd - vc) * fx
    let value = top + (bottom - top) * fy
    return Vector(value.x, value.y, value.z)
  }

  /// What is needed to fill one ray.
  private struct Field: Sendable {
    let air: Air
    let lights: LightSet
    let fog: Fog
    let cell: Float
    /// Distances between pieces, and the middle of each piece, meters; padded to whole vectors.
    let ends: [Float]
    let middles: [Float]

    init(air: Air, lights: LightSet, lastShare: Float, cell: Float) {
      self.air = air
      self.lights = lights
      self.cell = cell
      fog = Fog(air)
      let ends = (0..<AirLight.pieces + 8).map { i -> Float in
        let x = Float(min(i, AirLight.pieces)) / Float(AirLight.pieces) * lastShare
        return AirLight.knee * x / (1 - x)
      }
      self.ends = ends
      middles = (0..<AirLight.pieces).map { (ends[$0] + ends[$0 + 1]) / 2 }
    }

    func fill(
      _ out: UnsafeMutablePointer<SIMD4<Float>>, from origin: Vector, slope: SIMD2<Float>,
      visibility: (Light, Vector) -> Float
    ) {
      let n = AirLight.pieces
      let length = (slope.x * slope.x + slope.y * slope.y + 1).squareRoot()
      let direction = Vector(slope.x, slope.y, 1) / length
      withUnsafeTemporaryAllocation(of: Float.self, capacity: n * 5 + n + 8) { scratch in
        guard let base = scratch.baseAddress else { return }
        // What of a piece's light reaches the eye; sums of red, green, blue; angles at the ends of pieces.
        let weight = base
        let sums = (base + n, base + 2 * n, base + 3 * n)
        let part = base + 4 * n
        let angles = base + 5 * n
        weigh(weight, sums, origin, direction)
        for light in lights.lights {
          let offset = light.position - origin
          let t0 = (offset * direction).sum()
          let away = max(0, (offset * offset).sum() - t0 * t0)
          // A lattice cannot show halos narrower than its cells: they are spread over one.
          let blur = max(0, t0) * cell * 0.5
          let h2 = away + light.halo + blur * blur
          let h = max(1e-4, h2.squareRoot())
          let inverse = 1 / h
          var i = 0
          while i < n + 8 {
            v8_store(angles + i, v8_atan((load(ends, i) - t0) * inverse))
            i += 8
          }
          // Extinction between light and air, at a height between the light and the ground.
          let k =
            air.density * Fog.exp(-max(0, light.position.y) / air.thickness * 0.5) + air.floor
          let strength = light.haze * inverse
          i = 0
          while i < n {
            let turn = v8_load(angles + i + 1) - v8_load(angles + i)
            let along = load(middles, i) - t0
            let distance = v8_sqrt(along * along + away)
            v8_store(part + i, turn * Fog.exp(distance * -k) * v8_load(weight + i) * strength)
            i += 8
          }
          if light.beam != nil || light.castsShadow {
            for i in 0..<n {
              let p = origin + direction * middles[i]
              var share = p.y < 0 ? 0 : LightSet.cone(light, at: p)
              if light.castsShadow, share > 0, p.y >= 0 { share *= visibility(light, p) }
              part[i] *= share
            }
          }
          i = 0
          while i < n {
            let p = v8_load(part + i)
            v8_store(sums.0 + i, v8_load(sums.0 + i) + p * light.color.x)
            v8_store(sums.1 + i, v8_load(sums.1 + i) + p * light.color.y)
            v8_store(sums.2 + i, v8_load(sums.2 + i) + p * light.color.z)
            i += 8
          }
        }
        var total = SIMD4<Float>()
        out[0] = total
        for i in 0..<n {
          total += SIMD4(sums.0[i], sums.1[i], sums.2[i], 0)
          out[i + 1] = total
        }
      }
    }

    @inline(__always)
    private func load(_ values: [Float], _ i: Int) -> v8f {
      values.withUnsafeBufferPointer { v8_load($0.baseAddress.unsafelyUnwrapped + i) }
    }

    /// The weight of each piece for light from lamps, and what the ambient light adds.
    private func weigh(
      _ weight: UnsafeMutablePointer<Float>,
      _ sums: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>),
      _ origin: Vector, _ direction: Vector
    ) {
      var before: Float = 1
      for i in 0..<AirLight.pieces {
        let t = middles[i]
        let p = origin + direction * t
        let wisp = self.wisp(at: p, width: ends[i + 1] - ends[i])
        // Below the ground there is no air: the mirrored eye looks through the ground first.
        let isAir: Float = p.y < 0 ? 0 : 1
        weight[i] =
          fog.transmittance(from: origin.y, slope: direction.y, over: t) * air.scatter * wisp * isAir
        let after = fog.transmittance(from: origin.y, slope: direction.y, over: ends[i + 1])
        let ambient = air.ambient * (max(0, before - after) * wisp * isAir)
        before = after
        sums.0[i] = ambient.x
        sums.1[i] = ambient.y
        sums.2[i] = ambient.z
      }
    }

    /// How dense the fog is at a point beside its mean; averaged over `width` meters of a ray.
    private func wisp(at p: Vector, width: Float) -> Float {
      guard air.wisps > 0 else { return 1 }
      let q = p + air.drift
      // Wider than high; two planes of noise crossed, so that they change along every direction.
      let a = SurfaceNoise.fbm(q.x * 0.16 + q.z * 0.05, q.y * 0.42 - q.z * 0.03, air.seed, octaves: 3)
      let b = SurfaceNoise.fbm(q.z * 0.11 - q.x * 0.04, q.y * 0.3 + q.x * 0.06, air.seed &+ 77, octaves: 3)
      let fade = min(1, 14 / max(width, 1e-3))
      return max(0.1, 1 + air.wisps * 2.4 * (a + b - 1) * fade)
    }
  }
}
