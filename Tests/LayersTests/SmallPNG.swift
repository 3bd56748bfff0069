import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// PNG files written by hand (stored blocks, no filters), independent of the codec under test.
struct SmallPNG {
  var width, height: Int
  var depth = 8
  /// 0 gray, 2 RGB, 4 gray with alpha, 6 RGBA.
  var colorType = 6
  /// gAMA, times 100 000.
  var gamma: UInt32?
  /// Samples from the left to the right, from the top to the bottom.
  var samples: [Int]

  var bytes: [UInt8] {
    func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
      let body = Array(name.utf8) + data
      var crc: UInt32 = 0xffff_ffff
      for byte in body {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
      }
      return big(UInt32(data.count)) + body + big(~crc)
    }
    let channels = [0: 1, 2: 3, 4: 2, 6: 4][colorType] ?? 4
    var raw: [UInt8] = []
    for y in 0..<height {
      raw.append(0)
      for value in samples[y * width * channels..<(y + 1) * width * channels] {
        if depth == 16 { raw.append(UInt8(value >> 8)) }
        raw.append(UInt8(value & 255))
      }
    }
    var stream: [UInt8] = [0x78, 0x01]
    var rest = raw[...]
    while !rest.isEmpty {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let n = UInt16(block.count)
      stream +=
        [rest.isEmpty ? 1 : 0, UInt8(n & 255), UInt8(n >> 8), UInt8(~n & 255), UInt8(~n >> 8)] + block
    }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    stream += big(b << 16 | a)
    var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    file += chunk(
      "IHDR", big(UInt32(width)) + big(UInt32(height)) + [UInt8(depth), UInt8(colorType), 0, 0, 0])
    if let gamma { file += chunk("gAMA", big(gamma)) }
    return file + chunk("IDAT", stream) + chunk("IEND", [])
  }

  /// Calls `body` with the path of a file that exists until it returns.
  func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    try Self.withFile(of: bytes, body)
  }

  static func withFile<Result>(of bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/onesheet-image-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    let path = template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    defer { unlink(path) }
    let written = write(descriptor, bytes, bytes.count)
    close(descriptor)
    try #require(written == bytes.count)
    return try body(path)
  }
}
