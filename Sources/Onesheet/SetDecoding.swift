import Catalog
import Layers
import Markup
import Props
import Raster

/// A set: its own parameters, its sections, its places and its lists of props.
extension PresetDecoder {
  /// The most props that one set may hold; each of them adds to a scene that is searched for every pixel.
  private static let mostProps = 5000

  /// What a set's own keys come to.
  struct DecodedSet {
    var make: @Sendable (Moment) -> any Layer
    /// Where each given value stands, by its path in the set: `camera.height`, `signs.2.text`, `signs.2`.
    var places: [String: Place]
  }

  /// Reads the pairs of a set that are no keys of all layers.
  func set(_ pairs: [Node.Pair], at place: Place, seed: Seed, _ reader: inout Reader) -> DecodedSet {
    var own: [Node.Pair] = []
    var places: [String: Place] = [:]
    var sections: [@Sendable (Moment) -> any SetSection] = []
    var standing: [@Sendable (Moment) -> SetContents.Member] = []
    var lists: [String: Node] = [:]
    for pair in pairs {
      let key = pair.key.scalarText ?? ""
      switch PresetTree.part(key, of: SetLayer.name, in: .layers) {
      case .section(let type):
        if let section = section(type, pair, seed: seed, &places, &reader) { sections.append(section) }
      case .place(let name):
        if let member = self.place(name, pair, seed: seed, &places, &reader) { standing.append(member) }
      case .list(.props): lists[key] = pair.value
      case .list, nil: own.append(pair)
      }
    }
    let props = self.props(lists, seed: seed, &places, &reader)
    let settings = Settings<SetLayer>(
      own, at: place,
      commonKeys: PresetTree.Catalog.layers.commonKeys + SetLayer.sections.map { $0.name }
        + SetLayer.placeKeys
        + SetLayer.listKeys,
      reader: &reader)
    places.merge(settings.places) { first, _ in first }
    let (allSections, allPlaces) = (sections, standing)
    return DecodedSet(
      make: { moment in
        var set = settings.instance(at: moment)
        set.contents.sections = allSections.map { $0(moment) }
        set.contents.places = allPlaces.map { $0(moment) }
        set.contents.props = props.map { $0(moment) }
        return set
      }, places: places)
  }

  // MARK: Sections

  private func section<S: SetSection>(
    _ type: S.Type, _ pair: Node.Pair, seed: Seed, _ places: inout [String: Place], _ reader: inout Reader
  ) -> (@Sendable (Moment) -> any SetSection)? {
    guard let pairs = mapping(pair, &reader) else { return nil }
    for rivals in S.alternatives {
      let given = pairs.filter { rivals.contains($0.key.scalarText ?? "") }
      guard given.count > 1 else { continue }
      let names = given.map { "'\($0.key.scalarText ?? "")'" }.joined(separator: " and ")
      reader.error(
        "\(names) say the same in two ways", at: given[1].key.place, hint: "leave out all but one")
    }
    let outer = reader.itemSeed
    reader.itemSeed = seed.derived("sections").derived(S.name)
    defer { reader.itemSeed = outer }
    let settings = Settings<S>(pairs, at: pair.key.place, commonKeys: [], reader: &reader)
    note(settings.places, under: S.name, at: pair.key.place, in: &places)
    return { settings.instance(at: $0) }
  }

  /// The pairs of a section or a place; none where nothing is written.
  private func mapping(_ pair: Node.Pair, _ reader: inout Reader) -> [Node.Pair]? {
    guard let value = reader.resolved(pair.value) else { return nil }
    if value.isNull { return [] }
    guard let pairs = value.pairs else {
      reader.error(
        "'\(pair.key.scalarText ?? "")' is a mapping of parameters, not \(value.kindName)", at: value.place)
      return nil
    }
    return pairs
  }

  // MARK: Props

  private func place(
    _ name: String, _ pair: Node.Pair, seed: Seed, _ places: inout [String: Place], _ reader: inout Reader
  ) -> (@Sendable (Moment) -> SetContents.Member)? {
    guard let pairs = mapping(pair, &reader), let type = PropCatalog.byName[name] else { return nil }
    if let id = pairs.first(where: { $0.key.scalarText == "id" }) {
      reader.error("a place is called by its kind and has no id", at: id.key.place)
    }
    return prop(
      type, pairs, at: pair.key.place, path: name, seed: SetContents.seed(ofPlace: name, in: seed), &places,
      &reader)
  }

  private func props(
    _ lists: [String: Node], seed: Seed, _ places: inout [String: Place], _ reader: inout Reader
  ) -> [@Sendable (Moment) -> SetContents.Member] {
    var all: [(path: String, item: Node, seed: Seed)] = []
    for key in SetLayer.listKeys {
      guard let node = lists[key], !node.isNull else { continue }
      guard let items = node.items else {
        reader.error("a list of props is due here, not \(node.kindName)", at: node.place)
        continue
      }
      // An id is a prop's name wherever it stands; unnamed props count in their list.
      let unnamed = seeds(of: items, in: .props, seed.derived("props").derived(key))
      for (index, item) in items.enumerated() {
        let id = PresetTree.name(of: item, in: .props).id
        let seed = id.map { seed.derived("props").derived($0) } ?? unnamed[index]
        all.append((path: "\(key).\(index)", item: item, seed: seed))
      }
    }
    checkUniqueIds(all.map { $0.item }, &reader)
    guard all.count <= PresetDecoder.mostProps else {
      reader.error(
        "a set holds at most \(PresetDecoder.mostProps) props, not \(all.count)",
        at: all[PresetDecoder.mostProps].item.place)
      return []
    }
    return all.compactMap { prop in
      guard let kind = kindPair(of: prop.item, in: .props, &reader), let name = kind.key.scalarText,
        let type = PropCatalog.byName[name]
      else { return nil }
      _ = id(prop.item, &reader)
      return self.prop(
        type, prop.item.pairs ?? [kind], at: kind.key.place, path: prop.path, seed: prop.seed, &places,
        &reader)
    }
  }

  private func prop<P: Prop>(
    _ type: P.Type, _ pairs: [Node.Pair], at place: Place, path: String, seed: Seed,
    _ places: inout [String: Place], _ reader: inout Reader
  ) -> @Sendable (Moment) -> SetContents.Member {
    let seed = ownSeed(Node(.mapping(pairs), place: place), seed, &reader)
    let outer = reader.itemSeed
    reader.itemSeed = seed
    defer { reader.itemSeed = outer }
    let (common, own) = common(PropCommon.self, in: .props, pairs: pairs, at: place, &reader)
    let settings = Settings<P>(
      own, at: place, commonKeys: PresetTree.Catalog.props.commonKeys, reader: &reader)
    note(settings.places, under: path, at: place, in: &places)
    return { moment in
      SetContents.Member(
        prop: settings.instance(at: moment), seed: seed, path: path,
        isEnabled: common.instance(at: moment).enabled)
    }
  }

  /// Remembers where values stand, for complaints that can only be made when the scene is built.
  private func note(
    _ found: [String: Place], under path: String, at place: Place, in places: inout [String: Place]
  ) {
    places[path] = place
    for (name, place) in found { places["\(path).\(name)"] = place }
  }
}
