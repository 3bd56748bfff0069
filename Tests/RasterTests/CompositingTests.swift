import Foundation
import Raster
import Testing

/// Blending against the formulas of W3C Compositing and Blending Level 1, one pixel at a time in double.
@Suite struct CompositingTests {
  /// Modes that lay color over color; erasing has a formula of its own.
  static let coloring = BlendMode.allCases.filter { $0 != .erase }
  /// Modes whose light does not depend on alpha in a way of its own.
  static let separable = coloring.filter { $0 != .add && $0 != .screen }

  private struct Pixel { var color: [Double], alpha: Double }

  private func encode(_ x: Double) -> Double { x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055 }
  private func decode(_ x: Double) -> Double { x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4) }

  /// B(cb, cs), on linear or on coded values as the mode asks.
  private func blend(_ mode: BlendMode, _ cb: Double, _ cs: Double) -> Double {
    func coded(_ f: (Double, Double) -> Double) -> Double {
      let (b, s) = (min(1, max(0, cb)), min(1, max(0, cs)))
      return decode(f(encode(b), encode(s))) + (cb - b) + (cs - s)
    }
    switch mode {
    case .normal, .erase: return cs
    case .add: return cb + cs
    case .multiply: return cb * cs
    case .lighten: return max(cb, cs)
    case .darken: return min(cb, cs)
    case .screen: return coded { $0 + $1 - $0 * $1 }
    case .difference: return coded { abs($0 - $1) }
    case .overlay: return coded { b, s in b < 0.5 ? 2 * b * s : 1 - 2 * (1 - b) * (1 - s) }
    case .colorDodge: return coded { b, s in b == 0 ? 0 : s >= 1 ? 1 : min(1, b / (1 - s)) }
    case .softLight:
      return coded { b, s in
        if s <= 0.5 { return b - (1 - 2 * s) * b * (1 - b) }
        let d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : b.squareRoot()
        return b + (2 * s - 1) * (d - b)
      }
    }
  }

  private func run(_ mode: BlendMode, opacity: Float, source: Pixel, target: Pixel, mask: Float?) throws
    -> Pixel
  {
    // Nineteen pixels, so that whole vectors and the rest of a row are both seen.
    let count = 19
    let a = try Framebuffer(region: PixelRect(width: count, height: 1))
    let b = try Framebuffer(region: PixelRect(width: count, height: 1))
    for (frame, pixel) in [(a, source), (b, target)] {
      let row = frame.row(0)
      for i in 0..<count {
        row.red[i] = Float(pixel.color[0] * pixel.alpha)
        row.green[i] = Float(pixel.color[1] * pixel.alpha)
        row.blue[i] = Float(pixel.color[2] * pixel.alpha)
        row.alpha[i] = Float(pixel.alpha)
      }
    }
    let masks = [Float](repeating: mask ?? 1, count: count)
    masks.withUnsafeBufferPointer {
      Compositor(mode: mode, opacity: opacity).composite(
        a.row(0), onto: b.row(0), mask: mask == nil ? nil : $0.baseAddress)
    }
    let row = b.row(0)
    for i in 1..<count {
      #expect(row.red[i].bitPattern == row.red[0].bitPattern, "a pixel's place in the row changes it")
    }
    let color = [row.red[3], row.green[3], row.blue[3]].map { Double($0) }
    return Pixel(color: color, alpha: Double(row.alpha[3]))
  }

  @Test("opaque on opaque is the blend function", arguments: Self.coloring)
  func opaque(_ mode: BlendMode) throws {
    let values = [0.0, 0.02, 0.18, 0.5, 0.9, 1, 3]
    for s in values {
      for t in values {
        let source = Pixel(color: [s, s * 0.5, 0.3], alpha: 1)
        let target = Pixel(color: [t, 0.4, t * 0.25], alpha: 1)
        let result = try run(mode, opacity: 1, source: source, target: target, mask: nil)
        for c in 0..<3 {
          let exact = blend(mode, target.color[c], source.color[c])
          #expect(
            abs(result.color[c] - exact) < 2e-5 * max(1, exact),
            "\(mode) of \(source.color[c]) on \(target.color[c])")
        }
        #expect(abs(result.alpha - 1) < 1e-6)
      }
    }
  }

  @Test("half transparent layers follow the compositing formula", arguments: Self.separable)
  func transparent(_ mode: BlendMode) throws {
    for (sa, ta) in [(0.5, 1.0), (1.0, 0.5), (0.25, 0.75)] {
      let source = Pixel(color: [0.7, 0.2, 0.05], alpha: sa)
      let target = Pixel(color: [0.3, 0.6, 0.9], alpha: ta)
      let result = try run(mode, opacity: 0.8, source: source, target: target, mask: 0.5)
      let a = sa * 0.4
      for c in 0..<3 {
        let mixed = a * ta * blend(mode, target.color[c], source.color[c])
        let exact = a * (1 - ta) * source.color[c] + mixed + (1 - a) * ta * target.color[c]
        #expect(abs(result.color[c] - exact) < 2e-5, "\(mode)")
      }
      #expect(abs(result.alpha - (a + ta * (1 - a))) < 1e-6)
    }
  }

  @Test("light without a body is added, not lost", arguments: BlendMode.allCases)
  func light(_ mode: BlendMode) throws {
    let a = try Framebuffer(region: PixelRect(width: 8, height: 1))
    let b = try Framebuffer(region: PixelRect(width: 8, height: 1))
    for i in 0..<8 {
      a.row(0).red[i] = 2
      (a.row(0).green[i], a.row(0).blue[i], a.row(0).alpha[i]) = (0, 0, 0)
      (b.row(0).red[i], b.row(0).green[i], b.row(0).blue[i], b.row(0).alpha[i]) = (0.1, 0.1, 0.1, 1)
    }
    Compositor(mode: mode, opacity: 1).composite(a.row(0), onto: b.row(0))
    #expect(b.row(0).red[0].isFinite)
    if [.normal, .add, .overlay, .softLight, .difference, .colorDodge, .lighten].contains(mode) {
      #expect(abs(b.row(0).red[0] - 2.1) < 1e-5)
    }
    #expect(abs(b.row(0).green[0] - 0.1) < 1e-5)
  }

  @Test("erasing leaves what is not covered, light and body alike") func erase() throws {
    for (sa, opacity) in [(1.0, 1.0), (0.5, 0.8), (0.0, 1.0)] {
      let source = Pixel(color: [0.7, 0.2, 3], alpha: sa)
      let target = Pixel(color: [0.3, 0.6, 4], alpha: 0.75)
      let result = try run(.erase, opacity: Float(opacity), source: source, target: target, mask: nil)
      let keep = 0.75 * (1 - sa * opacity)
      #expect(abs(result.alpha - keep) < 1e-6)
      for c in 0..<3 { #expect(abs(result.color[c] - target.color[c] * keep) < 1e-5) }
    }
  }
}
