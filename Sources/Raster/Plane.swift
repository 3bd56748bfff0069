/// Memory could not be had for a picture of the stated size.
public struct OutOfMemory: Error, CustomStringConvertible {
  public let width, height: Int
  public var description: String { "no memory for a plane of \(width) × \(height) pixels" }
}

/// One channel of `width × height` Float32 samples in rows of `stride` floats, recycled when released.
///
/// The contents of a new plane are whatever its memory held before, unless it is asked to be cleared.
/// A plane is shared between threads only in bands of rows that do not overlap (see ``Workers``), which is
/// why it may be `Sendable` without a lock.
public final class Plane: @unchecked Sendable {
  public let width, height, stride: Int
  public let base: UnsafeMutablePointer<Float>
  private let pool: BufferPool
  private let block: BufferPool.Block

  public init(width: Int, height: Int) throws(OutOfMemory) {
    let pool = BufferPool.current
    guard let (stride, floats) = Plane.layout(width: width, height: height),
      let block = pool.obtain(floats: floats)
    else { throw OutOfMemory(width: width, height: height) }
    self.width = width
    self.height = height
    self.stride = stride
    self.pool = pool
    self.block = block
    base = block.base
  }

  deinit { pool.giveBack(block) }

  /// The bytes that a plane of this size counts for in its pool; `Int.max` where there can be none.
  public static func bytes(width: Int, height: Int) -> Int {
    layout(width: width, height: height).map { BufferPool.bytes(floats: $0.floats) } ?? .max
  }

  /// nil for sizes beyond all bounds: 2^40 samples.
  private static func layout(width: Int, height: Int) -> (stride: Int, floats: Int)? {
    // Rows start at multiples of 64 bytes, so that vectors never straddle a cache line at a row's start.
    guard width < 1 << 40 else { return nil }
    let stride = (max(1, width) + 15) / 16 * 16
    let (floats, overflow) = stride.multipliedReportingOverflow(by: max(1, height))
    return overflow || floats >= 1 << 40 ? nil : (stride, floats)
  }

  /// The first sample of row `y`.
  @inlinable @inline(__always)
  public func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + y * stride }

  public func fill(_ value: Float, workers: Workers) {
    workers.bands(rows: height, width: width) { rows in
      for y in rows { row(y).update(repeating: value, count: width) }
    }
  }
}
