import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Trails: copies of the picture, each moved, enlarged and turned a little more than the one before, ever fainter, and
/// shimmering through hues.
///
/// Copies are made of the picture itself, not of earlier frames, so every frame stands alone and a still has trails
/// too. They stay where they are; only their brightness breathes, each in its own slow rhythm, which in a loop takes
/// whole turns. Unless they are to be counted, hundreds of copies between them make one trail. It is made by doubling: a
/// trail as long again is the trail and itself moved by its length.
public struct Echo: MixingEffect {
  public static let name = "echo"
  public static let summary =
    "Trails of the picture's copies: displaced, enlarged, turned, fainter, shimmering through hues."

  public enum Blend: String, CaseIterable, Sendable, Hashable {
    case lighten, add
  }

  var amount: Float = 0.4
  var copies = 6
  var shift = Point(0.012, -0.006)
  var zoom: Double = 1.035
  var turn: Double = 0
  var center = Point(0.5, 0.5)
  var fade: Double = 0.3
  var hue: Double = 7
  var smooth = true
  var shimmer: Double = 0.35
  var threshold: Float = 0
  var blend = Blend.lighten

  public static let parameters: [Parameter<Echo>] = [
    .init("echo", \.amount, .number(0...2, suggested: 0.1...1), "Brightness of the first copy."),
    .init(
      "copies", \.copies, .integer(1...32),
      "How many copies there are; a smooth trail is as long as so many."),
    .init("shift", \.shift, .point, "How far each copy lies from the one before."),
    .init(
      "zoom", \.zoom, .number(0.5...2, suggested: 0.9...1.1, unit: .times),
      "How large each copy is beside the one before."),
    .init("turn", \.turn, .angle(), "By how much each copy is turned against the one before."),
    .init("center", \.center, .point, "What copies are enlarged from and turned about."),
    .init("fade", \.fade, .number(0...1), "What of its light each copy loses against the one before."),
    .init("hue", \.hue, .angle(), "By how much each copy's hues are turned against the one before."),
    .init(
      "smooth", \.smooth, .flag, "Whether the copies run into each other and make one trail."),
    .init(
      "shimmer", \.shimmer, .number(0...1), "How much the copies' brightness breathes with time."),
    .init(
      "threshold", \.threshold, .number(0...64, suggested: 0...2, unit: .linearLight),
      "What a pixel's brightest channel must exceed to leave copies; 0 copies everything."),
    .init(
      "blend", \.blend, .choice, "Whether copies show where they are brighter, or their light is added."),
  ]

  public static let neutral: Echo? = {
    var e = Echo()
    e.amount = 0
    return e
  }()

  public init() {}

  /// How a copy lies and looks.
  struct Copy: Sendable {
    /// Displacement of what the pixel at the picture's corner shows, and by how much it grows with each pixel.
    let x, y: Double
    let perColumn, perRow: Point
    /// Pixels of the picture in a pixel of the copy.
    let footprint: Double
    let colors: RowMatrix

    /// The largest displacement in a picture, pixels.
    func farthest(in geometry: Geometry) -> Double {
      var far = 0.0
      for (x, y) in [(0, 0), (geometry.width, 0), (0, geometry.height), (geometry.width, geometry.height)] {
        let (x, y) = (Double(x), Double(y))
        far = max(
          far, abs(self.x + x * perColumn.x + y * perRow.x), abs(self.y + x * perColumn.y + y * perRow.y))
      }
      return far
    }
  }

  /// The copy that is `i` copies away, times `gain`.
  private func copy(_ i: Double, gain: Double, in geometry: Geometry) -> Copy {
    let place = geometry.point(max(-16, min(16, center.x)), max(-16, min(16, center.y)))
    let stepX = max(-16, min(16, shift.x)) * Double(geometry.trimWidth)
    let stepY = max(-16, min(16, shift.y)) * Double(geometry.trimHeight)
    let degrees = (turn * i).truncatingRemainder(dividingBy: 360)
    let inverse = pow(max(1e-3, zoom), -i)
    let (c, s) = (cos(degrees * .pi / 180) * inverse, sin(degrees * .pi / 180) * inverse)
    // From the copy back to the picture: shifted, turned and enlarged about the center, all undone.
    let (dx, dy) = (0.5 - place.x - stepX * i, 0.5 - place.y - stepY * i)
    return Copy(
      x: place.x + c * dx + s * dy - 0.5, y: place.y - s * dx + c * dy - 0.5,
      perColumn: Point(c - 1, -s), perRow: Point(s, c - 1), footprint: inverse,
      colors: RowMatrix(Echo.turned(hue * i) * gain))
  }

  /// Copies that are too faint to see are left out.
  func trail(in geometry: Geometry, _ moment: Moment, _ seed: Seed) -> [Copy] {
    (1...max(1, copies)).compactMap { n in
      let gain = Double(amount) * pow(1 - fade, Double(n) - 1) * breath(n, moment, seed)
      return gain > 1e-4 ? copy(Double(n), gain: gain, in: geometry) : nil
    }
  }

  /// How far apart copies of a smooth trail lie, in copies, and how often it is doubled.
  func doublings(in geometry: Geometry) -> (step: Double, count: Int) {
    // Copies that are too faint to see make it no longer.
    let length = fade > 0 ? min(Double(copies), 1 + log(1e-3) / log(max(1e-6, 1 - fade))) : Double(copies)
    let one = copy(1, gain: 1, in: geometry)
    let farthest = one.farthest(in: geometry)
    // Neighbors lie about a pixel apart, where they lie farthest.
    let copies = max(1, min(4096, length * max(1, farthest / 1.2)))
    let count = min(12, max(0, Int(log2(copies).rounded(.up))))
    return (length / Double(1 << count), count)
  }

  /// What makes a smooth trail: the first copy, then what is added at each doubling.
  func steps(in geometry: Geometry, _ moment: Moment, _ seed: Seed) -> [Copy] {
    let (step, count) = doublings(in: geometry)
    let kept = max(1e-9, 1 - fade)
    // Added up the light of all is that of whole copies; where the brightest counts each is as bright as one.
    let share = blend == .add ? step : 1
    return (0...count).map { n in
      guard n > 0 else { return copy(step, gain: Double(amount) * share * pow(kept, step), in: geometry) }
      let way = step * Double(1 << (n - 1))
      // Only long parts breathe, so that no copy stands out from its neighbors.
      let breath = way >= 0.5 ? 1 + 0.5 * (breath(n, moment, seed) - 1) : 1
      return copy(way, gain: pow(kept, way) * breath, in: geometry)
    }
  }

  /// A copy's brightness at a moment, 1 in the mean.
  private func breath(_ copy: Int, _ moment: Moment, _ seed: Seed) -> Double {
    guard shimmer > 0 else { return 1 }
    let own = seed.derived("echo").derived(copy)
    var rate = 0.25 + 0.9 * own.unit(0)
    if let loop = moment.loop, loop > 0 { rate = max(1, (rate * loop).rounded()) / loop }
    let turns = (moment.time * rate).truncatingRemainder(dividingBy: 1) + own.unit(1)
    return 1 + shimmer * sin(2 * .pi * turns)
  }

  /// Turns hues about the axis of grays; what is lost of luminance in that comes back as gray light.
  static func turned(_ degrees: Double) -> ColorMatrix {
    let a = degrees.truncatingRemainder(dividingBy: 360) * .pi / 180
    let (c, s) = (cos(a), sin(a) / 3.0.squareRoot())
    let k = (1 - c) / 3
    return ColorMatrix([[c + k, k - s, k + s], [k + s, c + k, k - s], [k - s, k + s, c + k]])
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    // However bright it is at the moment, a copy lies where it lies.
    var steady = self
    steady.shimmer = 0
    let copies =
      smooth ? steady.steps(in: geometry, Moment(), Seed(0)) : steady.trail(in: geometry, Moment(), Seed(0))
    let footprint = copies.map { $0.footprint }.max() ?? 1
    let ways = copies.map { $0.farthest(in: geometry) }
    // Ways of a smooth trail add up, and each is read from the one before. Turned, what lies outside comes into it.
    var far = smooth ? ways.reduce(0, +) : ways.max() ?? 0
    if smooth {
      far = far * max(1, footprint) + Double(Warp.margin(footprint: footprint) * (copies.count - 1))
    }
    let pixels = Int(min(Double(Reach.everything), far.rounded(.up))) + Warp.margin(footprint: footprint)
    return Reach(x: min(Reach.everything, pixels), y: min(Reach.everything, pixels))
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    amount > 0 && !region.isEmpty ? Warp.scratchBytes(for: region) * (smooth ? 2 : 1) : 0
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    // What leaves copies: light without a body.
    let source = try Framebuffer(region: region)
    let light = GlowSource(threshold: threshold, knee: 0.5)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows {
        let kept = source.row(region.minY + i)
        light.extract(frame.row(region.minY + i), into: kept.red, kept.green, kept.blue)
        kept.alpha.update(repeating: 0, count: region.width)
      }
    }
    guard smooth else {
      let trail = trail(in: context.geometry, context.moment, context.seed)
      lay(trail, of: source, over: frame, workers: context.workers, mixer: mixer)
      return
    }
    let steps = steps(in: context.geometry, context.moment, context.seed)
    guard let first = steps.first else { return }
    // Each doubling reads one frame and writes the other.
    var (trail, next) = (source, try Framebuffer(region: region))
    move(trail, by: first, into: next, isFirst: true, workers: context.workers)
    swap(&trail, &next)
    for step in steps.dropFirst() {
      move(trail, by: step, into: next, isFirst: false, workers: context.workers)
      swap(&trail, &next)
    }
    let made = trail
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let memory = RowMemory(width: region.width, for: mixer)
      for i in rows {
        let y = region.minY + i
        memory.changing(frame.row(y), x: region.minX, y: y) {
          Echo.lay(made.row(y), over: $0, nil, adds: blend == .add)
        }
      }
    }
  }

  /// Writes `trail` moved by a copy; unless it is the first, together with the trail itself.
  private func move(
    _ trail: Framebuffer, by copy: Copy, into next: Framebuffer, isFirst: Bool, workers: Workers
  ) {
    let region = trail.region
    let sampler = WarpSampler(trail, .clear)
    let adds = blend == .add
    workers.bands(rows: region.height, width: region.width) { rows in
      let room = CopyRoom(width: region.width)
      for i in rows {
        let y = region.minY + i
        room.draw(copy, row: y, from: sampler, region)
        let out = next.row(y)
        if isFirst {
          out.clear()
        } else {
          out.copy(from: trail.row(y))
        }
        Echo.lay(room.copied, over: out, copy.colors, adds: adds)
      }
    }
  }

  private func lay(
    _ trail: [Copy], of source: Framebuffer, over frame: Framebuffer, workers: Workers, mixer: (any RowMixer)?
  ) {
    guard !trail.isEmpty else { return }
    let region = frame.region
    let sampler = WarpSampler(source, .clear)
    workers.bands(rows: region.height, width: region.width) { rows in
      let room = CopyRoom(width: region.width)
      let memory = RowMemory(width: region.width, for: mixer)
      for i in rows {
        let y = region.minY + i
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          for copy in trail {
            room.draw(copy, row: y, from: sampler, region)
            Echo.lay(room.copied, over: row, copy.colors, adds: blend == .add)
          }
        }
      }
    }
  }

  /// Light is laid over the row; its coverage stays.
  private static func lay(_ copy: Row, over row: Row, _ colors: RowMatrix?, adds: Bool) {
    let most: Float = 1e30
    row.mapVectors { r, g, b, _, i in
      var (u, v, w) = (v8_load(copy.red + i), v8_load(copy.green + i), v8_load(copy.blue + i))
      colors?.apply(&u, &v, &w)
      (u, v, w) = (v8_clamp(u, 0, most), v8_clamp(v, 0, most), v8_clamp(w, 0, most))
      if adds {
        (r, g, b) = (r + u, g + v, b + w)
      } else {
        (r, g, b) = (v8_max(r, u), v8_max(g, v), v8_max(b, w))
      }
    }
  }
}

/// Lines for a row of a copy. For one thread.
private final class CopyRoom {
  private let lines: UnsafeMutablePointer<Float>
  private let pitch: Int
  let copied: Row

  init(width: Int) {
    pitch = (width + 15) / 8 * 8
    lines = .allocate(capacity: 7 * pitch)
    lines.update(repeating: 0, count: 7 * pitch)
    copied = Row(
      red: lines + 3 * pitch, green: lines + 4 * pitch, blue: lines + 5 * pitch, alpha: lines + 6 * pitch,
      count: width)
  }

  deinit { lines.deallocate() }

  /// Draws row `y` of the picture as the copy shows it.
  func draw(_ copy: Echo.Copy, row y: Int, from sampler: WarpSampler, _ region: PixelRect) {
    let (dx, dy, footprint) = (lines, lines + pitch, lines + 2 * pitch)
    let x0 = copy.x + Double(y) * copy.perRow.x
    let y0 = copy.y + Double(y) * copy.perRow.y
    for n in 0..<region.width {
      let x = Double(region.minX + n)
      dx[n] = Float(x0 + x * copy.perColumn.x)
      dy[n] = Float(y0 + x * copy.perColumn.y)
      footprint[n] = Float(copy.footprint)
    }
    sampler.draw(copied, y: y - region.minY, dx: dx, dy: dy, footprint: footprint, withAlpha: false)
  }
}
