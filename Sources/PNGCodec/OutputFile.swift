import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A system call on a file failed.
package struct OutputError: Error, Hashable, CustomStringConvertible {
  /// As the user wrote it.
  package var path: String
  /// What was attempted: "create", "write", …
  package var operation: String
  /// `errno`.
  package var code: Int32

  package init(path: String, operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  package var reason: String { String(cString: strerror(code)) }
  package var description: String {
    "cannot \(operation) \(path == "-" ? "standard output" : path): \(reason)"
  }
}

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder, which `commit()` renames; until then a file that exists
/// stays as it is. A symbolic link stays, and what it leads to is replaced. Pipes, devices and "-" (standard
/// output) are written to directly. Without a `commit()` nothing is left behind.
package final class OutputFile: Sendable {
  package let path: String

  private struct State {
    /// -1: closed.
    var descriptor: Int32
    var temporary: Temporary?
  }
  private struct Temporary {
    var path: String
    var destination: String
    var entry: TemporaryRegistry.Entry
  }
  private let state: Mutex<State>

  package init(path: String) throws(OutputError) {
    Self.ignoreSignals
    self.path = path
    func failure(_ operation: String, _ code: Int32) -> OutputError {
      OutputError(path: path, operation: operation, code: code)
    }
    guard !path.isEmpty else { throw failure("create", ENOENT) }
    guard !path.utf8.contains(0) else { throw failure("create", EINVAL) }

    if path == "-" {
      // A copy, so that closing is the same for all.
      let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
      guard descriptor >= 0 else { throw failure("write", errno) }
      state = Mutex(State(descriptor: descriptor))
      return
    }

    var status = stat()
    let exists = stat(path, &status) == 0
    if !exists, errno != ENOENT { throw failure("create", errno) }
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw failure("create", EISDIR) }
    if exists, kind != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure("open", errno) }
      state = Mutex(State(descriptor: descriptor))
      return
    }
    // Renaming would get around the file's own protection.
    if exists, access(path, W_OK) != 0 { throw failure("replace", errno) }

    guard let destination = Self.resolvingLinks(path) else { throw failure("create", ELOOP) }
    let folder = destination.lastIndex(of: "/").map { destination[...$0] } ?? ""
    for _ in 0..<16 {
      let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let temporary = "\(folder).onesheet-\(name).part"
      // Known before it exists, so that no signal finds it unknown.
      guard let entry = Self.temporaries.add(temporary) else { throw failure("create", EMFILE) }
      // Not mkstemp: here the system applies the umask by itself.
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 {
        let code = errno
        Self.temporaries.remove(entry)
        if code == EEXIST { continue }
        throw failure("create", code)
      }
      if exists { fchmod(descriptor, status.st_mode & 0o777) }
      state = Mutex(
        State(
          descriptor: descriptor,
          temporary: Temporary(path: temporary, destination: destination, entry: entry)))
      return
    }
    throw failure("create", EEXIST)
  }

  deinit { discard() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    let code: Int32 = state.withLock { state in
      guard state.descriptor >= 0 else { return EBADF }
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        let count = systemWrite(state.descriptor, part.baseAddress, part.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // Whoever gave us the pipe had made it non-blocking.
          var event = pollfd(fd: state.descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&event, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
    if code != 0 { throw OutputError(path: path, operation: "write", code: code) }
  }

  /// Closes the file and gives it its name. A second call does nothing.
  package func commit() throws(OutputError) {
    let failure: (operation: String, code: Int32)? = state.withLock { state in
      guard state.descriptor >= 0 else { return nil }
      let descriptor = state.descriptor
      state.descriptor = -1
      let temporary = state.temporary
      state.temporary = nil
      defer { if let temporary { Self.temporaries.remove(temporary.entry) } }
      // Some file systems report a full disk only here.
      guard close(descriptor) == 0 || errno == EINTR else {
        let code = errno
        if let temporary { unlink(temporary.path) }
        return ("write", code)
      }
      guard let temporary else { return nil }
      guard rename(temporary.path, temporary.destination) == 0 else {
        let code = errno
        unlink(temporary.path)
        return ("replace", code)
      }
      return nil
    }
    if let failure { throw OutputError(path: path, operation: failure.operation, code: failure.code) }
  }

  /// Gives up: closes, and removes the temporary file. Does nothing after `commit()`.
  package func discard() {
    state.withLock { state in
      guard state.descriptor >= 0 else { return }
      close(state.descriptor)
      state.descriptor = -1
      if let temporary = state.temporary {
        unlink(temporary.path)
        Self.temporaries.remove(temporary.entry)
        state.temporary = nil
      }
    }
  }

  /// Removes the temporary files of all outputs that are open, for use when a signal ends the program.
  /// Takes no lock and no memory.
  package static func removeTemporaries() { temporaries.unlinkAll() }

  /// The path behind any symbolic links, of which the last may lead to a file that does not exist yet; nil if
  /// the links go round in circles.
  private static func resolvingLinks(_ path: String) -> String? {
    var path = path
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &buffer, buffer.count)
      guard count > 0 else { return path }
      let target = String(decoding: buffer[..<count], as: UTF8.self)
      if target.hasPrefix("/") {
        path = target
      } else {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        path = folder + target
      }
    }
    return nil
  }

  /// A file that grows too large or a reader that went away shall be an error, not the end of the program.
  private static let ignoreSignals: Void = {
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }()

  private static let temporaries = TemporaryRegistry()
}

/// The paths of temporary files, in slots that can be emptied without a lock.
private final class TemporaryRegistry: Sendable {
  private final class Slot: Sendable {
    /// The address of a C string; 0 if free.
    let path = Atomic<UInt>(0)
  }
  private let slots = (0..<256).map { _ in Slot() }

  struct Entry {
    fileprivate var slot: Int
    fileprivate var address: UInt
  }

  /// nil if all slots are taken.
  func add(_ path: String) -> Entry? {
    guard let copy = strdup(path) else { return nil }
    let address = UInt(bitPattern: copy)
    for (index, slot) in slots.enumerated() {
      if slot.path.compareExchange(expected: 0, desired: address, ordering: .acquiringAndReleasing).exchanged
      {
        return Entry(slot: index, address: address)
      }
    }
    free(copy)
    return nil
  }

  func remove(_ entry: Entry) {
    // After `unlinkAll` the slot may have another owner.
    let result = slots[entry.slot].path.compareExchange(
      expected: entry.address, desired: 0, ordering: .acquiringAndReleasing)
    if result.exchanged { free(UnsafeMutableRawPointer(bitPattern: entry.address)) }
  }

  func unlinkAll() {
    for slot in slots {
      // Not freed: a signal handler must not.
      let address = slot.path.exchange(0, ordering: .acquiringAndReleasing)
      if let path = UnsafePointer<CChar>(bitPattern: address) { unlink(path) }
    }
  }
}

/// `write` inside a type that has a method of that name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
