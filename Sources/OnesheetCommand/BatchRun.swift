import Dispatch
import Onesheet
import Raster
import Synchronization

/// Renders many pictures, some of them at once.
final class BatchRun: Sendable {
  private struct State {
    var next = 0
    /// How far each picture has come, 0…1.
    var fractions: [Double]
    var finished = 0
    var failures: [(index: Int, failure: Failure)] = []
    /// Nobody can be told of anything any more: standard output is gone.
    var interruption: Failure?
  }
  private let tasks: [PictureTask]
  private let options: PictureOptions
  private let jobs: Int
  /// Of each picture.
  private let workers: Workers
  private let console: Console
  private let budget = MemoryBudget()
  private let state: Mutex<State>

  init(_ tasks: [PictureTask], _ options: PictureOptions, jobs: Int, console: Console) {
    self.tasks = tasks
    self.options = options
    self.jobs = max(1, min(jobs, tasks.count))
    workers = Workers(count: options.workers.count / self.jobs)
    self.console = console
    state = Mutex(State(fractions: tasks.map { _ in 0 }))
  }

  /// Tells of each picture as it is finished. Returns what failed, in the order of the tasks.
  ///
  /// - Throws: ``Failure`` if standard output cannot be written.
  func run() throws(Failure) -> [Failure] {
    // A queue of its own: pictures divide their rows among the threads of the common pool.
    let queue = DispatchQueue(label: "onesheet.batch", attributes: .concurrent)
    let group = DispatchGroup()
    for _ in 0..<jobs { queue.async(group: group) { self.work() } }
    group.wait()
    let (failures, interruption) = state.withLock { ($0.failures, $0.interruption) }
    if let interruption { throw interruption }
    return failures.sorted { $0.index < $1.index }.map(\.failure)
  }

  private func work() {
    while let index = take() {
      let progress = RenderProgress { [self] in show($0.fraction, of: index) }
      do {
        let picture: PictureRecord
        do {
          picture = try tasks[index].run(options, workers: workers, progress: progress, budget: budget)
        } catch {
          state.withLock { $0.failures.append((index, error)) }
          if console.mode == .json { try console.show(error) }
          finish(index)
          continue
        }
        try console.show(picture)
        finish(index)
      } catch {
        state.withLock { $0.interruption = error }
      }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.interruption == nil, state.next < tasks.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  private func finish(_ index: Int) {
    state.withLock { $0.finished += 1 }
    show(1, of: index)
  }

  private func show(_ fraction: Double, of index: Int) {
    let (whole, finished) = state.withLock { state in
      state.fractions[index] = fraction
      return (state.fractions.reduce(0, +) / Double(tasks.count), state.finished)
    }
    console.progress.show(whole, "\(finished) of \(tasks.count) done")
  }
}
