import Raster
import Testing

@testable import Stage

@Suite("Rays and blocks") struct BoundsTreeTests {
  private let seed = Seed(11)

  private func number(_ i: Int, _ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * Float(seed.unit(i))
  }

  private func bounds(_ count: Int, salt: Int) -> [BoundsTree.Bounds] {
    (0..<count).map { i in
      let k = salt + i * 6
      let low = Vector(number(k, -30...30), number(k + 1, 0...20), number(k + 2, 0...90))
      // Thin, flat and large ones among them.
      let size = Vector(number(k + 3, 0...6), number(k + 4, 0...9), number(k + 5, 0...4))
      return .init(low: low, high: low + size)
    }
  }

  private func ray(_ k: Int) -> BoundsTree.Ray {
    var d = Vector(number(k, -1...1), number(k + 1, -1...1), number(k + 2, -0.2...1))
    // Some along the axes, where a slope is zero.
    if k % 5 == 0 { d.x = 0 }
    if k % 7 == 0 { d.y = 0 }
    d /= max(1e-6, length(d))
    return .init(
      origin: Vector(number(k + 3, -9...9), number(k + 4, 0...9), number(k + 5, -9...9)), direction: d)
  }

  /// A slab test of its own, in double precision.
  private func enter(_ b: BoundsTree.Bounds, _ r: BoundsTree.Ray) -> Double? {
    var low = -Double.infinity
    var high = Double.infinity
    for axis in 0..<3 {
      let o = Double(r.origin[axis])
      let d = Double(r.direction[axis])
      if abs(d) < 1e-9 {
        if o < Double(b.low[axis]) || o > Double(b.high[axis]) { return nil }
        continue
      }
      let t0 = (Double(b.low[axis]) - o) / d
      let t1 = (Double(b.high[axis]) - o) / d
      low = max(low, min(t0, t1))
      high = min(high, max(t0, t1))
    }
    return low <= high && low > 1e-3 ? low : nil
  }

  private func withStack<R>(_ body: (BoundsTree.Stack) -> R) -> R {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: BoundsTree.stackSize * 2) { body(Shot.stack($0)) }
  }

  @Test("the nearest block is the one that a search of all finds", arguments: [0, 1, 7, 8, 9, 60, 900])
  func nearest(_ count: Int) {
    let bounds = bounds(count, salt: count * 10_000)
    let tree = BoundsTree(bounds)
    var wrong = 0
    var hits = 0
    withStack { stack in
      for k in 0..<2000 {
        let ray = ray(k * 8 + 3)
        let found = tree.nearest(ray, near: 1e-3, far: 1e9, stack)
        let best = bounds.indices.compactMap { i in enter(bounds[i], ray).map { (i, $0) } }.min {
          $0.1 < $1.1
        }
        if let best {
          hits += 1
          if found.item < 0 || abs(Double(found.t) - best.1) > 1e-4 * max(1, best.1) { wrong += 1 }
        } else if found.item >= 0 {
          wrong += 1
        }
      }
    }
    // Rays that graze an edge may be decided either way by the last bit.
    #expect(wrong <= 2, "\(wrong) of 2000")
    #expect(count < 900 || hits > 300)
  }

  @Test("every block that a ray crosses is visited") func visits() {
    let bounds = bounds(300, salt: 77)
    let tree = BoundsTree(bounds)
    var missing = 0
    withStack { stack in
      for k in 0..<500 {
        let ray = ray(k * 8 + 1)
        var seen: Set<Int> = []
        tree.visit(ray, near: 1e-3, far: 1e9, stack) {
          seen.insert($0)
          return true
        }
        for i in bounds.indices where enter(bounds[i], ray) != nil && !seen.contains(i) { missing += 1 }
      }
    }
    #expect(missing <= 1)
  }

  @Test("blocks in one place, without size, or far apart make a tree") func hostile() {
    let same = [BoundsTree.Bounds](repeating: .init(low: Vector(0, 0, 5), high: Vector(1, 1, 6)), count: 500)
    let points = (0..<100).map { i in
      BoundsTree.Bounds(low: Vector(0, 0, Float(i)), high: Vector(0, 0, Float(i)))
    }
    let far = (0..<120).map { i -> BoundsTree.Bounds in
      var z: Float = 1e-3
      for _ in 0..<i { z *= 1.15 }
      return .init(low: Vector(-z, -z, z), high: Vector(z, z, z * 1.1))
    }
    withStack { stack in
      for list in [same, points, far] {
        let ray = BoundsTree.Ray(origin: Vector(0.1, 0.1, -1), direction: Vector(0, 0, 1))
        let hit = BoundsTree(list).nearest(ray, near: 1e-3, far: 1e9, stack)
        #expect(hit.t.isFinite)
      }
    }
  }
}
