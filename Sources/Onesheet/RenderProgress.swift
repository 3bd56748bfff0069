import Synchronization

/// Tells how far a rendering has come.
public final class RenderProgress: Sendable {
  public struct Report: Sendable {
    /// 0…1.
    public let fraction: Double
    /// What has just been finished: the name of a layer or an effect, or "png".
    public let step: String
  }
  private struct State {
    var done = 0
    var total = 1
  }
  private let state = Mutex(State())
  private let report: @Sendable (Report) -> Void

  public init(_ report: @escaping @Sendable (Report) -> Void) { self.report = report }

  func begin(steps: Int) {
    state.withLock {
      $0.done = 0
      $0.total = max(1, steps)
    }
  }

  func step(_ name: String) {
    let fraction = state.withLock { state in
      state.done += 1
      return min(1, Double(state.done) / Double(state.total))
    }
    report(Report(fraction: fraction, step: name))
  }
}
