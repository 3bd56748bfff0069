import Foundation
import PNGCodec
import PhotoCodec
import Raster

struct ProgramFailure: Error {
  var message: String
}

/// The standard output of another program, which must succeed.
func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    // Files, so that neither side can block.
    func file(_ name: String, _ bytes: [UInt8] = []) throws -> URL {
      let url = folder.appendingPathComponent(name)
      try Data(bytes).write(to: url)
      return url
    }
    let output = try file("out")
    let errors = try file("errors")
    process.standardInput = try FileHandle(forReadingFrom: file("in", input))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ProgramFailure(
        message: "\(arguments.joined(separator: " ")): "
          + String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
    return [UInt8](try Data(contentsOf: output))
  }
}

/// A folder that exists while `body` runs.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onesheet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Pixels that are all different, as a PPM of 8 bits.
func ppm(_ width: Int, _ height: Int) -> [UInt8] {
  var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
  for y in 0..<height {
    for x in 0..<width {
      bytes += [
        UInt8(40 + 150 * x / max(1, width)), UInt8(30 + 180 * y / max(1, height)),
        UInt8((x * 7 + y * 3) % 97 + 20),
      ]
    }
  }
  return bytes
}

/// The samples of a PPM of 8 bits, behind its header of three lines.
func samples(ofPPM bytes: [UInt8]) -> [UInt8] {
  var lines = 0
  let start = bytes.firstIndex {
    if $0 == 10 { lines += 1 }
    return lines == 3
  }
  return start.map { Array(bytes[($0 + 1)...]) } ?? []
}

/// A JPEG by ImageMagick.
func jpeg(_ width: Int, _ height: Int, _ options: [String] = []) throws -> [UInt8] {
  try run(["convert", "ppm:-"] + options + ["-quality", "92", "jpg:-"], input: ppm(width, height))
}

extension PhotoImage {
  /// Linear light, premultiplied, four values a pixel.
  var light: [SIMD4<Float>] {
    get throws {
      let frame = try framebuffer(workers: Workers(count: 1))
      return (0..<height).flatMap { y in
        let row = frame.row(y)
        return (0..<width).map { SIMD4(row.red[$0], row.green[$0], row.blue[$0], row.alpha[$0]) }
      }
    }
  }

  /// The picture as sRGB codes, three a pixel, for pictures without alpha.
  var codes: [UInt8] {
    get throws {
      try light.flatMap { light in
        (0..<3).map { UInt8((SRGB.encode(Double(light[$0])) * 255).rounded()) }
      }
    }
  }
}

/// Bytes that are put right behind the first marker of a JPEG.
func inserting(_ segments: [UInt8], into jpeg: [UInt8]) -> [UInt8] {
  Array(jpeg[..<2]) + segments + jpeg[2...]
}

/// A segment with its length.
func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
  [0xff, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
}

/// An Exif segment whose first directory has these entries: tag, type, the value as four bytes.
func exif(_ entries: [(tag: Int, type: Int, value: Int)], littleEndian: Bool = false, extra: [UInt8] = [])
  -> [UInt8]
{
  func number(_ value: Int, _ count: Int) -> [UInt8] {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    return littleEndian ? bytes.reversed() : bytes
  }
  var body =
    Array("Exif\0\0".utf8) + (littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]) + number(42, 2) + number(8, 4)
  body += number(entries.count, 2)
  for entry in entries {
    body += number(entry.tag, 2) + number(entry.type, 2) + number(1, 4)
    body += entry.type == 3 ? number(entry.value, 2) + [0, 0] : number(entry.value, 4)
  }
  return segment(0xe1, body + number(0, 4) + extra)
}
