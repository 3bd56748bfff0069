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

/// Streaks of light from highlights: the line of an anamorphic lens, the star of a stopped-down iris.
///
/// An arm fades as exp(−d/l), so its light sums to one along it at any length. Blades of an iris bend long waves
/// farther than short ones: red's l is longer than blue's by `spectrum`, and the ends of arms turn from white to their color.
///
/// Arms are drawn on a scale of the pyramid whose pixels are finer than the arms are thick. Each is a geometric series,
/// Σ qⁱ light(p − i d), whose first 4ⁿ terms are taken in n passes of four terms each, at distances of 4ᵖ (M. Kawase,
/// "Frame Buffer Postprocessing Effects in Double-S.T.E.A.L.", GDC 2003).
public struct Streaks: Effect {
  public static let name = "streaks"
  public static let summary = "Streaks of light from highlights: a line as of an anamorphic lens, or a star."

  var amount: Float = 0.35
  var arms = 2
  var angle: Double = 0
  /// Share of the picture's height.
  var length: Double = 0.22
  var thickness: Double = 0.003
  var threshold: Float = 1.5
  var knee: Float = 0.5
  var spectrum: Double = 0.35
  var tint = LinearColor.white

  public static let parameters: [Parameter<Streaks>] = [
    .init(
      "streaks", \.amount, .number(0...4, suggested: 0.1...1),
      "Light in the streaks, as a share of the light above the threshold; arms share it."),
    .init(
      "arms", \.arms, .integer(1...24),
      "How many arms a light has, evenly about it: 2 make a line, 4 a cross, 6 or 8 a star."),
    .init("angle", \.angle, .angle(), "Where the first arm leads: 0 to the right, 90 down."),
    .init(
      "length", \.length, .length(0...4, suggested: 0.03...0.6),
      "Distance within which nine tenths of an arm's light lie."),
    .init(
      "thickness", \.thickness, .length(0.0002...0.1, suggested: 0.001...0.01), "Thickness of the arms."),
    .init(
      "threshold", \.threshold, .number(0...64, suggested: 0.5...4, unit: .linearLight),
      "What a pixel's brightest channel must exceed to streak."),
    .init(
      "knee", \.knee, .number(0...1),
      "How softly streaking sets in about the threshold: 0 at once, 1 from black on."),
    .init(
      "spectrum", \.spectrum, .number(-1...1, suggested: 0...0.7),
      "How much farther red reaches than blue: 1 is four times as far; below 0 blue reaches farther."),
    .init("tint", \.tint, .color, "Color that the streaks are multiplied by."),
  ]

  public static let neutral: Streaks? = {
    var s = Streaks()
    s.amount = 0
    return s
  }()

  public init() {}

  /// How arms are drawn in a picture.
  struct Layout {
    /// Steps down the pyramid.
    let halvings: Int
    /// What of a channel's light is left after one pixel of the scale.
    let decays: SIMD3<Double>
    /// Passes of four terms.
    let passes: Int
    /// Where arms lead, pixels of the scale.
    let directions: [Point]
    /// Standard deviation of what makes arms as thick as is due, pixels of the scale.
    let softness: Double
    /// How far an arm may reach, pixels of the scale.
    let terms: Int

    /// Terms of a series after which hardly any light is left to come.
    private static let mostPasses = 6

    init(_ settings: Streaks, _ geometry: Geometry) {
      let size = max(1, max(geometry.width, geometry.height))
      let limit = Int.bitWidth - size.leadingZeroBitCount
      let thickness = geometry.pixels(settings.thickness)
      let longest = geometry.pixels(settings.length) * exp2(abs(settings.spectrum))
      var count = 0
      // The pyramid's own blur, with a deviation of 1.2 pixels of the scale, is the thinnest arm; a series has an end.
      while count < limit,
        2.45 * exp2(Double(count + 1)) <= thickness
          || 3 * longest / exp2(Double(count)) > exp2(Double(2 * Layout.mostPasses))
      { count += 1 }
      halvings = count
      let pixel = exp2(Double(count))
      // Nine tenths lie within 2.3 times the length on which light falls to 1/e.
      let lengths =
        SIMD3(
          exp2(settings.spectrum), 1, exp2(-settings.spectrum))
        * (geometry.pixels(settings.length) / log(10) / pixel)
      decays = SIMD3(
        Layout.decay(lengths.x), Layout.decay(lengths.y), Layout.decay(lengths.z))
      // Until 1/1000 is left.
      let farthest = max(lengths.x, lengths.y, lengths.z) * log(1000)
      var passes = 1
      while passes < Layout.mostPasses, exp2(Double(2 * passes)) < farthest { passes += 1 }
      self.passes = passes
      terms = 1 << (2 * passes)
      // Half the thickness is the deviation across.
      let variance = (thickness * thickness / 4 - PyramidScale.variance(halvings: count)) / (pixel * pixel)
      softness = max(0, variance).squareRoot()
      let first = settings.angle.truncatingRemainder(dividingBy: 360)
      directions = (0..<max(1, settings.arms)).map {
        let degrees = first + 360 * Double($0) / Double(max(1, settings.arms))
        // Arms along rows and columns must not leave them by a hair.
        func exact(_ x: Double) -> Double { abs(x - x.rounded()) < 1e-9 ? x.rounded() : x }
        return Point(exact(cos(degrees * .pi / 180)), exact(sin(degrees * .pi / 180)))
      }
    }

    private static func decay(_ length: Double) -> Double { length > 1e-3 ? exp(-1 / length) : 0 }

    /// The pixels of each scale for a region of the picture; the picture itself is left out unless it is the only one.
    func rects(for region: PixelRect) -> [PixelRect] {
      guard halvings > 0 else { return [region] }
      var rects: [PixelRect] = []
      for _ in 0..<halvings { rects.append(PyramidScale.rect(above: rects.last ?? region, .both)) }
      return rects
    }

    /// What makes arms thick.
    func blur(size: Int) -> GaussianBlur? {
      softness > 0.3 ? GaussianBlur([.init(sigma: softness)], size: size) : nil
    }

    func reach(in geometry: Geometry) -> Reach {
      let blur = blur(size: max(geometry.width, geometry.height))
      let cells = terms + 2 * passes + (blur?.support ?? 0)
      let pixels = min(Reach.everything, PyramidScale.support(halvings: halvings) + cells << halvings)
      return Reach(x: pixels, y: pixels, alignment: (blur?.alignment ?? 1) << halvings)
    }
  }

  public func reach(in geometry: Geometry) -> Reach {
    amount > 0 ? Layout(self, geometry).reach(in: geometry) : .none
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0, !region.isEmpty else { return 0 }
    let layout = Layout(self, context.geometry)
    let rects = layout.rects(for: region)
    let last = rects.last ?? region
    let blur = layout.blur(size: max(context.geometry.width, context.geometry.height))
    let bytes = rects.map { PyramidScale.bytes(of: $0) }
    let own = PyramidScale.bytes(of: last)
    // On the way down and up two neighboring scales at once, up beside the sum of the arms; between them the light, the
    // sum, and what either the blur or the passes need.
    let pairs = zip(bytes, bytes.dropFirst()).map { $0 + $1 }
    let up = (pairs.dropLast().max() ?? 0) + own
    return max(
      pairs.max() ?? own, pairs.count > 1 ? up : 0, 2 * own + max(2 * own, blur?.scratchBytes(for: last) ?? 0)
    )
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let workers = context.workers
    let layout = Layout(self, context.geometry)
    let rects = layout.rects(for: frame.region)
    let source = GlowSource(threshold: threshold, knee: knee)
    let sum = try drawArms(of: frame, source, layout, rects, context)
    // Up again: arms share the light.
    let adder = GlowAdder(
      gains: SIMD3<Float>(tint) * (amount / Float(layout.directions.count)), source: source)
    guard layout.halvings > 0 else {
      workers.bands(rows: frame.height, width: frame.width) { band in
        for i in band {
          adder.add(
            sum.planes[0].row(i), sum.planes[1].row(i), sum.planes[2].row(i),
            to: frame.row(frame.region.minY + i))
        }
      }
      return
    }
    var scale = sum
    let one = SIMD3<Float>(repeating: 1)
    for rect in rects.dropLast().reversed() {
      let finer = try PyramidScale(rect: rect)
      scale.enlarge(.both, to: rect, gains: one, workers: workers) { y, lines in
        for (channel, plane) in finer.planes.enumerated() {
          plane.row(y - rect.minY).update(from: lines.channel(channel), count: rect.width)
        }
      }
      scale = finer
    }
    scale.enlarge(.both, to: frame.region, gains: one, workers: workers) { y, lines in
      adder.add(lines.channel(0), lines.channel(1), lines.channel(2), to: frame.row(y))
    }
  }

  /// The sum of all arms on the coarsest scale.
  private func drawArms(
    of frame: Framebuffer, _ source: GlowSource, _ layout: Layout, _ rects: [PixelRect],
    _ context: EffectContext
  ) throws(OutOfMemory) -> PyramidScale {
    let workers = context.workers
    var light: PyramidScale?
    for rect in rects {
      let scale = try PyramidScale(rect: rect)
      if layout.halvings == 0 {
        workers.bands(rows: rect.height, width: rect.width) { band in
          for i in band {
            source.extract(
              frame.row(rect.minY + i), into: scale.planes[0].row(i), scale.planes[1].row(i),
              scale.planes[2].row(i))
          }
        }
      } else if let finer = light {
        scale.reduce(finer, .both, workers: workers)
      } else {
        scale.reduce(.both, rect: frame.region, workers: workers) { y, lines in
          source.extract(frame.row(y), into: lines.channel(0), lines.channel(1), lines.channel(2))
        }
      }
      light = scale
    }
    let rect = rects.last ?? frame.region
    let sum = try PyramidScale(rect: rect)
    for plane in sum.planes { plane.fill(0, workers: workers) }
    guard let light else { return sum }
    if let blur = layout.blur(size: max(context.geometry.width, context.geometry.height)) {
      try blur.apply(to: rect, workers: workers) { y, lines in
        for (channel, plane) in light.planes.enumerated() {
          lines.channel(channel).update(from: plane.row(y - rect.minY), count: rect.width)
        }
      } emit: { y, lines in
        for (channel, plane) in light.planes.enumerated() {
          plane.row(y - rect.minY).update(from: lines.channel(channel), count: rect.width)
        }
      }
    }
    let passes = [try PyramidScale(rect: rect), try PyramidScale(rect: rect)]
    for direction in layout.directions {
      var from = light
      var distance = 1.0
      for pass in 0..<layout.passes {
        let isLast = pass == layout.passes - 1
        let to = isLast ? sum : passes[pass % 2]
        for channel in 0..<3 {
          let decay = pow(layout.decays[channel], distance)
          // The series of all terms sums to one.
          let whole = (1 - layout.decays[channel]) / (1 - pow(layout.decays[channel], Double(layout.terms)))
          let series = ArmPass(
            direction: direction, distance: distance, decay: decay, gain: isLast ? whole : 1, adds: isLast)
          series.apply(from.planes[channel], to: to.planes[channel], workers: workers)
        }
        from = to
        distance *= 4
      }
    }
    return sum
  }
}

/// Four terms of a geometric series along a direction: out(p) = gain · Σ decayⁱ in(p − i · distance · direction). What
/// lies outside the plane is dark.
private struct ArmPass: Sendable {
  /// One term: the whole pixels and the shares of the four samples between which it lies.
  struct Term {
    let x, y: Int
    let weights: SIMD4<Float>
  }
  private let terms: [Term]
  private let adds: Bool

  init(direction: Point, distance: Double, decay: Double, gain: Double, adds: Bool) {
    self.adds = adds
    terms = (0..<4).compactMap { i in
      let weight = gain * pow(decay, Double(i))
      // Light too weak to count, as of all terms but the first where there is no length.
      guard i == 0 || weight > 1e-9 * gain else { return nil }
      let x = -Double(i) * distance * direction.x
      let y = -Double(i) * distance * direction.y
      let (wholeX, wholeY) = (x.rounded(.down), y.rounded(.down))
      let (u, v) = (x - wholeX, y - wholeY)
      return Term(
        x: Int(wholeX), y: Int(wholeY),
        weights: SIMD4(
          Float(weight * (1 - u) * (1 - v)), Float(weight * u * (1 - v)), Float(weight * (1 - u) * v),
          Float(weight * u * v)))
    }
  }

  func apply(_ from: Plane, to: Plane, workers: Workers) {
    let width = from.width
    workers.bands(rows: from.height, width: 4 * width) { band in
      // A row with room for what lies before and behind it.
      let line = UnsafeMutablePointer<Float>.allocate(capacity: width + 32)
      let sums = UnsafeMutablePointer<Float>.allocate(capacity: width + 32)
      defer {
        line.deallocate()
        sums.deallocate()
      }
      for y in band {
        let out = to.row(y)
        if adds {
          sums.update(from: out, count: width)
        } else {
          sums.update(repeating: 0, count: width)
        }
        for term in terms {
          ArmPass.add(from, y + term.y, term.x, term.weights.x, term.weights.y, to: sums)
          ArmPass.add(from, y + term.y + 1, term.x, term.weights.z, term.weights.w, to: sums)
        }
        out.update(from: sums, count: width)
      }
    }
  }

  /// Adds `left` · row(x + shift) + `right` · row(x + shift + 1) to the sums.
  @inline(__always)
  private static func add(
    _ from: Plane, _ y: Int, _ shift: Int, _ left: Float, _ right: Float, to sums: UnsafeMutablePointer<Float>
  ) {
    guard y >= 0, y < from.height, left != 0 || right != 0 else { return }
    let row = from.row(y)
    let width = from.width
    // Pixels for which both samples are there; at either end there may be one for which only one is.
    let low = max(0, -shift)
    let high = min(width, width - 1 - shift)
    if low > 0, low - 1 < width, low + shift < width, low + shift >= 0 {
      sums[low - 1] += right * row[low + shift]
    }
    guard low < high else {
      if low == high, low < width { sums[low] += left * row[low + shift] }
      return
    }
    var x = low
    while x &+ 8 <= high {
      let p = row + (x &+ shift)
      v8_store(sums + x, v8_load(sums + x) + (v8_load(p) * left + v8_load(p + 1) * right))
      x &+= 8
    }
    while x < high {
      sums[x] += left * row[x &+ shift] + right * row[x &+ shift &+ 1]
      x &+= 1
    }
    if high < width { sums[high] += left * row[high + shift] }
  }
}
