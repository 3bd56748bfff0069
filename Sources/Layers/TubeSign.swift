import Outline
import Raster
import Typography

/// One bent piece of glass, in em.
package struct Tube: Sendable {
  /// Smooth; one contour.
  package var path: Path
  package var isClosed: Bool
  /// The letter it belongs to, from 0.
  package var letter: Int
  package var diameter: Double
  package var length: Double

  package init(path: Path, isClosed: Bool, letter: Int, diameter: Double) {
    self.path = path
    self.isClosed = isClosed
    self.letter = letter
    self.diameter = diameter
    length = path.length
  }
}

/// Where the tubes of letters in filled faces run; those of single-stroke faces follow the pen.
package enum TubeCourse: String, CaseIterable, Sendable {
  /// The strokes of Chinese and kana, the borders of other letters.
  case auto
  /// In the middle of the strokes.
  case strokes
  /// Along the outlines.
  case borders
}

/// All tubes of a sign, before it is brought to a place.
package struct TubeSign: Sendable {
  /// In em: along the pen of single-stroke fonts, along the strokes of filled ones, which may be Chinese, and
  /// along their borders, which lie closer together.
  package static let penDiameter = 0.06
  package static let strokeDiameter = 0.042
  package static let borderDiameter = 0.026

  package private(set) var tubes: [Tube] = []
  package let letterCount: Int
  /// Pixels of an em in the layer's own measure.
  let unit: Double

  package init(
    _ lettering: Lettering, diameter: Double?, along course: TubeCourse = .auto, unit: Double
  ) throws(LayerProblems) {
    self.unit = unit
    letterCount = (lettering.layout.glyphs.compactMap { $0.letter }.max() ?? -1) + 1
    guard letterCount <= Neon.maximumLetters else {
      throw LayerProblems(
        "neon", "a sign has at most \(Neon.maximumLetters) letters, and this one has \(letterCount)")
    }
    var strokes: Set<Int> = []
    for glyph in lettering.layout.glyphs where !glyph.glyph.path.isEmpty {
      guard let letter = glyph.letter, follows(course, glyph.face) else { continue }
      strokes.insert(letter)
      let lines: [Polyline]
      do throws(FontError) {
        lines = try glyph.face.skeleton(of: glyph.id).lines
      } catch {
        throw LayerProblems("font", error.description)
      }
      for line in lines { bend(line, glyph.transform, letter, diameter ?? TubeSign.strokeDiameter) }
    }
    for glyph in lettering.layout.letters where !strokes.contains(glyph.index) {
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

  /// Whether tubes run along the strokes of a face's letters rather than along their borders.
  private func follows(_ course: TubeCourse, _ face: Face) -> Bool {
    switch course {
    case .auto: face.isIdeographic
    case .strokes: !face.isStroke
    case .borders: false
    }
  }

  /// A line in the middle of a stroke; dots become short.
  private mutating func bend(_ line: Polyline, _ place: Affine, _ letter: Int, _ diameter: Double) {
    var line = line
    if line.points.count == 1, let dot = line.points.first {
      line.points = [dot - Point(diameter / 4, 0), dot + Point(diameter / 4, 0)]
    }
    add(line.penSmoothed.transformed(by: place), letter, diameter)
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
      Tube(path: path, isClosed: path.elements.last == .close, letter: letter, diameter: diameter))
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
