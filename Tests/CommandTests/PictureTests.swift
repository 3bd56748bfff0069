import Foundation
import PNGCodec
import Testing

@Suite("Pictures by way of the command line")
struct PictureTests {
  static let rich = """
    onesheet: 1
    canvas: {size: 90x60, bleed: 5px}
    seed: 3
    duration: 2
    vars: {depth: 0.4}
    layers:
      - group:
          - gradient: radial
            id: sky
            stops: {0: "#ff2e88", 0.6: "#1b1440", 1: "#06070d"}
          - noise: fbm
            id: smoke
            opacity: 0.5
            drift: [{keys: {0: 0, 2: 1}}, 0]
        id: picture
        effects:
          - vignette: 0.8
            id: inner
      - solid: "#19e3ff"
        opacity: 0.2
    effects:
      - vignette: $depth
      - grain: 0.3
    """

  private func render(_ folder: Folder, _ arguments: [String], to name: String = "a.png") throws -> Data {
    let result = try Program.run(["render", "rich.yaml", "-o", name, "-q"] + arguments, in: folder)
    #expect(result.status == 0)
    #expect(result.messages == "")
    return try folder.data(name)
  }

  @Test func repeatableForAnyNumberOfThreads() throws {
    let folder = try Folder(["rich.yaml": PictureTests.rich])
    let one = try render(folder, ["--threads", "1"])
    #expect(try render(folder, ["--threads", "1"]) == one)
    #expect(try render(folder, ["--threads", "3"]) == one)
    #expect(try render(folder, []) == one)
    #expect(try render(folder, ["--seed", "4"]) != one)
    #expect(try render(folder, ["--time", "1"]) != one)
  }

  @Test(arguments: [8, 16], [false, true])
  func regionsArePartsOfTheWhole(_ depth: Int, _ alpha: Bool) throws {
    let folder = try Folder(["rich.yaml": PictureTests.rich])
    let encoding = ["--bit-depth", "\(depth)"] + (alpha ? ["--alpha"] : [])
    _ = try render(folder, encoding, to: "whole.png")
    let whole = try folder.picture("whole.png")
    #expect(whole.size == "100x70")
    #expect(whole.depth.rawValue == depth)
    for (x, y, w, h) in [(0, 0, 100, 70), (37, 21, 1, 1), (13, 7, 50, 40), (0, 69, 100, 1), (99, 0, 1, 70)] {
      _ = try render(folder, encoding + ["--region", "\(x),\(y),\(w),\(h)"], to: "part.png")
      let part = try folder.picture("part.png")
      #expect(part.size == "\(w)x\(h)")
      var different = 0
      for row in 0..<h {
        for column in 0..<w where part[column, row] != whole[x + column, y + row] { different += 1 }
      }
      #expect(different == 0, "\(w)×\(h)+\(x)+\(y)")
    }
  }

  @Test(arguments: [
    ["effects.vignette.vignette=1", "effects.vignette=1", "effects.0.vignette=1"],
    ["layers.picture.effects.inner.radius=0.4", "inner.radius=0.4", "picture.effects.vignette.radius=0.4"],
    ["layers.picture.group.sky.stops[0.6]=#00ff00", "sky.stops[0.6]=#00ff00", "sky.stops[0.60]=\"#00ff00\""],
    ["layers.solid.solid=#ff0000", "solid=#ff0000", "layers.1=#ff0000"],
    ["vars.depth=0.9", "effects.0.vignette=0.9"],
  ])
  func longAndShortPaths(_ paths: [String]) throws {
    let folder = try Folder(["rich.yaml": PictureTests.rich])
    let before = try pixels(folder, [])
    let first = try pixels(folder, ["--set", paths[0]])
    #expect(first != before)
    for path in paths.dropFirst() { #expect(try pixels(folder, ["--set", path]) == first, "\(path)") }
  }

  @Test func disabling() throws {
    let folder = try Folder(["rich.yaml": PictureTests.rich])
    let without = try pixels(folder, ["--disable", "smoke", "--disable", "inner"])
    #expect(without != (try pixels(folder, [])))
    #expect(
      try pixels(folder, ["--set", "smoke.visible=false", "--set", "inner.enabled=false"]) == without)
  }

  /// Without the records of the file, which tell how the picture was made.
  private func pixels(_ folder: Folder, _ arguments: [String]) throws -> [PNGImage.Pixel?] {
    _ = try render(folder, arguments)
    let picture = try folder.picture("a.png")
    return (0..<picture.height).flatMap { y in (0..<picture.width).map { picture[$0, y] } }
  }

  @Test(arguments: [
    (["--scale", "0.4"], 40, 28), (["--size", "30x20"], 40, 30),
    (["--format", "scope", "--scale", "0.1"], 207, 88),
    (["--format", "11x17", "--dpi", "10"], 120, 180),
  ])
  func sizes(_ arguments: [String], _ width: Int, _ height: Int) throws {
    let folder = try Folder(["rich.yaml": PictureTests.rich])
    _ = try render(folder, arguments)
    let picture = try folder.picture("a.png")
    #expect(picture.size == "\(width)x\(height)")
  }

  /// Presets that come with the program are found by name from anywhere, wherever the program was moved to.
  @Test func bundledPresets() throws {
    let home = try Folder([
      "presets/teaser.yaml": "title: Night\n" + Sample.plain, "presets/_parts.yaml": Sample.plain,
      "fonts/none": "",
      "share/other": "",
    ])
    let program = home.url.appendingPathComponent("bin/onesheet")
    try FileManager.default.createDirectory(
      at: program.deletingLastPathComponent(), withIntermediateDirectories: true)
    // By a process of its own: a program started by another test while this one is writing would inherit the open
    // file, and a file that is open for writing cannot be started.
    let copy = try Program.run(
      [Program.url.path, program.path], in: home, program: URL(fileURLWithPath: "/bin/cp"))
    #expect(copy.status == 0)
    let folder = try Folder()
    #expect(try Program.run(["list", "presets"], in: folder, program: program).text == "teaser  Night\n")
    #expect(try Program.run(["render", "teaser"], in: folder, program: program).status == 0)
    #expect(folder.contents == ["teaser.png"])
    let missing = try Program.run(["render", "taeser"], in: folder, program: program)
    #expect(missing.status == 66)
    #expect(missing.messages == "error: there is no file 'taeser'\nhint: did you mean 'teaser'?\n")
    // A file of that name goes before.
    try folder.write(Sample.wrong, to: "teaser")
    #expect(try Program.run(["render", "teaser"], in: folder, program: program).status == 65)
  }
}
