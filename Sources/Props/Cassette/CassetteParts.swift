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
  /// Light of the rim that is still hot; black above the lowest slice.
  var light: Vector

  var hasSurface: Bool { true }

  /// The slice's place on the ground.
  static let reachX: Float = 0.80
  static let nearZ: Float = -0.27
  static let farZ: Float = 0.385

  /// How far the puddle reaches before and behind the shell in a column, and how high its collar is.
  private struct Column {
    var heat, front, behind, collar: v8f
  }

  private func column(_ x: v8f) -> Column {
    let heat = shell.heat(x)
    let base = CassetteShell.wave(x * 1.9 + 0.15) * 0.022 + CassetteShell.wave(x * 4.7 + 0.6) * 0.012 + 0.085
    // It reaches further where a drip comes down.
    var reaches = (base, base)
    for (number, drip) in shell.drips.enumerated() {
      let far = CassetteShell.bump((x - drip.u * 1.15) * (1 / (drip.width * 2.2))) * (drip.pull * 1.1)
      if number % 2 == 0 { reaches.0 += far } else { reaches.1 += far }
    }
    return Column(
      heat: heat, front: reaches.0 * heat, behind: reaches.1 * heat,
      collar: CassetteShell.wave(x * 7.3 + 0.3) * 0.002 + 0.006)
  }

  /// What of the sky and the lights around is open to a place on the ground: the shell stands in the way of the rest.
  private func openness(_ x: Float, _ z: Float) -> Float {
    let dx = max(0, abs(x) - 0.54)
    let dz = max(0, abs(z - CassetteShell.thickness * 0.5) - CassetteShell.thickness * 0.5)
    return 0.06 + 0.94 * min(1, (dx * dx + dz * dz).squareRoot() * (1 / 0.13))
  }

  /// Height of the plastic over a place on the ground.
  @inline(__always)
  private func height(_ x: v8f, _ z: v8f, _ column: Column) -> v8f {
    let zero = v8_splat(0)
    // From the foot of the shell.
    let middle = z - CassetteShell.thickness * 0.5
    let dx = v8_max(v8_abs(x) - 0.49, zero)
    let dz = v8_max(v8_abs(middle) - CassetteShell.thickness * 0.5, zero)
    let q = v8_sqrt(dx * dx + dz * dz)
    let side = v8_clamp(middle * 8 + 0.5, 0, 1)
    let reach = column.front + (column.behind - column.front) * side
    let inside = (reach - q) * (1 / 0.045)
    let t = v8_clamp(inside, 0, 1)
    let puddle = v8_sqrt(t * (2 - t)) * 0.015
    // The shell stands in a collar of what ran down it.
    let s = 1 + q * q * (1 / (0.030 * 0.030))
    return (puddle + column.collar * v8_clamp(inside * 3, 0, 1) / s) * column.heat
  }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let (width, count) = (canvas.width, canvas.height)
    let stepX = 2 * MoltenSlice.reachX / Float(width)
    let stepZ = (MoltenSlice.farZ - MoltenSlice.nearZ) / Float(count)
    let texel = max(stepX, stepZ)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    let columns = (0..<(width + 7) / 8).map {
      column((lanes + (Float($0 * 8) + 0.5)) * stepX - MoltenSlice.reachX)
    }
    let stride = (width + 7) / 8 * 8
    // Slopes need the rows above and below: three take turns.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: stride * 3) { memory in
      guard let base = memory.baseAddress else { return }
      func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + (y + 3) % 3 * stride }
      func fill(_ y: Int) {
        let z = v8_splat(MoltenSlice.farZ - (Float(y) + 0.5) * stepZ)
        for (i, column) in columns.enumerated() {
          let x = (lanes + (Float(i * 8) + 0.5)) * stepX - MoltenSlice.reachX
          v8_store(row(y) + i * 8, height(x, z, column))
        }
      }
      fill(-1)
      fill(0)
      for y in 0..<count {
        fill(y + 1)
        let (above, here, below) = (row(y - 1), row(y), row(y + 1))
        for x in 0..<width {
          let h = here[x]
          guard h > 0 else { continue }
          let slopeX = (here[min(width - 1, x + 1)] - here[max(0, x - 1)]) * (0.5 / stepX)
          let slopeZ = (above[x] - below[x]) * (0.5 / stepZ)
          // Distance to the line where the plastic has this height, about.
          let steep = (slopeX * slopeX + slopeZ * slopeZ).squareRoot() + 0.05
          let distance = (h - level) / steep
          let alpha = max(0, min(1, distance / texel + 0.5))
          guard alpha > 0 else { continue }
          let at = y * width + x
          canvas.alpha[at] = alpha
          if light != .zero {
            let w = max(0.006, texel)
            let k = 1 / (1 + distance * distance / (w * w))
            let hot = k * k * (0.006 / w) * alpha * 0.3
            canvas.red[at] = hot * light.x
            canvas.green[at] = hot * light.y
            canvas.blue[at] = hot * light.z
          }
          let open = openness(
            (Float(x) + 0.5) * stepX - MoltenSlice.reachX, MoltenSlice.farZ - (Float(y) + 0.5) * stepZ)
          surface.red[at] = plastic.x * alpha * open
          surface.green[at] = plastic.y * alpha * open
          surface.blue[at] = plastic.z * alpha * open
          surface.slopeX[at] = max(-4, min(4, slopeX))
          surface.slopeY[at] = max(-4, min(4, slopeZ))
          surface.gloss[at] = 0.9 * alpha * open
        }
      }
    }
  }
}
