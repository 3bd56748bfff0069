import ArgumentParser
import Onesheet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct Batch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Render many presets into a folder.",
    discussion: """
      onesheet batch presets -o posters
      onesheet batch *.yaml -o drafts --scale 0.1 --jobs 2
      onesheet batch teaser festival --format one-sheet,quad,9:16 -o campaign

      In a folder every file that ends in .yaml is rendered, but for those that
      begin with an underscore: they are parts of others. A preset that fails does
      not keep the others from being rendered; failures are told at the end.
      """)

  @Argument(
    help: ArgumentHelp("Presets, or folders of them.", valueName: "preset-or-folder"),
    completion: .file(extensions: ["yaml"]))
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the pictures; it is made if there is none.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("How many pictures are rendered at once; they share the threads.", valueName: "n"),
    transform: {
      guard let count = Int($0), (1...256).contains(count) else { throw Unfit("1 to 256 is due") }
      return count
    })
  var jobs: Int?

  @OptionGroup
  var options: PictureOptions

  @OptionGroup(title: "Checks")
  var strictness: StrictnessOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func validate() throws {
    if output.isEmpty || output == "-" { throw ValidationError("'--output' needs the name of a folder.") }
  }

  func run() throws {
    let console = messages.console
    try console.run {
      let (presets, missing) = Batch.presets(inputs)
      let tasks = try Batch.tasks(presets, options.preset.formats, isStrict: strictness.strict, in: output)
      try Batch.makeFolder(output)
      if console.mode == .json { for failure in missing { try console.show(failure) } }
      let failed = try BatchRun(tasks, options, jobs: jobs ?? 1, console: console).run()
      let failures = missing + failed
      // With --json each was told as it happened.
      if console.mode != .json { for failure in failures { try console.show(failure) } }
      if !failures.isEmpty { console.say("\(failures.count) of \(tasks.count + missing.count) failed") }
      return ExitStatus.worst(failures.map(\.status))
    }
  }

  /// Every preset once, in the order of the command line, and what could not be found.
  private static func presets(_ inputs: [String]) -> ([PresetArgument], [Failure]) {
    var presets: [PresetArgument] = []
    var failures: [Failure] = []
    var seen: Set<FileIdentity> = []
    func add(_ name: String) {
      do throws(Failure) {
        let preset = try PresetArgument(name)
        if let identity = FileIdentity(preset.path), !seen.insert(identity).inserted { return }
        presets.append(preset)
      } catch {
        failures.append(error)
      }
    }
    for input in inputs {
      guard FileIdentity.isFolder(input) else {
        add(input)
        continue
      }
      let files = PresetFolder.files(in: input)
      if files.isEmpty {
        failures.append(
          Failure(.missingInput, "there are no presets in the folder '\(input)'", subject: input))
      }
      for file in files { add(file) }
    }
    return (presets, failures)
  }

  /// A picture of every preset in every format. With several formats the names of the files say which is which.
  static func tasks(
    _ presets: [PresetArgument], _ formats: [String], isStrict: Bool, in folder: String
  ) throws(Failure) -> [PictureTask] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    let tasks = presets.flatMap { preset in
      guard formats.count > 1 else {
        return [
          PictureTask(
            preset: preset, output: prefix + preset.pictureName, format: formats.first, isStrict: isStrict)
        ]
      }
      return formats.map {
        PictureTask(
          preset: preset, output: prefix + preset.pictureName(in: $0), format: $0, isStrict: isStrict)
      }
    }
    var owners: [String: PresetArgument] = [:]
    for task in tasks {
      if let other = owners.updateValue(task.preset, forKey: task.output) {
        throw Failure(
          .wrongUsage, "'\(other.name)' and '\(task.preset.name)' would both become '\(task.output)'",
          hint: "render them into different folders", subject: task.preset.name)
      }
    }
    return tasks
  }

  /// Makes the folder and those around it.
  static func makeFolder(_ path: String) throws(Failure) {
    var position = path.startIndex
    while position < path.endIndex {
      position = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
      let folder = String(path[..<position])
      if mkdir(folder, 0o777) != 0 {
        let code = errno
        guard !FileIdentity.isFolder(folder) else { continue }
        throw Failure(
          .unwritableOutput,
          "cannot make the folder '\(folder)': \(String(cString: strerror(code == EEXIST ? ENOTDIR : code)))",
          subject: path)
      }
    }
  }
}
