import Stage

/// The cloth of an awning: stripes, folds, dirt; its valance ends in scallops.
struct AwningPicture: CardPicture {
  /// Albedo of the dark stripes.
  var cloth: Vector
  /// Meters.
  var width: Float
  var drop: Float
  /// Length of the slope; 0 paints the valance.
  var slope: Float
  var seed: UInt32

  var hasSurface: Bool { true }

  func paint(_ canvas: CardCanvas) {
    guard let surface = canvas.surface, canvas.width > 0, canvas.height > 0 else { return }
    let isValance = slope <= 0
    let height = isValance ? drop : slope
    let stepX = width / Float(canvas.width)
    let stepY = height / Float(canvas.height)
    let noise = SurfaceNoise.self
    let scallop: Float = 0.26
    for row in 0..<canvas.height {
      let y = height - (Float(row) + 0.5) * stepY
      for column in 0..<canvas.width {
        let x = (Float(column) + 0.5) * stepX
        let i = row * canvas.width + column
        var alpha: Float = 1
        if isValance {
          let phase = x / scallop - (x / scallop).rounded(.down) - 0.5
          let edge = drop * 0.45 * (1 - (max(0, 1 - 4 * phase * phase)).squareRoot())
          alpha = noise.cover(edge, drop + 1, y, max(stepX, stepY) * 1.2)
        }
        let stripe = Stripes.share(0, 0.5, of: x / (2 * scallop), width: stepX / (2 * scallop))
        let footprint = SIMD2(stepX, stepY)
        let dirt =
          1 + 0.8 * noise.relief(x, y, scale: SIMD2(0.9, 1.4), footprint: footprint, seed: seed)
          + 0.5 * noise.relief(x, y, scale: SIMD2(4, 1.2), footprint: footprint, seed: seed &+ 1)
        let color = cloth.mixed(with: Vector(0.085, 0.08, 0.07), stripe) * max(0.2, dirt) * alpha
        surface.red[i] = color.x
        surface.green[i] = color.y
        surface.blue[i] = color.z
        surface.slopeX[i] =
          0.35 * noise.relief(x, y * 0.3, scale: SIMD2(2.2, 1), footprint: footprint, seed: seed &+ 2)
        canvas.alpha[i] = alpha
      }
    }
  }
}
