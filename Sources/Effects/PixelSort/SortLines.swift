import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parallel lines that pixels are sorted along: each pixel of the picture lies on exactly one of them.
///
/// A line at an odd angle is a staircase. Along the axis that it keeps closer to (its major axis) it has one pixel at
/// each place m, at c + shift(m) on the other (its minor axis): lines of different c never meet, and leave no pixel
/// out (Bresenham's lines, all with the same steps). The steps are counted from the trim's corner, so that a part of
/// the picture has the lines of the whole.
///
/// Places are also told in cells of the raster on which is decided: `across` the lines and `along` them, from the
/// trim's corner.
struct SortLines: Sendable {
  /// Whether the major axis is that of y.
  let isVertical: Bool
  /// Whether sorting leads against the major axis.
  let isReverse: Bool
  /// Steps of the minor axis for each of the major axis, −1…1.
  let slope: Double
  /// Cosine and sine of the angle between the lines and their major axis.
  let cosine, sine: Double
  let lattice: Lattice

  /// - Parameter angle: the way from the first to the last pixel of a sorted span, degrees clockwise from the right.
  init(angle: Double, lattice: Lattice) {
    self.lattice = lattice
    var turn = angle.isFinite ? angle.truncatingRemainder(dividingBy: 360) : 0
    if turn < 0 { turn += 360 }
    let quarter = (turn / 90).rounded()
    if abs(turn - 90 * quarter) < 1e-9 {
      isVertical = Int(quarter) % 2 == 1
      isReverse = Int(quarter) % 4 >= 2
      (slope, cosine, sine) = (0, 1, 0)
      return
    }
    let (x, y) = (cos(turn * .pi / 180), sin(turn * .pi / 180))
    isVertical = abs(y) > abs(x)
    isReverse = (isVertical ? y : x) < 0
    slope = isVertical ? x / y : y / x
    cosine = 1 / (1 + slope * slope).squareRoot()
    sine = slope * cosine
  }

  var isStraight: Bool { slope == 0 }

  /// How far a line has stepped aside at place `m` of its major axis.
  func shift(_ m: Int) -> Int {
    Int(((Double(m) + 0.5 - lattice.origin) * slope + 0.5).rounded(.down))
  }

  /// The lines that cross a part of the picture.
  func lines(crossing region: PixelRect) -> Range<Int> {
    let (major, minor) = axes(of: region)
    guard !major.isEmpty, !minor.isEmpty else { return 0..<0 }
    let (a, b) = (shift(major.lowerBound), shift(major.upperBound - 1))
    return minor.lowerBound - max(a, b)..<minor.upperBound - min(a, b)
  }

  func axes(of region: PixelRect) -> (major: Range<Int>, minor: Range<Int>) {
    isVertical ? (region.rows, region.columns) : (region.columns, region.rows)
  }

  // MARK: Cells

  /// Where line `line` lies across, in cells.
  func across(ofLine line: Int) -> Double {
    (Double(line) + 0.5 - lattice.origin) * cosine / lattice.unit
  }

  /// Where the edge before a line lies across, in cells.
  func across(ofEdge line: Int) -> Double { (Double(line) - lattice.origin) * cosine / lattice.unit }

  /// The first place of a line whose pixel's center lies in or behind cell `cell` along it.
  func firstPlace(ofCell cell: Int, line: Int) -> Int {
    let ahead = (Double(line) + 0.5 - lattice.origin) * sine
    return Int((lattice.origin + (Double(cell) * lattice.unit - ahead) * cosine - 0.5).rounded(.up))
  }

  /// The cells, along and across, that touch a rectangle of pixels.
  func cells(touching rect: PixelRect) -> (along: Range<Int>, across: Range<Int>) {
    let (major, minor) = axes(of: rect)
    var (low, high) = (Point(.infinity, .infinity), Point(-.infinity, -.infinity))
    for m in [major.lowerBound, major.upperBound] {
      for n in [minor.lowerBound, minor.upperBound] {
        let p = cell(ofPlace: Double(m) - lattice.origin, Double(n) - lattice.origin)
        low = Point(min(low.x, p.x), min(low.y, p.y))
        high = Point(max(high.x, p.x), max(high.y, p.y))
      }
    }
    func range(_ a: Double, _ b: Double) -> Range<Int> { Int(a.rounded(.down))..<Int(b.rounded(.up)) }
    return (range(low.x, high.x), range(low.y, high.y))
  }

  /// (along, across) of a point of the plane, in cells; `m` and `n` are pixels along the axes from the trim's corner.
  func cell(ofPlace m: Double, _ n: Double) -> Point {
    Point((m * cosine + n * sine) / lattice.unit, (n * cosine - m * sine) / lattice.unit)
  }

  /// The point of the lattice, (x, y) in its own cells, at a place along and across the lines.
  func point(along u: Double, across v: Double) -> Point {
    let (m, n) = (u * cosine - v * sine, u * sine + v * cosine)
    return isVertical ? Point(n, m) : Point(m, n)
  }
}

/// Rays from a center, or rings around it, that pixels are sorted along: each pixel of the picture lies on exactly one.
///
/// A pixel belongs to the ray, or ring, in which its middle lies, and stands on it in the order of its distance from
/// the center, or of its angle. Rays are as narrow as one pixel at the picture's farthest corner; rings are one pixel
/// thick.
struct SortRays: Sendable {
  let isRing: Bool
  let lattice: Lattice
  /// Pixels of the picture.
  let center: Point
  /// From the center to the picture, and to its farthest corner, pixels.
  let nearest, radius: Double
  /// How many rays or rings there are.
  let count: Int
  /// Cells that make the circle across the rays. Where a ray is so far out as half the picture's height they are as
  /// wide as those along it.
  let cellsAround: Int
  /// Whether the picture is all around the center.
  let isAround: Bool
  /// The angles at which it lies: the first, and how far they go, turns.
  let start, width: Double

  init(isRing: Bool, center: Point, lattice: Lattice, geometry: Geometry) {
    self.isRing = isRing
    self.lattice = lattice
    // A picture's size away lines are nearly parallel. Bounded, circles stay small enough to be computed.
    let bound = { (x: Double) in max(-1, min(2, x)) }
    let middle = geometry.point(bound(center.x), bound(center.y))
    self.center = middle
    let bounds = geometry.bounds
    let corners = [
      (bounds.minX, bounds.minY), (bounds.maxX, bounds.minY), (bounds.minX, bounds.maxY),
      (bounds.maxX, bounds.maxY),
    ].map { Point(Double($0.0) - middle.x, Double($0.1) - middle.y) }
    let (left, right) = (corners[0].x, corners[3].x)
    let (top, bottom) = (corners[0].y, corners[3].y)
    radius = (corners.map { $0.x * $0.x + $0.y * $0.y }.max() ?? 1).squareRoot() + 1
    let (x, y) = (max(0, left, -right), max(0, top, -bottom))
    nearest = max(0, (x * x + y * y).squareRoot() - 1)
    count = max(1, Int((isRing ? radius : 2 * .pi * radius).rounded(.up)) + 1)
    cellsAround = max(8, Int((.pi * Double(geometry.trimHeight) / lattice.unit).rounded(.up)))
    isAround = nearest == 0
    guard !isAround else {
      (start, width) = (0, 1)
      return
    }
    let aim = atan2((top + bottom) / 2, (left + right) / 2)
    let turns = corners.map { corner -> Double in
      let angle = (atan2(corner.y, corner.x) - aim) / (2 * .pi)
      return angle - angle.rounded()
    }
    let (low, high) = (turns.min() ?? 0, turns.max() ?? 0)
    let first = aim / (2 * .pi) + low - 0.002
    start = first - first.rounded(.down)
    width = min(1, high - low + 0.004)
  }

  /// Cells across a path, from its one side to its other.
  func across(ofPath path: Int) -> Double {
    let share = (Double(path) + 0.5) / Double(count)
    return isRing ? (Double(path) + 0.5) / lattice.unit : share * Double(cellsAround)
  }

  /// The cells across that touch the picture, and more.
  var across: Range<Int> {
    0..<(isRing ? Int((radius / lattice.unit).rounded(.up)) + 1 : cellsAround)
  }

  /// The cells along paths in a strip that may lie in the picture: for rings, those around.
  func along(strip cells: Range<Int>) -> Range<Int> {
    let middle = Double(cells.lowerBound + cells.upperBound) / 2
    if isRing {
      guard Double(cells.upperBound) * lattice.unit > nearest else { return 0..<0 }
      return 0..<max(1, Int((2 * .pi * middle * width).rounded(.up)))
    }
    let half = Double(cells.count) / 2 / Double(cellsAround)
    var turns = middle / Double(cellsAround) - half - start
    turns -= turns.rounded(.down)
    guard isAround || turns < width || turns + 2 * half > 1 else { return 0..<0 }
    return Int((nearest / lattice.unit).rounded(.down))..<Int((radius / lattice.unit).rounded(.up))
  }

  /// Calls `body` with points of the lattice, (x, y) in its own cells: the middles of cells `along` paths in a strip
  /// whose middle is `middle`, at the place `across` in it.
  ///
  /// - Parameter start: where rings begin, in turns.
  func forEachPoint(
    along: Range<Int>, across: Double, middle: Double, start: Double, _ body: (Double, Double) -> Void
  ) {
    let (x, y) = ((center.x - lattice.origin) / lattice.unit, (center.y - lattice.origin) / lattice.unit)
    guard isRing else {
      let angle = 2 * .pi * across / Double(cellsAround)
      let (dx, dy) = (cos(angle), sin(angle))
      for u in along {
        let distance = Double(u) + 0.5
        body(x + distance * dx, y + distance * dy)
      }
      return
    }
    // A step along is a turn by as much everywhere.
    let step = 1 / max(0.5, middle)
    let (turnX, turnY) = (cos(step), sin(step))
    let first = 2 * .pi * start + (Double(along.lowerBound) + 0.5) * step
    var (dx, dy) = (across * cos(first), across * sin(first))
    for _ in along {
      body(x + dx, y + dy)
      (dx, dy) = (dx * turnX - dy * turnY, dx * turnY + dy * turnX)
    }
  }
}
