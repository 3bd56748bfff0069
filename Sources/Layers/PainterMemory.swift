import Raster

/// Memory of a painter that is worth counting, bytes: planes as their pool counts them, and what is large beside them.
public struct PainterMemory: Hashable, Sendable {
  /// What stays.
  public var held: Int
  /// The most that there is at a time until only what stays is left; at least ``held``.
  public var peak: Int

  public static let none = PainterMemory(held: 0, peak: 0)

  public init(held: Int, peak: Int = 0) {
    self.held = held
    self.peak = max(held, peak)
  }

  /// This and then `next`, while this is held.
  public func then(_ next: PainterMemory) -> PainterMemory {
    PainterMemory(held: held.adding(next.held), peak: max(peak, held.adding(next.peak)))
  }
}

extension Int {
  /// The sum, or the largest number where it would be larger: sizes of impossible pictures stay comparable.
  package func adding(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension Painter {
  public var memory: PainterMemory { .none }
  public var rasterMemory: PainterMemory { .none }
  public func withRasters(workers: Workers) throws -> any Painter { self }
}
