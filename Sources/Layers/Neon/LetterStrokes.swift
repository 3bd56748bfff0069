import Outline
import Raster
import Typography

/// What a pen would draw of a letter: the lines that its tubes follow, in em.
package struct LetterStrokes: Sendable {
  package var letter: Int
  /// Each is one piece of glass, its corners sharp.
  package var strokes: [Path]
  /// Of the glass.
  package var diameter: Double
  /// How far strokes go on beyond the corners that they make with others: brushes do, pens do not.
  package var spur: Double

  /// In faces with strokes as brushes leave them.
  private static let brushSpur = 0.088

  package init(letter: Int, strokes: [Path], diameter: Double, spur: Double = 0) {
    self.spur = spur
    self.letter = letter
    self.strokes = strokes
    self.diameter = diameter
  }

  /// The lines of all letters that have ink, in their order.
  ///
  /// - Parameter diameter: of the glass; by default that which suits how the letters are drawn.
  package static func letters(
    of lettering: Lettering, diameter: Double?, along course: TubeCourse = .auto
  ) throws(LayerProblems) -> [LetterStrokes] {
    var letters: [Int: LetterStrokes] = [:]
    func add(_ strokes: [Path], _ letter: Int, _ usual: Double, spur: Double = 0) {
      letters[
        letter, default: LetterStrokes(letter: letter, strokes: [], diameter: diameter ?? usual, spur: spur)
      ].strokes += strokes
    }
    var filled: Set<Int> = []
    for glyph in lettering.layout.glyphs where !glyph.glyph.path.isEmpty {
      guard let letter = glyph.letter, follows(course, glyph.face) else { continue }
      filled.insert(letter)
      let lines: [Polyline]
      do throws(FontError) {
        lines = try glyph.face.skeleton(of: glyph.id).lines
      } catch {
        throw LayerProblems("font", error.description)
      }
      // A dot is a short piece of glass.
      let half = Point((diameter ?? TubeSign.strokeDiameter) / 4, 0)
      add(
        lines.map { line in
          guard line.points.count == 1, let dot = line.points.first else {
            return line.penSmoothed.transformed(by: glyph.transform)
          }
          let place = glyph.transform.apply(dot)
          return Path([.move(place - half), .line(place + half)])
        }, letter, TubeSign.strokeDiameter, spur: brushSpur * glyph.transform.meanScale)
    }
    for glyph in lettering.layout.letters where !filled.contains(glyph.index) {
      let place = Affine.translation(glyph.origin.x, glyph.origin.y)
      if glyph.isStroke {
        add(pieces(glyph.path).map { $0.transformed(by: place) }, glyph.index, TubeSign.penDiameter)
      } else {
        add(
          glyph.path.contourPaths.map { $0.transformed(by: place) }, glyph.index, TubeSign.borderDiameter)
      }
    }
    return letters.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whether tubes run along the strokes of a face's letters rather than along their borders.
  private static func follows(_ course: TubeCourse, _ face: Face) -> Bool {
    switch course {
    case .auto: face.isIdeographic
    case .strokes: !face.isStroke
    case .borders: false
    }
  }

  /// What a pen draws, with strokes that meet end to end as one piece of glass.
  static func pieces(_ path: Path) -> [Path] {
    var pieces: [Path] = []
    var open: [[Point]] = []
    for line in path.flattened(tolerance: 0.0005) {
      if line.isClosed {
        pieces.append(line.penSmoothed)
      } else if line.points.count > 1 {
        open.append(line.points)
      }
    }
    for var points in joined(open) {
      var isClosed = false
      if points.count > 3, let first = points.first, let last = points.last, meet(first, last) {
        points.removeLast()
        isClosed = true
      }
      pieces.append(Polyline(points, isClosed: isClosed).penSmoothed)
    }
    return pieces
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
