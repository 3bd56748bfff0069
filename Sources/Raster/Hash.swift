#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Counter-based randomness: a value is a function of what it is for, never of what was drawn before it.
public struct Seed: Hashable, Sendable {
  public var value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The seed of a part: of a named item, a parameter, a frame.
  public func derived(_ name: String) -> Seed {
    // FNV-1a over the name, then mixed with the parent.
    var h: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { h = (h ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Seed(Seed.mix(value ^ Seed.mix(h)))
  }

  public func derived(_ number: Int) -> Seed {
    Seed(Seed.mix(value ^ Seed.mix(UInt64(bitPattern: Int64(number)) &+ 0x9e37_79b9_7f4a_7c15)))
  }

  /// The 32-bit seed that lattices are hashed with.
  public var low: UInt32 { UInt32(truncatingIfNeeded: value ^ (value >> 32)) }

  /// Uniform in 0..<1.
  public func unit(_ index: Int) -> Double {
    Double(derived(index).value >> 11) * 0x1p-53
  }

  private static let leastUnit = 1e-12

  /// What ``normal(_:)`` never exceeds, to either side.
  public static let largestNormal = (-2 * log(leastUnit)).squareRoot()

  /// Normal with mean 0 and variance 1 (Box–Muller).
  public func normal(_ index: Int) -> Double {
    let u = max(Seed.leastUnit, derived("u").unit(index))
    let v = derived("v").unit(index)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }

  /// Finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  static func mix(_ z: UInt64) -> UInt64 {
    var z = z
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Hash of a lattice cell for pixel work: 32 bits, good avalanche.
@inlinable @inline(__always)
public func latticeHash(_ x: Int32, _ y: Int32, _ seed: UInt32) -> UInt32 {
  var h = UInt32(bitPattern: x) &* 0x9e37_79b1 ^ seed
  h ^= h >> 16
  h = h &* 0x7feb_352d
  h = (h ^ UInt32(bitPattern: y) &* 0x85eb_ca77) &+ 0x68bc_21eb
  h ^= h >> 15
  h = h &* 0x846c_a68b
  h ^= h >> 16
  return h
}
