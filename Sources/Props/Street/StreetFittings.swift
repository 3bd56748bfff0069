import Raster
import Stage

/// What hangs on the walls of a house: machines, pipes, ladders, cables.
extension StreetHouse {
  func hangFittings(in set: inout SetBuilder, _ materials: StreetMaterials) {
    guard style.clutter > 0 else { return }
    let hasEscape = storeys >= 2 && draws.chance("escape", 0.42 * style.clutter)
    let escapeBay = draws.pick("escape bay", max(1, bays - 1))
    if hasEscape { hangEscape(bay: escapeBay, in: &set, materials) }
    hangCoolers(in: &set, materials, avoiding: hasEscape ? escapeBay : nil)
    hangPipes(in: &set, materials)
    hangCables(in: &set, materials)
    hangBlades(in: &set, materials)
    if isDetailed && draws.chance("lamp arm", 0.3 * style.clutter) {
      // A dead lamp on an arm.
      let at = z.low + z.length * draws.unit("lamp z")
      let y = base + draws.number("lamp y", 0.3...0.9)
      set.block(
        frame, out: Span(0, 0.7), y: .about(y, 0.05), z: .about(at, 0.05), material: materials.metal,
        seed: seed("arm"))
      set.block(
        frame, out: Span(0.5, 0.86), y: Span(y - 0.1, y + 0.02), z: .about(at, 0.24),
        material: materials.metal, seed: seed("shade"))
    }
  }

  private func hangCoolers(
    in set: inout SetBuilder, _ materials: StreetMaterials, avoiding escapeBay: Int?
  ) {
    let own = Draws(plot.seed.derived("coolers"))
    let sill = grid.low.y * grid.pitch.y
    var count = 0
    for storey in 0..<min(storeys, 12) {
      for bay in 0..<min(bays, 12) {
        let index = storey * 16 + bay
        guard count < (isDetailed ? 7 : 4), own.chance("here", 0.2 * style.clutter, index), bay != escapeBay
        else { continue }
        count += 1
        // Below a window, or beside it.
        let isBeside = own.chance("beside", 0.3, index)
        let y = floorHeight(storey) + (isBeside ? sill + 0.5 : max(0.12, sill - 0.75))
        let middle = bayMiddle(bay) + (isBeside ? grid.pitch.x * 0.5 : own.number("shift", -0.2...0.2, index))
        guard middle > z.low + 0.5, middle < z.high - 0.5 else { continue }
        let wide = own.number("wide", 0.78...0.92, index)
        set.block(
          frame, out: Span(0.10, 0.42), y: Span(y, y + 0.58), z: .about(middle, wide),
          material: materials.cooler,
          seed: own.bits("cooler \(index)"))
        for end: Float in isDetailed ? [-0.3, 0.3] : [] {
          set.block(
            frame, out: Span(0, 0.45), y: Span(y - 0.05, y), z: .about(middle + end * wide, 0.04),
            material: materials.rust, seed: own.bits("bracket"))
        }
        // The hose goes into the wall, the drain hangs down it.
        set.line(
          [
            frame.point(0.2, y + 0.45, middle + wide * 0.5),
            frame.point(0.12, y + 0.55, middle + wide * 0.62),
            frame.point(0.03, y + 0.8, middle + wide * 0.66), frame.point(0, y + 0.82, middle + wide * 0.66),
          ], radius: 0.028)
        set.line(
          [
            frame.point(0.12, y, middle - wide * 0.4), frame.point(0.03, y - 0.25, middle - wide * 0.42),
            frame.point(0.02, max(foot, y - own.number("drain", 0.8...2.6, index)), middle - wide * 0.42),
          ], radius: 0.012)
      }
    }
  }

  private func hangPipes(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let own = Draws(plot.seed.derived("pipes"))
    let count = 1 + own.pick("count", 2)
    for i in 0..<count {
      // Near an edge of the house, where rain pipes are.
      let inset = own.number("inset", 0.18...0.5, i)
      let at = i == 0 ? z.low + inset : z.high - inset
      let wide: Float = own.chance("thick", 0.4, i) ? 0.14 : 0.1
      let material = own.chance("rust", 0.5, i) ? materials.rust : materials.metal
      set.block(
        frame, out: Span(0.05, 0.05 + wide), y: Span(foot, top - 0.2), z: .about(at, wide),
        material: material,
        seed: own.bits("pipe \(i)"))
      guard isDetailed else { continue }
      for k in 0..<4 {
        let y = foot + 1.6 + Float(k) * max(1.4, (top - 3) / 4)
        guard y < top - 0.4 else { break }
        set.block(
          frame, out: Span(0, 0.075 + wide), y: .about(y, 0.07), z: .about(at, wide + 0.06),
          material: material,
          seed: own.bits("collar"))
      }
      if own.chance("elbow", 0.5, i), storeys > 0 {
        // A branch to a bathroom.
        let y = floorHeight(own.pick("elbow storey", storeys, i)) + 0.35
        let reach = own.number("elbow reach", 0.6...1.8, i) * (i == 0 ? 1 : -1)
        set.block(
          frame, out: Span(0.06, 0.14), y: .about(y, 0.08), z: Span(min(at, at + reach), max(at, at + reach)),
          material: material, seed: own.bits("branch \(i)"))
      }
    }
    if isDetailed {
      // Meters in a row with their conduits.
      if own.chance("meters", 0.5 * style.clutter) {
        let at = z.low + own.number("meter z", 0.9...max(1, z.length - 1.6))
        for k in 0..<(2 + own.pick("meters", 2)) {
          let y = base + 0.3
          let middle = at + Float(k) * 0.36
          set.block(
            frame, out: Span(0, 0.15), y: Span(y, y + 0.42), z: .about(middle, 0.27),
            material: materials.metal, seed: own.bits("meter \(k)"))
          set.block(
            frame, out: Span(0, 0.04), y: Span(y + 0.42, min(top - 0.5, y + 2.4)), z: .about(middle, 0.04),
            material: materials.metal, seed: own.bits("conduit"))
        }
      }
      if own.chance("duct", 0.35 * style.clutter), storeys > 0 {
        // The kitchen's duct climbs to the roof.
        let at = z.low + z.length * own.number("duct z", 0.2...0.8)
        set.block(
          frame, out: Span(0.04, 0.44), y: Span(base + 0.2, top + 1.1), z: .about(at, 0.42),
          material: materials.metal, seed: own.bits("duct"))
        for k in 0..<4 {
          let y = base + 0.9 + Float(k) * (top - base) / 4
          set.block(
            frame, out: Span(0, 0.47), y: .about(y, 0.06), z: .about(at, 0.48), material: materials.rust,
            seed: own.bits("duct seam"))
        }
        set.block(
          frame, out: Span(0.04, 0.75), y: Span(base - 0.15, base + 0.3), z: .about(at, 0.5),
          material: materials.metal, seed: own.bits("hood"))
      }
    }
  }

  /// Small boxes with prints over the shops' heads.
  private func hangBlades(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let own = Draws(plot.seed.derived("blades"))
    let count = Int(own.unit("count") * 2.9 * style.clutter)
    for i in 0..<count {
      let at = z.low + z.length * own.number("z", 0.1...0.9, i)
      let wide = own.number("wide", 0.42...0.62, i)
      let tall = wide * own.number("tall", 0.9...1.9, i)
      let y = own.number("y", 3.0...4.3, i)
      guard y + tall < top - 0.5 else { continue }
      let isLit = own.chance("lit", 0.55, i)
      let color = [Vector(1, 0.86, 0.62), Vector(0.75, 0.95, 1), Vector(1, 0.7, 0.75)][
        own.pick("color", 3, i)]
      let material = set.material(
        BladeMaterial(
          light: isLit ? color * (own.number("light", 0.16...0.4, i) * style.glow) : Vector(0, 0, 0)))
      set.block(
        frame, out: Span(0.2, 0.2 + wide), y: Span(y, y + tall), z: .about(at, 0.13), material: material,
        seed: own.bits("blade \(i)"))
      for share: Float in [0.2, 0.8] {
        set.block(
          frame, out: Span(0, 0.24), y: .about(y + tall * share, 0.035), z: .about(at, 0.035),
          material: materials.metal,
          seed: own.bits("arm"))
      }
    }
  }

  /// Cables along the wall, from clamp to clamp.
  private func hangCables(in set: inout SetBuilder, _ materials: StreetMaterials) {
    let own = Draws(plot.seed.derived("wall cables"))
    let count = Int(own.unit("count") * 3.6 * style.clutter)
    for i in 0..<count {
      let y = base + 0.25 + 0.5 * own.unit("y", i) + 0.3 * Float(i)
      let pieces = 4
      var points: [Vector] = []
      for k in 0..<pieces {
        let a = frame.point(
          0.05, y + 0.15 * (own.unit("clamp", i * 8 + k) - 0.5), z.low + z.length * Float(k) / Float(pieces))
        let b = frame.point(
          0.05, y + 0.15 * (own.unit("clamp", i * 8 + k + 1) - 0.5),
          z.low + z.length * Float(k + 1) / Float(pieces))
        points += StreetCables.sagging(
          from: a, to: b, sag: own.number("sag", 0.04...0.22, i * 8 + k), pieces: 6
        ).dropLast(k == pieces - 1 ? 0 : 1)
      }
      set.line(points, radius: own.chance("thick", 0.3, i) ? 0.022 : 0.012)
    }
  }

  /// Platforms with rails, and stairs between them.
  private func hangEscape(bay: Int, in set: inout SetBuilder, _ materials: StreetMaterials) {
    let from = bayMiddle(bay) - min(1.3, grid.pitch.x * 0.6)
    let to = min(z.high - 0.2, from + max(2.8, grid.pitch.x * 1.6))
    guard to - from > 1.6 else { return }
    let reach: Float = 1.15
    let floors = min(storeys, isDetailed ? 6 : 4)
    for storey in 0..<floors {
      let y = floorHeight(storey) + 0.1
      // A grating: three beams and slats between.
      for out: Float in isDetailed ? [0.05, reach / 2, reach] : [] {
        set.block(
          frame, out: .about(out, 0.06), y: Span(y - 0.08, y), z: Span(from, to), material: materials.rust,
          seed: seed("beam"))
      }
      set.block(
        frame, out: Span(0, reach), y: Span(y - (isDetailed ? 0.02 : 0.07), y), z: Span(from, to),
        material: materials.black,
        seed: seed("grating"))
      for end in isDetailed ? [from, to] : [] {
        set.block(
          frame, out: Span(0, reach), y: Span(y - 0.1, y), z: .about(end, 0.06), material: materials.rust,
          seed: seed("bracket"))
        // A brace below to the wall.
        set.line([frame.point(0, y - 0.8, end), frame.point(reach * 0.9, y - 0.06, end)], radius: 0.022)
      }
      rail(out: reach, y: y, height: 1.0, from: from, to: to, in: &set, materials)
      set.block(
        frame, out: .about(reach, 0.05), y: .about(y + 1.0, 0.05), z: Span(from, to),
        material: materials.rust,
        seed: seed("handrail"))
      guard storey + 1 < floors else { continue }
      // Stairs, to and fro.
      let rise = grid.pitch.y
      let isUp = storey % 2 == 0
      let a = isUp ? from + 0.3 : to - 0.3
      let b = isUp ? to - 0.5 : from + 0.5
      for out: Float in [reach * 0.55, reach * 0.95] {
        set.line([frame.point(out, y, a), frame.point(out, y + rise, b)], radius: 0.03)
        set.line([frame.point(out, y + 0.85, a), frame.point(out, y + rise + 0.6, b)], radius: 0.014)
      }
      var treads: [Vector] = []
      let steps = 11
      for k in 1..<steps {
        let t = Float(k) / Float(steps)
        let at = a + (b - a) * t
        let outs: [Float] = k % 2 == 0 ? [reach * 0.55, reach * 0.95] : [reach * 0.95, reach * 0.55]
        treads += outs.map { frame.point($0, y + rise * t, at) }
      }
      // Each tread is a stretch of its own; the line between two hides behind the stringers.
      set.line(treads, radius: 0.02)
    }
    // The drop ladder ends above reach.
    let low = floorHeight(0) + 0.1
    let at = from + 0.4
    var rungs: [Vector] = []
    for k in 0..<7 {
      let y = low - Float(k) * 0.3
      let z0 = k % 2 == 0 ? at : at + 0.4
      rungs.append(frame.point(reach, y, z0))
      rungs.append(frame.point(reach, y, k % 2 == 0 ? at + 0.4 : at))
    }
    set.line(rungs, radius: 0.014)
    for side in [at, at + 0.4] {
      set.line([frame.point(reach, low - 1.9, side), frame.point(reach, low + 1, side)], radius: 0.018)
    }
  }
}
