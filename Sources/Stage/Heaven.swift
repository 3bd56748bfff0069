import CVector

/// The sky as rays meet it.
struct Heaven: Sendable {
  let sky: Sky

  /// Light from a direction of unit length. `spread` is the angle that one look covers, radians.
  func light(_ d: Vector, spread: Float) -> Vector {
    let level = (d.x * d.x + d.z * d.z).squareRoot()
    let angle = v8_atan(v8_splat(max(0, d.y) / max(level, 1e-6)))[0]
    let g = Fog.exp(-angle / max(0.001, sky.falloff * Float.pi / 180))
    var light = sky.zenith + (sky.horizon - sky.zenith) * g
    if d.y > 0.01, sky.clouds > 0 {
      // Clouds lie on a plane one meter up; the height does not matter where nothing else is seen.
      let x = d.x / d.y + sky.drift.x
      let z = d.z / d.y + sky.drift.y
      let footprint = spread / (d.y * d.y)
      let octaves = footprint > 1 ? 1 : footprint > 0.25 ? 3 : 5
      let c = SurfaceNoise.fbm(x * 0.55 + 3.3, z * 0.35, sky.seed, octaves: octaves)
      let fade = max(0, min(1, 2 - footprint * 0.5))
      light *= 1 + (0.45 + 1.3 * SurfaceNoise.step(0.35, 0.75, c) - 1) * sky.clouds * fade
    }
    return light
  }
}
