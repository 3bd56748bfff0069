import Catalog
import Effects
import Layers
import Markup
import Props
import Raster

/// Makes plans out of presets.
struct Planner {
  private let preset: Preset
  private let moment: Moment
  private let workers: Workers
  private(set) var diagnostics = Diagnostics()
  private var preparation = PainterMemory.none
  private var type: [TypeProof.Piece] = []
  /// Whether what is planned is seen itself, and not only a mask of something or a thing to look at.
  private var isShown = true
  /// Copies of copies grow fast; no picture needs so many.
  private static let mostLayers = 20_000
  private var planned = 0
  /// A layer of the preset, told by where it is written, in one place of the picture.
  private struct Look: Hashable {
    var place: Place
    var map: Affine
  }
  private var painters: [Look: any Painter] = [:]
  /// A layer, with what the groups around it do.
  private typealias Target = (item: LayerItem, surroundings: Affine)
  /// Layers by id.
  private var targets: [String: Target] = [:]
  private var sets: [Target] = []
  /// The groups around each layer, outermost first, by where the layer is written.
  private var enclosing: [Place: [Look]] = [:]

  init(_ preset: Preset, moment: Moment, workers: Workers) {
    self.preset = preset
    self.moment = moment
    self.workers = workers
  }

  mutating func plan() -> Plan {
    collect(preset.layers, .identity)
    for item in preset.layers { enclose(item, [], .identity) }
    let layers = layers(preset.layers, .identity)
    let effects = effects(preset.effects)
    return Plan(
      geometry: preset.geometry, moment: moment, layers: layers, effects: effects, preparation: preparation,
      type: type)
  }

  private func context(_ item: LayerItem, _ placement: Placement, _ surroundings: Affine) -> LayerContext {
    LayerContext(
      geometry: preset.geometry, moment: moment, seed: item.seed, workers: workers,
      fonts: preset.fonts, placement: placement, surroundings: surroundings)
  }

  private mutating func collect(_ items: [LayerItem], _ surroundings: Affine) {
    for item in items {
      if let id = item.id, targets[id] == nil { targets[id] = (item, surroundings) }
      if item.kind == SetLayer.name { sets.append((item, surroundings)) }
      if case .group(let children) = item.content { collect(children, inside(item, surroundings)) }
    }
  }

  /// Notes the groups around a layer, and around all in it and in its mask.
  private mutating func enclose(_ item: LayerItem, _ groups: [Look], _ surroundings: Affine) {
    enclosing[item.place] = groups
    if case .group(let children) = item.content {
      let inner = inside(item, surroundings)
      for child in children { enclose(child, groups + [Look(place: item.place, map: inner)], inner) }
    }
    if case .inline(let mask) = item.mask?.source { enclose(mask, groups, surroundings) }
  }

  /// Where a copy shows its original: as that lies in the groups that both are in, then moved as a whole.
  private func placed(_ original: Target, by copy: LayerItem, _ surroundings: Affine) -> Affine {
    let groups = zip(enclosing[copy.place] ?? [], enclosing[original.item.place] ?? [])
    // Those groups move the copy, too; they must not do it twice.
    let shared = groups.prefix { $0 == $1 }.reversed().first?.0.map ?? .identity
    let own = shared == .identity ? .identity : shared.inverse ?? .identity
    return original.surroundings.then(own).then(inside(copy, surroundings))
  }

  /// What a group does to the pixels of its children.
  private func inside(_ group: LayerItem, _ surroundings: Affine) -> Affine {
    let context = context(group, group.placement.instance(at: moment), surroundings)
    return context.transform(of: context.wholePicture)
  }

  private mutating func layers(_ items: [LayerItem], _ surroundings: Affine) -> [Plan.Layer] {
    items.flatMap { item -> [Plan.Layer] in
      let placement = item.placement.instance(at: moment)
      guard placement.visible, placement.opacity > 0 else { return [] }
      return layers(item, placement, surroundings)
    }
  }

  /// A layer as it is seen by itself: without the holes that it cuts into others.
  private mutating func layer(
    _ item: LayerItem, _ placement: Placement, _ surroundings: Affine
  ) -> Plan.Layer? {
    layers(item, placement, surroundings).last
  }

  /// A layer, and before it the holes that it cuts into what lies below.
  private mutating func layers(
    _ item: LayerItem, _ placement: Placement, _ surroundings: Affine
  ) -> [Plan.Layer] {
    // What of masked type is seen is not known: strips of a picture that is copied, a word that a shape uncovers.
    let wasShown = isShown
    if item.mask != nil { isShown = false }
    defer { isShown = wasShown }
    planned += 1
    guard planned <= Planner.mostLayers else {
      if planned == Planner.mostLayers + 1 {
        diagnostics.append(
          .error(
            "copies and masks make more than \(Planner.mostLayers) layers of this preset", at: item.place))
      }
      return []
    }
    let content: Plan.Layer.Content
    var holes: [any Painter] = []
    switch item.content {
    case .group(let children): content = .group(layers(children, inside(item, surroundings)))
    case .copy(let id):
      guard let target = targets[id] else { return [] }
      let moved = placed(target, by: item, surroundings)
      var shown = target.item.placement.instance(at: moment)
      shown.visible = true
      content = .group(layer(target.item, shown, moved).map { [$0] } ?? [])
    case .layer(let make):
      guard let painter = painter(make, context(item, placement, surroundings), of: item) else { return [] }
      if isShown, let set = painter as? any TypePainter {
        type += set.type.map { TypeProof.Piece(type: $0, layer: item.id ?? item.kind, place: item.place) }
      }
      if let composite = painter as? any CompositePainter {
        (content, holes) = (.group(pieces(of: composite, in: item)), composite.holes)
      } else {
        content = .painter(painter)
      }
    }
    let name = item.id ?? item.kind
    let shape = item.mask.flatMap { mask($0, surroundings) }
    let effects = effects(item.effects)
    func seen(_ content: Plan.Layer.Content, _ blend: BlendMode) -> Plan.Layer {
      Plan.Layer(
        name: name, content: content, compositor: Compositor(mode: blend, opacity: placement.opacity),
        mask: shape, effects: effects
      ).unwrapped
    }
    return holes.map { seen(.painter($0), .erase) } + [seen(content, placement.blend)]
  }

  /// What is drawn of a composite painter's layer: its own coats, and other layers that show through its letters.
  private mutating func pieces(of painter: any CompositePainter, in item: LayerItem) -> [Plan.Layer] {
    let plain = Compositor(mode: .normal, opacity: 1)
    let name = item.id ?? item.kind
    return painter.pieces.compactMap { piece in
      switch piece {
      case .hole: return nil
      case .painter(let painter):
        return Plan.Layer(name: name, content: .painter(painter), compositor: plain, mask: nil, effects: [])
      case .layer(let id, let through):
        var channel = LayerChannel.alpha
        guard let target = targets[id], let seen = seen(target, &channel, at: item.place) else { return nil }
        let cover = Plan.Layer(
          name: name, content: .painter(through), compositor: plain, mask: nil, effects: [])
        return Plan.Layer(
          name: name, content: .group([seen]), compositor: plain,
          mask: Plan.Mask(layer: cover, settings: .covered, feather: 0), effects: [])
      }
    }
  }

  /// The layer's painter, made once for all that look at it: the layer itself, masks, effects, copies in the same
  /// place. nil (complained of) if it cannot be drawn as it is described.
  private mutating func painter(
    _ make: (Moment) -> any Layers.Layer, _ context: LayerContext, of item: LayerItem
  ) -> (any Painter)? {
    let look = Look(place: item.place, map: context.transform(of: context.wholePicture))
    if let painter = painters[look] {
      if let scene = painter as? any ScenePainter { preparation = preparation.then(scene.keepRasters()) }
      return painter
    }
    do {
      let painter = try make(moment).prepare(in: context)
      preparation = preparation.then(painter.memory)
      // A set may be looked at without being named.
      if item.id != nil || painter is any ScenePainter { painters[look] = painter }
      return painter
    } catch let problems as LayerProblems {
      for problem in problems.problems {
        let place = problem.parameter.flatMap { item.places[$0] } ?? item.place
        diagnostics.append(.error(problem.message, at: place, hint: problem.hint))
      }
    } catch {
      diagnostics.append(.error("\(error)", at: item.place))
    }
    return nil
  }

  private mutating func effects(_ items: [EffectItem]) -> [Plan.Effect] {
    items.compactMap { item in
      let common = item.common.instance(at: moment)
      guard common.enabled, common.mix > 0 else { return nil }
      let effect = item.make(moment)
      return Plan.Effect(
        name: item.id ?? item.kind, effect: effect,
        context: EffectContext(geometry: preset.geometry, moment: moment, seed: item.seed, workers: workers),
        mix: common.mix, mask: item.mask.flatMap { mask($0, .identity) },
        looks: item.looks.compactMap { look($0, of: item) }, reach: effect.reach(in: preset.geometry))
    }
  }

  private mutating func mask(_ item: MaskItem, _ surroundings: Affine) -> Plan.Mask? {
    var settings = item.settings(moment)
    let target: Target
    switch item.source {
    case .inline(let layer): target = (layer, surroundings)
    case .layer(let id):
      guard let named = targets[id] else { return nil }
      target = named
    }
    guard let layer = seen(target, &settings.channel, at: item.channelPlace) else { return nil }
    return Plan.Mask(
      layer: layer, settings: settings,
      feather: Int(preset.geometry.pixels(Double(settings.feather)).rounded(.up)))
  }

  private mutating func look(_ look: LayerLook, of item: EffectItem) -> Plan.Look? {
    let place = item.places[look.parameter] ?? item.place
    let target: Target
    if let id = look.layer {
      guard let named = targets[id] else { return nil }
      target = named
    } else if look.channel.needsPicture {
      diagnostics.append(
        .error(
          "'\(item.kind)' needs '\(look.parameter)' here, the id of a layer", at: item.place,
          hint: "\(look.parameter): ID"))
      return nil
    } else if let only = sets.first, sets.count == 1 {
      target = only
    } else {
      diagnostics.append(
        .error(
          sets.isEmpty
            ? "'\(item.kind)' looks at the \(look.channel.rawValue) of a set, but there is none"
            : "there are \(sets.count) sets: which one's \(look.channel.rawValue)?", at: item.place,
          hint: sets.isEmpty ? nil : "give the set an id, and write \(look.parameter): ID"))
      return nil
    }
    var channel = look.channel
    guard let layer = seen(target, &channel, at: place) else { return nil }
    return Plan.Look(parameter: look.parameter, channel: channel, layer: layer)
  }

  /// A layer as masks and effects see it: before its opacity and blend.
  ///
  /// What a set's own effects and mask do to its picture does not move what stands in it. Its emission is the
  /// luminance of another painter.
  private mutating func seen(_ target: Target, _ channel: inout LayerChannel, at place: Place) -> Plan.Layer?
  {
    let plain = Compositor(mode: .normal, opacity: 1)
    let wasShown = isShown
    isShown = false
    defer { isShown = wasShown }
    guard !channel.needsPicture else {
      let placement = target.item.placement.instance(at: moment)
      var planned = layer(target.item, placement, target.surroundings)
      planned?.compositor = plain
      return planned
    }
    let name = target.item.id ?? target.item.kind
    guard let found = scene(of: target) else { return nil }
    guard let scene = found else {
      diagnostics.append(
        .error(
          "'\(name)' has no \(channel.rawValue): only a set has", at: place,
          hint: "other layers have alpha and luminance"))
      return nil
    }
    let isEmission = channel == .emission
    if isEmission { channel = .luminance }
    return Plan.Layer(
      name: name, content: .painter(isEmission ? scene.emission : scene), compositor: plain, mask: nil,
      effects: [])
  }

  /// The scene that a layer shows, also one that is a group's only layer, or copied; nil within if it shows none, nil
  /// if it cannot be drawn.
  private mutating func scene(of target: Target) -> (any ScenePainter)?? {
    switch target.item.content {
    case .layer(let make):
      let placement = target.item.placement.instance(at: moment)
      let context = context(target.item, placement, target.surroundings)
      guard let painter = painter(make, context, of: target.item) else { return nil }
      return .some(painter as? any ScenePainter)
    case .group(let children):
      guard children.count == 1 else { return .some(nil) }
      return scene(of: (children[0], inside(target.item, target.surroundings)))
    case .copy(let id):
      guard let original = targets[id] else { return nil }
      return scene(of: (original.item, placed(original, by: target.item, target.surroundings)))
    }
  }
}

extension CompositePainter {
  fileprivate var holes: [any Painter] {
    pieces.compactMap { piece -> (any Painter)? in
      guard case .hole(let painter) = piece else { return nil }
      return painter
    }
  }
}

extension MaskSettings {
  /// Shows where the mask's layer covers.
  fileprivate static var covered: MaskSettings {
    var settings = MaskSettings()
    settings.channel = .alpha
    return settings
  }
}

extension LayerChannel {
  /// Whether the layer must be drawn for it. What stands in a set is known before.
  var needsPicture: Bool { self == .alpha || self == .luminance }
}
