import Foundation
import PNGCodec
import Testing

/// Serialized, because one of them removes the temporary files of all.
@Suite(.serialized) struct OutputFileTests {
  private func write(_ text: String, to file: OutputFile) throws(OutputError) {
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBytes { buffer in Result { () throws(OutputError) in try file.write(buffer) } }.get()
  }

  private func contents(_ url: URL) throws -> String {
    String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }
  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
  private func mode(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }
  private func code(_ path: String) -> Int32? {
    do {
      _ = try OutputFile(path: path)
      return nil
    } catch { return error.code }
  }

  @Test func appearsOnlyWhenComplete() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("poster.png")
      let file = try OutputFile(path: url.path)
      try write("first ", to: file)
      try write("second", to: file)
      #expect(!FileManager.default.fileExists(atPath: url.path))
      try file.commit()
      #expect(try contents(url) == "first second")
      #expect(try names(folder) == ["poster.png"])
      // The mode that the system gives any new file.
      let other = folder.appendingPathComponent("other")
      close(open(other.path, O_WRONLY | O_CREAT, 0o666))
      #expect(try mode(url) == mode(other))
      // A second commit and a late write do no harm.
      try file.commit()
      #expect(throws: OutputError(path: url.path, operation: "write", code: EBADF)) {
        try write("x", to: file)
      }
    }
  }

  @Test func existingFilesSurviveFailure() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("poster.png")
      try Data("old".utf8).write(to: url)
      chmod(url.path, 0o640)
      do {
        let file = try OutputFile(path: url.path)
        try write("new", to: file)
      }
      #expect(try contents(url) == "old")
      #expect(try names(folder) == ["poster.png"])
      let file = try OutputFile(path: url.path)
      try write("new", to: file)
      try file.commit()
      #expect(try contents(url) == "new")
      #expect(try mode(url) == 0o640)
    }
  }

  @Test func linksStay() throws {
    try withTemporaryFolder { folder in
      let inner = folder.appendingPathComponent("inner")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
      let target = inner.appendingPathComponent("target.png")
      try Data("old".utf8).write(to: target)
      let link = folder.appendingPathComponent("link.png")
      #expect(symlink("inner/target.png", link.path) == 0)
      let second = folder.appendingPathComponent("second.png")
      #expect(symlink(link.path, second.path) == 0)
      let dangling = folder.appendingPathComponent("dangling.png")
      #expect(symlink("inner/fresh.png", dangling.path) == 0)
      for (path, text) in [(second, "through two"), (dangling, "fresh")] {
        let file = try OutputFile(path: path.path)
        try write(text, to: file)
        try file.commit()
        #expect(try contents(path) == text)
      }
      #expect(try contents(target) == "through two")
      #expect(try names(inner) == ["fresh.png", "target.png"])
      for path in [link, second, dangling] {
        #expect(throws: Never.self) { try FileManager.default.destinationOfSymbolicLink(atPath: path.path) }
      }
      let circle = folder.appendingPathComponent("circle")
      #expect(symlink("circle", circle.path) == 0)
      #expect(code(circle.path) == ELOOP)
    }
  }

  @Test func badPaths() throws {
    try withTemporaryFolder { folder in
      #expect(code(folder.appendingPathComponent("no/such/folder.png").path) == ENOENT)
      #expect(code(folder.path) == EISDIR)
      #expect(code("") == ENOENT)
      #expect(code("a\0b") == EINVAL)
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      #expect(code(file.appendingPathComponent("below.png").path) == ENOTDIR)
      #expect(try names(folder) == ["file"])
    }
    let error = OutputError(path: "a/b.png", operation: "create", code: ENOENT)
    #expect(error.description == "cannot create a/b.png: No such file or directory")
  }

  @Test func fullDevicesAndBrokenPipes() throws {
    let full = try OutputFile(path: "/dev/full")
    #expect(throws: OutputError(path: "/dev/full", operation: "write", code: ENOSPC)) {
      try write("x", to: full)
    }

    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let path = "/dev/fd/\(ends[1])"
    let file = try OutputFile(path: path)
    try write("through a pipe", to: file)
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(read(ends[0], &buffer, 64) == 14)
    close(ends[0])
    #expect(throws: OutputError(path: path, operation: "write", code: EPIPE)) { try write("x", to: file) }
    close(ends[1])
  }

  /// The encoder passes the sink's error on, and the old file stays.
  @Test func encoderReportsAFullDevice() throws {
    let file = try OutputFile(path: "/dev/full")
    let encoder = try PNGEncoder(header: PNGHeader(width: 100, height: 100))
    #expect(throws: OutputError(path: "/dev/full", operation: "write", code: ENOSPC)) {
      try encoder.encode(
        workers: .init(count: 2),
        fill: { _, target in target.initializeMemory(as: UInt8.self, repeating: 9) },
        write: { try file.write($0) })
    }
  }

  @Test func signalsCanCleanUp() throws {
    try withTemporaryFolder { folder in
      let files = try (0..<3).map { try OutputFile(path: folder.appendingPathComponent("\($0).png").path) }
      #expect(try names(folder).count == 3)
      try files[0].commit()
      OutputFile.removeTemporaries()
      #expect(try names(folder) == ["0.png"])
      files[1].discard()
      #expect(throws: OutputError.self) { try files[2].commit() }
      #expect(try names(folder) == ["0.png"])
    }
  }
}
