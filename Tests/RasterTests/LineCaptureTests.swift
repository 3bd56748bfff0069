import Raster
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct LineCaptureTests {
  private func noise(_ count: Int) -> [Float] { (0..<count).map { Float(Seed(5).unit($0)) } }

  /// Samples of a line against a sum over every pixel's overlap with the sample.
  @Test(arguments: [3.7, 1.0, 0.4])
  func capturesMeansOverAreas(pitch: Double) throws {
    let region = PixelRect(minX: 2, minY: 4, maxX: 29, maxY: 23)
    let frame = try Framebuffer(region: region)
    frame.clear(workers: Workers(count: 1))
    let values = noise(27 * 19)
    for y in 0..<19 { for x in 0..<27 { frame.red.row(y)[x] = values[y * 27 + x] } }
    let count = Int(20 / pitch)
    let capture = LineCapture(region: region, origin: 3.2, pitch: pitch, samples: 0..<count)
    capture.capture(frame, top: 7.3, bottom: 11.9, limit: 100)
    #expect(!capture.isOpaque)
    for n in 0..<count {
      let (left, right) = (3.2 + Double(n) * pitch, 3.2 + Double(n + 1) * pitch)
      var (sum, area) = (0.0, 0.0)
      for y in 4..<23 {
        for x in 2..<29 {
          let w = max(0, min(right, Double(x + 1)) - max(left, Double(x)))
          let h = max(0, min(11.9, Double(y + 1)) - max(7.3, Double(y)))
          sum += w * h * Double(values[(y - 4) * 27 + x - 2])
          area += w * h
        }
      }
      #expect(abs(Double(capture.samples[0][n]) - sum / area) < 2e-5)
    }
  }

  @Test func filtersAsDesigned() {
    let filter = SymmetricFilter(reach: 40, tapers: true) { exp(-$0 * $0 * 60) }
    for f in [0.0, 0.03, 0.1, 0.2] {
      #expect(abs(filter.amplitude(at: f) - exp(-f * f * 60)) < 0.004)
      // What it does to a wave.
      let count = 101
      let wave = (0..<(count + 88)).map { Float(cos(2 * .pi * f * Double($0 - 40 - 50))) }
      let out = UnsafeMutablePointer<Float>.allocate(capacity: count)
      defer { out.deallocate() }
      wave.withUnsafeBufferPointer { if let p = $0.baseAddress { filter.apply(p, count: count, into: out) } }
      #expect(abs(Double(out[50]) - filter.amplitude(at: f)) < 1e-5)
      #expect(abs(Double(out[100]) - filter.amplitude(at: f) * cos(2 * .pi * f * 50)) < 1e-5)
    }
  }

  @Test(arguments: [0.0, 0.25, -3.6, 11.5, 260])
  func shiftsAlongASpline(shift: Double) {
    func spline(_ x: Double) -> Double {
      let a = abs(x)
      if a >= 2 { return 0 }
      return a >= 1 ? (2 - a) * (2 - a) * (2 - a) / 6 : 2.0 / 3 - a * a + a * a * a / 2
    }
    let count = 37
    let source = noise(count)
    let out = UnsafeMutablePointer<Float>.allocate(capacity: count)
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: count + 16)
    defer {
      out.deallocate()
      scratch.deallocate()
    }
    source.withUnsafeBufferPointer {
      guard let p = $0.baseAddress else { return }
      SplineShift.apply(p, count: count, shift: shift, range: 0..<11, scratch: scratch, into: out)
      SplineShift.apply(p, count: count, shift: shift, range: 11..<count, scratch: scratch, into: out)
    }
    for i in 0..<count {
      let at = Double(i) - shift
      var want = 0.0
      for k in Int(at.rounded(.down)) - 2...Int(at.rounded(.down)) + 3 {
        // Mirrored at the outer edges of the first and the last sample.
        var m = k
        while m < 0 || m >= count { m = m < 0 ? -1 - m : 2 * count - 1 - m }
        want += Double(source[m]) * spline(at - Double(k))
      }
      #expect(abs(Double(out[i]) - want) < 1e-5)
    }
  }
}
