import Catalog
import Layers
import Raster
import Stage
import Synchronization

/// Paints a set.
struct SetPainter: DepthPainter {
  let bounds: PixelRect
  private let scene: Scene
  private let view: View
  private let development: Development
  private var shot: Shot?

  init(_ scene: Scene, geometry: Geometry) {
    bounds = geometry.bounds
    self.scene = scene
    let width = Double(geometry.trimWidth)
    let height = Double(geometry.trimHeight)
    let bleed = Double(geometry.bleed)
    view = View(
      camera: scene.camera, a: 1 / width, b: 0, c: 0, d: 1 / height, tx: -bleed / width, ty: -bleed / height,
      aspect: width / height, height: height, columns: bounds.columns, rows: bounds.rows)
    development = Development()
  }

  /// The shot, made once for all that look at the layer: itself, copies, masks by its depth.
  private final class Development: Sendable {
    private let shot = Mutex<Shot?>(nil)

    func shot(of scene: Scene, _ view: View, workers: Workers) -> Shot {
      shot.withLock { made in
        if let made { return made }
        let new = Shot(scene: scene, view: view, workers: workers)
        made = new
        return new
      }
    }
  }

  var memory: PainterMemory { .none }

  var rasterMemory: PainterMemory {
    let bytes = Shot.bytes(scene: scene, view: view)
    return PainterMemory(held: bytes, peak: bytes)
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
