import Catalog
import Effects
import Layers
import Markup
import Raster

/// What items of every list have in common: a kind, an id, a seed, common keys.
extension PresetDecoder {
  /// The pair that names the item's kind; complains if there is none or more than one.
  func kindPair(of item: Node, in catalog: PresetTree.Catalog, _ reader: inout Reader) -> Node.Pair? {
    if let text = item.scalarText {
      guard catalog.contains(text) else {
        unknownKind(text, at: item.place, catalog, &reader)
        return nil
      }
      return Node.Pair(key: item, value: Node(.null, place: item.place))
    }
    guard let pairs = item.pairs else {
      reader.error("\(catalog.item) is due here, not \(item.kindName)", at: item.place)
      return nil
    }
    let kinds = pairs.filter { catalog.contains($0.key.scalarText ?? "") }
    if kinds.count > 1 {
      let names = kinds.map { "'\($0.key.scalarText ?? "")'" }.joined(separator: " and ")
      reader.error(
        "one item is one kind, but \(names) are two", at: kinds[1].key.place,
        hint: "begin a new item with a hyphen")
      return nil
    }
    guard let kind = kinds.first else {
      // The first key that is no common key was meant as the kind.
      let candidate = pairs.first { !catalog.commonKeys.contains($0.key.scalarText ?? "") }
      unknownKind(
        candidate?.key.scalarText ?? "", at: candidate?.key.place ?? item.place, catalog, &reader)
      return nil
    }
    return kind
  }

  private func unknownKind(
    _ name: String, at place: Place, _ catalog: PresetTree.Catalog, _ reader: inout Reader
  ) {
    let kinds = catalog.kindNames
    reader.error(
      name.isEmpty
        ? "this item names no kind of \(catalog.noun)"
        : "there is no \(catalog.noun) called '\(name)'",
      at: place,
      hint: nearest(name, among: kinds).map { "did you mean '\($0)'?" }
        ?? "known: \(kinds.joined(separator: ", "))")
  }

  /// Splits an item's pairs into common keys, the kind's own, and what `extends` uses.
  func common<Common: Kind>(
    _ type: Common.Type, in catalog: PresetTree.Catalog, pairs: [Node.Pair], at place: Place,
    standard: Common = Common(), _ reader: inout Reader
  ) -> (Settings<Common>, own: [Node.Pair]) {
    let names = Set(Common.parameters.map { $0.name })
    let others = Set(catalog.commonKeys + PresetDecoder.mergeKeys)
    let own = pairs.filter { !others.contains($0.key.scalarText ?? "") }
    let settings = Settings<Common>(
      pairs.filter { names.contains($0.key.scalarText ?? "") }, at: place, commonKeys: [],
      standard: standard, reader: &reader)
    return (settings, own)
  }

  func seeds(of items: [Node], in catalog: PresetTree.Catalog, _ parent: Seed) -> [Seed] {
    var counts: [String: Int] = [:]
    return items.map { item in
      let name = PresetTree.name(of: item, in: catalog)
      if let id = name.id { return parent.derived(id) }
      let kind = name.kind ?? ""
      counts[kind, default: 0] += 1
      // Unnamed items count among their kind, so that adding another kind reshuffles nothing.
      return parent.derived(kind).derived(counts[kind] ?? 0)
    }
  }

  func ownSeed(_ item: Node, _ derived: Seed, _ reader: inout Reader) -> Seed {
    guard let node = item.value(forKey: "seed"), let n = reader.number(node, NumberReading.seed) else {
      return derived
    }
    return Seed(UInt64(n)).derived("item")
  }

  func id(_ item: Node, _ reader: inout Reader) -> String? {
    guard let node = item.value(forKey: "id") else { return nil }
    guard let text = node.scalarText, NameTable.wholeReference("$" + text) != nil else {
      reader.error("an id is a name of letters, digits and hyphens", at: node.place)
      return nil
    }
    return text
  }

  func checkUniqueIds(_ items: [Node], _ reader: inout Reader) {
    var seen: [String: Int] = [:]
    for item in items {
      guard let node = item.value(forKey: "id"), let id = node.scalarText else { continue }
      if let line = seen[id] {
        reader.error("the id '\(id)' is taken already, in line \(line)", at: node.place)
      } else {
        seen[id] = node.place.line
      }
    }
  }
}
