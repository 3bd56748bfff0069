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

  /// Folders that do not exist are left out: nothing can be read below them.
  public init(roots: [String]) { self.roots = roots.compactMap(FileAccess.real) }

  /// A copy that may also read below `folder`.
  public func adding(_ folder: String) -> FileAccess { FileAccess(roots: roots + [folder]) }

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
}
