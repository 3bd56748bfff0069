import Foundation
import Testing

@testable import Onesheet

/// Limits of control groups, read from folders made to look like a machine's.
@Suite struct MemoryLimitTests {
  struct Machine: CustomTestStringConvertible {
    var testDescription: String
    /// Contents by path.
    var files: [String: String]
    var limits: [Int]
  }

  static let machines = [
    Machine(testDescription: "no control groups", files: [:], limits: []),
    Machine(
      testDescription: "version 2",
      files: ["proc/self/cgroup": "0::/app\n", "sys/fs/cgroup/app/memory.max": "536870912\n"],
      limits: [536_870_912]),
    Machine(
      testDescription: "version 2, a group around the group",
      files: [
        "proc/self/cgroup": "0::/user.slice/app.scope/deep\n",
        "sys/fs/cgroup/user.slice/memory.max": "1000000\n",
        "sys/fs/cgroup/user.slice/app.scope/memory.max": "2000000\n",
        "sys/fs/cgroup/user.slice/app.scope/deep/memory.max": "max\n",
      ], limits: [2_000_000, 1_000_000]),
    Machine(
      testDescription: "version 2 in a container that sees its own group as the root",
      files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "4096\n"], limits: [4096]),
    Machine(
      testDescription: "version 1 among other controllers",
      files: [
        "proc/self/cgroup": "12:cpu,cpuacct:/a\n5:hugetlb,memory:/a/b\n1:name=systemd:/a\n",
        "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "123456\n",
        "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/a/memory.max": "1\n",
      ], limits: [123_456, 9_223_372_036_854_771_712]),
    Machine(
      testDescription: "version 1 in a container whose path leads nowhere",
      files: [
        "proc/self/cgroup": "4:memory:/docker/0123456789abcdef\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "7000000\n",
      ], limits: [7_000_000]),
    Machine(
      testDescription: "both versions at once",
      files: [
        "proc/self/cgroup": "4:memory:/m\n0::/u\n",
        "sys/fs/cgroup/memory/m/memory.limit_in_bytes": "3000\n", "sys/fs/cgroup/u/memory.max": "2000\n",
      ], limits: [3000, 2000]),
    Machine(
      testDescription: "no limit",
      files: ["proc/self/cgroup": "0::/app\n", "sys/fs/cgroup/app/memory.max": "max\n"], limits: []),
    Machine(
      testDescription: "numbers that are none",
      files: [
        "proc/self/cgroup": "0::/a/b/c/d\n", "sys/fs/cgroup/a/b/c/d/memory.max": "-5\n",
        "sys/fs/cgroup/a/b/c/memory.max": "99999999999999999999999\n", "sys/fs/cgroup/a/b/memory.max": "",
        "sys/fs/cgroup/a/memory.max": "12 MB\n", "sys/fs/cgroup/memory.max": "\u{fffd}\u{0}\n",
      ], limits: []),
    Machine(
      testDescription: "a list of groups that is none",
      files: [
        "proc/self/cgroup": "\n:::\n0\n0:\nmemory\n4:memory\n:memory:\n0:::::\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "55\n",
      ], limits: [55]),
  ]

  @Test(arguments: machines) func limits(_ machine: Machine) throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("onesheet-groups-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in machine.files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(MemoryLimit.controlGroupLimits(root: root.path) == machine.limits)
  }

  @Test func thisMachine() {
    #expect(MemoryLimit.bytes > 0)
    #expect(MemoryLimit.bytes <= Int(ProcessInfo.processInfo.physicalMemory))
    #expect(MemoryLimit.usableBytes < MemoryLimit.bytes)
  }
}
