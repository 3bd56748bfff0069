import Raster
import Testing

@testable import Outline

/// Holes and parts of what lines of a given width cover, counted by flooding a raster.
private struct Flood {
  private(set) var parts = 0
  private(set) var holes = 0

  init(_ lines: [Polyline], width: Double, box: Rect, size: Int = 400) {
    let scale = Double(size - 20) / max(box.width, box.height)
    var outline = Path()
    for line in lines {
      let mapped = line.points.map { Point(($0.x - box.minX) * scale + 10, ($0.y - box.minY) * scale + 10) }
      outline.append(
        Path(Polyline(mapped, isClosed: line.isClosed)).stroked(
          StrokeStyle(width: width * scale, join: .round, cap: .round)))
    }
    let mask = CoverageMask(path: outline, clip: PixelRect(minX: 0, minY: 0, maxX: size, maxY: size))
    var kind = [Int](repeating: 0, count: size * size)
    var row = [Float](repeating: 0, count: size)
    for y in 0..<size {
      row.withUnsafeMutableBufferPointer { values in
        if let base = values.baseAddress { mask.cover(row: y, columns: 0..<size, into: base) }
      }
      for x in 0..<size where row[x] >= 0.5 { kind[y * size + x] = 1 }
    }
    for cell in kind.indices where kind[cell] < 2 {
      let own = kind[cell]
      if own == 1 { parts += 1 } else { holes += 1 }
      var stack = [cell]
      kind[cell] = 2 + own
      while let next = stack.popLast() {
        let (x, y) = (next % size, next / size)
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
          let (u, v) = (x + dx, y + dy)
          guard u >= 0, v >= 0, u < size, v < size, kind[v * size + u] == own else { continue }
          kind[v * size + u] = 2 + own
          stack.append(v * size + u)
        }
      }
    }
    // The ground outside is no hole.
    holes -= 1
  }
}

/// The largest distance of points along `lines` from the nearest of `segments`, and the other way round.
private func deviation(_ lines: [Polyline], from segments: [(Point, Point)]) -> Double {
  func distance(_ p: Point, _ a: Point, _ b: Point) -> Double {
    let d = Point(b.x - a.x, b.y - a.y)
    let size = d.x * d.x + d.y * d.y
    let t = size > 0 ? max(0, min(1, ((p.x - a.x) * d.x + (p.y - a.y) * d.y) / size)) : 0
    let (x, y) = (a.x + d.x * t - p.x, a.y + d.y * t - p.y)
    return (x * x + y * y).squareRoot()
  }
  var drawn: [(Point, Point)] = []
  for line in lines {
    let ends = line.isClosed ? line.points + line.points.prefix(1) : line.points
    drawn += zip(ends, ends.dropFirst())
  }
  var worst = 0.0
  for (from, to) in [(drawn, segments), (segments, drawn)] {
    for (a, b) in from {
      for step in 0...50 {
        let t = Double(step) / 50
        let p = Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
        worst = max(worst, to.map { distance(p, $0.0, $0.1) }.min() ?? .infinity)
      }
    }
  }
  return worst
}

private func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Path {
  .rectangle(Rect(minX: x, minY: y, maxX: x + width, maxY: y + height))
}

@Suite("Skeleton")
struct SkeletonTests {
  /// In widths of a stroke.
  private static let tolerance = 0.04

  @Test(
    "A bar has one straight line that ends half a width before its ends", arguments: [0.0, 17, 45, 71, 90])
  func bar(angle: Double) {
    let (w, l) = (7.0, 90.0)
    let turn = Affine.rotation(degrees: angle).then(.translation(300, -40))
    let skeleton = Skeleton(of: rectangle(-l / 2, -w / 2, l, w).transformed(by: turn))
    #expect(skeleton.lines.count == 1)
    #expect(skeleton.lines.first?.points.count == 2)
    let ends = (turn.apply(Point(-l / 2 + w / 2, 0)), turn.apply(Point(l / 2 - w / 2, 0)))
    #expect(deviation(skeleton.lines, from: [ends]) < Self.tolerance * w)
    #expect(abs(skeleton.strokeWidth - w) < 0.1 * w)
  }

  @Test("A cross is two lines that cross once, whatever its angle", arguments: [90.0, 70, 50])
  func cross(angle: Double) {
    let w = 0.05
    let turn = Affine.rotation(degrees: angle)
    var path = rectangle(-0.5, -w / 2, 1, w)
    // The same direction of both contours: the union.
    path.append(rectangle(-0.4, -w / 2, 0.8, w).transformed(by: turn))
    let skeleton = Skeleton(of: path)
    #expect(skeleton.lines.count == 2)
    let a = (Point(-0.475, 0), Point(0.475, 0))
    let b = (turn.apply(Point(-0.375, 0)), turn.apply(Point(0.375, 0)))
    #expect(deviation(skeleton.lines, from: [a, b]) < 0.1 * w)
    #expect(Flood(skeleton.lines, width: w / 3, box: path.bounds).parts == 1)
  }

  @Test("An L has one line with one sharp corner, a T ends on its bar")
  func corners() {
    let w = 10.0
    var path = Path([
      .move(Point(0, 0)), .line(Point(w, 0)), .line(Point(w, 90)), .line(Point(100, 90)),
      .line(Point(100, 100)), .line(Point(0, 100)), .close,
    ])
    var skeleton = Skeleton(of: path)
    #expect(skeleton.lines.count == 1)
    #expect(skeleton.lines.first?.points.count == 3)
    #expect(
      deviation(skeleton.lines, from: [(Point(5, 5), Point(5, 95)), (Point(5, 95), Point(95, 95))]) < 0.4)

    path = rectangle(0, 0, 100, w)
    path.append(rectangle(45, 0, w, 80))
    skeleton = Skeleton(of: path)
    #expect(skeleton.lines.count == 2)
    #expect(
      deviation(skeleton.lines, from: [(Point(5, 5), Point(95, 5)), (Point(50, 5), Point(50, 75))]) < 0.6)
  }

  @Test("A ring is one closed line on its middle circle")
  func ring() throws {
    let skeleton = Skeleton(of: .ring(center: Point(3, 4), innerRadius: 0.9, outerRadius: 1.1))
    #expect(skeleton.lines.count == 1)
    let line = try #require(skeleton.lines.first)
    #expect(line.isClosed)
    let radii = line.points.map { (($0.x - 3) * ($0.x - 3) + ($0.y - 4) * ($0.y - 4)).squareRoot() }
    #expect(radii.allSatisfy { abs($0 - 1) < 0.04 * 0.2 })
    // Chords stay within the tolerance of simplification.
    #expect(abs(line.length - 2 * .pi) < 0.05)
    #expect(Flood(skeleton.lines, width: 0.05, box: Rect(minX: 2, minY: 3, maxX: 4, maxY: 5)).holes == 1)
  }

  @Test("A disc is a dot in its middle")
  func disc() throws {
    let skeleton = Skeleton(of: .arc(center: Point(-2, 7), radius: 3, from: 0, sweep: 360))
    #expect(skeleton.lines.count == 1)
    let line = try #require(skeleton.lines.first)
    #expect(line.points.allSatisfy { ($0 - Point(-2, 7)).magnitude < 0.3 })
  }

  @Test("A frame with feet, like 口, has one loop")
  func frame() {
    var path = rectangle(0, 0, 10, 95)
    for part in [rectangle(90, 0, 10, 95), rectangle(0, 0, 100, 10), rectangle(0, 70, 100, 10)] {
      path.append(part)
    }
    let flood = Flood(Skeleton(of: path).lines, width: 3, box: path.bounds)
    #expect(flood.parts == 1)
    #expect(flood.holes == 1)
  }

  @Test("The same at any size and place, bit for bit at powers of two")
  func scale() {
    let path = Path.ringSegment(center: .zero, innerRadius: 20, outerRadius: 24, from: 10, sweep: 250)
    let one = Skeleton(of: path).lines.map { $0.points }
    let other = Skeleton(of: path.transformed(by: .scale(0.25, 0.25))).lines.map { $0.points.map { $0 * 4 } }
    #expect(one == other)
    #expect(Skeleton(of: path) == Skeleton(of: path))
  }

  @Test("Odd paths are no trouble")
  func hostile() {
    #expect(Skeleton(of: Path()).lines.isEmpty)
    #expect(Skeleton(of: Path([.move(Point(.nan, 0)), .line(Point(1, 1)), .close])).lines.isEmpty)
    #expect(Skeleton(of: Path([.move(Point(0, 0)), .line(Point(1, 1)), .close])).lines.isEmpty)
    #expect(Skeleton(of: rectangle(0, 0, 1e300, 1)).lines.isEmpty)
    #expect(Skeleton(of: rectangle(0, 0, 1e-12, 1e-12)).lines.isEmpty)
    #expect(
      Skeleton(of: rectangle(0, 0, 1000, 0.001)).lines.allSatisfy { $0.points.allSatisfy { $0.isFinite } })
    // A comb of many thin teeth: bounded, if coarse.
    var comb = Path()
    for tooth in 0..<500 { comb.append(rectangle(Double(tooth) * 2, 0, 1, 1000)) }
    #expect(Skeleton(of: comb).lines.count <= 1000)
  }
}
