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
    return ([machine] + controlGroupLimits()).filter { $0 > 0 }.min() ?? machine
  }()

  /// What pictures may take of it together.
  package static let usableBytes = bytes / 20 * 19

  private static func controlGroupLimits() -> [Int] {
    var limits: [Int] = []
    for line in contents("/proc/self/cgroup").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[0] == "0" && parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let file = isUnified ? "memory.max" : "memory.limit_in_bytes"
      // A limit may be set on any group above.
      var path = parts[2][...]
      while true {
        if let value = Int(contents(root + path + "/" + file).trimmingNewline) { limits.append(value) }
        guard let slash = path.lastIndex(of: "/"), path != "/", !path.isEmpty else { break }
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

extension String {
  fileprivate var trimmingNewline: String { String(prefix { $0 != "\n" }) }
}
