import Catalog
import Raster
import Testing

@testable import Layers

@Suite struct ImageTests {
  /// A number in 0..<range that looks random.
  private static func random(_ i: Int, _ range: Int) -> Int {
    Int(latticeHash(Int32(i), 7, 91) >> 4) % range
  }

  private static func noise(_ width: Int, _ height: Int, depth: Int = 8, gamma: UInt32? = nil) -> SmallPNG {
    SmallPNG(
      width: width, height: height, depth: depth, gamma: gamma,
      samples: (0..<width * height * 4).map { random($0, 1 << depth) })
  }

  /// Linear light, premultiplied, by the definition of sRGB or of the file's gamma.
  private static func light(_ png: SmallPNG, _ x: Int, _ y: Int) -> SIMD4<Double> {
    let most = Double(1 << png.depth - 1)
    let at = (y * png.width + x) * 4
    let s = (0..<4).map { Double(png.samples[at + $0]) / most }
    func decode(_ v: Double) -> Double {
      png.gamma.map { power(v, 100_000 / Double($0)) } ?? SRGB.decode(v)
    }
    return SIMD4(decode(s[0]) * s[3], decode(s[1]) * s[3], decode(s[2]) * s[3], s[3])
  }

  /// x to a power that is a multiple of a half.
  private static func power(_ x: Double, _ exponent: Double) -> Double {
    let halves = Int((exponent * 2).rounded())
    return (0..<halves).reduce(1) { product, _ in product * x.squareRoot() }
  }

  private static func image(_ path: String, _ change: (inout Image) -> Void = { _ in }) -> Image {
    var image = Image()
    image.file = path
    change(&image)
    return image
  }

  private static func distance(_ a: SIMD4<Float>, _ b: SIMD4<Double>) -> Double {
    (0..<4).map { abs(Double(a[$0]) - b[$0]) }.max() ?? 0
  }

  @Test("in its own size, a picture comes out as it is", arguments: Image.Fit.allCases)
  func identity(_ fit: Image.Fit) throws {
    for (depth, gamma) in [(8, nil), (16, nil), (8, 50_000), (16, 40_000)] as [(Int, UInt32?)] {
      let png = Self.noise(23, 17, depth: depth, gamma: gamma)
      let picture = try png.withFile { path in
        try Drawing.draw(Self.image(path) { $0.fit = fit }, in: Drawing.context(23, 17))
      }
      for y in 0..<17 {
        for x in 0..<23 {
          #expect(Self.distance(picture[x, y], Self.light(png, x, y)) < 1e-6, "\(x), \(y), \(depth) bits")
        }
      }
    }
  }

  @Test("gray with and without alpha, and RGB") func colorTypes() throws {
    let gray = SmallPNG(width: 2, height: 1, colorType: 0, samples: [0, 188])
    let translucent = SmallPNG(width: 2, height: 1, colorType: 4, samples: [255, 51, 188, 255])
    let rgb = SmallPNG(width: 2, height: 1, colorType: 2, samples: [255, 0, 188, 0, 255, 0])
    let mid = Float(SRGB.decode(188.0 / 255))
    let cases: [(SmallPNG, [SIMD4<Float>])] = [
      (gray, [SIMD4(0, 0, 0, 1), SIMD4(mid, mid, mid, 1)]),
      (translucent, [SIMD4(repeating: 0.2), SIMD4(mid, mid, mid, 1)]),
      (rgb, [SIMD4(1, 0, mid, 1), SIMD4(0, 1, 0, 1)]),
    ]
    for (png, expected) in cases {
      let picture = try png.withFile { try Drawing.draw(Self.image($0), in: Drawing.context(2, 1)) }
      for x in 0..<2 { #expect(picture[x, 0].distance(to: expected[x]) < 1e-6) }
    }
  }

  @Test("made smaller by whole numbers, pixels are means of boxes") func boxes() throws {
    let png = Self.noise(36, 20)
    let picture = try png.withFile {
      try Drawing.draw(Self.image($0) { $0.fit = .stretch }, in: Drawing.context(12, 5))
    }
    for y in 0..<5 {
      for x in 0..<12 {
        var sum = SIMD4<Double>()
        for v in 0..<4 { for u in 0..<3 { sum += Self.light(png, x * 3 + u, y * 4 + v) } }
        #expect(Self.distance(picture[x, y], sum / 12) < 1e-6)
      }
    }
  }

  @Test("made smaller at a fraction of a pixel, pixels are means of areas") func fractions() throws {
    let png = Self.noise(30, 22)
    // 30 × 22 pixels in 12.5 × 8, the middle at (10.3, 7.1).
    let picture = try png.withFile { path in
      try Drawing.draw(
        Self.image(path) {
          $0.fit = .stretch
          $0.width = 0.625
          $0.height = 0.4
        }, in: Drawing.context(20, 20) { $0.at = Point(0.515, 0.355) })
    }
    let (left, top) = (10.3 - 6.25, 7.1 - 4.0)
    for y in 0..<20 {
      for x in 0..<20 {
        // A slow sum over the overlaps of the output's pixel with all of the file's.
        var sum = SIMD4<Double>()
        for v in 0..<22 {
          for u in 0..<30 {
            let (x0, x1) = (left + Double(u) * 12.5 / 30, left + Double(u + 1) * 12.5 / 30)
            let (y0, y1) = (top + Double(v) * 8 / 22, top + Double(v + 1) * 8 / 22)
            let w = min(x1, Double(x) + 1) - max(x0, Double(x))
            let h = min(y1, Double(y) + 1) - max(y0, Double(y))
            if w > 0, h > 0 { sum += Self.light(png, u, v) * (w * h) }
          }
        }
        #expect(Self.distance(picture[x, y], sum) < 2e-5, "\(x), \(y)")
      }
    }
  }

  @Test("enlarged, a picture stays within the light it can hold, and even parts stay even") func enlarged()
    throws
  {
    // A white bar on black, and a translucent one.
    var samples: [Int] = []
    for _ in 0..<8 {
      for x in 0..<8 { samples += x < 4 ? [0, 0, 0, 255] : [255, 255, 255, x < 6 ? 255 : 0] }
    }
    let png = SmallPNG(width: 8, height: 8, samples: samples)
    for angle in [0.0, 21] {
      let picture = try png.withFile { path in
        try Drawing.draw(Self.image(path), in: Drawing.context(83, 83) { $0.rotate = angle })
      }
      for p in picture.pixels {
        #expect(p.x >= 0 && p.x <= p.w + 1e-6 && p.w <= 1)
      }
      #expect(picture[10, 41].distance(to: SIMD4(0, 0, 0, 1)) < 1e-6)
      #expect(picture[51, 41].x > 0.99)
    }
  }

  @Test("a spline runs through slopes as a straight line") func slope() throws {
    // Linear light by a gamma of 1, so that codes are light.
    let png = SmallPNG(
      width: 10, height: 3, colorType: 0, gamma: 100_000, samples: (0..<30).map { ($0 % 10) * 20 })
    let picture = try png.withFile { try Drawing.draw(Self.image($0), in: Drawing.context(70, 21)) }
    for x in 12..<58 {
      let expected = ((Double(x) + 0.5) / 7 - 0.5) * 20 / 255
      #expect(abs(Double(picture[x, 10].x) - expected) < 1e-6)
    }
  }

  @Test("nearest leaves squares") func nearest() throws {
    let png = Self.noise(4, 3)
    let picture = try png.withFile { path in
      try Drawing.draw(Self.image(path) { $0.filter = .nearest }, in: Drawing.context(28, 21))
    }
    for y in 0..<21 {
      for x in 0..<28 { #expect(Self.distance(picture[x, y], Self.light(png, x / 7, y / 7)) < 1e-6) }
    }
  }

  @Test("a quarter turn moves pixels and changes none") func quarterTurn() throws {
    let png = Self.noise(20, 20)
    try png.withFile { path in
      let turned = try Drawing.draw(Self.image(path), in: Drawing.context(20, 20) { $0.rotate = 90 })
      let mirrored = try Drawing.draw(
        Self.image(path), in: Drawing.context(20, 20) { $0.scale = Point(-1, 1) })
      for y in 0..<20 {
        for x in 0..<20 {
          #expect(Self.distance(turned[19 - y, x], Self.light(png, x, y)) < 1e-6)
          #expect(Self.distance(mirrored[19 - x, y], Self.light(png, x, y)) < 1e-6)
        }
      }
    }
  }

  @Test("tiles repeat without seams") func tiles() throws {
    let png = Self.noise(5, 4)
    try png.withFile { path in
      // In their own size, from the trim's corner, into the bleed.
      let plain = try Drawing.draw(Self.image(path) { $0.fit = .tile }, in: Drawing.context(16, 12, bleed: 3))
      for y in 0..<18 {
        for x in 0..<22 {
          #expect(Self.distance(plain[x, y], Self.light(png, (x + 2) % 5, (y + 1) % 4)) < 1e-6)
        }
      }
      // Enlarged three times, one tile's period further on everything is the same, edges included.
      let large = try Drawing.draw(
        Self.image(path) {
          $0.fit = .tile
          $0.size = 0.25
        }, in: Drawing.context(60, 48))
      for y in 0..<36 {
        for x in 0..<45 { #expect(large[x, y].distance(to: large[x + 15, y + 12]) < 1e-5) }
      }
    }
    // A wave that fits into its tile has no step anywhere, seams included.
    let wave = SmallPNG(
      width: 8, height: 1, colorType: 0, gamma: 100_000, samples: [128, 203, 234, 203, 128, 53, 22, 53])
    let picture = try wave.withFile { path in
      try Drawing.draw(
        Self.image(path) {
          $0.fit = .tile
          $0.size = 1
        }, in: Drawing.context(320, 10))
    }
    for x in 0..<319 { #expect(abs(picture[x, 5].x - picture[x + 1, 5].x) < 0.05) }
  }

  @Test("fill covers and cuts, fit shows everything, one length keeps the proportions") func fits() throws {
    let png = SmallPNG(width: 20, height: 10, colorType: 0, samples: [Int](repeating: 255, count: 200))
    try png.withFile { path in
      func expectArea(_ expected: Double, _ change: (inout Image) -> Void) throws {
        let area = try Drawing.draw(Self.image(path, change), in: Drawing.context(40, 40, bleed: 2)).area
        #expect(abs(area - expected) < 1e-3)
      }
      // The whole picture covers the bleed, too.
      try expectArea(44 * 44) { _ in }
      try expectArea(40 * 20) { $0.fit = .fit }
      try expectArea(20 * 10) { $0.width = 0.5 }
      try expectArea(40 * 20) { $0.height = 0.5 }
      try expectArea(20 * 20) { ($0.width, $0.height) = (0.5, 0.5) }
      try expectArea(20 * 10) { ($0.width, $0.height, $0.fit) = (0.5, 0.5, .fit) }
      try expectArea(20 * 10) { $0.fit = .none }
    }
  }

  @Test("a draft shows a picture in its own size in proportion") func natural() throws {
    let png = SmallPNG(width: 20, height: 10, colorType: 0, samples: [Int](repeating: 255, count: 200))
    let area = try png.withFile { path in
      try Drawing.draw(Self.image(path) { $0.fit = .none }, in: Drawing.context(30, 30, scale: 0.5)).area
    }
    #expect(abs(area - 50) < 1e-3)
  }

  @Test("where a run of pixels starts changes no bit", arguments: Image.Fit.allCases)
  func runs(_ fit: Image.Fit) throws {
    try Self.noise(19, 13).withFile { path in
      for filter in ImageRaster.Filter.allCases {
        for (angle, scale) in [(0.0, 1.0), (0, 0.37), (0, 2.3), (25, 0.4), (25, 3)] {
          let context = Drawing.context(31, 24, bleed: 2) {
            $0.rotate = angle
            $0.scale = Point(scale, scale)
            $0.at = Point(0.47, 0.51)
          }
          let image = Self.image(path) {
            $0.fit = fit
            $0.filter = filter
          }
          try Drawing.expectRunsAgree(image, in: context, "\(fit), \(filter), \(angle)°, \(scale)")
        }
      }
    }
  }

  @Test("threads change no bit") func threads() throws {
    try Self.noise(90, 70).withFile { path in
      for angle in [0.0, 12] {
        let one = try Drawing.draw(Self.image(path), in: Drawing.context(41, 33) { $0.rotate = angle })
        let three = try Drawing.draw(
          Self.image(path), in: Drawing.context(41, 33, threads: 3) { $0.rotate = angle })
        #expect(one.pixels == three.pixels)
      }
    }
  }

  @Test("files that cannot be read, or are too large, are complained of") func unreadable() throws {
    let good = Self.noise(5, 5).bytes
    // A header that claims 100 000 × 100 000 pixels.
    var huge = good
    huge.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0])
    for bytes in [[], Array("GIF89a".utf8), Array(good.dropLast(60)), huge, good.map { $0 ^ 1 }] {
      try SmallPNG.withFile(of: bytes) { path in
        #expect(Drawing.complaints(Self.image(path)) == ["image"])
      }
    }
    #expect(Drawing.complaints(Self.image("/nonexistent/picture.png")) == ["image"])
  }

  @Test("parameters that do not apply are complained of") func misplaced() throws {
    try Self.noise(2, 2).withFile { path in
      #expect(
        Drawing.complaints(
          Self.image(path) { ($0.fit, $0.width) = (.none, 1) }) == ["width"])
      #expect(Drawing.complaints(Self.image(path) { $0.size = 0.1 }) == ["size"])
    }
  }

  @Test("a picture that is flat, far away or tiny draws without harm") func extremes() throws {
    try Self.noise(7, 9).withFile { path in
      for fit in Image.Fit.allCases {
        for scale in [Point(0, 1), Point(1e-9, 1e-9), Point(1000, 1000), Point(-1000, 0.001)] {
          for at in [Point(0.5, 0.5), Point(1000, -1000)] {
            let picture = try Drawing.draw(
              Self.image(path) { $0.fit = fit },
              in: Drawing.context(20, 16) {
                $0.scale = scale
                $0.at = at
              })
            #expect(picture.pixels.allSatisfy { $0.w >= 0 && $0.w <= 1 && $0.x.isFinite })
          }
        }
      }
    }
  }
}
