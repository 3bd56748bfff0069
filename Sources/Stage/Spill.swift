/// Something that has run out over the ground and set there: thin enough to be ground itself, so smooth that it
/// mirrors, with a rounded border and an outline of its own. It is described at the corners of a lattice; between them
/// it is smooth, however large the picture.
public struct Spill: Sendable {
  /// What it is like at a corner of the lattice.
  public struct Node: Sendable, Hashable {
    /// To its border, meters; negative outside.
    public var inside: Float
    /// Rise of its surface per meter along the columns' and the rows' direction.
    public var slope: SIMD2<Float>
    /// Share of the light around that reaches it, 0…1: less under what stands in it.
    public var open: Float

    public init(inside: Float, slope: SIMD2<Float>, open: Float) {
      self.inside = inside
      self.slope = slope
      self.open = open
    }
  }

  /// The first corner on the ground, (x, z) in meters.
  public let origin: SIMD2<Float>
  /// The way from one column to the next, of unit length; rows follow each other a quarter of a turn from it, from +x
  /// towards +z.
  public let axis: SIMD2<Float>
  /// From corner to corner, meters.
  public let step: Float
  public let columns: Int
  /// Row by row.
  public let nodes: [Node]
  /// Share of light that comes back from it.
  public let albedo: Vector

  public var rows: Int { nodes.count / max(1, columns) }

  /// - Parameter nodes: a multiple of `columns`; what is left over is not shown.
  public init(
    origin: SIMD2<Float>, axis: SIMD2<Float>, step: Float, columns: Int, nodes: [Node], albedo: Vector
  ) {
    self.origin = origin
    self.axis = axis
    self.step = max(1e-6, step)
    self.columns = max(1, columns)
    self.nodes = nodes
    self.albedo = albedo
  }

  /// The smallest upright rectangle about the lattice, (x, z) in meters.
  var bounds: (low: SIMD2<Float>, high: SIMD2<Float>) {
    let right = axis * (step * Float(columns - 1))
    let back = SIMD2(-axis.y, axis.x) * (step * Float(rows - 1))
    let corners = [origin, origin + right, origin + back, origin + right + back]
    return corners.dropFirst().reduce((origin, origin)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
  }

  /// What it is like at a place on the ground; nil where it is not.
  @inline(__always)
  func node(x: Float, z: Float) -> Node? {
    let p = (SIMD2(x, z) - origin) / step
    let column = (p * axis).sum()
    let row = (p * SIMD2(-axis.y, axis.x)).sum()
    guard column >= 0, row >= 0, column < Float(columns - 1), row < Float(rows - 1) else { return nil }
    let (i, j) = (Int(column), Int(row))
    let (fx, fz) = (column - Float(i), row - Float(j))
    let at = j * columns + i
    return nodes.withUnsafeBufferPointer { nodes in
      func between(_ a: Node, _ b: Node, _ t: Float) -> Node {
        Node(
          inside: a.inside + (b.inside - a.inside) * t, slope: a.slope + (b.slope - a.slope) * t,
          open: a.open + (b.open - a.open) * t)
      }
      let near = between(nodes[at], nodes[at + 1], fx)
      var node = between(near, between(nodes[at + columns], nodes[at + columns + 1], fx), fz)
      // As slopes along x and z.
      node.slope = axis * node.slope.x + SIMD2(-axis.y, axis.x) * node.slope.y
      return node
    }
  }
}

extension WetGround {
  /// Lays what has been spilt over the ground as it would be without.
  @inline(__always)
  func spilt(over look: inout Look, x: Float, z: Float, footprint: SIMD2<Float>) {
    guard x > spillLow.x, z > spillLow.y, x < spillHigh.x, z < spillHigh.y else { return }
    for spill in spills {
      guard let node = spill.node(x: x, z: z) else { continue }
      // Seen from low above, an edge across the view is as sharp as the pixel is deep, and one along it as it is wide:
      // between the two is good enough for both.
      let fine = (footprint.x * footprint.y).squareRoot()
      let share = max(0, min(1, 0.5 + node.inside / max(1e-5, fine)))
      guard share > 0 else { continue }
      let rest = 1 - share
      look.albedo = look.albedo * rest + spill.albedo * (share * node.open)
      look.slope = look.slope * rest + node.slope * share
      // What is finer than a look scatters.
      let lost = min(1, fine * 12) * 0.05
      look.roughness = look.roughness * rest + (WetGround.spillRoughness + lost) * share
      look.gloss = look.gloss * rest + share
    }
  }

  /// Deviation of slopes of what has set: a mirror.
  private static let spillRoughness: Float = 0.003
}
