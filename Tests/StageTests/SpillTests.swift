import Testing

@testable import Stage

@Suite struct SpillTests {
  /// A disk of radius 1 about (2, 5), a dome in height, on a lattice turned by a quarter.
  static func disk() -> Spill {
    let (columns, rows, step) = (61, 61, Float(0.05))
    let nodes = (0..<rows).flatMap { j in
      (0..<columns).map { i -> Spill.Node in
        let p = SIMD2(Float(i) * step - 1.5, Float(j) * step - 1.5)
        return Spill.Node(inside: 1 - (p * p).sum().squareRoot(), slope: p * -0.1, open: 0.5)
      }
    }
    // Columns run along +z, and rows along −x.
    return Spill(
      origin: SIMD2(2 + 1.5, 5 - 1.5), axis: SIMD2(0, 1), step: step, columns: columns, nodes: nodes,
      albedo: Vector(0.4, 0.2, 0.1))
  }

  static func largest<V: SIMD<Float>>(_ v: V) -> Float { v.indices.reduce(0) { max($0, abs(v[$1])) } }

  @Test("it is found where it lies, however its lattice is turned") func place() throws {
    let spill = Self.disk()
    #expect(spill.rows == 61)
    #expect(spill.node(x: 0.4, z: 5) == nil)
    let middle = try #require(spill.node(x: 2, z: 5))
    #expect(abs(middle.inside - 1) < 0.03)
    let right = try #require(spill.node(x: 2.5, z: 5.2))
    #expect(abs(right.slope.x + 0.05) < 1e-3 && abs(right.slope.y + 0.02) < 1e-3)
    let (low, high) = spill.bounds
    #expect(Self.largest(low - SIMD2(0.5, 3.5)) < 1e-4 && Self.largest(high - SIMD2(3.5, 6.5)) < 1e-4)
  }

  @Test("it replaces the ground, smooth and in its own color") func ground() {
    let footprint = SIMD2<Float>(0.002, 0.008)
    let bare = WetGround(ground: Ground())
    let spilt = WetGround(ground: Ground(), spills: [Self.disk()])
    let there = spilt.look(x: 2, z: 5, footprint: footprint)
    #expect(Self.largest(there.albedo - Vector(0.2, 0.1, 0.05)) < 1e-4)
    #expect(there.gloss == 1 && there.roughness < 0.01)
    // Beside it, and far off, nothing changes.
    for x in [Float(0.7), -40] {
      let (a, b) = (spilt.look(x: x, z: 5, footprint: footprint), bare.look(x: x, z: 5, footprint: footprint))
      #expect(a.albedo == b.albedo && a.slope == b.slope && a.roughness == b.roughness && a.gloss == b.gloss)
    }
    // Its border is as wide as a look.
    let edge = spilt.look(x: 3, z: 5, footprint: SIMD2(0.1, 0.1))
    #expect(edge.gloss < 1 && edge.albedo != bare.look(x: 3, z: 5, footprint: SIMD2(0.1, 0.1)).albedo)
  }
}
