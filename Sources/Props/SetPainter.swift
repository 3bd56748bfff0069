import Catalog
import Layers
import Raster
import Stage
import Synchronization

/// Paints a set: a scene, seen through a layer's place in the picture.
///
/// A ``Stage/Shot`` is costly, so it is made when the picture is drawn, not when a preset is checked.
final class SetPainter: DepthPainter {
  let bounds: PixelRect
  private let scene: Scene
  private let view: View
  private let shot = Mutex<Shot?>(nil)

  init(_ scene: Scene, in context: LayerContext) {
    let box = context.wholePicture
    // A set that is flattened to nothing is not seen.
    let inverse = context.transform(of: box).inverse.flatMap { map in
      [map.a, map.b, map.c, map.d, map.tx, map.ty].allSatisfy { abs($0) < 1e9 } ? map : nil
    }
    bounds = inverse == nil ? PixelRect(width: 0, height: 0) : context.geometry.bounds
    let toShare = (inverse ?? .identity).then(.translation(-box.rect.minX, -box.rect.minY))
      .then(.scale(1 / max(1, box.rect.width), 1 / max(1, box.rect.height)))
    self.scene = scene
    view = View(
      camera: scene.camera, a: toShare.a, b: toShare.b, c: toShare.c, d: toShare.d, tx: toShare.tx,
      ty: toShare.ty, aspect: box.rect.width / max(1, box.rect.height), height: box.rect.height,
      columns: context.geometry.bounds.columns, rows: context.geometry.bounds.rows)
  }

  var bytes: Int { Shot.bytes(scene: scene, view: view) }

  func makeReady(workers: Workers) { _ = ready(workers) }

  private func ready(_ workers: Workers) -> Shot {
    shot.withLock { shot in
      if let shot { return shot }
      let made = Shot(scene: scene, view: view, workers: workers)
      shot = made
      return made
    }
  }

  func paint(_ row: Row, x: Int, y: Int) {
    ready(Workers(count: 1)).paint(row, x: x, y: y)
  }

  func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    ready(Workers(count: 1)).depth(out, count: count, x: x, y: y)
  }
}
