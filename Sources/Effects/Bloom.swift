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

/// Lets bright light spill over its surroundings, as lens, eye and damp air do.
///
/// Light above the threshold is blurred by a kernel that sums to one and `amount` times the result is added to
/// the picture: `amount` is the share of that light which is scattered on top. Alpha stays: the glow of a layer
/// is light without a body.
///
/// The kernel is a mixture of Gaussians whose weight per octave of width σ is exp(−(a/σ)²/2) · exp(−(σ/b)²/2).
/// Between a and b that is constant, and the glow of a point falls off as 1 / (1 + (r/a)²), the inverse square
/// of scattering; b = 32 a keeps it from veiling the whole picture. The radius fixes a and b as lengths on the
/// picture, and the mixture is shared out among the scales of a pyramid at equal variance, so that a draft
/// glows like the sheet, and a moving radius never jumps from scale to scale. Cost does not depend on it.
public struct Bloom: Effect {
  public static let name = "bloom"
  public static let summary = "Lets bright light spill over its surroundings, as lens, eye and damp air do."

  var amount: Float = 0.3
  var threshold: Float = 0.6
  var knee: Float = 1
  var radius: Double = 0.025
  var ratio: Double = 1
  var tint = LinearColor.white

  public static let parameters: [Parameter<Bloom>] = [
    .init(
      "bloom", \.amount, .number(0...4, suggested: 0.1...1),
      "Glow added, as a share of the light above the threshold."),
    .init(
      "threshold", \.threshold, .number(0...64, suggested: 0...2, unit: .linearLight),
      "What a pixel's brightest channel must exceed to glow; 0 lets everything glow."),
    .init(
      "knee", \.knee, .number(0...1),
      "How softly glowing sets in about the threshold: 0 at once, 1 from black on."),
    .init(
      "radius", \.radius, .length(0...2, suggested: 0.005...0.15),
      "Distance within which half of the glow falls."),
    .init(
      "ratio", \.ratio, .number(0.0625...16, suggested: 0.5...6, unit: .times),
      "Width of the glow beside its height: 1 is round, more is wider, as of an anamorphic lens."),
    .init("tint", \.tint, .color, "Color that the glow is multiplied by."),
  ]

  public static let neutral: Bloom? = {
    var b = Bloom()
    b.amount = 0
    return b
  }()

  public init() {}

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0 else { return .none }
    let nodes = Spread(radius: radius, ratio: ratio, geometry: geometry).nodes
    let x = nodes.map { $0.halvingsX }.max() ?? 0
    let y = nodes.map { $0.halvingsY }.max() ?? 0
    return Reach(
      x: min(Reach.everything, PyramidScale.support(halvings: x)),
      y: min(Reach.everything, PyramidScale.support(halvings: y)), alignment: 1 << max(x, y))
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    guard amount > 0 else { return 0 }
    let spread = Spread(radius: radius, ratio: ratio, geometry: context.geometry)
    return spread.rects(for: region).dropFirst().reduce(0) { $0 + PyramidScale.bytes(of: $1) }
  }

  public func apply(to frame: Framebuffer, in context: EffectContext) throws {
    guard amount > 0, !frame.region.isEmpty else { return }
    let workers = context.workers
    let spread = Spread(radius: radius, ratio: ratio, geometry: context.geometry)
    let nodes = spread.nodes
    let rects = spread.rects(for: frame.region)
    let source = GlowSource(threshold: threshold, knee: knee)
    let adder = GlowAdder(amount: amount, tint: tint, sharp: Float(nodes[0].weight), source: source)
    guard nodes.count > 1 else {
      workers.bands(rows: frame.height, width: frame.width) { band in
        for i in band { adder.addSharp(to: frame.row(frame.region.minY + i)) }
      }
      return
    }

    var scales: [PyramidScale] = []
    for (node, rect) in zip(nodes, rects).dropFirst() {
      let scale = try PyramidScale(rect: rect)
      if node.parent == 0 {
        scale.reduce(node.step, rect: frame.region, workers: workers) { y, lines in
          source.extract(
            frame.row(y), into: lines.channel(0), lines.channel(1), lines.channel(2))
        }
      } else {
        scale.reduce(scales[node.parent - 1], node.step, workers: workers)
      }
      scales.append(scale)
    }
    // Back down the tree: a scale is weighted when the first of its children is added, a leaf when it is read.
    var weighted = Array(repeating: false, count: nodes.count)
    for index in nodes.indices.dropFirst().reversed() {
      let node = nodes[index]
      let gain = weighted[index] ? 1 : Float(node.weight)
      let scale = scales[index - 1]
      if node.parent == 0 {
        scale.enlarge(node.step, to: frame.region, gain: gain, workers: workers) { y, lines in
          adder.add(lines.channel(0), lines.channel(1), lines.channel(2), to: frame.row(y))
        }
      } else {
        let parent = node.parent
        scales[parent - 1].add(
          scale, node.step, gain: gain, ownGain: weighted[parent] ? 1 : Float(nodes[parent].weight),
          workers: workers)
        weighted[parent] = true
      }
      scales.removeLast()
    }
  }

  /// How the kernel is shared out among the scales of a pyramid.
  struct Spread {
    /// A scale of the pyramid; the first is the picture itself.
    struct Node: Equatable {
      var parent: Int
      var step: PyramidStep
      var halvingsX, halvingsY: Int
      /// Share of the light.
      var weight: Double = 0
    }

    /// a and b for a radius of 1: half of the light of the mixture then falls within a distance of 1.
    static let innerWidth = 0.16490
    static let outerWidth = 32 * innerWidth

    private(set) var nodes: [Node] = [Node(parent: -1, step: [], halvingsX: 0, halvingsY: 0)]

    init(radius: Double, ratio: Double, geometry: Geometry) {
      // The narrower direction decides on the scales; the wider one is reduced some more.
      let narrow = geometry.pixels(radius) * min(1, ratio)
      let stretch = max(ratio, 1 / ratio)
      let isWide = ratio >= 1
      let a = narrow * Spread.innerWidth
      let b = narrow * Spread.outerWidth
      guard a > 1e-3 else {
        nodes[0].weight = 1
        return
      }
      // No scale has more than one pixel in common with all that are coarser.
      let size = max(1, max(geometry.width, geometry.height))
      let limit = Int.bitWidth - (size - 1).leadingZeroBitCount
      var count = 0
      while count < limit, PyramidScale.variance(halvings: count) < 9 * b * b { count += 1 }

      // Scales that are 2^extra times as coarse in the wider direction; what lies between mixes two of them.
      let extra = Int(log2(stretch).rounded(.down))
      let share = (stretch * stretch / pow(4, Double(extra)) - 1) / 3
      func add(_ parent: Int, _ step: PyramidStep) -> Int {
        let p = nodes[parent]
        nodes.append(
          Node(
            parent: parent, step: step,
            halvingsX: p.halvingsX + (step.contains(.horizontal) ? 1 : 0),
            halvingsY: p.halvingsY + (step.contains(.vertical) ? 1 : 0)))
        return nodes.count - 1
      }
      func chain(from start: Int) -> [Int] {
        var chain = [0, start]
        while chain.count <= count { chain.append(add(chain[chain.count - 1], .both)) }
        return chain
      }
      let wider: PyramidStep = isWide ? .horizontal : .vertical
      var root = add(0, .both)
      for _ in 0..<extra { root = add(root, wider) }
      var chains = [(chain(from: root), 1 - share)]
      if share > 1e-9 { chains.append((chain(from: add(root, wider)), share)) }
      for (chain, share) in chains {
        for (index, weight) in zip(chain, Spread.weights(inner: a, outer: b, count: count)) {
          nodes[index].weight += share * weight
        }
      }
    }

    /// The mixture's weights on the picture itself and on `count` scales; they sum to 1.
    static func weights(inner a: Double, outer b: Double, count: Int) -> [Double] {
      let variances = (0...count).map { PyramidScale.variance(halvings: $0) }
      var weights = Array(repeating: 0.0, count: count + 1)
      let (low, high) = (log(a / 4), log(3 * b))
      let samples = 256
      for sample in 0..<samples {
        let width = exp(low + (high - low) * (Double(sample) + 0.5) / Double(samples))
        let weight = exp(-0.5 * (a * a / (width * width) + width * width / (b * b)))
        let variance = width * width
        // Two neighboring scales mixed at equal variance; what is wider than the widest goes to that.
        guard let above = variances.firstIndex(where: { $0 > variance }) else {
          weights[count] += weight
          continue
        }
        let t = (variance - variances[above - 1]) / (variances[above] - variances[above - 1])
        weights[above - 1] += weight * (1 - t)
        weights[above] += weight * t
      }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }

    /// The pixels of each scale for a region of the picture.
    func rects(for region: PixelRect) -> [PixelRect] {
      var rects = [region]
      for node in nodes.dropFirst() { rects.append(PyramidScale.rect(above: rects[node.parent], node.step)) }
      return rects
    }
  }
}

/// The light of a row that glows.
private struct GlowSource: Sendable {
  let threshold: Float
  /// Half the width of the soft part of the curve, linear light.
  let knee: Float

  /// Brighter light glows no more than this: sums over a whole picture stay finite.
  static let brightest: Float = 1e6

  init(threshold: Float, knee: Float) {
    self.threshold = threshold
    self.knee = max(1e-6, threshold * knee)
  }

  /// Hue is kept: the three channels of a pixel share one factor. Below the knee nothing, through it a parabola.
  @inline(__always)
  func extract(_ red: inout v8f, _ green: inout v8f, _ blue: inout v8f) {
    red = v8_clamp(red, 0, GlowSource.brightest)
    green = v8_clamp(green, 0, GlowSource.brightest)
    blue = v8_clamp(blue, 0, GlowSource.brightest)
    guard threshold > 0 else { return }
    let peak = v8_max(v8_max(red, green), blue)
    let above = peak - threshold
    let soft = v8_clamp(above + knee, 0, 2 * knee)
    let kept = v8_max(above, soft * soft * (0.25 / knee)) / v8_max(peak, v8_splat(1e-12))
    red *= kept
    green *= kept
    blue *= kept
  }

  func extract(
    _ row: Row, into red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>
  ) {
    // Rows of planes are padded to whole vectors.
    for v in 0..<(row.count + 7) / 8 {
      let i = 8 * v
      var (r, g, b) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      extract(&r, &g, &b)
      v8_store(red + i, r)
      v8_store(green + i, g)
      v8_store(blue + i, b)
    }
  }
}

/// Adds glow to a row.
private struct GlowAdder: Sendable {
  let red, green, blue: Float
  /// The part of the glow that is narrower than any scale: the light itself.
  let sharp: Float
  let source: GlowSource

  init(amount: Float, tint: LinearColor, sharp: Float, source: GlowSource) {
    red = amount * Float(tint.red)
    green = amount * Float(tint.green)
    blue = amount * Float(tint.blue)
    self.sharp = sharp
    self.source = source
  }

  func add(
    _ glowRed: UnsafeMutablePointer<Float>, _ glowGreen: UnsafeMutablePointer<Float>,
    _ glowBlue: UnsafeMutablePointer<Float>, to row: Row
  ) {
    let vectors = (row.count + 7) / 8
    if sharp == 0 {
      GlowAdder.add(glowRed, times: red, to: row.red, vectors)
      GlowAdder.add(glowGreen, times: green, to: row.green, vectors)
      GlowAdder.add(glowBlue, times: blue, to: row.blue, vectors)
      return
    }
    for v in 0..<vectors {
      let i = 8 * v
      let (oldRed, oldGreen, oldBlue) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      var (r, g, b) = (oldRed, oldGreen, oldBlue)
      source.extract(&r, &g, &b)
      v8_store(row.red + i, oldRed + (v8_load(glowRed + i) + r * sharp) * red)
      v8_store(row.green + i, oldGreen + (v8_load(glowGreen + i) + g * sharp) * green)
      v8_store(row.blue + i, oldBlue + (v8_load(glowBlue + i) + b * sharp) * blue)
    }
  }

  /// Glow without any width.
  func addSharp(to row: Row) {
    for v in 0..<(row.count + 7) / 8 {
      let i = 8 * v
      let (oldRed, oldGreen, oldBlue) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      var (r, g, b) = (oldRed, oldGreen, oldBlue)
      source.extract(&r, &g, &b)
      v8_store(row.red + i, oldRed + r * sharp * red)
      v8_store(row.green + i, oldGreen + g * sharp * green)
      v8_store(row.blue + i, oldBlue + b * sharp * blue)
    }
  }

  private static func add(
    _ glow: UnsafeMutablePointer<Float>, times gain: Float, to row: UnsafeMutablePointer<Float>,
    _ vectors: Int
  ) {
    for v in 0..<vectors { v8_store(row + 8 * v, v8_load(row + 8 * v) + v8_load(glow + 8 * v) * gain) }
  }
}
