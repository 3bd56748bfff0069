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

/// Heated air: what lies behind it shimmers, or a ring of it runs outward from a blast.
///
/// Light bends where the density of air changes: the picture is displaced by a smooth field that rises and seethes. Cells of hot
/// air are of several sizes, upright, and the small ones rise faster; they are strongest close to what heats the air. Just
/// above it the air lies in layers, which stretch what is seen through them into bands, and mirror the bright above in
/// the ground. What is finer than all that only blurs.
///
/// The field is noise on a lattice in shares of the picture's height, moved by the time: every frame stands alone. In
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
  var source: Double = 1
  var rise: Double = 0.7
  var mirage: Double = 0.4
  var blur: Double = 0.5
  /// Meters; nil if all of the picture is as far.
  var distance: Float?
  var depthOf: LayerReference?
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
    .init(
      "source", \.source, .number(-0.5...1.5),
      "Height of the hot ground, from the top: what stands on it shimmers most. Not for rings."),
    .init(
      "rise", \.rise, .length(0.02...8, suggested: 0.2...1.5),
      "How far above the ground the heat is still a third as strong."),
    .init(
      "mirage", \.mirage, .number(0...1),
      "How far layers of air right above the ground stretch and mirror what is seen through them."),
    .init("blur", \.blur, .number(0...1), "How much the finest cells blur what is seen."),
    .init(
      "distance", \.distance, Codec<Float>.meters(0.1...10_000, suggested: 5...100).optional,
      "Where a set's air has its full strength; what is nearer shimmers less, in proportion. Without it all is as far."
    ),
    .init(
      "depth-of", \.depthOf, .layer([.depth]),
      "The set whose depth counts for the distance; a preset's only set need not be named."),
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

  public var looks: [LayerLook] {
    distance == nil ? [] : [LayerLook("depth-of", depthOf, standard: .depth)]
  }

  /// Displacement by ripples at amount 1, where the noise is 1; it hardly ever is.
  private static let ripple = 0.025
  /// The ring's displacement at amount 1, shares of its thickness.
  private static let push = 0.2
  /// Deviation of the blur at amount and blur 1.
  private static let haze = 0.0026

  /// The largest displacement, pixels.
  private func farthest(_ geometry: Geometry) -> Double {
    let ripples = geometry.pixels(Heat.ripple) * 0.75
    let layers = form == .air ? mirage * geometry.pixels(Ground.farthest) : 0
    return amount * (form == .air ? ripples + layers : geometry.pixels(Heat.push * thickness) + ripples) + 1
  }

  /// What blurs the picture, if that is to be seen.
  private func softness(_ geometry: Geometry) -> GaussianBlur? {
    let sigma = geometry.pixels(Heat.haze * min(2, amount) * blur)
    guard amount > 0, sigma > 0.05 else { return nil }
    return GaussianBlur([GaussianBlur.Term(sigma: sigma)], size: max(geometry.width, geometry.height))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let softness = softness(geometry)
    let pixels = min(
      Reach.everything,
      Int(farthest(geometry).rounded(.up)) + Warp.margin(footprint: 2) + (softness?.support ?? 0))
    return Reach(x: pixels, y: pixels, alignment: softness?.alignment ?? 1)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let nodes = AirField.nodes(region, size: size, context.geometry)
    let field = AirField.planes * Plane.bytes(width: nodes.width, height: nodes.height)
    return field
      + max(Warp.scratchBytes(for: region), softness(context.geometry)?.scratchBytes(for: region) ?? 0)
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let geometry = context.geometry
    let air = try AirField(
      frame.region, size: size, speed: speed, strength: Float(amount * geometry.pixels(Heat.ripple)),
      hasLayers: form == .air && mirage > 0, context: context)
    var ring: Ring?
    if form == .ring {
      let place = geometry.point(max(-16, min(16, center.x)), max(-16, min(16, center.y)))
      ring = Ring(
        x: place.x, y: place.y, radius: Float(geometry.pixels(radius)),
        half: Float(max(0.25, geometry.pixels(thickness) / 2)),
        push: Float(amount * geometry.pixels(Heat.push * thickness)))
    }
    let ground = Ground(
      y: Double(geometry.bleed) + source * Double(geometry.trimHeight),
      rise: geometry.pixels(max(0.02, rise)),
      height: geometry.pixels(Ground.height), mirage: Float(min(1, amount) * mirage))
    var between: AirBetween?
    if let distance, let depth = context.planes["depth-of"], depth.region == frame.region {
      between = AirBetween(depth: depth, distance: distance)
    }
    let shimmer = Shimmer(air: air, ring: ring, ground: ground, between: between)
    if let softness = softness(geometry) {
      try softness.apply(to: frame.region, workers: context.workers) { y, lines in
        let row = frame.row(y)
        for (channel, plane) in [row.red, row.green, row.blue].enumerated() {
          boundedCopy(plane, to: lines.channel(channel), count: row.count, limit: 1e30)
        }
      } emit: { y, lines in
        let row = frame.row(y)
        row.mapVectors { r, g, b, _, i in
          let share = shimmer.strength(x: frame.region.minX + i, y: y)
          // Only sums of bounded light are finite.
          func mixed(_ c: v8f, _ soft: UnsafePointer<Float>) -> v8f {
            let c = v8_clamp(c, -1e30, 1e30)
            return c + (v8_load(soft + i) - c) * share
          }
          r = mixed(r, lines.channel(0))
          g = mixed(g, lines.channel(1))
          b = mixed(b, lines.channel(2))
        }
      }
    }
    try Warp(map: shimmer, surroundings: .continued).apply(to: frame, workers: context.workers)
  }

  /// What heats the air, pixels of the picture.
  struct Ground: Sendable {
    let y, rise, height: Double
    let mirage: Float

    /// How high the layers above it reach, and the largest displacement by them, shares of the picture's height.
    static let height = 0.075, farthest = 0.12

    /// How strong the heat is at a height, 1 at the ground. Before it one looks down through less of the air.
    func strength(_ y: Double) -> Double {
      let above = self.y - y
      return exp(-(above > 0 ? above / rise : -above / (0.45 * rise)))
    }

    /// How much of the layers is seen at a height, and by how much the ground mirrors there what is above it: pixels.
    func layers(_ y: Double) -> (share: Float, mirrored: Float) {
      let off = (y - self.y) / max(1, height)
      let near = exp(-4 * off * off)
      // Below the line one sees what lies as far above it, then less and less of it.
      let left = off > 0 && off < 1 ? 1 - off * off * off : 0
      let mirrored = 2 * off * left * height
      return (Float(near) * mirage, Float(mirrored) * mirage)
    }
  }

  /// How much air lies before what is seen: the farther it is, the more.
  struct AirBetween: @unchecked Sendable {
    private let depth: LayerPlane
    private let inverse: Float

    init(depth: LayerPlane, distance: Float) {
      self.depth = depth
      inverse = 1 / max(1e-3, distance)
    }

    /// The share of the full strength before eight pixels; the sky is far.
    func share(x: Int, y: Int) -> v8f {
      let meters = v8_load(depth.row(y) + (x - depth.region.minX))
      return v8_clamp(v8_select(v8_less_equal(meters, meters), meters, v8_splat(0)) * inverse, 0, 1)
    }

    /// The same of what is mirrored, which takes a flat look along the ground: nothing of what stands close by.
    static func mirrored(_ share: v8f) -> v8f {
      let t = v8_clamp((share - 0.1) * 5, 0, 1)
      return t * t * (3 - t * 2)
    }
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
    let ground: Ground
    let between: AirBetween?

    /// How hot the air is before eight pixels, 0…1.
    func strength(x: Int, y: Int) -> v8f {
      let heat = heat(x: x, y: y)
      return between.map { heat * $0.share(x: x, y: y) } ?? heat
    }

    private func heat(x: Int, y: Int) -> v8f {
      guard let ring else { return v8_splat(Float(ground.strength(Double(y) + 0.5))) }
      let v = Float(Double(y) + 0.5 - ring.y)
      let u = (v8f(0, 1, 2, 3, 4, 5, 6, 7) + Float(x)) - Float(ring.x - 0.5)
      let q = (v8_sqrt(u * u + v * v) - ring.radius) * (2 / ring.half)
      return v8_exp2(v8_max(q * q * -0.721_347_5, v8_splat(-100)))
    }

    func fill(
      x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>,
      footprint: UnsafeMutablePointer<Float>
    ) {
      if ring == nil {
        // Footprints are written last: until then their line holds what the layers do.
        air.fill(x: x, y: y, count: count, dx: dx, dy: dy, layers: footprint)
        let strength = Float(ground.strength(Double(y) + 0.5))
        let (share, mirrored) = ground.layers(Double(y) + 0.5)
        for n in stride(from: 0, to: count, by: 8) {
          let near = between?.share(x: x + n, y: y) ?? v8_splat(1)
          let flat = between == nil ? near : AirBetween.mirrored(near)
          let layer = v8_load(footprint + n)
          v8_store(dx + n, v8_load(dx + n) * (near * strength))
          let seen = v8_clamp(layer * air.inverse + 0.85, 0, 1)
          let bent = v8_load(dy + n) * (near * strength) + (layer * share - seen * mirrored) * flat
          v8_store(dy + n, bent)
        }
        footprint.update(repeating: 1, count: count)
        return
      }
      footprint.update(repeating: 1, count: count)
      air.fill(x: x, y: y, count: count, dx: dx, dy: dy, layers: nil)
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
        let near = between?.share(x: x + 8 * n, y: y) ?? v8_splat(1)
        v8_store(dx + 8 * n, (v8_load(dx + 8 * n) * bell - u * k) * near)
        v8_store(dy + 8 * n, (v8_load(dy + 8 * n) * bell - k * v) * near)
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
  /// What brings the displacement by layers to about 1.
  let inverse: Float

  /// Displacements to the right, downwards, and downwards by layers.
  static let planes = 3
  /// Lattice points to a ripple.
  private static let fineness = 10.0

  /// Cells of the field: how much wider and higher they are than a ripple, strength, and how much faster they rise.
  private struct Cells { let width, height, strength, pace: Double }
  private static let fields: [[Cells]] = [
    // Aside, by upright plumes.
    [
      Cells(width: 1, height: 2.2, strength: 0.42, pace: 1),
      Cells(width: 0.46, height: 1, strength: 0.24, pace: 1.2),
      Cells(width: 0.22, height: 0.45, strength: 0.13, pace: 1.45),
    ],
    // Up and down: more than aside, since the air changes most with height, and in flat cells.
    [
      Cells(width: 1.7, height: 1, strength: 0.58, pace: 1),
      Cells(width: 0.7, height: 0.45, strength: 0.29, pace: 1.25),
      Cells(width: 0.32, height: 0.22, strength: 0.15, pace: 1.5),
    ],
    // Layers.
    [
      Cells(width: 5, height: 0.45, strength: 0.6, pace: 0.25),
      Cells(width: 2.2, height: 0.25, strength: 0.3, pace: 0.35),
    ],
  ]

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
  init(
    _ region: PixelRect, size: Double, speed: Double, strength: Float, hasLayers: Bool, context: EffectContext
  ) throws(OutOfMemory) {
    let geometry = context.geometry
    unit = AirField.unit(size, geometry)
    origin = Double(geometry.bleed)
    nodes = AirField.nodes(region, size: size, geometry)
    inverse = strength > 0 ? 2.5 / strength : 0
    var planes: [Plane] = []
    for _ in 0..<(hasLayers ? 3 : 2) {
      planes.append(try Plane(width: nodes.width, height: nodes.height))
    }
    self.planes = planes
    let looks = AirField.looks(size: size, speed: speed, moment: context.moment)
    let pixel = max(1e-9, geometry.pixels(size))
    let step = unit / pixel
    for (index, plane) in planes.enumerated() {
      let cells = AirField.fields[index]
      let seed = context.seed.derived("heat").derived(index)
      context.workers.bands(rows: nodes.height, width: 16 * nodes.width) { [nodes] rows in
        let width = nodes.width
        let lines = UnsafeMutablePointer<Float>.allocate(capacity: 3 * (width + 8))
        lines.update(repeating: 0, count: 3 * (width + 8))
        defer { lines.deallocate() }
        let (x, y, values) = (lines, lines + width + 8, lines + 2 * (width + 8))
        for i in rows {
          let out = plane.row(i)
          out.update(repeating: 0, count: width)
          for (number, cell) in cells.enumerated() {
            for look in looks {
              for n in 0..<width {
                x[n] = Float(Double(nodes.minX + n) * step / cell.width)
                y[n] = Float((Double(nodes.minY + i) * step + look.rise * cell.pace) / cell.height)
              }
              let noise = CoherentNoise(form: .simplex, phase: look.phase, seed: seed.derived(number).low)
              noise.fill(values, x: x, y: y, count: width)
              let gain = look.weight * strength * Float(cell.strength)
              for n in 0..<width { out[n] += (values[n] - 0.5) * gain }
            }
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

  /// - Parameter layers: the displacement by layers, if there are any; else it is not written.
  func fill(
    x: Int, y: Int, count: Int, dx: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>,
    layers: UnsafeMutablePointer<Float>?
  ) {
    let width = nodes.width
    let line = UnsafeMutablePointer<Float>.allocate(capacity: width)
    defer { line.deallocate() }
    let place = (Double(y) + 0.5 - origin) / unit
    let row = place.rounded(.down)
    let wy = AirField.spline(Float(place - row))
    let top = Int(row) - 1 - nodes.minY
    func kept(_ i: Int) -> Int { max(0, min(nodes.height - 1, i)) }
    if planes.count < 3 { layers?.update(repeating: 0, count: count) }
    for (plane, out) in zip(planes, [dx, dy] + (layers.map { [$0] } ?? [])) {
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
