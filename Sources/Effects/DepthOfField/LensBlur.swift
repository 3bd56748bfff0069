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
    return bytes + workers.count * BandBlur.bytes(width: width)
  }

  // MARK: Work

  /// What of a scale lies before the focus, or behind it: light, share of the pixel, and part, both times the share.
  private struct Group {
    static let planes = 5
    let planes: [Plane]

    init(_ size: (width: Int, height: Int)) throws(OutOfMemory) {
      var planes: [Plane] = []
      for _ in 0..<Group.planes { planes.append(try Plane(width: size.width, height: size.height)) }
      self.planes = planes
    }
  }

  /// A picture that covers what is behind it by shares: light times the share, and the share.
  struct Veil {
    static let planes = 4
    let planes: [Plane]

    init(_ size: (width: Int, height: Int)) throws(OutOfMemory) {
      var planes: [Plane] = []
      for _ in 0..<Veil.planes { planes.append(try Plane(width: size.width, height: size.height)) }
      self.planes = planes
    }
  }

  func blur(_ frame: Framebuffer, depth: Plane, workers: Workers) throws(OutOfMemory) {
    let (width, height) = (frame.width, frame.height)
    let parts = try Plane(width: width, height: height)
    findParts(of: depth, into: parts, workers: workers)

    // Down: what is large enough for a scale, before and behind.
    let sizes = LensBlur.sizes(width: width, height: height, scales: scales)
    var groups: [(near: Group, far: Group)] = []
    for (scale, size) in sizes.enumerated().dropFirst() {
      let group = (near: try Group(size), far: try Group(size))
      let least = LensBlur.least(ofScale: scale)
      if let last = groups.last {
        reduce(last.near, into: group.near, above: least, workers)
        reduce(last.far, into: group.far, above: least, workers)
      } else {
        reduce(frame, parts, sign: -1, into: group.near, above: least, workers)
        reduce(frame, parts, sign: 1, into: group.far, above: least, workers)
      }
      groups.append(group)
    }
    let fill = try filling(frame, parts, workers: workers)

    // Up: each scale is blurred, and laid over, or under, what comes from the coarser ones.
    var coarse: (near: Veil, far: Veil)?
    for scale in stride(from: scales, to: 0, by: -1) {
      let group = groups.removeLast()
      let result = (near: try Veil(sizes[scale]), far: try Veil(sizes[scale]))
      let before = coarse
      for (source, target, isNear) in [(group.near, result.near, true), (group.far, result.far, false)] {
        let veil = isNear ? before?.near : before?.far
        workers.each((sizes[scale].height + BandBlur.height - 1) / BandBlur.height) { band in
          let work = BandBlur(band: band, width: sizes[scale].width, rows: sizes[scale].height)
          defer { work.deallocate() }
          if isNear, let veil { work.lay(veil) }
          let order = Array(LensBlur.parts(ofScale: scale))
          for part in isNear ? order.reversed() : order {
            work.lay(LensBlur.disk(ofPart: part, scale: scale)) { y, lines in
              LensBlur.select(source, part: part, row: y, into: lines)
            }
          }
          if !isNear, let veil { work.lay(veil) }
          work.write(to: target)
        }
      }
      coarse = result
    }
    let result = try frame.copy(workers: workers)
    let veils = coarse
    workers.each((height + BandBlur.height - 1) / BandBlur.height) { band in
      let far = BandBlur(band: band, width: width, rows: height)
      let near = BandBlur(band: band, width: width, rows: height)
      defer {
        far.deallocate()
        near.deallocate()
      }
      if let veil = veils?.near { near.lay(veil) }
      for part in LensBlur.parts(ofScale: 0).reversed() {
        near.lay(LensBlur.disk(ofPart: part, scale: 0)) { y, lines in
          LensBlur.select(frame, parts, part: Float(-part), row: y, into: lines)
        }
      }
      for part in 0...LensBlur.fineParts {
        far.lay(LensBlur.disk(ofPart: part, scale: 0)) { y, lines in
          LensBlur.select(frame, parts, part: Float(part), row: y, into: lines)
        }
      }
      if let veil = veils?.far { far.lay(veil) }
      BandBlur.finish(near: near, far: far, fill: fill, parts: parts, into: result)
    }
    workers.bands(rows: height, width: width) { rows in
      for i in rows {
        for (from, to) in zip(result.colorPlanes, frame.colorPlanes) {
          to.row(i).update(from: from.row(i), count: width)
        }
      }
    }
  }

  // MARK: Parts

  /// The part of each pixel, negative before the focus.
  private func findParts(of depth: Plane, into parts: Plane, workers: Workers) {
    let (width, height) = (depth.width, depth.height)
    workers.bands(rows: height, width: width) { rows in
      let pitch = (width + 15) / 16 * 16 + 32
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 3 * pitch)
      memory.initialize(repeating: 0, count: 3 * pitch)
      defer { memory.deallocate() }
      for y in rows {
        // Rows with a margin, beyond which they go on as they end.
        let lines = [max(0, y - 1), y, min(height - 1, y + 1)].enumerated().map { index, row in
          let line = memory + index * pitch + 8
          line.update(from: depth.row(row), count: width)
          line[-1] = line[0]
          for i in 0..<16 { line[width + i] = line[width - 1] }
          return line
        }
        let out = parts.row(y)
        for v in 0..<(width + 7) / 8 {
          let i = 8 * v
          var (low, high) = (v8_splat(1e9), v8_splat(0))
          for line in lines {
            for k in -1...1 {
              let d = v8_clamp(v8_load(line + i + k), 0.01, 1e8)
              (low, high) = (v8_min(low, d), v8_max(high, d))
            }
          }
          // The mean of what is near and what is far, at an edge, is neither: it belongs to what covers.
          let d = v8_clamp(v8_load(lines[1] + i), 0.01, 1e8)
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
    }
  }

  /// The light of a row that belongs to a part, and the shares of pixels that do.
  private static func select(
    _ frame: Framebuffer, _ parts: Plane, part: Float, row y: Int, into lines: BandBlur.Lines
  ) {
    let source = parts.row(y)
    for v in 0..<(frame.width + 7) / 8 {
      let i = 8 * v
      let share = v8_max(v8_splat(0), v8_splat(1) - v8_abs(v8_load(source + i) - part))
      for (channel, plane) in frame.colorPlanes.enumerated() {
        v8_store(lines.channel(channel) + i, v8_clamp(v8_load(plane.row(y) + i), 0, brightest) * share)
      }
      v8_store(lines.channel(3) + i, share)
    }
  }

  private static func select(_ group: Group, part: Int, row y: Int, into lines: BandBlur.Lines) {
    let (share, place) = (group.planes[3].row(y), group.planes[4].row(y))
    for v in 0..<(group.planes[0].width + 7) / 8 {
      let i = 8 * v
      let w = v8_load(share + i)
      let own = v8_load(place + i) / v8_max(w, v8_splat(1e-6))
      let gain = v8_max(v8_splat(0), v8_splat(1) - v8_abs(own - Float(part)))
      for channel in 0..<3 {
        v8_store(lines.channel(channel) + i, v8_load(group.planes[channel].row(y) + i) * gain)
      }
      v8_store(lines.channel(3) + i, w * gain)
    }
  }

  static func disk(ofPart part: Int, scale: Int) -> DiskKernel {
    DiskKernel(radius: part == 0 ? 0 : exp2(Double(part) / 2 - 1 - Double(scale)))
  }

  // MARK: Scales

  private func reduce(
    _ frame: Framebuffer, _ parts: Plane, sign: Float, into group: Group, above least: Float,
    _ workers: Workers
  ) {
    reduce(into: group.planes, width: frame.width, height: frame.height, workers) { x, y, sums in
      let part = parts.row(y)[x] * sign
      guard part > least else { return }
      for (channel, plane) in frame.colorPlanes.enumerated() {
        sums[channel] += max(0, min(LensBlur.brightest, plane.row(y)[x]))
      }
      sums[3] += 1
      sums[4] += part
    }
  }

  private func reduce(_ source: Group, into group: Group, above least: Float, _ workers: Workers) {
    let planes = source.planes
    reduce(into: group.planes, width: planes[0].width, height: planes[0].height, workers) { x, y, sums in
      guard planes[4].row(y)[x] > least * planes[3].row(y)[x] else { return }
      for (channel, plane) in planes.enumerated() { sums[channel] += plane.row(y)[x] }
    }
  }

  /// Means of what `add` makes of two by two pixels; at an odd end, of those there are.
  private func reduce(
    into planes: [Plane], width: Int, height: Int, _ workers: Workers,
    _ add: @Sendable (Int, Int, inout SIMD8<Float>) -> Void
  ) {
    let target = (width: planes[0].width, height: planes[0].height)
    workers.bands(rows: target.height, width: 2 * target.width) { rows in
      for i in rows {
        for j in 0..<target.width {
          var sums = SIMD8<Float>()
          for y in 2 * i..<min(height, 2 * i + 2) {
            for x in 2 * j..<min(width, 2 * j + 2) { add(x, y, &sums) }
          }
          let count = Float((min(height, 2 * i + 2) - 2 * i) * (min(width, 2 * j + 2) - 2 * j))
          for (channel, plane) in planes.enumerated() { plane.row(i)[j] = sums[channel] / count }
        }
      }
    }
  }

  /// What is seen behind near things: the picture without them, its holes filled from around (a pyramid of sums down,
  /// and of what is missing up again). The first is half as fine as the picture.
  private func filling(_ frame: Framebuffer, _ parts: Plane, workers: Workers) throws(OutOfMemory) -> Veil? {
    let count = LensBlur.fillScales(width: frame.width, height: frame.height)
    var veils: [Veil] = []
    for size in LensBlur.sizes(width: frame.width, height: frame.height, scales: count).dropFirst() {
      let veil = try Veil(size)
      if let last = veils.last?.planes {
        reduce(into: veil.planes, width: last[0].width, height: last[0].height, workers) { x, y, sums in
          for (channel, plane) in last.enumerated() { sums[channel] += plane.row(y)[x] }
        }
      } else {
        reduce(into: veil.planes, width: frame.width, height: frame.height, workers) { x, y, sums in
          let share = max(0, min(1, 1 + parts.row(y)[x]))
          for (channel, plane) in frame.colorPlanes.enumerated() {
            sums[channel] += max(0, min(LensBlur.brightest, plane.row(y)[x])) * share
          }
          sums[3] += share
        }
      }
      veils.append(veil)
    }
    for index in veils.indices.dropLast().reversed() {
      let (fine, coarse) = (veils[index], veils[index + 1])
      workers.each((fine.planes[0].height + BandBlur.height - 1) / BandBlur.height) { band in
        let work = BandBlur(band: band, width: fine.planes[0].width, rows: fine.planes[0].height)
        defer { work.deallocate() }
        work.fill(fine, from: coarse)
      }
    }
    return veils.first
  }
}

/// A disk of even light as weights of pixels, whose sum is 1. Its edge is one pixel soft.
struct DiskKernel: Sendable {
  struct Tap: Sendable {
    var x, y: Int
    var weight: Float
  }
  let taps: [Tap]
  /// How far it reaches, pixels.
  let reach: Int

  init(radius: Double) {
    let reach = max(0, Int((radius + 0.5).rounded(.up)) - 1)
    var taps: [Tap] = []
    var sum = 0.0
    for y in -reach...reach {
      for x in -reach...reach {
        let weight = max(0, min(1, radius + 0.5 - Double(x * x + y * y).squareRoot()))
        guard weight > 0 else { continue }
        taps.append(Tap(x: x, y: y, weight: Float(weight)))
        sum += weight
      }
    }
    self.reach = reach
    self.taps = taps.map { Tap(x: $0.x, y: $0.y, weight: $0.weight / Float(sum)) }
  }
}
