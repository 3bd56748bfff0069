import Foundation
import PNGCodec
import Testing

@testable import Onesheet

@Suite("Sequences") struct SequenceTests {
  // MARK: Numbers

  @Test func framesBeginAtTheirNumber() throws {
    let range = try #require(FrameRange(from: 1.1, to: 2, rate: 10))
    // 1.1 · 10 is a bit more than 11.
    #expect(range.numbers == 11..<20)
    #expect(range.time(of: 11) == 1.1)
    #expect(FrameRange(from: 0, to: 10, rate: 24)?.numbers == 0..<240)
    #expect(FrameRange(from: 0.01, to: 0.05, rate: 24)?.numbers == 1..<2)
  }

  @Test func noFrames() {
    for (from, to, rate) in [
      (0, 0, 24), (2, 1, 24), (0.01, 0.02, 24), (-1, 1, 24), (0, 1e9, 24), (0, 1, 0), (0, 1e6, 24),
      (.nan, 1, 24), (0, .infinity, 24), (0, 1, .nan),
    ] { #expect(FrameRange(from: from, to: to, rate: rate) == nil) }
  }

  @Test(arguments: [
    (24, 24, 1), (25, 25, 1), (23.976, 24000, 1001), (29.97, 30000, 1001), (59.94, 60000, 1001),
    (12.5, 25, 2),
    (0.5, 1, 2), (60, 60, 1),
  ])
  func rates(_ rate: Double, _ numerator: Int, _ denominator: Int) {
    let fraction = FrameRange.fraction(of: rate)
    #expect(fraction.numerator == numerator && fraction.denominator == denominator)
  }

  // MARK: Video

  /// Five flat stripes, each 8 pixels wide.
  private func stripes() throws -> Preset {
    let colors = ["black", "white", "\"#ff0000\"", "\"#00ff00\"", "\"#204060\""]
    let layers = colors.enumerated().map { i, color in
      "  - {shape: rectangle, width: 0.2, height: 1, at: [\(0.1 + 0.2 * Double(i)), 0.5], fill: \(color)}\n"
    }
    return try Preset(
      text: "onesheet: 1\ncanvas: {size: 40x8}\nlayers:\n" + layers.joined(), name: "p.yaml")
  }

  private func file(_ depth: Picture.Encoding.Depth) throws -> [UInt8] {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).y4m").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let video = try VideoStream(path: path, width: 40, height: 8, rate: 23.976, depth: depth)
    let picture = try stripes().render()
    try video.append(picture)
    try video.append(picture)
    try video.close()
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The codes that ITU-R BT.709 and BT.1361 give for full stripes, and one that was calculated by hand.
  private static let codes: [(luma: Int, blue: Int, red: Int)] = [
    (16, 128, 128), (235, 128, 128), (63, 102, 240), (173, 42, 26), (67, 145, 113),
  ]

  @Test func eightBits() throws {
    let bytes = try file(.eight)
    let head = "YUV4MPEG2 W40 H8 F24000:1001 Ip A1:1 C444 XCOLORRANGE=LIMITED\n"
    let frame = 6 + 3 * 320
    try #require(bytes.count == head.utf8.count + 2 * frame)
    #expect(String(decoding: bytes.prefix(head.utf8.count), as: UTF8.self) == head)
    let first = Array(bytes.dropFirst(head.utf8.count).prefix(frame))
    #expect(String(decoding: first.prefix(6), as: UTF8.self) == "FRAME\n")
    for (i, code) in Self.codes.enumerated() {
      for (plane, value) in [code.luma, code.blue, code.red].enumerated() {
        let at = 6 + plane * 320 + 3 * 40 + 8 * i + 4
        #expect(abs(Int(first[at]) - value) <= 1, "stripe \(i), plane \(plane)")
      }
    }
    #expect(first == Array(bytes.suffix(frame)))
  }

  @Test func sixteenBits() throws {
    let bytes = try file(.sixteen)
    let head = "YUV4MPEG2 W40 H8 F24000:1001 Ip A1:1 C444p16 XYSCSS=444P16 XCOLORRANGE=LIMITED\n"
    try #require(bytes.count == head.utf8.count + 2 * (6 + 6 * 320))
    let start = head.utf8.count + 6
    for (i, code) in Self.codes.enumerated() {
      for (plane, value) in [code.luma, code.blue, code.red].enumerated() {
        let at = start + plane * 640 + (3 * 40 + 8 * i + 4) * 2
        let found = Int(bytes[at]) | Int(bytes[at + 1]) << 8
        #expect(abs(found - value * 256) <= 160, "stripe \(i), plane \(plane)")
      }
    }
  }

  @Test func framesOfAnotherSizeAreRefused() throws {
    let video = try VideoStream(path: "/dev/null", width: 41, height: 8, rate: 24)
    #expect(throws: RenderError.self) { try video.append(stripes().render()) }
  }

  // MARK: What is finished

  private func moving(_ seed: Int = 1) throws -> Preset {
    try Preset(
      text: """
        onesheet: 1
        canvas: {size: 24x16}
        seed: \(seed)
        duration: 2
        layers:
          - {solid: white, opacity: {keys: {0: 0, 2: 1}}}
        """, name: "p.yaml")
  }

  @Test func aFrameIsFinishedWhenItIsTheSame() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).png").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let preset = try moving()
    let encoding = Picture.Encoding()
    #expect(!preset.isFinished(path, time: 1, encoding: encoding))
    try preset.render(time: 1).write(to: path)
    #expect(preset.isFinished(path, time: 1, encoding: encoding))
    #expect(!preset.isFinished(path, time: 1.5, encoding: encoding))
    #expect(!preset.isFinished(path, time: 1, encoding: Picture.Encoding(depth: .sixteen)))
    #expect(try !moving(2).isFinished(path, time: 1, encoding: encoding))
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes.removeLast(20)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(!preset.isFinished(path, time: 1, encoding: encoding))
  }

  @Test func distances() throws {
    let preset = try moving()
    let (black, gray, white) = try (preset.render(time: 0), preset.render(time: 1), preset.render(time: 2))
    #expect(black.distance(to: black) == 0)
    #expect(abs((try #require(black.distance(to: white))) - 1) < 1e-6)
    #expect(abs((try #require(black.distance(to: gray))) - 0.5.squareRoot()) < 1e-4)
    #expect(try black.distance(to: stripes().render()) == nil)
  }
}
