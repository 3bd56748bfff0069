import Foundation
import PNGCodec
import Testing

/// The built program, run as users run it.
enum Program {
  /// Beside the test bundle.
  static let url: URL = {
    // The bundle is the running program, or is handed to one that loads it.
    let arguments = CommandLine.arguments
    let bundle =
      arguments.firstIndex(of: "--test-bundle-path").flatMap { arguments.dropFirst($0 + 1).first }
      ?? arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("onesheet")
  }()

  struct Result {
    var status: Int32
    var output: Data
    var messages: String
    var text: String { String(decoding: output, as: UTF8.self) }
    /// One object per line of standard output.
    var objects: [[String: Any]] {
      get throws {
        try text.split(separator: "\n").map {
          try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
      }
    }
  }

  /// Runs the program and waits for its end. Standard output and error are files, so that neither can block.
  static func run(
    _ arguments: [String], in folder: Folder, program: URL = url, output: FileHandle? = nil
  ) throws -> Result {
    let captured = try Folder()
    let process = try start(arguments, in: folder, program: program, output: output, capturing: captured)
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .uncaughtSignal
        ? -process.terminationStatus : process.terminationStatus,
      output: output == nil ? try captured.data("out") : Data(),
      messages: String(decoding: try captured.data("err"), as: UTF8.self))
  }

  static func start(
    _ arguments: [String], in folder: Folder, program: URL = url, output: FileHandle? = nil, capturing: Folder
  ) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try output ?? capturing.create("out")
    process.standardError = try capturing.create("err")
    try process.run()
    // A program that hangs is to fail its test, not to stop all of them.
    let id = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + 120) { [weak process] in
      if process?.isRunning == true { kill(id, SIGKILL) }
    }
    return process
  }
}

/// A folder that goes with the value that made it.
final class Folder {
  let url: URL
  var path: String { url.path }

  init() throws {
    // Links resolved, so that paths compare equal to those the program finds.
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("onesheet-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A folder with files in it: texts by their paths.
  convenience init(_ files: [String: String]) throws {
    try self.init()
    for (name, text) in files { try write(text, to: name) }
  }

  func write(_ text: String, to name: String) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

  func create(_ name: String) throws -> FileHandle {
    let file = url.appendingPathComponent(name)
    try Data().write(to: file)
    return try FileHandle(forWritingTo: file)
  }

  func picture(_ name: String) throws -> PNGImage {
    try PNGImage.read(contentsOf: url.appendingPathComponent(name).path)
  }

  /// Names of everything in the folder and below, hidden files included, sorted.
  var contents: [String] {
    (FileManager.default.subpaths(atPath: path) ?? []).sorted()
  }
}

extension PNGImage {
  var size: String { "\(width)x\(height)" }
}

/// Presets that render in no time.
enum Sample {
  static let plain = """
    onesheet: 1
    canvas: {size: 60x40}
    layers:
      - gradient: linear
        id: sky
        angle: 20
        stops: {0: "#06070d", 1: "#ff2e88"}
    effects:
      - vignette
      - grain: 0.3
    """

  /// Three mistakes, in lines 2, 5 and 7.
  static let wrong = """
    onesheet: 1
    canvas: {format: 16-9}
    layers:
      - gradient: linear
        stops: {0: rad, 1: blue}
    effects:
      - vignete
    """
}
