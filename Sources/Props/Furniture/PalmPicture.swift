import Catalog
import Outline
import Raster
import Stage

/// A palm as it is seen from the front: grown in space, then drawn flat, leaf by leaf from the farthest.
///
/// Lengths are meters.
struct PalmPicture: CardPicture {
  let leaves: Palm.Leaves
  let height: Float
  /// Degrees clockwise from foot to crown.
  let lean: Float
  let wind: Float
  /// Light along edges, linear, and where it comes from, degrees clockwise from above.
  let rim: Vector
  let rimAngle: Float
  let seed: Seed
  let moment: Moment

  var hasSurface: Bool { true }

  /// How far the crown's middle stands to the right of the foot.
  private var offset: Float {
    let turn = sineAndCosine(degrees: Double(max(-60, min(60, lean))))
    return height * 0.68 * Float(turn.sine / turn.cosine)
  }
  private var reach: Float { height * (leaves == .feather ? 0.50 : 0.34) }
  /// From the card's left edge to the foot.
  var foot: Float { reach - min(0, offset) }
  var width: Float { foot + reach + max(0, offset) }
  /// A little more than the palm, so that no leaf is cut off.
  var cardHeight: Float { height * 1.12 }

  func paint(_ canvas: CardCanvas) {
    let drawing = CardDrawing(canvas, width: width, height: cardHeight)
    let trunk = PalmTrunk(self, crown: Double(offset))
    let crown = PalmCrown(self, top: trunk.top)
    let back = crown.leaves.filter { $0.depth > 0 }.sorted { $0.depth > $1.depth }
    let front = crown.leaves.filter { $0.depth <= 0 }.sorted { $0.depth > $1.depth }
    for leaf in back { leaf.paint(canvas, drawing, self) }
    trunk.paint(canvas, drawing, self)
    for leaf in front { leaf.paint(canvas, drawing, self) }
  }

  /// Where the first leaf grows, degrees about the stem.
  var turn: Double { 360 * seed.derived("turn").unit(0) }

  /// Where the rim's light comes from: to the right and up, unit length.
  var rimDirection: SIMD2<Float> {
    let turn = sineAndCosine(degrees: Double(rimAngle))
    return SIMD2(Float(turn.sine), Float(turn.cosine))
  }
}

/// The stem: bowed, ringed by the scars of fallen leaves, wider at the foot.
private struct PalmTrunk {
  /// Middle line from the foot up, with radius and length so far.
  private var stations: [(x: Double, y: Double, radius: Double, length: Double)] = []
  private let ring: Double
  private let seed: UInt32

  var top: SIMD2<Double> { stations.last.map { SIMD2($0.x, $0.y) } ?? SIMD2(0, 0) }

  init(_ palm: PalmPicture, crown: Double) {
    let h = Double(palm.height)
    let seed = palm.seed.derived("trunk")
    self.seed = seed.low
    let foot = Double(palm.foot)
    let isFan = palm.leaves == .fan
    let sway = Sway(moment: palm.moment).value(rate: 0.13, phase: seed.unit(0))
    let blown = Double(palm.wind) * h * (0.010 + 0.012 * sway)
    let bow = h * 0.05 * (seed.unit(1) * 2 - 1)
    let stem = h * (isFan ? 0.80 : 0.66)
    // Out at the foot, upright at the crown: palms grow towards the light again after they were bent.
    let a = SIMD2(0.0, 0.0)
    let b = SIMD2(crown * 0.42 + bow, stem * 0.33)
    let c = SIMD2(crown * 1.02 + bow * 0.4 + blown * 0.4, stem * 0.68)
    let d = SIMD2(crown + blown, stem)
    ring = h * (isFan ? 0.010 : 0.0145)
    let thick = h * (isFan ? 0.0165 : 0.0135) * (0.9 + 0.25 * seed.unit(2))
    var length = 0.0
    let count = 120
    for i in 0...count {
      let t = Double(i) / Double(count)
      let s = 1 - t
      let p = a * (s * s * s) + b * (3 * s * s * t) + c * (3 * s * t * t) + d * (t * t * t)
      if let last = stations.last {
        let step = p + SIMD2(foot, 0) - SIMD2(last.x, last.y)
        length += (step.x * step.x + step.y * step.y).squareRoot()
      }
      let bulge = 0.85 / (1 + (t / 0.035) * (t / 0.035))
      let waist = 0.62 + 0.38 * s + (isFan ? 0 : 0.10 * max(0, t - 0.9) * 10)
      stations.append((p.x + foot, p.y, thick * (waist + bulge), length))
    }
  }

  /// Middle, radius and length along the stem at a height.
  private func station(at y: Double) -> (x: Double, radius: Double, length: Double) {
    guard var low = stations.first, let last = stations.last else { return (0, 0, 0) }
    guard y < last.y else { return (last.x, last.radius, last.length) }
    // Stations rise evenly enough for a guess, which a few steps correct.
    var i = max(0, min(stations.count - 2, Int(y / max(1e-9, last.y) * Double(stations.count - 1))))
    while i > 0, stations[i].y > y { i -= 1 }
    while i < stations.count - 2, stations[i + 1].y <= y { i += 1 }
    low = stations[i]
    let high = stations[i + 1]
    let t = max(0, min(1, (y - low.y) / max(1e-9, high.y - low.y)))
    return (
      low.x + (high.x - low.x) * t, low.radius + (high.radius - low.radius) * t,
      low.length + (high.length - low.length) * t
    )
  }

  func paint(_ canvas: CardCanvas, _ drawing: CardDrawing, _ palm: PalmPicture) {
    guard let last = stations.last, let first = stations.first else { return }
    var left: [SIMD2<Double>] = []
    var right: [SIMD2<Double>] = []
    // Each ring stands out at its upper edge, a little more on one side than on the other.
    let count = max(8, min(200, Int(last.length / ring)))
    for i in 0..<count {
      let low = station(at: first.y + (last.y - first.y) * Double(i) / Double(count))
      let y0 = first.y + (last.y - first.y) * Double(i) / Double(count)
      let y1 = first.y + (last.y - first.y) * (Double(i) + 0.86) / Double(count)
      let high = station(at: y1)
      let ragged = 0.05 + 0.09 * Double(SurfaceNoise.cell(i, 1, seed))
      let other = 0.05 + 0.09 * Double(SurfaceNoise.cell(i, 2, seed))
      let tilt = ring * 0.3 * (Double(SurfaceNoise.cell(i, 3, seed)) - 0.5)
      left += [SIMD2(low.x - low.radius, y0 + tilt), SIMD2(high.x - high.radius * (1 + ragged), y1 + tilt)]
      right += [SIMD2(low.x + low.radius, y0 - tilt), SIMD2(high.x + high.radius * (1 + other), y1 - tilt)]
    }
    var outline = left + right.reversed()
    if let i = outline.indices.first { outline[i].y = min(outline[i].y, 0) }
    if let i = outline.indices.last { outline[i].y = min(outline[i].y, 0) }
    let path = drawing.polygon(outline)
    let toLight = palm.rimDirection
    let texel = drawing.texel
    canvas.cover(path) { x, y in
      let place = drawing.place(x, y)
      let station = station(at: Double(place.y))
      let radius = max(1e-4, Float(station.radius))
      let u = max(-0.97, min(0.97, (place.x - Float(station.x)) / radius))
      let slope = -u / (1 - u * u).squareRoot()
      // A scar is a dark line below a light lip, bent around the stem.
      let phase = Float(station.length / ring) + 0.25 * u * u
      let fine = SurfaceNoise.step(0.35, 1.1, texel.y / Float(ring))
      let saw = phase - phase.rounded(.down)
      let bark = (0.55 + 0.55 * saw) * (1 - fine) + 0.82 * fine
      let stain = SurfaceNoise.value(place.x * 9, place.y * 2.3, seed)
      let tone = bark * (0.6 + 0.6 * stain) * 0.052
      // Distance from the edge that is turned to the light.
      let side: Float = toLight.x < 0 ? 1 + u : 1 - u
      let w = 0.30 * max(0.15, min(1, abs(toLight.x)))
      let edge = 1 / (1 + side * side / (w * w))
      let broken = 0.25 + 0.95 * SurfaceNoise.value(place.y * 3.1, 4.7, seed &+ 5) * (0.5 + 0.5 * saw)
      return CardPaint(
        light: palm.rim * (edge * edge * broken), albedo: Vector(1.0, 0.92, 0.80) * tone,
        slope: SIMD2(max(-2, min(2, slope)), 0.35 * (saw - 0.5) * (1 - fine)), gloss: 0.06)
    }
  }
}

/// All leaves, as they have grown around the top of the stem.
private struct PalmCrown {
  var leaves: [PalmLeaf] = []

  init(_ palm: PalmPicture, top: SIMD2<Double>) {
    let seed = palm.seed.derived("crown")
    let root = SIMD3(top.x, top.y, 0)
    let h = Double(palm.height)
    switch palm.leaves {
    case .feather:
      let count = 15 + Int(seed.unit(0) * 8)
      // Two or three leaves near the end of their lives hang beside the stem.
      for i in 0..<count {
        let s = seed.derived(i)
        let age = (Double(i) + 0.5 + 0.7 * (s.unit(0) - 0.5)) / Double(count)
        leaves.append(.feather(palm, root, age: age, number: i, size: h * 0.415, s))
      }
      leaves += nuts(palm, root, seed.derived("nuts"))
    case .fan:
      let count = 17 + Int(seed.unit(0) * 6)
      for i in 0..<count {
        let s = seed.derived(i)
        let age = (Double(i) + 0.5 + 0.7 * (s.unit(0) - 0.5)) / Double(count)
        leaves.append(.fan(palm, root, age: age, number: i, size: h * 0.20, isDead: false, s))
      }
      // The skirt: what has died stays, folded down along the stem.
      let skirt = 34
      for i in 0..<skirt {
        let s = seed.derived("skirt").derived(i)
        let down = Double(i) / Double(skirt)
        let place = root - SIMD3(0, h * (0.015 + 0.17 * down * (0.7 + 0.5 * s.unit(9))), 0)
        leaves.append(.fan(palm, place, age: 1, number: i, size: h * 0.115, isDead: true, s))
      }
    }
  }

  /// Nuts and the cut ends of old leaves, where the crown begins.
  private func nuts(_ palm: PalmPicture, _ root: SIMD3<Double>, _ seed: Seed) -> [PalmLeaf] {
    let h = Double(palm.height)
    let count = 5 + Int(seed.unit(0) * 5)
    return (0..<count).map { i in
      let s = seed.derived(i)
      let around = sineAndCosine(degrees: 360 * s.unit(0))
      let away = h * (0.012 + 0.014 * s.unit(1))
      let r = h * (0.010 + 0.005 * s.unit(2))
      let middle = root + SIMD3(around.cosine * away, -h * (0.012 + 0.035 * s.unit(3)), around.sine * away)
      let round = (0..<14).map { k -> SIMD2<Double> in
        let turn = sineAndCosine(degrees: Double(k) * 360 / 14)
        return SIMD2(middle.x + r * turn.cosine, middle.y + r * 1.12 * turn.sine)
      }
      return PalmLeaf(
        parts: [.init(polygons: [round], normal: SIMD3(-0.3, 0.4, -1))], depth: around.sine * away,
        albedo: Vector(0.045, 0.038, 0.02), shine: 0.4, gloss: 0.2)
    }
  }
}

/// One leaf: polygons as they are seen from the front, in one or more parts that face differently.
private struct PalmLeaf {
  struct Part {
    var polygons: [[SIMD2<Double>]]
    var normal: SIMD3<Double>
    /// Factor on all light that comes from it.
    var tone: Float = 1
  }
  var parts: [Part]
  /// Away from the viewer, from the stem.
  var depth: Double
  var albedo: Vector
  /// How much of the rim's light it takes.
  var shine: Float
  var gloss: Float

  func paint(_ canvas: CardCanvas, _ drawing: CardDrawing, _ palm: PalmPicture) {
    let toLight = palm.rimDirection
    for part in parts {
      var path = Path()
      for polygon in part.polygons { path.append(drawing.polygon(polygon)) }
      // The side that is seen faces the viewer: z is negative.
      let n = part.normal.z > 0 ? -part.normal : part.normal
      let depth = max(0.35, -n.z)
      let slope = SIMD2(
        Float(max(-1.6, min(1.6, -n.x / depth))), Float(max(-1.6, min(1.6, -n.y / depth))))
      let facing = Float(n.x) * toLight.x + Float(n.y) * toLight.y
      let lit = SurfaceNoise.step(-0.1, 0.9, facing)
      // Leaves are thin: light from behind comes through a little.
      let light = palm.rim * (shine * part.tone * (0.04 + 0.40 * lit))
      let albedo = albedo * part.tone
      canvas.cover(path) { _, _ in
        CardPaint(light: light, albedo: albedo, slope: slope, gloss: gloss)
      }
    }
  }
}

extension PalmLeaf {
  private static let up = SIMD3(0.0, 1.0, 0.0)

  /// A rib with leaflets on both sides, bent by its weight and by the wind.
  ///
  /// - Parameter age: 0 for the newest, that stands upright, to 1 for the one that falls next.
  static func feather(
    _ palm: PalmPicture, _ root: SIMD3<Double>, age: Double, number: Int, size: Double, _ seed: Seed
  ) -> PalmLeaf {
    let gust = Sway(moment: palm.moment)
    let wind = Double(palm.wind)
    let isDead = age > 0.86
    let around = sineAndCosine(degrees: 137.5 * Double(number) + palm.turn + 50 * (seed.unit(1) - 0.5))
    let swing = wind * (0.05 * gust.value(rate: 0.31, phase: seed.unit(2)))
    // Elevation at the root, radians: old leaves leave the stem downward.
    var elevation = 1.42 - 1.75 * age * (0.75 + 0.25 * age) + 0.30 * (seed.unit(3) - 0.5)
    if isDead { elevation = -0.75 - 0.5 * seed.unit(4) }
    let length = size * (0.82 + 0.36 * seed.unit(5)) * (0.72 + 0.28 * min(1, age * 4)) * (isDead ? 0.85 : 1)
    let weight = (0.55 + 1.15 * age) * (0.75 + 0.5 * seed.unit(6))
    let steps = 26
    var points = [root]
    var tangents: [SIMD3<Double>] = []
    var heading = SIMD3(around.cosine, 0, around.sine)
    var twist = 0.5 * (seed.unit(7) - 0.5)
    for i in 0..<steps {
      let t = (Double(i) + 0.5) / Double(steps)
      let sc = sineAndCosine(degrees: elevation * 57.295_779_5)
      let tangent = normalized(heading * sc.cosine + up * sc.sine)
      tangents.append(tangent)
      points.append(points[i] + tangent * (length / Double(steps)))
      elevation -= weight * (0.35 + 2.0 * t) * max(0.12, sc.cosine) / Double(steps) * 1.25
      elevation = max(-1.5, elevation + swing * t / Double(steps) * 6)
      // Wind turns leaves downwind, the tips most.
      heading = normalized(heading + SIMD3(wind * (0.05 + 0.5 * swing) * t, 0, 0))
    }

    // Two sides, each in a darker and a lighter share of leaflets: else leaves seen end-on are blots.
    var blades = [[[SIMD2<Double>]]](repeating: [], count: 4)
    let thick = size * 0.0085
    var rib: [SIMD2<Double>] = []
    var back: [SIMD2<Double>] = []
    for (i, p) in points.enumerated() {
      let t = Double(i) / Double(steps)
      let tangent = tangents[min(i, steps - 1)]
      let n = normalized(SIMD2(-tangent.y, tangent.x))
      let w = thick * (1.15 - t) * (1 + 1.6 * max(0, 0.12 - t) / 0.12)
      rib.append(SIMD2(p.x, p.y) + n * w)
      back.append(SIMD2(p.x, p.y) - n * w)
    }
    // Some leaves are torn: along a stretch of one side most leaflets are gone.
    let torn = seed.unit(8) < 0.45 ? 0.25 + 0.6 * seed.unit(9) : 2
    let tornSide = seed.unit(10) < 0.5 ? 0 : 1
    let droop = (0.30 + 0.75 * age) * (0.8 + 0.5 * seed.unit(11)) + (isDead ? 1.2 : 0)
    let stations = isDead ? 26 : 38
    var normals = [SIMD3<Double>](repeating: SIMD3(0, 0, 0), count: 2)
    for i in 0..<stations {
      for side in 0..<2 {
        let s = seed.derived("leaflets").derived(i * 2 + side)
        let t = 0.13 + 0.865 * (Double(i) + 0.8 * s.unit(0)) / Double(stations)
        let gap = abs(t - torn) < 0.12 && side == tornSide ? 0.8 : (isDead ? 0.35 : 0.055)
        if s.unit(1) < gap { continue }
        let at = t * Double(steps)
        let k = max(0, min(steps - 1, Int(at)))
        let base = points[k] + (points[k + 1] - points[k]) * (at - Double(k))
        let tangent = tangents[k]
        var across = normalized(cross(tangent, up))
        // The blade turns about its rib towards the tip.
        twist += 0.01 * (s.unit(2) - 0.5)
        let turn = sineAndCosine(degrees: (twist + 0.5 * twist * t) * 57.3)
        across = across * turn.cosine + cross(tangent, across) * turn.sine
        let hand = side == 0 ? 1.0 : -1.0
        // Longest before the middle, short at the tip.
        let rise = min(1, t / 0.30)
        let long = size * 0.235 * (0.35 + 0.65 * rise) * (1 - 0.62 * max(0, (t - 0.42) / 0.58))
        let l = long * (0.80 + 0.36 * s.unit(3))
        var open = 0.98 - 0.45 * t + 0.16 * (s.unit(4) - 0.5)
        if s.unit(5) < 0.05 { open = 1.9 }
        let spread = sineAndCosine(degrees: open * 57.3)
        var direction = normalized(tangent * spread.cosine + across * (hand * spread.sine))
        direction = normalized(direction - up * (droop * 0.30 * (0.6 + 0.8 * s.unit(6))))
        let flutter = wind * (0.06 + 0.10 * gust.value(rate: 0.83, phase: s.unit(7)))
        let bend = droop * (0.42 + 0.5 * s.unit(8))
        normals[side] += cross(tangent, direction) * hand
        let blade = blade(
          base, direction, length: l, width: size * 0.0125 * (1 - 0.35 * t), bend: bend, wind: flutter)
        blades[(side == 0 ? 2 : 0) + (s.unit(9) < 0.45 ? 0 : 1)].append(blade)
      }
    }
    let shade = Float(0.75 + 0.5 * seed.unit(12))
    return PalmLeaf(
      parts: [
        Part(polygons: blades[0], normal: normalized(normals[1]), tone: 0.55),
        Part(polygons: blades[1], normal: normalized(normals[1])),
        Part(polygons: blades[2], normal: normalized(normals[0]), tone: 0.6),
        Part(polygons: blades[3] + [rib + back.reversed()], normal: normalized(normals[0]), tone: 1.1),
      ],
      depth: around.sine * length * 0.5 * (isDead ? 0.3 : 1),
      albedo: (isDead ? Vector(0.042, 0.030, 0.018) : Vector(0.020, 0.034, 0.022)) * shade,
      shine: isDead ? 0.5 : 1, gloss: isDead ? 0 : 0.25)
  }

  /// A stalk that ends in a fan of pointed blades.
  static func fan(
    _ palm: PalmPicture, _ root: SIMD3<Double>, age: Double, number: Int, size: Double, isDead: Bool,
    _ seed: Seed
  ) -> PalmLeaf {
    let gust = Sway(moment: palm.moment)
    let wind = Double(palm.wind)
    let around = sineAndCosine(degrees: 137.5 * Double(number) + palm.turn + 40 * (seed.unit(1) - 0.5))
    let swing = wind * 0.06 * gust.value(rate: 0.27, phase: seed.unit(2))
    var elevation = 1.40 - 1.75 * age + 0.3 * (seed.unit(3) - 0.5)
    if isDead { elevation = -1.12 - 0.3 * seed.unit(4) }
    let heading = normalized(SIMD3(around.cosine + wind * 0.10 + swing, 0, around.sine))
    let stalk = size * (isDead ? 0.35 : 0.62) * (0.8 + 0.4 * seed.unit(5))
    let steps = 8
    var points = [root]
    var tangent = heading
    for _ in 0..<steps {
      let sc = sineAndCosine(degrees: elevation * 57.295_779_5)
      tangent = normalized(heading * sc.cosine + up * sc.sine)
      points.append((points.last ?? root) + tangent * (stalk / Double(steps)))
      elevation = max(
        -1.5, elevation - (0.25 + 0.6 * age) / Double(steps) * max(0.1, sc.cosine) + swing * 0.1)
    }
    let end = points.last ?? root
    var polygons: [[SIMD2<Double>]] = []
    var left: [SIMD2<Double>] = []
    var right: [SIMD2<Double>] = []
    for (i, p) in points.enumerated() {
      let n = normalized(SIMD2(-tangent.y, tangent.x))
      let w = size * 0.011 * (1.2 - 0.5 * Double(i) / Double(steps))
      left.append(SIMD2(p.x, p.y) + n * w)
      right.append(SIMD2(p.x, p.y) - n * w)
    }
    polygons.append(left + right.reversed())
    var across = normalized(cross(tangent, up))
    let turn = sineAndCosine(degrees: 70 * (seed.unit(6) - 0.5))
    across = across * turn.cosine + cross(tangent, across) * turn.sine
    let normal = cross(tangent, across)
    let blades = isDead ? 17 : 30
    let open = isDead ? 42.0 : 118.0
    for i in 0..<blades {
      let s = seed.derived("blades").derived(i)
      if s.unit(0) < (isDead ? 0.25 : 0.06) { continue }
      let angle = open * (2 * (Double(i) + 0.5 + 0.5 * (s.unit(1) - 0.5)) / Double(blades) - 1)
      let sc = sineAndCosine(degrees: angle)
      // The hand is folded a little along its middle.
      var direction = normalized(tangent * sc.cosine + across * sc.sine + normal * (0.25 * abs(sc.sine)))
      direction = normalized(direction - up * (0.12 + 0.35 * age) * (0.7 + 0.6 * s.unit(2)))
      let l = size * (0.60 + 0.14 * sc.cosine) * (0.82 + 0.3 * s.unit(3))
      let flutter = wind * (0.05 + 0.10 * gust.value(rate: 0.9, phase: s.unit(4)))
      polygons.append(
        blade(
          end, direction, length: l, width: size * 0.030, bend: (0.25 + 0.6 * age) * (0.5 + s.unit(5)),
          wind: flutter))
    }
    let shade = Float(0.7 + 0.6 * seed.unit(7))
    return PalmLeaf(
      parts: [Part(polygons: polygons, normal: normal)], depth: around.sine * (stalk + size * 0.3),
      albedo: (isDead ? Vector(0.046, 0.034, 0.022) : Vector(0.020, 0.032, 0.022)) * shade,
      shine: isDead ? 0.45 : 1, gloss: isDead ? 0 : 0.2)
  }

  /// A narrow blade that ends in a point, hanging more towards its end.
  private static func blade(
    _ base: SIMD3<Double>, _ direction: SIMD3<Double>, length: Double, width: Double, bend: Double,
    wind: Double
  ) -> [SIMD2<Double>] {
    var p = base
    var d = direction
    let shares = [0.24, 0.26, 0.26, 0.24]
    let widths = [0.55, 1.0, 0.92, 0.60, 0.0]
    var left: [SIMD2<Double>] = []
    var right: [SIMD2<Double>] = []
    for i in 0...shares.count {
      let n = normalized(SIMD2(-d.y, d.x))
      let w = width * 0.5 * widths[i]
      left.append(SIMD2(p.x, p.y) + n * w)
      if i < shares.count {
        right.append(SIMD2(p.x, p.y) - n * w)
        p += d * (length * shares[i])
        d = normalized(d - up * (bend * shares[i] * 1.5) + SIMD3(wind * shares[i] * 1.5, 0, 0))
      }
    }
    return left + right.reversed()
  }
}

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// Unit length; a vector without direction points to the right.
private func normalized(_ v: SIMD3<Double>) -> SIMD3<Double> {
  let size = (v * v).sum().squareRoot()
  return size > 1e-9 ? v / size : SIMD3(1, 0, 0)
}

private func normalized(_ v: SIMD2<Double>) -> SIMD2<Double> {
  let size = (v * v).sum().squareRoot()
  return size > 1e-9 ? v / size : SIMD2(1, 0)
}
