import CVector

/// What the layers of a color film see of light that comes from behind.
enum FilmLayers {
  /// Returning light has crossed no filter on its way: each layer also takes in what its neighbors are made for, so
  /// that a cyan lamp too has a reddish rim. Rows of the three shares sum to one.
  private static let overlap: (own: Float, near: Float, far: Float) = (0.87, 0.11, 0.02)

  /// Replaces linear light by what the layers for red, green and blue take in. Lines may be read and written up to
  /// seven samples beyond `count`.
  static func expose(
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    let (own, near, far) = overlap
    for v in 0..<(count + 7) / 8 {
      let i = 8 * v
      let (r, g, b) = (v8_load(red + i), v8_load(green + i), v8_load(blue + i))
      v8_store(red + i, r * own + g * near + b * far)
      v8_store(green + i, g * own + (r + b) * (0.5 * (near + far)))
      v8_store(blue + i, b * own + g * near + r * far)
    }
  }
}
