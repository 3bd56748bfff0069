import Catalog
import Typography

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The program's own `fonts/` and `presets/`, wherever it was started from.
public struct Resources: Sendable {
  /// The folder that holds `fonts/` and `presets/`; nil if none was found.
  public let root: String?
  /// The fonts that presets find by name.
  package let fonts: FontLibrary

  public init(root: String?) {
    self.root = root.flatMap { FileAccess.real($0) }
    fonts = FontLibrary(roots: self.root.map { [$0 + "/fonts"] } ?? [])
  }

  /// Looks beside and above the executable, then in `share/onesheet` beside its folder, then in the working
  /// directory.
  public static let standard = Resources(root: search())

  private static func search() -> String? {
    var candidates: [String] = []
    if let program = FileAccess.real("/proc/self/exe") {
      var folder = program[...]
      for _ in 0..<8 {
        guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { break }
        folder = folder[..<slash]
        candidates += [String(folder), String(folder) + "/share/onesheet"]
      }
    }
    candidates.append(".")
    return candidates.first { isFolder($0 + "/fonts") && isFolder($0 + "/presets") }
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }
}
