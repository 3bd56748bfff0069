import Catalog
import Raster
import Testing

@testable import Effects

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct GrainTests {
  private func grain(amount: Float = 1, size: Float, color: Float = 0) -> Grain {
    var grain = Grain()
    grain.amount = amount
    grain.size = size
    grain.color = color
    return grain
  }

  /// Weights of pixels against a numerical integral of the spline over the pixel.
  @Test(arguments: [0.3, 1.0, 1.7, 8.57])
  func tapsAreMeansOfTheSplineOverPixels(cell: Double) {
    func spline(_ x: Double) -> Double {
      let a = abs(x)
      if a >= 2 { return 0 }
      return a >= 1 ? (2 - a) * (2 - a) * (2 - a) / 6 : 2.0 / 3 - a * a + a * a * a / 2
    }
    let taps = AreaTaps(5..<25, origin: 2, cell: cell)
    for i in 0..<20 {
      var sum: Float = 0
      for tap in 0..<taps.count {
        let lattice = Double(taps.first[i]) + Double(tap)
        var mean = 0.0
        for k in 0..<400 {
          mean += spline((Double(5 + i) - 2 + (Double(k) + 0.5) / 400) / cell - lattice) / 400
        }
        #expect(abs(Double(taps.weights[i * taps.count + tap]) - mean) < 2e-4)
        sum += taps.weights[i * taps.count + tap]
      }
      #expect(abs(sum - 1) < 1e-5)
    }
  }

  @Test func latticeValuesAreNormalAndUncorrelated() {
    let out = UnsafeMutablePointer<Float>.allocate(capacity: 4008)
    let below = UnsafeMutablePointer<Float>.allocate(capacity: 4008)
    defer { out.deallocate(); below.deallocate() }
    LatticeNoise.row(-3, from: -1000, count: 4000, seed: 99, into: out)
    LatticeNoise.row(-2, from: -1000, count: 4000, seed: 99, into: below)
    var (sum, squares, next, down) = (0.0, 0.0, 0.0, 0.0)
    for i in 0..<4000 {
      sum += Double(out[i])
      squares += Double(out[i] * out[i])
      next += Double(out[i] * out[(i + 1) % 4000])
      down += Double(out[i] * below[i])
    }
    #expect(abs(sum / 4000) < 0.06 && abs(squares / 4000 - 1) < 0.08)
    #expect(abs(next / 4000) < 0.06 && abs(down / 4000) < 0.06)
  }

  /// The stated strength, and the mean of the light.
  @Test func keepsTheMeanAndHasTheStatedDeviation() throws {
    let geometry = Geometry(trimWidth: 240, trimHeight: 200)
    let frame = try NeonPicture.applied(grain(size: 1.5 / 200), geometry, NeonPicture.gray(0.25))
    let light = NeonPicture.statistics(frame.red)
    #expect(abs(light.mean - 0.25) < 0.0015)
    let root = NeonPicture.statistics(frame.red) { $0.squareRoot() }
    // A pixel of two thirds of a cell sees a little less than a point would.
    #expect(root.deviation > 0.042 && root.deviation < 0.061)
    #expect(
      NeonPicture.difference(
        frame, try NeonPicture.applied(grain(size: 1.5 / 200), geometry, frame: 4, NeonPicture.gray(0.25)))
        > 0.05)
  }

  @Test func vanishesAtBlackAndWhite() throws {
    let geometry = Geometry(trimWidth: 40, trimHeight: 20)
    for level in [0.0, 1, 7] {
      let plain = try NeonPicture.frame(geometry, NeonPicture.gray(level))
      #expect(
        try NeonPicture.difference(
          plain, NeonPicture.applied(grain(size: 0.05), geometry, NeonPicture.gray(level))) == 0)
    }
    func deviation(_ level: Double) throws -> Double {
      let frame = try NeonPicture.applied(grain(size: 0.05), geometry, NeonPicture.gray(level))
      return NeonPicture.statistics(frame.green) { $0.squareRoot() }.deviation
    }
    let middle = try deviation(0.25)
    #expect(try deviation(0.0025) < 0.4 * middle)
    #expect(try deviation(0.9) < 0.4 * middle)
  }

  @Test func colorIsCorrelatedAsStated() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 150)
    for color in [Float(0), 0.35, 1] {
      let frame = try NeonPicture.applied(
        grain(amount: 0.5, size: 1.0 / 150, color: color), geometry, NeonPicture.gray(0.25))
      var (rg, rr, gg) = (0.0, 0.0, 0.0)
      for y in 0..<150 {
        for x in 0..<200 {
          let r = Double(frame.red.row(y)[x]) - 0.25
          let g = Double(frame.green.row(y)[x]) - 0.25
          rg += r * g
          rr += r * r
          gg += g * g
        }
      }
      #expect(abs(rg / (rr * gg).squareRoot() - Double(1 - color)) < 0.06)
    }
  }

  /// A draft holds the same grain as the large picture made small.
  @Test func aDraftShowsTheSameGrain() throws {
    let large = Geometry(trimWidth: 192, trimHeight: 160)
    let small = Geometry(trimWidth: 48, trimHeight: 40)
    let setting = grain(amount: 0.5, size: 3.0 / 160)
    let a = try NeonPicture.applied(setting, large, NeonPicture.gray(0.25))
    let b = try NeonPicture.applied(setting, small, NeonPicture.gray(0.25))
    var (error, signal) = (0.0, 0.0)
    for y in 0..<40 {
      for x in 0..<48 {
        var mean = 0.0
        for j in 0..<4 { for i in 0..<4 { mean += Double(a.red.row(4 * y + j)[4 * x + i]) / 16 } }
        let v = Double(b.red.row(y)[x])
        error += (mean - v) * (mean - v)
        signal += (v - 0.25) * (v - 0.25)
      }
    }
    #expect(error < 0.01 * signal, "\(error / signal)")
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(grain(size: 0.03, color: 0.35))
    try NeonPicture.checkLaws(grain(amount: 2, size: 0.008))
  }
}
