import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which files a preset may read.
///
/// A path leads to a file after all symbolic links are resolved; it must then lie below one of the roots.
public struct FileAccess: Sendable {
  public enum Refusal: Error, Sendable, Hashable {
    /// There is no such file.
    case missing(String)
    /// The path leads outside everything the preset may read.
    case outside(String)
    case notAFile(String)
  }
  /// Resolved folders, without a slash at the end.
  private let roots: [String]
  /// Shared by all copies.
  private let ledger = FileLedger()

  /// Folders that do not exist are left out: nothing can be read below them.
  public init(roots: [String]) { self.roots = roots.compactMap(FileAccess.real) }

  /// A copy that may also read below `folder`.
  public func adding(_ folder: String) -> FileAccess { FileAccess(roots: roots + [folder]) }

  /// Remembers that the picture depends on the file at `path`, which is absolute.
  func note(_ path: String) { ledger.note(path) }

  /// What the picture depends on, besides its preset and fonts: absolute paths, in the order in which they were met.
  public var noted: [String] { ledger.noted }

  /// A hash of the contents of all that was noted; nil if that is nothing.
  public var fingerprint: String? {
    let files = noted
    guard !files.isEmpty else { return nil }
    // FNV-1a: it tells versions of a file apart, and need not resist anybody.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for file in files {
      for byte in FileAccess.bytes(of: file, limit: FileAccess.fingerprintLimit) ?? [] { add(byte) }
      add(0xFF)
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Bytes of a file that its fingerprint is taken of.
  private static let fingerprintLimit = 256 << 20

  /// What `make` reads of the file at `path`, which is absolute. It is read once, however often it is asked for.
  public func contents<Contents: Sendable>(of path: String, _ make: (String) -> Contents) -> Contents {
    ledger.contents(of: path, make)
  }

  /// The absolute, link-free path of `path`, taken relative to `folder`.
  public func resolve(_ path: String, from folder: String) throws(Refusal) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .missing(path) }
    let joined = path.hasPrefix("/") ? path : folder + "/" + path
    guard let absolute = FileAccess.real(joined) else { throw .missing(path) }
    guard roots.contains(where: { absolute == $0 || absolute.hasPrefix($0 == "/" ? "/" : $0 + "/") }) else {
      throw .outside(path)
    }
    var info = stat()
    guard stat(absolute, &info) == 0 else { throw .missing(path) }
    // Devices and pipes could block or never end.
    guard info.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    return absolute
  }

  /// Whether `path`, which exists, lies below `folder`, links resolved.
  public static func contains(_ folder: String, _ path: String) -> Bool {
    guard let folder = real(folder), let path = real(path) else { return false }
    return path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  /// The absolute path without links, or nil if nothing is there.
  public static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The beginning of a file: at most one byte more than `limit`, which tells that it is longer; nil for what cannot be
  /// read.
  package static func bytes(of path: String, limit: Int) -> [UInt8]? {
    guard !path.utf8.contains(0) else { return nil }
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let room = chunk.count
    while bytes.count <= limit {
      let count = chunk.withUnsafeMutableBytes { buffer -> Int in
        #if canImport(Glibc)
          return Glibc.read(descriptor, buffer.baseAddress, room)
        #elseif canImport(Musl)
          return Musl.read(descriptor, buffer.baseAddress, room)
        #else
          return Darwin.read(descriptor, buffer.baseAddress, room)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }
}

/// Which files were read, and what was made of those that many items read.
private final class FileLedger: Sendable {
  private struct Key: Hashable {
    var path: String
    var type: ObjectIdentifier
  }
  private struct State {
    var noted: [String] = []
    var contents: [Key: any Sendable] = [:]
  }
  private let state = Mutex(State())

  var noted: [String] { state.withLock { $0.noted } }

  func note(_ path: String) {
    state.withLock { if !$0.noted.contains(path) { $0.noted.append(path) } }
  }

  func contents<Contents: Sendable>(of path: String, _ make: (String) -> Contents) -> Contents {
    let key = Key(path: path, type: ObjectIdentifier(Contents.self))
    if let known = state.withLock({ $0.contents[key] }) as? Contents { return known }
    let new = make(path)
    state.withLock { $0.contents[key] = new }
    return new
  }
}
