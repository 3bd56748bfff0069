import CZlib
import Foundation
import PNGCodec
import Raster
import Testing

@Suite("Animated PNG") struct AnimatedPNGTests {
  /// A picture of one color, of 20 × 10 pixels.
  private func picture(_ value: UInt8, width: Int = 20) throws -> [UInt8] {
    let bytes = Box()
    try PNGEncoder(header: PNGHeader(width: width, height: 10, texts: [PNGText(keyword: "Title", text: "t")]))
      .encode(
        workers: Workers(count: 1),
        fill: { _, target in for i in target.indices { target[i] = value &+ UInt8(i % 7) } },
        write: { bytes.append($0) })
    return bytes.value
  }

  private final class Box: @unchecked Sendable {
    var value: [UInt8] = []
    func append(_ chunk: UnsafeRawBufferPointer) { value.append(contentsOf: chunk) }
  }

  private struct Chunk: Equatable {
    var kind: String
    var data: [UInt8]
  }

  /// Reads a file chunk by chunk; each checksum must be right, and nothing may be left.
  private func chunks(_ file: [UInt8]) throws -> [Chunk] {
    try #require(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    var at = 8
    var found: [Chunk] = []
    while at < file.count {
      try #require(at + 12 <= file.count)
      let length = number(file, at)
      try #require(at + 12 + length <= file.count)
      let body = Array(file[(at + 4)..<(at + 8 + length)])
      #expect(number(file, at + 8 + length) == Int(crc32(0, body, UInt32(body.count))))
      found.append(Chunk(kind: String(decoding: body[..<4], as: UTF8.self), data: Array(body[4...])))
      at += 12 + length
    }
    return found
  }

  private func number(_ bytes: [UInt8], _ at: Int) -> Int {
    bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private func bytes(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  @Test func framesComeBackAsTheyWere() throws {
    let pictures = try [10, 90, 170].map { try picture($0) }
    var animation = AnimatedPNG(frames: 3, delay: .init(seconds: 1.0 / 24))
    var file: [UInt8] = []
    for one in pictures { file += try animation.add(one) }
    let found = try chunks(file)
    #expect(found.first?.kind == "IHDR" && found.last?.kind == "IEND")
    #expect(found.filter { $0.kind == "acTL" } == [Chunk(kind: "acTL", data: bytes(3) + bytes(0))])
    let first = try #require(found.firstIndex { $0.kind == "acTL" })
    #expect(first < (try #require(found.firstIndex { $0.kind == "IDAT" })))
    // Sequence numbers run through controls and data alike.
    let numbered = found.filter { ["fcTL", "fdAT"].contains($0.kind) }
    #expect(numbered.map { number($0.data, 0) } == Array(0..<numbered.count))
    let controls = found.filter { $0.kind == "fcTL" }
    #expect(controls.count == 3)
    for control in controls {
      #expect(Array(control.data[4...]) == bytes(20) + bytes(10) + bytes(0) + bytes(0) + [0, 1, 0, 24, 0, 0])
    }
    // Who knows no animation sees the first picture.
    #expect(try PNGImage.read(bytes: file)[3, 3] == PNGImage.read(bytes: pictures[0])[3, 3])
    // Each frame, put into a file of its own, is the picture that was given.
    var frames: [[UInt8]] = []
    for chunk in found {
      switch chunk.kind {
      case "fcTL": frames.append([])
      case "IDAT": frames[frames.count - 1] += chunk.data
      case "fdAT": frames[frames.count - 1] += chunk.data.dropFirst(4)
      default: break
      }
    }
    for (frame, one) in zip(frames, pictures) {
      let data = try chunks(one).filter { $0.kind == "IDAT" }.flatMap(\.data)
      #expect(frame == data)
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    var animation = AnimatedPNG(frames: 2, delay: .init(seconds: 1))
    _ = try animation.add(picture(1))
    #expect(throws: PNGError.self) { try animation.add(picture(1, width: 21)) }
    #expect(throws: PNGError.self) { try animation.add([1, 2, 3]) }
    #expect(throws: PNGError.self) { try animation.add(Array(picture(1).prefix(40)) + [255, 255, 255, 255]) }
    _ = try animation.add(picture(2))
    #expect(throws: PNGError.self) { try animation.add(picture(3)) }
  }

  @Test(arguments: [24, 25, 23.976, 29.97, 12, 0.5, 60, 48.0]) func delays(_ rate: Double) {
    let delay = AnimatedPNG.Delay(seconds: 1 / rate)
    #expect(abs(Double(delay.numerator) / Double(delay.denominator) * rate - 1) < 2e-3)
  }

  @Test(arguments: [-1, 0, 1e9, .nan, .infinity]) func oddDelays(_ seconds: Double) {
    #expect(AnimatedPNG.Delay(seconds: seconds).denominator > 0)
  }
}
