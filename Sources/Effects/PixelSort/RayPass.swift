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

/// Sorts a picture along rays from a center, or along rings around it.
struct RayPass: Sendable {
  private let rays: SortRays
  private let planes: SortPlanes
  private let work: SortWork
  private let plan: SpanPlan?
  private let compatible: CompatibleSettings?
  private let workers: Workers
  private let region: PixelRect

  init(rays: SortRays, effect: PixelSort, frame: Framebuffer, context: EffectContext) throws(OutOfMemory) {
    self.rays = rays
    var marks: Plane?
    if effect.compatible == .none {
      plan = try SpanPlan(effect, along: rays, frame: frame, context: context)
      compatible = nil
    } else {
      plan = nil
      compatible = CompatibleSettings(effect, context: context)
      marks = try CompatibleMarks.plane(for: effect, frame: frame, context: context)
    }
    planes = SortPlanes(frame, context: context, marks: marks)
    work = SortWork(effect, isReverse: false)
    workers = context.workers
    region = frame.region
  }

  /// Pixels that a job collects, about.
  private static let jobPixels = 1 << 17

  /// Paths whose pixels are collected together.
  private var jobPaths: Int {
    let share = Double(RayPass.jobPixels) / (.pi * rays.radius * rays.radius)
    let paths = rays.isRing ? share * rays.radius / 2 : share * Double(rays.count)
    return max(1, min(rays.count, Int(min(1e9, paths))))
  }

  /// A path and what else a job holds are no longer than this.
  static func jobBytes(region: PixelRect) -> Int {
    // A ring has less pixels than the picture, a ray less than its sides.
    let length = min(region.area, 8 * (region.width + region.height)) + 64
    return max(SpanSorter.bytes(length: length), CompatibleSorter.bytes(length: length))
      + SortPlanes.most * length * 4 + RadixSorter.bytes(capacity: length) + 4 * length
      + 48 * min(region.area, 2 * jobPixels + 4 * length)
  }

  func run() {
    let size = jobPaths
    workers.each((rays.count + size - 1) / size) { job in
      let paths = job * size..<min(rays.count, (job + 1) * size)
      let pixels = PathPixels(rays, paths: paths, region: region, stride: planes.frame.red.stride)
      guard pixels.longest > 1 else { return }
      let sorter = PathSorter(self, length: pixels.longest)
      defer { sorter.deallocate() }
      for path in paths { sorter.sort(path, pixels) }
    }
  }

  /// Sorts paths one after the other, with memory for one.
  private struct PathSorter {
    let pass: RayPass
    let spans: SpanSorter?
    let compatible: CompatibleSorter?
    let placer: RadixSorter
    let memory: UnsafeMutablePointer<Float>
    let offsets: UnsafeMutablePointer<Int>
    let places: UnsafeMutablePointer<Float>
    let pitch: Int

    init(_ pass: RayPass, length: Int) {
      self.pass = pass
      spans = pass.plan == nil ? nil : SpanSorter(length: length, work: pass.work, shares: false)
      compatible = pass.compatible.map { CompatibleSorter(length: length, settings: $0, work: pass.work) }
      placer = RadixSorter(capacity: length)
      pitch = SpanSorter.pitch(length: length)
      memory = .allocate(capacity: pass.planes.all.count * pitch)
      memory.initialize(repeating: 0, count: pass.planes.all.count * pitch)
      offsets = .allocate(capacity: length)
      places = .allocate(capacity: length)
    }

    func deallocate() {
      spans?.deallocate()
      compatible?.deallocate()
      placer.deallocate()
      memory.deallocate()
      offsets.deallocate()
      places.deallocate()
    }

    func sort(_ path: Int, _ pixels: PathPixels) {
      let own = pixels.range(ofPath: path)
      let count = own.count
      let strip = pass.plan?.strip(ofPath: path)
      if pass.plan != nil, strip == nil || pass.plan?.spans[strip ?? 0].isEmpty ?? true { return }
      guard count > 1 else { return }
      let start = Float(strip.flatMap { pass.plan?.starts[$0] } ?? pass.rays.start)
      // The order in which they stand on the path.
      for (i, number) in own.enumerated() {
        var place = pixels.places[number]
        if pass.rays.isRing {
          place -= start
          if place < 0 { place += 1 }
        }
        places[i] = place
        placer.keys[i] = min(RadixSorter.largestKey, UInt32(max(0, place) * Float(RadixSorter.largestKey)))
      }
      placer.sort(count)
      for i in 0..<count { offsets[i] = pixels.offsets[own.lowerBound + Int(placer.order[i])] }
      for (k, plane) in pass.planes.all.enumerated() {
        let (from, to) = (plane.base, memory + k * pitch)
        for i in 0..<count { to[i] = from[offsets[i]] }
      }
      let line = pass.planes.line(memory, pitch: pitch, count: count)
      compatible?.sort(line, line: path)
      if let spans, let strip, let plan = pass.plan {
        // Cells along the path in shares of its length.
        let across = plan.layout.middle(ofStrip: strip)
        let length =
          pass.rays.isRing ? 2 * Double.pi * across : pass.rays.radius / pass.rays.lattice.unit
        func first(_ cell: Int) -> Int {
          let place = Float(Double(cell) / max(1e-9, length))
          var (low, high) = (0, count)
          while low < high {
            let middle = (low + high) / 2
            if places[Int(placer.order[middle])] < place { low = middle + 1 } else { high = middle }
          }
          return low
        }
        for span in plan.spans[strip] {
          let (low, high) = (first(span.lowerBound), first(span.upperBound))
          if high - low > 1 { spans.sort(line.dropping(low, count: high - low)) }
        }
      }
      for (k, plane) in pass.planes.frame.planes.enumerated() {
        let (from, to) = (memory + k * pitch, plane.base)
        for i in 0..<count { to[offsets[i]] = from[i] }
      }
    }
  }
}

/// The pixels of a few neighboring rays or rings, by path, each path in the order of the picture's rows.
private struct PathPixels {
  private let paths: Range<Int>
  private var ends: [Int]
  /// Where in a plane they lie.
  private(set) var offsets: [Int] = []
  /// How far along their path: turns, or shares of the greatest distance.
  private(set) var places: [Float] = []

  var longest: Int {
    var (longest, start) = (0, 0)
    for end in ends {
      longest = max(longest, end - start)
      start = end
    }
    return longest
  }

  func range(ofPath path: Int) -> Range<Int> {
    let i = path - paths.lowerBound
    return (i == 0 ? 0 : ends[i - 1])..<ends[i]
  }

  init(_ rays: SortRays, paths: Range<Int>, region: PixelRect, stride: Int) {
    self.paths = paths
    var found: [(offset: Int, path: Int32, place: Float)] = []
    let scale = Float(1 / rays.radius)
    let center = (x: Float(rays.center.x - 0.5), y: Float(rays.center.y - 0.5))
    let (low, high) = (Int32(paths.lowerBound), Int32(paths.upperBound))
    let last = Float(rays.count - 1)
    for y in region.rows {
      let dy = v8_splat(Float(y) - center.y)
      for columns in PathPixels.columns(of: rays, paths, row: y, in: region.columns) {
        var x = columns.lowerBound
        while x < columns.upperBound {
          let dx = v8_splat(Float(x) - center.x) + v8f(0, 1, 2, 3, 4, 5, 6, 7)
          let distance = v8_sqrt(dx * dx + dy * dy)
          let turns = v8_turns(dx, dy)
          let number = rays.isRing ? distance : turns * Float(rays.count)
          let path = v8_to_int(v8_clamp(number, 0, last))
          let place = rays.isRing ? turns : distance * scale
          for lane in 0..<min(8, columns.upperBound - x) where path[lane] >= low && path[lane] < high {
            let offset = (y - region.minY) * stride + x + lane - region.minX
            found.append((offset, path[lane] - low, place[lane]))
          }
          x += 8
        }
      }
    }
    ends = Array(repeating: 0, count: paths.count)
    for item in found { ends[Int(item.path)] += 1 }
    var sum = 0
    for i in ends.indices {
      sum += ends[i]
      ends[i] = sum - ends[i]
    }
    offsets = Array(repeating: 0, count: found.count)
    places = Array(repeating: 0, count: found.count)
    for item in found {
      let slot = ends[Int(item.path)]
      offsets[slot] = item.offset
      places[slot] = item.place
      ends[Int(item.path)] = slot + 1
    }
  }

  /// Runs of a row outside of which none of these paths has pixels.
  private static func columns(
    of rays: SortRays, _ paths: Range<Int>, row y: Int, in bounds: Range<Int>
  ) -> [Range<Int>] {
    let dy = Double(y) + 0.5 - rays.center.y
    func run(_ low: Double, _ high: Double) -> Range<Int>? {
      // Centers of pixels lie half a pixel in; another one for what rounding moves.
      let a = max(Double(bounds.lowerBound), (rays.center.x + low - 2).rounded(.down))
      let b = min(Double(bounds.upperBound), (rays.center.x + high + 2).rounded(.up))
      return a < b ? Int(a)..<Int(b) : nil
    }
    if rays.isRing {
      let (inner, outer) = (Double(paths.lowerBound) - 0.01, Double(paths.upperBound) + 0.01)
      guard abs(dy) < outer else { return [] }
      let far = (outer * outer - dy * dy).squareRoot()
      // The last ring takes in all that is farther out.
      guard paths.upperBound < rays.count else { return [bounds] }
      let near = inner > abs(dy) ? (inner * inner - dy * dy).squareRoot() : 0
      guard near > 3 else { return [run(-far, far)].compactMap { $0 } }
      return [run(-far, -near), run(near, far)].compactMap { $0 }
    }
    let margin = 1e-5
    let from = Double(paths.lowerBound) / Double(rays.count) - margin
    let to = Double(paths.upperBound) / Double(rays.count) + margin
    guard to - from < 0.24, abs(dy) > 1e-3 else { return [bounds] }
    // In a row below the center angles fall from half a turn to none, in one above it they rise from half to a whole.
    let (low, high) = dy > 0 ? (max(0, from), min(0.5, to)) : (max(0.5, from), min(1, to))
    guard low < high else { return [] }
    func place(_ turns: Double) -> Double {
      let angle = 2 * .pi * turns
      let slope = tan(angle)
      return abs(slope) < 1e-12 ? (turns > 0.25 && turns < 0.75 ? -.infinity : .infinity) : dy / slope
    }
    let (a, b) = (place(low), place(high))
    return [run(min(a, b), max(a, b))].compactMap { $0 }
  }
}
