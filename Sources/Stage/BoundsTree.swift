import CVector

/// A tree of axis-aligned bounds, eight to a node: a ray is held against eight of them at a time.
///
/// Built once, top down, by the surface area heuristic in bins (Wald, "On fast construction of SAH-based bounding
/// volume hierarchies", 2007), then wide from the start: a node's largest part is split until there are eight
/// (after Wald, Benthin, Boulos, "Getting rid of packets", 2008). Leaves are single bounds, so that for blocks the
/// test of the node is the test of the block.
final class BoundsTree: @unchecked Sendable {
  struct Bounds {
    var low: Vector
    var high: Vector

    static let empty = Bounds(low: Vector(repeating: .infinity), high: Vector(repeating: -.infinity))

    mutating func include(_ other: Bounds) {
      low = low.replacing(with: other.low, where: other.low .< low)
      high = high.replacing(with: other.high, where: other.high .> high)
    }

    var halfArea: Float {
      let d = high - low
      return d.x < 0 ? 0 : d.x * d.y + d.y * d.z + d.z * d.x
    }

    var center: Vector { (low + high) * 0.5 }
  }

  /// 48 floats of bounds (low x of eight, high x, low y, …), then eight numbers: a node if >= 0, else -1 - item.
  private static let stride = 56
  /// Deeper than any tree that fits into memory; each level adds at most seven open nodes.
  static let stackSize = 512

  private let memory: UnsafeMutablePointer<Float>
  private let nodeCount: Int

  /// - Parameter bounds: finite; at most 2^30.
  init(_ bounds: [Bounds]) {
    var nodes: [[Float]] = []
    var items = Array(bounds.indices)
    if !items.isEmpty { BoundsTree.build(&items, 0..<items.count, bounds, &nodes) }
    nodeCount = nodes.count
    memory = .allocate(capacity: max(1, nodes.count * BoundsTree.stride))
    for (i, node) in nodes.enumerated() {
      (memory + i * BoundsTree.stride).initialize(from: node, count: BoundsTree.stride)
    }
  }

  deinit { memory.deallocate() }

  // MARK: Building

  private static func build(
    _ items: inout [Int], _ range: Range<Int>, _ bounds: [Bounds], _ nodes: inout [[Float]]
  ) {
    // Work list instead of recursion: hostile scenes must not end the stack.
    var open: [(range: Range<Int>, node: Int)] = [(range, 0)]
    nodes.append(emptyNode)
    while let (range, node) = open.popLast() {
      var parts = [range]
      while parts.count < 8 {
        // The part that costs most is split next.
        guard
          let index = parts.indices.filter({ parts[$0].count > 1 }).max(by: {
            let a = area(items, parts[$0], bounds) * Float(parts[$0].count)
            let b = area(items, parts[$1], bounds) * Float(parts[$1].count)
            return a < b
          })
        else { break }
        let middle = split(&items, parts[index], bounds)
        let part = parts[index]
        parts[index] = part.lowerBound..<middle
        parts.append(middle..<part.upperBound)
      }
      for (slot, part) in parts.enumerated() {
        var box = Bounds.empty
        for i in part { box.include(bounds[items[i]]) }
        let values = [box.low.x, box.high.x, box.low.y, box.high.y, box.low.z, box.high.z]
        for (k, value) in values.enumerated() { nodes[node][k * 8 + slot] = value }
        let number: Int32
        if part.count == 1 {
          number = -1 - Int32(items[part.lowerBound])
        } else {
          number = Int32(nodes.count)
          nodes.append(emptyNode)
          open.append((part, Int(number)))
        }
        nodes[node][48 + slot] = Float(bitPattern: UInt32(bitPattern: number))
      }
    }
  }

  /// Bounds that no ray meets: points too far away.
  private static var emptyNode: [Float] { [Float](repeating: 3e38, count: stride) }

  private static func area(_ items: [Int], _ range: Range<Int>, _ bounds: [Bounds]) -> Float {
    var box = Bounds.empty
    for i in range { box.include(bounds[items[i]]) }
    return box.halfArea
  }

  /// Reorders `items` in `range` and returns where its second half begins.
  private static func split(_ items: inout [Int], _ range: Range<Int>, _ bounds: [Bounds]) -> Int {
    var low = Vector(repeating: .infinity)
    var high = Vector(repeating: -.infinity)
    for i in range {
      let c = bounds[items[i]].center
      low = low.replacing(with: c, where: c .< low)
      high = high.replacing(with: c, where: c .> high)
    }
    let bins = 12
    var best: (cost: Float, axis: Int, bin: Int)?
    for axis in 0..<3 where high[axis] > low[axis] {
      var boxes = [Bounds](repeating: .empty, count: bins)
      var counts = [Int](repeating: 0, count: bins)
      let scale = Float(bins) / (high[axis] - low[axis])
      for i in range {
        let b = bounds[items[i]]
        let bin = max(0, min(bins - 1, Int((b.center[axis] - low[axis]) * scale)))
        boxes[bin].include(b)
        counts[bin] += 1
      }
      var right = [Float](repeating: 0, count: bins)
      var box = Bounds.empty
      var count = 0
      for bin in (1..<bins).reversed() {
        box.include(boxes[bin])
        count += counts[bin]
        right[bin] = box.halfArea * Float(count)
      }
      box = .empty
      count = 0
      for bin in 0..<bins - 1 {
        box.include(boxes[bin])
        count += counts[bin]
        guard count > 0, count < range.count else { continue }
        let cost = box.halfArea * Float(count) + right[bin + 1]
        if cost < best?.cost ?? .infinity { best = (cost, axis, bin) }
      }
    }
    guard let best else { return range.lowerBound + range.count / 2 }
    let scale = Float(bins) / (high[best.axis] - low[best.axis])
    let isLeft = { (item: Int) -> Bool in
      max(0, min(bins - 1, Int((bounds[item].center[best.axis] - low[best.axis]) * scale))) <= best.bin
    }
    // A stable partition: the order of items decides nothing else.
    let left = items[range].filter(isLeft)
    let right = items[range].filter { !isLeft($0) }
    items.replaceSubrange(range, with: left + right)
    return range.lowerBound + left.count
  }

  // MARK: Rays

  struct Ray {
    var origin: Vector
    var direction: Vector
    /// One over each component, finite.
    var inverse: Vector

    @inline(__always)
    init(origin: Vector, direction: Vector) {
      self.origin = origin
      self.direction = direction
      @inline(__always) func invert(_ x: Float) -> Float {
        1 / (abs(x) > 1e-9 ? x : (x < 0 ? -1e-9 : 1e-9))
      }
      inverse = Vector(invert(direction.x), invert(direction.y), invert(direction.z))
    }

    @inline(__always)
    func point(at t: Float) -> Vector { origin + direction * t }
  }

  /// A ray eight times over, to be held against the bounds of a node.
  private struct EightRays {
    let x, y, z: v8f
    let perX, perY, perZ: v8f

    @inline(__always)
    init(_ ray: Ray) {
      x = v8_splat(ray.origin.x)
      y = v8_splat(ray.origin.y)
      z = v8_splat(ray.origin.z)
      perX = v8_splat(ray.inverse.x)
      perY = v8_splat(ray.inverse.y)
      perZ = v8_splat(ray.inverse.z)
    }

    /// Which of the bounds the ray crosses between `near` and `far`, a bit for each, and where it enters them: the
    /// slab test of Kay and Kajiya (1986).
    @inline(__always)
    func cross(_ node: UnsafePointer<Float>, near: Float, far: Float) -> (bits: UInt32, enter: v8f) {
      let x0 = (v8_load(node) - x) * perX
      let x1 = (v8_load(node + 8) - x) * perX
      let y0 = (v8_load(node + 16) - y) * perY
      let y1 = (v8_load(node + 24) - y) * perY
      let z0 = (v8_load(node + 32) - z) * perZ
      let z1 = (v8_load(node + 40) - z) * perZ
      let enter = v8_max(v8_max(v8_min(x0, x1), v8_min(y0, y1)), v8_min(z0, z1))
      let leave = v8_min(v8_min(v8_max(x0, x1), v8_max(y0, y1)), v8_max(z0, z1))
      let bits = v8_bits(
        v8_and(v8_less_equal(enter, v8_min(leave, v8_splat(far))), v8_less(v8_splat(near), leave)))
      return (bits, enter)
    }
  }

  /// Where rays keep the nodes that are still to be visited.
  struct Stack {
    let nodes: UnsafeMutablePointer<Int32>
    let distances: UnsafeMutablePointer<Float>
  }

  /// The nearest bounds that the ray enters between `near` and `far`; -1 if there are none. Bounds around the
  /// origin are not seen from inside.
  @inline(__always)
  func nearest(_ ray: Ray, near: Float, far: Float, _ stack: Stack) -> (item: Int, t: Float) {
    guard nodeCount > 0 else { return (-1, far) }
    let eight = EightRays(ray)
    var best = far
    var item = -1
    var depth = 1
    stack.nodes[0] = 0
    stack.distances[0] = 0
    while depth > 0 {
      depth -= 1
      if stack.distances[depth] > best { continue }
      let node = memory + Int(stack.nodes[depth]) * BoundsTree.stride
      var (bits, enter) = eight.cross(node, near: near, far: best)
      guard bits != 0 else { continue }
      withUnsafeBytes(of: &enter) { entered in
        let t = entered.assumingMemoryBound(to: Float.self).baseAddress.unsafelyUnwrapped
        while bits != 0 {
          let slot = bits.trailingZeroBitCount
          bits &= bits - 1
          let number = Int32(bitPattern: node[48 + slot].bitPattern)
          let distance = t[slot]
          if number < 0 {
            if distance > near, distance < best {
              best = distance
              item = Int(-1 - number)
            }
          } else {
            // Nearer nodes end up on top.
            var i = depth
            while i > 0, stack.distances[i - 1] < distance, i > depth - 7 {
              stack.nodes[i] = stack.nodes[i - 1]
              stack.distances[i] = stack.distances[i - 1]
              i -= 1
            }
            stack.nodes[i] = number
            stack.distances[i] = distance
            depth += 1
          }
        }
      }
    }
    return (item, best)
  }

  /// Calls `body` with every item whose bounds the ray crosses between `near` and `far`, in no useful order, until
  /// it answers false.
  @inline(__always)
  func visit(_ ray: Ray, near: Float, far: Float, _ stack: Stack, _ body: (Int) -> Bool) {
    guard nodeCount > 0 else { return }
    let eight = EightRays(ray)
    var depth = 1
    stack.nodes[0] = 0
    while depth > 0 {
      depth -= 1
      let node = memory + Int(stack.nodes[depth]) * BoundsTree.stride
      var bits = eight.cross(node, near: near, far: far).bits
      while bits != 0 {
        let slot = bits.trailingZeroBitCount
        bits &= bits - 1
        let number = Int32(bitPattern: node[48 + slot].bitPattern)
        if number >= 0 {
          stack.nodes[depth] = number
          depth += 1
        } else if !body(Int(-1 - number)) {
          return
        }
      }
    }
  }
}
