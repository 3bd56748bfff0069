/// Neighboring pixels of one row with coverage above 0.
struct CoverageRun {
  var start, end: Int32
  /// Where their values lie; negative if all are 1.
  var offset: Int32
  var isSolid: Bool { offset < 0 }
}

/// The covered pixels of some rows.
struct CoverageBand {
  private(set) var runs: [CoverageRun] = []
  private(set) var values: [Float] = []
  /// Where each row's runs start; one more than there are rows.
  private var rowStarts: [Int32] = [0]

  /// Solid runs no longer than this are kept as values: shorter than another run's record.
  private static let shortRun: Int32 = 8

  var bytes: Int {
    runs.capacity * MemoryLayout<CoverageRun>.stride + values.capacity * MemoryLayout<Float>.stride
      + rowStarts.capacity * MemoryLayout<Int32>.stride
  }

  func runs(_ row: Int) -> ArraySlice<CoverageRun> {
    guard row + 1 < rowStarts.count else { return [] }
    return runs[Int(rowStarts[row])..<Int(rowStarts[row + 1])]
  }

  func extent(_ row: Int) -> Range<Int>? {
    let runs = runs(row)
    guard let first = runs.first, let last = runs.last else { return nil }
    return Int(first.start)..<Int(last.end)
  }

  // MARK: Writing, row by row, from left to right

  mutating func endRow() { rowStarts.append(Int32(runs.count)) }

  mutating func append(_ value: Float, column: Int32) {
    guard value > 0 else { return }
    if value == 1 {
      appendSolid(column, column + 1)
      return
    }
    if let last = lastRunOfRow, !runs[last].isSolid, runs[last].end == column {
      runs[last].end += 1
    } else {
      runs.append(CoverageRun(start: column, end: column + 1, offset: Int32(values.count)))
    }
    values.append(value)
  }

  mutating func appendSolid(_ start: Int32, _ end: Int32) {
    guard start < end else { return }
    if let last = lastRunOfRow, runs[last].end == start {
      if runs[last].isSolid {
        runs[last].end = end
        return
      }
      if end - start <= Self.shortRun {
        runs[last].end = end
        values.append(contentsOf: repeatElement(1, count: Int(end - start)))
        return
      }
    }
    runs.append(CoverageRun(start: start, end: end, offset: -1))
  }

  private var lastRunOfRow: Int? {
    runs.count > Int(rowStarts[rowStarts.count - 1]) ? runs.count - 1 : nil
  }
}
