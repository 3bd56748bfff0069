import Catalog
import Outline
import Raster
import Testing

@testable import Layers

@Suite struct ShapeTests {
  @Test("pixels inside have exactly the color, however bright") func exactColor() throws {
    let picture = try Drawing.draw(
      Shape.self, ["shape": "rectangle", "width": "0.5", "height": "0.5", "fill": "'#ff2e88 * 8'"],
      in: Drawing.context(40, 20))
    let pink = LinearColor(coded: 1, Double(0x2e) / 255, Double(0x88) / 255) * 8
    for (x, y) in [(10, 5), (20, 10), (29, 14)] {
      #expect(picture[x, y] == SIMD4(Float(pink.red), Float(pink.green), Float(pink.blue), 1))
    }
    #expect(picture[9, 5] == .zero)
    #expect(picture[30, 14] == .zero)
    #expect(picture.area == 200)
  }

  @Test("a translucent color is premultiplied") func translucent() throws {
    let picture = try Drawing.draw(
      Shape.self, ["shape": "rectangle", "fill": "'#ffffff80'"], in: Drawing.context(20, 20))
    #expect(picture[10, 10] == SIMD4(repeating: Float(Double(0x80) / 255)))
  }

  @Test(
    "the coverage adds up to the area",
    arguments: [
      (["shape": "rectangle", "width": "0.31", "height": "0.427"], 0.31 * 0.427),
      (["shape": "rectangle", "height": "0.5", "radius": "0.1"], 0.25 - (4 - .pi) * 0.01),
      (["shape": "rectangle", "height": "0.5", "radius": "[0.1, 0, 0.2, 0]"], 0.25 - (1 - .pi / 4) * 0.05),
      (["shape": "ellipse", "width": "0.8", "height": "0.3"], .pi * 0.4 * 0.15),
      (["shape": "polygon", "points": "4", "height": "0.6"], 0.18),
      // Ten triangles with two sides and the angle between them.
      (["shape": "star", "height": "0.8", "inner": "0.4"], 10 * 0.5 * 0.4 * 0.16 * 0.587_785_252_292_473_1),
      (["shape": "ring", "height": "0.8", "inner": "0.5"], .pi * (0.16 - 0.04)),
      (["shape": "rays", "height": "0.8", "inner": "0.5", "duty": "0.25"], .pi * (0.16 - 0.04) * 0.25),
      (["shape": "rays", "height": "0.8", "count": "3", "phase": "0.4"], .pi * 0.16 * 0.5),
      (["shape": "gear", "height": "0.8", "teeth": "0", "inner": "0.5"], .pi * (0.16 - 0.04)),
      (["shape": "M.1 .1H.4V.5H.1zM.2 .2V.3H.3V.2z"], 0.12 - 0.01),
      (["shape": "M.1 .1H.4V.5H.1zM.2 .2H.3V.3H.2z"], 0.12),
      (["shape": "M.1 .1H.4V.5H.1zM.2 .2H.3V.3H.2z", "rule": "evenodd"], 0.12 - 0.01),
      (["shape": "M.1 .1H.6", "stroke": "red", "stroke-width": "0.05"], 0.5 * 0.05),
      (["shape": "M.1 .1H.6", "stroke": "red", "stroke-width": "0.05", "cap": "square"], 0.55 * 0.05),
      (["shape": "M.1 .1H.6", "stroke": "red", "stroke-width": "0.05", "dashes": "0.1"], 0.3 * 0.05),
      (
        [
          "shape": "M.1 .1H.6", "stroke": "red", "stroke-width": "0.05", "dashes": "[0.1, 0.1]",
          "dash-offset": "0.1",
        ], 0.2 * 0.05
      ),
      (["shape": "rectangle", "stroke": "red", "stroke-width": "0.1", "height": "0.4"], 0.25 - 0.09),
      (
        ["shape": "rectangle", "stroke": "red", "stroke-width": "0.1", "height": "0.4", "join": "bevel"],
        0.25 - 0.09 - 4 * 0.5 * 0.05 * 0.05
      ),
      (
        ["shape": "rectangle", "stroke": "red", "stroke-width": "0.1", "height": "0.4", "join": "round"],
        0.25 - 0.09 - (4 - .pi) * 0.05 * 0.05
      ),
      (["shape": "M0 0H200V50H0z", "view": "[0, 0, 200, 100]", "height": "0.4"], 0.8 * 0.2),
      (["shape": "M0 0H200V50H0z", "width": "0.3"], 0.3 * 0.075),
      (["shape": "M0 0H200V50H0z", "width": "0.3", "height": "0.5"], 0.15),
    ] as [(KeyValuePairs<String, String>, Double)])
  func area(_ settings: KeyValuePairs<String, String>, _ expected: Double) throws {
    let size = 96
    for angle in [0.0, 33] {
      let context = Drawing.context(size, size) { $0.rotate = angle }
      let area = try Drawing.draw(Shape.self, settings, in: context).area / Double(size * size)
      // Bézier circles and flattened curves are true to three thousandths.
      #expect(abs(area - expected) < 0.003 * expected, "\(area) against \(expected) at \(angle)°")
    }
  }

  @Test("a quarter turn moves pixels and changes none") func quarterTurn() throws {
    let settings: KeyValuePairs = [
      "shape": "M0 0 L.5 .1 C.6 .3 .2 .5 .45 .62 L.07 .4z", "fill": "orange", "stroke": "blue",
      "stroke-width": "0.03",
    ]
    let size = 48
    let upright = try Drawing.draw(Shape.self, settings, in: Drawing.context(size, size))
    let turned = try Drawing.draw(Shape.self, settings, in: Drawing.context(size, size) { $0.rotate = 90 })
    #expect(upright.area > 100)
    for y in 0..<size {
      for x in 0..<size {
        #expect(turned[size - 1 - y, x].distance(to: upright[x, y]) < 2e-6, "\(x), \(y)")
      }
    }
  }

  @Test("the origin of path data can lie at the trim's top left") func origin() throws {
    let picture = try Drawing.draw(
      Shape.self, ["shape": "M0.1 0.2H0.3V0.4H0.1z"],
      in: Drawing.context(80, 40, bleed: 5) {
        $0.at = Point(0, 0)
        $0.anchor = .named(.origin)
      })
    // Shares of the height, x and y alike, beyond the bleed.
    for y in picture.bounds.rows {
      for x in picture.bounds.columns {
        let isInside = (9..<17).contains(x) && (13..<21).contains(y)
        #expect(abs(picture[x, y].w - (isInside ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test(
    "a gradient over a rectangle of the picture's size is the gradient layer",
    arguments: ["linear", "radial", "conic"])
  func gradientFill(_ form: String) throws {
    let stops = "{0: red, 0.3: '#00ff0080', 1: blue}"
    let shape = try Drawing.draw(
      Shape.self,
      [
        "shape": "rectangle", "width": "1", "height": "1",
        "fill": "{gradient: \(form), stops: \(stops), angle: 25}",
      ],
      in: Drawing.context(30, 20))
    // A gradient as a fill ends at half the larger side.
    let layer = try Drawing.draw(
      Gradient.self, ["gradient": form, "stops": stops, "angle": "25", "radius": "0.75"],
      in: Drawing.context(30, 20))
    #expect(shape.difference(layer) < 1e-6)
  }

  @Test("a gradient turns with its shape") func gradientTurns() throws {
    let angle = 30.0
    let picture = try Drawing.draw(
      Shape.self,
      [
        "shape": "rectangle", "width": "0.6", "height": "0.4",
        "fill": "{gradient: linear, angle: 0, space: linear, stops: {0: black, 1: white}}",
      ], in: Drawing.context(50, 50) { $0.rotate = angle })
    // cos 30° and sin 30°.
    let (c, s) = (0.866_025_403_784_438_6, 0.5)
    for (dx, dy) in [(0.0, 0.0), (8, 3), (-7, -6), (3, 7)] {
      let (x, y) = (25 + dx + 0.5 - 25, 25 + dy + 0.5 - 25)
      let t = 0.5 + (x * c + y * s) / 30
      #expect(abs(Double(picture[25 + Int(dx), 25 + Int(dy)].x) - t) < 1e-5)
    }
  }

  @Test("the stroke lies over the fill, half inside") func strokeOverFill() throws {
    let picture = try Drawing.draw(
      Shape.self,
      ["shape": "rectangle", "height": "0.5", "fill": "red", "stroke": "blue", "stroke-width": "0.2"],
      in: Drawing.context(40, 40))
    #expect(picture[20, 20] == SIMD4(1, 0, 0, 1))
    #expect(picture[7, 20] == SIMD4(0, 0, 1, 1))
    #expect(picture[13, 20] == SIMD4(0, 0, 1, 1))
    #expect(picture[14, 20] == SIMD4(1, 0, 0, 1))
    #expect(picture[5, 20] == .zero)
  }

  @Test("where a run of pixels starts changes no bit") func runs() throws {
    let conic = "{gradient: conic, stops: {0: red, 1: blue}}"
    let hard = "{gradient: linear, angle: 10, stops: [[0.5, red], [0.5, blue]]}"
    for fill in ["pink", conic, hard] {
      let star = try Drawing.layer(
        Shape.self, ["shape": "star", "height": "0.8", "fill": fill, "stroke": hard, "stroke-width": "0.05"])
      try Drawing.expectRunsAgree(
        star,
        in: Drawing.context(50, 40, bleed: 3) {
          $0.rotate = 17
          $0.scale = Point(1.2, 0.7)
        })
    }
  }

  @Test("threads change no bit") func threads() throws {
    let settings: KeyValuePairs = ["shape": "rays", "height": "1", "phase": "0.3", "stroke": "red"]
    let one = try Drawing.draw(Shape.self, settings, in: Drawing.context(60, 200))
    let four = try Drawing.draw(Shape.self, settings, in: Drawing.context(60, 200, threads: 4))
    #expect(one.pixels == four.pixels)
  }

  @Test("sparse shapes ask for few pixels") func extents() throws {
    let line = try Drawing.layer(Shape.self, ["shape": "M0 0L1 1", "stroke": "red", "stroke-width": "0.01"])
    let painter = try line.prepare(in: Drawing.context(100, 100))
    for y in 0..<100 { #expect((painter.extent(ofRow: y)?.count ?? 0) <= 4) }
  }

  @Test("whole steps of phase change nothing") func phase() throws {
    let a = try Drawing.draw(Shape.self, ["shape": "rays", "phase": "0.25"], in: Drawing.context(40, 40))
    let b = try Drawing.draw(Shape.self, ["shape": "rays", "phase": "-6.75"], in: Drawing.context(40, 40))
    let c = try Drawing.draw(Shape.self, ["shape": "rays", "phase": "0.75"], in: Drawing.context(40, 40))
    #expect(a.pixels == b.pixels)
    #expect(a.difference(c) > 0.5)
  }

  @Test(
    "what a figure does not have is complained of",
    arguments: [
      (["shape": "ellipse", "points": "5"], ["points"]),
      (["shape": "polygon", "points": "2"], ["points"]),
      (["shape": "star", "radius": "0.1"], ["radius"]),
      (["shape": "rectangle", "inner": "0.1", "teeth": "4"], ["inner", "teeth"]),
      (["shape": "ring", "count": "4", "duty": "0.4", "phase": "0"], ["count", "duty", "phase"]),
      (["shape": "ring", "view": "[0, 0, 1, 1]", "rule": "evenodd"], ["view", "rule"]),
      (["shape": "M0 0H1V1z", "radius": "0.1"], ["radius"]),
      (["shape": "M0 0H1V1z", "view": "[0, 0, 0, 1]"], ["view"]),
      (["shape": "M0 0H1", "height": "0.4"], ["height"]),
      (["shape": "M0 0V1", "width": "0.4"], ["width"]),
      (["shape": "ellipse", "stroke-width": "0.1", "cap": "round"], ["stroke-width", "cap"]),
      (["shape": "ellipse", "stroke": "red", "dash-offset": "0.1"], ["dash-offset"]),
    ] as [(KeyValuePairs<String, String>, [String?])])
  func complaints(_ settings: KeyValuePairs<String, String>, _ expected: [String?]) throws {
    #expect(Drawing.complaints(try Drawing.layer(Shape.self, settings)) == expected)
  }

  @Test(
    "texts that are neither figures nor paths are refused",
    arguments: ["moon", "M0 0 L 1", "M", "L 0 0", "''", "[1]"])
  func refused(_ text: String) {
    #expect(Shape().setting("shape", to: text, geometry: Geometry(trimWidth: 10, trimHeight: 10)) == nil)
  }

  @Test("what is too large, too small or flat draws without harm") func extremes() throws {
    let cases: [KeyValuePairs<String, String>] = [
      ["shape": "ellipse", "height": "100"], ["shape": "ellipse", "height": "0"],
      ["shape": "M-1e300 0L1e300 1e300L0 1z"], ["shape": "M0 0", "stroke": "red", "cap": "round"],
      ["shape": "star", "stroke": "red", "stroke-width": "10", "dashes": "[0, 0]"],
      ["shape": "M0 0H1e9", "stroke": "red", "dashes": "0.0000001"],
    ]
    for settings in cases {
      for scale in [Point(1, 1), Point(0, 1), Point(1000, -1000), Point(1e-9, 1e-9)] {
        let picture = try Drawing.draw(Shape.self, settings, in: Drawing.context(20, 20) { $0.scale = scale })
        #expect(picture.pixels.allSatisfy { $0.w >= 0 && $0.w <= 1 })
      }
    }
    let wide = try Drawing.draw(
      Shape.self, ["shape": "ellipse", "height": "100"], in: Drawing.context(20, 20))
    #expect(wide.area == 400)
  }
}
