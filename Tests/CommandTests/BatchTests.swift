import Foundation
import Testing

@Suite("Batch")
struct BatchTests {
  @Test(arguments: [1, 2, 5]) func goesOnAfterFailures(_ jobs: Int) throws {
    let folder = try Folder([
      "in/a.yaml": Sample.plain, "in/b.yaml": Sample.wrong, "in/c.yaml": Sample.plain,
      "in/_part.yaml": "no preset",
      "in/notes.txt": "", "in/deeper/d.yaml": Sample.plain, "e.yaml": Sample.plain,
    ])
    let result = try Program.run(
      ["batch", "in", "nothing.yaml", "e.yaml", "-o", "out/pictures", "--jobs", "\(jobs)"], in: folder)
    #expect(result.status == 65)
    #expect(
      folder.contents.filter { $0.hasPrefix("out") } == [
        "out", "out/pictures", "out/pictures/a.png", "out/pictures/c.png", "out/pictures/e.png",
      ])
    // All failures at the end, after the pictures.
    let lines = result.messages.split(separator: "\n").map(String.init)
    #expect(lines.prefix(3).allSatisfy { $0.hasPrefix("out/pictures/") })
    #expect(lines.dropFirst(3).first == "error: there is no file 'nothing.yaml'")
    #expect(lines.contains("3 errors in in/b.yaml"))
    #expect(lines.last == "2 of 5 failed")
    #expect(try folder.data("out/pictures/a.png").isEmpty == false)
  }

  @Test func samePicturesAsOneByOne() throws {
    let folder = try Folder(["in/a.yaml": Sample.plain, "in/b.yaml": PictureTests.rich])
    #expect(
      try Program.run(["batch", "in", "-o", "out", "--jobs", "2", "--threads", "4"], in: folder).status == 0)
    for name in ["a", "b"] {
      #expect(try Program.run(["render", "in/\(name).yaml"], in: folder).status == 0)
      #expect(try folder.data("out/\(name).png") == folder.data("\(name).png"))
    }
  }

  @Test func aFileNamedTwiceIsRenderedOnce() throws {
    let folder = try Folder(["in/a.yaml": Sample.plain])
    let result = try Program.run(["batch", "in", "in/a.yaml", "./in/../in/a.yaml", "-o", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.messages.split(separator: "\n").count == 1)
  }

  @Test func sameNamesAreFoundBeforehand() throws {
    let folder = try Folder(["in/a.yaml": Sample.plain, "other/a.yaml": Sample.plain])
    let result = try Program.run(["batch", "in", "other", "-o", "out"], in: folder)
    #expect(result.status == 64)
    #expect(!folder.contents.contains("out"))
  }

  @Test func oneObjectPerPicture() throws {
    let folder = try Folder(["in/a.yaml": Sample.plain, "in/b.yaml": Sample.wrong, "in/c.yaml": Sample.plain])
    let result = try Program.run(["batch", "in", "-o", "out", "--json"], in: folder)
    #expect(result.status == 65)
    #expect(result.messages == "")
    let objects = try result.objects
    #expect(
      objects.filter { $0["width"] != nil }.map { $0["file"] as? String } == ["out/a.png", "out/c.png"])
    #expect(
      objects.filter { $0["severity"] as? String == "error" }.map { $0["file"] as? String }
        == Array(repeating: "in/b.yaml", count: 3))
  }

  @Test func anOutputThatCannotBeWritten() throws {
    let folder = try Folder(["in/a.yaml": Sample.plain, "in/b.yaml": Sample.plain, "out/a.png/file": ""])
    let result = try Program.run(["batch", "in", "-o", "out"], in: folder)
    #expect(result.status == 74)
    #expect(result.messages.contains("cannot create out/a.png: Is a directory"))
    #expect(try folder.picture("out/b.png").width == 60)
  }
}
