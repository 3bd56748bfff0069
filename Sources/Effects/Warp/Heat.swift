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

/// Heated air: what lies behind it ripples, or a ring of it runs outward from a blast.
///
/// Light bends where the density of air changes: the picture is displaced by a smooth field that rises and seethes. The
/// field is noise on a lattice in shares of the picture's height, moved by the time: every frame stands alone. In
/// a loop the rising field is faded over into itself one loop earlier, at equal strength, and seething takes
/// whole turns: the last frame runs into the first.
public struct Heat: Effect {
  public static let name = "heat"
  public static let summary =
    "The ripple of heated air, over the whole picture or in a ring that runs outward."

  public enum Form: String, CaseIterable, Sendable, Hashable {
    case air, ring
  }

  var amount: Double = 0.4
  var form = Form.air
  /// Share of the picture's height.
  var size: Double = 0.05
  var speed: Double = 0.12
  var center = Point(0.5, 0.5)
  var radius: Double = 0.3
  var thickness: Double = 0.16

  public static let parameters: [Parameter<Heat>] = [
    .init(
      "heat", \.amount, .number(0...2, suggested: 0.1...1),
      "Strength; at 1 ripples displace by a hundredth of the picture's height, and a ring by a fifth of its thickness."
    ),
    .init("form", \.form, .choice, "Rippling air everywhere, or a ring of it."),
    .init("size", \.size, .length(0.004...2, suggested: 0.02...0.15), "Size of the ripples."),
    .init(
      "speed", \.speed, .number(-4...4, suggested: 0...0.4),
      "How fast the air rises, in heights of the picture in a second."),
    .init("center", \.center, .point, "Where the ring comes from."),
    .init(
      "radius", \.radius, .length(0...8, suggested: 0...1),
      "How far the ring has come: let it grow with time."),
    .init("thickness", \.thickness, .length(0.004...4, suggested: 0.05...0.4), "Breadth of the ring."),
  ]

  public static let neutral: Heat? = {
    var h = Heat()
    h.amount = 0
    return h
  }()

  public init() {}

  /// Displacement by ripples at amount 1, where the noise is 1; it hardly ever is.
  private static let ripple = 0.025
  /// The ring's displacement at amount 1, shares of its thickness.
  private static let push = 0.2

  /// The largest displacement, pixels.
  private func farthest(_ geometry: Geometry) -> Double {
    let ripples = geometry.pixels(Heat.ripple) * 0.75
    return amount * (form == .air ? ripples : geometry.pixels(Heat.push * thickness) + ripples) + 1
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let pixels = min(Reach.everything, Int(farthest(geometry).rounded(.up)) + Warp.margin(footprint: 2))
    return Reach(x: pixels, y: pixels)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let nodes = AirField.nodes(region, size: size, context.geometry)
    return Warp.scratchBytes(for: region) + 2 * Plane.bytes(width: nodes.width, height: nodes.height)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let geometry = context.geometry
    let air = try AirField(
      frame.region, size: size, speed: speed, strength: Float(amount * geometry.pixels(Heat.ripple)),
      context: context)
    var ring: Ring?
    if form == .ring {
      let place = geometry.point(max(-16, min(16, center.x)), max(-16, min(16, center.y)))
      ring = Ring(
        x: place.x, y: place.y, radius: Float(geometry.pixels(radius)),
        half: Float(max(0.25, geometry.pixels(thickness) / 2)),
        push: Float(amount * geometry.pixels(Heat.push * thickness)))
    }
    try Warp(map: Shimmer(air: air, ring: ring), surroundings: .continued)
      .apply(to: frame, workers: context.workers)
  }

  /// A ring of dense air, pixels of the picture.
  struct Ring: Sendable {
    let x, y: Double
    let radius, half, push: Float
  }

  /// The displacement of each pixel.
  struct Shimmer: WarpMap {
    let air: AirField
    let ring: Ring?

    func fill(
      x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>,
      footprint: UnsafeMutablePointer<Float>
    ) {
      footprint.update(repeating: 1, count: count)
      air.fill(x: x, y: y, count: count, dx: dx, dy: dy)
      guard let ring else { return }
      let v = Float(Double(y) + 0.5 - ring.y)
      let middle = Float(ring.x - 0.5)
      // q exp(½ − q²/2) is 1 at its most, at q = 1: light bends one way on the outside and the other within.
      let inverse = 2 / ring.half
      for n in 0..<(count + 7) / 8 {
        // Whole numbers first: the sum is the same whichever lane a pixel is in.
        let u = (v8f(0, 1, 2, 3, 4, 5, 6, 7) + Float(x + 8 * n)) - middle
        let r = v8_sqrt(u * u + v * v)
        let q = (r - ring.radius) * inverse
        let bell = v8_exp2(v8_max(q * q * -0.721_347_5, v8_splat(-100)))
        // At the middle of a small ring the direction turns about: there is no displacement.
        let k = q * bell * (ring.push * 1.648_721) / v8_max(r, v8_splat(ring.half))
        v8_store(dx + 8 * n, v8_load(dx + 8 * n) * bell - u * k)
        v8_store(dy + 8 * n, v8_load(dy + 8 * n) * bell - k * v)
      }
    }
  }
}

/// A field of displacements on a lattice tied to the picture, smooth between its points (cubic B-spline).
final class AirField: Sendable {
  private let nodes: PixelRect
  private let planes: [Plane]
  /// Pixels from lattice point to lattice point, and where the first lies.
  private let unit, origin: Double

  /// Lattice points to a ripple.
  private static let fineness = 10.0

  private static func unit(_ size: Double, _ geometry: Geometry) -> Double {
    max(1, geometry.pixels(size) / fineness)
  }

  /// The lattice points that a region's pixels see.
  static func nodes(_ region: PixelRect, size: Double, _ geometry: Geometry) -> PixelRect {
    let unit = unit(size, geometry)
    func node(_ pixel: Int) -> Int { Int(((Double(pixel) - Double(geometry.bleed)) / unit).rounded(.down)) }
    return PixelRect(
      minX: node(region.minX) - 2, minY: node(region.minY) - 2, maxX: node(region.maxX + 8) + 4,
      maxY: node(region.maxY) + 4)
  }

  /// - Parameters:
  ///   - size: of a ripple, shares of the picture's height.
  ///   - speed: at which the field rises, heights of the picture in a second.
  ///   - strength: pixels of displacement where the noise is 1.
  init(_ region: PixelRect, size: Double, speed: Double, strength: Float, context: EffectContext)
    throws(OutOfMemory)
  {
    let geometry = context.geometry
    unit = AirField.unit(size, geometry)
    origin = Double(geometry.bleed)
    nodes = AirField.nodes(region, size: size, geometry)
    planes = [
      try Plane(width: nodes.width, height: nodes.height),
      try Plane(width: nodes.width, height: nodes.height),
    ]
    let looks = AirField.looks(size: size, speed: speed, moment: context.moment)
    let pixel = max(1e-9, geometry.pixels(size))
    // Ripples of hot air are wider than they are high.
    let (stepX, stepY) = (unit / pixel / 1.4, unit / pixel)
    for (index, plane) in planes.enumerated() {
      let seed = context.seed.derived("heat").derived(index).low
      context.workers.bands(rows: nodes.height, width: 16 * nodes.width) { [nodes] rows in
        let width = nodes.width
        let lines = UnsafeMutablePointer<Float>.allocate(capacity: 3 * (width + 8))
        lines.update(repeating: 0, count: 3 * (width + 8))
        defer { lines.deallocate() }
        let (x, y, values) = (lines, lines + width + 8, lines + 2 * (width + 8))
        for i in rows {
          let out = plane.row(i)
          out.update(repeating: 0, count: width)
          for look in looks {
            for n in 0..<width {
              x[n] = Float(Double(nodes.minX + n) * stepX)
              y[n] = Float(Double(nodes.minY + i) * stepY + look.rise)
            }
            let noise = CoherentNoise(form: .fbm, octaves: 2, phase: look.phase, seed: seed)
            noise.fill(values, x: x, y: y, count: width)
            let gain = look.weight * strength
            for n in 0..<width { out[n] += (values[n] - 0.5) * gain }
          }
        }
      }
    }
  }

  /// The field at a moment as a sum of risen noises.
  struct Look: Hashable {
    /// How far it has risen, ripples.
    var rise: Double
    /// Turns of the noise's slopes.
    var phase: Float
    var weight: Float
  }

  /// Turns in a second by which slopes seethe.
  private static let seething = 0.35

  static func looks(size: Double, speed: Double, moment: Moment) -> [Look] {
    let ripples = speed / max(1e-6, size)
    guard let loop = moment.loop, loop > 0 else {
      // Far beyond any film numbers would get coarse.
      let rise = (moment.time * ripples).truncatingRemainder(dividingBy: 65_536)
      let turns = (moment.time * seething).truncatingRemainder(dividingBy: 1)
      return [Look(rise: rise, phase: Float(turns), weight: 1)]
    }
    let share = max(0, min(1, moment.time / loop))
    let turns = Float((share * max(1, (loop * seething).rounded())).truncatingRemainder(dividingBy: 1))
    let whole = max(-65_536, min(65_536, loop * ripples))
    guard whole != 0 else { return [Look(rise: 0, phase: turns, weight: 1)] }
    // Faded over at equal strength, and at rest at either end.
    let t = share * share * (3 - 2 * share) * .pi / 2
    return [
      Look(rise: share * whole, phase: turns, weight: Float(cos(t))),
      Look(rise: (share - 1) * whole, phase: turns, weight: Float(sin(t))),
    ]
  }

  func fill(x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>) {
    let width = nodes.width
    let line = UnsafeMutablePointer<Float>.allocate(capacity: width)
    defer { line.deallocate() }
    let place = (Double(y) + 0.5 - origin) / unit
    let row = place.rounded(.down)
    let wy = AirField.spline(Float(place - row))
    let top = Int(row) - 1 - nodes.minY
    func kept(_ i: Int) -> Int { max(0, min(nodes.height - 1, i)) }
    for (plane, out) in [(planes[0], dx), (planes[1], dy)] {
      let (a, b) = (plane.row(kept(top)), plane.row(kept(top + 1)))
      let (c, d) = (plane.row(kept(top + 2)), plane.row(kept(top + 3)))
      for n in 0..<width { line[n] = (a[n] * wy[0] + b[n] * wy[1]) + (c[n] * wy[2] + d[n] * wy[3]) }
      let step = 1 / unit
      for n in 0..<count {
        let place = (Double(x + n) + 0.5 - origin) * step
        let column = place.rounded(.down)
        let w = AirField.spline(Float(place - column))
        let p = line + max(0, min(width - 4, Int(column) - 1 - nodes.minX))
        out[n] = (p[0] * w[0] + p[1] * w[1]) + (p[2] * w[2] + p[3] * w[3])
      }
    }
  }

  /// The weights of the points at −1, 0, 1 and 2 for the place `t`.
  @inline(__always)
  private static func spline(_ t: Float) -> SIMD4<Float> {
    let s = 1 - t
    let (t3, s3) = (t * t * t, s * s * s)
    return SIMD4(
      s3 * (1 / 6), (4 - 6 * t * t + 3 * t3) * (1 / 6), (4 - 6 * s * s + 3 * s3) * (1 / 6), t3 * (1 / 6))
  }
}
