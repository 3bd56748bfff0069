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
  private let bytes: Int

  public init(width: Int, height: Int) throws(OutOfMemory) {
    // Rows start at multiples of 64 bytes, so that vectors never straddle a cache line at a row's start.
    let stride = (max(1, width) + 15) / 16 * 16
    let (floats, overflow) = stride.multipliedReportingOverflow(by: max(1, height))
    guard !overflow, floats < 1 << 40, let (base, bytes) = BufferPool.shared.obtain(floats: floats) else {
      throw OutOfMemory(width: width, height: height)
    }
    self.width = width
    self.height = height
    self.stride = stride
    self.base = base
    self.bytes = bytes
  }

  deinit { BufferPool.shared.giveBack(base, bytes: bytes) }

  /// The first sample of row `y`.
  @inlinable @inline(__always)
  public func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + y * stride }

  public func fill(_ value: Float, workers: Workers) {
    workers.bands(rows: height, width: width) { rows in
      for y in rows { row(y).update(repeating: value, count: width) }
    }
  }
}
