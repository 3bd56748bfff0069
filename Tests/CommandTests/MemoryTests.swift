import Foundation
import Testing

/// The program within a limit of memory.
@Suite("Limits of memory")
struct MemoryTests {
  /// Limits in the place of the machine's, for one process and its children: a mount namespace of their own, in which
  /// a folder lies over `/sys/fs/cgroup`. Only the superuser of a Linux machine may do that, and not in every
  /// container; the reading of limits is tested without it too. A real group is not made: the process would have to be
  /// taken out of the one that whoever runs the tests has put it in.
  private static let mayMount: Bool = {
    guard geteuid() == 0, let folder = try? Folder() else { return false }
    let arguments = ["-m", "mount", "--bind", folder.path, "/sys/fs/cgroup"]
    let result = try? Program.run(arguments, in: folder, program: unshare)
    return result?.status == 0
  }()
  private static let unshare = URL(fileURLWithPath: "/usr/bin/unshare")

  private func run(_ arguments: [String], limit: String, in folder: Folder) throws -> Program.Result {
    // Whatever the process's own groups are called, those around them end at the roots of both versions.
    let groups = try Folder(["memory/memory.limit_in_bytes": limit, "memory.max": limit])
    let script = "mount --bind \"$0\" /sys/fs/cgroup && exec \"$@\""
    return try Program.run(
      ["-m", "sh", "-c", script, groups.path, Program.url.path] + arguments, in: folder, program: Self.unshare
    )
  }

  @Test(.enabled(if: mayMount)) func refusedBeforeAnythingIsWritten() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let result = try run(
      ["render", "plain.yaml", "--size", "4000x4000", "--json"], limit: "268435456\n", in: folder)
    #expect(result.status == 1)
    #expect((result.text + result.messages).contains("of memory"), "\(result.messages)")
    #expect((result.text + result.messages).contains("may be used"))
    #expect(folder.contents == ["plain.yaml"])
  }

  @Test(.enabled(if: mayMount)) func allowedWhereItFits() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    for limit in ["268435456\n", "max\n"] {
      let result = try run(["render", "plain.yaml", "--quiet"], limit: limit, in: folder)
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(try folder.picture("plain.png").size == "60x40")
  }
}
