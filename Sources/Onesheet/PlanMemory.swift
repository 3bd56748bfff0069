import Catalog
import Effects
import Layers
import Raster

extension Plan {
  /// The most bytes that pictures, rasters and scratch buffers take at a time while `region` is rendered: what their
  /// pool counts, and what painters and effects take beside it.
  func peakBytes(for region: PixelRect) -> Int {
    let whole = geometry.bounds
    let source = Plan.source(of: region, below: effects, in: whole)
    let memory = RenderMemory(whole: whole)
    let drawing = max(memory.drawing(layers, onto: source), memory.applying(effects, to: source, for: region))
    return preparation.then(
      PainterMemory(held: 0, peak: Framebuffer.bytes(of: source).adding(drawing))
    ).peak
  }

  /// The most bytes that the process takes to render and write `region`: ``peakBytes(for:)``, what the pool keeps
  /// for later, and an allowance for everything else.
  func processBytes(for region: PixelRect, workers: Workers) -> Int {
    let peak = peakBytes(for: region)
    // Program, libraries, fonts and preset take 28 MiB for a tiny picture, 45 MiB for a rich one.
    let program = 64 << 20
    // Rows in work, and the encoder's bands of 1 MiB: two coded ones, one of pixels, one filtered.
    let thread = (8 << 20) + 256 * geometry.width
    return peak.adding(BufferPool.reserve(beside: peak) + program + workers.count * thread)
  }
}

/// Adds up the memory that a ``Renderer`` takes: its steps once more, in bytes. Functions give the peak beyond what
/// was there before.
private struct RenderMemory {
  let whole: PixelRect
  /// Whether painters have their rasters already.
  var hasRasters = false

  private func rasters(_ painter: any Painter) -> PainterMemory { hasRasters ? .none : painter.rasterMemory }

  // MARK: Layers

  func drawing(_ layers: [Plan.Layer], onto region: PixelRect) -> Int {
    var peak = 0
    for (index, layer) in layers.enumerated() {
      peak = max(peak, drawing(layer, onto: region, isEmpty: index == 0))
    }
    return peak
  }

  private func drawing(_ layer: Plan.Layer, onto region: PixelRect, isEmpty: Bool) -> Int {
    if !isEmpty, layer.isTransparent, case .group(let children) = layer.content {
      return children.map { drawing($0, onto: region, isEmpty: false) }.max() ?? 0
    }
    if isEmpty, layer.isPlain, Plan.source(of: region, below: layer.effects, in: whole) == region {
      return filling(layer, region, for: region)
    }
    let visible = layer.visible(in: region, of: whole)
    guard !visible.isEmpty else { return 0 }
    let strips = Plan.strips(of: layer, in: visible)
    guard strips.count > 1 else { return drawing(layer, in: visible) }
    let rasters = hasRasters ? .none : layer.rasterMemory
    let drawer = RenderMemory(whole: whole, hasRasters: true)
    let peak = strips.map { drawer.drawing(layer, in: $0) }.max() ?? 0
    return rasters.then(PainterMemory(held: 0, peak: peak)).peak
  }

  private func drawing(_ layer: Plan.Layer, in visible: PixelRect) -> Int {
    let mask = layer.mask.map { preparing($0, for: visible) } ?? .none
    if case .painter(let painter) = layer.content, layer.effects.isEmpty {
      return mask.then(rasters(painter)).peak
    }
    let region = Plan.bufferRegion(of: layer, for: visible, in: whole)
    guard !region.isEmpty else { return mask.peak }
    let peak = Framebuffer.bytes(of: region).adding(filling(layer, region, for: visible))
    return mask.then(PainterMemory(held: 0, peak: peak)).peak
  }

  private func filling(_ layer: Plan.Layer, _ region: PixelRect, for visible: PixelRect) -> Int {
    let content =
      switch layer.content {
      case .group(let children): drawing(children, onto: region)
      case .painter(let painter): rasters(painter).peak
      }
    return max(content, applying(layer.effects, to: region, for: visible))
  }

  // MARK: Effects

  func applying(_ effects: [Plan.Effect], to frame: PixelRect, for visible: PixelRect) -> Int {
    var region = frame
    var peak = 0
    var masks = PainterMemory.none
    for (index, effect) in effects.enumerated() {
      // What is copied out of a frame stands beside it, then in its place.
      if let part = Plan.narrowed(region, for: visible, below: effects[index...], in: whole) {
        peak = max(peak, Framebuffer.bytes(of: part))
        region = part
      }
      let looks = effect.looks.reduce(PainterMemory.none) {
        $0.then(reading($1.layer, $1.channel, in: region))
      }
      let mask = looks.then(effect.mask.map { preparing($0, for: region) } ?? .none)
      let scratch = effect.effect.scratchBytes(for: region, in: effect.context)
      if effect.effect is any PointEffect {
        // The masks of a run of them are there together.
        masks = masks.then(mask)
        peak = max(peak, masks.peak)
        continue
      }
      masks = .none
      if effect.effect is any MixingEffect {
        peak = max(peak, mask.then(PainterMemory(held: 0, peak: scratch)).peak)
      } else {
        let before = effect.mix < 1 || effect.mask != nil ? Framebuffer.bytes(of: region) : 0
        peak = max(peak, before.adding(max(looks.held.adding(scratch), mask.peak)))
      }
    }
    return peak
  }

  // MARK: Masks

  private func preparing(_ mask: Plan.Mask, for region: PixelRect) -> PainterMemory {
    if !mask.needsPlane, case .painter(let painter) = mask.layer.content { return rasters(painter) }
    let wide = region.expanded(byX: mask.feather, y: mask.feather).intersection(whole)
    let plane = Plane.bytes(width: wide.width, height: wide.height)
    let values = reading(mask.layer, mask.settings.channel, in: wide)
    return PainterMemory(held: plane, peak: max(values.peak, mask.feather > 0 ? plane.adding(plane) : 0))
  }

  /// A channel of a layer, read into a plane.
  private func reading(_ layer: Plan.Layer, _ channel: LayerChannel, in region: PixelRect) -> PainterMemory {
    let plane = Plane.bytes(width: region.width, height: region.height)
    if channel == .depth, case .painter(let painter) = layer.content {
      return PainterMemory(held: plane, peak: plane.adding(rasters(painter).peak))
    }
    let drawn = Framebuffer.bytes(of: region).adding(max(plane, drawing([layer], onto: region)))
    return PainterMemory(held: plane, peak: drawn)
  }
}

extension Plan.Layer {
  /// What the rasters of all painters in it take, those of masks included, in the order in which they are made.
  fileprivate var rasterMemory: PainterMemory {
    let content =
      switch content {
      case .painter(let painter): painter.rasterMemory
      case .group(let layers): layers.reduce(PainterMemory.none) { $0.then($1.rasterMemory) }
      }
    let seen: [Plan.Layer?] = effects.flatMap { effect in [effect.mask?.layer] + effect.looks.map { $0.layer }
    }
    return ([mask?.layer] + seen).reduce(content) { sum, layer in
      layer.map { sum.then($0.rasterMemory) } ?? sum
    }
  }
}
