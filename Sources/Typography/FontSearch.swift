import Synchronization

/// Where one preset's fonts come from: its own folders first, then the program's fonts.
package struct FontSearch: Sendable {
  /// Folders of the preset and of those it extends: fonts are found there by path or by file name.
  private let folders: [String]
  /// The `fonts` folders beside them, searched by name too.
  private let beside: FontLibrary
  private let bundled: FontLibrary
  private let usage = FontUsage()

  package init(folders: [String], bundled: FontLibrary) {
    self.folders = folders
    self.bundled = bundled
    // What is bundled is not searched twice when the preset is the program's own.
    let known = Set(bundled.roots.compactMap(FontFile.resolved))
    beside = FontLibrary(
      roots: folders.map { $0 + "/fonts" }.filter { folder in
        FontFile.resolved(folder).map { !known.contains($0) } ?? false
      })
  }

  /// The face of a name; names are understood as ``FontLibrary/find(_:relativeTo:)`` does.
  package func find(_ name: String) throws(FontError) -> Face {
    if name.contains("/") { return try bundled.find(name, relativeTo: folders) }
    if FontFile.extensions.contains(FontFile.fileExtension(of: name)) {
      for folder in folders where FontFile.resolved("\(folder)/\(name)") != nil {
        return try beside.find("./\(name)", relativeTo: [folder])
      }
    }
    if !beside.roots.isEmpty {
      do throws(FontError) {
        return try beside.find(name)
      } catch {
        // Only a name that is unknown there is looked for elsewhere; a damaged font is not passed over.
        guard case .unknown = error else { throw error }
      }
    }
    return try bundled.find(name)
  }

  /// The folders of the program's own fonts.
  package var bundledFolders: [String] { bundled.roots }

  /// Keeps that text was set in these faces. Copies of a search have this in common.
  package func use(_ faces: some Sequence<Face>) { usage.add(faces) }

  /// The fonts that text was set in so far, in the order of their families and weights.
  package var used: [FontDescriptor] { usage.all }
}

/// The fonts that text was set in. Safe on any thread.
private final class FontUsage: Sendable {
  private let fonts = Mutex<Set<FontDescriptor>>([])

  func add(_ faces: some Sequence<Face>) {
    var new: Set<FontDescriptor> = []
    var last: Face?
    for face in faces where face !== last {
      new.insert(face.descriptor)
      last = face
    }
    fonts.withLock { $0.formUnion(new) }
  }

  var all: [FontDescriptor] {
    fonts.withLock { Array($0) }.sorted {
      ($0.family, $0.weight, $0.style, $0.path) < ($1.family, $1.weight, $1.style, $1.path)
    }
  }
}
