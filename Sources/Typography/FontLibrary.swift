import Synchronization

/// The fonts below some folders, found by name. Safe on any thread; folders are read at the first question
/// and faces are opened once.
package final class FontLibrary: Sendable {
  /// Folders in the order in which they are searched.
  package let roots: [String]
  private let state = Mutex(State())

  private struct State {
    var index: Index?
    var faces: [String: Face] = [:]
  }

  package init(roots: [String]) { self.roots = roots }

  /// All fonts with readable names, in the order of the roots and of their paths.
  package var all: [FontDescriptor] { index().fonts }

  /// Files with a font's extension that are none.
  package var problems: [FontError] { index().problems.map(\.error) }

  /// The face of a name.
  ///
  /// A name is one of: a family ("Bebas Neue", then its regular weight), a family with a style or a weight
  /// ("League Spartan Light", "Jura 700"), a full name, a file name with or without its extension, or a path
  /// with a slash in it, taken from the given folders. Case, spaces and hyphens do not matter, except in paths.
  ///
  /// - Throws: `FontError.unknown` with the nearest names; `outside` for a path that leads out of the folders
  ///   and the roots, symbolic links resolved; whatever is wrong with the font file itself.
  package func find(_ name: String, relativeTo folders: [String] = []) throws(FontError) -> Face {
    if name.contains("/") { return try face(at: path(name, in: folders)) }
    let index = index()
    if let descriptor = index.font(named: name) { return try face(descriptor) }
    let key = FontName.key(name)
    if let problem = index.problems.first(where: { FontName.key(FontFile.name(of: $0.path)) == key }) {
      throw problem.error
    }
    throw .unknown(name: name, nearest: index.nearest(to: name))
  }

  /// The open face of one of the library's fonts.
  package func face(_ descriptor: FontDescriptor) throws(FontError) -> Face {
    if let face = state.withLock({ $0.faces[descriptor.path] }) { return face }
    let face = try Face(descriptor)
    // Two threads may both have opened it; everyone gets the first.
    return state.withLock { state in
      if let earlier = state.faces[descriptor.path] { return earlier }
      state.faces[descriptor.path] = face
      return face
    }
  }

  private func face(at path: String) throws(FontError) -> Face {
    if let face = state.withLock({ $0.faces[path] }) { return face }
    guard FontFile.extensions.contains(FontFile.fileExtension(of: path)) else {
      throw .corrupt(file: path, detail: "fonts end in .otf, .ttf, .ttc, .otc or .svg")
    }
    return try face(FontDescriptor(file: path))
  }

  /// The file a path leads to from the first folder that has it.
  private func path(_ name: String, in folders: [String]) throws(FontError) -> String {
    let bases = (folders + roots).compactMap(FontFile.resolved)
    var liesOutside = false
    for base in name.hasPrefix("/") ? [""] : bases {
      guard let file = FontFile.resolved(base.isEmpty ? name : "\(base)/\(name)") else { continue }
      if bases.contains(where: { FontFile.contains(folder: $0, path: file) }) { return file }
      liesOutside = true
    }
    if liesOutside { throw .outside(path: name) }
    throw .unknown(name: name, nearest: index().nearest(to: FontFile.name(of: name)))
  }

  private func index() -> Index {
    state.withLock { state in
      if let index = state.index { return index }
      let index = Index(roots: roots)
      state.index = index
      return index
    }
  }
}

/// The names of all fonts below the roots.
private struct Index: Sendable {
  struct Problem {
    var path: String
    var error: FontError
  }

  var fonts: [FontDescriptor] = []
  var problems: [Problem] = []
  /// Fonts by the keys of their families, and by the keys of names that mean one font only.
  private var byFamily: [String: [Int]] = [:]
  private var byName: [String: Int] = [:]

  init(roots: [String]) {
    var seen: Set<String> = []
    for root in roots {
      for path in FontFile.list(below: root) where seen.insert(path).inserted {
        do throws(FontError) {
          try add(FontDescriptor(file: path))
        } catch {
          problems.append(Problem(path: path, error: error))
        }
      }
    }
  }

  private mutating func add(_ font: FontDescriptor) {
    let number = fonts.count
    fonts.append(font)
    for key in Set(font.families.map { FontName.key($0) }) { byFamily[key, default: []].append(number) }
    var names = font.fullNames
    names.append(font.fileName)
    for family in font.families { names.append("\(family) \(font.style)") }
    // The first root that has a name keeps it.
    for name in names where byName[FontName.key(name)] == nil { byName[FontName.key(name)] = number }
  }

  func font(named name: String) -> FontDescriptor? {
    let key = FontName.key(name)
    guard !key.isEmpty else { return nil }
    if let family = byFamily[key] { return regular(of: family.map { fonts[$0] }) }
    if let number = byName[key] { return fonts[number] }
    // A family and a weight by another of its names: "Jura 700", "Bebas Neue Normal".
    for split in key.indices.dropFirst() {
      guard let weight = FontName.weight(key[split...]), let family = byFamily[String(key[..<split])] else {
        continue
      }
      // To the nearest hundred: some light fonts call themselves 274 and the like.
      let fitting = family.map { fonts[$0] }.filter { ($0.weight + 50) / 100 * 100 == weight }
      if let font = regular(of: fitting) { return font }
    }
    return nil
  }

  /// The upright font nearest to the regular weight; of equals the one that is called so, then the first.
  private func regular(of fonts: [FontDescriptor]) -> FontDescriptor? {
    func rank(_ font: FontDescriptor) -> (Int, Int, Int) {
      (font.isItalic ? 1 : 0, abs(font.weight - 400), font.style == "Regular" ? 0 : 1)
    }
    return fonts.min { rank($0) < rank($1) }
  }

  func nearest(to name: String) -> [String] {
    FontName.nearest(to: name, among: fonts.flatMap { [$0.family, $0.name] })
  }
}
