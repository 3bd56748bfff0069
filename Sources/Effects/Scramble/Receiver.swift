import CVector
import Catalog
import Raster

/// Takes lines apart into brightness and color, and adds up what comes out of them. For one thread.
final class Receiver {
  private let width: Int
  private let storage: UnsafeMutablePointer<Float>
  private let stride: Int
  private var held: Int?

  private static let brightest: Float = 1e30
  /// How far color is blurred, and the two parts of a line run into each other; shares of the width.
  private static let colorBlur = 0.011, joint = 0.0022

  init(width: Int) {
    self.width = width
    stride = width + 16
    storage = .allocate(capacity: 17 * stride)
    storage.initialize(repeating: 0, count: 17 * stride)
  }

  deinit { storage.deallocate() }

  private func plane(_ number: Int) -> UnsafeMutablePointer<Float> { storage + number * stride }

  func begin() {
    held = nil
    plane(12).update(repeating: 0, count: 4 * stride)
  }

  /// Adds a line that is made of `source`, the row `number`.
  func receive(_ source: Row, number: Int, _ line: ReceivedLine) {
    if held != number { take(source) }
    held = number
    let (y, u, v, a) = (plane(4), plane(5), plane(6), plane(7))
    guard line.isWrong else { return add(plane(0), plane(1), plane(2), plane(3), line.weight) }
    let whole = 1 + line.gap
    let start = Int((line.start * Double(width)).rounded())
    let startBefore = Int((line.startBefore * Double(width)).rounded())
    let length = max(width, Int((whole * Double(width)).rounded()))
    turn(plane(0), y, start, length)
    turn(plane(3), a, start, length, keepsEnds: true)
    paint(u, v, start, length, line.hues.x, line.hues.y)
    let (u2, v2) = (plane(8), plane(9))
    paint(u2, v2, startBefore, length, line.hues.z, line.hues.w)
    let color = line.color * 0.5
    for i in 0..<width {
      u[i] = (u[i] + u2[i]) * color
      v[i] = (v[i] + v2[i]) * color
    }
    let blur = Int((Receiver.colorBlur * Double(width)).rounded())
    for plane in [u, v] {
      smooth(plane, blur)
      smooth(plane, blur)
    }
    if length == width {
      join(y, width - min(width, start))
    }
    if line.contrast < 1 || line.inverted > 0 {
      for i in 0..<width {
        var level = y[i]
        if line.inverted > 0 {
          level += (max(-0.05, 0.95 - level) - level) * line.inverted
          u[i] = -u[i]
          v[i] = -v[i]
        }
        y[i] = level * line.contrast + line.black * a[i]
      }
    }
    add(y, u, v, a, line.weight)
  }

  /// Writes what has been added up.
  func finish(_ row: Row) {
    let (r, g, b, a) = (plane(12), plane(13), plane(14), plane(15))
    row.red.update(from: r, count: width)
    row.green.update(from: g, count: width)
    row.blue.update(from: b, count: width)
    for i in 0..<width { row.alpha[i] = a[i] > 1 - 1e-5 ? 1 : max(0, a[i]) }
  }

  /// Brightness and two colors of a row, from the roots of its light, which stand for the camera's curve.
  private func take(_ source: Row) {
    let (y, u, v, a) = (plane(0), plane(1), plane(2), plane(3))
    for i in 0..<width {
      func coded(_ c: Float) -> Float {
        let c = c == c ? max(-Receiver.brightest, min(Receiver.brightest, c)) : 0
        return c < 0 ? -(-c).squareRoot() : c.squareRoot()
      }
      let (r, g, b) = (coded(source.red[i]), coded(source.green[i]), coded(source.blue[i]))
      let level = 0.299 * r + 0.587 * g + 0.114 * b
      (y[i], u[i], v[i]) = (level, b - level, r - level)
      a[i] = source.alpha[i]
    }
  }

  private func add(
    _ y: UnsafePointer<Float>, _ u: UnsafePointer<Float>, _ v: UnsafePointer<Float>,
    _ a: UnsafePointer<Float>,
    _ weight: Float
  ) {
    let (r, g, b, alpha) = (plane(12), plane(13), plane(14), plane(15))
    for i in 0..<width {
      func light(_ c: Float) -> Float { c * abs(c) * weight }
      let (level, blue, red) = (y[i], u[i], v[i])
      r[i] += light(level + red)
      g[i] += light(level - 0.509_37 * red - 0.194_208 * blue)
      b[i] += light(level + blue)
      alpha[i] += a[i] * weight
    }
  }

  /// The line from `start` on, then what it began with; between them the gap, if `length` is longer than the line.
  private func turn(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ start: Int, _ length: Int,
    keepsEnds: Bool = false
  ) {
    var at = length > 0 ? ((start % length) + length) % length : 0
    var i = 0
    while i < width {
      if at < width {
        let count = min(width - i, width - at)
        (to + i).update(from: from + at, count: count)
        i += count
        at += count
      } else {
        let count = min(width - i, length - at)
        (to + i).update(repeating: keepsEnds ? from[width - 1] : 0, count: count)
        i += count
        at += count
      }
      if at >= length { at = 0 }
    }
  }

  /// The colors of a line that begins at `start`, with the hue of either part turned.
  private func paint(
    _ u: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ start: Int, _ length: Int,
    _ first: Double, _ second: Double
  ) {
    turn(plane(1), u, start, length)
    turn(plane(2), v, start, length)
    let seam = max(0, min(width, width - start))
    for (range, hue) in [(0..<seam, first), (seam..<width, second)] where hue != 0 {
      let (c, s) = (Float(cosine(ofTurns: hue)), Float(cosine(ofTurns: hue - 0.25)))
      for i in range { (u[i], v[i]) = (u[i] * c - v[i] * s, u[i] * s + v[i] * c) }
    }
  }

  /// Where both parts of a line meet they run into each other, as the filters of the set let them.
  private func join(_ y: UnsafeMutablePointer<Float>, _ seam: Int) {
    let half = Int((Receiver.joint * Double(width)).rounded(.up))
    guard seam > half, seam + half < width else { return }
    let (left, right) = (y[seam - half], y[seam + half])
    for i in -half..<half {
      let t = (Float(i + half) + 0.5) / Float(2 * half)
      y[seam + i] = left + (right - left) * t * t * (3 - 2 * t)
    }
  }

  /// The mean of the samples up to `half` away.
  private func smooth(_ line: UnsafeMutablePointer<Float>, _ half: Int) {
    guard half > 0, width > 1 else { return }
    let out = plane(10)
    var sum = 0.0
    func sample(_ i: Int) -> Double { Double(line[max(0, min(width - 1, i))]) }
    for i in -half...half { sum += sample(i) }
    let scale = 1 / Double(2 * half + 1)
    for i in 0..<width {
      out[i] = Float(sum * scale)
      sum += sample(i + half + 1) - sample(i - half)
    }
    line.update(from: out, count: width)
  }
}
