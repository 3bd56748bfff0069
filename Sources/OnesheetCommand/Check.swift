import ArgumentParser
import Markup
import Onesheet

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell every mistake of every preset, without rendering.",
    discussion: """
      onesheet check presets/*.yaml
      onesheet check poster.yaml --set vars.city=BERLIN

      Fonts, and characters that no font has, are checked as well. Exits with 65
      if a preset is wrong.
      """)

  @Argument(
    help: "Files, or names of presets that come with the program.", completion: .file(extensions: ["yaml"]))
  var presets: [String]

  @OptionGroup(title: "The preset")
  var options: PresetOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func run() throws {
    let console = messages.console
    try console.run {
      var statuses: [ExitStatus] = []
      for name in presets {
        do {
          let preset = try PresetArgument(name).read(options.library)
          do {
            try preset.check()
          } catch {
            throw Failure(error, subject: name)
          }
          try console.show(preset.notes, of: name)
          switch console.mode {
          case .full: try StandardOutput.write("\(name): ok\n")
          case .quiet: break
          case .json: try console.record(Verdict(file: name, errors: 0))
          }
        } catch let failure as Failure {
          // Only a preset's own failure; one to write must end the program.
          guard failure.status != .unwritableOutput else { throw failure }
          statuses.append(failure.status)
          try console.show(failure)
          if console.mode == .json {
            try console.record(
              Verdict(file: name, errors: failure.diagnostics.all.count { $0.severity == .error }))
          }
        }
      }
      return ExitStatus.worst(statuses)
    }
  }

  /// What `--json` says of each file, after its complaints.
  private struct Verdict: Encodable {
    var file: String
    var errors: Int
  }
}
