import Outline
import Raster

/// Random numbers that are the same in every run (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
  mutating func point(_ range: ClosedRange<Double>) -> Point { Point(number(range), number(range)) }
}

/// A slow second way to the same results: dense lines, and one test of the winding number per sample.
enum Reference {
  /// Contours with each curve replaced by 64 lines by de Casteljau's construction.
  static func contours(_ path: Path) -> [[Point]] {
    var contours: [[Point]] = []
    var contour: [Point] = []
    func mix(_ a: Point, _ b: Point, _ t: Double) -> Point {
      Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
    }
    func curve(_ controls: [Point]) {
      for i in 1...64 {
        var points = controls
        while points.count > 1 {
          points = zip(points, points.dropFirst()).map { mix($0, $1, Double(i) / 64) }
        }
        contour.append(points[0])
      }
    }
    for element in path.elements {
      switch element {
      case .move(let p):
        if contour.count > 1 { contours.append(contour) }
        contour = [p]
      case .line(let p): contour.append(p)
      case .quad(let a, let p): curve([contour.last ?? a, a, p])
      case .cubic(let a, let b, let p): curve([contour.last ?? a, a, b, p])
      case .close:
        guard let first = contour.first else { continue }
        contours.append(contour)
        contour = [first]
      }
    }
    if contour.count > 1 { contours.append(contour) }
    return contours
  }

  /// The share of n × n samples of each pixel that `isInside` holds for.
  static func supersampled(_ clip: PixelRect, n: Int = 16, _ isInside: (Point) -> Bool) -> [Double] {
    var result: [Double] = []
    for y in clip.rows {
      for x in clip.columns {
        var hits = 0
        for j in 0..<n {
          for i in 0..<n {
            let p = Point(
              Double(x) + (Double(i) + 0.5) / Double(n), Double(y) + (Double(j) + 0.5) / Double(n))
            if isInside(p) { hits += 1 }
          }
        }
        result.append(Double(hits) / Double(n * n))
      }
    }
    return result
  }

  /// The share of n × n samples of each pixel whose winding number lies inside.
  static func coverage(_ path: Path, _ rule: FillRule, _ clip: PixelRect, n: Int = 16) -> [Double] {
    let contours = contours(path)
    var hits = [Int](repeating: 0, count: clip.area)
    for line in 0..<clip.height * n {
      let y = Double(clip.minY) + (Double(line) + 0.5) / Double(n)
      var crossings: [(x: Double, turn: Int)] = []
      for contour in contours {
        guard var a = contour.last else { continue }
        for b in contour {
          if (a.y <= y) != (b.y <= y) {
            crossings.append((a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x), a.y <= y ? 1 : -1))
          }
          a = b
        }
      }
      crossings.sort { $0.x < $1.x }
      var next = 0
      var winding = 0
      for sample in 0..<clip.width * n {
        let x = Double(clip.minX) + (Double(sample) + 0.5) / Double(n)
        while next < crossings.count, crossings[next].x <= x {
          winding += crossings[next].turn
          next += 1
        }
        let isInside = rule == .nonZero ? winding != 0 : winding % 2 != 0
        if isInside { hits[line / n * clip.width + sample / n] += 1 }
      }
    }
    return hits.map { Double($0) / Double(n * n) }
  }

  /// The least distance of p to any line.
  static func distance(_ p: Point, toLinesOf contour: [Point]) -> Double {
    guard var a = contour.first else { return .infinity }
    var least = Double.infinity
    for b in contour.dropFirst() {
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let size = dx * dx + dy * dy
      let t = size > 0 ? max(0, min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / size)) : 0
      let (ex, ey) = (p.x - a.x - dx * t, p.y - a.y - dy * t)
      least = min(least, ex * ex + ey * ey)
      a = b
    }
    return least.squareRoot()
  }
}

extension CoverageMask {
  func values(_ rect: PixelRect) -> [Float] {
    rect.rows.flatMap { y in
      [Float](unsafeUninitializedCapacity: rect.width) { buffer, count in
        if let base = buffer.baseAddress {
          base.initialize(repeating: .nan, count: rect.width)
          cover(row: y, columns: rect.columns, into: base)
        }
        count = rect.width
      }
    }
  }
}

func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0
}

func meanDifference(_ a: [Float], _ b: [Double]) -> Double {
  zip(a, b).map { abs(Double($0) - $1) }.reduce(0, +) / Double(max(1, a.count))
}
