#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Synchronization

/// Recycles large blocks of memory.
///
/// First touch of a poster's buffers costs more than most filters; blocks are therefore mapped on huge pages
/// and handed out again instead of being returned to the system. A recycled block is not cleared.
///
/// What is mapped never exceeds ``usage``'s peak by more than ``reserve(beside:)``: who knows the peak beforehand, as plans do
/// (``bytes(floats:)``), knows the memory.
public final class BufferPool: Sendable {
  public static let shared = BufferPool()

  /// The pool that new planes take their memory from. Planes are made by the thread that renders, never in its bands,
  /// so that a picture rendered inside of `$current.withValue` lives in a pool of its own.
  @TaskLocal package static var current = BufferPool.shared

  /// Memory that is lent.
  struct Block {
    let base: UnsafeMutablePointer<Float>
    /// What was asked for, rounded; what the use is counted by.
    let bytes: Int
    /// What is mapped: more where a larger block was recycled.
    let mapped: Int
  }

  private struct Idle { var address: UInt, bytes: Int }
  private struct State {
    var idle: [Idle] = []
    var idleBytes = 0
    var inUse = 0
    var peak = 0
    /// Bytes of blocks in use beyond those that were asked for.
    var surplus = 0
  }
  private let state = Mutex(State())

  package init() {}

  deinit { unmap(state.withLock { $0.idle }) }

  /// Bytes handed out at this moment, and the most that ever were.
  public var usage: (inUse: Int, peak: Int) { state.withLock { ($0.inUse, $0.peak) } }

  /// Bytes taken from the system at this moment.
  package var mappedBytes: Int { state.withLock { $0.inUse + $0.surplus + $0.idleBytes } }

  /// What may be mapped beyond `peak`, the most that was once in use at the same time, in bytes.
  package static func reserve(beside peak: Int) -> Int { min(largestReserve, max(32 << 20, peak / 4)) }

  private static let largestReserve = 192 << 20

  /// The bytes that a block of so many floats counts for. Few sizes, so that blocks fit again: from 2 MiB on there are
  /// four or five to a doubling. What is never touched costs nothing.
  package static func bytes(floats: Int) -> Int {
    let page = 2 << 20
    let wanted = max(64, floats) * MemoryLayout<Float>.stride
    let step = wanted >= page ? max(page, 1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount - 2)) : 4096
    return (wanted + step - 1) / step * step
  }

  /// nil if the system has no memory left.
  func obtain(floats: Int) -> Block? {
    let bytes = BufferPool.bytes(floats: floats)
    let recycled: Idle? = state.withLock { state in
      state.inUse += bytes
      state.peak = max(state.peak, state.inUse)
      // The smallest idle block that is large enough; a very large one is kept for what needs it. What blocks in use
      // are too large by counts as idle.
      var best: Int?
      for (index, block) in state.idle.enumerated()
      where block.bytes >= bytes && block.bytes <= max(2 * bytes, BufferPool.largestReserve)
        && state.surplus + block.bytes - bytes <= BufferPool.reserve(beside: state.peak)
      {
        if best.map({ state.idle[$0].bytes > block.bytes }) ?? true { best = index }
      }
      guard let best else { return nil }
      let block = state.idle.remove(at: best)
      state.idleBytes -= block.bytes
      state.surplus += block.bytes - bytes
      return block
    }
    if let recycled, let base = UnsafeMutablePointer<Float>(bitPattern: recycled.address) {
      return Block(base: base, bytes: bytes, mapped: recycled.bytes)
    }
    unmap(superfluous())
    guard
      let raw = map(bytes)
        ?? {
          trim(); return map(bytes)
        }()
    else {
      state.withLock { $0.inUse -= bytes }
      return nil
    }
    let floats = bytes / MemoryLayout<Float>.stride
    return Block(base: raw.bindMemory(to: Float.self, capacity: floats), bytes: bytes, mapped: bytes)
  }

  func giveBack(_ block: Block) {
    state.withLock { state in
      state.inUse -= block.bytes
      state.surplus -= block.mapped - block.bytes
      state.idle.append(Idle(address: UInt(bitPattern: block.base), bytes: block.mapped))
      state.idleBytes += block.mapped
    }
  }

  /// Returns all idle blocks to the system, and counts the peak anew.
  public func trim() {
    unmap(
      state.withLock { state in
        defer { (state.idle, state.idleBytes) = ([], 0) }
        state.peak = state.inUse
        return state.idle
      })
  }

  /// Takes out idle blocks, those unused the longest first, until what is mapped is little more than what was once
  /// in use at the same time: the pool must not take more than a plan said it would need.
  private func superfluous() -> [Idle] {
    state.withLock { state in
      var taken: [Idle] = []
      while let block = state.idle.first,
        state.inUse + state.surplus + state.idleBytes > state.peak + BufferPool.reserve(beside: state.peak)
      {
        state.idleBytes -= block.bytes
        taken.append(block)
        state.idle.removeFirst()
      }
      return taken
    }
  }

  private func unmap(_ blocks: [Idle]) {
    for block in blocks { munmap(UnsafeMutableRawPointer(bitPattern: block.address), block.bytes) }
  }

  private func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let raw = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let raw, raw != MAP_FAILED else { return nil }
    #if os(Linux)
      if bytes >= 2 << 20 { madvise(raw, bytes, 14 /* MADV_HUGEPAGE */) }
    #endif
    return raw
  }
}
