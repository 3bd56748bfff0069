import Layers
import Raster
import Synchronization

/// Looks whether what a painter paints can be shown: no infinite light, nothing that is no number.
///
/// Only scenes are looked at. They follow rays through whatever a preset puts in their way; what other layers
/// compute is finite by construction.
final class FiniteCheck: Sendable {
  private let failed = Atomic<Bool>(false)

  /// Nil for painters that need no check.
  init?(of painter: any Painter) {
    guard painter is any ScenePainter else { return nil }
  }

  var hasFailed: Bool { failed.load(ordering: .relaxed) }

  func look(at row: Row) {
    for plane in [row.red, row.green, row.blue, row.alpha] {
      var largest: UInt32 = 0
      for i in 0..<row.count { largest = max(largest, plane[i].bitPattern & 0x7fff_ffff) }
      // Infinity has all bits of the exponent and no others; what is no number has more.
      if largest >= Float.infinity.bitPattern { failed.store(true, ordering: .relaxed) }
    }
  }
}
