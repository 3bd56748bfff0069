import CVector
import Raster

/// A scene as its camera sees it, ready for one size of picture: trees, textures, air-light.
///
/// Making one is the costly part that does not depend on the number of pixels that are then painted. Every pixel
/// is a function of its place in the picture alone, so rows may be painted in any order by any number of threads.
public final class Shot: Sendable {
  public let scene: Scene
  public let view: View
  let boxes: BoundsTree
  let soft: SoftThings
  let lights: LightSet
  let fog: Fog
  let heaven: Heaven
  let ground: WetGround
  let rain: RainField
  /// From the eye, and from the eye's mirror image below the ground.
  let air: AirLight
  let mirroredAir: AirLight
  /// Slope that one pixel covers.
  let pixel: Float
  let hasShadows: Bool
  let lens: Lens
  let reflections: Reflections

  /// How many rays show what a point of wet ground mirrors: base + perRoughness · roughness, up to `most`. What is
  /// mirrored of cards and strands has no noise; rays are for the edges of blocks.
  package struct Reflections: Sendable {
    package var base: Float = 4
    package var perRoughness: Float = 100
    package var most: Float = 18
    /// Exactly so many for every point, calm or rough; a reference for measuring noise.
    package var fixed: Int?

    package init() {}

    package static let standard = Reflections()
    package static func fixed(_ rays: Int) -> Reflections {
      var reflections = Reflections()
      reflections.fixed = max(1, rays)
      return reflections
    }
  }

  /// The picture in which the noise of reflections is judged has so many rows.
  static let referenceHeight: Float = 2000
  /// Rays of the air-light's lattice lie this many pixels apart, or this share of the height if that is more.
  private static let latticePixels: Float = 8
  private static let latticeShare: Float = 1 / 250.0

  /// - Parameters:
  ///   - workers: for making it; painting is the caller's.
  public convenience init(scene: Scene, view: View, workers: Workers) {
    self.init(scene: scene, view: view, reflections: .standard, workers: workers)
  }

  package init(scene: Scene, view: View, reflections: Reflections, workers: Workers) {
    self.scene = scene
    self.reflections = reflections
    lens = Lens(scene.camera)
    self.view = view
    let pixel = view.pixel
    self.pixel = pixel
    let boxes = BoundsTree(scene.boxes.map { .init(low: $0.low, high: $0.high) })
    self.boxes = boxes
    let lights = LightSet(scene.lights)
    self.lights = lights
    fog = Fog(scene.air)
    heaven = Heaven(sky: scene.sky)
    ground = WetGround(ground: scene.ground, spills: scene.spills)
    rain = RainField(scene.rain, eye: scene.camera.eye)
    hasShadows = scene.lights.contains { $0.castsShadow }

    let sizes = scene.cards.map { Shot.textureSize(of: $0, pixel: pixel, eye: scene.camera.eye) }
    let baked = Baked(count: scene.cards.count)
    // Large pictures first, so that no thread is left with one at the end.
    let order = sizes.indices.sorted {
      (sizes[$0].width * sizes[$0].height, $1) > (sizes[$1].width * sizes[$1].height, $0)
    }
    workers.each(order.count) { k in
      let i = order[k]
      baked.set(
        i, CardTexture(scene.cards[i].picture, width: sizes[i].width, height: sizes[i].height))
    }
    let soft = SoftThings(scene: scene, textures: baked.textures, lights: lights, pixel: pixel)
    self.soft = soft

    let cell = max(Shot.latticePixels * pixel, Shot.latticeShare * pixel * view.height)
    let eye = scene.camera.eye
    let bounds = view.bounds
    let visibility: @Sendable (Light, Vector) -> Float = { light, p in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: BoundsTree.stackSize * 2) { memory in
        Shot.visibility(of: light, from: p, boxes: boxes, soft: soft, stack: Shot.stack(memory))
      }
    }
    air = AirLight(
      from: eye, low: bounds.low, high: bounds.high, cell: cell, lights: lights, air: scene.air,
      workers: workers, visibility: visibility)
    // Mirrored rays rise as steeply as rays to the ground fall, and rough ground throws them wider.
    let steepest = max(0.05, -bounds.low.y)
    let wide = (bounds.high.x - bounds.low.x) * 0.15
    mirroredAir = AirLight(
      from: Vector(eye.x, -eye.y, eye.z), low: SIMD2(bounds.low.x - wide, 0),
      high: SIMD2(bounds.high.x + wide, steepest * 1.5 + 0.25), cell: cell * 1.25, lights: lights,
      air: scene.air, workers: workers, visibility: { _, _ in 1 })
  }

  /// Bytes that a shot of such a scene will hold, about.
  public static func bytes(scene: Scene, view: View) -> Int {
    let pixel = view.pixel
    let textures = scene.cards.reduce(0) { sum, card in
      let size = textureSize(of: card, pixel: pixel, eye: scene.camera.eye)
      return sum
        + CardTexture.bytes(width: size.width, height: size.height, hasSurface: card.picture.hasSurface)
    }
    let cell = max(latticePixels * pixel, latticeShare * pixel * view.height)
    let b = view.bounds
    let columns = Int((b.high.x - b.low.x) / cell) + 2
    let rows = Int((b.high.y - b.low.y) / cell) + 2
    return textures + 2 * AirLight.bytes(columns: min(1200, columns), rows: min(1200, rows))
      + scene.boxes.count * 300
  }

  /// Bytes beside those of ``bytes(scene:view:)`` while a shot is made, about: the canvases that pictures are painted on
  /// before they become textures, one for each thread. Eight threads are common; the largest are painted first.
  public static func paintingBytes(scene: Scene, view: View) -> Int {
    let canvases = scene.cards.map { card in
      let size = textureSize(of: card, pixel: view.pixel, eye: scene.camera.eye)
      return CardCanvas.bytes(width: size.width, height: size.height, hasSurface: card.picture.hasSurface)
    }
    return canvases.sorted(by: >).prefix(8).reduce(0, +)
  }

  /// Texels for a card: one to a pixel where it is seen largest, within bounds that hold memory together. Cards that
  /// lie flat or stand along the street are seen shortened, and take fewer.
  static func textureSize(of card: Card, pixel: Float, eye: Vector) -> (width: Int, height: Int) {
    /// Slopes at which a point is seen.
    func seen(_ p: Vector) -> SIMD2<Float> {
      let z = max(0.3, p.z - eye.z)
      return SIMD2((p.x - eye.x) / z, (p.y - eye.y) / z)
    }
    func texels(_ edge: Vector, beside other: Vector) -> Float {
      let steps: Float = 8
      var longest: Float = 0
      for start in [card.origin, card.origin + other] {
        var before = seen(start)
        for i in 1...Int(steps) {
          let now = seen(start + edge * (Float(i) / steps))
          let d = now - before
          longest = max(longest, (d * d).sum().squareRoot())
          before = now
        }
      }
      return max(8, min(8192, longest * steps / pixel * card.detail))
    }
    var (w, h) = (texels(card.right, beside: card.up), texels(card.up, beside: card.right))
    let most: Float = 12e6
    if w * h > most {
      let k = (most / (w * h)).squareRoot()
      (w, h) = (max(8, w * k), max(8, h * k))
    }
    return (Int(w.rounded(.up)), Int(h.rounded(.up)))
  }

  /// Textures as threads finish them.
  private final class Baked: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<CardTexture?>
    init(count: Int) {
      memory = .allocate(capacity: max(1, count))
      memory.initialize(repeating: nil)
      memory.update(repeating: nil)
      self.count = count
    }
    private let count: Int
    deinit {
      memory.deinitialize()
      memory.deallocate()
    }
    /// Each place is written by one thread.
    func set(_ i: Int, _ texture: CardTexture) { memory[i] = texture }
    var textures: [CardTexture] { memory.prefix(count).compactMap { $0 } }
  }

  // MARK: Shadows

  static func stack(_ memory: UnsafeMutableBufferPointer<Float>) -> BoundsTree.Stack {
    let base = memory.baseAddress.unsafelyUnwrapped
    return BoundsTree.Stack(
      nodes: UnsafeMutableRawPointer(base).assumingMemoryBound(to: Int32.self),
      distances: base + BoundsTree.stackSize)
  }

  /// Share of a light that casts shadows which reaches `p`.
  static func visibility(
    of light: Light, from p: Vector, boxes: BoundsTree, soft: SoftThings, stack: BoundsTree.Stack
  ) -> Float {
    let origin = light.shadowOrigin ?? light.position
    let way = origin - p
    let distance = length(way)
    guard distance > 0.05 else { return 1 }
    // Blocks that hold the light, such as a lamp's head, do not shade it.
    let far = 1 - min(0.5, 0.25 / distance)
    var blocked = false
    boxes.visit(BoundsTree.Ray(origin: p, direction: way), near: 1e-3 / distance, far: far, stack) { _ in
      blocked = true
      return false
    }
    if blocked { return 0 }
    return soft.transmittance(from: p, to: origin, size: light.softness.squareRoot() * 0.25)
  }
}
