import Catalog
import Markup

/// Reads a preset and everything it extends.
struct PresetLoader {
  private var files: FileAccess
  private(set) var diagnostics = Diagnostics()
  /// The folders of the preset and of those it extends, its own first.
  private(set) var folders: [String] = []
  /// Depth of a chain of `extends`; nobody needs more, and a bound keeps a hostile chain short.
  private static let longestChain = 16

  init(files: FileAccess) { self.files = files }

  /// The merged tree of the preset at `path`, or nil if it cannot be had.
  mutating func load(path: String, displayName: String? = nil) -> Node? {
    guard let real = FileAccess.real(path) else {
      diagnostics.append(.error("there is no file '\(path)'"))
      return nil
    }
    return read(real, named: displayName ?? path).flatMap { resolved($0, chain: [real]) }
  }

  /// The merged tree of a preset that is given as text.
  mutating func load(_ source: Source) -> Node? {
    tree(of: source).flatMap { resolved($0, chain: []) }
  }

  /// The tree of a file whose path is resolved; `name` is what its reader calls it.
  private mutating func read(_ real: String, named name: String) -> Node? {
    switch YAMLReader.load(path: real) {
    case .success(let source):
      return tree(of: Source(name: name, text: source.text, folder: source.folder))
    case .failure(let diagnostic):
      diagnostics.append(diagnostic)
      return nil
    }
  }

  private mutating func tree(of source: Source) -> Node? {
    if let folder = source.folder, !folders.contains(folder) { folders.append(folder) }
    let (node, problems) = YAMLReader.read(source)
    diagnostics.append(contentsOf: problems)
    return problems.contains { $0.severity == .error } ? nil : node
  }

  private mutating func resolved(_ node: Node, chain: [String]) -> Node? {
    guard node.pairs != nil else {
      diagnostics.append(
        .error("a preset is a mapping that begins with 'onesheet: 1', not \(node.kindName)", at: node.place))
      return nil
    }
    guard let pair = node.pair(forKey: "extends") else { return node }
    guard let path = pair.value.scalarText, !path.isEmpty else {
      diagnostics.append(.error("'extends' names the file of another preset", at: pair.value.place))
      return nil
    }
    let real: String
    do {
      real = try files.resolve(path, from: node.place.source.folder ?? ".")
    } catch {
      let why =
        switch error {
        case .missing: "there is no file '\(path)'"
        case .notAFile: "'\(path)' is not a file"
        case .outside: "'\(path)' lies outside the folders that this preset may read"
        }
      diagnostics.append(.error(why, at: pair.value.place))
      return nil
    }
    guard !chain.contains(real) else {
      diagnostics.append(
        .error(
          "'extends' goes in a circle: this preset extends itself by way of '\(path)'", at: pair.value.place))
      return nil
    }
    guard chain.count < PresetLoader.longestChain else {
      diagnostics.append(
        .error("more than \(PresetLoader.longestChain) presets extend each other", at: pair.value.place))
      return nil
    }
    guard let parent = read(real, named: PresetLoader.name(path, beside: node.place.source.name)),
      let base = resolved(parent, chain: chain + [real])
    else { return nil }
    var merger = TreeMerger()
    let merged = merger.merge(node.removing(["extends"]), over: base)
    diagnostics.append(contentsOf: merger.diagnostics)
    return merged
  }

  /// The name by which a user knows a file that another file names.
  private static func name(_ path: String, beside other: String) -> String {
    guard !path.hasPrefix("/"), let slash = other.lastIndex(of: "/") else { return path }
    return String(other[...slash]) + path
  }
}
