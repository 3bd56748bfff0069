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
  /// Lines of red, green, blue and alpha on their way, `room` apart.
  private let moved: UnsafeMutablePointer<Float>
  private let room: Int
  private let counts: UnsafeMutablePointer<Int32>
  private let radix: RadixSorter?

  /// Keys that are counted lie below.
  private static let bins = 1024

  init(length: Int, settings: CompatibleSettings, work: SortWork) {
    self.settings = settings
    self.work = work
    room = SpanSorter.pitch(length: length)
    keys = .allocate(capacity: room)
    sums = .allocate(capacity: room)
    source = .allocate(capacity: room)
    members = .allocate(capacity: room)
    order = .allocate(capacity: room)
    items = .allocate(capacity: CompatibleSorter.fewest)
    moved = .allocate(capacity: 4 * room)
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
    9 * 4 * SpanSorter.pitch(length: length) + RadixSorter.bytes(capacity: length) + 8 * bins
  }

  /// Sorts a line; `line` is its number, which chance depends on.
  func sort(_ pixels: SortLine, line: Int) {
    let count = pixels.row.count
    guard count > 1 else { return }
    findKeys(of: pixels)
    let row = pixels.row
    let planes = [row.red, row.green, row.blue, row.alpha].prefix(pixels.isOpaque ? 3 : 4)
    if settings.intervals == .none, countsDirectly(count, pixels) {
      move(pixels)
      for (k, plane) in planes.enumerated() { plane.update(from: moved + k * room, count: count) }
      return
    }
    for i in 0..<count { source[i] = UInt32(truncatingIfNeeded: i) }
    forEachInterval(of: pixels, line: line) { sort($0, of: pixels) }
    for plane in planes {
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

  @inline(__always)
  static func store(_ v: v8i, _ p: UnsafeMutablePointer<Int32>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: v8i.self)
  }

  private func findKeys(of line: SortLine) {
    let row = line.row
    let code = EightBitCode()
    let isOpaque = line.isOpaque || row.isOpaque()
    let one = v8i(repeating: 1)
    let zero = v8i(repeating: 0)
    for v in 0..<(row.count + 7) / 8 {
      let i = 8 * v
      var (r, g, b) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      if !isOpaque { (r, g, b) = CompatibleSorter.uncovered(r, g, b, v8_load(row.alpha + i)) }
      // Codes rise with the light: that of the greatest channel is the greatest.
      let high = code(v8_greater(v8_greater(r, g), b))
      let low = code(v8_lesser(v8_lesser(r, g), b))
      CompatibleSorter.store(high &+ low, sums + i)
      let key: v8i
      switch settings.key {
      case .lightness: key = high &+ low
      case .minimum: key = low
      case .maximum: key = high
      case .intensity:
        key = code(r) &+ code(g) &+ code(b)
      case .saturation:
        // Differences from 3 up are negative and rise; then come 0 and 2, then 1.
        let difference = high &- low
        let isZero = (difference .== zero) .| (difference .== 2 &* one)
        key = difference.replacing(with: 300 &* one, where: isZero)
          .replacing(with: 301 &* one, where: difference .== one)
      case .hue:
        key = CompatibleSorter.hue(
          code(r), code(g), code(b), high, low)
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
    if countsDirectly(count, pixels) { return countDirectly(interval) }
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

  /// Whether counting alone brings pixels into their order.
  private func countsDirectly(_ count: Int, _ pixels: SortLine) -> Bool {
    radix == nil && pixels.protect == nil && !work.isReverse && !work.arranges && !work.isDescending
      && count > CompatibleSorter.fewest
  }

  /// Counts the keys of an interval.
  ///
  /// - Returns: the range of the keys. Of each, ``counts`` then holds the place of its first pixel.
  private func count(_ interval: Range<Int>) -> ClosedRange<Int> {
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
    return Int(low)...Int(high)
  }

  private func clear(_ found: ClosedRange<Int>) {
    (counts + found.lowerBound).update(repeating: 0, count: found.count)
  }

  /// The plainest case, by counting alone.
  private func countDirectly(_ interval: Range<Int>) {
    let found = count(interval)
    for i in interval {
      let key = Int(keys[i])
      source[Int(counts[key])] = UInt32(truncatingIfNeeded: i)
      counts[key] &+= 1
    }
    clear(found)
  }

  /// The same for a whole line: pixels themselves are put in their places in ``moved``.
  private func move(_ pixels: SortLine) {
    let row = pixels.row
    let found = count(0..<row.count)
    let (red, green, blue) = (row.red, row.green, row.blue)
    let (toRed, toGreen, toBlue) = (moved, moved + room, moved + 2 * room)
    if pixels.isOpaque {
      for i in 0..<row.count {
        let key = Int(keys[i])
        let place = Int(counts[key])
        counts[key] &+= 1
        toRed[place] = red[i]
        toGreen[place] = green[i]
        toBlue[place] = blue[i]
      }
    } else {
      let (alpha, toAlpha) = (row.alpha, moved + 3 * room)
      for i in 0..<row.count {
        let key = Int(keys[i])
        let place = Int(counts[key])
        counts[key] &+= 1
        toRed[place] = red[i]
        toGreen[place] = green[i]
        toBlue[place] = blue[i]
        toAlpha[place] = alpha[i]
      }
    }
    clear(found)
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
