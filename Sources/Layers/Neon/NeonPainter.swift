import Outline
import Raster

/// Paints tubes and the light around them.
struct NeonPainter: Painter {
  /// A sign without tubes.
  static let dark = NeonPainter()

  let bounds: PixelRect
  /// From back to front. Of each depth tubes of one brightness each, where there are few: a dim tube that touches a
  /// bright one must not cut into its light, as it would if only the nearest were asked for.
  private let sheets: [[SegmentField]]
  private let profiles: [TubeProfile]
  private let tubes: [Piece]
  private var glows: [Glow]
  private let reach: Float
  private let glass: SIMD4<Float>

  private struct Piece {
    let lamp: TubeLamp
    let profile: Int
    /// The share of its length that a pixel is.
    let perPixel: Float
    /// Of hot gas and of the coating.
    let gas, coat: SIMD4<Float>
    let isGlass: Bool
  }
  /// Light that tubes of one color throw.
  private struct Glow {
    var light: TubeLight
    let color: SIMD4<Float>
    /// Whether it is seen on what lies behind the tubes, and not in the air before them.
    let isBehind: Bool
  }

  // Shares of the color's intensity.
  private static let gasLevel: Float = 0.95
  private static let coatLevel: Float = 0.34
  /// The mean over a tube's width.
  private static let meanLevel: Float = 0.75
  private static let airLevel: Float = 0.045
  /// What unlit glass sends back of the light around it, beside what the air does.
  private static let albedo: Float = 1.5
  /// The same of the light that comes back from the wall.
  private static let fromWall: Float = 0.8
  /// The share of the glow that comes from behind the tubes.
  private static let hidden: Float = 0.6
  private static let maximumFields = 4
  /// Where its light on a wall has faded, in distances from the wall.
  private static let wallReach = 24.0
  /// Letters have fewer pieces; looking through all those of a vast drawing would take their square.
  private static let retraceLimit = 256

  private init() {
    bounds = PixelRect(width: 0, height: 0)
    sheets = []
    profiles = []
    tubes = []
    glows = []
    reach = 0
    glass = .zero
  }

  /// What the sign is made of, beside its tubes.
  struct Look {
    var color: LinearColor
    var borderColor: LinearColor
    /// How white hot gas is.
    var core: Double
    var glass: LinearColor
    var halo: Double
    /// In picture pixels.
    var haloReach: Double
    /// How the wall behind reflects, and its distance in em; nil without one.
    var wall: (color: LinearColor, distance: Double)?
  }

  /// - Parameters:
  ///   - lamps: one for each tube of the sign.
  ///   - toPicture: from em to picture pixels.
  init(_ sign: [Tube], _ lamps: [TubeLamp], toPicture: Affine, look: Look, region: PixelRect) throws {
    let em = toPicture.meanScale
    var parts: [Int: [Float: [FieldSegment]]] = [:]
    var bends = 0
    var lines: [Bool: [LightLine]] = [:]
    var profiles: [TubeProfile] = []
    var radii: [Double] = []
    var tubes: [Piece] = []
    var box = Rect.null
    var widest = 0.0
    func hue(_ isBorder: Bool) -> SIMD4<Float> {
      let color = isBorder ? look.borderColor : look.color
      return SIMD4(Float(color.red), Float(color.green), Float(color.blue), 0) * Float(color.alpha)
    }
    for (number, tube) in sign.enumerated() {
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
      parts[tube.depth, default: [:]][lamp.level, default: []] += FieldSegment.segments(
        fine, payload: Int32(tubes.count))
      bends += fine.points.count
      guard bends <= Neon.maximumLines else {
        throw LayerProblems(nil, "the tubes of this sign have more than \(Neon.maximumLines) bends")
      }
      for p in fine.points { box.extend(to: p) }
      let tint = hue(tube.isBorder)
      let white = SIMD4<Float>(1, 1, 1, 0) * max(tint.x, tint.y, tint.z)
      tubes.append(
        Piece(
          lamp: lamp, profile: profile, perPixel: Float(1 / max(1e-6, length)),
          gas: (tint * Float(1 - look.core) + white * Float(look.core)) * NeonPainter.gasLevel,
          coat: tint * NeonPainter.coatLevel, isGlass: tube.part == .glass))
      guard tube.part == .glass else { continue }
      widest = max(widest, radius)
      if look.halo > 0 || look.wall != nil {
        lines[tube.isBorder, default: []] += NeonPainter.lightLines(path, lamp, radius: radius)
      }
    }
    let reach = profiles.map { $0.reach }.max() ?? 0
    self.reach = reach
    sheets = parts.sorted { $0.key < $1.key }.map { _, levels in
      // Brightest first; what is too varied for fields of their own goes together.
      var fields: [[FieldSegment]] = []
      for (_, segments) in levels.sorted(by: { $0.key > $1.key }) {
        if fields.count < NeonPainter.maximumFields {
          fields.append(segments)
        } else {
          fields[fields.count - 1] += segments
        }
      }
      return fields.map { SegmentField($0, reach: Double(reach), clip: region) }
    }
    self.profiles = profiles
    self.tubes = tubes
    var glows: [Glow] = []
    var lit = box.expanded(by: Double(reach))
    for (isBorder, lines) in lines.sorted(by: { !$0.key && $1.key })
    where lines.contains(where: { $0.weight > 0 }) {
      func add(_ target: TubeLight.Target, core: Double, reach: Double, _ color: SIMD4<Float>) {
        let light = TubeLight(
          lines, on: target, core: core, reach: reach, origin: toPicture.apply(.zero), region: region)
        glows.append(Glow(light: light, color: color, isBehind: target == .wall))
        lit = lit.union(box.expanded(by: reach))
      }
      if look.halo > 0 {
        // The glow is as wide as that of the thickest tube; signs rarely mix them.
        add(
          .air, core: widest * 1.7, reach: look.haloReach,
          hue(isBorder) * (NeonPainter.airLevel * Float(look.halo)))
      }
      if let wall = look.wall {
        // Beside a long tube of radiance L and diameter d the irradiance at distance h is 2dL/h; a wall that scatters
        // evenly returns its reflectance times that over π.
        let distance = wall.distance * em
        let share = 2 * 2 * widest / (.pi * distance)
        let color = SIMD4(Float(wall.color.red), Float(wall.color.green), Float(wall.color.blue), 0)
        add(
          .wall, core: distance, reach: NeonPainter.wallReach * distance,
          hue(isBorder) * color * (NeonPainter.meanLevel * Float(share)))
      }
    }
    self.glows = glows
    bounds = PixelRect(covering: lit.minX, lit.minY, lit.maxX, lit.maxY).intersection(region)
    glass = SIMD4(Float(look.glass.red), Float(look.glass.green), Float(look.glass.blue), 0)
  }

  /// What of a tube lights the air. It is cut by the tube, not by the pixels: the same light at every size.
  private static func lightLines(_ path: Path, _ lamp: TubeLamp, radius: Double) -> [LightLine] {
    guard let rough = path.flattened(tolerance: radius * 0.2).first else { return [] }
    let pieces = FieldSegment.segments(rough)
    let total = max(1e-9, rough.length)
    var lines: [LightLine] = []
    for (index, piece) in pieces.enumerated() {
      let d = piece.to - piece.from
      let long = (d.x * d.x + d.y * d.y).squareRoot()
      let parts = max(1, Int(min(256, (long / (radius * 6)).rounded(.up))))
      for part in 0..<parts {
        let (a, b) = (Double(part) / Double(parts), Double(part + 1) / Double(parts))
        let line = LightLine(
          from: piece.from + d * a, to: piece.from + d * b,
          weight: lamp.value(at: Float((piece.arcStart + long * (a + b) / 2) / total)).x)
        if !line.retraces(pieces.prefix(min(index, retraceLimit)), radius: radius) { lines.append(line) }
      }
    }
    return lines
  }

  var memory: PainterMemory {
    PainterMemory(held: sheets.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes } })
  }

  var rasterMemory: PainterMemory {
    // The grids of one glow are made while those before it are held.
    var sum = PainterMemory.none
    for glow in glows {
      let own = glow.light.memory
      sum = PainterMemory(held: sum.held.adding(own.held), peak: max(sum.peak, sum.held.adding(own.peak)))
    }
    return sum
  }

  func withRasters(workers: Workers) throws -> any Painter {
    var painter = self
    for index in glows.indices {
      painter.glows[index].light = try glows[index].light.withGrids(workers: workers)
    }
    return painter
  }

  func paint(_ row: Row, x: Int, y: Int) {
    let n = row.count
    guard n > 0 else { return }
    row.clear()
    withUnsafeTemporaryAllocation(of: Float.self, capacity: n * 9) { scratch in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: n) { numbers in
        guard let milk = scratch.baseAddress, let number = numbers.baseAddress else { return }
        let (distance, arc) = (milk + n, milk + 2 * n)
        milk.update(repeating: 0, count: n)
        let top = TubeRow(
          color: Row(
            red: milk + 3 * n, green: milk + 4 * n, blue: milk + 5 * n, alpha: milk + 6 * n, count: n),
          milk: milk + 7 * n, rim: milk + 8 * n)
        for (depth, fields) in sheets.enumerated() {
          let out = depth == 0 ? TubeRow(color: row, milk: milk, rim: nil) : top
          if depth > 0 { top.clear() }
          var isTouched = false
          for field in fields {
            field.distances(
              y: Double(y) + 0.5, x0: Double(x) + 0.5, count: n, limit: reach, into: distance,
              payload: number,
              arcLength: arc)
            for i in 0..<n where number[i] >= 0 {
              isTouched = true
              let tube = tubes[Int(number[i])]
              let section = profiles[tube.profile].values(at: distance[i])
              let lamp = tube.lamp.value(at: arc[i] * tube.perPixel)
              out.add(
                (tube.gas * section.x + tube.coat * section.y) * lamp.x, section.z, section.w * lamp.y, at: i)
              if let rim = out.rim, tube.isGlass {
                rim[i] = max(rim[i], profiles[tube.profile].rim(at: distance[i]))
              }
            }
          }
          if depth > 0, isTouched { TubeRow(color: row, milk: milk, rim: nil).cover(with: top) }
        }
        for i in 0..<n {
          row.red[i] += glass.x * milk[i]
          row.green[i] += glass.y * milk[i]
          row.blue[i] += glass.z * milk[i]
        }
        let glow = distance
        for source in glows {
          source.light.fill(glow, x: x, y: y, count: n)
          let color = source.color
          for i in 0..<n {
            // Unlit glass scatters the light of its neighbors.
            let share =
              source.isBehind
              ? 1 - row.alpha[i] + milk[i] * NeonPainter.fromWall
              : 1 - row.alpha[i] * NeonPainter.hidden + milk[i] * NeonPainter.albedo
            row.red[i] += color.x * (glow[i] * share)
            row.green[i] += color.y * (glow[i] * share)
            row.blue[i] += color.z * (glow[i] * share)
          }
        }
      }
    }
  }
}

/// Pixels of tubes at one depth, with the share of bare glass.
private struct TubeRow {
  let color: Row
  let milk: UnsafeMutablePointer<Float>
  /// How much of what lies behind is lost beside the glass.
  let rim: UnsafeMutablePointer<Float>?

  /// The light that a rim takes away.
  private static let rimDepth: Float = 0.72

  func clear() {
    color.clear()
    milk.update(repeating: 0, count: color.count)
    rim?.update(repeating: 0, count: color.count)
  }

  /// Of tubes that touch, the brighter one is seen.
  @inline(__always)
  func add(_ light: SIMD4<Float>, _ cover: Float, _ bare: Float, at i: Int) {
    color.red[i] = max(color.red[i], light.x)
    color.green[i] = max(color.green[i], light.y)
    color.blue[i] = max(color.blue[i], light.z)
    color.alpha[i] = max(color.alpha[i], cover)
    milk[i] = max(milk[i], bare)
  }

  /// What lies before them hides them.
  func cover(with top: TubeRow) {
    for i in 0..<color.count {
      let rest = 1 - top.color.alpha[i]
      let light = rest * (1 - TubeRow.rimDepth * (top.rim?[i] ?? 0))
      color.red[i] = color.red[i] * light + top.color.red[i]
      color.green[i] = color.green[i] * light + top.color.green[i]
      color.blue[i] = color.blue[i] * light + top.color.blue[i]
      color.alpha[i] = color.alpha[i] * rest + top.color.alpha[i]
      milk[i] = milk[i] * rest + top.milk[i]
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
