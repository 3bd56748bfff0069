import Catalog
import Raster
import Stage

/// A part of a set of which there is one: the camera, the fog, the sky, the rain, the ground.
public protocol SetSection: Kind {
  /// Parameters that are several ways to say the same: a preset gives at most one of each list, and the one
  /// that an extending preset gives replaces the others. Empty by default.
  static var alternatives: [[String]] { get }
  /// Puts the values into the scene. `seed` is the section's own.
  func apply(to scene: inout Scene, at moment: Moment, seed: Seed)
}

extension SetSection {
  public static var alternatives: [[String]] { [] }
}

extension Moment {
  /// How far something has drifted by now that drifts `speed` a second, per unit of speed: seconds. Where the
  /// picture repeats, it sways there and back instead, no faster than it would drift.
  var drifted: Float {
    guard let loop, loop > 0 else { return Float(time) }
    let turn = sineAndCosine(degrees: 360 * time / loop).sine
    return Float(loop / (2 * .pi) * turn)
  }
}
