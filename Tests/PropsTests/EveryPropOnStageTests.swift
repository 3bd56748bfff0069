import Catalog
import Raster
import Stage
import Testing

@testable import Props

/// Every prop of the catalog as cameras see it: what is true of a picture of any prop.
@Suite("Every prop on stage") struct EveryPropOnStageTests {
  static let names = PropCatalog.all.map { $0.name }
  private static let width = 96
  private static let height = 72

  /// What a prop adds to an empty scene, described as the reference page does.
  private static func scene<P: Prop>(_ type: P.Type) throws -> Scene {
    var prop = P()
    let geometry = Geometry(trimWidth: 320, trimHeight: 200)
    for (name, text) in type.sampleValues.sorted(by: { $0.key < $1.key }) {
      prop = try #require(
        prop.setting(name, to: text, geometry: geometry), "\(type.name).\(name): \(text)")
    }
    return try Staging.scene(prop)
  }

  /// The middle of what a prop is made of, without what lies very far out.
  private static func focus(of scene: Scene) -> (low: Vector, high: Vector) {
    var low = Vector(repeating: .infinity)
    var high = Vector(repeating: -.infinity)
    func include(_ p: Vector) {
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    for box in scene.boxes {
      include(box.low)
      include(box.high)
    }
    for card in scene.cards {
      for corner in [card.origin, card.origin + card.right, card.origin + card.up] { include(corner) }
    }
    for strand in scene.strands { for p in strand.points { include(p) } }
    for light in scene.lights { include(light.position) }
    return (low, high)
  }

  /// Three cameras: low and near, from the side, and from above. All look straight ahead, as cameras here do; the
  /// lens is shifted so that the prop stays in the picture.
  private static func cameras(for scene: Scene) -> [Camera] {
    let (low, high) = focus(of: scene)
    guard low.x.isFinite, high.x.isFinite else { return [] }
    let middle = (low + high) / 2
    let top = max(0.5, high.y)
    func camera(height: Float, offset: Float) -> Camera {
      var camera = Camera()
      camera.height = height
      camera.offset = offset
      camera.focal = 0.8
      let aspect = Float(Self.width) / Float(Self.height)
      // The nearer half of the prop decides how far the lens is shifted.
      let z = max(1.5, max(low.z, min(middle.z, low.z + 20)))
      camera.vanishing = SIMD2(0.5, 0.5)
      if let seen = camera.project(Vector(middle.x, min(middle.y, 10), z), aspect: aspect) {
        camera.vanishing = SIMD2(
          max(-1, min(2, 1 - seen.x)), max(-1, min(2, 1 - seen.y)))
      }
      return camera
    }
    return [
      camera(height: 0.25, offset: middle.x), camera(height: 1.6, offset: middle.x + 6),
      camera(height: 1.6, offset: middle.x - 6), camera(height: top + 4, offset: middle.x),
    ]
  }

  /// An empty set with a gray sky and a lamp beside the camera, so that what does not shine is seen as well.
  private static func daylight(_ camera: Camera) -> Scene {
    var scene = Scene()
    scene.camera = camera
    scene.air.density = 0.0005
    scene.air.wisps = 0
    scene.air.ambient = Vector(0.2, 0.2, 0.2)
    scene.air.scatter = 0
    scene.sky.zenith = Vector(0.3, 0.3, 0.3)
    scene.sky.horizon = Vector(0.6, 0.6, 0.6)
    scene.sky.clouds = 0
    scene.ground.puddles = 0
    scene.ground.gloss = 0
    var lamp = Light(position: camera.eye + Vector(2, 3, 0), color: Vector(200, 200, 200))
    lamp.softness = 20
    scene.lights = [lamp]
    return scene
  }

  private static func picture(_ scene: Scene, workers: Workers) -> [Float] {
    let shot = Shot(
      scene: scene, view: View(camera: scene.camera, width: width, height: height), workers: workers)
    var pixels = [Float](repeating: 0, count: width * height * 4)
    pixels.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let planes = base
      let area = width * height
      workers.each(height) { y in
        let start = planes + y * width
        let row = Row(
          red: start, green: start + area, blue: start + 2 * area, alpha: start + 3 * area, count: width)
        shot.paint(row, x: 0, y: y)
      }
    }
    return pixels
  }

  @Test("is seen from where cameras stand, in finite numbers, whatever the threads", arguments: names)
  func seen(_ name: String) throws {
    let type: any Prop.Type = try #require(PropCatalog.byName[name])
    let scene = try Self.scene(type)
    let cameras = Self.cameras(for: scene)
    #expect(cameras.count == 4, "\(name) puts nothing into the set")
    var seenFrom: [Int] = []
    var counts: [Int] = []
    for (number, camera) in cameras.enumerated() {
      let empty = Self.daylight(camera)
      var staged = scene
      staged.camera = camera
      (staged.air, staged.sky, staged.ground) = (empty.air, empty.sky, empty.ground)
      staged.lights += empty.lights
      let one = Self.picture(staged, workers: Workers(count: 1))
      let isFinite = one.allSatisfy { $0.isFinite && $0 >= 0 }
      #expect(isFinite, "\(name) from camera \(number)")
      if number != 2 {
        let two = Self.picture(staged, workers: Workers(count: 2))
        let isSame = one == two
        #expect(isSame, "\(name) from camera \(number)")
      }
      let without = Self.picture(empty, workers: Workers(count: 2))
      // Somebody who looks sees a difference of a twentieth of the light there, in a spot of some pixels.
      let changed = zip(one, without).count { abs($0 - $1) > 0.05 * (max($0, $1) + 0.005) }
      counts.append(changed)
      if changed >= 24 { seenFrom.append(number) }
    }
    // The two sides count as one: a prop may stand on either side of the street.
    let views = Set(seenFrom.map { $0 == 2 ? 1 : $0 })
    #expect(views.count >= 2, "\(name): pixels that change in the cameras: \(counts)")
  }
}
