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
    table.withUnsafeBufferPointer { table in
      for i in 0..<row.count {
        var position = (positions[i] - start) * scale
        // Written so that a NaN becomes 0.
        position = position > 0 ? position : 0
        position = position < top ? position : top
        let index = Int(position)
        let k = position - Float(index)
        let a = table[index]
        let c = a + (table[index + 1] - a) * k
        row.red[i] = c.x
        row.green[i] = c.y
        row.blue[i] = c.z
        row.alpha[i] = c.w
      }
    }
  }
}
