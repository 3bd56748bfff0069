import Foundation
import PNGCodec
import Raster
import Testing

@testable import PhotoCodec

/// ICC profiles written by the letter of ICC.1:2001-04, without Little CMS.
struct TestProfile {
  var space = "RGB "
  /// CIE XYZ of red, green and blue, adapted to D50.
  var colorants: [[Double]] = []
  /// The exponent of the curves; nil for the sRGB curve in 1024 steps.
  var gamma: Double? = 2.2

  /// As published with Apple's profile.
  static let displayP3 = TestProfile(
    colorants: [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]])
  /// As published with the sRGB profile of Hewlett-Packard.
  static let sRGB = TestProfile(
    colorants: [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]],
    gamma: nil)
  static let gray = TestProfile(space: "GRAY", gamma: 1.8)

  var bytes: [UInt8] {
    func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    func fixed(_ value: Double) -> [UInt8] { big(Int((value * 65_536).rounded())) }
    let curve: [UInt8]
    if let gamma {
      let value = Int((gamma * 256).rounded())
      curve = Array("curv".utf8) + big(0) + big(1) + [UInt8(value >> 8), UInt8(value & 255), 0, 0]
    } else {
      curve =
        Array("curv".utf8) + big(0) + big(1024)
        + (0..<1024).flatMap { i -> [UInt8] in
          let value = Int((Raster.SRGB.decode(Double(i) / 1023) * 65_535).rounded())
          return [UInt8(value >> 8), UInt8(value & 255)]
        }
    }
    func xyz(_ values: [Double]) -> [UInt8] { Array("XYZ ".utf8) + big(0) + values.flatMap(fixed) }
    let white = [0.9642, 1, 0.8249]
    var tags: [(String, [UInt8])] = [("wtpt", xyz(white))]
    if space == "GRAY" {
      tags.append(("kTRC", curve))
    } else {
      tags += zip(["rXYZ", "gXYZ", "bXYZ"], colorants).map { ($0, xyz($1)) }
      tags += ["rTRC", "gTRC", "bTRC"].map { ($0, curve) }
    }
    var table = big(tags.count)
    var data: [UInt8] = []
    for (name, body) in tags {
      table += Array(name.utf8) + big(128 + 4 + 12 * tags.count + data.count) + big(body.count)
      data += body
    }
    let size = 128 + table.count + data.count
    var header = big(size) + big(0) + [2, 0x40, 0, 0] + Array("mntr".utf8) + Array(space.utf8)
    header += Array("XYZ ".utf8) + [7, 206, 0, 2, 0, 9, 0, 6, 0, 49, 0, 0] + Array("acsp".utf8)
    header += [UInt8](repeating: 0, count: 28) + white.flatMap(fixed)
    header += [UInt8](repeating: 0, count: 128 - header.count)
    return header + table + data
  }
}

@Suite("Color profiles") struct ProfileTests {
  /// The profile in a JPEG, in parts of at most `part` bytes.
  private static func segments(_ profile: [UInt8], part: Int = 60_000) -> [[UInt8]] {
    let parts = stride(from: 0, to: profile.count, by: part).map {
      Array(profile[$0..<min($0 + part, profile.count)])
    }
    return parts.enumerated().map { index, bytes in
      segment(0xe2, Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(parts.count)] + bytes)
    }
  }

  private static func png(_ profile: [UInt8], _ options: [String] = [], _ width: Int = 16, _ height: Int = 9)
    throws
    -> [UInt8]
  {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("profile.icc")
      try Data(profile).write(to: file)
      return try run(
        ["convert", "ppm:-"] + options + ["-profile", file.path, "png:-"], input: ppm(width, height))
    }
  }

  /// A PNG with an iCCP chunk, compressed by not compressing it.
  private static func embedding(_ profile: [UInt8], in png: [UInt8]) -> [UInt8] {
    func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    let (low, high) = (UInt8(profile.count & 255), UInt8(profile.count >> 8))
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in profile {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let stream = [0x78, 0x01, 1, low, high, ~low, ~high] + profile + big(b << 16 | a)
    let body = Array("iCCPname".utf8) + [0, 0] + stream
    var crc: UInt32 = 0xffff_ffff
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return png[..<33] + big(UInt32(body.count - 4)) + body + big(~crc) + png[33...]
  }

  /// Codes of the picture that all tests are made of, 0…1.
  private static func codes(_ width: Int = 16, _ height: Int = 9) -> [SIMD3<Double>] {
    let bytes = samples(ofPPM: ppm(width, height))
    return stride(from: 0, to: bytes.count, by: 3).map { i in
      SIMD3(Double(bytes[i]), Double(bytes[i + 1]), Double(bytes[i + 2])) / 255
    }
  }

  @Test("wide primaries become those of Rec. 709") func displayP3() throws {
    let image = try PhotoImage.read(bytes: Self.png(TestProfile.displayP3.bytes))
    #expect(image.profileProblem == nil && image.warnings.isEmpty)
    // From linear Display P3 to linear sRGB, as CSS Color 4 has it.
    let matrix: [SIMD3<Double>] = [
      [1.22494, -0.22494, 0], [-0.04206, 1.04206, 0], [-0.01964, -0.07864, 1.09827],
    ]
    for (light, code) in zip(try image.light, Self.codes()) {
      let p3 = SIMD3(pow(code.x, 2.2), pow(code.y, 2.2), pow(code.z, 2.2))
      var expected = matrix.map { ($0 * p3).sum() }
      if let least = expected.min(), least < 0 {
        let gray = 0.2126 * expected[0] + 0.7152 * expected[1] + 0.0722 * expected[2]
        expected = expected.map { gray + ($0 - gray) * gray / (gray - least) }
      }
      for channel in 0..<3 { #expect(abs(Double(light[channel]) - expected[channel]) < 2e-3) }
    }
  }

  @Test(
    "our curves and matrix agree with Little CMS",
    arguments: [TestProfile.displayP3.bytes, TestProfile.sRGB.bytes])
  func littleCMS(_ bytes: [UInt8]) throws {
    let profile = try ColorProfile(bytes)
    let shaper = try #require(profile.shaper(codes: 256))
    let transform = try ProfileTransform(profile)
    var from: [Float] = []
    for i in 0..<256 { from += [Float(i), Float(i * 7 % 256), Float(255 - i)].map { $0 / 255 } }
    var to = [Float](repeating: 0, count: from.count)
    transform.run(from, &to, pixels: 256)
    let matrix = shaper.matrix.map(Float.init)
    for i in 0..<256 {
      let light = [shaper.curves[i], shaper.curves[256 + i * 7 % 256], shaper.curves[512 + 255 - i]]
      for row in 0..<3 {
        let ours = (0..<3).reduce(Float(0)) { $0 + matrix[3 * row + $1] * light[$1] }
        #expect(abs(ours - to[3 * i + row]) < 2e-4)
      }
    }
  }

  @Test("what says sRGB in a profile comes back code for code") func sRGB() throws {
    let tagged = try PhotoImage.read(bytes: Self.png(TestProfile.sRGB.bytes))
    let expected = Self.codes().flatMap { code in (0..<3).map { Float(Raster.SRGB.decode(code[$0])) } }
    let isEqual = try tagged.light.flatMap { [$0.x, $0.y, $0.z] } == expected
    #expect(isEqual)
  }

  @Test("gray profiles, in gray files") func gray() throws {
    let image = try PhotoImage.read(bytes: Self.png(TestProfile.gray.bytes, ["-colorspace", "Gray"]))
    let codes = try run(
      ["convert", "ppm:-", "-colorspace", "Gray", "-depth", "8", "gray:-"], input: ppm(16, 9))
    #expect(codes.count == 16 * 9)
    // The exponent has 8 bits behind its point.
    let expected = codes.map { Float(pow(Double($0) / 255, (1.8 * 256).rounded() / 256)) }
    let light = try image.light
    let isClose = zip(light, expected).allSatisfy { abs($0.x - $1) < 1e-4 && $0.x == $0.y && $0.y == $0.z }
    #expect(isClose)
  }

  @Test("a profile of a JPEG may come in parts, in any order") func parts() throws {
    let plain = try jpeg(16, 9, ["-sampling-factor", "4:4:4"])
    let profile = TestProfile.sRGB.bytes
    let whole = try PhotoImage.read(bytes: inserting(Self.segments(profile)[0], into: plain))
    let parts = Self.segments(profile, part: 700)
    #expect(parts.count > 2)
    let split = try PhotoImage.read(bytes: inserting(Array(parts.reversed().joined()), into: plain))
    let isEqual = try whole.light == split.light
    #expect(isEqual && split.profileProblem == nil)
    let p3 = try PhotoImage.read(bytes: inserting(Self.segments(TestProfile.displayP3.bytes)[0], into: plain))
    let isOther = try p3.light != whole.light
    #expect(isOther)
  }

  @Test("broken profiles are told of, and not applied") func broken() throws {
    let plain = try jpeg(16, 9)
    let expected = try PhotoImage.read(bytes: plain).light
    let parts = Self.segments(TestProfile.displayP3.bytes, part: 200)
    var cmyk = TestProfile.displayP3.bytes
    cmyk.replaceSubrange(16..<20, with: Array("CMYK".utf8))
    var noMatrix = TestProfile.displayP3.bytes
    noMatrix.replaceSubrange(132 + 12..<132 + 16, with: Array("xxxx".utf8))
    for (segments, words) in [
      (Array(parts.dropLast().joined()), "parts are missing"), (parts[0] + parts[0], "do not fit"),
      (Self.segments(Array("no profile at all".utf8))[0], "damaged"),
      (Self.segments(Array(TestProfile.displayP3.bytes[..<90]))[0], "damaged"),
      (Self.segments(cmyk)[0], "CMYK"), (Self.segments(noMatrix)[0], "leads to no colors"),
    ] {
      let image = try PhotoImage.read(bytes: inserting(segments, into: plain))
      #expect(image.profileProblem?.contains(words) == true, "\(image.profileProblem ?? "nil")")
      let isEqual = try image.light == expected
      #expect(isEqual)
    }
    let png = try PhotoImage.read(
      bytes: Self.embedding(
        Array(TestProfile.displayP3.bytes.dropLast(100)),
        in: run(["convert", "ppm:-", "-strip", "png:-"], input: ppm(16, 9))))
    #expect(png.profileProblem?.contains("iCCP") == true, "\(png.warnings)")
  }

  @Test("16 bits and alpha go through a profile, too") func sixteenBits() throws {
    let file = try Self.png(
      TestProfile.displayP3.bytes,
      [
        "-alpha", "set", "-channel", "A", "-evaluate", "set", "50%", "+channel", "-define",
        "png:bit-depth=16",
      ])
    let image = try PhotoImage.read(bytes: file)
    #expect(image.depth == .sixteen && image.hasAlpha)
    let opaque = try PhotoImage.read(bytes: Self.png(TestProfile.displayP3.bytes)).light
    let isClose = zip(try image.light, opaque).allSatisfy { half, whole in
      abs(half.w - 0.5) < 3e-3 && (0..<3).allSatisfy { abs(half[$0] - whole[$0] * half.w) < 1e-4 }
    }
    #expect(isClose)
  }
}
