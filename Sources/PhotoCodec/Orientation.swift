import PNGCodec

extension PixelSamples {
  /// Turns and mirrors the picture as Exif's field Orientation asks: 1 is upright, 3 upside down, 6 lies on its left side
  /// and 8 on its right; 2, 4, 5 and 7 are their mirror images. Itself for 1 and for what is no orientation; nil if there
  /// is no memory.
  ///
  /// Only pictures of 8 bits; those of 16 are as they are.
  func upright(_ orientation: Int) -> PixelSamples? {
    guard (2...8).contains(orientation), depth == .eight else { return self }
    let isTurned = orientation >= 5
    guard
      let result = PixelSamples(
        width: isTurned ? height : width, height: isTurned ? width : height, depth: .eight)
    else { return nil }
    let from = base.assumingMemoryBound(to: UInt32.self)
    let to = result.base.assumingMemoryBound(to: UInt32.self)
    // Pixel (x, y) of the result is that of the file at start + x · across + y · down.
    let (last, bottom) = (width - 1, width * (height - 1))
    let (start, across, down) =
      switch orientation {
      case 2: (last, -1, width)
      case 3: (bottom + last, -1, -width)
      case 4: (bottom, 1, -width)
      case 5: (0, width, 1)
      case 6: (bottom, -width, 1)
      case 7: (bottom + last, -width, -1)
      default: (last, width, -1)
      }
    // In squares: rows of one are columns of the other.
    let side = 32
    for top in stride(from: 0, to: result.height, by: side) {
      for left in stride(from: 0, to: result.width, by: side) {
        for y in top..<min(top + side, result.height) {
          var at = start + left * across + y * down
          let row = to + y * result.width
          for x in left..<min(left + side, result.width) {
            row[x] = from[at]
            at += across
          }
        }
      }
    }
    return result
  }
}
