import CVector
import Raster

/// A card's picture drawn: smaller and smaller copies, so that what lies far away is averaged.
final class CardTexture: Sendable {
  /// What rays read; valid as long as this lives.
  let texels: CardTexels

  /// Bytes that a texture of this size takes, about.
  static func bytes(width: Int, height: Int, hasSurface: Bool) -> Int {
    width * height * (hasSurface ? 3 : 1) * 16 * 4 / 3
  }

  /// Draws the picture. Sizes are at least 1.
  init(_ picture: any CardPicture, width: Int, height: Int) {
    texels = CardTexels(width: max(1, width), height: max(1, height), hasSurface: picture.hasSurface)
    CardCanvas.withCanvas(width: texels.width, height: texels.height, hasSurface: texels.hasSurface) {
      canvas in
      picture.paint(canvas)
      texels.fill(canvas)
    }
    texels.reduce()
  }

  deinit { texels.deallocate() }
}

/// The texels of a card in all sizes. Plain, so that rays read without counting references; not an owner.
struct CardTexels: @unchecked Sendable {
  struct Level {
    var width: Int
    var height: Int
    /// Into the memory, in texels.
    var offset: Int
  }

  let width: Int
  let height: Int
  let hasSurface: Bool
  private let levels: UnsafeMutablePointer<Level>
  private let levelCount: Int
  /// Layers of light; of surface and gloss; of slopes.
  private let memory: UnsafeMutablePointer<SIMD4<Float>>
  /// Texels of all levels of one layer.
  private let count: Int

  fileprivate init(width: Int, height: Int, hasSurface: Bool) {
    var levels: [Level] = []
    var (w, h, offset) = (width, height, 0)
    while true {
      levels.append(Level(width: w, height: h, offset: offset))
      offset += w * h
      if w == 1, h == 1 { break }
      (w, h) = ((w + 1) / 2, (h + 1) / 2)
    }
    self.width = width
    self.height = height
    self.hasSurface = hasSurface
    self.levels = .allocate(capacity: levels.count)
    self.levels.initialize(from: levels, count: levels.count)
    levelCount = levels.count
    count = offset
    memory = .allocate(capacity: offset * (hasSurface ? 3 : 1))
    memory.initialize(repeating: SIMD4(), count: offset * (hasSurface ? 3 : 1))
  }

  fileprivate func deallocate() {
    memory.deallocate()
    levels.deallocate()
  }

  fileprivate func fill(_ canvas: CardCanvas) {
    for i in 0..<canvas.width * canvas.height {
      let a = max(0, min(1, canvas.alpha[i]))
      memory[i] = SIMD4(canvas.red[i], canvas.green[i], canvas.blue[i], a)
      if let s = canvas.surface {
        memory[count + i] = SIMD4(s.red[i], s.green[i], s.blue[i], s.gloss[i])
        // Slopes count only where there is something to slope.
        memory[2 * count + i] = SIMD4(s.slopeX[i] * a, s.slopeY[i] * a, a, 0)
      }
    }
  }

  /// Makes each size from the one before it.
  fileprivate func reduce() {
    for layer in 0..<(hasSurface ? 3 : 1) {
      let base = memory + layer * count
      for number in 1..<max(1, levelCount) {
        let (big, small) = (levels[number - 1], levels[number])
        for y in 0..<small.height {
          let y0 = min(2 * y, big.height - 1)
          let y1 = min(2 * y + 1, big.height - 1)
          for x in 0..<small.width {
            let x0 = min(2 * x, big.width - 1)
            let x1 = min(2 * x + 1, big.width - 1)
            let row0 = base + big.offset + y0 * big.width
            let row1 = base + big.offset + y1 * big.width
            base[small.offset + y * small.width + x] = (row0[x0] + row0[x1] + row1[x0] + row1[x1]) * 0.25
          }
        }
      }
    }
  }

  /// What a look covers of the texture.
  struct Footprint {
    /// Shares of the card's width and height.
    var u: Float
    var v: Float
  }

  /// Where and how finely to read: up to eight places along the longer side of the footprint.
  struct Lookup {
    fileprivate var level: Float
    fileprivate var taps: Int
    fileprivate var step: SIMD2<Float>
    fileprivate var first: SIMD2<Float>
  }

  /// `u` runs to the right, `v` upward, 0…1.
  @inline(__always)
  func lookup(u: Float, v: Float, _ footprint: Footprint) -> Lookup {
    let fu = max(footprint.u * Float(width), 1e-3)
    let fv = max(footprint.v * Float(height), 1e-3)
    let long = max(fu, fv)
    let short = max(min(fu, fv), long / 8, 1)
    let taps = max(1, min(8, Int(long / short + 0.5)))
    let texel = max(short, long / Float(taps))
    let level = v8_log2(v8_splat(max(1, texel * 0.8)))[0]
    let along = fu >= fv ? SIMD2(footprint.u, 0) : SIMD2(0, footprint.v)
    let step = along / Float(taps)
    return Lookup(
      level: level, taps: taps, step: step,
      first: SIMD2(u, 1 - v) - along * 0.5 + step * 0.5)
  }

  /// Light and alpha.
  @inline(__always)
  func light(_ lookup: Lookup) -> SIMD4<Float> { read(lookup, memory) }

  /// Albedo times alpha, and gloss; zero without a surface.
  @inline(__always)
  func surface(_ lookup: Lookup) -> SIMD4<Float> {
    hasSurface ? read(lookup, memory + count) : SIMD4()
  }

  /// Slopes to the right and upward.
  @inline(__always)
  func slopes(_ lookup: Lookup) -> SIMD2<Float> {
    guard hasSurface else { return SIMD2() }
    let s = read(lookup, memory + 2 * count)
    let a = max(s.z, 1e-4)
    return SIMD2(s.x / a, s.y / a)
  }

  @inline(__always)
  private func read(_ lookup: Lookup, _ base: UnsafeMutablePointer<SIMD4<Float>>) -> SIMD4<Float> {
    var sum = SIMD4<Float>()
    var place = lookup.first
    let fine = min(Int(lookup.level), levelCount - 1)
    let between = lookup.level - Float(fine)
    for _ in 0..<lookup.taps {
      var value = bilinear(place, fine, base)
      if between > 0.01, fine + 1 < levelCount {
        value += (bilinear(place, fine + 1, base) - value) * between
      }
      sum += value
      place += lookup.step
    }
    return sum / Float(lookup.taps)
  }

  @inline(__always)
  private func bilinear(_ p: SIMD2<Float>, _ number: Int, _ base: UnsafeMutablePointer<SIMD4<Float>>)
    -> SIMD4<Float>
  {
    let level = levels[number]
    let x = max(0, min(Float(level.width - 1), p.x * Float(level.width) - 0.5))
    let y = max(0, min(Float(level.height - 1), p.y * Float(level.height) - 0.5))
    let i = Int(x)
    let j = Int(y)
    let fx = x - Float(i)
    let fy = y - Float(j)
    let row0 = base + level.offset + j * level.width
    let row1 = j + 1 < level.height ? row0 + level.width : row0
    let i1 = min(i + 1, level.width - 1)
    let top = row0[i] + (row0[i1] - row0[i]) * fx
    let bottom = row1[i] + (row1[i1] - row1[i]) * fx
    return top + (bottom - top) * fy
  }
}
