import Catalog
import PNGCodec

extension Preset {
  /// Whether a file is the picture of a moment already: a whole PNG of the right size and depth that carries the same
  /// program version, recipe, seed and time, and was made with files (pictures, drawings, tables) of the same contents.
  /// Fonts are not compared.
  public func isFinished(_ path: String, time: Double, encoding: Picture.Encoding) -> Bool {
    guard let image = try? PNGImage.read(contentsOf: path, limits: PNGLimits()), image.warnings.isEmpty else {
      return false
    }
    let bounds = geometry.bounds
    guard image.width == bounds.width, image.height == bounds.height,
      image.depth.rawValue == encoding.depth.rawValue
    else { return false }
    let moment = Moment(time: time, fps: fps, duration: duration, loops: loops)
    let expected = records(at: moment)
    return expected.count == image.texts.count
      && zip(expected, image.texts).allSatisfy { $0.keyword == $1.keyword && $0.text == $1.text }
  }
}

extension Picture {
  /// How far two pictures of one size lie apart: the mean difference of a channel, in shares of white, of the square
  /// roots of the light, which is about what the eye compares. nil if the sizes differ.
  public func distance(to other: Picture) -> Double? {
    guard region == other.region else { return nil }
    var sum = 0.0
    for y in region.minY..<region.maxY {
      let a = framebuffer.row(y).dropping(region.minX - framebuffer.region.minX, count: region.width)
      let b = other.framebuffer.row(y).dropping(
        region.minX - other.framebuffer.region.minX, count: region.width)
      var row: Float = 0
      for (p, q) in [(a.red, b.red), (a.green, b.green), (a.blue, b.blue)] {
        for x in 0..<region.width {
          row += abs(max(0, min(1, p[x])).squareRoot() - max(0, min(1, q[x])).squareRoot())
        }
      }
      sum += Double(row)
    }
    return sum / Double(3 * region.width * region.height)
  }
}
