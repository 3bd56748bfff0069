import Catalog
import Markup
import Raster

extension Preset {
  /// Effects on a photo: a preset whose one layer, `photo`, is the photo in its own size.
  ///
  /// - Parameters:
  ///   - chain: The path of a preset whose effects are applied, with its `vars` and `palette`, its seed and its time. Its
  ///     canvas and its layers do not count; effects of its layers neither.
  ///   - effects: What follows: items of a list of effects, each as a preset would write it on one line,
  ///     `vhs: ep, tracking: 0.4`.
  ///   - options: Those that change a size are without effect.
  /// - Throws: ``Markup/Diagnostics`` with every mistake that was found; those in `effects` have the source `--effect`.
  public init(
    photo: Photo, chain: String? = nil, effects: [String] = [], options: Options = Options()
  ) throws {
    var options = options
    (options.format, options.size, options.dpi, options.scale) = (nil, nil, nil, 1)
    let folder =
      chain.flatMap { FileAccess.real($0) }.map { FileAccess.folder(of: $0) } ?? FileAccess.real(".")
    try self.init(folder: folder, options: options, photo: photo) { loader, diagnostics in
      let base = chain.map { loader.load(path: $0) } ?? PhotoTree.empty
      guard let base else { return nil }
      var items = PhotoTree.effects(of: base, &diagnostics)
      for text in effects {
        let (item, problems) = YAMLReader.read(item: text, in: Source(name: "--effect", text: text))
        diagnostics.append(contentsOf: problems)
        if let item, !problems.contains(where: { $0.severity == .error }) { items.append(item) }
      }
      if items.isEmpty, !diagnostics.hasErrors {
        diagnostics.append(
          .error(
            chain.map { "the preset '\($0)' has no effects on its whole picture" } ?? "no effect is named",
            hint: chain == nil
              ? "as in 'vhs: ep, tracking: 0.4'" : "effects of its layers and groups are not applied"))
      }
      return PhotoTree.tree(of: photo, effects: items, from: base)
    }
  }
}

/// The tree of a preset that applies effects to a photo.
private enum PhotoTree {
  /// Of a preset, what effects depend on.
  private static let keptKeys: Set<String> = [
    "onesheet", "seed", "duration", "loop", "fps", "still", "vars", "palette",
  ]

  static var empty: Node? {
    let place = Place(source: Source(name: "--effect", text: ""), line: 1, column: 1)
    return Node(.mapping([pair("onesheet", "1", place)]), place: place)
  }

  /// The items of the preset's list of effects.
  static func effects(of root: Node, _ diagnostics: inout Diagnostics) -> [Node] {
    guard let list = root.value(forKey: "effects"), !list.isNull else { return [] }
    guard let items = list.items else {
      diagnostics.append(.error("a list of effects is due here, not \(list.kindName)", at: list.place))
      return []
    }
    return items
  }

  /// The photo's own preset: written out, it would make the same picture, if the photo lay beside it.
  static func tree(of photo: Photo, effects: [Node], from root: Node) -> Node {
    let place = root.place
    var canvas = [pair("size", "\(photo.width)x\(photo.height)", place)]
    if let dpi = photo.dpi, Canvas.dpiRange.contains(dpi) { canvas.append(pair("dpi", "\(dpi)", place)) }
    let name = Node.Pair(
      key: key("image", place), value: Node(.scalar(escaped(photo.name), quoted: true), place: place))
    let layer = Node(.mapping([name, pair("id", PhotoLayer.name, place)]), place: place)
    let own = [
      Node.Pair(key: key("canvas", place), value: Node(.mapping(canvas), place: place)),
      Node.Pair(key: key("layers", place), value: Node(.sequence([layer]), place: place)),
      Node.Pair(key: key("effects", place), value: Node(.sequence(effects), place: place)),
    ]
    let kept = (root.pairs ?? []).filter { keptKeys.contains($0.key.scalarText ?? "") }
    return Node(.mapping(kept + own), place: place)
  }

  /// A dollar sign would begin a reference.
  private static func escaped(_ name: String) -> String {
    name.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
  }

  private static func key(_ name: String, _ place: Place) -> Node {
    Node(scalar: name, quoted: false, place: place)
  }

  private static func pair(_ name: String, _ value: String, _ place: Place) -> Node.Pair {
    Node.Pair(key: key(name, place), value: Node(scalar: value, quoted: false, place: place))
  }
}
