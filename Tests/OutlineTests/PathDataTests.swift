import Raster
import Testing

@testable import Outline

private func m(_ x: Double, _ y: Double) -> Path.Element { .move(Point(x, y)) }
private func l(_ x: Double, _ y: Double) -> Path.Element { .line(Point(x, y)) }

@Suite struct PathDataTests {
  @Test(
    arguments: [
      ("", []),
      (" \n\t", []),
      ("M1 2", [m(1, 2)]),
      ("m1 2 3 4", [m(1, 2), l(4, 6)]),
      ("M1,2 3,4-5.5.5", [m(1, 2), l(3, 4), l(-5.5, 0.5)]),
      ("M1 2L3 4 5 6", [m(1, 2), l(3, 4), l(5, 6)]),
      ("M0 0h1 2v3-1H.5V1e1", [m(0, 0), l(1, 0), l(3, 0), l(3, 3), l(3, 2), l(0.5, 2), l(0.5, 10)]),
      ("M1 1zl1 1", [m(1, 1), .close, m(1, 1), l(2, 2)]),
      ("M1 1h5zm1 1h1", [m(1, 1), l(6, 1), .close, m(2, 2), l(3, 2)]),
      ("M1 1Z m 1 1 Z", [m(1, 1), .close, m(2, 2), .close]),
      (
        "M0 0C1 2 3 4 5 6S8 9 10 11",
        [
          m(0, 0), .cubic(Point(1, 2), Point(3, 4), Point(5, 6)),
          .cubic(Point(7, 8), Point(8, 9), Point(10, 11)),
        ]
      ),
      ("M1 1S2 2 3 3", [m(1, 1), .cubic(Point(1, 1), Point(2, 2), Point(3, 3))]),
      (
        "M0 0q1 2 3 0t3 0 3 0",
        [
          m(0, 0), .quad(Point(1, 2), Point(3, 0)), .quad(Point(5, -2), Point(6, 0)),
          .quad(Point(7, 2), Point(9, 0)),
        ]
      ),
      (
        "M0 0Q1 2 3 0S4 4 5 5",
        [m(0, 0), .quad(Point(1, 2), Point(3, 0)), .cubic(Point(3, 0), Point(4, 4), Point(5, 5))]
      ),
      ("M1e2-1E-1+.5e+1 4.", [m(100, -0.1), l(5, 4)]),
      ("M0 0A0 5 0 0 1 3 4", [m(0, 0), l(3, 4)]),
      ("M3 4A5 5 0 0 1 3 4", [m(3, 4)]),
    ] as [(String, [Path.Element])])
  func `path data give elements`(data: String, elements: [Path.Element]) throws {
    #expect(try Path(svg: data).elements == elements)
  }

  @Test(arguments: [
    ("L1 1", 0, "'M'"), ("1 1", 0, "'M'"), ("M", 1, "a number"), ("M1", 2, "a number"),
    ("M1,", 3, "a number"),
    ("M1,,2", 3, "a number"), ("M1 2,", 5, "a number"), ("M1 2 3", 6, "a number"), ("M1 2 L", 6, "a number"),
    ("M1 2 B 3", 5, "a command"), ("M1 2 é", 5, "a command"), ("M1 2Z3", 5, "a command"),
    ("M1 2L3 4.5.", 11, "a digit"), ("M1 -L", 4, "a digit"), ("M1e 2", 3, "exponent"),
    ("M1e+ 2", 4, "exponent"),
    ("M1e999 2", 1, "1.8e308"), ("M1e308 0m1e308 0", 9, "finite"), ("M0 0A1 1 0 2 0 5 5", 11, "flag"),
    ("M0 0A1 1 0 1", 12, "flag"), ("M0 0A1 1 0 1.0 0 1 1", 12, "flag"), ("M0 0C1 1 2 2 3", 14, "a number"),
    ("M0 0 nan", 5, "a command"), ("M0 0 0x10 1", 6, "a number"), ("M0 0\u{0}", 4, "a command"),
  ])
  func `an error names the first offending place`(data: String, offset: Int, expected: String) {
    let error = #expect(throws: PathDataError.self) { try Path(svg: data) }
    #expect(error?.offset == offset, "\(data): \(String(describing: error))")
    #expect(error?.expected.contains(expected) == true, "\(data): \(String(describing: error))")
  }

  @Test func `the number of elements is bounded`() {
    let data = "M0 0h" + String(repeating: "1 ", count: Path.maximumElementCount)
    #expect(throws: PathDataError.self) { try Path(svg: data) }
  }

  /// The four arcs of the W3C illustration, section 8.3.8: one ellipse through two points, chosen by flags.
  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func `arcs lie on their ellipse and on the side the flags name`(isLarge: Bool, isClockwise: Bool) throws {
    let path = try Path(svg: "M125,75a100,50 0 \(isLarge ? 1 : 0),\(isClockwise ? 1 : 0) 100,50")
    // Ends differ by (100, 50) = (rx, ry): the centers are (225, 75) and (125, 125).
    let center = isLarge == isClockwise ? Point(225, 75) : Point(125, 125)
    for p in Reference.contours(path)[0] {
      let q = Point((p.x - center.x) / 100, (p.y - center.y) / 50)
      #expect(abs(q.magnitude - 1) < 3e-4)
    }
    let area =
      Reference.contours(path)[0].reduce((0.0, Point(125, 75))) { sum, p in
        (sum.0 + sum.1.x * p.y - sum.1.y * p.x, p)
      }.0 + (225.0 * 75 - 125.0 * 125)
    // Quarter of the ellipse less its triangle, or the rest of it.
    let small = (Double.pi / 4 - 0.5) * 5000
    let whole = Double.pi * 5000
    let expected = (isLarge ? whole - small : small) * (isClockwise ? 1 : -1)
    #expect(abs(area / 2 - expected) < 0.002 * whole)
  }

  @Test func `arc flags need no separators, and arcs repeat`() throws {
    let packed = try Path(svg: "M0 0a25 25 -30 01.5-25 5 5 0 1150-25")
    let spaced = try Path(svg: "M 0 0 a 25 25 -30 0 1 0.5 -25 a 5 5 0 1 1 50 -25")
    #expect(packed == spaced)
  }

  @Test func `radii that are too small grow until they reach`() throws {
    let path = try Path(svg: "M0 0A1 1 0 0 1 20 0")
    #expect(abs(path.bounds.minY + 10) < 1e-9)
    #expect(abs(path.length - .pi * 10) < 0.02)
  }

  /// The wedge of the W3C example `arcs01`: M300,200 h-150 a150,150 0 1,0 150,-150 z is three quarters of a disk.
  @Test func `the W3C pie has three quarters of its disk`() throws {
    let path = try Path(svg: "M300,200 h-150 a150,150 0 1,0 150,-150 z")
    let clip = PixelRect(width: 500, height: 500)
    let sum = CoverageMask(path: path, clip: clip, tolerance: 0.001).values(clip).reduce(0.0) {
      $0 + Double($1)
    }
    #expect(abs(sum / (.pi * 150 * 150 * 0.75) - 1) < 4e-4)
  }
}
