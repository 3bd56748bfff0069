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

@Suite struct VHSTests {
  /// A tape without faults.
  private static func clean(_ speed: VHS.Speed = .sp, lines: Int = 60) -> VHS {
    var tape = VHS()
    tape.speed = speed
    tape.lines = lines
    tape.jitter = 0
    tape.hueJitter = 0
    tape.noise = 0
    tape.chromaNoise = 0
    tape.headSwitching = 0
    tape.dropouts = 0
    tape.lineDepth = 0
    tape.chromaDelay = 0
    tape.chromaDrop = 0
    return tape
  }

  /// Light whose coded Y', I and Q are as given.
  private static func light(y: Double, i: Double, q: Double) -> SIMD4<Double> {
    let coded = VideoColor.toRGB * [y, i, q]
    return SIMD4(SRGB.decode(coded[0]), SRGB.decode(coded[1]), SRGB.decode(coded[2]), 1)
  }

  /// Y', I and Q of a pixel.
  private static func signal(_ row: Row, _ x: Int) -> [Double] {
    VideoColor.fromRGB * [row.red, row.green, row.blue].map { SRGB.encode(Double($0[x])) }
  }

  /// The amplitude of `cycles` over the width in channel 0 (Y'), 1 (I) or 2 (Q) of the middle row, measured over
  /// the inner half of it.
  private static func amplitude(_ tape: VHS, channel: Int, cycles: Double, _ width: Int = 1820) throws
    -> Double
  {
    let geometry = Geometry(trimWidth: width, trimHeight: 60)
    let frame = try NeonPicture.applied(tape, geometry) { x, _ in
      let wave = 0.12 * sin(2 * .pi * cycles * x)
      return light(y: 0.5 + (channel == 0 ? wave : 0), i: channel == 1 ? wave : 0, q: channel == 2 ? wave : 0)
    }
    let row = frame.row(30)
    var (a, b, n) = (0.0, 0.0, 0.0)
    // Whole periods, so that the mean does not leak in.
    let periods = (cycles / 2).rounded(.down)
    let span = Int(Double(width) * periods / cycles)
    for x in (width - span) / 2..<(width + span) / 2 {
      let phase = 2 * .pi * cycles * (Double(x) + 0.5) / Double(width)
      let v = signal(row, x)[channel] - (channel == 0 ? 0.5 : 0)
      a += v * sin(phase)
      b += v * cos(phase)
      n += 0.5
    }
    return ((a * a + b * b).squareRoot() / n) / 0.12
  }

  @Test(arguments: [(VHS.Speed.sp, 3.0), (.lp, 2.4), (.ep, 1.6)])
  func lumaHasHalvedAtItsLimit(speed: VHS.Speed, megahertz: Double) throws {
    for sharpness in [Float(0), 0.3, 0.6] {
      var tape = Self.clean(speed)
      tape.sharpness = sharpness
      let half = try Self.amplitude(tape, channel: 0, cycles: VHS.activeLine * megahertz)
      #expect(abs(half - 0.5) < 0.025, "\(half) at sharpness \(sharpness)")
      #expect(try Self.amplitude(tape, channel: 0, cycles: VHS.activeLine * 1.5 * megahertz) < 0.25)
      #expect(try abs(Self.amplitude(tape, channel: 0, cycles: 8) - 1) < 0.03)
    }
  }

  @Test(arguments: [(VHS.Speed.sp, 0.40), (.lp, 0.30), (.ep, 0.28)])
  func chromaHasHalvedAtItsLimit(speed: VHS.Speed, megahertz: Double) throws {
    for channel in 1...2 {
      let half = try Self.amplitude(Self.clean(speed), channel: channel, cycles: VHS.activeLine * megahertz)
      #expect(abs(half - 0.5) < 0.025, "\(half)")
    }
  }

  @Test func bandwidthAndCopiesMoveTheLimit() throws {
    var fine = Self.clean()
    fine.bandwidth = 2
    #expect(try abs(Self.amplitude(fine, channel: 0, cycles: VHS.activeLine * 6, 3640) - 0.5) < 0.025)
    var copy = Self.clean()
    copy.sharpness = 0
    copy.generations = 2
    #expect(try abs(Self.amplitude(copy, channel: 0, cycles: VHS.activeLine * 3) - 0.25) < 0.02)
    #expect(try abs(Self.amplitude(copy, channel: 1, cycles: VHS.activeLine * 0.4) - 0.25) < 0.02)
  }

  @Test func flatFieldsSurvive() throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 240)
    var tape = Self.clean()
    tape.chromaDelay = 0.1
    tape.chromaDrop = 0.5
    for depth in [Float(0), 0.12] {
      tape.lineDepth = depth
      for color in [
        SIMD4(0.0, 0, 0, 1), [0.18, 0.18, 0.18, 1], [1, 1, 1, 1], [0.6, 0.02, 0.2, 1], [0, 0.4, 0.5, 1],
      ] {
        let frame = try NeonPicture.applied(tape, geometry) { _, _ in color }
        for (plane, want) in zip(frame.colorPlanes, [color.x, color.y, color.z]) {
          let mean = NeonPicture.statistics(plane).mean
          #expect(abs(SRGB.encode(mean) - SRGB.encode(want)) < 1.0 / 255, "\(color) became \(mean)")
        }
        #expect(NeonPicture.statistics(frame.alpha).mean == 1)
      }
    }
  }

  @Test func scanLinesHaveTheStatedDepthAndVanishInADraft() throws {
    var tape = Self.clean(lines: 20)
    tape.lineDepth = 0.3
    func depth(_ height: Int) throws -> Double {
      let frame = try NeonPicture.applied(
        tape, Geometry(trimWidth: 64, trimHeight: height), NeonPicture.gray(0.01))
      let values = (0..<height).map { Double(frame.row($0).red[30]) }
      return ((values.max() ?? 0) - (values.min() ?? 0)) / 0.01
    }
    // The spots of gray are a little wider than those of black.
    let wide = 1 - 0.55 * 0.01.squareRoot()
    #expect(try abs(depth(400) - 0.3 * wide) < 0.01)
    #expect(try depth(10) < 0.03)
  }

  @Test func neonKeepsItsHue() throws {
    let geometry = Geometry(trimWidth: 64, trimHeight: 60)
    for gain in [1.0, 4, 60] {
      let frame = try NeonPicture.applied(Self.clean(), geometry) { _, _ in
        SIMD4(2 * gain, 0.14 * gain, 0.72 * gain, 1)
      }
      let row = frame.row(30)
      let (r, g, b) = (Double(row.red[30]), Double(row.green[30]), Double(row.blue[30]))
      // At most 120 IRE, and the proportions of the coded channels as they were.
      #expect(SRGB.encode(r) > 1 && SRGB.encode(r) < 1.2)
      let want = SIMD2(SRGB.encode(0.14 * gain), SRGB.encode(0.72 * gain)) / SRGB.encode(2 * gain)
      #expect(abs(SRGB.encode(g) / SRGB.encode(r) - want.x) < 0.01)
      #expect(abs(SRGB.encode(b) / SRGB.encode(r) - want.y) < 0.01)
    }
  }

  @Test func linesShakeByTheStatedTime() {
    var tape = VHS()
    tape.jitter = 2
    tape.headSwitching = 0
    let faults = TapeFaults(settings: tape, seed: Seed(4), moment: Moment())
    var steps = 0.0
    for line in 0..<2000 {
      let d = faults.line(line).shift - faults.line(line + 1).shift
      steps += d * d / 2
    }
    let microseconds = (steps / 2000).squareRoot() / faults.width * VHS.activeLine
    #expect(abs(microseconds - 0.022) < 0.0015)
  }

  /// An edge in the picture moves as the faults say.
  @Test func edgesMoveWithTheirLines() throws {
    let geometry = Geometry(trimWidth: 910, trimHeight: 200)
    let context = NeonPicture.context(geometry)
    func edges(_ tape: VHS) throws -> [Double] {
      let frame = try NeonPicture.applied(tape, geometry, samples: 2) { x, _ in
        let v = SRGB.decode(min(1, max(0, 0.5 + (x - 0.5) * 40)))
        return SIMD4(v, v, v, 1)
      }
      return (2..<18).map { line in
        let row = frame.row(line * 10 + 5)
        let values = (0..<910).map { SRGB.encode(Double(row.green[$0])) }
        guard let x = (300..<600).first(where: { values[$0] <= 0.5 && values[$0 + 1] > 0.5 }) else {
          return .nan
        }
        return Double(x) + 0.5 + (0.5 - values[x]) / (values[x + 1] - values[x]) - 455
      }
    }
    var tape = Self.clean(lines: 20)
    for edge in try edges(tape) { #expect(abs(edge) < 0.05) }
    tape.jitter = 20
    // A sharp beam, so that neighboring lines hardly show through. It also is brighter in the middle of a line,
    // which moves the place of equal light to the left by the same for all lines.
    tape.lineDepth = 1
    let faults = TapeFaults(settings: tape, seed: context.seed.derived("vhs"), moment: context.moment)
    let shifts = (2..<18).map { faults.line($0).shift }
    let errors = zip(try edges(tape), shifts).map { $0 - $1 }
    let mean = errors.reduce(0, +) / 16
    #expect(mean > -2 && mean < 0)
    #expect(errors.allSatisfy { abs($0 - mean) < 0.3 })
    #expect((shifts.max() ?? 0) - (shifts.min() ?? 0) > 5)
  }

  @Test func noiseHasTheStatedStrength() throws {
    var tape = Self.clean(lines: 120)
    tape.noise = 0.02
    tape.chromaNoise = 0.012
    let geometry = Geometry(trimWidth: 910, trimHeight: 120)
    func deviation(_ frame: Framebuffer, _ channel: Int) -> Double {
      var (sum, squares) = (0.0, 0.0)
      for y in 0..<120 {
        for x in 0..<910 {
          let v = Self.signal(frame.row(y), x)[channel]
          sum += v
          squares += v * v
        }
      }
      let n = Double(910 * 120)
      return (squares / n - sum / n * (sum / n)).squareRoot()
    }
    let dark = try NeonPicture.applied(tape, geometry, NeonPicture.gray(SRGB.decode(0.2)))
    let bright = try NeonPicture.applied(tape, geometry, NeonPicture.gray(SRGB.decode(0.8)))
    #expect(abs(deviation(dark, 0) / (0.02 * 0.95) - 0.85) < 0.2, "\(deviation(dark, 0))")
    #expect(deviation(bright, 0) < 0.5 * deviation(dark, 0))
    #expect(deviation(dark, 1) > 0.004 && deviation(dark, 1) < deviation(dark, 0))
    let next = try NeonPicture.applied(tape, geometry, frame: 4, NeonPicture.gray(SRGB.decode(0.2)))
    #expect(NeonPicture.difference(dark, next) > 0.01)
  }

  @Test func faultsStayInTheirPlaces() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240)
    let plain = Self.clean(lines: 240)
    let reference = try NeonPicture.applied(plain, geometry, NeonPicture.neon)
    func rows(_ change: (inout VHS) -> Void) throws -> [Float] {
      var tape = plain
      change(&tape)
      let frame = try NeonPicture.applied(tape, geometry, NeonPicture.neon)
      return (0..<240).map { y in
        NeonPicture.difference(frame, reference, in: PixelRect(minX: 0, minY: y, maxX: 320, maxY: y + 1))
      }
    }
    let head = try rows { $0.headSwitching = 1 }
    #expect(head[40..<230].allSatisfy { $0 < 0.02 } && head[237...].contains { $0 > 0.1 })
    let tracking = try rows {
      $0.tracking = 0.6
      $0.trackingPosition = 0.5
      $0.noise = 1e-6
    }
    #expect(tracking[..<80].allSatisfy { $0 < 0.02 } && tracking[115..<125].contains { $0 > 0.1 })
    let dropouts = try rows { $0.dropouts = 1 }
    let hit = dropouts.filter { $0 > 0.05 }.count
    #expect(hit > 5 && hit < 120, "\(hit) rows")
  }

  @Test func colorSinksWithEveryCopy() throws {
    let geometry = Geometry(trimWidth: 64, trimHeight: 60)
    func edge(_ tape: VHS) throws -> Int {
      let frame = try NeonPicture.applied(tape, geometry) { _, y in
        y < 0.5 ? Self.light(y: 0.5, i: 0, q: 0) : Self.light(y: 0.5, i: 0.1, q: 0)
      }
      return (0..<60).first { Self.signal(frame.row($0), 30)[1] > 0.05 } ?? 0
    }
    var tape = Self.clean()
    #expect(try edge(tape) == 30)
    tape.generations = 4
    #expect(try edge(tape) == 33)
    tape.chromaDrop = 2
    #expect(try edge(tape) == 35)
  }

  @Test func transparencyIsCarried() throws {
    let geometry = Geometry(trimWidth: 200, trimHeight: 60)
    var tape = VHS()
    tape.lines = 30
    tape.headSwitching = 0
    let frame = try NeonPicture.applied(tape, geometry) { x, _ in
      x < 0.5 ? SIMD4(0.1, 0.1, 0.1, 0.5) : SIMD4()
    }
    let row = frame.row(30)
    #expect(abs(row.alpha[40] - 0.5) < 1e-4)
    #expect(abs(SRGB.encode(Double(row.red[40])) - SRGB.encode(0.1)) < 0.06)
    for x in 150..<200 { #expect(row.alpha[x] < 1e-4 && row.red[x] < 1e-4) }
  }

  /// The sheet made small is the draft, noise and faults included.
  @Test func aDraftShowsWhatTheSheetShows() throws {
    var tape = VHS()
    tape.lines = 60
    tape.tracking = 0.5
    tape.bandwidth = 0.5
    let large = try NeonPicture.applied(tape, Geometry(trimWidth: 960, trimHeight: 720), NeonPicture.neon)
    let small = try NeonPicture.applied(
      tape, Geometry(trimWidth: 240, trimHeight: 180), samples: 4, NeonPicture.neon)
    var (error, count) = (0.0, 0.0)
    for y in 0..<180 {
      for x in 0..<240 {
        for (p, q) in zip(large.planes, small.planes) {
          var mean = 0.0
          for j in 0..<4 { for i in 0..<4 { mean += Double(p.row(4 * y + j)[4 * x + i]) / 16 } }
          error += abs(SRGB.encode(mean) - SRGB.encode(Double(q.row(y)[x])))
          count += 1
        }
      }
    }
    #expect(error / count < 0.004, "\(error / count)")
  }

  @Test(arguments: [(1, 1), (1, 40), (40, 1), (3, 700), (5000, 2)])
  func oddSizesAreNoTrouble(width: Int, height: Int) throws {
    var tape = VHS()
    tape.lines = 2400
    tape.bandwidth = 4
    tape.tracking = 1
    tape.generations = 12
    let geometry = Geometry(trimWidth: width, trimHeight: height, bleed: 1)
    let frame = try NeonPicture.applied(tape, geometry, NeonPicture.gray(0.5))
    #expect(NeonPicture.isFinite(frame))
    #expect(abs(NeonPicture.statistics(frame.green).mean - 0.5) < 0.3)
  }

  @Test func laws() throws {
    var tape = VHS()
    tape.lines = 30
    try NeonPicture.checkLaws(tape)
    tape.speed = .ep
    tape.lines = 75
    tape.generations = 3
    tape.tracking = 0.8
    tape.trackingPosition = 0.4
    tape.dropouts = 1
    tape.chromaDelay = -0.2
    tape.bandwidth = 0.5
    try NeonPicture.checkLaws(tape, Geometry(trimWidth: 83, trimHeight: 261, bleed: 2))
  }

  /// Unless it is said how far, color lags as decks of the speed let it, the farther the slower the tape.
  @Test func colorLagsBySpeed() throws {
    let geometry = Geometry(trimWidth: 160, trimHeight: 60)
    let delays = VHS.Speed.allCases.map(\.delay)
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 < $1 })
    for speed in VHS.Speed.allCases {
      var tape = VHS()
      tape.speed = speed
      let usual = try NeonPicture.applied(tape, geometry, NeonPicture.neon)
      tape.chromaDelay = speed.delay
      #expect(try NeonPicture.difference(usual, NeonPicture.applied(tape, geometry, NeonPicture.neon)) == 0)
    }
  }

  // MARK: Parts

  /// A part needs some columns and lines more than itself, and has the very pixels of the whole: with noise that
  /// runs along the lines, dropouts that begin before it, and lines that are opaque in the part and not elsewhere.
  @Test(arguments: [0, 5], [1, 3]) func partsAreThoseOfTheWhole(_ bleed: Int, _ generations: Int) throws {
    let geometry = Geometry(trimWidth: 640, trimHeight: 70, bleed: bleed)
    var tape = VHS()
    tape.bandwidth = 3.5
    tape.lines = 110
    tape.noise = 0.05
    tape.dropouts = 1
    tape.jitter = 2
    tape.generations = generations
    tape.headSwitching = 0.1
    tape.tracking = 0.5
    tape.trackingPosition = 0.4
    // Lines count whole; rows further away than some lines do not count.
    let reach = tape.reach(in: geometry)
    #expect(reach.x == Reach.everything && reach.y < 16, "\(reach)")
    var parts = [PixelRect(minX: 300, minY: 0, maxX: 301, maxY: 1)]
    for place in stride(from: 0, to: 600, by: 71) {
      parts.append(PixelRect(minX: place, minY: place / 10, maxX: place + 40, maxY: place / 10 + 9))
    }
    parts.append(PixelRect(minX: 600, minY: 60, maxX: 640, maxY: 70))
    try Pictures.expectLocality(tape, in: geometry, parts: parts)
    // Opaque but for the left third.
    try Pictures.expectLocality(tape, in: geometry, parts: parts) { x, y in
      let color = Pictures.noisy(x, y)
      return x < 200 ? color : SIMD4(color.x, color.y, color.z, 1)
    }
    // Faults as large as they get: the reach is larger, and true.
    tape.headSwitching = 1
    tape.jitter = 6
    tape.tracking = 1
    try Pictures.expectLocality(
      tape, in: geometry,
      parts: parts.filter { tape.reach(in: geometry).source(of: $0, in: geometry.bounds) != geometry.bounds })
  }
}
