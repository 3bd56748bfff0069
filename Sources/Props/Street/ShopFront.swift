import Stage

/// The ground floor of a house: shop windows with rooms behind, roller shutters, doors, and the wall about them.
struct ShopFrontMaterial: SurfaceMaterial {
  /// What one stretch of the ground floor is.
  struct Unit: Sendable {
    enum Kind: Sendable {
      /// A window with a door; nobody is in if the interior is dark.
      case shop
      /// A roller shutter, open from the ground up to `opening` meters.
      case shutter(opening: Float)
      /// The house's own door, in a recess with a bulb.
      case door
      /// Wall.
      case wall
    }
    var kind: Kind
    /// Along the wall from the block's corner, meters.
    var from: Float
    var to: Float
    var interior: ShopInterior
    /// On which end of the window the shop's door is.
    var doorAtEnd = false
    var paint = Vector(0.05, 0.05, 0.05)
    /// Whether people may come in.
    var isOpen = false
    var seed: UInt32 = 1
  }
  var wall = WallTexture()
  /// In order along the wall.
  var units: [Unit]
  /// Which face looks at the street.
  var face: SurfacePoint.Face
  /// Height of the lintel above the openings, meters.
  var head: Float = 2.75
  /// Mean look of each unit over its width, for footprints wider than what is behind the glass.
  private var profiles: [ShopProfile] = []
  /// Light of the surroundings in the glass.
  var reflection = Vector(0.0015, 0.0042, 0.0052)

  init(wall: WallTexture, units: [Unit], face: SurfacePoint.Face, head: Float) {
    self.wall = wall
    self.units = units
    self.face = face
    self.head = head
    profiles = units.map { ShopProfile(of: self, unit: $0) }
  }

  func look(at point: SurfacePoint) -> SurfaceLook {
    let u = point.across
    let v = point.local.y
    let footprint = SIMD2(max(1e-4, point.footprint.x), max(1e-4, point.footprint.y))
    guard point.face == face else {
      return SurfaceLook(
        albedo: wall.albedo(u, v, footprint: footprint, distance: point.distance, seed: point.seed))
    }
    let low = u - footprint.x * 0.5
    let high = u + footprint.x * 0.5
    // Few units stand in a row: a search from the front is the fastest.
    var albedo = Vector(0, 0, 0)
    var light = Vector(0, 0, 0)
    var left: Float = 1
    for index in units.indices {
      let from = units[index].from
      let to = units[index].to
      guard to > low, from < high else { continue }
      let share = SurfaceNoise.cover(from, to, u, footprint.x)
      guard share > 0.002 else { continue }
      let width = to - from
      let wide = SurfaceNoise.step(0.25, 0.45, footprint.x / max(0.5, width))
      var look = SurfaceLook(albedo: Vector(0, 0, 0))
      if wide > 0, index < profiles.count {
        look = profiles[index].look(v, footprint.y, direction: point)
      }
      if wide < 1 {
        let x = max(0, min(width, u - from))
        let close = self.look(units[index], x: x, y: v, point: point, footprint: footprint)
        look.albedo = close.albedo.mixed(with: look.albedo, wide)
        look.light = close.light.mixed(with: look.light, wide)
      }
      albedo += look.albedo * share
      light += look.light * share
      left -= share
    }
    if left > 0.002 {
      albedo +=
        wall.albedo(u, v, footprint: footprint, distance: point.distance, seed: point.seed) * left
    }
    return SurfaceLook(albedo: albedo, light: light)
  }

  /// One unit from near. `x` from its edge.
  func look(
    _ unit: Unit, x: Float, y: Float, point: SurfacePoint, footprint f: SIMD2<Float>
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let width = unit.to - unit.from
    let opening = noise.cover(0.06, width - 0.06, x, f.x) * noise.cover(0, head, y, f.y)
    var look = SurfaceLook(albedo: Vector(0, 0, 0))
    if opening < 1 {
      var stone =
        wall.albedo(unit.from + x, y, footprint: f, distance: point.distance, seed: point.seed)
      // Feet of walls are splashed and kicked.
      stone *= 0.7 + 0.3 * noise.step(0, 0.5, y)
      look.albedo = stone * (1 - opening)
      if opening <= 0 { return look }
    }
    let inside: SurfaceLook
    switch unit.kind {
    case .wall:
      inside = SurfaceLook(
        albedo: wall.albedo(unit.from + x, y, footprint: f, distance: point.distance, seed: point.seed)
          * (0.7 + 0.3 * noise.step(0, 0.5, y)))
    case .shop: inside = shop(unit, x, y, width, point, f)
    case .shutter(let lift): inside = shutter(unit, x, y, width, lift, point, f)
    case .door: inside = door(unit, x, y, width, point, f)
    }
    look.albedo += inside.albedo * opening
    look.light += inside.light * opening
    return look
  }

  private func sight(_ x: Float, _ y: Float, _ point: SurfacePoint, _ f: SIMD2<Float>) -> ShopInterior.Sight {
    let n = point.face.normal
    let d = point.direction
    let dz = -(n.x * d.x + n.y * d.y + n.z * d.z)
    let dx = point.face == .left || point.face == .right ? d.z : d.x
    return ShopInterior.Sight(
      x: x, y: y, dx: dx, dy: d.y, dz: dz, footprint: f, distance: point.distance)
  }

  private func shop(
    _ unit: Unit, _ x: Float, _ y: Float, _ width: Float, _ point: SurfacePoint, _ f: SIMD2<Float>
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let draw = { (i: Int) in noise.cell(i, 3, unit.seed) }
    let doorWidth: Float = min(1.05, width * 0.4)
    let doorFrom = unit.doorAtEnd ? width - doorWidth - 0.08 : 0.08
    let doorTo = doorFrom + doorWidth
    let isDoor = noise.cover(doorFrom, doorTo, x, f.x)
    let riser: Float = 0.28 + 0.25 * draw(1)
    // Glass between posts and bars; the door's glass reaches further down.
    var glass = noise.cover(0.1, width - 0.1, x, f.x)
    let low = riser + (0.12 - riser) * isDoor
    glass *= noise.cover(low, head - 0.06, y, f.y)
    glass *= 1 - noise.cover(2.18, 2.26, y, f.y)
    let panes = max(1, ((width - doorWidth) / 1.35).rounded())
    let from = unit.doorAtEnd ? 0.08 : doorTo
    let pane = (width - doorWidth - 0.16) / panes
    let post =
      (Stripes.share(0, 0.035 / pane, of: (x - from) / pane, width: f.x / pane)
        + Stripes.share(1 - 0.035 / pane, 1, of: (x - from) / pane, width: f.x / pane))
    glass *= 1 - min(1, post) * (1 - isDoor)
    let stile = isDoor * (1 - noise.cover(doorFrom + 0.09, doorTo - 0.09, x, f.x))
    glass *= 1 - stile
    var albedo = unit.paint
    // Tiles on the riser, metal on the frames.
    if y < riser + 0.1 {
      let joint =
        1 - Stripes.share(0.05, 1, of: x / 0.15, width: f.x / 0.15)
        * Stripes.share(0.05, 1, of: y / 0.15, width: f.y / 0.15)
      albedo *= 1.05 - 0.5 * joint
    }
    var light = Vector(0, 0, 0)
    if glass > 0.002 {
      let s = sight(x, y, point, f)
      let miss = 1 - max(0, min(1, s.dz))
      let fresnel = 0.05 + 0.95 * miss * miss * miss * miss * miss
      var seen = unit.interior.radiance(s) * (1 - fresnel) * Vector(0.92, 1, 0.97)
      var glassAlbedo = Vector(repeating: 0.012)
      // Bills on the glass: the lamp behind shines through paper.
      let bill = self.bill(unit, x, y, width, f)
      if bill.cover > 0 {
        seen = seen.mixed(with: unit.interior.light * bill.color * 0.34, bill.cover)
        glassAlbedo = glassAlbedo.mixed(with: bill.color * 0.055, bill.cover)
      }
      // Dirt at the bottom of panes.
      seen *= 0.72 + 0.28 * noise.step(low, low + 0.35, y)
      let lift = 0.4 + 0.6 * noise.step(-0.1, 0.5, point.direction.y)
      light = (seen + reflection * (fresnel * lift)) * glass
      albedo = albedo.mixed(with: glassAlbedo, glass)
    }
    // The door's handle catches the street.
    let handle =
      noise.cover(0, 0.035, abs(x - (unit.doorAtEnd ? doorFrom + 0.16 : doorTo - 0.16)), f.x)
      * noise.cover(0.85, 1.35, y, f.y)
    albedo = albedo.mixed(with: Vector(repeating: 0.09), handle)
    return SurfaceLook(albedo: albedo, light: light * (1 - handle))
  }

  private struct Bill {
    var color: Vector
    var cover: Float
  }

  /// Up to four bills on a window.
  private func bill(_ unit: Unit, _ x: Float, _ y: Float, _ width: Float, _ f: SIMD2<Float>) -> Bill {
    let noise = SurfaceNoise.self
    guard max(f.x, f.y) < 0.4 else { return Bill(color: Vector(1, 1, 1), cover: 0) }
    for k in 0..<4 where noise.cell(k, 41, unit.seed) < 0.5 {
      let w: Float = 0.24 + 0.2 * noise.cell(k, 42, unit.seed)
      let h = w * 1.41
      let left = 0.15 + (width - 0.4 - w) * noise.cell(k, 43, unit.seed)
      let low = 1.0 + 0.75 * noise.cell(k, 44, unit.seed)
      let cover = noise.cover(left, left + w, x, f.x) * noise.cover(low, low + h, y, f.y)
      guard cover > 0 else { continue }
      let print = PosterMaterial.print(
        SIMD2((x - left) / w, (y - low) / h), SIMD2(f.x / w, f.y / h), seed: unit.seed &+ UInt32(k))
      return Bill(color: print, cover: cover)
    }
    return Bill(color: Vector(1, 1, 1), cover: 0)
  }

  private func shutter(
    _ unit: Unit, _ x: Float, _ y: Float, _ width: Float, _ lift: Float, _ point: SurfacePoint,
    _ f: SIMD2<Float>
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    let curtain = noise.cover(lift, head, y, f.y)
    var look = SurfaceLook(albedo: Vector(0, 0, 0))
    if curtain < 1 {
      let s = sight(x, y, point, f)
      look.light = unit.interior.radiance(s) * (1 - curtain)
    }
    guard curtain > 0 else { return look }
    // Slats: a dark groove, a lit shoulder.
    let slat = (y - lift) / 0.078
    let fv = f.y / 0.078
    let groove = Stripes.share(0, 0.22, of: slat, width: fv)
    let shoulder = Stripes.share(0.55, 0.85, of: slat, width: fv)
    var tone = 1.02 - 0.72 * groove + 0.46 * shoulder
    tone *= 1 + 1.1 * noise.relief(x, y, scale: SIMD2(1.7, 0.5), footprint: f, seed: unit.seed)
    tone *= 1 + 0.5 * noise.relief(x, y, scale: SIMD2(9, 1.1), footprint: f, seed: unit.seed &+ 1)
    var color = unit.paint
    // Rust from below and at the guides.
    let rust = noise.step(
      0.05, 0.4,
      0.34 - (y - lift) * 0.8 + noise.relief(x, y, scale: SIMD2(3.1, 2), footprint: f, seed: unit.seed &+ 2))
    color = color.mixed(with: Vector(0.045, 0.022, 0.011), rust * 0.8)
    if noise.cell(1, 51, unit.seed) < 0.45 {
      let spray = tag(unit, x, y, width, f)
      if spray.w > 0 { color = color.mixed(with: Vector(spray.x, spray.y, spray.z), spray.w) }
    }
    // Guides at both sides, a bar at the foot, a lock in its middle.
    let guide = 1 - noise.cover(0.14, width - 0.14, x, f.x)
    let bar = noise.cover(lift, lift + 0.11, y, f.y)
    color = color.mixed(with: Vector(repeating: 0.03), max(guide, bar * 0.7))
    tone += (1 - tone) * max(guide, bar)
    let lock = noise.cover(-0.07, 0.07, x - width * 0.5, f.x) * noise.cover(0.03, 0.14, y - lift, f.y)
    color = color.mixed(with: Vector(repeating: 0.008), lock)
    look.albedo = color * (max(0.1, tone) * curtain)
    return look
  }

  /// A name sprayed on a shutter: one long wave of the arm with loops. Color and cover.
  private func tag(_ unit: Unit, _ x: Float, _ y: Float, _ width: Float, _ f: SIMD2<Float>) -> SIMD4<Float> {
    let noise = SurfaceNoise.self
    let size = max(f.x, f.y)
    guard size < 0.25 else { return SIMD4(0, 0, 0, 0) }
    let middle = width * (0.3 + 0.4 * noise.cell(2, 51, unit.seed))
    let span: Float = min(1.1, width * 0.36)
    let t = (x - middle) / span
    guard abs(t) < 1.05 else { return SIMD4(0, 0, 0, 0) }
    let base: Float = 1.05 + 0.5 * noise.cell(3, 51, unit.seed)
    var best: Float = 1e3
    for k in 0..<2 {
      let shift = Float(k) * 7.3
      // Height of the stroke and its slope, from smooth noise along the arm's way.
      let e: Float = 0.012
      let frequency: Float = 4.2
      let a = noise.value(t * frequency + shift, 0.5, unit.seed &+ 60)
      let b = noise.value((t + e) * frequency + shift, 0.5, unit.seed &+ 60)
      let h = base + (a - 0.5) * 1.15 + 0.18 * t
      let slope = (b - a) * 1.15 / (e * span) + 0.18 / span
      best = min(best, abs(y - h) / (1 + slope * slope).squareRoot())
    }
    let ends = 1 - noise.step(0.9, 1.05, abs(t))
    let pen: Float = 0.028
    let cover = noise.cover(-pen, pen, best, max(size, 0.012)) * ends
    let mist = 0.25 * (1 - noise.step(pen, pen * 3, best)) * ends
    let hue = noise.cell(4, 51, unit.seed)
    let color =
      hue < 0.4
      ? Vector(0.008, 0.008, 0.009) : hue < 0.7 ? Vector(0.085, 0.085, 0.08) : Vector(0.09, 0.015, 0.03)
    return SIMD4(color.x, color.y, color.z, max(cover, mist))
  }

  private func door(
    _ unit: Unit, _ x: Float, _ y: Float, _ width: Float, _ point: SurfacePoint, _ f: SIMD2<Float>
  ) -> SurfaceLook {
    let noise = SurfaceNoise.self
    // A recess 0.9 m deep: the ray goes on to its door or to a side.
    let s = sight(x, y, point, f)
    let dz = max(0.03, s.dz)
    let depth: Float = 0.9
    let slopeX = s.dx / dz
    let slopeY = s.dy / dz
    var z = depth
    var isSide = false
    if slopeX > 1e-5, (width - x) / slopeX < z { (z, isSide) = ((width - x) / slopeX, true) }
    if slopeX < -1e-5, -x / slopeX < z { (z, isSide) = (-x / slopeX, true) }
    var isTop = false
    if slopeY > 1e-5, (head - y) / slopeY < z { (z, isSide, isTop) = ((head - y) / slopeY, false, true) }
    var isFloor = false
    if slopeY < -1e-5, -y / slopeY < z { (z, isSide, isTop, isFloor) = (-y / slopeY, false, false, true) }
    let px = x + slopeX * z
    let py = y + slopeY * z
    // A bulb under the lintel.
    let bx = px - width * 0.5
    let by = py - head + 0.25
    let bz = z - 0.55
    let lamp = 1 / (0.12 + bx * bx + by * by + bz * bz)
    var tone: Float = 0.3
    if isTop {
      tone = 0.5
    } else if isFloor {
      tone = 0.25
    } else if isSide {
      // Letter boxes on one side, tiles to the shoulder.
      tone = py < 1.4 ? 0.42 : 0.34
      let boxes = noise.cover(1.0, 1.6, py, f.y) * noise.cover(0.2, 0.7, z, f.x)
      let slot = Stripes.share(0.1, 0.9, of: (py - 1) / 0.2, width: f.y / 0.2)
      tone += boxes * (0.5 * slot - 0.1) * (slopeX > 0 ? 1 : 0)
    } else {
      let leaf = noise.cover(width * 0.5 - 0.48, width * 0.5 + 0.48, px, f.x) * noise.cover(0, 2.1, py, f.y)
      let panel =
        noise.cover(0.10, 0.38, abs(px - width * 0.5), f.x)
        * (noise.cover(0.2, 0.95, py, f.y) + noise.cover(1.1, 1.95, py, f.y))
      tone += leaf * (-0.14 + 0.05 * panel)
    }
    let glow = unit.interior.light * (tone * min(3, lamp) * 0.30)
    let bulb = noise.cover(
      -1, 0.06,
      (((x + slopeX * 0.5 - width * 0.5) * (x + slopeX * 0.5 - width * 0.5))
        + ((y + slopeY * 0.5 - head + 0.22) * (y + slopeY * 0.5 - head + 0.22))).squareRoot(), max(f.x, f.y))
    return SurfaceLook(
      albedo: wall.albedo * (0.5 * tone), light: glow + unit.interior.light * (bulb * 5))
  }
}

/// The mean of a shop front over its width, by height and by how aslant one looks: what is left of a shop window
/// when a pixel is wider than it.
struct ShopProfile: Sendable {
  private static let steps = 12
  private static let slants: [Float] = [-0.97, -0.75, 0, 0.75, 0.97]
  private static let samples = 9
  private var looks: [SurfaceLook] = []
  private let height: Float

  init(of material: ShopFrontMaterial, unit: ShopFrontMaterial.Unit) {
    height = material.head + 0.2
    let width = unit.to - unit.from
    let n = material.face.normal
    let along = n.z == 0 ? Vector(0, 0, 1) : Vector(1, 0, 0)
    let rise = height / Float(ShopProfile.steps)
    let pitch = width / Float(ShopProfile.samples)
    looks.reserveCapacity(ShopProfile.steps * ShopProfile.slants.count)
    for slant in ShopProfile.slants {
      let direction = along * slant - n * (1 - slant * slant).squareRoot()
      for j in 0..<ShopProfile.steps {
        var sum = SurfaceLook(albedo: Vector(0, 0, 0))
        for i in 0..<ShopProfile.samples {
          let x = (Float(i) + 0.5) * pitch
          let y = (Float(j) + 0.5) * rise
          let point = SurfacePoint(
            position: along * (unit.from + x) + Vector(0, y, 0),
            local: along * (unit.from + x) + Vector(0, y, 0),
            size: Vector(20, 4, 20), face: material.face, direction: direction, distance: 30,
            footprint: SIMD2(pitch, rise), seed: unit.seed)
          let look = material.look(unit, x: x, y: y, point: point, footprint: SIMD2(pitch, rise))
          sum.albedo += look.albedo
          sum.light += look.light
        }
        looks.append(
          SurfaceLook(
            albedo: sum.albedo / Float(ShopProfile.samples), light: sum.light / Float(ShopProfile.samples)))
      }
    }
  }

  /// Mean over the heights v ± extent / 2, for the point's slant.
  func look(_ v: Float, _ extent: Float, direction point: SurfacePoint) -> SurfaceLook {
    let slant = point.face == .left || point.face == .right ? point.direction.z : point.direction.x
    var k = 0
    while k < ShopProfile.slants.count - 2, slant > ShopProfile.slants[k + 1] { k += 1 }
    let a = ShopProfile.slants[k]
    let b = ShopProfile.slants[k + 1]
    let t = max(0, min(1, (slant - a) / (b - a)))
    let rise = height / Float(ShopProfile.steps)
    let low = max(0, min(Float(ShopProfile.steps) - 0.01, (v - extent * 0.5) / rise))
    let high = max(low + 0.01, min(Float(ShopProfile.steps), (v + extent * 0.5) / rise))
    var sum = SurfaceLook(albedo: Vector(0, 0, 0))
    for j in SurfaceNoise.floor(low)...min(ShopProfile.steps - 1, SurfaceNoise.floor(high)) {
      let share = (min(high, Float(j + 1)) - max(low, Float(j))) / (high - low)
      guard share > 0 else { continue }
      let one = looks[k * ShopProfile.steps + j]
      let two = looks[(k + 1) * ShopProfile.steps + j]
      sum.albedo += one.albedo.mixed(with: two.albedo, t) * share
      sum.light += one.light.mixed(with: two.light, t) * share
    }
    return sum
  }
}
