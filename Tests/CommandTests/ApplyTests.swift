import Foundation
import PNGCodec
import Testing

@Suite("Effects on photos")
struct ApplyTests {
  /// A folder with `photo.png` in it, 60 × 40 pixels.
  private static func folder(_ files: [String: String] = [:]) throws -> Folder {
    let folder = try Folder(["plain.yaml": Sample.plain].merging(files) { $1 })
    #expect(try Program.run(["render", "plain.yaml", "-o", "photo.png", "-q"], in: folder).status == 0)
    return folder
  }

  @Test func writesAPicture() throws {
    let folder = try Self.folder()
    let result = try Program.run(
      ["apply", "photo.png", "-o", "out.png", "--effect", "vignette: 0.8", "--effect", "grain"], in: folder)
    #expect(result.status == 0)
    #expect(result.messages.wholeMatch(of: /out\.png  60 × 40  \d+\.\d\d s\n/) != nil, "\(result.messages)")
    #expect(try folder.picture("out.png").size == "60x40")
    #expect(try folder.data("out.png") != folder.data("photo.png"))
  }

  @Test("into a folder, in place, as JSON, and through pipes") func outputs() throws {
    let folder = try Self.folder()
    let before = try folder.data("photo.png")
    #expect(
      try Program.run(["apply", "photo.png", "-o", "out/", "--effect", "tone"], in: folder).status == 74)
    try folder.write("", to: "out/other")
    #expect(
      try Program.run(["apply", "photo.png", "-o", "out", "--effect", "tone", "-q"], in: folder).status == 0)
    #expect(try folder.picture("out/photo.png").size == "60x40")
    let json = try Program.run(
      ["apply", "photo.png", "-o", "photo.png", "--effect", "vignette", "--json", "--seed", "9"], in: folder)
    let record = try #require(try json.objects.first)
    #expect(record["photo"] as? String == "photo.png" && record["seed"] as? Int == 9)
    #expect(try folder.data("photo.png") != before)
    #expect(folder.contents == ["out", "out/other", "out/photo.png", "photo.png", "plain.yaml"])
    let piped = try Program.run(["apply", "photo.png", "-o", "-", "--effect", "grain"], in: folder)
    #expect(piped.status == 0 && piped.output.starts(with: [0x89, 0x50, 0x4e, 0x47]))
  }

  @Test("a picture that fails leaves the file as it was") func failure() throws {
    let folder = try Self.folder(["out.png": "before"])
    let result = try Program.run(
      ["apply", "photo.png", "-o", "out.png", "--effect", "vignette", "--region", "50,0,20,20"], in: folder)
    #expect(result.status == 64)
    #expect(String(decoding: try folder.data("out.png"), as: UTF8.self) == "before")
    #expect(folder.contents == ["out.png", "photo.png", "plain.yaml"])
  }

  @Test("depth, alpha and moments") func options() throws {
    let folder = try Self.folder()
    for (arguments, depth) in [([], 8), (["--bits", "16"], 16), (["--bit-depth", "16"], 16)]
      as [([String], Int)]
    {
      let result = try Program.run(
        ["apply", "photo.png", "-o", "out.png", "--effect", "grain: 0.5"] + arguments, in: folder)
      #expect(result.status == 0)
      #expect(try folder.picture("out.png").depth.rawValue == depth)
    }
    func grain(_ arguments: [String]) throws -> Data {
      _ = try Program.run(
        ["apply", "photo.png", "-o", "g.png", "--effect", "grain: 0.5"] + arguments, in: folder)
      return try folder.data("g.png")
    }
    let one = try grain([])
    #expect(try one == grain(["--threads", "1"]))
    #expect(try one != grain(["--time", "2"]))
    #expect(try one != grain(["--seed", "2"]))
  }

  @Test func chains() throws {
    let folder = try Self.folder([
      "look.yaml": Sample.plain, "none.yaml": "onesheet: 1\nlayers: [{solid: red}]\n",
    ])
    let base = ["apply", "photo.png", "-o", "out.png", "--chain"]
    #expect(try Program.run(base + ["look.yaml"], in: folder).status == 0)
    let one = try folder.picture("out.png")
    #expect(
      try Program.run(base + ["look.yaml", "--disable", "grain", "--set", "vignette=1"], in: folder).status
        == 0)
    #expect(try folder.picture("out.png")[0, 0] != one[0, 0])
    let none = try Program.run(base + ["none.yaml"], in: folder)
    #expect(none.status == 65 && none.messages.contains("has no effects"))
    #expect(try Program.run(base + ["missing.yaml"], in: folder).status == 66)
    let replaced = try Program.run(
      ["apply", "photo.png", "-o", "look.yaml", "--chain", "look.yaml"], in: folder)
    #expect(replaced.status == 64)
    #expect(String(decoding: try folder.data("look.yaml"), as: UTF8.self) == Sample.plain)
  }

  @Test("what is wrong, and with which exit code") func mistakes() throws {
    let folder = try Self.folder(["text.png": "no picture"])
    func run(_ photo: String, _ rest: String...) throws -> Program.Result {
      try Program.run(["apply", photo, "-o", "out.png"] + rest, in: folder)
    }
    let item = try run("photo.png", "--effect", "vhs: epp, trackin: 0.4")
    #expect(item.status == 65)
    #expect(
      item.messages == """
        --effect:1:6: error: 'epp' is not one of sp, lp, ep
        vhs: epp, trackin: 0.4
             ^~~
        hint: did you mean 'ep'?
        --effect:1:11: error: 'vhs' has no parameter 'trackin'
        vhs: epp, trackin: 0.4
                  ^~~~~~~
        hint: did you mean 'tracking'?
        2 errors in --effect

        """)
    let missing = try run("nothing.png", "--effect", "tone")
    #expect(missing.status == 66)
    #expect(missing.messages == "error: cannot read nothing.png: No such file or directory\n")
    let text = try run("text.png", "--effect", "tone")
    #expect(text.status == 65)
    #expect(text.messages == "error: text.png: neither a PNG nor a JPEG file\n")
    #expect(try run("photo.png").status == 64)
    #expect(
      try Program.run(["apply", "photo.png", "-o", "out.jpg", "--effect", "tone"], in: folder).status == 64)
    #expect(folder.contents == ["photo.png", "plain.yaml", "text.png"])
  }
}
