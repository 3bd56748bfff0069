import Stage
import Testing

@testable import Props

/// Walls from near and from far: what a wide footprint sees is the mean of what narrow ones see.
@Suite struct WallTests {
  static func point(
    _ u: Float, _ v: Float, footprint: SIMD2<Float>, direction: Vector = Vector(-0.8, 0.05, 0.6),
    size: Vector = Vector(10, 32, 42), face: SurfacePoint.Face = .right, distance: Float = 30
  ) -> SurfacePoint {
    let length = (direction.x * direction.x + direction.y * direction.y + direction.z * direction.z)
      .squareRoot()
    let isSide = face == .left || face == .right
    return SurfacePoint(
      position: isSide ? Vector(-6, v, u) : Vector(u, v, 5),
      local: isSide ? Vector(size.x, v, u) : Vector(u, v, 0),
      size: size, face: face, direction: direction / length, distance: distance, footprint: footprint, seed: 9
    )
  }

  static func luminance(_ c: Vector) -> Float { 0.2126 * c.x + 0.7152 * c.y + 0.0722 * c.z }

  /// Mean of narrow looks over a rectangle about a point.
  static func mean(
    _ material: some SurfaceMaterial, _ u: Float, _ v: Float, _ extent: SIMD2<Float>, steps: SIMD2<Int>,
    direction: Vector = Vector(-0.8, 0.05, 0.6)
  ) -> SurfaceLook {
    var sum = SurfaceLook(albedo: Vector(0, 0, 0))
    let fine = extent / SIMD2(Float(steps.x), Float(steps.y))
    for j in 0..<steps.y {
      for i in 0..<steps.x {
        let look = material.look(
          at: point(
            u - extent.x / 2 + (Float(i) + 0.5) * fine.x, v - extent.y / 2 + (Float(j) + 0.5) * fine.y,
            footprint: fine, direction: direction))
        sum.albedo += look.albedo
        sum.light += look.light
      }
    }
    let count = Float(steps.x * steps.y)
    return SurfaceLook(albedo: sum.albedo / count, light: sum.light / count)
  }

  static func units(_ kind: ShopFrontMaterial.Unit.Kind, _ trade: ShopInterior.Trade) -> [ShopFrontMaterial
    .Unit]
  {
    (0..<4).map { k in
      var interior = ShopInterior()
      interior.trade = trade
      interior.width = 3.5
      interior.seed = UInt32(100 + k)
      return ShopFrontMaterial.Unit(
        kind: kind, from: Float(k) * 3.5, to: Float(k + 1) * 3.5, interior: interior, doorAtEnd: k % 2 == 0,
        seed: UInt32(7 + k))
    }
  }

  static func front(_ kind: ShopFrontMaterial.Unit.Kind, _ trade: ShopInterior.Trade = .grocer)
    -> ShopFrontMaterial
  {
    ShopFrontMaterial(wall: WallTexture(), units: units(kind, trade), face: .right, head: 2.75)
  }

  static func facade(lit: Float = 0.5) -> FacadeMaterial {
    var facade = FacadeMaterial(
      grid: WindowGrid(
        lights: WindowLights(columns: 24, rows: 10, habits: .init(lit: lit), seed: 3), pitch: SIMD2(1.7, 3),
        low: SIMD2(0.18, 0.3), high: SIMD2(0.82, 0.8)))
    facade.longBays = 24
    facade.storeys = 10
    facade.sill = 0.15
    return facade
  }

  // MARK: Closed forms

  @Test func stripesAreCountedExactly() {
    var worst: Float = 0
    for k in 0..<200 {
      let x = Float(k) * 0.37 - 20
      let width = 0.01 + Float(k % 17) * 0.21
      let a = Float(k % 5) * 0.1
      let b = a + 0.1 + Float(k % 4) * 0.12
      var sum = 0
      let steps = 4000
      for i in 0..<steps {
        let p = x - width / 2 + (Float(i) + 0.5) / Float(steps) * width
        let f = p - p.rounded(.down)
        if f >= a && f < b { sum += 1 }
      }
      worst = max(worst, abs(Stripes.share(a, b, of: x, width: width) - Float(sum) / Float(steps)))
    }
    #expect(worst < 2e-3)
  }

  @Test func sumsOfWindowsAreSums() {
    let lights = WindowLights(columns: 7, rows: 5, habits: .init(lit: 0.6), seed: 2)
    var worst: Float = 0
    for (low, high) in [
      (SIMD2<Float>(0, 0), SIMD2<Float>(7, 5)), (SIMD2(-3, 2), SIMD2(11, 9)), (SIMD2(13, -4), SIMD2(18, 22)),
    ] {
      var sum = Vector(0, 0, 0)
      var count: Float = 0
      for j in Int(low.y)..<Int(high.y) {
        for i in Int(low.x)..<Int(high.x) {
          sum += lights.light(i, j)
          count += 1
        }
      }
      let difference = lights.mean(low, high) - sum / count
      worst = max(worst, max(abs(difference.x), max(abs(difference.y), abs(difference.z))))
    }
    #expect(worst < 1e-5)
  }

  @Test func glimpsesOfManyWindowsAreMeans() {
    let grid = WallTests.facade().grid
    // Few windows are added one by one, many through the sums: both meet where they change over.
    var worst: Float = 0
    for k in 0..<40 {
      let place = SIMD2<Float>(5 + Float(k) * 0.31, 2 + Float(k) * 0.17)
      let few = grid.glimpse(place, SIMD2(2.9, 2.9)).light
      var sum = Vector(0, 0, 0)
      for j in 0..<29 {
        for i in 0..<29 {
          sum +=
            grid.glimpse(
              place + SIMD2(Float(i) - 14, Float(j) - 14) * 0.1, SIMD2(0.1, 0.1)
            ).light
        }
      }
      worst = max(worst, abs(WallTests.luminance(few) - WallTests.luminance(sum / 841)))
    }
    #expect(worst < 1e-4)
    let wide = grid.glimpse(SIMD2(20, 15), SIMD2(48, 20))
    let all = grid.lights.mean * (0.64 * 0.5)
    #expect(abs(WallTests.luminance(wide.light) - WallTests.luminance(all)) < 1e-4)
  }

  // MARK: Near and far

  @Test func facadesKeepTheirLight() {
    let facade = WallTests.facade()
    for (extent, tolerance) in [
      (SIMD2<Float>(40.8, 30), Float(0.1)), (SIMD2(20, 18), 0.2), (SIMD2(10.2, 9), 0.3),
    ] {
      let far = facade.look(at: WallTests.point(21, 15.15, footprint: extent))
      let near = WallTests.mean(facade, 21, 15.15, extent, steps: SIMD2(700, 400))
      let a = WallTests.luminance(far.light)
      let b = WallTests.luminance(near.light)
      #expect(abs(a - b) < tolerance * b, "light \(a) \(b) over \(extent)")
      let c = WallTests.luminance(far.albedo)
      let d = WallTests.luminance(near.albedo)
      #expect(abs(c - d) < 0.2 * d, "albedo \(c) \(d) over \(extent)")
    }
  }

  @Test(arguments: ShopInterior.Trade.allCases) func shopsKeepTheirLight(_ trade: ShopInterior.Trade) {
    let front = WallTests.front(.shop, trade)
    for direction in [Vector(-1, 0, 0.02), Vector(-0.66, 0.02, 0.75), Vector(-0.25, 0, 0.97)] {
      let extent = SIMD2<Float>(7, 2.75)
      let far = front.look(at: WallTests.point(7, 1.375, footprint: extent, direction: direction))
      let near = WallTests.mean(front, 7, 1.375, extent, steps: SIMD2(350, 140), direction: direction)
      let a = WallTests.luminance(far.light)
      let b = WallTests.luminance(near.light)
      #expect(abs(a - b) < 0.2 * b, "light \(a) \(b), \(trade), \(direction)")
      let c = WallTests.luminance(far.albedo)
      let d = WallTests.luminance(near.albedo)
      #expect(abs(c - d) < 0.2 * d, "albedo \(c) \(d), \(trade), \(direction)")
    }
  }

  @Test func shuttersKeepTheirTone() {
    let front = WallTests.front(.shutter(opening: 0))
    for extent in [SIMD2<Float>(7, 2.7), SIMD2(0.5, 0.5), SIMD2(0.02, 0.4), SIMD2(6, 0.4)] {
      let far = front.look(at: WallTests.point(6.1, 1.5, footprint: extent))
      let near = WallTests.mean(front, 6.1, 1.5, extent, steps: SIMD2(80, 160))
      let a = WallTests.luminance(far.albedo)
      let b = WallTests.luminance(near.albedo)
      #expect(abs(a - b) < 0.15 * b, "\(a) \(b) over \(extent)")
    }
  }

  @Test(arguments: WallTexture.Style.allCases) func wallsKeepTheirTone(_ style: WallTexture.Style) {
    struct Bare: SurfaceMaterial {
      var texture: WallTexture
      func look(at p: SurfacePoint) -> SurfaceLook {
        SurfaceLook(
          albedo: texture.albedo(
            p.across, p.local.y, footprint: p.footprint, distance: p.distance, seed: p.seed))
      }
    }
    let bare = Bare(texture: WallTexture(style: style))
    for extent in [SIMD2<Float>(6, 6), SIMD2(0.6, 0.6), SIMD2(4, 0.05)] {
      // One place may lie in a stain that is lost from afar; many must not.
      var sum: Float = 0
      var worst: Float = 0
      for k in 0..<16 {
        let u = 4 + Float(k) * 7.3
        let v = 3 + Float(k % 5) * 3.7
        let far = WallTests.luminance(bare.look(at: WallTests.point(u, v, footprint: extent)).albedo)
        let near = WallTests.luminance(WallTests.mean(bare, u, v, extent, steps: SIMD2(120, 120)).albedo)
        sum += far / near - 1
        worst = max(worst, abs(far / near - 1))
      }
      #expect(abs(sum / 16) < 0.1 && worst < 0.4, "\(style): \(sum / 16), worst \(worst) over \(extent)")
    }
  }

  // MARK: Rooms

  /// A spot on the back wall of a room looks the same from every eye that sees it through the glass.
  @Test func roomsHaveParallax() {
    var room = ShopInterior()
    room.trade = .office
    room.width = 4
    room.depth = 5
    // Somebody in the way would be seen against other spots by other eyes.
    room.seed = (1...1000).first { SurfaceNoise.cell(7, 77, UInt32($0)) > 0.6 }.map(UInt32.init) ?? 1
    /// Whether furniture stands between.
    func isHidden(_ spot: Vector, from eye: Vector) -> Bool {
      (0..<500).contains { step in
        let p = eye + (spot - eye) * (Float(step) / 500)
        return [room.table, room.screen].contains { block in
          (0..<3).allSatisfy { p[$0] > block.low[$0] - 0.01 && p[$0] < block.high[$0] + 0.01 }
        }
      }
    }
    var compared = 0
    for spot in [Vector(1, 1.5, 5), Vector(2.2, 2.3, 5), Vector(3.2, 0.6, 5), Vector(3, 1.9, 5)] {
      var first: Vector?
      for eye in [Vector(2, 1.6, -3), Vector(0.5, 1.2, -2.5), Vector(3.4, 2.1, -2), Vector(2.6, 0.8, -1)] {
        let d = spot - eye
        let length = (d.x * d.x + d.y * d.y + d.z * d.z).squareRoot()
        let glass = eye + d * (-eye.z / d.z)
        guard glass.x > 0, glass.x < 4, !isHidden(spot, from: eye) else { continue }
        let color = room.radiance(
          .init(
            x: glass.x, y: glass.y, dx: d.x / length, dy: d.y / length, dz: d.z / length,
            footprint: SIMD2(1e-4, 1e-4), distance: 6))
        if let first {
          let difference = color - first
          #expect(max(abs(difference.x), max(abs(difference.y), abs(difference.z))) < 0.01)
          compared += 1
        } else {
          first = color
        }
      }
    }
    #expect(compared >= 6)
  }

  /// Rooms are lit from above: the floor's corners lie in the dark, and rows of tubes make one place brighter than
  /// another.
  @Test(arguments: [ShopInterior.Trade.grocer, .office, .laundry]) func lightFallsOff(
    _ trade: ShopInterior.Trade
  ) {
    var room = ShopInterior()
    room.trade = trade
    for seed in 1...40 {
      room.seed = UInt32(seed)
      let low = room.lit(0.02, room.depth, .back)
      let high = room.lit(2, room.depth, .back)
      #expect(low < 0.75 * high)
      let along = (0..<20).map { room.lit(0, Float($0) / 20 * room.depth, .floor) }
      let (darkest, brightest) = (along.min() ?? 0, along.max() ?? 0)
      #expect(brightest > 1.15 * darkest)
      #expect(brightest < 2.5 && darkest > 0.03)
    }
  }

  /// A desk has a front, a side and a top, and hides what is behind it.
  @Test func furnitureHasDepth() {
    var room = ShopInterior()
    room.trade = .office
    room.width = 4
    room.light = Vector(1, 1, 1)
    room.seed = (1...1000).first { SurfaceNoise.cell(7, 77, UInt32($0)) > 0.6 }.map(UInt32.init) ?? 1
    let desk = room.table
    let middle = (desk.low + desk.high) / 2
    func light(at spot: Vector, from eye: Vector) -> Float {
      let d = spot - eye
      let length = (d * d).sum().squareRoot()
      let glass = eye + d * (-eye.z / d.z)
      let seen = room.radiance(
        .init(
          x: glass.x, y: glass.y, dx: d.x / length, dy: d.y / length, dz: d.z / length,
          footprint: SIMD2(1e-4, 1e-4), distance: 3))
      return (seen.x + seen.y + seen.z) / 3
    }
    let eye = Vector(middle.x, 1.5, -2)
    let top = light(at: Vector(desk.low.x + 0.05, desk.high.y, middle.z), from: eye)
    let front = light(at: Vector(desk.low.x + 0.05, 0.35, desk.low.z), from: eye)
    #expect(top > 1.2 * front, "\(top) \(front)")
    // From either side the same place of the top.
    let left = light(at: Vector(desk.low.x + 0.05, desk.high.y, middle.z), from: eye - Vector(1, 0, 0))
    #expect(abs(left - top) < 0.02)
  }

  // MARK: Hostile looks

  @Test func everyLookIsFinite() throws {
    var builder = StreetTests.builder()
    try Street().build(in: &builder)
    try Towers().build(in: &builder)
    try Tower().build(in: &builder)
    let scene = builder.scene
    let directions = [
      Vector(0, 0, 1), Vector(1, 0, 0), Vector(-1, 0, 0), Vector(0, 1, 0), Vector(0, -1, 0),
      Vector(0.7, 0.1, 0.7), Vector(-0.001, 0, 1), Vector(0.577, -0.577, 0.577),
    ]
    let faces: [SurfacePoint.Face] = [.left, .right, .bottom, .top, .front, .back]
    var bad = 0
    var bright: Float = 0
    for (k, box) in scene.boxes.enumerated() {
      for n in 0..<12 {
        let share = Vector(
          SurfaceNoise.cell(k, n, 1), SurfaceNoise.cell(k, n, 2), SurfaceNoise.cell(k, n, 3))
        let f = [Float(0), 1e-4, 0.02, 0.3, 3, 1e4][n % 6]
        let g = [Float(0), 0.01, 1, 1e4][n % 4]
        let look = scene.materials[box.material].look(
          at: SurfacePoint(
            position: box.low + box.size * share, local: box.size * share, size: box.size,
            face: faces[(k + n) % 6],
            direction: directions[(k + n) % directions.count], distance: [0, 0.5, 30, 1e4][n % 4],
            footprint: SIMD2(f, g), seed: box.seed))
        for c in 0..<3 {
          if !look.albedo[c].isFinite || !look.light[c].isFinite || look.albedo[c] < 0 || look.light[c] < 0 {
            bad += 1
          }
          if look.albedo[c] > 0.2 { bad += 1 }
          bright = max(bright, look.light[c])
        }
      }
    }
    #expect(bad == 0)
    #expect(bright < 40)
  }
}
