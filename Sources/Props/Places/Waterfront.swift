import Catalog
import Raster
import Stage

/// A promenade along open water, and a city over the bay.
public struct Waterfront: Prop {
  public enum Side: String, CaseIterable, Sendable { case left, right }
  /// Palms of one promenade.
  static let maximumPalms = 60

  public static let name = "waterfront"
  public static let summary =
    "A promenade with a railing and palms along open water, and a skyline over the bay."

  var promenade: Float = 2.2
  var side = Side.right
  var kerb: Float = 5.2
  var near: Float = 2
  var far: Float = 120
  var palms = 5
  var palmHeight: Float = 7
  var palmSpacing: Float = 11
  var wind: Float = 1
  var rim = LinearColor(1, 0.16, 0.10)
  var rimLight: Float = 0.14
  var railings = true
  var benches = true
  var skyline = 96
  var skylineDepth: [Float] = [150, 400]
  var skylineSpan: [Float] = [-0.62, 1.25]
  var skylineHeight: Float = 125
  var windows: Float = 11
  var lit: Float = 0.42
  var warm: Float = 0.42
  var flicker: Float = 1
  var accent = LinearColor(0.05, 0.78, 0.85)
  var glow = LinearColor(0.04, 0.55, 0.70)
  var glowLight: Float = 200

  public static let parameters: [Parameter<Waterfront>] = [
    .init("waterfront", \.promenade, .meters(0.3...100, suggested: 1.5...8), "Width of the promenade."),
    .init("side", \.side, .choice, "On which side the water lies."),
    .init("kerb", \.kerb, .meters(0.5...200, suggested: 3...12), "From the middle of the road to the kerb."),
    .init("near", \.near, .meters(-100...1000), "Where the promenade begins."),
    .init("far", \.far, .meters(1...2000), "Where it ends."),
    .init("palms", \.palms, .integer(0...60), "How many palms stand along it."),
    .init("palm-height", \.palmHeight, .meters(0.5...40, suggested: 5...12), "Of the palms, about."),
    .init("palm-spacing", \.palmSpacing, .meters(0.5...200, suggested: 6...16), "From palm to palm, about."),
    .init("wind", \.wind, .number(0...4, suggested: 0...2), "How far palms bend and move."),
    .init("rim", \.rim, .color, "Color of the light along the palms' edges, from the road's side."),
    .init("rim-light", \.rimLight, .number(0...100, suggested: 0...1.5), "Strength of that light."),
    .init("railings", \.railings, .flag, "Whether a railing runs along the water."),
    .init("benches", \.benches, .flag, "Whether benches and planters stand on the promenade."),
    .init("skyline", \.skyline, .integer(0...160), "How many towers stand over the bay."),
    .init(
      "skyline-depth", \.skylineDepth, Codec<Float>.meters(20...5000).list(2...2),
      "Distance of the far shore, and of the farthest towers."),
    .init(
      "skyline-span", \.skylineSpan, Codec<Float>.number(-5...5).list(2...2),
      "Where the skyline begins and ends, as slopes to the side: 1 is 45 degrees to the right. "
        + "Mirrored where the water lies left."),
    .init(
      "skyline-height", \.skylineHeight, .meters(5...1000, suggested: 60...160),
      "Of the highest towers, masts beside."),
    .init("windows", \.windows, .number(0...200, suggested: 2...12), "Strength of the light in windows."),
    .init("lit", \.lit, .number(0...1), "Share of windows that are lit."),
    .init("warm", \.warm, .number(0...1), "Share of lit windows that are warm."),
    .init("flicker", \.flicker, .number(0...4, suggested: 0...2), "How much windows shimmer in time."),
    .init("accent", \.accent, .color, "Color of the light lines along some towers' crowns."),
    .init("glow", \.glow, .color, "Color of the city's glow in the fog."),
    .init("glow-light", \.glowLight, .number(0...5000, suggested: 0...400), "Strength of that glow."),
  ]

  public init() {}

  public func build(in set: inout SetBuilder) {
    let seed = set.seed.derived("waterfront")
    let hand: Float = side == .right ? 1 : -1
    let start = min(near, far)
    let end = max(near, far, start + 1)
    shore(in: &set, hand, start, end, seed)
    plant(in: &set, hand, start, end, seed)
    city(in: &set, hand, seed)
  }

  /// Kerb, paving, sea wall, railing and benches.
  private func shore(in set: inout SetBuilder, _ hand: Float, _ start: Float, _ end: Float, _ seed: Seed) {
    let paving = set.material(PavingMaterial(slab: SIMD2(0.8, 0.8)))
    let stone = set.material(PavingMaterial(slab: SIMD2(1.4, 0.5), albedo: 0.075))
    func block(_ a: Float, _ b: Float, _ y: ClosedRange<Float>, _ z: ClosedRange<Float>, _ material: Int) {
      set.box(
        Vector(hand * a, y.lowerBound, z.lowerBound), Vector(hand * b, y.upperBound, z.upperBound),
        material: material, seed: seed.low)
    }
    block(kerb, kerb + 0.18, -0.3...0.15, start...end, stone)
    block(kerb + 0.18, kerb + promenade, -0.3...0.20, start...end, paving)
    // The sea wall's coping stands up a little: it hides where the land ends.
    block(kerb + promenade, kerb + promenade + 0.35, -0.3...0.30, start...end, stone)
    let edge = kerb + promenade + 0.3
    set.scene.ground.sea = hand > 0 ? edge...max(edge, 20_000) : min(-edge, -20_000)...(-edge)
    if railings {
      var rail = Railing()
      rail.from = Vector(hand * (kerb + promenade + 0.14), 0.30, start)
      rail.to = Vector(hand * (kerb + promenade + 0.14), 0.30, end)
      rail.rails = 3
      rail.spacing = 1.8
      rail.build(in: &set)
    }
  }

  private func plant(in set: inout SetBuilder, _ hand: Float, _ start: Float, _ end: Float, _ seed: Seed) {
    let stone = set.material(PavingMaterial(slab: SIMD2(0.5, 0.45), albedo: 0.05))
    let count = max(0, min(Waterfront.maximumPalms, palms))
    for i in 0..<count {
      let s = seed.derived("palm").derived(i)
      let z = start + palmSpacing * (Float(i) + 0.80 + 0.32 * (Float(s.unit(0)) - 0.5))
      guard z < end else { break }
      let x = hand * (kerb + min(promenade * 0.55, 1.25) + 0.25 * (Float(s.unit(1)) - 0.5))
      if benches {
        let r: Float = 0.36
        set.box(Vector(x - r, 0, z - r), Vector(x + r, 0.46, z + r), material: stone, seed: s.low)
        if i % 2 == 0, promenade > 1.4 {
          bench(in: &set, x: hand * (kerb + promenade * 0.6), z: z + palmSpacing * 0.5, hand, stone, s.low)
        }
      }
      var palm = Palm()
      palm.at = Vector(x, benches ? 0.44 : 0.2, z)
      palm.height = palmHeight * (0.88 + 0.30 * Float(s.unit(2)))
      palm.lean = hand * (s.unit(3) < 0.6 ? 1 : -1) * (2 + 8 * Float(s.unit(4)))
      palm.wind = wind
      palm.rim = rim
      palm.rimLight = rimLight
      palm.rimAngle = hand > 0 ? 280 : 80
      let outer = set.seed
      set.seed = s
      palm.build(in: &set)
      set.seed = outer
    }
  }

  /// A bench between two palms, its back to the road: slats on two frames.
  private func bench(
    in set: inout SetBuilder, x: Float, z: Float, _ hand: Float, _ material: Int, _ seed: UInt32
  ) {
    /// Given from the middle of its foot; x grows towards the water.
    func bar(_ x0: ClosedRange<Float>, _ y: ClosedRange<Float>, _ z0: ClosedRange<Float>) {
      set.box(
        Vector(x + hand * x0.lowerBound, 0.2 + y.lowerBound, z + z0.lowerBound),
        Vector(x + hand * x0.upperBound, 0.2 + y.upperBound, z + z0.upperBound), material: material,
        seed: seed)
    }
    for slat in 0..<3 {
      let a = -0.20 + 0.14 * Float(slat)
      bar(a...a + 0.10, 0.42...0.45, -0.9...0.9)
    }
    for slat in 0..<2 {
      let y = 0.58 + 0.16 * Float(slat)
      bar(-0.27...(-0.24), y...y + 0.10, -0.9...0.9)
    }
    for end: Float in [-0.7, 0.7] {
      bar(-0.27...(-0.23), 0...0.86, end - 0.025...end + 0.025)
      bar(0.16...0.20, 0...0.42, end - 0.025...end + 0.025)
    }
  }

  /// Over the bay.
  private func city(in set: inout SetBuilder, _ hand: Float, _ seed: Seed) {
    let shore = max(20, min(skylineDepth.first ?? 150, skylineDepth.last ?? 400))
    let deepest = max(shore + 20, max(skylineDepth.first ?? 150, skylineDepth.last ?? 400))
    if skyline > 0 {
      var ends = [skylineSpan.first ?? -0.6, skylineSpan.last ?? 1.2].map { $0 * hand }
      ends.sort()
      let windows = set.material(
        SkylineMaterial(
          lit: lit, warm: warm, gain: windows, flicker: flicker, accent: accent.light * 0.8,
          seed: seed.derived("windows"), moment: set.moment))
      let stone = set.material(PlainMaterial(albedo: 0.03))
      Skyline(
        near: shore, far: deepest, span: ends[0]...ends[1], height: skylineHeight, count: skyline,
        windows: windows, stone: stone,
        beacon: self.windows > 0 ? Vector(1, 0.06, 0.05) * (self.windows * 1.6) : Vector(0, 0, 0),
        seed: seed.derived("skyline")
      ).build(in: &set)
      let quay = set.material(QuayMaterial(light: Vector(1, 0.52, 0.18) * (self.windows * 0.9), spacing: 8.5))
      set.box(
        Vector(ends[0] * shore, -0.5, shore - 1), Vector(ends[1] * shore, 1.8, shore + 4), material: quay,
        seed: seed.low)
    }
    if glowLight > 0 {
      var light = Light(position: Vector(hand * shore * 0.4, 14, shore * 0.87), color: glow.light * glowLight)
      light.softness = 2
      light.halo = 400
      set.add(light)
    }
  }
}
