import Catalog
import Raster
import Testing

@testable import Layers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct TestPatternTests {
  private func painted(_ width: Int, _ height: Int, _ change: (inout TestPattern) -> Void) throws -> Painted {
    var pattern = TestPattern()
    change(&pattern)
    return try Painted(pattern, Painting.context(width, height))
  }

  private func coded(_ picture: Painted, _ x: Int, _ y: Int) -> SIMD3<Double> {
    let c = picture[x, y]
    return SIMD3(SRGB.encode(Double(c.x)), SRGB.encode(Double(c.y)), SRGB.encode(Double(c.z)))
  }

  /// The strength of a wave of `cycles` over the width, and that of the mean.
  private func spectrum(_ values: [Double], cycles: Double) -> Double {
    var (a, b) = (0.0, 0.0)
    for (x, v) in values.enumerated() {
      let phase = 2 * .pi * cycles * (Double(x) + 0.5) / Double(values.count)
      a += v * cos(phase)
      b += v * sin(phase)
    }
    return 2 * (a * a + b * b).squareRoot() / Double(values.count)
  }

  @Test func aPacketHasItsFrequencyAndLosesWhatPixelsCannotShow() throws {
    for (width, megahertz) in [(1000, 0.5), (1000, 4), (400, 3)] {
      let picture = try painted(width, 10) {
        $0.count = 1
        $0.low = megahertz
        $0.amplitude = 0.4
      }
      // The middle eight tenths, where the packet has its full height.
      let from = width / 5
      let values = (from..<width - from).map { coded(picture, $0, 5).x - 0.5 }
      let cycles = 52.6 * megahertz * Double(values.count) / Double(width)
      let seen = spectrum(values, cycles: cycles)
      let pixel = Double.pi * 52.6 * megahertz / Double(width)
      #expect(abs(seen - 0.4 * sin(pixel) / pixel) < 0.01, "\(seen)")
    }
    // Finer than pixels: gray.
    let fine = try painted(100, 4) {
      $0.count = 1
      $0.low = 5
    }
    #expect((0..<100).allSatisfy { abs(coded(fine, $0, 2).x - 0.5) < 0.001 })
  }

  @Test func colorWavesHaveNoLuma() throws {
    for channel in [TestPattern.Channel.inPhase, .quadrature] {
      let picture = try painted(500, 4) {
        $0.channel = channel
        $0.count = 1
        $0.amplitude = 0.2
      }
      for x in stride(from: 0, to: 500, by: 7) {
        let c = coded(picture, x, 2)
        #expect(abs(0.299 * c.x + 0.587 * c.y + 0.114 * c.z - 0.5) < 0.002)
      }
      #expect((0..<500).contains { abs(coded(picture, $0, 2).z - 0.5) > 0.15 })
    }
  }

  @Test func barsFallInLuma() throws {
    let picture = try painted(80, 4) {
      $0.form = .bars
      $0.level = 0.375
      $0.amplitude = 0.375
    }
    let lumas = (0..<8).map { bar in
      let c = coded(picture, bar * 10 + 5, 2)
      return 0.299 * c.x + 0.587 * c.y + 0.114 * c.z
    }
    #expect(zip(lumas, lumas.dropFirst()).allSatisfy { $0 > $1 })
    #expect(abs(lumas[0] - 0.75) < 1e-4 && abs(lumas[7]) < 1e-4)
  }

  @Test func thePulseIsAsWideAsStated() throws {
    let picture = try painted(2104, 4) {
      $0.form = .pulse
      $0.high = 2
    }
    // 40 pixels a microsecond, half a microsecond: 20 pixels at half height.
    let wide = (300..<800).filter { coded(picture, $0, 2).x > 0.5 }.count
    #expect(abs(wide - 20) <= 1, "\(wide)")
    #expect(abs(coded(picture, 1500, 2).x - 1) < 1e-4 && coded(picture, 900, 2).x < 1e-4)
    let bar = (900..<2100).filter { coded(picture, $0, 2).x > 0.5 }.count
    #expect(abs(Double(bar) - 0.4 * 2104) <= 2)
  }

  @Test func theZonePlateIsRoundAndAsFineAsStated() throws {
    let picture = try painted(800, 800) {
      $0.form = .zonePlate
      $0.high = 2
    }
    for (x, y) in [(123, 456), (20, 399), (700, 640)] {
      #expect(abs(coded(picture, x, y).x - coded(picture, y, x).x) < 1e-4)
      #expect(abs(coded(picture, x, y).x - coded(picture, 799 - x, y).x) < 1e-4)
    }
    // Crossings of gray near the left edge: 2 MHz are 105 waves over the width.
    let values = (0..<80).map { coded(picture, $0, 400).x - 0.5 }
    let crossings = zip(values, values.dropFirst()).filter { $0 * $1 < 0 }.count
    #expect(abs(Double(crossings) - 2 * 105.2 * 0.1 * 0.9) <= 2, "\(crossings)")
  }

  @Test func hostileSettingsAreFinite() throws {
    for form in TestPattern.Form.allCases {
      for (width, height) in [(1, 1), (1, 300), (7, 3)] {
        let picture = try painted(width, height) {
          $0.form = form
          $0.low = 1000
          $0.high = 0
          $0.count = 64
          $0.width = 1e-5
        }
        #expect(picture.pixels.allSatisfy { $0.x.isFinite && $0.w.isFinite })
      }
    }
  }
}
