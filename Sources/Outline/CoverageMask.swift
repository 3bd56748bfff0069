import Raster

/// How much of each pixel a filled path covers: exact areas, 0…1.
///
/// Made once from a path in pixel coordinates (pixel `i` spans `i ..< i + 1`); afterwards any thread may ask
/// for any part of any row. Rows are kept as runs of partly covered pixels and of wholly covered ones, so
/// empty parts cost nothing and wide solid parts next to nothing. Memory grows with the outline's length in
/// pixels, not with its area.
///
/// Both rules are applied to winding numbers, not to summed areas: contours that overlap or cross within a
/// pixel give the area of their union (or of their parity), whatever their directions. Where more than 64
/// lines meet in one chain of a row's pixels, they are sampled at 16 heights instead; beyond 512, their areas
/// are summed and clamped.
///
/// Values do not depend on `clip`, on the columns asked for, or on the number of threads.
package struct CoverageMask: Sendable {
  /// Where the mask has values; outside, coverage reads as 0.
  package let clip: PixelRect
  /// The smallest rectangle that holds all covered pixels.
  package let bounds: PixelRect

  private let bands: [CoverageBand]
  private let firstRow: Int

  /// Rows in a band, the unit of parallel preparation. No value depends on it.
  private static let bandHeight = 64
  /// Pictures wider or higher than this are cut off: 2^20 pixels.
  private static let extentLimit = 1 << 20

  /// - Parameters:
  ///   - path: in pixels. Open contours are closed. A path that is not finite covers nothing; coordinates
  ///     beyond ±2^30 are clamped.
  ///   - tolerance: the largest distance of curve and line, in pixels.
  ///   - workers: threads to prepare with. Give one thread where this already runs in a job of `Workers`.
  package init(
    path: Path, rule: FillRule = .nonZero, clip: PixelRect, tolerance: Double = 0.05,
    workers: Workers = Workers(count: 1)
  ) {
    self.clip = clip
    let limit = Self.extentLimit
    // Also keeps row and column numbers well within 32 bits.
    let far = 1 << 29
    let near = clip.intersection(PixelRect(minX: -far, minY: -far, maxX: far, maxY: far))
    let edges = CoverageEdges(path, rows: near.rows, tolerance: tolerance)
    let box = edges.bounds
    var area = near.intersection(PixelRect(covering: box.minX, box.minY, box.maxX, box.maxY))
    area.maxX = min(area.maxX, area.minX + limit)
    area.maxY = min(area.maxY, area.minY + limit)
    firstRow = area.minY
    guard !area.isEmpty else {
      bands = []
      bounds = PixelRect(width: 0, height: 0)
      return
    }

    let height = Self.bandHeight
    let count = (area.height + height - 1) / height
    let region = area
    var prepared = [CoverageBand](repeating: CoverageBand(), count: count)
    prepared.withUnsafeMutableBufferPointer { buffer in
      // Each job writes its own element only.
      nonisolated(unsafe) let slots = buffer
      workers.each(count) { band in
        let top = region.minY + band * height
        var scanner = CoverageScanner(rule: rule, columns: region.columns)
        slots[band] = scanner.scan(edges, rows: top..<min(top + height, region.maxY))
      }
    }
    bands = prepared

    var covered = PixelRect(width: 0, height: 0)
    for y in area.rows {
      let band = prepared[(y - area.minY) / height]
      guard let columns = band.extent((y - area.minY) % height) else { continue }
      covered = covered.union(
        PixelRect(minX: columns.lowerBound, minY: y, maxX: columns.upperBound, maxY: y + 1))
    }
    bounds = covered
  }

  /// Bytes that the runs and their values take.
  package var bytes: Int { bands.reduce(0) { $0 + $1.bytes } }

  /// Whether nothing is covered.
  package var isEmpty: Bool { bounds.isEmpty }

  /// The columns from the first covered pixel of a row to the last; nil if there is none.
  package func extent(row y: Int) -> Range<Int>? {
    guard let (band, row) = place(y) else { return nil }
    return bands[band].extent(row)
  }

  /// The covered runs of a row within `columns`, from left to right.
  package func spans(row y: Int, columns: Range<Int>) -> [CoverageSpan] {
    guard let (band, row) = place(y) else { return [] }
    let runs = bands[band].runs(row)
    var spans: [CoverageSpan] = []
    for run in runs.dropFirst(firstRun(runs, endingAfter: columns.lowerBound)) {
      guard Int(run.start) < columns.upperBound else { break }
      let part = max(columns.lowerBound, Int(run.start))..<min(columns.upperBound, Int(run.end))
      spans.append(CoverageSpan(columns: part, isSolid: run.isSolid))
    }
    return spans
  }

  /// Writes the coverage of each pixel of `columns` in row `y`, 0…1; `target` has room for as many floats.
  package func cover(row y: Int, columns: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    guard !columns.isEmpty else { return }
    guard let (band, row) = place(y) else {
      target.update(repeating: 0, count: columns.count)
      return
    }
    bands[band].values.withUnsafeBufferPointer { values in
      let runs = bands[band].runs(row)
      var position = columns.lowerBound
      for run in runs.dropFirst(firstRun(runs, endingAfter: position)) {
        let start = max(position, Int(run.start))
        let end = min(columns.upperBound, Int(run.end))
        guard start < end else { break }
        (target + (position - columns.lowerBound)).update(repeating: 0, count: start - position)
        let to = target + (start - columns.lowerBound)
        if run.isSolid {
          to.update(repeating: 1, count: end - start)
        } else if let from = values.baseAddress {
          to.update(from: from + Int(run.offset) + (start - Int(run.start)), count: end - start)
        }
        position = end
      }
      (target + (position - columns.lowerBound)).update(repeating: 0, count: columns.upperBound - position)
    }
  }

  private func place(_ y: Int) -> (band: Int, row: Int)? {
    guard bounds.rows.contains(y) else { return nil }
    return ((y - firstRow) / Self.bandHeight, (y - firstRow) % Self.bandHeight)
  }

  private func firstRun(_ runs: ArraySlice<CoverageRun>, endingAfter column: Int) -> Int {
    var low = runs.startIndex
    var high = runs.endIndex
    while low < high {
      let middle = (low + high) / 2
      if Int(runs[middle].end) <= column { low = middle + 1 } else { high = middle }
    }
    return low - runs.startIndex
  }
}

/// A run of pixels that a path covers wholly (`isSolid`) or partly.
package struct CoverageSpan: Hashable, Sendable {
  package let columns: Range<Int>
  package let isSolid: Bool
}
