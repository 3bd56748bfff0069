#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much memory this process may use.
package enum MemoryLimit {
  /// Bytes: the smallest of the machine's memory and the limits of the control groups around this process.
  /// Overcommitment hides failure until the process is killed, so the limit is asked for, not found out.
  static let bytes: Int = {
    let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    return ([machine] + controlGroupLimits(root: "")).min() ?? machine
  }()

  /// What pictures may take of it together.
  package static let usableBytes = bytes / 20 * 19

  /// The limits, in bytes, of the process's own control group and of all groups around it; either version of control
  /// groups may be in use, or both.
  ///
  /// - Parameter root: the folder in which `/proc` and `/sys` lie: empty but for tests.
  static func controlGroupLimits(root: String) -> [Int] {
    var limits: [Int] = []
    for line in contents(root + "/proc/self/cgroup").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[0] == "0" && parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let mount = root + (isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory")
      let file = isUnified ? "memory.max" : "memory.limit_in_bytes"
      // A limit may be set on any group above. In a container the mount may begin at the process's own group, so that
      // its path leads nowhere and the last step, the mount itself, is the group.
      var path = parts[2][...]
      while true {
        let text = contents(mount + path + "/" + file).prefix { $0 != "\n" }
        // "max" is no number, and no limit.
        if let value = Int(text), value > 0 { limits.append(value) }
        guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
        path = path[..<slash]
      }
    }
    return limits
  }

  private static func contents(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
