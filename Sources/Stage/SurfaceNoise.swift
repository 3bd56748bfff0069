/// Smooth noise in meters for materials, one point at a time: values 0…1.
public enum SurfaceNoise {
  /// Uniform in 0..<1: a function of a cell and a seed.
  @inlinable @inline(__always)
  public static func cell(_ i: Int, _ j: Int, _ seed: UInt32) -> Float {
    var h =
      UInt32(truncatingIfNeeded: i) &* 0x9e37_79b1 ^ UInt32(truncatingIfNeeded: j) &* 0x85eb_ca77
      ^ seed &* 0xc2b2_ae3d
    h ^= h >> 16
    h = h &* 0x7feb_352d
    h ^= h >> 15
    h = h &* 0x846c_a68b
    h ^= h >> 16
    return Float(h >> 8) * 0x1p-24
  }

  /// The cell of a coordinate, safe for any finite value.
  @inlinable @inline(__always)
  public static func floor(_ x: Float) -> Int { Int(max(-1e9, min(1e9, x)).rounded(.down)) }

  /// Random values at the corners of a lattice of one meter, joined smoothly.
  @inlinable
  public static func value(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
    let i = floor(x)
    let j = floor(y)
    var u = x - Float(i)
    var v = y - Float(j)
    u = u * u * (3 - 2 * u)
    v = v * v * (3 - 2 * v)
    let a = cell(i, j, seed)
    let b = cell(i + 1, j, seed)
    let c = cell(i, j + 1, seed)
    let d = cell(i + 1, j + 1, seed)
    let top = a + (b - a) * u
    return top + (c + (d - c) * u - top) * v
  }

  /// Octaves of ``value(_:_:_:)``, each half as strong and about twice as fine.
  @inlinable
  public static func fbm(_ x: Float, _ y: Float, _ seed: UInt32, octaves: Int) -> Float {
    var sum: Float = 0
    var weight: Float = 0.5
    var total: Float = 0
    var x = x
    var y = y
    for octave in 0..<max(1, min(8, octaves)) {
      sum += weight * value(x, y, seed &+ UInt32(truncatingIfNeeded: octave))
      total += weight
      weight *= 0.5
      x = x * 2.03 + 1.7
      y = y * 2.03 - 3.1
    }
    return sum / total
  }

  /// 0 below `a`, 1 above `b`, smooth between.
  @inlinable @inline(__always)
  public static func step(_ a: Float, _ b: Float, _ x: Float) -> Float {
    let t = max(0, min(1, (x - a) / (b - a)))
    return t * t * (3 - 2 * t)
  }

  /// The share of an interval of length `width` about `x` that lies between `a` and `b`: an edge as a camera sees
  /// it, without stairs.
  @inlinable @inline(__always)
  public static func cover(_ a: Float, _ b: Float, _ x: Float, _ width: Float) -> Float {
    let w = max(width, 1e-5)
    let low = max(a, x - w * 0.5)
    let high = min(b, x + w * 0.5)
    return max(0, min(1, (high - low) / w))
  }
}
