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

/// A glow that falls off as the inverse square, shared out among the scales of a pyramid.
///
/// The kernel is a mixture of Gaussians whose weight per octave of width σ is exp(−(a/σ)²/2) · exp(−(σ/b)²/2).
/// Integrated, that is K₁(z) z / (r² + a²) with z = √(r² + a²) / b, K₁ the modified Bessel function: up to b the
/// inverse square of scattering, 1 / (r² + a²), beyond it an exponential end; b = 32 a keeps a glow from veiling
/// the whole picture. A radius fixes a and b as lengths on the picture, and the mixture is shared out among the
/// scales at equal variance, so that a draft glows like the sheet, and a moving radius never jumps from scale to
/// scale. Cost does not depend on it.
struct GlowSpread {
  /// A scale of the pyramid; the first is the picture itself.
  struct Node: Equatable {
    var parent: Int
    var step: PyramidStep
    var halvingsX, halvingsY: Int
    /// Share of each channel's light.
    var weights = SIMD3<Double>()
  }

  /// a and b for a radius of 1: half of the light of the mixture then falls within a distance of 1.
  static let innerWidth = 0.16490
  static let outerWidth = 32 * innerWidth

  private(set) var nodes: [Node] = [Node(parent: -1, step: [], halvingsX: 0, halvingsY: 0)]

  /// - Parameters:
  ///   - radii: within which half of a channel's light falls, shares of the picture's height.
  ///   - ratio: width of the glow beside its height.
  init(radii: SIMD3<Double>, ratio: Double, geometry: Geometry) {
    // The narrower direction decides on the scales; the wider one is reduced some more.
    let narrow = (0..<3).map { geometry.pixels(radii[$0]) * min(1, ratio) }
    let stretch = max(ratio, 1 / ratio)
    let isWide = ratio >= 1
    guard let widest = narrow.max(), widest * GlowSpread.innerWidth > GlowSpread.leastWidth else {
      nodes[0].weights = SIMD3(repeating: 1)
      return
    }
    let b = widest * GlowSpread.outerWidth
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
    for channel in 0..<3 {
      let weights = GlowSpread.weights(radius: narrow[channel], count: count)
      for (chain, share) in chains {
        for (index, weight) in zip(chain, weights) { nodes[index].weights[channel] += share * weight }
      }
    }
  }

  /// Narrower kernels, in pixels, are none.
  private static let leastWidth = 1e-3

  /// The mixture's weights on the picture itself and on `count` scales; they sum to 1.
  private static func weights(radius: Double, count: Int) -> [Double] {
    let a = radius * innerWidth
    let b = radius * outerWidth
    var weights = Array(repeating: 0.0, count: count + 1)
    guard a > leastWidth else {
      weights[0] = 1
      return weights
    }
    let variances = (0...count).map { PyramidScale.variance(halvings: $0) }
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

  /// The share of each channel's light that is not spread at all.
  var sharp: SIMD3<Float> { SIMD3<Float>(nodes[0].weights) }

  /// Bounded: light is brought into clear surroundings, so no margin of clear pixels would do for them.
  var reach: Reach {
    let x = nodes.map { $0.halvingsX }.max() ?? 0
    let y = nodes.map { $0.halvingsY }.max() ?? 0
    return Reach(
      x: min(Reach.everything, PyramidScale.support(halvings: x)),
      y: min(Reach.everything, PyramidScale.support(halvings: y)), alignment: 1 << max(x, y))
  }

  /// The pixels of each scale for a region of the picture.
  private func rects(for region: PixelRect) -> [PixelRect] {
    var rects = [region]
    for node in nodes.dropFirst() { rects.append(PyramidScale.rect(above: rects[node.parent], node.step)) }
    return rects
  }

  func scratchBytes(for region: PixelRect) -> Int {
    rects(for: region).dropFirst().reduce(0) { $0 + PyramidScale.bytes(of: $1) }
  }

  /// Spreads the light that `source` takes from the rows of `frame`, and lets `adder` bring it back.
  func apply(to frame: Framebuffer, source: GlowSource, adder: GlowAdder, workers: Workers)
    throws(OutOfMemory)
  {
    guard nodes.count > 1 else {
      workers.bands(rows: frame.height, width: frame.width) { band in
        for i in band { adder.addSharp(to: frame.row(frame.region.minY + i)) }
      }
      return
    }
    let rects = rects(for: frame.region)
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
    let one = SIMD3<Float>(repeating: 1)
    var weighted = Array(repeating: false, count: nodes.count)
    func gains(_ index: Int) -> SIMD3<Float> { weighted[index] ? one : SIMD3<Float>(nodes[index].weights) }
    for index in nodes.indices.dropFirst().reversed() {
      let node = nodes[index]
      let scale = scales[index - 1]
      if node.parent == 0 {
        scale.enlarge(node.step, to: frame.region, gains: gains(index), workers: workers) { y, lines in
          adder.add(lines.channel(0), lines.channel(1), lines.channel(2), to: frame.row(y))
        }
      } else {
        let parent = node.parent
        scales[parent - 1].add(
          scale, node.step, gains: gains(index), ownGains: gains(parent), workers: workers)
        weighted[parent] = true
      }
      scales.removeLast()
    }
  }
}

extension SIMD3<Float> {
  init(_ color: LinearColor) { self.init(Float(color.red), Float(color.green), Float(color.blue)) }
}

/// The light of a row that glows.
struct GlowSource: Sendable {
  private let threshold: Float
  /// Half the width of the soft part of the curve, linear light.
  private let knee: Float
  /// How much less than bright light dark light scatters: 0 to 1.
  private let restraint: Float

  /// Brighter light glows no more than this: sums over a whole picture stay finite.
  static let brightest: Float = 1e6

  /// Light above a threshold. With `knee` 1 some comes from black on, with 0 all at once.
  init(threshold: Float, knee: Float) {
    self.threshold = threshold
    self.knee = max(1e-6, threshold * knee)
    restraint = 0
  }

  /// All light, but of dark light less: of light of one half, half of `restraint` is kept back.
  init(restraint: Float) {
    threshold = 0
    knee = 1e-6
    self.restraint = restraint
  }

  /// Hue is kept: the three channels of a pixel share one factor. Below the knee nothing, through it a parabola.
  @inline(__always)
  func extract(_ red: inout v8f, _ green: inout v8f, _ blue: inout v8f) {
    red = v8_clamp(red, 0, GlowSource.brightest)
    green = v8_clamp(green, 0, GlowSource.brightest)
    blue = v8_clamp(blue, 0, GlowSource.brightest)
    let kept: v8f
    if threshold > 0 {
      let peak = v8_max(v8_max(red, green), blue)
      let above = peak - threshold
      let soft = v8_clamp(above + knee, 0, 2 * knee)
      kept = v8_max(above, soft * soft * (0.25 / knee)) / v8_max(peak, v8_splat(1e-12))
    } else if restraint > 0 {
      let peak = v8_max(v8_max(red, green), blue)
      kept = 1 - v8_splat(0.5 * restraint) / (peak + 0.5)
    } else {
      return
    }
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
struct GlowAdder: Sendable {
  private let gains, sharp: SIMD3<Float>
  private let source: GlowSource

  /// - Parameters:
  ///   - gains: what the spread light is multiplied by.
  ///   - sharp: what of the light itself, taken once more by `source`, is added; may be negative.
  init(gains: SIMD3<Float>, sharp: SIMD3<Float> = SIMD3(), source: GlowSource) {
    self.gains = gains
    self.sharp = sharp
    self.source = source
  }

  func add(
    _ glowRed: UnsafeMutablePointer<Float>, _ glowGreen: UnsafeMutablePointer<Float>,
    _ glowBlue: UnsafeMutablePointer<Float>, to row: Row
  ) {
    let vectors = (row.count + 7) / 8
    guard sharp != SIMD3() else {
      GlowAdder.add(glowRed, times: gains.x, to: row.red, vectors)
      GlowAdder.add(glowGreen, times: gains.y, to: row.green, vectors)
      GlowAdder.add(glowBlue, times: gains.z, to: row.blue, vectors)
      return
    }
    let (gainRed, gainGreen, gainBlue) = (gains.x, gains.y, gains.z)
    let (sharpRed, sharpGreen, sharpBlue) = (sharp.x, sharp.y, sharp.z)
    for v in 0..<vectors {
      let i = 8 * v
      let (oldRed, oldGreen, oldBlue) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      var (r, g, b) = (oldRed, oldGreen, oldBlue)
      source.extract(&r, &g, &b)
      v8_store(row.red + i, oldRed + (v8_load(glowRed + i) * gainRed + r * sharpRed))
      v8_store(row.green + i, oldGreen + (v8_load(glowGreen + i) * gainGreen + g * sharpGreen))
      v8_store(row.blue + i, oldBlue + (v8_load(glowBlue + i) * gainBlue + b * sharpBlue))
    }
  }

  /// Glow without any width.
  func addSharp(to row: Row) {
    let (sharpRed, sharpGreen, sharpBlue) = (sharp.x, sharp.y, sharp.z)
    for v in 0..<(row.count + 7) / 8 {
      let i = 8 * v
      let (oldRed, oldGreen, oldBlue) = (v8_load(row.red + i), v8_load(row.green + i), v8_load(row.blue + i))
      var (r, g, b) = (oldRed, oldGreen, oldBlue)
      source.extract(&r, &g, &b)
      v8_store(row.red + i, oldRed + r * sharpRed)
      v8_store(row.green + i, oldGreen + g * sharpGreen)
      v8_store(row.blue + i, oldBlue + b * sharpBlue)
    }
  }

  private static func add(
    _ glow: UnsafeMutablePointer<Float>, times gain: Float, to row: UnsafeMutablePointer<Float>,
    _ vectors: Int
  ) {
    for v in 0..<vectors { v8_store(row + 8 * v, v8_load(row + 8 * v) + v8_load(glow + 8 * v) * gain) }
  }
}
