import ArgumentParser
import Onesheet

/// What a value of an option should have been.
struct Unfit: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The options that change a preset before it is read.
struct PresetOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a parameter: bloom=0.9, layers.sign.text=OPEN. May be repeated.", valueName: "path=value"),
    transform: { try PresetOptions.override($0) })
  var overrides: [Override] = []

  @Option(
    name: .customLong("disable"),
    help: ArgumentHelp("Leave out a layer or an effect. May be repeated.", valueName: "id"))
  var disabled: [String] = []

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "Use the size of a format ('onesheet list formats'), or of several, with commas between them.",
      valueName: "name"),
    completion: .list(Format.all.map(\.name)), transform: { try FormatList($0) })
  var formatList = FormatList()

  @Option(
    help: ArgumentHelp("Use a size in pixels: 2048x858.", valueName: "WxH"),
    transform: {
      guard let size = Canvas.pixelSize($0) else {
        throw Unfit("a width and a height of 1 to \(Int(Canvas.largestSide)) pixels are due, as in 2048x858")
      }
      return PixelSize(width: size.width, height: size.height)
    })
  var size: PixelSize?

  @Option(
    help: ArgumentHelp("Dots per inch of print.", valueName: "n"),
    transform: { try PresetOptions.number($0, in: Canvas.dpiRange) })
  var dpi: Double?

  @Option(
    help: ArgumentHelp("Render larger or smaller than described; 0.25 is a draft.", valueName: "factor"),
    transform: { try PresetOptions.number($0, in: 0.001...100) })
  var scale: Double?

  @Option(help: ArgumentHelp("Replace the preset's seed.", valueName: "n"))
  var seed: UInt64?

  @Option(
    name: .customLong("allow-path"),
    help: ArgumentHelp(
      "Let the preset read files in this folder, too. May be repeated.", valueName: "folder"),
    completion: .directory)
  var allowedPaths: [String] = []

  struct PixelSize { var width, height: Int }

  /// Formats as the command line names them: `one-sheet,quad,9:16`.
  struct FormatList {
    var names: [String] = []

    init() {}

    init(_ text: String) throws {
      for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
        guard Format.named(name) != nil else {
          let refusal = Format.refusal(of: name)
          throw Unfit("\(refusal.message). \(refusal.hint ?? "")")
        }
        if !names.contains(name) { names.append(name) }
      }
    }
  }

  /// The formats that are asked for; empty for the preset's own.
  var formats: [String] { formatList.names }

  func validate() throws {
    if !formats.isEmpty, size != nil { throw ValidationError("'--format' and '--size' exclude each other.") }
  }

  var library: Preset.Options { library(formats.first) }

  /// The options with one of the formats; nil is the preset's own.
  func library(_ format: String?) -> Preset.Options {
    var options = Preset.Options()
    options.overrides = overrides
    options.disabled = disabled
    options.format = format
    options.size = size.map { ($0.width, $0.height) }
    options.dpi = dpi
    options.scale = scale ?? 1
    options.seed = seed
    options.allowedPaths = allowedPaths
    return options
  }

  static func override(_ text: String) throws -> Override {
    guard let override = Override(text) else {
      throw Unfit("a path, '=' and a value are due, as in bloom=0.9")
    }
    return override
  }

  /// A finite number within a range.
  static func number(_ text: String, in range: ClosedRange<Double>) throws -> Double {
    guard let value = Double(text), range.contains(value) else {
      throw Unfit("a number from \(short(range.lowerBound)) to \(short(range.upperBound)) is due")
    }
    return value
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
