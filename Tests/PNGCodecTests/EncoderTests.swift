import Foundation
import PNGCodec
import Raster
import Synchronization
import Testing

/// A file in memory.
final class MemorySink: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var contents: [UInt8] { bytes.withLock { $0 } }
  func write(_ part: UnsafeRawBufferPointer) { bytes.withLock { $0.append(contentsOf: part) } }
}

/// Encodes packed samples.
func encoded(_ header: PNGHeader, _ samples: [UInt8], threads: Int = 2) throws -> [UInt8] {
  let sink = MemorySink()
  let rowBytes = header.width * header.bytesPerPixel
  try PNGEncoder(header: header).encode(
    workers: Workers(count: threads),
    fill: { rows, target in
      target.copyBytes(from: samples[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes])
    },
    write: { sink.write($0) })
  return sink.contents
}

private enum Motif: CaseIterable {
  case noise, flat, horizontalRamp, columns, diagonal

  func samples(_ header: PNGHeader) -> [UInt8] {
    let rowBytes = header.width * header.bytesPerPixel
    var state: UInt32 = 1
    var result = [UInt8](repeating: 0, count: rowBytes * header.height)
    for y in 0..<header.height {
      for x in 0..<rowBytes {
        let pixel = x / header.bytesPerPixel
        switch self {
        case .noise:
          state = state &* 1_664_525 &+ 1_013_904_223
          result[y * rowBytes + x] = UInt8(state >> 24)
        case .flat:
          result[y * rowBytes + x] = UInt8(40 + x % header.bytesPerPixel)
        case .horizontalRamp:
          result[y * rowBytes + x] = UInt8(truncatingIfNeeded: pixel * 3 + y)
        case .columns:
          result[y * rowBytes + x] = UInt8(truncatingIfNeeded: (pixel &* 2_654_435_761) >> 13)
        case .diagonal:
          // Smooth in both directions with a curve, which only Paeth predicts well.
          result[y * rowBytes + x] = UInt8(truncatingIfNeeded: pixel * pixel / 97 + y * y / 61)
        }
      }
    }
    return result
  }
}

@Suite struct EncoderTests {
  static let kinds: [(PNGHeader.Color, PNGHeader.Depth)] = [
    (.gray, .eight), (.gray, .sixteen), (.rgb, .eight), (.rgb, .sixteen), (.rgba, .eight), (.rgba, .sixteen),
  ]

  @Test(arguments: kinds, [(1, 1), (1, 37), (41, 1), (7, 5), (130, 90)])
  func decodesToTheSameSamples(kind: (PNGHeader.Color, PNGHeader.Depth), size: (Int, Int)) throws {
    let header = PNGHeader(width: size.0, height: size.1, color: kind.0, depth: kind.1)
    for motif in Motif.allCases {
      let samples = motif.samples(header)
      let file = try ReferencePNG(bytes: try encoded(header, samples))
      #expect(try file.pixels().bytes == samples, "\(motif)")
    }
  }

  /// Other programs agree, on a picture of several bands. (pngcheck 3.0.3 holds cICP to be an error.)
  @Test(arguments: kinds)
  func otherProgramsAgree(kind: (PNGHeader.Color, PNGHeader.Depth)) throws {
    let channels = kind.0.channels * kind.1.rawValue / 8
    let header = PNGHeader(
      width: 900 / channels, height: 2600, color: kind.0, depth: kind.1, pixelsPerMeter: 11_811,
      texts: [PNGText(keyword: "Title", text: "Łódź")])
    for motif in [Motif.noise, .diagonal] {
      let samples = motif.samples(header)
      let bytes = try encoded(header, samples)
      #expect(try ReferencePNG(bytes: bytes).names.filter { $0 == "IDAT" }.count >= 3)
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("picture.png")
        try Data(bytes).write(to: file)
        let verdict = String(decoding: try run(["pngcheck", file.path]), as: UTF8.self)
        #expect(verdict.hasPrefix("OK"))
        let alpha = kind.0 == .rgba ? ["-alphapam"] : []
        let decoded = try raster(try run(["pngtopam"] + alpha + [file.path]))
        #expect(decoded.maximum == (kind.1 == .eight ? 255 : 65_535))
        #expect(decoded.samples == samples)
      }
    }
  }

  @Test func threadsDoNotMatter() throws {
    let header = PNGHeader(width: 500, height: 3000, texts: [PNGText(keyword: "Comment", text: "same")])
    let ramp = Motif.horizontalRamp.samples(header)
    // Bands of different kinds, so that their order and choice of coder matter.
    var samples = Motif.noise.samples(header)
    samples.replaceSubrange(0..<samples.count / 2, with: ramp[..<(samples.count / 2)])
    let one = try encoded(header, samples, threads: 1)
    for threads in [2, 5, 16] { #expect(try encoded(header, samples, threads: threads) == one) }
    #expect(try ReferencePNG(bytes: one).pixels().bytes == samples)
  }

  @Test func choosesFiltersThatFit() throws {
    let header = PNGHeader(width: 300, height: 200)
    func filters(_ motif: Motif) throws -> Set<UInt8> {
      try ReferencePNG(bytes: try encoded(header, motif.samples(header))).pixels().filters
    }
    #expect(try filters(.columns).contains(2))
    #expect(try filters(.diagonal).contains(4))
    #expect(try filters(.horizontalRamp) == [1])
  }

  /// Flat and repetitive art becomes small, and noise costs next to nothing extra.
  @Test func sizes() throws {
    let header = PNGHeader(width: 600, height: 600)
    let flat = try encoded(header, Motif.flat.samples(header))
    #expect(flat.count < 4000)
    let noise = try encoded(header, Motif.noise.samples(header))
    #expect(noise.count < 600 * 600 * 3 * 1001 / 1000 + 2000)
    // A tile of noise again and again: runs find nothing in it, strings everything.
    var tiled = [UInt8](repeating: 0, count: 600 * 600 * 3)
    let tile = Motif.noise.samples(PNGHeader(width: 40, height: 1))
    for i in tiled.indices { tiled[i] = tile[i % tile.count] / 32 * 32 }
    #expect(try encoded(header, tiled).count < 40_000)
  }

  @Test func metadataComesBack() throws {
    let long = String(repeating: "Ünter den Linden — 映画 🎬\n", count: 100)
    let texts = [
      PNGText(keyword: "Title", text: "Nachtzug"), PNGText(keyword: "Preset", text: long),
      PNGText(keyword: "Empty", text: ""),
    ]
    let header = PNGHeader(
      width: 3, height: 2, color: .rgba, pixelsPerMeter: 11_811, writesCodePoints: true, texts: texts)
    let bytes = try encoded(header, [UInt8](0..<24))
    let image = try PNGImage.read(bytes: bytes)
    #expect(image.texts == texts)
    #expect(image.pixelsPerMeter?.x == 11_811 && image.pixelsPerMeter?.y == 11_811)
    #expect(image.colorimetry.codePoints == [1, 13, 0, 1])
    #expect(image.colorimetry.source == .cICP)
    #expect(image.colorimetry.transfer == .sRGB)
    #expect(image.colorimetry.chromaticities?.isClose(to: .rec709) == true)
    #expect(image.colorimetry.compromises.isEmpty && image.warnings.isEmpty)

    let file = try ReferencePNG(bytes: bytes)
    #expect(file.data("gAMA") == ReferencePNG.big(45_455))
    #expect(file.data("pHYs") == ReferencePNG.big(11_811) + ReferencePNG.big(11_811) + [1])
    #expect(file.data("sRGB") != nil && file.data("cHRM") != nil)
    let names = file.names
    #expect(names.firstIndex(of: "cICP") ?? 99 < names.firstIndex(of: "IDAT") ?? 0)
    // Keyword, NUL, compression flag.
    let records = file.chunks.filter { $0.name == "iTXt" }.map(\.data)
    #expect(records.map { $0[($0.firstIndex(of: 0) ?? 0) + 1] } == [0, 1, 0])
    #expect(records.first { $0.starts(with: Array("Preset".utf8)) }?.count ?? 9999 < 400)

    let plain = try ReferencePNG(bytes: try encoded(PNGHeader(width: 1, height: 1), [1, 2, 3]))
    #expect(plain.data("cICP") == nil && plain.data("pHYs") == nil && plain.data("sRGB") != nil)
  }

  @Test func refusesBadHeaders() {
    for header in [
      PNGHeader(width: 0, height: 1), PNGHeader(width: 1, height: -1), PNGHeader(width: .max, height: .max),
      PNGHeader(width: 1, height: 1, pixelsPerMeter: 0),
      PNGHeader(width: 1, height: 1, texts: [PNGText(keyword: "", text: "a")]),
      PNGHeader(width: 1, height: 1, texts: [PNGText(keyword: "a  b", text: "a")]),
      PNGHeader(width: 1, height: 1, texts: [PNGText(keyword: String(repeating: "k", count: 80), text: "a")]),
      PNGHeader(width: 1, height: 1, texts: [PNGText(keyword: "Title", text: "a\0b")]),
    ] {
      #expect { try PNGEncoder(header: header) } throws: {
        if case .invalidHeader = $0 as? PNGError { true } else { false }
      }
    }
  }

  private struct Interruption: Error, Equatable { var at: Int }

  /// A sink that fails at any point stops all threads and its own error comes out.
  @Test(arguments: [1, 2, 5])
  func failingSinks(threads: Int) throws {
    let header = PNGHeader(width: 700, height: 4000)
    let encoder = try PNGEncoder(header: header)
    for failing in [0, 1, 5, 12, 20] {
      let calls = Mutex(0)
      #expect(throws: Interruption(at: failing)) {
        try encoder.encode(
          workers: Workers(count: threads),
          fill: { _, target in target.initializeMemory(as: UInt8.self, repeating: 7) },
          write: { _ in
            let call = calls.withLock { count in
              count += 1
              return count - 1
            }
            if call == failing { throw Interruption(at: failing) }
          })
      }
      #expect(calls.withLock { $0 } == failing + 1)
    }
    #expect(throws: Interruption(at: -1)) {
      try encoder.encode(
        workers: Workers(count: threads),
        fill: { rows, _ in if rows.contains(2000) { throw Interruption(at: -1) } }, write: { _ in })
    }
  }

  @Test func progressCountsRows() throws {
    let header = PNGHeader(width: 700, height: 2000)
    let seen = Mutex<[Int]>([])
    try PNGEncoder(header: header).encode(
      workers: Workers(count: 3),
      fill: { _, target in target.initializeMemory(as: UInt8.self, repeating: 0) },
      progress: { rows in seen.withLock { $0.append(rows) } }, write: { _ in })
    let counts = seen.withLock { $0 }
    #expect(counts == counts.sorted() && counts.last == 2000 && counts.count > 3)
  }
}
