import Outline
import Raster

/// Paints tubes and the light around them.
struct NeonPainter: Painter {
  /// A sign without tubes.
  static let dark = NeonPainter()

  let bounds: PixelRect
  /// Tubes of one brightness each, where there are few: a dim tube that touches a bright one must not cut into
  /// its light, as it would if only the nearest were asked for.
  private let fields: [SegmentField]
  private let profiles: [TubeProfile]
  /// Of each tube: its lamp, its profile, and the share of its length that a pixel is.
  private let tubes: [(lamp: TubeLamp, profile: Int, perPixel: Float)]
  private var light: TubeLight?
  private let reach: Float
  /// Of hot gas, of the coating, of the air.
  private let gas, coat, air: SIMD4<Float>
  private let glass: SIMD4<Float>

  // Shares of the color's intensity.
  private static let gasLevel: Float = 0.95
  private static let coatLevel: Float = 0.34
  private static let airLevel: Float = 0.045
  /// What unlit glass sends back of the light around it, beside what the air does.
  private static let albedo: Float = 1.5
  /// The share of the glow that comes from behind the tubes.
  private static let hidden: Float = 0.6
  private static let maximumFields = 4
  /// Letters have fewer pieces; looking through all those of a vast drawing would take their square.
  private static let retraceLimit = 256

  private init() {
    bounds = PixelRect(width: 0, height: 0)
    fields = []
    profiles = []
    tubes = []
    light = nil
    reach = 0
    gas = .zero
    coat = .zero
    air = .zero
    glass = .zero
  }

  /// - Parameters:
  ///   - lamps: one for each tube of the sign.
  ///   - toPicture: from em to picture pixels.
  ///   - haloReach: in picture pixels.
  init(
    _ sign: TubeSign, _ lamps: [TubeLamp], toPicture: Affine, color: LinearColor, core: Double,
    glass: LinearColor, halo: Double, haloReach: Double, region: PixelRect
  ) throws {
    let em = toPicture.meanScale
    // Brightest first; what is too varied for fields of their own goes together.
    let levels = Array(Set(lamps.map { $0.level }).sorted(by: >).prefix(NeonPainter.maximumFields))
    var segments = [[FieldSegment]](repeating: [], count: max(1, levels.count))
    var bends = 0
    var lines: [LightLine] = []
    var profiles: [TubeProfile] = []
    var radii: [Double] = []
    var tubes: [(lamp: TubeLamp, profile: Int, perPixel: Float)] = []
    var box = Rect.null
    for (number, tube) in sign.tubes.enumerated() {
      let radius = tube.diameter / 2 * em
      let profile = radii.firstIndex(of: radius) ?? radii.count
      if profile == radii.count {
        radii.append(radius)
        profiles.append(TubeProfile(radius: radius))
      }
      let path = tube.path.transformed(by: toPicture)
      // Below a fiftieth of a pixel, and of the tube, no facet is seen.
      guard let fine = path.flattened(tolerance: max(0.02, min(0.05, radius * 0.02))).first else { continue }
      let length = fine.length
      let lamp = lamps[number]
      segments[levels.firstIndex(of: lamp.level) ?? levels.count - 1] += FieldSegment.segments(
        fine, payload: Int32(tubes.count))
      bends += fine.points.count
      guard bends <= Neon.maximumLines else {
        throw LayerProblems(nil, "the tubes of this sign have more than \(Neon.maximumLines) bends")
      }
      for p in fine.points { box.extend(to: p) }
      tubes.append((lamp, profile, Float(1 / max(1e-6, length))))
      guard halo > 0, let rough = path.flattened(tolerance: radius * 0.2).first else { continue }
      // What lights the air is cut by the tube, not by the pixels: the same light at every size.
      let pieces = FieldSegment.segments(rough)
      let total = max(1e-9, rough.length)
      for (index, piece) in pieces.enumerated() {
        let d = piece.to - piece.from
        let long = (d.x * d.x + d.y * d.y).squareRoot()
        let parts = max(1, Int(min(256, (long / (radius * 6)).rounded(.up))))
        for part in 0..<parts {
          let (a, b) = (Double(part) / Double(parts), Double(part + 1) / Double(parts))
          let line = LightLine(
            from: piece.from + d * a, to: piece.from + d * b,
            weight: lamp.value(at: Float((piece.arcStart + long * (a + b) / 2) / total)).x)
          if !line.retraces(pieces.prefix(min(index, NeonPainter.retraceLimit)), radius: radius) {
            lines.append(line)
          }
        }
      }
    }
    let widest = radii.max() ?? 0
    let reach = profiles.map { $0.reach }.max() ?? 0
    self.reach = reach
    fields = segments.map { SegmentField($0, reach: Double(reach), clip: region) }
    self.profiles = profiles
    self.tubes = tubes
    // The glow is as wide as that of the thickest tube; signs rarely mix them.
    light =
      lines.isEmpty
      ? nil
      : TubeLight(
        lines, core: widest * 1.7, reach: haloReach, origin: toPicture.apply(.zero), region: region)
    let lit = box.expanded(by: max(Double(reach), lines.contains { $0.weight > 0 } ? haloReach : 0))
    bounds = PixelRect(covering: lit.minX, lit.minY, lit.maxX, lit.maxY).intersection(region)

    let tint = SIMD4(Float(color.red), Float(color.green), Float(color.blue), 0) * Float(color.alpha)
    let white = SIMD4<Float>(1, 1, 1, 0) * max(tint.x, tint.y, tint.z)
    gas = (tint * Float(1 - core) + white * Float(core)) * NeonPainter.gasLevel
    coat = tint * NeonPainter.coatLevel
    air = tint * (NeonPainter.airLevel * Float(halo))
    self.glass = SIMD4(Float(glass.red), Float(glass.green), Float(glass.blue), 0)
  }

  var memory: PainterMemory { PainterMemory(held: fields.reduce(0) { $0 + $1.bytes }) }

  var rasterMemory: PainterMemory { light?.memory ?? .none }

  func withRasters(workers: Workers) throws -> any Painter {
    var painter = self
    painter.light = try light?.withGrids(workers: workers)
    return painter
  }

  func paint(_ row: Row, x: Int, y: Int) {
    let n = row.count
    guard n > 0 else { return }
    row.clear()
    withUnsafeTemporaryAllocation(of: Float.self, capacity: n * 4) { scratch in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: n) { numbers in
        guard let glow = scratch.baseAddress, let number = numbers.baseAddress else { return }
        let (distance, arc, milk) = (glow + n, glow + 2 * n, glow + 3 * n)
        if let light {
          light.fill(glow, x: x, y: y, count: n)
        } else {
          glow.update(repeating: 0, count: n)
        }
        milk.update(repeating: 0, count: n)
        for field in fields {
          field.distances(
            y: Double(y) + 0.5, x0: Double(x) + 0.5, count: n, limit: reach, into: distance, payload: number,
            arcLength: arc)
          for i in 0..<n where number[i] >= 0 {
            let tube = tubes[Int(number[i])]
            let section = profiles[tube.profile].values(at: distance[i])
            let lamp = tube.lamp.value(at: arc[i] * tube.perPixel)
            let color = (gas * section.x + coat * section.y) * lamp.x
            row.red[i] = max(row.red[i], color.x)
            row.green[i] = max(row.green[i], color.y)
            row.blue[i] = max(row.blue[i], color.z)
            row.alpha[i] = max(row.alpha[i], section.z)
            milk[i] = max(milk[i], section.w * lamp.y)
          }
        }
        for i in 0..<n {
          // Unlit glass scatters the light of its neighbors.
          let air = air * (glow[i] * (1 - row.alpha[i] * NeonPainter.hidden + milk[i] * NeonPainter.albedo))
          row.red[i] += air.x + glass.x * milk[i]
          row.green[i] += air.y + glass.y * milk[i]
          row.blue[i] += air.z + glass.z * milk[i]
        }
      }
    }
  }
}

extension LightLine {
  /// Whether it runs back along a piece of the same tube: pens retrace their way, glass does not shine twice.
  fileprivate func retraces(_ pieces: ArraySlice<FieldSegment>, radius: Double) -> Bool {
    let middle = (from + to) * 0.5
    let d = to - from
    let near = min(radius * 0.1, (d.x * d.x + d.y * d.y).squareRoot() * 0.25)
    return pieces.contains { piece in
      let e = piece.to - piece.from
      let size = e.x * e.x + e.y * e.y
      guard size > 0 else { return false }
      let m = middle - piece.from
      let t = max(0, min(1, (m.x * e.x + m.y * e.y) / size))
      let off = m - e * t
      return off.x * off.x + off.y * off.y < near * near
    }
  }
}
