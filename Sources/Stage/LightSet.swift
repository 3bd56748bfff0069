import CVector

/// All lights of a scene, eight side by side.
final class LightSet: @unchecked Sendable {
  /// One value of every light, padded to whole vectors.
  private enum Field: Int, CaseIterable {
    case x, y, z, red, green, blue, softness, axisX, axisY, axisZ, outer, inner
  }

  let lights: [Light]
  let padded: Int
  private let memory: UnsafeMutablePointer<Float>
  /// Whether a vector of lights has cones; most have not.
  private let hasBeams: [Bool]

  init(_ lights: [Light]) {
    self.lights = lights
    padded = (lights.count + 7) / 8 * 8
    hasBeams = stride(from: 0, to: lights.count, by: 8).map { i in
      lights[i..<min(i + 8, lights.count)].contains { $0.beam != nil }
    }
    memory = .allocate(capacity: max(1, padded * Field.allCases.count))
    memory.initialize(repeating: 0, count: max(1, padded * Field.allCases.count))
    func set(_ field: Field, _ i: Int, _ value: Float) { memory[field.rawValue * padded + i] = value }
    for i in 0..<padded {
      // Without a cone everything lies inside of one: the cosine is never below −1.
      set(.outer, i, -3)
      set(.inner, i, -2)
      set(.softness, i, 1)
      guard i < lights.count else { continue }
      let light = lights[i]
      set(.x, i, light.position.x)
      set(.y, i, light.position.y)
      set(.z, i, light.position.z)
      set(.red, i, light.color.x)
      set(.green, i, light.color.y)
      set(.blue, i, light.color.z)
      set(.softness, i, max(1e-4, light.softness))
      if let beam = light.beam {
        set(.axisX, i, beam.axis.x)
        set(.axisY, i, beam.axis.y)
        set(.axisZ, i, beam.axis.z)
        let (outer, inner) = LightSet.cosines(beam)
        set(.outer, i, outer)
        set(.inner, i, inner)
      }
    }
  }

  deinit { memory.deallocate() }

  /// Cosines of the cone's half openings, the outer one smaller.
  static func cosines(_ beam: Light.Beam) -> (outer: Float, inner: Float) {
    func cosine(_ degrees: Float) -> Float {
      // cos by the half-angle series is not needed once per light: a table-free polynomial to 1e-6 suffices.
      let x = max(0, min(180, degrees)) * Float.pi / 180
      let r = x - Float.pi / 2
      let z = r * r
      return -r * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72))))
    }
    let outer = cosine(beam.outer)
    return (outer, max(cosine(min(beam.inner, beam.outer)), outer + 1e-3))
  }

  @inline(__always)
  private func load(_ field: Field, _ i: Int) -> v8f { v8_load(memory + field.rawValue * padded + i) }

  /// How much of a light's cone reaches a point: a little strays outside.
  @inline(__always)
  static func cone(_ light: Light, at p: Vector) -> Float {
    guard let beam = light.beam else { return 1 }
    let d = p - light.position
    let length = max((d * d).sum().squareRoot(), 1e-6)
    let c = (d * beam.axis).sum() / length
    let (outer, inner) = cosines(beam)
    return 0.03 + 0.97 * SurfaceNoise.step(outer, inner, c)
  }

  /// Light that arrives at a surface: sum of color · wrap(n·l) · e^(−σd) / (d² + softness), with
  /// wrap(c) = (c + 0.25) / 1.25, since lights have size and fog scatters around corners.
  ///
  /// - Parameters:
  ///   - shares: how much of each light is seen from here, where somebody stands in its way; nil for all of it.
  @inline(__always)
  func irradiance(at p: Vector, normal n: Vector, dimming: Float, shares: UnsafePointer<Float>?) -> Vector {
    var red = v8_splat(0)
    var green = v8_splat(0)
    var blue = v8_splat(0)
    var i = 0
    while i < padded {
      let lx = load(.x, i) - p.x
      let ly = load(.y, i) - p.y
      let lz = load(.z, i) - p.z
      let d2 = lx * lx + ly * ly + lz * lz
      let d = v8_sqrt(d2) + 1e-6
      let inverse = v8_splat(1) / d
      let c = (lx * n.x + ly * n.y + lz * n.z) * inverse
      let wrap = v8_max(v8_splat(0), (c + 0.25) * 0.8)
      var k = wrap / (d2 + load(.softness, i)) * Fog.exp(d * -dimming)
      if hasBeams[i / 8] {
        let axis = (lx * load(.axisX, i) + ly * load(.axisY, i) + lz * load(.axisZ, i)) * inverse
        let outer = load(.outer, i)
        let s = v8_clamp((v8_splat(0) - axis - outer) / (load(.inner, i) - outer), 0, 1)
        k *= s * s * (v8_splat(3) - s * 2) * 0.97 + 0.03
      }
      if let shares { k *= v8_load(shares + i) }
      red += k * load(.red, i)
      green += k * load(.green, i)
      blue += k * load(.blue, i)
      i += 8
    }
    return Vector(v8_sum(red), v8_sum(green), v8_sum(blue))
  }

  /// Highlights of a glossy surface seen along `direction`: Blinn-Phong with a fixed exponent of 45.
  @inline(__always)
  func highlights(at p: Vector, normal n: Vector, direction: Vector, dimming: Float) -> Vector {
    var red = v8_splat(0)
    var green = v8_splat(0)
    var blue = v8_splat(0)
    var i = 0
    while i < padded {
      let lx = load(.x, i) - p.x
      let ly = load(.y, i) - p.y
      let lz = load(.z, i) - p.z
      let d2 = lx * lx + ly * ly + lz * lz
      let d = v8_sqrt(d2) + 1e-6
      let inverse = v8_splat(1) / d
      let hx = lx * inverse - direction.x
      let hy = ly * inverse - direction.y
      let hz = lz * inverse - direction.z
      let h = v8_sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
      let c = v8_max(v8_splat(0), (hx * n.x + hy * n.y + hz * n.z) / h)
      let c2 = c * c
      let c4 = c2 * c2
      let c8 = c4 * c4
      let c32 = c8 * c8 * c8 * c8
      let k = c32 * c8 * c4 * c / (d2 + load(.softness, i)) * Fog.exp(d * -dimming)
      red += k * load(.red, i)
      green += k * load(.green, i)
      blue += k * load(.blue, i)
      i += 8
    }
    return Vector(v8_sum(red), v8_sum(green), v8_sum(blue))
  }
}
