import CVector
import Raster

/// Walks a row eight pixels at a time. The last few pixels go through the same arithmetic as all others, so
/// that a pixel's value does not depend on where in a row it lies.
extension Row {
  /// Replaces every pixel's color by what `body` makes of (red, green, blue, alpha, index of the first lane).
  /// Lanes beyond the row's end hold the row's last pixels' values or zeros and are dropped.
  @inline(__always)
  func mapVectors(_ body: (inout v8f, inout v8f, inout v8f, v8f, Int) -> Void) {
    var i = 0
    while i < count {
      let whole = i + 8 <= count
      var r: v8f
      var g: v8f
      var b: v8f
      let a: v8f
      if whole {
        r = v8_load(red + i)
        g = v8_load(green + i)
        b = v8_load(blue + i)
        a = v8_load(alpha + i)
      } else {
        r = partial(red + i, count - i)
        g = partial(green + i, count - i)
        b = partial(blue + i, count - i)
        a = partial(alpha + i, count - i)
      }
      body(&r, &g, &b, a, i)
      if whole {
        v8_store(red + i, r)
        v8_store(green + i, g)
        v8_store(blue + i, b)
      } else {
        store(r, red + i, count - i)
        store(g, green + i, count - i)
        store(b, blue + i, count - i)
      }
      i += 8
    }
  }

  /// Whether every pixel's alpha is exactly 1, which spares the division by it.
  func isOpaque() -> Bool {
    var least = v8_splat(1)
    var i = 0
    while i + 8 <= count {
      least = v8_min(least, v8_load(alpha + i))
      i += 8
    }
    var low: Float = 1
    for lane in 0..<8 { low = min(low, least[lane]) }
    while i < count {
      low = min(low, alpha[i])
      i += 1
    }
    return low >= 1
  }
}

@inline(never)
func partial(_ p: UnsafePointer<Float>, _ count: Int) -> v8f {
  var v = v8_splat(0)
  for lane in 0..<min(8, count) { v[lane] = p[lane] }
  return v
}

@inline(never)
func store(_ v: v8f, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
  for lane in 0..<min(8, count) { p[lane] = v[lane] }
}

/// What premultiplied color is to be divided by before a curve is applied to it, and multiplied with after.
///
/// A body's color is color / alpha. Light without a body (alpha 0) is its own color. Between them the divisor
/// runs smoothly from alpha to 1 as the light grows from 16 to 64 times of what the body could reflect, so that
/// the soft edge of a glow does not jump where its alpha reaches 0.
@inline(__always)
func bodyDivisor(_ r: v8f, _ g: v8f, _ b: v8f, _ a: v8f) -> v8f {
  let peak = v8_lesser(v8_greater(v8_greater(r, g), b), v8_splat(1e9))
  let ratio = peak / v8_max(a, v8_splat(1e-6))
  let light = v8_clamp((ratio - 16) * (1 / 48), 0, 1)
  return v8_max(a + (1 - a) * light, v8_splat(1e-6))
}

/// A 3 × 3 matrix for color vectors, rows first.
struct ColorMatrix: Hashable, Sendable {
  var rows: [[Double]]

  init(_ rows: [[Double]]) { self.rows = rows }

  static let identity = ColorMatrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])

  static func * (a: ColorMatrix, b: ColorMatrix) -> ColorMatrix {
    var m = ColorMatrix.identity
    for i in 0..<3 {
      for j in 0..<3 {
        var sum = 0.0
        for k in 0..<3 { sum += a.rows[i][k] * b.rows[k][j] }
        m.rows[i][j] = sum
      }
    }
    return m
  }

  static func * (m: ColorMatrix, k: Double) -> ColorMatrix {
    ColorMatrix(m.rows.map { $0.map { $0 * k } })
  }

  static func * (m: ColorMatrix, v: [Double]) -> [Double] {
    m.rows.map { $0[0] * v[0] + $0[1] * v[1] + $0[2] * v[2] }
  }

  static func diagonal(_ v: [Double]) -> ColorMatrix {
    ColorMatrix([[v[0], 0, 0], [0, v[1], 0], [0, 0, v[2]]])
  }

  /// Moves colors away from (above 1) or towards (below 1) the gray of the same Rec. 709 luminance.
  static func saturation(_ s: Double) -> ColorMatrix {
    let luma = [0.2126, 0.7152, 0.0722]
    return ColorMatrix(
      (0..<3).map { i in (0..<3).map { j in (i == j ? s : 0) + (1 - s) * luma[j] } })
  }

  /// The inverse; the identity for a matrix that has none.
  var inverse: ColorMatrix {
    let m = rows
    func cofactor(_ i: Int, _ j: Int) -> Double {
      let (a, b) = ((i + 1) % 3, (i + 2) % 3)
      let (c, d) = ((j + 1) % 3, (j + 2) % 3)
      return m[a][c] * m[b][d] - m[a][d] * m[b][c]
    }
    let determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2)
    guard abs(determinant) > 1e-300 else { return .identity }
    return ColorMatrix((0..<3).map { i in (0..<3).map { j in cofactor(j, i) / determinant } })
  }
}

/// The same matrix as single floats, for rows.
struct RowMatrix: Sendable {
  let m00, m01, m02, m10, m11, m12, m20, m21, m22: Float

  init(_ m: ColorMatrix) {
    let r = m.rows
    (m00, m01, m02) = (Float(r[0][0]), Float(r[0][1]), Float(r[0][2]))
    (m10, m11, m12) = (Float(r[1][0]), Float(r[1][1]), Float(r[1][2]))
    (m20, m21, m22) = (Float(r[2][0]), Float(r[2][1]), Float(r[2][2]))
  }

  @inline(__always)
  func apply(_ r: inout v8f, _ g: inout v8f, _ b: inout v8f) {
    let x = r * m00 + g * m01 + b * m02
    let y = r * m10 + g * m11 + b * m12
    let z = r * m20 + g * m21 + b * m22
    (r, g, b) = (x, y, z)
  }
}
