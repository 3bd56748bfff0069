import Outline
import Raster
import Typography

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
    _ lettering: Lettering, diameter: Double?, along course: TubeCourse = .auto,
    bending: GlassBending = GlassBending(), unit: Double
  ) throws(LayerProblems) {
    self.unit = unit
    letterCount = (lettering.layout.glyphs.compactMap { $0.letter }.max() ?? -1) + 1
    guard letterCount <= Neon.maximumLetters else {
      throw LayerProblems(
        "neon", "a sign has at most \(Neon.maximumLetters) letters, and this one has \(letterCount)")
    }
    tubes = TubeBender.tubes(
      of: try LetterStrokes.letters(of: lettering, diameter: diameter, along: course), bending)
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
    for (number, contour) in contours.enumerated() {
      tubes.append(
        Tube(path: contour, isClosed: contour.elements.last == .close, letter: number, diameter: diameter))
    }
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
