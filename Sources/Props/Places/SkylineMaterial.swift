import Catalog
import Raster
import Stage

/// Windows by the thousand, far away: lit floors, dark columns, warm homes and cool offices, some of them flickering.
///
/// A look is the average over its footprint: window by window where they can be told apart, and the mean of the
/// tower's windows where they cannot.
struct SkylineMaterial: SurfaceMaterial {
  /// How a tower is lit.
  struct Habit: Sendable {
    /// From window to window and from floor to floor, meters.
    var cell: SIMD2<Float>
    /// Share of a cell that is glass.
    var glass: SIMD2<Float>
    /// Share of windows that are lit.
    var lit: Float
    /// Share of lit windows with warm light.
    var warm: Float
    /// How much floors differ from one another, 0…1.
    var floors: Float
    /// Light line along the top edge and along the corners, linear.
    var crown: Vector
    var corners: Vector
    var mean = Vector(0, 0, 0)
  }

  private var habits: [Habit] = []
  /// Factor on all light of windows.
  let gain: Float
  /// How many windows flicker, 0…1.
  let flicker: Float
  /// Time in steps of ``rate`` a second, and how many steps there are until everything repeats.
  private let step: Int
  private let within: Float
  private let steps: Int?

  private static let rate = 7.0
  private static let warmLight = Vector(1, 0.50, 0.17)
  private static let coolLight = Vector(0.40, 0.80, 0.90)
  private static let roseLight = Vector(1, 0.20, 0.50)
  private static let albedo = Vector(0.020, 0.022, 0.026)

  /// - Parameters:
  ///   - lit: share of windows that are lit; warm: share of those that are warm.
  init(lit: Float, warm: Float, gain: Float, flicker: Float, accent: Vector, seed: Seed, moment: Moment) {
    self.gain = gain
    self.flicker = flicker
    let time = moment.time * SkylineMaterial.rate
    let whole = max(-1e9, min(1e9, time.rounded(.down)))
    step = Int(whole)
    within = Float(time - whole)
    steps = moment.loop.flatMap { $0 > 0 ? max(1, Int(min(1e9, $0 * SkylineMaterial.rate).rounded())) : nil }
    let cells: [SIMD2<Float>] = [
      [1.25, 1.9], [1.0, 2.1], [1.8, 2.0], [1.1, 1.8], [2.3, 2.3], [1.4, 2.4],
    ]
    habits = (0..<12).map { i in
      let s = seed.derived("habit").derived(i)
      func unit(_ k: Int) -> Float { Float(s.unit(k)) }
      let hasCrown = i % 6 == 1
      return Habit(
        cell: cells[i % cells.count], glass: SIMD2(0.44 + 0.34 * unit(0), 0.38 + 0.22 * unit(1)),
        lit: max(0, min(1, lit * (0.45 + 1.1 * unit(2)))), warm: max(0, min(1, warm * (0.1 + 1.8 * unit(3)))),
        floors: 0.35 + 0.6 * unit(4), crown: hasCrown ? accent * (0.20 + 0.4 * unit(6)) : Vector(0, 0, 0),
        corners: hasCrown && unit(7) < 0.5 ? accent * 0.07 : Vector(0, 0, 0))
    }
    for i in habits.indices { habits[i].mean = mean(habits[i], UInt32(truncatingIfNeeded: i)) }
  }

  private func mean(_ habit: Habit, _ seed: UInt32) -> Vector {
    var sum = Vector(0, 0, 0)
    let count = 48
    for i in 0..<count { for j in 0..<count { sum += window(habit, i, j, seed) } }
    return sum / Float(count * count) * (habit.glass.x * habit.glass.y)
  }

  func look(at point: SurfacePoint) -> SurfaceLook {
    guard point.face != .top, point.face != .bottom else {
      return SurfaceLook(albedo: SkylineMaterial.albedo)
    }
    let number = Int(point.seed % UInt32(max(1, habits.count)))
    guard habits.indices.contains(number) else { return SurfaceLook(albedo: SkylineMaterial.albedo) }
    let habit = habits[number]
    let isSide = point.face == .left || point.face == .right
    let wide = isSide ? point.size.z : point.size.x
    let seed = point.seed &+ (isSide ? 77 : 0)
    let fx = max(1e-3, point.footprint.x)
    let fy = max(1e-3, point.footprint.y)
    // Windows fill the wall without being cut at its corners; the top and the corners are blind.
    let columns = max(1, ((wide - 0.8) / habit.cell.x).rounded(.down))
    let margin = (wide - columns * habit.cell.x) / 2
    let rows = max(1, ((point.size.y - 1.2) / habit.cell.y).rounded(.down))
    let u = point.across - margin
    let v = point.local.y
    let inside =
      SurfaceNoise.cover(0, columns * habit.cell.x, u, fx) * SurfaceNoise.cover(0, rows * habit.cell.y, v, fy)

    var light = Vector(0, 0, 0)
    let spanned = (fx / habit.cell.x + 1) * (fy / habit.cell.y + 1)
    let far = SurfaceNoise.step(10, 22, spanned)
    if far < 1, inside > 0 {
      light =
        windows(
          habit, u, v, fx, fy, columns: Int(min(10_000, columns)), rows: Int(min(10_000, rows)), seed)
        * (1 - far)
    }
    light += habit.mean * (inside * far)
    // Blinds, dust and the air's trembling: towers are not evenly bright.
    light *= 0.55 + 0.9 * SurfaceNoise.cell(Int(seed & 0xffff), 9, 3)
    let top = SurfaceNoise.cover(point.size.y - 0.7, point.size.y - 0.25, point.local.y, fy)
    let edge =
      SurfaceNoise.cover(0.1, 0.45, point.across, fx)
      + SurfaceNoise.cover(wide - 0.45, wide - 0.1, point.across, fx)
    // Small blocks, such as steps and low houses, bear no lines.
    if point.size.y > 16 { light += habit.crown * top + habit.corners * edge }
    let bands = 1 - 0.4 * StoneRelief.lines(v, period: habit.cell.y, width: 0.5, footprint: fy)
    return SurfaceLook(albedo: SkylineMaterial.albedo * bands, light: light * gain)
  }

  /// The windows that the footprint touches, each by the share that it fills.
  private func windows(
    _ habit: Habit, _ u: Float, _ v: Float, _ fx: Float, _ fy: Float, columns: Int, rows: Int, _ seed: UInt32
  ) -> Vector {
    let c = habit.cell
    let i0 = max(0, SurfaceNoise.floor((u - fx / 2) / c.x))
    let i1 = min(columns - 1, SurfaceNoise.floor((u + fx / 2) / c.x))
    let j0 = max(0, SurfaceNoise.floor((v - fy / 2) / c.y))
    let j1 = min(rows - 1, SurfaceNoise.floor((v + fy / 2) / c.y))
    guard i0 <= i1, j0 <= j1 else { return Vector(0, 0, 0) }
    let marginX = (1 - habit.glass.x) / 2
    let marginY = (1 - habit.glass.y) * 0.6
    var sum = Vector(0, 0, 0)
    for j in j0...j1 {
      let low = (Float(j) + marginY) * c.y
      let b = SurfaceNoise.cover(low, low + habit.glass.y * c.y, v, fy)
      guard b > 0 else { continue }
      for i in i0...i1 {
        let left = (Float(i) + marginX) * c.x
        let a = SurfaceNoise.cover(left, left + habit.glass.x * c.x, u, fx)
        guard a > 0 else { continue }
        sum += window(habit, i, j, seed) * (a * b)
      }
    }
    return sum
  }

  /// The light of one window.
  private func window(_ habit: Habit, _ i: Int, _ j: Int, _ seed: UInt32) -> Vector {
    // Floors that work late, floors that are empty, stairs that are always lit.
    let floor = SurfaceNoise.cell(j, 1, seed)
    var lit = habit.lit
    if floor > 1 - 0.16 * habit.floors { lit = min(0.92, lit * 2.8) }
    if floor < 0.28 * habit.floors { lit *= 0.3 }
    // Rooms are two or three windows wide.
    let room = (i &+ Int(floor * 3)) / 2
    if SurfaceNoise.cell(room / 2, 3, seed &+ 5) < 0.22 { lit *= 0.3 }
    let alike = SurfaceNoise.cell(room, j, seed &+ 4)
    let chance = alike * 0.55 + SurfaceNoise.cell(i, j, seed) * 0.45
    // The mix of two even spreads is no even spread: its lower tail, 0…1, is bent back.
    guard chance < 0.12 + 0.76 * lit else { return Vector(0, 0, 0) }
    let e = SurfaceNoise.cell(i, j, seed &+ 1)
    var strength = 0.13 + 2.1 * e * e * e * e
    let hue = SurfaceNoise.cell(room, j, seed &+ 2)
    let light: Vector
    if hue < habit.warm {
      light = SkylineMaterial.warmLight
    } else if hue < habit.warm + (1 - habit.warm) * 0.96 {
      light = SkylineMaterial.coolLight
    } else {
      light = SkylineMaterial.roseLight
    }
    if flicker > 0 { strength *= tremble(i, j, seed) }
    return light * strength
  }

  /// How a window's light moves: nearly all tremble a little, some are screens or failing tubes.
  private func tremble(_ i: Int, _ j: Int, _ seed: UInt32) -> Float {
    let kind = SurfaceNoise.cell(i, j, seed &+ 7)
    func level(_ n: Int) -> Float {
      var n = n
      if let steps { n = ((n % steps) + steps) % steps }
      return SurfaceNoise.cell(i &* 65 &+ n, j &* 129 &- n &* 7, seed &+ 8)
    }
    let smooth = level(step) + (level(step &+ 1) - level(step)) * within
    if kind < 0.05 * flicker { return 0.25 + 1.1 * (level(step) > 0.35 ? 1 : 0) * (0.6 + 0.4 * smooth) }
    return 1 + min(1, flicker) * 0.22 * (smooth - 0.5)
  }
}

/// Lights in a row along a wall: a quay, an embankment.
struct QuayMaterial: SurfaceMaterial {
  var light: Vector
  /// From lamp to lamp, meters.
  var spacing: Float

  func look(at point: SurfacePoint) -> SurfaceLook {
    let shade = 0.6 + 0.6 * SurfaceNoise.value(point.across * 0.2, point.local.y, point.seed)
    guard point.face == .front else { return SurfaceLook(albedo: Vector(0.03, 0.03, 0.03) * shade) }
    let lamps = StoneRelief.lines(point.across, period: spacing, width: 0.5, footprint: point.footprint.x)
    let row = SurfaceNoise.cover(
      point.size.y - 0.6, point.size.y - 0.1, point.local.y, point.footprint.y)
    let number = SurfaceNoise.floor(point.across / max(0.1, spacing))
    let strength = 0.2 + 1.6 * SurfaceNoise.cell(number, 2, point.seed)
    return SurfaceLook(albedo: Vector(0.03, 0.03, 0.03) * shade, light: light * (lamps * row * strength))
  }
}

/// Slabs of stone with joints, laid out on a promenade.
struct PavingMaterial: SurfaceMaterial {
  /// Size of a slab, meters.
  var slab: SIMD2<Float>
  var albedo: Float = 0.055

  func look(at point: SurfacePoint) -> SurfaceLook {
    let p =
      point.face == .top ? SIMD2(point.position.x, point.position.z) : SIMD2(point.position.z, point.local.y)
    let f = point.footprint
    let joints = max(
      StoneRelief.lines(p.x, period: slab.x, width: 0.018, footprint: f.x),
      StoneRelief.lines(p.y, period: slab.y, width: 0.018, footprint: f.y))
    let near = 1 - SurfaceNoise.step(0.5, 1.5, max(f.x / slab.x, f.y / slab.y))
    let tone = SurfaceNoise.cell(
      SurfaceNoise.floor(p.x / slab.x), SurfaceNoise.floor(p.y / slab.y), point.seed)
    let stain = SurfaceNoise.value(p.x * 0.7, p.y * 0.7, point.seed &+ 1)
    let shade = (0.65 + 0.4 * stain + 0.35 * (tone - 0.5) * near) * (1 - 0.6 * joints)
    return SurfaceLook(albedo: Vector(1, 0.98, 0.95) * (albedo * shade))
  }
}
