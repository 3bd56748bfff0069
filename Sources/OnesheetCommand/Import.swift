import ArgumentParser
import Markup
import Onesheet

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn a preset of ntsc-rs or ntscQT into one with the effect vhs.",
    discussion: """
      onesheet import worn.json > worn.yaml
      onesheet apply photo.jpg -o out.png --chain worn.yaml

      What has no counterpart is told on standard error.
      """)

  @Argument(help: "A JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let console = Console(quiet ? .quiet : .full)
    try console.run {
      let source: TapeImport
      do {
        source = try TapeImport(path: file)
      } catch {
        // What has no place could not be read at all.
        let diagnostics = error as? Diagnostics
        let isMissing = diagnostics?.all.allSatisfy { $0.place == nil } ?? false
        throw diagnostics.map { Failure(isMissing ? .missingInput : .wrongPreset, $0, subject: file) }
          ?? Failure(error, subject: file)
      }
      try console.show(source.notes, of: file)
      try StandardOutput.write(source.preset)
      return .done
    }
  }
}
