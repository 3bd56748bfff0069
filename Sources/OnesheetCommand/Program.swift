import ArgumentParser
import Onesheet

/// The command line: arguments, files, messages and exit codes. Everything else is the library's.
@main
struct Program: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onesheet",
    abstract: "Film posters and frames from presets.",
    discussion: """
      onesheet render teaser                  a preset that comes with the program
      onesheet render poster.yaml --scale 0.25                      a draft of it
      onesheet render teaser --set bloom=0.9 --seed 7 --format 9:16 -o story.png
      onesheet batch presets -o posters                every preset of a folder
      onesheet sequence clip.yaml -o frames/####.png     the frames of a moving picture
      onesheet apply photo.jpg -o tape.png --effect 'vhs: ep'       effects on a photo
      onesheet describe vignette             what can be set, and an example
      onesheet licenses poster.yaml          what the fonts of a poster ask for

      Exit codes:
        0   done
        1   a picture could not be rendered
        64  wrong usage
        65  a preset or another input is wrong
        66  an input is missing
        74  an output cannot be written
      """,
    version: Version.current,
    subcommands: [
      Render.self, Batch.self, FrameSequence.self, Apply.self, Import.self, Check.self, List.self,
      Describe.self, Licenses.self,
    ])

  static func main() {
    guard Processor.suffices else {
      StandardError.write(
        "error: this program was built for a processor with AVX2, FMA and BMI2, which this one is not\n"
          + "hint: build it with 'make PORTABLE=1'\n")
      ExitStatus.failed.exit()
    }
    Signals.install()
    main(nil)
  }
}
