import Raster
import Stage

/// One high house with windows by the hundred, steps at its top, and masts.
struct TowerBlock: Sendable {
  /// Middle of the foot, on the ground.
  var x: Float
  /// Near face.
  var z: Float
  var width: Float
  var depth: Float
  var height: Float
  var draws: Draws
  var hasMast: Bool
  /// Light of the lamp on the mast.
  var beacon: Float = 1
  /// Nil stands still.
  var breath: Breath?

  /// Slices of a body that breathes, at most.
  private static let mostSlices = 64

  /// The windows of several towers can be one table, each tower beginning elsewhere in it.
  func build(in set: inout SetBuilder, lights: WindowLights, metal: Int) {
    let height = max(2, height)
    let width = max(1, width)
    let depth = max(1, depth)
    var pitch = SIMD2<Float>(
      [1.2, 1.5, 1.8, 2.2][draws.pick("bay", 4)], [2.8, 3.0, 3.2, 3.5][draws.pick("storey", 4)])
    pitch.x = min(pitch.x, width)
    let style = draws.pick("style", 4)
    // Punched holes, ribbons, tall slots, or all glass.
    let (low, high): (SIMD2<Float>, SIMD2<Float>) =
      switch style {
      case 0: (SIMD2(0.2, 0.26), SIMD2(0.8, 0.84))
      case 1: (SIMD2(0.03, 0.34), SIMD2(0.97, 0.86))
      case 2: (SIMD2(0.3, 0.12), SIMD2(0.7, 0.92))
      default: (SIMD2(0.12, 0.24), SIMD2(0.88, 0.8))
      }
    var facade = FacadeMaterial(
      wall: WallTexture(
        style: style == 0 ? .tile : .concrete,
        albedo: Vector(0.95, 1, 1.03) * draws.number("tone", 0.022...0.05),
        grime: 0.5),
      grid: WindowGrid(lights: lights, pitch: pitch, low: low, high: high))
    facade.shift = SIMD2(draws.pick("column", 97), draws.pick("row", 89))
    facade.band = style == 1 ? 0 : 0.06
    let crown = draws.pick("crown", 4)
    // From the foot up: shares of the height and of the width, and a step sideways.
    let parts: [(to: Float, share: Float, step: Float)] =
      switch crown {
      case 0: [(0.78, 1, 0), (0.92, 0.7, -0.015), (1, 0.36, -0.03)]
      case 1: [(0.86, 1, 0), (1, 0.58, 0.12)]
      case 2: [(0.62, 1, 0), (0.84, 0.82, 0.05), (0.95, 0.5, 0.05), (1, 0.28, 0.05)]
      default: [(0.96, 1, 0), (1, 0.8, 0)]
      }
    var y: Float = 0
    for (index, part) in parts.enumerated() {
      let wide = width * part.share
      let deep = depth * part.share
      let middle = x + width * part.step
      let top = height * part.to
      var body = facade
      body.longBays = max(1, Int(deep * 0.94 / pitch.x))
      body.shortBays = max(1, Int(wide * 0.94 / pitch.x))
      body.storeys = max(0, Int((top - y - 1) / pitch.y))
      body.sill = 0.4
      body.shift.y += Int(y / pitch.y)
      let swell = breath?.swell(at: top) ?? 1
      if let breath {
        breathe(breath, in: &set, body, middle: middle, wide: wide, deep: deep, from: y, to: top)
      } else {
        set.box(
          Vector(middle - wide / 2, y, z + (depth - deep) / 2),
          Vector(middle + wide / 2, top, z + (depth + deep) / 2), material: set.material(body),
          seed: draws.bits("part"))
      }
      // A ledge where it steps back.
      let (halfWide, halfDeep) = (wide / 2 * swell + 0.35, deep / 2 * swell + 0.35)
      set.box(
        Vector(middle - halfWide, top - 0.5, z + depth / 2 - halfDeep),
        Vector(middle + halfWide, top + 0.4, z + depth / 2 + halfDeep), material: metal,
        seed: draws.bits("ledge \(index)"))
      y = top
    }
    buildCrown(in: &set, parts: parts.map { $0.step }, top: height, metal: metal)
  }

  /// A body in slices of whole storeys, each as wide as the breath makes it; windows widen with their wall.
  private func breathe(
    _ breath: Breath, in set: inout SetBuilder, _ body: FacadeMaterial, middle: Float, wide: Float,
    deep: Float, from low: Float, to high: Float
  ) {
    let storeys = max(1, Int((high - low) / body.grid.pitch.y))
    let each = (storeys + TowerBlock.mostSlices - 1) / TowerBlock.mostSlices
    var first = 0
    while first < storeys {
      let next = min(storeys, first + each)
      let bottom = low + Float(first) * body.grid.pitch.y
      let top = next == storeys ? high : low + Float(next) * body.grid.pitch.y
      let swell = breath.swell(at: (bottom + top) / 2)
      var slice = body
      slice.grid.pitch.x *= swell
      slice.storeys = next - first
      slice.sill = 0
      slice.shift.y += first
      set.box(
        Vector(middle - wide / 2 * swell, bottom, z + depth / 2 - deep / 2 * swell),
        Vector(middle + wide / 2 * swell, top, z + depth / 2 + deep / 2 * swell),
        material: set.material(slice), seed: draws.bits("part"))
      first = next
    }
  }

  private func buildCrown(in set: inout SetBuilder, parts: [Float], top: Float, metal: Int) {
    let middle = x + width * (parts.last ?? 0)
    let deep = z + depth / 2
    // Machines on the roof.
    for i in 0..<3 {
      let dx = draws.number("machine x", -0.1...0.1, i) * width
      let wide = width * draws.number("machine w", 0.04...0.1, i)
      set.box(
        Vector(middle + dx - wide, top, deep - wide),
        Vector(middle + dx + wide, top + width * draws.number("machine h", 0.05...0.16, i), deep + wide),
        material: metal, seed: draws.bits("machine"))
    }
    guard hasMast else { return }
    let tall = height * draws.number("mast", 0.1...0.24)
    let at = middle + width * draws.number("mast x", -0.06...0.06)
    set.box(
      Vector(at - 0.22, top, deep - 0.22), Vector(at + 0.22, top + tall * 0.55, deep + 0.22), material: metal,
      seed: draws.bits("mast"))
    set.box(
      Vector(at - 0.1, top, deep - 0.1), Vector(at + 0.1, top + tall, deep + 0.1), material: metal,
      seed: draws.bits("mast 2"))
    let other = at + width * 0.11
    set.box(
      Vector(other - 0.12, top, deep - 0.12), Vector(other + 0.12, top + tall * 0.5, deep + 0.12),
      material: metal,
      seed: draws.bits("mast 3"))
    guard beacon > 0 else { return }
    // Swells and fades once in two seconds, each tower in its own time.
    let period = WindowLights.period(2, loop: set.moment.loop)
    let phase = set.moment.time / period + Double(draws.unit("phase"))
    let wave = Float(abs((phase - phase.rounded(.down)) * 2 - 1))
    let red = Vector(1, 0.06, 0.04) * (beacon * 5 * (0.15 + 0.85 * SurfaceNoise.step(0.2, 0.8, wave)))
    for (spot, size) in [
      (Vector(at, top + tall + 0.3, deep), Float(0.42)), (Vector(other, top + tall * 0.5 + 0.2, deep), 0.3),
    ] {
      var lamp = Strand(points: [spot, spot + Vector(0, size, 0)], radius: size * 0.6)
      lamp.light = red
      lamp.halo = 0.16
      set.add(lamp)
    }
  }

  /// Windows that many towers share.
  static func lights(_ habits: WindowLights.Habits, seed: UInt32) -> WindowLights {
    WindowLights(columns: 96, rows: 128, habits: habits, seed: seed)
  }
}
