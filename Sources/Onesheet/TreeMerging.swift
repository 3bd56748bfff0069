import Catalog
import Markup
import Props

/// Lays a preset over the one it extends.
///
/// Mappings merge deeply; lists of layers, effects and props merge by id; everything else is replaced whole.
struct TreeMerger {
  private(set) var diagnostics: [Diagnostic] = []

  mutating func merge(_ child: Node, over parent: Node) -> Node {
    guard let childPairs = child.pairs, parent.pairs != nil else { return child }
    var result = parent
    for pair in childPairs {
      guard let key = pair.key.scalarText else { continue }
      let old = parent.value(forKey: key)
      switch key {
      case "layers", "effects":
        let catalog: PresetTree.Catalog = key == "layers" ? .layers : .effects
        result = result.setting(pair.key, to: mergeList(pair.value, over: old, in: catalog))
      case "canvas": result = result.setting(pair.key, to: mergeCanvas(pair.value, over: old))
      case "vars", "palette", "checks":
        result = result.setting(pair.key, to: mergeMapping(pair.value, over: old))
      case FormatVariants.key: result = result.setting(pair.key, to: mergeVariants(pair.value, over: old))
      default: result = result.setting(pair.key, to: pair.value)
      }
    }
    return result
  }

  private func mergeMapping(_ child: Node, over parent: Node?) -> Node {
    guard let pairs = child.pairs, let parent, parent.pairs != nil else { return child }
    return pairs.reduce(parent) { $0.setting($1.key, to: $1.value) }
  }

  private mutating func mergeVariants(_ child: Node, over parent: Node?) -> Node {
    guard let pairs = child.pairs, var result = parent, result.pairs != nil else { return child }
    for pair in pairs {
      guard let name = pair.key.scalarText else { continue }
      let old = result.value(forKey: name)
      result = result.setting(pair.key, to: old.map { merge(pair.value, over: $0) } ?? pair.value)
    }
    return result
  }

  private func mergeCanvas(_ child: Node, over parent: Node?) -> Node {
    guard let parent, let pairs = child.pairs else { return child }
    let givesSize = pairs.contains { CanvasReader.sizeKeys.contains($0.key.scalarText ?? "") }
    return mergeMapping(child, over: givesSize ? parent.removing(Set(CanvasReader.sizeKeys)) : parent)
  }

  private func mergeSection(_ child: Node, over parent: Node?, _ type: any SetSection.Type) -> Node {
    let rivals = (child.pairs ?? []).map { type.rivals(of: $0.key.scalarText ?? "") }
    return mergeMapping(child, over: parent?.removing(rivals.reduce([]) { $0.union($1) }))
  }

  private mutating func mergeList(_ child: Node, over parent: Node?, in catalog: PresetTree.Catalog) -> Node {
    guard let changes = child.items else { return child }
    var items = parent?.items ?? []
    for change in changes {
      let name = PresetTree.name(of: change, in: catalog)
      // An item finds its counterpart by id, or by its kind where both lists hold one unnamed of that kind.
      var index: Int?
      if let id = name.id {
        index = PresetTree.index(of: id, in: items, catalog: catalog)
      } else if let kind = name.kind {
        let inChild = changes.filter { PresetTree.name(of: $0, in: catalog) == name }
        let inParent = items.indices.filter {
          PresetTree.name(of: items[$0], in: catalog).kind == kind
        }
        if inChild.count == 1, inParent.count == 1,
          PresetTree.name(of: items[inParent[0]], in: catalog).id.map({ $0 == kind }) ?? true
        {
          index = inParent[0]
        }
      }
      if let remove = change.value(forKey: "remove"), ["true", "yes", "on"].contains(remove.scalarText ?? "")
      {
        if let index {
          items.remove(at: index)
        } else {
          diagnostics.append(
            .error("there is nothing to remove here: the extended preset has no such item", at: change.place))
        }
        continue
      }
      let position = destination(of: change, in: items, catalog)
      let plain = change.pairs == nil ? change : change.removing(["remove", "after", "before"])
      if let index {
        let merged = mergeItem(plain, over: items[index], in: catalog)
        if let position {
          items.remove(at: index)
          items.insert(merged, at: position > index ? position - 1 : position)
        } else {
          items[index] = merged
        }
      } else {
        items.insert(plain, at: position ?? items.count)
      }
    }
    return Node(.sequence(items), place: child.place)
  }

  /// Where `after` or `before` puts an item, or nil if it has neither.
  private mutating func destination(
    of change: Node, in items: [Node], _ catalog: PresetTree.Catalog
  ) -> Int? {
    for key in ["after", "before"] {
      guard let node = change.value(forKey: key), let target = node.scalarText else { continue }
      guard let index = PresetTree.index(of: target, in: items, catalog: catalog) else {
        let known = items.compactMap { PresetTree.name(of: $0, in: catalog).id }
        diagnostics.append(
          .error(
            "there is no item '\(target)' to stand \(key)", at: node.place,
            hint: nearest(target, among: known).map { "did you mean '\($0)'?" }))
        return nil
      }
      return key == "after" ? index + 1 : index
    }
    return nil
  }

  private mutating func mergeItem(_ child: Node, over parent: Node, in catalog: PresetTree.Catalog) -> Node {
    guard let pairs = child.pairs else { return parent.pairs == nil ? child : parent }
    let childName = PresetTree.name(of: child, in: catalog)
    let parentName = PresetTree.name(of: parent, in: catalog)
    // An item whose kind changes is another item.
    if let kind = childName.kind, kind != parentName.kind { return child }
    guard parent.pairs != nil else { return child }
    var result = parent
    for pair in pairs {
      let key = pair.key.scalarText ?? ""
      let old = parent.value(forKey: key)
      let merged: Node
      switch PresetTree.part(key, of: parentName.kind, in: catalog) {
      case .list(let inner): merged = mergeList(pair.value, over: old, in: inner)
      case .section(let type): merged = mergeSection(pair.value, over: old, type)
      case .place: merged = mergeMapping(pair.value, over: old)
      case nil: merged = pair.value
      }
      result = result.setting(pair.key, to: merged)
    }
    return result
  }
}
