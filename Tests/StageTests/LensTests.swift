import Raster
import Testing

@testable import Stage

@Suite("Depth of field") struct LensTests {
  /// A camera two meters up that looks at nothing, focused at `focus` through a lens of `aperture`.
  static func scene(aperture: Float, focus: Float) -> Scene {
    var scene = ShotTests.clear()
    scene.camera.height = 2
    scene.camera.focal = 1
    scene.camera.vanishing = SIMD2(0.5, 0.5)
    scene.camera.aperture = aperture
    scene.camera.focus = focus
    scene.ground.albedo = 0...0
    return scene
  }

  /// A small card that shines, its middle in the middle of the picture.
  static func spark(at z: Float, size: Float, light: Float) -> Card {
    .standing(
      at: Vector(0, 2 - size / 2, z), width: size, height: size,
      picture: PlainCard(light: Vector(light, light, light)))
  }

  /// The disc that a point becomes: diameter aperture · |1 / focus − 1 / z| · focal, in widths of the picture.
  @Test(
    "a small light out of focus is a disc of the lens's size, and as bright as it was",
    arguments: [(Float(0.4), Float(5), Float(40)), (0.2, 10, 2.5)])
  func disc(_ aperture: Float, _ focus: Float, _ z: Float) {
    var open = LensTests.scene(aperture: aperture, focus: focus)
    open.cards = [LensTests.spark(at: z, size: 0.004 * z, light: 400)]
    let size = 240
    let still = Still(open, width: size, height: size)
    var closed = open
    closed.camera.aperture = 0
    let sharp = Still(closed, width: size, height: size)

    func sum(_ still: Still) -> Float { still.pixels.reduce(0) { $0 + $1.y } }
    let ratio = sum(still) / sum(sharp)
    #expect(abs(ratio - 1) < 0.03, "\(ratio) of its light")

    // The second moment of a disc of diameter d about its middle is d² / 8 in the plane.
    var moment: Float = 0
    for y in 0..<size {
      for x in 0..<size {
        let dx = Float(x) + 0.5 - Float(size) / 2
        let dy = Float(y) + 0.5 - Float(size) / 2
        moment += still[x, y].y * (dx * dx + dy * dy)
      }
    }
    let diameter = (8 * moment / sum(still)).squareRoot()
    let expected = aperture * abs(1 / focus - 1 / z) * Float(size)
    #expect(abs(diameter / expected - 1) < 0.06, "\(diameter) for \(expected) px")
    // It is even inside and dark outside.
    let middle = Float(size) / 2
    func level(_ x: Int, _ y: Int) -> Float {
      let dx = Float(x) + 0.5 - middle
      let dy = Float(y) + 0.5 - middle
      return (dx * dx + dy * dy).squareRoot() / (expected / 2)
    }
    let places = (0..<size * size).map { (still[$0 % size, $0 / size].y, level($0 % size, $0 / size)) }
    let inside = places.filter { $0.1 < 0.8 }.map { $0.0 }
    let mean = inside.reduce(0, +) / Float(inside.count)
    let deviation = (inside.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(inside.count)).squareRoot()
    #expect(deviation / mean < 0.25, "\(deviation / mean)")
    let outside = places.filter { $0.1 > 1.45 }.map { $0.0 }.max() ?? 1
    #expect(outside < 0.02 * mean, "\(outside) for \(mean)")
  }

  @Test("a cable out of focus is as wide as the disc") func strand() {
    var scene = LensTests.scene(aperture: 0.3, focus: 4)
    var cable = Strand(points: [Vector(-30, 2, 24), Vector(30, 2, 24)], radius: 0.03)
    cable.light = Vector(100, 100, 100)
    scene.strands = [cable]
    let size = 300
    let still = Still(scene, width: size, height: size)
    let column = (0..<size).map { y in (140..<160).reduce(Float(0)) { $0 + still[$1, y].x / 20 } }
    let sum = column.reduce(0, +)
    // 100 · 2 r · f / z.
    let sharp: Float = 100 * 0.06 * 300 / 24
    #expect(abs(sum / sharp - 1) < 0.04, "\(sum / sharp)")
    // Cut through a disc: the second moment across it is d² / 16.
    let moment = column.enumerated().reduce(Float(0)) { sum, row in
      let d = Float(row.offset) + 0.5 - 150
      return sum + row.element * d * d
    }
    let diameter = (16 * moment / sum).squareRoot()
    let expected: Float = 0.3 * (1 / 4.0 - 1 / 24.0) * 300
    #expect(abs(diameter / expected - 1) < 0.06, "\(diameter) for \(expected) px")
  }

  @Test("what stands in the plane of focus is as sharp as through a pinhole") func focus() {
    var scene = LensTests.scene(aperture: 0.05, focus: 6)
    scene.cards = [LensTests.spark(at: 6, size: 1.3, light: 1)]
    scene.materials = [Shining(light: Vector(0.4, 0.2, 0.1))]
    scene.boxes = [
      Box(low: Vector(-1.6, 0, 6), high: Vector(-0.9, 3, 6.02), material: 0, seed: 1),
      Box(low: Vector(1.1, 1, 6), high: Vector(1.7, 2.6, 6.02), material: 0, seed: 1),
    ]
    let open = Still(scene, width: 160, height: 160)
    scene.camera.aperture = 0
    let closed = Still(scene, width: 160, height: 160)
    let worst = zip(open.pixels, closed.pixels).map { abs($0.x - $1.x) }.max() ?? 1
    let mean = zip(open.pixels, closed.pixels).reduce(Float(0)) { $0 + abs($1.0.x - $1.1.x) } / 25600
    // Edges pass through pixels, where the two sample differently.
    #expect(worst < 0.15, "\(worst)")
    #expect(mean < 0.001, "\(mean)")
  }

  @Test("something near and out of focus hides in part what is behind its edge") func nearEdge() {
    var scene = LensTests.scene(aperture: 0.2, focus: 20)
    scene.sky.zenith = Vector(1, 1, 1)
    scene.sky.horizon = Vector(1, 1, 1)
    scene.materials = [Shining(light: Vector(0, 0, 0))]
    // A wall from the middle to the left, two meters away.
    scene.boxes = [Box(low: Vector(-50, -50, 2), high: Vector(0, 50, 2.01), material: 0, seed: 1)]
    let size = 200
    let still = Still(scene, width: size, height: size)
    // Share of the lens on the clear side of a straight edge at u radii from its middle.
    func clear(_ u: Float) -> Float {
      // Slices of the disc are enough for two digits.
      let n = 4000
      var sum: Float = 0
      var all: Float = 0
      for i in 0..<n {
        let x = (Float(i) + 0.5) / Float(n) * 2 - 1
        let w = (1 - x * x).squareRoot()
        all += w
        if x > -u { sum += w }
      }
      return sum / all
    }
    let radius: Float = 0.2 * (1 / 2.0 - 1 / 20.0) * Float(size) / 2
    for x in stride(from: 88, through: 112, by: 4) {
      let seen = (20..<60).reduce(Float(0)) { $0 + still[x, $1].x / 40 }
      let u = max(-1, min(1, (Float(x) + 0.5 - 100) / radius))
      #expect(abs(seen - clear(u)) < 0.05, "\(seen) for \(clear(u)) in column \(x)")
    }
  }

  @Test("the same bytes for any number of threads and any cut of the rows") func deterministic() {
    var scene = ShotTests.busy()
    scene.camera.aperture = 0.06
    scene.camera.focus = 6
    let one = Still(scene, width: 67, height: 81, workers: Workers(count: 1))
    let five = Still(scene, width: 67, height: 81, workers: Workers(count: 5), chunk: 13)
    let isSame = one.pixels == five.pixels
    #expect(isSame)
    let isFinite = one.pixels.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite && $0.min() >= 0 }
    #expect(isFinite)
  }

  @Test("a busy street keeps its light when the lens opens", arguments: [Float(0.02), 0.3]) func energy(
    _ aperture: Float
  ) {
    var scene = ShotTests.busy()
    let closed = Still(scene, width: 80, height: 100)
    scene.camera.aperture = aperture
    scene.camera.focus = 8
    let open = Still(scene, width: 80, height: 100)
    func sum(_ still: Still) -> Float { still.pixels.reduce(0) { $0 + $1.y } }
    let ratio = sum(open) / sum(closed)
    #expect(abs(ratio - 1) < 0.04, "\(ratio)")
  }

  @Test("lenses of any size and focus give pictures") func hostile() {
    for (aperture, focus) in [(Float(1), Float(0.05)), (1, 10_000), (1e30, 0), (0.5, -3), (.infinity, 1)] {
      var scene = ShotTests.busy()
      scene.camera.aperture = aperture
      scene.camera.focus = focus
      let still = Still(scene, width: 20, height: 24)
      let isFinite = still.pixels.allSatisfy {
        $0.x.isFinite && $0.y.isFinite && $0.z.isFinite && $0.min() >= 0
      }
      #expect(isFinite, "\(aperture) at \(focus)")
    }
  }
}
