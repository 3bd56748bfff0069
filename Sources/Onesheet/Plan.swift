import Catalog
import Effects
import Layers
import Raster

/// A preset for one moment and one size: everything resolved, nothing drawn yet.
///
/// The plan knows the memory it needs before any picture is allocated.
struct Plan: Sendable {
  struct Layer: Sendable {
    enum Content: Sendable {
      case painter(any Painter)
      case group([Layer])
    }
    var name: String
    var content: Content
    var compositor: Compositor
    var mask: Mask?
    var effects: [Effect]

    /// Where the layer's content may be visible, before its effects.
    func bounds(in whole: PixelRect) -> PixelRect {
      switch content {
      case .painter(let painter): painter.bounds.intersection(whole)
      case .group(let layers):
        layers.reduce(PixelRect(width: 0, height: 0)) { $0.union($1.extent(in: whole)) }
      }
    }

    /// Where the layer's buffer may hold anything, effects included.
    func spread(in whole: PixelRect) -> PixelRect {
      effects.reduce(bounds(in: whole)) { $1.reach.spread(of: $0, in: whole) }
    }

    /// Where the layer may be visible: what its mask leaves of it.
    func extent(in whole: PixelRect) -> PixelRect { visible(in: spread(in: whole), of: whole) }

    /// The part of `region` in which the layer can be seen: not beyond its mask.
    func visible(in region: PixelRect, of whole: PixelRect) -> PixelRect {
      guard let mask, mask.hidesOutside else { return region }
      return mask.layer.extent(in: whole).expanded(byX: mask.feather, y: mask.feather).intersection(region)
    }

    /// Whether it takes a picture of its own: a group, something with effects, or something behind a drawn mask.
    var needsBuffer: Bool {
      if case .group = content { return true }
      return !effects.isEmpty || mask?.needsPlane ?? false
    }

    /// Whether no pixel of it depends on pixels further away than a mask's feather: it can be drawn strip by strip.
    var isLocal: Bool {
      guard
        effects.allSatisfy({
          $0.reach == .none && $0.mask?.isLocal ?? true && $0.looks.allSatisfy { $0.layer.isLocal }
        }), mask?.isLocal ?? true
      else { return false }
      guard case .group(let layers) = content else { return true }
      return layers.allSatisfy { $0.isLocal }
    }

    /// Whether it can be drawn straight into an empty picture.
    var isPlain: Bool { compositor.mode == .normal && compositor.opacity == 1 && mask == nil }

    /// Whether its parts can be drawn straight onto what is below: "over" is associative, other blends are not.
    var isTransparent: Bool {
      guard isPlain, effects.isEmpty, case .group(let layers) = content else { return false }
      return layers.allSatisfy { $0.compositor.mode == .normal }
    }

    /// The layer with the rasters of all painters in it, those of masks included.
    func withRasters(workers: Workers) throws -> Layer {
      var layer = self
      switch content {
      case .painter(let painter): layer.content = .painter(try painter.withRasters(workers: workers))
      case .group(let layers): layer.content = .group(try layers.map { try $0.withRasters(workers: workers) })
      }
      layer.mask = try mask?.withRasters(workers: workers)
      for (index, effect) in effects.enumerated() {
        layer.effects[index].mask = try effect.mask?.withRasters(workers: workers)
        layer.effects[index].looks = try effect.looks.map { try $0.withRasters(workers: workers) }
      }
      return layer
    }

    /// A group of one layer as that layer, where that comes to the same: it saves a buffer.
    var unwrapped: Layer {
      guard case .group(let layers) = content, layers.count == 1, var inner = layers.first,
        inner.compositor.mode == .normal, inner.mask == nil || (mask == nil && effects.isEmpty),
        inner.compositor.opacity == 1 || effects.isEmpty
      else { return self }
      inner.name = name
      inner.effects += effects
      inner.mask = inner.mask ?? mask
      inner.compositor = Compositor(
        mode: compositor.mode, opacity: compositor.opacity * inner.compositor.opacity)
      return inner
    }
  }

  struct Effect: Sendable {
    var name: String
    var effect: any Effects.Effect
    var context: EffectContext
    var mix: Float
    var mask: Mask?
    var looks: [Look]
    var reach: Reach
  }

  /// Another layer that an effect looks at.
  struct Look: Sendable {
    /// The effect's parameter that named it.
    var parameter: String
    var channel: LayerChannel
    var layer: Layer

    func withRasters(workers: Workers) throws -> Look {
      Look(parameter: parameter, channel: channel, layer: try layer.withRasters(workers: workers))
    }
  }

  /// A class, since a mask is made from a layer, which may have a mask.
  final class Mask: Sendable {
    let layer: Layer
    let settings: MaskSettings
    /// Feathering as a blur radius in pixels.
    let feather: Int

    init(layer: Layer, settings: MaskSettings, feather: Int) {
      self.layer = layer
      self.settings = settings
      self.feather = feather
    }

    func withRasters(workers: Workers) throws -> Mask {
      Mask(layer: try layer.withRasters(workers: workers), settings: settings, feather: feather)
    }
  }

  var geometry: Geometry
  var moment: Moment
  var layers: [Layer]
  var effects: [Effect]
  /// What the painters took when they were prepared, and what they hold.
  var preparation = PainterMemory.none
  /// The type that is seen, bottom to top.
  var type: [TypeProof.Piece] = []

  // MARK: Regions

  /// What must be drawn below `effects`, so that `region` comes out as in the whole picture.
  static func source(
    of region: PixelRect, below effects: some BidirectionalCollection<Effect>, in whole: PixelRect
  ) -> PixelRect {
    effects.reversed().reduce(region) { region, effect in
      var source = effect.reach.source(of: region, in: whole)
      if let mask = effect.mask {
        source = source.union(region.expanded(byX: mask.feather, y: mask.feather).intersection(whole))
      }
      return source
    }
  }

  /// What `effects` need of a frame for `region`, or nil if that is not so much less that copying it pays.
  static func narrowed(
    _ frame: PixelRect, for region: PixelRect, below effects: some BidirectionalCollection<Effect>,
    in whole: PixelRect
  ) -> PixelRect? {
    let part = source(of: region, below: effects, in: whole).intersection(frame)
    return part.isEmpty || 4 * part.area > 3 * frame.area ? nil : part
  }

  /// The part of the picture in which a layer with its own buffer is drawn, for a target of `region`.
  static func bufferRegion(of layer: Layer, for region: PixelRect, in whole: PixelRect) -> PixelRect {
    let visible = layer.visible(in: region, of: whole)
    guard !visible.isEmpty else { return visible }
    let source = Plan.source(of: visible, below: layer.effects, in: whole)
    let extent = layer.spread(in: whole).intersection(source)
    guard !extent.isEmpty else { return extent }
    // Coarse rasters must begin where they would in the whole picture.
    let alignment = layer.effects.map { $0.reach.alignment }.max() ?? 1
    var aligned = extent
    aligned.minX = extent.minX / alignment * alignment
    aligned.minY = extent.minY / alignment * alignment
    // An effect that looks everywhere must be given everything, unless clear surroundings do for it.
    let demanding = layer.effects.map { $0.reach }.filter { $0.clearMargin == nil }
    if demanding.contains(where: { $0.x >= Reach.everything }) {
      (aligned.minX, aligned.maxX) = (source.minX, source.maxX)
    }
    if demanding.contains(where: { $0.y >= Reach.everything }) {
      (aligned.minY, aligned.maxY) = (source.minY, source.maxY)
    }
    return aligned
  }

  /// Rows of a strip. A strip of a poster fits in memory that is soon used again; a draft is one strip.
  private static let stripHeight = 512

  /// The parts of `region` in which a layer is drawn one after the other, so that its buffer can be small.
  static func strips(of layer: Layer, in region: PixelRect) -> [PixelRect] {
    guard layer.needsBuffer, layer.isLocal, region.height > stripHeight else { return [region] }
    return stride(from: region.minY, to: region.maxY, by: stripHeight).map { y in
      PixelRect(minX: region.minX, minY: y, maxX: region.maxX, maxY: min(region.maxY, y + stripHeight))
    }
  }
}

extension Plan.Mask {
  /// Whether nothing shows where the mask's layer draws nothing.
  var hidesOutside: Bool { !settings.invert && settings.from >= 0 && settings.to > settings.from }

  /// Whether it can be drawn strip by strip, with a margin that is not larger than the strip.
  var isLocal: Bool { feather <= 512 && layer.isLocal }

  /// Whether the mask must be drawn as a picture first; otherwise its painter is asked row by row.
  var needsPlane: Bool {
    if settings.channel == .depth { return feather > 0 }
    if feather > 0 || !layer.effects.isEmpty || layer.mask != nil { return true }
    if case .group = layer.content { return true }
    return false
  }
}

extension Reach {
  /// Where the effect can bring light that lies in `region`, and what it must be given around that.
  func spread(of region: PixelRect, in whole: PixelRect) -> PixelRect {
    guard !region.isEmpty else { return region }
    func distance(_ reach: Int) -> Int { min(reach, clearMargin ?? reach) }
    return region.expanded(byX: distance(x), y: distance(y)).intersection(whole)
  }
}
