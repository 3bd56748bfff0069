import ArgumentParser
import Onesheet

struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Render one picture.",
    discussion: """
      onesheet render teaser
      onesheet render poster.yaml --scale 0.25 -o drafts/
      onesheet render poster.yaml --set tape.tracking=0.6 --disable grain
      onesheet render poster.yaml --set 'palette.pink=#ff2e88' --seed 7
      onesheet render poster.yaml --region 0,0,600,400 -o corner.png
      onesheet render frame.yaml --time 3.7 -o - | display
      onesheet render poster.yaml --format one-sheet,quad,9:16 -o campaign/
      """)

  @Argument(
    help: "A preset's file, or the name of one that comes with the program.",
    completion: .file(extensions: ["yaml"]))
  var preset: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The PNG to write, or a folder for it, or - for standard output. By default it is named after the preset and lies in the working directory.",
      valueName: "file"),
    completion: .file(extensions: ["png"]))
  var output: String?

  @OptionGroup
  var options: PictureOptions

  @OptionGroup(title: "Checks")
  var strictness: StrictnessOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func validate() throws {
    if output == "" { throw ValidationError("'--output' needs a name.") }
    if output == "-", messages.json {
      throw ValidationError("The picture and '--json' cannot both go to standard output.")
    }
    if options.preset.formats.count > 1, let output, !output.hasSuffix("/"), !FileIdentity.isFolder(output) {
      throw ValidationError(
        "Several formats are several files: let '--output' name a folder, as in -o campaign/.")
    }
  }

  func run() throws {
    let console = messages.console
    try console.run {
      if output == "-", StandardOutput.isTerminal {
        throw Failure(
          .wrongUsage, "a terminal cannot show a PNG file",
          hint: "send it to a file or to another program: -o - | …",
          subject: "-")
      }
      let argument = try PresetArgument(preset)
      if options.preset.formats.count > 1 { return try renderFormats(of: argument, console) }
      let target = Render.path(output, for: argument)
      if let file = FileIdentity(target), file == FileIdentity(argument.path) {
        throw Failure(.wrongUsage, "the picture would replace its preset", subject: argument.name)
      }
      let task = PictureTask(
        preset: argument, output: target, format: options.preset.formats.first, isStrict: strictness.strict)
      let progress = RenderProgress { console.progress.show($0.fraction, $0.step) }
      try console.show(task.run(options, workers: options.workers, progress: progress))
      return .done
    }
  }

  /// Renders the preset in each of the formats that are asked for.
  private func renderFormats(of argument: PresetArgument, _ console: Console) throws -> ExitStatus {
    let folder = output ?? "."
    try Batch.makeFolder(folder)
    let tasks = try Batch.tasks([argument], options.preset.formats, isStrict: strictness.strict, in: folder)
    let failures = try BatchRun(tasks, options, jobs: 1, console: console).run()
    if console.mode != .json { for failure in failures { try console.show(failure) } }
    return ExitStatus.worst(failures.map(\.status))
  }

  /// Where the picture goes.
  static func path(_ output: String?, for preset: PresetArgument) -> String {
    guard let output else { return preset.pictureName }
    guard FileIdentity.isFolder(output) || output.hasSuffix("/") else { return output }
    return output + (output.hasSuffix("/") ? "" : "/") + preset.pictureName
  }
}
