import Catalog
import Layers
import Outline
import Raster

/// Where a sign hangs, meters.
struct SignPlacement {
  var width: Float
  var height: Float
  /// x of the wall on its side of the street.
  var wall: Float
  /// Whether it stands anywhere rather than at its wall.
  var isFree: Bool
  /// The middle of its lower edge.
  var foot = SIMD3<Float>(0, 0, 0)
  /// Along its letters, unit length, level.
  var right = SIMD3<Float>(1, 0, 0)

  /// Towards who reads it.
  var front: SIMD3<Float> { SIMD3(right.z, 0, -right.x) }
  /// Whether it follows the axes.
  var isSquare: Bool { abs(right.x * right.z) < 1e-6 }
}

/// The measures of a sign's face, in em.
struct SignFace {
  /// From the letters to the panel's edge, and from there to the card's edge, where the glow has faded.
  static let padding = 0.24
  static let margin = 0.32
  /// From the panel's edge to the border tube.
  private static let inset = 0.09

  let hasPanel: Bool
  let margin: Double
  /// Of the card.
  let size: Point
  /// On the card.
  let panel: Rect
  /// From the letters' block to the card, and to the panel's corner.
  let toCard: Affine
  let toPanel: Point

  init(_ lettering: SignLettering, hasPanel: Bool, margin: Double) {
    self.hasPanel = hasPanel
    self.margin = margin
    // A single 一 is no sign: leave it the room of a letter.
    let width = max(lettering.size.x, 0.3) + 2 * SignFace.padding
    let height = max(lettering.size.y, 0.3) + 2 * SignFace.padding
    panel = Rect(minX: margin, minY: margin, maxX: margin + width, maxY: margin + height)
    size = Point(width + 2 * margin, height + 2 * margin)
    let shift = Point((width - lettering.size.x) / 2, (height - lettering.size.y) / 2)
    toPanel = shift
    toCard = .translation(margin + shift.x, margin + shift.y)
  }

  /// The tube around the letters, on the card: its ends meet below, a finger apart.
  var borderTube: Tube {
    let d = SignFace.inset
    let box = Rect(minX: panel.minX + d, minY: panel.minY + d, maxX: panel.maxX - d, maxY: panel.maxY - d)
    return .border(
      box, radius: min(0.07, box.width / 4, box.height / 4), gap: min(0.07, box.width / 8),
      diameter: TubeSign.penDiameter)
  }
}
