#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Results. Writing fails loudly: a result that is lost on a full disk is not a result.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// - Throws: ``Failure``, silent if the reader has gone.
  static func write(_ text: String) throws(Failure) {
    guard let code = writeAll(text, to: STDOUT_FILENO) else { return }
    var failure = Failure(
      .unwritableOutput, "cannot write standard output: \(String(cString: strerror(code)))", subject: "-")
    failure.isSilent = code == EPIPE
    throw failure
  }
}

/// Messages. If they cannot be written there is nobody to tell.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }

  /// Columns of the terminal; 80 if it does not say.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// `errno` if not everything could be written.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
  var text = text
  return text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(descriptor, part.baseAddress, part.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&event, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
