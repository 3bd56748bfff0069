import Catalog
import Effects
import Layers
import Markup

/// A preset as a tree of nodes: what `extends` and `--set` work on, before anything has a type.
struct PresetTree: Sendable {
  var root: Node

  /// Kinds of layers that are made of other layers: they are no painters, and the catalog does not hold them.
  static let structuralKinds = ["group", "copy"]

  /// What an item of a list of layers or effects is called.
  struct ItemName: Hashable {
    /// The `id` key.
    var id: String?
    /// The kind's name, or nil if the item names no kind.
    var kind: String?
  }

  enum Catalog: Sendable {
    case layers, effects

    var kindNames: [String] {
      switch self {
      case .layers: LayerCatalog.all.map { $0.name } + PresetTree.structuralKinds
      case .effects: EffectCatalog.all.map { $0.name }
      }
    }

    func contains(_ name: String) -> Bool {
      switch self {
      case .layers: PresetTree.structuralKinds.contains(name) || LayerCatalog.byName[name] != nil
      case .effects: EffectCatalog.byName[name] != nil
      }
    }
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
