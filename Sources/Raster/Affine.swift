/// A point or a vector in the plane; y grows downward.
public struct Point: Hashable, Sendable {
  public var x, y: Double
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
  public static let zero = Point(0, 0)
  public static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
  public static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
  public static func * (a: Point, k: Double) -> Point { Point(a.x * k, a.y * k) }
}

/// An axis-parallel rectangle; `null` (the union of nothing) has minX > maxX.
public struct Rect: Hashable, Sendable {
  public var minX, minY, maxX, maxY: Double
  public init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }
  public static let null = Rect(minX: .infinity, minY: .infinity, maxX: -.infinity, maxY: -.infinity)
  public var isNull: Bool { minX > maxX || minY > maxY }
  public var width: Double { max(0, maxX - minX) }
  public var height: Double { max(0, maxY - minY) }
  public mutating func extend(to p: Point) {
    minX = min(minX, p.x)
    minY = min(minY, p.y)
    maxX = max(maxX, p.x)
    maxY = max(maxY, p.y)
  }
  public func union(_ other: Rect) -> Rect {
    Rect(
      minX: min(minX, other.minX), minY: min(minY, other.minY),
      maxX: max(maxX, other.maxX), maxY: max(maxY, other.maxY))
  }
  public func expanded(by d: Double) -> Rect {
    isNull ? self : Rect(minX: minX - d, minY: minY - d, maxX: maxX + d, maxY: maxY + d)
  }
}

/// A plane affine map: x' = a·x + c·y + tx, y' = b·x + d·y + ty.
public struct Affine: Hashable, Sendable {
  public var a, b, c, d, tx, ty: Double
  public init(a: Double, b: Double, c: Double, d: Double, tx: Double, ty: Double) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
    self.tx = tx
    self.ty = ty
  }
  public static let identity = Affine(a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0)
  public static func translation(_ x: Double, _ y: Double) -> Affine {
    Affine(a: 1, b: 0, c: 0, d: 1, tx: x, ty: y)
  }
  public static func scale(_ x: Double, _ y: Double) -> Affine {
    Affine(a: x, b: 0, c: 0, d: y, tx: 0, ty: 0)
  }
  public func apply(_ p: Point) -> Point { Point(a * p.x + c * p.y + tx, b * p.x + d * p.y + ty) }
  /// The map that applies `self` first, then `next`.
  public func then(_ next: Affine) -> Affine {
    Affine(
      a: next.a * a + next.c * b, b: next.b * a + next.d * b,
      c: next.a * c + next.c * d, d: next.b * c + next.d * d,
      tx: next.a * tx + next.c * ty + next.tx, ty: next.b * tx + next.d * ty + next.ty)
  }
  public var determinant: Double { a * d - b * c }
  /// How much lengths grow in the mean: the root of the area factor.
  public var meanScale: Double { abs(determinant).squareRoot() }
  /// nil if the map flattens the plane.
  public var inverse: Affine? {
    let k = determinant
    guard abs(k) > 1e-300, k.isFinite else { return nil }
    return Affine(
      a: d / k, b: -b / k, c: -c / k, d: a / k,
      tx: (c * ty - d * tx) / k, ty: (b * tx - a * ty) / k)
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Affine {
  /// A turn about the origin, clockwise on the picture. Multiples of 90° are exact.
  public static func rotation(degrees: Double) -> Affine {
    let (sine, cosine) = sineAndCosine(degrees: degrees)
    return Affine(a: cosine, b: sine, c: -sine, d: cosine, tx: 0, ty: 0)
  }
}

/// Sine and cosine of an angle in degrees; multiples of 90° are exact.
public func sineAndCosine(degrees: Double) -> (sine: Double, cosine: Double) {
  guard degrees.isFinite else { return (0, 1) }
  let turn = degrees.truncatingRemainder(dividingBy: 360)
  switch turn {
  case 0: return (0, 1)
  case 90, -270: return (1, 0)
  case 180, -180: return (0, -1)
  case 270, -90: return (-1, 0)
  default: return (sin(turn * .pi / 180), cos(turn * .pi / 180))
  }
}
