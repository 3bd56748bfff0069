/// How a path's line is drawn. Lengths are in the path's unit.
package struct StrokeStyle: Hashable, Sendable {
  package enum Join: Hashable, Sendable, CaseIterable { case miter, round, bevel }
  package enum Cap: Hashable, Sendable, CaseIterable { case butt, round, square }

  package var width: Double
  package var join: Join
  /// The most that a miter's length may be of the width; sharper corners are beveled.
  package var miterLimit: Double
  package var cap: Cap
  /// Lengths of dashes and gaps by turns; an odd number of them is taken twice. Empty, or all 0: no dashes.
  package var dashes: [Double]
  /// How far into the dashes the path begins.
  package var dashOffset: Double

  package init(
    width: Double, join: Join = .miter, miterLimit: Double = 4, cap: Cap = .butt, dashes: [Double] = [],
    dashOffset: Double = 0
  ) {
    self.width = width
    self.join = join
    self.miterLimit = miterLimit
    self.cap = cap
    self.dashes = dashes
    self.dashOffset = dashOffset
  }
}
