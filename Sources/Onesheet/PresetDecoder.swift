import Catalog
import Effects
import Layers
import Markup
import Raster
import Typography

/// Turns a preset's tree into a checked ``Preset`` and collects every complaint on the way.
struct PresetDecoder {
  /// The keys of a preset, but for `extends` and `formats`, which have been followed by now.
  static let keys = [
    "onesheet", "title", "description", "canvas", "seed", "duration", "loop", "fps", "still", "vars",
    "palette", "checks", "layers", "effects",
  ]
  /// What `extends` uses; later it has no meaning.
  static let mergeKeys = ["remove", "after", "before"]
  /// How deep groups may be nested; each level may need a picture of its own.
  static let deepestGroup = 12

  private let options: Preset.Options
  private let files: FileAccess
  private let fonts: FontSearch
  private let photo: Photo?
  private let formats: [String]

  /// - Parameters:
  ///   - photo: what stands in for the layers, whatever the tree says of them.
  ///   - formats: formats that the preset says something special of.
  init(
    options: Preset.Options, files: FileAccess, fonts: FontSearch, photo: Photo? = nil, formats: [String] = []
  ) {
    self.photo = photo
    self.formats = formats
    self.options = options
    self.files = files
    self.fonts = fonts
  }

  /// The preset, or nil if anything is wrong with it; complaints go to `diagnostics`.
  func decode(_ root: Node, _ diagnostics: inout Diagnostics) -> Preset? {
    let names = NameTable(of: root)
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
    if let canvas {
      geometry = canvas.geometry(scale: options.scale)
      if let geometry {
        if geometry.safeArea.width <= 0 || geometry.safeArea.height <= 0 {
          reader.error(
            "nothing of the picture would be safe",
            at: root.value(forKey: "canvas")?.value(forKey: "safe")?.place,
            hint: "smaller lengths, or 'safe: 0in'")
        }
      } else {
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
    let layers =
      photo.map { [layer($0, at: root.place, seed: Seed(seed), &body)] }
      ?? self.layers(root.value(forKey: "layers"), seed: Seed(seed), depth: 0, &body)
    let effects = self.effects(root.value(forKey: "effects"), seed: Seed(seed).derived("effects"), &body)
    if root.value(forKey: "layers") == nil {
      body.error("a preset needs 'layers'", at: root.place, hint: "layers: [{solid: black}] is the least")
    }
    let checks = self.checks(root.value(forKey: "checks"), layers: layers, &body)
    checkReferences(layers, effects, &body)
    diagnostics.append(contentsOf: body.diagnostics)
    guard let geometry, !diagnostics.hasErrors else { return nil }
    if let photo,
      (photo.width, photo.height) != (geometry.trimWidth, geometry.trimHeight) || geometry.bleed > 0
    {
      diagnostics.append(
        .error(
          "a photo keeps its size of \(photo.width) × \(photo.height) pixels",
          at: root.value(forKey: "canvas")?.place))
      return nil
    }
    return Preset(
      title: title, description: description, geometry: geometry, format: canvas?.format?.name,
      variants: formats, checks: checks,
      statesDensity: photo == nil || root.value(forKey: "canvas")?.value(forKey: "dpi") != nil, seed: seed,
      duration: duration, loops: loops,
      fps: fps, still: still, notes: body.diagnostics.filter { $0.severity != .error },
      recipe: YAMLWriter.text(root), files: files.fingerprint, layers: layers, effects: effects, fonts: fonts)
  }

  private func layer(_ photo: Photo, at place: Place, seed: Seed, _ reader: inout Reader) -> LayerItem {
    let kind = PhotoLayer(photo)
    return LayerItem(
      id: PhotoLayer.name, kind: PhotoLayer.name, place: place, places: [:],
      seed: seed.derived(PhotoLayer.name),
      placement: Settings<Placement>([], at: place, commonKeys: [], reader: &reader),
      content: .layer { _ in kind }, mask: nil, effects: [])
  }

  /// What is demanded of type. Complains of layers that do not exist.
  private func checks(_ node: Node?, layers: [LayerItem], _ reader: inout Reader) -> TypeChecks {
    guard let node, !node.isNull else { return TypeChecks() }
    guard let pairs = node.pairs else {
      reader.error(
        "'checks' is a mapping, not \(node.kindName)", at: node.place, hint: "checks: {contrast: 3}")
      return TypeChecks()
    }
    let settings = Settings<TypeChecks>(pairs, at: node.place, commonKeys: [], reader: &reader)
    let checks = settings.instance(at: Moment())
    var known: Set<String> = []
    func collect(_ items: [LayerItem]) {
      for item in items {
        known.insert(item.id ?? item.kind)
        if case .group(let children) = item.content { collect(children) }
      }
    }
    collect(layers)
    for (parameter, ids) in [("title", checks.title.map { [$0] } ?? []), ("ignore", checks.ignore)] {
      for id in ids where !known.contains(id) {
        reader.error(
          "there is no layer '\(id)'", at: settings.places[parameter] ?? node.place,
          hint: nearest(id, among: known.sorted()).map { "did you mean '\($0)'?" })
      }
    }
    return checks
  }

  // MARK: The head

  enum NumberReading {
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

  private func checkKeys(of root: Node, _ reader: inout Reader) {
    for pair in root.pairs ?? [] {
      let key = pair.key.scalarText ?? ""
      guard PresetDecoder.keys.contains(key) else {
        reader.error(
          "a preset has no key '\(key)'", at: pair.key.place,
          hint: nearest(key, among: PresetDecoder.keys + [FormatVariants.key, "extends"]).map {
            "did you mean '\($0)'?"
          }
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
}

extension NameTable {
  /// The vars and the palette of a preset.
  init(of root: Node) {
    func table(_ key: String) -> [String: Node] {
      Dictionary(
        (root.value(forKey: key)?.pairs ?? []).compactMap { pair in
          pair.key.scalarText.map { ($0, pair.value) }
        },
        uniquingKeysWith: { _, last in last })
    }
    self.init(vars: table("vars"), palette: table("palette"))
  }
}
