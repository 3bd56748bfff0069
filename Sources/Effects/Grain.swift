import CVector
import Catalog
import Markup
import Raster

/// The grain of film: fixed in the picture's own measure, so that a draft shows what the print will.
///
/// Grain lives on lattices of cells in shares of the picture's height: that of its size, and one more than twice as coarse,
/// since grains are of many sizes and lie in clumps. Between cells it runs smoothly; a pixel gets the mean over its own
/// area, so that fine grain averages out in a small picture as it does in a camera. What lies between grains scatters
/// light, so the picture is a little softer than its grain.
///
/// It modulates the square root of light, about as bright as light looks, and leaves the mean of the light unchanged.
/// How strongly depends on the tone as in a Boolean model of grains (Newson, Delon, Galerne, "A stochastic film grain
/// model for resolution-independent rendering", 2017): grains fall at random and may cover each other, and the share that
/// they cover is the tone. Seen through an aperture wider than they are, it fluctuates normally, with a deviation of
/// ``BooleanGrain/deviation(tone:)``: most in middle tones, and not at all where nothing or everything is covered.
public struct Grain: MixingEffect {
  public static let name = "grain"
  public static let summary = "Film grain, strongest in the middle tones, new in every frame."

  var amount: Float = 0.4
  var size = GrainSize.micrometers(13)
  var film = FilmGate.super35
  var color: Float = 0.25
  var shadows: Float = 0.4
  var softness: Double = 0

  public static let parameters: [Parameter<Grain>] = [
    .init(
      "grain", \.amount, .number(0...2, suggested: 0.1...1),
      "Strength; 1 is a deviation of 15 of 255 in the middle tones."),
    .init(
      "size", \.size, .grainSize,
      "Distance from grain to grain: micrometers on the film, 13um, or a length in the picture."),
    .init(
      "film", \.film, .choice,
      "The film that micrometers are measured on: the smaller its frame, the coarser its grain."),
    .init(
      "color", \.color, .number(0...1), "From silver grain (0) to grains of their own in each color (1)."),
    .init(
      "shadows", \.shadows, .number(0...1),
      "How much of its grain the deepest dark keeps: all of it on the film (1), less on a print of dense black."
    ),
    .init(
      "softness", \.softness, .number(0...1),
      "How far light is scattered between grains, as a share of their size: what film blurs. It takes as long as the grain does."
    ),
  ]

  public static let neutral: Grain? = {
    var grain = Grain()
    grain.amount = 0
    return grain
  }()

  /// Standard deviation of the square root of light at amount 1 in the middle tones.
  static let deviation: Float = 0.06
  /// Rows that are done in one go; the lattice rows above and below them are made once.
  private static let strip = 64

  public init() {}

  /// How much coarser clumps are, and their share of the variance.
  private static let clumps = (size: 2.3, share: Float(0.2))

  /// How colored the finer grain must be beside clumps that all colors have in common, so that all of it together is as
  /// colored as is asked for; nil if it cannot be.
  private static func restColor(_ color: Double, cell: Double) -> Double? {
    func variance(_ cell: Double) -> Double {
      let taps = AreaTaps(0..<64, origin: 0.3, cell: cell)
      let mean = (0..<64).reduce(0.0) { $0 + Double(taps.variance[$1]) } / 64
      return mean * mean
    }
    let share = Double(clumps.share)
    let (fine, coarse) = (variance(cell) * (1 - share), variance(cell * clumps.size) * share)
    let rest = color * (fine + coarse) / max(1e-12, fine)
    return rest <= 1 ? rest : nil
  }

  /// What channels get of the fields of fine grain and of clumps: unit variance, correlation 1 − `color`, times the share
  /// of each.
  private static func mixings(
    color: Double, coarseFields: Int
  ) -> (fine: LatticeStrip.Mixing, coarse: LatticeStrip.Mixing) {
    // The root of the matrix with 1 in the diagonal and 1 − color elsewhere.
    let equal = (1 + 2 * (1 - color)).squareRoot()
    let differing = color.squareRoot()
    let (own, other) = color > 0 ? ((equal + 2 * differing) / 3, (equal - differing) / 3) : (1, 0)
    let share = Double(clumps.share)
    let (fine, coarse) = ((1 - share).squareRoot(), share.squareRoot())
    return (
      LatticeStrip.Mixing(own: Float(own * fine), other: Float(other * fine)),
      coarseFields > 1
        ? LatticeStrip.Mixing(own: Float(own * coarse), other: Float(other * coarse))
        : LatticeStrip.Mixing(own: Float(coarse), other: 0)
    )
  }

  private func cell(_ geometry: Geometry) -> Double { size.share(on: film) * Double(geometry.trimHeight) }

  /// What the emulsion does to the picture before its grain is seen; with little grain there is little of it.
  private func scatter(_ geometry: Geometry) -> Scatter? {
    Scatter(sigma: 0.75 * softness * cell(geometry) * min(1, 2 * Double(amount)))
  }

  public func reach(in geometry: Geometry) -> Reach {
    guard amount > 0, let scatter = scatter(geometry) else { return .none }
    return Reach(x: scatter.reach, y: scatter.reach)
  }

  public func scratchBytes(for region: PixelRect, in context: EffectContext) -> Int {
    // Tables, and for each thread the lattice rows that one row of pixels sees.
    let cell = cell(context.geometry)
    guard amount > 0, cell > 1.0 / 32 else { return 0 }
    let taps = Int((1 / cell).rounded(.up)) + 4
    let rows = region.width + 8
    let strip = context.workers.bandHeight ?? Grain.strip
    let scatter = scatter(context.geometry)?.bytes(region, strip: strip, workers: context.workers) ?? 0
    let lattice = LatticeStrip.bytes(pixels: region.width, fields: color > 0 ? 3 : 1, taps: taps)
    return 2 * (2 * rows + region.height) * (taps + 2) * 4 + context.workers.count * 2 * lattice + scatter
  }

  public func apply(to frame: Framebuffer, in context: EffectContext, mixer: (any RowMixer)?) throws {
    let region = frame.region
    guard amount > 0, !region.isEmpty else { return }
    let geometry = context.geometry
    let cell = cell(geometry)
    // Beyond this a pixel averages a thousand grains: nothing is left to see.
    guard cell > 1.0 / 32 else { return }
    let origin = Double(geometry.bleed)
    let columns = AreaTaps(region.columns, origin: origin, cell: cell)
    let rows = AreaTaps(region.rows, origin: origin, cell: cell)
    let coarseColumns = AreaTaps(region.columns, origin: origin, cell: cell * Grain.clumps.size)
    let coarseRows = AreaTaps(region.rows, origin: origin, cell: cell * Grain.clumps.size)
    let seed = context.seed.derived("grain").derived(context.moment.frame)
    let fields = color > 0 ? 3 : 1
    let seeds = (0..<fields).map { seed.derived($0).low }
    // Clumps are of silver, if what is left of the color can make up for it; else each color has its own.
    let rest = fields > 1 ? Grain.restColor(Double(color), cell: cell) : nil
    let coarseFields = rest == nil ? fields : 1
    let coarseSeeds = (0..<coarseFields).map { seed.derived("clumps").derived($0).low }
    let (fineMixing, coarseMixing) = Grain.mixings(color: rest ?? Double(color), coarseFields: coarseFields)
    // From place to place between the lattice points the deviation differs by 4 % from its mean.
    let exposer = Exposer(
      shadows: shadows, amount: amount * Grain.deviation / Float(AreaTaps.meanVariance))
    let strip = context.workers.bandHeight ?? Grain.strip
    let scattered = try scatter(geometry).map {
      try ScatteredFrame(frame, $0, strip: strip, workers: context.workers)
    }
    context.workers.each((region.height + strip - 1) / strip) { job in
      let span = job * strip..<min(region.height, (job + 1) * strip)
      let lattice = LatticeStrip(columns: columns, fields: fields, taps: rows.count, mixing: fineMixing)
      let coarse = LatticeStrip(
        columns: coarseColumns, fields: coarseFields, taps: coarseRows.count, mixing: coarseMixing)
      let memory = RowMemory(width: region.width, for: mixer)
      let softener = scattered?.strip(job)
      for i in span {
        let noise = Exposer.Noise(
          fine: lattice.combine(rows, row: i, seeds: seeds),
          coarse: coarse.combine(coarseRows, row: i, seeds: coarseSeeds),
          stride: fields > 1 ? lattice.fieldStride : 0,
          coarseStride: coarseFields > 1 ? coarse.fieldStride : 0, fineVariance: columns.variance,
          coarseVariance: coarseColumns.variance,
          rowVariance: (
            rows.variance[i] * (1 - Grain.clumps.share), coarseRows.variance[i] * Grain.clumps.share
          ))
        memory.changing(frame.row(region.minY + i), x: region.minX, y: region.minY + i) { row in
          softener?.soften(row, i)
          exposer.process(row, noise)
        }
      }
    }
  }

  /// Adds noise to a row.
  private struct Exposer: Sendable {
    private let amount: Float
    /// What the deepest dark lacks.
    private let loss: Float

    init(shadows: Float, amount: Float) {
      loss = 1 - shadows
      self.amount = amount
    }

    @inline(__always)
    private func expose(_ c: v8f, _ n: v8f, _ variance: v8f) -> v8f {
      let s = v8_sqrt(v8_max(c, v8_splat(0)))
      let rest = v8_max(1 - s, v8_splat(0))
      let rest2 = rest * rest
      let w = BooleanGrain.deviation(s) * (1 - rest2 * rest2 * rest2 * loss) * amount
      // (s + w n)², less what that adds on average.
      let change = w * (s * n * 2 + w * (n * n - variance))
      return v8_select(v8_less(v8_splat(0), w), v8_max(c + change, v8_splat(0)), c)
    }

    /// The noise of a row, in the shares that channels get.
    struct Noise {
      let fine, coarse: UnsafePointer<Float>
      /// Floats from field to field, or 0 if there is one for all colors.
      let stride, coarseStride: Int
      let fineVariance, coarseVariance: UnsafePointer<Float>
      /// Variances of the row times the shares of both.
      let rowVariance: (Float, Float)
    }

    func process(_ row: Row, _ noise: Noise) {
      let opaque = row.isOpaque()
      let fine = (noise.fine, noise.fine + noise.stride, noise.fine + 2 * noise.stride)
      let coarse = (noise.coarse, noise.coarse + noise.coarseStride, noise.coarse + 2 * noise.coarseStride)
      row.mapVectors { r, g, b, a, i in
        let n0 = v8_load(fine.0 + i) + v8_load(coarse.0 + i)
        let n1 = v8_load(fine.1 + i) + v8_load(coarse.1 + i)
        let n2 = v8_load(fine.2 + i) + v8_load(coarse.2 + i)
        let v =
          v8_load(noise.fineVariance + i) * noise.rowVariance.0
          + v8_load(noise.coarseVariance + i) * noise.rowVariance.1
        if opaque {
          r = expose(r, n0, v)
          g = expose(g, n1, v)
          b = expose(b, n2, v)
        } else {
          let divisor = bodyDivisor(r, g, b, a)
          r = expose(r / divisor, n0, v) * divisor
          g = expose(g / divisor, n1, v) * divisor
          b = expose(b / divisor, n2, v) * divisor
        }
      }
    }
  }
}

/// Grains of one size that fall at random on a film: the Boolean model of stochastic geometry.
///
/// With a share u covered, two points at a distance h are both bare with probability (1 − u)^(2 − ρ(h)), where ρ is the
/// share of a grain that it has in common with itself moved by h. So the covariance of "covered" is
/// (1 − u)² ((1 − u)^(−ρ(h)) − 1), and the variance under an aperture much wider than a grain its integral over the plane.
enum BooleanGrain {
  /// The deviation beside that of the grainiest tone, u = 0.436, for a share `tone` covered, 0…1.
  ///
  /// √u √(1 − u) times a polynomial of √(1 − u), by least squares; the error is below 0.006.
  static func deviation(tone: Double) -> Double {
    let x = max(0, 1 - tone).squareRoot()
    let p = ((0.8966053749 * x - 2.4842603804) * x + 2.9915310827) * x + 0.7905222032
    return max(0, tone).squareRoot() * x * p
  }

  @inline(__always)
  static func deviation(_ tone: v8f) -> v8f {
    let x = v8_sqrt(v8_max(1 - tone, v8_splat(0)))
    let p = ((x * 0.8966053749 - 2.4842603804) * x + 2.9915310827) * x + 0.7905222032
    return v8_sqrt(v8_max(tone, v8_splat(0))) * x * p
  }
}

/// The size of grains, as it is written.
public enum GrainSize: Hashable, Sendable {
  /// On the film.
  case micrometers(Double)
  /// Share of the picture's height.
  case share(Double)

  static let legalShares = 0.0001...0.05
  static let legalMicrometers = 1.0...500

  /// Share of the picture's height, within ``legalShares``.
  func share(on film: FilmGate) -> Double {
    switch self {
    case .micrometers(let size):
      max(Self.legalShares.lowerBound, min(Self.legalShares.upperBound, size / (1000 * film.height)))
    case .share(let share): share
    }
  }
}

/// What of a film is projected.
public enum FilmGate: String, CaseIterable, Sendable, Hashable {
  case super8 = "super-8"
  case film16 = "16mm"
  case super35 = "35mm"
  case film65 = "65mm"
  case imax

  /// Height of the camera's gate, millimeters (SMPTE ST 157, 7, 59, 215; IMAX).
  var height: Double {
    switch self {
    case .super8: 4.01
    case .film16: 7.49
    case .super35: 18.66
    case .film65: 23.01
    case .imax: 52.63
    }
  }
}

extension Codec where Value == GrainSize {
  /// `13um`, or a length in the picture, which may move.
  static var grainSize: Codec<GrainSize> {
    Codec<GrainSize>(
      form: .number(legal: GrainSize.legalShares, suggested: 0.0004...0.002, unit: .share),
      read: { node, reader in reader.grainSize(node) },
      text: {
        switch $0 {
        case .micrometers(let size): "\(trimmed(size))um"
        case .share(let share): trimmed(share)
        }
      })
  }
}

extension Reader {
  fileprivate mutating func grainSize(_ node: Node) -> (@Sendable (Moment) -> GrainSize)? {
    guard let node = resolved(node) else { return nil }
    for unit in ["um", "µm", "μm"] {
      guard let text = node.scalarText, text.hasSuffix(unit) else { continue }
      let bare = Node(scalar: String(text.dropLast(unit.count)), quoted: false, place: node.place)
      guard let size = number(bare, NumberRule(GrainSize.legalMicrometers, name: "micrometers")) else {
        return nil
      }
      return { _ in .micrometers(size) }
    }
    let rule = NumberRule(GrainSize.legalShares, .length(bare: .height), name: "a size")
    guard let motion = motion(node, rule) else { return nil }
    return { .share(motion.value(at: $0)) }
  }
}
