import Foundation
import Testing

@Suite("Exit codes and messages")
struct ExitCodeTests {
  struct Case: CustomTestStringConvertible {
    var arguments: [String]
    var status: Int32
    var messages: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let wrongMessages = """
    wrong.yaml:2:18: error: '16-9' is not one of one-sheet, 24x36, quad, 11x17, 18x24, a1, a2, a3, a4, 4:5, 9:16, 1:1, \
    3:4, 16:9, key-art, scope
    canvas: {format: 16-9}
                     ^~~~
    hint: did you mean '16:9'?
    wrong.yaml:5:16: error: 'rad' is not a color
        stops: {0: rad, 1: blue}
                   ^~~
    hint: did you mean 'red'?
    wrong.yaml:7:5: error: there is no effect called 'vignete'
      - vignete
        ^~~~~~~
    hint: did you mean 'vignette'?
    3 errors in wrong.yaml

    """

  static let cases = [
    Case(arguments: ["render", "plain.yaml", "--quiet"], status: 0, messages: ""),
    Case(arguments: ["render", "wrong.yaml"], status: 65, messages: wrongMessages),
    Case(
      arguments: ["check", "plain.yaml", "wrong.yaml", "plain.yaml"], status: 65, messages: wrongMessages),
    Case(arguments: ["check", "plain.yaml"], status: 0, messages: ""),
    Case(
      arguments: ["render", "nothing.yaml"], status: 66,
      messages: """
        error: there is no file 'nothing.yaml'
        hint: 'onesheet list presets' names those that come with the program

        """),
    Case(
      arguments: ["render", "folder"], status: 66,
      messages: """
        error: 'folder' is a folder, not a preset
        hint: 'onesheet batch folder -o FOLDER' renders every preset in it

        """),
    // Like a file without permission, but for the superuser too.
    Case(
      arguments: ["render", "plain.yaml/a.yaml"], status: 66,
      messages: "error: cannot read 'plain.yaml/a.yaml': Not a directory\n"),
    Case(
      arguments: ["render", "plain.yaml", "-o", "no/such/a.png"], status: 74,
      messages: "error: cannot create no/such/a.png: its folder does not exist\n"),
    Case(
      arguments: ["render", "plain.yaml", "-o", "no/"], status: 74,
      messages: "error: cannot create no/plain.png: its folder does not exist\n"),
    Case(
      arguments: ["render", "plain.yaml", "-o", "plain.yaml/a.png"], status: 74,
      messages: "error: cannot create plain.yaml/a.png: Not a directory\n"),
    Case(
      arguments: ["render", "plain.yaml", "-o", "./plain.yaml"], status: 64,
      messages: "error: the picture would replace its preset\n"),
    Case(
      arguments: ["render", "plain.yaml", "-o", "/dev/full"], status: 74,
      messages: "error: cannot write /dev/full: No space left on device\n"),
    Case(
      arguments: ["render", "plain.yaml", "--set", "vignette=7"], status: 65,
      messages: """
        --set:1:10: error: 7 is outside the legal range
        vignette=7
                 ^
        hint: legal: from 0 to 1
        1 error in plain.yaml

        """),
    Case(
      arguments: ["render", "plain.yaml", "--set", "vignete=1", "--disable", "skye"], status: 65,
      messages: """
        --set:1:1: error: nothing in this preset is called 'vignete'
        vignete=1
        ^~~~~~~
        hint: did you mean 'vignette'?
        --disable:1:1: error: nothing in this preset is called 'skye'
        skye
        ^~~~
        hint: did you mean 'sky'?
        2 errors in plain.yaml

        """),
    Case(
      arguments: ["render", "plain.yaml", "--region", "50,0,20,20"], status: 64,
      messages: "error: the region 20×20+50+0 does not lie in the picture of 60 × 40 pixels\n"),
    Case(
      arguments: ["describe", "vignet"], status: 64,
      messages: """
        error: there is nothing called 'vignet' to describe
        hint: did you mean 'vignette'?

        """),
    Case(
      arguments: ["batch", "empty", "-o", "out"], status: 66,
      messages: """
        error: there are no presets in the folder 'empty'
        1 of 1 failed

        """),
    Case(
      arguments: ["batch", "plain.yaml", "folder", "-o", "out"], status: 64,
      messages: """
        error: 'plain.yaml' and 'folder/plain.yaml' would both become 'out/plain.png'
        hint: render them into different folders

        """),
    Case(
      arguments: ["batch", "plain.yaml", "-o", "wrong.yaml/out"], status: 74,
      messages: "error: cannot make the folder 'wrong.yaml': Not a directory\n"),
  ]

  private static func folder() throws -> Folder {
    let folder = try Folder([
      "plain.yaml": Sample.plain, "wrong.yaml": Sample.wrong, "folder/plain.yaml": Sample.plain,
      "empty/_part.yaml": Sample.plain,
    ])
    return folder
  }

  @Test(arguments: cases) func endsWith(_ example: Case) throws {
    let result = try Program.run(example.arguments, in: ExitCodeTests.folder())
    #expect(result.status == example.status)
    #expect(result.messages == example.messages)
  }

  /// What the argument parser refuses; its wording is not ours, but ours is in it.
  @Test(arguments: [
    (["render"], "Missing expected argument '<preset>'"),
    (["rendre", "plain.yaml"], "rendre"),
    (["render", "plain.yaml", "--sacle", "2"], "Unknown option '--sacle'"),
    (["render", "plain.yaml", "--set", "vignette"], "a path, '=' and a value are due"),
    (["render", "plain.yaml", "--format", "16-9"], "there is no format '16-9'"),
    (["render", "plain.yaml", "--format", "16-9"], "did you mean '16:9'?"),
    (["render", "plain.yaml", "--format", "a4", "--size", "10x10"], "exclude each other"),
    (["render", "plain.yaml", "--size", "0x10"], "as in 2048x858"),
    (["render", "plain.yaml", "--size", "99999999999999999999x1"], "as in 2048x858"),
    (["render", "plain.yaml", "--dpi", "nan"], "from 10 to 2400"),
    (["render", "plain.yaml", "--scale", "0"], "from 0.001 to 100"),
    (["render", "plain.yaml", "--scale", "inf"], "from 0.001 to 100"),
    (["render", "plain.yaml", "--seed", "-1"], "seed"),
    (["render", "plain.yaml", "--region", "0,0,10"], "four whole numbers"),
    (["render", "plain.yaml", "--region", "0,0,0,10"], "four whole numbers"),
    (["render", "plain.yaml", "--region", "9223372036854775807,0,1,1"], "four whole numbers"),
    (["render", "plain.yaml", "--time", "-1"], "time"),
    (["render", "plain.yaml", "--bit-depth", "12"], "8 or 16"),
    (["render", "plain.yaml", "--threads", "0"], "1 to 1024"),
    (["render", "plain.yaml", "--quiet", "--json"], "exclude each other"),
    (["render", "plain.yaml", "-o", "-", "--json"], "cannot both go to standard output"),
    (["batch", "plain.yaml"], "--output"),
    (["batch", "plain.yaml", "-o", "-"], "the name of a folder"),
    (["batch", "plain.yaml", "-o", "out", "--jobs", "0"], "1 to 256"),
    (["check"], "Missing expected argument"),
    (["list", "colours"], "colours"),
  ])
  func refusesWrongUsage(_ arguments: [String], _ words: String) throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.messages.contains(words), "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(folder.contents == ["plain.yaml"])
  }

  @Test func tooLargeForMemory() throws {
    let folder = try Folder(["plain.yaml": Sample.plain])
    let result = try Program.run(["render", "plain.yaml", "--size", "100000x100000"], in: folder)
    #expect(result.status == 1)
    #expect(result.messages.contains("--scale"))
    #expect(folder.contents == ["plain.yaml"])
  }

  @Test func versionAndHelp() throws {
    let folder = try Folder()
    let version = try Program.run(["--version"], in: folder)
    #expect(version.status == 0)
    #expect(version.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    for command in [[], ["render"], ["batch"], ["check"], ["list"], ["describe"]] {
      let help = try Program.run(command + ["--help"], in: folder)
      #expect(help.status == 0)
      #expect(help.text.contains("USAGE: onesheet"))
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionScripts(_ shell: String) throws {
    let folder = try Folder()
    let result = try Program.run(["--generate-completion-script", shell], in: folder)
    #expect(result.status == 0)
    for word in ["one-sheet", "vignette", "formats", "batch", "bit-depth"] {
      #expect(result.text.contains(word), "\(word)")
    }
    guard shell == "bash" else { return }
    try folder.write(result.text, to: "completion")
    let syntax = try Program.run(
      ["-n", "completion"], in: folder, program: URL(fileURLWithPath: "/bin/bash"))
    #expect(syntax.status == 0, "\(syntax.messages)")
  }
}
