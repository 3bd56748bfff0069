import Onesheet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What happens when the program is told to end: no half-written file stays behind.
enum Signals {
  static func install() {
    // Its tables must exist before a handler, which may not allocate, needs them.
    PictureFile.removeTemporaries()
    var blocked = sigset_t()
    sigemptyset(&blocked)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&blocked, number)
      let before = signal(number) { number in
        PictureFile.removeTemporaries()
        ProgressLine.eraseInSignalHandler()
        _exit(128 + number)
      }
      // `nohup` and shells without job control have them ignored; that is to stay.
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
    // Who starts the program from a worker thread hands down that thread's mask, and could not end it then.
    sigprocmask(SIG_UNBLOCK, &blocked, nil)
  }
}
