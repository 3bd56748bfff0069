import CVector

/// Cards and strands: what covers by its alpha and is averaged over what one look covers of it, so that one ray a
/// pixel draws smooth edges.
final class SoftThings: @unchecked Sendable {
  /// A card ready for rays. Plain, without references: rays look at it by the million.
  private struct PlacedCard {
    let texture: CardTexels
    let origin: Vector
    let gain: Float
    let visibility: Visibility
    let normal: Vector
    /// Edges divided by their squared lengths: dot products with them are shares of the card.
    let perU: Vector
    let perV: Vector
    /// Unit vectors along the edges.
    let unitU: Vector
    let unitV: Vector
  }

  /// A strand without its points: plain, so that looking at it copies no references.
  private struct Line {
    let radius: Float
    let light: Vector
    let halo: Float
    let cover: Float
    let visibility: Visibility
    let reach: Float
  }

  private struct Piece {
    let from: Vector
    let along: Vector
    /// Square of the length of `along`.
    let length2: Float
    let strand: Int
  }

  private let cards: UnsafeMutablePointer<PlacedCard>
  private let cardCount: Int
  /// Owners of what the cards show.
  private let textures: [CardTexture]
  private let pieces: [Piece]
  private let lines: [Line]
  private let tree: BoundsTree
  /// Cards that throw shadows.
  private let casters: [Int]
  private let lights: LightSet
  private let dimming: Float

  /// Something soft that a ray meets.
  struct Hit {
    var t: Float
    /// Light that leaves towards the eye, its own and reflected; not yet dimmed by fog.
    var light: Vector
    var alpha: Float
    /// Of a strand, else −1.
    var strand: Int
  }

  /// What one look covers: two directions across the ray and the slopes that it spreads to along them.
  struct Cone {
    var across: Vector
    var upward: Vector
    var spreadAcross: Float
    var spreadUpward: Float
    /// Length of the way to the eye before the ray began, meters.
    var before: Float
    /// The part of the lens that the look stands for.
    var lens: LensPart

    @inline(__always)
    init(
      direction d: Vector, spreadAcross: Float, spreadUpward: Float, before: Float, lens: LensPart = .point
    ) {
      self.lens = lens
      let level = max(1e-4, (d.x * d.x + d.z * d.z).squareRoot())
      across = Vector(d.z / level, 0, -d.x / level)
      upward = Vector(-d.x * d.y / level, level, -d.z * d.y / level)
      self.spreadAcross = spreadAcross
      self.spreadUpward = spreadUpward
      self.before = before
    }

    /// What the look covers after a way of so many meters, meters.
    @inline(__always)
    func width(spread: Float, after way: Float) -> Float { way * spread + lens.width(after: way) }
  }

  /// At most so many soft things are seen along one ray; the nearest are kept.
  static let most = 48

  init(scene: Scene, textures: [CardTexture], lights: LightSet, pixel: Float) {
    self.lights = lights
    dimming = scene.air.dimming
    let lens = Lens(scene.camera).whole
    lines = scene.strands.map {
      Line(
        radius: $0.radius, light: $0.light, halo: $0.halo, cover: $0.cover, visibility: $0.visibility,
        reach: SoftThings.reach($0))
    }
    var bounds: [BoundsTree.Bounds] = []
    let cards = zip(scene.cards, textures).map { card, texture in
      let u = card.right
      let v = card.up
      let n = cross(u, v)
      return PlacedCard(
        texture: texture.texels, origin: card.origin, gain: card.gain, visibility: card.visibility,
        normal: n / max(1e-12, length(n)), perU: u / max(1e-12, (u * u).sum()),
        perV: v / max(1e-12, (v * v).sum()), unitU: u / max(1e-6, length(u)), unitV: v / max(1e-6, length(v)))
    }
    for c in scene.cards {
      var box = BoundsTree.Bounds.empty
      for corner in [c.origin, c.origin + c.right, c.origin + c.up, c.origin + c.right + c.up] {
        box.include(.init(low: corner, high: corner))
      }
      let pad =
        1e-3 + pixel * max(0, max(box.high.z, 1))
        + max(lens.width(after: box.low.z), lens.width(after: box.high.z))
      bounds.append(.init(low: box.low - Vector(repeating: pad), high: box.high + Vector(repeating: pad)))
    }
    var pieces: [Piece] = []
    for (number, strand) in scene.strands.enumerated() {
      for (a, b) in zip(strand.points, strand.points.dropFirst()) {
        let along = b - a
        pieces.append(
          Piece(from: a, along: along, length2: max(1e-12, (along * along).sum()), strand: number))
        // A thin line is still met by the ray whose pixel it crosses.
        let reach =
          SoftThings.reach(strand) + pixel * 2 * max(1, max(a.z, b.z))
          + max(lens.width(after: a.z), lens.width(after: b.z))
        var box = BoundsTree.Bounds(low: a, high: a)
        box.include(.init(low: b, high: b))
        bounds.append(
          .init(low: box.low - Vector(repeating: reach), high: box.high + Vector(repeating: reach)))
      }
    }
    self.pieces = pieces
    tree = BoundsTree(bounds)
    self.cards = .allocate(capacity: max(1, cards.count))
    self.cards.initialize(from: cards, count: cards.count)
    cardCount = cards.count
    self.textures = textures
    casters = scene.cards.indices.filter { scene.cards[$0].castsShadow }
  }

  deinit {
    cards.deallocate()
  }

  /// Distance from a strand's middle within which it is seen.
  private static func reach(_ strand: Strand) -> Float {
    strand.halo > 0 ? strand.radius * 24 : strand.radius
  }

  /// Whether card `number` is seen by such rays.
  @inline(__always)
  private func isSeen(_ visibility: Visibility, reflected: Bool) -> Bool {
    switch visibility {
    case .everything: true
    case .cameraOnly: !reflected
    case .reflectionOnly: reflected
    }
  }

  /// Collects what the ray meets before `far`, nearest first. Returns how many.
  @inline(__always)
  func gather(
    _ ray: BoundsTree.Ray, _ cone: Cone, far: Float, reflected: Bool, shares: UnsafePointer<Float>?,
    _ stack: BoundsTree.Stack, into hits: UnsafeMutablePointer<Hit>
  ) -> Int {
    var count = 0
    tree.visit(ray, near: 1e-3, far: far, stack) { item in
      if item < cardCount {
        if let hit = meet(cards[item], ray, cone, far: far, reflected: reflected, shares: shares) {
          insert(hit, hits, &count)
        }
      } else if let hit = meet(pieces[item - cardCount], ray, cone, far: far, reflected: reflected) {
        // Pieces of one strand are one line: at their joints the fuller one counts.
        for i in 0..<count where hits[i].strand == hit.strand && abs(hits[i].t - hit.t) < 0.5 {
          if hit.alpha > hits[i].alpha
            || (hit.alpha == hits[i].alpha && hit.light.sum() > hits[i].light.sum())
          {
            for k in i..<count - 1 { hits[k] = hits[k + 1] }
            count -= 1
            insert(hit, hits, &count)
          }
          return true
        }
        insert(hit, hits, &count)
      }
      return true
    }
    return count
  }

  @inline(__always)
  private func insert(_ hit: Hit, _ hits: UnsafeMutablePointer<Hit>, _ count: inout Int) {
    var i = count
    if count == SoftThings.most {
      guard hit.t < hits[count - 1].t else { return }
      i -= 1
    } else {
      count += 1
    }
    while i > 0, hits[i - 1].t > hit.t {
      hits[i] = hits[i - 1]
      i -= 1
    }
    hits[i] = hit
  }

  private func meet(
    _ placed: borrowing PlacedCard, _ ray: BoundsTree.Ray, _ cone: Cone, far: Float, reflected: Bool,
    shares: UnsafePointer<Float>?
  ) -> Hit? {
    guard isSeen(placed.visibility, reflected: reflected) else { return nil }
    let facing = (ray.direction * placed.normal).sum()
    guard abs(facing) > 1e-5 else { return nil }
    let t = ((placed.origin - ray.origin) * placed.normal).sum() / facing
    guard t > 1e-3, t < far else { return nil }
    let p = ray.point(at: t)
    let q = p - placed.origin
    let u = (q * placed.perU).sum()
    let v = (q * placed.perV).sum()
    let way = t + cone.before
    if cone.lens.extent == 0 { guard u > -0.5, u < 1.5, v > -0.5, v < 1.5 else { return nil } }
    // How far the place on the card moves when the ray turns by the cone's spreads.
    let a =
      (cone.across - ray.direction * ((cone.across * placed.normal).sum() / facing))
      * cone.width(spread: cone.spreadAcross, after: way)
    let b =
      (cone.upward - ray.direction * ((cone.upward * placed.normal).sum() / facing))
      * cone.width(spread: cone.spreadUpward, after: way)
    let du = abs((a * placed.perU).sum()) + abs((b * placed.perU).sum())
    let dv = abs((a * placed.perV).sum()) + abs((b * placed.perV).sum())
    let inside = SurfaceNoise.cover(0, 1, u, du) * SurfaceNoise.cover(0, 1, v, dv)
    guard inside > 0 else { return nil }
    let lookup = placed.texture.lookup(
      u: max(0, min(1, u)), v: max(0, min(1, v)), .init(u: min(1, du), v: min(1, dv)))
    let texel = placed.texture.light(lookup) * inside
    var light = Vector(texel.x, texel.y, texel.z) * placed.gain
    if placed.texture.hasSurface, texel.w > 0.002 {
      let surface = placed.texture.surface(lookup) * inside
      let slopes = placed.texture.slopes(lookup)
      let front: Float = facing > 0 ? -1 : 1
      var n = placed.normal * front - placed.unitU * slopes.x - placed.unitV * slopes.y
      n /= max(1e-6, length(n))
      let arriving = lights.irradiance(at: p + n * 0.01, normal: n, dimming: dimming, shares: shares)
      light += Vector(surface.x, surface.y, surface.z) * arriving
      if surface.w > 0.003, !reflected {
        light +=
          lights.highlights(at: p, normal: n, direction: ray.direction, dimming: dimming) * surface.w
      }
    }
    guard texel.w > 0.0005 || light.max() > 1e-6 else { return nil }
    return Hit(t: t, light: light, alpha: min(1, texel.w), strand: -1)
  }

  private func meet(_ piece: Piece, _ ray: BoundsTree.Ray, _ cone: Cone, far: Float, reflected: Bool) -> Hit?
  {
    let line = lines[piece.strand]
    guard isSeen(line.visibility, reflected: reflected) else { return nil }
    // Closest points of the ray and the piece (Ericson, "Real-time collision detection", 5.1.9).
    let w = ray.origin - piece.from
    let b = (ray.direction * piece.along).sum()
    let d = (ray.direction * w).sum()
    let e = (piece.along * w).sum()
    let denominator = piece.length2 - b * b
    var s = denominator > 1e-9 ? (e - b * d) / denominator : 0
    s = max(0, min(1, s))
    let t = s * b - d
    guard t > 1e-3, t < far else { return nil }
    let gap = ray.point(at: t) - (piece.from + piece.along * s)
    let distance = length(gap)
    let width = cone.width(
      spread: (cone.spreadAcross * cone.spreadUpward).squareRoot(), after: t + cone.before)
    let r = line.radius
    let cover = SurfaceNoise.cover(-r, r, distance, max(width, r * 0.05))
    var glow: Float = 0
    let reach = line.reach
    if line.halo > 0, distance < reach {
      let x = (distance * distance + width * width * 0.1) / (r * r)
      glow = line.halo / (1 + v8_pow(v8_splat(x), 1.1)[0]) * (1 - distance / reach)
    }
    guard cover > 0 || glow > 0 else { return nil }
    return Hit(t: t, light: line.light * (cover + glow), alpha: cover * line.cover, strand: piece.strand)
  }

  /// Share of a light at `light` that cards leave at `p`; `size` is the light's radius, which blurs the shadow.
  func transmittance(from p: Vector, to light: Vector, size: Float) -> Float {
    var share: Float = 1
    let way = light - p
    for number in casters {
      let facing = (way * cards[number].normal).sum()
      guard abs(facing) > 1e-6 else { continue }
      let t = ((cards[number].origin - p) * cards[number].normal).sum() / facing
      guard t > 0.002, t < 0.998 else { continue }
      let q = p + way * t - cards[number].origin
      // The half-shadow on the card: what the light's disc covers of it, seen from the point.
      let blur = size * t * 2
      let du = blur * length(cards[number].perU)
      let dv = blur * length(cards[number].perV)
      let u = (q * cards[number].perU).sum()
      let v = (q * cards[number].perV).sum()
      let inside = SurfaceNoise.cover(0, 1, u, du) * SurfaceNoise.cover(0, 1, v, dv)
      guard inside > 0 else { continue }
      let lookup = cards[number].texture.lookup(
        u: max(0, min(1, u)), v: max(0, min(1, v)), .init(u: min(1, du), v: min(1, dv)))
      share *= 1 - min(1, cards[number].texture.light(lookup).w * inside)
      if share < 0.002 { return 0 }
    }
    return share
  }
}

@inline(__always)
func cross(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inline(__always)
func length(_ v: Vector) -> Float { (v * v).sum().squareRoot() }
