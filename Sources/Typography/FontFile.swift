#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bounded access to font files and folders. POSIX calls rather than Foundation: it costs start-up time.
enum FontFile {
  /// The largest font file that is read, in bytes.
  static let maximumSize = 64 << 20
  static let maximumFolderDepth = 8
  static let maximumFileCount = 20_000
  static let extensions: Set<String> = ["otf", "ttf", "ttc", "otc", "svg"]

  /// The name after the last slash.
  static func name(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path }
    return String(path[path.index(after: slash)...])
  }

  /// The path before the last slash; "." if there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The lower-case extension of a path, without its dot; empty if it has none.
  static func fileExtension(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  /// An absolute path without symbolic links; nil if nothing is there.
  static func resolved(_ path: String) -> String? {
    guard !path.utf8.contains(0), let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether a resolved path is the resolved folder or lies in it.
  static func contains(folder: String, path: String) -> Bool {
    path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// The font files below a folder in the order of their names, folders after the files beside them.
  /// Unreadable folders are skipped, and a folder reached twice through links is listed once.
  static func list(below root: String) -> [String] {
    var found: [String] = []
    var seen: Set<FileIdentity> = []
    list(root, depth: 0, into: &found, seen: &seen)
    return found
  }

  private struct FileIdentity: Hashable {
    var device: UInt64
    var node: UInt64
  }

  private static func list(
    _ folder: String, depth: Int, into found: inout [String], seen: inout Set<FileIdentity>
  ) {
    guard depth < maximumFolderDepth, found.count < maximumFileCount, seen.count < maximumFileCount,
      let stream = opendir(folder)
    else { return }
    var names: [String] = []
    while let entry = readdir(stream), names.count < maximumFileCount {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    closedir(stream)
    // Scalar order, not the language's: the same list on every machine.
    names.sort { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    var folders: [String] = []
    for name in names {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let identity = FileIdentity(
          device: UInt64(truncatingIfNeeded: status.st_dev), node: UInt64(truncatingIfNeeded: status.st_ino))
        if seen.insert(identity).inserted { folders.append(path) }
      case S_IFREG:
        if extensions.contains(fileExtension(of: name)), found.count < maximumFileCount { found.append(path) }
      default:
        break
      }
    }
    for path in folders { list(path, depth: depth + 1, into: &found, seen: &seen) }
  }

  /// The whole file; a named pipe or a device is refused before it is opened for good.
  static func bytes(of path: String, limit: Int = maximumSize) throws(FontError) -> [UInt8] {
    let reader = try Reader(path: path)
    guard reader.size <= limit else { throw .tooLarge(file: path, bytes: reader.size, limit: limit) }
    return reader.bytes(at: 0, count: reader.size)
  }

  /// Reads parts of a file at given offsets.
  final class Reader {
    private let descriptor: Int32
    let size: Int

    init(path: String) throws(FontError) {
      guard !path.utf8.contains(0) else {
        throw .unreadable(file: path, reason: "the path holds a zero byte")
      }
      // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
      descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw .unreadable(file: path, reason: String(cString: strerror(errno)))
      }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        throw .unreadable(file: path, reason: "it is not a regular file")
      }
      size = Int(clamping: status.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes from an offset on: fewer than `count` where the file ends.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
      guard offset >= 0, offset < size, count > 0 else { return [] }
      let wanted = min(count, size - offset)
      return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        while filled < wanted, let base = buffer.baseAddress {
          let got = pread(descriptor, base + filled, wanted - filled, off_t(offset + filled))
          if got < 0 && errno == EINTR { continue }
          guard got > 0 else { break }
          filled += got
        }
      }
    }
  }
}
