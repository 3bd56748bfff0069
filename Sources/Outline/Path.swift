import Raster

/// Contours of lines and Bézier curves, as glyphs and SVG path data give them.
public struct Path: Hashable, Sendable {
  public enum Element: Hashable, Sendable {
    case move(Point)
    case line(Point)
    case quad(Point, Point)
    case cubic(Point, Point, Point)
    case close
  }
  public var elements: [Element]
  public init(_ elements: [Element] = []) { self.elements = elements }
  public var isEmpty: Bool { elements.isEmpty }
  public mutating func append(_ other: Path) { elements += other.elements }
}
