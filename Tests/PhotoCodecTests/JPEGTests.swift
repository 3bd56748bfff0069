import PNGCodec
import PhotoCodec
import Testing

@Suite("JPEG files") struct JPEGTests {
  @Test(
    "the same pixels as another program reads",
    arguments: [
      [], ["-interlace", "JPEG"], ["-sampling-factor", "4:4:4"], ["-colorspace", "Gray"],
    ])
  func pixels(_ options: [String]) throws {
    let file = try jpeg(61, 43, options)
    let image = try PhotoImage.read(bytes: file)
    #expect((image.width, image.height, image.hasAlpha) == (61, 43, false))
    #expect(image.depth == .eight && image.warnings.isEmpty && image.profileProblem == nil)
    let expected = samples(ofPPM: try run(["convert", "jpg:-", "ppm:-"], input: file))
    #expect(expected.count == 61 * 43 * 3)
    let isEqual = try image.codes == expected
    #expect(isEqual)
  }

  @Test("upright, as Exif asks for it", arguments: 1...8, [false, true])
  func orientation(_ orientation: Int, _ littleEndian: Bool) throws {
    // Larger than the squares in which pixels are moved, and no multiple of them.
    let file = inserting(
      exif([(0x0112, 3, orientation)], littleEndian: littleEndian),
      into: try jpeg(71, 45, ["-sampling-factor", "4:4:4"]))
    let image = try PhotoImage.read(bytes: file)
    #expect((image.width, image.height) == (orientation < 5 ? (71, 45) : (45, 71)))
    let expected = samples(ofPPM: try run(["convert", "jpg:-", "-auto-orient", "ppm:-"], input: file))
    let isEqual = try image.codes == expected
    #expect(isEqual)
  }

  @Test("orientations that there are not are upright", arguments: [0, 9, 65_535])
  func noOrientation(_ orientation: Int) throws {
    let file = inserting(exif([(0x0112, 3, orientation)]), into: try jpeg(7, 5))
    #expect(try PhotoImage.read(bytes: file).width == 7)
  }

  @Test("print density of JFIF, else of Exif") func density() throws {
    let plain = try jpeg(7, 5)
    #expect(try PhotoImage.read(bytes: plain).pixelsPerMeter == nil)
    let jfif = try jpeg(7, 5, ["-units", "PixelsPerInch", "-density", "300"])
    #expect(try PhotoImage.read(bytes: jfif).pixelsPerMeter == 11_811)
    let metric = try jpeg(7, 5, ["-units", "PixelsPerCentimeter", "-density", "118"])
    #expect(try PhotoImage.read(bytes: metric).pixelsPerMeter == 11_800)
    #expect(
      try PhotoImage.read(bytes: try jpeg(7, 5, ["-units", "PixelsPerInch", "-density", "72x300"]))
        .pixelsPerMeter == nil)
    // Two rationals behind the directory of three entries, at 8 + 2 + 36 + 4.
    let entries = [(0x011a, 5, 50), (0x011b, 5, 50), (0x0128, 3, 2)]
    let exifs = exif(entries, extra: [0, 0, 1, 0x2c, 0, 0, 0, 1])
    #expect(try PhotoImage.read(bytes: inserting(exifs, into: plain)).pixelsPerMeter == 11_811)
  }

  @Test("inks are refused") func inks() throws {
    for colors in [["-colorspace", "CMYK"]] {
      let file = try jpeg(9, 7, colors)
      #expect {
        try PhotoImage.read(bytes: file)
      } throws: { "\($0)".contains("CMYK") }
    }
  }

  @Test("other formats are called by their names") func formats() throws {
    for (bytes, words) in [
      (Array("GIF89a".utf8), "a GIF, not"), (Array("RIFF0000WEBPVP8 ".utf8), "a WebP, not"),
      (Array("II*\0abcd".utf8), "TIFF"), ([0, 0, 0, 24] + Array("ftypheic".utf8), "HEIC"), ([], "neither"),
      (Array("P6\n1 1\n255\n".utf8), "neither"),
    ] {
      #expect {
        try PhotoImage.read(bytes: bytes)
      } throws: { "\($0)".contains(words) }
    }
  }

  @Test("a file that ends too early is an error", arguments: [false, true])
  func truncation(_ isProgressive: Bool) throws {
    let file = try jpeg(64, 48, isProgressive ? ["-interlace", "JPEG"] : [])
    for count in stride(from: 0, to: file.count, by: 7) {
      #expect(throws: PhotoError.self, "\(count) of \(file.count)") {
        try PhotoImage.read(bytes: Array(file[..<count]))
      }
    }
    #expect(throws: PhotoError.truncatedJPEG) { try PhotoImage.read(bytes: Array(file[..<(file.count / 2)])) }
  }

  @Test("whatever is in a file, reading ends, with a picture of bounded size or an error") func damage()
    throws
  {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func random(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    let profile = TestProfile.displayP3.bytes
    let icc = segment(0xe2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)
    let meta = exif([(0x0112, 3, 6), (0x011a, 5, 50)], extra: [0, 0, 1, 0x2c, 0, 0, 0, 1])
    let files = try [[], ["-interlace", "JPEG"]].map { inserting(meta + icc, into: try jpeg(48, 40, $0)) }
    let limits = PNGLimits(maxPixels: 1_000_000)
    var sound = 0
    for round in 0..<1200 {
      var file = files[round % files.count]
      for _ in 0...random(4) { file[random(file.count)] = UInt8(random(256)) }
      if round % 3 == 0 { file.removeSubrange(random(file.count)..<file.count) }
      guard let image = try? PhotoImage.read(bytes: file, limits: limits) else { continue }
      sound += 1
      #expect(image.width * image.height <= 1_000_000)
      guard image.width * image.height < 10_000 else { continue }
      let isFinite = try image.light.allSatisfy { light in
        (0..<4).allSatisfy { light[$0].isFinite && light[$0] >= 0 }
      }
      #expect(isFinite)
    }
    #expect(sound > 50)
  }

  @Test("sizes are bounded before anything is allocated") func bounds() throws {
    var file = try jpeg(16, 16)
    // SOF0: marker, length, precision, height, width.
    let frame = try #require(file.indices.first { file[$0] == 0xff && file[$0 + 1] == 0xc0 })
    file.replaceSubrange(frame + 5..<frame + 9, with: [0xea, 0x60, 0xea, 0x60])
    #expect {
      try PhotoImage.read(bytes: file)
    } throws: { "\($0)".contains("60000 × 60000") }
    #expect {
      try PhotoImage.read(bytes: try jpeg(20, 10), limits: PNGLimits(maxPixels: 199))
    } throws: { "\($0)".contains("20 × 10") }
    #expect(throws: PhotoError.outOfMemory) {
      try PhotoImage.read(bytes: try jpeg(20, 10), limits: PNGLimits(maxBytes: 799))
    }
  }

  @Test("a file of a thousand scans is refused") func manyScans() throws {
    let file = try jpeg(32, 32, ["-interlace", "JPEG"])
    // The last scan once more, again and again: each is a few bytes long.
    let start = try #require(file.indices.dropLast().last { file[$0] == 0xff && file[$0 + 1] == 0xda })
    let scan = file[start..<(file.count - 2)]
    let bomb = Array(file[..<start]) + (0..<1000).flatMap { _ in scan } + file.suffix(2)
    #expect(throws: PhotoError.self) { try PhotoImage.read(bytes: bomb) }
  }
}
