import CVector
import Raster
import Stage

/// The plastic that has run out of a shell: flat, glossy, with a rounded border, in tongues of different length. Widths
/// of the cassette: x to the right of the shell's middle, z away from its front.
struct MoltenPuddle: Sendable, Hashable {
  /// A tongue: an ellipse that joins the others as drops do.
  struct Tongue: Sendable, Hashable {
    var x, z: Float
    var reachX, reachZ: Float
  }

  let shell: CassetteShell
  let tongues: [Tongue]
  private let noiseSeed: UInt32

  /// The part of the ground that is looked at, and how finely.
  static let reachX: Float = 1.12
  static let nearZ: Float = -0.72
  static let farZ: Float = 0.44
  static let step: Float = 1 / 160

  /// How thick the plastic lies, how wide its rounded border is, and how high and wide the fillet about the shell's foot.
  private static let thickness: Float = 0.016
  private static let border: Float = 0.050
  private static let fillet: (height: Float, width: Float) = (0.012, 0.050)

  init(shell: CassetteShell, seed: Seed) {
    self.shell = shell
    noiseSeed = seed.derived("shore").low
    func unit(_ what: String, _ index: Int) -> Float { Float(seed.derived(what).unit(index)) }
    // Most has run towards us and to the sides; what lies behind the shell is hardly seen.
    let plan: [Tongue] = [
      Tongue(x: -0.30, z: -0.16, reachX: 0.36, reachZ: 0.26),
      Tongue(x: 0.22, z: -0.13, reachX: 0.42, reachZ: 0.20),
      Tongue(x: -0.05, z: -0.33, reachX: 0.17, reachZ: 0.22),
      Tongue(x: 0.62, z: -0.02, reachX: 0.30, reachZ: 0.13),
      Tongue(x: -0.66, z: 0.05, reachX: 0.24, reachZ: 0.11),
      Tongue(x: 0.46, z: -0.30, reachX: 0.13, reachZ: 0.12),
      Tongue(x: -0.74, z: -0.17, reachX: 0.13, reachZ: 0.09),
      Tongue(x: 0.15, z: 0.20, reachX: 0.40, reachZ: 0.15),
    ]
    tongues = plan.enumerated().map { i, tongue in
      Tongue(
        x: tongue.x + (unit("across", i) - 0.5) * 0.12, z: tongue.z + (unit("along", i) - 0.5) * 0.06,
        reachX: tongue.reachX * (0.85 + 0.3 * unit("wide", i)),
        reachZ: tongue.reachZ * (0.85 + 0.3 * unit("deep", i)))
    }
  }

  /// How far inside of the puddle's border places lie, about; negative outside. `wander` moves the border, −1…1.
  private func inside(_ x: v8f, _ z: v8f, wander: v8f) -> v8f {
    // About the shell's foot, as wide as it has spread.
    var most = v8_splat(0.035) - foot(x, z)
    let heat = shell.heat(x)
    for tongue in tongues {
      let dx = (x - tongue.x) * (1 / tongue.reachX)
      let dz = (z - tongue.z) * (1 / tongue.reachZ)
      let round: v8f = (1 - v8_sqrt(dx * dx + dz * dz)) * (min(tongue.reachX, tongue.reachZ) * 1.1)
      // Smooth where two meet (Quilez, "Smooth minimum").
      let k: Float = 0.11
      let apart = v8_max(v8_splat(0), k - v8_abs(most - round)) * (1 / k)
      most = v8_max(most, round) + apart * apart * (k / 4)
    }
    // Where less has melted, less has run.
    return most + wander * 0.022 - (1 - v8_sqrt(heat)) * 0.38
  }

  /// Distance to the foot of the shell on the ground, 0 within.
  private func foot(_ x: v8f, _ z: v8f) -> v8f {
    let zero = v8_splat(0)
    let dx = v8_max(v8_abs(x - 0.02) - 0.60, zero)
    let dz = v8_max(v8_abs(z - CassetteShell.thickness * 0.5) - CassetteShell.thickness * 0.5, zero)
    return v8_sqrt(dx * dx + dz * dz)
  }

  /// Height of the plastic over a place.
  private func height(inside: v8f, foot: v8f, heat: v8f) -> v8f {
    let t = v8_clamp(inside * (1 / MoltenPuddle.border), 0, 1)
    let flat = v8_sqrt(t * (2 - t)) * MoltenPuddle.thickness
    let q = foot * (1 / MoltenPuddle.fillet.width)
    let near = v8_clamp(1 - q * 0.4, 0, 1)
    return flat + near * near * near * (MoltenPuddle.fillet.height * t) * heat
  }

  /// The puddle of a cassette of `size` meters.
  func spill(_ frame: StandingFrame, size: Float, albedo: Vector) -> Spill {
    let step = MoltenPuddle.step
    let columns = Int(2 * MoltenPuddle.reachX / step) / 8 * 8
    let rows = Int((MoltenPuddle.farZ - MoltenPuddle.nearZ) / step)
    var nodes = [Spill.Node](
      repeating: Spill.Node(inside: -1, slope: SIMD2(0, 0), open: 1), count: columns * rows)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    // Three rows of heights take turns: slopes need the rows before and behind.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns * 7) { memory in
      guard let base = memory.baseAddress else { return }
      let (wander, placeX, placeZ) = (base + 3 * columns, base + 4 * columns, base + 5 * columns)
      let open = base + 6 * columns
      func heights(_ row: Int) -> UnsafeMutablePointer<Float> { base + (row + 3) % 3 * columns }
      func fill(_ row: Int) {
        let z = MoltenPuddle.nearZ + Float(row) * step
        for i in 0..<columns {
          placeX[i] = (Float(i) * step - MoltenPuddle.reachX) * 4.7
          placeZ[i] = z * 7.1
        }
        CoherentNoise(form: .fbm, octaves: 2, seed: noiseSeed).fill(
          wander, x: placeX, y: placeZ, count: columns)
        for i in Swift.stride(from: 0, to: columns, by: 8) {
          let x = (lanes + Float(i)) * step - MoltenPuddle.reachX
          let inside = inside(x, v8_splat(z), wander: v8_load(wander + i) * 2 - 1)
          let foot = foot(x, v8_splat(z))
          v8_store(heights(row) + i, height(inside: inside, foot: foot, heat: shell.heat(x)))
          v8_store(open + i, v8_clamp(foot * 6 + 0.1, 0, 1))
          guard row >= 0, row < rows else { continue }
          for lane in 0..<8 {
            nodes[row * columns + i + lane].inside = inside[lane] * size
            nodes[row * columns + i + lane].open = open[i + lane]
          }
        }
      }
      fill(-1)
      fill(0)
      for row in 0..<rows {
        fill(row + 1)
        let (before, here, behind) = (heights(row - 1), heights(row), heights(row + 1))
        for i in 0..<columns {
          let across = (here[min(columns - 1, i + 1)] - here[max(0, i - 1)]) * (0.5 / step)
          let along = (behind[i] - before[i]) * (0.5 / step)
          nodes[row * columns + i].slope = SIMD2(across, along)
        }
      }
    }
    let corner = frame.groundPoint(-MoltenPuddle.reachX * size, 0, MoltenPuddle.nearZ * size)
    return Spill(
      origin: SIMD2(corner.x, corner.z), axis: SIMD2(frame.right.x, frame.right.z), step: step * size,
      columns: columns, nodes: nodes, albedo: albedo)
  }
}
