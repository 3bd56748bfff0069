import Catalog
import Raster
import Stage

/// What stands in the impossible city: too sleek and too ancient at once.
public enum MonolithForm: String, CaseIterable, Sendable {
  case gate, slit, obelisk, ziggurat, ring, spire, blades, slab

  /// Height as a share of width that the form is at home in.
  var slenderness: Float {
    switch self {
    case .gate: 0.57
    case .slit: 2.9
    case .obelisk: 3.7
    case .ziggurat: 1.1
    case .ring: 1.15
    case .spire: 1.95
    case .blades: 1.22
    case .slab: 2.6
    }
  }
}

/// One of the forms of the impossible city.
public struct Monolith: Prop {
  public static let name = "monolith"
  public static let summary =
    "A huge form of stone: gate, slit, obelisk, ziggurat, ring, spire, blades or slab, with one line of light."

  var form = MonolithForm.slit
  var at = SIMD3<Float>(0, 0, 95)
  var width: Float = 8.5
  var height: Float?
  var line = LinearColor(1, 0.36, 0.10)
  var lineLight: Float?
  var castsLight = true
  var edge = LinearColor(0.05, 0.40, 0.42)
  var edgeLight: Float = 0.3
  var edgeSide: Float?

  public static let parameters: [Parameter<Monolith>] = [
    .init("monolith", \.form, .choice, "What it is."),
    .init("at", \.at, .place, "Where the middle of its foot stands."),
    .init("width", \.width, .meters(0.1...1000, suggested: 4...60), "At its widest."),
    .init(
      "height", \.height, Codec<Float>.meters(0.1...1000, suggested: 10...100).optional,
      "From the ground to its top. As the form is at home in unless given."),
    .init("line", \.line, .color, "Color of the one line of light in it."),
    .init(
      "line-light", \.lineLight, Codec<Float>.number(0...1000, suggested: 0...20).optional,
      "Strength of that line: 14 in a slit, 1.5 in an obelisk and none in others unless given."),
    .init("casts-light", \.castsLight, .flag, "Whether the line also lights the air and what stands near."),
    .init("edge", \.edge, .color, "Color of the glow that falls on its edges."),
    .init("edge-light", \.edgeLight, .number(0...100, suggested: 0...1), "Strength of that glow."),
    .init(
      "edge-side", \.edgeSide, Codec<Float>.number(-1...1).optional,
      "Where the glow lies: -1 to the left, 1 to the right. Towards the middle of the picture unless given."),
  ]

  public static let sampleValues = ["monolith": "obelisk", "at": "[20, 120]"]

  public init() {}

  public func build(in set: inout SetBuilder) {
    let light = lineLight ?? (form == .slit ? 14 : form == .obelisk ? 1.5 : 0)
    Monument(
      form: form, foot: at, width: width, height: height ?? width * form.slenderness,
      line: line.light * light, hasLights: castsLight && light > 0, edge: edge.light * edgeLight,
      side: edgeSide ?? max(-1, min(1, -at.x / 20)), isMirrored: false,
      seed: set.seed.derived("monolith")
    ).raise(in: &set)
  }
}

/// A form in its place, ready to be built.
struct Monument {
  var form: MonolithForm
  var foot: Vector
  var width: Float
  var height: Float
  /// Light of its line, linear.
  var line: Vector
  var hasLights: Bool
  /// Light of the glow on edges that face it.
  var edge: Vector
  /// Where the glow lies, −1…1.
  var side: Float
  /// Whether left and right are exchanged.
  var isMirrored: Bool
  var seed: Seed

  /// Far things are pale: the mist before them shines in the glow.
  private var mist: Float { 0.05 + 0.17 * max(0, min(1, (foot.z - 140) / 200)) }

  func raise(in set: inout SetBuilder) {
    guard width > 0.05, height > 0.05 else { return }
    switch form {
    case .gate: gate(in: &set)
    case .slit: slit(in: &set)
    case .ziggurat: ziggurat(in: &set)
    case .slab: slab(in: &set)
    case .obelisk, .ring, .spire, .blades: card(in: &set)
    }
    if hasLights { shine(in: &set) }
  }

  /// Blocks of stone, given from the foot's middle, mirrored where the form is.
  private struct Blocks {
    let monument: Monument
    let material: Int

    func add(
      _ set: inout SetBuilder, x: ClosedRange<Float>, y: ClosedRange<Float>, z: ClosedRange<Float>,
      material other: Int? = nil
    ) {
      let (a, b) = monument.isMirrored ? (-x.upperBound, -x.lowerBound) : (x.lowerBound, x.upperBound)
      let foot = monument.foot
      set.box(
        foot + Vector(a, y.lowerBound, z.lowerBound), foot + Vector(b, y.upperBound, z.upperBound),
        material: other ?? material, seed: monument.seed.low)
    }
  }

  private func stone(_ set: inout SetBuilder, below: Vector = Vector(0, 0, 0)) -> Blocks {
    var relief = StoneRelief(seed: seed.derived("relief").low)
    relief.course = max(0.4, min(2.6, height / 11))
    relief.sign = relief.course * 0.34
    var material = StoneMaterial(relief: relief, glow: edge, side: side)
    material.below = below
    material.mist = mist
    return Blocks(monument: self, material: set.material(material))
  }

  /// Two battered pylons that do not carry the lintel: it floats above them.
  private func gate(in set: inout SetBuilder) {
    let blocks = stone(&set, below: line * 0.02)
    let w = width / 2
    let deep = width * 0.13
    let tiers = 18
    let top = height * 0.80
    for side: Float in [-1, 1] {
      for i in 0..<tiers {
        let t = Float(i) / Float(tiers - 1)
        // Outer faces lean in, inner faces stand nearly upright.
        let outer = w * (1 - 0.18 * t)
        let inner = w * (0.71 + 0.015 * t)
        let back = deep * (1 - 0.25 * t)
        let y = top * Float(i) / Float(tiers)
        let a = side * inner
        let b = side * outer
        blocks.add(
          &set, x: min(a, b)...max(a, b), y: (i == 0 ? -0.5 : y)...(y + top / Float(tiers)),
          z: -back / 2...back / 2)
      }
    }
    // The lintel: widest near its top, like a blade laid across.
    let gap = height * 0.055
    let thick = height * 0.145
    let profile: [(Float, Float, Float)] = [
      (0.80, 0.10, 0.62), (0.90, 0.10, 0.80), (0.955, 0.16, 0.92), (0.975, 0.30, 1.0), (0.99, 0.20, 1.0),
      (0.72, 0.14, 0.7),
    ]
    var y = top + gap
    let total = profile.reduce(0) { $0 + $1.1 }
    for (wide, high, back) in profile {
      let h = thick * high / total
      blocks.add(
        &set, x: -w * wide...w * wide, y: y...y + h, z: -deep * back * 0.6...deep * back * 0.6)
      y += h
    }
  }

  /// Two halves of one tower, and the light between them.
  private func slit(in set: inout SetBuilder) {
    let blocks = stone(&set)
    let w = width / 2
    let gap = width * 0.032
    let deep = width * 0.55
    let courses = 16
    let leftTop = height * (0.955 + 0.02 * Float(seed.unit(1)))
    for side: Float in [-1, 1] {
      let top = side < 0 ? leftTop : height
      for i in 0..<courses {
        let t = Float(i) / Float(courses)
        let outer = max(gap * 2, w * (1 - 0.34 * t))
        let back = deep * (1 - 0.3 * t) / 2
        let y0 = top * 0.93 * t
        let y1 = top * 0.93 * Float(i + 1) / Float(courses)
        let a = side * gap
        let b = side * outer
        blocks.add(
          &set, x: min(a, b)...max(a, b), y: (i == 0 ? -0.5 : y0)...y1, z: -back...back)
      }
      // The end is cut at a slant, highest at the slit.
      let cuts = 12
      for i in 0..<cuts {
        let t = Float(i) / Float(cuts)
        let outer = gap + (w * 0.66 - gap) * (1 - t)
        let y0 = top * (0.93 + 0.07 * t)
        let y1 = top * (0.93 + 0.07 * (t + 1 / Float(cuts)))
        let a = side * gap
        let b = side * outer
        blocks.add(
          &set, x: min(a, b)...max(a, b), y: y0...y1, z: -deep * 0.3...deep * 0.3)
      }
    }
    // The light lies just behind the faces, as they recede: it is seen at a slant, too.
    let core = set.material(SlitMaterial(light: line, low: 0, high: leftTop))
    for i in 0..<courses {
      let t = Float(i) / Float(courses)
      let back = max(0.02, deep * (1 - 0.3 * t) / 2 - gap)
      let y0 = leftTop * 0.93 * t
      let y1 = leftTop * 0.93 * Float(i + 1) / Float(courses)
      blocks.add(
        &set, x: -gap * 1.2...gap * 1.2, y: (i == 0 ? -0.5 : y0)...y1, z: -back...back, material: core)
    }
  }

  /// Steps that grow with height, each carried by a stem too thin for it.
  private func ziggurat(in set: inout SetBuilder) {
    let blocks = stone(&set)
    let w = width / 2
    let tiers = 8
    let steps = height * 0.86
    let stem = w * 0.10
    blocks.add(&set, x: -stem...stem, y: -0.5...steps, z: -stem...stem)
    for i in 0..<tiers {
      let half = w * (0.16 + 0.84 * Float(i) / Float(tiers) * 1.02)
      let y = steps * (Float(i) + 0.2) / Float(tiers)
      blocks.add(&set, x: -half...half, y: y...y + steps * 0.72 / Float(tiers), z: -half * 0.6...half * 0.6)
    }
    blocks.add(&set, x: -w...w, y: steps * 1.005...steps * 1.045, z: -w * 0.6...w * 0.6)
    blocks.add(&set, x: -w * 0.55...w * 0.2, y: steps * 1.045...steps * 1.065, z: -w * 0.4...w * 0.4)
    if line != Vector(0, 0, 0) {
      let core = set.material(SlitMaterial(light: line, low: 0, high: steps))
      blocks.add(
        &set, x: -w * 0.02...w * 0.02, y: 0...steps, z: -stem * 1.1...(-stem * 0.9), material: core)
    }
    blocks.add(&set, x: -w * 0.02...w * 0.02, y: steps * 1.045...height, z: -w * 0.02...w * 0.02)
  }

  /// A plate without any feature but its proportions, with a smaller one leaning on its shadow.
  private func slab(in set: inout SetBuilder) {
    let blocks = stone(&set)
    let w = width / 2
    blocks.add(&set, x: -w...w * 0.5, y: -0.5...height, z: -w * 0.2...w * 0.2)
    blocks.add(&set, x: w * 0.58...w, y: -0.5...height * 0.62, z: -w * 0.15...w * 0.3)
    blocks.add(&set, x: w * 0.5...w * 0.58, y: height * 0.30...height * 0.34, z: -w * 0.1...w * 0.1)
  }

  /// Forms with slanted or round outlines.
  private func card(in set: inout SetBuilder) {
    let picture = MonolithPicture(
      form: form, width: width * 1.04, height: height * 1.02, line: line, edge: edge,
      side: isMirrored ? -side : side,
      isMirrored: isMirrored, mist: mist, seed: seed)
    // The foot reaches a little below the ground, so that no gap is seen in wet ground.
    set.add(
      .standing(
        at: foot - Vector(0, height * 0.01, 0), width: picture.width, height: picture.height, picture: picture
      ))
  }

  /// Lights along the line.
  private func shine(in set: inout SetBuilder) {
    let strength = line.max()
    guard strength > 0 else { return }
    let count = form == .slit ? 6 : 2
    // A slit of 25 m with the strength 14 shines like six lights of 60.
    let power = strength * height * width / (14 * 25 * 8.5) * 360 / Float(count)
    for i in 0..<count {
      let y = height * (0.06 + 0.80 * (Float(i) + 0.3) / Float(count))
      var light = Light(
        position: foot + Vector(0, y, -max(1, width * 0.3)), color: line / strength * min(power, 2000))
      light.softness = 2
      light.halo = 3
      light.haze = 0.35
      set.add(light)
    }
  }
}
