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
/// whole turns.
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
  var hue: Double = 28
  var shimmer: Double = 0.35
  var threshold: Float = 0
  var blend = Blend.lighten

  public static let parameters: [Parameter<Echo>] = [
    .init("echo", \.amount, .number(0...2, suggested: 0.1...1), "Brightness of the first copy."),
    .init("copies", \.copies, .integer(1...32), "How many copies there are."),
    .init("shift", \.shift, .point, "How far each copy lies from the one before."),
    .init(
      "zoom", \.zoom, .number(0.5...2, suggested: 0.9...1.1, unit: .times),
      "How large each copy is beside the one before."),
    .init("turn", \.turn, .angle(), "By how much each copy is turned against the one before."),
    .init("center", \.center, .point, "What copies are enlarged from and turned about."),
    .init("fade", \.fade, .number(0...1), "What of its light each copy loses against the one before."),
    .init("hue", \.hue, .angle(), "By how much each copy's hues are turned against the one before."),
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
  }

  /// Copies that are too faint to see are left out.
  func trail(in geometry: Geometry, _ moment: Moment, _ seed: Seed) -> [Copy] {
    let place = geometry.point(max(-16, min(16, center.x)), max(-16, min(16, center.y)))
    let stepX = max(-16, min(16, shift.x)) * Double(geometry.trimWidth)
    let stepY = max(-16, min(16, shift.y)) * Double(geometry.trimHeight)
    return (1...max(1, copies)).compactMap { n in
      let i = Double(n)
      let gain = Double(amount) * pow(1 - fade, i - 1) * breath(n, moment, seed)
      guard gain > 1e-4 else { return nil }
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
    var far = 0.0
    var footprint = 1.0
    // However bright it is at the moment, a copy lies where it lies.
    var steady = self
    steady.shimmer = 0
    for copy in steady.trail(in: geometry, Moment(), Seed(0)) {
      footprint = max(footprint, copy.footprint)
      for (x, y) in [(0, 0), (geometry.width, 0), (0, geometry.height), (geometry.width, geometry.height)] {
        let (x, y) = (Double(x), Double(y))
        far = max(
          far, abs(copy.x + x * copy.perColumn.x + y * copy.perRow.x),
          abs(copy.y + x * copy.perColumn.y + y * copy.perRow.y))
      }
    }
    let pixels = Int(min(Double(Reach.everything), far.rounded(.up))) + Warp.margin(footprint: footprint)
    return Reach(x: min(Reach.everything, pixels), y: min(Reach.everything, pixels))
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    amount > 0 && !region.isEmpty ? Warp.scratchBytes(for: region) : 0
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let trail = trail(in: context.geometry, context.moment, context.seed)
    guard !trail.isEmpty else { return }
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
    let sampler = WarpSampler(source, .clear)
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let pitch = (region.width + 15) / 8 * 8
      let lines = UnsafeMutablePointer<Float>.allocate(capacity: 7 * pitch)
      lines.update(repeating: 0, count: 7 * pitch)
      defer { lines.deallocate() }
      let (dx, dy, footprint) = (lines, lines + pitch, lines + 2 * pitch)
      let copied = Row(
        red: lines + 3 * pitch, green: lines + 4 * pitch, blue: lines + 5 * pitch, alpha: lines + 6 * pitch,
        count: region.width)
      let memory = RowMemory(width: region.width, for: mixer)
      for i in rows {
        let y = region.minY + i
        memory.changing(frame.row(y), x: region.minX, y: y) { row in
          for copy in trail {
            let x0 = copy.x + Double(y) * copy.perRow.x
            let y0 = copy.y + Double(y) * copy.perRow.y
            for n in 0..<region.width {
              let x = Double(region.minX + n)
              dx[n] = Float(x0 + x * copy.perColumn.x)
              dy[n] = Float(y0 + x * copy.perColumn.y)
              footprint[n] = Float(copy.footprint)
            }
            sampler.draw(copied, y: i, dx: dx, dy: dy, footprint: footprint, withAlpha: false)
            Echo.lay(copied, over: row, copy.colors, adds: blend == .add)
          }
        }
      }
    }
  }

  /// Light is laid over the row; its coverage stays.
  private static func lay(_ copy: Row, over row: Row, _ colors: RowMatrix, adds: Bool) {
    let zero = v8_splat(0)
    row.mapVectors { r, g, b, _, i in
      var (u, v, w) = (v8_load(copy.red + i), v8_load(copy.green + i), v8_load(copy.blue + i))
      colors.apply(&u, &v, &w)
      (u, v, w) = (v8_max(u, zero), v8_max(v, zero), v8_max(w, zero))
      if adds {
        (r, g, b) = (r + u, g + v, b + w)
      } else {
        (r, g, b) = (v8_max(r, u), v8_max(g, v), v8_max(b, w))
      }
    }
  }
}
