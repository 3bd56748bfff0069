import Synchronization

/// Tells how far a rendering has come.
///
/// Layers and effects count one step each, as they are finished; writing the file counts by its rows.
public final class RenderProgress: Sendable {
  public struct Report: Sendable {
    /// 0…1.
    public let fraction: Double
    /// What has just been finished: the name of a layer or an effect, or "png".
    public let step: String
  }
  private struct State {
    var done = 0.0
    var total = RenderProgress.encodingSteps
  }
  /// How many steps writing the file is worth.
  private static let encodingSteps = 2.0
  private let state = Mutex(State())
  private let report: @Sendable (Report) -> Void

  /// `report` is called from many threads.
  public init(_ report: @escaping @Sendable (Report) -> Void) { self.report = report }

  func begin(steps: Int) {
    state.withLock { $0 = State(done: 0, total: Double(max(0, steps)) + RenderProgress.encodingSteps) }
  }

  func step(_ name: String) {
    advance(name) { min($0.total - RenderProgress.encodingSteps, $0.done + 1) }
  }

  /// The first `rows` of `height` rows of the file have been written.
  func encoded(rows: Int, of height: Int) {
    let share = Double(rows) / Double(max(1, height))
    advance("png") { $0.total - RenderProgress.encodingSteps * (1 - share) }
  }

  private func advance(_ name: String, _ done: (State) -> Double) {
    let fraction = state.withLock { state in
      state.done = max(state.done, done(state))
      return min(1, state.done / state.total)
    }
    report(Report(fraction: fraction, step: name))
  }
}
