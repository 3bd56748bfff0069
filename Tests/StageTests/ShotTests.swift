import Foundation
import Raster
import Testing

@testable import Stage

/// A picture of a scene for tests: rows of linear light.
struct Still {
  let width: Int
  let height: Int
  var pixels: [Vector]

  init(
    _ scene: Scene, width: Int, height: Int, reflections: Shot.Reflections = .standard,
    workers: Workers = Workers(count: 2), chunk: Int = 10_000
  ) {
    self.width = width
    self.height = height
    let shot = Shot(
      scene: scene, view: View(camera: scene.camera, width: width, height: height), reflections: reflections,
      workers: workers)
    pixels = []
    var planes = [Float](repeating: 0, count: width * 4)
    for y in 0..<height {
      planes.withUnsafeMutableBufferPointer { planes in
        guard let base = planes.baseAddress else { return }
        let row = Row(
          red: base, green: base + width, blue: base + 2 * width, alpha: base + 3 * width, count: width)
        var x = 0
        while x < width {
          let count = min(chunk, width - x)
          shot.paint(row.dropping(x, count: count), x: x, y: y)
          x += count
        }
        for x in 0..<width { pixels.append(Vector(row.red[x], row.green[x], row.blue[x])) }
      }
    }
  }

  subscript(x: Int, y: Int) -> Vector { pixels[y * width + x] }
}

/// A card of one color and alpha.
struct PlainCard: CardPicture {
  var light = Vector(1, 1, 1)
  var alpha: Float = 1
  func paint(_ canvas: CardCanvas) {
    for i in 0..<canvas.width * canvas.height {
      canvas.red[i] = light.x
      canvas.green[i] = light.y
      canvas.blue[i] = light.z
      canvas.alpha[i] = alpha
    }
  }
}

/// A material that shines by itself and reflects nothing.
struct Shining: SurfaceMaterial {
  var light: Vector
  func look(at point: SurfacePoint) -> SurfaceLook { SurfaceLook(albedo: Vector(0, 0, 0), light: light) }
}

@Suite("Shots") struct ShotTests {
  /// No air, no clouds, no light but what things have of their own.
  static func clear() -> Scene {
    var scene = Scene()
    scene.air.density = 0
    scene.air.floor = 0
    scene.air.scatter = 0
    scene.air.wisps = 0
    scene.air.ambient = Vector(0, 0, 0)
    scene.sky.zenith = Vector(0, 0, 0)
    scene.sky.horizon = Vector(0, 0, 0)
    scene.sky.clouds = 0
    scene.ground.waves = 0
    scene.ground.ripples = 0
    scene.ground.gloss = 0
    scene.ground.waterGloss = 0
    return scene
  }

  /// Polished water everywhere.
  static func mirror() -> Scene {
    var scene = clear()
    scene.ground.puddles = 1
    scene.ground.roughness = 0
    scene.ground.waterRoughness = 0
    scene.ground.gloss = 1
    scene.ground.waterGloss = 1
    scene.ground.albedo = 0...0
    return scene
  }

  @Test("a block stands where perspective puts it") func perspective() {
    var scene = ShotTests.clear()
    scene.camera.height = 1.5
    scene.camera.focal = 0.8
    scene.camera.vanishing = SIMD2(0.4, 0.6)
    scene.materials = [Shining(light: Vector(1, 1, 1))]
    scene.boxes = [Box(low: Vector(1, 0.5, 10), high: Vector(3, 4, 12), material: 0, seed: 1)]
    let still = Still(scene, width: 400, height: 200)
    let lit = (0..<200).flatMap { y in (0..<400).filter { still[$0, y].x > 0.5 }.map { (x: $0, y: y) } }
    // f = 0.8 · 400 = 320 px. The left side is seen up to its far edge at x = 1, z = 12; the front's right edge lies
    // at x = 3, z = 10.
    let left: Double = 160 + 320 / 12.0
    let right: Double = 256
    let top: Double = 40
    let bottom: Double = 152
    let columns = lit.map { Double($0.x) }
    let rows = lit.map { Double($0.y) }
    #expect(lit.count > 1000)
    #expect(abs((columns.min() ?? 0) - left) <= 1)
    #expect(abs((columns.max() ?? 0) + 1 - right) <= 1)
    #expect(abs((rows.min() ?? 0) - top) <= 1)
    #expect(abs((rows.max() ?? 0) + 1 - bottom) <= 1)
    // Edges hold the share of the pixel that the block covers.
    let width = (0..<400).reduce(0.0) { $0 + Double(still[$1, 100].x) }
    #expect(abs(width - (right - left)) < 0.05)
  }

  @Test("a card is mirrored by water as if it stood upside down, as strong as Fresnel says") func mirror() {
    var scene = ShotTests.mirror()
    scene.camera.height = 1
    scene.camera.vanishing = SIMD2(0.5, 0.5)
    scene.cards = [
      .standing(at: Vector(0, 0.6, 8), width: 1.2, height: 0.8, picture: PlainCard(light: Vector(2, 1, 0.5)))
    ]
    let still = Still(scene, width: 320, height: 240)
    let rows = (0..<240).filter { still[160, $0].x > 0.01 }
    let real = rows.filter { $0 < 120 + 12 }
    let image = rows.filter { $0 >= 120 + 12 }
    // f = 0.7 · 320 = 224 px: the card from y = 0.6 to 1.4 at z = 8; its image from −1.4 to −0.6.
    let tops = [real.first, image.first, image.last].map { Double($0 ?? 0) }
    #expect(abs(tops[0] - 108.8) <= 1)
    #expect(abs(tops[1] - 164.8) <= 1.5)
    #expect(abs(tops[2] - 187.2) <= 1.5)
    let y = 176
    // The ray falls by 2 m (to the image's middle) over 8 m: cos = 2 / √68.
    let c: Double = 2 / 68.0.squareRoot()
    let fresnel: Double = 0.02 + 0.98 * pow(1 - c, 5)
    let seen = still[160, y]
    #expect(abs(Double(seen.x) - 2 * fresnel) < 0.02)
    #expect(abs(seen.x - 4 * seen.z) < 0.01)
  }

  @Test("cards may be seen by the camera alone, or by the reflection alone", arguments: Visibility.allCases)
  func visibility(_ visibility: Visibility) {
    var scene = ShotTests.mirror()
    scene.camera.height = 1
    var card = Card.standing(at: Vector(0, 0.6, 8), width: 1.2, height: 0.8, picture: PlainCard())
    card.visibility = visibility
    scene.cards = [card]
    let still = Still(scene, width: 160, height: 120)
    let horizon = Int(0.55 * 120)
    let above = (0..<horizon + 8).contains { still[80, $0].x > 0.5 }
    let below = (horizon + 10..<120).contains { still[80, $0].x > 0.02 }
    #expect(above == (visibility != .reflectionOnly))
    #expect(below == (visibility != .cameraOnly))
  }

  @Test("wet ground never gives back more light than falls on it", arguments: [Float(0), 0.02, 0.2, 0.5])
  func energy(_ roughness: Float) {
    var scene = ShotTests.mirror()
    scene.sky.zenith = Vector(1, 1, 1)
    scene.sky.horizon = Vector(1, 1, 1)
    scene.ground.waterRoughness = roughness
    scene.ground.waves = 0.3
    scene.ground.ripples = 1
    let still = Still(scene, width: 120, height: 160)
    let brightest = still.pixels.map { $0.max() }.max() ?? 0
    #expect(brightest <= 1.0001)
    #expect(still.pixels.allSatisfy { $0.min() >= 0 })
  }

  @Test("a card throws its shadow where the light says") func shadow() {
    var scene = ShotTests.clear()
    scene.ground.puddles = 0
    scene.ground.albedo = 0.5...0.5
    scene.ground.halfWidth = 100
    scene.camera.height = 4
    scene.camera.vanishing = SIMD2(0.5, 0.3)
    // A light three meters up at z = 10; a wall of a card, 1 m high and wide, at z = 8: its shadow falls on the
    // ground towards the camera up to z = 10 − 2 · 3 / 2 = 7, and is 1.5 m wide there.
    var light = Light(position: Vector(0, 3, 10), color: Vector(20, 20, 20))
    light.castsShadow = true
    light.softness = 0.0001
    scene.lights = [light]
    var card = Card.standing(
      at: Vector(0, 0, 8), width: 1, height: 1, picture: PlainCard(light: Vector(0, 0, 0)))
    card.castsShadow = true
    card.visibility = .reflectionOnly
    scene.cards = [card]
    let with = Still(scene, width: 300, height: 300)
    scene.cards[0].castsShadow = false
    let without = Still(scene, width: 300, height: 300)
    func share(_ x: Float, _ z: Float) -> Float {
      guard let p = scene.camera.project(Vector(x, 0, z), aspect: 1) else { return -1 }
      let i = Int(p.x * 300)
      let j = Int(p.y * 300)
      return with[i, j].x / max(1e-9, without[i, j].x)
    }
    #expect(share(0, 7.5) < 0.05)
    #expect(share(0, 7.1) < 0.05)
    #expect(share(0, 6.85) > 0.95)
    #expect(share(0.55, 7.5) < 0.05)
    #expect(share(0.8, 7.5) > 0.95)
    #expect(share(0, 8.3) > 0.95)
  }

  /// A scene with something of everything.
  static func busy() -> Scene {
    var scene = Scene()
    scene.camera.height = 0.8
    scene.rain.amount = 0.7
    scene.materials = [PlainMaterial(albedo: 0.06)]
    for i in 0..<40 {
      let side: Float = i % 2 == 0 ? 1 : -1
      let z = 3 + Float(i) * 1.7
      scene.boxes.append(
        Box(
          low: Vector(min(side * 4, side * 9), 0, z),
          high: Vector(max(side * 4, side * 9), 5 + Float(i % 7), z + 1.5),
          material: 0, seed: UInt32(i)))
    }
    for i in 0..<9 {
      var light = Light(
        position: Vector(Float(i % 3 - 1) * 3, 2 + Float(i % 4), 5 + Float(i) * 4),
        color: Vector(Float(i % 2) * 3, 1, Float(i % 3)))
      light.castsShadow = i == 4
      scene.lights.append(light)
    }
    var card = Card.standing(
      at: Vector(0.4, 0, 6), width: 0.8, height: 1.8,
      picture: PlainCard(light: Vector(0.2, 0.1, 0), alpha: 0.9))
    card.castsShadow = true
    scene.cards = [card]
    var strand = Strand(points: [Vector(-4, 4, 7), Vector(0, 3.4, 7), Vector(4, 4.2, 8)], radius: 0.02)
    strand.light = Vector(1, 0.5, 3)
    strand.halo = 0.3
    scene.strands = [strand]
    return scene
  }

  @Test("the same bytes for any number of threads and any cut of the rows") func deterministic() {
    let one = Still(ShotTests.busy(), width: 97, height: 121, workers: Workers(count: 1))
    let five = Still(ShotTests.busy(), width: 97, height: 121, workers: Workers(count: 5), chunk: 13)
    let isSame = one.pixels == five.pixels
    #expect(isSame)
    #expect(one.pixels.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
  }

  @Test("rain and rings close a loop without a seam, and move in it") func loops() {
    func still(_ time: Float) -> Still {
      var scene = ShotTests.busy()
      scene.ground.puddles = 1
      scene.ground.ripples = 1
      scene.rain.time = time
      scene.rain.period = 7.3
      scene.ground.time = time
      scene.ground.period = 7.3
      return Still(scene, width: 96, height: 80)
    }
    let (start, middle, end) = (still(0), still(3.1), still(7.3))
    func difference(_ a: Still, _ b: Still) -> Float {
      zip(a.pixels, b.pixels).map { abs($0.y - $1.y) }.max() ?? 0
    }
    func mean(_ a: Still, _ b: Still) -> Float {
      zip(a.pixels, b.pixels).reduce(0) { $0 + abs($1.0.y - $1.1.y) } / Float(a.pixels.count)
    }
    // The last bits of a time of many turns move a drop by a hair, and a pixel that is on the verge of one more ray.
    #expect(mean(start, end) < 0.01 * mean(start, middle))
    #expect(difference(start, end) < 0.1 * difference(start, middle))
    #expect(difference(start, middle) > 0.01)
  }

  @Test("rain that rises stands on the ground as jets, and gathers light as it is told to") func rising() {
    func sum(_ rise: Float, brightness: Float = 1, lower: Bool) -> Float {
      var scene = ShotTests.busy()
      // Lit by the air alone, so that drops are all that shines on the ground.
      scene.air.ambient = Vector(0.2, 0.2, 0.2)
      scene.rain.amount = 1
      scene.rain.rise = rise
      scene.rain.brightness = brightness
      let wet = Still(scene, width: 160, height: 120)
      scene.rain.amount = 0
      let dry = Still(scene, width: 160, height: 120)
      var total: Float = 0
      for y in lower ? 90..<120 : 0..<50 { for x in 0..<160 { total += wet[x, y].y - dry[x, y].y } }
      return total
    }
    let falling = sum(0, lower: true)
    let rising = sum(1, lower: true)
    #expect(falling >= 0 && rising > 0)
    #expect(abs(sum(1, brightness: 3, lower: true) - 3 * rising) < 0.01 * rising)
    #expect(sum(1, lower: false) > 0 && sum(0, lower: false) > 0)
  }

  @Test("painting large cards is counted beside what stays of them") func memory() {
    var scene = ShotTests.busy()
    let view = View(camera: scene.camera, width: 400, height: 300)
    scene.cards = []
    #expect(Shot.paintingBytes(scene: scene, view: view) == 0)
    let empty = Shot.bytes(scene: scene, view: view)
    // 2 m at 5 m with f = 0.7 · 400 px are 112 texels each way, in four planes of floats.
    scene.cards = [.standing(at: Vector(0, 0, 5), width: 2, height: 2, picture: PlainCard())]
    let canvas = Shot.paintingBytes(scene: scene, view: view)
    #expect(abs(canvas - 112 * 112 * 16) < 112 * 16 * 4)
    #expect(Shot.bytes(scene: scene, view: view) - empty >= canvas)
  }

  @Test("a draft is the picture made small") func draft() {
    let draft = Still(ShotTests.busy(), width: 60, height: 90)
    let sheet = Still(ShotTests.busy(), width: 240, height: 360)
    var difference = 0.0
    var light = 0.0
    for y in 0..<90 {
      for x in 0..<60 {
        var mean = Vector(0, 0, 0)
        for j in 0..<4 { for i in 0..<4 { mean += sheet[4 * x + i, 4 * y + j] / 16 } }
        difference += Double(abs(draft[x, y].y - mean.y))
        light += Double(mean.y)
      }
    }
    #expect(difference / light < 0.12, "\(difference / light)")
  }

  @Test("a thin cable gets fainter with distance and neither breaks nor steps") func cable() {
    var scene = ShotTests.clear()
    scene.sky.zenith = Vector(1, 1, 1)
    scene.sky.horizon = Vector(1, 1, 1)
    scene.camera.vanishing = SIMD2(0.5, 0.9)
    scene.strands = [Strand(points: [Vector(-20, 4, 30), Vector(20, 9, 30)], radius: 0.02)]
    let still = Still(scene, width: 200, height: 200)
    // 4 cm at 30 m are 0.187 px of f = 140 px; the cable leans, so a column sees it longer by 1 / cos.
    let lean: Double = 1.0078
    for x in stride(from: 60, to: 140, by: 7) {
      let dark = (0..<170).reduce(0.0) { $0 + Double(1 - still[x, $1].x) }
      let expected = 0.1867 * lean
      #expect(abs(dark - expected) < 0.04, "\(dark) in column \(x)")
    }
  }

  @Test("odd scenes give odd pictures, but pictures") func hostile() {
    var inside = ShotTests.busy()
    inside.boxes.append(Box(low: Vector(-5, -1, -5), high: Vector(5, 5, 5), material: 0, seed: 1))
    var empty = Scene()
    empty.camera.height = 0
    var flat = ShotTests.busy()
    flat.cards = [
      .standing(at: Vector(0, 0, 5), width: 0, height: 0, picture: PlainCard()),
      .standing(at: Vector(0, 0, -5), width: 1, height: 2, picture: PlainCard()),
      .standing(at: Vector(0, 0, 0), width: 1e6, height: 1e6, picture: PlainCard(alpha: 0.5)),
    ]
    flat.strands = [Strand(points: [Vector(0, 1, 4)], radius: 0.1), Strand(points: [], radius: 0)]
    flat.strands.append(Strand(points: [Vector(0, 1, 4), Vector(0, 1, 4)], radius: 0))
    var dark = ShotTests.busy()
    dark.air.density = 5
    dark.air.reach = 1
    var bright = Scene()
    bright.lights = (0..<1000).map { i in
      Light(position: Vector(Float(i % 30) - 15, Float(i % 7), Float(i % 90)), color: Vector(1, 2, 3))
    }
    bright.lights.append(Light(position: bright.camera.eye, color: Vector(1e6, 1e6, 1e6)))
    for (name, scene) in [
      ("inside", inside), ("empty", empty), ("flat", flat), ("dark", dark), ("bright", bright),
    ] {
      let still = Still(scene, width: 48, height: 40)
      let isFinite = still.pixels.allSatisfy {
        $0.x.isFinite && $0.y.isFinite && $0.z.isFinite && $0.min() >= 0
      }
      #expect(isFinite, "\(name)")
    }
  }

  @Test("depth is how far away things are") func depth() {
    var scene = ShotTests.clear()
    scene.camera.height = 2
    scene.materials = [PlainMaterial()]
    scene.boxes = [Box(low: Vector(-50, 0, 20), high: Vector(50, 50, 21), material: 0, seed: 1)]
    scene.cards = [.standing(at: Vector(0, 0, 6), width: 2, height: 4, picture: PlainCard())]
    let shot = Shot(
      scene: scene, view: View(camera: scene.camera, width: 100, height: 80), workers: Workers(count: 1))
    var row = [Float](repeating: 0, count: 100)
    row.withUnsafeMutableBufferPointer {
      shot.depth($0.baseAddress.unsafelyUnwrapped, count: 100, x: 0, y: 44)
    }
    #expect(abs(row[50] - 6) < 0.1)
    let slanted = 20 * length(Vector(0.405 / 0.7, 0, 1))
    #expect(abs(row[90] - slanted) < 0.3)
  }
}
