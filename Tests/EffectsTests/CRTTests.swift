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

@Suite struct CRTTests {
  /// Flat glass, straight guns, clear glass, no mask: only lines.
  private static func bare(lines: Int = 40) -> CRT {
    var tube = CRT()
    tube.mask = .none
    tube.lines = lines
    tube.curvature = 0
    tube.convergence = 0
    tube.glassHalation = 0
    return tube
  }

  private static func mean(_ plane: Plane, _ columns: Range<Int>, _ rows: Range<Int>) -> Double {
    var sum = 0.0
    for y in rows { for x in columns { sum += Double(plane.row(y)[x]) } }
    return sum / Double(columns.count * rows.count)
  }

  /// A gray field has upright only the profile of its lines: two Gaussians, summed up here in double precision.
  @Test(arguments: [0.05, 0.5, 6.0], [8.0, 13.7]) func linesAreTheirSpots(level: Double, pitch: Double) throws
  {
    let geometry = Geometry(trimWidth: 30, trimHeight: Int(pitch * 40))
    let tube = Self.bare()
    let frame = try NeonPicture.applied(tube, geometry, NeonPicture.gray(level))
    let wide = level / (level + 0.5)
    let footprint = 40 / Double(geometry.trimHeight)
    var worst = 0.0
    for y in 0..<geometry.trimHeight {
      let v = (Double(y) + 0.5) * footprint - 0.5
      var want = 0.0
      for line in -8..<48 {
        for (share, spot) in [(1 - wide, 0.22), (wide, 0.44)] {
          let variance = spot * spot + footprint * footprint / 12
          let d = v - Double(line)
          want += level * share * exp(-d * d / (2 * variance)) / (2 * Double.pi * variance).squareRoot()
        }
      }
      worst = max(worst, abs(Double(frame.green.row(y)[15]) - want) / level)
    }
    #expect(worst < 0.008, "\(worst)")
  }

  /// What masks, lines and glass take from one place they give to others.
  @Test(arguments: CRT.Mask.allCases) func keepsTheLight(mask: CRT.Mask) throws {
    for (width, height, pitch) in [(240, 180, 0.06), (150, 201, 0.04), (300, 90, 0.03), (90, 40, 0.02)] {
      let geometry = Geometry(trimWidth: width, trimHeight: height)
      for level in [0.02, 0.4, 3, 40] {
        var tube = Self.bare(lines: 20)
        tube.mask = mask
        tube.maskPitch = pitch
        tube.glassHalation = 0.2
        tube.convergence = 0.003
        let frame = try NeonPicture.applied(tube, geometry, NeonPicture.gray(level))
        // Whole periods of lines and of masks, roughly.
        for plane in frame.colorPlanes {
          let light = Self.mean(plane, 0..<width, 0..<height)
          #expect(abs(light / level - 1) < 0.03, "\(mask) \(width)×\(height) \(level): \(light)")
        }
      }
    }
  }

  @Test func aPointOfLightKeepsItsSumAndSwells() throws {
    let geometry = Geometry(trimWidth: 240, trimHeight: 240)
    /// Sum, and the deviation upright and along the line, pixels.
    func spread(_ light: Double) throws -> (sum: Double, y: Double, x: Double) {
      let frame = try NeonPicture.applied(Self.bare(lines: 20), geometry) { x, y in
        let inside = x > 0.5 && x < 0.55 && y > 0.5 && y < 0.55
        return inside ? SIMD4(light, light, light, 1) : SIMD4(0, 0, 0, 1)
      }
      var (sum, mx, my, xx, yy) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for y in 0..<240 {
        for x in 0..<240 {
          let v = Double(frame.green.row(y)[x])
          sum += v
          mx += v * Double(x)
          my += v * Double(y)
          xx += v * Double(x * x)
          yy += v * Double(y * y)
        }
      }
      return (
        sum, max(0, yy / sum - (my / sum) * (my / sum)).squareRoot(),
        max(0, xx / sum - (mx / sum) * (mx / sum)).squareRoot()
      )
    }
    let (dim, bright) = (try spread(0.01), try spread(50))
    #expect(abs(dim.sum / (0.01 * 144) - 1) < 0.01, "\(dim)")
    #expect(abs(bright.sum / (50.0 * 144) - 1) < 0.01, "\(bright)")
    // 12 pixels a line: deviations of 0.22 and 0.44 lines; along it a sharp square of a line's width beside.
    #expect(abs(dim.y - 0.22 * 12) < 0.15, "\(dim)")
    #expect(abs(bright.y - 0.44 * 12) < 0.15, "\(bright)")
    let side = 12.0 * 12 / 12
    #expect(abs(dim.x - (0.22 * 0.22 * 144 + side).squareRoot()) < 0.3, "\(dim)")
    #expect(abs(bright.x - (0.44 * 0.44 * 144 + side).squareRoot()) < 0.3, "\(bright)")
  }

  /// A gray field at any size has no structure coarser than its lines and triads.
  @Test(arguments: CRT.Mask.allCases) func noMoire(mask: CRT.Mask) throws {
    for height in [60, 77, 96, 101, 128, 149, 187, 240] {
      let geometry = Geometry(trimWidth: 160, trimHeight: height)
      for curvature in [Float(0), 0.4] {
        var tube = Self.bare(lines: 90)
        tube.mask = mask
        tube.maskPitch = 1.0 / 70
        tube.curvature = curvature
        let frame = try NeonPicture.applied(tube, geometry, NeonPicture.gray(0.18))
        // Means under a smooth window of 16 pixels, which lets nothing finer than 6 pixels through.
        let window = (0..<24).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / 24) }
        let total = window.reduce(0, +)
        var (low, high) = (Double.infinity, 0.0)
        for top in stride(from: 12, through: height - 36, by: 5) {
          for left in stride(from: 12, through: 160 - 36, by: 7) {
            var sum = 0.0
            for (j, a) in window.enumerated() {
              for (i, b) in window.enumerated() { sum += a * b * Double(frame.red.row(top + j)[left + i]) }
            }
            low = min(low, sum / total / total)
            high = max(high, sum / total / total)
          }
        }
        #expect(
          high - low < 0.02 * 0.18, "\(mask) at \(height), curvature \(curvature): \((high - low) / 0.18)")
      }
    }
  }

  /// Glass that is all but flat is drawn on another way than flat glass.
  @Test(arguments: CRT.Mask.allCases) func slightlyCurvedIsFlat(mask: CRT.Mask) throws {
    let geometry = Geometry(trimWidth: 230, trimHeight: 170, bleed: 3)
    var tube = CRT()
    tube.mask = mask
    tube.lines = 30
    tube.maskPitch = 0.05
    tube.convergence = 0.004
    tube.curvature = 0
    let flat = try NeonPicture.applied(tube, geometry, NeonPicture.neon)
    tube.curvature = 1e-4
    let curved = try NeonPicture.applied(tube, geometry, NeonPicture.neon)
    let inside = PixelRect(minX: 15, minY: 15, maxX: 221, maxY: 161)
    let difference = NeonPicture.difference(flat, curved, in: inside)
    #expect(difference < 0.02, "\(difference)")
  }

  @Test func besideTheGlassItIsDarkAndItsEdgeSoft() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240, bleed: 6)
    var tube = Self.bare(lines: 240)
    tube.curvature = 1
    let frame = try NeonPicture.applied(tube, geometry, NeonPicture.gray(1))
    #expect(frame.green.row(8)[8] == 0 && frame.green.row(2)[160] == 0)
    #expect(frame.alpha.row(8)[8] == 1)
    let row = (0..<40).map { frame.green.row(20)[$0] }
    // From dark to light, with pixels between.
    #expect(zip(row, row.dropFirst()).allSatisfy { $1 >= $0 - 0.08 })
    #expect(row.contains { $0 > 0.15 && $0 < 0.85 })
    #expect(abs(Self.mean(frame.green, 120..<200, 100..<140) - 1) < 0.02)
    tube.glassHalation = 0.1
    let lit = try NeonPicture.applied(tube, geometry, NeonPicture.gray(1))
    #expect(lit.green.row(3)[166] > 0.002 && lit.green.row(3)[166] < 0.1)
  }

  @Test func gunsMissAtTheEdges() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 200)
    var tube = Self.bare(lines: 100)
    tube.convergence = 0.005
    let frame = try NeonPicture.applied(tube, geometry) { x, _ in
      let d = (x - 0.95) * 400 / 3
      let light = 0.2 * max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    func centroid(_ plane: Plane) -> Double {
      var (sum, weight) = (0.0, 0.0)
      for x in 360..<400 {
        sum += Double(plane.row(101)[x]) * (Double(x) + 0.5)
        weight += Double(plane.row(101)[x])
      }
      return sum / weight
    }
    // One pixel: 0.28 everywhere, 0.65 times the place (0.9) more.
    let green = centroid(frame.green)
    #expect(abs(centroid(frame.red) - green - 0.865) < 0.05)
    #expect(abs(centroid(frame.blue) - green + 0.865) < 0.05)
  }

  @Test func theGlassSpreadsLight() throws {
    let geometry = Geometry(trimWidth: 300, trimHeight: 300)
    var tube = Self.bare(lines: 60)
    tube.glassHalation = 0.3
    tube.halationRadius = 0.04
    let frame = try NeonPicture.applied(tube, geometry) { x, y in
      abs(x - 0.5) < 0.01 && abs(y - 0.5) < 0.01 ? SIMD4(30, 30, 30, 1) : SIMD4(0, 0, 0, 1)
    }
    // A Gaussian of 12 pixels: its height falls by exp(−1/2) from the middle to a deviation, exp(−2) to two.
    let (one, two) = (Double(frame.red.row(150)[162]), Double(frame.red.row(150)[174]))
    #expect(abs(two / one - exp(-1.5)) < 0.04, "\(two / one)")
    let sum = Self.mean(frame.red, 0..<300, 0..<300) * 90_000
    #expect(abs(sum / (30 * 36) - 1) < 0.02, "\(sum)")
  }

  @Test func afterglowKeepsTheMeanAndLoops() throws {
    let geometry = Geometry(trimWidth: 20, trimHeight: 200)
    var tube = Self.bare(lines: 200)
    tube.afterglow = 0.8
    func frame(_ time: Double) throws -> Framebuffer {
      let frame = try NeonPicture.frame(geometry, NeonPicture.gray(0.3))
      var context = NeonPicture.context(geometry)
      context.moment = Moment(time: time, frame: 0, loop: 4)
      try tube.apply(to: frame, in: context)
      return frame
    }
    let first = try frame(0)
    #expect(try NeonPicture.difference(first, frame(4)) == 0)
    #expect(try NeonPicture.difference(first, frame(1)) > 0.05)
    let red = NeonPicture.statistics(first.red)
    let blue = NeonPicture.statistics(first.blue)
    #expect(abs(red.mean / 0.3 - 1) < 0.02 && abs(blue.mean / 0.3 - 1) < 0.02)
    // Red fades last.
    #expect(blue.deviation > 1.3 * red.deviation && red.deviation > 0.03)
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    let small = Geometry(trimWidth: 240, trimHeight: 200)
    let large = Geometry(trimWidth: 720, trimHeight: 600)
    var tube = CRT()
    tube.lines = 25
    tube.maskPitch = 0.05
    let draft = try NeonPicture.applied(tube, small, samples: 3, NeonPicture.neon)
    let sheet = try Pictures.reduced(NeonPicture.applied(tube, large, NeonPicture.neon), by: 3)
    var (error, signal) = (0.0, 0.0)
    for y in 0..<200 {
      for x in 0..<240 {
        for (a, b) in zip(draft.colorPlanes, sheet.colorPlanes) {
          let (p, q) = (Double(a.row(y)[x]), Double(b.row(y)[x]))
          error += (p - q) * (p - q)
          signal += q * q
        }
      }
    }
    #expect(error < 0.004 * signal, "\(error / signal)")
  }

  @Test func partsAreTheWhole() throws {
    let geometry = Geometry(trimWidth: 700, trimHeight: 520, bleed: 5)
    let parts = [
      PixelRect(minX: 300, minY: 200, maxX: 341, maxY: 230), PixelRect(minX: 0, minY: 0, maxX: 30, maxY: 20),
      PixelRect(minX: 690, minY: 500, maxX: 710, maxY: 530),
    ]
    var tube = CRT()
    try Pictures.expectLocality(tube, in: geometry, parts: parts)
    tube.curvature = 0
    tube.mask = .dot
    tube.maskPitch = 0.02
    try Pictures.expectLocality(tube, in: geometry, parts: parts)
  }

  @Test func laws() throws {
    for mask in CRT.Mask.allCases {
      var tube = CRT()
      tube.mask = mask
      tube.maskPitch = 0.1
      tube.lines = 40
      try NeonPicture.checkLaws(tube)
      tube.curvature = 1
      tube.convergence = 0.005
      tube.afterglow = 1
      tube.lines = 2400
      tube.corner = 0.3
      try NeonPicture.checkLaws(tube, Geometry(trimWidth: 83, trimHeight: 300, bleed: 4))
      tube.lines = 40
      tube.spot = 0.15
      tube.spotGrowth = 1
      tube.curvature = 0
      try NeonPicture.checkLaws(tube, Geometry(trimWidth: 183, trimHeight: 200))
    }
  }

  @Test func strangeSizes() throws {
    for (width, height) in [(1, 1), (1, 5000), (7, 3), (5000, 1)] {
      let geometry = Geometry(trimWidth: width, trimHeight: height)
      for mask in CRT.Mask.allCases {
        for curvature in [Float(0), 1] {
          var tube = CRT()
          tube.mask = mask
          tube.curvature = curvature
          tube.lines = curvature > 0 ? 2400 : 40
          let frame = try NeonPicture.applied(tube, geometry, NeonPicture.hostile)
          #expect(NeonPicture.isFinite(frame), "\(mask) \(width)×\(height)")
        }
      }
    }
  }
}
