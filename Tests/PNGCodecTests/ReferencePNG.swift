import CZlib
import Foundation
import PNGCodec

/// A PNG taken apart and put together by the letter of the specification, without libpng and without speed.
struct ReferencePNG {
  struct Chunk {
    var name: String
    var data: [UInt8]
  }

  struct Failure: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]
  var chunks: [Chunk]

  init(chunks: [Chunk]) { self.chunks = chunks }

  /// Checks the signature, lengths and checksums.
  init(bytes: [UInt8]) throws {
    guard bytes.starts(with: Self.signature) else { throw Failure("signature") }
    chunks = []
    var at = 8
    while at < bytes.count {
      guard at + 12 <= bytes.count else { throw Failure("chunk header") }
      let length = Self.number(bytes, at)
      guard at + 12 + length <= bytes.count else { throw Failure("chunk length") }
      let body = Array(bytes[at + 4..<at + 8 + length])
      guard Self.number(bytes, at + 8 + length) == Self.checksum(body) else { throw Failure("checksum") }
      chunks.append(Chunk(name: String(decoding: body[..<4], as: UTF8.self), data: Array(body[4...])))
      at += 12 + length
    }
    guard chunks.first?.name == "IHDR", chunks.last?.name == "IEND" else { throw Failure("order") }
  }

  var bytes: [UInt8] {
    chunks.reduce(into: Self.signature) { bytes, chunk in
      let body = Array(chunk.name.utf8) + chunk.data
      bytes += Self.big(chunk.data.count) + body + Self.big(Self.checksum(body))
    }
  }

  var names: [String] { chunks.map(\.name) }
  func data(_ name: String) -> [UInt8]? { chunks.first { $0.name == name }?.data }

  /// The packed samples of a picture that is not interlaced, and the filter types that it uses.
  func pixels() throws -> (bytes: [UInt8], filters: Set<UInt8>) {
    guard let header = data("IHDR"), header.count == 13, header[12] == 0 else { throw Failure("IHDR") }
    let width = Self.number(header, 0)
    let height = Self.number(header, 4)
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Int(header[9])] ?? 0
    let bits = channels * Int(header[8])
    let rowBytes = (width * bits + 7) / 8
    let back = max(1, bits / 8)
    let packed = chunks.filter { $0.name == "IDAT" }.flatMap(\.data)
    var filtered = [UInt8](repeating: 0, count: (rowBytes + 1) * height + 1)
    var count = uLongf(filtered.count)
    guard uncompress(&filtered, &count, packed, uLong(packed.count)) == Z_OK else { throw Failure("zlib") }
    guard Int(count) == (rowBytes + 1) * height else { throw Failure("pixel count") }
    var filters: Set<UInt8> = []
    var above = [UInt8](repeating: 0, count: rowBytes)
    var result: [UInt8] = []
    result.reserveCapacity(rowBytes * height)
    for y in 0..<height {
      let start = y * (rowBytes + 1)
      let type = filtered[start]
      filters.insert(type)
      var row = Array(filtered[start + 1..<start + 1 + rowBytes])
      for i in 0..<rowBytes {
        let a = i >= back ? Int(row[i - back]) : 0
        let b = Int(above[i])
        let c = i >= back ? Int(above[i - back]) : 0
        let guess: Int
        switch type {
        case 0: guess = 0
        case 1: guess = a
        case 2: guess = b
        case 3: guess = (a + b) / 2
        case 4:
          let p = a + b - c
          let (pa, pb, pc) = (abs(p - a), abs(p - b), abs(p - c))
          guess = pa <= pb && pa <= pc ? a : (pb <= pc ? b : c)
        default: throw Failure("filter type \(type)")
        }
        row[i] = row[i] &+ UInt8(guess)
      }
      result += row
      above = row
    }
    return (result, filters)
  }

  /// A small picture of the given kind; `rows` are packed samples without filter types.
  static func make(
    width: Int, height: Int, depth: UInt8, colorType: UInt8, rows: [[UInt8]], before: [Chunk] = []
  ) -> ReferencePNG {
    let header = big(width) + big(height) + [depth, colorType, 0, 0, 0]
    return ReferencePNG(
      chunks: [Chunk(name: "IHDR", data: header)] + before + [
        Chunk(name: "IDAT", data: deflated(rows.flatMap { [0] + $0 })), Chunk(name: "IEND", data: []),
      ])
  }

  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(count))
    compress2(&result, &count, bytes, uLong(bytes.count), 9)
    return Array(result[..<Int(count)])
  }

  static func big(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
  static func number(_ bytes: [UInt8], _ at: Int) -> Int {
    bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// CRC-32 bit by bit.
  static func checksum(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
}

/// Another program. Throws if it is missing or fails.
func run(_ command: [String], input: URL? = nil) throws -> [UInt8] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  let output = Pipe()
  let errors = Pipe()
  process.standardOutput = output
  process.standardError = errors
  process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  let complaint = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ReferencePNG.Failure(
      "\(command) exits with \(process.terminationStatus): "
        + String(decoding: complaint, as: UTF8.self) + String(decoding: bytes, as: UTF8.self))
  }
  return Array(bytes)
}

/// A folder that exists while `body` runs.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onesheet-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// PPM, PGM or PAM: everything after the header.
func raster(_ bytes: [UInt8]) throws -> (maximum: Int, samples: [UInt8]) {
  var at = 0
  func line() -> String {
    let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
    defer { at = min(bytes.count, end + 1) }
    return String(decoding: bytes[at..<end], as: UTF8.self)
  }
  if line() == "P7" {
    var maximum = 0
    while at < bytes.count {
      let words = line().split(separator: " ")
      if words.first == "MAXVAL", words.count == 2 { maximum = Int(words[1]) ?? 0 }
      if words.first == "ENDHDR" { return (maximum, Array(bytes[at...])) }
    }
    throw ReferencePNG.Failure("PAM header")
  }
  _ = line()
  guard let maximum = Int(line()) else { throw ReferencePNG.Failure("PNM header") }
  return (maximum, Array(bytes[at...]))
}
