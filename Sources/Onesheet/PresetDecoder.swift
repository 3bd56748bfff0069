import Catalog
import Effects
import Layers
import Markup
import Raster
import Typography

/// Turns a preset's tree into a checked ``Preset`` and collects every complaint on the way.
struct PresetDecoder {
  private static let keys = [
    "onesheet", "title", "description", "canvas", "seed", "duration", "loop", "fps", "still", "vars",
    "palette",
    "layers", "effects",
  ]
  private static let layerKeys =
    ["id", "mask", "seed", "effects"] + Placement.parameters.map { $0.name }
  private static let effectKeys = ["id", "mask", "seed"] + EffectCommon.parameters.map { $0.name }
  private static let mergeKeys = ["remove", "after", "before"]
  /// How deep groups may be nested; each level may need a picture of its own.
  private static let deepestGroup = 12

  private let options: Preset.Options
  private let files: FileAccess
  private let fonts: FontSearch

  init(options: Preset.Options, files: FileAccess, fonts: FontSearch) {
    self.options = options
    self.files = files
    self.fonts = fonts
  }

  /// The preset, or nil if anything is wrong with it; complaints go to `diagnostics`.
  func decode(_ root: Node, _ diagnostics: inout Diagnostics) -> Preset? {
    let names = NameTable(
      vars: table(root.value(forKey: "vars")), palette: table(root.value(forKey: "palette")))
    // The canvas comes first: lengths of everything else are measured on it.
    var reader = Reader(
      geometry: Geometry(trimWidth: 1000, trimHeight: 1000), names: names, files: files,
      seed: Seed(0))
    checkKeys(of: root, &reader)
    let canvas = CanvasReader.read(root.value(forKey: "canvas"), names: names, reader: &reader)
    let wholeSeed = number("seed", in: root, NumberReading.seed, &reader)
    let seed = options.seed ?? UInt64(wholeSeed ?? 0)
    let duration = number("duration", in: root, NumberReading.duration, &reader)
    let loops = root.value(forKey: "loop").flatMap { reader.flag($0) } ?? false
    if loops, duration == nil {
      reader.error("a loop needs a 'duration'", at: root.pair(forKey: "loop")?.key.place)
    }
    let fps = number("fps", in: root, NumberReading.fps, &reader) ?? 24
    let still = number("still", in: root, NumberReading.still, &reader) ?? 0
    let title = root.value(forKey: "title").flatMap { reader.text($0) } ?? ""
    let description = root.value(forKey: "description").flatMap { reader.text($0) } ?? ""
    if let name = options.format, Format.named(name) == nil {
      reader.add([Format.refusal(of: name)])
    }
    var geometry: Geometry?
    if var canvas {
      apply(options, to: &canvas)
      geometry = canvas.geometry(scale: options.scale)
      if geometry == nil {
        reader.error(
          "the picture would not have 1 to \(Int(Canvas.largestSide)) pixels a side",
          at: root.value(forKey: "canvas")?.place)
      }
    }
    diagnostics.append(contentsOf: reader.diagnostics)

    // Without a canvas the layers are still read, so that their mistakes are told in the same run.
    var body = Reader(
      geometry: geometry ?? Geometry(trimWidth: 2700, trimHeight: 4000), names: names, files: files,
      seed: Seed(seed), loop: loops ? duration : nil)
    checkTables(root, &body)
    let layers = self.layers(root.value(forKey: "layers"), seed: Seed(seed), depth: 0, &body)
    let effects = self.effects(root.value(forKey: "effects"), seed: Seed(seed).derived("effects"), &body)
    if root.value(forKey: "layers") == nil {
      body.error("a preset needs 'layers'", at: root.place, hint: "layers: [{solid: black}] is the least")
    }
    checkReferences(layers, effects, &body)
    diagnostics.append(contentsOf: body.diagnostics)
    guard let geometry, !diagnostics.hasErrors else { return nil }
    return Preset(
      title: title, description: description, geometry: geometry, seed: seed, duration: duration,
      loops: loops,
      fps: fps, still: still, notes: body.diagnostics.filter { $0.severity != .error },
      recipe: YAMLWriter.text(root), layers: layers, effects: effects, fonts: fonts)
  }

  // MARK: The head

  private enum NumberReading {
    static let seed = Reader.NumberRule(0...9_007_199_254_740_992, .integer, name: "a whole number")
    static let duration = Reader.NumberRule(0.001...86_400, .seconds, name: "seconds")
    static let fps = Reader.NumberRule(0.1...1000, name: "frames a second")
    static let still = Reader.NumberRule(0...86_400, .seconds, name: "seconds")
  }

  private func number(_ key: String, in root: Node, _ rule: Reader.NumberRule, _ reader: inout Reader)
    -> Double?
  {
    root.value(forKey: key).flatMap { reader.number($0, rule) }
  }

  private func table(_ node: Node?) -> [String: Node] {
    Dictionary(
      (node?.pairs ?? []).compactMap { pair in pair.key.scalarText.map { ($0, pair.value) } },
      uniquingKeysWith: { _, last in last })
  }

  private func checkKeys(of root: Node, _ reader: inout Reader) {
    for pair in root.pairs ?? [] {
      let key = pair.key.scalarText ?? ""
      guard PresetDecoder.keys.contains(key) else {
        reader.error(
          "a preset has no key '\(key)'", at: pair.key.place,
          hint: nearest(key, among: PresetDecoder.keys).map { "did you mean '\($0)'?" }
            ?? "its keys are \(PresetDecoder.keys.joined(separator: ", "))")
        continue
      }
    }
    guard let version = root.value(forKey: "onesheet") else {
      reader.error("a preset begins with 'onesheet: 1', the version of its language", at: root.place)
      return
    }
    if version.scalarText != "1" {
      reader.error(
        "this program knows version 1 of the preset language, not '\(version.scalarText ?? "")'",
        at: version.place)
    }
  }

  /// Complains of vars and palettes that cannot be used, also where nothing uses them.
  private func checkTables(_ root: Node, _ reader: inout Reader) {
    for key in ["vars", "palette"] {
      guard let node = root.value(forKey: key) else { continue }
      guard let pairs = node.pairs else {
        if !node.isNull { reader.error("'\(key)' is a mapping of names", at: node.place) }
        continue
      }
      for pair in pairs {
        let name = pair.key.scalarText ?? ""
        if NameTable.wholeReference("$" + name) == nil {
          reader.error(
            "'\(name)' cannot be referred to: a name has letters, digits and hyphens", at: pair.key.place)
        }
        if key == "palette" {
          _ = reader.color(pair.value)
        } else if pair.value.commentFollows {
          reader.error(
            "a value is due here", at: pair.value.place,
            hint: "YAML takes an unquoted # for the beginning of a comment: quote it")
        }
      }
    }
  }

  private func apply(_ options: Preset.Options, to canvas: inout Canvas) {
    if let format = options.format.flatMap({ Format.named($0) }) { canvas.apply(format) }
    if let size = options.size {
      (canvas.width, canvas.height) = (.pixels(Double(size.width)), .pixels(Double(size.height)))
    }
    if let dpi = options.dpi { canvas.dpi = dpi }
  }

  // MARK: Items

  /// The pair that names the item's kind; complains if there is none or more than one.
  private func kindPair(
    of item: Node, in catalog: PresetTree.Catalog, _ what: String, _ reader: inout Reader
  ) -> Node.Pair? {
    if let text = item.scalarText {
      guard catalog.contains(text) else {
        unknownKind(text, at: item.place, catalog, what, &reader)
        return nil
      }
      return Node.Pair(key: item, value: Node(.null, place: item.place))
    }
    guard let pairs = item.pairs else {
      reader.error("\(what) is due here, not \(item.kindName)", at: item.place)
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
      let common = catalog == .layers ? PresetDecoder.layerKeys : PresetDecoder.effectKeys
      let candidate = pairs.first { !common.contains($0.key.scalarText ?? "") }
      unknownKind(
        candidate?.key.scalarText ?? "", at: candidate?.key.place ?? item.place, catalog, what, &reader)
      return nil
    }
    return kind
  }

  private func unknownKind(
    _ name: String, at place: Place, _ catalog: PresetTree.Catalog, _ what: String, _ reader: inout Reader
  ) {
    let kinds = catalog.kindNames
    reader.error(
      name.isEmpty
        ? "this item names no kind of \(what.split(separator: " ").last ?? "")"
        : "there is no \(what.split(separator: " ").last ?? "") called '\(name)'",
      at: place,
      hint: nearest(name, among: kinds).map { "did you mean '\($0)'?" }
        ?? "known: \(kinds.joined(separator: ", "))")
  }

  /// Splits an item's pairs into common keys, the kind's own, and what `extends` uses.
  private func common<Common: Kind>(
    _ type: Common.Type, pairs: [Node.Pair], at place: Place, _ reader: inout Reader
  ) -> (Settings<Common>, own: [Node.Pair]) {
    let names = Set(Common.parameters.map { $0.name })
    let own = pairs.filter { pair in
      let key = pair.key.scalarText ?? ""
      return !names.contains(key) && !["id", "mask", "seed", "effects"].contains(key)
        && !PresetDecoder.mergeKeys.contains(key)
    }
    let settings = Settings<Common>(
      pairs.filter { names.contains($0.key.scalarText ?? "") }, at: place, commonKeys: [], reader: &reader)
    return (settings, own)
  }

  private func seeds(of items: [Node], in catalog: PresetTree.Catalog, _ parent: Seed) -> [Seed] {
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

  private func ownSeed(_ item: Node, _ derived: Seed, _ reader: inout Reader) -> Seed {
    guard let node = item.value(forKey: "seed"), let n = reader.number(node, NumberReading.seed) else {
      return derived
    }
    return Seed(UInt64(n)).derived("item")
  }

  private func id(_ item: Node, _ reader: inout Reader) -> String? {
    guard let node = item.value(forKey: "id") else { return nil }
    guard let text = node.scalarText, NameTable.wholeReference("$" + text) != nil else {
      reader.error("an id is a name of letters, digits and hyphens", at: node.place)
      return nil
    }
    return text
  }

  private func checkUniqueIds(_ items: [Node], _ reader: inout Reader) {
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

  private func layers(_ node: Node?, seed: Seed, depth: Int, _ reader: inout Reader) -> [LayerItem] {
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
    guard let kind = kindPair(of: item, in: .layers, "a layer", &reader), let name = kind.key.scalarText
    else {
      return nil
    }
    let seed = ownSeed(item, seed, &reader)
    let outer = reader.itemSeed
    reader.itemSeed = seed
    defer { reader.itemSeed = outer }
    let pairs = (item.pairs ?? [kind]).filter { !extraKeys.contains($0.key.scalarText ?? "") }
    var (placement, own) = common(Placement.self, pairs: pairs, at: item.place, &reader)
    var places = placement.places
    let content: LayerItem.Content
    if PresetTree.structuralKinds.contains(name) {
      own.removeAll { $0.key.scalarText == name }
      for pair in own {
        reader.error(
          "'\(name)' has no parameter '\(pair.key.scalarText ?? "")'", at: pair.key.place,
          hint: nearest(pair.key.scalarText ?? "", among: PresetDecoder.layerKeys).map {
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
      places.merge(found) { first, _ in first }
    } else {
      return nil
    }
    return LayerItem(
      id: id(item, &reader), kind: name, place: kind.key.place, places: places, seed: seed,
      placement: placement,
      content: content, mask: mask(item.value(forKey: "mask"), seed: seed, depth: depth, &reader),
      effects: effects(item.value(forKey: "effects"), seed: seed.derived("effects"), &reader))
  }

  private func settings<L: Layer>(
    _ type: L.Type, _ pairs: [Node.Pair], at place: Place, _ reader: inout Reader
  ) -> (@Sendable (Moment) -> any Layer, [String: Place]) {
    let settings = Settings<L>(pairs, at: place, commonKeys: PresetDecoder.layerKeys, reader: &reader)
    return ({ settings.instance(at: $0) }, settings.places)
  }

  private func effects(_ node: Node?, seed: Seed, _ reader: inout Reader) -> [EffectItem] {
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
    guard let kind = kindPair(of: item, in: .effects, "an effect", &reader), let name = kind.key.scalarText,
      let type = EffectCatalog.byName[name]
    else { return nil }
    let seed = ownSeed(item, seed, &reader)
    let outer = reader.itemSeed
    reader.itemSeed = seed
    defer { reader.itemSeed = outer }
    let (common, own) = common(EffectCommon.self, pairs: item.pairs ?? [kind], at: item.place, &reader)
    if let pair = item.pair(forKey: "effects") {
      reader.error("an effect has no effects of its own", at: pair.key.place)
    }
    return EffectItem(
      id: id(item, &reader), kind: name, place: kind.key.place, seed: seed, common: common,
      mask: mask(item.value(forKey: "mask"), seed: seed, depth: 0, &reader),
      make: settings(type, own, at: kind.key.place, &reader))
  }

  private func settings<E: Effect>(
    _ type: E.Type, _ pairs: [Node.Pair], at place: Place, _ reader: inout Reader
  ) -> @Sendable (Moment) -> any Effect {
    let settings = Settings<E>(pairs, at: place, commonKeys: PresetDecoder.effectKeys, reader: &reader)
    return { settings.instance(at: $0) }
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
    if let reference = node.pair(forKey: "layer") {
      for pair in pairs where pair.key.scalarText != "layer" && !names.contains(pair.key.scalarText ?? "") {
        reader.error(
          "a mask by layer has no '\(pair.key.scalarText ?? "")'", at: pair.key.place,
          hint: nearest(pair.key.scalarText ?? "", among: names.sorted()).map { "did you mean '\($0)'?" })
      }
      let settings = Settings<MaskSettings>(
        pairs.filter { names.contains($0.key.scalarText ?? "") }, at: node.place, commonKeys: [],
        reader: &reader)
      guard let id = reference.value.scalarText else {
        reader.error("the id of a layer is due here", at: reference.value.place)
        return nil
      }
      return MaskItem(
        source: .layer(id), place: reference.value.place, settings: settings,
        isChannelGiven: settings.places["channel"] != nil)
    }
    let settings = Settings<MaskSettings>(
      pairs.filter { names.contains($0.key.scalarText ?? "") }, at: node.place,
      commonKeys: [], reader: &reader)
    guard
      let layer = layer(node, seed: seed.derived("mask"), depth: depth + 1, extraKeys: names, &reader)
    else { return nil }
    return MaskItem(source: .inline(layer), place: node.place, settings: settings, isChannelGiven: true)
  }

  /// Complains of masks and copies that name no layer, or that go in a circle.
  private func checkReferences(_ layers: [LayerItem], _ effects: [EffectItem], _ reader: inout Reader) {
    var known: [String: LayerItem] = [:]
    func collect(_ items: [LayerItem]) {
      for item in items {
        if let id = item.id, known[id] == nil { known[id] = item }
        if case .group(let children) = item.content { collect(children) }
      }
    }
    collect(layers)
    let all =
      layers.flatMap { references(of: $0) } + effects.compactMap { $0.mask }.flatMap { references(of: $0) }
    for reference in all where known[reference.id] == nil {
      reader.error(
        "there is no layer '\(reference.id)'", at: reference.place,
        hint: nearest(reference.id, among: known.keys.sorted()).map { "did you mean '\($0)'?" })
    }
    // A layer that needs itself to be drawn.
    for (id, item) in known.sorted(by: { $0.key < $1.key }) {
      var visited: Set<String> = []
      var open = references(of: item)
      while let next = open.popLast() {
        if next.id == id {
          reader.error("the \(next.what) goes in a circle: '\(id)' is needed to draw '\(id)'", at: next.place)
          break
        }
        if visited.insert(next.id).inserted, let target = known[next.id] { open += references(of: target) }
      }
    }
  }

  private struct Reference {
    var id: String
    var place: Place
    /// "mask" or "copy".
    var what: String
  }

  /// The layers that must be drawn to draw this one, itself and its parts aside.
  private func references(of item: LayerItem) -> [Reference] {
    var result = ((item.mask.map { [$0] } ?? []) + item.effects.compactMap { $0.mask }).flatMap {
      references(of: $0)
    }
    switch item.content {
    case .group(let children): result += children.flatMap { references(of: $0) }
    case .copy(let id):
      result.append(Reference(id: id, place: item.places["copy"] ?? item.place, what: "copy"))
    case .layer: break
    }
    return result
  }

  private func references(of mask: MaskItem) -> [Reference] {
    switch mask.source {
    case .layer(let id): [Reference(id: id, place: mask.place, what: "mask")]
    case .inline(let layer): references(of: layer)
    }
  }
}
