import CVector

/// Depth of field: looks from all over the lens.
extension Shot {
  /// Looks through the lens for one pixel: more of them for wide discs, and where they disagree.
  private static let fewestLooks: Float = 8
  private static let mostLooks = 64
  /// Discs of so many pixels are as good as a point.
  private static let sharpDisc: Float = 0.6
  /// Width of what a look stands for beside its share of the lens.
  private static let overlap: Float = 1.5

  /// A pixel as an opened lens shows it.
  func throughLens(_ x: Float, _ y: Float, _ scratch: Scratch) -> Vector {
    let middle = view.slopes(x: x, y: y)
    let (widest, shines) = widestDisc(x, y, middle, scratch)
    let disc = widest / pixel
    guard disc > Shot.sharpDisc else { return sharp(x, y, scratch) }

    // Large pictures are judged small: there neighbors average out each other's noise.
    let scale = noiseScale
    let most = max(16, Int(Float(Shot.mostLooks) * scale))
    // Light of its own in the dark is what discs are seen of: a few looks would miss it here and there.
    let wanted = shines ? 8 + 2.5 * disc * scale : min(24, 4 + 1.5 * disc * scale)
    var goal = min(most, max(Int(Shot.fewestLooks * max(0.5, scale)), Int(min(1000, wanted))))
    let turn = SurfaceNoise.cell(Int(x), Int(y), 0x2c1b)
    let shift = SurfaceNoise.cell(Int(x), Int(y), 0x77a3)
    let start = Int(SurfaceNoise.cell(Int(x), Int(y), 0x3e5d) * 16)
    var sum = Vector(0, 0, 0)
    var sum2: Float = 0
    var k = 0
    while k < goal {
      let i = Float(k)
      // As for reflections, every beginning of the sequence is evenly spread: here over the lens.
      let a = shift + i * 0.7548776662
      let b = turn + i * 0.5698402909
      // Each look stands for a square of more than its share of the lens, so that neighbors overlap; the middles
      // keep away from the rim by what leaves the disc's second moment as it is: R² / 2 = r² / 2 + e² / 6.
      let extent = lens.aperture * Shot.overlap * (0.7853982 / Float(goal)).squareRoot()
      let reach = max(0, lens.aperture * lens.aperture * 0.25 - extent * extent / 3).squareRoot()
      let radius = (a - a.rounded(.down)).squareRoot() * reach
      let place = SIMD2(WetGround.sine(b + 0.25), WetGround.sine(b)) * radius
      // The places in the pixel follow a sequence of their own, so that they are spread over the lens as well.
      let offset = Shot.pattern[Shot.few + (start + k * 7) % Shot.most]
      let light = look(
        view.slopes(x: x + offset.x, y: y + offset.y), through: place, extent: extent, number: k, count: goal,
        x: x, y: y, scratch)
      sum += light
      let value = (light.x + light.y + light.z) * 0.333
      sum2 += value * value
      k += 1
      if k == goal, goal < most {
        let n = Float(k)
        let mean = (sum.x + sum.y + sum.z) * 0.333 / n
        let variance = max(0, sum2 / n - mean * mean) / n
        if variance.squareRoot() / (mean + 0.02) > 0.05 / scale { goal = min(most, goal * 2) }
      }
    }
    return sum / Float(max(1, k))
  }

  /// One look: a ray through one place of the lens.
  private func look(
    _ slope: SIMD2<Float>, through place: SIMD2<Float>, extent: Float, number: Int, count: Int, x: Float,
    y: Float, _ scratch: Scratch
  ) -> Vector {
    let origin = scene.camera.eye + Vector(place.x, place.y, 0)
    let turned = slope - place * lens.perFocus
    let ray = BoundsTree.Ray(origin: origin, direction: direction(turned))
    let part = LensPart(
      extent: extent, perFocus: lens.perFocus * ray.direction.z, number: number, count: count)
    let hit = cast(ray, far: .greatestFiniteMagnitude, scratch)
    scratch.counts.pointee.primary += 1
    let spread = pixel * ray.direction.z
    let cone = SoftThings.Cone(
      direction: ray.direction, spreadAcross: spread, spreadUpward: spread, before: 0, lens: part)
    let soft = self.soft.gather(
      ray, cone, far: hit.t, reflected: false, shares: nil, scratch.stack, into: scratch.hits)
    let seen = Sample(item: hit.item, face: hit.face, t: hit.t, x: 0, y: 0, group: 0)
    let surface = self.surface(seen, ray, x: x, y: y, part, scratch)
    // Air-light is known for rays from the lens's middle: the one that ends at the same place is taken.
    let end = max(1e-3, min(surface.t, scene.air.reach) * ray.direction.z)
    let color = through(soft, scratch.hits, surface, slope: turned + place / end, ray.direction)
    guard !rain.isEmpty else { return color }
    scratch.samples[0] = seen
    return color + drops(slope, through: place, part, scratch, count: 1, soft: soft)
  }

  /// The widest disc that a point becomes of what is seen at a pixel, in slopes, and whether something that is
  /// not sharp shines brighter than its surroundings may.
  private func widestDisc(
    _ x: Float, _ y: Float, _ slope: SIMD2<Float>, _ scratch: Scratch
  ) -> (slope: Float, shines: Bool) {
    let eye = scene.camera.eye
    var widest: Float = 0
    var shines = false
    var far: Float = 0
    // The middle, a ring within the lens and its rim.
    for i in 0..<13 {
      let angle = Float(i) / 4 + (i > 4 ? 0.0625 : 0) + Float(i > 8 ? 1 : 0) * 0.125
      let radius = lens.aperture * (i == 0 ? 0 : i < 5 ? 0.3 : 0.5)
      let place = SIMD2(WetGround.sine(angle + 0.25), WetGround.sine(angle)) * radius
      let ray = BoundsTree.Ray(
        origin: eye + Vector(place.x, place.y, 0), direction: direction(slope - place * lens.perFocus))
      let t = cast(ray, far: .greatestFiniteMagnitude, scratch).t
      widest = max(widest, lens.disc(at: t * ray.direction.z))
      far = max(far, t)
    }
    // Cards and strands are met by one look through the whole lens, however little of it they cover.
    let ray = BoundsTree.Ray(origin: eye, direction: direction(slope))
    let cone = SoftThings.Cone(
      direction: ray.direction, spreadAcross: pixel, spreadUpward: pixel, before: 0,
      lens: LensPart(extent: lens.aperture * 1.4, perFocus: lens.perFocus * ray.direction.z))
    let count = soft.gather(
      ray, cone, far: far, reflected: false, shares: nil, scratch.stack, into: scratch.hits)
    for i in 0..<count where scratch.hits[i].alpha > 0.004 || scratch.hits[i].light.max() > 0.004 {
      let disc = lens.disc(at: scratch.hits[i].t * ray.direction.z)
      widest = max(widest, disc)
      if scratch.hits[i].light.max() > 0.02, disc > pixel { shines = true }
    }
    return (widest, shines)
  }
}
