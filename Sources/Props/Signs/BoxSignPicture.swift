import Outline
import Raster
import Stage

/// A box of light with letters on its face, as a card shows it: fluorescent tubes behind a milky sheet, dirt, a
/// metal frame.
///
/// All lengths are in em, y downward, in the card's own measure: its top left corner is 0.
struct BoxSignPicture: CardPicture {
  /// A stretch of the box with a tube behind it: along the longer side, from and to, and how bright it is.
  struct Cell: Sendable {
    var range: ClosedRange<Float>
    var level: Float
  }
  var size: Point
  var outlines: [Path]
  var cells: [Cell]
  var isVertical: Bool
  /// Light of the face, and of the letters.
  var ground: SIMD3<Float>
  var ink: SIMD3<Float>
  /// Whether the letters shine and the face is dark.
  var isInverted: Bool
  var seed: UInt32

  var hasSurface: Bool { true }

  static let frame: Float = 0.055

  func paint(_ canvas: CardCanvas) {
    guard let surface = canvas.surface else { return }
    let (w, h) = (canvas.width, canvas.height)
    let toTexels = Affine.scale(Double(w) / max(1e-9, size.x), Double(h) / max(1e-9, size.y))
    let clip = PixelRect(minX: 0, minY: 0, maxX: w, maxY: h)
    // The same tolerance in em at every size.
    let masks = outlines.map {
      CoverageMask(
        path: $0.transformed(by: toTexels), clip: clip, tolerance: max(0.03, 0.001 * toTexels.meanScale))
    }
    let (dx, dy) = (Float(size.x) / Float(w), Float(size.y) / Float(h))
    let (width, height) = (Float(size.x), Float(size.y))
    let frame = BoxSignPicture.frame
    let rim = min(width, height) * 0.17
    // Light along the box changes with one coordinate only.
    let along = (0..<(isVertical ? h : w)).map { tubes((Float($0) + 0.5) * (isVertical ? dy : dx)) }
    let across = (0..<(isVertical ? w : h)).map { k -> Float in
      let t = (Float(k) + 0.5) * (isVertical ? dx : dy) / max(1e-6, isVertical ? width : height)
      // Two tubes side by side.
      func bump(_ at: Float) -> Float { 1 / (1 + (t - at) * (t - at) * 60) }
      return 0.62 + 0.38 * min(1, bump(0.31) + bump(0.69))
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: w * 2) { memory in
      guard let letter = memory.baseAddress else { return }
      let part = letter + w
      for y in 0..<h {
        let v = (Float(y) + 0.5) * dy
        letter.update(repeating: 0, count: w)
        for mask in masks {
          mask.cover(row: y, columns: 0..<w, into: part)
          for x in 0..<w { letter[x] = max(letter[x], part[x]) }
        }
        let innerRows = SurfaceNoise.cover(frame, height - frame, v, dy)
        for x in 0..<w {
          let u = (Float(x) + 0.5) * dx
          let i = y * w + x
          let inner = innerRows * SurfaceNoise.cover(frame, width - frame, u, dx)
          let edge = min(min(u, width - u), min(v, height - v)) - frame
          let corner = 0.35 + 0.65 * SurfaceNoise.step(-0.02, rim, edge)
          // Dust lies in streaks, and at the foot; flies in the tubes.
          let streak = SurfaceNoise.fbm(u * 7, v * 1.3, seed, octaves: 3)
          let cloud = SurfaceNoise.fbm(u * 1.7, v * 1.7, seed &+ 31, octaves: 2)
          let foot = SurfaceNoise.step(0.5, 0, height - v - frame)
          let clean = (0.66 + 0.5 * streak) * (0.8 + 0.36 * cloud) * (1 - 0.3 * foot * streak)
          let light = corner * clean * (isVertical ? along[y] * across[x] : along[x] * across[y])
          let t = letter[x]
          // Its own light falls on the sign from nearby: a face as pale as it is would drown its letters.
          let shine: SIMD3<Float>
          let albedo: SIMD3<Float>
          let pale = ground / max(1e-6, ground.max())
          if isInverted {
            shine = ground * (0.02 * light) + (ink - ground * 0.02) * (t * light)
            albedo = SIMD3(repeating: 0.01 + 0.03 * t)
          } else {
            // Painted letters let some light through.
            shine = ground * (light * (1 - t)) + ink * (t * (0.25 + 0.75 * light) * 0.5)
            albedo = pale * (0.03 * (1 - t)) + SIMD3(repeating: 0.008 * t)
          }
          canvas.red[i] = shine.x * inner
          canvas.green[i] = shine.y * inner
          canvas.blue[i] = shine.z * inner
          canvas.alpha[i] = 1
          let metal = 0.02 + 0.03 * streak
          surface.red[i] = albedo.x * inner + metal * (1 - inner)
          surface.green[i] = albedo.y * inner + metal * (1 - inner)
          surface.blue[i] = albedo.z * inner + metal * (1 - inner)
          // A glossy face would mirror the points that its own light is thrown from.
          surface.gloss[i] = 0.04 * inner + 0.2 * (1 - inner)
          // The frame is rounded towards its outside.
          let slope = (1 - inner) * 0.8
          surface.slopeX[i] = u < frame ? -slope : (u > width - frame ? slope : 0)
          surface.slopeY[i] = v < frame ? slope : (v > height - frame ? -slope : 0)
        }
      }
    }
  }

  /// Light of the tubes at a place along the box: darker at their sockets, and where one fails.
  private func tubes(_ at: Float) -> Float {
    var sum: Float = 0
    for cell in cells {
      let (a, b) = (cell.range.lowerBound, cell.range.upperBound)
      // A milky sheet spreads a tube's light beyond its ends.
      let spread = max(0.02, (b - a) * 0.16)
      let here =
        SurfaceNoise.step(a - spread, a + spread, at) * (1 - SurfaceNoise.step(b - spread, b + spread, at))
      let t = (at - a) / max(1e-6, b - a) - 0.5
      sum += cell.level * here * (1.1 - 1.6 * t * t)
    }
    return sum + 0.02
  }
}
