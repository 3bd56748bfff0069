import Catalog
import Effects
import Layers
import Markup
import Props
import Raster

extension PresetDecoder {
  func layers(_ node: Node?, seed: Seed, depth: Int, _ reader: inout Reader) -> [LayerItem] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.items else {
      reader.error("a list of layers is due here, not \(node.kindName)", at: node.place)
      return []
    }
    guard depth <= PresetDecoder.deepestGroup else {
      reader.error("groups are nested more than \(PresetDecoder.deepestGroup) deep", at: node.place)
      return []
    }
    checkUniqueIds(items, &reader)
    let seeds = seeds(of: items, in: .layers, seed)
    return zip(items, seeds).compactMap { layer($0, seed: $1, depth: depth, &reader) }
  }

  private func layer(
    _ item: Node, seed: Seed, depth: Int, extraKeys: Set<String> = [], _ reader: inout Reader
  ) -> LayerItem? {
    guard let kind = kindPair(of: item, in: .layers, &reader), let name = kind.key.scalarText
    else {
      return nil
    }
    let seed = ownSeed(item, seed, &reader)
    let outer = reader.itemSeed
    reader.itemSeed = seed
    defer { reader.itemSeed = outer }
    let pairs = (item.pairs ?? [kind]).filter { !extraKeys.contains($0.key.scalarText ?? "") }
    var (placement, own) = common(
      Placement.self, in: .layers, pairs: pairs, at: item.place,
      standard: LayerCatalog.byName[name]?.placement ?? Placement(), &reader)
    var places = placement.places
    var looks: [LayerLook] = []
    let content: LayerItem.Content
    if name == SetLayer.name {
      let set = self.set(own, at: kind.key.place, seed: seed, &reader)
      content = .layer(set.make)
      places.merge(set.places) { first, _ in first }
    } else if PresetTree.structuralKinds.contains(name) {
      own.removeAll { $0.key.scalarText == name }
      for pair in own {
        reader.error(
          "'\(name)' has no parameter '\(pair.key.scalarText ?? "")'", at: pair.key.place,
          hint: nearest(pair.key.scalarText ?? "", among: PresetTree.Catalog.layers.commonKeys).map {
            "did you mean '\($0)'?"
          })
      }
      places[name] = kind.value.place
      if name == "group" {
        content = .group(layers(kind.value, seed: seed, depth: depth + 1, &reader))
      } else if let id = kind.value.scalarText {
        content = .copy(id)
      } else {
        reader.error("the id of a layer is due here", at: kind.value.place)
        return nil
      }
    } else if let type = LayerCatalog.byName[name] {
      let (make, found) = settings(type, own, at: kind.key.place, &reader)
      content = .layer(make)
      looks = make(Moment()).looks
      places.merge(found) { first, _ in first }
    } else {
      return nil
    }
    return LayerItem(
      id: id(item, &reader), kind: name, place: kind.key.place, places: places, seed: seed,
      placement: placement,
      content: content, looks: looks,
      mask: mask(item.value(forKey: "mask"), seed: seed, depth: depth, &reader),
      effects: effects(item.value(forKey: "effects"), seed: seed.derived("effects"), &reader))
  }

  private func settings<L: Layer>(
    _ type: L.Type, _ pairs: [Node.Pair], at place: Place, _ reader: inout Reader
  ) -> (@Sendable (Moment) -> any Layer, [String: Place]) {
    let settings = Settings<L>(
      pairs, at: place, commonKeys: PresetTree.Catalog.layers.commonKeys, reader: &reader)
    return ({ settings.instance(at: $0) }, settings.places)
  }

  func effects(_ node: Node?, seed: Seed, _ reader: inout Reader) -> [EffectItem] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.items else {
      reader.error("a list of effects is due here, not \(node.kindName)", at: node.place)
      return []
    }
    checkUniqueIds(items, &reader)
    let seeds = seeds(of: items, in: .effects, seed)
    return zip(items, seeds).compactMap { effect($0, seed: $1, &reader) }
  }

  private func effect(_ item: Node, seed: Seed, _ reader: inout Reader) -> EffectItem? {
    guard let kind = kindPair(of: item, in: .effects, &reader), let name = kind.key.scalarText,
      let type = EffectCatalog.byName[name]
    else { return nil }
    let seed = ownSeed(item, seed, &reader)
    let outer = reader.itemSeed
    reader.itemSeed = seed
    defer { reader.itemSeed = outer }
    let pairs = (item.pairs ?? [kind]).filter { $0.key.scalarText != "effects" }
    let (common, own) = common(EffectCommon.self, in: .effects, pairs: pairs, at: item.place, &reader)
    if let pair = item.pair(forKey: "effects") {
      reader.error("an effect has no effects of its own", at: pair.key.place)
    }
    let (make, places) = settings(type, own, at: kind.key.place, &reader)
    return EffectItem(
      id: id(item, &reader), kind: name, place: kind.key.place, seed: seed, common: common,
      mask: mask(item.value(forKey: "mask"), seed: seed, depth: 0, &reader), make: make, places: places,
      looks: make(Moment()).looks)
  }

  private func settings<E: Effect>(
    _ type: E.Type, _ pairs: [Node.Pair], at place: Place, _ reader: inout Reader
  ) -> (@Sendable (Moment) -> any Effect, [String: Place]) {
    let settings = Settings<E>(
      pairs, at: place, commonKeys: PresetTree.Catalog.effects.commonKeys, reader: &reader)
    return ({ settings.instance(at: $0) }, settings.places)
  }

  // MARK: Masks

  private func mask(_ node: Node?, seed: Seed, depth: Int, _ reader: inout Reader) -> MaskItem? {
    guard let node else { return nil }
    guard let pairs = node.pairs else {
      reader.error(
        "a mask is a layer, {shape: ellipse}, or {layer: ID}, not \(node.kindName)", at: node.place,
        hint: reader.names.all.isEmpty ? nil : "for another layer's shape write {layer: ID}")
      return nil
    }
    let names = Set(MaskSettings.parameters.map { $0.name })
    let channelPlace = node.value(forKey: "channel")?.place ?? node.place
    if let reference = node.pair(forKey: "layer") {
      for pair in pairs where pair.key.scalarText != "layer" && !names.contains(pair.key.scalarText ?? "") {
        reader.error(
          "a mask by layer has no '\(pair.key.scalarText ?? "")'", at: pair.key.place,
          hint: nearest(pair.key.scalarText ?? "", among: names.sorted()).map { "did you mean '\($0)'?" })
      }
      let settings = maskSettings(pairs, at: node.place, standard: .alpha, &reader)
      guard let id = reference.value.scalarText else {
        reader.error("the id of a layer is due here", at: reference.value.place)
        return nil
      }
      return MaskItem(
        source: .layer(id), place: reference.value.place, channelPlace: channelPlace, settings: settings)
    }
    let settings = maskSettings(pairs, at: node.place, standard: .luminance, &reader)
    guard
      let layer = layer(node, seed: seed.derived("mask"), depth: depth + 1, extraKeys: names, &reader)
    else { return nil }
    return MaskItem(
      source: .inline(layer), place: node.place, channelPlace: channelPlace, settings: settings)
  }

  /// How a mask reads its layer. A mask by depth counts meters.
  private func maskSettings(
    _ pairs: [Node.Pair], at place: Place, standard: LayerChannel, _ reader: inout Reader
  ) -> @Sendable (Moment) -> MaskSettings {
    let names = Set(MaskSettings.parameters.map { $0.name })
    let own = pairs.filter { names.contains($0.key.scalarText ?? "") }
    // A reference that leads nowhere is complained of when the value is read.
    var probe = reader
    let channel = own.first { $0.key.scalarText == "channel" }.flatMap { probe.resolved($0.value) }
    if channel?.scalarText == LayerChannel.depth.rawValue {
      let settings = Settings<DepthMaskSettings>(own, at: place, commonKeys: [], reader: &reader)
      return { settings.instance(at: $0).mask }
    }
    let settings = Settings<MaskSettings>(own, at: place, commonKeys: [], reader: &reader)
    let isGiven = settings.places["channel"] != nil
    return { moment in
      var mask = settings.instance(at: moment)
      if !isGiven { mask.channel = standard }
      return mask
    }
  }
}
