import Catalog
import Layers
import Raster
import Stage

/// Paints a set.
struct SetPainter: DepthPainter {
  let bounds: PixelRect
  let scene: Scene

  init(_ scene: Scene, geometry: Geometry) {
    bounds = geometry.bounds
    self.scene = scene
  }

  func paint(_ row: Row, x: Int, y: Int) {
    let light = bounds.height == 0 ? scene.sky.zenith : scene.sky.horizon
    row.red.update(repeating: light.x, count: row.count)
    row.green.update(repeating: light.y, count: row.count)
    row.blue.update(repeating: light.z, count: row.count)
    row.alpha.update(repeating: 1, count: row.count)
  }

  func depth(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    let below = (Float(y) + 0.5) / Float(bounds.height) - scene.camera.vanishing.y
    let aspect = Float(bounds.width) / Float(bounds.height)
    let z = below > 1e-5 ? scene.camera.focal * aspect * scene.camera.height / below : .infinity
    out.update(repeating: z, count: count)
  }
}
