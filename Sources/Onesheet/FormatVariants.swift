import Catalog
import Markup
import Raster

/// What a preset says differently in some formats: `formats: {landscape: {…}, 9:16: {…}}`.
///
/// What it says of the picture's shape comes first, then what it says of its format by name. Each is laid over the
/// preset as another one that extends it would be.
struct FormatVariants {
  /// The key of a preset that holds them.
  static let key = "formats"
  /// What may differ from format to format.
  static let keys = ["canvas", "still", "vars", "palette", "checks", "layers", "effects"]
  static var names: [String] { Shape.allCases.map(\.rawValue) + Format.all.map(\.name) }

  enum Shape: String, CaseIterable {
    case portrait, square, landscape

    /// A twentieth more on one side still is a square.
    init(_ canvas: Canvas) {
      let ratio = canvas.width.pixels(dpi: canvas.dpi) / canvas.height.pixels(dpi: canvas.dpi)
      self = ratio > 1.05 ? .landscape : ratio < 1 / 1.05 ? .portrait : .square
    }

    /// A format to try what is said of the shape.
    var example: String {
      switch self {
      case .portrait: "one-sheet"
      case .square: "1:1"
      case .landscape: "quad"
      }
    }
  }

  private(set) var diagnostics: [Diagnostic] = []
  /// A format for each name in `formats`, in their order.
  private(set) var examples: [String] = []

  /// The preset for one canvas, without the key; a canvas that cannot be read has no variants.
  mutating func resolve(_ root: Node, for canvas: Canvas?) -> Node {
    guard let pair = root.pair(forKey: FormatVariants.key) else { return root }
    let variants = read(pair.value)
    var result = root.removing([FormatVariants.key])
    guard let canvas else { return result }
    for name in [Shape(canvas).rawValue, canvas.format?.name] {
      guard let name, let variant = variants.first(where: { $0.name == name })?.tree else { continue }
      var merger = TreeMerger()
      result = merger.merge(variant, over: result)
      diagnostics += merger.diagnostics
    }
    return result
  }

  private mutating func read(_ node: Node) -> [(name: String, tree: Node)] {
    if node.isNull { return [] }
    guard let pairs = node.pairs else {
      diagnostics.append(
        .error(
          "'formats' is a mapping of formats, not \(node.kindName)", at: node.place,
          hint: "formats: {landscape: {layers: [{id: title, size: 0.1}]}}"))
      return []
    }
    return pairs.compactMap { pair in
      let name = pair.key.scalarText ?? ""
      if let shape = Shape(rawValue: name) {
        examples.append(shape.example)
      } else if Format.named(name) != nil {
        examples.append(name)
      } else {
        diagnostics.append(
          .error(
            "there is no format or shape \(Diagnostic.quote(name))", at: pair.key.place,
            hint: suggestion(for: name, among: FormatVariants.names)
              ?? "shapes are portrait, square and landscape; 'onesheet list formats' names the formats"))
        return nil
      }
      if pair.value.isNull { return nil }
      guard let keys = pair.value.pairs else {
        diagnostics.append(
          .error("a mapping of what differs is due here, not \(pair.value.kindName)", at: pair.value.place))
        return nil
      }
      check(keys, of: name)
      return (name, pair.value)
    }
  }

  private mutating func check(_ pairs: [Node.Pair], of name: String) {
    for pair in pairs {
      let key = pair.key.scalarText ?? ""
      if !FormatVariants.keys.contains(key) {
        diagnostics.append(
          .error(
            "'\(key)' cannot differ from format to format", at: pair.key.place,
            hint: nearest(key, among: FormatVariants.keys).map { "did you mean '\($0)'?" }
              ?? "what can: \(FormatVariants.keys.joined(separator: ", "))"))
      } else if key == "canvas",
        let size = pair.value.pairs?.first(where: { CanvasReader.sizeKeys.contains($0.key.scalarText ?? "") })
      {
        diagnostics.append(
          .error(
            "the size is what tells '\(name)' from others, so it cannot be changed here", at: size.key.place))
      }
    }
  }
}

extension Preset.Options {
  /// The preset with the canvas that the options ask for, so that its recipe says so, too.
  func replacingCanvas(in root: Node) -> Node {
    var pairs: [(key: String, value: String)] = []
    if let format, Format.named(format) != nil { pairs.append(("format", format)) }
    if let size { pairs.append(("size", "\(size.width)x\(size.height)")) }
    if let dpi { pairs.append(("dpi", trimmed(dpi))) }
    guard !pairs.isEmpty, root.pairs != nil else { return root }
    let old = root.value(forKey: "canvas")
    if let old, old.pairs == nil { return root }
    func node(_ text: String, _ option: String) -> Node {
      let source = Source(name: option, text: text)
      return Node(
        scalar: text, quoted: false,
        place: Place(source: source, line: 1, column: 1, length: max(1, text.count)))
    }
    let givesSize = pairs.contains { CanvasReader.sizeKeys.contains($0.key) }
    var canvas = old ?? Node(.mapping([]), place: root.place)
    if givesSize { canvas = canvas.removing(Set(CanvasReader.sizeKeys)) }
    for pair in pairs {
      canvas = canvas.setting(node(pair.key, "--\(pair.key)"), to: node(pair.value, "--\(pair.key)"))
    }
    return root.setting(node("canvas", "--\(pairs[0].key)"), to: canvas)
  }

  /// The canvas of a preset, or nil (complained of later) if it has none that can be read.
  func canvas(of root: Node) -> Canvas? {
    let names = NameTable(of: root)
    var reader = Reader(
      geometry: Geometry(trimWidth: 1000, trimHeight: 1000), names: names, files: FileAccess(roots: []),
      seed: Seed(0))
    return CanvasReader.read(root.value(forKey: "canvas"), names: names, reader: &reader)
  }
}
