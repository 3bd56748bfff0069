import Outline
import Raster

/// One piece of glass, or of what holds it, in em.
package struct Tube: Sendable {
  package enum Part: Sendable {
    /// What shines.
    case glass
    /// Glass that is painted black, behind the letters.
    case jumper
    /// The foot of a support, behind the glass, and the clip that holds the glass.
    case foot, tie
    /// The rubber over an electrode.
    case boot

    /// How bright it is beside unlit glass in the same light.
    package var bareness: Float {
      switch self {
      case .glass: 1
      case .jumper: 0.04
      case .foot: 0.3
      case .tie: 0.5
      case .boot: 0.06
      }
    }
  }

  /// Smooth; one contour.
  package var path: Path
  package var isClosed: Bool
  /// The letter it belongs to, from 0.
  package var letter: Int
  package var diameter: Double
  package var length: Double
  package var part: Part
  /// What lies in front has the larger number.
  package var depth: Int
  /// Whether it has the color of the border.
  package var isBorder = false

  package init(
    path: Path, isClosed: Bool, letter: Int, diameter: Double, part: Part = .glass, depth: Int = Tube.front
  ) {
    self.path = path
    self.isClosed = isClosed
    self.letter = letter
    self.diameter = diameter
    self.part = part
    self.depth = depth
    length = path.length
  }

  /// Behind all glass; the usual depth of glass; before all glass. Between them lie strokes that cross others.
  package static let back = 0
  package static let front = 1
  static let deepest = 3
  package static let ties = 4

  /// A tube around a sign: its ends meet below, a finger apart.
  ///
  /// - Parameters:
  ///   - box: what its center line follows.
  ///   - radius: of its corners; a box that is too small for it has smaller ones.
  ///   - gap: between its ends.
  package static func border(_ box: Rect, radius: Double, gap: Double, diameter: Double) -> Tube {
    let r = max(0, min(radius, box.width / 2, box.height / 2))
    let gap = min(gap, max(0, box.width - 2 * r))
    let middle = (box.minX + box.maxX) / 2
    // Quarter circles for corners; 0.5523 of the radius is the handle of the nearest Bézier curve.
    let k = r * (1 - 0.5523)
    var path = Path([.move(Point(middle + gap / 2, box.maxY)), .line(Point(box.maxX - r, box.maxY))])
    path.elements += [
      .cubic(Point(box.maxX - k, box.maxY), Point(box.maxX, box.maxY - k), Point(box.maxX, box.maxY - r)),
      .line(Point(box.maxX, box.minY + r)),
      .cubic(Point(box.maxX, box.minY + k), Point(box.maxX - k, box.minY), Point(box.maxX - r, box.minY)),
      .line(Point(box.minX + r, box.minY)),
      .cubic(Point(box.minX + k, box.minY), Point(box.minX, box.minY + k), Point(box.minX, box.minY + r)),
      .line(Point(box.minX, box.maxY - r)),
      .cubic(Point(box.minX, box.maxY - k), Point(box.minX + k, box.maxY), Point(box.minX + r, box.maxY)),
      .line(Point(middle - gap / 2, box.maxY)),
    ]
    var tube = Tube(path: path, isClosed: false, letter: 0, diameter: diameter)
    tube.isBorder = true
    return tube
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
