import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One line at the bottom of the terminal that says how far the work has come and how long it will take.
///
/// Where standard error is no terminal it says nothing.
final class ProgressLine: Sendable {
  private struct State {
    var lastDrawn: ContinuousClock.Instant?
  }
  private let isShown: Bool
  private let begin = ContinuousClock.now
  private let state = Mutex(State())
  /// Whether the line is on the screen now.
  private static let isVisible = Atomic<Bool>(false)

  init(isShown: Bool) { self.isShown = isShown && StandardError.isTerminal }

  /// `fraction` of all work is done; `label` says what is being worked on.
  func show(_ fraction: Double, _ label: String) {
    guard isShown else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastDrawn, now - last < .milliseconds(80) { return }
      state.lastDrawn = now
      let text = ProgressLine.text(fraction, label, elapsed: (now - begin) / .seconds(1))
      ProgressLine.isVisible.store(true, ordering: .relaxed)
      StandardError.write("\r\u{1B}[K" + text.prefix(max(1, StandardError.columns - 1)))
    }
  }

  /// Takes the line off the screen, so that something else can be written.
  func clear() {
    guard isShown else { return }
    state.withLock { state in
      guard ProgressLine.isVisible.exchange(false, ordering: .relaxed) else { return }
      StandardError.write("\r\u{1B}[K")
      state.lastDrawn = nil
    }
  }

  /// Takes no lock and no memory.
  static func eraseInSignalHandler() {
    guard isVisible.load(ordering: .relaxed) else { return }
    let bytes: StaticString = "\r\u{1B}[K"
    write(STDERR_FILENO, bytes.utf8Start, bytes.utf8CodeUnitCount)
  }

  static func text(_ fraction: Double, _ label: String, elapsed: Double) -> String {
    let percent = Int((fraction * 100).rounded(.down))
    var text = "\(percent < 10 ? "  " : percent < 100 ? " " : "")\(percent) %  \(label)"
    // Early guesses are worse than none.
    if elapsed > 1.5, fraction > 0.05, fraction < 1 {
      text += "  \(duration(elapsed / fraction * (1 - fraction))) left"
    }
    return text
  }

  /// "12 s", "3 min 5 s", "2 h 10 min".
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(1e9, max(0, seconds)).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
