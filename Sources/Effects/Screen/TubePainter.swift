import CVector
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Draws the lines of a tube onto the picture, tile by tile. For one thread.
///
/// A line is brought to the columns of a tile once and kept as long as rows need it. A pixel adds up the lines near it; on
/// curved glass lines and columns differ from pixel to pixel, but hardly within eight of them: the whole parts of both
/// are nearly always the same, and otherwise all that occur are computed and chosen from.
final class TubePainter {
  private let screen: TubeScreen
  /// The pixels of the tile, and the picture's column that lies at 0 of the lines that are held.
  private let columns: Range<Int>
  private let start: Int
  private let stride: Int
  private let ring: UnsafeMutablePointer<Float>
  private var held: [Int?]
  private let lines: UnsafeMutablePointer<UnsafePointer<Float>>
  private let capacity: Int
  /// The line that the first of ``lines`` is.
  private var firstLine = 0

  /// Floats of a column of a line: narrow, wide, alpha, and the glow.
  static let channels = 16
  private static let glow = 8
  private static let tileWidth = 512
  /// Columns beside those that are looked at, for whole vectors.
  private static let spare = 12

  struct Tile {
    /// Pixels across, and columns that glass may move.
    let width, margin: Int
    var room: Int { (width + 2 * margin + 2 * TubePainter.spare + 7) / 8 * 8 }
  }

  static func tile(of width: Int, face: TubeFace, region: PixelRect) -> Tile {
    Tile(width: min(width, tileWidth), margin: Int(face.farthestX(in: region).rounded(.up)))
  }

  /// Lines that must be held for one row of a tile.
  static func ringLines(_ layout: TubeLayout, _ face: TubeFace, region: PixelRect) -> Int {
    // Across a tile the glass moves rows by no more than over the whole picture.
    let bend = face.farthestY(in: region) / layout.pitch
    return 2 * (layout.lineReach + layout.gunReach) + 8 + Int(min(1e6, bend.rounded(.up)))
  }

  static func paint(_ screen: TubeScreen, onto frame: Framebuffer, workers: Workers, mixer: (any RowMixer)?) {
    let region = frame.region
    let tile = tile(of: region.width, face: screen.face, region: region)
    let tiles = (region.width + tile.width - 1) / tile.width
    // Strips hold many lines, since those at their seams are made twice.
    let fair = region.height * tiles / max(1, 3 * workers.count) + 1
    let strip = workers.bandHeight ?? min(region.height, max(96, min(fair, 384)))
    let strips = (region.height + strip - 1) / strip
    workers.each(strips * tiles) { job in
      let (s, t) = (job / tiles, job % tiles)
      let columns =
        region.minX + t * tile.width..<min(region.maxX, region.minX + (t + 1) * tile.width)
      let painter = TubePainter(screen, columns, tile)
      let memory = RowMemory(width: columns.count, for: mixer)
      for y in region.minY + s * strip..<min(region.maxY, region.minY + (s + 1) * strip) {
        let row = frame.row(y).dropping(columns.lowerBound - region.minX, count: columns.count)
        memory.changing(row, x: columns.lowerBound, y: y) { painter.draw($0, y: y) }
      }
    }
  }

  private init(_ screen: TubeScreen, _ columns: Range<Int>, _ tile: Tile) {
    self.screen = screen
    self.columns = columns
    start = columns.lowerBound - tile.margin - TubePainter.spare / 2
    stride = tile.room
    capacity = TubePainter.ringLines(screen.layout, screen.face, region: screen.region)
    ring = .allocate(capacity: capacity * TubePainter.channels * stride + 16)
    ring.initialize(repeating: 0, count: capacity * TubePainter.channels * stride + 16)
    lines = .allocate(capacity: capacity)
    lines.initialize(repeating: UnsafePointer(ring), count: capacity)
    held = Array(repeating: nil, count: capacity)
  }

  deinit {
    ring.deallocate()
    lines.deallocate()
  }

  // MARK: Lines

  /// Makes lines `range` available.
  private func hold(_ range: ClosedRange<Int>) {
    let first = range.lowerBound
    firstLine = first
    for (k, line) in range.prefix(capacity).enumerated() {
      let slot = ((line % capacity) + capacity) % capacity
      let base = ring + slot * TubePainter.channels * stride
      if held[slot] != line {
        expand(line, into: base)
        held[slot] = line
      }
      lines[k] = UnsafePointer(base)
    }
  }

  private func expand(_ line: Int, into base: UnsafeMutablePointer<Float>) {
    let gain = screen.gain(line)
    let shift = start - screen.region.minX
    let range = shift..<shift + stride
    screen.raster.expand(line, screen.columns, range, gain: gain, into: base, stride: stride)
    if screen.glows {
      screen.raster.expandGlow(
        line, screen.glowColumns, range, gain: gain, into: base + TubePainter.glow * stride, stride: stride)
    }
  }

  /// The place of row `y` among lines (0 in the middle of line 0), of a channel where the glass is flat.
  private func line(_ channel: Int, y: Int) -> Double {
    let place = Double(y) + 0.5
    let missed = screen.guns.missY(channel, at: place)
    return (place - missed - screen.layout.origin) / screen.layout.pitch - 0.5
  }

  private func draw(_ row: Row, y: Int) {
    if screen.face.isCurved { drawCurved(row, y: y) } else { drawFlat(row, y: y) }
  }

  // MARK: Flat glass

  private func drawFlat(_ row: Row, y: Int) {
    let reach = screen.layout.lineReach
    let places = (0..<3).map { line($0, y: y) }
    let bases = places.map { Int(($0 + 0.5).rounded(.down)) }
    let (low, high) = (bases.min() ?? 0, bases.max() ?? 0)
    hold(low - reach - 1...high + reach + 1)
    let weights = UnsafeMutablePointer<Float>.allocate(capacity: 4 * reach + 5)
    defer { weights.deallocate() }
    let middle = v8_splat(Float(places[1]))
    let x0 = columns.lowerBound
    let bleed = Float(screen.layout.origin)
    let lanes = v8f(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)
    let offset = columns.lowerBound - start
    for channel in 0..<3 {
      let base = bases[channel]
      let d = Float(places[channel] - Double(base))
      let (n, w) = (screen.narrow.reach, screen.wide.reach)
      for k in -n...n { weights[k + n] = screen.narrow.weight(d - Float(k)) }
      let far = weights + 2 * n + 1
      for k in -w...w { far[k + w] = screen.wide.weight(d - Float(k)) }
      let first = lines + (base - firstLine)
      let out = [row.red, row.green, row.blue][channel]
      let (g0, g1, g2) = TubePainter.smooth(d)
      let mask = screen.mask
      let glows = screen.glows
      var i = 0
      while i < row.count {
        let p = offset + i
        var light = v8_splat(0)
        for k in -n...n { light += v8_load(first[k] + channel * stride + p) * weights[k + n] }
        var bright = v8_splat(0)
        for k in -w...w { bright += v8_load(first[k] + (3 + channel) * stride + p) * far[k + w] }
        if !mask.isBlank {
          let open = mask.light(channel, lanes + (Float(x0 + i) - bleed), middle)
          light *= open
          bright *= open * 0.5 + 0.5
        }
        light += bright
        if glows {
          let c = (TubePainter.glow + channel) * stride + p
          light += v8_load(first[-1] + c) * g0 + v8_load(first[0] + c) * g1 + v8_load(first[1] + c) * g2
        }
        put(light, out + i, row.count - i)
        i += 8
      }
    }
    guard !screen.raster.isOpaque else { return }
    let d = Float(places[1] - Double(bases[1]))
    let (g0, g1, g2) = TubePainter.smooth(d)
    let first = lines + (bases[1] - firstLine)
    var i = 0
    while i < row.count {
      let c = 6 * stride + offset + i
      let alpha = v8_load(first[-1] + c) * g0 + v8_load(first[0] + c) * g1 + v8_load(first[1] + c) * g2
      put(TubePainter.coverage(alpha), row.alpha + i, row.count - i)
      i += 8
    }
  }

  /// A quadratic B-spline over three lines; their weights add up to 1.
  private static func smooth(_ d: Float) -> (Float, Float, Float) {
    (0.5 * (0.5 - d) * (0.5 - d), 0.75 - d * d, 0.5 * (0.5 + d) * (0.5 + d))
  }

  /// Alpha within 0…1; what comes from nothing but opaque pixels is opaque.
  @inline(__always)
  private static func coverage(_ alpha: v8f) -> v8f {
    v8_select(v8_less(v8_splat(1 - 1e-4), alpha), v8_splat(1), v8_max(alpha, v8_splat(0)))
  }

  @inline(__always)
  private func put(_ v: v8f, _ out: UnsafeMutablePointer<Float>, _ left: Int) {
    if left >= 8 { v8_store(out, v) } else { store(v, out, left) }
  }

  // MARK: Curved glass

  private func drawCurved(_ row: Row, y: Int) {
    let face = screen.face
    let pitch = Float(screen.layout.pitch)
    let offY = Float(y) + 0.5 - face.centerY
    let placeY = offY / face.halfHeight
    let stretch = 1 + face.bendX * placeY * placeY
    // Lines that the tile's part of the row crosses: from the place nearest to the middle to the farthest one.
    let misses = (0..<3).map { Float(screen.guns.missY($0, at: Double(y) + 0.5)) / pitch }
    let (left, right) = (
      (Float(columns.lowerBound) - face.centerX) / face.halfWidth,
      (Float(columns.upperBound + 8) - face.centerX) / face.halfWidth
    )
    let nearest = left < 0 && right > 0 ? 0 : min(abs(left), abs(right))
    let farthest = max(abs(left), abs(right))
    let origin = Float(screen.layout.origin)
    let inverse = 1 / pitch
    func place(_ x: Float) -> Float {
      (face.centerY + offY * (1 + face.bendY * x * x) - origin) * inverse - 0.5
    }
    let (a, b) = (place(nearest), place(farthest))
    let reach = screen.layout.lineReach + 1
    let least = Int((min(a, b) - (misses.max() ?? 0)).rounded(.down)) - reach
    let most = Int((max(a, b) - (misses.min() ?? 0)).rounded(.up)) + reach
    hold(least...max(least, most))

    let lanes = v8f(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)
    let inverseWidth = 1 / face.halfWidth
    let opaque = screen.raster.isOpaque
    let mask = screen.mask
    var i = 0
    while i < row.count {
      let offX = lanes + (Float(columns.lowerBound + i) - face.centerX)
      let placeX = offX * inverseWidth
      let x = offX * stretch
      let ySquare = placeX * placeX * face.bendY + 1
      let yOnGlass = ySquare * offY
      let v = (yOnGlass + (face.centerY - origin)) * inverse - 0.5
      // Columns: whole ones and parts.
      let column = x + (face.centerX - 0.5)
      let wholeColumn = v8_floor(column)
      let part = column - wholeColumn
      let shift = wholeColumn - lanes + (0.5 - Float(start))
      var light = (v8_splat(0), v8_splat(0), v8_splat(0))
      let lineRed = v8_floor(v - misses[0] + 0.5)
      let lineGreen = v8_floor(v - misses[1] + 0.5)
      let lineBlue = v8_floor(v - misses[2] + 0.5)
      let u = x + (face.centerX - origin)
      if v8_uniform(lineRed, lineGreen), v8_uniform(lineBlue, shift) {
        let s = Int(shift[0])
        light.0 = channel(0, v - misses[0] - lineRed, Int(lineRed[0]), s, part, u, v, mask)
        light.1 = channel(1, v - misses[1] - lineGreen, Int(lineGreen[0]), s, part, u, v, mask)
        light.2 = channel(2, v - misses[2] - lineBlue, Int(lineBlue[0]), s, part, u, v, mask)
      } else {
        light.0 = scattered(0, v - misses[0], lineRed, shift, part, u, v, mask)
        light.1 = scattered(1, v - misses[1], lineGreen, shift, part, u, v, mask)
        light.2 = scattered(2, v - misses[2], lineBlue, shift, part, u, v, mask)
      }
      // The edge of the glass: distance from a rectangle with round corners.
      let qx = v8_abs(x) - (face.halfWidth - face.corner)
      let qy = v8_abs(yOnGlass) - (face.halfHeight - face.corner)
      let (ox, oy) = (v8_max(qx, v8_splat(0)), v8_max(qy, v8_splat(0)))
      let distance = v8_sqrt(ox * ox + oy * oy) + v8_min(v8_max(qx, qy), v8_splat(0)) - face.corner
      let inside = v8_clamp(0.5 - distance * (1 / face.softness), 0, 1)
      if v8_bits(v8_less(inside, v8_splat(1))) != 0 {
        // The frame around the glass catches a little of what wanders in it.
        var rim = (v8_splat(0), v8_splat(0), v8_splat(0))
        if screen.glows {
          let away = v8_exp2(v8_max(distance, v8_splat(0)) * (-2 / face.rim)) * (1 - inside) * 0.35
          rim.0 = glow(0, v, lineGreen, shift, part) * away
          rim.1 = glow(1, v, lineGreen, shift, part) * away
          rim.2 = glow(2, v, lineGreen, shift, part) * away
        }
        light.0 = light.0 * inside + rim.0
        light.1 = light.1 * inside + rim.1
        light.2 = light.2 * inside + rim.2
      }
      put(light.0, row.red + i, row.count - i)
      put(light.1, row.green + i, row.count - i)
      put(light.2, row.blue + i, row.count - i)
      if !opaque {
        put(
          TubePainter.coverage(spline(6, v, lineGreen, shift, part)), row.alpha + i, row.count - i)
      }
      i += 8
    }
  }

  /// Lines around `line` as the spot with a fall per line spreads them; `d` is how far below `line` the pixels lie.
  @inline(__always)
  private func spread(
    _ spot: Spot, _ field: Int, _ d: v8f, _ line: Int, _ shift: Int, _ part: v8f
  ) -> v8f {
    let middle = v8_exp2(d * d * spot.fall) * spot.peak
    // From line to line the weight changes by a factor that itself changes by a constant factor.
    let down = v8_exp2(d * (-2 * spot.fall))
    let up = 1 / down
    let offset = field * stride + shift
    let first = lines + (line - firstLine)
    var p = first[0] + offset
    var near = v8_load(p) * middle
    var next = v8_load(p + 1) * middle
    var (below, above) = (middle, middle)
    for k in 1...spot.reach {
      // exp2(fall (2k − 1)), which differs from line to line.
      let fade = TubePainter.power(spot.fall * Float(2 * k - 1))
      below *= down * fade
      above *= up * fade
      p = first[k] + offset
      near += v8_load(p) * below
      next += v8_load(p + 1) * below
      p = first[-k] + offset
      near += v8_load(p) * above
      next += v8_load(p + 1) * above
    }
    return near + (next - near) * part
  }

  /// On the way from eight columns to the next ones.
  @inline(__always)
  private static func between(_ p: UnsafePointer<Float>, _ part: v8f) -> v8f {
    let near = v8_load(p)
    return near + (v8_load(p + 1) - near) * part
  }

  @inline(__always)
  private static func power(_ x: Float) -> v8f { v8_exp2(v8_splat(x)) }

  @inline(__always)
  private func channel(
    _ channel: Int, _ d: v8f, _ line: Int, _ shift: Int, _ part: v8f, _ u: v8f, _ v: v8f, _ mask: ShadowMask
  ) -> v8f {
    var light = spread(screen.narrow, channel, d, line, shift, part)
    var bright = spread(screen.wide, 3 + channel, d, line, shift, part)
    if !mask.isBlank {
      let open = mask.light(channel, u, v)
      light *= open
      bright *= open * 0.5 + 0.5
    }
    light += bright
    if screen.glows {
      let c = (TubePainter.glow + channel) * stride + shift
      let first = lines + (line - firstLine)
      light += TubePainter.between(first[-1] + c, part) * ((0.5 - d) * (0.5 - d) * 0.5)
      light += TubePainter.between(first[0] + c, part) * (0.75 - d * d)
      light += TubePainter.between(first[1] + c, part) * ((0.5 + d) * (0.5 + d) * 0.5)
    }
    return light
  }

  /// The same where lines or columns differ within eight pixels.
  @inline(never)
  private func scattered(
    _ index: Int, _ place: v8f, _ line: v8f, _ shift: v8f, _ part: v8f, _ u: v8f, _ v: v8f, _ mask: ShadowMask
  ) -> v8f {
    var result = v8_splat(0)
    forEach(line, shift) { l, s, chosen in
      let value = channel(index, place - line, l, s, part, u, v, mask)
      result = v8_select(chosen, value, result)
    }
    return result
  }

  /// A field of lines, smoothly.
  @inline(never)
  private func spline(_ field: Int, _ v: v8f, _ line: v8f, _ shift: v8f, _ part: v8f) -> v8f {
    let d = v - line
    var result = v8_splat(0)
    forEach(line, shift) { l, column, chosen in
      let c = field * stride + column
      let first = lines + (l - firstLine)
      var value = TubePainter.between(first[-1] + c, part) * ((0.5 - d) * (0.5 - d) * 0.5)
      value += TubePainter.between(first[0] + c, part) * (0.75 - d * d)
      value += TubePainter.between(first[1] + c, part) * ((0.5 + d) * (0.5 + d) * 0.5)
      result = v8_select(chosen, value, result)
    }
    return result
  }

  private func glow(_ channel: Int, _ v: v8f, _ line: v8f, _ shift: v8f, _ part: v8f) -> v8f {
    spline(TubePainter.glow + channel, v, line, shift, part)
  }

  /// Calls `body` for each pair of a line and a column shift that occurs, with the lanes where it does.
  @inline(__always)
  private func forEach(_ line: v8f, _ shift: v8f, _ body: (Int, Int, v8i) -> Void) {
    var left: UInt32 = 0xff
    while left != 0 {
      let lane = left.trailingZeroBitCount
      let (l, s) = (line[lane], shift[lane])
      let chosen = v8_and(
        v8_less_equal(v8_abs(line - l), v8_splat(0)), v8_less_equal(v8_abs(shift - s), v8_splat(0)))
      body(Int(l), Int(s), chosen)
      let bits = v8_bits(chosen)
      // A lane always equals itself; were it not a number, it would be passed over.
      left &= ~(bits | 1 << UInt32(lane))
    }
  }
}
