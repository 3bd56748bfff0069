import Catalog
import Effects
import Layers
import Markup
import Props

/// A preset as a tree of nodes: what `extends` and `--set` work on, before anything has a type.
struct PresetTree: Sendable {
  var root: Node

  /// Kinds of layers that hold other items; the catalog of painters does not have them.
  static let structuralKinds = ["group", "copy", SetLayer.name]

  /// What an item of a list of layers, effects or props is called.
  struct ItemName: Hashable {
    /// The `id` key.
    var id: String?
    /// The kind's name, or nil if the item names no kind.
    var kind: String?
  }

  /// The kinds that the items of a list can be.
  enum Catalog: Sendable {
    case layers, effects, props

    /// "layer".
    var noun: String {
      switch self {
      case .layers: "layer"
      case .effects: "effect"
      case .props: "prop"
      }
    }

    /// "a layer".
    var item: String { (self == .effects ? "an " : "a ") + noun }

    var kindNames: [String] {
      switch self {
      case .layers: LayerCatalog.all.map { $0.name } + PresetTree.structuralKinds
      case .effects: EffectCatalog.all.map { $0.name }
      case .props: PropCatalog.all.map { $0.name }
      }
    }

    func contains(_ name: String) -> Bool {
      switch self {
      case .layers: PresetTree.structuralKinds.contains(name) || LayerCatalog.byName[name] != nil
      case .effects: EffectCatalog.byName[name] != nil
      case .props: PropCatalog.byName[name] != nil
      }
    }

    /// The keys that items have whatever their kind.
    var commonKeys: [String] {
      switch self {
      case .layers: ["id", "mask", "seed", "effects"] + Placement.parameters.map { $0.name }
      case .effects: ["id", "mask", "seed"] + EffectCommon.parameters.map { $0.name }
      case .props: ["id", "seed"] + PropCommon.parameters.map { $0.name }
      }
    }

    /// The parameters of a kind; empty for kinds that are structure alone.
    func parameters(of kind: String) -> [ParameterDescription] {
      switch self {
      case .layers:
        kind == SetLayer.name
          ? SetLayer.parameterDescriptions : LayerCatalog.byName[kind]?.parameterDescriptions ?? []
      case .effects: EffectCatalog.byName[kind]?.parameterDescriptions ?? []
      case .props: PropCatalog.byName[kind]?.parameterDescriptions ?? []
      }
    }
  }

  /// What an item holds that is more than a value: the tree below it.
  enum Part: Sendable {
    case list(Catalog)
    /// A section of a set.
    case section(any SetSection.Type)
    /// A place of a set: one prop, whose kind is the key.
    case place(String)
  }

  /// What stands under `key` in an item of this kind, or nil for a plain value.
  static func part(_ key: String, of kind: String?, in catalog: Catalog) -> Part? {
    guard catalog == .layers else { return nil }
    if key == "effects" { return .list(.effects) }
    if key == "group" { return .list(.layers) }
    guard kind == SetLayer.name else { return nil }
    if SetLayer.listKeys.contains(key) { return .list(.props) }
    if SetLayer.placeKeys.contains(key) { return .place(key) }
    return SetLayer.sections.first { $0.name == key }.map { .section($0) }
  }

  static func name(of item: Node, in catalog: Catalog) -> ItemName {
    if let text = item.scalarText { return ItemName(id: nil, kind: catalog.contains(text) ? text : nil) }
    let kind = item.pairs?.lazy.compactMap { $0.key.scalarText }.first { catalog.contains($0) }
    return ItemName(id: item.value(forKey: "id")?.scalarText, kind: kind)
  }

  /// The position of the item that `segment` names: an id, then a kind that occurs once, then a number.
  static func index(of segment: String, in items: [Node], catalog: Catalog) -> Int? {
    let names = items.map { name(of: $0, in: catalog) }
    if let index = names.firstIndex(where: { $0.id == segment }) { return index }
    let ofKind = names.indices.filter { names[$0].kind == segment }
    if ofKind.count == 1 { return ofKind[0] }
    if let number = Int(segment), items.indices.contains(number) { return number }
    return nil
  }
}

extension SetSection {
  /// Keys that say the same as `key`, which they exclude.
  static func rivals(of key: String) -> Set<String> {
    Set(alternatives.filter { $0.contains(key) }.flatMap { $0 }).subtracting([key])
  }
}

extension Node {
  /// The same mapping with one key's value replaced or added.
  func setting(_ key: Node, to value: Node) -> Node {
    let name = key.scalarText
    var pairs = self.pairs ?? []
    if let index = pairs.firstIndex(where: { $0.key.scalarText == name }) {
      pairs[index] = Pair(key: pairs[index].key, value: value)
    } else {
      pairs.append(Pair(key: key, value: value))
    }
    return Node(.mapping(pairs), place: place)
  }

  func removing(_ keys: Set<String>) -> Node {
    Node(.mapping((pairs ?? []).filter { !keys.contains($0.key.scalarText ?? "") }), place: place)
  }
}
