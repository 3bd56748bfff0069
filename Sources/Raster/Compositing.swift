import CVector

/// How a layer meets what lies below it.
public enum BlendMode: String, CaseIterable, Sendable, Hashable {
  case normal, add, screen, multiply, overlay
  case softLight = "soft-light"
  case lighten, darken, difference
  case colorDodge = "color-dodge"
  /// Cuts away what lies below.
  case erase
}

/// Puts rows of one picture over rows of another (Porter–Duff "over", with the separable blend functions of
/// W3C Compositing and Blending Level 1).
///
/// normal, add, multiply, lighten, darken and erase (Porter–Duff "destination out") work in linear light. screen, overlay, soft-light, difference and
/// color-dodge work on sRGB-coded values in 0…1; what exceeds 1 in linear light is taken out first and added
/// back. Light without a body (color where alpha is 0) is added by every mode that needs a body to blend.
public struct Compositor: Sendable {
  public var mode: BlendMode
  public var opacity: Float

  public init(mode: BlendMode, opacity: Float) {
    self.mode = mode
    self.opacity = opacity
  }

  /// Blends `source` onto `target`, both `source.count` pixels long. `mask` scales the source, 0…1 a pixel.
  public func composite(_ source: Row, onto target: Row, mask: UnsafePointer<Float>? = nil) {
    let count = source.count
    var i = 0
    while i + 8 <= count {
      block(source, target, mask.map { v8_load($0 + i) }, at: i)
      i += 8
    }
    guard i < count else { return }
    // The rest of the row goes through a padded block, so that every pixel sees the same arithmetic.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 72) { scratch in
      scratch.initialize(repeating: 0)
      guard let base = scratch.baseAddress else { return }
      let rest = count - i
      let from = [source.red, source.green, source.blue, source.alpha]
      let to = [target.red, target.green, target.blue, target.alpha]
      for (k, plane) in from.enumerated() { (base + 8 * k).update(from: plane + i, count: rest) }
      for (k, plane) in to.enumerated() { (base + 32 + 8 * k).update(from: plane + i, count: rest) }
      if let mask { (base + 64).update(from: mask + i, count: rest) }
      let s = Row(red: base, green: base + 8, blue: base + 16, alpha: base + 24, count: 8)
      let t = Row(red: base + 32, green: base + 40, blue: base + 48, alpha: base + 56, count: 8)
      block(s, t, mask == nil ? nil : v8_load(base + 64), at: 0)
      for (k, plane) in to.enumerated() { (plane + i).update(from: base + 32 + 8 * k, count: rest) }
    }
  }

  @inline(__always)
  private func block(_ s: Row, _ t: Row, _ mask: v8f?, at i: Int) {
    let one = v8_splat(1)
    var weight = v8_splat(opacity)
    if let mask { weight *= mask }
    let sa = v8_load(s.alpha + i) * weight
    let ta = v8_load(t.alpha + i)
    let keep = one - sa
    @inline(__always)
    func each(_ blend: (_ source: v8f, _ target: v8f) -> v8f) {
      v8_store(t.red + i, blend(v8_load(s.red + i) * weight, v8_load(t.red + i)))
      v8_store(t.green + i, blend(v8_load(s.green + i) * weight, v8_load(t.green + i)))
      v8_store(t.blue + i, blend(v8_load(s.blue + i) * weight, v8_load(t.blue + i)))
    }
    switch mode {
    case .erase:
      each { $1 * keep }
      return v8_store(t.alpha + i, ta * keep)
    case .normal: each { $0 + $1 * keep }
    case .add: each { $0 + $1 }
    case .multiply: each { $0 * $1 + $0 * (one - ta) + $1 * keep }
    case .lighten: each { v8_max($0 * ta, $1 * sa) + $0 * (one - ta) + $1 * keep }
    case .darken: each { v8_min($0 * ta, $1 * sa) + $0 * (one - ta) + $1 * keep }
    case .screen:
      // Black is neutral to screen, so that premultiplied values can be used as they are.
      each { source, target in
        let (s, sx) = Compositor.split(source)
        let (t, tx) = Compositor.split(target)
        return v8_srgb_decode(one - (one - s) * (one - t)) + sx + tx
      }
    case .overlay, .softLight, .difference, .colorDodge:
      let zero = v8_splat(0)
      let body = v8_less(v8_splat(1e-6), sa)
      let under = v8_less(v8_splat(1e-6), ta)
      let perSource = one / v8_select(body, sa, one)
      let perTarget = one / v8_select(under, ta, one)
      each { source, target in
        let (s, sx) = Compositor.split(source * perSource)
        let (t, tx) = Compositor.split(target * perTarget)
        let blended = v8_srgb_decode(blendCoded(s, t)) + sx + tx
        let mixed = source * (one - ta) + target * keep + blended * sa * ta
        return v8_select(body, v8_select(under, mixed, source + target * keep), v8_max(source, zero) + target)
      }
    }
    v8_store(t.alpha + i, sa + ta * keep)
  }

  /// The sRGB-coded part within 0…1 and the linear light above it.
  @inline(__always)
  private static func split(_ light: v8f) -> (coded: v8f, excess: v8f) {
    let inside = v8_clamp(light, 0, 1)
    return (v8_srgb_encode(inside), light - inside)
  }

  @inline(__always)
  private func blendCoded(_ s: v8f, _ t: v8f) -> v8f {
    let one = v8_splat(1)
    switch mode {
    case .overlay:
      return v8_select(v8_less(t, v8_splat(0.5)), s * t * 2, one - (one - s) * (one - t) * 2)
    case .softLight:
      let dark = t - (one - s * 2) * t * (one - t)
      let d = v8_select(v8_less(t, v8_splat(0.25)), ((t * 16 - 12) * t + 4) * t, v8_sqrt(t))
      return v8_select(v8_less(s, v8_splat(0.5)), dark, t + (s * 2 - one) * (d - t))
    case .difference: return v8_abs(s - t)
    case .colorDodge:
      let k = v8_min(t / v8_max(one - s, v8_splat(1e-6)), one)
      return v8_select(v8_less(t, v8_splat(1e-6)), t, k)
    default: return s
    }
  }
}
