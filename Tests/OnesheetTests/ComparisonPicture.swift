import PNGCodec
import Raster
import Synchronization
import Testing

/// Two pictures and what differs between them side by side: the old one, the new one, and `gain` times the absolute
/// difference of their 8-bit codes, channel by channel.
struct ComparisonPicture {
  let old, new: PNGImage
  let gain: Int

  /// Columns between the pictures.
  static let gap = 6
  /// What shows between the pictures, and where one of them ends before the other.
  static let ground: UInt8 = 0x60

  /// Amplifies so that a difference of `worst` codes is white, but at most 64 times.
  init(old: PNGImage, new: PNGImage, worst: Int) {
    self.old = old
    self.new = new
    gain = max(1, min(64, 255 / max(1, worst)))
  }

  private var column: Int { max(old.width, new.width) }
  var width: Int { 3 * column + 2 * ComparisonPicture.gap }
  var height: Int { max(old.height, new.height) }

  private static func codes(_ image: PNGImage, _ x: Int, _ y: Int) -> [Int]? {
    image[x, y].map { [Int($0.red >> 8), Int($0.green >> 8), Int($0.blue >> 8)] }
  }

  /// The three codes of a pixel of the whole comparison.
  private func color(_ x: Int, _ y: Int) -> [UInt8] {
    let stretch = column + ComparisonPicture.gap
    let at = x % stretch
    let (a, b) = (ComparisonPicture.codes(old, at, y), ComparisonPicture.codes(new, at, y))
    let shown: [Int]? =
      switch x / stretch {
      case 0: a
      case 1: b
      default: a.flatMap { a in b.map { b in zip(a, b).map { min(255, gain * abs($0 - $1)) } } }
      }
    return shown?.map { UInt8($0) } ?? Array(repeating: ComparisonPicture.ground, count: 3)
  }

  func pngData() throws -> [UInt8] {
    try ComparisonPicture.png(width: width, height: height) { color($0, $1) }
  }

  /// A PNG of 8-bit red, green and blue codes.
  static func png(width: Int, height: Int, _ color: (_ x: Int, _ y: Int) -> [UInt8]) throws -> [UInt8] {
    let codes = (0..<height).flatMap { y in (0..<width).flatMap { x in color(x, y) } }
    let bytes = Mutex<[UInt8]>([])
    try PNGEncoder(header: PNGHeader(width: width, height: height)).encode(
      workers: Workers(count: 1),
      fill: { rows, target in
        target.copyBytes(from: codes[rows.lowerBound * width * 3..<rows.upperBound * width * 3])
      }, write: { chunk in bytes.withLock { $0.append(contentsOf: chunk) } })
    return bytes.withLock { $0 }
  }
}

@Suite struct ComparisonPictureTests {
  private func image(_ width: Int, _ height: Int, _ color: (Int, Int) -> [UInt8]) throws -> PNGImage {
    try PNGImage.read(bytes: ComparisonPicture.png(width: width, height: height, color))
  }

  private func codes(_ image: PNGImage, _ x: Int, _ y: Int) throws -> [Int] {
    let pixel = try #require(image[x, y])
    return [pixel.red, pixel.green, pixel.blue].map { Int($0 >> 8) }
  }

  @Test("old, new and the amplified difference stand side by side") func sideBySide() throws {
    let old = try image(5, 3) { x, y in [UInt8(10 * x), UInt8(20 * y), 200] }
    let new = try image(5, 3) { x, y in [UInt8(10 * x + (x == 4 ? 3 : 0)), UInt8(20 * y), y == 2 ? 190 : 200]
    }
    let comparison = ComparisonPicture(old: old, new: new, worst: 10)
    #expect(comparison.gain == 25)
    let picture = try PNGImage.read(bytes: comparison.pngData())
    #expect(picture.width == 3 * 5 + 2 * ComparisonPicture.gap && picture.height == 3)
    let step = 5 + ComparisonPicture.gap
    for y in 0..<3 {
      for x in 0..<5 {
        #expect(try codes(picture, x, y) == codes(old, x, y))
        #expect(try codes(picture, x + step, y) == codes(new, x, y))
        #expect(try codes(picture, x + 2 * step, y) == [x == 4 ? 75 : 0, 0, y == 2 ? 250 : 0])
      }
      #expect(try codes(picture, 5, y) == [0x60, 0x60, 0x60])
    }
  }

  @Test("amplification is bounded, and so is what it makes") func bounds() throws {
    let dark = try image(2, 1) { _, _ in [0, 0, 0] }
    let light = try image(2, 1) { x, _ in [1, 9, 255] }
    #expect(ComparisonPicture(old: dark, new: dark, worst: 0).gain == 64)
    #expect(ComparisonPicture(old: dark, new: light, worst: 255).gain == 1)
    // A stated worst that is not the worst: codes end at 255 all the same.
    let picture = try PNGImage.read(bytes: ComparisonPicture(old: dark, new: light, worst: 5).pngData())
    #expect(try codes(picture, 2 * (2 + ComparisonPicture.gap), 0) == [51, 255, 255])
  }

  @Test("pictures of two sizes are shown as far as they go") func sizes() throws {
    let small = try image(2, 1) { _, _ in [9, 9, 9] }
    let large = try image(3, 2) { _, _ in [9, 9, 9] }
    let picture = try PNGImage.read(bytes: ComparisonPicture(old: small, new: large, worst: 1).pngData())
    #expect(picture.width == 3 * 3 + 2 * ComparisonPicture.gap && picture.height == 2)
    #expect(try codes(picture, 1, 1) == [0x60, 0x60, 0x60])
    #expect(try codes(picture, 2 * (3 + ComparisonPicture.gap), 0) == [0, 0, 0])
  }
}
