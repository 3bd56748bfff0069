import Catalog
import Layers
import Raster
import Stage
import Synchronization

/// Paints a set.
struct SetPainter: ScenePainter {
  let bounds: PixelRect
  private let scene: Scene
  private let view: View
  private let development: Development
  private var shot: Shot?

  init(_ scene: Scene, in context: LayerContext) {
    let box = context.wholePicture
    // A set that is flattened to nothing is not seen.
    let inverse = context.transform(of: box).inverse.flatMap { map in
      [map.a, map.b, map.c, map.d, map.tx, map.ty].allSatisfy { abs($0) < 1e9 } ? map : nil
    }
    bounds = inverse == nil ? PixelRect(width: 0, height: 0) : context.geometry.bounds
    let (width, height) = (max(1, box.rect.width), max(1, box.rect.height))
    let toShare = (inverse ?? .identity).then(.translation(-box.rect.minX, -box.rect.minY))
      .then(.scale(1 / width, 1 / height))
    self.scene = scene
    view = View(
      camera: scene.camera, a: toShare.a, b: toShare.b, c: toShare.c, d: toShare.d, tx: toShare.tx,
      ty: toShare.ty, aspect: width / height, height: height, columns: context.geometry.bounds.columns,
      rows: context.geometry.bounds.rows)
    development = Development()
  }

  private init(_ scene: Scene, like other: SetPainter) {
    self.scene = scene
    bounds = other.bounds
    view = other.view
    development = Development()
  }

  var emission: any Painter {
    var scene = scene
    scene.lights = []
    scene.air.ambient = Vector(0, 0, 0)
    scene.air.scatter = 0
    scene.sky.zenith = Vector(0, 0, 0)
    scene.sky.horizon = Vector(0, 0, 0)
    scene.rain.amount = 0
    return SetPainter(scene, like: self)
  }

  /// The shot, made once for all that look at the layer at the same time.
  private final class Development: Sendable {
    private struct State {
      weak var shot: Shot?
      var kept: Shot?
      var keeps = false
    }
    private let state = Mutex(State())

    var keeps: Bool {
      get { state.withLock { $0.keeps } }
      set { state.withLock { $0.keeps = newValue } }
    }

    func shot(of scene: Scene, _ view: View, workers: Workers) -> Shot {
      state.withLock { state in
        let shot = state.shot ?? Shot(scene: scene, view: view, workers: workers)
        state.shot = shot
        if state.keeps { state.kept = shot }
        return shot
      }
    }
  }

  var memory: PainterMemory { .none }

  var rasterMemory: PainterMemory {
    guard shot == nil, !development.keeps else { return .none }
    return shotMemory
  }

  private var shotMemory: PainterMemory {
    let bytes = Shot.bytes(scene: scene, view: view)
    return PainterMemory(held: bytes, peak: bytes + Shot.paintingBytes(scene: scene, view: view))
  }

  func keepRasters() -> PainterMemory {
    guard !development.keeps else { return .none }
    development.keeps = true
    return shotMemory
  }

  func withRasters(workers: Workers) throws -> any Painter {
    var ready = self
    ready.shot = development.shot(of: scene, view, workers: workers)
    return ready
  }

  func paint(_ row: Row, x: Int, y: Int) {
    guard let shot else { return row.clear() }
    shot.paint(row, x: x, y: y)
  }

  func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    guard let shot else { return out.update(repeating: 0, count: count) }
    shot.depth(out, count: count, x: x, y: y)
  }
}
