import Raster
import Stage

/// One house of a street with all that hangs on it. Every choice depends on the plot's seed and on the choice's
/// name alone.
struct StreetHouse: Sendable {
  static let pavementHeight: Float = 0.16

  let plot: StreetPlot
  let style: StreetStyle
  let draws: Draws
  let frame: WallFrame
  /// Along the street.
  let z: Span
  /// Foot of the wall, top of the ground floor, and top of the house, meters.
  let foot: Float
  let base: Float
  let top: Float
  let depth: Float
  /// How far the ground floor lies behind the storeys above.
  let recess: Float
  let texture: WallTexture
  let grid: WindowGrid
  let bays: Int
  let storeys: Int
  let isDetailed: Bool

  /// Beyond that far from the street's begin nobody sees sills and brackets.
  private static let detailedHouses = 5
  /// Beyond that many houses the fog leaves outlines.
  private static let furnishedHouses = 30

  init(plot: StreetPlot, halfWidth: Float, style: StreetStyle) {
    self.plot = plot
    self.style = style
    let draws = Draws(plot.seed)
    self.draws = draws
    frame = WallFrame(side: plot.side, distance: halfWidth + draws.number("setback", 0...0.55))
    z = Span(plot.z, plot.z + plot.length)
    foot = StreetHouse.pavementHeight
    base = foot + draws.number("base", 3.5...4.1)
    depth = draws.number("depth", 9...14)
    recess = draws.number("recess", 0.12...0.32)
    isDetailed = plot.index < StreetHouse.detailedHouses
    texture = StreetHouse.texture(draws)
    let pitch = SIMD2<Float>(
      [1.35, 1.7, 2.1, 2.6][draws.pick("bay", 4)], [2.75, 3.0, 3.3][draws.pick("storey", 3)])
    storeys = max(0, min(100, Int(((plot.height - base - 0.5) / pitch.y).rounded(.down))))
    top = max(plot.height, base + 0.6)
    bays = max(1, Int(((plot.length - 0.8) / pitch.x).rounded(.down)))
    let wide = min(0.86, (draws.number("opening", 0.9...1.35)) / pitch.x)
    let low = draws.number("sill", 0.28...0.36)
    grid = WindowGrid(
      lights: WindowLights(
        columns: bays + 3, rows: storeys,
        habits: WindowLights.Habits(
          lit: style.lit * draws.number("lit", 0.5...1.5),
          warm: min(1, style.warm * draws.number("warm", 0.5...1.4)),
          tint: style.shopTint, gain: 0.8 * style.glow, moment: style.moment),
        seed: draws.bits("windows")),
      pitch: pitch, low: SIMD2((1 - wide) / 2, low), high: SIMD2((1 + wide) / 2, low + 1.45 / pitch.y))
  }

  private static func texture(_ draws: Draws) -> WallTexture {
    let tone = draws.number("tone", 0.034...0.064)
    let kind =
      WallTexture.Style(rawValue: draws.pick("texture", WallTexture.Style.allCases.count)) ?? .plaster
    let tints: [Vector] =
      switch kind {
      case .brick: [Vector(1.25, 0.82, 0.66), Vector(1.1, 0.9, 0.78)]
      case .tile: [Vector(1.05, 1, 0.88), Vector(0.86, 1.02, 1.0), Vector(1.2, 0.88, 0.82)]
      case .concrete: [Vector(1, 1, 1), Vector(0.94, 0.99, 1.03)]
      case .plaster:
        [Vector(1.12, 1, 0.84), Vector(0.9, 1.02, 0.96), Vector(1.15, 0.9, 0.85), Vector(1, 1, 1)]
      }
    return WallTexture(
      style: kind, albedo: tints[draws.pick("tint", tints.count)] * tone,
      grime: draws.number("grime", 0.5...1))
  }

  func seed(_ name: String) -> UInt32 { draws.bits(name) }

  /// Height of the floor of a storey above the ground floor.
  func floorHeight(_ storey: Int) -> Float { base + 0.15 + Float(storey) * grid.pitch.y }

  /// Middle of a bay along the street.
  func bayMiddle(_ bay: Int) -> Float {
    z.low + (z.length - Float(bays) * grid.pitch.x) / 2 + (Float(bay) + 0.5) * grid.pitch.x
  }

  func build(in set: inout SetBuilder, materials: StreetMaterials, openings: inout [ShopOpening]) {
    var facade = FacadeMaterial(wall: texture, grid: grid)
    facade.longBays = bays
    facade.shortBays = draws.chance("gable", 0.7) ? 2 : 0
    facade.storeys = storeys
    facade.sill = 0.15
    facade.band = draws.chance("band", 0.5) ? 0.06 : 0
    let wall = set.material(facade)
    set.block(frame, out: Span(-depth, 0), y: Span(base, top), z: z, material: wall, seed: seed("wall"))
    buildGroundFloor(in: &set, materials, &openings)
    buildLedges(in: &set, materials)
    buildRoof(in: &set, materials)
    if plot.index < StreetHouse.furnishedHouses { hangFittings(in: &set, materials) }
    if plot.gap > 0 { buildAlley(in: &set, materials) }
  }

  // MARK: The ground floor

  private func buildGroundFloor(
    in set: inout SetBuilder, _ materials: StreetMaterials, _ openings: inout [ShopOpening]
  ) {
    let head = min(2.75, base - foot - 0.5)
    let units = makeUnits()
    let front = ShopFrontMaterial(wall: texture, units: units, face: frame.face, head: head)
    let material = set.material(front)
    set.block(
      frame, out: Span(-depth, -recess), y: Span(-0.05, base), z: z, material: material, seed: seed("front"))
    // Piers between the units carry the wall above.
    let pier = set.material(PaintMaterial(albedo: texture.albedo * 0.9, grime: 0.9))
    var edges = units.map { $0.from }
    edges.append(z.length)
    for (k, edge) in edges.enumerated() {
      let wide = 0.34 + 0.2 * draws.unit("pier", k)
      let from = max(0, edge - wide / 2)
      let to = min(z.length, edge + wide / 2)
      set.block(
        frame, out: Span(-recess - 0.05, 0.02), y: Span(foot, base), z: Span(z.low + from, z.low + to),
        material: pier, seed: seed("pier \(k)"))
      if isDetailed {
        set.block(
          frame, out: Span(-recess, 0.06), y: Span(foot, foot + 0.35),
          z: Span(z.low + from - 0.03, z.low + to + 0.03),
          material: materials.concrete, seed: seed("foot \(k)"))
      }
    }
    for (k, unit) in units.enumerated() {
      dress(unit, k, head: head, in: &set, materials)
      if unit.isOpen {
        openings.append(
          ShopOpening(
            position: frame.point(1.0, 1.6, z.low + (unit.from + unit.to) / 2),
            light: unit.interior.light * min(1, (unit.to - unit.from) / 4)))
      }
    }
  }

  private func makeUnits() -> [ShopFrontMaterial.Unit] {
    let count = max(1, min(6, Int((z.length / draws.number("unit", 3.0...4.4)).rounded())))
    // Uneven widths: one shop has taken over half of its neighbor's.
    let door = draws.pick("door", count)
    let hasDoor = count > 1 && draws.chance("has door", 0.75)
    let weights = (0..<count).map { k in
      (hasDoor && k == door ? 0.52 : 1) * (1 + 0.55 * (draws.unit("unit width", k) - 0.5))
    }
    let total = weights.reduce(0, +)
    var units: [ShopFrontMaterial.Unit] = []
    var from: Float = 0
    for k in 0..<count {
      let to = k == count - 1 ? z.length : from + z.length * weights[k] / total
      units.append(unit(k, from: from, to: to, isDoor: hasDoor && k == door))
      from = to
    }
    return units
  }

  private func unit(_ k: Int, from: Float, to: Float, isDoor: Bool) -> ShopFrontMaterial.Unit {
    let own = Draws(plot.seed.derived("shop").derived(k))
    let isOpen = own.chance("open", style.shops)
    var interior = ShopInterior()
    interior.trade =
      ShopInterior.Trade(rawValue: own.pick("trade", ShopInterior.Trade.allCases.count)) ?? .grocer
    interior.width = to - from
    interior.depth = own.number("depth", 3.6...6.5)
    interior.seed = own.bits("interior")
    let hue = own.unit("hue")
    let cool = Vector(0.42 + 0.3 * own.unit("shade"), 0.86, 0.92)
    let warm = Vector(1, 0.52 + 0.1 * own.unit("shade"), 0.20)
    // Colored tubes are mixed with white ones, or goods would lose their colors.
    let tinted = style.shopTint * 0.8 + Vector(repeating: 0.16)
    var color = hue < 0.46 ? warm : hue < 0.84 ? cool : tinted
    if interior.trade == .bar, hue < 0.84 { color = Vector(1, 0.46, 0.16) }
    if interior.trade == .laundry { color = cool }
    let strength = own.unit("strength")
    interior.light = color * ((0.17 + 0.45 * strength * strength) * style.glow)
    let paints = [
      Vector(0.02, 0.035, 0.03), Vector(0.055, 0.014, 0.014), Vector(0.02, 0.022, 0.026),
      Vector(0.05, 0.042, 0.03),
    ]
    var kind: ShopFrontMaterial.Unit.Kind = .shop
    var paint = paints[own.pick("paint", paints.count)]
    if isDoor {
      kind = .door
      interior.light = warm * (0.16 * style.glow)
    } else if !isOpen {
      let rest = own.unit("closed")
      if rest < 0.72 {
        // Now and then somebody is still in, and the shutter is half down.
        let ajar = own.chance("ajar", 0.16 * style.shops / 0.45)
        kind = .shutter(opening: ajar ? own.number("opening", 0.35...1.3) : 0)
        paint = own.chance("gray", 0.6) ? Vector(0.056, 0.058, 0.060) : Vector(0.034, 0.048, 0.047)
        if own.chance("red", 0.15) { paint = Vector(0.065, 0.03, 0.026) }
      } else if rest < 0.88 {
        // Dark, but for the sign of the way out.
        interior.light = Vector(0.008, 0.016, 0.012) * style.glow
        interior.lampGain = 1
      } else {
        kind = .wall
      }
    }
    return ShopFrontMaterial.Unit(
      kind: kind, from: from, to: to, interior: interior, doorAtEnd: own.chance("door end", 0.5),
      paint: paint,
      isOpen: isOpen && !isDoor,
      seed: own.bits("unit"))
  }

  /// What stands out from one unit: fascia, canopy, shutter box, posters, step.
  private func dress(
    _ unit: ShopFrontMaterial.Unit, _ k: Int, head: Float, in set: inout SetBuilder,
    _ materials: StreetMaterials
  ) {
    let own = Draws(plot.seed.derived("dress").derived(k))
    let from = z.low + unit.from + 0.2
    let to = z.low + unit.to - 0.2
    guard to - from > 0.6 else { return }
    let lintel = foot + head
    var isShop = false
    var isShutter = false
    switch unit.kind {
    case .shop: isShop = true
    case .shutter: isShutter = true
    case .door:
      set.block(
        frame, out: Span(-recess, 0.9), y: Span(lintel + 0.12, lintel + 0.26), z: Span(from - 0.1, to + 0.1),
        material: materials.concrete, seed: own.bits("hood"))
      set.block(
        frame, out: Span(-recess - 0.02, 0.35), y: Span(foot, foot + 0.13), z: Span(from, to),
        material: materials.pale, seed: own.bits("step"))
      // Meters and letters beside the door.
      set.block(
        frame, out: Span(0, 0.14), y: Span(1.25, 1.85), z: Span(from - 0.32, from + 0.02),
        material: materials.metal, seed: own.bits("meter"))
      set.block(
        frame, out: Span(0, 0.05), y: Span(1.85, base), z: Span(from - 0.18, from - 0.12),
        material: materials.metal, seed: own.bits("conduit"))
      return
    case .wall:
      paste(own, from: from, to: to, out: -recess, in: &set, materials)
      return
    }
    if isShutter {
      // The box that the shutter rolls into.
      set.block(
        frame, out: Span(-recess, -recess + 0.26), y: Span(lintel - 0.02, lintel + 0.36), z: Span(from, to),
        material: materials.metal, seed: own.bits("roll"))
      if own.chance("bills", 0.45 * style.clutter) {
        paste(own, from: from, to: to, out: -recess, in: &set, materials, atMost: 2)
      }
    }
    // A board over most fronts; lit over some that are open.
    let isOpen = isShop && unit.isOpen
    if own.chance("board", 0.8) {
      let lit = isOpen && own.chance("lit board", 0.38)
      var board = FasciaMaterial()
      board.paint =
        [
          Vector(0.03, 0.045, 0.05), Vector(0.07, 0.02, 0.018), Vector(0.06, 0.055, 0.045),
          Vector(0.018, 0.02, 0.024),
        ][own.pick("paint", 4)]
      if lit {
        let peak = max(unit.interior.light.x, max(unit.interior.light.y, unit.interior.light.z))
        board.field =
          Vector(0.9, 0.95, 0.88).mixed(with: unit.interior.light / max(0.01, peak), 0.75)
          * (0.13 * style.glow)
        board.stripe =
          [Vector(0.9, 0.2, 0.08), Vector(0.05, 0.5, 0.3), Vector(0.08, 0.3, 0.8)][own.pick("stripe", 3)]
          * (0.20 * style.glow)
      }
      let bottom = lintel + (isShutter ? 0.38 : 0.10)
      set.block(
        frame, out: Span(-recess, own.number("board out", 0.10...0.24)),
        y: Span(bottom, min(base - 0.08, bottom + own.number("board", 0.45...0.62))), z: Span(from, to),
        material: set.material(board), seed: own.bits("board"))
    }
    if own.chance("canopy", 0.5) {
      let reach = own.number("canopy reach", 0.7...1.35)
      if own.chance("awning", 0.5) {
        hangAwning(own, from: from, to: to, reach: reach, lintel: lintel, in: &set, materials)
      } else {
        let y = min(base - 0.1, lintel + 0.72)
        set.block(
          frame, out: Span(0, reach), y: Span(y, y + 0.14), z: Span(from - 0.15, to + 0.15),
          material: materials.concrete, seed: own.bits("canopy"))
        set.block(
          frame, out: Span(reach, reach + 0.03), y: Span(y - 0.1, y + 0.2), z: Span(from - 0.15, to + 0.15),
          material: materials.metal, seed: own.bits("canopy edge"))
      }
    }
    if isOpen {
      furnish(own, from: from, to: to, in: &set, materials)
    } else if own.chance("vending", 0.2 * style.clutter), to - from > 2 {
      vend(own, at: from + 0.25, in: &set, materials)
    }
  }

  /// Crates, stools and plants before an open shop.
  private func furnish(
    _ own: Draws, from: Float, to: Float, in set: inout SetBuilder, _ materials: StreetMaterials
  ) {
    guard isDetailed else { return }
    // Piles of crates, never before the door.
    let piles = Int(own.unit("crates") * 2.6 * style.clutter)
    for i in 0..<piles {
      let middle = own.number("pile z", (from + 0.3)...max(from + 0.3, to - 0.3), i)
      let wide = own.number("pile w", 0.36...0.52, i)
      var y = foot
      for k in 0..<(1 + own.pick("pile", 3, i)) {
        let tall = own.number("pile h", 0.22...0.32, i * 4 + k)
        let shift = own.number("pile shift", -0.04...0.04, i * 4 + k)
        set.block(
          frame, out: Span(0.06 + shift, 0.38 + shift), y: Span(y, y + tall - 0.01),
          z: .about(middle + shift, wide),
          material: materials.crate, seed: own.bits("crate \(i) \(k)"))
        y += tall
      }
    }
    if own.chance("stand", 0.35 * style.clutter) {
      // A board on the pavement.
      let middle = own.number("stand z", from...max(from, to))
      set.block(
        frame, out: Span(0.7, 0.75), y: Span(foot + 0.05, foot + 0.95), z: .about(middle, 0.5),
        material: materials.poster, seed: own.bits("stand"))
    }
  }

  private func vend(_ own: Draws, at z: Float, in set: inout SetBuilder, _ materials: StreetMaterials) {
    set.block(
      frame, out: Span(0.04, 0.74), y: Span(foot + 0.04, foot + 1.87), z: Span(z, z + 1.02),
      material: materials.vending, seed: own.bits("vending"))
    var light = Light(
      position: frame.point(1.05, 1.25, z + 0.51), color: Vector(0.55, 0.8, 0.9) * (0.8 * style.glow))
    light.softness = 0.5
    light.halo = 0.5
    light.haze = 0.5
    if plot.index < 6 { set.add(light) }
  }

  private func hangAwning(
    _ own: Draws, from: Float, to: Float, reach: Float, lintel: Float, in set: inout SetBuilder,
    _ materials: StreetMaterials
  ) {
    let cloths = [
      Vector(0.075, 0.016, 0.018), Vector(0.016, 0.045, 0.04), Vector(0.07, 0.055, 0.03),
      Vector(0.02, 0.025, 0.055),
    ]
    let picture = AwningPicture(
      cloth: cloths[own.pick("cloth", cloths.count)], width: to - from, drop: 0.24,
      slope: (reach * reach + 0.36).squareRoot(), seed: own.bits("awning"))
    // The picture's right is the viewer's right in front of the shop.
    let high = min(base - 0.12, lintel + 0.95)
    let low = high - 0.6
    let (a, b) = frame.side < 0 ? (from, to) : (to, from)
    let back = frame.point(0.02, high, a)
    let edge = frame.point(reach, low, a)
    let along = frame.point(0.02, high, b) - back
    var cloth = Card(origin: edge, right: along, up: back - edge, picture: picture)
    cloth.castsShadow = false
    set.add(cloth)
    set.add(
      Card(
        origin: edge - Vector(0, 0.24, 0), right: along, up: Vector(0, 0.24, 0),
        picture: AwningPicture(
          cloth: picture.cloth, width: picture.width, drop: 0.24, slope: 0, seed: picture.seed)))
    for end in [from, to] {
      set.line([frame.point(0, low + 0.1, end), frame.point(reach, low, end)], radius: 0.012)
    }
    set.block(
      frame, out: Span(reach - 0.02, reach + 0.02), y: Span(low - 0.02, low + 0.02), z: Span(from, to),
      material: materials.metal, seed: own.bits("rod"))
  }

  /// Bills in a loose row, some over others.
  private func paste(
    _ own: Draws, from: Float, to: Float, out: Float, in set: inout SetBuilder, _ materials: StreetMaterials,
    atMost: Int = 9
  ) {
    let count = min(atMost, Int((own.unit("posters") * 0.8 + 0.2) * 9 * style.clutter))
    let series = own.bits("series")
    var z = from + 0.15 + own.unit("first") * 0.5
    for i in 0..<max(0, count) {
      let wide: Float = own.chance("large", 0.3, i) ? 0.62 : 0.44
      guard z + wide < to - 0.1 else { break }
      let low = foot + own.number("low", 0.75...1.15, i)
      // The same bill is often pasted twice side by side.
      let print = own.chance("again", 0.4, i) ? series : own.bits("print \(i)")
      set.block(
        frame, out: Span(out, out + 0.012 + 0.002 * Float(i % 3)), y: Span(low, low + wide * 1.41),
        z: Span(z, z + wide),
        material: materials.poster, seed: print)
      z += wide * own.number("step", 0.85...1.35, i)
    }
  }
}
