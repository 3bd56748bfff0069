extension Plane {
  /// A soft blur: a box of `radius` pixels in all, run three times over rows and columns (close to a Gaussian).
  ///
  /// Beyond its border the plane continues with its border values.
  public func soften(radius: Int, workers: Workers) throws(OutOfMemory) {
    guard radius > 0 else { return }
    // Three boxes whose half-widths add up to the radius.
    let halves = [radius / 3, (radius + 1) / 3, (radius + 2) / 3].filter { $0 > 0 }
    let other = try Plane(width: width, height: height)
    for half in halves {
      workers.bands(rows: height, width: width) { rows in
        for y in rows { Plane.box(self.row(y), 1, other.row(y), 1, width, half) }
      }
      let columns = (width + 63) / 64
      workers.each(columns) { block in
        for x in block * 64..<min(width, block * 64 + 64) {
          Plane.box(other.base + x, other.stride, self.base + x, self.stride, height, half)
        }
      }
    }
  }

  private static func box(
    _ from: UnsafeMutablePointer<Float>, _ fromStep: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int,
    _ count: Int, _ half: Int
  ) {
    // Summed in double: in float the running sum would drift along the row.
    var sum = 0.0
    func sample(_ i: Int) -> Double { Double(from[min(count - 1, max(0, i)) * fromStep]) }
    for i in -half...half { sum += sample(i) }
    let scale = 1 / Double(2 * half + 1)
    for i in 0..<count {
      to[i * toStep] = Float(sum * scale)
      sum += sample(i + half + 1) - sample(i - half)
    }
  }
}
