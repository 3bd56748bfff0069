import Outline
import Raster
import Typography

/// One bent piece of glass, in em.
struct Tube: Sendable {
  /// Smooth; one contour.
  var path: Path
  var isClosed: Bool
  /// The letter it belongs to, from 0.
  var letter: Int
  var diameter: Double
  var length: Double
}

/// All tubes of a sign, before it is brought to a place.
struct TubeSign: Sendable {
  /// In em: along the pen of single-stroke fonts, and along the borders of others, which lie closer together.
  static let penDiameter = 0.06
  static let borderDiameter = 0.026

  private(set) var tubes: [Tube] = []
  let letterCount: Int
  /// Pixels of an em in the layer's own measure.
  let unit: Double

  init(_ lettering: Lettering, diameter: Double?, unit: Double) throws(LayerProblems) {
    self.unit = unit
    let glyphs = lettering.layout.letters
    letterCount = (lettering.layout.glyphs.compactMap { $0.letter }.max() ?? -1) + 1
    guard letterCount <= Neon.maximumLetters else {
      throw LayerProblems(
        "neon", "a sign has at most \(Neon.maximumLetters) letters, and this one has \(letterCount)")
    }
    for glyph in glyphs {
      let place = Affine.translation(glyph.origin.x, glyph.origin.y)
      if glyph.isStroke {
        bend(glyph.path, place, glyph.index, diameter ?? TubeSign.penDiameter)
      } else {
        for contour in glyph.path.contourPaths {
          add(contour.transformed(by: place), glyph.index, diameter ?? TubeSign.borderDiameter)
        }
      }
    }
  }

  /// - Parameter drawing: in em.
  init(drawing: Path, diameter: Double, unit: Double) throws(LayerProblems) {
    self.unit = unit
    let contours = drawing.contourPaths
    letterCount = contours.count
    guard contours.count <= Neon.maximumLetters else {
      throw LayerProblems(
        "path", "a sign has at most \(Neon.maximumLetters) tubes, and this one has \(contours.count)")
    }
    for (number, contour) in contours.enumerated() { add(contour, number, diameter) }
  }

  private mutating func add(_ path: Path, _ letter: Int, _ diameter: Double) {
    tubes.append(
      Tube(
        path: path, isClosed: path.elements.last == .close, letter: letter, diameter: diameter,
        length: path.length))
  }

  /// Pen strokes that meet end to end are one piece of glass.
  private mutating func bend(_ path: Path, _ place: Affine, _ letter: Int, _ diameter: Double) {
    var open: [[Point]] = []
    for line in path.flattened(tolerance: 0.0005) {
      if line.isClosed {
        add(line.penSmoothed.transformed(by: place), letter, diameter)
      } else if line.points.count > 1 {
        open.append(line.points)
      }
    }
    for var points in TubeSign.joined(open) {
      var isClosed = false
      if points.count > 3, let first = points.first, let last = points.last, TubeSign.meet(first, last) {
        points.removeLast()
        isClosed = true
      }
      add(
        Polyline(points, isClosed: isClosed).penSmoothed.transformed(by: place), letter,
        diameter)
    }
  }

  private static func meet(_ a: Point, _ b: Point) -> Bool { (a - b).magnitude < 0.004 }

  /// Joins lines where exactly two ends meet.
  static func joined(_ lines: [[Point]]) -> [[Point]] {
    // Letters have few strokes; a drawing of many is left as it is.
    guard lines.count <= 64 else { return lines }
    var lines = lines
    var searching = true
    while searching {
      searching = false
      search: for i in lines.indices {
        for j in lines.indices where j > i {
          guard let (a, b) = joint(lines[i], lines[j], among: lines) else { continue }
          lines[i] = a + b.dropFirst()
          lines.remove(at: j)
          searching = true
          break search
        }
      }
    }
    return lines
  }

  /// Two lines in the directions in which the first ends where the second begins.
  private static func joint(_ a: [Point], _ b: [Point], among lines: [[Point]]) -> ([Point], [Point])? {
    for first in [a, a.reversed()] {
      for second in [b, b.reversed()] {
        guard let end = first.last, let start = second.first, meet(end, start) else { continue }
        let ends = lines.reduce(0) { sum, line in
          sum + [line.first, line.last].reduce(0) { $0 + ($1.map { meet($0, end) ? 1 : 0 } ?? 0) }
        }
        if ends == 2 { return (first, second) }
      }
    }
    return nil
  }
}

extension Path {
  /// The contours, each as a path; moves that nothing is drawn from are left out.
  var contourPaths: [Path] {
    var paths: [Path] = []
    var current = Path()
    var start: Point?
    func finish() {
      if current.elements.count > 1 { paths.append(current) }
      current = Path()
    }
    for element in elements {
      switch element {
      case .move(let p):
        finish()
        start = p
        current.elements = [element]
      case .close:
        current.elements.append(.close)
        finish()
        // What is drawn after a close begins where the contour began.
        if let start { current.elements = [.move(start)] }
      default: current.elements.append(element)
      }
    }
    finish()
    return paths
  }
}
