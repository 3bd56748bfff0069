import Raster
import Stage

/// Ledges, roofs and alleys of a house.
extension StreetHouse {
  func buildLedges(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let stone = draws.chance("pale stone", 0.5) ? materials.pale : materials.concrete
    // A string course over the shops, a cornice in two steps, a parapet.
    set.block(
      frame, out: Span(-0.1, 0.14), y: Span(base - 0.06, base + 0.14), z: z, material: stone,
      seed: seed("course"))
    let reach = draws.number("cornice", 0.22...0.55)
    set.block(
      frame, out: Span(-0.4, reach * 0.55), y: Span(top - 0.42, top - 0.2), z: z, material: stone,
      seed: seed("cornice 1"))
    set.block(
      frame, out: Span(-0.4, reach), y: Span(top - 0.2, top + 0.06),
      z: Span(z.low - 0.08, z.high + (plot.gap > 0 ? 0.08 : 0)), material: stone, seed: seed("cornice 2"))
    set.block(
      frame, out: Span(-0.3, 0.02), y: Span(top + 0.06, top + draws.number("parapet", 0.5...1)), z: z,
      material: materials.concrete, seed: seed("parapet"))
    guard storeys > 0 else { return }
    let relief = draws.pick("relief", 4)
    if relief == 0 {
      // Fins between the bays.
      for bay in stride(from: 0, through: min(bays, 12), by: isDetailed ? 1 : 2) {
        set.block(
          frame, out: Span(0, 0.22), y: Span(base + 0.14, top - 0.42),
          z: .about(bayMiddle(bay) - grid.pitch.x / 2, 0.18), material: stone, seed: seed("fin \(bay)"))
      }
    } else if relief == 1 {
      // A course at every storey.
      for storey in 1..<max(2, min(storeys, isDetailed ? 12 : 5)) where storey < storeys {
        set.block(
          frame, out: Span(0, 0.1), y: .about(floorHeight(storey) + 0.04, 0.13), z: z, material: stone,
          seed: seed("storey \(storey)"))
      }
    } else if relief == 2 {
      buildBalconies(in: &set, materials)
    }
    if isDetailed && relief != 2 {
      buildSills(of: stone, in: &set, materials)
    }
  }

  /// Sills below the windows of the lower storeys, hoods over some. Windows close together share one sill.
  private func buildSills(of stone: Int, in set: inout SetBuilder, _ materials: StreetMaterials) {
    let width = (grid.high.x - grid.low.x) * grid.pitch.x
    let hasHoods = draws.chance("hoods", 0.3)
    let isShared = grid.pitch.x - width < 0.8 || bays > 7
    for storey in 0..<min(storeys, 3) {
      let sill = floorHeight(storey) + grid.low.y * grid.pitch.y
      let lintel = floorHeight(storey) + grid.high.y * grid.pitch.y
      let spans =
        isShared
        ? [Span(bayMiddle(0) - width / 2 - 0.1, bayMiddle(bays - 1) + width / 2 + 0.1)]
        : (0..<bays).map { Span.about(bayMiddle($0), width + 0.16) }
      for span in spans {
        set.block(
          frame, out: Span(0, 0.13), y: Span(sill - 0.09, sill - 0.01), z: span, material: stone,
          seed: seed("sill"))
        if hasHoods {
          set.block(
            frame, out: Span(0, 0.34), y: Span(lintel + 0.04, lintel + 0.09), z: span,
            material: materials.metal,
            seed: seed("hood"))
        }
      }
    }
  }

  private func buildBalconies(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let first = draws.pick("balcony bay", max(1, bays / 2))
    let count = max(1, min(bays - first, 2 + draws.pick("balcony bays", 3)))
    let from = bayMiddle(first) - grid.pitch.x * 0.46
    let to = bayMiddle(first + count - 1) + grid.pitch.x * 0.46
    let isSolid = draws.chance("solid balcony", 0.55)
    for storey in 0..<min(storeys, isDetailed ? 8 : 4) {
      let y = floorHeight(storey)
      set.block(
        frame, out: Span(0, 0.95), y: Span(y - 0.1, y + 0.04), z: Span(from, to),
        material: materials.concrete,
        seed: seed("balcony \(storey)"))
      if isSolid {
        set.block(
          frame, out: Span(0.88, 0.95), y: Span(y + 0.04, y + 0.92), z: Span(from, to),
          material: materials.pale,
          seed: seed("parapet \(storey)"))
        for end in isDetailed ? [from, to - 0.07] : [] {
          set.block(
            frame, out: Span(0, 0.9), y: Span(y + 0.04, y + 0.92), z: Span(end, end + 0.07),
            material: materials.pale,
            seed: seed("cheek \(storey)"))
        }
      } else {
        rail(out: 0.9, y: y + 0.04, height: 0.95, from: from, to: to, in: &set, materials)
      }
      // Washing, boxes and machines that nobody has room for.
      let things = isDetailed ? Int(draws.unit("things", storey) * 3.5 * style.clutter) : 0
      for i in 0..<things {
        let own = Draws(plot.seed.derived("balcony things").derived(storey))
        let wide = own.number("wide", 0.35...0.85, i)
        let middle = own.number("at", (from + 0.5)...max(from + 0.5, to - 0.5), i)
        set.block(
          frame, out: Span(0.2, 0.62), y: Span(y + 0.04, y + own.number("tall", 0.4...1.15, i)),
          z: .about(middle, wide),
          material: [materials.cooler, materials.rust, materials.metal][own.pick("m", 3, i)],
          seed: own.bits("thing \(i)"))
      }
    }
  }

  /// A handrail with bars below it, parallel to the wall, and its two returns.
  func rail(
    out: Float, y: Float, height: Float, from: Float, to: Float, in set: inout SetBuilder,
    _ materials: StreetMaterials
  ) {
    set.line(
      [
        frame.point(0, y + height, from), frame.point(out, y + height, from),
        frame.point(out, y + height, to),
        frame.point(0, y + height, to),
      ], radius: 0.022)
    let spacing = max(0.14, (to - from) / 40)
    var comb: [Vector] = []
    var at = from
    var isUp = false
    while at <= to + 1e-3, comb.count < 100 {
      comb.append(frame.point(out, isUp ? y + height : y, at))
      comb.append(frame.point(out, isUp ? y : y + height, at))
      isUp.toggle()
      at += spacing
    }
    set.line(comb, radius: 0.009)
  }

  // MARK: Roofs

  func buildRoof(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let own = Draws(plot.seed.derived("roof"))
    let room = z.length
    if own.chance("stair house", 0.6) {
      let wide = min(room - 0.6, own.number("stair w", 2.2...3.6))
      let from = z.low + 0.3 + own.unit("stair z") * max(0, room - 0.6 - wide)
      let out = -own.number("stair out", 1.2...3)
      set.block(
        frame, out: Span(out - 2.6, out), y: Span(top, top + own.number("stair h", 2.2...3)),
        z: Span(from, from + wide),
        material: materials.concrete, seed: own.bits("stair"))
    }
    if own.chance("tank", 0.5) {
      let middle = z.low + room * own.number("tank z", 0.2...0.8)
      let out = -own.number("tank out", 0.9...2.4)
      let wide = min(room * 0.6, own.number("tank w", 1.2...2))
      for leg in 0..<(isDetailed ? 4 : 2) {
        let dz = leg % 2 == 0 ? -wide * 0.42 : wide * 0.42
        let dx: Float = leg < 2 ? -0.15 : -1.2
        set.block(
          frame, out: .about(out + dx, 0.09), y: Span(top, top + 1.3), z: .about(middle + dz, 0.09),
          material: materials.rust, seed: own.bits("leg"))
      }
      // Three steps read as a round tank against the sky.
      for (step, share) in [(Float(0), Float(1)), (0.28, 0.72)] {
        set.block(
          frame, out: Span(out - 1.35 + step, out - step), y: Span(top + 1.3, top + 2.9),
          z: .about(middle, wide * share + (step == 0 ? 0 : wide * 0.42)), material: materials.rust,
          seed: own.bits("tank"))
      }
      set.block(
        frame, out: Span(out - 1.1, out - 0.25), y: Span(top + 2.9, top + 3.12),
        z: .about(middle, wide * 0.62),
        material: materials.metal, seed: own.bits("lid"))
    }
    if own.chance("vent", 0.6) {
      for i in 0..<2 {
        set.block(
          frame, out: .about(-own.number("vent out", 0.6...2, i), 0.32),
          y: Span(top, top + own.number("vent h", 0.9...1.8, i)),
          z: .about(z.low + room * own.unit("vent z", i), 0.32), material: materials.metal,
          seed: own.bits("vent"))
      }
    }
    let masts = own.pick("masts", 3)
    for i in 0..<masts {
      let at = z.low + room * own.number("mast z", 0.1...0.9, i)
      let out = -own.number("mast out", 0.5...2.5, i)
      let tall = own.number("mast", 2.2...5.5, i)
      let foot = frame.point(out, top, at)
      set.line([foot, foot + Vector(0, tall, 0)], radius: 0.025)
      // A Yagi: a boom with shorter and shorter rods.
      let isAlong = own.chance("along", 0.5, i)
      let boom = isAlong ? Vector(0, 0, 0.7) : Vector(0.7, 0, 0)
      let rod = isAlong ? Vector(1, 0, 0) : Vector(0, 0, 1)
      let head = foot + Vector(0, tall * 0.92, 0)
      set.line([head - boom, head + boom], radius: 0.014)
      for k in 0..<5 {
        let middle = head + boom * (Float(k) * 0.45 - 0.9)
        let half = rod * (0.5 - 0.06 * Float(k))
        set.line([middle - half, middle + half], radius: 0.009)
      }
    }
  }

  // MARK: Alleys

  func buildAlley(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let own = Draws(plot.seed.derived("alley"))
    let gap = Span(z.high, z.high + plot.gap)
    let deep = own.number("deep", 5...9)
    // The house behind closes it; a window or two looks out.
    var facade = FacadeMaterial(wall: texture, grid: grid)
    facade.longBays = max(1, min(3, Int(plot.gap / grid.pitch.x)))
    facade.storeys = max(0, storeys)
    facade.sill = 2.6
    facade.shift = SIMD2(bays, 0)
    set.block(
      frame, out: Span(-deep - 3, -deep), y: Span(0, max(4, top * own.number("height", 0.7...1.1))), z: gap,
      material: set.material(facade), seed: own.bits("back"))
    // A bulb over a back door, pipes, bins, a machine.
    let color = own.chance("warm", 0.6) ? Vector(1, 0.5, 0.16) : Vector(0.3, 0.85, 0.7)
    let at = frame.point(-deep * 0.6, 2.7, gap.low + 0.15)
    if own.chance("bulb", 0.75) {
      var lamp = Strand(points: [at, at + Vector(0, -0.16, 0)], radius: 0.035)
      lamp.light = color * (2.4 * style.glow)
      lamp.halo = 0.05
      set.add(lamp)
      var light = Light(position: at + Vector(0, -0.2, 0.15), color: color * (2.2 * style.glow))
      light.softness = 0.5
      light.halo = 0.4
      if plot.index < 10 { set.add(light) }
    }
    for i in 0..<(isDetailed ? 4 : 2) {
      let out = -own.number("bin out", 0.8...max(0.9, deep - 0.8), i)
      let wide = min(plot.gap * 0.45, own.number("bin w", 0.45...0.8, i))
      let isLow = own.chance("low", 0.5, i)
      set.block(
        frame, out: .about(out, wide), y: Span(foot, foot + own.number("bin h", 0.5...1.25, i)),
        z: isLow
          ? Span(gap.low + 0.05, gap.low + 0.05 + wide) : Span(gap.high - 0.05 - wide, gap.high - 0.05),
        material: [materials.metal, materials.rust, materials.concrete][own.pick("bin", 3, i)],
        seed: own.bits("bin"))
    }
    for i in 0..<2 {
      set.block(
        frame, out: .about(-own.number("pipe out", 0.3...3, i), 0.1), y: Span(foot, top),
        z: Span(gap.low, gap.low + 0.1), material: materials.metal, seed: own.bits("pipe"))
    }
    // A beam and cables overhead.
    set.block(
      frame, out: .about(-0.6, 0.14), y: .about(own.number("beam", 3.4...4.6), 0.16), z: gap,
      material: materials.rust,
      seed: own.bits("beam"))
    for i in 0..<2 {
      let y = own.number("cable", 4...max(4.5, top - 1), i)
      set.line(
        StreetCables.sagging(
          from: frame.point(-0.4, y, gap.low), to: frame.point(-0.8, y + 0.3, gap.high), sag: 0.25, pieces: 8),
        radius: 0.012)
    }
  }
}
