import Foundation
import Onesheet

/// Memory that pictures rendered at the same time share: one that does not fit beside the others waits for them.
final class MemoryBudget: Sendable {
  private final class State: @unchecked Sendable {
    let condition = NSCondition()
    /// Bytes; guarded by `condition`.
    var used = 0
  }
  private let limit: Int
  private let state = State()

  init(limit: Int = MemoryLimit.usableBytes) { self.limit = limit }

  /// Waits until there is room. A picture that is alone never waits: whether it fits at all is not decided here.
  func reserve(_ bytes: Int) {
    state.condition.withLock {
      while state.used > 0, state.used > limit - min(bytes, limit) { state.condition.wait() }
      state.used += bytes
    }
  }

  func release(_ bytes: Int) {
    guard bytes > 0 else { return }
    state.condition.withLock {
      state.used -= bytes
      state.condition.broadcast()
    }
  }
}
