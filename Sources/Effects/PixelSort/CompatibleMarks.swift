import CVector
import Catalog
import Raster

/// Where intervals begin that are not found along a line alone.
enum CompatibleMarks {
  static func areNeeded(by effect: PixelSort) -> Bool {
    effect.intervals == .edges || effect.intervals == .mask
      || effect.spans != nil && effect.intervals == .threshold
  }

  static func bytes(for effect: PixelSort, region: PixelRect) -> Int {
    areNeeded(by: effect) ? Plane.bytes(width: region.width, height: region.height) : 0
  }

  /// A plane with 0 where an interval may begin, 1 elsewhere.
  static func plane(
    for effect: PixelSort, frame: Framebuffer, context: EffectContext
  ) throws(OutOfMemory) -> Plane? {
    guard areNeeded(by: effect) else { return nil }
    let region = frame.region
    let marks = try Plane(width: region.width, height: region.height)
    let bounds = CompatibleSettings.Bounds(effect)
    let layer = context.planes["spans"]
    let isLight = effect.spans?.channel == .luminance
    let source = Source(frame: frame, layer: layer, isLight: isLight)
    let whole = context.geometry.bounds
    let isLayer = effect.spans != nil || effect.intervals == .mask
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let pitch = SpanSorter.pitch(length: region.width)
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 9 * pitch)
      memory.initialize(repeating: 0, count: 9 * pitch)
      defer { memory.deallocate() }
      func codes(_ y: Int, _ channel: Int) -> UnsafeMutablePointer<Int32> {
        memory + ((y - region.minY) % 3 * 3 + channel) * pitch
      }
      func load(_ y: Int) {
        guard region.rows.contains(y) else { return }
        if isLayer {
          source.encodeLayer(row: y, into: codes(y, 0), count: region.width)
        } else {
          source.encode(row: y, into: codes(y, 0), codes(y, 1), codes(y, 2))
        }
      }
      let channels = isLayer ? 1 : 3
      let needsNeighbors = effect.intervals == .edges
      if needsNeighbors, let first = rows.first {
        load(region.minY + first - 1)
        load(region.minY + first)
      }
      for i in rows {
        let y = region.minY + i
        load(needsNeighbors ? y + 1 : y)
        let out = marks.row(i)
        for x in 0..<region.width {
          switch effect.intervals {
          case .mask: out[x] = codes(y, 0)[x] >= 128 ? 1 : 0
          case .threshold: out[x] = bounds.contains(2 * codes(y, 0)[x]) ? 1 : 0
          default:
            // A border of the picture has no neighbors; one of the frame is never looked at where it counts.
            let isBorder =
              x + region.minX == whole.minX || x + region.minX == whole.maxX - 1 || y == whole.minY
              || y == whole.maxY - 1 || x == 0 || x == region.width - 1 || i == 0 || i == region.height - 1
            var (low, high) = (Int32(255), Int32(0))
            for channel in 0..<channels {
              var value = codes(y, channel)[x]
              if isLayer { value = value >= 128 ? 255 : 0 }
              if !isBorder {
                var sum: Int32 = 0
                for row in y - 1...y + 1 {
                  let line = codes(row, channel)
                  for dx in x - 1...x + 1 { sum += isLayer ? (line[dx] >= 128 ? 255 : 0) : line[dx] }
                }
                value = max(0, min(255, 9 * value - sum))
              }
              if isLayer, value > 0 { value = 255 }
              (low, high) = (min(low, value), max(high, value))
            }
            out[x] = low + high < bounds.low ? 1 : 0
          }
        }
      }
    }
    return marks
  }

  /// Rows as 8-bit codes.
  private struct Source: Sendable {
    let frame: Framebuffer
    let layer: LayerPlane?
    let isLight: Bool

    func encode(
      row y: Int, into red: UnsafeMutablePointer<Int32>, _ green: UnsafeMutablePointer<Int32>,
      _ blue: UnsafeMutablePointer<Int32>
    ) {
      let row = frame.row(y)
      let code = EightBitCode()
      let isOpaque = row.isOpaque()
      for v in 0..<(row.count + 7) / 8 {
        let i = 8 * v
        var (r, g, b) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
        if !isOpaque { (r, g, b) = CompatibleSorter.uncovered(r, g, b, v8_load(row.alpha + i)) }
        CompatibleSorter.store(code(r), red + i)
        CompatibleSorter.store(code(g), green + i)
        CompatibleSorter.store(code(b), blue + i)
      }
    }

    func encodeLayer(row y: Int, into codes: UnsafeMutablePointer<Int32>, count: Int) {
      guard let layer, layer.region.rows.contains(y) else { return }
      let row = layer.row(y)
      for x in 0..<count {
        let value = isLight ? v8_srgb_encode(v8_splat(row[x]))[0] : row[x]
        codes[x] = value >= 1 ? 255 : value > 0 ? Int32(value * 255 + 0.5) : 0
      }
    }
  }
}
