import Foundation
import Markup
import PNGCodec
import Raster
import Testing

@testable import Onesheet

/// Drawings that presets take outlines from.
@Suite struct DrawingTests {
  /// A folder with a drawing, and presets in it.
  struct Studio {
    let folder: URL

    init(_ drawing: String, named name: String = "city.svg") throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try write(drawing, named: name)
    }

    func write(_ text: String, named name: String) throws {
      try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    func preset(_ layer: String, overrides: [String] = []) throws -> Preset {
      try write("onesheet: 1\ncanvas: {size: 90x120}\nlayers:\n\(layer)\n", named: "p.yaml")
      var options = Preset.Options()
      options.resources = PresetMistakesTests.resources
      options.overrides = overrides.compactMap { Override($0) }
      return try Preset(path: folder.appendingPathComponent("p.yaml").path, options: options)
    }

    func pixels(_ layer: String) throws -> [UInt8] {
      // The recipe differs, the picture must not.
      let image = try PNGImage.read(bytes: preset(layer).render().pngData())
      return (0..<image.height).flatMap { y in
        (0..<image.width).flatMap { x in image[x, y].map { [UInt8($0.red >> 8), UInt8($0.green >> 8)] } ?? []
        }
      }
    }

    func complaint(_ layer: String) -> String {
      do {
        try preset(layer).check()
        return ""
      } catch let problems as Diagnostics {
        return problems.rendered.replacingOccurrences(of: folder.path + "/", with: "")
      } catch {
        return "\(error)"
      }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
  }

  private static let data = "M10 110L20 30h12l4-14 4 14h20v40c9 4 3 40 20 40z M24 50v20h8v-20z"
  private static let city = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120">
      <title>A city</title>
      <g id="all"><path id="towers" d="\(data)"/></g>
      <rect id="moon" x="30" y="10" width="20" height="20"/>
      <text id="name">CITY</text>
    </svg>
    """

  @Test(
    "a path moved into a file changes no pixel",
    arguments: [
      ("", "view: [0, 0, 90, 120], height: 1"), ("height: 0.4, at: [0.3, 0.6]", "view: [0, 0, 90, 120]"),
      ("view: bounds, width: 0.7, rotate: 20", "height: 120"),
      ("rule: evenodd, rotate: 9", "view: [0, 0, 90, 120], height: 1"),
      ("view: [10, 10, 50, 50], height: 0.6", ""),
      ("anchor: origin, at: [0, 0]", "view: [0, 0, 90, 120], height: 1"),
      (
        "stroke: {gradient: linear, stops: {0: red, 1: lime}}, stroke-width: 0.01",
        "view: [0, 0, 90, 120], height: 1"
      ),
    ])
  func samePixels(_ settings: String, _ more: String) throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    func layer(_ shape: String, _ keys: [String]) -> String {
      // What the first says goes before what only path data need.
      let keys = keys.filter { !$0.isEmpty }
      return "  - {shape: \(shape)\(keys.map { ", " + $0 }.joined())}"
    }
    let extra = more == "height: 120" ? "" : more
    let inline = layer(
      "\"\(Self.data)\"", [settings.replacingOccurrences(of: "view: bounds, ", with: ""), extra])
    let file = try studio.pixels(layer("city.svg#towers", [settings]))
    #expect(file == (try studio.pixels(inline)))
    #expect(Set(file).count > 3, "something is drawn")
    #expect(file == (try studio.pixels(layer("./city.svg#all", [settings]))))
  }

  @Test("masks, neon and cards take drawings") func everywhere() throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    for (drawing, data) in [
      (
        "  - {solid: red, mask: {shape: city.svg#moon}}",
        "  - {solid: red, mask: {shape: M30 10h20v20h-20z, view: [0, 0, 90, 120], height: 1}}"
      ),
      (
        "  - {neon: \"\", path: city.svg#moon, size: 0.3, halo: 0}",
        "  - {neon: \"\", path: \"M.25 .0833333333333333H.416666666666667V.25H.25z\", size: 0.3, halo: 0}"
      ),
      (
        "  - {set: empty, props: [{card: , shape: city.svg#towers, height: 4, color: white}]}",
        "  - {set: empty, props: [{card: , shape: \"\(Self.data)\", height: 4, color: white}]}"
      ),
    ] {
      let (a, b) = (try studio.pixels(drawing), try studio.pixels(data))
      #expect(Set(a).count > 1, "\(drawing) draws something")
      #expect(zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(drawing)")
    }
  }

  @Test(
    "mistakes are told with their place",
    arguments: [
      (
        "  - shape: city.svg#tower",
        """
        p.yaml:4:12: error: 'city.svg' has no part 'tower'
          - shape: city.svg#tower
                   ^~~~~~~~~~~~~~
        hint: did you mean 'towers'?
        """
      ),
      (
        "  - shape: city.svg#xyz",
        """
        p.yaml:4:12: error: 'city.svg' has no part 'xyz'
          - shape: city.svg#xyz
                   ^~~~~~~~~~~~
        hint: its parts: all, towers, moon
        """
      ),
      (
        "  - shape: city.svg#name",
        """
        city.svg:5:3: error: 'name' is a 'text', which has no outline
          <text id="name">CITY</text>
          ^
        """
      ),
      (
        "  - shape: city.svg",
        """
        city.svg:5:3: error: 'name' is a text, which has no outline here
          <text id="name">CITY</text>
          ^
        hint: make it a path (in Inkscape: Path, Object to Path), or set it in the preset
        """
      ),
      (
        "  - shape: cities.svg",
        """
        p.yaml:4:12: error: there is no file 'cities.svg'
          - shape: cities.svg
                   ^~~~~~~~~~
        """
      ),
      (
        "  - shape: city.png",
        """
        p.yaml:4:12: error: 'city.png' is neither a figure nor a drawing
          - shape: city.png
                   ^~~~~~~~
        hint: drawings are SVG files: skyline.svg, or skyline.svg#towers for a part
        """
      ),
      (
        "  - {shape: city.svg#moon, radius: 0.1}",
        """
        p.yaml:4:36: error: 'radius' means nothing to city.svg#moon
          - {shape: city.svg#moon, radius: 0.1}
                                           ^~~
        hint: it is for rectangle
        """
      ),
      (
        "  - {shape: M0 0h1v1z, view: sheet}",
        """
        p.yaml:4:30: error: there is no sheet: path data has no viewBox, and no width and height
          - {shape: M0 0h1v1z, view: sheet}
                                     ^~~~~
        hint: give a view [x, y, width, height]
        """
      ),
      (
        "  - {shape: /etc/passwd.svg}",
        """
        p.yaml:4:13: error: there is no file '/etc/passwd.svg'
          - {shape: /etc/passwd.svg}
                    ^~~~~~~~~~~~~~~
        """
      ),
    ])
  func mistakes(_ layer: String, _ told: String) throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    #expect(studio.complaint(layer) == told)
  }

  @Test("a file outside of what the preset may read is not read") func outside() throws {
    let studio = try Studio("<svg/>")
    defer { studio.remove() }
    let other = try Studio(Self.city)
    defer { other.remove() }
    try FileManager.default.createSymbolicLink(
      at: studio.folder.appendingPathComponent("link.svg"),
      withDestinationURL: other.folder.appendingPathComponent("city.svg"))
    for path in [other.folder.path + "/city.svg", "link.svg"] {
      #expect(studio.complaint("  - shape: \(path)").contains("outside the folders"), "\(path)")
    }
  }

  @Test("a frame is not finished where its drawing has changed") func finished() throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    let layer = "  - shape: city.svg#towers"
    let file = studio.folder.appendingPathComponent("p.png").path
    let preset = try studio.preset(layer)
    try preset.render().write(to: file)
    func isFinished() throws -> Bool {
      try studio.preset(layer).isFinished(file, time: preset.still, encoding: Picture.Encoding())
    }
    #expect(try isFinished())
    try studio.write(Self.city.replacingOccurrences(of: "L20 30", with: "L20 31"), named: "city.svg")
    #expect(try !isFinished())
    try studio.write(Self.city, named: "city.svg")
    #expect(try isFinished())
  }

  @Test("--set takes a drawing") func overrides() throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    try FileManager.default.copyItem(
      at: studio.folder.appendingPathComponent("city.svg"), to: studio.folder.appendingPathComponent("b.svg"))
    _ = try studio.preset("  - shape: ellipse", overrides: ["shape=b.svg#moon", "shape.view=bounds"])
  }

  @Test("places and lengths may be sums") func sums() throws {
    let studio = try Studio(Self.city)
    defer { studio.remove() }
    #expect(
      try studio.pixels("  - {shape: ellipse, height: 0.5h - 6px + 0.1w, at: [0.5w - 0.25h, 0.5]}")
        == studio.pixels("  - {shape: ellipse, height: 0.525, at: [0.16666666666666669, 0.5]}"))
    #expect(studio.complaint("  - {shape: ellipse, at: [0.5w - 0.2x, 0.5]}").contains("not a unit"))
    #expect(studio.complaint("  - {shape: ellipse, at: [0.5w - , 0.5]}").contains("error"))
  }
}
