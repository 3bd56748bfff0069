import Catalog
import Markup

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A preset that comes with the program.
public struct BundledPreset: Sendable, Hashable {
  /// The file's name without its ending, which `onesheet render` takes in place of a path.
  public let name: String
  public let path: String
}

extension Resources {
  /// The presets that come with the program, by name. Files whose names begin with an underscore are parts of
  /// others.
  public var presets: [BundledPreset] {
    guard let root else { return [] }
    return PresetFolder.files(in: root + "/presets").map { path in
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return BundledPreset(name: String(name.dropLast(PresetFolder.ending.count)), path: path)
    }
  }

  /// The title that a preset gives itself or takes from one that it extends; nil if it has none or is not a preset.
  public func title(of preset: BundledPreset) -> String? {
    guard let root else { return nil }
    var loader = PresetLoader(files: FileAccess(roots: [root + "/presets"]))
    return loader.load(path: preset.path)?.value(forKey: "title")?.scalarText
  }
}

/// The presets in a folder.
public enum PresetFolder {
  static let ending = ".yaml"

  /// Paths of the files that end in `.yaml` and do not begin with `_` or a dot, sorted by name; empty if the
  /// folder cannot be read. Folders inside are left alone.
  public static func files(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasSuffix(ending), !name.hasPrefix("_"), !name.hasPrefix(".") else { continue }
      names.append(name)
    }
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    // By code points: the same order on every system.
    return names.sorted {
      Array($0.unicodeScalars.map(\.value)).lexicographicallyPrecedes($1.unicodeScalars.map(\.value))
    }
    .map { prefix + $0 }
  }
}
