import Dispatch
import Synchronization

/// How many threads take part, and how work is cut into bands of rows.
///
/// No result may depend on either: a band is a place to work in, never a place to decide in.
public struct Workers: Sendable, Hashable {
  public var count: Int
  /// Rows in a band; nil chooses bands of at least 64k pixels.
  public var bandHeight: Int?

  public init(count: Int, bandHeight: Int? = nil) {
    self.count = max(1, count)
    self.bandHeight = bandHeight
  }

  /// Calls `body` with ranges that together cover `0 ..< rows`, from several threads.
  public func bands(rows: Int, width: Int, _ body: @Sendable (Range<Int>) -> Void) {
    guard rows > 0 else { return }
    let height = max(1, bandHeight ?? max(1, 65_536 / max(1, width)))
    let bands = (rows + height - 1) / height
    each(bands) { index in body(index * height..<min(rows, (index + 1) * height)) }
  }

  /// Calls `body` once for each of `0 ..< jobs`, from several threads. Must not be nested.
  public func each(_ jobs: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, jobs > 1 else {
      for job in 0..<max(0, jobs) { body(job) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(count, jobs)) { _ in
      while true {
        let job = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard job < jobs else { return }
        body(job)
      }
    }
  }
}
