import CZlib

/// Makes one animated PNG (PNG 3rd edition, chapter 11.3.4) of pictures that are encoded one by one.
///
/// Every picture is a whole PNG by itself. The first one's chunks are kept, so that programs that know no animation
/// show it; of the others only the pixels are used. Each frame replaces the one before.
package struct AnimatedPNG: Sendable {
  /// How long a frame is shown: seconds as a fraction of 16-bit numbers.
  package struct Delay: Sendable, Hashable {
    package var numerator, denominator: UInt16

    /// - Parameter seconds: at most 65 535; to 1/1000 of a second at least, rates like 24 or 29.97 a second nearly
    ///   exactly.
    package init(seconds: Double) {
      let seconds = seconds.isFinite ? max(0, min(65_535, seconds)) : 0
      // The finest fraction with 16 bits: of a second for slow frames, of a thousand for fast ones.
      var best = (numerator: 0.0, denominator: 1.0, error: Double.infinity)
      for denominator in [1.0, 24, 25, 30, 50, 60, 1000, 24_000, 30_000, 60_000] {
        let numerator = (seconds * denominator).rounded()
        let error = abs(numerator / denominator - seconds)
        if numerator <= 65_535, error < best.error - 1e-12 { best = (numerator, denominator, error) }
      }
      numerator = UInt16(best.numerator)
      denominator = UInt16(best.denominator)
    }
  }

  private let frames: UInt32
  private let plays: UInt32
  private let delay: Delay
  private var size: (width: UInt32, height: UInt32)?
  private var header: ArraySlice<UInt8> = []
  private var sequence: UInt32 = 0
  private var written: UInt32 = 0

  /// - Parameters:
  ///   - frames: how many will come; at least 1.
  ///   - plays: how many times the animation runs; 0 for ever.
  package init(frames: Int, delay: Delay, plays: Int = 0) {
    self.frames = UInt32(clamping: max(1, frames))
    self.plays = UInt32(clamping: max(0, plays))
    self.delay = delay
  }

  /// The bytes that the next frame adds to the file.
  ///
  /// - Parameter png: a whole PNG file, of the same size and kind as those before.
  /// - Throws: ``PNGError`` if it is no PNG, or differs from the frames before.
  package mutating func add(_ png: [UInt8]) throws(PNGError) -> [UInt8] {
    let chunks = try AnimatedPNG.chunks(of: png)
    guard let first = chunks.first, first.kind == "IHDR", first.data.count == 13 else { throw .notPNG }
    guard chunks.last?.kind == "IEND", chunks.contains(where: { $0.kind == "IDAT" }) else {
      throw .corrupt("the file ends too early")
    }
    guard written < frames else { throw .corrupt("there are more frames than were announced") }
    var out: [UInt8] = []
    if written == 0 {
      header = first.data
      size = (AnimatedPNG.number(first.data.prefix(4)), AnimatedPNG.number(first.data.dropFirst(4).prefix(4)))
      out += png.prefix(8)
      var isBeforePixels = true
      for chunk in chunks where chunk.kind != "IEND" {
        if chunk.kind == "IDAT", isBeforePixels {
          isBeforePixels = false
          out += AnimatedPNG.chunk("acTL", AnimatedPNG.bytes(frames) + AnimatedPNG.bytes(plays))
          out += control()
        }
        out += AnimatedPNG.chunk(chunk.kind, Array(chunk.data))
      }
    } else {
      guard first.data.elementsEqual(header) else { throw .corrupt("frames differ in size or kind") }
      out += control()
      for chunk in chunks where chunk.kind == "IDAT" {
        out += AnimatedPNG.chunk("fdAT", AnimatedPNG.bytes(sequence) + chunk.data)
        sequence += 1
      }
    }
    written += 1
    if written == frames { out += AnimatedPNG.chunk("IEND", []) }
    return out
  }

  /// Place, size and duration of a frame.
  private mutating func control() -> [UInt8] {
    defer { sequence += 1 }
    let number = AnimatedPNG.bytes
    let time = [delay.numerator, delay.denominator].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    // Neither kept back nor blended: each frame is whole.
    return AnimatedPNG.chunk(
      "fcTL",
      number(sequence) + number(size?.width ?? 0) + number(size?.height ?? 0) + number(0) + number(0) + time
        + [0, 0])
  }

  // MARK: Chunks

  private static func chunks(of png: [UInt8]) throws(PNGError) -> [(kind: String, data: ArraySlice<UInt8>)] {
    guard png.prefix(8).elementsEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) else { throw .notPNG }
    var chunks: [(kind: String, data: ArraySlice<UInt8>)] = []
    var rest = png[8...]
    while rest.count >= 12 {
      let length = Int(number(rest.prefix(4)))
      guard length <= rest.count - 12 else { throw .corrupt("a chunk is longer than the file") }
      let kind = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
      chunks.append((kind, rest.dropFirst(8).prefix(length)))
      rest = rest.dropFirst(12 + length)
    }
    return chunks
  }

  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + data
    let sum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32(clamping: $0.count)) }
    return bytes(UInt32(clamping: data.count)) + body + bytes(UInt32(truncatingIfNeeded: sum))
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
