import CVector

/// A ramp sampled finely enough that straight lines between the samples cannot be told from it.
///
/// 4096 intervals over the stops: for a smooth ramp the error stays below 1e-6 of the range.
public struct RampTable: Sendable {
  private static let intervals = 4096
  private let table: [SIMD4<Float>]
  private let start: Double
  private let scale: Double

  public init(_ ramp: Ramp, from: Double, to: Double) {
    let n = RampTable.intervals
    let span = max(1e-12, to - from)
    start = from
    scale = Double(n) / span
    table = (0...n + 1).map { ramp.color(at: from + span * Double(min($0, n)) / Double(n)) }
  }

  @inlinable
  public func color(at t: Float) -> SIMD4<Float> { lookUp(t) }

  @usableFromInline
  func lookUp(_ t: Float) -> SIMD4<Float> {
    let position = max(0, min(Float(RampTable.intervals), (t - Float(start)) * Float(scale)))
    let index = Int(position)
    let k = position - Float(index)
    return table[index] + (table[index + 1] - table[index]) * k
  }

  /// Colors for a run of positions.
  public func fill(_ row: Row, positions: UnsafePointer<Float>) {
    let start = Float(start)
    let scale = Float(scale)
    let top = Float(RampTable.intervals)
    table.withUnsafeBytes { bytes in
      // Four floats to a color; `init` makes one more than the highest index + 1.
      guard let table = bytes.bindMemory(to: Float.self).baseAddress else { return }
      var i = 0
      while i + 8 <= row.count {
        // Written so that a NaN becomes 0.
        let position = v8_clamp((v8_load(positions + i) - start) * scale, 0, top)
        let index = v8_to_int(position)
        v8_mix_colors(
          table, index, position - v8_to_float(index), row.red + i, row.green + i, row.blue + i, row.alpha + i
        )
        i += 8
      }
      while i < row.count {
        let position = v8_clamp(v8_splat((positions[i] - start) * scale), 0, top)[0]
        let index = Int(position)
        let k = position - Float(index)
        let p = table + 4 * index
        row.red[i] = p[0] + (p[4] - p[0]) * k
        row.green[i] = p[1] + (p[5] - p[1]) * k
        row.blue[i] = p[2] + (p[6] - p[2]) * k
        row.alpha[i] = p[3] + (p[7] - p[3]) * k
        i += 1
      }
    }
  }
}
