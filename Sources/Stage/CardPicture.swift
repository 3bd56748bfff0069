/// What is drawn on a card. Drawn once, at the size in which it will be seen.
public protocol CardPicture: Sendable {
  /// Whether the picture has a surface that the scene's lights fall on, beside light and alpha of its own.
  var hasSurface: Bool { get }
  /// Draws the whole picture; the canvas comes cleared. Top row first. The result may depend on nothing but the
  /// picture's description and the canvas's size, and must show the same thing at every size.
  func paint(_ canvas: CardCanvas)
}

extension CardPicture {
  public var hasSurface: Bool { false }
}

/// The texels of a card: planes of `width` × `height` floats, row after row, top row first.
public struct CardCanvas {
  public typealias Plane = UnsafeMutablePointer<Float>
  public let width: Int
  public let height: Int
  /// Light of the card itself, linear, added to what is behind: halos have light and no alpha.
  public let red, green, blue: Plane
  /// How much of what is behind is covered, 0…1.
  public let alpha: Plane
  /// Nil unless ``CardPicture/hasSurface``.
  public let surface: Surface?

  /// What the scene's lights fall on.
  public struct Surface {
    /// Share of light that comes back, times alpha.
    public let red, green, blue: Plane
    /// Slope of the surface to the right and upward, as of a height map; 0 is flat.
    public let slopeX, slopeY: Plane
    /// Strength of highlights, 0…1.
    public let gloss: Plane

    init(_ planes: Plane, count: Int) {
      red = planes
      green = planes + count
      blue = planes + 2 * count
      slopeX = planes + 3 * count
      slopeY = planes + 4 * count
      gloss = planes + 5 * count
    }
  }

  private static func planes(hasSurface: Bool) -> Int { hasSurface ? 10 : 4 }

  /// Bytes of a canvas.
  static func bytes(width: Int, height: Int, hasSurface: Bool) -> Int {
    width * height * planes(hasSurface: hasSurface) * MemoryLayout<Float>.size
  }

  /// Planes for a card, cleared; `body` sees them. Useful to look at a picture by itself.
  public static func withCanvas<Result>(
    width: Int, height: Int, hasSurface: Bool, _ body: (CardCanvas) throws -> Result
  ) rethrows -> Result {
    let floats = max(1, width * height) * planes(hasSurface: hasSurface)
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: floats)
    defer { memory.deallocate() }
    memory.initialize(repeating: 0, count: floats)
    return try body(CardCanvas(memory, width: width, height: height, hasSurface: hasSurface))
  }

  init(_ memory: Plane, width: Int, height: Int, hasSurface: Bool) {
    self.width = width
    self.height = height
    let count = width * height
    red = memory
    green = memory + count
    blue = memory + 2 * count
    alpha = memory + 3 * count
    surface = hasSurface ? Surface(memory + 4 * count, count: count) : nil
  }
}
