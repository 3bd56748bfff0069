import Foundation
import PNGCodec
import Raster
import Testing

/// One way PNG stores samples.
struct Storage: Hashable, CustomStringConvertible, Sendable {
  var colorType: Int
  var depth: Int
  var isInterlaced: Bool
  var description: String { "type \(colorType), \(depth) bits\(isInterlaced ? ", interlaced" : "")" }

  static let all: [Storage] = [
    (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
  ].flatMap { type, depths in
    depths.flatMap { depth in
      [false, true].map { Storage(colorType: type, depth: depth, isInterlaced: $0) }
    }
  }
}

@Suite struct DecoderTests {
  static let width = 19
  static let height = 13

  /// What ImageMagick and netpbm write in every storage, we read as the samples that it was given.
  @Test(arguments: Storage.all)
  func readsEveryStorage(_ storage: Storage) throws {
    let levels = storage.colorType == 3 ? 2 : min(1 << storage.depth, 65_536)
    let maximum = storage.depth == 16 ? 65_535 : 255
    let isGray = storage.colorType == 0 || storage.colorType == 4
    let hasAlpha = storage.colorType >= 4
    // For a palette: as many colors as the depth has entries.
    let entries = 1 << storage.depth
    var samples: [Int] = []
    for y in 0..<Self.height {
      for x in 0..<Self.width {
        let place = (y * Self.width + x) * 2_654_435_761 >> 7
        func level(_ number: Int) -> Int { number % levels * maximum / (levels - 1) }
        if storage.colorType == 3 {
          let entry = place % entries
          samples += [entry * 255 / (entries - 1), entry * 91 % 256, 255 - entry % 256, maximum]
        } else if isGray {
          samples += Array(repeating: level(place), count: 3) + [hasAlpha ? level(place / 7) : maximum]
        } else {
          samples += [
            level(place), level(place / 3), level(place / 5), hasAlpha ? level(place / 7) : maximum,
          ]
        }
      }
    }
    let bytes = samples.flatMap { maximum > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
    try withTemporaryFolder { folder in
      let source = folder.appendingPathComponent("source.pam")
      let file = folder.appendingPathComponent("picture.png")
      let header =
        "P7\nWIDTH \(Self.width)\nHEIGHT \(Self.height)\nDEPTH 4\nMAXVAL \(maximum)\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
      try Data(Array(header.utf8) + bytes).write(to: source)
      if storage.colorType == 3 {
        // ImageMagick stores palettes with 8 bits whatever it is told; netpbm takes as few as will do.
        let opaque = folder.appendingPathComponent("source.ppm")
        let colors = bytes.enumerated().filter { $0.offset % 4 != 3 }.map(\.element)
        try Data(Array("P6\n\(Self.width) \(Self.height)\n255\n".utf8) + colors).write(to: opaque)
        let interlace = storage.isInterlaced ? ["-interlace"] : []
        try Data(try run(["pnmtopng"] + interlace + [opaque.path])).write(to: file)
      } else {
        _ = try run(
          ["convert", source.path, "-interlace", storage.isInterlaced ? "PNG" : "None"]
            + (hasAlpha ? [] : ["-alpha", "off"]) + [
              "-define", "png:color-type=\(storage.colorType)", "-define", "png:bit-depth=\(storage.depth)",
              file.path,
            ])
      }
      let written = [UInt8](try Data(contentsOf: file))
      // The test is about the storage asked for, not what the program thinks better.
      try #require(written[24] == storage.depth && written[25] == storage.colorType)
      try #require(written[28] == (storage.isInterlaced ? 1 : 0))

      for image in [try PNGImage.read(contentsOf: file.path), try PNGImage.read(bytes: written)] {
        #expect(image.width == Self.width && image.height == Self.height)
        #expect(image.depth == (storage.depth == 16 ? .sixteen : .eight))
        #expect(image.warnings.isEmpty)
        #expect(unpacked(image) == samples.map { $0 * (65_535 / maximum) })
      }
    }
  }

  private func unpacked(_ image: PNGImage) -> [Int] {
    (0..<image.height).flatMap { y in
      (0..<image.width).flatMap { x in
        image[x, y].map { [Int($0.red), Int($0.green), Int($0.blue), Int($0.alpha)] } ?? []
      }
    }
  }

  /// Transparency keys and transparent palette entries.
  @Test func readsTransparency() throws {
    typealias Chunk = ReferencePNG.Chunk
    let gray = ReferencePNG.make(
      width: 4, height: 1, depth: 2, colorType: 0, rows: [[0b00_01_10_11]],
      before: [Chunk(name: "tRNS", data: [0, 2])])
    let grays: [[Int]] = [0, 0x5555, 0xaaaa, 0xffff].map { [$0, $0, $0, $0 == 0xaaaa ? 0 : 65_535] }
    #expect(unpacked(try PNGImage.read(bytes: gray.bytes)) == Array(grays.joined()))
    let rgb16 = ReferencePNG.make(
      width: 2, height: 1, depth: 16, colorType: 2, rows: [[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7]],
      before: [Chunk(name: "tRNS", data: [1, 2, 3, 4, 5, 6])])
    #expect(
      unpacked(try PNGImage.read(bytes: rgb16.bytes))
        == [0x102, 0x304, 0x506, 0, 0x102, 0x304, 0x507, 65_535])
    let palette = ReferencePNG.make(
      width: 3, height: 1, depth: 8, colorType: 3, rows: [[2, 0, 1]],
      before: [
        Chunk(name: "PLTE", data: [10, 20, 30, 40, 50, 60, 70, 80, 90]), Chunk(name: "tRNS", data: [0, 128]),
      ])
    #expect(
      unpacked(try PNGImage.read(bytes: palette.bytes)).map { $0 / 257 }
        == [70, 80, 90, 255, 10, 20, 30, 0, 40, 50, 60, 128])
  }

  // MARK: Colorimetry

  private func picture(_ chunks: [ReferencePNG.Chunk], depth: UInt8 = 8) throws -> PNGImage {
    let samples: [UInt8] = depth == 8 ? [0, 128, 255] : [0, 0, 0x80, 0, 0xff, 0xff]
    return try PNGImage.read(
      bytes: ReferencePNG.make(
        width: 1, height: 1, depth: depth, colorType: 2, rows: [samples], before: chunks
      )
      .bytes)
  }

  private func linear(_ image: PNGImage) throws -> [Float] {
    let framebuffer = try image.framebuffer(workers: Workers(count: 1))
    return framebuffer.planes.map { $0.row(0)[0] }
  }

  private static let rec709 = ReferencePNG.Chunk(
    name: "cHRM",
    data: [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000].flatMap { ReferencePNG.big($0) })

  @Test func transfers() throws {
    typealias Chunk = ReferencePNG.Chunk
    let half = 128.0 / 255
    let plain = try picture([])
    #expect(plain.colorimetry.source == .assumed && plain.colorimetry.transfer == .sRGB)
    #expect(try linear(plain) == [0, Float(pow((half + 0.055) / 1.055, 2.4)), 1, 1])

    let gamma = try picture([Chunk(name: "gAMA", data: ReferencePNG.big(50_000))])
    #expect(gamma.colorimetry.source == .gAMA && gamma.colorimetry.transfer == .gamma(encoding: 0.5))
    #expect(try linear(gamma) == [0, Float(half * half), 1, 1])

    let srgb = try picture([
      Chunk(name: "sRGB", data: [0]), Chunk(name: "gAMA", data: ReferencePNG.big(45_455)), Self.rec709,
    ])
    #expect(srgb.colorimetry.source == .sRGB && srgb.colorimetry.compromises.isEmpty)
    #expect(srgb.colorimetry.chromaticities?.isClose(to: .rec709) == true)

    func coded(_ points: [UInt8], _ rest: [Chunk] = [], depth: UInt8 = 8) throws -> PNGImage {
      try picture([Chunk(name: "cICP", data: points)] + rest, depth: depth)
    }
    let linearLight = try coded(
      [1, 8, 0, 1], [Chunk(name: "gAMA", data: ReferencePNG.big(45_455))], depth: 16)
    #expect(linearLight.colorimetry.source == .cICP && linearLight.colorimetry.transfer == .linear)
    #expect(try linear(linearLight) == [0, Float(Double(0x8000) / 65_535), 1, 1])
    let video = try coded([1, 1, 0, 1])
    #expect(try linear(video)[1] == Float(pow((half + 0.099) / 1.099, 1 / 0.45)))
    let pq = try coded([1, 16, 0, 1])
    #expect(pq.colorimetry.transfer == .pq)
    // ST 2084: full code is 10000 cd/m²; 0.5081 is 100 cd/m² (published pairs).
    #expect(abs(try linear(pq)[2] - 10_000 / 203) < 1e-3)
    #expect(abs(PNGTransfer.pq.decode(0.508_078) * 203 - 100) < 0.01)

    // What cannot be done is said.
    let unknown = try coded([1, 18, 0, 1], [Chunk(name: "gAMA", data: ReferencePNG.big(100_000))])
    #expect(unknown.colorimetry.source == .gAMA && unknown.colorimetry.transfer == .gamma(encoding: 1))
    #expect(unknown.colorimetry.compromises.count == 1)
    let narrow = try coded([1, 13, 0, 0])
    #expect(narrow.colorimetry.source == .assumed && narrow.colorimetry.compromises.count == 1)
    let wide = try coded([9, 16, 0, 1])
    #expect(wide.colorimetry.source == .cICP && wide.colorimetry.compromises.isEmpty)
    #expect(wide.colorimetry.primaries == .rec2020)
    let strange = try coded([5, 16, 0, 1])
    #expect(strange.colorimetry.compromises.count == 1 && strange.colorimetry.primaries == nil)
  }

  @Test func premultipliesAndKeeps16Bits() throws {
    let codes: [UInt8] = [0x40, 0x01, 0x80, 0x02, 0xff, 0xff, 0x55, 0x56]
    let image = try PNGImage.read(
      bytes: ReferencePNG.make(
        width: 1, height: 1, depth: 16, colorType: 6, rows: [codes],
        before: [ReferencePNG.Chunk(name: "gAMA", data: ReferencePNG.big(100_000))]
      ).bytes)
    let alpha = Float(Double(0x5556) / 65_535)
    let expected = [0x4001, 0x8002, 0xffff].map { Float(Double($0) / 65_535) * alpha } + [alpha]
    #expect(try linear(image) == expected)
  }

  // MARK: Damage

  private static let sound = ReferencePNG.make(
    width: 6, height: 4, depth: 8, colorType: 2,
    rows: (0..<4).map { y in (0..<18).map { UInt8(y * 40 + $0 * 7) } },
    before: [ReferencePNG.Chunk(name: "gAMA", data: ReferencePNG.big(45_455))])

  @Test func everyTruncationIsAnError() {
    let bytes = Self.sound.bytes
    for count in 0..<bytes.count {
      #expect(throws: count < 8 ? PNGError.notPNG : PNGError.truncated) {
        try PNGImage.read(bytes: Array(bytes[..<count]))
      }
    }
    #expect(throws: Never.self) { try PNGImage.read(bytes: bytes) }
  }

  /// Any single damaged byte is reported, as an error or, in gAMA, as a warning.
  @Test func everyDamagedByteIsNoticed() throws {
    let bytes = Self.sound.bytes
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x20, 0x80, 0xff] {
        var damaged = bytes
        damaged[index] ^= mask
        if let image = try? PNGImage.read(bytes: damaged) {
          // Behind IHDR and in front of IDAT lies gAMA, 16 bytes that pictures can do without.
          #expect(33..<49 ~= index, "byte \(index)")
          // A chunk renamed "gaMA" or so has a wrong checksum, too.
          #expect(!image.warnings.isEmpty, "byte \(index)")
        }
      }
    }
  }

  @Test func badChecksum() {
    var bytes = Self.sound.bytes
    bytes[bytes.count - 14] ^= 1
    #expect {
      try PNGImage.read(bytes: bytes)
    } throws: {
      guard case .badChecksum(let detail) = $0 as? PNGError else { return false }
      return detail.contains("IDAT")
    }
  }

  @Test func hugeHeaders() throws {
    func header(_ width: Int, _ height: Int) -> [UInt8] {
      ReferencePNG(chunks: [
        .init(name: "IHDR", data: ReferencePNG.big(width) + ReferencePNG.big(height) + [8, 6, 0, 0, 0]),
        .init(name: "IDAT", data: ReferencePNG.deflated([0])), .init(name: "IEND", data: []),
      ]).bytes
    }
    let limits = PNGLimits()
    for (width, height) in [
      (0x7fff_ffff, 0x7fff_ffff), (0xffff_ffff, 1), (30_001, 1), (1, 30_001), (20_000, 20_000),
    ] {
      #expect(throws: PNGError.tooLarge(width: width, height: height, limits: limits)) {
        try PNGImage.read(bytes: header(width, height))
      }
    }
    #expect(PNGError.tooLarge(width: 31_000, height: 5, limits: limits).description.contains("31000 × 5"))
    // Within the limits, but the pixels are missing: no 800 MB are touched for it.
    #expect {
      try PNGImage.read(bytes: header(20_000, 10_000))
    } throws: {
      if case .corrupt = $0 as? PNGError { true } else { false }
    }
    #expect(throws: (any Error).self) { try PNGImage.read(bytes: header(0, 5)) }
    #expect(throws: PNGError.tooLarge(width: 6, height: 4, limits: PNGLimits(maxPixels: 23))) {
      try PNGImage.read(bytes: Self.sound.bytes, limits: PNGLimits(maxPixels: 23))
    }
    #expect(try PNGImage.read(bytes: Self.sound.bytes, limits: PNGLimits(maxPixels: 24)).width == 6)
  }

  /// Little data that inflates to much: neither pixels nor text are followed.
  @Test(.timeLimit(.minutes(1))) func inflationBombs() throws {
    let zeros = ReferencePNG.deflated([UInt8](repeating: 0, count: 64 << 20))
    #expect(zeros.count < 100_000)
    var pixels = Self.sound
    pixels.chunks = pixels.chunks.map { $0.name == "IDAT" ? .init(name: "IDAT", data: zeros) : $0 }
    if let image = try? PNGImage.read(bytes: pixels.bytes) { #expect(!image.warnings.isEmpty) }
    var text = Self.sound
    text.chunks.insert(.init(name: "zTXt", data: Array("Comment".utf8) + [0, 0] + zeros), at: 1)
    let image = try PNGImage.read(bytes: text.bytes)
    #expect(image.texts.allSatisfy { $0.text.utf8.count <= 4 << 20 } && !image.warnings.isEmpty)
  }

  @Test func files() throws {
    try withTemporaryFolder { folder in
      func failure(_ path: String) -> PNGError? {
        do {
          _ = try PNGImage.read(contentsOf: path)
          return nil
        } catch { return error }
      }
      let missing = folder.appendingPathComponent("missing.png").path
      #expect(failure(missing) == .unreadable(path: missing, reason: "No such file or directory"))
      #expect(failure(folder.path) == .unreadable(path: folder.path, reason: "Is a directory"))
      #expect(failure("a\0b") == .unreadable(path: "a\0b", reason: "Invalid argument"))
      #expect(failure("/dev/null") == .notPNG)
      #expect(failure("/dev/zero") == .notPNG)
      // A pipe without a writer does not hang.
      let pipe = folder.appendingPathComponent("pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(failure(pipe) == .notPNG)
      #expect(throws: PNGError.notPNG) { try PNGImage.read(bytes: []) }
      #expect(throws: PNGError.notPNG) { try PNGImage.read(bytes: Array("GIF89a and so on".utf8)) }
    }
  }
}
