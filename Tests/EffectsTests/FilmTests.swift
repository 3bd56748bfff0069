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

/// Dust, scratches, gate weave and flicker: what a worn film and its projector do.
@Suite struct FilmTests {
  private static let geometry = Geometry(trimWidth: 320, trimHeight: 180)

  private func applied<E: Effect>(
    _ effect: E, _ geometry: Geometry = geometry, time: Double, loop: Double? = nil,
    _ scene: NeonPicture.Scene = NeonPicture.gray(0.4)
  ) throws -> Framebuffer {
    let frame = try NeonPicture.frame(geometry, scene)
    try effect.apply(
      to: frame,
      in: EffectContext(
        geometry: geometry, moment: Moment(time: time, fps: 24, duration: loop, loops: loop != nil),
        seed: Seed(11), workers: Workers(count: 2)))
    return frame
  }

  private func mean(_ a: Framebuffer, _ b: Framebuffer) -> Double {
    var sum = 0.0
    for y in 0..<a.height {
      for x in 0..<a.width { sum += Double(abs(a.green.row(y)[x] - b.green.row(y)[x])) }
    }
    return sum / Double(a.width * a.height)
  }

  /// A loop's last step is no larger than the others, and its end is its beginning.
  private func expectLoop<E: Effect>(
    _ effect: E, _ scene: @escaping NeonPicture.Scene = NeonPicture.gray(0.4)
  ) throws {
    let loop = 2.0
    let first = try applied(effect, time: 0, loop: loop, scene)
    #expect(try NeonPicture.difference(first, applied(effect, time: loop, loop: loop, scene)) == 0)
    var steps: [Double] = []
    var last = first
    for i in 1...48 {
      let next = try applied(effect, time: Double(i) / 24, loop: loop, scene)
      steps.append(mean(last, next))
      last = next
    }
    let most = steps.dropLast().max() ?? 0
    #expect(most > 0)
    #expect(steps[47] <= most * 1.2 + 1e-9, "\(E.name): \(steps[47]) against \(most)")
  }

  @Test func loopsClose() throws {
    try expectLoop(Dust())
    try expectLoop(Scratches())
    try expectLoop(GateWeave(), NeonPicture.neon)
    try expectLoop(ProjectorFlicker())
  }

  @Test func laws() throws {
    try NeonPicture.checkLaws(Dust())
    try NeonPicture.checkLaws(Scratches())
    try NeonPicture.checkLaws(GateWeave(), Geometry(trimWidth: 183, trimHeight: 161, bleed: 3))
    try NeonPicture.checkLaws(ProjectorFlicker())
  }

  /// Dust is a matter of single frames; a scratch outlasts them.
  @Test func dustChangesAndScratchesLast() throws {
    var dust = Dust()
    dust.amount = 1
    let plain = try NeonPicture.frame(Self.geometry, NeonPicture.gray(0.4))
    func spots(_ frame: Framebuffer) -> Set<Int> {
      var spots: Set<Int> = []
      for y in 0..<180 {
        for x in 0..<320 where abs(frame.red.row(y)[x] - plain.red.row(y)[x]) > 0.05 {
          spots.insert(y * 320 + x)
        }
      }
      return spots
    }
    let (a, b) = (spots(try applied(dust, time: 0)), spots(try applied(dust, time: 1.0 / 24)))
    #expect(a.count > 60 && b.count > 60 && a.count < 6000, "\(a.count) \(b.count)")
    #expect(a.intersection(b).count * 8 < a.count)
    var scratches = Scratches()
    scratches.amount = 1
    scratches.wander = 0
    scratches.width = 0.006
    scratches.lasting = 10
    func columns(_ time: Double) throws -> [Double] {
      let frame = try applied(scratches, time: time)
      return (0..<320).map { x in
        // Green is what every scratch changes.
        (0..<180).reduce(0.0) { $0 + Double(abs(frame.green.row($1)[x] - plain.green.row($1)[x])) }
      }
    }
    let (c, d) = (try columns(0.5), try columns(0.5 + 1.0 / 24))
    let strong = (0..<320).filter { c[$0] > 5 }
    #expect(strong.count > 8)
    #expect(strong.filter { d[$0] > 1.5 }.count * 10 >= strong.count * 8)
  }

  /// Where a scratch leaves a frame at the bottom it enters the next one at the top, or the other way round.
  @Test func scratchesRunOnIntoTheNextFrame() throws {
    var scratches = Scratches()
    scratches.amount = 1
    scratches.wander = 1
    scratches.lasting = 60
    scratches.width = 0.004
    let geometry = Geometry(trimWidth: 640, trimHeight: 360)
    for frame in 2..<6 {
      let now = try applied(scratches, geometry, time: Double(frame) / 24)
      let next = try applied(scratches, geometry, time: Double(frame + 1) / 24)
      var jump: Float = 0
      var step: Float = 0
      for x in 0..<640 {
        jump += abs(next.red.row(359)[x] - now.red.row(0)[x])
        step += abs(now.red.row(1)[x] - now.red.row(0)[x])
      }
      #expect(jump < 3 * step + 0.3, "\(jump) \(step)")
    }
  }

  /// A scratch leaves its straight way within a picture, is broken off in places, and is not equally wide everywhere.
  @Test func scratchesWanderAndBreak() throws {
    let geometry = Geometry(trimWidth: 1280, trimHeight: 720)
    func drawn(_ wander: Float) throws -> Framebuffer {
      var scratches = Scratches()
      scratches.amount = 1
      scratches.width = 0.004
      scratches.wander = wander
      scratches.lasting = 60
      return try applied(scratches, geometry, time: 0.5)
    }
    func touched(_ frame: Framebuffer, _ x: Int, _ y: Int) -> Bool { abs(frame.green.row(y)[x] - 0.4) > 0.03 }
    func columns(_ frame: Framebuffer) -> Int {
      (0..<1280).filter { x in (0..<720).contains { touched(frame, x, $0) } }.count
    }
    let (straight, wandering) = (try drawn(0), try drawn(1))
    #expect(columns(wandering) > 2 * columns(straight), "\(columns(wandering)) \(columns(straight))")
    // Of the columns that a straight scratch runs down, some of the height is whole.
    let struck = (0..<1280).filter { x in (0..<720).filter { touched(straight, x, $0) }.count > 200 }
    let broken = struck.filter { x in (0..<720).filter { touched(straight, x, $0) }.count < 660 }
    #expect(struck.count > 8 && broken.count * 3 > struck.count, "\(struck.count) \(broken.count)")
  }

  /// Down through the layers of the emulsion: green at its edges, yellow farther in, bright in the middle.
  @Test func scratchesOfTheEmulsionAreColored() throws {
    let geometry = Geometry(trimWidth: 1280, trimHeight: 720)
    var scratches = Scratches()
    (scratches.amount, scratches.width, scratches.lasting, scratches.side) = (1, 0.02, 60, .light)
    let frame = try applied(scratches, geometry, time: 0.5, NeonPicture.gray(0.05))
    var (green, yellow, white, magenta) = (0, 0, 0, 0)
    for y in 0..<720 {
      for x in 0..<1280 {
        let (r, g, b) = (frame.red.row(y)[x], frame.green.row(y)[x], frame.blue.row(y)[x])
        if g > r + 0.1 { green += 1 }
        if g > 0.15, r > b + 0.1, abs(g - r) < 0.1 { yellow += 1 }
        if min(r, g, b) > 0.3 { white += 1 }
        if r > g + 0.06 || b > g + 0.06 { magenta += 1 }
      }
    }
    #expect(green > 500 && yellow > 200 && white > 200, "\(green) \(yellow) \(white)")
    #expect(magenta == 0, "\(magenta)")
    // Of the base: dark, with a bright lip.
    scratches.side = .dark
    let base = try applied(scratches, geometry, time: 0.5)
    let levels = (0..<1280).map { Double(base.green.row(300)[$0]) }
    #expect((levels.min() ?? 1) < 0.2 && (levels.max() ?? 0) > 0.41)
  }

  /// The same scratch and the same speck, drawn small and drawn large.
  @Test func draftsShowWhatTheSheetShows() throws {
    let large = Geometry(trimWidth: 640, trimHeight: 480)
    let small = Geometry(trimWidth: 160, trimHeight: 120)
    func compare<E: Effect>(_ effect: E, _ limit: Double) throws {
      let a = try Pictures.reduced(try applied(effect, large, time: 0.2), by: 4)
      let b = try applied(effect, small, time: 0.2)
      let plain = try NeonPicture.frame(small, NeonPicture.gray(0.4))
      #expect(mean(b, plain) > 0)
      #expect(mean(a, b) < limit * mean(a, plain), "\(E.name): \(mean(a, b)) of \(mean(a, plain))")
    }
    var dust = Dust()
    dust.amount = 1
    dust.size = 0.02
    dust.softness = 0.01
    try compare(dust, 0.25)
    var scratches = Scratches()
    scratches.amount = 1
    try compare(scratches, 0.34)
    try compare(ProjectorFlicker(), 0.02)
  }

  @Test func planesAreMovedByWholeAndBrokenPixels() throws {
    let region = PixelRect(minX: 3, minY: 5, maxX: 83, maxY: 65)
    let source = try Plane(width: 80, height: 60)
    // Smooth enough for splines: a wave of 20 pixels.
    func wave(_ x: Double, _ y: Double) -> Double {
      0.5 + 0.2 * sin(x * 0.31) + 0.2 * cos(y * 0.27 + x * 0.05)
    }
    for y in 0..<60 { for x in 0..<80 { source.row(y)[x] = Float(wave(Double(x + 3), Double(y + 5))) } }
    let out = UnsafeMutablePointer<Float>.allocate(capacity: 80)
    defer { out.deallocate() }
    for motion in [
      SmallMotion(x: 3, y: -2), SmallMotion(x: 0.5, y: 0.25), SmallMotion(x: -1.7, y: 2.2),
      SmallMotion(x: 1.2, y: 0.4, turn: 0.01, center: Point(43, 35)),
    ] {
      let shifted = ShiftedPlane(source: source, region: region, motion: motion)
      for y in 15..<55 {
        shifted.draw(row: y, into: out)
        for x in 10..<70 {
          let (px, py) = (Double(x + 3), Double(y))
          let (dx, dy) = (px + 0.5 - motion.center.x, py + 0.5 - motion.center.y)
          let sx = px + motion.turn * dy - motion.x
          let sy = py - motion.turn * dx - motion.y
          #expect(abs(Double(out[x]) - wave(sx, sy)) < 0.006, "\(motion) \(x) \(y)")
          if motion.x == 3 { #expect(out[x] == source.row(y - 5 + 2)[x - 3]) }
        }
      }
    }
    // A step of light: nothing swings over.
    for y in 0..<60 { for x in 0..<80 { source.row(y)[x] = x < 40 ? 50 : 0.1 } }
    let shifted = ShiftedPlane(source: source, region: region, motion: SmallMotion(x: 0.4, y: 0.3))
    shifted.draw(row: 30, into: out)
    for x in 0..<80 { #expect(out[x] >= 0.1 && out[x] <= 50) }
  }

  @Test func flickerKeepsItsMeanAndStaysBounded() throws {
    var flicker = ProjectorFlicker()
    flicker.amount = 1
    flicker.unevenness = 0
    flicker.warmth = 0
    let levels = try (0..<60).map {
      try Double(applied(flicker, time: Double($0) / 24).green.row(90)[160]) / 0.4
    }
    let mean = levels.reduce(0, +) / 60
    #expect(abs(mean - 1) < 0.06)
    #expect((levels.max() ?? 0) < 1.2 && (levels.min() ?? 0) > 0.65)
    #expect((levels.max() ?? 0) - (levels.min() ?? 0) > 0.15)
  }
}
