import Foundation
import PNGCodec
import Testing

@Suite("What is written, and what is left alone")
struct OutputTests {
  @Test func defaultName() throws {
    let folder = try Folder(["my/poster.final.yaml": Sample.plain])
    let result = try Program.run(["render", "my/poster.final.yaml"], in: folder)
    #expect(result.status == 0)
    #expect(
      result.messages.wholeMatch(of: /poster\.final\.png  60 × 40  \d+\.\d\d s\n/) != nil,
      "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(folder.contents == ["my", "my/poster.final.yaml", "poster.final.png"])
    #expect(try folder.picture("poster.final.png").size == "60x40")
  }

  @Test(arguments: ["out", "out/"]) func intoAFolder(_ output: String) throws {
    let folder = try Folder(["plain.yaml": Sample.plain, "out/other": ""])
    #expect(try Program.run(["render", "plain.yaml", "-o", output], in: folder).status == 0)
    #expect(folder.contents == ["out", "out/other", "out/plain.png", "plain.yaml"])
  }

  @Test func throughAPipe() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    #expect(try Program.run(["render", "plain.yaml"], in: folder).status == 0)
    let pipe = Pipe()
    let captured = try Folder()
    let process = try Program.start(
      ["render", "plain.yaml", "-o", "-"], in: folder, output: pipe.fileHandleForWriting, capturing: captured)
    try pipe.fileHandleForWriting.close()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(bytes == (try folder.data("plain.png")))
    let messages = String(decoding: try captured.data("err"), as: UTF8.self)
    #expect(messages.hasPrefix("standard output  60 × 40  "))
  }

  /// Nobody reads: no message, no picture, no harm.
  @Test(arguments: [["render", "plain.yaml", "-o", "-"], ["render", "plain.yaml", "--json"]])
  func aReaderThatHasGone(_ arguments: [String]) throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try Program.run(arguments, in: folder, output: pipe.fileHandleForWriting)
    #expect(result.status == 74)
    #expect(result.messages == "")
  }

  @Test(arguments: [
    ["list", "formats"], ["describe", "vignette"], ["check", "plain.yaml"],
    ["check", "plain.yaml", "--json"],
  ])
  func resultsOnAFullDisk(_ arguments: [String]) throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let result = try Program.run(arguments, in: folder, output: full)
    #expect(result.status == 74)
    #expect(result.messages == "error: cannot write standard output: No space left on device\n")
  }

  /// An older picture stays as it is, whatever goes wrong, and nothing half-written lies beside it.
  @Test(arguments: [
    ["wrong.yaml"], ["plain.yaml", "--set", "vignette=7"], ["plain.yaml", "--region", "0,0,61,1"],
    ["plain.yaml", "--size", "100000x100000"], ["nothing.yaml"], ["plain.yaml", "--format", "none"],
  ])
  func failuresLeaveNothing(_ arguments: [String]) throws {
    let folder = try Folder(["plain.yaml": Sample.plain, "wrong.yaml": Sample.wrong, "old.png": "old"])
    let result = try Program.run(["render"] + arguments + ["-o", "old.png"], in: folder)
    #expect(result.status != 0)
    #expect(folder.contents == ["old.png", "plain.yaml", "wrong.yaml"])
    #expect(try folder.data("old.png") == Data("old".utf8))
  }

  @Test func replacesAnOlderPicture() throws {
    let folder = try Folder(["plain.yaml": Sample.plain, "plain.png": "old"])
    #expect(try Program.run(["render", "plain.yaml"], in: folder).status == 0)
    #expect(try folder.picture("plain.png").width == 60)
    #expect(folder.contents == ["plain.png", "plain.yaml"])
  }

  /// A write that fails in the middle: the limit on the size of files stands for a full disk.
  @Test func aDiskThatFillsUp() throws {
    let folder = try Folder(["plain.yaml": Sample.plain, "plain.png": "old"])
    let command = "ulimit -f 8; exec \"\(Program.url.path)\" render plain.yaml --size 400x400"
    let result = try Program.run(["-c", command], in: folder, program: URL(fileURLWithPath: "/bin/bash"))
    #expect(result.status == 74)
    #expect(result.messages == "error: cannot write plain.png: File too large\n")
    #expect(folder.contents == ["plain.png", "plain.yaml"])
    #expect(try folder.data("plain.png") == Data("old".utf8))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func signals(_ signal: Int32) throws {
    let preset = """
      onesheet: 1
      canvas: {size: 2000x1500}
      layers:
        - noise: fbm
          size: 0.004
          octaves: 10
          warp: 2
      """
    let folder = try Folder(["long.yaml": preset, "long.png": "old"])
    let captured = try Folder()
    let process = try Program.start(["render", "long.yaml"], in: folder, capturing: captured)
    // The temporary file is opened before the rendering begins.
    let deadline = Date(timeIntervalSinceNow: 30)
    while folder.contents.count < 3, Date() < deadline { usleep(2000) }
    #expect(folder.contents.count == 3)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)
    #expect(folder.contents == ["long.png", "long.yaml"])
    #expect(try folder.data("long.png") == Data("old".utf8))
  }

  /// On a terminal (which `script` provides) there is a line of progress, which is gone at the end.
  @Test func progressOnATerminal() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let script = URL(fileURLWithPath: "/usr/bin/script")
    let result = try Program.run(
      ["-qec", "\"\(Program.url.path)\" render plain.yaml", "/dev/null"], in: folder, program: script)
    #expect(result.status == 0)
    let pieces = result.text.components(separatedBy: "\r\u{1B}[K")
    #expect(pieces.count >= 3)
    #expect(pieces.dropFirst().first?.contains(" %  ") == true)
    #expect(pieces.last?.hasPrefix("plain.png  60 × 40  ") == true, "\(result.text.debugDescription)")
    // Not wished for, not shown.
    let quiet = try Program.run(
      ["-qec", "\"\(Program.url.path)\" render plain.yaml --quiet", "/dev/null"], in: folder, program: script)
    #expect(quiet.text == "")
  }

  @Test func noPictureToATerminal() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let result = try Program.run(
      ["-qec", "\"\(Program.url.path)\" render plain.yaml -o -", "/dev/null"], in: folder,
      program: URL(fileURLWithPath: "/usr/bin/script"))
    #expect(result.status == 64)
    #expect(result.text.contains("a terminal cannot show a PNG file"))
  }

  @Test func asJSON() throws {
    let looping =
      Sample.plain.replacingOccurrences(
        of: "vignette", with: "vignette: {wave: {low: 0, high: 1, period: 3}}")
      + "\nduration: 10\nloop: true\n"
    let folder = try Folder(["plain.yaml": Sample.plain, "wrong.yaml": Sample.wrong, "loop.yaml": looping])
    let done = try Program.run(
      ["render", "plain.yaml", "--json", "--seed", "7", "--time", "1.5"], in: folder)
    #expect(done.status == 0)
    #expect(done.messages == "")
    let picture = try #require(try done.objects.first)
    #expect(try done.objects.count == 1)
    #expect(picture["file"] as? String == "plain.png")
    #expect(picture["preset"] as? String == "plain.yaml")
    #expect(picture["width"] as? Int == 60)
    #expect(picture["height"] as? Int == 40)
    #expect(picture["seed"] as? Int == 7)
    #expect(picture["time"] as? Double == 1.5)
    #expect((picture["seconds"] as? Double ?? 0) > 0)
    #expect((picture["peakBytes"] as? Int ?? 0) > 1 << 20)
    #expect((picture["notes"] as? [Any])?.isEmpty == true)

    let failed = try Program.run(["render", "wrong.yaml", "--json"], in: folder)
    #expect(failed.status == 65)
    #expect(failed.messages == "")
    let errors = try failed.objects
    #expect(errors.map { $0["line"] as? Int } == [2, 5, 7])
    #expect(errors.map { $0["column"] as? Int } == [18, 16, 5])
    #expect(
      errors.allSatisfy { $0["file"] as? String == "wrong.yaml" && $0["severity"] as? String == "error" })
    #expect(errors[1]["message"] as? String == "'rad' is not a color")
    #expect(errors[1]["hint"] as? String == "did you mean 'red'?")

    let loop = try Program.run(["render", "loop.yaml", "--json"], in: folder)
    let notes = try #require(try loop.objects.first?["notes"] as? [[String: Any]])
    #expect(notes.map { $0["severity"] as? String } == ["note"])
    // People are told the same, unless they do not want to be.
    #expect(try Program.run(["render", "loop.yaml"], in: folder).messages.contains(": note: "))
    #expect(try Program.run(["render", "loop.yaml", "-q"], in: folder).messages == "")

    let check = try Program.run(["check", "plain.yaml", "wrong.yaml", "--json"], in: folder)
    #expect(check.status == 65)
    #expect(try check.objects.compactMap { $0["errors"] as? Int } == [0, 3])
  }
}
