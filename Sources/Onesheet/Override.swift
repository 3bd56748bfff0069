import Catalog
import Effects
import Layers
import Markup
import Props

/// One `--set PATH=VALUE`, or `--disable ID`.
public struct Override: Sendable, Hashable {
  /// The path as written: `effects.tape.tracking`, `stops[0.6]`.
  public let path: String
  public let value: String
  /// How complaints name the option: `--set`.
  public let option: String

  public init(path: String, value: String, option: String = "--set") {
    self.path = path
    self.value = value
    self.option = option
  }

  /// Splits `PATH=VALUE` at the first equals sign; nil without one.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    self.init(path: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }
}

/// Lays overrides over a preset's tree.
struct OverrideApplier {
  private(set) var diagnostics: [Diagnostic] = []
  private let folder: String?

  /// `folder` is where relative paths in values start from.
  init(folder: String?) { self.folder = folder }

  mutating func apply(_ override: Override, to root: Node) -> Node {
    let source = Source(
      name: override.option, text: "\(override.path)=\(override.value)", folder: folder)
    var segments = OverrideApplier.segments(of: override.path)
    guard !segments.isEmpty, !segments.contains("") else {
      complain("'\(override.path)' is not a path", in: source, override)
      return root
    }
    // A short form is completed by looking for it everywhere.
    if !OverrideApplier.rootKeys.contains(segments[0]) {
      guard let full = complete(segments, in: root, source, override) else { return root }
      segments = full
    }
    let value = read(override, in: source, segments: segments, root: root)
    guard let value else { return root }
    let key = Place(source: source, line: 1, column: 1, length: max(1, override.path.count))
    return place(value, at: segments[...], in: root, level: .root, key, source, override) ?? root
  }

  /// Switches off an effect or a prop, or hides a layer.
  mutating func disable(_ id: String, in root: Node) -> Node {
    let source = Source(name: "--disable", text: id, folder: folder)
    let place = Place(source: source, line: 1, column: 1, length: max(1, id.count))
    let segments = OverrideApplier.segments(of: id)
    let all = OverrideApplier.items(in: root)
    let items = all.filter { $0.toggle != nil }
    var paths: [[String]]
    if let first = segments.first, ["layers", "effects"].contains(first), segments.count > 1 {
      paths = [segments]
    } else {
      let found = items.filter { OverrideApplier.matches($0, segments) }
      // An id goes before a kind of the same name.
      let named = found.filter { $0.id == segments.last }
      paths = (named.count == 1 ? named : found).map { $0.path }
    }
    guard paths.count == 1, let path = paths.first else {
      if !paths.isEmpty {
        diagnostics.append(.error("'\(id)' is not unique: \(OverrideApplier.list(paths))", at: place))
      } else if all.contains(where: { OverrideApplier.matches($0, segments) }) {
        diagnostics.append(
          .error("'\(id)' is a part of every set and cannot be switched off", at: place))
      } else {
        let known = nearest(id, among: items.map { $0.name })
        diagnostics.append(
          .error(
            "nothing in this preset is called '\(id)'", at: place,
            hint: known.map { "did you mean '\($0)'?" }))
      }
      return root
    }
    let key = items.first { $0.path == path }?.toggle ?? OverrideApplier.toggle(at: path)
    return self.place(
      Node(scalar: "false", quoted: false, place: place), at: (path + [key])[...], in: root, level: .root,
      place, source,
      Override(path: id, value: "", option: "--disable")) ?? root
  }

  /// The key that switches an item off, told by the list that the path finds it in.
  private static func toggle(at path: [String]) -> String {
    let list = path.dropLast().last ?? ""
    return list == "effects" || SetLayer.listKeys.contains(list) ? "enabled" : "visible"
  }

  // MARK: Paths

  static let rootKeys = Set(PresetDecoder.keys)

  /// `layers.sky.stops[0.6]` → layers, sky, stops, 0.6.
  static func segments(of path: String) -> [String] {
    var result: [String] = []
    var current = ""
    var inBrackets = false
    for c in path {
      switch c {
      case "." where !inBrackets:
        result.append(current)
        current = ""
      case "[" where !inBrackets:
        result.append(current)
        current = ""
        inBrackets = true
      case "]" where inBrackets:
        inBrackets = false
      // What follows a bracket is a dot or the end; both append `current`.
      default: current.append(c)
      }
    }
    result.append(current)
    return result
  }

  /// Whatever has a name in a preset, with its full path: a layer, an effect, a prop, a section of a set.
  struct Item {
    var path: [String]
    var id: String?
    var kind: String?
    var parameters: [ParameterDescription]
    /// What a path to the item alone sets; nil replaces it whole.
    var main: String?
    /// The key that switches it off.
    var toggle: String?
    var name: String { id ?? kind ?? "" }
  }

  static func items(in root: Node) -> [Item] {
    var result: [Item] = []
    func walk(_ list: Node?, _ catalog: PresetTree.Catalog, _ path: [String]) {
      guard let nodes = list?.items else { return }
      let names = nodes.map { PresetTree.name(of: $0, in: catalog) }
      for (index, node) in nodes.enumerated() {
        let name = names[index]
        let isOnly = names.filter { $0.kind == name.kind }.count == 1
        let segment = name.id ?? (isOnly ? name.kind : nil) ?? "\(index)"
        let path = path + [segment]
        result.append(
          Item(
            path: path, id: name.id, kind: name.kind,
            parameters: name.kind.map { catalog.parameters(of: $0) } ?? [], main: name.kind,
            toggle: catalog == .layers ? "visible" : "enabled"))
        guard catalog == .layers else { continue }
        walk(node.value(forKey: "group"), .layers, path + ["group"])
        if name.kind == SetLayer.name { walkSet(node, path) }
        walk(node.value(forKey: "effects"), .effects, path + ["effects"])
      }
    }
    func walkSet(_ node: Node, _ path: [String]) {
      for type in SetLayer.sections {
        result.append(
          Item(path: path + [type.name], kind: type.name, parameters: type.parameterDescriptions))
      }
      // A place is there if it is described, or if the set is called by it.
      for key in SetLayer.placeKeys
      where node.pair(forKey: key) != nil || node.value(forKey: SetLayer.name)?.scalarText == key {
        result.append(
          Item(
            path: path + [key], kind: key, parameters: PresetTree.Catalog.props.parameters(of: key),
            toggle: "enabled"))
      }
      for key in SetLayer.listKeys { walk(node.value(forKey: key), .props, path + [key]) }
    }
    walk(root.value(forKey: "layers"), .layers, ["layers"])
    walk(root.value(forKey: "effects"), .effects, ["effects"])
    return result
  }

  private static func matches(_ item: Item, _ segments: [String]) -> Bool {
    guard let last = segments.last else { return false }
    guard item.id == last || item.kind == last else { return false }
    // Earlier segments must occur in the path, in order.
    var rest = item.path.dropLast()[...]
    for segment in segments.dropLast() {
      guard let index = rest.firstIndex(of: segment) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  private static func list(_ paths: [[String]]) -> String {
    paths.map { $0.joined(separator: ".") }.joined(separator: ", ")
  }

  /// The full path of a short form: `tape.tracking` → `layers.picture.effects.tape.tracking`.
  private mutating func complete(
    _ segments: [String], in root: Node, _ source: Source, _ override: Override
  ) -> [String]? {
    let items = OverrideApplier.items(in: root)
    var found: [(path: [String], exact: Bool)] = []
    for length in stride(from: segments.count, through: 1, by: -1) {
      let head = Array(segments.prefix(length))
      let hits = items.filter { OverrideApplier.matches($0, head) }
      guard !hits.isEmpty else { continue }
      let rest = Array(segments.dropFirst(length))
      for hit in hits {
        // `bloom=0.9` alone sets the main parameter.
        let tail = rest.isEmpty ? hit.main.map { [$0] } ?? [] : rest
        found.append((hit.path + tail, hit.id == head.last))
      }
      break
    }
    // An id goes before a kind of the same name.
    let exact = found.filter { $0.exact }
    let candidates = exact.isEmpty ? found : exact
    if candidates.count == 1 { return candidates[0].path }
    let place = Place(source: source, line: 1, column: 1, length: max(1, segments[0].count))
    if candidates.isEmpty {
      let known = items.map { $0.name } + OverrideApplier.rootKeys.sorted()
      diagnostics.append(
        .error(
          "nothing in this preset is called '\(segments[0])'", at: place,
          hint: nearest(segments[0], among: known).map { "did you mean '\($0)'?" }))
    } else {
      diagnostics.append(
        .error(
          "'\(segments.joined(separator: "."))' is not unique", at: place,
          hint: "write one of \(OverrideApplier.list(candidates.map { $0.path }))"))
    }
    return nil
  }

  private mutating func complain(
    _ message: String, in source: Source, _ override: Override, hint: String? = nil
  ) {
    diagnostics.append(
      .error(
        message, at: Place(source: source, line: 1, column: 1, length: max(1, override.path.count)),
        hint: hint))
  }

  // MARK: Values

  /// Reads the value by the declared type of what it is for: a text stays as it is, a list is read as YAML.
  private mutating func read(_ override: Override, in source: Source, segments: [String], root: Node) -> Node?
  {
    let column = override.path.count + 2
    let place = Place(source: source, line: 1, column: column, length: max(1, override.value.count))
    let isQuoted = override.value.count >= 2 && ["\"", "'"].contains(override.value.first)
    if !isQuoted, isText(segments, root) {
      return Node(.scalar(override.value, quoted: true), place: place)
    }
    let (node, problems) = YAMLReader.read(fragment: override.value, in: source, line: 1, column: column)
    diagnostics += problems
    return problems.contains { $0.severity == .error } ? nil : node ?? Node(.null, place: place)
  }

  private func isText(_ segments: [String], _ root: Node) -> Bool {
    if segments.first == "title" || segments.first == "description" { return true }
    // vars hold texts as often as numbers; a bracket at the beginning decides.
    guard let parameter = segments.last else { return false }
    let owner = Array(segments.dropLast())
    // The path may leave out names of lists.
    let items = OverrideApplier.items(in: root)
    let found = items.filter { OverrideApplier.matches($0, owner) }
    let item = items.first { $0.path == owner } ?? (found.count == 1 ? found[0] : nil)
    return item?.parameters.first { $0.name == parameter }?.form == .text
  }

  // MARK: Placing

  private enum Level {
    case root, value
    case list(PresetTree.Catalog)
    case item(PresetTree.Catalog)
    case section(any SetSection.Type)
  }

  /// What stands under `segment` of a mapping.
  private static func level(below level: Level, _ segment: String, in node: Node) -> Level {
    switch level {
    case .root where segment == "layers": return .list(.layers)
    case .root where segment == "effects": return .list(.effects)
    case .item(let catalog):
      switch PresetTree.part(segment, of: PresetTree.name(of: node, in: catalog).kind, in: catalog) {
      case .list(let inner): return .list(inner)
      case .section(let type): return .section(type)
      case .place, nil: return .value
      }
    default: return .value
    }
  }

  /// The list inside an item that holds `segment`: a path may leave out its name.
  private static func list(holding segment: String, in node: Node, _ catalog: PresetTree.Catalog)
    -> (key: String, list: Node, catalog: PresetTree.Catalog)?
  {
    let kind = PresetTree.name(of: node, in: catalog).kind
    for key in ["group"] + SetLayer.listKeys {
      guard case .list(let inner) = PresetTree.part(key, of: kind, in: catalog),
        let list = node.value(forKey: key), let items = list.items,
        // A number alone counts in the first of the lists, so it must not be taken for one.
        PresetTree.index(of: segment, in: items, catalog: inner) != nil, key == "group" || Int(segment) == nil
      else { continue }
      return (key, list, inner)
    }
    return nil
  }

  private mutating func place(
    _ value: Node, at segments: ArraySlice<String>, in node: Node, level: Level, _ keyPlace: Place,
    _ source: Source, _ override: Override
  ) -> Node? {
    guard let segment = segments.first else { return value }
    let rest = segments.dropFirst()
    if case .list(let catalog) = level {
      guard let items = node.items else {
        complain("there is no list here to look for '\(segment)' in", in: source, override)
        return nil
      }
      guard let index = PresetTree.index(of: segment, in: items, catalog: catalog) else {
        let known = items.flatMap {
          [PresetTree.name(of: $0, in: catalog).id, PresetTree.name(of: $0, in: catalog).kind]
        }
        complain(
          "there is no '\(segment)' in this list", in: source, override,
          hint: nearest(segment, among: known.compactMap { $0 }).map { "did you mean '\($0)'?" })
        return nil
      }
      var item = items[index]
      // `- grain` alone becomes a mapping that can hold parameters.
      if item.scalarText != nil {
        item = Node(
          .mapping([Node.Pair(key: item, value: Node(.null, place: item.place))]), place: item.place)
      }
      guard !rest.isEmpty else {
        // The item itself: its main parameter.
        guard let kind = PresetTree.name(of: item, in: catalog).kind else { return nil }
        var changed = items
        changed[index] = item.setting(Node(scalar: kind, quoted: false, place: keyPlace), to: value)
        return Node(.sequence(changed), place: node.place)
      }
      guard let changed = place(value, at: rest, in: item, level: .item(catalog), keyPlace, source, override)
      else {
        return nil
      }
      var list = items
      list[index] = changed
      return Node(.sequence(list), place: node.place)
    }
    // Lists of plain values are counted; one of mappings may also be told by a key that only one of them has.
    if case .value = level, let items = node.items {
      let keyed = OverrideApplier.item(withKey: segment, in: items)
      guard let index = keyed?.index ?? Int(segment), items.indices.contains(index) else {
        complain("'\(segment)' is not an item of this list of \(items.count)", in: source, override)
        return nil
      }
      guard
        let changed = place(
          value, at: keyed.map { ([$0.key] + rest)[...] } ?? rest, in: items[index], level: .value, keyPlace,
          source, override)
      else {
        return nil
      }
      var list = items
      list[index] = changed
      return Node(.sequence(list), place: node.place)
    }
    guard node.pairs != nil || node.isNull else {
      complain("'\(segment)' lies inside \(node.kindName), which has no parts", in: source, override)
      return nil
    }
    let next = OverrideApplier.level(below: level, segment, in: node)
    let old = node.value(forKey: segment) ?? numericKey(segment, in: node)
    // `layers.picture.sign` may leave out `group`, `layers.street.hotel` may leave out `signs`.
    if case .item(let catalog) = level, old == nil, !rest.isEmpty,
      let found = OverrideApplier.list(holding: segment, in: node, catalog)
    {
      let changed = place(
        value, at: segments, in: found.list, level: .list(found.catalog), keyPlace, source, override)
      return changed.map { node.setting(Node(scalar: found.key, quoted: false, place: keyPlace), to: $0) }
    }
    // `layers.billing.2.names` counts in the list that is the item's main parameter.
    if case .item(let catalog) = level, old == nil, let kind = PresetTree.name(of: node, in: catalog).kind,
      PresetTree.part(kind, of: kind, in: catalog) == nil, let list = node.value(forKey: kind),
      let items = list.items,
      Int(segment) != nil || OverrideApplier.item(withKey: segment, in: items) != nil
    {
      let changed = place(value, at: segments, in: list, level: .value, keyPlace, source, override)
      return changed.map { node.setting(Node(scalar: kind, quoted: false, place: keyPlace), to: $0) }
    }
    let base = old ?? Node(.null, place: keyPlace)
    let changed: Node?
    if rest.isEmpty {
      changed = value
    } else {
      if old == nil, case .list = next {
        complain("there are no \(segment) here", in: source, override)
        return nil
      }
      changed = place(value, at: rest, in: base, level: next, keyPlace, source, override)
    }
    guard let changed else { return nil }
    let key = node.pairs?.first { $0.key.scalarText == segment || numbersAgree($0.key.scalarText, segment) }?
      .key
    var holder = node
    if case .section(let type) = level, node.pairs != nil { holder = node.removing(type.rivals(of: segment)) }
    return holder.setting(key ?? Node(scalar: segment, quoted: true, place: keyPlace), to: changed)
  }

  /// The only mapping of a list that has this key, hyphens and spaces being the same, and the key as it is written.
  private static func item(withKey segment: String, in items: [Node]) -> (index: Int, key: String)? {
    guard Int(segment) == nil else { return nil }
    func folded(_ text: String) -> String {
      text.lowercased().split { "- ".contains($0) }.joined(separator: " ")
    }
    let wanted = folded(segment)
    let found = items.enumerated().compactMap { index, item in
      item.pairs?.lazy.compactMap(\.key.scalarText).first { folded($0) == wanted }.map { (index, $0) }
    }
    return found.count == 1 ? found[0] : nil
  }

  /// Map keys that are numbers are found by value: `stops[0.60]` finds `0.6`.
  private func numericKey(_ segment: String, in node: Node) -> Node? {
    node.pairs?.first { numbersAgree($0.key.scalarText, segment) }?.value
  }

  private func numbersAgree(_ a: String?, _ b: String) -> Bool {
    guard let a = a.flatMap({ Double($0) }), let b = Double(b) else { return false }
    return a == b
  }
}
