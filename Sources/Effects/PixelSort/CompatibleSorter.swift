import CVector
import Catalog
import Raster

/// Sorts as pixelsort 1.0.2 does (a Python package of that name), to the bit where no chance takes part.
///
/// What it does, found out by reading and by running it:
/// - Colors are 8-bit sRGB; alpha does not count. Every line of pixels is cut into intervals at certain pixels, each
///   of which begins a new one, and every interval is sorted, stable and rising, from the first pixel to the last.
/// - `threshold`: every pixel whose lightness lies outside of the thresholds begins an interval. So dark and light
///   pixels are not left alone: one of them is sorted with what follows it.
/// - `edges`: the first of a run of pixels begins one whose lightness, after a 3 × 3 Laplacian of each channel, is not
///   below the lower threshold. The picture's border has no Laplacian and counts as it is.
/// - `mask`: the first pixel of a black run of the mask begins one. `none`: only lines do.
/// - Lightness is the mean of the greatest and the least channel, intensity the sum of all. Hue is that of HSL. Its
///   saturation takes codes for shares: difference / (2 − difference), where 0 and 2 become 0 and 1 stays 1, so that
///   the smallest differences are sorted to the end.
/// - Pixels that a mask keeps out stay in place, but end no interval: the others are sorted across them.
struct CompatibleSettings: Sendable {
  let intervals: PixelSort.Intervals
  let key: SortKey
  let bounds: Bounds
  /// Whether marks say where intervals begin.
  let isMarked: Bool
  /// Pixels.
  let span: Double
  let seed: Seed

  init(_ effect: PixelSort, context: EffectContext) {
    intervals = effect.intervals
    key = effect.key
    bounds = Bounds(effect)
    isMarked = CompatibleMarks.areNeeded(by: effect)
    span = max(1, min(1e6, context.geometry.pixels(effect.span)))
    seed = context.seed.derived("compatible")
  }

  /// The thresholds, for sums of the greatest and the least channel, twice the lightness.
  struct Bounds: Sendable {
    /// The least and the greatest sum that lie within them; the least may be greater.
    private(set) var low: Int32 = 0
    private(set) var high: Int32 = 510

    /// Lightness is compared with a threshold times 255, in doubles.
    init(_ effect: PixelSort) {
      while low <= 510, Double(low) / 2 < effect.lower * 255 { low += 1 }
      while high >= 0, Double(high) / 2 > effect.upper * 255 { high -= 1 }
    }

    @inline(__always)
    func contains(_ sum: Int32) -> Bool { sum >= low && sum <= high }
  }
}

/// Where intervals begin that are not found along a line alone.
enum CompatibleMarks {
  static func areNeeded(by effect: PixelSort) -> Bool {
    effect.intervals == .edges || effect.intervals == .mask
      || effect.spans != nil && effect.intervals == .threshold
  }

  static func bytes(for effect: PixelSort, region: PixelRect) -> Int {
    areNeeded(by: effect) ? Plane.bytes(width: region.width, height: region.height) : 0
  }

  /// A plane with 0 where an interval may begin, 1 elsewhere.
  static func plane(
    for effect: PixelSort, frame: Framebuffer, context: EffectContext
  ) throws(OutOfMemory) -> Plane? {
    guard areNeeded(by: effect) else { return nil }
    let region = frame.region
    let marks = try Plane(width: region.width, height: region.height)
    let bounds = CompatibleSettings.Bounds(effect)
    let layer = context.planes["spans"]
    let isLight = effect.spans?.channel == .luminance
    let source = Source(frame: frame, layer: layer, isLight: isLight)
    let whole = context.geometry.bounds
    let isLayer = effect.spans != nil || effect.intervals == .mask
    context.workers.bands(rows: region.height, width: region.width) { rows in
      let pitch = SpanSorter.pitch(length: region.width)
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 9 * pitch)
      memory.initialize(repeating: 0, count: 9 * pitch)
      defer { memory.deallocate() }
      func codes(_ y: Int, _ channel: Int) -> UnsafeMutablePointer<Int32> {
        memory + ((y - region.minY) % 3 * 3 + channel) * pitch
      }
      func load(_ y: Int) {
        guard region.rows.contains(y) else { return }
        if isLayer {
          source.codeLayer(row: y, into: codes(y, 0), count: region.width)
        } else {
          source.code(row: y, into: codes(y, 0), codes(y, 1), codes(y, 2))
        }
      }
      let channels = isLayer ? 1 : 3
      let needsNeighbors = effect.intervals == .edges
      if needsNeighbors, let first = rows.first {
        load(region.minY + first - 1)
        load(region.minY + first)
      }
      for i in rows {
        let y = region.minY + i
        load(needsNeighbors ? y + 1 : y)
        let out = marks.row(i)
        for x in 0..<region.width {
          switch effect.intervals {
          case .mask: out[x] = codes(y, 0)[x] >= 128 ? 1 : 0
          case .threshold: out[x] = bounds.contains(2 * codes(y, 0)[x]) ? 1 : 0
          default:
            // A border of the picture has no neighbors; one of the frame is never looked at where it counts.
            let isBorder =
              x + region.minX == whole.minX || x + region.minX == whole.maxX - 1 || y == whole.minY
              || y == whole.maxY - 1 || x == 0 || x == region.width - 1 || i == 0 || i == region.height - 1
            var (low, high) = (Int32(255), Int32(0))
            for channel in 0..<channels {
              var value = codes(y, channel)[x]
              if isLayer { value = value >= 128 ? 255 : 0 }
              if !isBorder {
                var sum: Int32 = 0
                for row in y - 1...y + 1 {
                  let line = codes(row, channel)
                  for dx in x - 1...x + 1 { sum += isLayer ? (line[dx] >= 128 ? 255 : 0) : line[dx] }
                }
                value = max(0, min(255, 9 * value - sum))
              }
              if isLayer, value > 0 { value = 255 }
              (low, high) = (min(low, value), max(high, value))
            }
            out[x] = low + high < bounds.low ? 1 : 0
          }
        }
      }
    }
    return marks
  }

  /// Rows as 8-bit codes.
  private struct Source: Sendable {
    let frame: Framebuffer
    let layer: LayerPlane?
    let isLight: Bool

    func code(
      row y: Int, into red: UnsafeMutablePointer<Int32>, _ green: UnsafeMutablePointer<Int32>,
      _ blue: UnsafeMutablePointer<Int32>
    ) {
      let row = frame.row(y)
      let isOpaque = row.isOpaque()
      for v in 0..<(row.count + 7) / 8 {
        let i = 8 * v
        var (r, g, b) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
        if !isOpaque { (r, g, b) = CompatibleSorter.uncovered(r, g, b, v8_load(row.alpha + i)) }
        CompatibleSorter.store(CompatibleSorter.code(r), red + i)
        CompatibleSorter.store(CompatibleSorter.code(g), green + i)
        CompatibleSorter.store(CompatibleSorter.code(b), blue + i)
      }
    }

    func codeLayer(row y: Int, into codes: UnsafeMutablePointer<Int32>, count: Int) {
      guard let layer, layer.region.rows.contains(y) else { return }
      let row = layer.row(y)
      for x in 0..<count {
        let value = isLight ? v8_srgb_encode(v8_splat(row[x]))[0] : row[x]
        codes[x] = value >= 1 ? 255 : value > 0 ? Int32(value * 255 + 0.5) : 0
      }
    }
  }
}

/// Sorts lines as ``CompatibleSettings`` say, in memory of its own; one for each job.
struct CompatibleSorter {
  private let settings: CompatibleSettings
  private let work: SortWork
  /// By pixel: the key, and the sum of the greatest and the least channel.
  private let keys, sums: UnsafeMutablePointer<Int32>
  /// By place: the pixel that goes there.
  private let source: UnsafeMutablePointer<UInt32>
  /// Places of an interval, and the order of what stands there.
  private let members, order: UnsafeMutablePointer<UInt32>
  private let items: UnsafeMutablePointer<UInt64>
  private let moved: UnsafeMutablePointer<Float>
  private let counts: UnsafeMutablePointer<Int32>
  private let radix: RadixSorter?

  /// Keys that are counted lie below.
  private static let bins = 1024

  init(length: Int, settings: CompatibleSettings, work: SortWork) {
    self.settings = settings
    self.work = work
    let room = SpanSorter.pitch(length: length)
    keys = .allocate(capacity: room)
    sums = .allocate(capacity: room)
    source = .allocate(capacity: room)
    members = .allocate(capacity: room)
    order = .allocate(capacity: room)
    items = .allocate(capacity: CompatibleSorter.fewest)
    moved = .allocate(capacity: room)
    counts = .allocate(capacity: CompatibleSorter.bins)
    counts.initialize(repeating: 0, count: CompatibleSorter.bins)
    for pointer in [keys, sums] { pointer.initialize(repeating: 0, count: room) }
    let isCounted: Bool =
      switch settings.key {
      case .lightness, .intensity, .saturation, .minimum, .maximum: true
      default: false
      }
    radix = isCounted ? nil : RadixSorter(capacity: length)
  }

  func deallocate() {
    for pointer in [keys, sums, counts] { pointer.deallocate() }
    for pointer in [source, members, order] { pointer.deallocate() }
    items.deallocate()
    moved.deallocate()
    radix?.deallocate()
  }

  static func bytes(length: Int) -> Int {
    6 * 4 * SpanSorter.pitch(length: length) + RadixSorter.bytes(capacity: length) + 8 * bins
  }

  /// Sorts a line; `line` is its number, which chance depends on.
  func sort(_ pixels: SortLine, line: Int) {
    let count = pixels.row.count
    guard count > 1 else { return }
    findKeys(of: pixels)
    for i in 0..<count { source[i] = UInt32(truncatingIfNeeded: i) }
    forEachInterval(of: pixels, line: line) { sort($0, of: pixels) }
    let row = pixels.row
    for plane in [row.red, row.green, row.blue, row.alpha] {
      for i in 0..<count { moved[i] = plane[Int(source[i])] }
      plane.update(from: moved, count: count)
    }
  }

  // MARK: Keys

  /// The color without the alpha that it was multiplied by.
  @inline(__always)
  static func uncovered(_ r: v8f, _ g: v8f, _ b: v8f, _ a: v8f) -> (v8f, v8f, v8f) {
    let gain = 1 / v8_max(a, v8_splat(1e-9))
    return (r * gain, g * gain, b * gain)
  }

  /// Light as an sRGB code of 8 bits.
  @inline(__always)
  static func code(_ light: v8f) -> v8i {
    v8_to_int(v8_clamp(v8_srgb_encode(v8_clamp(light, 0, 1)) * 255 + 0.5, 0, 255))
  }

  @inline(__always)
  static func store(_ v: v8i, _ p: UnsafeMutablePointer<Int32>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: v8i.self)
  }

  private func findKeys(of line: SortLine) {
    let row = line.row
    let isOpaque = row.isOpaque()
    let one = v8i(repeating: 1)
    let zero = v8i(repeating: 0)
    for v in 0..<(row.count + 7) / 8 {
      let i = 8 * v
      var (r, g, b) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      if !isOpaque { (r, g, b) = CompatibleSorter.uncovered(r, g, b, v8_load(row.alpha + i)) }
      // Codes rise with the light: that of the greatest channel is the greatest.
      let high = CompatibleSorter.code(v8_max(v8_max(r, g), b))
      let low = CompatibleSorter.code(v8_min(v8_min(r, g), b))
      CompatibleSorter.store(high &+ low, sums + i)
      let key: v8i
      switch settings.key {
      case .lightness: key = high &+ low
      case .minimum: key = low
      case .maximum: key = high
      case .intensity:
        key = CompatibleSorter.code(r) &+ CompatibleSorter.code(g) &+ CompatibleSorter.code(b)
      case .saturation:
        // Differences from 3 up are negative and rise; then come 0 and 2, then 1.
        let difference = high &- low
        let isZero = (difference .== zero) .| (difference .== 2 &* one)
        key = difference.replacing(with: 300 &* one, where: isZero)
          .replacing(with: 301 &* one, where: difference .== one)
      case .hue:
        key = CompatibleSorter.hue(
          CompatibleSorter.code(r), CompatibleSorter.code(g), CompatibleSorter.code(b), high, low)
      case .oklabLightness, .oklabChroma, .oklabHue, .depth: key = zero
      }
      CompatibleSorter.store(key, keys + i)
    }
    guard let radix else { return }
    switch settings.key {
    case .hue: break
    case .depth:
      if let depth = line.depth { SortKey.write(depth, count: row.count, to: radix.keys) }
      for i in 0..<row.count { keys[i] = Int32(bitPattern: radix.keys[i]) }
    default:
      settings.key.write(
        red: row.red, green: row.green, blue: row.blue, count: row.count, to: radix.keys)
      for i in 0..<row.count { keys[i] = Int32(bitPattern: radix.keys[i]) }
    }
  }

  /// Hue in steps of 2^-17 of a sixth. Different fractions of two codes are at least 1/255² apart, so equal steps are
  /// equal hues.
  @inline(__always)
  private static func hue(_ r: v8i, _ g: v8i, _ b: v8i, _ high: v8i, _ low: v8i) -> v8i {
    let zero = v8i(repeating: 0)
    let range = (high &- low).replacing(with: v8i(repeating: 1), where: high .== low)
    let isRed = r .== high
    let isGreen = (g .== high) .& .!isRed
    // How far beyond the sixth that the greatest channel names, −1…1.
    let difference = (b &- r).replacing(with: r &- g, where: .!isRed .& .!isGreen)
      .replacing(with: g &- b, where: isRed)
    let sixth = v8i(repeating: 4).replacing(with: v8i(repeating: 2), where: isGreen)
      .replacing(with: zero, where: isRed)
    let turned = difference .< zero
    let part = difference &+ range.replacing(with: zero, where: .!turned)
    let whole = sixth &- v8i(repeating: 0).replacing(with: v8i(repeating: 1), where: turned)
    let sector = whole.replacing(with: v8i(repeating: 5), where: whole .< zero)
    let steps = v8_to_int(v8_to_float(part) * 0x1p17 / v8_to_float(range))
    return (sector &* v8i(repeating: 1 << 17) &+ steps).replacing(with: zero, where: high .== low)
  }

  // MARK: Intervals

  /// Calls `body` with ranges of places, counted from where sorting begins.
  @inline(__always)
  private func forEachInterval(of pixels: SortLine, line: Int, _ body: (Range<Int>) -> Void) {
    let count = pixels.row.count
    var start = 0
    @inline(__always)
    func begin(_ place: Int) {
      if place - start > 1 { body(start..<place) }
      start = place
    }
    switch settings.intervals {
    case .none: break
    case .threshold:
      let bounds = settings.bounds
      let marks = settings.isMarked ? pixels.marks : nil
      for place in 0..<count {
        let i = work.isReverse ? count - 1 - place : place
        if let marks {
          if marks[i] == 0 { begin(place) }
        } else if !bounds.contains(sums[i]) {
          begin(place)
        }
      }
    case .edges, .mask:
      guard let marks = pixels.marks else { break }
      var isArmed = true
      for place in 0..<count {
        let isMarked = marks[work.isReverse ? count - 1 - place : place] == 0
        if isMarked, isArmed { begin(place) }
        isArmed = !isMarked
      }
    case .random, .waves:
      let own = settings.seed.derived(line)
      var place = 0.0
      var number = 0
      while true {
        let draw = own.unit(number)
        place +=
          settings.intervals == .random
          ? max(1, (settings.span * draw).rounded(.down))
          : settings.span.rounded() + (draw * 11).rounded(.down)
        number += 1
        guard place < Double(count) else { break }
        begin(Int(place))
      }
    }
    begin(count)
  }

  /// Lists up to this long are sorted by insertion.
  private static let fewest = 24

  private func sort(_ interval: Range<Int>, of pixels: SortLine) {
    let last = pixels.row.count - 1
    var count = interval.count
    if radix == nil, pixels.protect == nil, !work.isReverse, !work.arranges, !work.isDescending,
      count > CompatibleSorter.fewest
    {
      countDirectly(interval)
      return
    }
    if let protect = pixels.protect {
      count = 0
      for place in interval {
        let i = work.isReverse ? last - place : place
        guard protect[i] <= 0.5 else { continue }
        members[count] = UInt32(truncatingIfNeeded: i)
        count += 1
      }
    } else if work.isReverse {
      for (j, place) in interval.enumerated() { members[j] = UInt32(truncatingIfNeeded: last - place) }
    } else {
      for (j, place) in interval.enumerated() { members[j] = UInt32(truncatingIfNeeded: place) }
    }
    guard count > 1 else { return }
    findOrder(count)
    if work.arranges { work.arrange(order, count: count, spare: UnsafeMutablePointer(spare)) }
    for j in 0..<count { source[Int(members[j])] = members[Int(order[j])] }
  }

  /// The plainest case, by counting alone.
  private func countDirectly(_ interval: Range<Int>) {
    var (low, high) = (Int32(CompatibleSorter.bins - 1), Int32(0))
    for i in interval {
      let key = keys[i]
      counts[Int(key)] &+= 1
      low = key < low ? key : low
      high = key > high ? key : high
    }
    var sum = Int32(truncatingIfNeeded: interval.lowerBound)
    for key in Int(low)...Int(high) {
      let n = counts[key]
      counts[key] = sum
      sum &+= n
    }
    for i in interval {
      let key = Int(keys[i])
      source[Int(counts[key])] = UInt32(truncatingIfNeeded: i)
      counts[key] &+= 1
    }
    for key in Int(low)...Int(high) { counts[key] = 0 }
  }

  /// Numbers that are not needed while an interval is arranged.
  private var spare: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(moved).assumingMemoryBound(to: UInt32.self)
  }

  private func findOrder(_ count: Int) {
    let sign: Int32 = work.isDescending ? -1 : 1
    if count <= CompatibleSorter.fewest {
      for j in 0..<count {
        // The number in the low half makes equal keys keep their order.
        let key = UInt32(bitPattern: sign &* keys[Int(members[j])] &+ (1 << 23))
        let item = UInt64(key) << 32 | UInt64(UInt32(truncatingIfNeeded: j))
        var k = j
        while k > 0, items[k - 1] > item {
          items[k] = items[k - 1]
          k -= 1
        }
        items[k] = item
      }
      for j in 0..<count { order[j] = UInt32(truncatingIfNeeded: items[j]) }
      return
    }
    if let radix {
      for j in 0..<count {
        let key = UInt32(truncatingIfNeeded: keys[Int(members[j])])
        radix.keys[j] = work.isDescending ? RadixSorter.largestKey - key : key
      }
      radix.sort(count)
      order.update(from: radix.order, count: count)
      return
    }
    let top: Int32 = work.isDescending ? Int32(CompatibleSorter.bins - 1) : 0
    var (low, high) = (CompatibleSorter.bins, 0)
    for j in 0..<count {
      let key = Int(top &+ sign &* keys[Int(members[j])])
      counts[key] &+= 1
      (low, high) = (min(low, key), max(high, key))
    }
    var sum: Int32 = 0
    for key in low...high {
      let n = counts[key]
      counts[key] = sum
      sum &+= n
    }
    for j in 0..<count {
      let key = Int(top &+ sign &* keys[Int(members[j])])
      order[Int(counts[key])] = UInt32(truncatingIfNeeded: j)
      counts[key] &+= 1
    }
    for key in low...high { counts[key] = 0 }
  }
}
