import Catalog
import Outline
import Raster

/// A coat with holes: less by what a shape covers.
struct CutCoat: Painter {
  private var coat: any Painter
  private let hole: CoverageMask

  init(_ coat: any Painter, hole: CoverageMask) {
    self.coat = coat
    self.hole = hole
  }

  var bounds: PixelRect { coat.bounds }
  var memory: PainterMemory { coat.memory.then(PainterMemory(held: hole.bytes)) }
  var rasterMemory: PainterMemory { coat.rasterMemory }

  func withRasters(workers: Workers) throws -> any Painter {
    guard rasterMemory != .none else { return self }
    var cut = self
    cut.coat = try coat.withRasters(workers: workers)
    return cut
  }

  func extent(ofRow y: Int) -> Range<Int>? { coat.extent(ofRow: y) }

  func paint(_ row: Row, x: Int, y: Int) {
    coat.paint(row, x: x, y: y)
    for span in hole.spans(row: y, columns: x..<x + row.count) {
      let part = row.dropping(span.columns.lowerBound - x, count: span.columns.count)
      guard !span.isSolid else {
        part.clear()
        continue
      }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: part.count) { scratch in
        guard let coverage = scratch.baseAddress else { return }
        hole.cover(row: y, columns: span.columns, into: coverage)
        for plane in [part.red, part.green, part.blue, part.alpha] {
          for i in 0..<part.count { plane[i] *= 1 - coverage[i] }
        }
      }
    }
  }
}

/// A coat that is fainter than it was made.
struct FadedCoat: Painter {
  private var coat: any Painter
  private let level: Float

  init(_ coat: any Painter, level: Double) {
    self.coat = coat
    self.level = Float(level)
  }

  var bounds: PixelRect { coat.bounds }
  var memory: PainterMemory { coat.memory }
  var rasterMemory: PainterMemory { coat.rasterMemory }

  func withRasters(workers: Workers) throws -> any Painter {
    guard rasterMemory != .none else { return self }
    var faded = self
    faded.coat = try coat.withRasters(workers: workers)
    return faded
  }

  func extent(ofRow y: Int) -> Range<Int>? { coat.extent(ofRow: y) }

  func paint(_ row: Row, x: Int, y: Int) {
    coat.paint(row, x: x, y: y)
    for plane in [row.red, row.green, row.blue, row.alpha] {
      for i in 0..<row.count { plane[i] *= level }
    }
  }
}

/// A coat whose red and blue parts were printed beside their places.
///
/// Each part is the coat drawn in its own place. Where only one part lies there is only its color, on a body: on
/// dark ground it shines, on paper it is ink.
struct MisprintCoat: Painter {
  /// The red, the green and the blue one; they differ in place only.
  private var parts: [any Painter]

  init(red: any Painter, green: any Painter, blue: any Painter) { parts = [red, green, blue] }

  var bounds: PixelRect { parts.reduce(PixelRect(width: 0, height: 0)) { $0.union($1.bounds) } }
  var memory: PainterMemory { parts.reduce(.none) { $0.then($1.memory) } }
  var rasterMemory: PainterMemory { parts.reduce(.none) { $0.then($1.rasterMemory) } }

  func withRasters(workers: Workers) throws -> any Painter {
    guard rasterMemory != .none else { return self }
    var coat = self
    coat.parts = try parts.map { try $0.withRasters(workers: workers) }
    return coat
  }

  func paint(_ row: Row, x: Int, y: Int) {
    row.clear()
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count * 4) { scratch in
      guard let base = scratch.baseAddress else { return }
      for (channel, part) in parts.enumerated() {
        guard let columns = part.extent(ofRow: y)?.clamped(to: x..<x + row.count), !columns.isEmpty else {
          continue
        }
        let n = columns.count
        let own = Row(red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n)
        part.paint(own, x: columns.lowerBound, y: y)
        let target = row.dropping(columns.lowerBound - x, count: n)
        let (from, to) =
          switch channel {
          case 0: (own.red, target.red)
          case 1: (own.green, target.green)
          default: (own.blue, target.blue)
          }
        to.update(from: from, count: n)
        for i in 0..<n { target.alpha[i] = max(target.alpha[i], own.alpha[i]) }
      }
    }
  }
}
