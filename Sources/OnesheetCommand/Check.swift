import ArgumentParser
import Markup
import Onesheet

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell every mistake of every preset, and what of its type is hard to read or out of place.",
    discussion: """
      onesheet check presets/*.yaml
      onesheet check poster.yaml --set vars.city=BERLIN
      onesheet check poster.yaml --format one-sheet,9:16 --strict

      Fonts, and characters that no font has, are checked as well. A preset that says
      something special of a format is checked in that format, too. Type is measured:
      against the safe area, the title, and, in a draft that is rendered for it, against
      what lies under it; what the preset's 'checks' demand and is not met is a warning.
      Exits with 65 if a preset is wrong.
      """)

  @Argument(
    help: "Files, or names of presets that come with the program.", completion: .file(extensions: ["yaml"]))
  var presets: [String]

  @OptionGroup(title: "The preset")
  var options: PresetOptions

  @Flag(help: "Render nothing: the contrast of type is not measured.")
  var noPicture = false

  @OptionGroup(title: "Checks")
  var strictness: StrictnessOptions

  @OptionGroup(title: "Messages")
  var messages: MessageOptions

  func run() throws {
    let console = messages.console
    try console.run {
      var statuses: [ExitStatus] = []
      for name in presets {
        do {
          let notes = try notes(of: PresetArgument(name), console.progress)
          let findings = notes.filter { $0.severity == .warning }
          if strictness.strict, !findings.isEmpty {
            throw Failure(.wrongPreset, Diagnostics(findings.map(\.asError)), subject: name)
          }
          console.progress.clear()
          try console.show(notes, of: name)
          switch console.mode {
          case .full: try StandardOutput.write("\(name): \(Check.summary(findings.count))\n")
          case .quiet: break
          case .json: try console.record(Verdict(file: name, errors: 0, warnings: findings.count))
          }
        } catch let failure as Failure {
          // Only a preset's own failure; one to write must end the program.
          guard failure.status != .unwritableOutput else { throw failure }
          statuses.append(failure.status)
          try console.show(failure)
          if console.mode == .json {
            let all = failure.diagnostics.all
            try console.record(
              Verdict(
                file: name, errors: all.count { $0.severity == .error },
                warnings: all.count { $0.severity == .warning }))
          }
        }
      }
      return ExitStatus.worst(statuses)
    }
  }

  private static func summary(_ warnings: Int) -> String {
    warnings == 0 ? "ok" : "ok, with \(warnings) warning\(warnings == 1 ? "" : "s")"
  }

  /// What is worth telling of a preset that is right, in every format that counts.
  private func notes(of preset: PresetArgument, _ progress: ProgressLine) throws(Failure) -> [Diagnostic] {
    var all: [Diagnostic] = []
    var mistakes: [Diagnostic] = []
    var formats: [String?] = options.formats.isEmpty ? [nil] : options.formats
    var index = 0
    while index < formats.count {
      let format = formats[index]
      do {
        let read = try preset.read(options.library(format))
        // Formats of which the preset says something, unless others are asked for.
        if index == 0, options.formats.isEmpty, options.size == nil {
          formats += read.variants.filter { $0 != read.format }
        }
        progress.show(Double(index) / Double(formats.count), preset.name)
        let findings = try findings(in: read, preset, format)
        all += read.notes + findings.map { Check.finding($0, in: index == 0 ? nil : format) }
      } catch let failure as Failure {
        guard failure.status == .wrongPreset else { throw failure }
        mistakes += failure.diagnostics.all
        // Without the preset itself nothing is known of its formats.
        if index == 0, options.formats.isEmpty { break }
      } catch {
        throw Failure(error, subject: preset.name)
      }
      index += 1
    }
    guard mistakes.isEmpty else {
      throw Failure(.wrongPreset, Diagnostics(mistakes), subject: preset.name)
    }
    return Diagnostics(all).all
  }

  /// Pixels of the draft in which type is measured: a billing block can be told from its ground.
  private static let draftPixels = 2_000_000.0

  private func findings(in preset: Preset, _ argument: PresetArgument, _ format: String?) throws
    -> [Diagnostic]
  {
    let layout = try preset.check()
    guard !noPicture, preset.hasType else { return layout }
    let pixels = Double(preset.geometry.width) * Double(preset.geometry.height)
    guard pixels > Check.draftPixels else { return try preset.render().findings }
    var draft = options.library(format)
    draft.scale *= (Check.draftPixels / pixels).squareRoot()
    return try argument.read(draft).render().findings
  }

  private static func finding(_ finding: Diagnostic, in format: String?) -> Diagnostic {
    guard let format else { return finding }
    var told = finding
    told.message = "in format \(format): \(finding.message)"
    return told
  }

  /// What `--json` says of each file, after its complaints.
  private struct Verdict: Encodable {
    var file: String
    var errors: Int
    var warnings: Int
  }
}
