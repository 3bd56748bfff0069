import Catalog
import Effects
import Layers
import Raster

extension Renderer {
  func prepare(_ mask: Plan.Mask, for region: PixelRect) throws -> any MaskRows {
    if !mask.needsPlane, case .painter(let painter) = mask.layer.content {
      if let scene = try scene(of: mask.layer, mask.settings.channel) {
        return DepthMask(scene: scene, settings: mask.settings)
      }
      return PainterMask(painter: try painter.withRasters(workers: workers), settings: mask.settings)
    }
    let wide = region.expanded(byX: mask.feather, y: mask.feather).intersection(whole)
    let plane = try values(of: mask, in: wide)
    if mask.feather > 0 { try plane.soften(radius: mask.feather, workers: workers) }
    return PlaneMask(plane: plane, region: wide)
  }

  /// A mask's values before they are softened.
  private func values(of mask: Plan.Mask, in region: PixelRect) throws -> Plane {
    let plane = try values(of: mask.layer, mask.settings.channel, in: region)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows { mask.settings.stretch(plane.row(i), count: region.width) }
    }
    return plane
  }

  /// A channel of a layer. The picture that it is read from is given back on return.
  private func values(
    of layer: Plan.Layer, _ channel: LayerChannel, in region: PixelRect
  ) throws -> Plane {
    if let scene = try scene(of: layer, channel) {
      let plane = try Plane(width: region.width, height: region.height)
      workers.bands(rows: region.height, width: region.width) { rows in
        for i in rows { scene.depth(plane.row(i), x: region.minX, y: region.minY + i, count: region.width) }
      }
      return plane
    }
    let buffer = try Framebuffer(region: region)
    try draw([layer], onto: buffer)
    let plane = try Plane(width: region.width, height: region.height)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows { channel.fill(plane.row(i), from: buffer.row(region.minY + i)) }
    }
    return plane
  }

  /// The scene whose depth somebody looks at, ready to be asked; nil for channels of pixels.
  private func scene(of layer: Plan.Layer, _ channel: LayerChannel) throws -> (any ScenePainter)? {
    guard channel == .depth, case .painter(let painter) = layer.content else { return nil }
    return try painter.withRasters(workers: workers) as? any ScenePainter
  }

  /// What an effect knows when it is applied to a frame of `region`: also what it sees of other layers.
  func context(of effect: Plan.Effect, for region: PixelRect) throws -> EffectContext {
    var context = effect.context
    for look in effect.looks {
      context.planes[look.parameter] = LayerPlane(
        plane: try values(of: look.layer, look.channel, in: region), region: region)
    }
    return context
  }
}

extension LayerChannel {
  /// Turns a row of a layer into values of this channel.
  fileprivate func fill(_ out: UnsafeMutablePointer<Float>, from row: Row) {
    guard self == .luminance else { return out.update(from: row.alpha, count: row.count) }
    for i in 0..<row.count { out[i] = 0.2126 * row.red[i] + 0.7152 * row.green[i] + 0.0722 * row.blue[i] }
  }
}

/// A mask that can be read row by row.
protocol MaskRows: Sendable {
  /// Values 0…1 of `count` pixels from (`x`, `y`) of the picture.
  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int)
}

private struct PainterMask: MaskRows {
  let painter: any Painter
  let settings: MaskSettings

  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * 4) { scratch in
      guard let base = scratch.baseAddress else { return }
      let row = Row(
        red: base, green: base + count, blue: base + 2 * count, alpha: base + 3 * count, count: count)
      let columns = painter.extent(ofRow: y)?.clamped(to: x..<x + count) ?? x..<x
      row.clear()
      if !columns.isEmpty {
        painter.paint(row.dropping(columns.lowerBound - x, count: columns.count), x: columns.lowerBound, y: y)
      }
      settings.channel.fill(out, from: row)
      settings.stretch(out, count: row.count)
    }
  }
}

/// A mask that tells near from far.
private struct DepthMask: MaskRows {
  let scene: any ScenePainter
  let settings: MaskSettings

  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    scene.depth(out, x: x, y: y, count: count)
    settings.stretch(out, count: count)
  }
}

private struct PlaneMask: MaskRows {
  let plane: Plane
  let region: PixelRect

  func fill(_ out: UnsafeMutablePointer<Float>, x: Int, y: Int, count: Int) {
    let inside = region.rows.contains(y) ? (x..<x + count).clamped(to: region.columns) : x..<x
    out.update(repeating: 0, count: count)
    guard !inside.isEmpty else { return }
    (out + (inside.lowerBound - x)).update(
      from: plane.row(y - region.minY) + (inside.lowerBound - region.minX), count: inside.count)
  }
}

extension MaskSettings {
  /// Turns what a mask looks at into its values: `from` becomes 0 and `to` becomes 1.
  fileprivate func stretch(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let span = to - from
    let scale = abs(span) < 1e-6 ? 1e6 : 1 / span
    for i in 0..<count {
      let value = min(1, max(0, (values[i] - from) * scale))
      values[i] = invert ? 1 - value : value
    }
  }
}
