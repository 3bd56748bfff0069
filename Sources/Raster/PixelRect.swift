/// A rectangle of whole pixels, half open: `minX ..< maxX`, `minY ..< maxY`. y grows downward.
public struct PixelRect: Hashable, Sendable, CustomStringConvertible {
  public var minX, minY, maxX, maxY: Int

  public init(minX: Int, minY: Int, maxX: Int, maxY: Int) {
    self.minX = minX
    self.minY = minY
    self.maxX = max(minX, maxX)
    self.maxY = max(minY, maxY)
  }

  public init(width: Int, height: Int) {
    self.init(minX: 0, minY: 0, maxX: width, maxY: height)
  }

  /// The smallest pixel rectangle that covers the given edges; not-finite edges give an empty one.
  public init(covering minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double) {
    guard minX.isFinite, minY.isFinite, maxX.isFinite, maxY.isFinite, maxX > minX, maxY > minY else {
      self.init(width: 0, height: 0)
      return
    }
    func whole(_ value: Double) -> Int { Int(Swift.max(-1e9, Swift.min(1e9, value))) }
    self.init(
      minX: whole(minX.rounded(.down)), minY: whole(minY.rounded(.down)),
      maxX: whole(maxX.rounded(.up)), maxY: whole(maxY.rounded(.up)))
  }

  public var width: Int { maxX - minX }
  public var height: Int { maxY - minY }
  public var area: Int { width * height }
  public var isEmpty: Bool { width == 0 || height == 0 }
  public var rows: Range<Int> { minY..<maxY }
  public var columns: Range<Int> { minX..<maxX }

  public func intersection(_ other: PixelRect) -> PixelRect {
    PixelRect(
      minX: Swift.max(minX, other.minX), minY: Swift.max(minY, other.minY),
      maxX: Swift.min(maxX, other.maxX), maxY: Swift.min(maxY, other.maxY))
  }

  public func union(_ other: PixelRect) -> PixelRect {
    if isEmpty { return other }
    if other.isEmpty { return self }
    return PixelRect(
      minX: Swift.min(minX, other.minX), minY: Swift.min(minY, other.minY),
      maxX: Swift.max(maxX, other.maxX), maxY: Swift.max(maxY, other.maxY))
  }

  public func expanded(byX x: Int, y: Int) -> PixelRect {
    PixelRect(minX: minX - x, minY: minY - y, maxX: maxX + x, maxY: maxY + y)
  }

  public func contains(_ other: PixelRect) -> Bool {
    other.isEmpty
      || (minX <= other.minX && minY <= other.minY && maxX >= other.maxX && maxY >= other.maxY)
  }

  public var description: String { "\(width)×\(height)+\(minX)+\(minY)" }
}
