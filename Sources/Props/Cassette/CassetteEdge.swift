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
