import CVector
import Catalog
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The disks of a lens, and how a picture is parted by their size.
///
/// Parts are numbered: 0 is sharp, part j has disks of the radius 2^(j/2 − 1) pixels, and a pixel between two parts
/// takes its share in both. Parts up to 7 are blurred on the picture itself, each two more on a scale of half the
/// resolution, so that radii there are 4 and 4 √2 of its pixels.
struct LensBlur: Sendable {
  /// Disks far away, pixels: the radius is `strength` · (1/focus − 1/d).
  private let strength, inverseFocus, limit: Float
  /// Scales beside the picture itself.
  let scales: Int

  static let fineParts = 7
  /// More light than this counts as this: sums stay finite.
  static let brightest: Float = 1e6

  init(_ effect: DepthOfField, geometry: Geometry) {
    strength = effect.amount * Float(geometry.trimHeight) / 2
    inverseFocus = 1 / max(0.01, effect.focus)
    // No picture is larger than its scales.
    let side = Double(max(2, max(geometry.width, geometry.height)))
    limit = Float(min(geometry.pixels(effect.limit), side))
    let last = LensBlur.part(ofRadius: limit)
    scales = max(0, (Int(last.rounded(.up)) - LensBlur.fineParts + 1) / 2)
  }

  /// The parts of a scale; those of the picture itself begin with what is not quite sharp.
  static func parts(ofScale scale: Int) -> ClosedRange<Int> {
    scale == 0 ? 1...fineParts : 2 * scale + 6...2 * scale + 7
  }

  /// Only what has disks as large as this is passed on to a scale.
  static func least(ofScale scale: Int) -> Float { Float(2 * scale + 5) }

  private static func part(ofRadius radius: Float) -> Float {
    radius < 0.70710678 ? radius / 0.70710678 : 2 + 2 * log2(max(1e-6, radius))
  }

  // MARK: Sizes

  static func sizes(width: Int, height: Int, scales: Int) -> [(width: Int, height: Int)] {
    var sizes = [(width, height)]
    for _ in 0..<scales {
      let last = sizes[sizes.count - 1]
      sizes.append(((last.0 + 1) / 2, (last.1 + 1) / 2))
    }
    return sizes
  }

  /// Coarser and coarser scales, down to a pixel: what fills holes comes from them.
  private static func fillScales(width: Int, height: Int) -> Int {
    var (side, count) = (max(width, height), 0)
    while side > 1 {
      side = (side + 1) / 2
      count += 1
    }
    return count
  }

  func bytes(width: Int, height: Int, workers: Workers) -> Int {
    var bytes = 5 * Plane.bytes(width: width, height: height)
    for size in LensBlur.sizes(width: width, height: height, scales: scales).dropFirst() {
      bytes += (2 * Group.planes + 2 * Veil.planes) * Plane.bytes(width: size.width, height: size.height)
    }
    let fills = LensBlur.fillScales(width: width, height: height)
    for size in LensBlur.sizes(width: width, height: height, scales: fills).dropFirst() {
      bytes += Veil.planes * Plane.bytes(width: size.width, height: size.height)
    }
    return bytes + workers.count * (TileBlur.bytes + LensBlur.linesBytes(width: width))
  }

  // MARK: Work

  /// What of a scale lies before the focus, or behind it: light, share of the pixel, and part, both times the share.
  private struct Group {
    static let planes = 5
    let planes: [Plane]
    let samples: PlaneSamples

    init(_ size: (width: Int, height: Int)) throws(OutOfMemory) {
      var planes: [Plane] = []
      for _ in 0..<Group.planes { planes.append(try Plane(width: size.width, height: size.height)) }
      self.planes = planes
      samples = PlaneSamples(planes)
    }
  }

  /// A picture that covers what is behind it by shares: light times the share, and the share.
  struct Veil {
    static let planes = 4
    let planes: [Plane]
    let samples: PlaneSamples

    init(_ size: (width: Int, height: Int)) throws(OutOfMemory) {
      var planes: [Plane] = []
      for _ in 0..<Veil.planes { planes.append(try Plane(width: size.width, height: size.height)) }
      self.planes = planes
      samples = PlaneSamples(planes)
    }
  }

  func blur(_ frame: Framebuffer, depth: Plane, workers: Workers) throws(OutOfMemory) {
    let (width, height) = (frame.width, frame.height)
    let partPlane = try Plane(width: width, height: height)
    findParts(of: depth, into: partPlane, workers: workers)
    let parts = PlaneSamples([partPlane])
    let colors = PlaneSamples(frame.colorPlanes)

    // Down: what is large enough for a scale, before and behind.
    let sizes = LensBlur.sizes(width: width, height: height, scales: scales)
    var groups: [(near: Group, far: Group)] = []
    for (scale, size) in sizes.enumerated().dropFirst() {
      let group = (near: try Group(size), far: try Group(size))
      let least = LensBlur.least(ofScale: scale)
      if let last = groups.last {
        reduce(last.near.samples, into: group.near.samples, above: least, workers)
        reduce(last.far.samples, into: group.far.samples, above: least, workers)
      } else {
        reduce(colors, parts, sign: -1, into: group.near.samples, above: least, workers)
        reduce(colors, parts, sign: 1, into: group.far.samples, above: least, workers)
      }
      groups.append(group)
    }
    let fill = try filling(colors, parts, workers: workers)

    // Up: each scale is blurred, and laid over, or under, what comes from the coarser ones.
    var coarse: (near: Veil, far: Veil)?
    for scale in stride(from: scales, to: 0, by: -1) {
      let group = groups.removeLast()
      let result = (near: try Veil(sizes[scale]), far: try Veil(sizes[scale]))
      let before = coarse
      let order = Array(LensBlur.parts(ofScale: scale))
      let disks = order.map { LensBlur.disk(ofPart: $0, scale: scale) }
      withExtendedLifetime((group, result, before)) {
        for (source, target, isNear) in [(group.near, result.near, true), (group.far, result.far, false)] {
          let veil = (isNear ? before?.near : before?.far)?.samples
          let (source, target) = (source.samples, target.samples)
          TileBlur.each(width: sizes[scale].width, height: sizes[scale].height, workers) { tile, memory in
            let work = TileBlur(tile, in: memory.0)
            work.survey { LensBlur.place(of: source, $0, $1) }
            if isNear, let veil { work.lay(veil) }
            for index in isNear ? order.indices.reversed() : Array(order.indices) {
              let part = Float(order[index])
              work.lay(disks[index], part: part) { LensBlur.select(source, part: part, $0, into: $1) }
            }
            if !isNear, let veil { work.lay(veil) }
            work.write(to: target)
          }
        }
      }
      coarse = result
    }
    let result = try frame.copy(workers: workers)
    let target = PlaneSamples(result.colorPlanes)
    let veils = (near: coarse?.near.samples, far: coarse?.far.samples)
    let filling = fill?.samples
    let disks = (0...LensBlur.fineParts).map { LensBlur.disk(ofPart: $0, scale: 0) }
    TileBlur.each(width: width, height: height, workers) { tile, memory in
      let (far, near) = (TileBlur(tile, in: memory.0), TileBlur(tile, in: memory.1))
      near.survey { parts.copy($0, to: $1) }
      far.survey { parts.copy($0, to: $1) }
      if let veil = veils.near { near.lay(veil) }
      for part in LensBlur.parts(ofScale: 0).reversed() {
        near.lay(disks[part], part: Float(-part)) {
          LensBlur.select(colors, parts, part: Float(-part), $0, into: $1)
        }
      }
      for part in 0...LensBlur.fineParts {
        far.lay(disks[part], part: Float(part)) {
          LensBlur.select(colors, parts, part: Float(part), $0, into: $1)
        }
      }
      if let veil = veils.far { far.lay(veil) }
      TileBlur.finish(near: near, far: far, fill: filling, parts: parts, into: target)
    }
    // Addresses do not hold memory: what they point into must outlive them.
    withExtendedLifetime((partPlane, coarse, fill, result)) {
      workers.bands(rows: height, width: width) { rows in
        for i in rows {
          for channel in 0..<3 {
            colors.row(channel, i).update(from: target.row(channel, i), count: width)
          }
        }
      }
    }
  }

  // MARK: Parts

  /// The part of each pixel, negative before the focus.
  private func findParts(of depth: Plane, into parts: Plane, workers: Workers) {
    let (width, height) = (depth.width, depth.height)
    let (from, to) = (PlaneSamples([depth]), PlaneSamples([parts]))
    workers.bands(rows: height, width: width) { rows in
      let pitch = (width + 15) / 16 * 16 + 32
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 3 * pitch)
      memory.initialize(repeating: 0, count: 3 * pitch)
      defer { memory.deallocate() }
      for y in rows {
        // Rows with a margin, beyond which they go on as they end.
        for (index, row) in [max(0, y - 1), y, min(height - 1, y + 1)].enumerated() {
          let line = memory + index * pitch + 8
          line.update(from: from.row(0, row), count: width)
          line[-1] = line[0]
          for i in 0..<16 { line[width + i] = line[width - 1] }
        }
        findParts(memory + 8, pitch, count: width, into: to.row(0, y))
      }
    }
  }

  /// The parts of a row from its depths, between those of its neighbors.
  private func findParts(
    _ lines: UnsafePointer<Float>, _ pitch: Int, count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    for v in 0..<(count + 7) / 8 {
      let i = 8 * v
      var (low, high) = (v8_splat(1e9), v8_splat(0))
      for line in 0..<3 {
        for k in -1...1 {
          let d = v8_clamp(v8_load(lines + (line &* pitch &+ i &+ k)), 0.01, 1e8)
          (low, high) = (v8_min(low, d), v8_max(high, d))
        }
      }
      // The mean of what is near and what is far, at an edge, is neither: it belongs to what covers.
      let d = v8_clamp(v8_load(lines + (pitch &+ i)), 0.01, 1e8)
      let isMixed = v8_and(v8_less(low * 1.1, d), v8_less(d * 1.1, high))
      let distance = v8_select(isMixed, low, d)
      let radius = (v8_splat(inverseFocus) - v8_splat(1) / distance) * strength
      let size = v8_min(v8_abs(radius), v8_splat(limit))
      let part = v8_select(
        v8_less(size, v8_splat(0.70710678)), size * 1.41421356,
        v8_log2(v8_max(size, v8_splat(1e-6))) * 2 + 2)
      v8_store(out + i, v8_select(v8_less(radius, v8_splat(0)), -part, part))
    }
  }

  /// The light of a stretch that belongs to a part, and the shares of pixels that do.
  private static func select(
    _ colors: PlaneSamples, _ parts: PlaneSamples, part: Float, _ stretch: TileBlur.Stretch,
    into lines: TileBlur.Lines
  ) {
    let source = parts.row(0, stretch.row) + stretch.first
    let r = colors.row(0, stretch.row) + stretch.first
    let g = colors.row(1, stretch.row) + stretch.first
    let b = colors.row(2, stretch.row) + stretch.first
    for v in 0..<(stretch.count + 7) / 8 {
      let i = 8 * v
      let share = v8_max(v8_splat(0), v8_splat(1) - v8_abs(v8_load(source + i) - part))
      v8_store(lines.channel(0) + i, v8_clamp(v8_load(r + i), 0, brightest) * share)
      v8_store(lines.channel(1) + i, v8_clamp(v8_load(g + i), 0, brightest) * share)
      v8_store(lines.channel(2) + i, v8_clamp(v8_load(b + i), 0, brightest) * share)
      v8_store(lines.channel(3) + i, share)
    }
  }

  private static func select(
    _ group: PlaneSamples, part: Float, _ stretch: TileBlur.Stretch, into lines: TileBlur.Lines
  ) {
    let r = group.row(0, stretch.row) + stretch.first
    let g = group.row(1, stretch.row) + stretch.first
    let b = group.row(2, stretch.row) + stretch.first
    let share = group.row(3, stretch.row) + stretch.first
    let place = group.row(4, stretch.row) + stretch.first
    for v in 0..<(stretch.count + 7) / 8 {
      let i = 8 * v
      let w = v8_load(share + i)
      let own = v8_load(place + i) / v8_max(w, v8_splat(1e-6))
      let gain = v8_max(v8_splat(0), v8_splat(1) - v8_abs(own - part))
      v8_store(lines.channel(0) + i, v8_load(r + i) * gain)
      v8_store(lines.channel(1) + i, v8_load(g + i) * gain)
      v8_store(lines.channel(2) + i, v8_load(b + i) * gain)
      v8_store(lines.channel(3) + i, w * gain)
    }
  }

  /// The parts of a stretch of a group; far from all where there is nothing of it.
  private static func place(
    of group: PlaneSamples, _ stretch: TileBlur.Stretch, _ out: UnsafeMutablePointer<Float>
  ) {
    let share = group.row(3, stretch.row) + stretch.first
    let place = group.row(4, stretch.row) + stretch.first
    for v in 0..<(stretch.count + 7) / 8 {
      let i = 8 * v
      let w = v8_load(share + i)
      let own = v8_load(place + i) / v8_max(w, v8_splat(1e-6))
      v8_store(out + i, v8_select(v8_less(v8_splat(0), w), own, v8_splat(.nan)))
    }
  }

  static func disk(ofPart part: Int, scale: Int) -> DiskKernel {
    DiskKernel(radius: part == 0 ? 0 : exp2(Double(part) / 2 - 1 - Double(scale)))
  }

  // MARK: Scales

  private func reduce(
    _ colors: PlaneSamples, _ parts: PlaneSamples, sign: Float, into group: PlaneSamples, above least: Float,
    _ workers: Workers
  ) {
    reduce(into: group, width: colors.width, height: colors.height, workers) { y, lines, pitch in
      let place = parts.row(0, y)
      let (r, g, b) = (colors.row(0, y), colors.row(1, y), colors.row(2, y))
      let zero = v8_splat(0)
      for v in 0..<(colors.width + 7) / 8 {
        let i = 8 * v
        let part = v8_load(place + i) * sign
        let counts = v8_less(v8_splat(least), part)
        v8_store(lines + i, v8_select(counts, LensBlur.light(r + i), zero))
        v8_store(lines + (pitch &+ i), v8_select(counts, LensBlur.light(g + i), zero))
        v8_store(lines + (2 &* pitch &+ i), v8_select(counts, LensBlur.light(b + i), zero))
        v8_store(lines + (3 &* pitch &+ i), v8_select(counts, v8_splat(1), zero))
        v8_store(lines + (4 &* pitch &+ i), v8_select(counts, part, zero))
      }
    }
  }

  private func reduce(
    _ source: PlaneSamples, into group: PlaneSamples, above least: Float, _ workers: Workers
  ) {
    reduce(into: group, width: source.width, height: source.height, workers) { y, lines, pitch in
      let (share, place) = (source.row(3, y), source.row(4, y))
      for channel in 0..<Group.planes {
        let (from, to) = (source.row(channel, y), lines + channel * pitch)
        for v in 0..<(source.width + 7) / 8 {
          let i = 8 * v
          let counts = v8_less(v8_load(share + i) * least, v8_load(place + i))
          v8_store(to + i, v8_select(counts, v8_load(from + i), v8_splat(0)))
        }
      }
    }
  }

  @inline(__always)
  private static func light(_ p: UnsafePointer<Float>) -> v8f { v8_clamp(v8_load(p), 0, brightest) }

  private static func linesPitch(width: Int) -> Int { (width + 15) / 16 * 16 + 16 }

  private static func linesBytes(width: Int) -> Int { 2 * Group.planes * linesPitch(width: width) * 4 }

  /// Means of two by two pixels of what `fill` makes of rows: a line for each plane of `target`, `pitch` floats apart.
  /// At an odd end, of those there are.
  private func reduce(
    into target: PlaneSamples, width: Int, height: Int, _ workers: Workers,
    fill: @Sendable (_ y: Int, _ lines: UnsafeMutablePointer<Float>, _ pitch: Int) -> Void
  ) {
    let pitch = LensBlur.linesPitch(width: width)
    let planes = target.planes
    workers.bands(rows: target.height, width: 2 * target.width) { rows in
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 2 * planes * pitch)
      memory.initialize(repeating: 0, count: 2 * planes * pitch)
      defer { memory.deallocate() }
      let lower = memory + planes * pitch
      for i in rows {
        let isPair = 2 * i + 1 < height
        fill(2 * i, memory, pitch)
        if isPair { fill(2 * i + 1, lower, pitch) }
        for plane in 0..<planes {
          let (a, b) = (memory + plane * pitch, lower + plane * pitch)
          let out = target.row(plane, i)
          if isPair {
            for j in 0..<width / 2 {
              out[j] = (0 + a[2 &* j] + a[2 &* j &+ 1] + b[2 &* j] + b[2 &* j &+ 1]) / 4
            }
            if width % 2 == 1 { out[width / 2] = (0 + a[width - 1] + b[width - 1]) / 2 }
          } else {
            for j in 0..<width / 2 { out[j] = (0 + a[2 &* j] + a[2 &* j &+ 1]) / 2 }
            if width % 2 == 1 { out[width / 2] = 0 + a[width - 1] }
          }
        }
      }
    }
  }

  /// What is seen behind near things: the picture without them, its holes filled from around (a pyramid of sums down,
  /// and of what is missing up again). The first is half as fine as the picture.
  private func filling(
    _ colors: PlaneSamples, _ parts: PlaneSamples, workers: Workers
  ) throws(OutOfMemory) -> Veil? {
    let count = LensBlur.fillScales(width: colors.width, height: colors.height)
    var veils: [Veil] = []
    for size in LensBlur.sizes(width: colors.width, height: colors.height, scales: count).dropFirst() {
      let veil = try Veil(size)
      if let last = veils.last?.samples {
        reduce(into: veil.samples, width: last.width, height: last.height, workers) { y, lines, pitch in
          for channel in 0..<Veil.planes {
            (lines + channel * pitch).update(from: last.row(channel, y), count: last.width)
          }
        }
      } else {
        reduce(into: veil.samples, width: colors.width, height: colors.height, workers) { y, lines, pitch in
          let place = parts.row(0, y)
          for channel in 0..<3 {
            let (from, to) = (colors.row(channel, y), lines + channel * pitch)
            for v in 0..<(colors.width + 7) / 8 {
              let i = 8 * v
              let share = v8_clamp(v8_load(place + i) + 1, 0, 1)
              v8_store(to + i, LensBlur.light(from + i) * share)
            }
          }
          for v in 0..<(colors.width + 7) / 8 {
            v8_store(lines + (3 &* pitch &+ 8 * v), v8_clamp(v8_load(place + 8 * v) + 1, 0, 1))
          }
        }
      }
      veils.append(veil)
    }
    for index in veils.indices.dropLast().reversed() {
      let (fine, coarse) = (veils[index].samples, veils[index + 1].samples)
      TileBlur.each(width: fine.width, height: fine.height, workers) { tile, memory in
        let work = TileBlur(tile, in: memory.0)
        work.fill(fine, from: coarse)
      }
    }
    return veils.first
  }
}
