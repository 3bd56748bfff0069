import Foundation
import Testing

@Suite("Sequence") struct SequenceTests {
  static let moving = """
    onesheet: 1
    canvas: {size: 24x16}
    duration: 1
    loop: true
    fps: 6
    layers:
      - {solid: white, opacity: {wave: {low: 0, high: 1, period: 1}}}
    effects: [grain]
    """

  @Test func framesRenderInAnyOrderAndAlone() throws {
    let folder = try Folder(["m.yaml": Self.moving])
    #expect(
      try Program.run(["sequence", "m.yaml", "-o", "a/b/f-###.png", "--jobs", "3"], in: folder).status == 0)
    let names = folder.contents.filter { $0.hasSuffix(".png") }
    #expect(names == (0..<6).map { "a/b/f-00\($0).png" })
    #expect(
      try Program.run(["sequence", "m.yaml", "-o", "one/#.png", "--from", "0.5", "--to", "0.6"], in: folder)
        .status
        == 0)
    #expect(folder.contents.filter { $0.hasPrefix("one/") } == ["one/3.png"])
    #expect(try folder.data("one/3.png") == folder.data("a/b/f-003.png"))
    #expect(try Program.run(["render", "m.yaml", "--time", "0.5", "-o", "r.png"], in: folder).status == 0)
    #expect(try folder.data("r.png") == folder.data("a/b/f-003.png"))
    #expect(try folder.data("a/b/f-002.png") != folder.data("a/b/f-003.png"))
  }

  @Test func whatIsThereIsNotRenderedAgain() throws {
    let folder = try Folder(["m.yaml": Self.moving])
    let arguments = ["sequence", "m.yaml", "-o", "f#.png"]
    #expect(try Program.run(arguments, in: folder).status == 0)
    let whole = try folder.data("f2.png")
    // One is missing, one is cut off.
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("f1.png"))
    try whole.prefix(whole.count - 9).write(to: folder.url.appendingPathComponent("f2.png"))
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 0)
    let lines = result.messages.split(separator: "\n")
    #expect(lines.first == "4 of 6 frames are there already")
    #expect(lines.count == 3)
    #expect(try folder.data("f2.png") == whole)
    #expect(
      try Program.run(arguments + ["--set", "grain=0.9"], in: folder).messages.contains("already") == false)
    #expect(
      try Program.run(arguments + ["--set", "grain=0.9", "--again"], in: folder).messages.split(
        separator: "\n"
      ).count
        == 6)
  }

  @Test func videoAndAnimation() throws {
    let folder = try Folder(["m.yaml": Self.moving])
    let video = try Program.run(["sequence", "m.yaml", "-o", "-", "-q"], in: folder)
    #expect(video.status == 0)
    let head = "YUV4MPEG2 W24 H16 F6:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n"
    #expect(video.output.count == head.utf8.count + 6 * (6 + 3 * 24 * 16))
    #expect(try Program.run(["sequence", "m.yaml", "-o", "m.y4m", "-q"], in: folder).status == 0)
    #expect(try folder.data("m.y4m") == video.output)
    #expect(try Program.run(["sequence", "m.yaml", "-o", "m.apng", "--loop"], in: folder).status == 0)
    #expect(try folder.picture("m.apng").size == "24x16")
  }

  @Test func aSeamIsFound() throws {
    let jumping = Self.moving.replacingOccurrences(
      of: "{wave: {low: 0, high: 1, period: 1}}", with: "{keys: {0: 0, 1: 1}}")
    let folder = try Folder(["j.yaml": jumping, "m.yaml": Self.moving])
    let seam = try Program.run(["sequence", "j.yaml", "-o", "#.png", "--fps", "12", "--loop"], in: folder)
    #expect(seam.status == 1)
    #expect(seam.messages.contains("it can be seen"), "\(seam.messages)")
    let none = try Program.run(["sequence", "m.yaml", "-o", "m#.png", "--fps", "24", "--loop"], in: folder)
    #expect(none.status == 0)
    #expect(none.messages.contains("frame 24 is frame 0, byte for byte"), "\(none.messages)")
  }

  @Test(arguments: [
    (["-o", "x.png"], "does not say what to write"), (["-o", "a#b#.png"], "one run of '#'"),
    (["-o", "f##.jpg"], "let 'f##.jpg' end in '.png'"), (["-o", "#.png", "--time", "1"], "no '--time'"),
    (["-o", "#.png", "--from", "1", "--to", "0.5"], "ends before it begins"),
    (["-o", "#.png", "--to", "0.5", "--loop"], "all of it"),
    (["-o", "m.apng", "--jobs", "2"], "files of their own"),
    (["-o", "-", "--json"], "cannot both"),
  ])
  func wrongUse(_ arguments: [String], _ told: String) throws {
    let folder = try Folder(["m.yaml": Self.moving])
    let result = try Program.run(["sequence", "m.yaml"] + arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.messages.contains(told), "\(result.messages)")
    #expect(folder.contents == ["m.yaml"])
  }
}
