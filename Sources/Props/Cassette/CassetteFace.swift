import CVector
import Raster
import Stage

/// The front or the back of a cassette: plastic and paper for the set's lights to fall on, with light of its own
/// only in the window, in the hubs and where molten plastic is still hot.
struct CassetteFace: CardPicture {
  var shell: CassetteShell
  /// Nil for the back, which has none.
  var label: CassetteLabel?
  /// Light of window and hubs.
  var light: Vector
  /// Degrees by which the hubs have turned, and over which their teeth are blurred.
  var hub: Float
  var blur: Float
  /// Share of the tape on the left reel, 0…1.
  var wound: Float
  /// Share of light that comes back from the shell.
  var plastic: Vector
  /// Light of the border between sound and molten.
  var borderLight: Vector
  /// Light along the upper edge.
  var rim: Vector
  var seed: UInt32

  var hasSurface: Bool { true }

  /// Of the own light: hot lines are white in proportion.
  var luminance: Float { max(light.x, light.y, light.z) }

  /// What the picture shows of the ground it stands on, in widths below it: no gap may open there.
  static let foot: Float = 0.004

  /// Meters for a cassette of `width` meters: the corner of the card and its sides.
  static func card(_ frame: StandingFrame, width: Float, depth: Float, picture: any CardPicture) -> Card {
    let reach = CassetteShell.reach
    let up = CassetteShell.height + foot - CassetteShell.top
    return Card(
      origin: frame.point(-reach * width, -foot * width, depth), right: frame.right * (2 * reach * width),
      up: frame.up * (up * width), picture: picture)
  }

  func paint(_ canvas: CardCanvas) {
    guard canvas.width > 0, canvas.height > 0, let surface = canvas.surface else { return }
    let painter = CassettePainter(self, canvas, surface)
    painter.paint()
  }
}
