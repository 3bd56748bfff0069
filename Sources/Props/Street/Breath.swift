import Catalog
import Stage

/// A house that breathes: its walls swell in waves that run up it. All that breathe with one period are in step.
struct Breath: Sendable {
  /// What the width gains and loses, as a share.
  var share: Float
  /// From swell to swell, meters.
  var length: Float
  /// Seconds.
  var period: Double
  var moment: Moment

  /// Factor on widths at a height, about 1.
  func swell(at height: Float) -> Float {
    let phase = Double(-height / max(0.1, length))
    return 1 + share * Float(Motion.wave(low: -1, high: 1, period: period, phase: phase).value(at: moment))
  }
}
