import Layers
import Outline
import Raster
import Stage

/// Neon tubes before a dark panel, as a card shows them.
///
/// All lengths are in em, y downward, in the card's own measure: its top left corner is 0.
struct NeonSignPicture: CardPicture {
  /// Tubes that shine alike: a letter, or the border.
  struct Group: Sendable {
    var tubes: [Line]
    /// Light of the color's own intensity is 1.
    var color: SIMD3<Float>
    var level: Float
    /// Thickness beside that of the other tubes.
    var width: Float = 1
  }
  struct Line: Sendable {
    var points: [Point]
    var isClosed: Bool
    /// At equal steps along the tube: its light, and how much of the glass is bare.
    var light: [SIMD2<Float>]
  }

  var size: Point
  var groups: [Group]
  /// Unit of the tubes' profile, em.
  var tube: Double
  /// The sheet behind; null without one.
  var panel: Rect
  var panelCover: Float
  var glow: Float = 1
  var seed: UInt32
  /// How far a tube's glow goes, em, and how far from the card's edge it begins to fade.
  var reach = 0.4
  var fade = 0.16

  var hasSurface: Bool { panelCover > 0 && !panel.isNull }

  /// Fewest texels that a unit of the profile has while drawing: thinner tubes are drawn larger and averaged.
  private static let leastUnit = 1.0
  private static let mostTexels = 4_000_000

  func paint(_ canvas: CardCanvas) {
    let scale = Double(canvas.width) / max(1e-9, size.x)
    var factor = 1
    while factor < 4, tube * scale * Double(factor) < NeonSignPicture.leastUnit,
      canvas.width * canvas.height * (factor + 1) * (factor + 1) <= NeonSignPicture.mostTexels
    {
      factor += 1
    }
    guard factor > 1 else {
      draw(canvas)
      return
    }
    CardCanvas.withCanvas(
      width: canvas.width * factor, height: canvas.height * factor, hasSurface: hasSurface
    ) { large in
      draw(large)
      CardCanvas.average(large, into: canvas, factor: factor)
    }
  }

  private func draw(_ canvas: CardCanvas) {
    let (w, h) = (canvas.width, canvas.height)
    let toTexels = Affine.scale(Double(w) / max(1e-9, size.x), Double(h) / max(1e-9, size.y))
    let scale = toTexels.meanScale
    let reach = min(self.reach * scale, 60_000)
    let profile = NeonProfile(tube: tube * scale, reach: reach)
    drawPanel(canvas, toTexels)

    let clip = PixelRect(minX: 0, minY: 0, maxX: w, maxY: h)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: w * 2) { floats in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: w) { numbers in
        guard let distance = floats.baseAddress, let number = numbers.baseAddress else { return }
        for group in groups {
          draw(group, canvas, toTexels, clip, profile, Float(reach), distance, distance + w, number)
        }
      }
    }
    fadeEdges(canvas, scale)
  }

  private func draw(
    _ group: Group, _ canvas: CardCanvas, _ toTexels: Affine, _ clip: PixelRect, _ profile: NeonProfile,
    _ reach: Float, _ distance: UnsafeMutablePointer<Float>, _ arc: UnsafeMutablePointer<Float>,
    _ number: UnsafeMutablePointer<Int32>
  ) {
    var segments: [FieldSegment] = []
    // The tables of all tubes in one: where each begins, its last place, and places per texel.
    var table: [SIMD2<Float>] = []
    var places: [SIMD4<Float>] = []
    var box = Rect.null
    for line in group.tubes where !line.light.isEmpty {
      let drawn = Polyline(line.points.map(toTexels.apply), isClosed: line.isClosed)
      let last = Float(line.light.count - 1)
      places.append(SIMD4(Float(table.count), last, last / Float(max(1e-6, drawn.length)), 0))
      table += line.light
      segments += FieldSegment.segments(drawn, payload: Int32(places.count - 1))
      for p in drawn.points { box.extend(to: p) }
    }
    guard !box.isNull else { return }
    box = box.expanded(by: Double(reach))
    let area = PixelRect(covering: box.minX, box.minY, box.maxX, box.maxY).intersection(clip)
    guard !area.isEmpty else { return }
    let field = SegmentField(segments, reach: Double(reach), clip: area)
    let count = area.width
    let (color, level) = (group.color, group.level)
    let coreColor = (color * 0.55 + SIMD3(repeating: 0.45) * color.max()) * NeonProfile.coreLight
    let sleeveColor = color * (0.45 * NeonProfile.coreLight)
    // The air does not show which end of a tube is tired: one level for the whole glow.
    let haloColor = color * (0.55 * glow * level)
    // Milk: what an unlit tube shows of itself.
    let milkColor = (color * 0.03 + SIMD3(repeating: 0.012)) * max(0, 1 - level * 4)
    table.append(.zero)
    let perWidth = 1 / group.width
    let bodyEnd = Float(NeonProfile.glassEnd * tube * toTexels.meanScale) * group.width + 0.5
    table.withUnsafeBufferPointer { table in
      places.withUnsafeBufferPointer { places in
        for y in area.rows {
          field.distances(
            y: Double(y) + 0.5, x0: Double(area.minX) + 0.5, count: count, limit: reach, into: distance,
            payload: number, arcLength: arc)
          let start = y * canvas.width + area.minX
          let (red, green, blue, alpha) = (
            canvas.red + start, canvas.green + start, canvas.blue + start, canvas.alpha + start
          )
          for i in 0..<count where number[i] >= 0 {
            let section = profile.values(at: distance[i] * perWidth)
            let halo = haloColor * section.z
            if distance[i] > bodyEnd {
              red[i] += halo.x
              green[i] += halo.y
              blue[i] += halo.z
              continue
            }
            let place = places[Int(number[i])]
            let at = min(max(0, arc[i] * place.z), place.y)
            let whole = Int(at)
            let index = Int(place.x) + whole
            let lamp = table[index] + (table[index + 1] - table[index]) * (at - Float(whole))
            let body =
              coreColor * (section.x * lamp.x) + sleeveColor * (section.y * lamp.x)
              + milkColor * (section.w * lamp.y)
            // Glows add up; of two tubes at one place the brighter one is seen.
            let keep = 1 - section.w * 0.6
            red[i] = max(red[i] * keep, body.x) + halo.x
            green[i] = max(green[i] * keep, body.y) + halo.y
            blue[i] = max(blue[i] * keep, body.z) + halo.z
            alpha[i] = max(alpha[i], section.w)
          }
        }
      }
    }
  }

  /// A sheet of metal with a folded edge, stains running down from its bolts.
  private func drawPanel(_ canvas: CardCanvas, _ toTexels: Affine) {
    guard hasSurface, let surface = canvas.surface else { return }
    let (w, h) = (canvas.width, canvas.height)
    let (dx, dy) = (Float(size.x) / Float(w), Float(size.y) / Float(h))
    let (left, right) = (Float(panel.minX), Float(panel.maxX))
    let (top, bottom) = (Float(panel.minY), Float(panel.maxY))
    let rim: Float = 0.035
    for y in 0..<h {
      let v = (Float(y) + 0.5) * dy
      let rows = SurfaceNoise.cover(top, bottom, v, dy)
      guard rows > 0 else { continue }
      let innerRows = SurfaceNoise.cover(top + rim, bottom - rim, v, dy)
      for x in 0..<w {
        let u = (Float(x) + 0.5) * dx
        let cover = rows * SurfaceNoise.cover(left, right, u, dx)
        guard cover > 0 else { continue }
        let inner = innerRows * SurfaceNoise.cover(left + rim, right - rim, u, dx)
        let i = y * w + x
        let streak = SurfaceNoise.value(u * 9, v * 0.8, seed)
        let stain = SurfaceNoise.fbm(u * 3, v * 3, seed &+ 7, octaves: 3)
        let albedo = (0.008 + 0.025 * streak * stain) * inner + 0.05 * (1 - inner)
        canvas.alpha[i] = cover * panelCover
        surface.red[i] = albedo * cover * 1.05
        surface.green[i] = albedo * cover
        surface.blue[i] = albedo * cover * 0.98
        surface.gloss[i] = 0.06 * cover
      }
    }
  }

  /// The glow ends before the card does.
  private func fadeEdges(_ canvas: CardCanvas, _ scale: Double) {
    let (w, h) = (canvas.width, canvas.height)
    let fade = Float(max(1, self.fade * scale))
    for y in 0..<h {
      let vertical = min(Float(y) + 0.5, Float(h - y) - 0.5)
      for x in 0..<w {
        let edge = min(vertical, min(Float(x) + 0.5, Float(w - x) - 0.5))
        guard edge < fade else { continue }
        let t = edge / fade
        let k = t * t * (3 - 2 * t)
        let i = y * w + x
        canvas.red[i] *= k
        canvas.green[i] *= k
        canvas.blue[i] *= k
        canvas.alpha[i] *= min(1, k * 4)
      }
    }
  }
}
