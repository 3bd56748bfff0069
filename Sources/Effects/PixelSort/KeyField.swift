import CVector
import Catalog
import Raster

/// What spans are decided by: the keys of the picture's mean colors on the raster, or another layer's mean values.
struct KeyField: Sendable {
  private let key: SortKey
  private let rect: PixelRect
  private let planes: [Plane]
  /// Whether the values are those of a layer, and whether they are light.
  private let isLayer, isLight: Bool

  /// nil if spans do not depend on colors.
  init?(
    _ effect: PixelSort, lattice: Lattice, frame: Framebuffer, context: EffectContext
  ) throws(OutOfMemory) {
    guard effect.intervals != .none else { return nil }
    key = effect.key
    let cells = lattice.cells(touching: frame.region)
    rect = cells
    isLayer = effect.spans != nil || effect.intervals == .mask
    isLight = effect.spans?.channel == .luminance
    guard isLayer else {
      planes = try lattice.means(of: frame, cells: cells, workers: context.workers).planes
      return
    }
    let values = try Plane(width: cells.width, height: cells.height)
    if let layer = context.planes["spans"] {
      lattice.mean(of: layer.plane, in: layer.region, cells: cells, into: values, workers: context.workers)
    } else {
      values.fill(0, workers: context.workers)
    }
    planes = [values]
  }

  /// The coded keys of the mean colors of cells `across` the lines, one for each cell along them.
  func profile(_ across: Range<Int>, along: Range<Int>, lines: SortLines) -> [Float] {
    let gain = 1 / Float(max(1, across.count))
    guard !lines.isStraight else {
      return keys(count: along.count) { plane, sums in
        for v in across {
          if lines.isVertical {
            for (i, u) in along.enumerated() { sums[i] += plane.row(u - rect.minY)[v - rect.minX] * gain }
          } else {
            let row = plane.row(v - rect.minY) + (along.lowerBound - rect.minX)
            for i in 0..<along.count { sums[i] += row[i] * gain }
          }
        }
      }
    }
    var places = Places(rect, room: across.count * along.count)
    for v in across {
      for u in along {
        let p = lines.point(along: Double(u) + 0.5, across: Double(v) + 0.5)
        places.append(p.x, p.y)
      }
    }
    return keys(at: places, count: along.count, lines: across.count)
  }

  /// The same for a strip of rays or rings whose middle is `middle`.
  func profile(
    _ across: Range<Int>, along: Range<Int>, rays: SortRays, middle: Double, start: Double
  ) -> [Float] {
    var places = Places(rect, room: across.count * along.count)
    for v in across {
      rays.forEachPoint(along: along, across: Double(v) + 0.5, middle: middle, start: start) { x, y in
        places.append(x, y)
      }
    }
    return keys(at: places, count: along.count, lines: across.count)
  }

  /// The cells of the raster that places fall into; beyond the picture it goes on as it ends.
  private struct Places {
    private let rect: PixelRect
    private(set) var cells: [(x: Int32, y: Int32)] = []

    init(_ rect: PixelRect, room: Int) {
      self.rect = rect
      cells.reserveCapacity(room)
    }

    mutating func append(_ x: Double, _ y: Double) {
      let column = max(Double(rect.minX), min(Double(rect.maxX - 1), x.rounded(.down)))
      let row = max(Double(rect.minY), min(Double(rect.maxY - 1), y.rounded(.down)))
      cells.append((Int32(column) - Int32(rect.minX), Int32(row) - Int32(rect.minY)))
    }
  }

  private func keys(at places: Places, count: Int, lines: Int) -> [Float] {
    guard !rect.isEmpty else { return [Float](repeating: 0, count: count) }
    let gain = 1 / Float(max(1, lines))
    return keys(count: count) { plane, sums in
      for line in 0..<lines {
        for i in 0..<count {
          let place = places.cells[line * count + i]
          sums[i] += plane.row(Int(place.y))[Int(place.x)] * gain
        }
      }
    }
  }

  /// Sums each plane by `add`, takes means along the line, and codes what comes out.
  private func keys(count: Int, _ add: (Plane, inout [Float]) -> Void) -> [Float] {
    let padded = (count + 7) / 8 * 8
    let window = SpanPlan.window
    let means = planes.map { plane in
      var sums = [Float](repeating: 0, count: padded)
      add(plane, &sums)
      return (0..<padded).map { i -> Float in
        guard i < count else { return 0 }
        let near = max(0, i - window / 2)..<min(count, i + window / 2 + 1)
        return sums[near].reduce(0, +) / Float(near.count)
      }
    }
    var keys = [Float](repeating: 0, count: padded)
    func lanes(_ plane: Int, _ i: Int) -> v8f {
      means[min(plane, means.count - 1)].withUnsafeBufferPointer { $0.baseAddress.map { v8_load($0 + i) } }
        ?? v8_splat(0)
    }
    for i in stride(from: 0, to: padded, by: 8) {
      let value: v8f
      if isLayer {
        value = isLight ? v8_srgb_encode(lanes(0, i)) : lanes(0, i)
      } else {
        value = key.coded(key.value(lanes(0, i), lanes(1, i), lanes(2, i)))
      }
      for lane in 0..<8 { keys[i + lane] = value[lane] }
    }
    keys.removeLast(padded - count)
    return keys
  }
}
