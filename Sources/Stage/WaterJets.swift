/// Where rain that rises leaves the ground: a jet drawn out of the water stands in closing rings, and beads come off
/// its tip.
///
/// As with drops, each cell of a lattice holds one at most, so none depends on another.
struct WaterJets: Sendable {
  private let rain: Rain
  private let eye: Vector
  private let amount: Float

  /// Size of a cell on the ground, and the region in which jets are large enough to be seen, meters.
  private static let cell: Float = 0.62
  private static let near: Float = 1.2
  private static let far: Float = 11

  init(_ rain: Rain, eye: Vector) {
    self.rain = rain
    self.eye = eye
    amount = max(0, min(1, rain.amount)) * max(0, min(1, rain.rise)) * 0.6
  }

  private struct Jet {
    /// Its foot.
    var x: Float
    var z: Float
    /// Height of the water that stands, and of its beads; radius at the foot.
    var height: Float
    var rise: Float
    var radius: Float
    var strength: Float
    /// Radius of the ring that closes about it.
    var ring: Float
  }

  /// How much light the jets along a ray throw to the eye, as a share of the light about them.
  func share(
    slope: SIMD2<Float>, pixel: Float, through shift: SIMD2<Float>, _ lens: LensPart, seen: (Float) -> Float
  ) -> Float {
    guard amount > 0, eye.y < 30 else { return 0 }
    var sum: Float = 0
    let first = SurfaceNoise.floor((eye.z + WaterJets.near) / WaterJets.cell)
    let last = SurfaceNoise.floor((eye.z + WaterJets.far) / WaterJets.cell)
    let clock = Clock(rate: 1.3, time: rain.time, period: rain.period)
    for row in first...last {
      let middle = (Float(row) + 0.5) * WaterJets.cell - eye.z
      guard middle > 0.5 else { continue }
      // Jets are low, and rings lie on the ground: most rays pass over or under a row.
      let height = eye.y + slope.y * middle
      guard height < 0.9, height > -0.35 * max(0.2, -slope.y) - 0.02 else { continue }
      let column = SurfaceNoise.floor((eye.x + slope.x * middle) / WaterJets.cell)
      guard let jet = jet(column, row, clock) else { continue }
      let way = jet.z - eye.z
      let moved = shift * (1 - way * lens.perFocus)
      let across = eye.x + slope.x * way + moved.x - jet.x
      let y = eye.y + slope.y * way + moved.y
      let width = pixel * way + lens.width(after: way)
      var light: Float = 0
      if y > 0 { light = water(jet, across, y, width) }
      if slope.y < -1e-4 {
        // The ring, where the ray meets the ground.
        let ground = eye.y / -slope.y
        let dx = eye.x + slope.x * ground + shift.x * (1 - ground * lens.perFocus) - jet.x
        let dz = eye.z + ground - jet.z
        let distance = (dx * dx + dz * dz).squareRoot()
        // A ring is a line across the view at its ends and along it at its sides: seen at a slant it is foreshortened.
        let slant = max(0.15, -slope.y)
        let share = abs(dz) / max(1e-4, distance)
        let spread = width * (1 + share * (1 / slant - 1))
        for (k, part) in [(Float(1), Float(0.3)), (1.7, 0.1)] {
          light += part * SurfaceNoise.cover(-0.006, 0.006, distance - jet.ring * k, spread)
        }
      }
      if light > 0 { sum += light * jet.strength * seen(way) }
    }
    return sum * 1.6
  }

  /// The standing water and its beads.
  @inline(__always)
  private func water(_ jet: Jet, _ across: Float, _ y: Float, _ width: Float) -> Float {
    var light: Float = 0
    if y < jet.height {
      let t = y / jet.height
      let radius = jet.radius * (1.15 - 0.95 * t.squareRoot())
      light = SurfaceNoise.cover(-radius, radius, across, width) * (0.5 + 0.5 * t)
    }
    for (k, size) in [(Float(1.1), Float(1)), (1.9, 0.85), (3.1, 0.7), (4.8, 0.6)] {
      let bead = jet.radius * size
      let dy = y - (jet.height * k + jet.rise * (0.4 + 0.6 * k))
      // Higher beads are drawn out upward.
      let reach = bead * (1 + 0.9 * (k - 1))
      guard abs(dy) < reach + width else { continue }
      let t = dy / reach
      let chord = max(0, 1 - t * t).squareRoot() * bead
      let rows = SurfaceNoise.cover(-reach, reach, dy, width)
      light += 1.5 * rows * SurfaceNoise.cover(-chord, chord, across, width)
    }
    return light
  }

  @inline(__always)
  private func jet(_ column: Int, _ row: Int, _ clock: Clock) -> Jet? {
    let seed = rain.seed &+ 7001
    let phase = SurfaceNoise.cell(column, row, seed) + clock.turns
    let turn = SurfaceNoise.floor(phase)
    let beat = clock.wrapped(turn)
    let (i, j) = (column &+ beat &* 31, row &+ beat &* 17)
    guard SurfaceNoise.cell(i, j, seed &+ 1) < amount else { return nil }
    let age = phase - Float(turn)
    let size = 0.35 + 0.65 * SurfaceNoise.cell(i, j, seed &+ 2)
    // Rings close on the place, the water is drawn up, the jet thins out and lets go.
    let grown = SurfaceNoise.step(0, 0.5, age)
    return Jet(
      x: (Float(column) + 0.3 + 0.4 * SurfaceNoise.cell(i, j, seed &+ 3)) * WaterJets.cell,
      z: (Float(row) + 0.3 + 0.4 * SurfaceNoise.cell(i, j, seed &+ 4)) * WaterJets.cell,
      height: (0.03 + 0.13 * grown) * size + 0.005, rise: 0.5 * age * age * size,
      radius: (0.006 + 0.008 * size) * (1 - 0.5 * age),
      strength: SurfaceNoise.step(0, 0.15, age) * SurfaceNoise.step(1, 0.7, age),
      ring: 0.02 + 0.13 * (1 - age) * size)
  }
}
