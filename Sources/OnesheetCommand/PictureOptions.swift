import ArgumentParser
import Onesheet
import Raster

/// How findings of the preset's checks are taken.
struct StrictnessOptions: ParsableArguments {
  @Flag(help: "Take warnings about type (size, contrast, safe area) for mistakes: nothing is written then.")
  var strict = false
}

/// The options of everything that renders.
struct PictureOptions: ParsableArguments {
  @OptionGroup(title: "The preset")
  var preset: PresetOptions

  @Option(
    help: ArgumentHelp(
      "Render a part: its place and size in pixels of the whole picture.", valueName: "X,Y,W,H"),
    transform: { try PictureOptions.region($0) })
  var region: PixelRect?

  @Option(
    help: ArgumentHelp("The moment to show; the preset's 'still' by default.", valueName: "seconds"),
    transform: { try PresetOptions.number($0, in: 0...86_400) })
  var time: Double?

  @Option(
    name: .customLong("bit-depth"),
    help: ArgumentHelp("Bits per sample, 8 or 16.", valueName: "bits"),
    completion: .list(["8", "16"]),
    transform: { try PictureOptions.depth($0) })
  var depth: Picture.Encoding.Depth = .eight

  @Flag(help: "Keep transparency; otherwise the picture lies on black.")
  var alpha = false

  @Option(
    help: ArgumentHelp("How many threads work; as many as there are processors by default.", valueName: "n"),
    transform: { try PictureOptions.threads($0) })
  var threads: Int?

  var workers: Workers { threads.map { Workers(count: $0) } ?? .standard }
  var encoding: Picture.Encoding { Picture.Encoding(depth: depth, alpha: alpha) }

  // MARK: Values

  static func region(_ text: String) throws -> PixelRect {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    // Bounded, so that sums do not overflow.
    guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let w = numbers[2],
      let h = numbers[3],
      [x, y, w, h].allSatisfy({ (0...1_000_000).contains($0) }), w > 0, h > 0
    else { throw Unfit("four whole numbers are due, left, top, width and height, as in 0,0,600,400") }
    return PixelRect(minX: x, minY: y, maxX: x + w, maxY: y + h)
  }

  static func depth(_ text: String) throws -> Picture.Encoding.Depth {
    guard let depth = Int(text).flatMap({ Picture.Encoding.Depth(rawValue: $0) }) else {
      throw Unfit("8 or 16 is due")
    }
    return depth
  }

  static func threads(_ text: String) throws -> Int {
    guard let count = Int(text), (1...1024).contains(count) else { throw Unfit("1 to 1024 is due") }
    return count
  }
}
