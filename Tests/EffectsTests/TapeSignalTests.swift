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

/// A tape deck for measurements: no faults but those that a test asks for.
enum TestDeck {
  static func clean(_ speed: VHS.Speed = .sp, lines: Int = 60) -> VHS {
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
  static func light(y: Double, i: Double = 0, q: Double = 0) -> SIMD4<Double> {
    let coded = VideoColor.toRGB * [y, i, q]
    return SIMD4(SRGB.decode(coded[0]), SRGB.decode(coded[1]), SRGB.decode(coded[2]), 1)
  }

  /// Y', I and Q of a row.
  static func signal(_ frame: Framebuffer, _ y: Int) -> [[Double]] {
    let row = frame.row(y)
    return (0..<row.count).map { x in
      VideoColor.fromRGB * [row.red, row.green, row.blue].map { SRGB.encode(Double($0[x])) }
    }
  }

  /// Y' along the middle line of a picture that is the same from top to bottom, `width` pixels.
  static func luma(_ tape: VHS, width: Int = 1820, _ level: @Sendable @escaping (Double) -> Double) throws
    -> [Double]
  {
    let geometry = Geometry(trimWidth: width, trimHeight: 60)
    let frame = try NeonPicture.applied(tape, geometry) { x, _ in light(y: level(x)) }
    return signal(frame, 30).map { $0[0] }
  }

  static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)).squareRoot()
  }
}

@Suite struct TapeSignalTests {
  // MARK: Band limits

  /// The amplitude of a wave of `megahertz` in channel 0 (Y'), 1 (I) or 2 (Q), in the middle of a picture of
  /// `height` rows, of which only those that matter are drawn.
  private func amplitude(_ tape: VHS, channel: Int, megahertz: Double, height: Int) throws -> Double {
    let geometry = Geometry(trimWidth: height * 16 / 9, trimHeight: height)
    let part = PixelRect(minX: 0, minY: height / 2, maxX: geometry.width, maxY: height / 2 + 1)
    let source = tape.reach(in: geometry).source(of: part, in: geometry.bounds)
    let cycles = VHS.activeLine * megahertz
    let frame = try NeonPicture.applied(tape, geometry, region: source, samples: height < 1000 ? 4 : 1) {
      x, _ in
      let wave = 0.12 * sin(2 * .pi * cycles * x)
      return TestDeck.light(
        y: 0.5 + (channel == 0 ? wave : 0), i: channel == 1 ? wave : 0, q: channel == 2 ? wave : 0)
    }
    let signal = TestDeck.signal(frame, part.minY - source.minY + frame.region.minY)
    let span = Int(Double(geometry.width) * (cycles / 2).rounded(.down) / cycles)
    var (a, b) = (0.0, 0.0)
    for x in (geometry.width - span) / 2..<(geometry.width + span) / 2 {
      let phase = 2 * .pi * cycles * (Double(x) + 0.5) / Double(geometry.width)
      let v = signal[x][channel] - (channel == 0 ? 0.5 : 0)
      a += v * sin(phase)
      b += v * cos(phase)
    }
    return (a * a + b * b).squareRoot() / (0.5 * Double(span)) / 0.12
  }

  /// −6 dB within 10 % of the stated frequency: above it at 0.9, below it at 1.1 times the frequency.
  @Test(arguments: [540, 1080, 4320], [VHS.Speed.sp, .lp, .ep])
  func halvedWhereStated(height: Int, speed: VHS.Speed) throws {
    var tape = TestDeck.clean(speed, lines: 480)
    tape.ringing = 0.3
    for (channel, limit) in [(0, speed.luma), (1, speed.chroma), (2, speed.chroma)] {
      let low = try amplitude(tape, channel: channel, megahertz: 0.9 * limit, height: height)
      let high = try amplitude(tape, channel: channel, megahertz: 1.1 * limit, height: height)
      #expect(low > 0.5 && high < 0.5, "channel \(channel): \(low), \(high)")
    }
  }

  @Test func ringingChangesNoAmplitude() throws {
    for amount in [Float(0), 0.4, 1] {
      var tape = TestDeck.clean()
      tape.ringing = amount
      let half = try amplitude(tape, channel: 0, megahertz: 3, height: 1080)
      #expect(abs(half - 0.5) < 0.03, "\(amount): \(half)")
    }
  }

  // MARK: What comes back

  /// Waves and steps that the raster can carry, at the cleanest setting.
  @Test func softPicturesComeBack() throws {
    var tape = TestDeck.clean()
    tape.sharpness = 0
    tape.ringing = 0
    for cycles in [2.0, 5, 10] {
      func level(_ x: Double) -> Double { 0.5 + 0.4 * cos(2 * .pi * cycles * x) }
      let luma = try TestDeck.luma(tape) { 0.5 + 0.4 * cos(2 * .pi * cycles * $0) }
      let error = luma.enumerated().dropFirst(30).dropLast(30).map { x, v in
        abs(v - level((Double(x) + 0.5) / 1820))
      }
      #expect((error.max() ?? 1) < 1.0 / 255, "\(cycles): \((error.max() ?? 1) * 255)")
    }
  }

  @Test func flatFieldsComeBackThroughCopies() throws {
    var tape = TestDeck.clean(.ep)
    tape.generations = 4
    tape.ghosting = 1
    tape.bearding = 1
    tape.ringing = 1
    for level in [0, 0.01, 0.3, 0.75, 1] {
      let luma = try TestDeck.luma(tape, width: 200) { _ in level }
      #expect(luma.allSatisfy { abs($0 - level) < 1.0 / 255 }, "\(level)")
    }
  }

  // MARK: Frequency modulation

  /// A pulse and a bar on black. The clip of the emphasized signal makes hard edges come back slowly; small steps
  /// pass whole. Both differ from a tape that only has the band limits.
  @Test func clippedEdgesComeBackSlowly() throws {
    func edge(fm: Bool, from low: Double, to high: Double) throws -> (
      early: Double, late: Double, peak: Double
    ) {
      var tape = TestDeck.clean()
      tape.fm = fm
      tape.ringing = 0
      let luma = try TestDeck.luma(tape) { $0 < 0.5 ? low : high }
      let step = 1820 / VHS.activeLine
      let rest = luma[(910 + 200)..<1600].reduce(0, +) / 490
      return ((luma[910 + Int(0.45 * step)] - rest) / (high - low), rest, luma[900..<1100].max() ?? 0)
    }
    let bar = try edge(fm: true, from: 0, to: 1)
    let line = try edge(fm: false, from: 0, to: 1)
    let small = try edge(fm: true, from: 0.5, to: 0.55)
    let smallLine = try edge(fm: false, from: 0.5, to: 0.55)
    #expect(abs(bar.late - 1) < 0.01 && abs(line.late - 1) < 0.01)
    #expect(bar.early < line.early - 0.05, "\(bar) \(line)")
    #expect(bar.peak < line.peak - 0.02, "\(bar) \(line)")
    #expect(abs(small.early - smallLine.early) < 0.03, "\(small) \(smallLine)")
  }

  /// The smear decays by the main emphasis' 1.3 µs.
  @Test func theSmearHasTheTimeConstantOfTheEmphasis() throws {
    var tape = TestDeck.clean()
    tape.sharpness = 0
    tape.ringing = 0
    let luma = try TestDeck.luma(tape) { $0 < 0.5 ? 1 : 0 }
    let step = 1820 / VHS.activeLine
    let (a, b) = (luma[910 + Int(1.5 * step)], luma[910 + Int(2.8 * step)])
    #expect(a > 0.02, "\(a)")
    #expect(abs(a / b / exp(1) - 1) < 0.12, "\(a) to \(b)")
  }

  /// The carrier's complex envelope against the carrier itself: sixteen times the samples, a band filter with real
  /// coefficients, and the frequency read off zero crossings, which is what a deck's limiter leaves.
  @Test func theEnvelopeBehavesLikeTheCarrier() {
    let (count, rate) = (300, 16)
    let margin = SignalChain.margin
    let rows = count + 2 * margin
    let channel = FMChannel(bearding: 0)
    // A soft pulse, on eight lines alike.
    func level(_ n: Double) -> Double { 0.25 + 0.5 * exp(-(n - 150) * (n - 150) / 300) }
    let size = 8 * (rows + 8)
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4 * size)
    defer { memory.deallocate() }
    memory.update(repeating: 0, count: 4 * size)
    let luma = memory + 8 * margin
    for n in -margin..<count + margin {
      for lane in 0..<8 { luma[8 * n + lane] = Float(level(Double(n))) }
    }
    let noise = FMChannel.Noise(
      keys: LaneNoise.keys(0, 1), deviation: nil, envelope: nil, first: 0)
    channel.pass(luma, count: count, noise, re: luma + size, im: luma + 2 * size, into: luma + 3 * size)
    let played = luma + 3 * size

    // The carrier: emphasis in steps of a sample as above, phase in between on straight lines of frequency.
    var lag = level(Double(-margin))
    var phase = 0.0
    var carrier: [Double] = []
    let megahertz = VHS.cyclesPerMegahertz
    for n in -margin..<count + margin {
      let x = level(Double(n))
      lag += (x - lag) * Double(FMChannel.memory)
      let lifted = x + (x - lag) * Double(FMChannel.lift)
      let f = (FMChannel.center + (lifted - 0.5) / 1.4) * megahertz
      for _ in 0..<rate {
        phase += f / Double(rate)
        carrier.append(cos(2 * .pi * phase))
      }
    }
    // The band, with real weights: the envelope's weights turned to the carrier's frequency.
    let reach = FMChannel.reach * rate
    var weights = [Double](repeating: 0, count: 2 * reach + 1)
    for k in -reach...reach {
      // Weights between the samples by band-limited interpolation.
      var (re, im) = (0.0, 0.0)
      for n in -FMChannel.reach...FMChannel.reach {
        let d = Double(k) / Double(rate) - Double(n)
        let s = abs(d) < 1e-9 ? 1 : sin(.pi * d) / (.pi * d)
        re += s * Double(channel.real[abs(n)])
        im += s * Double(channel.imaginary[abs(n)]) * (n < 0 ? -1 : 1)
      }
      let turn = 2 * Double.pi * FMChannel.center * megahertz * Double(k) / Double(rate)
      weights[k + reach] = re * cos(turn) - im * sin(turn)
    }
    var crossings: [Double] = []
    var last = 0.0
    for j in (margin - 40) * rate..<(margin + count + 40) * rate {
      var sum = 0.0
      for k in -reach...reach where j - k >= 0 && j - k < carrier.count {
        sum += weights[k + reach] * carrier[j - k]
      }
      if j > (margin - 40) * rate, (sum < 0) != (last < 0) {
        crossings.append(Double(j - 1) + last / (last - sum))
      }
      last = sum
    }
    // Half a cycle between two crossings; de-emphasis in small steps.
    var (a, b) = ([Double](), [Double]())
    for (p, q) in zip(crossings, crossings.dropFirst()) {
      a.append((p + q) / 2 / Double(rate) - Double(margin) - 0.5)
      b.append(0.5 / (q - p) * Double(rate) / megahertz)
    }
    func frequency(_ n: Double) -> Double {
      guard let k = a.firstIndex(where: { $0 > n }), k > 0 else { return b.first ?? 0 }
      return b[k - 1] + (b[k] - b[k - 1]) * (n - a[k - 1]) / (a[k] - a[k - 1])
    }
    let kept = Double(FMChannel.lift) * (1 - Double(FMChannel.memory))
    var state = level(-30)
    var worst = 0.0
    for n in -30..<count {
      let y = (frequency(Double(n)) - FMChannel.center) * 1.4 + 0.5
      let x = (y + state * kept) / (1 + kept)
      state += (x - state) * Double(FMChannel.memory)
      if n > 20, n < count - 20 { worst = max(worst, abs(x - Double(played[8 * n]))) }
    }
    #expect(worst < 0.01, "\(worst)")
  }

  /// Weak carriers are noisy in proportion; the weakest throw sparks, which are far more than that.
  @Test func weakCarriersSpark() {
    let count = 4000
    func played(_ envelope: Float) -> [Double] {
      let margin = SignalChain.margin
      let size = 8 * (count + 2 * margin + 8)
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6 * size)
      defer { memory.deallocate() }
      memory.update(repeating: 0.5, count: 6 * size)
      let luma = memory + 8 * margin
      let (level, strength) = (luma + 4 * size, luma + 5 * size)
      for n in 0..<8 * count {
        level[n] = 0.05
        strength[n] = envelope
      }
      let noise = FMChannel.Noise(
        keys: LaneNoise.keys(0, 5), deviation: UnsafePointer(level), envelope: UnsafePointer(strength),
        first: 0)
      FMChannel(bearding: 0).pass(
        luma, count: count, noise, re: luma + size, im: luma + 2 * size, into: luma + 3 * size)
      return (0..<8 * count).map { Double((luma + 3 * size)[$0]) }
    }
    let full = TestDeck.deviation(played(1))
    let half = TestDeck.deviation(played(0.5))
    let none = TestDeck.deviation(played(0.02))
    #expect(abs(half / full - 2) < 0.2, "\(half / full)")
    #expect(none > 15 * full && none < 100 * full, "\(none / full)")
  }

  /// Where the upper band is worn, the fastest edges lose a cycle of the carrier, and what is right of them is black.
  @Test func beardsAreBlackAndToTheRightOfWhite() throws {
    func darkest(_ bearding: Float) throws -> Double {
      var tape = TestDeck.clean()
      tape.bearding = bearding
      tape.ringing = 0
      tape.sharpness = 0
      var least = 1.0
      for step in 0..<8 {
        let low = 0.03 * Double(step)
        let luma = try TestDeck.luma(tape) { $0 < 0.5 ? low : 1 }
        least = min(least, luma[918..<1000].min() ?? 0)
      }
      return least
    }
    let (sound, worn) = (try darkest(0), try darkest(1))
    #expect(sound > 0.6 && worn < 0.4, "\(sound) \(worn)")
  }

  // MARK: Ghosts, ringing

  @Test func ghostsStandWhereTheyAreToldTo() throws {
    var tape = TestDeck.clean()
    tape.fm = false
    tape.ghosting = 1
    tape.ghostDelay = 4
    let luma = try TestDeck.luma(tape) { abs($0 - 0.4) < 0.01 ? 1 : 0 }
    let at = Int((0.4 + 4 / VHS.activeLine) * 1820)
    let ghost = luma[at - 6...at + 6].reduce(0, +) / 13
    #expect(abs(ghost - 0.4 / 1.4) < 0.03, "\(ghost)")
    #expect(luma[at + 80..<at + 200].allSatisfy { abs($0) < 0.02 })
  }

  @Test func edgesRingToTheRight() throws {
    func waves(_ ringing: Float) throws -> (left: Double, right: Double) {
      var tape = TestDeck.clean()
      tape.fm = false
      tape.sharpness = 0
      tape.ringing = ringing
      let luma = try TestDeck.luma(tape) { $0 < 0.5 ? 0.3 : 0.7 }
      return (TestDeck.deviation(Array(luma[850..<895])), TestDeck.deviation(Array(luma[925..<970])))
    }
    let (still, ringing) = (try waves(0), try waves(1))
    #expect(ringing.right > 2 * still.right && ringing.right > 0.01, "\(still) \(ringing)")
    #expect(ringing.left < still.left * 1.2 + 0.002, "\(still) \(ringing)")
  }

  // MARK: Color

  /// Where the carrier is lost, color goes first: at this tracking error luma still shows the picture.
  @Test func colorDiesBeforeLuma() {
    var tape = TestDeck.clean(lines: 480)
    tape.tracking = 0.25
    tape.trackingPosition = 0.5
    let geometry = Geometry(trimWidth: 300, trimHeight: 480)
    let frames = try? [TestDeck.clean(lines: 480), tape].map { tape in
      try NeonPicture.applied(tape, geometry) { _, _ in TestDeck.light(y: 0.5, i: 0.12, q: 0.05) }
    }
    guard let frames else {
      Issue.record("no picture")
      return
    }
    func mean(_ frame: Framebuffer, _ channel: Int) -> Double {
      TestDeck.signal(frame, 240).map { $0[channel] }.reduce(0, +) / 300
    }
    #expect(mean(frames[1], 1) < 0.3 * mean(frames[0], 1))
    #expect(abs(mean(frames[1], 0) - 0.5) < 0.1)
  }

  @Test func hueTurnsFromLineToLine() throws {
    var tape = TestDeck.clean(lines: 240)
    tape.hueJitter = 6
    let geometry = Geometry(trimWidth: 64, trimHeight: 240)
    let frame = try NeonPicture.applied(tape, geometry) { _, _ in TestDeck.light(y: 0.5, i: 0.15) }
    let angles = (0..<240).map { y in
      let s = TestDeck.signal(frame, y)[32]
      return atan2(s[2], s[1]) * 180 / .pi
    }
    // The beam lets neighboring lines overlap.
    let deviation = TestDeck.deviation(angles)
    #expect(deviation > 3 && deviation < 6.5, "\(deviation)")
    #expect(abs(angles.reduce(0, +) / 240) < 1.5)
  }

  // MARK: Places and times

  // MARK: Fields, heads, copies

  private func faults(_ change: (inout VHS) -> Void) -> TapeFaults {
    var tape = TestDeck.clean(lines: 480)
    change(&tape)
    return TapeFaults(settings: tape, seed: Seed(11), moment: Moment(time: 0.7, frame: 17))
  }

  /// Odd and even lines come from fields that were read one after the other: each has a time base of its own, which is
  /// smooth from line to line of the same field.
  @Test func fieldsHaveTimeBasesOfTheirOwn() {
    let tape = faults { $0.jitter = 6 }
    let shifts = (0..<480).map { tape.line($0).shift }
    // The mean over some lines leaves of the line's own jitter little, and all of the fields'.
    func course(_ field: Int, _ line: Int) -> Double {
      (0..<8).reduce(0.0) { $0 + shifts[min(479, line + field + 2 * $1)] } / 8
    }
    let lines = stride(from: 0, to: 460, by: 16).map { $0 }
    let apart = lines.map { course(0, $0) - course(1, $0) }
    let unit = TapeFaults.jitterUnit(width: tape.width) * 6
    // Eight lines' own jitter leaves 0.8 · √2 / √8 = 0.4 of a unit; two fields at 0.6 each are 0.85 apart.
    #expect(TestDeck.deviation(apart) > 0.55 * unit, "\(TestDeck.deviation(apart) / unit)")
    let still = faults { $0.jitter = 0 }
    #expect((0..<460).allSatisfy { still.line($0).shift == 0 })
  }

  /// Below the switch of the heads lines are torn aside, the farther the lower, each field in a way of its own; the
  /// first of them tear somewhere along the line.
  @Test func theTearUnderTheHeadSwitch() {
    let tape = faults { $0.headSwitching = 1 }
    let torn = (300..<480).filter { tape.line($0).isTorn }
    #expect(torn == Array((torn.first ?? 0)..<480))
    #expect(torn.count == 12, "\(torn.count)")
    func ways(_ field: Int) -> [Double] {
      torn.filter { $0 % 2 == field }.map { -tape.line($0).shiftAfter }
    }
    var sums: [Double] = []
    for field in 0..<2 {
      let own = ways(field)
      #expect(own.allSatisfy { $0 > 0 })
      let (first, last) = (own.first ?? 0, own.last ?? 0)
      #expect(last > 1.5 * first, "\(own)")
      sums.append(own.reduce(0, +))
    }
    let apart = abs(sums[0] - sums[1])
    #expect(apart > 0.1 * sums[1], "\(sums)")
    let first = torn.prefix(2).map { tape.line($0) }
    #expect(first.allSatisfy { $0.turn > 0 && Double($0.turn) < tape.width && $0.shift != $0.shiftAfter })
    #expect(torn.dropFirst(2).allSatisfy { tape.line($0).turn == 0 })
    #expect(tape.line(torn[0] - 1).shiftAfter == tape.line(torn[0] - 1).shift)
  }

  /// Copies of copies are softer from line to line, too, and no darker.
  @Test func copiesSoftenDownThePicture() throws {
    let geometry = Geometry(trimWidth: 120, trimHeight: 240)
    func bars(_ generations: Int) throws -> (contrast: Double, mean: Double) {
      var tape = TestDeck.clean(lines: 60)
      tape.generations = generations
      // Eight lines a period, far from the sides.
      let frame = try NeonPicture.applied(tape, geometry) { _, y in
        TestDeck.light(y: 0.5 + 0.2 * cos(2 * .pi * y * 7.5))
      }
      let levels = (48..<192).map { TestDeck.signal(frame, $0)[60][0] }
      return (TestDeck.deviation(levels), levels.reduce(0, +) / Double(levels.count))
    }
    let (first, third, sixth) = (try bars(1), try bars(3), try bars(6))
    #expect(first.contrast > 0.12, "\(first)")
    #expect(third.contrast < 0.97 * first.contrast, "\(third)")
    #expect(sixth.contrast < 0.97 * third.contrast, "\(sixth)")
    #expect(abs(third.mean - first.mean) < 0.02)
    #expect(abs(sixth.mean - first.mean) < 0.02)
  }

  private func moving() -> VHS {
    var tape = VHS()
    tape.lines = 60
    tape.noise = 0
    tape.chromaNoise = 0
    tape.tracking = 0.3
    tape.crease = 1
    tape.creaseSpeed = 0.5
    tape.clog = 0.4
    tape.dropouts = 1
    tape.jitter = 3
    return tape
  }

  private func picture(_ tape: VHS, at time: Double) throws -> Framebuffer {
    let geometry = Geometry(trimWidth: 120, trimHeight: 60)
    let frame = try NeonPicture.frame(geometry, NeonPicture.neon)
    let moment = Moment(time: time, fps: 24, duration: 2, loops: true)
    try tape.apply(
      to: frame,
      in: EffectContext(geometry: geometry, moment: moment, seed: Seed(3), workers: Workers(count: 2)))
    return frame
  }

  @Test func loopsCloseWithoutASeam() throws {
    let tape = moving()
    let first = try picture(tape, at: 0)
    #expect(NeonPicture.difference(first, try picture(tape, at: 2)) == 0)
    func step(_ frame: Int) throws -> Double {
      let a = try picture(tape, at: Double(frame) / 24)
      let b = try picture(tape, at: Double(frame + 1) / 24)
      var sum = 0.0
      for y in 0..<60 { for x in 0..<120 { sum += Double(abs(a.row(y).green[x] - b.row(y).green[x])) } }
      return sum
    }
    let seam = try step(47)
    let others = try [3, 11, 22, 30, 41].map(step)
    #expect(seam < 1.5 * (others.max() ?? 0), "\(seam) \(others)")
    #expect(seam > 0)
  }

  /// The slow parts of faults move by little from frame to frame, and by much in a second.
  @Test func faultsStayOverFrames() {
    var tape = TestDeck.clean(lines: 480)
    tape.dropouts = 1
    func faults(_ frame: Int) -> TapeFaults {
      TapeFaults(
        settings: tape, seed: Seed(8), moment: Moment(time: Double(frame) / 24, frame: frame))
    }
    func places(_ frame: Int) -> Set<Int> {
      let faults = faults(frame)
      let buffer = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 910)
      defer { buffer.deallocate() }
      return Set((0..<480).filter { faults.envelope($0, first: 0, count: 910, into: buffer) })
    }
    var (kept, all, kept2) = (0, 0, 0)
    for frame in 0..<40 {
      let now = places(frame)
      func near(_ other: Set<Int>) -> Int {
        now.filter { line in (-2...2).contains { other.contains(line + $0) } }.count
      }
      all += now.count
      kept += near(places(frame + 1))
      kept2 += near(places(frame + 24))
    }
    #expect(all > 100)
    #expect(Double(kept) > 0.6 * Double(all) && Double(kept2) < 0.45 * Double(all), "\(kept) \(kept2) \(all)")
  }

  @Test func aCreaseSinksAndComesBack() {
    func weakest(_ time: Double, loop: Double?) -> Int? {
      var tape = TestDeck.clean(lines: 400)
      tape.crease = 1
      tape.creasePosition = 0.2
      tape.creaseSpeed = 0.4
      let faults = TapeFaults(
        settings: tape, seed: Seed(8), moment: Moment(time: time, frame: 1, loop: loop))
      let buffer = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 910)
      defer { buffer.deallocate() }
      return (0..<400).filter {
        faults.envelope($0, first: 0, count: 910, into: buffer) && buffer[8 * 455] < 0.3
      }.first
    }
    #expect(abs((weakest(0, loop: nil) ?? 0) - 80) < 5)
    #expect(abs((weakest(1, loop: nil) ?? 0) - 240) < 5)
    // Three seconds are one round of 1.2 heights; in a loop of four seconds it is one round as well.
    #expect(abs((weakest(3, loop: nil) ?? 0) - 80) < 5)
    #expect(abs((weakest(2, loop: 4) ?? 0) - 320) < 5)
  }

  @Test func aCloggedHeadSpoilsEveryOtherLine() throws {
    var tape = TestDeck.clean(lines: 60)
    tape.clog = 1
    let geometry = Geometry(trimWidth: 200, trimHeight: 600)
    tape.lineDepth = 1
    let frame = try NeonPicture.applied(tape, geometry, NeonPicture.gray(0.2))
    let noise = (4..<56).map { line in TestDeck.deviation(TestDeck.signal(frame, line * 10 + 5).map { $0[0] })
    }
    let even = stride(from: 0, to: 52, by: 2).map { noise[$0] }.reduce(0, +)
    let odd = stride(from: 1, to: 52, by: 2).map { noise[$0] }.reduce(0, +)
    #expect(odd > 4 * even, "\(even) \(odd)")
  }

  @Test func theCompensatorHidesDropouts() throws {
    let geometry = Geometry(trimWidth: 500, trimHeight: 240)
    func harm(_ compensation: Float) throws -> Double {
      var tape = TestDeck.clean(lines: 240)
      tape.dropouts = 1
      tape.compensation = compensation
      let soft = NeonPicture.gray(0.2)
      let frame = try NeonPicture.applied(tape, geometry, soft)
      return (0..<240).map { y in
        TestDeck.signal(frame, y).map { abs($0[0] - SRGB.encode(0.2)) }.filter { $0 > 0.1 }.count
      }.reduce(0) { $0 + Double($1) }
    }
    let (open, covered) = (try harm(0), try harm(1))
    #expect(open > 100 && covered < 0.5 * open, "\(open) \(covered)")
  }
}
