/// Where one preset's fonts come from: its own folders first, then the program's fonts.
package struct FontSearch: Sendable {
  /// Folders of the preset and of those it extends: fonts are found there by path or by file name.
  private let folders: [String]
  /// The `fonts` folders beside them, searched by name too.
  private let beside: FontLibrary
  private let bundled: FontLibrary

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
}
