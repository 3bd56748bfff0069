import CVector

/// What pixels are sorted by. Premultiplied color is what counts: transparent pixels are black.
public enum SortKey: String, CaseIterable, Sendable, Hashable {
  /// OKLab lightness.
  case lightness
  /// Mean of the three channels' light.
  case intensity
  /// Hue and saturation of the sRGB-coded color as color pickers show them (HSV), 0 ... 1; red is 0.
  case hue, saturation
  /// The least and the greatest channel.
  case minimum, maximum

  /// Values that sort as the key does. Light is taken linear, as order is all that counts.
  @inline(__always)
  func value(_ red: v8f, _ green: v8f, _ blue: v8f) -> v8f {
    switch self {
    case .lightness:
      // Ottosson 2020; the fractions of the cone responses that can turn negative are cut off.
      let l = red * Float(0.4122214708) + green * Float(0.5363325363) + blue * Float(0.0514459929)
      let m = red * Float(0.2119034982) + green * Float(0.6806995451) + blue * Float(0.1073969566)
      let s = red * Float(0.0883024619) + green * Float(0.2817188376) + blue * Float(0.6299787005)
      let third: Float = 1 / 3
      return v8_pow(l, third) * Float(0.2104542553) + v8_pow(m, third) * Float(0.7936177850)
        - v8_pow(s, third) * Float(0.0040720468)
    case .intensity: return (red + green + blue) * Float(1.0 / 3.0)
    case .minimum: return v8_min(v8_min(red, green), blue)
    case .maximum: return v8_max(v8_max(red, green), blue)
    case .hue, .saturation:
      let r = v8_srgb_encode(red)
      let g = v8_srgb_encode(green)
      let b = v8_srgb_encode(blue)
      let high = v8_max(v8_max(r, g), b)
      let range = high - v8_min(v8_min(r, g), b)
      let safe = v8_max(range, v8_splat(1e-6))
      if self == .saturation { return range / v8_max(high, v8_splat(1e-6)) }
      let fromRed = (g - b) / safe
      let sixth = v8_select(
        v8_less(r, high),
        v8_select(v8_less(g, high), (r - g) / safe + 4, (b - r) / safe + 2),
        v8_select(v8_less(fromRed, v8_splat(0)), fromRed + 6, fromRed))
      return v8_select(v8_less(v8_splat(1e-6), range), sixth * Float(1.0 / 6.0), v8_splat(0))
    }
  }

  /// The key as thresholds state it: light sRGB-coded, all others as they are.
  func coded(_ value: v8f) -> v8f {
    switch self {
    case .lightness, .hue, .saturation: value
    case .intensity, .minimum, .maximum: v8_srgb_encode(value)
    }
  }

  /// Writes integers that sort as the keys of `count` pixels do: 32 octaves from 2^-16 up in steps of 2^-17 of
  /// the value, finer than any picture format tells apart.
  func write(
    red: UnsafePointer<Float>, green: UnsafePointer<Float>, blue: UnsafePointer<Float>, count: Int,
    to keys: UnsafeMutablePointer<UInt32>
  ) {
    switch self {
    case .lightness: quantized(red, green, blue, count, keys) { SortKey.lightness.value($0, $1, $2) }
    case .intensity: quantized(red, green, blue, count, keys) { SortKey.intensity.value($0, $1, $2) }
    case .hue: quantized(red, green, blue, count, keys) { SortKey.hue.value($0, $1, $2) }
    case .saturation: quantized(red, green, blue, count, keys) { SortKey.saturation.value($0, $1, $2) }
    case .minimum: quantized(red, green, blue, count, keys) { SortKey.minimum.value($0, $1, $2) }
    case .maximum: quantized(red, green, blue, count, keys) { SortKey.maximum.value($0, $1, $2) }
    }
  }

  @inline(__always)
  private func quantized(
    _ red: UnsafePointer<Float>, _ green: UnsafePointer<Float>, _ blue: UnsafePointer<Float>, _ count: Int,
    _ keys: UnsafeMutablePointer<UInt32>, _ value: (v8f, v8f, v8f) -> v8f
  ) {
    let least: Float = 0x1p-16
    let base = Int32(bitPattern: least.bitPattern)
    for v in 0..<(count + 7) / 8 {
      let i = 8 * v
      let key = value(v8_load(red + i), v8_load(green + i), v8_load(blue + i))
      let bits = unsafeBitCast(v8_clamp(key, least, 0x1.fffffep15), to: v8i.self)
      let steps = (bits &- base) &>> v8i(repeating: 6)
      UnsafeMutableRawPointer(keys + i).storeBytes(of: steps, as: v8i.self)
    }
  }
}
