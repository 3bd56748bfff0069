import Stage

/// A room behind a shop window: what the ray of sight meets when it goes on behind the glass.
///
/// Nothing is modelled: the ray is cut with the room's six sides, with blocks (a gondola of goods, a desk) and a few
/// upright planes (a display, somebody at the counter); each is colored by patterns that average over the footprint,
/// and lit by tubes under the ceiling.
/// So the parallax is right for every eye. Coordinates: x along the glass from the unit's edge, y up from the
/// floor, z into the room, meters.
struct ShopInterior: Sendable {
  enum Trade: Int, CaseIterable, Sendable {
    /// Shelves to the ceiling; racks of tapes; a counter and lamps; round machines; a bare office.
    case grocer, video, bar, laundry, office
  }
  var trade = Trade.grocer
  var width: Float = 3.4
  var height: Float = 2.8
  var depth: Float = 5
  /// Light of the room, linear.
  var light = Vector(0.3, 0.2, 0.1)
  /// Light of the tubes and lamps beside that of the room.
  var lampGain: Float = 7
  var seed: UInt32 = 1

  /// Room beside the glass, hidden from most eyes.
  private static let margin: Float = 0.35

  /// A point on the glass and how the ray goes on; footprints as on the glass.
  struct Sight {
    var x: Float
    var y: Float
    var dx: Float
    var dy: Float
    /// Into the room, positive.
    var dz: Float
    var footprint: SIMD2<Float>
    var distance: Float
  }

  func radiance(_ s: Sight) -> Vector {
    let noise = SurfaceNoise.self
    let dz = max(s.dz, 0.03)
    let slopeX = s.dx / dz
    let slopeY = s.dy / dz
    // Where the ray leaves the room, as depth.
    var z = depth
    var side = Side.back
    let edge = ShopInterior.margin
    if slopeX > 1e-5 {
      let t = (width + edge - s.x) / slopeX
      if t < z { (z, side) = (t, .right) }
    } else if slopeX < -1e-5 {
      let t = (-edge - s.x) / slopeX
      if t < z { (z, side) = (t, .left) }
    }
    if slopeY > 1e-5 {
      let t = (height - s.y) / slopeY
      if t < z { (z, side) = (t, .ceiling) }
    } else if slopeY < -1e-5 {
      let t = -s.y / slopeY
      if t < z { (z, side) = (t, .floor) }
    }
    z = max(z, 0)
    let growth = 1 / (max(0.5, s.distance) * dz)
    /// Extent of the footprint on an upright plane at a depth.
    func spread(_ z: Float) -> SIMD2<Float> { s.footprint * (1 + z * growth) }

    var left: Float = 1
    var sum = Vector(0, 0, 0)
    /// Adds a plane that covers part of what is behind.
    func meet(_ color: Vector, _ cover: Float) {
      sum += color * (cover * left)
      left *= 1 - cover
    }
    if trade != .office && trade != .laundry {
      let at = displayDepth
      if z > at {
        let f = spread(at)
        let x = s.x + slopeX * at
        let y = s.y + slopeY * at
        let cover = display(x, y, f)
        if cover.w > 0 { meet(Vector(cover.x, cover.y, cover.z), cover.w) }
      }
    }
    /// Adds a block that stands in the room: its front, and of its side and its top what is seen.
    func stand(_ block: Block, _ pattern: (Float, Float, SIMD2<Float>) -> Vector) {
      guard left > 0.02 else { return }
      let (low, high) = (block.low, block.high)
      if z > low.z {
        let f = spread(low.z)
        let (x, y) = (s.x + slopeX * low.z, s.y + slopeY * low.z)
        let cover = noise.cover(low.x, high.x, x, f.x) * noise.cover(low.y, high.y, y, f.y)
        if cover > 0 { meet(pattern(x, y, f) * lit(y, low.z, .back), cover) }
      }
      if abs(slopeX) > 1e-4 {
        let at = ((slopeX > 0 ? low.x : high.x) - s.x) / slopeX
        if at > 0, at < z {
          let f = spread(at)
          let along = min(4, f.x / abs(slopeX))
          let y = s.y + slopeY * at
          let cover = noise.cover(low.z, high.z, at, along) * noise.cover(low.y, high.y, y, f.y)
          if cover > 0 {
            meet(pattern(at, y, SIMD2(along, f.y)) * (0.7 * lit(y, at, .left)), cover)
          }
        }
      }
      if slopeY < -1e-4 {
        let at = (high.y - s.y) / slopeY
        if at > 0, at < z {
          let f = spread(at)
          let cover =
            noise.cover(low.z, high.z, at, min(4, f.y / -slopeY))
            * noise.cover(low.x, high.x, s.x + slopeX * at, f.x)
          if cover > 0 { meet(block.top * lit(high.y, at, .floor), cover) }
        }
      }
    }
    switch trade {
    case .grocer, .video:
      if let gondola {
        stand(gondola) { x, y, f in
          goods(x, y, f, row: goodsSize.y, column: goodsSize.x, key: seed &+ 5)
        }
      }
    case .laundry:
      stand(bench) { _, y, f in
        // Slats on legs: one sees through below.
        Vector(0.34, 0.2, 0.1) * (0.35 + 0.65 * noise.cover(0.36, 1, y, f.y))
      }
      stand(table) { x, y, f in
        Vector(0.5, 0.52, 0.54)
          * (0.3 + 0.7 * Stripes.share(0.04, 0.96, of: x / 0.55, width: f.x / 0.55))
          * (0.5 + 0.5 * noise.cover(0.78, 1, y, f.y))
      }
    case .office:
      stand(screen) { x, y, f in
        let glass =
          noise.cover(screen.low.x + 0.03, screen.high.x - 0.03, x, f.x)
          * noise.cover(screen.low.y + 0.04, screen.high.y - 0.03, y, f.y)
        return Vector(0.3, 0.29, 0.26).mixed(with: Vector(0.03, 0.04, 0.05), glass)
      }
      stand(table) { x, y, f in
        let drawers =
          Stripes.share(0.05, 1, of: y / 0.24, width: f.y / 0.24)
          * Stripes.share(0.03, 1, of: x / 0.62, width: f.x / 0.62)
        return Vector(0.4, 0.26, 0.15) * (0.3 + 0.7 * drawers)
      }
    case .bar: break
    }
    if let keeper, z > keeper.depth, left > 0.02 {
      let f = spread(keeper.depth)
      let cover = ShopInterior.silhouette(
        s.x + slopeX * keeper.depth - keeper.x, s.y + slopeY * keeper.depth, max(f.x, f.y))
      if cover > 0 { meet(Vector(0.045, 0.04, 0.04), cover) }
    }
    if trade == .bar, left > 0.02 {
      // Lamps on cords in a row, and the counter below them.
      let at = depth * 0.42
      if z > at {
        let f = spread(at)
        let x = s.x + slopeX * at
        let y = s.y + slopeY * at
        let k = (x / 0.8).rounded(.down)
        let dx = x - (k + 0.5) * 0.8
        let dy = y - 1.95
        let r = (dx * dx + dy * dy).squareRoot()
        // A disc, or, where it is smaller than the footprint, its mean.
        let kept = noise.kept(2.5, max(f.x, f.y))
        let mean =
          0.785 * Stripes.share(0.5 - 0.1375, 0.5 + 0.1375, of: x / 0.8, width: f.x / 0.8)
          * noise.cover(1.84, 2.06, y, f.y)
        let disc = kept > 0 ? noise.cover(-1, 0.11, r, max(f.x, f.y)) : 0
        meet(Vector(repeating: lampGain * 0.75), mean + (disc - mean) * kept)
        sum += Vector(repeating: 0.16 * left * (kept / (1 + r * r * 60) + (1 - kept) * 0.1))
        let cord = noise.cover(-0.006, 0.006, dx, f.x) * noise.cover(2.05, 4, y, f.y)
        meet(Vector(repeating: 0.02), cord)
        // The counter, and heads of those who sit at it.
        let counter = noise.cover(-1, 1.05, y, f.y)
        let top = noise.cover(1.0, 1.05, y, f.y)
        meet(Vector(0.07, 0.045, 0.03).mixed(with: Vector(0.9, 0.6, 0.35), top), counter)
      }
    }
    if left > 0.02 {
      let x = s.x + slopeX * z
      let y = s.y + slopeY * z
      let f = spread(z)
      let color: Vector =
        switch side {
        case .back: back(x, y, f)
        case .left, .right:
          flank(
            z, y, SIMD2(min(4, s.footprint.x / max(0.05, abs(slopeX)) * (1 + z * growth)), f.y),
            isLeft: side == .left)
        case .ceiling:
          ceiling(
            x, z, SIMD2(f.x, min(4, s.footprint.y / max(0.05, abs(slopeY)) * (1 + z * growth))))
        case .floor:
          floor(x, z, SIMD2(f.x, min(4, s.footprint.y / max(0.05, abs(slopeY)) * (1 + z * growth))))
        }
      sum += color * left
    }
    return sum * light
  }

  enum Side { case left, right, back, ceiling, floor }

  // MARK: What the room holds

  /// A number of the room's own.
  func draw(_ index: Int) -> Float { SurfaceNoise.cell(index, 77, seed) }

  private var displayDepth: Float { 0.32 }

  /// Width of one thing and height of a shelf, meters.
  private var goodsSize: SIMD2<Float> {
    switch trade {
    case .video: SIMD2(0.034, 0.245)
    case .bar: SIMD2(0.085, 0.36)
    default: SIMD2(0.075 + 0.05 * draw(1), 0.27 + 0.1 * draw(2))
    }
  }

  private struct Keeper {
    var x: Float
    var depth: Float
  }

  private var keeper: Keeper? {
    guard draw(7) < 0.5 else { return nil }
    return Keeper(x: width * (0.2 + 0.6 * draw(8)), depth: depth * (0.5 + 0.2 * draw(9)))
  }

  /// Somebody from the chest up behind a counter, in meters about the middle of the feet.
  private static func silhouette(_ x: Float, _ y: Float, _ size: Float) -> Float {
    let noise = SurfaceNoise.self
    let head = ((x * x) / (0.085 * 0.085) + (y - 1.56) * (y - 1.56) / (0.12 * 0.12)).squareRoot()
    let a = noise.cover(-1, 1, head, size / 0.1)
    // Shoulders slope into the arms.
    let half: Float = y > 1.36 ? 0.07 + (1.46 - y) * 0.9 : 0.16 + (1.36 - min(y, 1.36)) * 0.14
    let b = noise.cover(-half, half, x, size) * noise.cover(-1, 1.46, y, size)
    return max(a, b)
  }

  /// Rows of small things on shelves: color relative to the room's light.
  private func goods(
    _ x: Float, _ y: Float, _ f: SIMD2<Float>, row: Float, column: Float, key: UInt32
  ) -> Vector {
    let noise = SurfaceNoise.self
    let mean = Vector(0.60, 0.52, 0.42)
    let v = y / row
    let fv = f.y / row
    // A bright edge with price tags, dark beneath the next shelf.
    let edge = Stripes.share(0, 0.09, of: v, width: fv)
    let j = noise.floor(v)
    let inRow = (v - Float(j)) * row
    let keptRow = noise.kept(1 / row, f.y)
    let kept = min(noise.kept(1 / column, f.x), keptRow)
    // One kind of thing fills a part of a shelf.
    let group = noise.cell(noise.floor(x / (column * 5.5) + Float(j) * 0.37), j, key)
    let keptGroup = min(noise.kept(1 / (column * 5.5), f.x), keptRow)
    var color = mean
    if keptGroup > 0.01 {
      let hue = ShopInterior.palette(group, saturation: trade == .video ? 0.85 : 0.6)
      color = mean.mixed(with: hue, keptGroup)
    }
    var fill: Float = 0.66
    if kept > 0.01 {
      let i = noise.floor(x / column)
      let own = noise.cell(i, j, key &+ 1)
      let tall = row * (trade == .video ? 0.76 + 0.06 * group : 0.45 + 0.28 * group + 0.16 * own)
      let top = noise.cover(-1, tall, inRow, f.y)
      let gap = Stripes.share(0.09, 1, of: x / column, width: f.x / column)
      let label = noise.cover(tall * 0.3, tall * 0.62, inRow, f.y)
      let shade = (0.6 + 0.8 * own) * (1 + 0.5 * (own > 0.5 ? label : -label))
      let empty: Float = noise.cell(i >> 2, j, key &+ 2) < 0.07 ? 0.1 : 1
      let thing = color * shade
      color = color.mixed(with: thing, kept)
      fill += (top * gap * empty - fill) * kept
    }
    let dark = Vector(0.10, 0.09, 0.08)
    let body = dark.mixed(with: color, fill)
    return body.mixed(with: Vector(0.95, 0.92, 0.85), edge * 0.75)
  }

  private static func palette(_ h: Float, saturation: Float) -> Vector {
    let k = h * 6
    let hue: Vector =
      k < 1
      ? Vector(1.0, 0.25, 0.18)
      : k < 2
        ? Vector(0.95, 0.75, 0.25)
        : k < 3
          ? Vector(0.95, 0.92, 0.85)
          : k < 4
            ? Vector(0.3, 0.55, 0.8) : k < 5 ? Vector(0.35, 0.6, 0.3) : Vector(0.45, 0.28, 0.18)
    return Vector(0.60, 0.52, 0.42).mixed(with: hue, saturation)
  }

  /// What stands right behind the glass: color and cover.
  private func display(_ x: Float, _ y: Float, _ f: SIMD2<Float>) -> SIMD4<Float> {
    let noise = SurfaceNoise.self
    let plinth: Float = 0.42 + 0.16 * draw(11)
    guard y - f.y * 0.5 < plinth + 0.75 else { return SIMD4(0, 0, 0, 0) }
    let base = noise.cover(-1, plinth, y, f.y)
    let step: Float = 0.16 + 0.22 * draw(12)
    let i = noise.floor(x / step)
    let own = noise.cell(i, 5, seed)
    let kept = noise.kept(1 / step, f.x)
    // Things of different height and shape; some places are empty.
    let tall = own < 0.22 ? 0 : plinth + 0.08 + 0.42 * noise.cell(i, 6, seed) * (0.4 + draw(13))
    let wide: Float = 0.3 + 0.6 * noise.cell(i, 7, seed)
    let across = x / step - Float(i)
    let round: Float =
      noise.cell(i, 8, seed) < 0.5 && tall > 0 && y > plinth
      ? 1 - 0.4 * (y - plinth) / max(0.05, tall - plinth) : 1
    let half = wide * round * 0.5
    let shape =
      noise.cover(0.5 - half, 0.5 + half, across, f.x / step) * noise.cover(-1, tall, y, f.y)
    let meanShape: Float = 0.44 * noise.cover(-1, plinth + 0.22, y, f.y)
    let thing = meanShape + (shape - meanShape) * kept
    let cover = max(base, thing)
    // Seen from the street they stand against the light.
    let color =
      ShopInterior.palette(noise.cell(i, 9, seed), saturation: 0.6 * kept)
      * (0.16 + 0.16 * kept * (own - 0.5))
    let cloth = Vector(0.14, 0.12, 0.10)
    let c = color.mixed(with: cloth, base)
    return SIMD4(c.x, c.y, c.z, cover)
  }

  private func back(_ x: Float, _ y: Float, _ f: SIMD2<Float>) -> Vector {
    let noise = SurfaceNoise.self
    let wall = Vector(0.62, 0.56, 0.5) * (trade == .bar ? pool(y) : lit(y, depth, .back))
    var color = wall
    switch trade {
    case .grocer, .video:
      let shelves = noise.cover(0.08, 2.05, y, f.y)
      color = wall.mixed(
        with: goods(x, y, f, row: goodsSize.y, column: goodsSize.x, key: seed &+ 9)
          * lit(y, depth, .back), shelves
      )
    case .bar:
      // Bottles before a lit mirror; the wall about them is dark but for the lamps' pools.
      let shelf = noise.cover(1.1, 2.2, y, f.y) * noise.cover(width * 0.1, width * 0.9, x, f.x)
      let panels = 0.75 + 0.25 * Stripes.share(0.04, 1, of: x / 0.42, width: f.x / 0.42)
      color = (Vector(0.26, 0.15, 0.09) * (panels * pool(y))).mixed(
        with: goods(x, y, f, row: goodsSize.y, column: goodsSize.x, key: seed &+ 9) * 1.3, shelf)
    case .laundry:
      color = machines(x, y, f, base: wall, light: lit(y, depth, .back))
    case .office:
      color =
        wall
        * (0.8 + 0.4 * noise.relief(x, y, scale: SIMD2(0.8, 0.7), footprint: f, seed: seed &+ 19))
      // Files on a board over desks.
      let files = noise.cover(1.2, 2.1, y, f.y) * noise.cover(width * 0.58, width * 0.98, x, f.x)
      color = color.mixed(
        with: goods(x, y, f, row: 0.34, column: 0.07, key: seed &+ 9) * lit(y, depth, .back), files)
      let desk = noise.cover(-1, 0.78, y, f.y)
      color = color.mixed(with: Vector(0.22, 0.17, 0.12) * lit(y, depth, .back), desk)
      let board = noise.cover(width * 0.2, width * 0.55, x, f.x) * noise.cover(1.1, 1.9, y, f.y)
      color = color.mixed(with: Vector(0.3, 0.34, 0.36) * lit(y, depth, .back), board)
    }
    // A door to the rooms behind, ajar.
    let door = width * (0.08 + 0.72 * draw(14))
    let leaf = noise.cover(door, door + 0.8, x, f.x) * noise.cover(-1, 2.02, y, f.y)
    let frame = noise.cover(door - 0.07, door + 0.87, x, f.x) * noise.cover(-1, 2.09, y, f.y)
    color = color.mixed(with: Vector(repeating: 0.3), frame)
    color = color.mixed(with: Vector(0.07, 0.06, 0.06), leaf)
    // A lit board above: prices, a menu, a screen.
    if draw(15) < 0.7 {
      let from = width * 0.1 + draw(16) * width * 0.3
      let board = noise.cover(from, from + 1.5, x, f.x) * noise.cover(2.15, 2.55, y, f.y)
      let parts = noise.cell(noise.floor((x - from) / 0.5), 21, seed)
      let tone =
        ShopInterior.palette(draw(17), saturation: 0.8) * (1.1 + 0.9 * parts * noise.kept(2, f.x))
      color = color.mixed(with: tone * 1.2, board)
    }
    return color
  }

  /// Light of hanging lamps on upright things at a height.
  private func pool(_ y: Float) -> Float {
    let below = (y - 1.75) * (y - 1.75)
    return 0.32 + 1.1 / (1 + 2.2 * below)
  }

  private func machines(_ x: Float, _ y: Float, _ f: SIMD2<Float>, base: Vector, light: Float)
    -> Vector
  {
    let noise = SurfaceNoise.self
    let pitch: Float = 0.68
    let size = max(f.x, f.y)
    let rows = noise.cover(0.06, 1.86, y, f.y)
    guard rows > 0 else { return base }
    let i = (x / pitch).rounded(.down)
    let j = (y / 0.9).rounded(.down)
    let dx = x - (i + 0.5) * pitch
    let dy = y - (j + 0.48) * 0.9
    let r = (dx * dx + dy * dy).squareRoot()
    let kept = noise.kept(1.2 / pitch, size)
    let glass = noise.cover(-1, 0.19, r, size)
    let ring = noise.cover(-1, 0.24, r, size) - glass
    let seam =
      1 - Stripes.share(0.02, 0.98, of: x / pitch, width: f.x / pitch)
      * Stripes.share(0.02, 0.99, of: y / 0.9, width: f.y / 0.9)
    let body = Vector(0.72, 0.74, 0.74) * light
    let glow =
      noise.cell(Int(i), Int(j), seed &+ 3) < 0.3
      ? Vector(0.25, 0.3, 0.34) : Vector(0.06, 0.07, 0.08)
    let shut = body.mixed(with: glow, glass * kept).mixed(
      with: Vector(repeating: 1.0), ring * kept * 0.6)
    let mean = body * (1 - 0.19 * (1 - kept))
    let color = mean.mixed(with: shut, kept) * (1 - 0.6 * seam)
    return base.mixed(with: color, rows)
  }

  private func flank(_ z: Float, _ y: Float, _ f: SIMD2<Float>, isLeft: Bool) -> Vector {
    let noise = SurfaceNoise.self
    let light = trade == .bar ? pool(y) : lit(y, z, .left)
    let wall = Vector(0.58, 0.54, 0.5) * light
    let key = seed &+ (isLeft ? 13 : 17)
    let fade = 0.75 + 0.25 * min(1, z / 1.5)
    switch trade {
    case .grocer, .video:
      let shelves = noise.cover(0.08, 2.0, y, f.y) * noise.cover(0.5, depth, z, f.x)
      return wall.mixed(
        with: goods(z, y, f, row: goodsSize.y, column: goodsSize.x, key: key) * light, shelves)
        * fade
    case .laundry:
      return machines(z, y, f, base: wall, light: light) * fade
    case .bar:
      let frame =
        Stripes.share(0.25, 0.75, of: z / 1.1, width: f.x / 1.1) * noise.cover(1.3, 1.85, y, f.y)
      let own = noise.cell(noise.floor(z / 1.1), 37, key)
      let panels = 0.7 + 0.3 * Stripes.share(0.05, 1, of: z / 0.36, width: f.x / 0.36)
      let dado = noise.cover(-1, 1.05, y, f.y)
      let wood = Vector(0.24, 0.13, 0.075).mixed(with: Vector(0.16, 0.085, 0.05) * panels, dado)
      return wood.mixed(
        with: ShopInterior.palette(own, saturation: 0.5) * (0.35 + 0.5 * own), frame)
        * (fade * pool(y) * 1.25)
    case .office:
      // Cabinets with drawers, pictures over them.
      let cabinets = noise.cover(-1, 1.15, y, f.y) * noise.cover(0.9, depth - 0.3, z, f.x)
      let drawers =
        Stripes.share(0.06, 1, of: y / 0.38, width: f.y / 0.38)
        * Stripes.share(0.03, 1, of: z / 0.46, width: f.x / 0.46)
      let handle =
        Stripes.share(0.36, 0.64, of: z / 0.46, width: f.x / 0.46)
        * Stripes.share(0.68, 0.76, of: y / 0.38, width: f.y / 0.38)
      let body = Vector(0.30, 0.31, 0.29) * ((0.35 + 0.65 * drawers + 0.6 * handle) * light)
      let frames =
        Stripes.share(0.2, 0.62, of: z / 1.05, width: f.x / 1.05) * noise.cover(1.45, 2.0, y, f.y)
      let own = noise.cell(noise.floor(z / 1.05), 31, key)
      let picture = wall.mixed(
        with: ShopInterior.palette(own, saturation: 0.7) * ((0.25 + 0.4 * own) * light), frames)
      let damp = 1 + 0.5 * noise.relief(z, y, scale: SIMD2(0.9, 0.7), footprint: f, seed: key)
      return picture.mixed(with: body, cabinets) * (fade * damp)
    }
  }

  private func ceiling(_ x: Float, _ z: Float, _ f: SIMD2<Float>) -> Vector {
    let noise = SurfaceNoise.self
    guard trade != .bar else { return Vector(0.16, 0.12, 0.09) }
    let joint =
      1 - Stripes.share(0.03, 1, of: x / 0.6, width: f.x / 0.6)
      * Stripes.share(0.03, 1, of: z / 0.6, width: f.y / 0.6)
    let pitch = ShopInterior.tubePitch
    let row = noise.floor(z / pitch)
    let kept = noise.kept(1 / pitch, f.y)
    let bright = 0.7 + (tube(max(0, min(9, row))) - 0.7) * kept
    let lit = Stripes.share(0.46, 0.54, of: z / pitch, width: f.y / pitch) * bright
    let field = Stripes.share(0.34, 0.66, of: z / pitch, width: f.y / pitch) * bright
    let along = noise.cover(0.35, width - 0.35, x, f.x)
    let tube = lampGain * lit + 0.5 * field
    return Vector(0.66, 0.66, 0.62) * ((0.85 - 0.3 * joint) * (0.25 + 0.6 * bright))
      + Vector(repeating: tube * along)
  }

  private func floor(_ x: Float, _ z: Float, _ f: SIMD2<Float>) -> Vector {
    let a = Stripes.share(0, 0.5, of: x / 0.8, width: f.x / 0.8)
    let b = Stripes.share(0, 0.5, of: z / 0.8, width: f.y / 0.8)
    let check = a * b + (1 - a) * (1 - b)
    return Vector(0.30, 0.28, 0.25)
      * ((0.6 + 0.8 * check) * (trade == .bar ? 0.5 : lit(0, z, .floor)))
  }
}
