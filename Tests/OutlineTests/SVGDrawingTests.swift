import Raster
import Testing

@testable import Outline

@Suite struct SVGDrawingTests {
  private static func drawing(_ content: String, root: String = "viewBox=\"0 0 100 100\"") throws
    -> SVGDrawing
  {
    try SVGDrawing(Array("<svg xmlns=\"http://www.w3.org/2000/svg\" \(root)>\(content)</svg>".utf8))
  }

  /// The points of two paths lie together, and they are joined alike.
  private static func expectSame(
    _ a: Path, _ b: Path, within tolerance: Double = 1e-9, _ comment: Comment? = nil
  ) {
    func points(_ element: Path.Element) -> (kind: Int, points: [Point]) {
      switch element {
      case .move(let p): (0, [p])
      case .line(let p): (1, [p])
      case .quad(let a, let p): (2, [a, p])
      case .cubic(let a, let b, let p): (3, [a, b, p])
      case .close: (4, [])
      }
    }
    #expect(a.elements.count == b.elements.count, comment)
    for (x, y) in zip(a.elements, b.elements) {
      let (p, q) = (points(x), points(y))
      #expect(p.kind == q.kind, comment)
      for (s, t) in zip(p.points, q.points) {
        #expect(abs(s.x - t.x) <= tolerance && abs(s.y - t.y) <= tolerance, "\(s) and \(t): \(comment ?? "")")
      }
    }
  }

  @Test(
    "each element is the path that one would write",
    arguments: [
      ("<path id='a' d='M1 2h3v4z'/>", "M1 2h3v4z"),
      ("<polygon id='a' points='1,2 3,4,5-6'/>", "M1 2L3 4L5 -6z"),
      ("<polyline id='a' points=' 1 2 3 4.5.5 6 '/>", "M1 2L3 4.5L.5 6"),
      ("<line id='a' x1='1' y2='7' x2='1e1'/>", "M1 0L10 7"),
      ("<rect id='a' x='1' y='2' width='3' height='4'/>", "M1 2H4V6H1z"),
      ("<rect id='a' width='1in' height='48px'/>", "M0 0H96V48H0z"),
      ("<g id='a'><path d='M0 0h1v1z'/><g><line x2='5'/></g></g>", "M0 0h1v1zM0 0H5"),
      ("<g transform='translate(10,20)'><path id='a' d='M1 2h3'/></g>", "M11 22h3"),
      ("<path id='a' transform='translate(5) scale(2)' d='M1 2h3'/>", "M7 4h6"),
      ("<path id='a' transform='scale(2 -1)rotate(90)' d='M1 0h3'/>", "M0 -1v-3"),
      ("<path id='a' transform='rotate(180 5 5)' d='M1 2h3'/>", "M9 8h-3"),
      ("<path id='a' transform='matrix(1 2 3 4 5 6)' d='M1 1L0 1'/>", "M9 12L8 10"),
      ("<path id='a' transform='skewX(45)' d='M0 0v2'/>", "M0 0L2 2"),
      ("<path id='a' transform='skewY(-45)' d='M0 0h2'/>", "M0 0L2 -2"),
      ("<defs><path id='b' d='M1 1h1'/></defs><use id='a' href='#b' x='2' y='3'/>", "M3 4h1"),
      (
        "<symbol id='b'><path d='M1 1h1'/></symbol><use id='a' xlink:href='#b' transform='scale(2)'/>",
        "M2 2h2"
      ),
      ("<defs><path id='a' d='M1 1h1'/></defs>", "M1 1h1"),
      ("<svg:path id='a' d='M1 1h1'/>", "M1 1h1"),
      (
        "<g id='a'><title>A &amp; B</title><desc/><inkscape:grid/><path d='M0 0h1' display='none'/>"
          + "<path d='M0 0h2' style='display : none'/><path d='M0 0h3' visibility='hidden'/><path d='M0 0h4'/></g>",
        "M0 0h4"
      ),
      ("<path id='a' style='display:none' d='M0 0h4'/>", "M0 0h4"),
      ("<path id='a' d=''/>", ""),
      ("<rect id='a' width='0' height='3'/>", ""),
      ("<text>away</text><path id='a' clip-path='none' d='M0 0h4'/>", "M0 0h4"),
    ])
  func geometry(_ content: String, _ data: String) throws {
    Self.expectSame(try Self.drawing(content).outline(of: "a").path, try Path(svg: data), "\(content)")
  }

  @Test(
    "round elements have the extent and area of the curves that one would write",
    arguments: [
      ("<circle id='a' cx='5' cy='6' r='4'/>", "M5 2A4 4 0 0 1 5 10A4 4 0 0 1 5 2z"),
      ("<ellipse id='a' cx='5' cy='6' rx='4' ry='2'/>", "M5 4A4 2 0 0 1 5 8A4 2 0 0 1 5 4z"),
      (
        "<rect id='a' x='1' y='2' width='10' height='8' rx='3' ry='2'/>",
        "M4 2H8A3 2 0 0 1 11 4V8A3 2 0 0 1 8 10H4A3 2 0 0 1 1 8V4A3 2 0 0 1 4 2z"
      ),
      (
        "<rect id='a' width='10' height='8' ry='99'/>",
        "M5 0A5 4 0 0 1 10 4A5 4 0 0 1 5 8A5 4 0 0 1 0 4A5 4 0 0 1 5 0z"
      ),
      (
        "<circle id='a' r='1' transform='translate(1 2) rotate(90) scale(3 1)'/>",
        "M1 -1A1 3 0 0 1 1 5A1 3 0 0 1 1 -1z"
      ),
    ])
  func roundElements(_ content: String, _ data: String) throws {
    let path = try Self.drawing(content).outline(of: "a").path
    let expected = try Path(svg: data)
    func area(_ path: Path) -> Double {
      var sum = 0.0
      for line in path.flattened(tolerance: 1e-5) {
        for (p, q) in zip(line.points, line.points.dropFirst() + line.points.prefix(1)) {
          sum += (p.x * q.y - q.x * p.y) / 2
        }
      }
      return abs(sum)
    }
    #expect(abs(area(path) - area(expected)) < 2e-3 * area(expected), "\(content)")
    let (a, b) = (path.bounds, expected.bounds)
    #expect(abs(a.minX - b.minX) + abs(a.maxX - b.maxX) + abs(a.minY - b.minY) + abs(a.maxY - b.maxY) < 1e-9)
  }

  @Test("the fill rule is inherited, and one for all") func rules() throws {
    let drawing = try Self.drawing(
      """
      <g fill-rule="evenodd"><path id="a" d="M0 0h1v1z"/><path id="b" style="fill-rule:nonzero" d="M0 0h1v1z"/></g>
      <g id="both"><path d="M0 0h1v1z"/><path fill-rule="evenodd" d="M0 0h1v1z"/></g>
      """)
    #expect(try drawing.outline(of: "a").rule == .evenOdd)
    #expect(try drawing.outline(of: "b").rule == .nonZero)
    #expect(throws: SVGDrawing.Problem.self) { try drawing.outline(of: "both") }
    #expect(throws: SVGDrawing.Problem.self) { try drawing.outline(of: nil) }
  }

  @Test("shapes that overlap are one, whichever way they run") func union() throws {
    let drawing = try Self.drawing("<path d='M0 0H2V2H0z'/><path d='M1 0V2H3V0z'/>")
    let outline = try drawing.outline(of: nil)
    let mask = CoverageMask(
      path: outline.path, rule: outline.rule, clip: PixelRect(width: 4, height: 3), workers: Workers(count: 1)
    )
    var row = [Float](repeating: 0, count: 4)
    row.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      mask.cover(row: 1, columns: 0..<4, into: base)
    }
    #expect(row == [1, 1, 1, 0])
  }

  @Test("the sheet is the viewBox, or else the size") func sheets() throws {
    #expect(
      try Self.drawing("", root: "viewBox='1,2 3 4' width='9'").sheet
        == Rect(minX: 1, minY: 2, maxX: 4, maxY: 6))
    #expect(
      try Self.drawing("", root: "width='1in' height='2in'").sheet
        == Rect(minX: 0, minY: 0, maxX: 96, maxY: 192))
    #expect(try Self.drawing("", root: "width='100%' height='2in'").sheet == nil)
    #expect(try Self.drawing("", root: "").sheet == nil)
    #expect(try Self.drawing("<g id='a'/><path/><text id='b'/><path id='c'/>").partNames == ["a", "c"])
  }

  @Test(
    "what has no outline is refused where it is asked for",
    arguments: [
      ("<text id='a'>A</text>", "has no outline"), ("<g id='a'><text>A</text></g>", "a 'text' is a text"),
      ("<g id='a'><image href='x.png'/></g>", "is an image"),
      ("<linearGradient id='a'/>", "is a 'linearGradient', which has no outline"),
      ("<g id='a'><foreignObject/></g>", "nothing that has an outline"),
      ("<g id='a'><svg/></g>", "nothing that has an outline"),
      ("<path id='a' clip-path='url(#c)' d='M0 0h1'/>", "is cut by a clip path"),
      ("<g style='mask:url(#m)'><path id='a' d='M0 0h1'/></g>", "has a mask"),
      ("<path id='a' filter='url(#f)' d='M0 0h1'/>", "has a filter"),
      ("<path id='a' marker-end='url(#f)' d='M0 0h1'/>", "has markers"),
      ("<path id='a' style='transform:scale(2)' d='M0 0h1'/>", "transform in its style"),
      ("<path id='a' transform='spin(3)' d='M0 0h1'/>", "is no list of matrix"),
      ("<path id='a' transform='translate(1 2 3)' d='M0 0h1'/>", "is no list of matrix"),
      ("<path id='a' transform='scale(2' d='M0 0h1'/>", "is no list of matrix"),
      ("<path id='a' transform='skewX(90)' d='M0 0h1'/>", "is no list of matrix"),
      ("<path id='a' d='M0 0 wrong'/>", "expected a command letter"),
      ("<polygon id='a' points='1 2 3'/>", "no pairs of numbers"),
      ("<polygon id='a' points='1;2'/>", "no pairs"),
      ("<circle id='a' r='-1'/>", "is negative"), ("<rect id='a' width='5%' height='1'/>", "is not a length"),
      ("<rect id='a' width='nan' height='1'/>", "is not a length"),
      ("<path id='a' d='M1e300 0h1' transform='scale(1e300)'/>", "beyond all numbers"),
      ("<use id='a' href='#a'/>", "in a circle"), ("<use id='a' href='other.svg#b'/>", "leads to nothing"),
      ("<g id='a'><use href='#a'/></g>", "in a circle"), ("<use id='a'/>", "leads to nothing"),
      ("<g id='b'/>", "no part 'a'"),
    ])
  func refusals(_ content: String, _ told: String) throws {
    let drawing = try Self.drawing(content)
    do {
      _ = try drawing.outline(of: "a")
      Issue.record("\(content) was read")
    } catch {
      #expect(error.message.contains(told), "\(error.message)")
    }
  }

  @Test("a file that is no drawing is refused as a whole")
  func hostileFiles() throws {
    let deep = String(repeating: "<g>", count: 100) + String(repeating: "</g>", count: 100)
    var entities = "<!DOCTYPE svg [<!ENTITY a0 'M0 0h1'>"
    for level in 1..<30 { entities += "<!ENTITY a\(level) '&a\(level - 1);&a\(level - 1);'>" }
    for (text, told) in [
      ("", "no element"), ("<html/>", "not 'svg'"), ("<svg>", "not closed"), ("<svg></g>", "no start"),
      ("<svg/><svg/>", "second root"), ("<svg viewBox='0 0 1'/>", "viewBox"),
      ("<svg viewBox='0 0 0 5'/>", "viewBox"),
      ("<svg viewBox='0 0 1e300 1e300'/>", "viewBox"), ("<svg \(deep)", "name was expected"),
      ("<svg>\(deep)</svg>", "nested too deeply"), ("<svg a='1' a='2'/>", "given twice"),
      (entities + "]><svg><path d='&a29;'/></svg>", "not expanded"),
      ("<svg>" + String(repeating: "<g/>", count: SVGDrawing.maximumElementCount) + "</svg>", "more than"),
      (String(repeating: " ", count: SVGDrawing.maximumSize + 1), "larger than 4 MiB"),
      ("\u{0}\u{1}PNG", "no element"),
    ] {
      do {
        _ = try SVGDrawing(Array(text.utf8))
        Issue.record("\(text.prefix(60)) was read")
      } catch {
        #expect(error.message.contains(told), "\(text.prefix(60)): \(error.message)")
      }
    }
  }

  @Test("uses of uses do not grow without end") func useBomb() throws {
    var content = "<g id='b0'>" + String(repeating: "<path d='M0 0h1'/>", count: 50) + "</g>"
    for level in 1...7 {
      content += "<g id='b\(level)'>" + String(repeating: "<use href='#b\(level - 1)'/>", count: 50) + "</g>"
    }
    let drawing = try Self.drawing(content)
    #expect(throws: SVGDrawing.Problem.self) { try drawing.outline(of: "b7") }
    #expect(try drawing.outline(of: "b1").path.elements.count == 5000)
  }

  @Test("no prefix and no single changed byte of a drawing traps") func mutations() throws {
    let text = """
      <?xml version="1.0"?><svg viewBox="0 0 10 10"><g id="a" transform="rotate(3,4 5) skewX(-2)" style="fill-rule:evenodd">
      <rect width="3" height="2mm" rx="1"/><use href="#b"/></g><polygon id="b" points="1,2 3-4"/><circle r="1e2"/></svg>
      """
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count { _ = try? SVGDrawing(Array(bytes[..<count])).outline(of: "a") }
    for index in bytes.indices {
      for byte in [0x00, 0x22, 0x2D, 0x3C, 0x39, 0x65, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = byte
        _ = try? SVGDrawing(changed).outline(of: "a")
        _ = try? SVGDrawing(changed).outline(of: nil)
      }
    }
  }
}
