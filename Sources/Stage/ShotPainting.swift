import CVector
import Raster

extension Shot {
  /// Memory that a thread works in while it paints a row.
  struct Scratch {
    let stack: BoundsTree.Stack
    /// Share of each light that is seen from the point being shaded.
    let shares: UnsafeMutablePointer<Float>
    let hits: UnsafeMutablePointer<SoftThings.Hit>
    /// A second list, for what the ground mirrors while the first is in use.
    let mirroredHits: UnsafeMutablePointer<SoftThings.Hit>
    let samples: UnsafeMutablePointer<Sample>
    let counts: UnsafeMutablePointer<Counts>
  }

  /// What painting took.
  package struct Counts: Sendable {
    /// Rays from the eye and rays that left the ground.
    package var primary = 0
    package var reflected = 0
    /// Points of ground whose reflection was looked at.
    package var reflections = 0

    package init() {}

    package static func += (a: inout Counts, b: Counts) {
      a.primary += b.primary
      a.reflected += b.reflected
      a.reflections += b.reflections
    }
  }

  /// What a primary ray met.
  struct Sample {
    /// -1 sky, -2 ground, else the number of a block.
    var item: Int
    var face: SurfacePoint.Face
    var t: Float
    /// From the pixel's middle.
    var x: Float
    var y: Float
    var group: Int
  }

  /// Paints `row`, whose first pixel is (`x`, `y`) of the picture, with linear light; alpha is 1.
  public func paint(_ row: Row, x: Int, y: Int) {
    var counts = Counts()
    paint(row, x: x, y: y, counting: &counts)
  }

  /// Paints a row and adds up what it took.
  package func paint(_ row: Row, x: Int, y: Int, counting: inout Counts) {
    withScratch(&counting) { scratch in
      for i in 0..<row.count {
        let color = pixel(Float(x + i), Float(y), scratch)
        row.red[i] = color.x
        row.green[i] = color.y
        row.blue[i] = color.z
        row.alpha[i] = 1
      }
    }
  }

  /// Writes how far away what is seen lies, meters along the ray; what is nearer than the air's reach only.
  public func depth(_ out: UnsafeMutablePointer<Float>, count: Int, x: Int, y: Int) {
    var counts = Counts()
    withScratch(&counts) { scratch in
      for i in 0..<count { out[i] = depth(Float(x + i), Float(y), scratch) }
    }
  }

  private func withScratch(_ counts: UnsafeMutablePointer<Counts>, _ body: (Scratch) -> Void) {
    let floats = BoundsTree.stackSize * 2 + lights.padded + 8
    withUnsafeTemporaryAllocation(of: Float.self, capacity: floats) { memory in
      withUnsafeTemporaryAllocation(of: SoftThings.Hit.self, capacity: SoftThings.most * 2) { hits in
        withUnsafeTemporaryAllocation(of: Sample.self, capacity: Shot.most) { samples in
          guard let base = memory.baseAddress, let hits = hits.baseAddress, let samples = samples.baseAddress
          else { return }
          let shares = base + BoundsTree.stackSize * 2
          shares.update(repeating: 1, count: lights.padded)
          body(
            Scratch(
              stack: Shot.stack(memory), shares: shares, hits: hits, mirroredHits: hits + SoftThings.most,
              samples: samples, counts: counts))
        }
      }
    }
  }

  // MARK: One pixel

  /// Rays through a pixel where one thing is seen, and where edges are.
  static let few = 4
  static let most = 16
  /// A rotated grid, then sixteen points of a (0,2) sequence: in every column and row of a 4 × 4 (16 × 16) raster
  /// lies one.
  static let pattern: [SIMD2<Float>] = {
    let grid: [SIMD2<Float>] = [
      SIMD2(-0.125, -0.375), SIMD2(0.375, -0.125), SIMD2(-0.375, 0.125), SIMD2(0.125, 0.375),
    ]
    let sequence = (0..<16).map { i -> SIMD2<Float> in
      // Van der Corput in base 2, and Sobol's second dimension.
      var bits = 0
      var second = 0
      var direction = 0x8
      for bit in 0..<4 {
        if i >> bit & 1 == 1 {
          bits |= 8 >> bit
          second ^= direction
        }
        direction = (direction ^ (direction >> 1)) & 0xf
      }
      return SIMD2((Float(bits) + 0.5) / 16 - 0.5, (Float(second) + 0.5) / 16 - 0.5)
    }
    return grid + sequence
  }()

  @inline(__always)
  func direction(_ slope: SIMD2<Float>) -> Vector {
    let k = 1 / (slope.x * slope.x + slope.y * slope.y + 1).squareRoot()
    return Vector(slope.x * k, slope.y * k, k)
  }

  @inline(__always)
  func cast(_ slope: SIMD2<Float>, _ scratch: Scratch) -> (
    item: Int, face: SurfacePoint.Face, t: Float
  ) {
    let ray = BoundsTree.Ray(origin: scene.camera.eye, direction: direction(slope))
    return cast(ray, far: .greatestFiniteMagnitude, scratch)
  }

  @inline(__always)
  func cast(
    _ ray: BoundsTree.Ray, far: Float, _ scratch: Scratch
  ) -> (item: Int, face: SurfacePoint.Face, t: Float) {
    var limit = min(far, 4 * scene.air.reach)
    var item = -1
    if ray.direction.y < -1e-6 {
      let t = -ray.origin.y * ray.inverse.y
      if t > 1e-3, t < limit {
        limit = t
        item = -2
      }
    }
    let hit = boxes.nearest(ray, near: 1e-3, far: limit, scratch.stack)
    guard hit.item >= 0 else { return (item, .top, item == -2 ? limit : .greatestFiniteMagnitude) }
    return (hit.item, face(of: scene.boxes[hit.item], ray, hit.t), hit.t)
  }

  /// The side of a block through which a ray enters at `t`.
  @inline(__always)
  private func face(of box: Box, _ ray: BoundsTree.Ray, _ t: Float) -> SurfacePoint.Face {
    let enter = Vector(
      ((ray.direction.x > 0 ? box.low.x : box.high.x) - ray.origin.x) * ray.inverse.x,
      ((ray.direction.y > 0 ? box.low.y : box.high.y) - ray.origin.y) * ray.inverse.y,
      ((ray.direction.z > 0 ? box.low.z : box.high.z) - ray.origin.z) * ray.inverse.z)
    if enter.x >= enter.y, enter.x >= enter.z { return ray.direction.x > 0 ? .left : .right }
    if enter.y >= enter.z { return ray.direction.y > 0 ? .bottom : .top }
    return ray.direction.z > 0 ? .front : .back
  }

  private func pixel(_ x: Float, _ y: Float, _ scratch: Scratch) -> Vector {
    lens.aperture > 0 ? throughLens(x, y, scratch) : sharp(x, y, scratch)
  }

  /// A pixel as a pinhole shows it.
  func sharp(_ x: Float, _ y: Float, _ scratch: Scratch) -> Vector {
    var count = 0
    var groups = sample(0..<Shot.few, x, y, scratch, &count, groups: 0)
    if groups > 1 {
      // An edge: as many rays as it takes to draw it without stairs.
      count = 0
      groups = sample(Shot.few..<Shot.few + Shot.most, x, y, scratch, &count, groups: 0)
      scratch.counts.pointee.primary += Shot.few
    }
    scratch.counts.pointee.primary += count
    let middle = view.slopes(x: x, y: y)
    let eye = scene.camera.eye
    let ray = BoundsTree.Ray(origin: eye, direction: direction(middle))
    // A pixel is as wide as the picture's plane at any depth: rays that slant are longer, and spread less.
    let spread = pixel * ray.direction.z
    let cone = SoftThings.Cone(
      direction: ray.direction, spreadAcross: spread, spreadUpward: spread, before: 0)
    var far: Float = 0
    for i in 0..<count { far = max(far, scratch.samples[i].t) }
    let soft = self.soft.gather(
      ray, cone, far: far, reflected: false, shares: nil, scratch.stack, into: scratch.hits)

    var color = Vector(0, 0, 0)
    for group in 0..<groups {
      var offset = SIMD2<Float>(0, 0)
      var members: Float = 0
      var first = -1
      for i in 0..<count where scratch.samples[i].group == group {
        offset += SIMD2(scratch.samples[i].x, scratch.samples[i].y)
        members += 1
        if first < 0 { first = i }
      }
      guard first >= 0 else { continue }
      offset /= members
      let slope = view.slopes(x: x + offset.x, y: y + offset.y)
      let seen = scratch.samples[first]
      let surface = self.surface(
        seen, BoundsTree.Ray(origin: eye, direction: direction(slope)), x: x, y: y, .point, scratch)
      color += through(soft, scratch.hits, surface, slope: slope, ray.direction) * (members / Float(count))
    }
    return rain.isEmpty
      ? color : color + drops(middle, through: SIMD2(0, 0), .point, scratch, count: count, soft: soft)
  }

  /// Light of the drops before what is seen: they gather what the fog about them shines with.
  func drops(
    _ slope: SIMD2<Float>, through place: SIMD2<Float>, _ lens: LensPart, _ scratch: Scratch, count: Int,
    soft: Int
  ) -> Vector {
    let share = rain.share(slope: slope, pixel: pixel, through: place, lens) { z in
      var clear: Float = 0
      for i in 0..<count where scratch.samples[i].t > z { clear += 1 }
      clear /= Float(count)
      for i in 0..<soft {
        guard scratch.hits[i].t < z else { break }
        clear *= 1 - scratch.hits[i].alpha
      }
      return clear
    }
    var light = Vector(0, 0, 0)
    if share.falling > 0 {
      light += (air.value(slope: slope, over: scene.air.reach) + scene.air.ambient) * share.falling
    }
    if share.rising > 0 {
      // Water that leaves the ground is looked down upon, and still shows what shines at the horizon.
      let level = SIMD2(slope.x, max(0.01, slope.y))
      light += (air.value(slope: level, over: scene.air.reach) + scene.air.ambient) * share.rising
    }
    return light
  }

  /// Casts some of the pattern's rays and sorts what they meet into groups, each of one surface.
  @inline(__always)
  private func sample(
    _ range: Range<Int>, _ x: Float, _ y: Float, _ scratch: Scratch, _ count: inout Int, groups: Int
  ) -> Int {
    var groups = groups
    for k in range {
      let offset = Shot.pattern[k]
      let hit = cast(view.slopes(x: x + offset.x, y: y + offset.y), scratch)
      var group = groups
      for i in 0..<count where scratch.samples[i].item == hit.item && scratch.samples[i].face == hit.face {
        group = scratch.samples[i].group
        break
      }
      if group == groups { groups += 1 }
      scratch.samples[count] = Sample(
        item: hit.item, face: hit.face, t: hit.t, x: offset.x, y: offset.y, group: group)
      count += 1
    }
    return groups
  }

  /// What is seen of a surface through the soft things and the air before it.
  @inline(__always)
  func through(
    _ count: Int, _ hits: UnsafeMutablePointer<SoftThings.Hit>, _ surface: (light: Vector, t: Float),
    slope: SIMD2<Float>, _ direction: Vector
  ) -> Vector {
    let eye = scene.camera.eye
    var left: Float = 1
    var color = Vector(0, 0, 0)
    var airBefore = Vector(0, 0, 0)
    for i in 0..<count {
      let hit = hits[i]
      guard hit.t < surface.t else { break }
      let airNow = air.value(slope: slope, over: hit.t)
      color += (airNow - airBefore) * left
      airBefore = airNow
      color += hit.light * (left * fog.transmittance(from: eye.y, slope: direction.y, over: hit.t))
      left *= 1 - hit.alpha
      if left < 0.001 { return color }
    }
    let end = min(surface.t, scene.air.reach)
    color += (air.value(slope: slope, over: end) - airBefore) * left
    return color + surface.light * (left * fog.transmittance(from: eye.y, slope: direction.y, over: end))
  }

  // MARK: Surfaces

  /// Light that leaves what a primary ray met, and its distance.
  func surface(
    _ seen: Sample, _ ray: BoundsTree.Ray, x: Float, y: Float, _ lens: LensPart, _ scratch: Scratch
  ) -> (light: Vector, t: Float) {
    let endless = pixel + lens.extent * lens.perFocus
    if seen.item == -1 { return (heaven.light(ray.direction, spread: endless), .greatestFiniteMagnitude) }
    if seen.item == -2 {
      guard ray.direction.y < -1e-6 else {
        return (heaven.light(ray.direction, spread: endless), 4 * scene.air.reach)
      }
      let t = min(-ray.origin.y * ray.inverse.y, 4 * scene.air.reach)
      return (groundLight(ray, t, x: x, y: y, lens, scratch), t)
    }
    let box = scene.boxes[seen.item]
    // The middle of the rays that met the side may itself pass it by: its plane is what counts.
    var t: Float
    switch seen.face {
    case .left: t = (box.low.x - ray.origin.x) * ray.inverse.x
    case .right: t = (box.high.x - ray.origin.x) * ray.inverse.x
    case .bottom: t = (box.low.y - ray.origin.y) * ray.inverse.y
    case .top: t = (box.high.y - ray.origin.y) * ray.inverse.y
    case .front: t = (box.low.z - ray.origin.z) * ray.inverse.z
    case .back: t = (box.high.z - ray.origin.z) * ray.inverse.z
    }
    if !(t > 1e-3) || t > seen.t * 2 { t = seen.t }
    findShares(ray.point(at: t) + seen.face.normal * 0.02, scratch)
    let light = boxLight(
      box, seen.face, ray, t, spread: SIMD2(pixel, pixel), before: 0, lens,
      shares: hasShadows ? UnsafePointer(scratch.shares) : nil)
    return (light, t)
  }

  /// How much of each light that casts shadows reaches a point.
  @inline(__always)
  func findShares(_ p: Vector, _ scratch: Scratch) {
    guard hasShadows else { return }
    for (i, light) in lights.lights.enumerated() where light.castsShadow {
      scratch.shares[i] = Shot.visibility(of: light, from: p, boxes: boxes, soft: soft, stack: scratch.stack)
    }
  }

  @inline(__always)
  func boxLight(
    _ box: Box, _ face: SurfacePoint.Face, _ ray: BoundsTree.Ray, _ t: Float, spread: SIMD2<Float>,
    before: Float, _ lens: LensPart, shares: UnsafePointer<Float>?
  ) -> Vector {
    let p = ray.point(at: t)
    let n = face.normal
    let facing = max(0.02, abs((ray.direction * n).sum()))
    let way = t + before
    let spread = spread + lens.spread(after: way)
    // The footprint is stretched along the way in which the surface leans from the eye.
    var footprint: SIMD2<Float>
    switch face {
    case .left, .right: footprint = SIMD2(way * spread.x / facing, way * spread.y)
    case .front, .back: footprint = SIMD2(way * spread.x, way * spread.y)
    case .top, .bottom: footprint = SIMD2(way * spread.x, way * spread.y / facing)
    }
    footprint = SIMD2(min(footprint.x, 1e4), min(footprint.y, 1e4))
    let look = scene.materials[box.material].look(
      at: SurfacePoint(
        position: p, local: p - box.low, size: box.size, face: face, direction: ray.direction, distance: way,
        footprint: footprint, seed: box.seed))
    let arriving =
      lights.irradiance(at: p, normal: n, dimming: scene.air.dimming, shares: shares)
      + scene.air.ambient * scene.air.ambientOnSurfaces
    return look.light + look.albedo * arriving
  }

  // MARK: Depth

  private func depth(_ x: Float, _ y: Float, _ scratch: Scratch) -> Float {
    var count = 0
    _ = sample(0..<Shot.few, x, y, scratch, &count, groups: 0)
    let ray = BoundsTree.Ray(origin: scene.camera.eye, direction: direction(view.slopes(x: x, y: y)))
    let spread = pixel * ray.direction.z
    let cone = SoftThings.Cone(
      direction: ray.direction, spreadAcross: spread, spreadUpward: spread, before: 0)
    let far = 4 * scene.air.reach
    let found = soft.gather(
      ray, cone, far: far, reflected: false, shares: nil, scratch.stack, into: scratch.hits)
    var sum: Float = 0
    for k in 0..<count {
      let t = min(scratch.samples[k].t, far)
      var left: Float = 1
      for i in 0..<found {
        guard scratch.hits[i].t < t else { break }
        sum += left * scratch.hits[i].alpha * scratch.hits[i].t
        left *= 1 - scratch.hits[i].alpha
      }
      sum += left * t
    }
    return sum / Float(count)
  }
}
