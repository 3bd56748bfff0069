import Catalog
import Effects
import Layers
import Raster

/// Draws a plan.
struct Renderer: Sendable {
  let plan: Plan
  let workers: Workers
  let progress: RenderProgress?

  private var whole: PixelRect { plan.geometry.bounds }

  /// `region` of the finished picture, in linear light; the buffer may reach beyond it.
  func render(_ region: PixelRect) throws -> Framebuffer {
    let source = Plan.source(of: region, below: plan.effects, in: whole)
    let frame = try Framebuffer(region: source)
    progress?.begin(steps: Renderer.steps(plan.layers) + plan.effects.count)
    try draw(plan.layers, onto: frame)
    try apply(plan.effects, to: frame)
    return frame
  }

  private static func steps(_ layers: [Plan.Layer]) -> Int {
    layers.reduce(0) { sum, layer in
      guard case .group(let children) = layer.content else { return sum + 1 + layer.effects.count }
      return sum + steps(children) + layer.effects.count
    }
  }

  // MARK: Layers

  /// Draws layers bottom to top into a framebuffer whose contents do not matter.
  private func draw(_ layers: [Plan.Layer], onto target: Framebuffer) throws {
    var isEmpty = true
    for layer in layers {
      try draw(layer, onto: target, isEmpty: isEmpty)
      isEmpty = false
    }
    if isEmpty { target.clear(workers: workers) }
  }

  private func draw(_ layer: Plan.Layer, onto target: Framebuffer, isEmpty: Bool) throws {
    if !isEmpty, layer.isTransparent, case .group(let children) = layer.content {
      for child in children { try draw(child, onto: target, isEmpty: false) }
      return
    }
    // The first layer may use the empty picture as its own buffer.
    if isEmpty, layer.isPlain,
      Plan.source(of: target.region, below: layer.effects, in: whole) == target.region
    {
      try fill(layer, target)
      return
    }
    if isEmpty { target.clear(workers: workers) }
    let visible = layer.visible(in: target.region, of: whole)
    guard !visible.isEmpty else { return }
    let strips = Plan.strips(of: layer, in: visible)
    // Strips together are one step of the progress, so each of them stays quiet.
    let drawer = strips.count == 1 ? self : Renderer(plan: plan, workers: workers, progress: nil)
    // Rasters serve all strips.
    let ready = strips.count == 1 ? layer : try layer.withRasters(workers: workers)
    for strip in strips { try drawer.draw(ready, onto: target, in: strip) }
    if strips.count > 1 { for _ in 0..<Renderer.steps([layer]) { progress?.step(layer.name) } }
  }

  /// Draws the part of a layer that is seen in `visible`.
  private func draw(_ layer: Plan.Layer, onto target: Framebuffer, in visible: PixelRect) throws {
    let mask = try layer.mask.map { try prepare($0, for: visible) }
    if case .painter(let painter) = layer.content, layer.effects.isEmpty {
      let ready = try painter.withRasters(workers: workers)
      composite(ready, layer.compositor, mask, onto: target, in: visible)
      progress?.step(layer.name)
      return
    }
    let region = Plan.bufferRegion(of: layer, for: visible, in: whole)
    guard !region.isEmpty else { return }
    let buffer = try Framebuffer(region: region)
    try fill(layer, buffer)
    composite(buffer, layer.compositor, mask, onto: target, in: visible)
  }

  /// Draws a layer's content and applies its effects, in a buffer of its own.
  private func fill(_ layer: Plan.Layer, _ buffer: Framebuffer) throws {
    switch layer.content {
    case .group(let children): try draw(children, onto: buffer)
    case .painter(let painter):
      try paint(painter, buffer)
      progress?.step(layer.name)
    }
    try apply(layer.effects, to: buffer)
  }

  /// Overwrites a buffer with a painter's picture.
  private func paint(_ painter: any Painter, _ buffer: Framebuffer) throws {
    let region = buffer.region
    let painter = try painter.withRasters(workers: workers)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows {
        let y = region.minY + i
        let row = buffer.row(y)
        let columns = painter.extent(ofRow: y)?.clamped(to: region.columns) ?? region.minX..<region.minX
        guard !columns.isEmpty else {
          row.clear()
          continue
        }
        row.dropping(0, count: columns.lowerBound - region.minX).clear()
        painter.paint(
          row.dropping(columns.lowerBound - region.minX, count: columns.count), x: columns.lowerBound, y: y)
        row.dropping(columns.upperBound - region.minX, count: region.maxX - columns.upperBound).clear()
      }
    }
  }

  private func composite(
    _ painter: any Painter, _ compositor: Compositor, _ mask: (any MaskRows)?, onto target: Framebuffer,
    in visible: PixelRect
  ) {
    let region = painter.bounds.intersection(visible)
    workers.bands(rows: region.height, width: region.width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: region.width * 5) { scratch in
        guard let base = scratch.baseAddress else { return }
        let n = region.width
        for i in rows {
          let y = region.minY + i
          guard let columns = painter.extent(ofRow: y)?.clamped(to: region.columns), !columns.isEmpty else {
            continue
          }
          let source = Row(
            red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: columns.count)
          painter.paint(source, x: columns.lowerBound, y: y)
          mask?.fill(base + 4 * n, x: columns.lowerBound, y: y, count: columns.count)
          compositor.composite(
            source,
            onto: target.row(y).dropping(columns.lowerBound - target.region.minX, count: columns.count),
            mask: mask == nil ? nil : UnsafePointer(base + 4 * n))
        }
      }
    }
  }

  private func composite(
    _ buffer: Framebuffer, _ compositor: Compositor, _ mask: (any MaskRows)?, onto target: Framebuffer,
    in visible: PixelRect
  ) {
    let region = buffer.region.intersection(visible)
    workers.bands(rows: region.height, width: region.width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: region.width) { scratch in
        guard let base = scratch.baseAddress else { return }
        for i in rows {
          let y = region.minY + i
          mask?.fill(base, x: region.minX, y: y, count: region.width)
          compositor.composite(
            buffer.row(y).dropping(region.minX - buffer.region.minX, count: region.width),
            onto: target.row(y).dropping(region.minX - target.region.minX, count: region.width),
            mask: mask == nil ? nil : UnsafePointer(base))
        }
      }
    }
  }

  // MARK: Effects

  private func apply(_ effects: [Plan.Effect], to frame: Framebuffer) throws {
    var index = 0
    while index < effects.count {
      // Effects that look at one pixel at a time run together, one pass over each row.
      let run = effects[index...].prefix { $0.effect is any PointEffect }
      if run.isEmpty {
        try apply(effects[index], to: frame)
        progress?.step(effects[index].name)
        index += 1
      } else {
        try applyPointwise(Array(run), to: frame)
        for effect in run { progress?.step(effect.name) }
        index += run.count
      }
    }
  }

  private func applyPointwise(_ effects: [Plan.Effect], to frame: Framebuffer) throws {
    let region = frame.region
    var stages: [(processor: any RowProcessor, mix: Float, mask: (any MaskRows)?)] = []
    for effect in effects {
      guard let point = effect.effect as? any PointEffect else { continue }
      stages.append(
        (point.prepare(in: effect.context), effect.mix, try effect.mask.map { try prepare($0, for: region) }))
    }
    let prepared = stages
    let mixes = prepared.contains { $0.mix < 1 || $0.mask != nil }
    workers.bands(rows: region.height, width: region.width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: mixes ? region.width * 5 : 1) { scratch in
        guard let base = scratch.baseAddress else { return }
        for i in rows {
          let y = region.minY + i
          let row = frame.row(y)
          for stage in prepared {
            let blends = stage.mix < 1 || stage.mask != nil
            let n = region.width
            let before = Row(red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n)
            if blends { before.copy(from: row) }
            stage.processor.process(row, x: region.minX, y: y)
            guard blends else { continue }
            stage.mask?.fill(base + 4 * n, x: region.minX, y: y, count: n)
            row.mix(
              with: before, share: stage.mix, mask: stage.mask == nil ? nil : UnsafePointer(base + 4 * n))
          }
        }
      }
    }
  }

  private func apply(_ planned: Plan.Effect, to frame: Framebuffer) throws {
    guard planned.mix < 1 || planned.mask != nil else {
      try planned.effect.apply(to: frame, in: planned.context)
      return
    }
    if let mixing = planned.effect as? any MixingEffect {
      let mask = try planned.mask.map { try prepare($0, for: frame.region) }
      try mixing.apply(to: frame, in: planned.context, mixer: MaskedMixer(share: planned.mix, mask: mask))
      return
    }
    let before = try frame.copy(workers: workers)
    try planned.effect.apply(to: frame, in: planned.context)
    let mask = try planned.mask.map { try prepare($0, for: frame.region) }
    let region = frame.region
    let mixer = MaskedMixer(share: planned.mix, mask: mask)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows {
        let y = region.minY + i
        mixer.mix(frame.row(y), with: before.row(y), x: region.minX, y: y)
      }
    }
  }

  // MARK: Masks

  private func prepare(_ mask: Plan.Mask, for region: PixelRect) throws -> any MaskRows {
    if !mask.needsPlane, case .painter(let painter) = mask.layer.content {
      return PainterMask(painter: try painter.withRasters(workers: workers), settings: mask.settings)
    }
    let wide = region.expanded(byX: mask.feather, y: mask.feather).intersection(whole)
    let plane = try values(of: mask, in: wide)
    if mask.feather > 0 { try plane.soften(radius: mask.feather, workers: workers) }
    return PlaneMask(plane: plane, region: wide)
  }

  /// A mask's values before they are softened. The picture that they are read from is given back on return.
  private func values(of mask: Plan.Mask, in region: PixelRect) throws -> Plane {
    let buffer = try Framebuffer(region: region)
    try draw([mask.layer], onto: buffer)
    let plane = try Plane(width: region.width, height: region.height)
    workers.bands(rows: region.height, width: region.width) { rows in
      for i in rows { mask.settings.fill(plane.row(i), from: buffer.row(region.minY + i)) }
    }
    return plane
  }
}

/// Lays a changed picture over the unchanged one, by a share and a mask.
private struct MaskedMixer: RowMixer {
  let share: Float
  let mask: (any MaskRows)?

  func mix(_ row: Row, with before: Row, x: Int, y: Int) {
    guard let mask else { return row.mix(with: before, share: share, mask: nil) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count) { scratch in
      guard let base = scratch.baseAddress else { return }
      mask.fill(base, x: x, y: y, count: row.count)
      row.mix(with: before, share: share, mask: UnsafePointer(base))
    }
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
      settings.fill(out, from: row)
    }
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
  /// Turns a row of a layer into mask values.
  func fill(_ out: UnsafeMutablePointer<Float>, from row: Row) {
    let span = to - from
    let scale = abs(span) < 1e-6 ? 1e6 : 1 / span
    for i in 0..<row.count {
      var value = row.alpha[i]
      if channel == .luminance {
        value = min(1, max(0, 0.2126 * row.red[i] + 0.7152 * row.green[i] + 0.0722 * row.blue[i]))
      }
      value = min(1, max(0, (value - from) * scale))
      out[i] = invert ? 1 - value : value
    }
  }
}

extension Row {
  /// Goes back towards `before` by what `share` times `mask` leaves of 1.
  func mix(with before: Row, share: Float, mask: UnsafePointer<Float>?) {
    for (now, was) in [(red, before.red), (green, before.green), (blue, before.blue), (alpha, before.alpha)] {
      if let mask {
        for i in 0..<count { now[i] = was[i] + (now[i] - was[i]) * (share * mask[i]) }
      } else {
        for i in 0..<count { now[i] = was[i] + (now[i] - was[i]) * share }
      }
    }
  }
}
