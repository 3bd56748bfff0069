import Catalog
import Effects
import Layers
import Raster

/// Draws a plan.
struct Renderer: Sendable {
  let plan: Plan
  let workers: Workers
  let progress: RenderProgress?

  var whole: PixelRect { plan.geometry.bounds }

  /// `region` of the finished picture, in linear light; the buffer may reach beyond it.
  func render(_ region: PixelRect) throws -> Framebuffer {
    let source = Plan.source(of: region, below: plan.effects, in: whole)
    var frame = try Framebuffer(region: source)
    progress?.begin(steps: Renderer.steps(plan.layers) + plan.effects.count)
    try draw(plan.layers, onto: frame)
    try apply(plan.effects, to: &frame, for: region)
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
  func draw(_ layers: [Plan.Layer], onto target: Framebuffer) throws {
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
      var lent = target
      try fill(layer, &lent, for: target.region)
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
      try composite(ready, of: layer, mask, onto: target, in: visible)
      progress?.step(layer.name)
      return
    }
    let region = Plan.bufferRegion(of: layer, for: visible, in: whole)
    guard !region.isEmpty else { return }
    var buffer = try Framebuffer(region: region)
    try fill(layer, &buffer, for: visible)
    composite(buffer, layer.compositor, mask, onto: target, in: visible)
  }

  /// Draws a layer's content and applies its effects, in a buffer of its own, of which `visible` will be seen.
  private func fill(_ layer: Plan.Layer, _ buffer: inout Framebuffer, for visible: PixelRect) throws {
    switch layer.content {
    case .group(let children): try draw(children, onto: buffer)
    case .painter(let painter):
      try paint(painter, of: layer, buffer)
      progress?.step(layer.name)
    }
    try apply(layer.effects, to: &buffer, for: visible)
  }

  /// Overwrites a buffer with a painter's picture.
  private func paint(_ painter: any Painter, of layer: Plan.Layer, _ buffer: Framebuffer) throws {
    let region = buffer.region
    let check = FiniteCheck(of: painter)
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
        let visible = row.dropping(columns.lowerBound - region.minX, count: columns.count)
        painter.paint(visible, x: columns.lowerBound, y: y)
        check?.look(at: visible)
        row.dropping(columns.upperBound - region.minX, count: region.maxX - columns.upperBound).clear()
      }
    }
    if let check, check.hasFailed { throw RenderError.notFinite(layer: layer.name) }
  }

  private func composite(
    _ painter: any Painter, of layer: Plan.Layer, _ mask: (any MaskRows)?, onto target: Framebuffer,
    in visible: PixelRect
  ) throws {
    let region = painter.bounds.intersection(visible)
    let check = FiniteCheck(of: painter)
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
          check?.look(at: source)
          mask?.fill(base + 4 * n, x: columns.lowerBound, y: y, count: columns.count)
          layer.compositor.composite(
            source,
            onto: target.row(y).dropping(columns.lowerBound - target.region.minX, count: columns.count),
            mask: mask == nil ? nil : UnsafePointer(base + 4 * n))
        }
      }
    }
    if let check, check.hasFailed { throw RenderError.notFinite(layer: layer.name) }
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

  /// Applies `effects` so that `region` comes out right. An effect that looks far needs a large part of the
  /// picture, but those that come after it need not be given so much: the frame gets smaller on the way.
  private func apply(_ effects: [Plan.Effect], to frame: inout Framebuffer, for region: PixelRect) throws {
    var index = 0
    while index < effects.count {
      if let part = Plan.narrowed(frame.region, for: region, below: effects[index...], in: whole) {
        frame = try frame.copy(of: part, workers: workers)
      }
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
        (
          point.prepare(in: try context(of: effect, for: region)), effect.mix,
          try effect.mask.map { try prepare($0, for: region) }
        ))
    }
    let prepared = stages
    // Row for row would send a wide picture through memory for each effect: a piece of a row stays near the processor
    // until all are done with it.
    let piece = min(region.width, Renderer.pieceWidth)
    let mixes = prepared.contains { $0.mix < 1 || $0.mask != nil }
    workers.bands(rows: region.height, width: region.width) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: mixes ? piece * 5 : 1) { scratch in
        guard let base = scratch.baseAddress else { return }
        for i in rows {
          let y = region.minY + i
          let row = frame.row(y)
          for start in stride(from: 0, to: region.width, by: piece) {
            let n = min(piece, region.width - start)
            let part = row.dropping(start, count: n)
            let x = region.minX + start
            for stage in prepared {
              let blends = stage.mix < 1 || stage.mask != nil
              let before = Row(
                red: base, green: base + n, blue: base + 2 * n, alpha: base + 3 * n, count: n)
              if blends { before.copy(from: part) }
              stage.processor.process(part, x: x, y: y)
              guard blends else { continue }
              stage.mask?.fill(base + 4 * n, x: x, y: y, count: n)
              part.mix(
                with: before, share: stage.mix,
                mask: stage.mask == nil ? nil : UnsafePointer(base + 4 * n))
            }
          }
        }
      }
    }
  }

  /// Pixels of a row that take part in a chain of effects at a time: four planes of them are 32 KiB.
  private static let pieceWidth = 2048

  private func apply(_ planned: Plan.Effect, to frame: Framebuffer) throws {
    let context = try context(of: planned, for: frame.region)
    guard planned.mix < 1 || planned.mask != nil else {
      try planned.effect.apply(to: frame, in: context)
      return
    }
    if let mixing = planned.effect as? any MixingEffect {
      let mask = try planned.mask.map { try prepare($0, for: frame.region) }
      try mixing.apply(to: frame, in: context, mixer: MaskedMixer(share: planned.mix, mask: mask))
      return
    }
    let before = try frame.copy(workers: workers)
    try planned.effect.apply(to: frame, in: context)
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
