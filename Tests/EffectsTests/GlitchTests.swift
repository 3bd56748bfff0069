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

/// What holds for all effects whose faults sit at places and live in slow time.
@Suite struct GlitchTests {
  private static func applied<E: Effect>(_ effect: E, _ moment: Moment, seed: UInt64 = 7) throws
    -> Framebuffer
  {
    let geometry = Geometry(trimWidth: 120, trimHeight: 90)
    let frame = try NeonPicture.frame(geometry, NeonPicture.neon)
    var context = NeonPicture.context(geometry, seed: seed)
    context.moment = moment
    try effect.apply(to: frame, in: context)
    return frame
  }

  private static func check<E: Effect>(_ effect: E, moves: Bool = true) throws {
    func at(_ time: Double, seed: UInt64 = 7) throws -> Framebuffer {
      try applied(effect, Moment(time: time, fps: 24, duration: 3, loops: true), seed: seed)
    }
    let first = try at(0)
    #expect(try NeonPicture.difference(first, at(3)) == 0, "\(E.name): the loop does not close")
    #expect(try NeonPicture.difference(first, at(6)) == 0)
    if moves { #expect(try NeonPicture.difference(first, at(1.3)) > 0.01, "\(E.name) stands still") }
    #expect(try NeonPicture.difference(first, at(0, seed: 8)) > 0.01, "\(E.name) has no seed")
    // Far in time, with no loop.
    #expect(try NeonPicture.isFinite(applied(effect, Moment(time: 1e12, frame: 1 << 50))))
    #expect(try NeonPicture.isFinite(applied(effect, Moment(time: -.infinity, frame: -5, loop: 1e-9))))
    for (width, height) in [(1, 1), (1, 5000), (7, 3), (5000, 1)] {
      let frame = try NeonPicture.applied(
        effect, Geometry(trimWidth: width, trimHeight: height), NeonPicture.hostile)
      #expect(NeonPicture.isFinite(frame), "\(E.name): \(width)×\(height)")
      let infinite = try NeonPicture.applied(effect, Geometry(trimWidth: width, trimHeight: height)) { x, y in
        SIMD4(x > 0.4 ? .infinity : 0.5, y > 0.5 ? -.infinity : 1, x > 0.2 && y > 0.2 ? .nan : 2, 1)
      }
      #expect(infinite.height == height)
    }
  }

  @Test func loopsSeedsAndStrangePictures() throws {
    var slices = Slices()
    slices.amount = 1
    try Self.check(slices)
    try Self.check(ChannelShift())
    var blocks = Blocks()
    blocks.amount = 1
    try Self.check(blocks)
    try Self.check(Fracture())
    for system in Scramble.System.allCases {
      var scramble = Scramble()
      scramble.system = system
      try Self.check(scramble)
    }
    try Self.check(Interference())
  }

  @Test func laws() throws {
    for amount in [Float(0.3), 1] {
      var slices = Slices()
      slices.amount = amount
      slices.shift = 1
      try NeonPicture.checkLaws(slices)
      var shift = ChannelShift()
      shift.amount = amount
      try NeonPicture.checkLaws(shift)
      shift.angle = 60
      shift.rows = 1
      try NeonPicture.checkLaws(shift, Geometry(trimWidth: 83, trimHeight: 300, bleed: 2))
      var blocks = Blocks()
      blocks.amount = max(0.7, amount)
      try NeonPicture.checkLaws(blocks, Geometry(trimWidth: 90, trimHeight: 300, bleed: 2))
      var fracture = Fracture()
      fracture.amount = amount
      try NeonPicture.checkLaws(fracture)
      var scramble = Scramble()
      scramble.amount = amount
      for system in Scramble.System.allCases {
        scramble.system = system
        try NeonPicture.checkLaws(scramble)
        try NeonPicture.checkLaws(scramble, Geometry(trimWidth: 60, trimHeight: 900, bleed: 2))
      }
      var interference = Interference()
      interference.amount = amount
      try NeonPicture.checkLaws(interference)
      try NeonPicture.checkLaws(interference, Geometry(trimWidth: 90, trimHeight: 600, bleed: 2))
    }
  }

  /// The mean distance of two pictures of a scene, as a share of what the effect changes.
  private static func distance<E: Effect>(_ effect: E) throws -> Double {
    let small = Geometry(trimWidth: 160, trimHeight: 120)
    let large = Geometry(trimWidth: 640, trimHeight: 480)
    let draft = try NeonPicture.applied(effect, small, samples: 4, NeonPicture.neon)
    let sheet = try Pictures.reduced(NeonPicture.applied(effect, large, NeonPicture.neon), by: 4)
    let plain = try NeonPicture.frame(small, samples: 4, NeonPicture.neon)
    var (error, change) = (0.0, 0.0)
    for y in 0..<120 {
      for x in 0..<160 {
        for channel in 0..<3 {
          let a = Double(draft.colorPlanes[channel].row(y)[x])
          let b = Double(sheet.colorPlanes[channel].row(y)[x])
          let c = Double(plain.colorPlanes[channel].row(y)[x])
          error += abs(a - b)
          change += abs(b - c)
        }
      }
    }
    #expect(change > 0)
    return error / max(1e-9, change)
  }

  @Test func aDraftShowsWhatTheSheetShows() throws {
    var slices = Slices()
    slices.amount = 0.8
    #expect(try Self.distance(slices) < 0.2)
    #expect(try Self.distance(ChannelShift()) < 0.12)
    #expect(try Self.distance(Fracture()) < 0.12)
    var scramble = Scramble()
    scramble.lines = 60
    #expect(try Self.distance(scramble) < 0.25)
    var blocks = Blocks()
    blocks.amount = 0.8
    #expect(try Self.distance(blocks) < 0.25)
    var interference = Interference()
    interference.snow = 0
    #expect(try Self.distance(interference) < 0.25)
  }

  /// Every row of a torn picture is a turn of what it was: no pixel is lost, none is doubled.
  @Test func slicesTurnRows() throws {
    let geometry = Geometry(trimWidth: 90, trimHeight: 540)
    var slices = Slices()
    slices.amount = 1
    slices.split = 0
    slices.noise = 0
    let before = try Pictures.frame(geometry.bounds) { x, y in
      SIMD4(Pictures.noise(0, x, y), Pictures.noise(1, x, y), Pictures.noise(2, x, y), 1)
    }
    let after = try before.copy(workers: Workers(count: 1))
    try slices.apply(to: after, in: Pictures.context(geometry))
    var moved = 0
    for y in 0..<540 {
      let (a, b) = (before.green.row(y), after.green.row(y))
      guard let shift = (0..<90).first(where: { s in (0..<90).allSatisfy { b[($0 + s) % 90] == a[$0] } })
      else {
        Issue.record("row \(y) is no turn of itself")
        return
      }
      if shift != 0 { moved += 1 }
    }
    #expect(moved > 60 && moved < 500, "\(moved)")
  }

  /// A thin line: red lies to the right by 3 % of the height at amount 1, blue to the left.
  @Test func channelsPartAsStated() throws {
    let geometry = Geometry(trimWidth: 400, trimHeight: 200)
    func centroid(_ plane: Plane, _ row: Int) -> Double {
      var (sum, weight) = (0.0, 0.0)
      for x in 0..<400 {
        sum += Double(plane.row(row)[x]) * (Double(x) + 0.5)
        weight += Double(plane.row(row)[x])
      }
      return sum / weight
    }
    var shift = ChannelShift()
    shift.amount = 0.9
    shift.rows = 0
    let frame = try NeonPicture.applied(shift, geometry) { x, _ in
      let d = (x * 400 - 200) / 4
      let light = max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    #expect(abs(centroid(frame.green, 50) - 200) < 0.01)
    #expect(abs(centroid(frame.red, 50) - 205.4) < 0.1)
    #expect(abs(centroid(frame.blue, 50) - 194.6) < 0.1)
    shift.angle = 90
    let down = try NeonPicture.applied(shift, geometry) { _, y in
      let d = (y * 200 - 100) / 4
      let light = max(0, 1 - d * d)
      return SIMD4(light, light, light, 1)
    }
    var (sum, weight) = (0.0, 0.0)
    for y in 0..<200 {
      sum += Double(down.red.row(y)[7]) * (Double(y) + 0.5)
      weight += Double(down.red.row(y)[7])
    }
    #expect(abs(sum / weight - 105.4) < 0.1)
  }

  /// Between two pixels no value comes out that lies beyond both: no seams at neon.
  @Test func shiftedLinesDoNotRing() {
    let line = ShiftedLine(width: 32, margin: 5, beyond: .mirrored)
    var row = (0..<32).map { Float($0 < 16 ? 0 : 40) }
    line.load(row)
    for shift in [0.25, 0.5, -1.7, 3.0] {
      line.read(shift: shift, weight: 1, adding: false, into: &row, count: 32)
      #expect(row.allSatisfy { $0 >= 0 && $0 <= 40 })
      let edge = row.filter { $0 < 20 }.count
      #expect(abs(Double(edge) - 16 - shift) <= 0.5)
    }
  }

  @Test func blocksAreMadeOfBlocks() throws {
    // Blocks of 10 pixels; only coarse squares: each is one color, the mean of what it covers, or as it was.
    let geometry = Geometry(trimWidth: 100, trimHeight: 300)
    var blocks = Blocks()
    blocks.amount = 1
    blocks.mosaic = 1
    blocks.tint = 0
    let before = try Pictures.frame(geometry.bounds) { x, y in SIMD4(Pictures.noise(0, x, y), 0.5, 0.5, 1) }
    let after = try before.copy(workers: Workers(count: 1))
    try blocks.apply(to: after, in: Pictures.context(geometry))
    var broken = 0
    for by in 0..<30 {
      for bx in 0..<10 {
        var (changed, wrong) = (false, false)
        for half in 0..<4 {
          let (x0, y0) = (10 * bx + 5 * (half % 2), 10 * by + 5 * (half / 2))
          var (mean, block) = (0.0, 0.0)
          for y in 10 * by..<10 * by + 10 {
            for x in 10 * bx..<10 * bx + 10 { block += Double(before.red.row(y)[x]) / 100 }
          }
          for y in y0..<y0 + 5 { for x in x0..<x0 + 5 { mean += Double(before.red.row(y)[x]) / 25 } }
          for y in y0..<y0 + 5 {
            for x in x0..<x0 + 5 {
              let (a, b) = (before.red.row(y)[x], Double(after.red.row(y)[x]))
              if a == after.red.row(y)[x] { continue }
              changed = true
              if abs(b - mean) > 1e-5, abs(b - block) > 1e-5 { wrong = true }
            }
          }
        }
        if changed { broken += 1 }
        #expect(!wrong, "block \(bx), \(by)")
      }
    }
    #expect(broken > 20 && broken < 290, "\(broken)")
  }

  /// As the amount grows, more of the picture has changed, and at the end all pieces have left.
  @Test func theFractureGrows() throws {
    let geometry = Geometry(trimWidth: 160, trimHeight: 120)
    func changed(_ amount: Float) throws -> (share: Double, light: Double) {
      var fracture = Fracture()
      fracture.amount = amount
      fracture.leave = 0
      let frame = try NeonPicture.applied(fracture, geometry) { x, y in
        SIMD4(0.5 + 0.5 * sin(x * 200), 0.5 + 0.5 * sin(y * 170), 0.5, 1)
      }
      let plain = try NeonPicture.applied(Fracture.neutral ?? fracture, geometry) { x, y in
        SIMD4(0.5 + 0.5 * sin(x * 200), 0.5 + 0.5 * sin(y * 170), 0.5, 1)
      }
      var (count, light) = (0, 0.0)
      for y in 0..<120 {
        for x in 0..<160 {
          if frame.blue.row(y)[x] != plain.blue.row(y)[x] || frame.red.row(y)[x] != plain.red.row(y)[x] {
            count += 1
          }
          light += Double(frame.blue.row(y)[x])
        }
      }
      return (Double(count) / 19_200, light / 19_200)
    }
    let stages = try [0.08, 0.25, 0.5, 0.75, 1].map { try changed(Float($0)) }
    #expect(zip(stages, stages.dropFirst()).allSatisfy { $0.share < $1.share + 1e-9 })
    #expect(stages[0].share < 0.35 && stages[4].share == 1)
    #expect(stages[4].light < 0.02, "\(stages[4].light)")
  }

  /// A little later pieces are a little further: no piece jumps.
  @Test func piecesMoveSteadily() throws {
    let geometry = Geometry(trimWidth: 240, trimHeight: 180)
    func frame(_ amount: Float) throws -> Framebuffer {
      var fracture = Fracture()
      fracture.amount = amount
      return try NeonPicture.applied(fracture, geometry, NeonPicture.neon)
    }
    func distance(_ a: Framebuffer, _ b: Framebuffer) -> Double {
      var sum = 0.0
      for y in 0..<180 { for x in 0..<240 { sum += Double(abs(a.green.row(y)[x] - b.green.row(y)[x])) } }
      return sum
    }
    let (a, b, c) = (try frame(0.5), try frame(0.502), try frame(0.6))
    #expect(distance(a, b) > 0)
    #expect(distance(a, b) < 0.2 * distance(a, c))
  }

  @Test func interferenceHasItsParts() throws {
    let geometry = Geometry(trimWidth: 320, trimHeight: 240)
    var quiet = Interference()
    (quiet.bands, quiet.carrier, quiet.snow, quiet.waveform) = (0, 0, 0, 0)
    let plain = try NeonPicture.frame(geometry, NeonPicture.gray(0.2))
    // With all its parts off nothing is left.
    #expect(
      try NeonPicture.difference(plain, NeonPicture.applied(quiet, geometry, NeonPicture.gray(0.2))) < 1e-6)
    var trace = quiet
    trace.waveform = 1
    trace.amount = 1
    /// What the trace adds to even light, by row.
    func added(_ level: Double) throws -> [Double] {
      let drawn = try NeonPicture.applied(trace, geometry, NeonPicture.gray(level))
      var rows: [Double] = []
      for y in 0..<240 {
        var sum = 0.0
        for x in 0..<320 { sum += abs(Double(drawn.green.row(y)[x]) - level) }
        rows.append(sum / 320)
      }
      return rows
    }
    let (dim, bright) = (try added(0.01), try added(0.3))
    // Within the stated height, and nothing far away from it.
    let reach = Int((0.11 * 1.25 + 0.01) * 240) + 8
    let middle = Int(0.46 * 240)
    #expect(bright[middle - reach..<middle + reach].max() ?? 0 > 0.02)
    #expect(bright[0..<middle - reach - 8].allSatisfy { $0 < 0.01 })
    #expect(bright[(middle + reach + 8)...].allSatisfy { $0 < 0.01 })
    // It makes more of what is there, and little of what is not.
    #expect(bright.reduce(0, +) > 4 * dim.reduce(0, +))
    #expect(dim.reduce(0, +) > 0)
  }

  /// Each line takes the trace up by itself, and it breaks off in places.
  @Test func theTraceObeysTheLines() throws {
    let geometry = Geometry(trimWidth: 1280, trimHeight: 960)
    var trace = Interference()
    (trace.bands, trace.carrier, trace.snow, trace.waveform, trace.amount) = (0, 0, 0, 1, 1)
    let drawn = try NeonPicture.applied(trace, geometry, NeonPicture.gray(0.2))
    // Two rows are a line: by the middle of the trace, rows of one line are alike, and neighboring lines are not.
    var (within, between) = (0.0, 0.0)
    for y in stride(from: 360, to: 520, by: 2) {
      for x in 0..<1280 {
        let (a, b, c) = (drawn.green.row(y - 1)[x], drawn.green.row(y)[x], drawn.green.row(y + 1)[x])
        within += Double((b - a) * (b - a))
        between += Double((c - a) * (c - a))
      }
    }
    #expect(between > 1.5 * within, "\(between) \(within)")
    var (broken, bright) = (0, 0)
    for x in 0..<1280 {
      var most: Float = 0
      for y in 300..<580 { most = max(most, drawn.green.row(y)[x]) }
      if most < 0.3 { broken += 1 }
      if most > 0.4 { bright += 1 }
    }
    #expect(broken > 20, "\(broken)")
    #expect(bright > 300, "\(bright)")
  }

  /// Along a line static hangs together farther than from line to line, and it comes in bursts.
  @Test func staticRunsAlongLines() {
    let noise = RadioNoise(Seed(5))
    let count = 600
    var rows: [[Double]] = []
    for j in 0..<300 {
      var row = [Float](repeating: 0, count: count + 8)
      noise.fill(j, from: -17, count: count, into: &row)
      rows.append(row[0..<count].map { Double($0) })
    }
    func correlation(_ dx: Int, _ dy: Int, _ map: (Double) -> Double) -> Double {
      var (ab, aa, sum, n) = (0.0, 0.0, 0.0, 0.0)
      for j in 0..<299 { for i in 0..<count { sum += map(rows[j][i]) } }
      let mean = sum / Double(299 * count)
      for j in 0..<299 {
        for i in 0..<count - 8 {
          let (a, b) = (map(rows[j][i]) - mean, map(rows[j + dy][i + dx]) - mean)
          ab += a * b
          aa += a * a
          n += 1
        }
      }
      return ab / aa
    }
    #expect(correlation(2, 0) { $0 } > 0.2)
    #expect(abs(correlation(0, 1) { $0 }) < 0.03)
    // Loud stretches: what its strength has in common farther along.
    #expect(correlation(7, 0) { abs($0) } > 0.08)
    // A part of a line is that part of the whole.
    var part = [Float](repeating: 0, count: 108)
    noise.fill(4, from: 83, count: 100, into: &part)
    #expect((0..<100).allSatisfy { abs(Double(part[$0]) - rows[4][100 + $0]) == 0 })
  }

  /// Thrown aside at once, lines come back slowly, fast at first.
  @Test func tearsSwingBack() {
    var slices = Slices()
    slices.amount = 1
    slices.noise = 0
    let geometry = Geometry(trimWidth: 90, trimHeight: 540)
    var (closer, farther, thrown) = (0, 0, 0)
    for seed in 0..<8 {
      let (shifts, damage) = slices.plan(geometry.bounds, Pictures.context(geometry, seed: UInt64(seed)))
      #expect(damage.isEmpty && shifts.turns.isEmpty)
      for line in 1..<540 {
        let (a, b) = (abs(shifts[line - 1].y), abs(shifts[line].y))
        guard max(a, b) > 0 else { continue }
        if b < a { closer += 1 } else if b > a { farther += 1 }
        // A jump of more than a hundredth of the height from line to line.
        if b - a > 0.01 { thrown += 1 }
      }
    }
    #expect(closer > 4 * farther, "\(closer) \(farther)")
    #expect(thrown > 20 && thrown * 2 > farther / 4, "\(thrown) \(farther)")
  }

  /// Where it tears there is static, and color is lost; where it does not, nothing has changed.
  @Test func tearsAreRagged() throws {
    var slices = Slices()
    slices.amount = 1
    slices.split = 0
    slices.noise = 1
    let geometry = Geometry(trimWidth: 160, trimHeight: 540)
    let frame = try NeonPicture.applied(slices, geometry) { _, _ in SIMD4(0.5, 0.1, 0.05, 1) }
    var (noisy, gray, whole) = (0, 0, 0)
    for y in 0..<540 {
      let row = frame.row(y)
      let levels = (0..<160).map { Double(row.red[$0]) }
      if levels.allSatisfy({ $0 == 0.5 }) {
        whole += 1
        continue
      }
      if TestDeck.deviation(levels) > 0.03 { noisy += 1 }
      var apart = 0.0
      for x in 0..<160 { apart += Double(row.red[x] - row.green[x]) / 160 }
      if apart < 0.2 { gray += 1 }
    }
    #expect(noisy > 30 && noisy < 300, "\(noisy)")
    #expect(gray > 30 && gray < 400, "\(gray)")
    #expect(whole > 40, "\(whole)")
  }

  // MARK: Pay television

  private func scrambled(_ system: Scramble.System, color: Float = 0, _ scene: (Int, Int) -> SIMD4<Float>)
    throws
    -> Framebuffer
  {
    var scramble = Scramble()
    scramble.system = system
    scramble.lines = 288
    scramble.color = color
    let geometry = Geometry(trimWidth: 128, trimHeight: 288)
    let frame = try Pictures.frame(geometry.bounds, scene)
    try scramble.apply(to: frame, in: Pictures.context(geometry))
    return frame
  }

  private static func gray(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let v = Pictures.noise(0, x, y)
    return SIMD4(v, v, v, 1)
  }

  /// Every line is turned about one place, each another; only where its ends meet it is not what it was.
  @Test func linesAreCutAndTurned() throws {
    let frame = try scrambled(.cut, Self.gray)
    var starts: Set<Int> = []
    for y in 0..<288 {
      func wrong(_ start: Int) -> Int {
        (0..<128).filter { abs(frame.row(y).green[$0] - Self.gray((start + $0) % 128, y).x) > 1e-3 }.count
      }
      let start = (0..<128).min { wrong($0) < wrong($1) } ?? 0
      #expect(wrong(start) <= 4, "line \(y)")
      #expect(start > 8 && start < 120)
      starts.insert(start)
    }
    #expect(starts.count > 60)
  }

  /// Every line is there once, within the memory of 32 lines that it belongs to.
  @Test func linesAreShuffled() throws {
    let frame = try scrambled(.shuffle, Self.gray)
    var from: Set<Int> = []
    var moved = 0
    for y in 0..<288 {
      let block = y / 32 * 32
      let source = (block..<block + 32).first { line in
        (0..<128).allSatisfy { abs(frame.row(y).green[$0] - Self.gray($0, line).x) < 1e-3 }
      }
      guard let source else {
        Issue.record("line \(y) is none of its block")
        return
      }
      from.insert(source)
      if source != y { moved += 1 }
    }
    #expect(from.count == 288 && moved > 250)
  }

  /// Without sync the gap between lines is seen, everywhere in the picture and never at the same place.
  @Test func theGapWanders() throws {
    let frame = try scrambled(.sync) { _, _ in SIMD4(1, 1, 1, 1) }
    var places: Set<Int> = []
    var dark = 0
    for y in 0..<288 {
      let row = (0..<128).filter { frame.row(y).green[$0] < 0.1 }
      dark += row.count
      if let first = row.first { places.insert(first) }
    }
    // 21 parts of 121, or all but that where brightness is inverted.
    let share = Double(dark) / Double(288 * 128)
    #expect(abs(min(share, 1 - share) - 0.21 / 1.21) < 0.06, "\(share)")
    #expect(places.count > 20)
  }

  @Test func colorIsWrong() throws {
    let frame = try scrambled(.cut, color: 1) { _, _ in SIMD4(0.5, 0.05, 0.05, 1) }
    var (red, hues) = (0.0, 0)
    for y in 0..<288 {
      red += Double(frame.row(y).red[5] - frame.row(y).green[5]) / 288
      if frame.row(y).blue[5] > frame.row(y).green[5] + 0.02 { hues += 1 }
    }
    #expect(red > 0.05 && red < 0.4, "\(red)")
    #expect(hues > 40 && hues < 260, "\(hues)")
  }

  /// A part of a picture that has just begun to break needs little of what is around it.
  @Test func aFractureLooksNoFartherThanItsPieces() throws {
    let geometry = Geometry(trimWidth: 1600, trimHeight: 900)
    var fracture = Fracture()
    fracture.amount = 0.3
    fracture.size = 0.01
    fracture.angle = -90
    let reach = fracture.reach(in: geometry)
    #expect(reach.x < 300 && reach.y < 300 && reach.y > reach.x, "\(reach)")
    try Pictures.expectLocality(
      fracture, in: Geometry(trimWidth: 640, trimHeight: 480),
      parts: [PixelRect(minX: 200, minY: 100, maxX: 260, maxY: 150)])
  }

  @Test func slowTimeFitsALoop() {
    for rate in [0.01, 0.4, 3.3, 24] {
      let end = SlowTime(Moment(time: 5, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      let start = SlowTime(Moment(time: 0, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      #expect(end.number == start.number && abs(end.progress - start.progress) < 1e-9)
      // The state before the loop's end comes once more at its beginning.
      let before = SlowTime(Moment(time: 4.9999, frame: 0, loop: 5)).step(rate: rate, phase: 0.3)
      #expect(before.number == start.number)
      let seed = Seed(3)
      let (a, b) = (
        SlowTime(Moment(time: 4.99999, loop: 5)).drift(seed, rate: rate),
        SlowTime(Moment(time: 0, loop: 5)).drift(seed, rate: rate)
      )
      #expect(abs(a - b) < 1e-3)
    }
    // Steps last as long as is said.
    let numbers = (0..<100).map { SlowTime(Moment(time: Double($0) / 10)).step(rate: 2, phase: 0).number }
    #expect(numbers[0] == 0 && numbers[4] == 0 && numbers[5] == 1 && numbers[99] == 19)
  }
}
