import CVector
import Raster
import Stage

/// A piece of the narrow side of a shell: two halves of plastic with a seam between, bent into its neighbors.
struct CassetteEdge: CardPicture {
  /// Slope at the beginning and the end, so that pieces join without a crease.
  var bends: (start: Float, end: Float)
  var plastic: Vector
  /// Widths of the cassette: length of the piece, and how thick the shell is.
  var length, thickness: Float

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let texel = thickness / Float(canvas.height)
    for y in 0..<canvas.height {
      // From the front, 0, to the back.
      let depth = (1 - (Float(y) + 0.5) / Float(canvas.height)) * thickness
      let rim: Float = 0.010
      // Both rims are round: the surface falls away from the middle.
      let front = max(0, 1 - depth / rim)
      let back = max(0, 1 - (thickness - depth) / rim)
      let seamWidth = max(0.003, texel)
      let seam = (depth - thickness * 0.5) / seamWidth
      let groove = 1 / ((1 + seam * seam) * (1 + seam * seam)) * (0.003 / seamWidth)
      let slope = front * 1.1 - back * 1.1 + seam * groove * 0.5
      let shade = 1 - 0.8 * groove
      for x in 0..<canvas.width {
        let at = y * canvas.width + x
        let share = (Float(x) + 0.5) / Float(canvas.width)
        canvas.alpha[at] = 1
        surface.red[at] = plastic.x * shade
        surface.green[at] = plastic.y * shade
        surface.blue[at] = plastic.z * shade
        surface.gloss[at] = 0.75
        surface.slopeX[at] = bends.start + (bends.end - bends.start) * share
        surface.slopeY[at] = slope
      }
    }
  }
}

/// A level slice through the plastic that has run out of a shell, at one height above the ground.
///
/// Slices lie above each other like the lines of a map; each shows the slope of the whole, so that they look like
/// one body. Widths of the cassette: x to the right, z away from the front.
struct MoltenSlice: CardPicture {
  var shell: CassetteShell
  /// Above the ground.
  var level: Float
  var plastic: Vector
  /// Light of the rim that is still hot.
  var light: Vector
  var seed: UInt32

  var hasSurface: Bool { true }

  /// The slice's place on the ground.
  static let reachX: Float = 0.80
  static let nearZ: Float = -0.30
  static let farZ: Float = 0.34

  /// Height of the plastic over a place on the ground.
  @inline(__always)
  func height(_ x: v8f, _ z: v8f) -> v8f {
    let zero = v8_splat(0)
    let heat = shell.heat(x)
    // From the foot of the shell.
    let dx = v8_max(v8_abs(x) - 0.49, zero)
    let dz = v8_max(v8_abs(z - CassetteShell.thickness * 0.5) - CassetteShell.thickness * 0.5, zero)
    let q = v8_sqrt(dx * dx + dz * dz)
    // The puddle reaches further before each drip, and not the same way in front and behind.
    var reach =
      CassetteShell.wave(x * 1.9 + z * 0.8 + 0.15) * 0.022 + CassetteShell.wave(x * 4.7 - z * 3 + 0.6) * 0.012 + 0.085
    for (number, drip) in shell.drips.enumerated() {
      let front: Float = number % 2 == 0 ? -1 : 1
      let side = v8_clamp(z * (front * 6) + 0.7, 0, 1)
      reach += CassetteShell.bump((x - drip.u * 1.15) * (1 / (drip.width * 2.2))) * side * (drip.pull * 1.1)
    }
    let inside = (reach * heat - q) * (1 / 0.045)
    let t = v8_clamp(inside, 0, 1)
    let puddle = t * (2 - t) * 0.017
    // The shell stands in a collar of what ran down it.
    let s = 1 + q * q * (1 / (0.022 * 0.022))
    let hem = v8_clamp(inside * 3, 0, 1)
    let swell = CassetteShell.wave(x * 7.3 + 0.3) * 0.012 + 0.050
    return (puddle + swell * hem / s) * heat
  }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let stepX = 2 * MoltenSlice.reachX / Float(canvas.width)
    let stepZ = (MoltenSlice.farZ - MoltenSlice.nearZ) / Float(canvas.height)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    let width = canvas.width
    // Slopes over a fixed distance, so that they do not depend on the canvas.
    let reach: Float = 0.002
    for y in 0..<canvas.height {
      let z = v8_splat(MoltenSlice.farZ - (Float(y) + 0.5) * stepZ)
      for x in stride(from: 0, to: width, by: 8) {
        let px = (lanes + Float(x) + 0.5) * stepX - MoltenSlice.reachX
        let h = height(px, z)
        let slopeX = (height(px + reach, z) - height(px - reach, z)) * (0.5 / reach)
        let slopeZ = (height(px, z + reach) - height(px, z - reach)) * (0.5 / reach)
        // Distance to the line where the plastic has this height, about.
        let steep = v8_sqrt(slopeX * slopeX + slopeZ * slopeZ) + 0.05
        let distance = (h - level) / steep
        let texel = max(stepX, stepZ)
        let alpha = v8_clamp(distance * (1 / texel) + 0.5, 0, 1)
        let w = max(0.006, texel)
        let k = 1 / (1 + distance * distance * (1 / (w * w)))
        let hot = k * k * (0.006 / w) * alpha * 0.35
        for lane in 0..<min(8, width - x) where alpha[lane] > 0 {
          let at = y * width + x + lane
          let a = alpha[lane]
          canvas.alpha[at] = a
          canvas.red[at] = hot[lane] * light.x
          canvas.green[at] = hot[lane] * light.y
          canvas.blue[at] = hot[lane] * light.z
          surface.red[at] = plastic.x * a
          surface.green[at] = plastic.y * a
          surface.blue[at] = plastic.z * a
          surface.slopeX[at] = slopeX[lane]
          surface.slopeY[at] = slopeZ[lane]
          surface.gloss[at] = 0.9
        }
      }
    }
  }
}
