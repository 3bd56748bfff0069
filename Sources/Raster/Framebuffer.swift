/// A run of pixels in four planes: linear-light Rec. 709 red, green, blue, premultiplied by `alpha`.
/// Values above 1 are kept; alpha lies in 0…1; light without a body has color and no alpha.
public struct Row {
  public let red, green, blue, alpha: UnsafeMutablePointer<Float>
  public let count: Int

  @inlinable
  public init(
    red: UnsafeMutablePointer<Float>, green: UnsafeMutablePointer<Float>, blue: UnsafeMutablePointer<Float>,
    alpha: UnsafeMutablePointer<Float>, count: Int
  ) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
    self.count = count
  }

  /// The part of this row that starts `offset` pixels in.
  @inlinable
  public func dropping(_ offset: Int, count: Int) -> Row {
    Row(red: red + offset, green: green + offset, blue: blue + offset, alpha: alpha + offset, count: count)
  }

  /// Overwrites this row with the samples of one as long.
  public func copy(from other: Row) {
    red.update(from: other.red, count: count)
    green.update(from: other.green, count: count)
    blue.update(from: other.blue, count: count)
    alpha.update(from: other.alpha, count: count)
  }

  public func clear() {
    for plane in [red, green, blue, alpha] { plane.update(repeating: 0, count: count) }
  }
}

/// A rectangle of the picture: planar Float32, linear-light Rec. 709 primaries, premultiplied alpha.
///
/// `region` says which pixels of the whole picture it holds; row and column numbers are always those of the
/// whole picture, so that a part is computed exactly as it would be in the whole.
public final class Framebuffer: Sendable {
  public let region: PixelRect
  public let red, green, blue, alpha: Plane

  /// Contents are undefined until cleared or drawn.
  public init(region: PixelRect) throws(OutOfMemory) {
    self.region = region
    red = try Plane(width: region.width, height: region.height)
    green = try Plane(width: region.width, height: region.height)
    blue = try Plane(width: region.width, height: region.height)
    alpha = try Plane(width: region.width, height: region.height)
  }

  /// The bytes that a framebuffer of this region counts for in its pool; those of impossible ones are bounded, so that
  /// a few of them can be added up.
  public static func bytes(of region: PixelRect) -> Int {
    4 * min(1 << 55, Plane.bytes(width: region.width, height: region.height))
  }

  public var width: Int { region.width }
  public var height: Int { region.height }
  public var colorPlanes: [Plane] { [red, green, blue] }
  public var planes: [Plane] { [red, green, blue, alpha] }

  /// Row `y` of the picture.
  public func row(_ y: Int) -> Row {
    let i = y - region.minY
    return Row(red: red.row(i), green: green.row(i), blue: blue.row(i), alpha: alpha.row(i), count: width)
  }

  public func clear(workers: Workers) {
    workers.bands(rows: height, width: width) { rows in
      for i in rows { row(region.minY + i).clear() }
    }
  }

  /// A second framebuffer with the same contents.
  public func copy(workers: Workers) throws(OutOfMemory) -> Framebuffer {
    try copy(of: region, workers: workers)
  }

  /// A framebuffer with the contents of `part`, as far as this one holds it.
  public func copy(of part: PixelRect, workers: Workers) throws(OutOfMemory) -> Framebuffer {
    let part = part.intersection(region)
    let other = try Framebuffer(region: part)
    let (left, top) = (part.minX - region.minX, part.minY - region.minY)
    workers.bands(rows: part.height, width: part.width) { rows in
      for i in rows {
        for (from, to) in zip(planes, other.planes) {
          to.row(i).update(from: from.row(top + i) + left, count: part.width)
        }
      }
    }
    return other
  }
}
