import Raster

/// A length as a preset writes it.
public struct Length: Hashable, Sendable {
  public enum Unit: String, CaseIterable, Sendable {
    /// Shares of the trimmed picture's height or width.
    case height = "h", width = "w"
    case millimeters = "mm", inches = "in", points = "pt", pixels = "px"
  }
  public var value: Double
  public var unit: Unit

  public init(_ value: Double, _ unit: Unit) {
    self.value = value
    self.unit = unit
  }
}

/// Distances from the four edges of a picture, inward.
public struct Insets: Hashable, Sendable {
  public var top, right, bottom, left: Double

  public init(top: Double = 0, right: Double = 0, bottom: Double = 0, left: Double = 0) {
    self.top = top
    self.right = right
    self.bottom = bottom
    self.left = left
  }

  public init(_ all: Double) { self.init(top: all, right: all, bottom: all, left: all) }
}

/// The picture in pixels: its size with bleed, where the trim lies in it, and how paper maps to pixels.
public struct Geometry: Hashable, Sendable {
  /// The trimmed picture, pixels. Shares of a preset refer to it.
  public var trimWidth, trimHeight: Int
  /// Pixels beyond the trim on every side.
  public var bleed: Int
  /// Pixels per inch of the full-size picture, times ``scale``.
  public var dpi: Double
  /// `--scale`: how large this rendering is beside the picture that the preset describes.
  public var scale: Double
  /// What lies between the trim and the area in which type is safe from knives and from what apps lay over a picture,
  /// pixels.
  public var safe: Insets

  public init(
    trimWidth: Int, trimHeight: Int, bleed: Int = 0, dpi: Double = 300, scale: Double = 1,
    safe: Insets = Insets()
  ) {
    self.trimWidth = trimWidth
    self.trimHeight = trimHeight
    self.bleed = bleed
    self.dpi = dpi
    self.scale = scale
    self.safe = safe
  }

  /// The whole picture, bleed included, pixels.
  public var width: Int { trimWidth + 2 * bleed }
  public var height: Int { trimHeight + 2 * bleed }
  public var bounds: PixelRect { PixelRect(width: width, height: height) }

  /// Pixels of a length in shares of the trim's height.
  public func pixels(_ share: Double) -> Double { share * Double(trimHeight) }
  public func pixels(_ share: Float) -> Float { share * Float(trimHeight) }

  /// A written length in shares of the trim's height.
  public func share(_ length: Length) -> Double {
    switch length.unit {
    case .height: length.value
    case .width: length.value * Double(trimWidth) / Double(trimHeight)
    case .millimeters: length.value / 25.4 * dpi / Double(trimHeight)
    case .inches: length.value * dpi / Double(trimHeight)
    case .points: length.value / 72 * dpi / Double(trimHeight)
    case .pixels: length.value * scale / Double(trimHeight)
    }
  }

  /// The trimmed picture, picture pixels.
  public var trim: Rect {
    Rect(
      minX: Double(bleed), minY: Double(bleed), maxX: Double(bleed + trimWidth),
      maxY: Double(bleed + trimHeight))
  }

  /// The area in which type is safe, picture pixels.
  public var safeArea: Rect {
    let trim = trim
    return Rect(
      minX: trim.minX + safe.left, minY: trim.minY + safe.top, maxX: trim.maxX - safe.right,
      maxY: trim.maxY - safe.bottom)
  }

  /// A point in shares of the trim's width and height as picture pixels.
  public func point(_ x: Double, _ y: Double) -> Point {
    Point(Double(bleed) + x * Double(trimWidth), Double(bleed) + y * Double(trimHeight))
  }
}

/// The moment that is rendered.
public struct Moment: Hashable, Sendable {
  /// Seconds from the beginning.
  public var time: Double
  /// ⌊time · fps⌋, wrapped where the preset loops: what grain and tape noise change with.
  public var frame: Int
  /// Seconds after which everything repeats, or nil.
  public var loop: Double?

  public init(time: Double = 0, frame: Int = 0, loop: Double? = nil) {
    self.time = time
    self.frame = frame
    self.loop = loop
  }

  public init(time: Double, fps: Double, duration: Double?, loops: Bool) {
    loop = loops ? duration : nil
    var t = time
    if let loop, loop > 0 {
      t = t.truncatingRemainder(dividingBy: loop)
      if t < 0 { t += loop }
    }
    self.time = t
    // A hair of tolerance, so that frame n begins at n / fps although n / fps is rounded.
    frame = Int(max(-1e15, min(1e15, (t * fps + 1e-6).rounded(.down))))
    if let loop, loop > 0 {
      let frames = max(1, Int((loop * fps).rounded()))
      frame = ((frame % frames) + frames) % frames
    }
  }
}
