import CVector

/// Smooth noise over the plane: a function of place, seed and phase, and of nothing else.
public struct CoherentNoise: Sendable, Hashable {
  public enum Form: String, CaseIterable, Sendable {
    /// Random values at the corners of a lattice, joined smoothly.
    case value
    /// Random slopes at the corners (Perlin, "Improving noise", 2002), one octave.
    case simplex
    /// Octaves of slopes added up: clouds.
    case fbm
    /// Octaves of folded slopes: ridges, veins, smoke.
    case ridged
  }
  public var form: Form
  /// Octaves of `fbm` and `ridged`.
  public var octaves: Int
  /// Frequency and strength of an octave beside the one before it.
  public var lacunarity: Float
  public var gain: Float
  /// How far the place is displaced by other noise before it is looked up, in lattice cells.
  public var warp: Float
  /// Turns by which every slope is rotated (flow noise: Perlin and Neyret, 2001); whole turns repeat.
  public var phase: Float
  public var seed: UInt32

  public init(
    form: Form, octaves: Int = 5, lacunarity: Float = 2, gain: Float = 0.5, warp: Float = 0, phase: Float = 0,
    seed: UInt32
  ) {
    self.form = form
    self.octaves = max(1, min(16, octaves))
    self.lacunarity = lacunarity
    self.gain = gain
    self.warp = warp
    self.phase = phase
    self.seed = seed
  }

  /// Size of the finest detail, in lattice cells.
  public var finestCell: Double {
    var cell = 1.0
    if form == .fbm || form == .ridged { for _ in 1..<octaves { cell /= Double(lacunarity) } }
    return cell
  }

  /// Fills `out` with values, about 0…1 with mean near 0.5 (ridged: 1 on the ridges), at `count` places given in lattice cells.
  public func fill(
    _ out: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>, count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      v8_store(out + i, value(v8_load(x + i), v8_load(y + i)))
      i += 8
    }
    while i < count {
      out[i] = value(v8_splat(x[i]), v8_splat(y[i]))[0]
      i += 1
    }
  }

  @inline(__always)
  private func value(_ x0: v8f, _ y0: v8f) -> v8f {
    var x = x0
    var y = y0
    if warp != 0 {
      let dx = slopes(x * 0.7 + 17.3, y * 0.7 - 4.1, seed ^ 0x51ed_270b)
      let dy = slopes(x * 0.7 - 9.2, y * 0.7 + 31.7, seed ^ 0x9f4a_7c15)
      x += dx * warp * 1.4
      y += dy * warp * 1.4
    }
    let zero = v8_splat(0)
    let one = v8_splat(1)
    switch form {
    case .value: return corners(x, y, seed)
    case .simplex: return v8_max(zero, v8_min(one, slopes(x, y, seed) * 0.7 + 0.5))
    case .fbm:
      var sum = zero
      var weight: Float = 1
      var total: Float = 0
      for octave in 0..<octaves {
        sum += slopes(x, y, octaveSeed(octave)) * weight
        total += weight * weight
        weight *= gain
        // A shift and a quarter-like turn, so that the lattices of the octaves never line up.
        (x, y) = ((x * 0.8 - y * 0.6) * lacunarity + 19.1, (x * 0.6 + y * 0.8) * lacunarity - 7.7)
      }
      return v8_max(zero, v8_min(one, sum * (0.72 / total.squareRoot()) + 0.5))
    case .ridged:
      var sum = zero
      var weight: Float = 1
      var total: Float = 0
      var carry = one
      for octave in 0..<octaves {
        var ridge = one - v8_min(one, v8_abs(slopes(x, y, octaveSeed(octave)) * 1.6))
        ridge = ridge * ridge
        sum += ridge * carry * weight
        carry = v8_min(one, ridge * 1.6)
        total += weight
        weight *= gain
        (x, y) = ((x * 0.8 - y * 0.6) * lacunarity + 19.1, (x * 0.6 + y * 0.8) * lacunarity - 7.7)
      }
      return v8_min(one, sum * (1.35 / total))
    }
  }

  private func octaveSeed(_ octave: Int) -> UInt32 { seed &+ UInt32(octave) &* 0x9e37_79b9 }

  /// Gradient noise, about −0.7…0.7.
  @inline(__always)
  private func slopes(_ x: v8f, _ y: v8f, _ seed: UInt32) -> v8f {
    let fx = v8_floor(x)
    let fy = v8_floor(y)
    let ix = v8_to_int(v8_clamp(fx, -1e9, 1e9))
    let iy = v8_to_int(v8_clamp(fy, -1e9, 1e9))
    let u = x - fx
    let v = y - fy
    let one = v8i(repeating: 1)
    let a = slope(v8_lattice_hash(ix, iy, seed), u, v)
    let b = slope(v8_lattice_hash(ix &+ one, iy, seed), u - 1, v)
    let c = slope(v8_lattice_hash(ix, iy &+ one, seed), u, v - 1)
    let d = slope(v8_lattice_hash(ix &+ one, iy &+ one, seed), u - 1, v - 1)
    let su = u * u * u * (u * (u * 6 - 15) + 10)
    let sv = v * v * v * (v * (v * 6 - 15) + 10)
    let top = a + (b - a) * su
    let bottom = c + (d - c) * su
    return top + (bottom - top) * sv
  }

  /// Dot product of an offset with a unit vector of hashed direction.
  @inline(__always)
  private func slope(_ h: v8u, _ dx: v8f, _ dy: v8f) -> v8f {
    let turn = v8_unit(h) + phase
    return dx * cosine(turn) + dy * cosine(turn - 0.25)
  }

  /// cos(2π t) to about 1e-3, exactly periodic: enough for a direction.
  @inline(__always)
  private func cosine(_ t: v8f) -> v8f {
    // Distance from the nearest whole turn, 0…0.5, then a parabola with Capens' correction.
    let d = v8_abs(t - v8_floor(t + 0.5))
    let p = v8_splat(0.25) - d
    let q = p * (v8_splat(8) - v8_abs(p) * 16)
    return q * (v8_abs(q) * 0.225 + 0.775)
  }

  @inline(__always)
  private func corners(_ x: v8f, _ y: v8f, _ seed: UInt32) -> v8f {
    let fx = v8_floor(x)
    let fy = v8_floor(y)
    let ix = v8_to_int(v8_clamp(fx, -1e9, 1e9))
    let iy = v8_to_int(v8_clamp(fy, -1e9, 1e9))
    let u = x - fx
    let v = y - fy
    let one = v8i(repeating: 1)
    @inline(__always)
    func corner(_ h: v8u) -> v8f {
      // At phase 0 the value is the hash itself; a turn of the phase runs up, down and back.
      let t = v8_unit(h) * 0.5 + phase
      return v8_abs(t - v8_floor(t + 0.5)) * 2
    }
    let a = corner(v8_lattice_hash(ix, iy, seed))
    let b = corner(v8_lattice_hash(ix &+ one, iy, seed))
    let c = corner(v8_lattice_hash(ix, iy &+ one, seed))
    let d = corner(v8_lattice_hash(ix &+ one, iy &+ one, seed))
    let su = u * u * u * (u * (u * 6 - 15) + 10)
    let sv = v * v * v * (v * (v * 6 - 15) + 10)
    let top = a + (b - a) * su
    let bottom = c + (d - c) * su
    return top + (bottom - top) * sv
  }
}
