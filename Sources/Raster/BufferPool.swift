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
public final class BufferPool: Sendable {
  public static let shared = BufferPool()

  private struct Block { var address: UInt, bytes: Int }
  private struct State {
    var idle: [Block] = []
    var inUse = 0
    var peak = 0
  }
  private let state = Mutex(State())

  /// Bytes handed out at this moment, and the most that ever were.
  public var usage: (inUse: Int, peak: Int) { state.withLock { ($0.inUse, $0.peak) } }

  func obtain(floats: Int) -> (base: UnsafeMutablePointer<Float>, bytes: Int)? {
    let page = 2 << 20
    let wanted = max(64, floats) * MemoryLayout<Float>.stride
    // Few sizes, so that blocks fit again; what is never touched costs nothing.
    let step = wanted >= page ? max(page, 1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount - 2)) : 4096
    let bytes = (wanted + step - 1) / step * step
    let recycled: Block? = state.withLock { state in
      state.inUse += bytes
      state.peak = max(state.peak, state.inUse)
      // The smallest idle block that is large enough; a very large one is kept for what needs it.
      var best: Int?
      for (index, block) in state.idle.enumerated()
      where block.bytes >= bytes && block.bytes <= max(2 * bytes, BufferPool.reserve) {
        if best.map({ state.idle[$0].bytes > block.bytes }) ?? true { best = index }
      }
      guard let best else { return nil }
      let block = state.idle.remove(at: best)
      state.inUse += block.bytes - bytes
      return block
    }
    if let recycled, let base = UnsafeMutablePointer<Float>(bitPattern: recycled.address) {
      return (base, recycled.bytes)
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
    return (raw.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride), bytes)
  }

  func giveBack(_ base: UnsafeMutablePointer<Float>, bytes: Int) {
    state.withLock { state in
      state.inUse -= bytes
      state.idle.append(Block(address: UInt(bitPattern: base), bytes: bytes))
    }
  }

  /// Returns all idle blocks to the system, and counts the peak anew.
  public func trim() {
    unmap(
      state.withLock { state in
        defer { state.idle = [] }
        state.peak = state.inUse
        return state.idle
      })
  }

  /// What may lie idle beyond what was once in use at the same time, in bytes.
  private static let reserve = 192 << 20

  /// Takes out idle blocks, those unused the longest first, until what is mapped is little more than what was once
  /// in use at the same time: the pool must not take more than a plan said it would need.
  private func superfluous() -> [Block] {
    state.withLock { state in
      var idle = state.idle.reduce(0) { $0 + $1.bytes }
      var taken: [Block] = []
      while let block = state.idle.first, state.inUse + idle > state.peak + BufferPool.reserve {
        idle -= block.bytes
        taken.append(block)
        state.idle.removeFirst()
      }
      return taken
    }
  }

  private func unmap(_ blocks: [Block]) {
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
