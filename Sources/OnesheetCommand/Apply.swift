import ArgumentParser
import Onesheet
import Raster

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply effects to a photo.",
    discussion: """
      onesheet apply photo.jpg -o tape.png --effect 'vhs: ep, tracking: 0.4'
      onesheet apply photo.png -o out.png --effect vignette --effect 'grain: 0.3, size: 0.002'
      onesheet apply photo.png -o out.png --chain look.yaml --set grain=0.5

      The picture keeps its size, its depth, its transparency and its print density.
      'onesheet list effects' names what there is.
      """)

  @Argument(
    help: "A PNG or JPEG file, or - for standard input.",
    completion: .file(extensions: ["png", "jpg", "jpeg"]))
  var photo: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The PNG to write, or a folder for it, or - for standard output.", valueName: "file"),
    completion: .file(extensions: ["png"]))
  var output: String

  @Option(
    name: .customLong("effect"),
    help: ArgumentHelp(
      "An effect, as a preset writes it on one line: 'vhs: ep, tracking: 0.4'. May be repeated; they are applied in order.",
      valueName: "item"))
  var effects: [String] = []

  @Option(
    help: ArgumentHelp(
      "A preset whose effects are applied, before those of '--effect'.", valueName: "preset"),
    completion: .file(extensions: ["yaml"]))
  var chain: String?

  @OptionGroup(title: "Effects")
  var changes: ChangeOptions

  @OptionGroup(title: "The picture")
  var picture: PhotoOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  /// What of effects can be changed without writing them anew.
  struct ChangeOptions: ParsableArguments {
    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "Set a parameter: grain=0.5, effects.tape.tracking=0.6. May be repeated.", valueName: "path=value"),
      transform: { try PresetOptions.override($0) })
    var overrides: [Override] = []

    @Option(
      name: .customLong("disable"),
      help: ArgumentHelp("Leave out an effect. May be repeated.", valueName: "id"))
    var disabled: [String] = []

    @Option(help: ArgumentHelp("Replace the seed.", valueName: "n"))
    var seed: UInt64?

    @Option(
      help: ArgumentHelp("The moment to show; the chain's 'still' by default.", valueName: "seconds"),
      transform: { try PresetOptions.number($0, in: 0...86_400) })
    var time: Double?

    @Option(
      name: .customLong("allow-path"),
      help: ArgumentHelp(
        "Let effects read files in this folder, too. May be repeated.", valueName: "folder"),
      completion: .directory)
    var allowedPaths: [String] = []
  }

  struct PhotoOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp("Write a part: its place and size in pixels.", valueName: "X,Y,W,H"),
      transform: { try PictureOptions.region($0) })
    var region: PixelRect?

    @Option(
      name: [.customLong("bit-depth"), .customLong("bits")],
      help: ArgumentHelp("Bits per sample, 8 or 16; as many as the photo has by default.", valueName: "bits"),
      completion: .list(["8", "16"]), transform: { try PictureOptions.depth($0) })
    var depth: Picture.Encoding.Depth?

    @Option(
      help: ArgumentHelp(
        "How many threads work; as many as there are processors by default.", valueName: "n"),
      transform: { try PictureOptions.threads($0) })
    var threads: Int?
  }

  func validate() throws {
    if output.isEmpty { throw ValidationError("'--output' needs a name.") }
    if output == "-", messages.json {
      throw ValidationError("The picture and '--json' cannot both go to standard output.")
    }
    if effects.isEmpty, chain == nil {
      throw ValidationError("Name an effect with '--effect', or a preset with '--chain'.")
    }
    if ["jpg", "jpeg"].contains(where: { output.lowercased().hasSuffix("." + $0) }) {
      throw ValidationError("What is written is a PNG: let its name end in '.png'.")
    }
  }

  func run() throws {
    let console = messages.console
    try console.run {
      if output == "-", StandardOutput.isTerminal {
        throw Failure(
          .wrongUsage, "a terminal cannot show a PNG file",
          hint: "send it to a file or to another program: -o - | …", subject: "-")
      }
      let target = Apply.path(output, for: photo)
      let chain = try self.chain.map { try PresetArgument($0) }
      if let chain, let file = FileIdentity(target), file == FileIdentity(chain.path) {
        throw Failure(.wrongUsage, "the picture would replace the preset of its effects", subject: chain.name)
      }
      let progress = RenderProgress { console.progress.show($0.fraction, $0.step) }
      try console.show(apply(chain, to: target, progress))
      return .done
    }
  }

  /// Reads the photo and the effects, opens the file, renders and writes.
  private func apply(_ chain: PresetArgument?, to target: String, _ progress: RenderProgress) throws(Failure)
    -> PictureRecord
  {
    let begin = ContinuousClock.now
    do {
      let photo = try Photo(path: self.photo)
      let preset: Preset
      do {
        preset = try Preset(photo: photo, chain: chain?.path, effects: effects, options: options)
      } catch {
        throw Failure(error, subject: chain?.name ?? "--effect")
      }
      // Before the rendering, which may take long. The photo has been read: the file may take its place.
      let file = try PictureFile(path: target)
      let workers = picture.threads.map { Workers(count: $0) } ?? .standard
      let result = try preset.render(
        time: changes.time, region: picture.region, workers: workers, progress: progress)
      var encoding = photo.encoding
      encoding.depth = picture.depth ?? encoding.depth
      try file.write(result, encoding, progress: progress)
      return PictureRecord(
        file: target, preset: self.photo, isPhoto: true, width: result.width, height: result.height,
        seconds: (ContinuousClock.now - begin) / .seconds(1), peakBytes: PictureTask.peakBytes,
        seed: preset.seed, time: changes.time ?? preset.still, notes: photo.notes + preset.notes)
    } catch {
      throw Failure(error, subject: self.photo)
    }
  }

  private var options: Preset.Options {
    var options = Preset.Options()
    options.overrides = changes.overrides
    options.disabled = changes.disabled
    options.seed = changes.seed
    options.allowedPaths = changes.allowedPaths
    return options
  }

  /// Where the picture goes: in a folder it is called as the photo, and is a PNG.
  static func path(_ output: String, for photo: String) -> String {
    guard FileIdentity.isFolder(output) || output.hasSuffix("/") else { return output }
    var base = photo == "-" ? "photo" : photo.split(separator: "/").last ?? "photo"
    if let dot = base.lastIndex(of: "."), dot > base.startIndex { base = base[..<dot] }
    return output + (output.hasSuffix("/") ? "" : "/") + base + ".png"
  }
}
