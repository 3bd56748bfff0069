import CVector

/// What pixels are sorted by. Premultiplied color is what counts: transparent pixels are black.
public enum SortKey: String, CaseIterable, Sendable, Hashable {
  /// Mean of the greatest and the least sRGB-coded channel (HSL).
  case lightness
  /// Mean of the three channels' light.
  case intensity
  /// Hue and saturation of the sRGB-coded color as color pickers show them (HSV), 0 ... 1; red is 0.
  case hue, saturation
  /// The least and the greatest channel.
  case minimum, maximum
  /// OKLab (Ottosson 2020): lightness, chroma, and hue in turns. Grays have hue 0.
  case oklabLightness = "oklab-lightness"
  case oklabChroma = "oklab-chroma"
  case oklabHue = "oklab-hue"
  /// How far away what a pixel shows is. Not a matter of color: as such it is lightness.
  case depth

  /// Values that sort as the key does. Light is taken linear where order is all that counts.
  @inline(__always)
  func value(_ red: v8f, _ green: v8f, _ blue: v8f) -> v8f {
    switch self {
    case .lightness, .depth:
      let high = v8_greater(v8_greater(red, green), blue)
      let low = v8_lesser(v8_lesser(red, green), blue)
      return (v8_srgb_encode(high) + v8_srgb_encode(low)) * Float(0.5)
    case .oklabLightness:
      let (l, m, s) = SortKey.cones(red, green, blue)
      return l * Float(0.2104542553) + m * Float(0.7936177850) - s * Float(0.0040720468)
    case .oklabChroma, .oklabHue:
      let (l, m, s) = SortKey.cones(red, green, blue)
      let a = l * Float(1.9779984951) - m * Float(2.4285922050) + s * Float(0.4505937099)
      let b = l * Float(0.0259040371) + m * Float(0.7827717662) - s * Float(0.8086757660)
      let chroma = v8_sqrt(a * a + b * b)
      if self == .oklabChroma { return chroma }
      return v8_select(v8_less(v8_splat(1e-4), chroma), v8_turns(a, b), v8_splat(0))
    case .intensity: return (red + green + blue) * Float(1.0 / 3.0)
    case .minimum: return v8_lesser(v8_lesser(red, green), blue)
    case .maximum: return v8_greater(v8_greater(red, green), blue)
    case .hue, .saturation:
      let r = v8_srgb_encode(red)
      let g = v8_srgb_encode(green)
      let b = v8_srgb_encode(blue)
      let high = v8_greater(v8_greater(r, g), b)
      let range = high - v8_lesser(v8_lesser(r, g), b)
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

  /// Cube roots of the cone responses; those that would be negative are cut off.
  @inline(__always)
  private static func cones(_ red: v8f, _ green: v8f, _ blue: v8f) -> (v8f, v8f, v8f) {
    let l = red * Float(0.4122214708) + green * Float(0.5363325363) + blue * Float(0.0514459929)
    let m = red * Float(0.2119034982) + green * Float(0.6806995451) + blue * Float(0.1073969566)
    let s = red * Float(0.0883024619) + green * Float(0.2817188376) + blue * Float(0.6299787005)
    let third: Float = 1 / 3
    return (v8_pow(l, third), v8_pow(m, third), v8_pow(s, third))
  }

  /// The key as thresholds state it: light sRGB-coded, all others as they are.
  func coded(_ value: v8f) -> v8f {
    switch self {
    case .lightness, .hue, .saturation, .oklabLightness, .oklabChroma, .oklabHue, .depth: value
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
    case .oklabLightness:
      quantized(red, green, blue, count, keys) { SortKey.oklabLightness.value($0, $1, $2) }
    case .oklabChroma: quantized(red, green, blue, count, keys) { SortKey.oklabChroma.value($0, $1, $2) }
    case .oklabHue: quantized(red, green, blue, count, keys) { SortKey.oklabHue.value($0, $1, $2) }
    case .depth: quantized(red, green, blue, count, keys) { SortKey.lightness.value($0, $1, $2) }
    }
  }

  /// Writes integers that sort as the given values do.
  static func write(_ values: UnsafePointer<Float>, count: Int, to keys: UnsafeMutablePointer<UInt32>) {
    var i = 0
    while i + 8 <= count {
      let steps = SortKey.steps(v8_load(values + i))
      UnsafeMutableRawPointer(keys + i).storeBytes(of: steps, as: v8i.self)
      i += 8
    }
    while i < count {
      keys[i] = UInt32(truncatingIfNeeded: SortKey.steps(v8_splat(values[i]))[0])
      i += 1
    }
  }

  @inline(__always)
  private static func steps(_ key: v8f) -> v8i {
    let least: Float = 0x1p-16
    let base = Int32(bitPattern: least.bitPattern)
    let bits = unsafeBitCast(v8_clamp(key, least, 0x1.fffffep15), to: v8i.self)
    return (bits &- base) &>> v8i(repeating: 6)
  }

  @inline(__always)
  private func quantized(
    _ red: UnsafePointer<Float>, _ green: UnsafePointer<Float>, _ blue: UnsafePointer<Float>, _ count: Int,
    _ keys: UnsafeMutablePointer<UInt32>, _ value: (v8f, v8f, v8f) -> v8f
  ) {
    for v in 0..<(count + 7) / 8 {
      let i = 8 * v
      let key = value(v8_load(red + i), v8_load(green + i), v8_load(blue + i))
      UnsafeMutableRawPointer(keys + i).storeBytes(of: SortKey.steps(key), as: v8i.self)
    }
  }
}

/// The direction of (`x`, `y`) in turns, 0…1, from x towards y.
@inline(__always)
func v8_turns(_ x: v8f, _ y: v8f) -> v8f {
  let (width, height) = (v8_abs(x), v8_abs(y))
  let long = v8_max(v8_max(width, height), v8_splat(1e-30))
  let eighth = v8_atan(v8_min(width, height) / long) * Float(0.15915494)
  let quarter = v8_select(v8_less(width, height), v8_splat(0.25) - eighth, eighth)
  let half = v8_select(v8_less(x, v8_splat(0)), v8_splat(0.5) - quarter, quarter)
  return v8_select(v8_less(y, v8_splat(0)), v8_splat(1) - half, half)
}
