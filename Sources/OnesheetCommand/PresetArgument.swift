import ArgumentParser
import Markup
import Onesheet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A preset as the command line names it: a file, or one that comes with the program.
struct PresetArgument {
  /// As the user calls it.
  var name: String
  var path: String

  /// - Throws: ``Failure`` if there is no such preset, or if it cannot be read.
  init(_ argument: String) throws(Failure) {
    name = argument
    path = argument
    var info = stat()
    if stat(argument, &info) == 0 {
      if info.st_mode & S_IFMT == S_IFDIR {
        throw Failure(
          .missingInput, "'\(argument)' is a folder, not a preset",
          hint: "'onesheet batch \(argument) -o FOLDER' renders every preset in it", subject: argument)
      }
      guard access(argument, R_OK) == 0 else {
        throw Failure(
          .missingInput, "cannot read '\(argument)': \(String(cString: strerror(errno)))", subject: argument)
      }
      return
    }
    let code = errno
    let bundled = Resources.standard.presets
    if let preset = bundled.first(where: { $0.name == argument }) {
      path = preset.path
      return
    }
    guard code == ENOENT else {
      throw Failure(
        .missingInput, "cannot read '\(argument)': \(String(cString: strerror(code)))", subject: argument)
    }
    throw Failure(
      .missingInput, "there is no file '\(argument)'",
      hint: suggestion(for: argument, among: bundled.map(\.name))
        ?? (bundled.isEmpty ? nil : "'onesheet list presets' names those that come with the program"),
      subject: argument)
  }

  /// The name of its picture: `my/teaser.yaml` gives `teaser.png`.
  var pictureName: String { PresetArgument.pictureName(of: path) }

  /// The name of its picture in one of several formats: `teaser-9x16.png`. Not every disk can have a colon in names.
  func pictureName(in format: String?) -> String {
    guard let format else { return pictureName }
    return "\(pictureName.dropLast(4))-\(format.replacing(":", with: "x")).png"
  }

  static func pictureName(of path: String) -> String {
    var base = path.split(separator: "/").last ?? Substring(path)
    if let dot = base.lastIndex(of: "."), dot > base.startIndex,
      ["yaml", "yml"].contains(base[dot...].dropFirst())
    {
      base = base[..<dot]
    }
    return base + ".png"
  }

  /// Reads and checks the preset.
  func read(_ options: Preset.Options) throws(Failure) -> Preset {
    do {
      return try Preset(path: path, options: options)
    } catch {
      throw Failure(error, subject: name)
    }
  }
}
